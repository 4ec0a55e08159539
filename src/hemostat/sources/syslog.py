r"""Syslog messages of RFC 5424, exact to its grammar (section 6), as RFC 5425 and RFC 6587 carry them, or one a line.

Messages of the older BSD form (RFC 3164) have neither year nor zone. They are rejected, unless the setting `rfc3164_zone` names
the zone in which their senders' clocks run; the year is then the one that brings the time nearest to the receipt.
What a message holds is what the setting `format` says (`carried`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hemostat.kernel import BadSettings, Source

from . import mending
from .access_log import LONGEST
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, lines
from .carried import Carried, filled
from .carried import Options as _Carried
from .request import Moment, host_name, joined, rfc3339

FRAMES = "application/x-syslog-frames"
"""Content type of messages each with its length in front: `LEN SP MSG`, as RFC 5425, section 4.3, has them."""

BROKEN = "broken"
"""Kept header of bytes whose frames could not be told apart; its value says why: `framing`, or `cut`."""

_BROKEN_REASONS = {
    "framing": "The frames of the connection are not those that its port is set to.",
    "cut": "The connection ended within a message.",
}
_FRAMING_ADVICE = "Set sender and `intake.syslog` to the same framing; what came before this is kept."
_FRAME = re.compile(rb"([1-9][0-9]{0,9}) ")
_WORD = rb"[\x21-\x7e]"
_HEADER = re.compile(
    rb"<(?P<pri>0|[1-9][0-9]{0,2})>(?P<version>[1-9][0-9]{0,2}) (?P<time>" + _WORD + rb"{1,64}) (?P<host>" + _WORD + rb"{1,255})"
    rb" (?P<app>" + _WORD + rb"{1,48}) (?P<process>" + _WORD + rb"{1,128}) (?P<id>" + _WORD + rb"{1,32}) "
)
_TIME = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
_NAME = rb"[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}"
_PARAMETER = re.compile(rb" (?P<name>" + _NAME + rb')="(?P<value>(?:[^"\\\]]|\\.)*)"', re.DOTALL)
_ELEMENT = re.compile(rb"\[(?P<id>" + _NAME + rb")(?P<parameters>(?: " + _NAME + rb'="(?:[^"\\\]]|\\.)*")*)\]', re.DOTALL)
_ESCAPED = re.compile(rb'\\(["\\\]])')
_OLD = re.compile(
    rb"<(?P<pri>0|[1-9][0-9]{0,2})>(?P<month>[A-Z][a-z]{2}) (?P<day>[ 0-3][0-9]) (?P<clock>\d{2}:\d{2}:\d{2}) (?P<host>\S{1,255})"
    rb" (?:(?P<app>[^\s:\[]{1,48})(?:\[[^\]]{0,128}\])?: ?)?(?P<text>.*)",
    re.DOTALL,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BOM = b"\xef\xbb\xbf"
_MOST_PRIORITY = 191
_SEVERITIES = (6, 5, 5, 4, 3, 2, 1, 1)
"""Severities of RFC 5424, table 2, from emergency to debug, in the numbers of OCSF."""

_ADVICE = "Let the sender use the form of RFC 5424, like RSYSLOG_SyslogProtocol23Format of rsyslog."
_OLD_ADVICE = f"{_ADVICE} Or name the zone of its clock in the source's option `rfc3164_zone`."


class Options(_Carried, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What messages hold; `rfc3164_zone`: IANA zone of senders of the older form, or "" when there are none."""

    rfc3164_zone: str = ""


