"""Many small files become few, and nobody sees a difference but in the time that a question takes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import Home
from hemostat.lake import compaction
from hemostat.lake.compaction import TOGETHER, Sweeper, compact
from hemostat.lake.hunt import Hunt
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import LOST, DamagedLake, read
from hemostat.lake.repair import check, repair, strays
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches
from unit.lake.conftest import Put, Send
from unit.lake.made import NOON, row


def _ids(home: Home, spool: Spool) -> list[str]:
    return sorted(read(home, spool.parts(), columns=["event_id"])["event_id"].to_pylist())


@pytest.fixture
def many(home: Home, spool: Spool, send: Send) -> Home:
    """A lake of forty small batches, each with an event of two days."""
    tools = Tools(home)
    for n in range(40):
        send(*[{"time": f"2026-03-0{day}T12:00:00Z", "act": "page:read", "subject": f"{n}-{day}"} for day in (2, 1)])
        drain(home, spool, tools=tools)
    return home


def test_small_neighbors_become_one_file(many: Home, spool: Spool) -> None:
    """Eighty files of one row are two of forty, and every event is there as before."""
    before = _ids(many, spool)

    new = compact(many, spool, last_batch=40)

    assert spool.parts() == new
    assert ["2026-03-01", "2026-03-02"] == [part.day for part in new]
    assert [(40, 40)] * 2 == [(part.rows, part.batch) for part in new]
    assert before == _ids(many, spool)
    assert [{"n": 80}] == Hunt(many).query("SELECT count(*) AS n FROM events").to_pylist()
    assert [] == check(many, spool)


def test_batches_that_were_not_detected_are_left_alone(many: Home, spool: Spool) -> None:
    """Detection reads batch by batch; what it has not seen stays as it is."""
    compact(many, spool, last_batch=30)

    later = spool.parts(after_batch=30)
    assert 20 == len(later)
    assert 22 == len(spool.parts())
    assert later == [part for part in later if part.rows == 1]


def test_few_files_are_left_alone(put: Put, home: Home, spool: Spool) -> None:
    """Merging does not go on for ever: fewer than sixteen files stay."""
    for _ in range(TOGETHER - 1):
        put([row()])

    assert [] == compact(home, spool, last_batch=99)


def test_merged_files_merge_again_and_can_be_repaired(many: Home, spool: Spool, send: Send) -> None:
    """A file of merged files comes back byte for byte from the messages of all its batches."""
    tools = Tools(many)
    compact(many, spool, last_batch=40)
    for n in range(TOGETHER):
        send({"time": "2026-03-02T11:00:00Z", "act": "page:read", "subject": f"late-{n}"})
        drain(many, spool, tools=tools)
    (new,) = compact(many, spool, last_batch=99)
    assert new.path.endswith("batch-000000000001-000000000056.parquet")
    path = many.lake / new.path
    whole = path.read_bytes()
    path.write_bytes(whole[:100])

    (done,) = repair(many, spool)

    assert done.repaired
    assert whole == path.read_bytes()


def test_old_files_are_swept_up_at_the_second_sweep(many: Home, spool: Spool) -> None:
    """Who began to read before the merge can finish; then the old files go."""
    sweeper = Sweeper(many, spool)
    compact(many, spool, last_batch=40)

    assert 80 == len(strays(many, spool))
    assert (0, 80, 0) == (sweeper.sweep(), sweeper.sweep(), sweeper.sweep())
    assert [] == strays(many, spool)
    assert 80 == len(_ids(many, spool))


def test_an_interrupted_merge_leaves_the_old_files_in_force(many: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the new file and the manifest, the lake is what it was; the next merge writes the same file."""
    before = spool.parts()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(compaction, "replaced", cut)
        with pytest.raises(KeyboardInterrupt):
            compact(many, spool, last_batch=40)
    assert before == spool.parts()
    (left,) = [many.lake / path for path in strays(many, spool)]
    content = left.read_bytes()

    compact(many, spool, last_batch=40)

    assert content == left.read_bytes()
    assert 2 == len(spool.parts())


def test_a_damaged_file_is_not_merged_away(many: Home, spool: Spool) -> None:
    """A merge over a damaged file is refused, and nothing of it is lost."""
    before = spool.parts()
    (many.lake / before[0].path).write_bytes(b"short")

    with pytest.raises(DamagedLake):
        compact(many, spool, last_batch=40)

    assert before == spool.parts()


def test_what_a_person_gave_up_is_not_merged(many: Home, spool: Spool) -> None:
    """A part that is known to be lost stays in the manifest as what is missing."""
    lost = spool.parts()[0]
    (many.lake / lost.path).unlink()
    spool.purge(NOON.replace(year=2027))
    repair(many, spool, accept_loss=True)

    compact(many, spool, last_batch=40)

    assert lost in spool.parts()
    assert 79 == len(_ids(many, spool))


