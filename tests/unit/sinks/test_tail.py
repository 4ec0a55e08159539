"""The lake is read in the order in which events became known, whatever files they lie in meanwhile."""

import itertools
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.kernel import Home, Settings
from hemostat.lake.compaction import compact
from hemostat.lake.reader import DamagedLake
from hemostat.lake.spool import Spool
from hemostat.sinks.base import position_of
from hemostat.sinks.only import Only
from hemostat.sinks.tail import Place, Tail
from unit.lake.made import NOON
from unit.sinks.made import filled, put


def walk(tail: Tail, place: Place = Place(), *, most: int = 7, upto: int | None = None) -> tuple[list[str], Place]:  # noqa: B008  # frozen
    """All events from a place on, window by window."""
    seen: list[str] = []
    while (window := tail.after(place, most=most, upto=upto)).looked_at:
        assert len(window.records) <= most
        seen += [record.event_id for record in window.records]
        place = window.place
    return seen, window.place


def test_events_come_in_the_order_of_their_ids(home: Home, spool: Spool) -> None:
    """Also those of one batch that lie in files of several days and sources, sorted by time."""
    rows: list[dict[str, Any]] = [
        {"time": NOON - timedelta(days=index % 3, minutes=index), "source": f"s{index % 2}"} for index in range(20)
    ]
    ids = put(home, spool, rows) + put(home, spool, rows)

    seen, _ = walk(Tail(home, spool, Only()))

    assert ids == seen


def test_the_order_is_by_number_and_not_by_text() -> None:
    """A message of more than 99,999 records has ids whose texts sort otherwise."""
    assert position_of("000000000001-99999") < position_of("000000000001-100000") < position_of("000000000002-00000")


