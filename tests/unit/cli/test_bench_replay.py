"""A replay tells what whole days hold and cost. Nothing is asserted about speed."""

import pytest

from hemostat.cli.bench_replay import Day, figures, replay


def _day(events: int, megabytes: float) -> Day:
    return Day(events=events, megabytes=megabytes, seconds={"rules": 2.0, "baselines": 1.0}, size=45 * events)


def test_the_last_day_is_held_against_the_one_before() -> None:
    """What the first day fills does not count; costs are those of a million events, of all days together."""
    told = figures([_day(100_000, 200.0), _day(250_000, 400.0), _day(150_000, 440.0)])

    assert 1.1 == pytest.approx(told["last day's memory, times the day's before"])
    assert 1.0 == pytest.approx(told["share of the limit of 1.1 times"])
    assert (500_000, 12.0, 6.0) == (told["events"], told["of these, rules"], told["of these, baselines"])
    assert (18.0, 45.0) == (
        told["processor seconds of a million events"],
        told["megabytes of a million events in the lake, not merged"],
    )


@pytest.mark.slow
def test_days_go_the_whole_way() -> None:
    """Every part is at work on each day, and each day has its own figures."""
    told = replay(2, volume=0.0005)

    assert 2 == told["days"]
    assert told["events"] > 30_000
    parts = [f"of these, {name}" for name in ("reading, redacting, writing", "rules", "baselines")]
    assert all(told[part] > 0 for part in parts)
    assert sum(told[part] for part in parts) == pytest.approx(told["processor seconds of a million events"])
