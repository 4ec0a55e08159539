"""What each person sees of an incident, and that nobody else sees it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from hemostat.incidents.models import Duty, Incident, Step
from hemostat.incidents.record import incident_record
from hemostat.incidents.selectors import (
    duty_for,
    evidence_for,
    incident_for,
    incidents_open,
    incidents_seen,
    notes_seen,
    room,
    step_for,
    timeline,
)
from hemostat.incidents.services import (
    discovery_report,
    evidence_seal,
    exposure_record,
    incident_close,
    note_add,
    path_probe,
    scope_record,
)
from hemostat.incidents.targets import Targets
from hemostat.incidents.vocabulary import PathState, StepState
from hemostat.kernel import NotFound
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import RIGHTS, Right, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("is_exercise", [True, False])
def test_who_may_enter(incident: Incident, person: People, role: Role, is_exercise: bool) -> None:  # noqa: FBT001  # a state
    """Who may see incidents enters; who runs drills enters those of drills; a wrong number gets the very same answer."""
    Incident.objects.update(is_exercise=is_exercise)
    somebody = person(role)

    if Right.SEE in RIGHTS[role] or (is_exercise and role is Role.TRAINING_LEAD):
        assert incident == incident_for(somebody, incident.ref)
        assert [incident] == list(incidents_seen(somebody)) == list(incidents_open(somebody))
    else:
        with pytest.raises(NotFound) as hidden:
            incident_for(somebody, incident.ref)
        with pytest.raises(NotFound) as wrong:
            incident_for(somebody, "INC-0999")
        assert str(hidden.value).replace("INC-0001", "") == str(wrong.value).replace("INC-0999", "")
        assert [] == list(incidents_seen(somebody))


def test_a_right_that_is_asked_for_is_not_lent_by_an_exercise(incident: Incident, person: People) -> None:
    """A training lead looks into a drill and does not contain in it."""
    with pytest.raises(NotFound):
        incident_for(person(Role.TRAINING_LEAD), incident.ref, need=Right.CONTAIN)


def test_parts_are_reached_through_the_same_gate(incident: Incident, person: People, now: datetime) -> None:
    """Steps, evidence and duties have the gate of their incident, and wrong names the same answer."""
    engineer, admin = person(Role.ENGINEER), person(Role.ADMIN)
    evidence_seal(incident=incident, item="edge-log", content=b"x", how="by hand", by=engineer, now=now)
    scope_record(incident=incident, by=engineer, now=now, people={"US-CA": 1}, unknown=0, query="q", query_sha256="0")
    duty = Duty.objects.first()
    assert duty is not None

    assert "seal-logs" == step_for(engineer, incident.ref, "seal-logs", need=Right.PRESERVE).slug
    assert "edge-log" == evidence_for(engineer, incident.ref, "edge-log").item
    assert duty == duty_for(engineer, incident.ref, duty.pk)
    for attempt in (
        lambda: step_for(engineer, incident.ref, "dance", need=Right.SEE),
        lambda: step_for(admin, incident.ref, "seal-logs", need=Right.SEE),
        lambda: evidence_for(engineer, incident.ref, "nothing"),
        lambda: duty_for(engineer, incident.ref, 0),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_privileged_notes_are_for_counsel_and_those_whom_counsel_named(incident: Incident, person: People, now: datetime) -> None:
    """Everybody else sees neither the words nor that there is such a note: not on the page, in the timeline, or in an export."""
    counsel, named = person(Role.COUNSEL), person(Role.COMMANDER)
    note_add(incident=incident, by=person(Role.ENGINEER), now=now, text="plain words")
    note_add(incident=incident, by=counsel, now=now, text="waive nothing", privileged=True, named=[named])

    for somebody, count in ((counsel, 2), (named, 2), (person(Role.AUDITOR), 1), (person(Role.COMPLIANCE), 1)):
        assert count == notes_seen(somebody, incident).count()
        seen = room(incident, person=somebody, now=now)
        assert count == len(seen.notes) == sum(moment.what == "note:add" for moment in timeline(incident, person=somebody))
        record = incident_record(incident=incident, by=somebody, now=now)
        assert count == len(record["notes"])
        assert ("waive nothing" in str(record)) == (count == 2)
        assert count == sum(entry["act"] == LedgerAct.NOTE_ADD for entry in record["ledger"])


def test_the_room_of_a_fresh_incident(incident: Incident, person: People, now: datetime) -> None:
    """Three lanes with the next act of each, an open meter, missing evidence with what waits for it, no clocks yet."""
    seen = room(incident, person=person(Role.ENGINEER), now=now + timedelta(minutes=5))

    assert ["Engineering", "Compliance", "Counsel"] == [lane.title for lane in seen.lanes]
    engineering, compliance, counsel = seen.lanes
    assert engineering.next_task is not None
    assert counsel.next_task is not None
    assert ("seal-logs", True) == (engineering.next_task.slug, engineering.next_task.may_act)
    assert compliance.next_task is None
    assert ("discovery-day", False) == (counsel.next_task.slug, counsel.next_task.may_act)
    block = engineering.tasks[1]
    assert ["Seal edge and app logs", "edge-log", "app-log"] == block.waits_for
    assert (300.0, 300.0) == (seen.seconds_open, engineering.next_task.seconds_open)
    assert (PathState.UNKNOWN, 0, "block-direct-host") == (
        seen.meter.path_state, seen.meter.people, seen.meter.next_act.slug if seen.meter.next_act else "",
    )  # fmt: skip
    ledger = next(item for item in seen.evidence if item.name == "token-ledger")
    assert (None, "Ledger of care tokens", "Seal the token ledger", ["Rotate the token key"]) == (
        ledger.evidence, ledger.title, ledger.sealed_by_step, ledger.needed_by,
    )  # fmt: skip
    assert [] == seen.clocks == seen.decisions


def test_the_timeline_has_both_clocks(incident: Incident, person: People, now: datetime) -> None:
    """What happened, when it was learned of, when it was written down: the latest first, each act with its ledger entry."""
    discovery_report(incident=incident, by="mailbox", at=now - timedelta(minutes=8), how="ticket 5521", now=now)
    told = timeline(incident, person=person(Role.AUDITOR))

    assert [moment.at for moment in told] == sorted((moment.at for moment in told), reverse=True)
    first = told[-1]
    assert ("event:first", now - timedelta(minutes=10), now - timedelta(minutes=6)) == (first.what, first.at, first.learned_at)
    report = next(moment for moment in told if moment.kind == "report")
    assert ("mailbox", {"how": "ticket 5521"}) == (report.who, report.detail)
    acts = {moment.what for moment in told if moment.ledger}
    assert {LedgerAct.ALERT_ACKNOWLEDGE, LedgerAct.INCIDENT_OPEN, LedgerAct.DISCOVERY_REPORT} <= acts
    assert all(moment.recorded_at.tzinfo for moment in told)


def test_the_meter_counts_people_by_the_given_count_or_the_stored_points(
    incident: Incident, person: People, now: datetime
) -> None:
    """A live count wins; else the highest stored point; else the recorded scope; the curve starts at the first event."""
    engineer = person(Role.ENGINEER)
    scope_record(incident=incident, by=engineer, now=now, people={"US-CA": 5}, unknown=1, query="q", query_sha256="0")
    incident.refresh_from_db()
    assert 6 == room(incident, person=engineer, now=now).meter.people
    for minute, people in ((1, 40), (2, 90), (2, 95)):
        exposure_record(incident=incident, at=now + timedelta(minutes=minute), people=people)

    meter = room(incident, person=engineer, now=now).meter

    assert (95, [0, 40, 95]) == (meter.people, [point.people for point in meter.points])
    assert now - timedelta(minutes=10) == meter.points[0].at
    assert ["alert", "acknowledged"] == [mark.label for mark in meter.marks]
    assert 1124 == room(incident, person=engineer, now=now, count=lambda: 1124).meter.people


def test_a_closed_path_needs_no_next_act(
    incident: Incident, person: People, now: datetime, targets: Targets, consoles: object
) -> None:
    """When every probe says closed, the meter shows it with its moment, path by path."""
    consoles.release, consoles.token_key = "2.13", 1  # type: ignore[attr-defined]
    path_probe(incident=incident, now=now, targets=targets)
    incident.refresh_from_db()

    meter = room(incident, person=person(Role.ENGINEER), now=now).meter

    assert (PathState.CLOSED, now, None) == (meter.path_state, meter.path_checked_at, meter.next_act)
    assert {"unsigned call", "foreign customer", "old care token"} == {
        path.name for path in meter.paths if path.state == "closed"
    }
    assert "contained" == meter.marks[-1].label


@pytest.mark.parametrize(("days", "urgency"), [(-1, "late"), (0, "near"), (7, "near"), (8, "near"), (9, "ok")])
def test_clocks_say_how_many_days_are_left(incident: Incident, person: People, now: datetime, days: int, urgency: str) -> None:
    """The earliest limit first; late, near or well; met when sent; open without a number; lifted ones apart."""
    scope_record(
        incident=incident, by=person(Role.ENGINEER), now=now, people={"US-CA": 600}, unknown=0, query="q", query_sha256="0"
    )
    one = Duty.objects.filter(due__isnull=False).order_by("due", "pk").first()
    assert one is not None
    assert one.due is not None
    Duty.objects.exclude(pk=one.pk).filter(due__isnull=False).update(due=one.due + timedelta(days=30))
    noon = datetime.combine(one.due - timedelta(days=days), now.timetz()).replace(hour=17)

    clocks = room(incident, person=person(Role.COUNSEL), now=noon).clocks

    assert (one, days, urgency) == (clocks[0].duty, clocks[0].days_left, clocks[0].urgency)
    assert ("open", None) == (clocks[-1].urgency, clocks[-1].days_left)
    Duty.objects.filter(pk=one.pk).update(state="sent")
    assert "met" == next(c for c in room(incident, person=person(Role.COUNSEL), now=noon).clocks if c.duty == one).urgency
    Duty.objects.filter(pk=one.pk).update(owed=False)
    assert [one] == room(incident, person=person(Role.COUNSEL), now=noon).lifted


def test_the_second_person_sees_that_they_are_asked(incident: Incident, person: People, now: datetime) -> None:
    """Who asked may not confirm; somebody else with the right may; who confirmed may not run it."""
    engineer, commander, other = person(Role.ENGINEER), person(Role.COMMANDER), person(Role.ENGINEER, username="other")
    rotate = Step.objects.filter(slug="rotate-token-key")
    rotate.update(state=StepState.AWAITING_SECOND, requested_by=engineer)

    def task(who: Person) -> tuple[bool, bool]:
        tasks = room(incident, person=who, now=now).lanes[0].tasks
        return next((t.may_second, t.may_act) for t in tasks if t.slug == "rotate-token-key")

    assert [(False, False), (True, False), (False, False)] == [task(engineer), task(commander), task(person(Role.COUNSEL))]
    rotate.update(state=StepState.READY, second_by=other)
    assert [(False, True), (False, False)] == [task(engineer), task(other)]


def test_sealed_evidence_is_shown_with_its_custody_and_done_steps_with_their_people(
    incident: Incident, person: People, now: datetime
) -> None:
    """Items that the playbook does not name appear too; a closed incident shows how long it was open."""
    evidence_seal(
        incident=incident, item="phone-call", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now, title="Call"
    )
    Step.objects.filter(slug="seal-logs").update(state=StepState.DONE, done_by=person(Role.ENGINEER), done_at=now)
    incident_close(incident=incident, by=person(Role.COMMANDER), now=now + timedelta(hours=1), outcome="exercise")
    incident.refresh_from_db()

    seen = room(incident, person=person(Role.AUDITOR), now=now + timedelta(days=9))

    call = next(item for item in seen.evidence if item.name == "phone-call")
    assert ("Call", "", ["collected"]) == (call.title, call.sealed_by_step, [link.act for link in call.custody])
    assert (3600.0, 1, "Engineer") == (seen.seconds_open, seen.lanes[0].done, seen.lanes[0].tasks[0].done_by)
    assert [] == list(incidents_open(person(Role.AUDITOR)))


def test_the_record_holds_everything_and_is_itself_on_record(incident: Incident, person: People, now: datetime) -> None:
    """Steps, evidence, duties and the ledger, with moments in UTC; taking it out is an act."""
    evidence_seal(incident=incident, item="edge-log", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now)

    record = incident_record(incident=incident, by=person(Role.AUDITOR), now=now)

    assert ("INC-0001", "commander", ["ALR-0001"]) == tuple(record["incident"][key] for key in ("ref", "commander", "alerts"))
    assert "2026-03-10T14:10:00.000000Z" == record["incident"]["opened_at"]
    assert 21 == len(record["steps"])
    assert "collected" == record["evidence"][0]["custody"][0]["act"]
    assert LedgerAct.INCIDENT_EXPORT == record["ledger"][-1]["act"]
    assert entries(incident.ref).filter(act=LedgerAct.INCIDENT_EXPORT).exists()
