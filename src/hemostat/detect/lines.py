"""Events of any shape, one JSON object a line, as a batch for the engine.

Keys of objects within objects are joined with dots. A key may hold different types in different lines: everything is kept as
text, and rules compare numbers as numbers. A key that holds a list in some line holds lists in all.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from hemostat.kernel import to_micros

from .fields import Field, Fields, Kind, quoted

_TIME_KEYS = ("time", "@timestamp", "timestamp")
_SCALES = ((10**16, 10**-3), (10**13, 1), (10**10, 10**3), (0, 10**6))  # from this number on: nano-, micro-, milli-, seconds
_FRACTION = re.compile(r"(\.\d{6})\d+")
_LAST = 4 * 10**18  # no moment beyond this fits 64 bits as microseconds

Value = str | list[str]


class BadLine(NamedTuple):
    """A line that is not an event, counted from 1, and why."""

    line: int
    reason: str


class Lines(NamedTuple):
    """A batch of events, its fields, and what was wrong: lines that are no events, lines without a time."""

    table: pa.Table
    fields: Fields
    bad: tuple[BadLine, ...]
    untimed: tuple[int, ...]


def read_lines(stream: Iterable[bytes], *, wanted: frozenset[str] | None) -> Lines:
    """The events of a stream, with the fields that are wanted (None: all). Empty lines are passed over, bad ones are named."""
    rows: list[tuple[int, int | None, dict[str, Value]]] = []
    bad: list[BadLine] = []
    for number, raw in enumerate(stream, start=1):
        content = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if not content.strip():
            continue
        try:
            event = _decoded(content)
            flat: dict[str, Value] = {}
            _flatten(event, "", flat)
        except (ValueError, RecursionError) as error:
            bad.append(BadLine(number, _reason(error)))
            continue
        moment = next((at for key in _TIME_KEYS if (at := micros(flat.get(key))) is not None), None)
        rows.append((number, moment, flat if wanted is None else {key: flat[key] for key in flat.keys() & wanted}))
    table, fields = _table(rows)
    return Lines(table, fields, tuple(bad), tuple(number for number, moment, _ in rows if moment is None))


def micros(value: Value | None) -> int | None:
    """The moment that a text tells, in microseconds since 1970; None when it tells none.

    RFC 3339 and its looser forms, taken as UTC when they have no zone; or a number of seconds, milli-, micro- or nanoseconds.
    """
    if not isinstance(value, str):
        return None
    try:
        number = float(value)
    except ValueError:
        return _parsed(value)
    if not 0 <= number < _LAST:
        return None
    scale = next(scale for least, scale in _SCALES if number >= least)
    return (
        int(value) * scale
        if scale >= 1 and value.isascii() and value.isdigit() and isinstance(scale, int)
        else int(number * scale)
    )


def _parsed(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
        return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except ValueError:
        return None


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # the lenient reader knows NaN, lone surrogates and huge numbers; what it refuses as well is bad
        event = json.loads(content)
    if not isinstance(event, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # a bad line, like any other
    return event


def _flatten(node: Any, prefix: str, flat: dict[str, Value]) -> None:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten(value, f"{name}.", flat)
        elif isinstance(value, list):
            for item in value:
                _append(item, name, flat)
        elif value is not None:
            flat[name] = _text(value)


def _append(item: Any, name: str, flat: dict[str, Value]) -> None:
    """An element of a list: the fields of objects in a list are lists themselves."""
    found: dict[str, Value] = {}
    _flatten(item if isinstance(item, dict) else {"": item}, f"{name}." if isinstance(item, dict) else name, found)
    for key, value in found.items():
        before = flat.get(key, [])
        flat[key] = [*_listed(before), *_listed(value)]


def _listed(value: Value) -> list[str]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # a lone surrogate is no character and cannot be stored
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else str(value)


def _reason(error: Exception) -> str:
    return {
        UnicodeDecodeError: "not UTF-8",
        RecursionError: "nested too deeply",
    }.get(type(error), "not a JSON object")


def _table(rows: list[tuple[int, int | None, dict[str, Value]]]) -> tuple[pa.Table, Fields]:
    fixed = {
        "seq": pa.array(range(len(rows)), pa.int64()),
        "t": pa.array((moment for _, moment, _ in rows), pa.int64()),
        "seen": pa.nulls(len(rows), pa.int64()),
        "id": pa.array((str(number) for number, _, _ in rows), pa.string()),
        **dict.fromkeys(("who", "store", "environment"), pa.array([""] * len(rows), pa.string())),
    }
    fields: dict[str, Field] = {}
    columns: dict[str, pa.Array] = {}
    for place, name in enumerate(dict.fromkeys(key for *_, flat in rows for key in flat)):
        column, kind = _column([flat.get(name) for *_, flat in rows])
        columns[f"f{place}"] = column
        fields[name] = Field(quoted(f"f{place}"), kind)
    return pa.table({**fixed, **columns}), fields


def _column(values: list[Value | None]) -> tuple[pa.Array, Kind]:
    if any(isinstance(value, list) for value in values):
        return pa.array([None if value is None else _listed(value) for value in values], pa.list_(pa.string())), Kind.WORDS
    return pa.array(values, pa.string()), Kind.TEXT
