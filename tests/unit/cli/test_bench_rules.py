"""`hemostat bench rules` and `arrow` measure what they promise. No figure of speed is asserted: machines are shared."""

from pathlib import Path

import msgspec
import pytest

from hemostat.cli import bench_rules_made as making
from hemostat.cli.bench_arrow import arrow
from hemostat.cli.bench_rules import rules
from hemostat.detect import load


def test_both_find_every_planted_event() -> None:
    """Whatever the letters of the planted texts, ours and plain SQL over NOCASE find the same, and all of it."""
    figures = rules(3_000, rounds=1)

    assert (figures["events"], figures["rules"], figures["planted"]) == (3_000, 100, 1_000)
    assert figures["planted that are found"] == figures["planted that plain SQL finds"] == 1_000
    assert figures["matches"] >= 1_000
    assert figures["rules with other matches than plain SQL"] == 0
    assert figures["rules without keywords"] == 90
    assert min(figures[f"times plain SQL over NOCASE{which}"] for which in ("", ", without keywords")) > 0


def test_made_rules_are_rules(tmp_path: Path) -> None:
    """All of them load, each in its turn has another shape, and they are the same for the same seed."""
    some = making.rules(20, seed=3)
    (tmp_path / "some.json.yml").write_text("\n---\n".join(msgspec.json.encode(making.document(one)).decode() for one in some))

    loaded = load(tmp_path)

    assert loaded.faults == ()
    assert [one.title for one in loaded.rules] == [one.name for one in some]
    assert making.rules(20, seed=3) == some
    assert len({tuple(sorted(map(str, one.detection))) for one in some[:10]}) >= 4


def test_planted_events_stand_among_ordinary_ones() -> None:
    """Each has a place of its own, says what its rule looks for, in letters of any case, and leaves the other events alone."""
    some = making.rules(10, seed=3)
    leaks = making.planted(some, events=500, each=2, seed=3)
    plain, made = making.columns(500, [], seed=3), making.columns(500, leaks, seed=3)

    assert len({one.place for one in leaks}) == len(leaks) == 20
    for place in range(500):
        changed = {name for name in making.FIELDS if plain[name][place] != made[name][place]}
        allowed = {name for one in leaks if one.place == place for name in one.event}
        assert changed <= allowed
    assert any(text.lower() != text for one in leaks for text in one.event.values() if isinstance(text, str))
    assert msgspec.json.decode(next(making.lines(made))).keys() == set(making.FIELDS)


@pytest.mark.slow
def test_json_becomes_rows_beside_duckdb() -> None:
    """Every event is a row for each of the three ways, of both sources, and each ratio is told with its goal."""
    figures = arrow(400, rounds=1)

    for source in ("app", "edge"):
        assert figures[f"{source}: events"] >= 400
        assert figures[f"{source}: share of the goal of 0.25 times"] == pytest.approx(4 * figures[f"{source}: times DuckDB"])
        assert figures[f"{source}: times DuckDB, without the scan"] > 0
