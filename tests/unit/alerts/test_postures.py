"""A check that fell is an alert, once, and its end is on record."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hemostat.alerts.models import Alert, AlertState, Kept, Mute
from hemostat.alerts.postures import check_accept, checks_accepted, postures_raise
from hemostat.alerts.services import alert_dismiss, alerts_raise, alerts_take
from hemostat.detect import Finding
from hemostat.kernel import iso
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)


@pytest.fixture
def fell(finding: Callable[..., Finding]) -> Finding:
    """A check that fell."""
    return finding("posture-no-store|oak", rule="posture-no-store", events=0, people=0, event_ids=())


def test_a_check_that_fell_raises_one_alert(now: datetime, fell: Finding) -> None:
    """Looking again raises no other."""
    (alert,) = postures_raise(fallen=[fell], now=now)
    assert [] == postures_raise(fallen=[fell], now=now + LATER)
    assert ("posture-no-store", "high", AlertState.NEW, 0) == (alert.rule, alert.level, alert.state, alert.events)
    assert 1 == Alert.objects.count()


def test_it_ends_when_the_check_holds_again(now: datetime, fell: Finding) -> None:
    """Closed, with its end in the alert and once in the ledger; another fall is another alert."""
    (alert,) = postures_raise(fallen=[fell], now=now)
    for _ in range(2):
        postures_raise(fallen=[], now=now + LATER)

    alert.refresh_from_db()
    assert (AlertState.CLOSED, iso(now + LATER)) == (alert.state, alert.group["over"])
    assert 1 == [entry.act for entry in entries(alert.ref)].count(LedgerAct.POSTURE_CLOSE)


def test_what_a_person_settled_is_not_raised_again(now: datetime, fell: Finding, person: Callable[[str], Person]) -> None:
    """Somebody knows of it, and said why."""
    (alert,) = postures_raise(fallen=[fell], now=now)
    alert_dismiss(alert=alert, by=person("engineer"), now=now, outcome="expected_activity", note="A test of an hour.")

    assert [] == postures_raise(fallen=[fell], now=now + LATER)
    postures_raise(fallen=[], now=now + LATER)
    alert.refresh_from_db()
    assert AlertState.DISMISSED == alert.state


def test_an_incident_keeps_its_alert(now: datetime, fell: Finding, person: Callable[[str], Person]) -> None:
    """That the check holds again stands in it, and is no reason to close it."""
    (alert,) = postures_raise(fallen=[fell], now=now)
    alerts_take(alerts=[alert], by=person("engineer"), now=now)
    postures_raise(fallen=[], now=now + LATER)
    postures_raise(fallen=[], now=now + 2 * LATER)

    alert.refresh_from_db()
    assert (AlertState.INCIDENT, iso(now + LATER)) == (alert.state, alert.group["over"])
    assert 1 == [entry.act for entry in entries(alert.ref)].count(LedgerAct.POSTURE_CLOSE)


def test_alerts_of_rules_are_left_alone(now: datetime, finding: Callable[..., Finding]) -> None:
    """Only those about posture end by it."""
    (alert,) = alerts_raise(findings=[finding()], batch=1, now=now)
    postures_raise(fallen=[finding("posture-x", rule="posture-x")], now=now)
    alert.refresh_from_db()
    assert AlertState.NEW == alert.state


@pytest.fixture
def accepted(now: datetime, person: Callable[[str], Person]) -> Mute:
    """An acceptance of the check of `fell`, for a day."""
    return check_accept(
        check="no-store", store="fernhollow", surface="checkout", by=person("engineer"), now=now, until=now + timedelta(days=1),
        reason="The release of Friday mends it.",
    )  # fmt: skip


def test_what_is_accepted_alerts_when_its_time_is_over(now: datetime, finding: Callable[..., Finding], accepted: Mute) -> None:
    """Until then it is kept, and counted once, however often somebody looks."""
    one = finding("posture-no-store|oak", rule="posture-no-store", store="fernhollow", group={"surface": "checkout"}, events=0)

    assert [[], []] == [postures_raise(fallen=[one], now=now + step * LATER) for step in range(2)]
    accepted.refresh_from_db()
    assert 1 == accepted.findings == Kept.objects.filter(mute=accepted).count()
    assert {("no-store", "fernhollow", "checkout"): accepted} == checks_accepted(now + LATER)

    (alert,) = postures_raise(fallen=[one], now=now + timedelta(days=1))
    assert "posture-no-store" == alert.rule
    assert {} == checks_accepted(now + timedelta(days=1))


@pytest.mark.parametrize("other", [{"store": "oak"}, {"group": {"surface": "patient-portal"}}, {"rule": "posture-debug-off"}])
def test_another_place_is_not_accepted_with_it(
    now: datetime, finding: Callable[..., Finding], accepted: Mute, other: dict[str, Any]
) -> None:
    """Another check, store or surface alerts as ever."""
    words = {"rule": "posture-no-store", "store": "fernhollow", "group": {"surface": "checkout"}, "events": 0} | other
    assert 1 == len(postures_raise(fallen=[finding("posture-x", **words)], now=now))
    accepted.refresh_from_db()
    assert 0 == accepted.findings
