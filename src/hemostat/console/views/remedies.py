"""What is owed to people beside the notice, the call center, and what each law could ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.console.ranges import ranges_drawn
from hemostat.incidents.remedies import (
    contacts_named,
    cure_answer,
    exposure_seen,
    remedies_standing,
    remedy_for,
    script_text,
)
from hemostat.incidents.selectors import incident_for
from hemostat.incidents.services import remedy_done
from hemostat.incidents.vocabulary import IncidentState
from hemostat.kernel import NotFound
from hemostat.law.call_center import OPEN_DAYS
from hemostat.law.exposure import ExposureRange
from hemostat.law.notices import LANGUAGES
from hemostat.people.rights import Right


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """What is owed, by when, with its proof; the call center; whom letters name; for those who decide on law, the ranges."""
    person, at = visitor(request), now()
    incident = incident_for(person, ref, need=Right.SEE)
    owed, lifted = remedies_standing(incident, now=at)
    decides = person.may(Right.DECIDE_LAW)
    exposure = exposure_seen(incident, now=at) if decides else None
    ranges = exposure.ranges if exposure else []
    open_now = [one for one in ranges if one.high]
    later = [one for one in ranges if not one.high]
    words: dict[str, Any] = {
        "incident": incident,
        "owed": owed,
        "late": sum(one.urgency == "late" for one in owed),
        "open": sum(one.urgency != "done" for one in owed),
        "lifted": lifted,
        "contacts": contacts_named(incident),
        "organization": settings.HOME.settings().organization,
        "languages": LANGUAGES,
        "open_days": OPEN_DAYS,
        "decides": decides,
        "exposure": exposure,
        "open_now": open_now,
        "later": later,
        "pictures": _pictures([*open_now, *later]),
        "may_do": person.may(Right.MARK_DUTIES) and incident.state != IncidentState.CLOSED,
    }
    return render(request, "console/room/remedies.html", words)


@require_POST
def done(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A remedy stands, with its proof."""
    task = remedy_for(incident_for(visitor(request), ref, need=Right.SEE), pk)

    def act() -> str:
        proof = request.POST.get("proof", "")
        return f"{remedy_done(task=task, by=visitor(request), now=now(), proof=proof).title}: done."

    attempt(request, act)
    return redirect(f"{reverse('remedies', args=[ref])}#remedy-{pk}")


def script(request: HttpRequest, ref: str, language: str) -> HttpResponse:
    """The call-center script as a text file."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)
    if language not in LANGUAGES:
        raise NotFound("There is no such script.", advice=f"Choose one of {', '.join(LANGUAGES)}.")
    return _file(script_text(incident, language=language, now=now()), f"{ref}-call-center-{language}.txt")


def cure(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The draft of the answer to a cure letter as a text file, for those who decide on law."""
    incident = incident_for(visitor(request), ref, need=Right.DECIDE_LAW)
    task = remedy_for(incident, pk)
    return _file(cure_answer(task, now=now()), f"{ref}-{task.remedy.lower()}.txt")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _pictures(ranges: list[ExposureRange]) -> dict[str, Any]:
    """The ranges for wide and for narrow screens."""
    if not ranges:
        return {}
    widths = {"wide": 1180, "narrow": 400}
    return {name: ranges_drawn(ranges, width=width, key=f"ranges-{name}") for name, width in widths.items()}
