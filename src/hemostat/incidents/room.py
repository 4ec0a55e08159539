"""Everything that the room page shows, computed once: no template decides, counts or compares."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from hemostat.alerts.models import Alert
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerEntry, Person
from hemostat.people.rights import Right

from . import playbook as playbooks
from .clock_view import Clock, LastChange, Waiting, clocks_seen, last_change_of, waiting_of
from .exposure import Point, exposure_points
from .gates import may_act
from .models import Decision, Duty, Evidence, Incident, Note, Report, Step
from .order import Order
from .rows import order_of
from .vocabulary import IncidentState, Lane, PathState, StepKind, StepState

_ACTIVE = {StepState.READY, StepState.FAILED, StepState.AWAITING_SECOND, StepState.RUNNING}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment that the curve shows."""

    at: datetime
    label: str


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way out of the data, and what the last probe said about it."""

    name: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Meter:
    """How many people are exposed, by which way, and the next act that stops it."""

    people: int
    path_state: str
    path_checked_at: datetime | None
    paths: list[Path]
    points: list[Point]
    marks: list[Mark]
    next_act: "Task | None"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step of a lane as the page shows it.

    may_act: the person of the page may complete or run it now; may_second: they may confirm it now;
    waits_for: names of steps and items that are missing.
    """

    step: Step
    slug: str
    name: str
    kind: str
    state: str
    is_next: bool
    waits_for: list[str]
    may_act: bool
    may_second: bool
    done_by: str
    seconds_open: float | None


@dataclass(frozen=True, kw_only=True)
class LaneView:
    """One column: its tasks in order, the next act, how many are done."""

    lane: str
    title: str
    tasks: list[Task]
    next_task: Task | None
    done: int


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of evidence: sealed with its custody, or still missing with the step that seals it and those that wait for it."""

    name: str
    title: str
    evidence: Evidence | None
    custody: list[Any]
    sealed_by_step: str
    needed_by: list[str]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the timeline: when it happened, when we learned of it, who, and what. `ledger` is the entry behind it."""

    at: datetime
    learned_at: datetime
    recorded_at: datetime
    who: str
    what: str
    detail: dict[str, Any]
    kind: str
    ledger: int | None


@dataclass(frozen=True, kw_only=True)
class Room:
    """The incident as one page."""

    incident: Incident
    seconds_open: float
    meter: Meter
    lanes: list[LaneView]
    clocks: list[Clock]
    waiting: Waiting | None
    last_change: LastChange | None
    lifted: list[Duty]
    evidence: list[Item]
    decisions: list[Decision]
    notes: list[Note]


def room_of(
    incident: Incident, *, person: Person, notes: Iterable[Note], now: datetime, count: Callable[[], int] | None = None
) -> Room:
    """The room as `person` may see it at `now`. `count` gives the people exposed now; without it the stored points do."""
    steps = list(incident.steps.select_related("requested_by", "second_by", "done_by"))
    order = order_of(incident, steps)
    lanes = [_lane(lane, steps, order, person, now) for lane in Lane]
    duties = list(incident.duties.select_related("marked_by", "contract"))
    clocks = clocks_seen(incident, duties, now=now)
    return Room(
        incident=incident,
        seconds_open=(((incident.closed_at or now) - incident.opened_at).total_seconds()),
        meter=_meter(incident, lanes, count),
        lanes=lanes,
        clocks=clocks,
        waiting=None if incident.state == IncidentState.CLOSED else waiting_of(clocks),
        last_change=last_change_of(clocks),
        lifted=[duty for duty in duties if not duty.owed],
        evidence=_items(incident),
        decisions=list(incident.decisions.select_related("by", "step")),
        notes=list(notes),
    )


def timeline_of(incident: Incident, *, notes: Iterable[Note], newest: int | None = None) -> list[Moment]:
    """The ledger of incident and alerts, what happened before anybody knew, and `notes`; the latest first, so many at most."""
    alerts = list(incident.alerts.all())
    acts = [row for ref in (incident.ref, *(alert.ref for alert in alerts)) for row in _acts(ref)[:newest]]
    moments = [_of_act(row) for row in acts]
    moments += [_of_first_event(alert) for alert in alerts]
    moments += [_of_report(report) for report in incident.reports.all()]
    moments += [_of_note(note) for note in notes]
    return sorted(moments, key=lambda moment: (moment.at, moment.recorded_at, moment.ledger or 0), reverse=True)[:newest]


