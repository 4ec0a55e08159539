"""Magento's own logs: `var/log/*.log`, payment debug logs, the query log `var/debug/db.log`, and error reports of `var/report`.

Magento writes them with Monolog: `[time] channel.LEVEL: text {context} {extra}`; what follows up to the next such line belongs to
it, as stack traces and dumped bodies do. The form of the lines, of the reports and of the query log was taken from what is
generally known, not from a page of the vendor. Everything in them may have been chosen by an attacker: it is text here, and no
more than that.
"""

import re
from collections.abc import Iterator

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Environment, Result, Surface
from hemostat.kernel import Source

from . import php
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, lines
from .mending import NOT_UTF8, as_text
from .request import Moment, joined, moment

LONGEST = 262_144
"""Bytes of one record with all its lines: a dumped body of more is cut, and the rest stays in the sealed message."""

_MOST_LINES = 2_000  # of one record, after which a new one begins even without a head
_HEAD = re.compile(
    rb"\[(?P<time>\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)\] "
    rb"(?P<channel>[A-Za-z0-9_.-]{1,60})\.(?P<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): ?"
)
_ANY_HEAD = re.compile(b"(?m)^(?:" + _HEAD.pattern + rb"|## \d{1,10} ## )")
_BRACKET = re.compile(rb"\[\d{4}-\d{2}-\d{2}[T ]")
_SEVERITY = {
    b"DEBUG": 1,
    b"INFO": 1,
    b"NOTICE": 2,
    b"WARNING": 3,
    b"ERROR": 4,
    b"CRITICAL": 5,
    b"ALERT": 5,
    b"EMERGENCY": 6,
}
_QUERY_HEAD = re.compile(rb"## (?P<process>\d{1,10}) ## (?P<kind>QUERY|CONNECT|TRANSACTION)\b")
_STATEMENT = re.compile(
    rb"(?is)SQL:\s{0,4}(SELECT|INSERT|UPDATE|DELETE|REPLACE)\b.{0,4000}?\b(?:FROM|INTO|UPDATE)\s{1,4}`?(\w{1,64})`?"
)
_UPDATED = re.compile(rb"(?is)SQL:\s{0,4}(UPDATE)\s{1,4}`?(\w{1,64})`?")
_EXCEPTION = re.compile(rb"(?<![\w\\])((?:[A-Z]\w{0,80}\\){0,12}[A-Z]\w{0,80}(?:Exception|Error))(?![\w\\])")
_UNKNOWN_ZONE = "The time has no zone; Magento writes UTC, and it was read so."
_NO_HEAD = "The beginning of the record came in another message."
_CUT = "The record was longer and was cut."
_ADVICE = "Send var/log, var/debug/db.log or var/report files as they are, whole lines in their order."
_REPORT_ADVICE = "Send each file of var/report as one message: one JSON object, or one serialized array."


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The records of a message: each line with a head and what follows it, or the error report that the message is."""
    if _is_report(message.body):
        yield attempt(1, message.body[:LONGEST], lambda _: _report(message, source))
        return
    is_log = _ANY_HEAD.search(message.body) is not None
    for number, record in _records(message.body):
        # Who follows a file may cut within a record: what is left of it is read too, for it may hold what must not be there.
        parse = _rest if is_log and not _is_head(record) else _access
        yield attempt(number, record, lambda raw, parse=parse: parse(raw, message, source))  # type: ignore[misc]  # bound at once


def _is_report(body: bytes) -> bool:
    """An object or a serialized array, and no dumped body with which a piece of a log begins."""
    start = body.lstrip()[:8]
    return (start.startswith(b"{") or re.match(rb"a:\d{1,6}:", start) is not None) and not _ANY_HEAD.search(body)


def _records(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record with the number of its first line; lines without a head belong to the record before them."""
    held: list[bytes] = []
    first = size = 0
    for number, line in lines(body):
        if held and not _is_head(line) and not _BRACKET.match(line) and len(held) < _MOST_LINES:
            if size <= LONGEST:
                held.append(line)
            size += len(line) + 1
            continue
        if held:
            yield first, _joined(held, size)
        first, held, size = number, [line], len(line)
    if held:
        yield first, _joined(held, size)


def _is_head(line: bytes) -> bool:
    return (_HEAD.match(line) or _QUERY_HEAD.match(line)) is not None