class Syslog(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `elements` are its structured data by id; `text` is what it says, as sent."""

    time: Moment | None
    severity: int
    host: str = ""
    app: str = ""
    id: str = ""
    elements: Mapping[str, Mapping[str, str]] = {}
    text: bytes = b""
    remark: str = ""


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The messages of a frame or line each, numbered from 1."""
    carried = Carried(message, source, context, options=Options)
    parse_one = parser(message, carried)
    yield from read_frames(message, lambda raw: _access(parse_one(raw), carried))


def read_frames(
    message: Message, parse: Any, *, cut: Callable[[bytes], Iterator[tuple[int, bytes]]] = lines
) -> Iterator[Raw | Rejected]:
    """Each frame, or each piece of a body without them, as `parse` understands it; broken frames are rejected as a whole."""
    if why := message.headers.get(BROKEN):
        yield Rejected(
            line=1, reason=_BROKEN_REASONS.get(why, _BROKEN_REASONS["framing"]), advice=_FRAMING_ADVICE, raw=message.body
        )
        return
    pieces = frames(message.body) if message.content_type == FRAMES else cut(message.body)
    for number, raw in pieces:
        if len(raw) > LONGEST:
            reason = f"The message has more than {LONGEST:,} bytes; what is kept of it is its head."
            yield Rejected(line=number, reason=reason, advice="Send shorter messages.", raw=raw)
        else:
            yield attempt(number, raw, parse)


def parser(message: Message, carried: Carried) -> Any:
    """How the messages of a source are parsed. Raises `BadSettings` when its zone is none."""
    options = carried.options
    zone = zone_of(message.source, options.rfc3164_zone) if isinstance(options, Options) and options.rfc3164_zone else None

    def parse_one(raw: bytes) -> Syslog:
        if zone is not None and (found := _OLD.fullmatch(raw.rstrip(b"\r\n"))):
            return _old(found, zone, message.received_at)
        return parse(raw)

    return parse_one


def zone_of(name: str, zone: str) -> ZoneInfo:
    """The zone of this name. Raises `BadSettings`."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSettings(f"Source {name!r}: there is no zone {zone!r}.", advice="Write it like America/New_York.") from error


def framed(frames: list[bytes]) -> bytes:
    """The messages, each with its length in front."""
    return b"".join(b"%d %s" % (len(frame), frame) for frame in frames)


def parse(raw: bytes) -> Syslog:
    """The message of RFC 5424 that the bytes are. Raises `Unreadable`."""
    found = _HEADER.match(raw)
    if found is None:
        is_old = _OLD.fullmatch(raw)
        reason = "The message has the older form of RFC 3164." if is_old else "The message has no header of RFC 5424."
        raise Unreadable(reason, advice=_OLD_ADVICE if is_old else _ADVICE)
    if found["version"] != b"1":
        raise Unreadable("The message has a version of syslog that we do not know.", advice=_ADVICE)
    elements, rest = _structured(raw, found.end())
    text, remark = _text(rest)
    return Syslog(
        time=_time(found["time"]),
        severity=_severity(found["pri"]),
        host=_known(found["host"]),
        app=_known(found["app"]),
        id=_known(found["id"]),
        elements=elements,
        text=text,
        remark=remark,
    )


def _access(told: Syslog, carried: Carried) -> Any:
    facts = {"severity": told.severity, "host": host_name(told.host), "app": told.app, "operation": told.id}
    if told.text.strip():
        access = carried.access(told.text, time=told.time, **facts)
    else:
        access = filled(carried.log(_shown(told.elements).encode(), time=told.time), facts)
    return msgspec.structs.replace(access, message=joined(access.message, told.remark)) if told.remark else access


def frames(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The messages behind their lengths, numbered from 1; what does not fit is one last message, for its parser to reject."""
    at = number = 0
    while at < len(body):
        number += 1
        found = _FRAME.match(body, at)
        end = found.end() + int(found[1]) if found else len(body) + 1
        if found is None or end > len(body):
            yield number, body[at:]
            return
        yield number, body[found.end() : end]
        at = end


def _time(text: bytes) -> Moment | None:
    if text == b"-":
        return None
    if not _TIME.fullmatch(text):
        raise Unreadable("The time is not one of RFC 5424.", advice=_ADVICE)
    return rfc3339(text.decode())


def _severity(priority: bytes) -> int:
    if int(priority) > _MOST_PRIORITY:
        raise Unreadable("The priority is above 191.", advice=_ADVICE)
    return _SEVERITIES[int(priority) % 8]


def _known(word: bytes) -> str:
    return "" if word == b"-" else word.decode()


def _structured(raw: bytes, at: int) -> tuple[dict[str, dict[str, str]], bytes]:
    """The structured data that begins at `at`, and the message behind it. Raises `Unreadable`."""
    elements: dict[str, dict[str, str]] = {}
    if raw[at : at + 1] == b"-":
        at += 1
    else:
        start = at
        while found := _ELEMENT.match(raw, at):
            values = {one["name"].decode(): _unescaped(one["value"]) for one in _PARAMETER.finditer(found["parameters"])}
            elements.setdefault(found["id"].decode(), {}).update(values)
            at = found.end()
        if at == start:
            raise Unreadable("The structured data is not that of RFC 5424.", advice=_ADVICE)
    if raw[at : at + 1] not in (b"", b" "):
        raise Unreadable("The structured data is not that of RFC 5424.", advice=_ADVICE)
    return elements, raw[at + 1 :]


def _unescaped(value: bytes) -> str:
    return mending.as_text(_ESCAPED.sub(rb"\1", value))[0]


def _text(rest: bytes) -> tuple[bytes, str]:
    """What a message says, without its byte order mark, and a remark when the mark promises what the bytes are not."""
    if not rest.startswith(_BOM):
        return rest, ""
    text, is_utf8 = mending.as_text(rest.removeprefix(_BOM))
    return text.encode(), "" if is_utf8 else mending.NOT_UTF8


def _shown(elements: Mapping[str, Mapping[str, str]]) -> str:
    return " ".join(f"{element}.{name}={value}" for element, values in elements.items() for name, value in values.items())


def _old(found: re.Match[bytes], zone: ZoneInfo, received: datetime) -> Syslog:
    """A message of RFC 3164, section 4.1. Raises `Unreadable`."""
    month = found["month"].decode()
    hour, minute, second = (int(part) for part in found["clock"].split(b":"))
    try:
        local = received.astimezone(zone)
        times = [
            datetime(local.year + years, _MONTHS.index(month) + 1, int(found["day"]), hour, minute, second, tzinfo=zone)
            for years in _years(local, month)
        ]
    except ValueError as error:
        raise Unreadable("The time is not one of RFC 3164.", advice=_ADVICE) from error
    nearest = min(times, key=lambda time: abs(time.astimezone(UTC) - received))
    offset = nearest.utcoffset() or timedelta()
    return Syslog(
        time=Moment(time=nearest.astimezone(UTC), offset_minutes=int(offset.total_seconds() // 60)),
        severity=_severity(found["pri"]),
        host=found["host"].decode(errors="replace"),
        app=(found["app"] or b"").decode(errors="replace"),
        text=found["text"],
    )


def _years(local: datetime, month: str) -> tuple[int, ...]:
    """The years, from that of the receipt, that a message of this month may be from: around the turn of one there are two."""
    number = _MONTHS.index(month) + 1
    if number == 12 and local.month == 1:  # noqa: PLR2004  # December, read in January
        return (-1,)
    return (1,) if number == 1 and local.month == 12 else (0,)  # noqa: PLR2004  # January by a fast clock, read in December
