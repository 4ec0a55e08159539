"""Findings become alerts: once, joined while they are open, together with how far detection has come."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from hemostat.alerts import services
from hemostat.alerts.models import Alert, AlertState, DetectCursor
from hemostat.alerts.selectors import alerts_open, last_detected_batch
from hemostat.alerts.services import alert_acknowledge, alert_dismiss, alerts_close, alerts_raise, alerts_take
from hemostat.detect import Finding
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person

pytestmark = pytest.mark.django_db

Make = Callable[..., Finding]


def test_a_finding_raises_an_alert(finding: Make, now: datetime) -> None:
    """The alert carries what the finding says, a reference, both times, and an entry in the ledger."""
    (alert,) = alerts_raise(findings=[finding()], batch=7, now=now)

    assert ("ALR-0001", AlertState.NEW, True) == (alert.ref, alert.state, alert.is_open)
    assert ("rule", "high", {"ip": "ip_a"}, 20, 3, ["e1", "e2"]) == (
        alert.rule,
        alert.level,
        alert.group,
        alert.events,
        alert.people,
        alert.event_ids,
    )
    assert (now, now - timedelta(minutes=5)) == (alert.raised_at, alert.first_event_at)
    assert alert.recorded_at is not None
    assert "ALR-0001 A rule" == str(alert)
    assert 7 == last_detected_batch()
    assert "batch 7" == str(DetectCursor.objects.get())
    (entry,) = entries("ALR-0001")
    assert (LedgerAct.ALERT_RAISE, "detect", now, 20) == (entry.act, entry.actor, entry.at, entry.payload["events"])


@pytest.mark.parametrize("state", [AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.INCIDENT])
def test_a_further_finding_joins_an_open_alert(finding: Make, now: datetime, state: str) -> None:
    """Counts grow, times widen, the first ids and the reason stay; neither a reference nor an entry of the ledger is added."""
    (alert,) = alerts_raise(findings=[finding()], batch=1, now=now)
    Alert.objects.update(state=state)
    more = finding(at=1, events=5, people=2, event_ids=("e2", "e3"), summary="5 more")

    (joined,) = alerts_raise(findings=[more, finding(at=9, events=1, people=9)], batch=2, now=now + timedelta(minutes=1))

    joined.refresh_from_db()
    assert (alert.pk, state, 26, 9, ["e1", "e2", "e3"]) == (
        joined.pk,
        joined.state,
        joined.events,
        joined.people,
        joined.event_ids,
    )
    assert (now - timedelta(minutes=9), now - timedelta(minutes=1), now) == (
        joined.first_event_at,
        joined.last_event_at,
        joined.raised_at,
    )
    assert "20 events" == joined.summary
    assert 1 == entries().count()


def test_ids_are_kept_up_to_fifty(finding: Make, now: datetime) -> None:
    """The first fifty events stay; the rest is in the lake."""
    alerts_raise(findings=[finding(event_ids=tuple(f"a{n}" for n in range(40)))], batch=1, now=now)
    (alert,) = alerts_raise(findings=[finding(event_ids=tuple(f"b{n}" for n in range(40)))], batch=2, now=now)

    assert [*(f"a{n}" for n in range(40)), *(f"b{n}" for n in range(10))] == alert.event_ids


def test_a_settled_alert_is_not_woken(finding: Make, now: datetime, person: Callable[[str], Person]) -> None:
    """After a dismissal, or after the end of its incident, the same finding raises a new alert."""
    engineer = person("engineer")
    (first,) = alerts_raise(findings=[finding()], batch=1, now=now)
    alert_dismiss(alert=first, by=engineer, now=now, outcome="test", note="Our own probe.")
    (second,) = alerts_raise(findings=[finding()], batch=2, now=now)
    alerts_take(alerts=[second], by=engineer, now=now)
    alerts_close(alerts=[second])
    (third,) = alerts_raise(findings=[finding()], batch=3, now=now)

    assert ["ALR-0001", "ALR-0002", "ALR-0003"] == [first.ref, second.ref, third.ref]
    assert ["ALR-0003"] == [alert.ref for alert in alerts_open()]


def test_other_keys_raise_other_alerts(finding: Make, now: datetime) -> None:
    """One alert for each key, in the order of the findings; the newest is listed first."""
    raised = alerts_raise(findings=[finding("a"), finding("b"), finding("a", events=1)], batch=1, now=now)

    assert [("a", 21), ("b", 20)] == [(alert.key, alert.events) for alert in raised]
    assert ["b", "a"] == [alert.key for alert in alerts_open()]


def test_a_batch_counts_once(finding: Make, now: datetime) -> None:
    """A worker that repeats a batch after a crash changes nothing."""
    alerts_raise(findings=[finding()], batch=3, now=now)

    assert [] == alerts_raise(findings=[finding()], batch=3, now=now)
    assert [] == alerts_raise(findings=[finding("other")], batch=2, now=now)
    assert (20, 1, 3) == (Alert.objects.get().events, entries().count(), last_detected_batch())


def test_a_batch_without_findings_moves_the_cursor(now: datetime) -> None:
    """Nothing found is a result as well."""
    assert 0 == last_detected_batch()
    assert [] == alerts_raise(findings=[], batch=4, now=now)
    assert 4 == last_detected_batch()


def test_a_crash_between_alerts_and_cursor_leaves_neither(finding: Make, now: datetime) -> None:
    """Alerts, ledger and cursor are one transaction: the batch can be taken again, whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER crash BEFORE UPDATE ON alerts_detectcursor WHEN NEW.batch = 5 BEGIN SELECT RAISE(ABORT, 'power'); END"
        )

    with pytest.raises(IntegrityError, match="power"):
        alerts_raise(findings=[finding()], batch=5, now=now)
    assert (0, 0, 0) == (Alert.objects.count(), entries().count(), last_detected_batch())

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER crash")
    (alert,) = alerts_raise(findings=[finding()], batch=5, now=now)
    assert ("ALR-0001", 5) == (alert.ref, last_detected_batch())


