"""From alerts to an incident, through its record, to its close."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hemostat.alerts.models import Alert, AlertState
from hemostat.incidents import models
from hemostat.incidents.models import Duty, Incident, Step
from hemostat.incidents.services import (
    decision_record,
    discovery_report,
    exposure_record,
    hand_over,
    incident_close,
    incident_open,
    note_add,
    scope_record,
)
from hemostat.incidents.vocabulary import IncidentState, PathState, StepState
from hemostat.kernel import BadInput
from hemostat.people.ledger import LedgerAct, chain_verify, entries
from hemostat.people.models import Person
from hemostat.people.rights import Refused, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
People = Callable[..., Person]


def acts(subject: str) -> list[str]:
    """The words of the ledger about a subject, in order."""
    return [entry.act for entry in entries(subject)]


def test_an_incident_opens_with_steps_commander_and_discovery(incident: Incident, now: datetime) -> None:
    """Discovery is the earliest alert; the steps that need nothing are ready; the alert belongs to the incident."""
    alert = incident.alerts.get()

    assert ("INC-0001", "Sequential ids", 1, True) == (incident.ref, incident.title, incident.severity, incident.is_exercise)
    assert (now - timedelta(minutes=6), "alert ALR-0001") == (incident.discovered_at, incident.discovered_how)
    assert (AlertState.INCIDENT, now) == (alert.state, alert.acknowledged_at)
    assert ["diagnosis", "email", "medication", "name", "shoe_size"] == incident.elements
    ready = set(Step.objects.filter(state=StepState.READY).values_list("slug", flat=True))
    assert {
        "seal-logs", "seal-release", "seal-route-config", "seal-token-ledger", "seal-report",
        "discovery-day", "shopify-notice", "open-privilege",
    } == ready  # fmt: skip
    assert 8 == acts("INC-0001").count(LedgerAct.STEP_READY)
    assert LedgerAct.INCIDENT_OPEN == acts("INC-0001")[0]
    assert all("credit" not in option for step in Step.objects.all() for option in step.options)


def test_several_alerts_make_one_incident_and_the_earliest_is_the_discovery(
    person: People, alert: Callable[..., Alert], now: datetime
) -> None:
    """The title is that of the earliest alert unless one is given; a second incident takes the next number."""
    commander = person(Role.COMMANDER)
    late, early = alert(1), alert(2, title="First sign", raised_at=now - timedelta(hours=1))

    first = incident_open(alerts=[late, early], by=commander, now=now, severity=2, commander=commander)
    second = incident_open(
        alerts=[alert(3)], by=commander, now=now, severity=4, commander=commander, title="Call 555-867-5309 \x07"
    )

    assert ("First sign", now - timedelta(hours=1)) == (first.title, first.discovered_at)
    assert "INC-0002" == second.ref
    assert "867-5309" not in second.title
    assert "\x07" not in second.title


def test_a_rule_without_playbook_opens_an_incident_without_steps(
    person: People, alert: Callable[..., Alert], now: datetime
) -> None:
    """Rules that others wrote need no playbook of ours."""
    commander = person(Role.COMMANDER)

    opened = incident_open(alerts=[alert(playbook="their-own")], by=commander, now=now, severity=3, commander=commander)

    assert ("", 0) == (opened.playbook, opened.steps.count())


@pytest.mark.parametrize("severity", [0, 5, -1])
def test_an_unfit_incident_is_refused(person: People, alert: Callable[..., Alert], now: datetime, severity: int) -> None:
    """No alert, a severity outside the scale, and an alert that has its incident are refused, and nothing is kept."""
    commander, found = person(Role.COMMANDER), alert()
    for alerts, wrong in (([], 1), ([found], severity)):
        with pytest.raises(BadInput):
            incident_open(alerts=alerts, by=commander, now=now, severity=wrong, commander=commander)
    assert not Incident.objects.exists()

    incident_open(alerts=[found], by=commander, now=now, severity=1, commander=commander)

    with pytest.raises(BadInput, match="belongs to INC-0001, opened by commander"):
        incident_open(alerts=[found], by=commander, now=now, severity=1, commander=commander)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_an_incident(person: People, alert: Callable[..., Alert], now: datetime, role: Role) -> None:
    """Whoever triages alerts opens incidents; the others are refused on the same alert."""
    found, by = alert(), person(role)

    if role in {Role.ENGINEER, Role.COMPLIANCE, Role.COUNSEL, Role.COMMANDER}:
        assert incident_open(alerts=[found], by=by, now=now, severity=1, commander=person(Role.COMMANDER)).pk
    else:
        with pytest.raises(Refused):
            incident_open(alerts=[found], by=by, now=now, severity=1, commander=person(Role.COMMANDER))


def test_only_a_commander_commands(person: People, alert: Callable[..., Alert], now: datetime) -> None:
    """An incident is not opened under somebody who may not command it."""
    with pytest.raises(Refused):
        incident_open(alerts=[alert()], by=person(Role.ENGINEER), now=now, severity=1, commander=person(Role.ENGINEER))


def test_an_earlier_report_moves_the_discovery_and_a_later_one_does_not(
    incident: Incident, person: People, now: datetime
) -> None:
    """Somebody's word counts from when it was given; the clocks then count from there."""
    scope_record(
        incident=incident, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 600}, unknown=0, query="q", query_sha256="0" * 64
    )
    before = Duty.objects.get(duty__startswith="CA-IND", incident=incident).due

    discovery_report(incident=incident, by="mailbox", at=now - timedelta(minutes=1), how="ticket 5522", now=now)
    incident.refresh_from_db()
    assert "alert ALR-0001" == incident.discovered_how
    discovery_report(incident=incident, by=person(Role.COMPLIANCE), at=now - timedelta(days=1), how="ticket 5521", now=now)

    incident.refresh_from_db()
    assert (now - timedelta(days=1), "ticket 5521") == (incident.discovered_at, incident.discovered_how)
    after = Duty.objects.get(duty__startswith="CA-IND", incident=incident).due
    assert before is not None
    assert after is not None
    assert timedelta(days=1) == before - after
    with pytest.raises(BadInput, match="six years"):
        discovery_report(incident=incident, by="mailbox", at=datetime(1, 1, 1, tzinfo=UTC), how="x", now=now)
    with pytest.raises(BadInput, match="future"):
        discovery_report(incident=incident, by="mailbox", at=now + timedelta(hours=1), how="x", now=now)
    with pytest.raises(Refused):
        discovery_report(incident=incident, by=person(Role.AUDITOR), at=now, how="x", now=now)


