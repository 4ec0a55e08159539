"""What each sink has sent, in a small database of its own: how far, how often again, what was refused, what shall be repeated.

The checkpoint moves only after the receiver acknowledged. What leaves is noted before it leaves: after a crash the journal says
which events may have arrived already, so that a repetition is never a surprise. What was refused is sealed with the spool's key.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from hemostat.kernel import Home, from_micros, owners_file, seal, to_micros, unseal

from . import doubts, losses
from .base import Record, Refused, Taken, position_of
from .tail import Place

RETRY = -1
"""The number of the stream of what is offered once more out of the quarantine."""

_PATIENCE = 30.0  # seconds to wait for another process's transaction
_SEALED = 1  # version of the tables since which records in quarantine are sealed
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
    records BLOB NOT NULL,                  -- sealed; as they were to be sent: pseudonyms and masks, like the lake
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 1,
    again INTEGER NOT NULL DEFAULT 0        -- did somebody ask for another try?
);
CREATE TABLE IF NOT EXISTS watched (
    sink TEXT PRIMARY KEY,
    position INTEGER NOT NULL DEFAULT 0,    -- where it stood when it was looked at last
    since INTEGER,                          -- since when it stands there while events wait
    quarantine INTEGER NOT NULL DEFAULT 0,  -- entries up to this number were settled by a person
    losses INTEGER NOT NULL DEFAULT 0
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


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a sink: it stands at `position` since `since` while events wait; up to where a person has settled what."""

    position: int = 0
    since: datetime | None = None
    quarantine: int = 0
    losses: int = 0


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
        owners_file(path)
        self._home = home
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES + doubts.TABLES + losses.TABLE)
        self._upgrade()

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

    def sending(self, sink: str, number: int, records: Sequence[Record], now: datetime) -> Callable[[], None]:
        """It is on disk that these records may have arrived; those of which it was known are declared as sent again.

        What is returned takes it back, when the receiver has certainly kept none of them.
        """
        with self._transaction() as db:
            _open_stream(db, sink, number)
            left = doubts.departs(db, sink, number, records, now)
            db.execute(
                "UPDATE streams SET tried = max(tried, ?), again = again + ? WHERE sink = ? AND stream = ?",
                (records[-1].position, left.repeated, sink, number),
            )
        return partial(self._never_arrived, left)

    def redeliveries(self, sink: str) -> list[doubts.Redelivery]:
        """Each batch that was sent once more since nobody knew whether it had arrived, the oldest first."""
        sql = "SELECT stream, first, last, events, at FROM redeliveries WHERE sink = ? ORDER BY id"
        return [doubts.redelivery(row) for row in self._read(sql, sink)]

    def taken(self, sink: str, number: int, taken: Taken, *, place: Place, time: datetime | None, now: datetime) -> None:
        """The checkpoint has moved, and what was refused is kept, in one transaction."""
        with self._transaction() as db:
            _open_stream(db, sink, number)
            db.execute(
                "UPDATE streams SET position = ?, batch = ?, sent = sent + ?, refused = refused + ?, late = late + ?"
                " WHERE sink = ? AND stream = ?",
                (place.position, place.batch, taken.sent, sum(one.count for one in taken.refused), taken.late, sink, number),
            )
            doubts.settled(db, sink, number, last=taken.position)
            for one in taken.refused:
                self._keep(db, sink, one, now)
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
            db.execute("DELETE FROM doubts WHERE sink = ? AND stream = ?", (sink, number))

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
        return (rows[0][0], _RECORDS.decode(unseal(self._key(), rows[0][1], place=_sealed_at(sink)))) if rows else None

    def released(self, number: int, refused: Sequence[Refused], now: datetime) -> None:
        """An entry was tried again: it is gone, or is kept with the newest reason."""
        with self._transaction() as db:
            sql = "DELETE FROM quarantine WHERE id = ? RETURNING sink, tries, first, last"
            for sink, tries, first, last in db.execute(sql, (number,)).fetchall():
                doubts.settled(db, sink, RETRY, first=position_of(first), last=position_of(last))
                for one in refused:
                    self._keep(db, sink, one, now, tries=tries + 1)

    def expire(self, sink: str, before: datetime, now: datetime) -> None:
        """What is in quarantine since before `before`, and waits for no other try, is gone and lost; so are old declarations."""
        with self._transaction() as db:
            sql = "DELETE FROM quarantine WHERE sink = ? AND at < ? AND again = 0 RETURNING id, first, last, refused"
            for number, first, last, refused in db.execute(sql, (sink, to_micros(before))).fetchall():
                mark = f"quarantine {number}"
                losses.lost(db, sink, why=losses.QUARANTINE, mark=mark, first=first, last=last, events=refused, now=now)
                doubts.settled(db, sink, RETRY, first=position_of(first), last=position_of(last))
            db.execute("DELETE FROM redeliveries WHERE sink = ? AND at < ?", (sink, to_micros(before)))

    def lost(self, sink: str, *, mark: str, first: str, last: str, events: int, now: datetime) -> None:
        """Events that the sink had not got are about to leave the lake: the file `mark` of the lake counts once."""
        with self._transaction() as db:
            losses.lost(db, sink, why=losses.RETENTION, mark=mark, first=first, last=last, events=events, now=now)

    def lost_by(self, sink: str) -> list[losses.Loss]:
        """What the sink will never get, the newest first."""
        return [losses.loss(row) for row in self._read(f"{losses.ROWS} WHERE sink = ? ORDER BY id DESC", sink)]

    def untold(self) -> list[losses.Loss]:
        """Losses of all sinks that are not in the ledger yet, the oldest first."""
        return [losses.loss(row) for row in self._read(f"{losses.ROWS} WHERE told = 0 ORDER BY id")]

    def told(self, loss: losses.Loss) -> None:
        """The loss is in the ledger."""
        with self._transaction() as db:
            db.execute("UPDATE losses SET told = 1 WHERE id = ?", (loss.number,))

    def watched(self, sink: str) -> Watched:
        """What was seen of a sink so far."""
        rows = self._read("SELECT position, since, quarantine, losses FROM watched WHERE sink = ?", sink)
        if not rows:
            return Watched()
        position, since, quarantine, lost = rows[0]
        return Watched(position=position, since=_moment(since), quarantine=quarantine, losses=lost)

    def watch(self, sink: str, seen: Watched) -> None:
        """This is what was seen of a sink last."""
        since = None if seen.since is None else to_micros(seen.since)
        with self._transaction() as db:
            values = (sink, seen.position, since, seen.quarantine, seen.losses)
            db.execute("INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?, ?)", values)

    def close(self) -> None:
        """The database is closed."""
        with self._lock:
            self._db.close()

    def _keep(self, db: sqlite3.Connection, sink: str, one: Refused, now: datetime, *, tries: int = 1) -> None:
        """Refused events are in quarantine. Where some of them were taken, and nobody knows which, all are in doubt."""
        first, last, count = one.records[0], one.records[-1], len(one.records)
        sealed = seal(self._key(), msgspec.msgpack.encode(one.records), place=_sealed_at(sink))
        db.execute(
            "INSERT INTO quarantine (sink, first, last, events, refused, reason, records, at, tries)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (sink, first.event_id, last.event_id, count, one.count, one.reason, sealed, to_micros(now), tries),
        )
        if one.count < count:
            doubts.doubt(db, sink, RETRY, first.position, last.position)

    def _never_arrived(self, left: doubts.Departure) -> None:
        with self._transaction() as db:
            doubts.never_arrived(db, left)
            sql = "UPDATE streams SET again = again - ? WHERE sink = ? AND stream = ?"
            db.execute(sql, (left.repeated, left.sink, left.stream))

    def _upgrade(self) -> None:
        """A journal of an earlier version has its quarantine sealed, and what it had tried is in doubt."""
        if self._read("PRAGMA user_version")[0][0] >= _SEALED:
            return
        with self._transaction() as db:
            for number, sink, records in db.execute("SELECT id, sink, records FROM quarantine").fetchall():
                sealed = seal(self._key(), records, place=_sealed_at(sink))
                db.execute("UPDATE quarantine SET records = ? WHERE id = ?", (sealed, number))
            db.execute("INSERT INTO doubts SELECT sink, stream, position + 1, tried FROM streams WHERE tried > position")
            db.execute(f"PRAGMA user_version = {_SEALED}")

    def _key(self) -> bytes:
        return self._home.keyring(self._home.settings()).secret("spool")

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


def _sealed_at(sink: str) -> bytes:
    return f"quarantine:{sink}".encode()


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
