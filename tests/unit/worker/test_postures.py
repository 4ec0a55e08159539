"""The worker looks at posture in its time, on a side, and makes alerts of what fell."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.alerts.models import Alert, AlertState
from hemostat.kernel import BadSettings, ExerciseClock, Home, Posture, Probe, Settings, log
from hemostat.lake.spool import Spool
from hemostat.readiness.posture import changes, last_look, look, remember
from hemostat.sandbox.wires.care_site import CareSite, Site
from hemostat.sandbox.wires.loopback import served
from hemostat.worker.loop import Worker
from hemostat.worker.postures import Postures, period
from hemostat.worker.sides import Sides

NOON = datetime(2030, 3, 10, 12, tzinfo=UTC)


class Hand:
    """A clock, and seconds that only go up, moved by hand."""

    def __init__(self) -> None:
        self.at = NOON
        self.seconds = 0.0

    def now(self) -> datetime:
        """What the clock shows."""
        return self.at

    def tick(self) -> float:
        """Seconds since the beginning."""
        return self.seconds

    def wait(self, span: timedelta) -> None:
        """So much later."""
        self.at += span
        self.seconds += span.total_seconds()


@pytest.fixture
def hand() -> Hand:
    """Time."""
    return Hand()


def home_of(home: Home, kind: str, **posture: Any) -> Home:
    """A home of this kind with these settings of posture."""
    home.write(Settings(kind=kind, posture=Posture(**posture)))  # type: ignore[arg-type]  # a literal of two words
    for path in (home.path / "keys").glob("*.json"):
        path.write_text(path.read_text().replace("sandbox", kind))
    return home


def looks(home: Home, hand: Hand, *spans: timedelta) -> list[bool]:
    """Whether a look was taken after each of these spans, beginning with one at once."""
    postures, before, taken = Postures(home, clock=hand, tick=hand.tick), last_look(home), []
    for span in (timedelta(), *spans):
        hand.wait(span)
        assert postures.poll() is False
        after = last_look(home)
        taken.append(after != before)
        before = after
    postures.close()
    return taken


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_production_home_is_looked_at_once_a_day(home: Home, hand: Hand) -> None:
    """At once when nobody ever did, and then a day after the last look, also after a restart."""
    home_of(home, "production")
    assert [True, False, True] == looks(home, hand, DAY - HOUR, HOUR)
    hand.wait(HOUR)
    assert [False, False, True] == looks(home, hand, 22 * HOUR, HOUR)


def test_settings_that_changed_are_looked_at_at_once(home: Home, hand: Hand) -> None:
    """What somebody asks to be looked at is not left for a day."""
    hand.at = datetime(2020, 1, 1, tzinfo=UTC)  # before the settings were written
    home_of(home, "production")
    remember(home, [], now=hand.at - HOUR)
    assert [True, False] == looks(home, hand, DAY - HOUR)


def test_a_sandbox_begins_alike_each_time(home: Home, hand: Hand) -> None:
    """The first look comes after an hour of this machine, whatever its own clock shows."""
    assert [False, False, True, False, True] == looks(
        home_of(home, "sandbox"), hand, 59 * HOUR / 60, HOUR / 60, HOUR / 2, HOUR / 2
    )


def test_a_look_that_failed_is_not_put_off(home: Home, hand: Hand) -> None:
    """A wrong word in the settings is told, and the look is taken as soon as it is corrected."""
    home_of(home, "production", probes=[Probe(kind="page", surface="shop", url="https://a.example")])
    postures = Postures(home, clock=hand, tick=hand.tick)
    for _ in range(2):
        with pytest.raises(BadSettings, match="shop"):
            postures.poll()
    home.write(Settings())
    postures.poll()
    assert NOON == last_look(home)


def test_the_settings_say_how_often() -> None:
    """Minutes, or the usual; zero is never."""
    assert [DAY, HOUR, 5 * HOUR / 60] == [
        period(Posture(), is_sandbox=False), period(Posture(), is_sandbox=True), period(Posture(minutes=5), is_sandbox=True),
    ]  # fmt: skip


def test_posture_has_a_side_of_its_own_unless_it_is_switched_off(home: Home, spool: Spool) -> None:
    """A site that hangs holds up nobody else."""
    sides = Sides(home, spool)
    try:
        sides.tend(home.settings())
        assert "posture" in sides._running
        sides.tend(msgspec.structs.replace(home.settings(), posture=Posture(minutes=0)))
        assert {} == sides._running
    finally:
        sides.close()


@pytest.fixture
def site() -> Iterator[tuple[CareSite, str]]:
    """A site, and where it answers."""
    site = CareSite(Site())
    with served(site) as address:
        yield site, address


@pytest.mark.django_db
def test_what_falls_is_an_alert_until_it_holds_again(
    home: Home, worker: Worker, site: tuple[CareSite, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A route that held and answers strangers now; told once, and over when it refuses again."""
    answering, address = site
    log.configure("worker")
    probe = Probe(kind="closed", surface="patient-portal", url=f"{address}/api/closed")
    home.write(msgspec.structs.replace(home.settings(), posture=Posture(probes=[probe])))
    for day, is_open in enumerate((False, True, True, False)):
        answering.site.open = is_open
        at = NOON + timedelta(days=day)
        ExerciseClock(home.path / "clock.json").set(at, factor=0)
        remember(home, look(home, now=at), now=at)
        for _ in range(2):
            assert worker.posture() is False

    alert = Alert.objects.get()
    assert ("posture-closed-routes", "patient-portal", AlertState.CLOSED) == (alert.rule, alert.surface, alert.state)
    assert NOON + timedelta(days=1) == alert.first_event_at
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [("worker.posture_fell", alert.ref)] == [(line["event"], line["alert"]) for line in told]
    assert 3 == sum(one.check == "closed-routes" and one.key.endswith("patient-portal") for one in changes(home))
