"""From our acts to classes and activities of OCSF, and from a row of the lake to a record that validates against its schema.

The schema is data: `content/ocsf/<version>.json`, compiled from the release by `scripts/ocsf_schema.py`. Another release is
another file, named here; the tests then say what no longer holds.

Where a class demands what the source did not say, the record says `unknown`. What a class has no place for stands under
`unmapped`, followed by the name that rules use; so no value of a row is ever lost on the way out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.kernel import content, to_micros

from .schema import COLUMNS
from .vocabulary import Act

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SCHEMA_FILE = "1.8.0.json"
"""The schema that records follow, in `content/ocsf`. 1.8.0 of 2026-03-18 is the newest release that could be read in full."""

BASE, ACCOUNT_CHANGE, AUTHENTICATION, ENTITY_MANAGEMENT, USER_ACCESS = 0, 3001, 3002, 3004, 3005
HTTP, WEB_RESOURCES, API, DATASTORE, FILE_HOSTING = 4002, 6001, 6003, 6005, 6006
OTHER = 99

_HTTP_METHOD = {
    "CONNECT": 1,
    "DELETE": 2,
    "GET": 3,
    "HEAD": 4,
    "OPTIONS": 5,
    "POST": 6,
    "PUT": 7,
    "TRACE": 8,
    "PATCH": 9,
}
_VERB = {
    "create": 1,
    "mint": 1,
    "open": 1,
    "send": 1,
    "read": 2,
    "search": 2,
    "update": 3,
    "change": 3,
    "write": 3,
    "deploy": 3,
    "delete": 4,
}
_OWN_CLASS = {
    Act.EXPORT_RUN: (WEB_RESOURCES, 7),
    Act.OBJECT_READ: (DATASTORE, 1),
    Act.OBJECT_LIST: (DATASTORE, 8),
    Act.OBJECT_WRITE: (DATASTORE, 5),
    Act.OBJECT_DELETE: (DATASTORE, 7),
    Act.QUERY_RUN: (DATASTORE, 4),
    Act.RECORDING_READ: (FILE_HOSTING, 2),
    Act.RECORDING_CREATE: (FILE_HOSTING, 1),
    Act.RECORDING_CHANGE: (FILE_HOSTING, 3),
    Act.RECORDING_DELETE: (FILE_HOSTING, 4),
    Act.ACCOUNT_LOGIN: (AUTHENTICATION, 1),
    Act.ACCOUNT_LOGOUT: (AUTHENTICATION, 2),
    Act.ACCOUNT_IMPERSONATE: (AUTHENTICATION, 7),
    Act.ACCOUNT_CHANGE: (ACCOUNT_CHANGE, OTHER),
    Act.ACCESS_GRANT: (USER_ACCESS, 1),
    Act.ACCESS_REVOKE: (USER_ACCESS, 2),
    Act.APP_CHANGE: (ENTITY_MANAGEMENT, 3),
    Act.CONFIG_CHANGE: (ENTITY_MANAGEMENT, 3),
    Act.CONTENT_CHANGE: (ENTITY_MANAGEMENT, 3),
    Act.RELEASE_DEPLOY: (ENTITY_MANAGEMENT, 3),
    Act.LOG_WRITE: (BASE, OTHER),
}
"""Acts with a class of their own, also when they were seen as an HTTP request."""

_UNLIKE_HTTP = {Act.DOCUMENT_READ: (FILE_HOSTING, 2)}
"""Acts with a class of their own unless they were seen as an HTTP request."""


class _Schema(msgspec.Struct, frozen=True):
    version: str


@cache
def _file() -> bytes:
    return (content("ocsf") / SCHEMA_FILE).read_bytes()


VERSION = msgspec.json.decode(_file(), type=_Schema).version
"""The release of OCSF that records follow."""


def classify(act: Act, *, method: str) -> tuple[int, int]:
    """The OCSF class and activity of an act: its own; else HTTP Activity by `method`, or API Activity by verb."""
    if own := _OWN_CLASS.get(act):
        return own
    if method:
        return HTTP, _HTTP_METHOD.get(method.upper(), OTHER)
    return _UNLIKE_HTTP.get(act) or (API, _VERB.get(act.verb, OTHER))


def faults(record: Mapping[str, Any]) -> list[str]:
    """What the schema says against a record, place and rule only, sorted; nothing for one that `to_ocsf` made."""
    known = _classes()
    if (validator := known.get(str(record.get("class_uid")))) is None:
        return [f"class_uid is none of {', '.join(known)}"]
    found = ((".".join(map(str, one.absolute_path)) or "record", one.validator) for one in validator.iter_errors(record))
    return sorted(f"{place}: {rule}" for place, rule in found)


@cache
def _classes() -> dict[str, "Draft202012Validator"]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to load, and only a check needs it

    schema = msgspec.json.decode(_file())
    return {uid: Draft202012Validator({"$defs": schema["$defs"], **one}) for uid, one in schema["classes"].items()}


def to_ocsf(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the lake as a record of OCSF that validates against the schema; moments are milliseconds since 1970.

    Pseudonyms are uids: that of an address is `src_endpoint.uid`, never an address.
    """
    record = _Record(row)
    class_uid, activity_id = row["class_uid"], row["activity_id"]
    record.put("category_uid", class_uid // 1000)
    record.put("class_uid", class_uid)
    record.put("activity_id", activity_id)
    record.put("type_uid", class_uid * 100 + activity_id)
    if activity_id == OTHER:
        record.put("activity_name", row["act"] or "unknown")
    _about(record)
    _outcome(record)
    _actor(record)
    if class_uid == BASE:
        record.put("metadata.profiles", ["host"])
    else:
        _source(record)
        _request(record)
        _PARTS[class_uid](record)
    record.rest()
    return record.made


class _Record:
    """A record as it grows, and the columns of the row that have no place in it yet."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.made: dict[str, Any] = {}
        self._left = {column.name: column.ocsf for column in COLUMNS if not _is_empty(column.name, row[column.name])}

    def put(self, path: str, value: Any) -> None:
        """The value stands at the path."""
        *folders, leaf = path.split(".")
        place = self.made
        for folder in folders:
            place = place.setdefault(folder, {})
        place[leaf] = to_micros(value) // 1000 if isinstance(value, datetime) else value

    def take(self, column: str) -> Any:
        """The column's value, which has found its place; None when the row has none, or it was taken before."""
        return self.row[column] if self._left.pop(column, None) else None

    def move(self, column: str, path: str) -> bool:
        """The column's value stands at the path and nowhere else; False when the row has none."""
        if (value := self.take(column)) is None:
            return False
        self.put(path, value)
        return True

    def rest(self) -> None:
        """What has no place of its own stands under `unmapped`."""
        for name, path in self._left.items():
            self.put(f"unmapped.{path}", self.row[name])
        self._left = {}


def _is_empty(name: str, value: Any) -> bool:
    """Has the row nothing here, or what is told elsewhere? A code or a network of 0 says that there was none."""
    return name in _TOLD or value is None or value in ("", []) or (name in _NONE_IS_ZERO and value == 0)


def _about(record: _Record) -> None:
    record.put("metadata.version", VERSION)
    record.put("metadata.product", {"name": "Hemostat", "vendor_name": "Hemostat"})
    record.move("event_id", "metadata.uid")
    record.move("source", "metadata.log_name")
    record.move("learnt", "metadata.logged_time")
    record.move("time", "time")
    record.move("offset_minutes", "timezone_offset")
    record.move("message", "message")
    severity = record.row["severity"] or 0
    record.put("severity_id", severity if severity in _SEVERITIES else OTHER)


def _outcome(record: _Record) -> None:
    """OCSF knows success and failure; our own word, which says why, is told beside it."""
    status_id, status = _STATUS.get(record.row["result"], (0, "Unknown"))
    record.put("status_id", status_id)
    record.put("status", status)
    record.move("result", "unmapped.hemostat.result")


def _actor(record: _Record) -> None:
    """The caller: who, or the program, or both; `unknown` when the source named neither."""
    kind = record.row["actor_type"]
    actor = record.take("actor")
    if actor or not record.row["app"]:
        record.put("actor.user", _user(actor, kind))
    record.move("app", "actor.app_name")
    record.move("actor_type", "unmapped.hemostat.actor_type")


def _user(uid: str | None, kind: str | None) -> dict[str, Any]:
    type_id, caption = _USER_TYPE.get(kind or "", (0, "Unknown"))
    return {("uid" if uid else "name"): uid or "unknown", "type_id": type_id, "type": caption}


def _source(record: _Record) -> None:
    """Where the request came from; an endpoint needs a name when its address is not known."""
    if not record.move("src_ip", "src_endpoint.uid"):
        record.put("src_endpoint.name", "unknown")
    record.move("src_net", "src_endpoint.subnet_uid")
    record.move("asn", "src_endpoint.autonomous_system.number")


def _request(record: _Record) -> None:
    """The HTTP request and its answer. A URL needs a path, and an answer its code; without them their parts are left over."""
    if (record.row["method"] or "").upper() in _HTTP_METHOD:
        record.put("http_request.http_method", record.take("method").upper())
    record.move("user_agent", "http_request.user_agent")
    record.move("request_id", "http_request.uid")
    if record.move("path", "http_request.url.path"):
        record.move("host", "http_request.url.hostname")
    if record.move("status", "http_response.code"):
        record.move("bytes", "http_response.length")


def _http(record: _Record) -> None:
    """HTTP Activity has a request, if only one of which nothing fits; its caller stands in the profile `host`."""
    record.put("metadata.profiles", ["host"])
    record.made.setdefault("http_request", {})


def _api(record: _Record) -> None:
    record.put("api.operation", record.take("operation") or "unknown")
    if one := _thing(record, "type"):
        record.put("resources", [one])


def _thing(record: _Record, kind: str) -> dict[str, Any]:
    """What was touched: its pseudonym, and its kind as `kind`; the kind alone as a name; nothing when the source said neither."""
    uid, name = record.take("resource_id"), record.take("resource")
    if uid is None:
        return {} if name is None else {"name": name}
    return {"uid": uid} if name is None else {"uid": uid, kind: name}


def _datastore(record: _Record) -> None:
    """A bucket for objects, a table for queries that name one, else a database that nobody named."""
    if (record.row["act"] or "").startswith("object:"):
        record.put("databucket", {"type_id": 0, "name": record.take("resource") or "unknown"})
        if uid := record.take("resource_id"):
            record.put("databucket.file", {"name": uid, "uid": uid, "type_id": 0})
    elif one := _thing(record, "name"):
        record.put("table", one)
    else:
        record.put("database", {"type_id": 0, "name": "unknown"})


def _web_resources(record: _Record) -> None:
    record.put("metadata.profiles", ["host"])
    record.put("web_resources", [_thing(record, "type") or {"name": "unknown"}])


def _file_hosting(record: _Record) -> None:
    """A file needs a name; its pseudonym is all that we tell of it."""
    uid = record.take("resource_id")
    record.put("file", {"type_id": 0, "name": uid or "unknown"} | ({"uid": uid} if uid else {}))


def _account(record: _Record) -> None:
    """Whose account or access was changed: the very thing when the source named it, else the person that the event is about."""
    record.put("user", _user(record.take("resource_id") or record.row["subject"], None))


def _authentication(record: _Record) -> None:
    """Who signed in, and to what; whose place somebody took when he acts as another."""
    if record.row["act"] == Act.ACCOUNT_IMPERSONATE:
        record.put("account_switch_type_id", 2)
        record.put("account_switch_type", "Impersonate")
        _account(record)
    else:
        record.put("user", _user(record.row["actor"], record.row["actor_type"]))
    record.put("service.name", record.row["store"] or "unknown")


def _entity(record: _Record) -> None:
    record.put("entity", _thing(record, "name") or {"name": "unknown"})
    record.put("entity.type", (record.row["act"] or "unknown").partition(":")[0])


def _user_access(record: _Record) -> None:
    _account(record)
    record.put("privileges", record.take("fields") or ["unknown"])


_PARTS: Mapping[int, Callable[[_Record], None]] = {
    ACCOUNT_CHANGE: _account,
    AUTHENTICATION: _authentication,
    ENTITY_MANAGEMENT: _entity,
    USER_ACCESS: _user_access,
    HTTP: _http,
    WEB_RESOURCES: _web_resources,
    API: _api,
    DATASTORE: _datastore,
    FILE_HOSTING: _file_hosting,
}
"""What a class demands beside what all have."""

_TOLD = frozenset({"class_uid", "activity_id", "severity"})
_NONE_IS_ZERO = frozenset({"status", "asn"})
_SEVERITIES = frozenset(range(7))
_STATUS = {"success": (1, "Success"), "denied": (2, "Failure"), "not_found": (2, "Failure"), "error": (2, "Failure")}
_USER_TYPE = {"person": (1, "User"), "system": (3, "System"), "app": (4, "Service"), "staff": (OTHER, "staff")}
