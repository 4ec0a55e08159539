"""The lake once more, batch by batch, as it was written, whatever was merged since and whatever is merged meanwhile."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from hemostat.kernel import Home
from hemostat.lake import compaction
from hemostat.lake.compaction import Sweeper, compact
from hemostat.lake.reader import DamagedLake, read
from hemostat.lake.replay import Batch, Replay
from hemostat.lake.spool import Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, row

Told = list[tuple[int, list[str]]]
EARLY, LATE = NOON - timedelta(days=30), NOON + timedelta(days=30)


def replay(home: Home, spool: Spool, since: datetime = EARLY, until: datetime = LATE) -> Replay:
    """The batches with events of the period, with three columns."""
    return Replay(home, spool, since=since, until=until, columns=["time", "subject", "query_keys"])


def told(found: Iterator[Batch | None]) -> Told:
    """The batches by number, each with the ids of its events in their order."""
    return [(batch.number, batch.rows["event_id"].to_pylist()) for batch in found if batch]


def as_detected(home: Home, spool: Spool) -> Told:
    """What detection reads batch by batch, which it does before anything is merged."""
    by_batch: dict[int, list[Any]] = {}
    for part in spool.parts():
        by_batch.setdefault(part.batch, []).append(part)
    return [(number, read(home, parts, columns=["event_id"])["event_id"].to_pylist()) for number, parts in by_batch.items()]


def messy(random: Random) -> list[dict[str, Any]]:
    """Some rows of several sources and days, some of them late, some at the same moment."""
    return [
        row(
            source=random.choice(["app", "edge", "b c"]),
            time=NOON + timedelta(minutes=random.randrange(-2000, 2000)),
            subject=f"person_{random.randrange(5)}",
        )
        for _ in range(random.randrange(1, 12))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_merged_batches_are_taken_apart_as_they_were(
    home: Home, spool: Spool, put: Put, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Each batch has the rows that detection saw, in that order, with all columns asked for, once."""
    random = Random(seed)  # noqa: S311  # what happens to be written, no secret
    for _ in range(40):
        put(messy(random))
    before, files = as_detected(home, spool), len(spool.parts())
    count = sum(len(ids) for _, ids in before)
    plain = replay(home, spool)
    assert before == told(iter(plain))
    assert (count, count) == (plain.rows, plain.passed)

    monkeypatch.setattr(compaction, "TOGETHER", 5)
    for last in (20, 30, 35):
        compact(home, spool, last_batch=last, over="2026-03-03" if last == 35 else "")
    assert len(spool.parts()) < files

    merged = replay(home, spool)
    batches = [batch for batch in merged if batch]
    assert before == told(iter(batches))
    assert not any(batch.unsure for batch in batches)
    assert {("event_id", "query_keys", "subject", "time")} == {tuple(batch.rows.column_names) for batch in batches}
    assert (count, count) == (merged.rows, merged.passed)


def test_only_the_batches_of_the_period_and_those_between_come(home: Home, spool: Spool, put: Put) -> None:
    """What was written before the first or after the last batch with such events does not come, even out of the same file."""
    for minute in range(30):
        put([row(time=NOON + timedelta(minutes=minute))])
    compact(home, spool, last_batch=20)
    compact(home, spool, last_batch=24)
    first, last = NOON + timedelta(minutes=26), NOON + timedelta(minutes=28)

    assert [27, 28] == [number for number, _ in told(iter(replay(home, spool, first, last)))]
    assert [] == told(iter(replay(home, spool, LATE, LATE + timedelta(days=1))))


def forgotten(home: Home, before: int) -> None:
    """The plans before this batch are forgotten, as they are after ninety days."""
    db = sqlite3.connect(home.spool)
    with db:
        db.execute("DELETE FROM plans WHERE batch < ?", (before,))
    db.close()


@pytest.mark.parametrize("before", [5, 17, 21, 999])
def test_rows_whose_batch_was_forgotten_come_together_once(home: Home, spool: Spool, put: Put, before: int) -> None:
    """They are told apart from the others by their number, and nothing is lost or doubled."""
    for minute in range(30):
        put([row(time=NOON + timedelta(minutes=minute), source=source) for source in ("app", "edge")])
    compact(home, spool, last_batch=20)
    compact(home, spool, last_batch=20)
    expected = sorted(name for _, ids in as_detected(home, spool) for name in ids)
    forgotten(home, before)

    batches = [batch for batch in replay(home, spool) if batch]

    assert expected == sorted(name for _, ids in told(iter(batches)) for name in ids)
    assert [batch.number for batch in batches] == sorted({batch.number for batch in batches})
    assert 2 * min(before - 1, 20) == sum(batch.unsure for batch in batches)


def test_files_that_are_merged_meanwhile_are_looked_up_again(home: Home, spool: Spool, put: Put) -> None:
    """The worker merges and sweeps while somebody reads; every batch still comes once, as it was."""
    for minute in range(40):
        put([row(time=NOON + timedelta(minutes=minute), source=source) for source in ("app", "edge")])
    before, found, sweeper = as_detected(home, spool), [], Sweeper(home, spool)
    running = iter(replay(home, spool))
    for batch in running:
        found += [batch] if batch else []
        if len(found) in {3, 20} and batch:
            compact(home, spool, last_batch=32)
            compact(home, spool, last_batch=32)
            assert [0, 1] == [min(1, sweeper.sweep()) for _ in range(2)] or len(found) == 20

    assert before == told(iter(found))


def test_a_damaged_file_is_named(home: Home, spool: Spool, put: Put) -> None:
    """A file that the manifest names and that is not what was written ends the replay, with its path."""
    parts: Sequence[Any] = [part for minute in range(3) for part in put([row(time=NOON + timedelta(minutes=minute))])]
    (home.lake / parts[1].path).write_bytes(b"short")
    found = replay(home, spool)

    with pytest.raises(DamagedLake, match="batch-000000000002"):
        told(iter(found))
