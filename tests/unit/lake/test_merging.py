"""Parts become one file in little memory, and files of other releases lose nothing by it."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake import writer
from hemostat.lake.compaction import TOGETHER, compact
from hemostat.lake.hunt import Hunt
from hemostat.lake.manifest import replaced
from hemostat.lake.merging import in_order
from hemostat.lake.reader import DamagedLake, read
from hemostat.lake.spool import Part, Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, row

OLD = [name for name in SCHEMA.names if name not in {"operation", "app", "fields", "estimated", "skew_ms"}]
"""The columns of an earlier release."""


@pytest.fixture
def old(home: Home, spool: Spool, put: Put) -> Home:
    """A lake of which the first part was written by an earlier release, and the second by a later one."""
    for number in range(TOGETHER):
        put([row(subject=f"person_{number}", app="erp", fields=["email"])])
    first, second = spool.parts()[:2]
    _written_again(home, first, pq.ParquetFile(home.lake / first.path).read().select(OLD))
    table = pq.ParquetFile(home.lake / second.path).read()
    table = table.append_column("planet", pa.array(["mars"])).append_column("moons", pa.array([[2]]))
    _written_again(home, second, table)
    return home


def _written_again(home: Home, part: Part, table: pa.Table) -> None:
    again, content = writer.part_of(batch=part.batch, first=None, day=part.day, source=part.source, rows=table)
    writer.keep(home.lake / part.path, content)
    replaced(home, [part], again)


def test_columns_that_a_file_does_not_have_are_not_known(old: Home, spool: Spool) -> None:
    """Rows of an earlier release have no value where they had no column; what a later one added is passed over."""
    table = read(old, spool.parts())

    assert SCHEMA == table.schema
    rows = {one["subject"]: one for one in table.to_pylist()}
    assert (None, None, None, "person_0") == tuple(rows["person_0"][name] for name in ("app", "fields", "estimated", "subject"))
    assert ("erp", ["email"], False) == tuple(rows["person_1"][name] for name in ("app", "fields", "estimated"))


def test_only_new_columns_can_be_asked_of_an_old_file(old: Home, spool: Spool) -> None:
    """A reader that wants nothing which the file has still learns how many rows there are."""
    assert [{"app": None}] == read(old, spool.parts()[:1], columns=["app"]).to_pylist()


def test_questions_see_old_and_new_files_as_one(old: Home) -> None:
    """A hunt counts the events of all releases, and finds those that say what it asks for."""
    hunt = Hunt(old)

    assert [{"n": TOGETHER}] == hunt.query("SELECT count(*) AS n FROM events").to_pylist()
    assert [{"n": TOGETHER - 1}] == hunt.query("SELECT count(*) AS n FROM events WHERE app = 'erp'").to_pylist()


def test_merging_loses_nothing_of_any_release(old: Home, spool: Spool) -> None:
    """One file takes the place of old and new ones: every value is there, also in columns that are none of ours."""
    before = read(old, spool.parts()).sort_by("event_id").to_pylist()

    (part,) = compact(old, spool, last_batch=99)

    assert before == read(old, [part]).sort_by("event_id").to_pylist()
    raw = pq.ParquetFile(old.lake / part.path).read()
    assert [*SCHEMA.names, "moons", "planet"] == raw.column_names
    assert [None, "mars"] == raw.sort_by("event_id")["planet"].to_pylist()[:2]
    assert [None, [2]] == raw.sort_by("event_id")["moons"].to_pylist()[:2]
    assert pa.string() == raw.schema.field("planet").type


def test_a_column_of_a_narrower_type_is_read_as_the_wider(home: Home, spool: Spool, put: Put) -> None:
    """A counter that once had 32 bits has 64 in what is read and in what is merged."""
    (part,) = put([row(bytes=7)])
    table = pq.ParquetFile(home.lake / part.path).read()
    narrow = table.set_column(table.schema.get_field_index("bytes"), "bytes", table["bytes"].cast(pa.int32()))
    _written_again(home, part, narrow)

    tables = (read(home, spool.parts()), in_order(home, spool.parts()))

    assert [(pa.int64(), [7])] * 2 == [(table["bytes"].type, table["bytes"].to_pylist()) for table in tables]


def test_a_damaged_file_is_named(home: Home, put: Put) -> None:
    """What cannot be read is an error that names the file, and nothing is merged."""
    (part,) = put([row()])
    (home.lake / part.path).write_bytes(b"x" * part.size)

    with pytest.raises(DamagedLake, match="was changed after it was written"):
        in_order(home, [part])


ROWS = st.lists(
    st.builds(
        lambda second, agent, subject, phi, skew: row(
            time=NOON.replace(second=second), user_agent=agent, subject=subject, phi=phi, skew_ms=skew
        ),
        st.integers(0, 59),
        st.sampled_from(["a", "b", "c", None]),
        st.text("xyz", max_size=2),
        st.lists(st.sampled_from(["EMAIL", "SSN"]), max_size=2),
        st.none() | st.integers(-5, 5),
    ),
    min_size=1,
    max_size=12,
)


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    numbered = [{"event_id": f"{index:018d}"} | one for index, one in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=SCHEMA).sort_by([("time", "ascending"), ("event_id", "ascending")])


@given(ROWS, st.integers(1, 11))
def test_the_bytes_do_not_tell_how_rows_lay_in_memory(rows: list[dict[str, Any]], cut: int) -> None:
    """Whole words, words held once in any order, or pieces of both: the same rows are the same bytes."""
    table = _table(rows)
    held = {name: table[name].dictionary_encode() if name in writer.WORDS else table[name] for name in SCHEMA.names}
    pieces = pa.concat_tables([pa.table(held).slice(cut), pa.table(held).slice(0, cut)]).unify_dictionaries()

    parts = [
        writer.part_of(batch=1, first=None, day="2026-03-02", source="edge", rows=one)
        for one in (table, pieces.sort_by([("time", "ascending"), ("event_id", "ascending")]))
    ]

    assert parts[0] == parts[1]
    assert table.to_pylist() == pq.ParquetFile(pa.BufferReader(parts[0][1])).read().cast(SCHEMA).to_pylist()
