"""The lake that benches ask: as many events as said, of the mix, in whole files of the product's own making."""

from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hemostat.cli import bench_lake
from hemostat.cli.bench_hunt import _alike
from hemostat.cli.bench_mix import SHARES, settings
from hemostat.events import SCHEMA
from hemostat.kernel import BadInput, Home
from hemostat.lake.pipeline import Tools
from hemostat.lake.reader import read
from hemostat.lake.repair import check


def test_a_lake_is_made_of_the_mix(tmp_path: Path) -> None:
    """Each event has a number of its own and happens on its day; people come back, and strangers come each day."""
    home = Home(tmp_path / "home")
    home.create(settings())

    files = bench_lake.filled(home, events=3001, days=3, seed=4)

    with closing(Tools(home).spool()) as spool:
        assert [] == check(home, spool)
        assert {*files} == {str(home.lake / part.path) for part in spool.parts()}
        table = read(home, spool.parts())
    assert SCHEMA == table.schema
    rows = table.to_pylist()
    assert 3001 == len(rows) == len({row["event_id"] for row in rows})
    assert all(abs(count / len(rows) - SHARES[source]) < 0.01 for source, count in Counter(row["source"] for row in rows).items())
    days = [bench_lake.FIRST + number * timedelta(days=1) for number in range(3)]
    assert set(days) == {row["time"].date() for row in rows}
    of_days = [{row["subject"] for row in rows if row["subject"] and row["time"].date() == day} for day in days]
    assert of_days[0] & of_days[1]
    assert of_days[0] - of_days[1]


def test_another_answer_than_the_peers_stops_the_bench() -> None:
    """A ratio of two answers that differ would say nothing."""
    one, other = SCHEMA.empty_table(), SCHEMA.empty_table().select(["time"])

    assert 0 == _alike("a question", one, other)
    with pytest.raises(BadInput, match="another answer"):
        _alike("a question", one, one.from_pylist([{"time": None}], schema=SCHEMA))
