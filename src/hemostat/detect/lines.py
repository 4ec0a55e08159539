"""Events of any shape, one JSON object a line, as a batch for the engine.

Keys of objects within objects are joined with dots. A key may hold different types in different lines: everything is kept as
text, and rules compare numbers as numbers. A key that holds a list in some line holds lists in all.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from .fields import Field, Fields, Kind, quoted
from .moments import micros

_TIME_KEYS = ("time", "@timestamp", "timestamp")

Value = str | list[str]


class BadLine(NamedTuple):
    """A line that is not an event, counted from 1, and why."""

    line: int
    reason: str


class Lines(NamedTuple):
    """A batch of events, its fields, and what was wrong: lines that are no events, lines without a time.

    texts: every text of an event, whatever its key, or None when nobody asked for it.
    """

    table: pa.Table
    fields: Fields
    texts: Field | None
    bad: tuple[BadLine, ...]
    untimed: tuple[int, ...]


class _Event(NamedTuple):
    """What is kept of a line: the wanted values by their path, the wanted paths that hold objects, and all texts if asked for."""

    number: int
    moment: int | None
    values: dict[str, Value]
    objects: frozenset[str]
    texts: list[str]


def read_lines(stream: Iterable[bytes], *, wanted: frozenset[str], texts: bool) -> Lines:
    """The events of a stream, with the fields that are wanted and, if `texts` says so, with every text.

    Empty lines are passed over, bad ones are named.
    """
    events: list[_Event] = []
    bad: list[BadLine] = []
    for number, raw in enumerate(stream, start=1):
        content = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if not content.strip():
            continue
        try:
            flat = _Flat(_decoded(content))
        except (ValueError, RecursionError) as error:
            bad.append(BadLine(number, _reason(error)))
            continue
        moment = next((at for key in _TIME_KEYS if (at := micros(flat.values.get(key))) is not None), None)
        kept = {key: flat.values[key] for key in flat.values.keys() & wanted}
        events.append(_Event(number, moment, kept, wanted & flat.objects, flat.texts() if texts else []))
    table, fields = _table(events)
    if texts:
        table = table.append_column("texts", pa.array([event.texts for event in events], pa.list_(pa.string())))
    everywhere = Field("texts", Kind.WORDS) if texts else None
    return Lines(table, fields, everywhere, tuple(bad), tuple(event.number for event in events if event.moment is None))


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # the lenient reader knows NaN, lone surrogates and huge numbers; what it refuses as well is bad
        event = json.loads(content)
    if not isinstance(event, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # a bad line, like any other
    return event


class _Flat:
    """The values of an event by their path, and the paths that hold objects. The fields of objects in a list are lists."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.values: dict[str, Value] = {}
        self.objects: set[str] = set()
        for key, value in event.items():
            self._put(key, value, many=False)

    def texts(self) -> list[str]:
        """Every value, and every element of a list."""
        return [text for value in self.values.values() for text in _listed(value)]

    def _put(self, name: str, value: Any, *, many: bool) -> None:
        if isinstance(value, dict):
            self.objects.add(name)
            for key, inner in value.items():
                self._put(f"{name}.{key}", inner, many=many)
        elif isinstance(value, list):
            for item in value:
                self._put(name, item, many=True)
        elif value is not None and many:
            self._append(name, _text(value))
        elif value is not None:
            self.values[name] = _text(value)

    def _append(self, name: str, text: str) -> None:
        before = self.values.get(name)
        if isinstance(before, list):
            before.append(text)
        else:
            self.values[name] = [text] if before is None else [before, text]


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


def _table(events: list[_Event]) -> tuple[pa.Table, Fields]:
    fixed = {
        "seq": pa.array(range(len(events)), pa.int64()),
        "t": pa.array((event.moment for event in events), pa.int64()),
        "seen": pa.nulls(len(events), pa.int64()),
        "id": pa.array((str(event.number) for event in events), pa.string()),
        **dict.fromkeys(("who", "store", "environment"), pa.array([""] * len(events), pa.string())),
    }
    fields: dict[str, Field] = {}
    columns: dict[str, pa.Array] = {}
    nested = {name for event in events for name in event.objects}
    for place, name in enumerate(sorted({key for event in events for key in event.values} | nested)):
        column, kind = _column([event.values.get(name) for event in events])
        columns[f"f{place}"] = column
        fields[name] = Field(quoted(f"f{place}"), kind)
        if name in nested:
            columns[f"o{place}"] = pa.array([name in event.objects for event in events], pa.bool_())
            fields[name] = fields[name]._replace(nested=quoted(f"o{place}"))
    return pa.table({**fixed, **columns}), fields


def _column(values: list[Value | None]) -> tuple[pa.Array, Kind]:
    if any(isinstance(value, list) for value in values):
        return pa.array([None if value is None else _listed(value) for value in values], pa.list_(pa.string())), Kind.WORDS
    return pa.array(values, pa.string()), Kind.TEXT
