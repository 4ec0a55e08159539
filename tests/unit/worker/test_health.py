"""The worker watches what may be missing: not in its first minutes, then every minute."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert, AlertState
from hemostat.kernel import ExerciseClock, Home, log
from hemostat.lake import health
from hemostat.lake.life import canaries, canary_sent
from hemostat.lake.spool import Spool
from hemostat.worker.loop import Worker
from unit.lake.test_watch import counted, steady

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def at(home: Home, moment: datetime) -> None:
    """The clock of the home stands here."""
    ExerciseClock(home.path / "clock.json").set(moment, factor=0)


def test_a_silence_is_an_alert_after_the_sources_had_time_to_speak(
    home: Home, spool: Spool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker that starts after a pause waits ten minutes; then it tells the silence, once, and later its end."""
    log.configure("worker")
    counted(spool, steady(NOON))
    at(home, NOON + timedelta(hours=5))
    worker = Worker(home)
    for minutes in (9, 10, 11):
        at(home, NOON + timedelta(hours=5, minutes=minutes))
        assert worker.health() is False
        assert (minutes >= 10) == Alert.objects.exists()
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [("ALR-0001", "edge", "silence")] == [(line["alert"], line["source"], line["reason"]) for line in told]

    counted(spool, [steady(NOON + timedelta(hours=5, minutes=15))[0]])
    at(home, NOON + timedelta(hours=5, minutes=20))
    worker.health()
    assert "over" in Alert.objects.get().group
    worker.close()


def test_canaries_that_are_switched_off_are_missed_no_more(worker: Worker, home: Home) -> None:
    """The one that was on its way then will never come."""
    canary_sent(home, source="edge", token="a" * 32, now=NOON)
    at(home, NOON)
    worker.health()
    assert {"edge"} == set(canaries(home))
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, intake=msgspec.structs.replace(settings.intake, canary_minutes=0)))
    worker.health()
    assert {} == canaries(home)


def test_a_loss_that_nothing_ends_ends_with_its_alert(worker: Worker, home: Home) -> None:
    """Rows that were removed before they were read never come; a person settles that, and the list of gaps follows."""
    for kind, detail in (("sequence", "rows 4 to 9"), ("refused", "access")):
        health.gap_opened(home, source="edge", kind=kind, detail=detail, since=NOON, now=NOON)
    worker.health()
    Alert.objects.update(state=AlertState.DISMISSED)
    worker.health()
    assert ["refused"] == [gap.kind for gap in health.gaps(home, only_open=True)]
