"""What the law wants to know about an incident, from its rows.

What nobody has said is left open, so that the law's table says what it assumes instead of a silent default here.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from hemostat.law.elements import elements
from hemostat.law.facts import EVENTS, FEDERAL, HOLD
from hemostat.law.rules import rules_load
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerEntry

from .local_days import local_day
from .models import Assessment, Decision, Duty, Incident, LegalAnswer, LegalEvent
from .reliance import standings
from .vocabulary import AssessmentState, Conclusion, DutyState, LegalQuestion, NoticeState

DETERMINATION, BREACH = "four-factor-assessment", "breach"
"""The step, and its answer, that determine that a breach happened: some clocks count from it."""


def facts_of(incident: Incident) -> dict[str, Any]:
    """What the law wants to know about an incident, as `hemostat law assess` reads it.

    Days are those of the organization's own zone. Words that the law's table does not have are left out; `left_out` names them.
    An answer that nobody gave is None.
    """
    said = answers_of(incident)
    determined = determined_at(incident)
    strange = set(left_out(incident, said))
    return {
        "entity": {"kinds": kinds_of(incident, said), **{question.value: said.get(question) for question in _STANDING}},
        "discovery": {
            "known_at": local_day(incident.discovered_at).isoformat(),
            "should_have_known_at": said.get(LegalQuestion.SHOULD_HAVE_KNOWN_AT),
            "determined_at": local_day(determined).isoformat() if determined else None,
        },
        "affected": {place: count for place, count in incident.affected.items() if place not in strange},
        "affected_elsewhere": incident.affected_unknown
        + sum(incident.affected[place] for place in strange & set(incident.affected)),
        "elements": [element for element in elements_of(incident, said) if element not in strange],
        **{question.value: said.get(question) for question in _STATES},
        **_harm(incident),
        "events": [*_told(incident), *_events(incident)],
    }


_STATES = (LegalQuestion.ENCRYPTED, LegalQuestion.KEY_ACQUIRED, LegalQuestion.ACCESSED, LegalQuestion.ACQUIRED)
_STANDING = (LegalQuestion.AGENT_OF_COVERED_ENTITY, LegalQuestion.DFS_LICENSEE, LegalQuestion.LISTED_COMPANY)


def latest_answers(incident: Incident) -> dict[str, LegalAnswer]:
    """The answer that counts to each question that was answered: the latest one."""
    return {row.question: row for row in incident.legal_answers.select_related("by")}


def answers_of(incident: Incident) -> dict[str, Any]:
    """The value that counts for each question that was answered; None says that nobody knows."""
    return {question: row.value for question, row in latest_answers(incident).items()}


def elements_of(incident: Incident, said: Mapping[str, Any] | None = None) -> list[str]:
    """Kinds of data that leaked: as somebody said, else as the settings say that the surface answers with.

    said: what `answers_of` gave, when it is at hand; so for the next two.
    """
    given: list[str] | None = (answers_of(incident) if said is None else said).get(LegalQuestion.ELEMENTS)
    return list(incident.elements) if given is None else given


def kinds_of(incident: Incident, said: Mapping[str, Any] | None = None) -> list[str]:
    """In which roles the organization holds the data: as somebody said, else as the settings say."""
    given = (answers_of(incident) if said is None else said).get(LegalQuestion.KINDS)
    return list(given or settings.HOME.settings().organization.kinds)


def left_out(incident: Incident, said: Mapping[str, Any] | None = None) -> list[str]:
    """Words of the incident that the law's table lacks: places outside the country, elements that no law asks for."""
    words, places = {element.id for element in elements()}, set(rules_load().names) - {FEDERAL}
    return sorted({*incident.affected.keys() - places, *set(elements_of(incident, said)) - words})


def last_count(incident: Incident) -> LedgerEntry | None:
    """The entry of the ledger about the count of people that stands; None when nobody was counted."""
    return entries(incident.ref).filter(act=LedgerAct.SCOPE_RECORD).last()


