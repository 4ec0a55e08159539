"""A sink that stops is an alert like a silent source, which ends when it flows; what it lost is in the ledger."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert, AlertState
from hemostat.kernel import ExerciseClock, Home, Sink
from hemostat.lake import health
from hemostat.people.ledger import entries
from hemostat.sinks.base import Refused, Taken
from hemostat.sinks.journal import Journal
from hemostat.sinks.tail import Place
from hemostat.worker.loop import Worker
from unit.sinks.made import records

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def looked(home: Home, worker: Worker, minutes: float) -> None:
    """The worker looks at so many minutes past noon."""
    ExerciseClock(home.path / "clock.json").set(NOON + timedelta(minutes=minutes), factor=0)
    worker.forwarding()
    worker.health()


def test_a_refused_key_is_an_alert_until_the_sink_flows(home: Home, worker: Worker) -> None:
    """Named as what it is, with the reason; the source's own watch leaves it alone."""
    home.write(msgspec.structs.replace(home.settings(), sinks={"siem": Sink(kind="splunk", url="http://127.0.0.1:9")}))
    journal = Journal(home)
    journal.failed("siem", "127.0.0.1:9: the token is disabled (code 1).", stopped=True, now=NOON)

    for minutes in (1, 30, 31):
        looked(home, worker, minutes)

    alert = Alert.objects.get()
    assert ("Forwarding stopped: siem", "high", "") == (alert.title, alert.level, alert.store)
    assert "the token is disabled" in alert.summary
    assert {"source": "sink.siem", "gap": "sink-stopped"} == alert.group
    journal.taken("siem", 0, Taken(position=1, sent=1), place=Place(position=1), time=NOON, now=NOON)
    looked(home, worker, 32)
    assert "over" in Alert.objects.get().group
    journal.close()


def test_refused_and_lost_events_are_alerts_that_end_when_a_person_settles_them(home: Home, worker: Worker) -> None:
    """Once each, and each loss stands in the ledger; what expires in the quarantine is lost and told."""
    home.write(msgspec.structs.replace(home.settings(), sinks={"siem": Sink(kind="splunk", url="http://127.0.0.1:9")}))
    journal = Journal(home)
    refused = Refused(records=tuple(records(2)), count=2, reason="Splunk: invalid data format.")
    journal.taken("siem", 0, Taken(position=1, sent=0, refused=(refused,)), place=Place(position=1), time=None, now=NOON)
    looked(home, worker, 1)
    assert ["Events refused by: siem"] == [alert.title for alert in Alert.objects.all()]

    looked(home, worker, 31 * 24 * 60)
    looked(home, worker, 31 * 24 * 60 + 1)

    assert ["Events refused by: siem", "Events lost to: siem"] == [alert.title for alert in Alert.objects.order_by("pk")]
    assert "over" in Alert.objects.order_by("pk")[0].group
    assert [] == journal.kept("siem")
    (entry,) = entries("sink.siem")
    assert ("sink:lose", "quarantine", 2) == (entry.act, entry.payload["why"], entry.payload["events"])
    Alert.objects.update(state=AlertState.DISMISSED)
    looked(home, worker, 31 * 24 * 60 + 2)
    looked(home, worker, 31 * 24 * 60 + 3)
    assert [] == health.gaps(home, only_open=True)
    assert 2 == Alert.objects.count()
    journal.close()
