"""Incidents: the list, and the room in which three professions work on one leak."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from hemostat.console import chronicle
from hemostat.console.deadlines import deadlines
from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, acted, page, pulse
from hemostat.console.roster import holders, people
from hemostat.drawings import Moment, clock_line, exposure_curve
from hemostat.incidents.local_days import local_day
from hemostat.incidents.models import Incident
from hemostat.incidents.selectors import Point, Room, incident_for, incidents_seen, room, timeline
from hemostat.incidents.vocabulary import Outcome, PathState
from hemostat.kernel import NotFound
from hemostat.people.rights import Right

SHOWN_CLOCKS = 6
"""Duties that stand on the page with their reasons; the rest stand in short, and whole on a page of their own."""

SHOWN_MOMENTS = 100
"""Moments of the timeline on the page; older ones are one click away."""

_PARTS = {
    name: f"console/room/_{name}.html"
    for name in ("head", "news", "meter", "clocks", "lanes", "timeline", "evidence", "decisions")
}


def index(request: HttpRequest) -> HttpResponse:
    """All incidents that the visitor may see, the newest first."""
    person = visitor(request)
    if not (person.may(Right.SEE) or person.may(Right.RUN_DRILLS)):
        raise NotFound("There is no such page for you.")
    return render(request, "console/incidents.html", {"incidents": incidents_seen(person)})


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """The room."""
    at = now()
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    person = visitor(request)
    words = {
        "incident": incident,
        "may": rights_held(request),
        "commanders": [holder for holder in holders(Right.COMMAND) if holder != incident.commander],
        "colleagues": [other for other in people() if other != person and not other.may(Right.PRIVILEGE)],
        "outcomes": [outcome for outcome in Outcome if incident.is_exercise or outcome != Outcome.EXERCISE],
    }
    return page(request, "console/room.html", parts=_parts(request, incident, at), url=_pulse_url(ref), context=words)


def show_pulse(request: HttpRequest, ref: str) -> HttpResponse:
    """What changed in the room."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    return pulse(request, parts=_parts(request, incident, now()), url=_pulse_url(ref))


def show_timeline(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that happened, on one page."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    return render(request, "console/room/timeline.html", {"incident": incident, "timeline": _lines(request, incident)})


def act_in_room(request: HttpRequest, ref: str, act: Callable[[Incident], str], *, place: str) -> HttpResponse:
    """The act was tried by a person who may see the incident; the room shows what came of it, at `place` without script."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    attempt(request, lambda: act(incident))
    if not getattr(request, "htmx", False):
        return back_to_room(request, ref, place=place)
    fresh = incident_for(visitor(request), ref, need=Right.SEE)
    return acted(request, parts=_parts(request, fresh, now()), url=_pulse_url(ref))


def back_to_room(request: HttpRequest, ref: str, *, place: str) -> HttpResponse:  # noqa: ARG001  # same face as other answers
    """The way back into the room, at the place where the visitor was."""
    return redirect(f"{reverse('incident', args=[ref])}#{place}")


def _pulse_url(ref: str) -> str:
    return reverse("incident_pulse", args=[ref])


def rights_held(request: HttpRequest) -> dict[str, bool]:
    """Each right by its name, and whether the visitor holds it: what templates ask."""
    return {right.value: visitor(request).may(right) for right in Right}


def _parts(request: HttpRequest, incident: Incident, at: datetime) -> Parts:
    seen = room(incident, person=visitor(request), now=at)
    lines = _lines(request, incident, newest=SHOWN_MOMENTS + 1)
    clocks = seen.clocks
    words: dict[str, Any] = {
        "room": seen,
        "incident": seen.incident,
        "now": at,
        "may": rights_held(request),
        "pictures": _curves(seen),
        "line": _clock_picture(seen, at),
        "zone": settings.HEMOSTAT.organization.zone,
        "clocks": clocks[:SHOWN_CLOCKS],
        "more_clocks": clocks[SHOWN_CLOCKS:],
        "timeline": lines[:SHOWN_MOMENTS],
        "has_older": len(lines) > SHOWN_MOMENTS,
        "later": [item for item in seen.evidence if item.evidence is None and not item.needed_by],
        "steps_done": sum(lane.done for lane in seen.lanes),
        "steps": sum(len(lane.tasks) for lane in seen.lanes),
    }
    return Parts(request, _PARTS, words)


def _lines(request: HttpRequest, incident: Incident, *, newest: int | None = None) -> list[chronicle.Line]:
    moments = timeline(incident, person=visitor(request), newest=newest)
    steps = dict(incident.steps.values_list("slug", "name"))
    return chronicle.lines(moments, steps=steps, names=chronicle.names_of(people()))


def _curves(seen: Room) -> dict[str, Any]:
    """The curve for wide and for narrow screens."""
    curve = seen.meter.points
    if not curve:
        return {}
    acts = [Moment(at=mark.at, label=mark.label) for mark in seen.meter.marks]
    forecast = _forecast(curve) if seen.meter.path_state != PathState.CLOSED else []
    return {
        "wide": exposure_curve(curve=curve, acts=acts, forecast=forecast, width=860, height=220),
        "narrow": exposure_curve(curve=curve, acts=acts, forecast=forecast, width=400, height=220, key="exposure-narrow"),
        "points": curve,
    }


def _forecast(curve: list[Point]) -> list[tuple[datetime, int]]:
    """Where the curve is after as long again, if it goes on as it went since half of what is drawn."""
    (start, _), (end, last) = curve[0], curve[-1]
    middle = start + (end - start) / 2
    since, before = next(point for point in curve if point[0] >= middle)
    seconds = (end - since).total_seconds()
    if seconds <= 0 or last <= before:
        return []
    ahead = (end - start) / 2
    return [(end + ahead, round(last + (last - before) / seconds * ahead.total_seconds()))]


def _clock_picture(seen: Room, at: datetime) -> Any:
    start = local_day(seen.incident.discovered_at)
    return clock_line(deadlines=deadlines(seen.clocks), start=start, today=local_day(at))
