"""OpenTelemetry log records, as OTLP/HTTP carries them in Protobuf or JSON.

OpenTelemetry Protocol Specification 1.x: https://opentelemetry.io/docs/specs/otlp/, and the semantic conventions for HTTP,
https://opentelemetry.io/docs/specs/semconv/http/, the stable names before the older ones. In JSON, trace and span ids are
hexadecimal, 64-bit numbers may be text, enumerations are numbers, and unknown names are passed over.

A record that names a request's path is that request. The body of any other is read as what `format` says (`carried`). The
attributes `hemostat.act`, `hemostat.subject` and `hemostat.surface` let an app say what it did to whose data.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Result, Surface
from hemostat.kernel import Source

from . import mending
from .base import Message, Raw, ReaderContext, Rejected, Unreadable
from .carried import Carried, Options, filled
from .request import Moment, Request, host_name, identifier, joined, method_name, since_epoch, split_target

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1 import common_pb2

__all__ = ["PROTOBUF", "NotOtlp", "Options", "Record", "judged", "read", "records"]

PROTOBUF = "application/x-protobuf"
_ADVICE = "Send records as the OpenTelemetry protocol has them."
_STATUS_MOST = 999
_SEVERITIES = ((21, 6), (17, 4), (13, 3))
"""From which SeverityNumber on, and what OCSF calls it: fatal, high, medium; all below is informational."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "method": ("http.request.method", "http.method"),
    "target": ("url.full", "http.url", "http.target", "url.path", "http.route"),
    "query": ("url.query",),
    "status": ("http.response.status_code", "http.status_code"),
    "host": ("server.address", "http.host", "net.host.name", "http.server_name", "host.name"),
    "user_agent": ("user_agent.original", "http.user_agent"),
    "ip": ("client.address", "http.client_ip", "source.address", "net.sock.peer.addr", "network.peer.address"),
    "user": ("enduser.id", "user.id", "user.name"),
    "bytes": ("http.response.body.size", "http.response.size", "http.response_content_length"),
    "operation": ("event.name", "rpc.method", "db.operation.name"),
    "app": ("service.name",),
}