def _rest(raw: bytes, message: Message, source: Source) -> Access:
    """The end of a record whose beginning came in another message: it has the time of receipt."""
    text, clean = as_text(raw[:LONGEST])
    return _written(
        message,
        source,
        Moment(time=message.received_at),
        severity=1,
        app="",
        operation="",
        text=joined(text, "" if clean else NOT_UTF8, _NO_HEAD),
    )


def _joined(held: list[bytes], size: int) -> bytes:
    """The lines of a record as one; cut to `LONGEST` and one byte more, which tells that it was longer."""
    return b"\n".join(held)[: LONGEST + 1] if size > LONGEST else b"\n".join(held)


def _access(raw: bytes, message: Message, source: Source) -> Access:
    if found := _QUERY_HEAD.match(raw):
        return _query(raw, found, message, source)
    found = _HEAD.match(raw)
    if found is None:
        raise Unreadable("Not a line of a Magento log, and no line of one stands before it.", advice=_ADVICE)
    happened, odd = _moment(found["time"])
    text, clean = as_text(raw[found.end() : LONGEST])
    level = found["level"]
    exception = _EXCEPTION.search(raw, found.end(), min(len(raw), found.end() + 4_000))
    return _written(
        message,
        source,
        happened,
        severity=_SEVERITY[level],
        app=found["channel"].decode(),
        operation=exception[1].decode() if exception else level.decode(),
        text=joined(text.strip(), "" if clean else NOT_UTF8, odd, _CUT if len(raw) > LONGEST else ""),
    )


def _moment(text: bytes) -> tuple[Moment, str]:
    """When it was written, and a remark when the line does not say in which zone. Raises `Unreadable`."""
    written = text.decode().replace(" ", "T", 1)
    if re.search(r"(Z|[+-]\d{2}:?\d{2})\Z", written[19:]):
        return moment(written), ""
    return moment(f"{written}Z"), _UNKNOWN_ZONE


def _query(raw: bytes, found: re.Match[bytes], message: Message, source: Source) -> Access:
    """A statement of the query log: it has the time of receipt, since the log writes none that can be relied on."""
    text, clean = as_text(raw[:LONGEST])
    statement = _STATEMENT.search(raw) or _UPDATED.search(raw)
    access = _written(
        message,
        source,
        Moment(time=message.received_at),
        severity=1,
        app="db.log",
        operation=statement[1].decode().upper() if statement else found["kind"].decode(),
        text=joined(text, "" if clean else NOT_UTF8, _CUT if len(raw) > LONGEST else ""),
    )
    return msgspec.structs.replace(access, resource=statement[2].decode()) if statement else access


def _report(message: Message, source: Source) -> Access:
    """An error report: JSON since 2.3, a serialized array before. Its fields are joined to one text, longest last."""
    record = _decoded(message.body)
    texts = [text for value in _flat(record) if (text := value.strip())]
    if not texts:
        raise Unreadable("The report holds no text.", advice=_REPORT_ADVICE)
    found = _EXCEPTION.search("\n".join(texts).encode(errors="replace")[:20_000])
    url = record.get("url")
    target = url if isinstance(url, str) else ""
    access = _written(
        message,
        source,
        Moment(time=message.received_at),
        severity=4,
        app="report",
        operation=found[1].decode() if found else "report",
        text="\n".join(sorted(texts, key=len))[:LONGEST],
    )
    path, _, query = target.partition("?")
    return msgspec.structs.replace(access, path=path, query=query)


def _decoded(body: bytes) -> dict[str, object]:
    try:
        found = msgspec.json.decode(body) if body.lstrip().startswith(b"{") else php.unserialize(body.strip())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, php.NotData) as error:
        raise Unreadable("The report is neither JSON nor a serialized array.", advice=_REPORT_ADVICE) from error
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def _flat(record: dict[str, object]) -> Iterator[str]:
    """The texts of a report, from its own fields and those one level below."""
    for value in record.values():
        yield from (text for text in (value.values() if isinstance(value, dict) else [value]) if isinstance(text, str))


def _written(message: Message, source: Source, happened: Moment, *, severity: int, app: str, operation: str, text: str) -> Access:
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=Act.LOG_WRITE,
        surface=Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor_type=ActorType.SYSTEM,
        result=Result.UNKNOWN,
        severity=severity,
        app=app,
        operation=operation,
        resource="log",
        message=text,
    )