def test_decisions_add_up_and_keep_their_facts(incident: Incident, person: People, now: datetime) -> None:
    """A second answer to a question is a second entry; patient data in the words is masked."""
    for choice in ("wait", "notify"):
        decision_record(
            incident=incident, by=person(Role.COUNSEL), now=now, question="Notify?", choice=choice,
            rationale="asked by jane.roe@example.com", facts=["ALR-0001"],
        )  # fmt: skip

    assert ["wait", "notify"] == list(incident.decisions.values_list("choice", flat=True))
    assert all("jane.roe" not in decision.rationale for decision in incident.decisions.all())
    assert 2 == acts("INC-0001").count(LedgerAct.DECISION_RECORD)
    with pytest.raises(BadInput, match="names what was chosen"):
        decision_record(incident=incident, by=person(Role.COUNSEL), now=now, question="?", choice=" ", rationale="", facts=[])


def test_notes_are_written_by_those_who_may(incident: Incident, person: People, now: datetime) -> None:
    """An engineer writes a note; only counsel writes a privileged one, and its words never reach the ledger."""
    note_add(incident=incident, by=person(Role.ENGINEER), now=now, text="SSN 219-09-9999 seen in a ticket")
    with pytest.raises(Refused):
        note_add(incident=incident, by=person(Role.ENGINEER), now=now, text="advice", privileged=True)
    note_add(
        incident=incident, by=person(Role.COUNSEL), now=now, text="the advice", privileged=True, named=[person(Role.COMMANDER)]
    )
    with pytest.raises(BadInput):
        note_add(incident=incident, by=person(Role.ENGINEER), now=now, text="  ")

    assert "219-09-9999" not in incident.notes.order_by("pk").first().text  # type: ignore[union-attr]
    assert all("advice" not in str(entry.payload) for entry in entries())


@pytest.mark.parametrize(("people", "unknown"), [({"US-CA": -1}, 0), ({}, -1)])
def test_a_negative_count_is_refused(
    incident: Incident, person: People, now: datetime, people: dict[str, int], unknown: int
) -> None:
    """People are counted from zero up."""
    with pytest.raises(BadInput, match="not negative"):
        scope_record(
            incident=incident, by=person(Role.COMPLIANCE), now=now, people=people, unknown=unknown, query="q", query_sha256="0"
        )
    with pytest.raises(BadInput, match="not negative"):
        exposure_record(incident=incident, at=now, people=-1)


