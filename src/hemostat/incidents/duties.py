"""How far a duty is: it follows its notices, and there is no other way to move it."""

from collections.abc import Iterable
from datetime import datetime

from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person

from .mailing import PEOPLE, people_told
from .models import Duty, Notice
from .vocabulary import DutyState, NoticeState

_PROOF = 200


def duties_follow(duties: Iterable[Duty], *, by: Person, now: datetime) -> list[Duty]:
    """Each duty is as far as its notices are, and the ledger tells of those that moved, which are returned.

    A duty towards people is met when as many were told as it looks at; one towards an office when one notice went there.
    """
    moved = []
    for duty in Duty.objects.select_for_update().filter(pk__in=[duty.pk for duty in duties]).select_related("incident"):
        notices = list(duty.notices.exclude(state=NoticeState.WITHDRAWN).prefetch_related("duties", "sendings"))
        state, proof = _state(duty, notices), _proof(notices)
        if (duty.state, duty.sent_ref) == (state, proof):
            continue
        duty.state, duty.sent_ref, duty.marked_at, duty.marked_by = state, proof, now, by
        duty.save(update_fields=["state", "sent_ref", "marked_at", "marked_by"])
        record(
            act=LedgerAct.DUTY_MARK,
            by=by,
            at=now,
            subject=duty.incident.ref,
            duty=duty.duty,
            jurisdiction=duty.jurisdiction,
            state=state,
            due=duty.due,
            ref=proof,
        )
        moved.append(duty)
    return moved


def _state(duty: Duty, notices: list[Notice]) -> DutyState:
    if any(notice.state == NoticeState.SENT for notice in notices) and (
        duty.recipient != PEOPLE or people_told(duty, notices, affected=duty.incident.affected) >= duty.people
    ):
        return DutyState.SENT
    if any(notice.state in {NoticeState.APPROVED, NoticeState.SENT} for notice in notices):
        return DutyState.APPROVED
    return DutyState.DRAFT if notices else DutyState.NOT_STARTED


def _proof(notices: list[Notice]) -> str:
    proofs = [sending.proof for notice in notices for sending in notice.sendings.all()]
    return "; ".join(dict.fromkeys(proofs))[:_PROOF]
