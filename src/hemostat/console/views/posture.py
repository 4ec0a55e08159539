"""Posture: what would leak, by check and surface, as it was looked at last. As a page, and as JSON."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hemostat.console.gate import needs
from hemostat.events import Surface
from hemostat.people.rights import Right
from hemostat.readiness.posture import Verdict, changes, checks, kept, last_look
from hemostat.readiness.posture.report import ORDER, document, matrix, of_surface

_MOST_CHANGES = 20


@needs(Right.SEE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The matrix of checks and surfaces, and below it what fails, what is unknown, and what holds."""
    standings, asked = kept(settings.HOME), request.GET.get("surface", "")
    shown = of_surface(standings, asked)
    count = {str(verdict): sum(one.result.answer.verdict is verdict for one in standings) for verdict in Verdict}
    words = {
        "looked_at": last_look(settings.HOME),
        "surfaces": [str(surface) for surface in Surface],
        "asked": asked,
        "rows": matrix(standings),
        "count": count,
        "groups": [
            (str(verdict), [(one, checks()[one.result.check]) for one in shown if one.result.answer.verdict is verdict])
            for verdict in ORDER
        ],
        "changes": [(one, checks()[one.check]) for one in changes(settings.HOME)[:_MOST_CHANGES] if one.check in checks()],
    }
    return render(request, "console/posture.html", words)


@needs(Right.SEE)
@require_safe
def index_json(request: HttpRequest) -> JsonResponse:
    """How the checks stand, as `hemostat posture --json` prints it."""
    found = of_surface(kept(settings.HOME), request.GET.get("surface", ""))
    return JsonResponse(document(found, looked_at=last_look(settings.HOME)))
