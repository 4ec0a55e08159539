"""The manifest's rare sides: which messages a written batch had, and files that take the place of others.

The manifest lies in the spool's database, so that a plan and its files are committed together; `spool.py` has its daily side.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence

from hemostat.kernel import Home, to_micros
from hemostat.lake.spool import Part, Plan

_PATIENCE = 30.0  # seconds to wait for another process's transaction


def plans(home: Home, *, first: int, last: int) -> list[Plan]:
    """The ranges of messages of the written batches from `first` to `last`, both included."""
    with _database(home) as db:
        rows = db.execute(
            "SELECT batch, first, last FROM plans WHERE written = 1 AND batch BETWEEN ? AND ? ORDER BY batch", (first, last)
        )
        return [Plan(batch=batch, first=first, last=last) for batch, first, last in rows]


def replaced(home: Home, old: Sequence[Part], new: Part) -> None:
    """`new` stands in the manifest instead of all of `old`, in one transaction. The files of `old` are strays from then on."""
    with _database(home) as db:
        db.execute("BEGIN IMMEDIATE")
        with db:
            db.executemany("DELETE FROM parts WHERE path = ?", [(part.path,) for part in old])
            db.execute(
                "INSERT INTO parts (path, batch, source, day, rows, size, sha256, first_time, last_time)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    new.path, new.batch, new.source, new.day, new.rows, new.size, new.sha256,
                    to_micros(new.first_time), to_micros(new.last_time),
                ),
            )  # fmt: skip


@contextlib.contextmanager
def _database(home: Home) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(home.spool, timeout=_PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous=FULL")
        yield db
    finally:
        db.close()