def determined_at(incident: Incident) -> datetime | None:
    """The first moment at which it was determined to be a breach: by a decision, or by an approved assessment of everybody."""
    decided = decision_of_breach(incident)
    approved = incident.assessments.filter(state=AssessmentState.APPROVED, whole=True)
    assessed = approved.filter(place=FEDERAL, conclusion=Conclusion.BREACH)
    return min([*([decided.at] if decided else []), *(one.decided_at for one in assessed if one.decided_at)], default=None)


def decision_of_breach(incident: Incident) -> Decision | None:
    """The first decision that it is a breach; a decision to wait, or that it is none, starts no clock."""
    steps = incident.steps.filter(slug=DETERMINATION).values_list("pk", "options")
    breach = {pk: [option["text"] for option in options if option["key"] == BREACH] for pk, options in steps}
    decided = Decision.objects.filter(incident=incident, step__in=breach).order_by("id")
    return next((one for one in decided if one.step_id is not None and one.choice in breach[one.step_id]), None)


def standing_assessments(incident: Incident) -> dict[str, Assessment]:
    """The assessment that counts for each place: the latest approved one of everybody, unless later facts ended what it lifts."""
    return {found.assessment.place: found.assessment for found in standings(incident) if found.decides}


def _harm(incident: Incident) -> dict[str, Any]:
    """Documented findings by place; nothing when nobody assessed, so that the table says what it assumes."""
    found = {place: one.conclusion == Conclusion.BREACH for place, one in standing_assessments(incident).items()}
    return {"harm_in": dict(sorted(found.items()))} if found else {}


_SENT_EVENTS = {
    ("hipaa", "individuals"): "hipaa_individual_notice_sent",
    ("hipaa", "hhs"): "hhs_notice_sent",
    ("state_breach_statute", "individuals"): "consumer_notice_sent",
}


def _told(incident: Incident) -> Iterator[dict[str, Any]]:
    """The notices that went out, as events: on the day that the record of sending names, else on the day it was marked.

    What hangs on a notice to residents counts from the first letter; every other notice counts when all were told.
    """
    begun = Duty.objects.filter(Q(state=DutyState.SENT) | Q(notices__state=NoticeState.SENT), incident=incident)
    for duty in begun.distinct().prefetch_related("notices__sendings"):
        kind = "covered_entity_told" if duty.recipient == "covered_entity" else _SENT_EVENTS.get((duty.regime, duty.recipient))
        day = sent_on(duty) if duty.state == DutyState.SENT or kind == "consumer_notice_sent" else None
        if kind and day:
            place = {"jurisdiction": duty.jurisdiction} if kind == "consumer_notice_sent" else {}
            yield {"kind": kind, "on": day.isoformat()} | place


def sent_on(duty: Duty) -> date | None:
    """The day on which the notice of a duty went out."""
    standing = (notice for notice in duty.notices.all() if notice.state == NoticeState.SENT)
    days = [sending.on for notice in standing for sending in notice.sendings.all()]
    marked = local_day(duty.marked_at) if duty.state == DutyState.SENT and duty.marked_at else None
    return min(days, default=marked)


def standing_events(incident: Incident) -> QuerySet[LegalEvent]:
    """The events that people recorded and nobody withdrew."""
    return incident.legal_events.filter(withdrawn_at__isnull=True).select_related("by")


def _events(incident: Incident) -> Iterator[dict[str, Any]]:
    """What people recorded, in the words of the facts; what the table has no word for stays in the room."""
    for row in standing_events(incident):
        place = {"jurisdiction": row.jurisdiction} if row.jurisdiction else {}
        if row.kind == HOLD:
            until = row.until.isoformat() if row.until else None
            yield {
                "kind": HOLD, "form": row.form, "from": row.on.isoformat(), "until": until, "requested_days": row.requested_days,
            } | place  # fmt: skip
        elif row.kind in EVENTS:
            yield {"kind": row.kind, "on": row.on.isoformat()} | place
