"""What do we know, and what do the clocks only assume? The facts that the law asks, who said them, and what each change did."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.chronicle import names_of
from hemostat.console.fact_forms import answer_form, answer_typed, count_typed, day_needed, event_typed, said
from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.console.roster import people
from hemostat.incidents.fact_sheet import FactSheet, evidence_names, fact_sheet
from hemostat.incidents.models import Incident
from hemostat.incidents.questions import EVENT_KINDS, KIND_WORDS
from hemostat.incidents.selectors import event_for, incident_for, report_for
from hemostat.incidents.services import answer_record, count_by_hand, event_record, event_withdraw, hold_end, report_withdraw
from hemostat.incidents.vocabulary import IncidentState
from hemostat.law.elements import elements
from hemostat.law.facts import KINDS
from hemostat.law.rules import rules_load
from hemostat.people.rights import Right

EVENT_FORM, COUNT_FORM, END_FORM = "event", "count", "end-"
"""Names of the forms beside those of the questions."""


def show(request: HttpRequest, ref: str) -> HttpResponse:
    """Every fact with its value and source, what is assumed, and the history of the clocks."""
    return _page(request, incident_for(visitor(request), ref, need=Right.SEE))


@require_POST
def answer(request: HttpRequest, ref: str, question: str) -> HttpResponse:
    """The answer is on record; when something is missing, its form stands there as it was typed."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)

    def act() -> str:
        answer_record(incident=incident, by=visitor(request), now=now(), **answer_typed(question, request.POST))
        return "Your answer is on record, and the clocks follow it."

    if attempt(request, act):
        return _back(ref, f"fact-{question}")
    return _page(request, incident, refused=question, typed=request.POST)


@require_POST
def event(request: HttpRequest, ref: str) -> HttpResponse:
    """The event is on record; when something is missing, the form stands there as it was typed."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)

    def act() -> str:
        event_record(incident=incident, by=visitor(request), now=now(), **event_typed(request.POST))
        return "The event is on record, and the clocks follow it."

    if attempt(request, act):
        return _back(ref, "events")
    return _page(request, incident, refused=EVENT_FORM, typed=request.POST)


@require_POST
def count(request: HttpRequest, ref: str) -> HttpResponse:
    """A count that was made by hand stands, and the clocks follow; when something is missing, the form stands there as typed."""
    incident = incident_for(visitor(request), ref, need=Right.SEE)

    def act() -> str:
        counted = count_by_hand(incident=incident, by=visitor(request), now=now(), **count_typed(request.POST))
        return f"{counted.people:,} people are on record, and the clocks follow."

    if attempt(request, act):
        return _back(ref, "counted")
    return _page(request, incident, refused=COUNT_FORM, typed=request.POST)


@require_POST
def withdraw(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A mistaken event counts no more."""
    row = event_for(visitor(request), ref, pk)

    def act() -> str:
        event_withdraw(event=row, why=request.POST.get("why", ""), by=visitor(request), now=now())
        return "The event is withdrawn; it stays on record, and the clocks follow."

    attempt(request, act)
    return _back(ref, "events")


@require_POST
def end(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A hold ends."""
    row = event_for(visitor(request), ref, pk)

    def act() -> str:
        until = day_needed(request.POST, "until", "The last day of the hold")
        hold_end(event=row, until=until, how=request.POST.get("how", ""), by=visitor(request), now=now())
        return f"The hold ends on {until}, and the clocks follow."

    if attempt(request, act):
        return _back(ref, "events")
    return _page(request, row.incident, refused=f"{END_FORM}{pk}", typed=request.POST)


@require_POST
def withdraw_report(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A mistaken report counts no more; discovery is the earliest word that still stands."""
    row = report_for(visitor(request), ref, pk)

    def act() -> str:
        incident = report_withdraw(report=row, why=request.POST.get("why", ""), by=visitor(request), now=now())
        return f"The report is withdrawn. Discovery is {incident.discovered_at:%Y-%m-%d %H:%M} UTC, {incident.discovered_how}."

    attempt(request, act)
    return _back(ref, "known")


def _page(request: HttpRequest, incident: Incident, *, refused: str = "", typed: QueryDict | None = None) -> HttpResponse:
    person = visitor(request)
    sheet = fact_sheet(incident)
    names = names_of(people())
    words: dict[str, Any] = {
        "incident": incident,
        "sheet": sheet,
        "groups": [
            (group, [answer_form(fact, typed if fact.question == refused else None) for fact in group.facts])
            for group in sheet.groups
        ],
        "history": [(turn, names.get(turn.by, "Law table" if turn.by == "law" else turn.by)) for turn in sheet.history],
        "counted_by": names.get(sheet.counted.by, sheet.counted.by),
        "evidence": evidence_names(incident),
        "kinds": [(kind, KIND_WORDS[kind]) for kind in KINDS],
        "elements": elements(),
        "event_kinds": EVENT_KINDS.items(),
        "event_typed": typed.dict() if typed is not None and refused == EVENT_FORM else {},
        "event_open": refused == EVENT_FORM,
        "end_refused": int(refused.removeprefix(END_FORM)) if refused.startswith(END_FORM) else 0,
        "end_typed": typed.dict() if typed is not None else {},
        "count_typed": typed.dict() if typed is not None and refused == COUNT_FORM else _present_count(sheet),
        "count_open": refused == COUNT_FORM,
        "may_count": person.may(Right.SCOPE) and incident.state != IncidentState.CLOSED,
        "places": sorted(rules_load().names.items(), key=lambda place: place[1]),
        "refused_words": said(request) if refused else "",
        "zone": settings.HEMOSTAT.organization.zone,
        "may_decide": person.may(Right.DECIDE_LAW) and incident.state != IncidentState.CLOSED,
    }
    return render(request, "console/room/facts.html", words)


def _present_count(sheet: FactSheet) -> dict[str, str]:
    """The form of a count by hand, filled with the count that stands."""
    lines = "\n".join(f"{place} {number:,}" for _, place, number in sheet.counted.places)
    return {"people": lines, "unknown": str(sheet.counted.elsewhere or "")}


def _back(ref: str, place: str) -> HttpResponse:
    return redirect(f"{reverse('facts', args=[ref])}#{place}")
