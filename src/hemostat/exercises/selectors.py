"""What can be read about drills, behind one gate."""

from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db.models import QuerySet

from hemostat.alerts.selectors import alerts_open
from hemostat.incidents.selectors import Point, exposure_points, incidents_here
from hemostat.kernel import ClockFace, Entry, ExerciseClock, Home, NotFound
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Right

from .models import Drill, DrillState
from .pack import Pack, pack_load


class ExpectationView(msgspec.Struct, frozen=True, kw_only=True):
    """One expectation as players see it: `state` is met, partly, missed or open."""

    text: str
    who: str
    state: str
    due: datetime | None
    shown: str


class DrillView(msgspec.Struct, frozen=True, kw_only=True):
    """A drill as its page shows it.

    people_exposed: counted in the lake; before there is an incident, the most that one alert counts.
    `forecast` is what happens from now on if nothing is done.

    Nothing here tells what only the twin knows before the drill has ended.
    """

    ref: str
    title: str
    summary: str
    state: str
    mode: str
    started_at: datetime
    ended_at: datetime | None
    clock: ClockFace | None
    people_exposed: int
    path_open: bool | None
    curve: list[Point]
    forecast: list[tuple[datetime, int]]
    acts: list[tuple[datetime, str]]
    expectations: list[ExpectationView]
    score: str
    rating: str
    has_report: bool


def drill_for(person: Person, ref: str) -> Drill:
    """The drill, if the person may see exercises. Raises `NotFound` for a stranger and a wrong reference alike."""
    drill = Drill.objects.filter(ref=ref).first()
    if drill is None or not person.may(Right.SEE_EXERCISES):
        raise NotFound(f"There is no drill {ref[:16]!r} for you.", advice="Check the reference.")
    return drill


def drills(person: Person) -> QuerySet[Drill]:
    """All drills that the person may see, the newest first."""
    return Drill.objects.all() if person.may(Right.SEE_EXERCISES) else Drill.objects.none()


def drill_truth(drill: Drill) -> Entry | None:
    """The entry of the ledger that holds, as `truth`, what the twin knew when the drill ended; None while it is not written."""
    ends = [row.entry() for row in entries(drill.ref) if row.act == LedgerAct.EXERCISE_END]
    return next((end for end in ends if "truth" in end.payload), None)


def drill_running() -> Drill | None:
    """The drill that runs in this home, if one does."""
    return Drill.objects.filter(state=DrillState.RUNNING).first()


def current_drill() -> DrillView | None:
    """The drill that runs in this home as pages show it, if one does."""
    drill = drill_running()
    return drill_view(drill) if drill else None


def drill_view(drill: Drill) -> DrillView:
    """A drill as its page shows it."""
    pack = pack_load(drill.pack)
    incident = incidents_here().first()
    curve = exposure_points(incident) if incident else []
    overall = drill.result.get("score", {}).get("overall", {})
    return DrillView(
        ref=drill.ref,
        title=drill.title,
        summary=pack.summary,
        state=drill.state,
        mode=drill.mode,
        started_at=drill.started_at,
        ended_at=drill.ended_at,
        clock=_face(settings.HOME),
        people_exposed=curve[-1][1] if curve else max((alert.people for alert in alerts_open()), default=0),
        path_open=None if incident is None or incident.path_state == "unknown" else incident.path_state == "open",
        curve=curve,
        forecast=_forecast(curve) if drill.state == DrillState.RUNNING and incident and incident.path_state != "closed" else [],
        acts=_acts(drill),
        expectations=_expectations(drill, pack),
        score=f"{overall['score']:.0%}" if overall else "",
        rating=overall.get("rating", ""),
        has_report=bool(drill.result),
    )


def _face(home: Home) -> ClockFace | None:
    clock = home.path / "clock.json"
    return ExerciseClock(clock).face() if clock.exists() else None


def _forecast(curve: list[Point]) -> list[tuple[datetime, int]]:
    """Where the curve is in half an hour if it goes on as it went over the last ten minutes."""
    if len(curve) < 2:  # noqa: PLR2004  # a slope needs two points
        return []
    last_at, last = curve[-1]
    first_at, first = next(point for point in curve if point[0] >= last_at - timedelta(minutes=10))
    span = (last_at - first_at).total_seconds()
    if span <= 0 or last <= first:
        return []
    ahead = timedelta(minutes=30)
    return [(last_at + ahead, round(last + (last - first) / span * ahead.total_seconds()))]


_MARKED = {
    "alert:raise": "alert",
    "alert:acknowledge": "acknowledged",
    "incident:open": "incident",
    "incident:contain": "path closed",
}


def _acts(drill: Drill) -> list[tuple[datetime, str]]:
    firsts: dict[str, tuple[datetime, str]] = {}
    for row in entries():
        if row.act in _MARKED and row.at >= drill.leak_at:
            firsts.setdefault(row.act, (row.at, _MARKED[row.act]))
    return list(firsts.values())


def _expectations(drill: Drill, pack: Pack) -> list[ExpectationView]:
    marks = {mark["id"]: mark for mark in drill.result.get("score", {}).get("marks", [])}
    views = []
    for expectation in pack.expectations:
        mark = marks.get(expectation.id)
        state = "open" if mark is None else "met" if mark["score"] >= 1 else "partly" if mark["score"] > 0 else "missed"
        who = ", ".join(expectation.who)
        views.append(ExpectationView(text=expectation.text, who=who, state=state, due=None, shown=mark["shown"] if mark else ""))
    return views
