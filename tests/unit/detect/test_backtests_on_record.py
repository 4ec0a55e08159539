"""Back-tests that were asked for: one at a time, with progress that others see, begun anew after a kill, ended when asked."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from hemostat.detect import backtests
from hemostat.detect.backtest import Known
from hemostat.detect.backtests import (
    MOST_BEGUN,
    MOST_KEPT,
    MOST_WAITING,
    Asked,
    Running,
    backtest,
    backtest_asked,
    backtest_next,
    backtest_stop,
)
from hemostat.detect.rules import NOTHING, load
from hemostat.detect.trials import Version
from hemostat.kernel import BadInput, NotFound
from unit.detect.past import DENIED, ONE, START, Lake

NOW = START + timedelta(days=3)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A lake of nine batches, each with a denied read."""
    made = Lake(tmp_path)
    for hour in range(9):
        made.put([{"at": 60 * hour, "result": "denied"}])
    yield made
    made.close()


def asked(lake: Lake, *versions: Version, places: tuple[Path, ...] = ()) -> int:
    """Somebody asks for a back-test of these versions over a day."""
    wanted = Asked(versions=versions or (Version(text=ONE),), since=START, until=START + timedelta(days=1))
    return backtest_asked(
        lake.home, lake.spool, wanted, rules=load(*places) if places else NOTHING, masked=str.upper, by="Ada", now=NOW
    )


def begun(lake: Lake) -> Running:
    """A worker begins the oldest one, by a clock whose every look is a second later."""
    found = backtest_next(lake.home, lake.spool, rules=NOTHING, masked=str.upper, clock=count().__next__, now=NOW)
    assert found is not None
    return found


def test_one_runs_at_a_time_and_says_how_far_it_is(lake: Lake) -> None:
    """It waits, runs in turns with progress on record, and its report is kept, with what became of alerts by then."""
    assert (1, 2) == (asked(lake), asked(lake, Version(text=ONE), Version(text=ONE.replace("denied}", "success}"))))
    assert ["waiting", "waiting"] == [one.state for one in backtests.backtests(lake.home)]

    running, shares = begun(lake), []
    while running.turn():
        shares.append(backtest(lake.home, 1).share)
    running.end([Known(key=f"{DENIED.upper()}|fernhollow|production", first=START, last=START, outcome="incident")], now=NOW)

    assert sorted(shares) == shares
    assert 0 < shares[-1] < 1
    found = backtest(lake.home, 1)
    assert (("A READ WAS DENIED (own text)",), ONE.upper()) == (found.names, found.asked.versions[0].text)
    assert ONE == backtest(lake.home, 2).asked.versions[0].text
    assert ("done", 1, 1.0, NOW) == (found.state, found.begun, found.share, found.ended_at)
    assert found.report is not None
    assert (1, 9, 1) == (found.report.versions[0].alarms, found.report.rows, found.report.judged[0].incident)
    assert [2] == [begun(lake).number]
    assert "running" == backtest(lake.home, 2).state


def test_after_a_kill_it_is_begun_anew_but_not_for_ever(lake: Lake) -> None:
    """The record says how often; one that never comes to its end is given up in words."""
    asked(lake)
    for times in range(1, MOST_BEGUN + 1):
        running = begun(lake)
        assert running.turn()
        running.close()
        assert (times, "running") == (backtest(lake.home, 1).begun, backtest(lake.home, 1).state)

    assert backtest_next(lake.home, lake.spool, rules=NOTHING, masked=str.upper, clock=count().__next__, now=NOW) is None
    found = backtest(lake.home, 1)
    assert ("failed", ONE.upper()) == (found.state, found.asked.versions[0].text)
    assert "begun 3 times" in found.fault


def test_what_was_stopped_ends_without_a_report(lake: Lake) -> None:
    """Waiting or running; the worker sees it within a second and takes the next; stopping twice changes nothing."""
    asked(lake)
    asked(lake)
    running = begun(lake)
    assert running.turn()
    assert backtest_stop(lake.home, 1, by="Ada", now=NOW)
    assert not backtest_stop(lake.home, 1, by="Ben", now=NOW)
    while running.turn():
        pass
    running.end([], now=NOW + timedelta(hours=1))

    found = backtest(lake.home, 1)
    assert ONE.upper() == found.asked.versions[0].text
    assert ("stopped", "Ada", NOW, None) == (found.state, found.stopped_by, found.ended_at, found.report)
    assert backtest_stop(lake.home, 2, by="Ada", now=NOW)
    assert backtest_next(lake.home, lake.spool, rules=NOTHING, masked=str.upper, clock=count().__next__, now=NOW) is None


def test_what_cannot_be_tried_is_refused_at_once(lake: Lake, tmp_path: Path) -> None:
    """A text with a fault, an unknown id, a period without events; and a queue has an end."""
    (tmp_path / "own.yml").write_text(ONE)
    assert 1 == asked(lake, Version(rule=DENIED), places=(tmp_path / "own.yml",))
    with pytest.raises(BadInput, match="not YAML"):
        asked(lake, Version(text=ONE), Version(text="title: ["))
    with pytest.raises(NotFound, match="no rule 'nothing'"):
        asked(lake, Version(rule="nothing"), places=(tmp_path / "own.yml",))
    never = Asked(versions=(Version(text=ONE),), since=NOW + timedelta(days=99), until=NOW + timedelta(days=100))
    with pytest.raises(BadInput, match="no events"):
        backtest_asked(lake.home, lake.spool, never, rules=NOTHING, masked=str, by="Ada", now=NOW)
    for _ in range(MOST_WAITING - 1):
        asked(lake)
    with pytest.raises(BadInput, match="5 back-tests wait already"):
        asked(lake)
    with pytest.raises(NotFound, match="no back-test 77"):
        backtest(lake.home, 77)


def test_a_fault_of_the_lake_ends_it_in_words(lake: Lake) -> None:
    """A damaged file, and events that expired before its turn came."""
    asked(lake)
    asked(lake, Version(rule=DENIED, text=ONE))
    running = begun(lake)
    (lake.home.lake / lake.spool.parts()[-1].path).unlink()
    while running.turn():
        pass
    running.end([], now=NOW)
    assert "hemostat lake repair" in backtest(lake.home, 1).fault

    for part in lake.spool.parts():
        (lake.home.lake / part.path).unlink(missing_ok=True)
    running = begun(lake)
    assert not running.turn()
    running.end([], now=NOW)
    assert "failed" == backtest(lake.home, 2).state


def test_only_the_newest_results_are_kept(lake: Lake) -> None:
    """An old one goes when another ends."""
    for _ in range(MOST_KEPT + 2):
        number = asked(lake)
        backtest_stop(lake.home, number, by="Ada", now=NOW)
    asked(lake)
    running = begun(lake)
    while running.turn():
        pass
    running.end([], now=NOW)

    kept = [one.number for one in backtests.backtests(lake.home)]
    assert (MOST_KEPT + 3, 4, MOST_KEPT) == (kept[0], kept[-1], len(kept))
