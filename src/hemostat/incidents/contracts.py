"""Terms of contracts that ask for word of a leak: written down once, applied to every open incident that they cover."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from hemostat.events import Surface
from hemostat.kernel import BadInput, NotFound
from hemostat.law.contracts import TRIGGERS, UNITS, contract_wording
from hemostat.law.elements import elements as elements_known
from hemostat.law.facts import MOST_DAYS
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .clocks import clocks_refresh
from .contract_duties import contract_id, term_of
from .models import ContractTerm, Incident
from .vocabulary import ContractKind, IncidentState
from .words import desk_text, safe_text

MOST_HOURS = 24 * 366


@transaction.atomic
def contract_write(  # noqa: PLR0913  # each is a field of the record
    *,
    kind: str,
    counterparty: str,
    clause: str,
    by: Person,
    now: datetime,
    value: int | None = None,
    unit: str = "",
    trigger: str = "discovery",
    surfaces: Sequence[str] = (),
    elements: Sequence[str] = (),
    contact: str = "",
    note: str = "",
    begins: date | None = None,
    ends: date | None = None,
) -> ContractTerm:
    """The term is on record, and every open incident that it covers has its clock at once.

    value, unit: the period, neither when the contract gives no number. surfaces, elements: empty for all.
    Raises `Refused` without the right, `BadInput` that names the field for anything that cannot be, and for a term that stands
    already, naming who entered it.
    """
    demand(by, Right.DECIDE_LAW)
    _demand_word("with whom (kind)", kind, list(ContractKind))
    _demand_word("the start of the clock (trigger)", trigger, TRIGGERS)
    _demand_period(value, unit)
    _demand_words("surface", surfaces, list(Surface))
    _demand_words("kind of data", elements, [element.id for element in elements_known()])
    if not counterparty.strip() or not clause.strip():
        raise BadInput("A term names the other party and its clause (counterparty, clause).", advice="Like: section 9.2.")
    _demand_span(begins, ends)
    fields: dict[str, Any] = {
        "kind": kind,
        "counterparty": safe_text(counterparty, most=120),
        "clause": safe_text(clause, most=200),
        "value": value,
        "unit": unit,
        "trigger": trigger,
        "surfaces": sorted(set(surfaces)),
        "elements": sorted(set(elements)),
        "begins": begins,
        "ends": ends,
    }
    _demand_new(fields)
    term = ContractTerm.objects.create(
        contact=desk_text(contact, most=200), note=safe_text(note, most=2000), at=now, by=by, **fields
    )
    record(
        act=LedgerAct.CONTRACT_WRITE,
        by=by,
        at=now,
        subject=contract_id(term),
        kind=kind,
        counterparty=term.counterparty,
        value=value,
        unit=unit,
        trigger=trigger,
    )
    _refresh_open(f"Contract entered: {term.counterparty}, {term.clause}.", by=by, now=now)
    return term


@transaction.atomic
def contract_retire(*, term: ContractTerm, by: Person, now: datetime) -> ContractTerm:
    """The term sets no clock any more; those of open incidents are lifted, with the reason, and stay on record.

    Raises `Refused` without the right, `BadInput` for a term that was retired before, naming by whom.
    """
    demand(by, Right.DECIDE_LAW)
    term = ContractTerm.objects.select_for_update().select_related("retired_by").get(pk=term.pk)
    if term.retired_by:
        raise BadInput(f"The term with {term.counterparty} was retired by {term.retired_by.full_name} before.")
    term.retired_at, term.retired_by = now, by
    term.save(update_fields=["retired_at", "retired_by"])
    record(act=LedgerAct.CONTRACT_RETIRE, by=by, at=now, subject=contract_id(term), counterparty=term.counterparty)
    _refresh_open(f"Contract retired: {term.counterparty}, {term.clause}.", by=by, now=now)
    return term


def contracts_kept() -> QuerySet[ContractTerm]:
    """Every term that was ever written down, those that still count first."""
    return ContractTerm.objects.select_related("by", "retired_by").order_by("retired_at", "kind", "counterparty", "pk")


def term_for(person: Person, pk: int) -> ContractTerm:
    """The term, by its number. Raises `NotFound` for whoever may not see incidents, and for a wrong number alike."""
    term = ContractTerm.objects.filter(pk=pk).first() if person.may(Right.SEE) else None
    if term is None:
        raise NotFound(f"There is no contract term {pk} for you.", advice="Look at the list of contracts.")
    return term


def contract_period(term: ContractTerm) -> str:
    """What the term says about time, in one sentence."""
    return contract_wording(term_of(term))


def _refresh_open(cause: str, *, by: Person, now: datetime) -> None:
    for incident in Incident.objects.exclude(state=IncidentState.CLOSED).select_for_update():
        clocks_refresh(incident=incident, now=now, cause=cause, by=by)


def _demand_new(fields: Mapping[str, Any]) -> None:
    if same := ContractTerm.objects.filter(**fields, retired_at__isnull=True).select_related("by").first():
        raise BadInput(
            f"The term with {same.counterparty}, {same.clause}, was entered by {same.by.full_name} before.",
            advice="Nothing was changed; retire that one first when it was wrong.",
        )


def _demand_span(begins: date | None, ends: date | None) -> None:
    if begins and ends and ends < begins:
        raise BadInput(f"The contract ends on {ends} (ends), before it begins on {begins} (begins).", advice="Check both days.")


def _demand_period(value: int | None, unit: str) -> None:
    if (value is None) != (not unit):
        raise BadInput(
            "A period is a number and its unit (value, unit).", advice="Give both, or neither for a contract without one."
        )
    if unit:
        _demand_word("the unit", unit, UNITS)
    most = MOST_HOURS if unit == "hours" else MOST_DAYS
    if value is not None and not 1 <= value <= most:
        raise BadInput(
            f"A period of {value} {unit.replace('_', ' ')} (value) lies outside 1 to {most:,}.", advice="Check the number."
        )


def _demand_words(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for word in given:
        _demand_word(f"a {what}", word, known)


def _demand_word(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise BadInput(f"Not {what}: {given[:40]!r}.", advice=f"Choose one of {', '.join(known)}.")