def test_references_go_on_after_a_gap(finding: Make, now: datetime) -> None:
    """A reference is one more than the last one, whatever is missing between, also beyond four digits."""
    (alert,) = alerts_raise(findings=[finding("a")], batch=1, now=now)
    Alert.objects.filter(pk=alert.pk).update(ref="ALR-9999")

    assert ["ALR-10000"] == [alert.ref for alert in alerts_raise(findings=[finding("b")], batch=2, now=now)]


def test_the_database_refuses_two_open_alerts_of_one_key(finding: Make, now: datetime) -> None:
    """Even a mistake elsewhere cannot open a second alert for the same thing."""
    (alert,) = alerts_raise(findings=[finding()], batch=1, now=now)
    alert.pk, alert.ref = None, "ALR-0002"

    with pytest.raises(IntegrityError), transaction.atomic():
        alert.save(force_insert=True)


def test_the_first_acknowledgment_counts(finding: Make, now: datetime, person: Callable[[str], Person]) -> None:
    """Who acknowledges first stands on the alert; a second one changes nothing."""
    (alert,) = alerts_raise(findings=[finding()], batch=1, now=now)
    engineer, compliance = person("engineer"), person("compliance")

    first = alert_acknowledge(alert=alert, by=engineer, now=now)
    second = alert_acknowledge(alert=alert, by=compliance, now=now + timedelta(minutes=1))

    assert (AlertState.ACKNOWLEDGED, engineer, now) == (first.state, second.acknowledged_by, second.acknowledged_at)
    assert [LedgerAct.ALERT_RAISE, LedgerAct.ALERT_ACKNOWLEDGE] == [entry.act for entry in entries("ALR-0001")]


def test_the_room_keeps_its_services_in_one_transaction_each() -> None:
    """Each public service is atomic."""
    for name in ("alerts_raise", "alert_acknowledge", "alert_dismiss", "alerts_take", "alerts_close"):
        assert hasattr(getattr(services, name), "__wrapped__"), name
