"""Acknowledging, dismissing and taking alerts into an incident; and who may see them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from hemostat.alerts.models import Alert, AlertOutcome, AlertState
from hemostat.alerts.selectors import alert_for, alerts_open, harmless, open_since
from hemostat.alerts.services import alert_acknowledge, alert_dismiss, alerts_close, alerts_raise, alerts_take
from hemostat.detect import Finding
from hemostat.kernel import BadInput, NotFound
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Right

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(finding: Callable[..., Finding], now: datetime) -> Alert:
    """A new alert."""
    return alerts_raise(findings=[finding()], batch=1, now=now)[0]


@pytest.mark.parametrize(
    ("role", "need", "allowed"),
    [
        ("engineer", Right.SEE, True),
        ("engineer", Right.TRIAGE, True),
        ("auditor", Right.SEE, True),
        ("auditor", Right.TRIAGE, False),
        ("training_lead", Right.SEE, False),
        ("", Right.SEE, False),
    ],
)
def test_who_gets_an_alert(alert: Alert, person: Callable[[str], Person], role: str, need: Right, allowed: bool) -> None:  # noqa: FBT001  # a table
    """The gate gives the alert to those who have the right; a stranger and a wrong reference get the same words."""
    asker = person(role)
    refused = pytest.raises(NotFound, match="There is no alert")

    if allowed:
        assert alert == alert_for(asker, "ALR-0001", need=need)
    else:
        with refused:
            alert_for(asker, "ALR-0001", need=need)
    with refused:
        alert_for(asker, "ALR-0002", need=need)


@pytest.mark.parametrize("outcome", AlertOutcome.values)
def test_a_dismissal_has_a_reason_and_a_note(alert: Alert, person: Callable[[str], Person], now: datetime, outcome: str) -> None:
    """Each reason of the list settles the alert; who, when and why stand on it, and the reason in the ledger."""
    by = person("compliance")

    settled = alert_dismiss(alert=alert, by=by, now=now, outcome=outcome, note="  Seen with the team.  ")

    assert (AlertState.DISMISSED, outcome, "Seen with the team.", by, now) == (
        settled.state,
        settled.outcome,
        settled.outcome_note,
        settled.dismissed_by,
        settled.dismissed_at,
    )
    last = entries("ALR-0001").last()
    assert last is not None
    assert (LedgerAct.ALERT_DISMISS, {"outcome": outcome}) == (last.act, last.payload)
    assert [] == list(alerts_open())


@pytest.mark.parametrize(
    ("outcome", "note", "reason"),
    [("glitch", "a note", "Not a reason"), ("test", "   ", "without a note"), ("", "a note", "Not a reason")],
)
def test_a_dismissal_without_either_is_refused(
    alert: Alert, person: Callable[[str], Person], now: datetime, outcome: str, note: str, reason: str
) -> None:
    """Nothing is written."""
    with pytest.raises(BadInput, match=reason):
        alert_dismiss(alert=alert, by=person("engineer"), now=now, outcome=outcome, note=note)

    alert.refresh_from_db()
    assert (AlertState.NEW, 1) == (alert.state, entries().count())


def test_what_is_settled_stays_settled(alert: Alert, person: Callable[[str], Person], now: datetime) -> None:
    """A dismissed alert is neither acknowledged nor dismissed nor taken."""
    by = person("engineer")
    alert_dismiss(alert=alert, by=by, now=now, outcome="duplicate", note="Same as before.")

    with pytest.raises(BadInput, match="ALR-0001 is dismissed"):
        alert_acknowledge(alert=alert, by=by, now=now)
    with pytest.raises(BadInput, match="cannot be dismissed"):
        alert_dismiss(alert=alert, by=by, now=now, outcome="test", note="Again.")
    with pytest.raises(BadInput, match="ALR-0001 is dismissed"):
        alerts_take(alerts=[alert], by=by, now=now)


def test_an_incident_takes_alerts(alert: Alert, person: Callable[[str], Person], now: datetime) -> None:
    """Taking acknowledges what nobody had acknowledged; the alert is open until the incident is closed."""
    by = person("commander")

    (taken,) = alerts_take(alerts=[alert], by=by, now=now)

    assert (AlertState.INCIDENT, by, now, True) == (taken.state, taken.acknowledged_by, taken.acknowledged_at, taken.is_open)
    with pytest.raises(BadInput, match="cannot be dismissed"):
        alert_dismiss(alert=taken, by=by, now=now, outcome="test", note="No.")
    alerts_close(alerts=[taken])
    taken.refresh_from_db()
    assert (AlertState.CLOSED, False) == (taken.state, taken.is_open)


def test_taking_keeps_an_earlier_acknowledgment(alert: Alert, person: Callable[[str], Person], now: datetime) -> None:
    """Who acknowledged first still stands on the alert."""
    engineer = person("engineer")
    alert_acknowledge(alert=alert, by=engineer, now=now)

    (taken,) = alerts_take(alerts=[alert], by=person("commander"), now=now + timedelta(minutes=3))

    assert (AlertState.INCIDENT, engineer, now) == (taken.state, taken.acknowledged_by, taken.acknowledged_at)


def test_closing_leaves_other_alerts_alone(alert: Alert) -> None:
    """Only alerts of an incident are closed with it."""
    alerts_close(alerts=[alert])

    alert.refresh_from_db()
    assert AlertState.NEW == alert.state


@pytest.mark.parametrize(
    ("outcome", "normal"), [("false_positive", True), ("expected_activity", True), ("duplicate", False), ("test", False)]
)
def test_what_proved_harmless(
    finding: Callable[..., Finding],
    person: Callable[[str], Person],
    now: datetime,
    outcome: str,
    normal: bool,  # noqa: FBT001  # a table
) -> None:
    """Alerts of a kind of rule that were dismissed because what happened is normal are known as such, and no longer as open."""
    settled, still, _ = alerts_raise(
        findings=[finding(key, rule=rule) for key, rule in (("ours|a", "ours-1"), ("ours|b", "ours-2"), ("c", "other"))],
        batch=1,
        now=now,
    )
    assert {"ours|a": settled.first_event_at, "ours|b": still.first_event_at} == open_since("ours-")

    alert_dismiss(alert=settled, by=person("engineer"), now=now, outcome=outcome, note="So it is.")

    assert [still.key] == list(open_since("ours-"))
    assert ([settled] if normal else []) == harmless("ours-")