class NotOtlp(Exception):
    """The body is no export request at all."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One log record in plain words, with the attributes of its resource behind its own."""

    time: int
    observed: int
    severity: int
    body: Any
    attributes: Mapping[str, Any]
    event_name: str
    trace: str


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The records of an export request, numbered from 1."""
    try:
        yield from (one for one, _ in judged(message, source, context))
    except NotOtlp:
        yield Rejected(line=1, reason="The message is no export request of OTLP.", advice=_ADVICE, raw=message.body)


def judged(message: Message, source: Source, context: ReaderContext) -> Iterator[tuple[Raw | Rejected, bool]]:
    """Each record as `read` gives it, and whether it tells a time, as far as it can be read. Raises `NotOtlp`."""
    carried = Carried(message, source, context)
    for number, (raw, record) in enumerate(records(message.body, message.content_type), start=1):
        yield _attempt(number, raw, record, carried), record is None or bool(record.time or record.observed)


def records(body: bytes, content_type: str) -> Iterator[tuple[bytes, Record | None]]:
    """Each log record, with its bytes; None for one whose fields are not what they should be. Raises `NotOtlp`."""
    return _from_protobuf(body) if content_type == PROTOBUF else _from_json(body)


def _attempt(number: int, raw: bytes, record: Record | None, carried: Carried) -> Raw | Rejected:
    if record is None:
        return Rejected(line=number, reason="A field of the record is not what it should be.", advice=_ADVICE, raw=raw)
    try:
        return Raw(line=number, raw=raw, access=_access(record, carried))
    except Unreadable as error:
        return Rejected(line=number, reason=error.reason, advice=error.advice, raw=raw)


def _access(record: Record, carried: Carried) -> Access:
    moment = _moment(record)
    said = _named(record.attributes)
    facts: dict[str, Any] = {
        "severity": next((ours for least, ours in _SEVERITIES if record.severity >= least), 1),
        "operation": record.event_name or said["operation"],
        "app": said["app"],
        "request_id": record.trace,
        "host": host_name(said["host"]),
        "ip": said["ip"],
        "actor": said["user"],
        "actor_type": ActorType.PERSON if said["user"] else ActorType.UNKNOWN,
        "user_agent": said["user_agent"],
    }
    text = _plain(record.body)
    if said["target"]:
        told = carried.routes.access(_request(said, moment or carried.received(), record.trace))
        return _ours(filled(_with_message(told, text), facts), record.attributes)
    return _ours(carried.access(text.encode(errors="replace"), time=moment, **facts), record.attributes)


def _moment(record: Record) -> Moment | None:
    """When it happened, else when it was first seen; None when the record says neither. Raises `Unreadable`."""
    nanoseconds = record.time or record.observed
    return since_epoch(nanoseconds) if nanoseconds else None


def _request(said: Mapping[str, str], moment: Moment, trace: str) -> Request:
    target = split_target(said["target"])
    return Request(
        time=moment.time,
        offset_minutes=moment.offset_minutes,
        ip=said["ip"],
        user=said["user"],
        method=method_name(said["method"]),
        path=target["path"],
        query=target["query"] or said["query"].removeprefix("?"),
        status=_whole(said["status"], most=_STATUS_MOST),
        bytes=_whole(said["bytes"], most=2**62),
        user_agent=said["user_agent"],
        host=host_name(said["host"]) or target["host"],
        request_id=identifier(trace),
    )


def _ours(access: Access, attributes: Mapping[str, Any]) -> Access:
    """The access with what the app says in our own words. Raises `Unreadable` for words that are none of ours."""
    act, surface = attributes.get("hemostat.act"), attributes.get("hemostat.surface")
    subject = _text(attributes.get("hemostat.subject"))
    news: dict[str, Any] = {}
    try:
        news |= {"act": Act(act)} if act else {}
        news |= {"surface": Surface(surface)} if surface else {}
    except ValueError as error:
        raise Unreadable("An attribute `hemostat.…` is no word of ours.", advice="Use the words of the event record.") from error
    if subject:
        news |= {"subject": subject, "subjects": 1 if access.result in {Result.SUCCESS, Result.UNKNOWN} else 0}
    return msgspec.structs.replace(access, **news) if news else access


def _with_message(access: Access, text: str) -> Access:
    return msgspec.structs.replace(access, message=joined(text, access.message)) if text else access


def _named(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Our names for the attributes that we know; "" for those that are not there."""
    return {name: next(filter(None, (_text(attributes.get(one)) for one in names)), "") for name, names in _NAMES.items()}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _whole(text: str, *, most: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most else 0


def _plain(body: object) -> str:
    """A body as text: structures as JSON."""
    if body is None:
        return ""
    return body if isinstance(body, str) else msgspec.json.encode(body).decode(errors="replace")


# JSON

_Number = int | str | None


class _Value(msgspec.Struct, rename="camel"):
    string_value: str | None = None
    bool_value: bool | None = None
    int_value: _Number = None
    double_value: float | int | str | None = None
    array_value: "_Values | None" = None
    kvlist_value: "_Pairs | None" = None
    bytes_value: str | None = None


class _Values(msgspec.Struct):
    values: list[_Value] | None = None


class _Pair(msgspec.Struct):
    key: str = ""
    value: _Value | None = None


class _Pairs(msgspec.Struct):
    values: list[_Pair] | None = None


class _Log(msgspec.Struct, rename="camel"):
    time_unix_nano: _Number = 0
    observed_time_unix_nano: _Number = 0
    severity_number: int | None = 0
    body: _Value | None = None
    attributes: list[_Pair] | None = None
    trace_id: str | None = ""
    event_name: str | None = ""


class _Scope(msgspec.Struct, rename="camel"):
    log_records: list[msgspec.Raw] | None = None


class _Origin(msgspec.Struct):
    attributes: list[_Pair] | None = None


class _Resource(msgspec.Struct, rename="camel"):
    resource: _Origin | None = None
    scope_logs: list[_Scope] | None = None


class _Export(msgspec.Struct, rename="camel"):
    resource_logs: list[_Resource] | None = None


_EXPORT = msgspec.json.Decoder(_Export)
_LOG = msgspec.json.Decoder(_Log)


def _from_json(body: bytes) -> Iterator[tuple[bytes, Record | None]]:
    try:
        export = _EXPORT.decode(body)
    except mending.UNREADABLE as error:
        raise NotOtlp from error
    for resource in export.resource_logs or ():
        common = _json_pairs(resource.resource.attributes if resource.resource else None)
        for scope in resource.scope_logs or ():
            for raw in scope.log_records or ():
                yield bytes(raw), _json_record(bytes(raw), common)


def _json_record(raw: bytes, common: Mapping[str, Any]) -> Record | None:
    try:
        log = _LOG.decode(raw)
        return Record(
            time=_nanoseconds(log.time_unix_nano),
            observed=_nanoseconds(log.observed_time_unix_nano),
            severity=log.severity_number or 0,
            body=_json_value(log.body),
            attributes={**common, **_json_pairs(log.attributes)},
            event_name=log.event_name or "",
            trace=identifier((log.trace_id or "").lower()),
        )
    except (*mending.UNREADABLE, ValueError):
        return None


def _nanoseconds(number: _Number) -> int:
    """A number of 64 bits, which may come as text. Raises `ValueError`."""
    value = int(number or 0)
    if not 0 <= value < 2**64:
        raise ValueError
    return value


def _json_pairs(pairs: list[_Pair] | None) -> dict[str, Any]:
    return {pair.key: _json_value(pair.value) for pair in pairs or ()}


def _json_value(value: _Value | None) -> Any:
    """What an AnyValue says. Raises `ValueError` for text that should be a number."""
    if value is None:
        return None
    if value.int_value is not None:
        return int(value.int_value)
    if value.array_value is not None:
        return [_json_value(one) for one in value.array_value.values or ()]
    if value.kvlist_value is not None:
        return _json_pairs(value.kvlist_value.values)
    simple = (value.string_value, value.bool_value, value.double_value, value.bytes_value)
    return next((one for one in simple if one is not None), None)


# Protobuf


def _from_protobuf(body: bytes) -> Iterator[tuple[bytes, Record | None]]:
    # Only a process that gets such messages loads what reads them.
    from google.protobuf.message import DecodeError  # noqa: PLC0415
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest  # noqa: PLC0415

    try:
        export = ExportLogsServiceRequest.FromString(body)
    except DecodeError as error:
        raise NotOtlp from error
    for resource in export.resource_logs:
        common = _pairs(resource.resource.attributes)
        for scope in resource.scope_logs:
            for log in scope.log_records:
                yield (
                    log.SerializeToString(),
                    Record(
                        time=log.time_unix_nano,
                        observed=log.observed_time_unix_nano,
                        severity=log.severity_number,
                        body=_value(log.body),
                        attributes={**common, **_pairs(log.attributes)},
                        event_name=log.event_name,
                        trace=log.trace_id.hex(),
                    ),
                )


def _pairs(pairs: "Iterator[common_pb2.KeyValue] | Any") -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: "common_pb2.AnyValue") -> Any:
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(one) for one in value.array_value.values]
        case "kvlist_value":
            return _pairs(value.kvlist_value.values)
        case kind:
            return getattr(value, kind)
