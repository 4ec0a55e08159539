"""Posture: what would leak, by check and surface, as it was looked at last. As a page, and as JSON."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hemostat.alerts.mutes import mute_end, mute_for
from hemostat.alerts.postures import POSTURE, check_accept, checks_accepted
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import ends_offered, moment_of, now
from hemostat.events import Surface
from hemostat.kernel import BadInput
from hemostat.people.rights import Right
from hemostat.readiness.posture import Standing, Verdict, changes, checks, kept, last_look
from hemostat.readiness.posture.report import ORDER, document, matrix, of_surface

_MOST_CHANGES = 20
_USUAL_ACCEPTANCE = timedelta(days=30)


@needs(Right.SEE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The matrix of checks and surfaces, and below it what fails, what is unknown, and what holds."""
    standings, asked, at = kept(settings.HOME), request.GET.get("surface", ""), now()
    shown, accepted = of_surface(standings, asked), checks_accepted(at)
    count = {str(verdict): sum(one.result.answer.verdict is verdict for one in standings) for verdict in Verdict}
    count["accepted"] = sum(one.result.answer.verdict is Verdict.FAILS and _place(one) in accepted for one in standings)
    words = {
        "looked_at": last_look(settings.HOME),
        "surfaces": [str(surface) for surface in Surface],
        "asked": asked,
        "rows": matrix(standings),
        "count": count,
        "groups": [
            (
                str(verdict),
                [
                    (one, checks()[one.result.check], accepted.get(_place(one)))
                    for one in shown
                    if one.result.answer.verdict is verdict
                ],
            )
            for verdict in ORDER
        ],
        "may_tune": visitor(request).may(Right.TUNE),
        **ends_offered(at, usual=_USUAL_ACCEPTANCE),
        "changes": [(one, checks()[one.check]) for one in changes(settings.HOME)[:_MOST_CHANGES] if one.check in checks()],
    }
    return render(request, "console/posture.html", words)


@needs(Right.SEE)
@require_safe
def index_json(request: HttpRequest) -> JsonResponse:
    """How the checks stand, as `hemostat posture --json` prints it."""
    found = of_surface(kept(settings.HOME), request.GET.get("surface", ""))
    return JsonResponse(document(found, looked_at=last_look(settings.HOME)))


@needs(Right.TUNE)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """A check that fails is accepted until the given end."""

    def act() -> str:
        check, store, surface = _place(_failing(request.POST.get("key", "")))
        made = check_accept(
            check=check,
            store=store,
            surface=surface,
            by=visitor(request),
            now=now(),
            until=moment_of(request.POST.get("until", "")),
            reason=request.POST.get("reason", ""),
        )
        return f"Accepted until {made.until:%-d %b %Y %H:%M} UTC. Then it counts, and alerts, as before."

    attempt(request, act)
    return redirect("posture")


@needs(Right.TUNE)
@require_POST
def end(request: HttpRequest, check: str, pk: int) -> HttpResponse:
    """The check is accepted no longer."""

    def act() -> str:
        mute_end(mute=mute_for(f"{POSTURE}{check}", pk), by=visitor(request), now=now())
        return "It is accepted no longer."

    attempt(request, act)
    return redirect("posture")


def _place(one: Standing) -> tuple[str, str, str]:
    """What an acceptance of it is about: check, store, and the first of its surfaces."""
    return one.result.check, one.result.store, one.result.surfaces[0]


def _failing(key: str) -> Standing:
    """The check that fails and has this key. Raises `BadInput` when there is none."""
    for one in kept(settings.HOME):
        if one.result.key == key and one.result.check in checks() and one.result.answer.verdict is Verdict.FAILS:
            return one
    raise BadInput("This check does not fail.", advice="It may hold again since the page was made; look at it anew.")
