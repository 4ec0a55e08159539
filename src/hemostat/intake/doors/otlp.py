"""`POST /v1/logs`: log records over OTLP/HTTP, in Protobuf or JSON, plain or gzip.

OpenTelemetry Protocol Specification, https://opentelemetry.io/docs/specs/otlp/#otlphttp. The bearer key names the source; an
endpoint that names it too, `/in/otlp/{source}`, is for senders that are given one address each.
"""

import hashlib
import secrets
from functools import partial

import msgspec

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request, aside
from hemostat.intake.faults import refusal
from hemostat.intake.receiving import require_method
from hemostat.sources import Message, ReaderContext, Rejected, otlp

_JSON = "application/json"
_PATH = "/v1/logs"
_INVALID, _UNAVAILABLE = 3, 14
_CODES = {401: 16, 404: 5, 405: 12, 408: 4, 413: 8, 503: _UNAVAILABLE}
"""HTTP statuses in the words of google.rpc.Code: unauthenticated, not found, unimplemented, deadline, exhausted, unavailable."""

_SHOWN = 3  # reasons that a partial success tells


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What an export request holds: how many records, why some cannot be read, and whether each has a time."""

    records: int
    reasons: tuple[str, ...]
    timed: bool


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """Records are on disk and counted; errors are told as google.rpc.Status in the encoding of the request."""
    kind = otlp.PROTOBUF if request.headers.get("content-type", "").lower().startswith(otlp.PROTOBUF) else _JSON
    try:
        return await _receive(desk, request, "" if name == _PATH else name)
    except Exception as error:  # noqa: BLE001  # whatever it is, its sender is told in its own encoding
        refused = refusal(error)
        desk.metrics.refused[refused.error] += 1
        return _refusal(refused, kind)


async def _receive(desk: Desk, request: Request, name: str) -> Answer:
    require_method(request.method, "POST")
    # (1) who sends, before anything is read
    name = _sender(desk, request, name)
    # (2) what kind of body
    kind = bodies.media_type(request.headers.get("content-type", ""), known=(otlp.PROTOBUF, _JSON))
    with desk.room.request() as take:
        # (3) the body, its compression undone, its records looked at
        body = await desk.unpacked(request, await desk.packed(request, take), take)
        looked = await aside(len(body), partial(_look, desk, name, kind, body))
        if not looked.records:
            return _success(kind, ())
        # (4) on disk, as it was sent. Without times, equal requests need not be repetitions.
        key = f"sha256:{hashlib.sha256(body).hexdigest()}" if looked.timed else f"once:{secrets.token_hex(16)}"
        receipt = await desk.keep(name, key=key, kind=kind, body=body)
    desk.counted(name, receipt, looked.records)
    return _success(kind, looked.reasons)


def _sender(desk: Desk, request: Request, name: str) -> str:
    """The source that the key belongs to. Raises `Refused`."""
    given = request.headers.get("authorization", "")
    if name:
        desk.gate.source(name, door="otlp")
        desk.gate.bearer(name, given)
        return name
    scheme, _, key = given.partition(" ")
    found = desk.gate.holder("otlp", key) if scheme.lower() == "bearer" else ""
    if not found:
        reason = "The bearer key is that of no source of kind `otlp`." if given else "The bearer key is missing."
        advice = "Set the header Authorization to `Bearer KEY`; `hemostat key show source.NAME` prints KEY."
        raise Refused(401, "unauthorized", reason, advice=advice, headers={"www-authenticate": "Bearer"})
    return found


def _look(desk: Desk, name: str, kind: str, body: bytes) -> Looked:
    """Each record is read once, as the worker will read it. Raises `Refused` (400) when the body is no export request."""
    message = Message(seq=0, source=name, received_at=desk.clock.now(), content_type=kind, headers={}, body=body)
    try:
        told = list(otlp.judged(message, desk.settings().sources[name], ReaderContext()))
    except otlp.NotOtlp as error:
        reason = "The body is no export request of logs."
        raise Refused(400, "not_otlp", reason, advice="Send ExportLogsServiceRequest, as the Content-Type says.") from error
    reasons = tuple(one.reason for one, _ in told if isinstance(one, Rejected))
    return Looked(records=len(told), reasons=reasons, timed=all(timed for _, timed in told))


def _success(kind: str, reasons: tuple[str, ...]) -> Answer:
    """ExportLogsServiceResponse; with the number of records that cannot be read, which are kept as dead letters."""
    said = " ".join(dict.fromkeys(reasons[:_SHOWN]))
    if kind == _JSON:
        partial_success = {"partialSuccess": {"rejectedLogRecords": str(len(reasons)), "errorMessage": said}} if reasons else {}
        return Answer(status=200, body=msgspec.json.encode(partial_success))
    inner = b"\x08" + _varint(len(reasons)) + _text(2, said) if reasons else b""
    return Answer(status=200, body=b"\x0a" + _varint(len(inner)) + inner if inner else b"", content_type=otlp.PROTOBUF)


def _refusal(refused: Refused, kind: str) -> Answer:
    """google.rpc.Status: code, and message for a person."""
    code = _CODES.get(refused.status, _UNAVAILABLE if refused.status >= 500 else _INVALID)  # noqa: PLR2004  # faults of ours
    said = f"{refused.reason} {refused.advice}"
    body = msgspec.json.encode({"code": code, "message": said}) if kind == _JSON else b"\x08" + _varint(code) + _text(2, said)
    return Answer(status=refused.status, body=body, content_type=kind, headers=tuple(refused.headers.items()))


def _text(field: int, text: str) -> bytes:
    """A field of text in the wire format of Protocol Buffers."""
    encoded = text.encode()
    return bytes([field << 3 | 2]) + _varint(len(encoded)) + encoded


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004  # seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
