"""What comes out of the lake is what the manifest names, whole, or an error that says where."""

from datetime import timedelta

import pytest

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.reader import DamagedLake, intact, read
from hemostat.lake.spool import Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, row


def test_rows_come_back_as_they_were_written(put: Put, home: Home, spool: Spool) -> None:
    """A row has the same values and the same types after the lake as before."""
    put([row(phi=["EMAIL"], message="text")])

    table = read(home, spool.parts())

    assert table.schema == SCHEMA
    assert [row(phi=["EMAIL"], message="text") | {"event_id": "000000000001-00000"}] == table.to_pylist()


def test_the_two_clocks_are_kept(put: Put, home: Home, spool: Spool) -> None:
    """When it happened and when we learnt of it are two columns, in UTC, with the zone of the source beside them."""
    put([row(time=NOON, learnt=NOON + timedelta(days=3), offset_minutes=-300)])

    (one,) = read(home, spool.parts(), columns=["time", "learnt", "offset_minutes"]).to_pylist()

    assert {"time": NOON, "learnt": NOON + timedelta(days=3), "offset_minutes": -300} == one


def test_only_asked_columns_are_read(put: Put, home: Home, spool: Spool) -> None:
    """A reader that needs two columns gets two columns."""
    put([row()])

    assert ["time", "subject"] == read(home, spool.parts(), columns=["time", "subject"]).column_names


def test_nothing_is_read_from_an_empty_lake(home: Home) -> None:
    """No parts are no rows, in the schema of the lake."""
    assert (0, SCHEMA) == (read(home, []).num_rows, read(home, []).schema)


def test_orphans_are_not_read(put: Put, home: Home, spool: Spool) -> None:
    """A file that the manifest does not name does not exist, whatever it holds."""
    (part,) = put([row()])
    path = home.lake / part.path
    path.with_name("batch-000000000099.parquet").write_bytes(path.read_bytes())

    assert 1 == read(home, spool.parts()).num_rows


@pytest.mark.parametrize("keep", [0, 1, 100])
def test_a_file_cut_short_is_named(put: Put, home: Home, keep: int) -> None:
    """The error names the file and the way out, and no row of it is shown."""
    (part,) = put([row()])
    path = home.lake / part.path
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(DamagedLake, match=f"{part.path} has {keep} bytes") as caught:
        read(home, [part])

    assert "hemostat lake repair" in caught.value.advice()


def test_a_missing_file_is_named(put: Put, home: Home) -> None:
    """A deleted file is an error, not an absence of events."""
    (part,) = put([row()])
    (home.lake / part.path).unlink()

    with pytest.raises(DamagedLake, match=f"{part.path} is missing"):
        read(home, [part])


def test_a_file_of_the_right_length_with_wrong_bytes_is_named(put: Put, home: Home) -> None:
    """Bytes that are no Parquet any more are told as damage of that file."""
    (part,) = put([row()])
    (home.lake / part.path).write_bytes(b"x" * part.size)

    with pytest.raises(DamagedLake, match="was changed after it was written"):
        read(home, [part])
    with pytest.raises(DamagedLake, match="was changed after it was written"):
        intact(home, [part])


def test_whole_files_are_intact(put: Put, home: Home, spool: Spool) -> None:
    """When every file is what was written there is nothing to say."""
    put([row()])
    put([row(subject="person_b")])

    intact(home, spool.parts())
