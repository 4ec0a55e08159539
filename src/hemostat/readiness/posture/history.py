"""What checks said, kept in the home: the last verdict of each, since when, and each time that it became another."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec

from hemostat.kernel import Home, from_micros, owners_file, to_micros

from .verdicts import Result, Verdict

_PATIENCE = 30.0  # seconds to wait for another process's transaction
_TABLES = """
CREATE TABLE IF NOT EXISTS verdicts (
    key TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    decided TEXT NOT NULL,                  -- the last verdict that was not unknown; '' when there was none
    since INTEGER NOT NULL,                 -- when the verdict became what it is, microseconds since 1970
    fell_at INTEGER,                        -- when it went from holds to fails; NULL when it holds, or never held
    result BLOB NOT NULL                    -- JSON
);
CREATE TABLE IF NOT EXISTS changes (key TEXT NOT NULL, at INTEGER NOT NULL, was TEXT NOT NULL, verdict TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS looks (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER NOT NULL);
"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a check stands: what it said last, since when it says so, and when it fell.

    fell_at: when it went from holds to fails; None when it holds, and when nobody ever saw it hold. While it is unknown after a
    fall, it has not held again.
    """

    result: Result
    since: datetime
    fell_at: datetime | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict became another one; `was` is "" for the first."""

    key: str
    at: datetime
    was: str
    verdict: Verdict

    @property
    def check(self) -> str:
        """The id of the check."""
        return self.key.partition("|")[0]


def remember(home: Home, results: Sequence[Result], *, now: datetime) -> None:
    """These results of a whole look are what is known; what was looked at before and is not any more is forgotten."""
    with _database(home) as db:
        db.execute("BEGIN IMMEDIATE")
        before = {row[0]: row[1:] for row in db.execute("SELECT key, verdict, decided, since, fell_at FROM verdicts")}
        db.execute("DELETE FROM verdicts")
        for result in results:
            _keep(db, result, before.get(result.key, ("", "", 0, None)), to_micros(now))
        db.execute("INSERT OR REPLACE INTO looks VALUES (1, ?)", (to_micros(now),))
        db.execute("COMMIT")


def _keep(db: sqlite3.Connection, result: Result, before: tuple[str, str, int, int | None], now: int) -> None:
    was, decided, since, fell_at = before
    verdict = result.answer.verdict
    if verdict is Verdict.HOLDS:
        fell_at = None
    elif verdict is Verdict.FAILS and decided == Verdict.HOLDS:
        fell_at = now
    if verdict != was:
        since = now
        db.execute("INSERT INTO changes VALUES (?, ?, ?, ?)", (result.key, now, was, verdict))
    decided = decided if verdict is Verdict.UNKNOWN else verdict
    values = (result.key, verdict, decided, since, fell_at, msgspec.json.encode(result))
    db.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?)", values)


def kept(home: Home) -> list[Standing]:
    """How each check stands by the last look, in the order of that look; [] before the first."""
    if not home.posture.exists():
        return []
    with _database(home) as db:
        rows = db.execute("SELECT since, fell_at, result FROM verdicts ORDER BY rowid").fetchall()
    return [
        Standing(
            result=msgspec.json.decode(told, type=Result),
            since=from_micros(since),
            fell_at=None if fell_at is None else from_micros(fell_at),
        )
        for since, fell_at, told in rows
    ]


def last_look(home: Home) -> datetime | None:
    """When all checks were asked last; None when they never were."""
    if not home.posture.exists():
        return None
    with _database(home) as db:
        row = db.execute("SELECT at FROM looks").fetchone()
    return from_micros(row[0]) if row else None


def changes(home: Home) -> list[Change]:
    """Each time that a verdict became another one, the newest first."""
    if not home.posture.exists():
        return []
    with _database(home) as db:
        rows = db.execute("SELECT key, at, was, verdict FROM changes ORDER BY at DESC, rowid DESC").fetchall()
    return [Change(key=key, at=from_micros(at), was=was, verdict=Verdict(verdict)) for key, at, was, verdict in rows]


@contextmanager
def _database(home: Home) -> Iterator[sqlite3.Connection]:
    owners_file(home.posture)
    db = sqlite3.connect(home.posture, timeout=_PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.executescript(_TABLES)
        yield db
    finally:
        db.close()