def test_command_is_handed_from_one_commander_to_another(incident: Incident, person: People, now: datetime) -> None:
    """Only who may command hands over, and only to somebody who may."""
    first, second = person(Role.COMMANDER), person(Role.COMMANDER, username="second")
    for by, to in ((person(Role.ENGINEER), second), (first, person(Role.ENGINEER))):
        with pytest.raises(Refused):
            hand_over(incident=incident, by=by, to=to, now=now)
    with pytest.raises(BadInput, match="already commands"):
        hand_over(incident=incident, by=first, to=first, now=now)

    assert second == hand_over(incident=incident, by=first, to=second, now=now).commander


def test_an_incident_closes_when_the_path_is_closed_and_nothing_is_owed(
    incident: Incident, person: People, now: datetime
) -> None:
    """A breach is not closed over an open path or an unmet duty; then its alerts are closed and it changes no more."""
    commander = person(Role.COMMANDER)
    with pytest.raises(BadInput, match="Not an outcome"):
        incident_close(incident=incident, by=commander, now=now, outcome="boredom")
    with pytest.raises(BadInput, match="path of INC-0001 is unknown"):
        incident_close(incident=incident, by=commander, now=now, outcome="breach")
    Incident.objects.update(path_state=PathState.CLOSED)
    scope_record(
        incident=incident, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 3}, unknown=1, query="q", query_sha256="0"
    )
    with pytest.raises(BadInput, match="still owes"):
        incident_close(incident=incident, by=commander, now=now, outcome="breach")
    with pytest.raises(Refused):
        incident_close(incident=incident, by=person(Role.COUNSEL), now=now, outcome="exercise")
    Duty.objects.update(state="sent")

    closed = incident_close(incident=incident, by=commander, now=now, outcome="breach")

    assert (IncidentState.CLOSED, now, "breach") == (closed.state, closed.closed_at, closed.outcome)
    assert AlertState.CLOSED == incident.alerts.get().state
    with pytest.raises(BadInput, match="was closed"):
        note_add(incident=incident, by=person(Role.ENGINEER), now=now, text="one more")
    assert chain_verify().seq


def test_a_false_alarm_closes_at_once(incident: Incident, person: People, now: datetime) -> None:
    """Nothing leaked, so nothing needs to be closed or sent."""
    assert "false_alarm" == incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="false_alarm").outcome


def test_a_real_incident_is_no_exercise(incident: Incident, person: People, now: datetime) -> None:
    """Outside an exercise the word does not lift what has to be done before the close."""
    Incident.objects.update(is_exercise=False)

    with pytest.raises(BadInput, match="is not an exercise"):
        incident_close(incident=incident, by=person(Role.COMMANDER), now=now, outcome="exercise")


@pytest.mark.parametrize("change", [{"severity": 5}, {"state": "closed"}, {"ref": "INC-0001"}])
def test_the_tables_hold_what_they_can(incident: Incident, change: dict[str, Any]) -> None:
    """A severity outside the scale, a close without a moment and a second row of one number are refused by the database."""
    fields = {f.attname: getattr(incident, f.attname) for f in Incident._meta.concrete_fields if not f.primary_key}

    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(**(fields | {"ref": "INC-0009"} | change))


def test_rows_say_what_they_are(incident: Incident) -> None:
    """The short text of each row names it and shows nothing else."""
    assert "INC-0001" == str(incident)
    number = incident.pk
    rows = [
        (models.Step(incident=incident, slug="seal-logs"), f"{number} seal-logs"),
        (models.Evidence(incident=incident, item="edge-log"), f"{number} edge-log"),
        (models.Custody(evidence_id=7, act="opened"), "7 opened"),
        (models.Duty(incident=incident, duty="CA-IND"), f"{number} CA-IND"),
        (models.Decision(incident=incident, choice="no"), f"{number} no"),
        (models.Note(incident=incident, pk=3), f"{number} note 3"),
        (models.Report(incident=incident, how="ticket"), f"{number} ticket"),
        (models.Exposure(incident=incident, people=9), f"{number} 9"),
    ]
    assert [text for _, text in rows] == [str(row) for row, _ in rows]
