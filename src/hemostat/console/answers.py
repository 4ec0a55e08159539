"""An answer of the lake as a picture, where the saved question says what is to be seen in it: bars, or a course over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from django.utils.safestring import SafeString

from hemostat.drawings import bar, columns
from hemostat.lake.hunt import SavedQuery

MOST_BARS = 12
_MOST_STEPS = 400


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is drawn: the bars of the first rows, or a course from `first` to `last` whose highest step is `most`."""

    title: str
    bars: tuple[tuple[str, int, SafeString], ...] = ()
    course: SafeString | None = None
    first: str = ""
    last: str = ""
    most: int = 0


def picture(saved: SavedQuery, table: pa.Table) -> Picture | None:
    """The picture of an answer; None when the question asks for none, or when there is too little to be seen."""
    if table.num_rows > 1 and _counts(table, saved.bars):
        return _bars(table, *saved.bars)
    if table.num_rows > 1 and _counts(table, saved.course) and pa.types.is_temporal(table.schema.field(saved.course[1]).type):
        return _course(table, *saved.course)
    return None


def _counts(table: pa.Table, names: Sequence[str]) -> bool:
    """Are these columns of the answer, and is the first one a count?"""
    return bool(names) and set(names) <= set(table.column_names) and pa.types.is_integer(table.schema.field(names[0]).type)


def _bars(table: pa.Table, value: str, *labels: str) -> Picture:
    rows = table.slice(0, MOST_BARS).to_pylist()
    most = max(int(row[value] or 0) for row in rows)
    told = ((next((str(row[name]) for name in labels if row[name]), "not told"), int(row[value] or 0)) for row in rows)
    return Picture(
        title=f"{_words(value)}, the first {len(rows)} of {table.num_rows:,} rows"
        if table.num_rows > len(rows)
        else _words(value),
        bars=tuple((label, count, bar(count, most)) for label, count in told),
    )


def _course(table: pa.Table, value: str, moment: str) -> Picture | None:
    counts: dict[date, int] = {}
    for row in table.select([value, moment]).drop_null().to_pylist():
        counts[row[moment]] = counts.get(row[moment], 0) + int(row[value] or 0)
    if not counts:
        return None
    first, last = min(counts), max(counts)
    step = timedelta(hours=1) if isinstance(first, datetime) else timedelta(days=1)
    steps = (last - first) // step + 1
    if not 1 < steps <= _MOST_STEPS:
        return None
    values = [counts.get(first + place * step, 0) for place in range(steps)]
    return Picture(
        title=f"{_words(value)} by {moment}",
        course=columns(
            values, words=f"{_words(value)} by {moment}, from {_told(first)} to {_told(last)}, at most {max(values):,}"
        ),
        first=_told(first),
        last=_told(last),
        most=max(values),
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _told(moment: date) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()
