"""What one beat of a source's pulse is, and the table of the spool that keeps them; `pulse.py` counts them out of a batch."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from hemostat.kernel import from_micros, to_micros

SLOT = timedelta(minutes=15)
"""What one beat covers: a quarter of an hour of arrivals."""

TABLE = """
CREATE TABLE IF NOT EXISTS pulse (
    source TEXT NOT NULL,
    surface TEXT NOT NULL,
    slot INTEGER NOT NULL,                  -- this and all moments: microseconds since 1970
    events INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    late INTEGER NOT NULL,
    ahead INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    skew_least INTEGER,                     -- milliseconds
    skew_usual INTEGER,
    PRIMARY KEY (source, surface, slot)
) WITHOUT ROWID;
"""


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived from a source about a surface in one slot.

    events: rows in the lake; duplicates: records that were there already; late, ahead: rows by the limits of `pulse.py`.
    first, last: when the first and the last of them were received; newest: the youngest event, as the source says.
    skew_least, skew_usual: least and median of receipt minus the source's time of sending, or of the event when it tells none, in
    milliseconds; the median is that of each batch, weighed by its rows. None when the slot has duplicates only.
    """

    source: str
    surface: str
    slot: datetime
    events: int
    duplicates: int
    late: int
    ahead: int
    first: datetime
    last: datetime
    newest: datetime
    skew_least: int | None
    skew_usual: int | None


def slot_of(moment: datetime) -> datetime:
    """The beginning of the slot in which a moment lies."""
    width = SLOT // timedelta(microseconds=1)
    return from_micros(to_micros(moment) // width * width)


def joined(one: Beat, other: Beat) -> Beat:
    """Both beats of one source, surface and slot, as one."""
    least = [skew for skew in (one.skew_least, other.skew_least) if skew is not None]
    return msgspec.structs.replace(
        one,
        events=one.events + other.events,
        duplicates=one.duplicates + other.duplicates,
        late=one.late + other.late,
        ahead=one.ahead + other.ahead,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        newest=max(one.newest, other.newest),
        skew_least=min(least, default=None),
        skew_usual=_weighed(one, other),
    )


def merged(beats: Iterable[Beat]) -> list[Beat]:
    """The beats of one source, whatever they are about, as one for each slot, in the order of the slots."""
    slots: dict[datetime, Beat] = {}
    for one in beats:
        slots[one.slot] = joined(slots[one.slot], one) if one.slot in slots else one
    return [slots[slot] for slot in sorted(slots)]


def _weighed(one: Beat, other: Beat) -> int | None:
    told = [(beat.skew_usual, beat.events) for beat in (one, other) if beat.skew_usual is not None]
    rows = sum(events for _, events in told)
    return round(sum(skew * events for skew, events in told) / rows) if rows else None


def add(db: sqlite3.Connection, made: Sequence[Beat]) -> None:
    """The beats are counted, each together with what its slot had; within the transaction of the caller."""
    for one in made:
        sql = "SELECT * FROM pulse WHERE source = ? AND surface = ? AND slot = ?"
        row = db.execute(sql, (one.source, one.surface, to_micros(one.slot))).fetchone()
        db.execute(
            "INSERT OR REPLACE INTO pulse VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(joined(of(row), one) if row else one)
        )


def of(row: Sequence[object]) -> Beat:
    """The beat that a row of the table tells."""
    return Beat(**{name: from_micros(value) if name in _MOMENTS else value for name, value in zip(_NAMES, row, strict=True)})  # type: ignore[arg-type]  # a row of the table


def _row(one: Beat) -> tuple[object, ...]:
    return tuple(to_micros(value) if isinstance(value, datetime) else value for value in msgspec.structs.astuple(one))


_NAMES = Beat.__struct_fields__
_MOMENTS = frozenset({"slot", "first", "last", "newest"})
