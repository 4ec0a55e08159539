"""Rows of Magento's own tables, one JSON object a message, as the feed `magento-tables` sends them.

The columns are those of `magento_schema`; times are in UTC. The action log keeps what an act changed as JSON, in earlier releases
as PHP-serialized data: both are read, and only the names of the fields that changed leave this module, never their values.
"""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from . import magento_acts as acts
from . import php
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .mending import UNREADABLE
from .request import Moment, joined, moment

_ADVICE = "Send what the feed `magento-tables` makes: one row a message."
_MOST_FIELDS = 200
_USER_TYPES = {1: "integration", 2: "admin", 3: "customer", 4: "guest"}
_SESSIONS = {0: "signed out", 1: "signed in", 2: "signed out by another sign-in", 3: "forced out"}
_FORCED = frozenset({2, 3})
_INNER = tuple(
    map(ip_network, ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"))
)
_STATUSES = {0: "inactive", 1: "active", 2: "recreated"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the feed. gone: the row was there, and is no longer. seen_at: when that, or a change of it, was seen.

    staff: name of the admin user whose row it is, so that he is one and the same in all tables; "" when the feed knows none.
    """

    table: str
    row: dict[str, Any]
    changes: list[dict[str, Any]] = []
    gone: bool = False
    seen_at: str = ""
    staff: str = ""

    def text(self, column: str) -> str:
        """A column as text; "" when it is missing, or is none."""
        value = self.row.get(column)
        if isinstance(value, str):
            return value
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""

    def number(self, column: str) -> int:
        """A column as a whole number, whether the table holds it as one or as digits; 0 when it is none."""
        text = self.text(column)
        return int(text) if text.lstrip("-").isdecimal() and len(text) <= 19 else 0  # noqa: PLR2004  # digits of 64 bits


_DECODER = msgspec.json.Decoder(Row)


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a row."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def _access(body: bytes, message: Message, source: Source) -> Access:
    try:
        row = _DECODER.decode(body)
    except UNREADABLE as error:
        raise Unreadable("The message is not a row of a table.", advice=_ADVICE) from error
    told = _READERS.get(row.table)
    if told is None:
        raise Unreadable("The message is of a table that we do not know.", advice=_ADVICE)
    happened = _happened(row, message)
    fields: dict[str, Any] = {
        "time": happened.time,
        "surface": Surface(source.surface),
        "store": source.store,
        "environment": Environment(source.environment),
        "source": message.source,
        "result": Result.SUCCESS,
        "resource": row.table,
    }
    return Access(**{**fields, **told(row)})


def _happened(row: Row, message: Message) -> Moment:
    """When the row says it was written, else when the feed saw it, else when it came; a day that never was is none of them."""
    columns = () if row.gone or row.seen_at else _TIMES.get(row.table, ())
    for text in (*(row.text(column) for column in columns), row.seen_at):
        try:
            return moment(text)
        except Unreadable:
            continue
    return Moment(time=message.received_at)


def _unique(row: Row, key: str, *more: str) -> str:
    """What names the row, and the state it is in."""
    return ":".join([row.table, row.text(key), *more])


def _address(value: object) -> str:
    """An IPv4 address written as a number, as `ip2long` of PHP makes it, or as text; "" for 0 and what is no address."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            # PHP of 32 bits writes the upper half as negative numbers
            return str(ip_address(value & 0xFFFFFFFF)) if value and -(2**31) <= value < 2**32 else ""
        if isinstance(value, str):
            return _address(int(value)) if value.lstrip("-").isdecimal() and len(value) <= 11 else str(ip_address(value))  # noqa: PLR2004  # digits of 32 bits, and a sign
    except ValueError:
        pass
    return ""


def _client(row: Row) -> str:
    """The address of the caller: what the proxy forwarded counts only when the store saw nothing but the proxy."""
    own, forwarded = _address(row.row.get("ip")), _address(row.row.get("x_forwarded_ip"))
    behind = not own or any(ip_address(own) in network for network in _INNER)
    return forwarded if forwarded and behind else own


def _logged(row: Row) -> dict[str, Any]:
    """One act of staff from the action log."""
    code, action = row.text("event_code").lower(), row.text("action").lower()
    act, surface = acts.act_of(code, action), acts.surface_of(code)
    failed = row.text("status").lower() == "failure"
    ids = acts.ids_of(_data(row.text("info")))
    of_people = code.startswith("customer") and not code.startswith("customer_group")
    people = ids if of_people else []
    return {
        "act": act,
        **({"surface": surface} if surface else {}),
        "actor": row.text("user"),
        "actor_type": ActorType.STAFF,
        "auth": Auth.NONE if failed and act is Act.ACCOUNT_LOGIN else Auth.LOGIN,
        "ip": _client(row),
        "result": Result.DENIED if failed else Result.SUCCESS,
        "subject": people[0] if len(people) == 1 else "",
        "subjects": len(people) if not failed else 0,
        "operation": row.text("fullaction") or action,
        "resource": code,
        "resource_id": ids[0] if len(ids) == 1 and not of_people else "",
        "fields": _changed(row),
        "unique": _unique(row, "log_id"),
        "message": joined(action, row.text("error_message")),
    }


def _changed(row: Row) -> tuple[str, ...]:
    """The names of the fields that an act changed: `customer.email`."""
    names: dict[str, None] = {}
    for change in row.changes:
        model = acts.word(change.get("source_name"))
        before, after = (
            _data(text if isinstance(text := change.get(side), str) else "") for side in ("original_data", "result_data")
        )
        for field in (*before, *after):
            if field != "__was_created" and field != "__was_deleted" and before.get(field) != after.get(field):  # noqa: PLR1714  # two names
                names[f"{model}.{acts.word(field)}"] = None
    return tuple(names)[:_MOST_FIELDS]


def _data(text: str) -> Mapping[str, object]:
    """What a column of the action log holds, JSON or serialized; nothing for other text, and for objects."""
    try:
        found = msgspec.json.decode(text)
    except UNREADABLE:
        try:
            found = php.unserialize(text.encode(errors="surrogatepass"))
        except php.NotData:
            return {"": text} if text and not text.startswith(("O:", "a:", "C:")) else {}
    if isinstance(found, dict):
        return {str(name): value for name, value in found.items()}
    return {"": found} if isinstance(found, int | str) else {}


def _session(row: Row) -> dict[str, Any]:
    status = row.number("status")
    return {
        "act": Act.ACCOUNT_LOGIN if status == 1 else Act.ACCESS_REVOKE if status in _FORCED else Act.ACCOUNT_LOGOUT,
        "actor": row.staff or row.text("user_id"),
        "actor_type": ActorType.STAFF,
        "auth": Auth.LOGIN,
        "ip": _address(row.row.get("ip")),
        "operation": _SESSIONS.get(status, "session"),
        "unique": _unique(row, "id", str(status), row.text("updated_at")),
    }


def _admin(row: Row) -> dict[str, Any]:
    failures, locked = row.number("failures_num"), row.text("lock_expires")
    state = "gone" if row.gone else "active" if row.number("is_active") else "inactive"
    return {
        "act": Act.ACCOUNT_CHANGE,
        "actor": row.text("username") or row.text("user_id"),
        "actor_type": ActorType.STAFF,
        "operation": state,
        "resource_id": row.text("user_id"),
        "severity": 3,
        "unique": _unique(row, "user_id", row.seen_at),
        "message": joined(
            f"The admin user is {state}.",
            f"{failures} failed sign-ins." if failures else "",
            f"Locked until {locked}." if locked else "",
        ),
    }


def _expiration(row: Row) -> dict[str, Any]:
    ends = row.text("expires_at")
    return {
        "act": Act.ACCOUNT_CHANGE,
        "actor": row.staff or row.text("user_id"),
        "actor_type": ActorType.STAFF,
        "operation": "end removed" if row.gone else "end set",
        "resource_id": row.text("user_id"),
        "severity": 3,
        "unique": _unique(row, "user_id", row.seen_at),
        # Magento removes the row too when it ends the account itself
        "message": "The account has no end any more, or has come to it." if row.gone else f"The account ends at {ends[:40]}.",
    }


def _signed(row: Row) -> dict[str, Any]:
    """The last sign-in, or sign-out, of a customer: each overwrites the one before it."""
    column = "last_logout_at" if "last_logout_at" in row.row else "last_login_at"
    leaves = column == "last_logout_at"
    return {
        **_own(row),
        "act": Act.ACCOUNT_LOGOUT if leaves else Act.ACCOUNT_LOGIN,
        "operation": "signed out" if leaves else "signed in",
        "unique": _unique(row, "log_id", column, row.text(column)),
    }


def _visited(row: Row) -> dict[str, Any]:
    """A signed-in customer's visit: it is written again, in the same row, each time he sends something to the store."""
    return {
        **_own(row),
        "act": Act.PAGE_READ,
        "operation": "visit",
        "resource_id": row.text("visitor_id"),
        "unique": _unique(row, "visitor_id", row.text("last_visit_at")),
    }


def _own(row: Row) -> dict[str, Any]:
    """What a customer does in his own account."""
    customer = row.text("customer_id")
    return {
        "surface": Surface.PATIENT_PORTAL,
        "actor": customer,
        "actor_type": ActorType.PERSON,
        "auth": Auth.LOGIN,
        "subject": customer,
        "subjects": 1 if customer else 0,
    }


def _reset(row: Row) -> dict[str, Any]:
    staff = row.number("request_type") == 1
    return {
        "act": Act.ACCOUNT_CHANGE,
        "surface": Surface.STOREFRONT if staff else Surface.PATIENT_PORTAL,
        "ip": _address(row.row.get("ip")),
        "subject": "" if staff else row.text("account_reference"),
        "actor": row.text("account_reference") if staff else "",
        "actor_type": ActorType.STAFF if staff else ActorType.UNKNOWN,
        "auth": Auth.NONE,
        "operation": "password reset of staff" if staff else "password reset of a customer",
        "unique": _unique(row, "id"),
    }


def _impersonated(row: Row) -> dict[str, Any]:
    return {
        "act": Act.ACCOUNT_IMPERSONATE,
        "surface": Surface.PATIENT_PORTAL,
        "actor": row.text("user_name") or row.text("user_id"),
        "actor_type": ActorType.STAFF,
        "auth": Auth.LOGIN,
        "subject": row.text("customer_id"),
        "subjects": 1,
        "operation": "login as customer",
        "elements": ("name", "email", "address", "phone", "order"),
        "severity": 3,
        "unique": _unique(row, "log_id"),
    }


def _integration(row: Row) -> dict[str, Any]:
    state = "gone" if row.gone else _STATUSES.get(row.number("status"), "unknown")
    granted = state in {"active", "recreated"}
    return {
        "act": Act.ACCESS_GRANT if granted else Act.ACCESS_REVOKE,
        "app": acts.shown(row.text("name")),
        "actor_type": ActorType.SYSTEM,
        "operation": f"integration {state}",
        "resource_id": row.text("integration_id"),
        "severity": 3,
        "unique": _unique(row, "integration_id", row.seen_at),
    }


def _consumer(row: Row) -> dict[str, Any]:
    return {
        "act": Act.ACCESS_REVOKE if row.gone else Act.ACCESS_GRANT,
        "app": acts.shown(row.text("name")),
        "actor_type": ActorType.SYSTEM,
        "operation": "consumer gone" if row.gone else "consumer changed",
        "resource_id": row.text("entity_id"),
        "unique": _unique(row, "entity_id", row.seen_at),
    }


def _token(row: Row) -> dict[str, Any]:
    revoked = row.gone or row.number("revoked") == 1
    orphan = not row.gone and not row.number("consumer_id") and not row.number("admin_id")
    return {
        "act": Act.ACCESS_REVOKE if revoked else Act.TOKEN_MINT,
        "actor": row.staff or row.text("admin_id"),
        "actor_type": ActorType.STAFF if row.number("admin_id") else ActorType.SYSTEM,
        "operation": f"{acts.word(row.text('type')) or 'token'} of {_USER_TYPES.get(row.number('user_type'), 'unknown')}",
        "resource_id": row.text("entity_id"),
        "severity": 4 if orphan else 2,
        "unique": _unique(row, "entity_id", row.seen_at),
        "message": "The token belongs to no integration and to no admin user." if orphan else "",
    }


def _failures(row: Row) -> dict[str, Any]:
    staff = row.number("user_type") == 2  # noqa: PLR2004  # admin, of the four user types
    count = row.number("failures_count")
    return {
        "act": Act.TOKEN_MINT,
        "auth": Auth.NONE,
        "actor": row.text("user_name"),
        "actor_type": ActorType.STAFF if staff else ActorType.PERSON,
        "result": Result.SUCCESS if row.gone else Result.DENIED,
        "operation": "failures cleared" if row.gone else "token refused",
        "severity": 1 if row.gone else 3,
        "unique": _unique(row, "log_id", row.seen_at),
        "message": "" if row.gone else f"{count} refused in a row.",
    }


def _revoked(row: Row) -> dict[str, Any]:
    kind = row.number("user_type_id")
    user = row.text("user_id")
    return {
        "act": Act.ACCESS_REVOKE,
        "subject": user if kind == 3 else "",  # noqa: PLR2004  # customer, of the four user types
        "actor": (row.staff or user) if kind == 2 else "",  # noqa: PLR2004  # admin
        "actor_type": ActorType.STAFF if kind == 2 else ActorType.UNKNOWN,  # noqa: PLR2004  # admin
        "operation": f"tokens of {_USER_TYPES.get(kind, 'unknown')}",
        "unique": ":".join([row.table, str(kind), user, row.text("revoke_before"), row.seen_at]),
    }


def _role(row: Row) -> dict[str, Any]:
    return {
        "act": Act.ACCESS_REVOKE if row.gone else Act.ACCESS_GRANT,
        "actor": row.staff or (row.text("user_id") if row.number("user_id") else ""),
        "actor_type": ActorType.STAFF,
        "operation": "role gone" if row.gone else "role of a user" if row.text("role_type") == "U" else "role",
        "resource_id": row.text("role_id"),
        "unique": _unique(row, "role_id", row.seen_at),
    }


def _rule(row: Row) -> dict[str, Any]:
    return {
        "act": Act.ACCESS_REVOKE if row.gone else Act.ACCESS_GRANT,
        "actor_type": ActorType.SYSTEM,
        "operation": acts.shown(row.text("resource_id")),
        "resource_id": row.text("role_id"),
        "unique": _unique(row, "rule_id", row.seen_at),
    }


def _bulk(row: Row) -> dict[str, Any]:
    return {
        "act": Act.API_WRITE,
        "actor": row.staff or (row.text("user_id") if row.number("user_id") else ""),
        "actor_type": ActorType.STAFF if row.number("user_type") == 2 else ActorType.SYSTEM,  # noqa: PLR2004  # admin
        "operation": "bulk job",
        "resource_id": row.text("uuid"),
        "unique": _unique(row, "id"),
        "message": joined(f"{row.number('operation_count')} operations.", acts.shown(row.text("description"))),
    }


def _operation(row: Row) -> dict[str, Any]:
    return {
        "act": Act.API_WRITE,
        "actor_type": ActorType.SYSTEM,
        "operation": acts.shown(row.text("topic_name")),
        "resource_id": row.text("bulk_uuid"),
        "unique": _unique(row, "id"),
    }


def _content(row: Row) -> dict[str, Any]:
    key = "block_id" if row.table == "cms_block" else "page_id"
    return {
        "act": Act.CONTENT_CHANGE,
        "actor_type": ActorType.SYSTEM,
        "operation": acts.shown(row.text("identifier")),
        "resource_id": row.text(key),
        **_made_of(row, key, row.text("update_time")),
    }


def _setting(row: Row) -> dict[str, Any]:
    path = acts.shown(row.text("path"))
    value = row.text("value")
    told = _made_of(row, "config_id", row.text("updated_at"))
    return {
        "act": Act.CONTENT_CHANGE if isinstance(row.row.get("content"), dict) else Act.CONFIG_CHANGE,
        "actor_type": ActorType.SYSTEM,
        "operation": path,
        **told,
        "message": joined(f"It is now {value[:200]}." if value else "", told["message"]),
    }


def _made_of(row: Row, key: str, changed_at: str) -> dict[str, Any]:
    """What a content is made of, in words; a script in it, or a host that it names, is worth a look."""
    content = row.row.get("content")
    made = content if isinstance(content, dict) else {}
    hosts = (
        [acts.shown(host) for host in made.get("hosts", []) if isinstance(host, str)]
        if isinstance(made.get("hosts"), list)
        else []
    )
    code = made.get("code") is True
    digest = made.get("sha256") if isinstance(made.get("sha256"), str) else ""
    return {
        "severity": 3 if code else 1,
        "unique": _unique(row, key, changed_at, str(digest)[:16]),
        "message": joined(
            "It holds a script." if code else "",
            f"It names {', '.join(hosts[:20])}." if hosts else "",
            f"Hash {str(digest)[:16]}." if digest else "",
        ),
    }


_TIMES = {
    "magento_logging_event": ("time",),
    "password_reset_request_event": ("created_at",),
    "magento_login_as_customer_log": ("time",),
    "magento_bulk": ("start_time",),
    "magento_operation": ("started_at",),
    "admin_user_session": ("updated_at", "created_at"),
    "customer_log": ("last_login_at", "last_logout_at"),
    "customer_visitor": ("last_visit_at", "created_at"),
    "cms_block": ("update_time",),
    "cms_page": ("update_time",),
    "core_config_data": ("updated_at",),
}
_READERS: Mapping[str, Callable[[Row], dict[str, Any]]] = {
    "magento_logging_event": _logged,
    "password_reset_request_event": _reset,
    "magento_login_as_customer_log": _impersonated,
    "magento_bulk": _bulk,
    "magento_operation": _operation,
    "admin_user_session": _session,
    "admin_user": _admin,
    "admin_user_expiration": _expiration,
    "customer_log": _signed,
    "customer_visitor": _visited,
    "integration": _integration,
    "oauth_consumer": _consumer,
    "oauth_token": _token,
    "oauth_token_request_log": _failures,
    "jwt_auth_revoked": _revoked,
    "authorization_role": _role,
    "authorization_rule": _rule,
    "cms_block": _content,
    "cms_page": _content,
    "core_config_data": _setting,
}
