"""Which records may have arrived without an acknowledgment, and which of them were sent once more: each repetition is declared.

A batch that leaves is in doubt until the receiver said what became of it. One that it took, or certainly did not take, is not.
A record that leaves while it is in doubt is sent again: that is declared, by batch, before it leaves.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from hemostat.kernel import from_micros, to_micros

from .base import Record

TABLES = """
CREATE TABLE IF NOT EXISTS doubts (
    sink TEXT NOT NULL,
    stream INTEGER NOT NULL,
    first INTEGER NOT NULL,                 -- positions of the first and the last record of a batch that may have arrived
    last INTEGER NOT NULL,
    PRIMARY KEY (sink, stream, first, last)
);
CREATE TABLE IF NOT EXISTS redeliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink TEXT NOT NULL,
    stream INTEGER NOT NULL,
    first INTEGER NOT NULL,                 -- positions of the first and the last record that were sent once more
    last INTEGER NOT NULL,
    events INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS redeliveries_by_sink ON redeliveries (sink, at);
"""


class Redelivery(msgspec.Struct, frozen=True, kw_only=True):
    """Records of a stream, from position `first` to `last`, that were sent once more: nobody knew whether they had arrived."""

    stream: int
    first: int
    last: int
    events: int
    at: datetime


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """What was noted of one batch that leaves. `is_new`: no earlier batch of the same records was in doubt."""

    sink: str
    stream: int
    first: int
    last: int
    is_new: bool
    repeated: int
    declared: tuple[int, ...]


def departs(db: sqlite3.Connection, sink: str, stream: int, records: Sequence[Record], now: datetime) -> Departure:
    """The batch is in doubt, and those of its records that were in doubt before are declared as sent again."""
    first, last = records[0].position, records[-1].position
    sql = "SELECT first, last FROM doubts WHERE sink = ? AND stream = ? AND first <= ? AND last >= ?"
    doubts = db.execute(sql, (sink, stream, last, first)).fetchall()
    declared, repeated = [], 0
    for again, run in groupby(records, key=lambda one: any(start <= one.position <= end for start, end in doubts)):
        if again:
            positions = [one.position for one in run]
            values = (sink, stream, positions[0], positions[-1], len(positions), to_micros(now))
            sql = "INSERT INTO redeliveries (sink, stream, first, last, events, at) VALUES (?, ?, ?, ?, ?, ?)"
            declared.append(db.execute(sql, values).lastrowid or 0)
            repeated += len(positions)
    is_new = doubt(db, sink, stream, first, last)
    return Departure(sink=sink, stream=stream, first=first, last=last, is_new=is_new, repeated=repeated, declared=tuple(declared))


def never_arrived(db: sqlite3.Connection, left: Departure) -> None:
    """The batch was refused whole: it is as if it had never left. What was in doubt before it stays so."""
    if left.is_new:
        sql = "DELETE FROM doubts WHERE sink = ? AND stream = ? AND first = ? AND last = ?"
        db.execute(sql, (left.sink, left.stream, left.first, left.last))
    db.executemany("DELETE FROM redeliveries WHERE id = ?", [(number,) for number in left.declared])


def doubt(db: sqlite3.Connection, sink: str, stream: int, first: int, last: int) -> bool:
    """These records may have arrived; was that new?"""
    return db.execute("INSERT OR IGNORE INTO doubts VALUES (?, ?, ?, ?)", (sink, stream, first, last)).rowcount == 1


def settled(db: sqlite3.Connection, sink: str, stream: int, *, first: int = 0, last: int) -> None:
    """Batches that lie within these positions are in doubt no longer: the receiver has them, or they were kept aside."""
    sql = "DELETE FROM doubts WHERE sink = ? AND stream = ? AND first >= ? AND last <= ?"
    db.execute(sql, (sink, stream, first, last))


def redelivery(row: tuple[int, int, int, int, int]) -> Redelivery:
    """A row of the table."""
    stream, first, last, events, at = row
    return Redelivery(stream=stream, first=first, last=last, events=events, at=from_micros(at))
