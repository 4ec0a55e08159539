"""Detectors are judged by what the made-up merchant planted, and by nothing else."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hemostat.cli.bench_detectors import Alarm, alarms_of, figures
from hemostat.sandbox.merchant import Kind, Leak, Strength, Truth

NIGHT = datetime(2026, 3, 2, 3, tzinfo=UTC)


def _truth(campaign: str, kind: Kind, strength: Strength) -> Truth:
    return Truth(
        campaign=campaign,
        kind=kind,
        strength=strength,
        begins=NIGHT - timedelta(hours=1),
        exposes=NIGHT,
        ends=NIGHT + timedelta(hours=5),
        rows=9,
        people=("1", "2"),
        by_state={"US-CA": 2},
    )


def _alarm(*campaigns: str, after: timedelta, quirk: str = "") -> Alarm:
    return Alarm(key="k", rule="rule", told=NIGHT + after, campaigns=frozenset(campaigns), quirk=quirk)


def test_the_figures_are_reckoned_from_alarms_and_truth() -> None:
    """A leak's first alarm counts, one before it gave anything away as a minute; one about nothing is laid at a door."""
    truths = [
        _truth("a", Kind.INSIDER, Strength.LOUD),
        _truth("b", Kind.INSIDER, Strength.SLOW),
        _truth("c", Kind.PIXELS, Strength.SLOW),
        _truth("d", Kind.PIXELS, Strength.LOUD),
    ]
    alarms = [
        _alarm("a", after=timedelta(minutes=30)),
        _alarm("a", "b", after=timedelta(minutes=90)),
        _alarm("c", after=timedelta(hours=30)),
        _alarm("d", after=timedelta(minutes=-20)),
        _alarm(after=timedelta(0), quirk="erp-sync"),
        _alarm(after=timedelta(0)),
        msgspec.structs.replace(_alarm("f", after=timedelta(minutes=9)), is_joined=True),
    ]

    told = figures(alarms, [*truths, _truth("e", Kind.PIXELS, Strength.MEDIUM), _truth("f", Kind.VENDOR, Strength.LOUD)], days=10)

    assert (6, 2, 6, 5) == tuple(told[name] for name in ("alarms", "alarms about nothing", "leaks planted", "leaks found"))
    assert 2 / 10_400 == told["alarms about nothing, an actor and day"]
    assert "1 of 2" == told["slow leaks found within a day"]
    assert "2 of 2, median 60 min" == told["X2: found"]
    assert "2 of 3, median 900 min" == told["X3: found"]
    assert "1 of 1, median 9 min" == told["X5: found"]
    assert 1 == told["about nothing: rule (erp-sync)"] == told["about nothing: rule (ordinary)"]


@pytest.mark.slow
def test_a_loud_leak_is_found_on_the_whole_way(tmp_path: Path) -> None:
    """From bytes to alarm: somebody who reads the papers of others is found within the hour, and named by the truth."""
    leak = Leak(kind=Kind.PORTAL_PAPERS, strength=Strength.LOUD, start=NIGHT, people=150)

    with closing(alarms_of(tmp_path / "home", days=1, volume=0.002, leaks=[leak])) as alarms:
        first = next(alarm for alarm in alarms if alarm.campaigns)

    assert {leak.campaign} == first.campaigns
    assert NIGHT < first.told < NIGHT + timedelta(hours=1)
