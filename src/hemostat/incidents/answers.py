"""What people say about the facts that the law asks: answers, events, and their withdrawal. Nothing said is ever erased."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from hemostat.kernel import BadInput, SystemClock
from hemostat.law.elements import elements
from hemostat.law.facts import FEDERAL, FORMS, HOLD, KINDS, LAST_YEAR, MOST_DAYS
from hemostat.law.rules import rules_load
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .clocks import clocks_refresh
from .legal_facts import elements_of, kinds_of, last_count, latest_answers, standing_events
from .lifecycle import OLDEST_REPORT, scope_record
from .local_days import local_day
from .models import Incident, LegalAnswer, LegalEvent
from .questions import EVENT_KINDS, KIND_WORDS, QUESTIONS, Question
from .rows import fresh_incident
from .vocabulary import LegalQuestion
from .words import safe_text

HOW = 300


@transaction.atomic
def answer_record(
    *,
    incident: Incident,
    question: str,
    value: bool | str | Sequence[str] | None,
    why: str,
    evidence: Sequence[str],
    by: Person,
    now: datetime,
) -> LegalAnswer:
    """The answer is on record with its reason and evidence; it counts from now on, and the clocks follow.

    value: True, False, or None when nobody knows; an ISO date or None; a list of words. Earlier answers stay.
    Raises `Refused` without the right; `BadInput` for another value, without a reason, for evidence that is not sealed in the
    incident, for an answer that can lift duties and names no evidence, and for one that stands already, word for word.
    """
    demand(by, Right.DECIDE_LAW)
    if question not in set(LegalQuestion):
        raise BadInput(f"The law asks no question {question[:40]!r}.", advice=f"Choose one of {', '.join(LegalQuestion)}.")
    asked = QUESTIONS[LegalQuestion(question)]
    incident = fresh_incident(incident)
    said = _CHECKS[asked.kind](f"{asked.text} ({question})", value, local_day(now))
    if not why.strip():
        raise BadInput(f"{asked.text} An answer says why.", advice="Write who found it, and how.")
    _demand_sealed(incident, asked, evidence)
    if _can_lift(incident, LegalQuestion(question), said) and not evidence:
        raise BadInput(
            f"{asked.text} The answer “{answer_words(said)}” can lift duties, so it names the evidence that bears it out.",
            advice="Choose a sealed item; the burden of proof is ours, 45 CFR 164.414(b).",
        )
    words = {"value": said, "why": safe_text(why), "evidence": sorted(set(evidence))}
    last = latest_answers(incident).get(question)
    if last and {name: getattr(last, name) for name in words} == words:
        raise BadInput(f"{asked.text} {last.by.full_name} gave this answer before.", advice="Nothing was changed; it stands.")
    answer = LegalAnswer.objects.create(
        incident=incident, question=question, at=now, recorded_at=SystemClock().now(), by=by, **words
    )
    record(
        act=LedgerAct.FACT_ANSWER,
        by=by,
        at=now,
        subject=incident.ref,
        answer=answer.pk,
        question=question,
        value=said,
        evidence=answer.evidence,
    )
    clocks_refresh(incident=incident, now=now, cause=f"{asked.text} {answer_words(said)}.", by=by)
    return answer


@transaction.atomic
def event_record(  # noqa: PLR0913  # each is a field of the record
    *,
    incident: Incident,
    kind: str,
    on: date,
    how: str,
    by: Person,
    now: datetime,
    jurisdiction: str = "",
    form: str = "",
    until: date | None = None,
    requested_days: int | None = None,
) -> LegalEvent:
    """The event is on record, and the clocks that it starts, moves or ends follow.

    on: its day, the first one of a hold. jurisdiction: the only place for which it holds, empty for everywhere. form, until,
    requested_days belong to a hold. A notice that went out is no event here: the record of its sending is.
    Raises `Refused` without the right; `BadInput` that names the field for anything that cannot be, and for an event that stands
    on record already, word for word, naming by whom.
    """
    demand(by, Right.DECIDE_LAW)
    incident = fresh_incident(incident)
    _demand_event(kind, on, jurisdiction, how, today=local_day(now))
    _demand_hold(kind, on, form, until, requested_days)
    fields: dict[str, Any] = {
        "kind": kind,
        "on": on,
        "jurisdiction": jurisdiction,
        "form": form,
        "until": until,
        "requested_days": requested_days,
    }
    told = safe_text(how, most=HOW)
    # Two letters of the same day are two events: what is the same to the word is a form that was sent twice.
    if same := standing_events(incident).filter(**fields, how=told).first():
        raise BadInput(
            f"{EVENT_KINDS[kind].text}: {same.by.full_name} put the same event on record before.",
            advice="Nothing was changed; withdraw that one when it was wrong.",
        )
    event = LegalEvent.objects.create(incident=incident, how=told, at=now, recorded_at=SystemClock().now(), by=by, **fields)
    record(act=LedgerAct.FACT_EVENT, by=by, at=now, subject=incident.ref, event=event.pk, **fields)
    clocks_refresh(incident=incident, now=now, cause=f"{EVENT_KINDS[kind].text}: {event_words(event)}.", by=by)
    return event


@transaction.atomic
def event_withdraw(*, event: LegalEvent, why: str, by: Person, now: datetime) -> LegalEvent:
    """The event was a mistake: it stays on record, counts no more, and the clocks follow.

    Raises `Refused` without the right; `BadInput` without a reason, and for one that was withdrawn before, naming by whom.
    """
    event = _withdrawn(event, why, by=by, now=now)
    text = EVENT_KINDS[event.kind].text
    clocks_refresh(incident=event.incident, now=now, cause=f"Withdrawn: {text}, {event_words(event)}.", by=by)
    return event


@transaction.atomic
def hold_end(*, event: LegalEvent, until: date, how: str, by: Person, now: datetime) -> LegalEvent:
    """The hold ends on `until`, whatever was asked for: a new record takes the place of the old one, which stays in the history.

    Raises what `event_withdraw` and `event_record` raise, and `BadInput` for an event that is no hold.
    """
    if event.kind != HOLD:
        raise BadInput(
            f"{EVENT_KINDS[event.kind].text}: only a hold of law enforcement ends.", advice="Withdraw the event instead."
        )
    old = _withdrawn(event, f"Replaced: it ends on {until}.", by=by, now=now)
    return event_record(
        incident=old.incident,
        kind=old.kind,
        on=old.on,
        how=how,
        by=by,
        now=now,
        jurisdiction=old.jurisdiction,
        form=old.form,
        until=until,
    )


@transaction.atomic
def count_by_hand(
    *,
    incident: Incident,
    people: Mapping[str, int],
    unknown: int,
    item: str,
    how: str,
    by: Person,
    now: datetime,
    seen: int | None = None,
) -> Incident:
    """The incident holds a count that people made outside of the lake, from a sealed list; the clocks follow.

    item: the sealed list; its hash stands for the query. how: how it was counted. seen: the ledger's number of the count that it
    is meant to replace, 0 for none; without it, whatever stands.
    Raises `Refused` without the right; `BadInput` for a place that the law's table lacks, for a list that is not sealed here,
    without a word of how, for a negative count, and when somebody counted since, naming by whom.
    """
    demand(by, Right.SCOPE)
    last = last_count(incident)
    if last and seen is not None and seen != last.seq:
        raise BadInput(
            f"{last.actor} counted {last.payload['total']:,} people meanwhile; your count would have replaced that one unseen.",
            advice="Look at the new count, and send yours again when it still holds.",
        )
    places = rules_load().names.keys() - {FEDERAL}
    if strange := sorted(set(people) - places):
        raise BadInput(
            f"No place of the law's table: {strange[0][:20]!r} (people).",
            advice="Like US-CA; people abroad and of unknown home count as unknown.",
        )
    sealed = incident.evidence.filter(item=item).first()
    if sealed is None:
        raise BadInput(
            f"{item[:60]!r} is not sealed in {incident.ref} (item).",
            advice="Seal the list of people first; the count rests on it.",
        )
    if not how.strip():
        raise BadInput("A count says how it was made (how).", advice="Write who counted, and how people were told apart.")
    query = safe_text(f"by hand from {sealed.item}: {how}", most=HOW)
    return scope_record(
        incident=incident, by=by, now=now, people=people, unknown=unknown, query=query, query_sha256=sealed.sha256
    )


def answer_words(value: Any) -> str:
    """An answer as people read it."""
    if value is None:
        return "nobody knows"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ", ".join(KIND_WORDS.get(word, word.replace("_", " ")) for word in value)


def event_words(event: LegalEvent) -> str:
    """The days and the place of an event as people read them."""
    place = f", for {event.jurisdiction} alone" if event.jurisdiction else ""
    if event.kind != HOLD:
        return f"{event.on}{place}"
    asked = f" for {event.requested_days} days" if event.requested_days is not None else ""
    form = "in writing" if event.form == "written" else "by word of mouth"
    return f"{form} on {event.on}{asked}{f', until {event.until}' if event.until else ''}{place}"


def _withdrawn(event: LegalEvent, why: str, *, by: Person, now: datetime) -> LegalEvent:
    demand(by, Right.DECIDE_LAW)
    event = LegalEvent.objects.select_for_update().select_related("incident").get(pk=event.pk)
    event.incident = fresh_incident(event.incident)
    if event.withdrawn_by:
        raise BadInput(f"{EVENT_KINDS[event.kind].text} was withdrawn by {event.withdrawn_by.full_name} before.")
    if not why.strip():
        raise BadInput("A withdrawal says why.", advice="Write what was wrong with the event.")
    event.withdrawn_at, event.withdrawn_by, event.withdrawn_why = now, by, safe_text(why, most=HOW)
    event.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record(act=LedgerAct.FACT_WITHDRAW, by=by, at=now, subject=event.incident.ref, event=event.pk, kind=event.kind, on=event.on)
    return event


def _demand_sealed(incident: Incident, asked: Question, evidence: Sequence[str]) -> None:
    sealed = set(incident.evidence.values_list("item", flat=True))
    if strange := sorted(set(evidence) - sealed):
        raise BadInput(
            f"{asked.text} {strange[0][:60]!r} is not sealed in {incident.ref}.", advice="Seal it first, or choose from the list."
        )


def _can_lift(incident: Incident, question: LegalQuestion, said: Any) -> bool:
    """Can the answer lift duties: by its word, or because it leaves out a kind of data or a role that counted up to now?"""
    if question is LegalQuestion.ELEMENTS:
        return not {element.id for element in elements()} & set(elements_of(incident)) <= set(said)
    if question is LegalQuestion.KINDS:
        return not set(kinds_of(incident)) <= set(said)
    lifts = QUESTIONS[question].lifts
    return lifts is not None and said is lifts


def _demand_event(kind: str, on: date, jurisdiction: str, how: str, *, today: date) -> None:
    if kind not in EVENT_KINDS:
        raise BadInput(
            f"No event of this kind is recorded here: {kind[:40]!r}.", advice=f"Choose one of {', '.join(EVENT_KINDS)}."
        )
    _demand_day("Its day (on)", on, today)
    if jurisdiction and jurisdiction not in rules_load().names:
        raise BadInput(
            f"No place of the law's table: {jurisdiction[:20]!r} (jurisdiction).", advice="Like US-CA; empty for everywhere."
        )
    if not how.strip():
        raise BadInput("An event says how it is known (how).", advice="Write who said or wrote it, and where that is kept.")


def _demand_day(field: str, day: date, today: date) -> None:
    if day > today:
        raise BadInput(f"{field} lies in the future: {day}.", advice=f"Today is {today} where the organization is.")
    if today - day > OLDEST_REPORT:
        # A slip of the pen here would be a discovery before most of these laws began, and lift every duty.
        raise BadInput(f"{field} lies more than six years ago: {day}.", advice="Check its year; keep it as an entry.")


def _demand_hold(kind: str, on: date, form: str, until: date | None, requested_days: int | None) -> None:
    if kind != HOLD:
        if form or until or requested_days is not None:
            raise BadInput(
                "Only a hold of law enforcement has a form, an end, or days that were asked for (form, until, requested_days).",
                advice="Leave them empty, or choose the hold.",
            )
        return
    if form not in FORMS:
        raise BadInput(f"A hold was asked for {' or '.join(FORMS)} (form), not {form[:20]!r}.", advice="Choose one of the two.")
    if until and until < on:
        raise BadInput(f"The hold ends on {until} (until), before it begins on {on} (on).", advice="Check both days.")
    if until and until.year > LAST_YEAR:
        raise BadInput(
            f"The hold ends after {LAST_YEAR}: {until} (until).", advice="Check the year; empty when no end was named."
        )
    if requested_days is not None and not 1 <= requested_days <= MOST_DAYS:
        raise BadInput(
            f"A hold of {requested_days} days (requested_days) lies outside 1 to {MOST_DAYS}.", advice="Check the number."
        )


def _yes_no(field: str, value: object, today: date) -> bool | None:  # noqa: ARG001  # one face for every kind of answer
    if value is None or isinstance(value, bool):
        return value
    raise BadInput(f"{field} is answered with yes, no, or that nobody knows.", advice="Choose one of the three.")


def _day(field: str, value: object, today: date) -> str | None:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise BadInput(f"{field} is answered with a day.", advice="Like 2026-03-02.")
    _demand_day(field, day, today)
    return day.isoformat()


def _some_of(field: str, value: object, known: Sequence[str]) -> list[str]:
    chosen = set(value) if isinstance(value, list | tuple) else set()
    if strange := sorted(chosen - set(known), key=str):
        raise BadInput(
            f"{field}: the law's table does not know {str(strange[0])[:40]!r}.", advice=f"It knows {', '.join(known)}."
        )
    if not chosen:
        raise BadInput(f"{field} names at least one.", advice="Choose from the list.")
    return [word for word in known if word in chosen]


_CHECKS: Mapping[str, Callable[[str, object, date], Any]] = {
    "yes_no": _yes_no,
    "day": _day,
    "kinds": lambda field, value, _: _some_of(field, value, KINDS),
    "elements": lambda field, value, _: _some_of(field, value, [element.id for element in elements()]),
}
