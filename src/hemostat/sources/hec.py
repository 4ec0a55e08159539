"""Events as senders of Splunk's HTTP Event Collector give them: JSON envelopes one behind the other, or raw lines.

"Format events for HTTP Event Collector", help.splunk.com. `time` is in seconds since 1970, with a fraction if need be; senders
that give milliseconds are understood. What an event holds is what the setting `format` says (`carried`).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import msgspec

from hemostat.events.access import Access
from hemostat.kernel import Source, iso

from . import mending
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, lines
from .carried import Carried, filled
from .carried import Options as _Carried
from .request import Moment, host_name, since_epoch

RAW = "raw"
"""Value of the kept header `hec` for messages that came as raw lines."""

NO_DATA, BAD_FORMAT, NO_EVENT, BLANK_EVENT, BAD_FIELDS = 5, 6, 12, 13, 15
_REASONS = {
    NO_DATA: "The message is empty.",
    BAD_FORMAT: "The message is not JSON objects one behind the other.",
    NO_EVENT: "An envelope has no event.",
    BLANK_EVENT: "The event of an envelope is blank.",
    BAD_FIELDS: "The `fields` of an envelope are not flat.",
}
_ADVICE = "Send envelopes as Splunk's HTTP Event Collector takes them."
_FLAT = (str, int, float, bool, type(None))


class Options(_Carried, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What events hold, and whether senders may ask if theirs were kept.

    ack: each request has a channel and is answered with a number that can be asked for, as with indexer acknowledgment.
    """

    ack: bool = False


class BadEnvelope(Exception):
    """An envelope cannot be taken: the reply code of Splunk's table, and the number of the envelope from 0."""

    def __init__(self, code: int, number: int) -> None:
        super().__init__(code)
        self.code = code
        self.number = number


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The events of a message, numbered from 1."""
    carried = Carried(message, source, context, options=Options)
    if message.headers.get("hec") == RAW:
        for number, line in lines(message.body):
            yield _attempt(number, line, carried, message.headers, line)
        return
    try:
        for number, envelope in enumerate(envelopes(message.body), start=1):
            event = envelope["event"]
            content = event.encode(errors="replace") if isinstance(event, str) else _encoded(event)
            yield _attempt(number, content, carried, envelope, _encoded(envelope))
    except BadEnvelope as error:
        yield Rejected(line=error.number + 1, reason=_REASONS[error.code], advice=_ADVICE, raw=message.body)


def envelopes(body: bytes) -> Iterator[dict[str, Any]]:
    """The envelopes of a body in their order. Raises `BadEnvelope` at the first that cannot be taken."""
    text, at = _decoded(body), 0
    number = 0
    while (at := _past_space(text, at)) < len(text):
        try:
            envelope, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise BadEnvelope(BAD_FORMAT, number) from error
        _require(envelope, number)
        yield envelope
        number += 1
    if not number:
        raise BadEnvelope(NO_DATA, 0)


def moment_of(facts: Mapping[str, Any]) -> Moment | None:
    """The time that an envelope or the address of a raw request tells; None when it tells none. Raises `Unreadable`."""
    time = facts.get("time")
    if time in (None, ""):
        return None
    try:
        number = float(time) if isinstance(time, str | int | float) and not isinstance(time, bool) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number < float("inf"):
        raise Unreadable(
            "The time of the envelope is not a number.", advice="Give seconds since 1970, with a fraction if need be."
        )
    return since_epoch(number)


def _attempt(number: int, content: bytes, carried: Carried, facts: Mapping[str, Any], raw: bytes) -> Raw | Rejected:
    try:
        return Raw(line=number, raw=raw, access=_access(content, carried, facts))
    except Unreadable as error:
        return Rejected(line=number, reason=error.reason, advice=error.advice, raw=raw)


def _access(content: bytes, carried: Carried, facts: Mapping[str, Any]) -> Access:
    moment = moment_of(facts)
    access = carried.access(_with_time(content, moment), time=moment)
    if moment:  # the envelope's time counts before whatever else looks like one
        access = msgspec.structs.replace(access, time=moment.time)
    return filled(access, {"host": host_name(_text(facts, "host")), "app": _text(facts, "sourcetype")})


def _with_time(content: bytes, moment: Moment | None) -> bytes:
    """A JSON object with the time of its envelope in place of its own, which may be in any form."""
    if moment is None or not content.lstrip().startswith(b"{"):
        return content
    try:
        record = msgspec.json.decode(content, type=dict[str, Any])
    except mending.UNREADABLE:
        return content
    return msgspec.json.encode({**record, "time": iso(moment.time)})


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""


def _decoded(body: bytes) -> str:
    """The body as text; where callers' bytes or escapes spoiled it, mended."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return mending.mended(body)[0].decode()


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _require(envelope: object, number: int) -> None:
    """The envelope can be taken. Raises `BadEnvelope`."""
    if not isinstance(envelope, dict):
        raise BadEnvelope(BAD_FORMAT, number)
    if "event" not in envelope or envelope["event"] is None:
        raise BadEnvelope(NO_EVENT, number)
    if envelope["event"] in ("", {}) or (isinstance(envelope["event"], str) and not envelope["event"].strip()):
        raise BadEnvelope(BLANK_EVENT, number)
    fields = envelope.get("fields")
    if fields is not None and not _is_flat(fields):
        raise BadEnvelope(BAD_FIELDS, number)


def _is_flat(fields: object) -> bool:
    """Is it a map whose values are plain, or lists of plain values?"""
    if not isinstance(fields, dict):
        return False
    return all(
        isinstance(value, _FLAT) or (isinstance(value, list) and all(isinstance(one, _FLAT) for one in value))
        for value in fields.values()
    )


def _encoded(value: object) -> bytes:
    """JSON of what came as JSON. Lone halves of characters, which JSON text may name, are shown as question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
