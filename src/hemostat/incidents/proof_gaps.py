"""What is still missing before an incident proves that every notice was made, or that none was needed: 45 CFR 164.414(b)."""

from collections.abc import Iterator
from datetime import date

from .evidence import custody_verify
from .legal_facts import last_count, sent_on
from .local_days import local_day
from .models import Duty, Incident, Notice
from .reliance import Standing
from .vocabulary import AssessmentState, DutyState, PathState

BESIDE_THE_LAW = frozenset({"contract", "pci_card_brand"})
"""Regimes of duties that a contract sets: the burden of proof is about the law's."""


def law_duties(incident: Incident) -> list[Duty]:
    """The duties that a law sets, owed or not, those with a limit first."""
    found = incident.duties.exclude(regime__in=BESIDE_THE_LAW).prefetch_related("notices__sendings")
    return sorted(found, key=lambda duty: (duty.due is None, duty.due or date.max, duty.duty, duty.jurisdiction))


def gaps(incident: Incident, found: list[Standing]) -> list[str]:
    """Every gap as a sentence, the gravest first; empty when nothing is missing."""
    return [
        *_facts(incident),
        *_notices(law_duties(incident)),
        *_assessments(found),
        *_evidence(incident),
    ]


def is_settled(duty: Duty) -> bool:
    """Was its notice made, by itself or by the one that meets it?"""
    return duty.state == DutyState.SENT or bool(duty.met_by)


def _facts(incident: Incident) -> Iterator[str]:
    if not incident.people and last_count(incident) is None:
        yield "Nobody was counted: nothing shows whom it affected, and no duty was computed from people."
    if incident.affected_unknown:
        yield f"{incident.affected_unknown:,} people have no known home; the law of their place was not applied."
    if incident.path_state != PathState.CLOSED:
        yield f"The way out of the data is {incident.path_state}: no probe shows that it is closed."


def _notices(duties: list[Duty]) -> Iterator[str]:
    for duty in duties:
        name = f"{duty.duty} ({duty.recipient_name})"
        day = sent_on(duty) if duty.state == DutyState.SENT else None
        if duty.owed and not is_settled(duty):
            limit = f"its limit is {duty.due}" if duty.due else "the law gives no number of days"
            yield f"{name} is owed and was not sent: it is {duty.state.replace('_', ' ')}; {limit}."
        elif duty.owed and day and duty.due and day > duty.due:
            yield f"{name} went out on {day}, after its limit of {duty.due}: the reason for the delay is not in this file."
        if duty.owed and duty.state == DutyState.SENT:
            yield from _proof(name, list(duty.notices.all()))


def _proof(name: str, notices: list[Notice]) -> Iterator[str]:
    sendings = [sending for notice in notices for sending in notice.sendings.all()]
    if not sendings:
        yield f"{name} is marked sent, and no record of its sending says how, to how many and with which proof."
    elif not all(sending.evidence_id for sending in sendings):
        yield f"{name}: the proof of its sending is named and not sealed in the vault."


def _assessments(found: list[Standing]) -> Iterator[str]:
    for one in found:
        row = one.assessment
        if one.waits:
            yield f"The {one.place_name} assessment of {row.group} waits for a second person since {local_day(row.at)}."
        if one.is_latest and row.state == AssessmentState.RETURNED:
            yield f"The {one.place_name} assessment of {row.group} was returned and not written again."
        if one.is_outdated:
            yield one.outdated_words
        if one.is_stale:
            yield f"The {one.place_name} assessment that lifts duties was made before new evidence: {' '.join(one.since)}"


def _evidence(incident: Incident) -> Iterator[str]:
    if not incident.evidence.exists():
        yield "No evidence is sealed."
    for fault in custody_verify(incident):
        yield f"The evidence {fault.item} does not hold: {fault.reason}"
