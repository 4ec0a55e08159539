"""Checks that the snapshot of a Magento store answers: routes of modules, integrations, tokens, settings, content and staff."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from hemostat.stores.snapshot import Snapshot

from .book import lists
from .configured import Judge, Look, age_of, counted, judge, were_read, words_of
from .verdicts import Answer, Fault

_ALL = "Magento_Backend::all"
_ADMIN_SESSION = 3600  # seconds; 900 as delivered
_TOKEN_HOURS = 24  # 4 of staff and 1 of customers, as delivered
_LIMITS = ("webapi/validation/input_limit_enabled", "graphql/validation/input_limit_enabled")
_DEBUG = ("payment/*/debug", "dev/debug/debug_logging")


def _is_more(most: int) -> Callable[[str], bool]:
    return lambda value: value.isdecimal() and int(value) > most


_GUARDS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "oauth/consumer/enable_integration_as_bearer": (
        lambda value: value == "1",
        "Tokens of integrations are taken without a signature, and never end.",
    ),
    "admin/security/use_form_key": (lambda value: value == "0", "Forms of the admin are not protected against other sites."),
    "admin/security/admin_account_sharing": (lambda value: value == "1", "One admin account may be used twice at once."),
    "admin/security/session_lifetime": (
        _is_more(_ADMIN_SESSION),
        "A session of the admin lives for more than an hour.",
    ),
    "oauth/access_token_lifetime/*": (_is_more(_TOKEN_HOURS), "A token lives for more than a day."),
    "webapi/jwtauth/*_expiration": (_is_more(_TOKEN_HOURS * 60), "A token lives for more than a day."),
    "web/secure/use_in_adminhtml": (lambda value: value == "0", "The admin is served without TLS."),
}
"""Settings that guard, when each is lowered, and what that means. As delivered none of them is."""


def _settings(snapshot: Snapshot, *patterns: str) -> Iterator[tuple[str, str, str]]:
    """Path, scope and value of the settings that are like one of these."""
    for item in snapshot.of("setting"):
        path, _, scope = item.id.partition("@")
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            yield path, scope, str(item.facts.get("value") or "")


def _read(what: str) -> Callable[[Snapshot], str]:
    return lambda snapshot: f"{counted(len(snapshot.of('setting')), 'setting')} of the database were read: {what}"


def _anonymous_routes(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("rest_route"):
            if item.facts.get("anonymous") is not True:
                continue
            word = lists().health_word(item.id)
            if ":" in item.id or word or lists().names_people(item.id):
                walked = "and takes a value that can be counted through" if ":" in item.id else "and is about people"
                yield Fault(where=item.title, what=f"Module {item.facts.get('module')} answers everybody here, {walked}.")

    return judge(
        look,
        "rest_route",
        faults=faults,
        evidence=were_read("rest_route", "route", "of modules of others "),
    )


def _wide_integrations(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("integration"):
            if item.facts.get("active") is True and _ALL in words_of(item.facts.get("resources")):
                yield Fault(where=f"integration {item.title or item.id}", what=f"It holds {_ALL}: everything.")

    return judge(
        look,
        "integration",
        faults=faults,
        evidence=were_read("integration", "integration"),
    )


def _tokens_old(look: Look) -> Answer:
    days = look.settings.posture.token_days

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("token"):
            age = age_of(item, look.now)
            if item.facts.get("revoked") is False and age is not None and age > days:
                of = "of a member of staff" if item.facts.get("of_staff") is True else f"of consumer {item.facts.get('consumer')}"
                yield Fault(where=f"token {item.id}", what=f"{of}: it is {age} days old; {days} are allowed.")

    return judge(look, "token", faults=faults, evidence=were_read("token", "token"))


def _debug_off(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for path, scope, value in _settings(snapshot, *_DEBUG):
            if value not in {"", "0"}:
                yield Fault(where=f"setting {path}", what=f"It is on, in {scope}.")

    return judge(
        look,
        "setting",
        faults=faults,
        evidence=_read("none switches debug logging on. What a deployment locks in env.php is not seen."),
    )


def _rest_limited(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for wanted in _LIMITS:
            values = {value for _, _, value in _settings(snapshot, wanted)}
            if values != {"1"}:
                said = "It is off in some scope." if values else "Nobody has set it, and it is off as delivered."
                yield Fault(where=f"setting {wanted}", what=said)

    return judge(look, "setting", faults=faults, evidence=_read("what limits a page of the interface."))


def _admin_guards(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for pattern, (lowered, meaning) in _GUARDS.items():
            for path, scope, value in _settings(snapshot, pattern):
                if lowered(value):
                    yield Fault(where=f"setting {path} in {scope}", what=meaning)

    return judge(
        look,
        "setting",
        faults=faults,
        evidence=_read("of those that guard admin and tokens, what is not set is as Magento delivers it."),
    )


def _webhook_hosts(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in (*snapshot.of("webhook"), *snapshot.of("integration")):
            host = str(item.facts.get("host") or "")
            if host and item.facts.get("active") is not False and not look.knows(host):
                yield Fault(
                    where=f"{item.kind} {item.title or item.id}", what=f"Data goes to {host}, which the settings do not name."
                )

    return judge(
        look,
        "webhook",
        faults=faults,
        evidence=lambda snapshot: (
            f"{counted(len(snapshot.of('webhook')), 'webhook')}, subscriptions to events among them, and "
            f"{counted(len(snapshot.of('integration')), 'integration')} were read."
        ),
    )


def _content_tags(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("script"):
            for host in words_of(item.facts.get("hosts")) if item.facts.get("active") is True else []:
                if network := lists().network(host):
                    yield Fault(where=f"{item.id} ({item.title})", what=f"It names {host}: {lists().trackers[network]}.")

    return judge(
        look,
        "script",
        faults=faults,
        evidence=lambda snapshot: f"{len(snapshot.of('script')):,} blocks and pages were read.",
    )


def _staff_exports(look: Look) -> Answer:
    most = look.settings.posture.exporters

    def able(snapshot: Snapshot) -> int:
        roles = {
            item.id for item in snapshot.of("role") if lists().export_permissions & set(words_of(item.facts.get("resources")))
        }
        return sum(item.facts.get("active") is True and str(item.facts.get("role")) in roles for item in snapshot.of("staff"))

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        if (number := able(snapshot)) > most:
            yield Fault(where=f"store {look.store}", what=f"{number} active members of staff may; {most} are allowed.")

    return judge(
        look,
        "staff",
        "role",
        faults=faults,
        evidence=lambda snapshot: f"Of {counted(len(snapshot.of('staff')), 'admin user')} {able(snapshot)} may, by their roles.",
    )


CHECKS: Mapping[str, Judge] = {
    "anonymous-routes": _anonymous_routes,
    "wide-integrations": _wide_integrations,
    "tokens-old": _tokens_old,
    "debug-off": _debug_off,
    "rest-limited": _rest_limited,
    "admin-guards": _admin_guards,
    "webhook-hosts": _webhook_hosts,
    "content-tags": _content_tags,
    "staff-exports": _staff_exports,
}
"""The checks of a Magento store that its snapshot answers."""
