"""The worker looks at the legal clocks each minute, by the clock of its home."""

import json
from datetime import UTC, date, datetime

import msgspec
import pytest

from hemostat.incidents.models import ClockAlarm, Duty, Incident
from hemostat.kernel import ExerciseClock, Home, Paging, log
from hemostat.people.models import Person
from hemostat.worker.loop import Worker
from unit.oncall.receiver import Receiver

pytestmark = pytest.mark.django_db
OPENED = datetime(2026, 3, 10, 14, tzinfo=UTC)


@pytest.fixture
def duty() -> Duty:
    """A duty of 60 days in an open incident."""
    commander = Person.objects.create(username="ada")
    incident = Incident.objects.create(
        ref="INC-0001", title="x", severity=1, commander=commander, opened_at=OPENED, opened_by="ada", recorded_at=OPENED,
        discovered_at=OPENED, discovered_how="alert", is_exercise=True,
    )  # fmt: skip
    return Duty.objects.create(
        incident=incident, duty="HIPAA-IND", jurisdiction="US", regime="hipaa", recipient="individuals", recipient_name="x",
        obligor="entity", due=date(2026, 5, 9), trigger_on=date(2026, 3, 10), citation="x", computed_at=OPENED,
    )  # fmt: skip


def test_a_point_of_the_story_is_told_by_the_clock_of_the_story(
    worker: Worker, home: Home, duty: Duty, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a drill the minutes of the machine say nothing about its days; a turn with nothing to tell says nothing."""
    log.configure("worker")
    for at in (datetime(2026, 4, 8, 12, tzinfo=UTC), datetime(2026, 4, 9, 12, tzinfo=UTC), datetime(2026, 4, 9, 13, tzinfo=UTC)):
        ExerciseClock(home.path / "clock.json").set(at, factor=0)
        assert worker.alarms() is False

    (alarm,) = ClockAlarm.objects.all()
    assert (duty, "warn", datetime(2026, 4, 9, 12, tzinfo=UTC)) == (alarm.duty, alarm.point, alarm.at)
    (line,) = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert ("worker.alarms", 1) == (line["event"], line["count"])


def test_a_channel_that_hangs_does_not_hold_up_the_round(worker: Worker, home: Home, duty: Duty) -> None:
    """The turn is over while the service still holds its page, so detection goes on; what came of the page is told later."""
    settings = msgspec.structs.replace(home.settings(), kind="production", paging=Paging(channels=["slow"]))
    home.write(settings)
    for file in (home.path / "keys").glob("*.json"):
        file.write_bytes(file.read_bytes().replace(b'"sandbox"', b'"production"'))
    receiver = Receiver()
    receiver.hangs = True
    home.keyring(settings).put("paging.slow", [receiver.address.encode()])
    ClockAlarm.objects.create(
        duty=duty, point="warn", limit_at=datetime(2026, 5, 10, 3, 59, 59, tzinfo=UTC), at=OPENED, recorded_at=OPENED
    )
    try:
        assert worker.alarms() is False
        assert receiver.asked.acquire(timeout=20)
        receiver.hangs = False
        for step in (worker.drain, worker.detect, worker.pages, worker.alarms):
            assert step() is False
        assert [] == receiver.bodies  # it holds the first page, and got no second one
    finally:
        receiver.close()
    assert [] == ClockAlarm.objects.get(point="warn").told


def test_it_is_one_of_the_chores(worker: Worker) -> None:
    """It comes round by itself."""
    assert {"alarms", "pages"} <= {chore.__dict__["_name"] for chore in worker.chores()}
