"""What is known to be missing: gaps in what a source should have sent, from when they were found until they are closed.

Beside them stands the heartbeat of each feed that we read ourselves, and of each sender that sends one: when it was heard last,
and by when it should be heard again.
Collectors, doors and the worker report gaps; the worker raises alerts for those that are open.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime

import msgspec

from hemostat.kernel import Home, from_micros, owners_file, to_micros

_PATIENCE = 30.0  # seconds to wait for another process's transaction
_TABLE = """
CREATE TABLE IF NOT EXISTS gaps (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,                     -- a word: subscription, sequence, silence, version, skew, refused, heartbeat, path
    detail TEXT NOT NULL,                   -- what exactly, without anybody's data
    since INTEGER NOT NULL,                 -- from when on events may be missing, microseconds since 1970
    found_at INTEGER NOT NULL,
    closed_at INTEGER,
    PRIMARY KEY (source, kind, detail, found_at)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_gap ON gaps (source, kind, detail) WHERE closed_at IS NULL;
CREATE TABLE IF NOT EXISTS heartbeats (
    source TEXT PRIMARY KEY,                -- whose feed we read ourselves, or that sends heartbeats
    at INTEGER NOT NULL,                    -- when it was heard last, microseconds since 1970
    due INTEGER NOT NULL                    -- by when it should have been heard again
);
"""


SINK = "sink."
"""How the name of what events are forwarded to begins, where it stands for a source; `hemostat.sinks.watch` keeps those gaps."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a source that may be missing: which kind of gap, what exactly, since when, and until when it was open."""

    source: str
    kind: str
    detail: str
    since: datetime
    found_at: datetime
    closed_at: datetime | None = None


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """A feed answered, or a sender sent a heartbeat, at `at`; after `due` its silence means that nobody is there."""

    at: datetime
    due: datetime


def gap_opened(home: Home, *, source: str, kind: str, detail: str, since: datetime, now: datetime) -> bool:
    """The gap is on record and open; was it new? `detail` holds names and numbers of the configuration only."""
    with database(home) as db:
        values = (source, kind, detail, to_micros(since), to_micros(now))
        sql = "INSERT INTO gaps (source, kind, detail, since, found_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        return db.execute(sql, values).rowcount == 1


def gap_closed(home: Home, *, source: str, kind: str, detail: str, now: datetime) -> bool:
    """The gap is closed; was it open?"""
    with database(home) as db:
        sql = "UPDATE gaps SET closed_at = ? WHERE source = ? AND kind = ? AND detail = ? AND closed_at IS NULL"
        return db.execute(sql, (to_micros(now), source, kind, detail)).rowcount == 1


def gaps(home: Home, *, only_open: bool = False) -> list[Gap]:
    """The gaps on record, the newest first."""
    with database(home) as db:
        where = "WHERE closed_at IS NULL" if only_open else ""
        sql = f"SELECT source, kind, detail, since, found_at, closed_at FROM gaps {where} ORDER BY found_at DESC, source, kind"  # noqa: S608  # fixed words
        return [
            Gap(
                source=source,
                kind=kind,
                detail=detail,
                since=from_micros(since),
                found_at=from_micros(found_at),
                closed_at=None if closed_at is None else from_micros(closed_at),
            )
            for source, kind, detail, since, found_at, closed_at in db.execute(sql)
        ]


def heard(home: Home, *, source: str, now: datetime, due: datetime) -> None:
    """The source was heard now, whether it had something to say or not, and should be heard again by `due`."""
    with database(home) as db:
        db.execute("INSERT OR REPLACE INTO heartbeats VALUES (?, ?, ?)", (source, to_micros(now), to_micros(due)))


def heartbeats(home: Home) -> dict[str, Heartbeat]:
    """The heartbeat of each source whose feed ever answered, or that ever sent one."""
    with database(home) as db:
        rows = db.execute("SELECT source, at, due FROM heartbeats").fetchall()
    return {source: Heartbeat(at=from_micros(at), due=from_micros(due)) for source, at, due in rows}


@contextlib.contextmanager
def database(home: Home, tables: str = "") -> Iterator[sqlite3.Connection]:
    """The file of what is known about health, open, with these tables beside its own."""
    path = home.path / "health.sqlite3"
    owners_file(path)
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(_TABLE + tables)
        yield db
    finally:
        db.close()
