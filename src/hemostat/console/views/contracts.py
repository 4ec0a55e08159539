"""Contracts that ask for word of a leak: their terms, written down once, before or during an incident."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hemostat.console.fact_forms import said, term_typed
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.events import Surface
from hemostat.incidents.contracts import contract_period, contracts_kept, term_for
from hemostat.incidents.services import contract_retire, contract_write
from hemostat.incidents.vocabulary import ContractKind
from hemostat.law.contracts import TRIGGERS, UNITS
from hemostat.law.elements import elements
from hemostat.people.rights import Right


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """Every term, and the form for a further one."""
    return _page(request)


@require_POST
@needs(Right.SEE)
def write(request: HttpRequest) -> HttpResponse:
    """The term is on record; when something is missing, the form stands there as it was typed."""

    def act() -> str:
        term = contract_write(by=visitor(request), now=now(), **term_typed(request.POST))
        return f"{term.counterparty}: the term is on record, and every open incident that it covers has its clock."

    if attempt(request, act):
        return redirect("contracts")
    return _page(request, typed=request.POST)


@require_POST
@needs(Right.SEE)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """The term sets no clock any more."""
    row = term_for(visitor(request), pk)

    def act() -> str:
        term = contract_retire(term=row, by=visitor(request), now=now())
        return f"{term.counterparty}: the term is retired, and its clocks in open incidents are lifted."

    attempt(request, act)
    return redirect("contracts")


def _page(request: HttpRequest, *, typed: QueryDict | None = None) -> HttpResponse:
    terms = [(term, contract_period(term)) for term in contracts_kept()]
    labels = {element.id: element.label for element in elements()}
    words: dict[str, Any] = {
        "standing": [
            (term, period, [labels.get(word, word) for word in term.elements])
            for term, period in terms
            if term.retired_at is None
        ],
        "retired": [(term, period) for term, period in terms if term.retired_at],
        "typed": typed.dict() if typed is not None else {},
        "typed_surfaces": typed.getlist("surfaces") if typed is not None else [],
        "typed_elements": typed.getlist("elements") if typed is not None else [],
        "is_open": typed is not None,
        "refused_words": said(request) if typed is not None else "",
        "kinds": list(ContractKind),
        "units": UNITS,
        "triggers": TRIGGERS,
        "surfaces": list(Surface),
        "elements": elements(),
        "may_decide": visitor(request).may(Right.DECIDE_LAW),
    }
    return render(request, "console/contracts.html", words)