def test_compaction_in_between_neither_skips_nor_repeats(home: Home, spool: Spool) -> None:
    """The merged file carries the newest batch's number, and half of it was sent already."""
    tail = Tail(home, spool, Only())
    ids = filled(home, spool, batches=20, each=5)
    first = tail.after(Place(), most=33)

    assert compact(home, spool, last_batch=20)
    ids += filled(home, spool, batches=2, each=5)
    rest, _ = walk(tail, first.place)

    assert ids == [record.event_id for record in first.records] + rest


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["write", "compact", "read", "again"]), min_size=4, max_size=25), most=st.integers(1, 40))
def test_whatever_is_written_merged_and_read_when(tmp_path_factory: pytest.TempPathFactory, steps: list[str], most: int) -> None:
    """Each event comes once, in order; a reader that is made anew goes on from its place."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.create(Settings(kind="sandbox"))
    spool = Spool(home.spool, key=b"0" * 32, limit=100_000_000)
    tail, place, ids, seen = Tail(home, spool, Only()), Place(), [], []
    for step in [*steps, "read"]:
        match step:
            case "write":
                ids += filled(home, spool, batches=8, each=3)
            case "compact":
                compact(home, spool, last_batch=spool.last_batch())
            case "again":
                tail = Tail(home, spool, Only())
            case _:
                window = tail.after(place, most=most)
                seen += [record.event_id for record in window.records]
                place = window.place
    rest, _ = walk(tail, place, most=50)
    spool.close()

    assert ids == seen + rest


def test_done_batches_are_not_looked_at_again(home: Home, spool: Spool) -> None:
    """The place says up to which batch everything is done, so that a year of files is not listed each second."""
    filled(home, spool, batches=3, each=2)
    tail = Tail(home, spool, Only())

    _, place = walk(tail)

    assert 3 == place.batch
    assert 0 == tail.behind(place)
    filled(home, spool, batches=1, each=4)
    assert 4 == tail.behind(place)
    assert 10 == tail.behind(Place())


def test_a_bound_holds_back_later_events(home: Home, spool: Spool) -> None:
    """A repetition ends where the sink was when somebody asked for it."""
    ids = filled(home, spool, batches=4, each=3)

    seen, _ = walk(Tail(home, spool, Only()), upto=position_of(ids[4]))

    assert ids[:5] == seen


def test_a_period_holds_only_its_events(home: Home, spool: Spool) -> None:
    """From its beginning on, before its end."""
    ids = put(home, spool, [{"time": NOON + timedelta(minutes=minute)} for minute in range(6)])
    tail = Tail(home, spool, Only(), since=NOON + timedelta(minutes=2), until=NOON + timedelta(minutes=4))

    seen, _ = walk(tail)

    assert ids[2:4] == seen


@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        (Only(), {0, 1, 2, 3, 4, 5}),
        (Only(surfaces=["checkout"]), {1}),  # type: ignore[list-item]  # words are what the settings hold
        (Only(stores=["other"]), {2}),
        (Only(environments=["staging"]), {3}),  # type: ignore[list-item]  # same
        (Only(acts=["export:run", "customer:read"]), {4}),  # type: ignore[list-item]  # same
        (Only(sources=["edge"], phi=True), {0, 1, 2, 3, 4}),
        (Only(min_severity=3), {5}),
        (Only(phi=True), {0, 1, 2, 3, 4}),
        (Only(surfaces=["checkout"], stores=["other"]), set()),  # type: ignore[list-item]  # same
    ],
)
def test_each_filter_lets_through_what_fits(home: Home, spool: Spool, only: Only, wanted: set[int]) -> None:
    """All conditions must hold; one that is empty stands for everything."""
    changes: list[dict[str, Any]] = [
        {},
        {"surface": "checkout"},
        {"store": "other"},
        {"environment": "staging"},
        {"act": "export:run"},
        {"severity": 3, "elements": [], "phi": []},
    ]
    ids = put(home, spool, changes)

    seen, place = walk(Tail(home, spool, only), most=2)

    assert [ids[index] for index in sorted(wanted)] == seen
    assert position_of(ids[-1]) == place.position


def test_a_damaged_file_is_told_and_nothing_is_skipped(home: Home, spool: Spool) -> None:
    """Missing, shortened or changed: the error names the file and the way out."""
    for damage in (
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.write_bytes(path.read_bytes()[:4] + bytes(path.stat().st_size - 700) + path.read_bytes()[-696:]),
    ):
        filled(home, spool, batches=1, each=3)
        part = spool.parts()[-1]
        path = home.lake / part.path
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(DamagedLake, match="batch-"):
            walk(Tail(home, spool, Only()))
        path.write_bytes(whole)


def test_ids_that_cannot_be_read_are_damage(home: Home, spool: Spool) -> None:
    """The file opens, and its pages hold something else: it is named like any other damaged file."""
    filled(home, spool, batches=1, each=3)
    path = home.lake / spool.parts()[0].path
    content = path.read_bytes()
    start = pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset
    path.write_bytes(content[:start] + b"\xff" * 40 + content[start + 40 :])

    with pytest.raises(DamagedLake, match="was changed"):
        walk(Tail(home, spool, Only()))


def test_files_from_before_a_column_existed_are_read(home: Home, spool: Spool) -> None:
    """The column's values are missing, and a filter takes such a row for informational."""
    filled(home, spool, batches=1, each=2)
    part = spool.parts()[0]
    path = home.lake / part.path
    old = pq.read_table(path, partitioning=None).drop_columns(["severity", "skew_ms"])
    pq.write_table(old, path)
    spool._db.execute("UPDATE parts SET size = ?", (path.stat().st_size,))  # the manifest of that time

    seen, _ = walk(Tail(home, spool, Only()))

    assert 2 == len(seen)
    assert [] == walk(Tail(home, spool, Only(min_severity=2)))[0]


def test_many_files_are_not_all_remembered(home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded, whatever the lake holds."""
    monkeypatch.setattr("hemostat.sinks.tail._REMEMBERED", 6)  # positions
    monkeypatch.setattr("hemostat.sinks.tail._AHEAD", 4)
    ids = filled(home, spool, batches=12, each=2)
    tail = Tail(home, spool, Only())

    seen, _ = walk(tail, most=3)

    assert ids == seen
    assert len(tail._known) <= 3


def test_a_window_opens_no_file_that_comes_later(home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backlog of a day is not read to send its first thousand events."""
    monkeypatch.setattr("hemostat.sinks.tail._AHEAD", 10)
    filled(home, spool, batches=30, each=4)
    tail = Tail(home, spool, Only())

    tail.after(Place(), most=10)

    assert len(tail._known) <= 5
    assert list(itertools.islice(tail._known, 1))


def test_files_are_read_once_for_several_windows_and_then_held_no_longer(
    home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read ahead is handed out in order, while files are merged; a sink that has everything holds nothing."""
    monkeypatch.setattr("hemostat.sinks.tail._AHEAD", 20)
    ids = filled(home, spool, batches=16, each=4)
    tail = Tail(home, spool, Only())
    first = tail.after(Place(), most=5)
    held = len(tail._ahead.looked_at)
    compact(home, spool, last_batch=spool.last_batch())
    seen, _ = walk(tail, most=5, place=first.place)

    assert (5, 20) == (len(first.records), held)
    assert ids == [record.event_id for record in first.records] + seen
    assert 0 == len(tail._ahead.looked_at)
