"""The duties that contracts set for an incident, in the form in which the law's table gives its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hemostat.law.contracts import Leak, Term, contract_clock, contract_excuses
from hemostat.law.facts import FEDERAL

from .legal_facts import determined_at
from .local_days import organization_zone
from .models import ContractTerm, Incident
from .questions import KNOWING

CONTRACT = "contract"


def contract_id(term: ContractTerm) -> str:
    """What the clock of a term is called."""
    return f"CONTRACT-{term.pk}"


def contract_duties(incident: Incident, facts: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The duties of every active term that binds, and why the others do not bind, by the id of their clock."""
    terms = list(ContractTerm.objects.select_related("by", "retired_by").order_by("pk"))
    if not terms:
        return [], {}
    leak = _leak(incident, facts)
    owed, excused = [], {}
    for row in terms:
        term = term_of(row)
        if excuses := [*_retired(row), *contract_excuses(term, leak)]:
            excused[contract_id(row)] = excuses
        else:
            owed.append(_duty(row, term, leak))
    return owed, excused


def term_of(row: ContractTerm) -> Term:
    """The term as the arithmetic of contracts reads it."""
    return Term(
        counterparty=row.counterparty,
        clause=row.clause,
        value=row.value,
        unit=row.unit or None,  # type: ignore[arg-type]  # the service admits the units of the law's table only
        trigger=row.trigger,  # type: ignore[arg-type]  # same
        surfaces=tuple(row.surfaces),
        elements=tuple(row.elements),
        begins=row.begins,
        ends=row.ends,
    )


def _leak(incident: Incident, facts: Mapping[str, Any]) -> Leak:
    days = [facts["discovery"]["should_have_known_at"]]
    days += [event["on"] for event in facts["events"] if event["kind"] in KNOWING]
    return Leak(
        surface=incident.surface,
        elements=tuple(facts["elements"]),
        discovered_at=incident.discovered_at,
        determined_at=determined_at(incident),
        known_on=min((date.fromisoformat(day) for day in days if day), default=None),
        zone=organization_zone(),
    )


def _retired(row: ContractTerm) -> list[str]:
    if row.retired_at is None or row.retired_by is None:
        return []
    return [f"The term was retired by {row.retired_by.full_name} on {row.retired_at.astimezone(organization_zone()):%Y-%m-%d}."]


def _duty(row: ContractTerm, term: Term, leak: Leak) -> dict[str, Any]:
    clock = contract_clock(term, leak)
    entered = f"A contract, as entered by {row.by.full_name} on {row.at.astimezone(organization_zone()):%Y-%m-%d}; it is not law."
    return {
        "id": contract_id(row),
        "jurisdiction": FEDERAL,
        "regime": CONTRACT,
        "recipient": row.kind,
        "recipient_name": row.counterparty,
        "obligor": "entity",
        "due": clock.due,
        "due_at": clock.due_at,
        "advised": clock.advised,
        "wording": f"{clock.wording} {row.note}".strip(),
        "trigger": row.trigger,
        "trigger_on": clock.trigger_on,
        "citation": f"{row.counterparty}: {row.clause}"[:300],
        "because": [*clock.because, entered],
        "verified": False,
        "met_by": None,
        "contract": row,
    }