def test_no_file_spans_what_a_person_gave_up(many: Home, spool: Spool) -> None:
    """Around a gap two files are made, and each of them can still be written again when it is damaged."""
    gap = next(part for part in spool.parts() if (part.batch, part.day) == (20, "2026-03-02"))
    path = many.lake / gap.path
    whole = path.read_bytes()
    path.unlink()
    (many.lake / LOST).write_bytes(msgspec.json.encode([gap.path]))

    compact(many, spool, last_batch=40)

    assert [(1, 19), (20, 20), (21, 40)] == sorted(batches(part) for part in spool.parts() if part.day == gap.day)
    for part in spool.parts():
        (many.lake / part.path).unlink(missing_ok=True)
    assert [True] * 3 == [one.repaired for one in repair(many, spool)]
    path.write_bytes(whole)
    assert [gap] == [one.part for one in repair(many, spool)]
    assert 80 == len(_ids(many, spool))


def _parts(sizes: Sequence[int]) -> list[Part]:
    common: dict[str, Any] = {"source": "s", "day": "d", "size": 1, "sha256": "", "first_time": NOON, "last_time": NOON}
    return [Part(batch=n, path=f"{n}", rows=rows, **common) for n, rows in enumerate(sizes)]


@given(st.lists(st.integers(1, 60_000), max_size=80))
def test_a_run_is_of_neighbors_and_fits_into_a_file(sizes: list[int]) -> None:
    """Whatever the sizes, a run is some files in a row with no more rows than a file may have."""
    parts = _parts(sizes)

    run = compaction._run(parts, is_over=False)

    if run:
        assert compaction.AT_LEAST <= len(run)
        assert sum(part.rows for part in run) <= compaction.MOST_ROWS
        assert run == parts[run[0].batch : run[-1].batch + 1]


@given(st.lists(st.integers(1, 8_000), min_size=1, max_size=5), st.integers(0, 300))
def test_the_number_of_files_stays_small(kinds: list[int], batches: int) -> None:
    """However many batches come, of whatever sizes, most rows lie in large files and few files are small."""
    sizes: list[int] = []
    for batch in range(batches):
        sizes.append(kinds[batch % len(kinds)])
        while run := compaction._run(_parts(sizes), is_over=False):
            first, last = run[0].batch, run[-1].batch
            sizes[first : last + 1] = [sum(sizes[first : last + 1])]

    rows = sum(kinds[batch % len(kinds)] for batch in range(batches))
    assert rows == sum(sizes)
    assert len(sizes) <= 2 * TOGETHER + rows / compaction.SIZES[-1]


@given(st.lists(st.integers(1, 2_000), max_size=60))
def test_of_a_day_that_is_over_no_neighbors_are_left_that_belong_together(batches: list[int]) -> None:
    """In the end each file has more rows than neighbors of it together, and each row was written again a few times only."""
    sizes: list[int] = []
    written = 0
    for rows in batches:
        sizes.append(rows)
        while run := compaction._run(_parts(sizes), is_over=True):
            first, last = run[0].batch, run[-1].batch
            sizes[first : last + 1] = [sum(sizes[first : last + 1])]
            written += sizes[first]

    assert sum(batches) == sum(sizes)
    assert written <= sum(batches) * max(sum(batches), 1).bit_length()
    for first in range(len(sizes)):
        for last in range(first + 1, len(sizes)):
            run = sizes[first : last + 1]
            assert 2 * max(run) > sum(run)


def test_a_file_of_a_day_that_is_over_may_be_full() -> None:
    """What has no room stays as it is, and what lies around it is merged."""
    parts = _parts([150_000, 150_000, compaction.MOST_ROWS, 70, 70])

    assert parts[3:] == compaction._run(parts, is_over=True)
    assert [] == compaction._run(parts[:3], is_over=True)


def test_what_is_left_of_a_day_that_is_over_is_merged(many: Home, spool: Spool) -> None:
    """Fourteen small files, too few for one of their own, are one when their day is over; those of the other day stay."""
    before = _ids(many, spool)

    (new,) = compact(many, spool, last_batch=14, over="2026-03-02")

    assert ("2026-03-01", 14, 14) == (new.day, new.rows, new.batch)
    assert {"2026-03-01": 27, "2026-03-02": 40} == Counter(part.day for part in spool.parts())
    assert before == _ids(many, spool)
    assert [] == check(many, spool)


def test_a_lake_without_files_needs_nothing(home: Home, spool: Spool) -> None:
    """An empty lake is compact and swept."""
    assert ([], 0) == (compact(home, spool, last_batch=0), Sweeper(home, spool).sweep())
