"""Privacy requests of platforms: which are due when, which were put off and why, and what was done about the others."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.incidents.local_days import organization_zone
from hemostat.incidents.models import Incident
from hemostat.incidents.privacy import (
    holds_for,
    privacy_defer,
    privacy_done,
    privacy_request_for,
    privacy_requests,
    privacy_resume,
)
from hemostat.incidents.privacy_clocks import next_point
from hemostat.incidents.vocabulary import PrivacyState
from hemostat.people.rights import Right

_SOON = timedelta(days=8)


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """Every request, what it may destroy, and the forms to decide about it."""
    found = list(privacy_requests(visitor(request)))
    at = now()
    words = {
        "standing": [
            {
                "request": one,
                "left": one.due_at - at,
                "late": at - one.due_at if at > one.due_at else None,
                "soon": one.due_at - at < _SOON,
                "next": next_point(one, now=at),
                "holds": list(holds_for(one)) if one.state == PrivacyState.OPEN else [],
            }
            for one in found
            if one.state != PrivacyState.DONE
        ],
        "zone": organization_zone().key,
        "done": [one for one in found if one.state == PrivacyState.DONE],
        "may_decide": visitor(request).may(Right.DECIDE_LAW),
        "raw_days": settings.HEMOSTAT.raw_days,
    }
    return render(request, "console/privacy.html", words)


@require_POST
@needs(Right.SEE)
def defer(request: HttpRequest, pk: int) -> HttpResponse:
    """The request is put off for an incident, with its basis."""
    row = privacy_request_for(visitor(request), pk)
    hold = get_object_or_404(Incident, ref=request.POST.get("hold", ""))

    def act() -> str:
        privacy_defer(request=row, hold=hold, basis=request.POST.get("basis", ""), by=visitor(request), now=now())
        return f"Put off for {hold.ref}. Nothing that it preserves is erased; resume the request when the incident is closed."

    return _after(request, act)


@require_POST
@needs(Right.SEE)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """The request is open again."""
    row = privacy_request_for(visitor(request), pk)

    def act() -> str:
        privacy_resume(request=row, by=visitor(request), now=now())
        return "The request is open again, under its old clock."

    return _after(request, act)


@require_POST
@needs(Right.SEE)
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """The request was carried out by a person, who says how."""
    row = privacy_request_for(visitor(request), pk)

    def act() -> str:
        knowing = request.POST.get("knowing") == "on"
        privacy_done(request=row, how=request.POST.get("how", ""), by=visitor(request), now=now(), knowing=knowing)
        return "Carried out, and on record."

    return _after(request, act)


def _after(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    attempt(request, act)
    return redirect("privacy")
