"""Rows become files by day and source, the same rows always the same bytes."""

import hashlib
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake import writer
from hemostat.lake.reader import read
from unit.lake.conftest import Put
from unit.lake.made import NOON, row


def _table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([{"event_id": f"{index:018d}"} | one for index, one in enumerate(rows)], schema=SCHEMA)


def test_rows_are_split_by_day_and_source(put: Put, home: Home) -> None:
    """A file holds the events of one day and one source, and its name says so."""
    day = timedelta(days=1)

    parts = put([row(), row(source="app"), row(time=NOON + day), row(time=NOON - day, source="app")])

    assert [
        "day=2026-03-01/source=app/batch-000000000001.parquet",
        "day=2026-03-02/source=app/batch-000000000001.parquet",
        "day=2026-03-02/source=edge/batch-000000000001.parquet",
        "day=2026-03-03/source=edge/batch-000000000001.parquet",
    ] == [part.path for part in parts]
    assert all((home.lake / part.path).exists() for part in parts)


def test_a_part_describes_its_file(put: Put, home: Home) -> None:
    """Size, hash, count and span in the manifest are those of the file."""
    (part,) = put([row(time=NOON + timedelta(hours=2)), row(), row(time=NOON + timedelta(hours=1))])

    content = (home.lake / part.path).read_bytes()

    assert (len(content), hashlib.sha256(content).hexdigest()) == (part.size, part.sha256)
    assert (3, NOON, NOON + timedelta(hours=2)) == (part.rows, part.first_time, part.last_time)


def test_a_file_is_sorted_by_time(put: Put, home: Home) -> None:
    """Events that arrived out of order lie in order."""
    parts = put([row(time=NOON + timedelta(seconds=n)) for n in (5, 1, 3, 2, 4)])

    assert [1, 2, 3, 4, 5] == [time.second for time in read(home, parts)["time"].to_pylist()]


def test_events_before_1970_lie_in_their_own_day(put: Put) -> None:
    """A day begins at midnight also where moments count backwards."""
    parts = put([row(time=NOON.replace(year=1969, month=12, day=31, hour=23))])

    assert ["1969-12-31"] == [part.day for part in parts]


def test_the_name_of_a_source_cannot_leave_the_lake(put: Put, home: Home) -> None:
    """A source with slashes or dots in its name stays one folder within the lake."""
    (part,) = put([row(source="../../x/y")])

    assert "day=2026-03-02/source=..%2F..%2Fx%2Fy/batch-000000000001.parquet" == part.path
    assert (home.lake / part.path).resolve().is_relative_to(home.lake)
    assert ["../../x/y"] == read(home, [part])["source"].to_pylist()


def test_other_engines_see_plain_columns(put: Put, home: Home) -> None:
    """No Arrow schema hides in the file, so that every engine reads strings as strings."""
    (part,) = put([row()])

    file = pq.ParquetFile(home.lake / part.path)

    assert "ARROW:schema" not in {key.decode() for key in file.metadata.metadata or {}}
    assert SCHEMA.names == file.schema_arrow.names
    assert "ZSTD" == file.metadata.row_group(0).column(0).compression


def test_no_rows_make_no_file(home: Home) -> None:
    """An empty batch writes nothing."""
    assert [] == writer.write(home.lake, batch=1, table=SCHEMA.empty_table())
    assert [] == list(home.lake.iterdir())


def test_a_draft_of_a_killed_run_is_written_over(home: Home) -> None:
    """Half a file from a run that was killed neither stays nor disturbs."""
    path = home.lake / "day=2026-03-02/source=edge/batch-000000000001.parquet"
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}.draft").write_bytes(b"half")

    writer.write(home.lake, batch=1, table=_table([row()]))

    assert [path.name] == [file.name for file in path.parent.iterdir()]


@given(st.permutations([row(time=NOON + timedelta(hours=hour), source=source) for hour in (0, 9, 18) for source in ("a", "b")]))
def test_the_order_of_arrival_does_not_show(rows: list[dict[str, object]]) -> None:
    """Rows in any order give the same days, sources, counts and spans."""
    parts = [part for part, _ in writer.parts_of(batch=1, table=_table(rows))]

    assert [("2026-03-02", "a", 2), ("2026-03-02", "b", 2), ("2026-03-03", "a", 1), ("2026-03-03", "b", 1)] == [
        (part.day, part.source, part.rows) for part in parts
    ]


@pytest.mark.parametrize("count", [1, 1000])
def test_the_same_rows_give_the_same_bytes(count: int) -> None:
    """Written twice, a batch has the same hashes: a repetition after a crash, and a repair, change nothing."""
    table = _table([row(subject=f"person_{n}", time=NOON + timedelta(seconds=n)) for n in range(count)])

    once, again = (writer.parts_of(batch=7, table=table) for _ in range(2))

    assert [part.sha256 for part, _ in once] == [part.sha256 for part, _ in again]


@pytest.mark.parametrize("count", [126, 127, 128, 129])
def test_words_lie_in_memory_as_narrow_as_their_number_allows(count: int) -> None:
    """A column with few words takes a byte for each row, one with more takes four, and each reads as it was."""
    words = [f"/{n % count}" for n in range(3 * count)]

    held = writer.encoded("path", pa.chunked_array([words[:count], words[count:]]))

    assert (count if count <= 127 else 4 * count) * 3 == held.indices.nbytes
    assert words == held.to_pylist()
