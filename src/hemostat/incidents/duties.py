"""How far the notice of a duty is: drafted, approved, sent."""

from datetime import datetime

from django.db import transaction

from hemostat.kernel import BadInput
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .clocks import clocks_refresh
from .models import Duty
from .rows import fresh_incident
from .vocabulary import DutyState
from .words import safe_text

_NEXT = {
    DutyState.DRAFT: {DutyState.NOT_STARTED, DutyState.DRAFT},
    DutyState.APPROVED: {DutyState.DRAFT},
    DutyState.SENT: {DutyState.APPROVED},
}


@transaction.atomic
def duty_mark(*, duty: Duty, by: Person, now: datetime, state: str, ref: str = "") -> Duty:
    """The notice of a duty is drafted, approved or sent; a sent one names its proof, and the clocks that hang on it follow.

    Raises `Refused` without the right, `BadInput` for a step backwards or beside, naming who did the last one.
    """
    demand(by, Right.MARK_DUTIES)
    duty = Duty.objects.select_for_update().select_related("marked_by", "incident").get(pk=duty.pk)
    incident = fresh_incident(duty.incident)
    allowed = _NEXT.get(DutyState(state) if state in set(DutyState) else DutyState.NOT_STARTED, set())
    if duty.state not in allowed:
        who = f" by {duty.marked_by.full_name}" if duty.marked_by else ""
        raise BadInput(
            f"{duty.duty} is {duty.state.replace('_', ' ')}{who}; it cannot become {state[:20]!r} now.",
            advice="The way is draft, approved, sent.",
        )
    if not duty.owed:
        raise BadInput(f"{duty.duty} is not owed: {'; '.join(duty.because)}", advice="Check the scope and the discovery first.")
    if state == DutyState.SENT and not ref.strip():
        raise BadInput(f"A sent notice names its proof: {duty.duty}.", advice="Give the receipt or tracking number.")
    duty.state, duty.marked_at, duty.marked_by = state, now, by
    duty.sent_ref = safe_text(ref, most=200)
    duty.save(update_fields=["state", "marked_at", "marked_by", "sent_ref"])
    record(
        act=LedgerAct.DUTY_MARK,
        by=by,
        at=now,
        subject=incident.ref,
        duty=duty.duty,
        jurisdiction=duty.jurisdiction,
        state=state,
        due=duty.due,
        ref=duty.sent_ref,
    )
    if state == DutyState.SENT:
        clocks_refresh(incident=incident, now=now)
    return duty
