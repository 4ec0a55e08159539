"""Is this a breach that must be notified? The assessment, the second person's decision on it, and the burden-of-proof file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.assessing import Sheet, page_of, sheet_of, submission
from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.incidents.models import Assessment, Incident
from hemostat.incidents.selectors import assessment_for, incident_for
from hemostat.incidents.services import assessment_decide, assessment_submit, burden_export
from hemostat.incidents.vocabulary import IncidentState, Risk
from hemostat.kernel import HemostatError
from hemostat.people.rights import Right


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """The answer so far, what waits for a second person, the form of one place, and all that was written before."""
    person = visitor(request)
    incident = incident_for(person, ref, need=Right.SEE)
    again = request.GET.get("again", "")
    row = assessment_for(person, ref, int(again)) if again.isdecimal() and len(again) < 10 else None  # noqa: PLR2004  # digits
    return _page(request, incident, place=row.place if row else request.GET.get("place", ""), again=row)


@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """The assessment waits for a second person; when something is missing, the form stands there as it was typed."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)

    def act() -> str:
        row = assessment_submit(incident=incident, by=visitor(request), now=now(), **submission(request.POST))
        return f"Written. Another person with counsel or compliance decides on it; until then {_nothing(row)}."

    if attempt(request, act):
        return redirect("assessment", ref=ref)
    return _page(request, incident, place=request.POST.get("place", ""), typed=True)


@require_POST
def decide(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A second person approved the assessment or returned it."""
    row = assessment_for(visitor(request), ref, pk)

    def act() -> str:
        approve = request.POST.get("decision") == "approve"
        why = request.POST.get("why", "")
        decided = assessment_decide(assessment=row, approve=approve, by=visitor(request), now=now(), why=why)
        return f"The assessment is {decided.state}." + (" The clocks follow it." if approve and decided.whole else "")

    attempt(request, act)
    return redirect(f"{reverse('assessment', args=[ref])}#assessment-{pk}")


@require_POST
def burden(request: HttpRequest, ref: str) -> HttpResponse:
    """The burden-of-proof file, as PDF or JSON; that it was taken out is on record."""
    incident = incident_for(visitor(request), ref, need=Right.EXPORT_EVIDENCE)
    made = burden_export(incident=incident, by=visitor(request), now=now())
    if request.POST.get("form") == "json":
        return _file(made.document, f"{ref}-burden-of-proof.json", "application/json")
    return _file(made.pdf, f"{ref}-burden-of-proof.pdf", "application/pdf")


def _page(
    request: HttpRequest, incident: Incident, *, place: str, typed: bool = False, again: Assessment | None = None
) -> HttpResponse:
    person = visitor(request)
    page = page_of(incident)
    may_write = person.may(Right.DECIDE_LAW) and incident.state != IncidentState.CLOSED
    sheet: Sheet | None = None
    if may_write and (chosen := place or page.first_place):
        try:
            sheet = sheet_of(page, place=chosen, typed=request.POST if typed else None, again=again)
        except HemostatError as error:
            if not typed:
                messages.info(request, f"{error} {error.advice()}".strip())
    words: dict[str, Any] = {
        "incident": incident,
        "page": page,
        "sheet": sheet,
        "is_open": typed or bool(place),
        "may_write": may_write,
        "may_export": person.may(Right.EXPORT_EVIDENCE),
        "evidence": list(incident.evidence.all()),
        "risks": list(Risk),
        "person": person,
    }
    return render(request, "console/room/assessment.html", words)


def _nothing(row: Assessment) -> str:
    return "nothing is lifted" if row.conclusion != "breach" else "the duties stay as they are"


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
