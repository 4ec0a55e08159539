"""What each sink has sent, in a small database of its own: how far, how often again, what was refused, what shall be repeated.

The checkpoint moves only after the receiver acknowledged. What leaves is noted before it leaves: after a crash the journal says
which events may have arrived already, so that a repetition is never a surprise.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from hemostat.kernel import Home, from_micros, to_micros

from .base import Record, Refused, Taken
from .tail import Place

_PATIENCE = 30.0  # seconds to wait for another process's transaction
_TABLES = """
CREATE TABLE IF NOT EXISTS streams (
    sink TEXT NOT NULL,
    stream INTEGER NOT NULL,                -- 0 is the lake as it grows, others are repetitions that somebody asked for
    position INTEGER NOT NULL DEFAULT 0,    -- everything up to here is the receiver's
    batch INTEGER NOT NULL DEFAULT 0,       -- batches up to here need not be looked at again
    tried INTEGER NOT NULL DEFAULT 0,       -- everything up to here may have arrived
    sent INTEGER NOT NULL DEFAULT 0,        -- events acknowledged
    again INTEGER NOT NULL DEFAULT 0,       -- events that were sent once more, since nobody knows whether they had arrived
    refused INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,        -- events too old for the receiver's own clock
    since INTEGER, until INTEGER, upto INTEGER, asked_at INTEGER, done_at INTEGER,
    PRIMARY KEY (sink, stream)
);
CREATE TABLE IF NOT EXISTS conditions (
    sink TEXT PRIMARY KEY,
    sent_at INTEGER,                        -- when something was acknowledged last
    event_time INTEGER,                     -- of the newest event that was acknowledged
    failed_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row
    stopped INTEGER NOT NULL DEFAULT 0,     -- does it need a person?
    error TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink TEXT NOT NULL,
    first TEXT NOT NULL,                    -- ids of the first and the last event
    last TEXT NOT NULL,
    events INTEGER NOT NULL,
    refused INTEGER NOT NULL,               -- how many of them the receiver refused; it does not always say which
    reason TEXT NOT NULL,
    records BLOB NOT NULL,                  -- as they were to be sent: pseudonyms and masks, like the lake
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 1,
    again INTEGER NOT NULL DEFAULT 0        -- did somebody ask for another try?
);
"""
_STREAM = "stream, position, batch, tried, sent, again, refused, late, since, until, upto, asked_at, done_at"
_RECORDS = msgspec.msgpack.Decoder(list[Record])


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """One way through the lake: the lake as it grows (`number` 0), or a period that somebody wants to be sent again."""

    number: int
    position: int
    batch: int
    tried: int
    sent: int
    again: int
    refused: int
    late: int
    since: datetime | None
    until: datetime | None
    upto: int | None
    asked_at: datetime | None
    done_at: datetime | None

    @property
    def place(self) -> Place:
        """How far it is."""
        return Place(position=self.position, batch=self.batch)


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a sink is: `error` in words, "" when all is well; `stopped` when it needs a person."""

    sent_at: datetime | None = None
    event_time: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0
    stopped: bool = False
    error: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Events in quarantine: of these `events` the receiver refused `refused`, `tries` times."""

    number: int
    first: str
    last: str
    events: int
    refused: int
    reason: str
    at: datetime
    tries: int
    again: bool


class Journal:
    """The journal of all sinks of a home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        path = home.path / "sinks.sqlite3"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)

    def stream(self, sink: str, number: int = 0) -> Stream:
        """One stream of a sink; at its beginning when nothing is known of it."""
        rows = self._read(f"SELECT {_STREAM} FROM streams WHERE sink = ? AND stream = ?", sink, number)  # noqa: S608  # fixed words
        return _stream(rows[0] if rows else (number, 0, 0, 0, 0, 0, 0, 0, None, None, None, None, None))

    def streams(self, sink: str) -> list[Stream]:
        """The repetitions of a sink, the newest first."""
        sql = f"SELECT {_STREAM} FROM streams WHERE sink = ? AND stream > 0 ORDER BY stream DESC"  # noqa: S608  # fixed words
        return [_stream(row) for row in self._read(sql, sink)]

    def start(self, sink: str, place: Place) -> None:
        """A sink that has sent nothing yet begins behind `place`."""
        with self._transaction() as db:
            _open_stream(db, sink, 0)
            db.execute(
                "UPDATE streams SET position = ?, batch = ? WHERE sink = ? AND stream = 0 AND position = 0 AND tried = 0",
                (place.position, place.batch, sink),
            )

    def sending(self, sink: str, number: int, records: Sequence[Record]) -> None:
        """It is on disk that these records may have arrived; those of which it was known are counted as sent again."""
        with self._transaction() as db:
            _open_stream(db, sink, number)
            (tried,) = db.execute("SELECT tried FROM streams WHERE sink = ? AND stream = ?", (sink, number)).fetchone()
            db.execute(
                "UPDATE streams SET tried = max(tried, ?), again = again + ? WHERE sink = ? AND stream = ?",
                (records[-1].position, sum(record.position <= tried for record in records), sink, number),
            )

    def taken(self, sink: str, number: int, taken: Taken, *, place: Place, time: datetime | None, now: datetime) -> None:
        """The checkpoint has moved, and what was refused is kept, in one transaction."""
        with self._transaction() as db:
            _open_stream(db, sink, number)
            db.execute(
                "UPDATE streams SET position = ?, batch = ?, sent = sent + ?, refused = refused + ?, late = late + ?"
                " WHERE sink = ? AND stream = ?",
                (place.position, place.batch, taken.sent, sum(one.count for one in taken.refused), taken.late, sink, number),
            )
            for one in taken.refused:
                _keep(db, sink, one, now)
            if time is not None:
                _went_well(db, sink, time, now)

    def passed(self, sink: str, number: int, place: Place) -> None:
        """The checkpoint has moved past events that the sink does not want."""
        with self._transaction() as db:
            _open_stream(db, sink, number)
            db.execute(
                "UPDATE streams SET position = ?, batch = ? WHERE sink = ? AND stream = ?",
                (place.position, place.batch, sink, number),
            )

    def failed(self, sink: str, error: str, *, stopped: bool, now: datetime) -> None:
        """It is on record, in words, why the sink takes nothing."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO conditions (sink, failed_at, failures, stopped, error) VALUES (?, ?, 1, ?, ?) ON CONFLICT (sink) DO"
                " UPDATE SET failed_at = excluded.failed_at, failures = failures + 1, stopped = excluded.stopped,"
                " error = excluded.error",
                (sink, to_micros(now), stopped, error),
            )

    def condition(self, sink: str) -> Condition:
        """How a sink is."""
        sql = "SELECT sent_at, event_time, failed_at, failures, stopped, error FROM conditions WHERE sink = ?"
        rows = self._read(sql, sink)
        if not rows:
            return Condition()
        sent, event, failed, failures, stopped, error = rows[0]
        moments = {"sent_at": _moment(sent), "event_time": _moment(event), "failed_at": _moment(failed)}
        return Condition(**moments, failures=failures, stopped=bool(stopped), error=error)

    def replay(self, sink: str, *, since: datetime, until: datetime, now: datetime) -> Stream:
        """Events of this period that the sink was sent already are to be sent once more."""
        with self._transaction() as db:
            _open_stream(db, sink, 0)
            (number,) = db.execute("SELECT max(stream) + 1 FROM streams WHERE sink = ?", (sink,)).fetchone()
            db.execute(
                "INSERT INTO streams (sink, stream, since, until, upto, asked_at)"
                " SELECT ?, ?, ?, ?, position, ? FROM streams WHERE sink = ? AND stream = 0",
                (sink, number, to_micros(since), to_micros(until), to_micros(now), sink),
            )
        return self.stream(sink, number)

    def done(self, sink: str, number: int, now: datetime) -> None:
        """A repetition is complete."""
        with self._transaction() as db:
            db.execute("UPDATE streams SET done_at = ? WHERE sink = ? AND stream = ?", (to_micros(now), sink, number))

    def kept(self, sink: str) -> list[Kept]:
        """What is in quarantine, the oldest first."""
        sql = "SELECT id, first, last, events, refused, reason, at, tries, again FROM quarantine WHERE sink = ? ORDER BY id"
        return [
            Kept(
                number=number,
                first=first,
                last=last,
                events=events,
                refused=refused,
                reason=reason,
                at=from_micros(at),
                tries=tries,
                again=bool(again),
            )
            for number, first, last, events, refused, reason, at, tries, again in self._read(sql, sink)
        ]

    def retry(self, sink: str) -> int:
        """All that is in quarantine is to be offered once more; how many entries."""
        with self._transaction() as db:
            return db.execute("UPDATE quarantine SET again = 1 WHERE sink = ?", (sink,)).rowcount

    def wanted(self, sink: str) -> tuple[int, list[Record]] | None:
        """The next entry of the quarantine that somebody wants to be tried again: its number and its records."""
        rows = self._read("SELECT id, records FROM quarantine WHERE sink = ? AND again = 1 ORDER BY id LIMIT 1", sink)
        return (rows[0][0], _RECORDS.decode(rows[0][1])) if rows else None

    def released(self, number: int, refused: Sequence[Refused], now: datetime) -> None:
        """An entry was tried again: it is gone, or is kept with the newest reason."""
        with self._transaction() as db:
            sink, tries = db.execute("SELECT sink, tries FROM quarantine WHERE id = ?", (number,)).fetchone()
            db.execute("DELETE FROM quarantine WHERE id = ?", (number,))
            for one in refused:
                _keep(db, sink, one, now, tries=tries + 1)

    def close(self) -> None:
        """The database is closed."""
        with self._lock:
            self._db.close()

    def _read(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:  # a full disk may already have ended it
                    self._db.execute("ROLLBACK")


def _open_stream(db: sqlite3.Connection, sink: str, number: int) -> None:
    db.execute("INSERT OR IGNORE INTO streams (sink, stream) VALUES (?, ?)", (sink, number))


def _keep(db: sqlite3.Connection, sink: str, one: Refused, now: datetime, *, tries: int = 1) -> None:
    first, last, count = one.records[0].event_id, one.records[-1].event_id, len(one.records)
    db.execute(
        "INSERT INTO quarantine (sink, first, last, events, refused, reason, records, at, tries)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (sink, first, last, count, one.count, one.reason, msgspec.msgpack.encode(one.records), to_micros(now), tries),
    )


def _went_well(db: sqlite3.Connection, sink: str, time: datetime, now: datetime) -> None:
    db.execute(
        "INSERT INTO conditions (sink, sent_at, event_time) VALUES (?, ?, ?) ON CONFLICT (sink) DO UPDATE SET"
        " sent_at = excluded.sent_at, event_time = max(coalesce(event_time, 0), excluded.event_time),"
        " failures = 0, stopped = 0, error = ''",
        (sink, to_micros(now), to_micros(time)),
    )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _stream(row: Sequence[Any]) -> Stream:
    number, position, batch, tried, sent, again, refused, late, since, until, upto, asked_at, done_at = row
    return Stream(
        number=number,
        position=position,
        batch=batch,
        tried=tried,
        sent=sent,
        again=again,
        refused=refused,
        late=late,
        since=_moment(since),
        until=_moment(until),
        upto=upto,
        asked_at=_moment(asked_at),
        done_at=_moment(done_at),
    )
