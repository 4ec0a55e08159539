"""A spool that has written many batches is no slower than a new one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from hemostat.lake.spool import Plan, Spool

KEY = b"k" * 32


def steps_of(spool: Spool, work: Callable[[], object]) -> int:
    """How many hundreds of SQLite's steps the work takes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    spool._db.set_progress_handler(count, 100)  # nothing else shows what SQLite looks through
    work()
    spool._db.set_progress_handler(None, 0)
    return steps


def test_what_comes_next_is_found_without_looking_through_what_was_written(tmp_path: Path) -> None:
    """After a hundred thousand batches, asking for the next plan and for the lag takes as few steps as after one."""
    spool = Spool(tmp_path / "spool.sqlite3", key=KEY, limit=1_000_000_000)
    with sqlite3.connect(tmp_path / "spool.sqlite3") as db:
        db.executemany("INSERT INTO plans (first, last, written) VALUES (?, ?, 1)", [(one, one) for one in range(1, 100_001)])
    db.close()

    assert 20 > steps_of(spool, spool.plan) + steps_of(spool, spool.lag)
    assert 100_000 == spool.last_batch() == spool.lag().last_seq
    spool.close()


def test_the_plan_under_way_is_found_behind_many_that_are_written(tmp_path: Path) -> None:
    """The newest plan is handed out again until it is written."""
    spool = Spool(tmp_path / "spool.sqlite3", key=KEY, limit=1_000_000_000)
    with sqlite3.connect(tmp_path / "spool.sqlite3") as db:
        db.executemany("INSERT INTO plans (first, last, written) VALUES (?, ?, 1)", [(one, one) for one in range(1, 1_001)])
        db.execute("INSERT INTO plans (first, last) VALUES (1001, 1005)")
    db.close()

    assert Plan(batch=1001, first=1001, last=1005) == spool.plan()
    spool.written(Plan(batch=1001, first=1001, last=1005), [], rejected=0)
    assert spool.plan() is None
    spool.close()
