"""Exercises: the list, and the page of a live drill with its leak meter."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, page, pulse
from hemostat.drawings import Moment, exposure_curve
from hemostat.exercises.models import Drill
from hemostat.exercises.pack import pack_load
from hemostat.exercises.report import report_html, report_pdf
from hemostat.exercises.selectors import drill_for, drill_view, drills
from hemostat.exercises.services import drill_end
from hemostat.incidents.selectors import incidents_seen
from hemostat.kernel import NotFound
from hemostat.people.rights import Right, demand


@needs(Right.SEE_EXERCISES)
def index(request: HttpRequest) -> HttpResponse:
    """All drills of this home, the newest first."""
    found = [drill_view(drill) for drill in drills(visitor(request))]
    return render(request, "console/drills.html", {"drills": found})


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """One drill: how far the story is, what leaks, what is expected of whom."""
    drill = drill_for(visitor(request), ref)
    words = {"drill": drill_view(drill), "may_run": visitor(request).may(Right.RUN_DRILLS)}
    return page(request, "console/drill.html", parts=_parts(request, drill), url=_pulse_url(ref), context=words)


def show_pulse(request: HttpRequest, ref: str) -> HttpResponse:
    """What changed in the drill."""
    return pulse(request, parts=_parts(request, drill_for(visitor(request), ref)), url=_pulse_url(ref))


@require_POST
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """The story is over."""
    drill = drill_for(visitor(request), ref)

    def act() -> str:
        demand(visitor(request), Right.RUN_DRILLS)
        drill_end(drill=drill, by=visitor(request), now=now())
        return f"{ref} is over. Its report follows when it is scored."

    attempt(request, act)
    return redirect("drill", ref=ref)


def report(request: HttpRequest, ref: str) -> HttpResponse:
    """The after-action report as a file: it carries its own style, so it is read outside these pages."""
    drill = _scored(request, ref)
    return _file(report_html(drill=drill, pack=pack_load(drill.pack)), f"{drill.ref}-report.html", "text/html; charset=utf-8")


def report_on_paper(request: HttpRequest, ref: str) -> HttpResponse:
    """The after-action report as PDF."""
    drill = _scored(request, ref)
    return _file(report_pdf(drill=drill, pack=pack_load(drill.pack)), f"{drill.ref}-report.pdf", "application/pdf")


def _scored(request: HttpRequest, ref: str) -> Drill:
    drill = drill_for(visitor(request), ref)
    if not drill.result:
        raise NotFound("There is no report of this drill yet.")
    return drill


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _pulse_url(ref: str) -> str:
    return reverse("drill_pulse", args=[ref])


def _parts(request: HttpRequest, drill: Drill) -> Parts:
    view = drill_view(drill)
    acts = [Moment(at=at, label=label) for at, label in view.acts]
    shape: dict[str, Any] = {"curve": view.curve, "acts": acts, "forecast": view.forecast, "height": 220}
    words: dict[str, Any] = {
        "drill": view,
        "now": now(),
        "wide": exposure_curve(**shape, width=860),
        "narrow": exposure_curve(**shape, width=400, key="exposure-narrow"),
        "incidents": [incident for incident in incidents_seen(visitor(request)) if incident.is_exercise],
    }
    return Parts(request, {"meter": "console/drill/_meter.html", "expectations": "console/drill/_expectations.html"}, words)
