"""Audit logs of Google Cloud Storage: entries of Cloud Logging, as Pub/Sub or a log bucket delivers them.

Form: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry with a payload of the type `AuditLog`. Data Access logs
are off by default, and do not cover every download from the browser. No live entry was at hand to compare the fields with.
"""

from collections.abc import Iterator
from typing import Any

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .documents import address, decoded, inner, number, objects, records, text
from .request import identifier, rfc3339

_ADVICE = "Send entries of the logs `cloudaudit.googleapis.com`, as Cloud Logging routes them."
_OBJECT = {
    "get": Act.OBJECT_READ,
    "list": Act.OBJECT_LIST,
    "create": Act.OBJECT_WRITE,
    "update": Act.OBJECT_WRITE,
    "patch": Act.OBJECT_WRITE,
    "compose": Act.OBJECT_WRITE,
    "copy": Act.OBJECT_WRITE,
    "rewrite": Act.OBJECT_WRITE,
    "move": Act.OBJECT_WRITE,
    "restore": Act.OBJECT_WRITE,
    "delete": Act.OBJECT_DELETE,
}
_SEVERITY = {"NOTICE": 2, "WARNING": 3, "ERROR": 4, "CRITICAL": 5, "ALERT": 5, "EMERGENCY": 6}
_RESULT = {0: Result.SUCCESS, 5: Result.NOT_FOUND, 7: Result.DENIED, 16: Result.DENIED}  # codes of google.rpc.Code
_HIGH = 4


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The entries of a message."""
    for line, record in records(message.body, "entries"):
        yield attempt(line, record, lambda raw: _access(decoded(raw), message, source))


def act_of(method: str) -> Act:
    """What a method, like `storage.objects.get`, did."""
    words = method.split(".")
    verb = words[-1]
    if "objects" in words:
        return _OBJECT.get(verb, Act.CONFIG_CHANGE if "policy" in verb.lower() or "acl" in verb.lower() else Act.API_WRITE)
    if verb.lower().startswith(("get", "list", "test")):
        return Act.API_READ
    return Act.CONFIG_CHANGE


def _access(record: dict[str, Any], message: Message, source: Source) -> Access:
    payload = inner(record, "protoPayload")
    method = text(payload, "methodName")
    if not method or not text(record, "timestamp"):
        raise Unreadable("The record is no entry of an audit log.", advice=_ADVICE)
    happened = rfc3339(text(record, "timestamp"))
    actor = text(payload, "authenticationInfo", "principalEmail") or text(payload, "authenticationInfo", "principalSubject")
    machine = actor.endswith(".gserviceaccount.com")
    act = act_of(method)
    thing = text(payload, "resourceName")
    severity = _SEVERITY.get(text(record, "severity"), 1)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act,
        surface=Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=actor,
        actor_type=ActorType.UNKNOWN if not actor or machine else ActorType.STAFF,
        app=actor.partition("@")[0] if machine else "",
        auth=Auth.UNKNOWN if actor else Auth.NONE,
        ip=address(text(payload, "requestMetadata", "callerIp")),
        user_agent=text(payload, "requestMetadata", "callerSuppliedUserAgent"),
        result=_result(payload),
        operation=method,
        resource=text(record, "resource", "labels", "bucket_name") or text(payload, "serviceName"),
        resource_id=thing,
        severity=max(severity, _HIGH) if act is Act.CONFIG_CHANGE and "iam" in method.lower() else severity,
        token=text(payload, "authenticationInfo", "serviceAccountKeyName"),
        request_id=identifier(text(record, "operation", "id")),
        unique=f"{text(record, 'insertId')}\n{text(record, 'timestamp')}" if text(record, "insertId") else "",
        message="" if actor else "anonymous",
    )


def _result(payload: Any) -> Result:
    if any(one.get("granted") is False for one in objects(payload, "authorizationInfo")):
        return Result.DENIED
    return _RESULT.get(number(payload, "status", "code"), Result.ERROR)