def _lane(lane: Lane, steps: list[Step], order: Order, person: Person, now: datetime) -> LaneView:
    own = [step for step in steps if step.lane == lane]
    following = next((step for step in own if step.state in _ACTIVE), None)
    tasks = [_task(step, order, person, now, is_next=step is following) for step in own]
    return LaneView(
        lane=lane.value,
        title=lane.value.capitalize(),
        tasks=tasks,
        next_task=next((task for task in tasks if task.is_next), None),
        done=sum(task.state == StepState.DONE for task in tasks),
    )


def _task(step: Step, order: Order, person: Person, now: datetime, *, is_next: bool) -> Task:
    waiting = step.state == StepState.WAITING
    return Task(
        step=step,
        slug=step.slug,
        name=step.name,
        kind=step.kind,
        state=step.state,
        is_next=is_next,
        waits_for=[*order.missing_steps(step.slug), *order.missing_items(step.slug)] if waiting else [],
        may_act=step.state in {StepState.READY, StepState.FAILED} and may_act(person, step),
        may_second=step.state == StepState.AWAITING_SECOND and step.requested_by != person and person.may(Right.APPROVE),
        done_by=step.done_by.full_name if step.done_by else "",
        seconds_open=((step.done_at or now) - step.ready_at).total_seconds() if step.ready_at else None,
    )


def _meter(incident: Incident, lanes: list[LaneView], count: Callable[[], int] | None) -> Meter:
    points = exposure_points(incident)
    stored = max((point.people for point in points), default=incident.people)
    engineering = next(lane for lane in lanes if lane.lane == Lane.ENGINEERING)
    stops = (task for task in engineering.tasks if task.kind == StepKind.HTTP and task.state != StepState.DONE)
    alerts = list(incident.alerts.order_by("raised_at"))
    marks = [Mark(at=alert.raised_at, label="alert") for alert in alerts[:1]]
    marks += [Mark(at=alert.acknowledged_at, label="acknowledged") for alert in alerts[:1] if alert.acknowledged_at]
    marks += [Mark(at=incident.contained_at, label="contained")] if incident.contained_at else []
    return Meter(
        people=count() if count else stored,
        path_state=incident.path_state,
        path_checked_at=incident.path_checked_at,
        paths=[Path(name=result["path"], state=result["state"]) for result in incident.path_results],
        points=points,
        marks=marks,
        next_act=None if incident.path_state == PathState.CLOSED else next(stops, None),
    )


def _items(incident: Incident) -> list[Item]:
    sealed = {item.item: item for item in incident.evidence.select_related("collected_by").prefetch_related("custody")}
    steps = playbooks.load(incident.playbook).steps
    makers = {item: step.name for step in steps for item in step.seals}
    titles = {command.part.seals: command.part.title for step in steps for command in step.commands}
    names = dict.fromkeys([*makers, *sealed])
    return [
        Item(
            name=name,
            title=sealed[name].title if name in sealed else titles.get(name) or name,
            evidence=sealed.get(name),
            custody=list(sealed[name].custody.all()) if name in sealed else [],
            sealed_by_step=makers.get(name, ""),
            needed_by=[step.name for step in steps if name in step.part.needs_sealed],
        )
        for name in names
    ]


def _acts(ref: str) -> QuerySet[LedgerEntry]:
    """The acts that a timeline tells, the latest first. Notes stand in it by themselves, for those who may read them."""
    return entries(ref).exclude(act__in=(LedgerAct.NOTE_ADD, LedgerAct.STEP_READY)).order_by("-at", "-seq")


def _of_act(row: LedgerEntry) -> Moment:
    detail = {"subject": row.subject, **row.payload}
    return Moment(
        at=row.at,
        learned_at=row.at,
        recorded_at=row.recorded_at,
        who=row.actor,
        what=row.act,
        detail=detail,
        kind="act",
        ledger=row.seq,
    )


def _of_first_event(alert: Alert) -> Moment:
    return Moment(
        at=alert.first_event_at,
        learned_at=alert.raised_at,
        recorded_at=alert.recorded_at,
        who="",
        what="event:first",
        detail={"alert": alert.ref, "title": alert.title},
        kind="event",
        ledger=None,
    )


def _of_report(report: Report) -> Moment:
    return Moment(
        at=report.at,
        learned_at=report.at,
        recorded_at=report.recorded_at,
        who=report.by,
        what="report:received",
        detail={"how": report.how} | ({"withdrawn": report.withdrawn_why} if report.withdrawn_at else {}),
        kind="report",
        ledger=None,
    )


def _of_note(note: Note) -> Moment:
    return Moment(
        at=note.at,
        learned_at=note.at,
        recorded_at=note.recorded_at,
        who=note.by.username,
        what="note:add",
        detail={"text": note.text, "privileged": note.privileged},
        kind="note",
        ledger=None,
    )
