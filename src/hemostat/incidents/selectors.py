"""What can be read about incidents, behind the one gate."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from hemostat.kernel import NotFound
from hemostat.people.models import Person
from hemostat.people.rights import Right

from .clock_view import Change, Clock, changes_by_clock, clocks_seen
from .exposure import Point, exposure_points
from .models import Assessment, ClockAlarm, Duty, Evidence, Incident, LegalEvent, Note, Report, Step
from .room import Item, LaneView, Meter, Moment, Room, Task, room_of, timeline_of
from .vocabulary import IncidentState

__all__ = [
    "Change",
    "Clock",
    "Item",
    "LaneView",
    "Meter",
    "Moment",
    "Point",
    "Room",
    "Task",
    "alarm_for",
    "assessment_for",
    "clock_changes",
    "clock_of",
    "clocks_of",
    "duty_for",
    "event_for",
    "evidence_for",
    "exposure_points",
    "incident_for",
    "incidents_open",
    "incidents_seen",
    "notes_seen",
    "report_for",
    "room",
    "step_for",
    "timeline",
]

Found = TypeVar("Found", bound=Model)


def incident_for(person: Person, ref: str, *, need: Right = Right.SEE) -> Incident:
    """The incident, if `person` may have it for `need`.

    Who runs drills may see the incidents of exercises. Raises `NotFound` for a stranger and for a wrong reference alike: that an
    incident exists is itself a secret.
    """
    incident = Incident.objects.select_related("commander").filter(ref=ref).first()
    if incident is None or not _may(person, incident, need):
        raise NotFound(f"There is no incident {ref[:16]!r} for you.", advice="Check the reference, or ask the commander.")
    return incident


def incidents_here() -> QuerySet[Incident]:
    """All incidents of this home, the oldest first, for the product's own work: it asks no right, so no page shows it."""
    return Incident.objects.order_by("pk")


def incidents_seen(person: Person) -> QuerySet[Incident]:
    """Every incident that the person may see, the newest first."""
    found = Incident.objects.select_related("commander")
    if person.may(Right.SEE):
        return found
    return found.filter(is_exercise=True) if person.may(Right.RUN_DRILLS) else found.none()


def incidents_open(person: Person) -> QuerySet[Incident]:
    """The incidents that are not closed and that the person may see, the worst first."""
    return incidents_seen(person).exclude(state=IncidentState.CLOSED).order_by("severity", "-opened_at")


def step_for(person: Person, ref: str, slug: str, *, need: Right) -> Step:
    """A step of an incident, by its short name, through the same gate. Raises `NotFound` for both wrong names alike."""
    steps = Step.objects.filter(incident=incident_for(person, ref, need=need), slug=slug)
    return only_row(steps.select_related("incident"), f"step {slug[:60]!r}", ref)


def evidence_for(person: Person, ref: str, item: str, *, need: Right = Right.SEE) -> Evidence:
    """An item of evidence of an incident, through the same gate."""
    items = Evidence.objects.filter(incident=incident_for(person, ref, need=need), item=item)
    return only_row(items.select_related("incident"), f"evidence {item[:60]!r}", ref)


def event_for(person: Person, ref: str, pk: int, *, need: Right = Right.SEE) -> LegalEvent:
    """An event of the facts of an incident, by its number, through the same gate."""
    events = LegalEvent.objects.filter(incident=incident_for(person, ref, need=need), pk=pk)
    return only_row(events.select_related("incident"), f"event {pk}", ref)


def report_for(person: Person, ref: str, pk: int, *, need: Right = Right.SEE) -> Report:
    """A report of an incident, by its number, through the same gate."""
    reports = Report.objects.filter(incident=incident_for(person, ref, need=need), pk=pk)
    return only_row(reports.select_related("incident"), f"report {pk}", ref)


def duty_for(person: Person, ref: str, duty_pk: int, *, need: Right = Right.SEE) -> Duty:
    """A duty of an incident, by its number, through the same gate."""
    duties = Duty.objects.filter(incident=incident_for(person, ref, need=need), pk=duty_pk)
    return only_row(duties.select_related("incident__commander", "contract", "marked_by"), f"duty {duty_pk}", ref)


def assessment_for(person: Person, ref: str, pk: int, *, need: Right = Right.SEE) -> Assessment:
    """An assessment of an incident, by its number, through the same gate."""
    assessments = Assessment.objects.filter(incident=incident_for(person, ref, need=need), pk=pk)
    return only_row(assessments.select_related("incident"), f"assessment {pk}", ref)


def alarm_for(person: Person, ref: str, alarm_pk: int, *, need: Right = Right.SEE) -> ClockAlarm:
    """An alarm of an incident, by its number, through the same gate."""
    alarms = ClockAlarm.objects.filter(duty__incident=incident_for(person, ref, need=need), pk=alarm_pk)
    return only_row(alarms.select_related("duty__incident"), f"alarm {alarm_pk}", ref)


def clock_of(duty: Duty, *, now: datetime) -> Clock | None:
    """One duty as its own page shows it; None once it is not owed any more."""
    return next(iter(clocks_seen(duty.incident, [duty], now=now)), None)


def clocks_of(incident: Incident, *, now: datetime) -> list[Clock]:
    """Every clock of the incident, the earliest limit first."""
    return clocks_seen(incident, list(incident.duties.select_related("marked_by", "contract")), now=now)


def clock_changes(duty: Duty) -> list[Change]:
    """Everything that computations changed of one duty, the latest first."""
    return changes_by_clock(duty.incident).get((duty.duty, duty.jurisdiction), [])


def notes_seen(person: Person, incident: Incident) -> QuerySet[Note]:
    """The notes that the person may read: all that are not privileged; the others for counsel and those whom counsel named."""
    notes = Note.objects.filter(incident=incident).select_related("by")
    if person.may(Right.PRIVILEGE):
        return notes
    return notes.filter(Q(privileged=False) | Q(named=person)).distinct()


def room(incident: Incident, *, person: Person, now: datetime, count: Callable[[], int] | None = None) -> Room:
    """All that the room page shows to this person at `now`. `count`, when given, tells the people exposed at this moment."""
    return room_of(incident, person=person, notes=notes_seen(person, incident), now=now, count=count)


def timeline(incident: Incident, *, person: Person, newest: int | None = None) -> list[Moment]:
    """What happened in the incident, as far as this person may read it, the latest first; `newest` moments at most."""
    return timeline_of(incident, notes=notes_seen(person, incident), newest=newest)


def _may(person: Person, incident: Incident, need: Right) -> bool:
    if person.may(need):
        return True
    return need is Right.SEE and incident.is_exercise and person.may(Right.RUN_DRILLS)


def only_row(rows: "QuerySet[Found]", name: str, ref: str) -> Found:
    """The one row of an incident that the person may see. Raises `NotFound`, which names what was asked for."""
    found = rows.first()
    if found is None:
        raise NotFound(f"There is no {name} in {ref[:16]!r} for you.")
    return found
