"""The manifest's rare sides: which messages a written batch had, and files that take the place of others.

The manifest lies in the spool's database, so that a plan and its files are committed together; `spool.py` has its daily side.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence

from hemostat.kernel import Home, to_micros
from hemostat.lake.spool import Part, Plan

_PATIENCE = 30.0  # seconds to wait for another process's transaction


@contextlib.contextmanager
def opened(home: Home) -> Iterator[sqlite3.Connection]:
    """The database of the manifest, in which each statement is kept as it is run, unless a transaction was begun."""
    db = sqlite3.connect(home.spool, timeout=_PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous=FULL")
        yield db
    finally:
        db.close()


def plans(home: Home, *, first: int, last: int) -> list[Plan]:
    """The ranges of messages of the written batches from `first` to `last`, both included."""
    with opened(home) as db:
        rows = db.execute(
            "SELECT batch, first, last FROM plans WHERE written = 1 AND batch BETWEEN ? AND ? ORDER BY batch", (first, last)
        )
        return [Plan(batch=batch, first=first, last=last) for batch, first, last in rows]


def replaced(home: Home, old: Sequence[Part], new: Part) -> None:
    """`new` stands in the manifest instead of all of `old`, in one transaction. The files of `old` are strays from then on."""
    with exchange(home) as db:
        taken_out(db, old)
        put_in(db, new)


@contextlib.contextmanager
def exchange(home: Home) -> Iterator[sqlite3.Connection]:
    """What is changed within is changed together, or not at all; nobody else changes the manifest meanwhile."""
    with opened(home) as db:
        db.execute("BEGIN IMMEDIATE")
        with db:
            yield db


def taken_out(db: sqlite3.Connection, parts: Sequence[Part]) -> int:
    """The manifest no longer names these parts; how many of them it named."""
    return db.executemany("DELETE FROM parts WHERE path = ?", [(part.path,) for part in parts]).rowcount


def put_in(db: sqlite3.Connection, part: Part) -> None:
    """The manifest names this part."""
    db.execute(
        "INSERT INTO parts (path, batch, source, day, rows, size, sha256, first_time, last_time)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            part.path, part.batch, part.source, part.day, part.rows, part.size, part.sha256,
            to_micros(part.first_time), to_micros(part.last_time),
        ),
    )  # fmt: skip
