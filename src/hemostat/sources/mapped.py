"""JSON of any form, read by a mapping that a user wrote: a file in the home's folder `mappings`.

A record that the mapping does not fit becomes a dead letter with the name of the field; it can be read again when that is mended.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, options_of
from .documents import decoded, records
from .events import LEFT_OUT, known_elements
from .mapping import CLOSED, COUNTS, LISTS, TIMES, WORDS, BadMapping, Compiled, Rule, compiled, follow, several
from .request import Moment, count, host_name, identifier, joined, method_name, moment, rfc3339, since_epoch, split_target
from .routes import plain_path

_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_MOST_FIELDS = 64
_MOST_SEVERE = 6
_MOST_RECORDS = 100_000
_LIMITS = {"status": 999, "severity": _MOST_SEVERE, "asn": 2**32 - 1}
_ADVICE = "Correct the mapping, try it with `hemostat source check`, then read the dead letters again."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source with a mapping needs: the name of its file in the home's folder `mappings`."""

    mapping: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\.(yaml|yml|toml)\Z")]


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The records of a message, as the mapping reads them."""
    name = options_of(message.source, source.options, Options).mapping
    try:
        mapping = _compiled(name, context.mapping)
    except BadMapping as error:
        yield Rejected(line=1, reason=f"The mapping cannot be used. {error}", advice=_ADVICE, raw=message.body)
        return
    for line, document in records(message.body):
        for record in _records(document, mapping):
            yield attempt(line, record, lambda raw: _access(decoded(raw), mapping, message, source))


_compiled = lru_cache(maxsize=32)(compiled)


def _records(document: bytes, mapping: Compiled) -> list[bytes]:
    """The records of a document; the document as it is when the way to them leads nowhere, so that its fault is told."""
    if not mapping.records:
        return [document]
    try:
        found = follow(decoded(document), mapping.records)
    except Unreadable:
        return [document]
    members = [member for each in found for member in (each if isinstance(each, list) else [each])]
    return [msgspec.json.encode(member) for member in members[:_MOST_RECORDS]] or [document]


def _access(record: dict[str, Any], mapping: Compiled, message: Message, source: Source) -> Access:
    values: dict[str, Any] = {"surface": Surface(source.surface), "environment": Environment(source.environment)}
    for field, rule in mapping.rules.items():
        found = _found(record, rule, mapping.ways[field], is_closed=field in CLOSED)
        if (value := _value(field, rule, found)) is not None:
            values[field] = value
    return Access(**_completed(values, message, source))


def _found(record: dict[str, Any], rule: Rule, ways: Sequence[tuple[str | int | None, ...]], *, is_closed: bool) -> list[str]:
    """The texts that a rule finds, after its table, or its default; none when there is nothing.

    is_closed: what the table does not hold is nothing; else it stays what the sender called it.
    """
    if rule.value:
        return several(rule.value)
    for way in ways:
        if found := [value for value in follow(record, way) if value is not None]:
            if rule.count:
                return [str(len({msgspec.json.encode(value) for value in found}))]
            texts = [_text(value) for value in found]
            if not rule.table:
                return texts
            ours = (rule.table.get(text, rule.default or ("" if is_closed else text)) for text in texts)
            return [word for each in ours for word in several(each)]
    return several(rule.default) if rule.default else []


def _text(value: Any) -> str:
    """A scalar as text. Structures are none, and a number with a fraction may have lost digits: only times may be such."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _value(field: str, rule: Rule, found: list[str]) -> Any:
    """What the field is. Raises `Unreadable` that names the field, never its value."""
    if field in LISTS:
        return tuple(dict.fromkeys(filter(None, found)))[:_MOST_FIELDS]
    first = next(filter(None, found), "")
    if not first:
        return None
    if field in WORDS:
        try:
            return WORDS[field](first)
        except ValueError:
            raise Unreadable(f"The field `{field}` has a value that its table does not hold.", advice=_ADVICE) from None
    try:
        if field in TIMES:
            return _moment(first, rule)
        return count(first, most=_LIMITS.get(field, 2**62)) if field in COUNTS else first
    except Unreadable as error:
        raise Unreadable(f"The field `{field}`: {error.reason}", advice=_ADVICE) from error


def _moment(words: str, rule: Rule) -> Moment:
    """When it was, by the form that the rule names."""
    if rule.format == "epoch":
        return since_epoch(_number(words))
    if "%" not in rule.format and not rule.zone:
        return moment(words)
    try:
        found = datetime.strptime(words, rule.format) if "%" in rule.format else datetime.fromisoformat(words)  # noqa: DTZ007  # next
    except (ValueError, OverflowError) as error:
        raise Unreadable("The time has another form than the mapping says.", advice=_ADVICE) from error
    aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(rule.zone))
    return rfc3339(aware.isoformat())


def _number(words: str) -> float:
    try:
        return float(words)
    except ValueError as error:
        raise Unreadable("The time is no number.", advice=_ADVICE) from error


def _completed(values: dict[str, Any], message: Message, source: Source) -> dict[str, Any]:
    """The fields as an access wants them: what was found, in its one spelling, and what follows from it."""
    for field in ("time", "act"):
        if field not in values:
            raise Unreadable(f"The field `{field}` is not in the record.", advice=_ADVICE)
    happened: Moment = values["time"]
    sent: Moment | None = values.pop("sent", None)
    target = split_target(values.get("path", ""))
    subject, result = values.get("subject", ""), values.get("result") or Result.of_status(values.get("status", 0))
    jurisdiction = values.get("jurisdiction", "")
    is_answered = result in {Result.SUCCESS, Result.UNKNOWN}
    elements = tuple(word for word in values.get("elements", ()) if word in known_elements())
    left_out = LEFT_OUT if len(elements) < len(values.get("elements", ())) else ""
    return {
        "store": source.store,
        **values,
        "time": happened.time,
        "offset_minutes": happened.offset_minutes,
        "sent": sent.time if sent else None,
        "act": Act(values["act"]),
        "source": message.source,
        "result": result,
        "subjects": values.get("subjects", 1 if subject and is_answered else 0),
        "elements": elements if is_answered else (),
        "message": joined(values.get("message", ""), left_out),
        "severity": max(1, values.get("severity", 1)),
        "host": host_name(values.get("host", "")) or target["host"],
        "method": method_name(values.get("method", "")),
        "path": plain_path(target["path"]),
        "query": "&".join(filter(None, (target["query"], values.get("query", "")))),
        "request_id": identifier(values.get("request_id", "")),
        "jurisdiction": jurisdiction if _JURISDICTION.fullmatch(jurisdiction) else "",
    }
