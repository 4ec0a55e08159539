"""What a sink will never get: events that left the lake before it had them, and what stayed in quarantine for too long.

A loss is on record before the events are gone, by the file of the lake or the entry of the quarantine that held them, so that
doing it once more after a crash counts nothing twice. Each is told in the ledger.
"""

import sqlite3
from datetime import datetime
from typing import Any

import msgspec

from hemostat.kernel import from_micros, to_micros

RETENTION, QUARANTINE = "retention", "quarantine"
"""Why events are lost to a sink: they were older than the lake keeps them, or than the quarantine does."""

TABLE = """
CREATE TABLE IF NOT EXISTS losses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink TEXT NOT NULL,
    why TEXT NOT NULL,                      -- retention or quarantine
    mark TEXT NOT NULL,                     -- the file of the lake, or the entry of the quarantine
    first TEXT NOT NULL,                    -- ids of the first and the last event
    last TEXT NOT NULL,
    events INTEGER NOT NULL,
    at INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,        -- is it in the ledger?
    UNIQUE (sink, why, mark)
);
"""
ROWS = "SELECT id, sink, why, first, last, events, at FROM losses"


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Events from `first` to `last`, so many, that a sink will never get, and why."""

    number: int
    sink: str
    why: str
    first: str
    last: str
    events: int
    at: datetime


def lost(db: sqlite3.Connection, sink: str, *, why: str, mark: str, first: str, last: str, events: int, now: datetime) -> None:
    """The loss is on record, once."""
    sql = "INSERT OR IGNORE INTO losses (sink, why, mark, first, last, events, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.execute(sql, (sink, why, mark, first, last, events, to_micros(now)))


def loss(row: tuple[Any, ...]) -> Loss:
    """A row of the table."""
    number, sink, why, first, last, events, at = row
    return Loss(number=number, sink=sink, why=why, first=first, last=last, events=events, at=from_micros(at))
