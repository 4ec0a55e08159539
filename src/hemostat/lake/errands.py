"""Errands with dead letters: what a person asked for on the page, done by the worker piece by piece, with its progress on record.

An errand is about the letters of one source with one reason. `retry` hands back to the spool what can be read by now, as
`hemostat dead-letter retry` does; `discard` destroys them. Killed anywhere, an errand is taken up again where it was.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, Home, from_micros, to_micros
from hemostat.lake import dead_letters
from hemostat.lake.health import database
from hemostat.lake.holds import holds
from hemostat.lake.pipeline import Tools, retry_some
from hemostat.lake.spool import Spool

Verb = Literal["retry", "discard"]

PIECE = 100
"""Letters of one turn: some tenths of a second, after which others have theirs."""

_TABLES = """
CREATE TABLE IF NOT EXISTS errands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    verb TEXT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,                   -- as the letters tell it
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,              -- this and all moments: microseconds since 1970
    total INTEGER NOT NULL,                 -- letters, as far as they are known
    done INTEGER NOT NULL DEFAULT 0,        -- of them, also those that stay
    stayed INTEGER NOT NULL DEFAULT 0,      -- that could still not be read
    ended_at INTEGER,
    fault TEXT NOT NULL DEFAULT ''          -- why it was given up, in words of ours
);
CREATE UNIQUE INDEX IF NOT EXISTS one_errand_at_a_time ON errands (source, reason) WHERE ended_at IS NULL;
CREATE TABLE IF NOT EXISTS kept_letters (
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    kept_by TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (source, reason)
);
"""
_COLUMNS = "number, verb, source, reason, asked_by, asked_at, total, done, stayed, ended_at, fault"


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One errand: of `total` letters `done` were looked at, of which `stayed` could still not be read.

    fault: why it was given up, "" when it was not.
    """

    number: int
    verb: Verb
    source: str
    reason: str
    asked_by: str
    asked_at: datetime
    total: int
    done: int
    stayed: int
    ended_at: datetime | None
    fault: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A person looked at the letters of a source with one reason, and leaves them as they are until their days are over."""

    by: str
    at: datetime
    note: str


def errand_asked(home: Home, verb: Verb, *, source: str, reason: str, count: int, by: str, now: datetime) -> bool:
    """The worker will do it; False when it is at work on these letters already."""
    with database(home, _TABLES) as db:
        columns = "verb, source, reason, asked_by, asked_at, total"
        sql = f"INSERT INTO errands ({columns}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608  # fixed words
        return db.execute(sql, (verb, source, reason, by, to_micros(now), count)).rowcount == 1


def errands(home: Home, *, since: datetime) -> list[Errand]:
    """The errands that are not ended, and those that ended since then, the newest first."""
    with database(home, _TABLES) as db:
        sql = f"SELECT {_COLUMNS} FROM errands WHERE ended_at IS NULL OR ended_at >= ? ORDER BY number DESC"  # noqa: S608  # fixed words
        return [_errand(row) for row in db.execute(sql, (to_micros(since),))]


def letters_kept(home: Home, *, source: str, reason: str, by: str, note: str, now: datetime) -> None:
    """Somebody has looked at these letters, and they stay."""
    with database(home, _TABLES) as db:
        db.execute("INSERT OR REPLACE INTO kept_letters VALUES (?, ?, ?, ?, ?)", (source, reason, by, to_micros(now), note))


def kept_letters(home: Home) -> dict[tuple[str, str], Kept]:
    """Which letters somebody has looked at, by source and reason."""
    with database(home, _TABLES) as db:
        rows = db.execute("SELECT source, reason, kept_by, kept_at, note FROM kept_letters").fetchall()
    return {(source, reason): Kept(by=by, at=from_micros(at), note=note) for source, reason, by, at, note in rows}


def require_no_hold(home: Home) -> None:
    """Letters may be destroyed. Raises `BadInput` under a legal hold: nobody could read what stands in them."""
    if in_force := holds(home, in_force=True):
        numbers = ", ".join(str(hold.number) for hold in in_force)
        raise BadInput(
            f"A legal hold keeps all dead letters (hold {numbers}): nobody could read whether it reaches them.",
            advice="Keep them. They go when the hold is let go and their days are over.",
        )


class Doing:
    """The oldest errand that is not ended, as it is done; `errand` says how far it is."""

    def __init__(self, home: Home, spool: Spool, errand: Errand) -> None:
        self.errand = errand
        self._home = home
        self._steps = self._done(home, spool, errand)

    def turn(self) -> bool:
        """One piece more is done, and on record; False when it was the last one: then `end` it."""
        more = next(self._steps, False)
        _record(self._home, self.errand)
        return more

    def end(self, now: datetime) -> None:
        """It is on record that the errand has ended."""
        self.errand = msgspec.structs.replace(self.errand, ended_at=now)
        _record(self._home, self.errand)

    def _done(self, home: Home, spool: Spool, errand: Errand) -> Iterator[bool]:
        letters = [
            one
            for one in dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch())
            if (one.source, one.reason) == (errand.source, errand.reason)
        ]
        # What an interrupted turn had done waits no more.
        before = max(0, errand.total - len(letters))
        self.errand = msgspec.structs.replace(errand, total=before + len(letters), done=before, stayed=0)
        tools = Tools(home)
        for start in range(0, len(letters), PIECE):
            piece = letters[start : start + PIECE]
            stayed = self._piece(piece, spool, tools)
            if self.errand.fault:
                return
            told = {"done": self.errand.done + len(piece), "stayed": self.errand.stayed + stayed}
            self.errand = msgspec.structs.replace(self.errand, **told)
            yield start + PIECE < len(letters)

    def _piece(self, piece: Sequence[dead_letters.Letter], spool: Spool, tools: Tools) -> int:
        """The piece is done; how many of it stay."""
        if self.errand.verb == "retry":
            return retry_some(piece, spool, tools).kept
        try:
            require_no_hold(self._home)  # one may have been placed since
        except BadInput as error:
            self.errand = msgspec.structs.replace(self.errand, fault=str(error))
            return 0
        dead_letters.discard(self._home.dead_letters, piece)
        return 0


def errand_next(home: Home, spool: Spool) -> Doing | None:
    """The oldest errand that is not ended; None when there is none."""
    with database(home, _TABLES) as db:
        row = db.execute(f"SELECT {_COLUMNS} FROM errands WHERE ended_at IS NULL ORDER BY number LIMIT 1").fetchone()  # noqa: S608  # fixed words
    return Doing(home, spool, _errand(row)) if row else None


def _record(home: Home, errand: Errand) -> None:
    ended = None if errand.ended_at is None else to_micros(errand.ended_at)
    with database(home, _TABLES) as db:
        db.execute(
            "UPDATE errands SET total = ?, done = ?, stayed = ?, ended_at = ?, fault = ? WHERE number = ?",
            (errand.total, errand.done, errand.stayed, ended, errand.fault, errand.number),
        )


def _errand(row: Sequence[object]) -> Errand:
    named = dict(zip(Errand.__struct_fields__, row, strict=True))
    moments = {name: None if named[name] is None else from_micros(named[name]) for name in ("asked_at", "ended_at")}  # type: ignore[arg-type]  # a row of the table
    return Errand(**(named | moments))  # type: ignore[arg-type]  # same
