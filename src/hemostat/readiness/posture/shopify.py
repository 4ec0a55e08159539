"""Checks that the snapshot of a Shopify store answers. An app sees only what is its own: no check calls anything else good."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from urllib.parse import urlsplit

from hemostat.readiness.coverage import sources_of
from hemostat.readiness.coverage_rules import rule_books
from hemostat.readiness.setup_guides import guides
from hemostat.stores.shopify_snapshot import HIDDEN
from hemostat.stores.snapshot import Snapshot

from .book import lists
from .configured import Judge, Look, age_of, counted, judge, were_read, words_of
from .verdicts import Answer, Fault, unknown

_HTTP = frozenset({"http", "https"})


def _opens_people(scope: str) -> bool:
    """Does a scope open data of people, as the coverage map has it?"""
    return any(fnmatchcase(scope, pattern) for pattern in rule_books()["shopify"].reach)


def _fields(look: Look, access: str, readers: Mapping[str, str]) -> Answer:
    """Fields whose names tell of health, by who may read them."""

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("field"):
            who = readers.get(str(item.facts.get(access)))
            if who and (word := lists().health_word(item.id, item.title)):
                yield Fault(where=f"metafield {item.id}", what=f"{who}, and its name says {word!r}.")

    return judge(
        look,
        "field",
        faults=faults,
        evidence=were_read("field", "definition", "of metafields of people "),
    )


def _own_tags(look: Look) -> Answer:
    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in (*snapshot.of("script"), *snapshot.of("pixel")):
            host = urlsplit(str(item.facts.get("address") or "")).hostname or ""
            if network := lists().network(host):
                yield Fault(where=f"{item.kind} {item.id}", what=f"It loads from {host}: {lists().trackers[network]}.")

    return judge(
        look,
        "script",
        "pixel",
        faults=faults,
        evidence=lambda snapshot: (
            f"{counted(len(snapshot.of('script')), 'script tag')} and {counted(len(snapshot.of('pixel')), 'pixel')} of our own "
            "app were read; those of other apps no interface shows."
        ),
    )


def _app_scopes(look: Look) -> Answer:
    kinds = guides().needs.kinds
    kinds_here = {source.kind for source in sources_of(look.settings, look.store).values()} & kinds.keys()
    needed = {scope for kind in kinds_here for scope in kinds[kind].scopes}

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("app"):
            spare = [scope for scope in words_of(item.facts.get("scopes")) if _opens_people(scope) and scope not in needed]
            if item.facts.get("own") is True and spare:
                yield Fault(where=f"app {item.title or item.id}", what=f"Granted and not needed: {', '.join(spare)}.")

    def evidence(snapshot: Snapshot) -> str:
        granted = sum(len(words_of(item.facts.get("scopes"))) for item in snapshot.of("app"))
        return f"{counted(granted, 'scope')} of our own app were compared with the {len(needed)} that its sources need."

    return judge(look, "app", faults=faults, evidence=evidence)


def _storefront_tokens(look: Look) -> Answer:
    days = look.settings.posture.token_days

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("token"):
            where, age = f"storefront token {item.id}", age_of(item, look.now)
            if open_ones := list(filter(_opens_people, words_of(item.facts.get("scopes")))):
                yield Fault(where=where, what=f"It opens data of people: {', '.join(open_ones)}.")
            if age is not None and age > days:
                yield Fault(where=where, what=f"It is {age} days old; {days} are allowed.")

    return judge(
        look,
        "token",
        faults=faults,
        evidence=were_read("token", "storefront token", "of our own app "),
    )


def _webhooks_known(look: Look) -> Answer:
    buses = {str(source.feed.options.get("audit", "")) for source in look.settings.sources.values() if source.feed}

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("webhook"):
            address = str(item.facts.get("address") or "")
            parts = urlsplit(address)
            where = f"webhook {item.title} ({item.id})"
            if parts.scheme == "http":
                yield Fault(where=where, what=f"It goes to {parts.hostname} without TLS.")
            if parts.scheme in _HTTP and not look.knows(parts.hostname or ""):
                yield Fault(where=where, what=f"It goes to {parts.hostname}, a host that the settings do not name.")
            if parts.scheme not in _HTTP and address not in {*buses, *look.settings.posture.hosts}:
                yield Fault(where=where, what=f"It goes to {address}, which the settings do not name.")

    return judge(
        look,
        "webhook",
        faults=faults,
        evidence=were_read("webhook", "subscription", "of our own app "),
    )


def _store_password(look: Look) -> Answer | None:
    if not look.is_for_tests:
        return None

    def faults(snapshot: Snapshot) -> Iterator[Fault]:
        for item in snapshot.of("policy"):
            if item.id == "storefront-password" and item.facts.get("enabled") is not True:
                yield Fault(where=f"store {look.store}", what="It is a store for tests, and its password is off.")

    return judge(look, "policy", faults=faults, evidence=lambda _: "The password protection of the online store was read.")


def _staff_exports(_: Look) -> Answer:
    return unknown(next(part.reason for part in HIDDEN if part.kind == "role"))


CHECKS: Mapping[str, Judge] = {
    "fields-storefront": partial(_fields, access="storefront", readers={"public_read": "The storefront may read it"}),
    "fields-accounts": partial(
        _fields,
        access="customer_account",
        readers={"read": "Customer accounts may read it", "read_write": "Customer accounts may read and write it"},
    ),
    "own-tags": _own_tags,
    "app-scopes": _app_scopes,
    "storefront-tokens": _storefront_tokens,
    "webhooks-known": _webhooks_known,
    "store-password": _store_password,
    "staff-exports": _staff_exports,
}
"""The checks of a Shopify store."""
