"""Clocks: the page beside each, with the whole chain of its reasons; and who has its alarm."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from hemostat.console.deadlines import addressee
from hemostat.console.gate import visitor
from hemostat.console.moment import now
from hemostat.drawings import Deadline, clock_line
from hemostat.incidents.calendar_feed import reference_of
from hemostat.incidents.local_days import local_day
from hemostat.incidents.models import Duty, Incident
from hemostat.incidents.selectors import Clock, alarm_for, clock_changes, clock_of, clocks_of, duty_for, incident_for
from hemostat.incidents.services import alarm_acknowledge, alarms_acknowledge
from hemostat.incidents.vocabulary import ClockPoint
from hemostat.incidents.what_if import Threshold, facts_now, thresholds
from hemostat.kernel import BadInput
from hemostat.law.explain import Explanation, explain
from hemostat.law.facts import Facts
from hemostat.people.rights import Right

from .incidents import act_in_room, rights_held

_POINTS = {
    ClockPoint.WARN: ("warning", "near"),
    ClockPoint.ESCALATE: ("escalation", "late"),
    ClockPoint.LIMIT: ("limit", "late"),
}


def index(request: HttpRequest, ref: str) -> HttpResponse:
    """Every clock of the incident with its reasons, on one page that can be printed."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    words = {
        "incident": incident,
        "clocks": clocks_of(incident, now=now()),
        "zone": settings.HEMOSTAT.organization.zone,
        "may": rights_held(request),
    }
    return render(request, "console/room/clocks.html", words)


def show(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The page beside a clock: why, until when, what would change it, and where to check."""
    at = now()
    duty = duty_for(visitor(request), ref, pk, need=Right.SEE)
    clock = clock_of(duty, now=at)
    words: dict[str, Any] = {
        "incident": duty.incident,
        "duty": duty,
        "clock": clock,
        "changes": clock_changes(duty),
        "reference": reference_of(duty),
        "zone": settings.HEMOSTAT.organization.zone,
        "line": _line(duty, clock, at),
        "points": _points(clock, at),
        "may": rights_held(request),
    }
    if duty.contract is None:
        facts = facts_now(duty.incident)
        rows = thresholds(facts, duty.jurisdiction)
        words |= {
            "explained": _explained(duty, facts, at),
            "thresholds": [row for row in rows if not row.why_not],
            "never": _never(rows),
        }
    return render(request, "console/clock.html", words)


@require_POST
def acknowledge(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """One alarm has somebody; its clock runs on."""
    alarm = alarm_for(visitor(request), ref, pk)

    def act(_: Incident) -> str:
        done = alarm_acknowledge(alarm=alarm, by=visitor(request), now=now())
        return f"You have {addressee(done.duty.recipient_name, done.duty.jurisdiction)}. The clock runs on until it is told."

    return act_in_room(request, ref, act, place="clocks")


@require_POST
def acknowledge_all(request: HttpRequest, ref: str) -> HttpResponse:
    """Every alarm of the incident has somebody."""

    def act(incident: Incident) -> str:
        count = len(alarms_acknowledge(incident=incident, by=visitor(request), now=now()))
        return f"You have {count} clock{'' if count == 1 else 's'}. They run on until the notices are sent."

    return act_in_room(request, ref, act, place="clocks")


def _explained(duty: Duty, facts: Facts, at: datetime) -> Explanation | None:
    """The reasons as the engine gives them now; None when the row is no longer in the law's table."""
    try:
        return explain(facts, duty.duty, today=local_day(at))
    except BadInput:
        return None


def _never(rows: Iterable[Threshold]) -> list[tuple[str, list[str]]]:
    """Why some rows are owed at no number, each reason with the rows that it is true of."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.why_not:
            reasons.setdefault(row.why_not, []).append(row.duty)
    return list(reasons.items())


def _points(clock: Clock | None, at: datetime) -> list[tuple[str, datetime, bool]]:
    """Each point with its moment and whether it has been reached."""
    if clock is None or clock.points is None:
        return []
    return [(point.value, moment, moment <= at) for point, moment in clock.points.moments()]


def _line(duty: Duty, clock: Clock | None, at: datetime) -> SafeString:
    """The line from the trigger to the limit; empty when nothing is left to tell."""
    if clock is None or clock.points is None:
        return SafeString("")
    start = local_day(clock.points.starts)
    marks = [Deadline(on=start, label=duty.trigger.replace("_", " ") or "start", tone="ok")]
    for point, moment in clock.points.moments():
        if point in _POINTS:
            label, tone = _POINTS[point]
            marks.append(Deadline(on=local_day(moment), label=label, tone=tone if moment <= at else "plain"))
    return clock_line(deadlines=marks, start=start, today=local_day(at), key="clock")
