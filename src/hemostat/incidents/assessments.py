"""Is it a breach that must be notified? Assessments whose factors cite evidence, and the second person who decides on them."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput, SystemClock, canonical, iso
from hemostat.law.assessment import HarmTest, Question, harm_test, questions
from hemostat.law.facts import FEDERAL, facts_decode
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .clocks import clocks_refresh
from .law_versions import rules_now
from .legal_facts import facts_of
from .models import Assessment, Evidence, Incident
from .reliance import EVERYBODY, new_facts
from .rows import fresh_incident
from .vault import Vault
from .vocabulary import AssessmentState, BreachException, Conclusion, Factor, Risk
from .words import safe_text

GROUP = 120
MOST_PEOPLE = 2_147_483_647
_FIELDS = {"risk", "why", "evidence", "holds", "told"}
_LIFTING = {Conclusion.LOW_PROBABILITY, Conclusion.EXCEPTION}

Answer = dict[str, Any]
"""One answer: `risk` and `why`, `evidence` as names of sealed items; `holds` of a statement; `told` where a state asks more."""


@transaction.atomic
def assessment_submit(  # noqa: PLR0913  # each is a field of the record
    *,
    incident: Incident,
    by: Person,
    now: datetime,
    conclusion: str,
    reasons: str,
    place: str = FEDERAL,
    group: str = "",
    whole: bool = True,
    people: int | None = None,
    exception: str = "",
    exception_why: str = "",
    factors: Mapping[str, Mapping[str, Any]] | None = None,
) -> Assessment:
    """An assessment waits for a second person; it lifts nothing yet. A later one of the same place and part replaces it.

    The law presumes a breach (45 CFR 164.402(2)), so a breach takes no more than reasons. A low probability takes all four
    factors, none of them high, each with its reasons and sealed evidence; an exception takes each of its elements; a finding
    under a state's law takes the test of that state and what it asks beside it.
    Raises `Refused` without the right, `BadInput` that names what is missing, the item that is not sealed here, or the place
    whose law has no test, and the same words again while they wait; `DamagedSeal` when a cited item is not what was sealed.
    """
    demand(by, Right.DECIDE_LAW)
    incident = fresh_incident(incident)
    test = _test(incident, place)
    concluded = _word(Conclusion, conclusion, "conclusion")
    answers = {name: _answer(name, given) for name, given in (factors or {}).items()}
    cited = _cited(incident, answers)
    _demand_known(answers, place=place, exception=exception)
    _demand_proof(test, concluded, exception, answers)
    if not reasons.strip():
        raise BadInput("An assessment gives the reasons for its conclusion.", advice="Say in a few sentences what decided it.")
    part = EVERYBODY if whole else _group(incident, place, group)
    _demand_consistent(incident, place, concluded, whole=whole)
    fields = {
        "place": place,
        "group": part,
        "whole": whole,
        "people": _people(people),
        "exception": exception if concluded == Conclusion.EXCEPTION else "",
        "exception_why": safe_text(exception_why) if concluded == Conclusion.EXCEPTION else "",
        "factors": answers,
        "conclusion": concluded,
        "reasons": safe_text(reasons),
    }
    _demand_new(incident, by, fields)
    row = Assessment.objects.create(incident=incident, at=now, recorded_at=SystemClock().now(), by=by, **fields)
    record(
        act=LedgerAct.ASSESSMENT_SUBMIT,
        by=by,
        at=now,
        subject=incident.ref,
        evidence=cited,
        papers=assessment_digest(row),
        **_told(row),
    )
    return row


@transaction.atomic
def assessment_decide(*, assessment: Assessment, approve: bool, by: Person, now: datetime, why: str = "") -> Assessment:
    """A second person approved the assessment, or returned it with the reason; the clocks follow an approved one of everybody.

    The approved breach of a part ends what an earlier assessment of everybody lifts.
    Facts that came after it was written are on record with the approval: whoever approves has weighed them.
    Raises `Refused` without the right; `BadInput` for its author, for one that was decided or replaced, and without a reason,
    which only the approval of a breach may lack.
    """
    demand(by, Right.DECIDE_LAW)
    row = Assessment.objects.select_for_update().select_related("by", "decided_by", "incident").get(pk=assessment.pk)
    incident = fresh_incident(row.incident)
    _demand_undecided(row)
    if row.by_id == by.pk:
        raise BadInput(
            "You wrote this assessment; another person decides on it.", advice="Ask counsel, or another compliance officer."
        )
    if not why.strip() and not (approve and row.conclusion == Conclusion.BREACH):
        raise BadInput("This decision gives its reason.", advice="Say what convinced you, or what is missing.")
    weighed = new_facts(row) if approve else []
    if approve and row.conclusion in _LIFTING:
        _test(incident, row.place)
        _demand_consistent(incident, row.place, Conclusion(row.conclusion), whole=row.whole)
        _cited(incident, row.factors)
    row.state = AssessmentState.APPROVED if approve else AssessmentState.RETURNED
    row.decided_at, row.decided_by, row.decided_why = now, by, safe_text(why)
    row.save(update_fields=["state", "decided_at", "decided_by", "decided_why"])
    record(
        act=LedgerAct.ASSESSMENT_DECIDE,
        by=by,
        at=now,
        subject=incident.ref,
        state=row.state,
        has_reason=bool(row.decided_why),
        weighed=weighed,
        papers=assessment_digest(row),
        **_told(row),
    )
    if approve and (row.whole or row.conclusion == Conclusion.BREACH):
        clocks_refresh(incident=incident, now=now, cause=_cause(row, incident), by=by)
    return row


def assessment_papers(row: Assessment) -> dict[str, Any]:
    """What was submitted, as its digest in the ledger covers it."""
    return {
        "place": row.place,
        "group": row.group,
        "whole": row.whole,
        "people": row.people,
        "exception": row.exception,
        "exception_why": row.exception_why,
        "factors": row.factors,
        "conclusion": row.conclusion,
        "reasons": row.reasons,
        "at": iso(row.at),
        "by": row.by.username,
    }


def assessment_digest(row: Assessment) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of `assessment_papers`."""
    return hashlib.sha256(canonical(assessment_papers(row))).hexdigest()


def asked_for(place: str, exception: str = "") -> list[Question]:
    """What an assessment of a place may answer: the four factors, the elements of an exception, or the test of a state."""
    if place != FEDERAL:
        return [Question(id=Factor.STATE_TEST, question="How likely is the harm that the test asks for?")]
    found = questions().exception(exception)
    return [*questions().factors, *(found.elements if found else [])]


def _told(row: Assessment) -> dict[str, Any]:
    return {
        "assessment": row.pk,
        "place": row.place,
        "whole": row.whole,
        "people": row.people,
        "conclusion": row.conclusion,
        "exception": row.exception,
    }


def _test(incident: Incident, place: str) -> HarmTest:
    return harm_test(facts_decode(msgspec.json.encode(facts_of(incident))), place, rules=rules_now())


def _cause(row: Assessment, incident: Incident) -> str:
    words = {
        Conclusion.BREACH: "it is a breach",
        Conclusion.LOW_PROBABILITY: "a low probability of harm",
        Conclusion.EXCEPTION: "an exception applies",
    }
    where = "HIPAA" if row.place == FEDERAL else row.place
    whom = "" if row.whole else f" for {row.group}"
    return f"Assessment of {incident.ref} under {where} approved: {words[Conclusion(row.conclusion)]}{whom}."


def _word(words: type[Conclusion] | type[Risk], given: str, what: str) -> Any:
    if given not in set(words):
        raise BadInput(f"Not a {what}: {given[:40]!r}.", advice=f"Choose one of {', '.join(words)}.")
    return words(given)


def _group(incident: Incident, place: str, group: str) -> str:
    """The name of a part, as it was spelled when it was first assessed: a capital letter does not make it another part."""
    named = safe_text(" ".join(group.split()), most=GROUP)
    if not named or named.lower() == EVERYBODY:
        raise BadInput("An assessment of a part names the part.", advice="Like: nine staff members who searched by name.")
    earlier = Assessment.objects.filter(incident=incident, place=place).values_list("group", flat=True)
    return next((known for known in earlier if known.casefold() == named.casefold()), named)


def _people(people: int | None) -> int | None:
    if people is not None and not 0 < people <= MOST_PEOPLE:
        raise BadInput(f"Not a number of people: {people}.", advice="Leave it empty when nobody has counted them.")
    return people


def _answer(name: str, given: Mapping[str, Any]) -> Answer:
    """One answer, fit to be kept. Raises `BadInput` that names it."""
    if unknown := sorted(given.keys() - _FIELDS):
        raise BadInput(f"The answer {name[:40]!r} has an unknown part: {', '.join(unknown)[:80]}.")
    evidence = given.get("evidence", [])
    if not isinstance(evidence, list) or not all(isinstance(item, str) for item in evidence):
        raise BadInput(f"The evidence of {name[:40]!r} is a list of names of sealed items.")
    risk = str(given.get("risk", ""))
    kept: Answer = {
        "risk": _word(Risk, risk, f"risk of {name[:40]}").value if risk else "",
        "why": safe_text(str(given.get("why", ""))),
        "evidence": list(dict.fromkeys(evidence)),
    }
    if "holds" in given:
        kept["holds"] = given["holds"] is True
    if told := safe_text(str(given.get("told", ""))):
        kept["told"] = told
    return kept


def _cited(incident: Incident, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Each cited item with its hash. Raises `BadInput` that names those not sealed here, `DamagedSeal` for one that changed."""
    names = sorted({item for answer in answers.values() for item in answer["evidence"]})
    sealed = {item.item: item for item in Evidence.objects.filter(incident=incident, item__in=names)}
    if missing := [name for name in names if name not in sealed]:
        raise BadInput(
            f"Not sealed in the vault of {incident.ref}: {', '.join(missing)[:200]}.",
            advice="Seal the item first, or cite one of those that are sealed.",
        )
    vault = Vault(settings.HOME)
    for name in names:
        vault.get(incident.ref, name, sealed[name].sha256)
    return {name: sealed[name].sha256 for name in names}


def _demand_known(answers: Iterable[str], *, place: str, exception: str) -> None:
    if exception and exception not in set(BreachException):
        raise BadInput(f"Not an exception: {exception[:40]!r}.", advice=f"Choose one of {', '.join(BreachException)}.")
    known = {question.id for question in asked_for(place, exception)}
    if unknown := sorted(set(answers) - known):
        raise BadInput(
            f"Nobody asks for {', '.join(unknown)[:80]} here.", advice=f"An answer is one of {', '.join(sorted(known))}."
        )


def _demand_proof(test: HarmTest, conclusion: Conclusion, exception: str, answers: Mapping[str, Answer]) -> None:
    if conclusion == Conclusion.BREACH:
        return
    if conclusion == Conclusion.EXCEPTION:
        _demand_exception(test, exception, answers)
    elif test.place == FEDERAL:
        for factor in questions().factors:
            _demand_low(f"the factor {factor.id!r}", answers.get(factor.id, {}))
    else:
        given = answers.get(Factor.STATE_TEST, {})
        _demand_low(f"the test of {test.place_name}", given)
        if test.ask and not given.get("told"):
            raise BadInput(
                f"{test.place_name} asks for more than a finding: {test.condition}", advice=f"Answer this too: {test.ask}"
            )


def _demand_low(what: str, answer: Mapping[str, Any]) -> None:
    if not answer.get("risk"):
        raise BadInput(f"A low probability needs an answer to {what}.", advice="All of them count; an open one is a breach.")
    if answer["risk"] == Risk.HIGH:
        raise BadInput(
            f"With a high risk in {what} nobody shows a low probability.", advice="Conclude that it is a breach, and notify."
        )
    _demand_why(what, answer)


def _demand_why(what: str, answer: Mapping[str, Any]) -> None:
    if not answer["why"]:
        raise BadInput(f"The answer to {what} lacks its reasons.")
    if not answer["evidence"]:
        raise BadInput(
            f"The answer to {what} cites no evidence.", advice="Choose at least one item that is sealed in this incident."
        )


def _demand_exception(test: HarmTest, exception: str, answers: Mapping[str, Answer]) -> None:
    if test.place != FEDERAL:
        raise BadInput(
            f"The exceptions of 45 CFR 164.402(1) belong to HIPAA; {test.place_name} has a harm test.",
            advice="Conclude with a low probability under that test.",
        )
    found = questions().exception(exception)
    if found is None:
        raise BadInput("The exception is not named.", advice=f"Choose one of {', '.join(BreachException)}.")
    for element in found.elements:
        answer = answers.get(element.id)
        if not answer or not answer.get("holds"):
            raise BadInput(
                f"{found.title}: this does not stand: {element.question}",
                advice="Without it the exception does not apply. Weigh the four factors, or presume a breach.",
            )
        _demand_why(f"the element {element.id!r}", answer)


def _demand_consistent(incident: Incident, place: str, conclusion: Conclusion, *, whole: bool) -> None:
    """Nothing, unless everybody is cleared though a part of them is a breach."""
    if not whole or conclusion == Conclusion.BREACH:
        return
    parts = Assessment.objects.filter(incident=incident, place=place, whole=False, state=AssessmentState.APPROVED)
    latest = {part.group: part for part in parts.order_by("pk")}
    if breach := next((part for part in latest.values() if part.conclusion == Conclusion.BREACH), None):
        raise BadInput(
            f"Everybody includes “{breach.group}”, for whom a breach was found.",
            advice="Assess that part again first, or write an assessment of the rest as a part.",
        )


def _demand_new(incident: Incident, by: Person, fields: Mapping[str, Any]) -> None:
    last = Assessment.objects.filter(incident=incident, place=fields["place"], group=fields["group"]).last()
    waits = last is not None and last.state == AssessmentState.SUBMITTED and last.by_id == by.pk
    if waits and {name: getattr(last, name) for name in fields} == fields:
        raise BadInput("You wrote the same assessment before, and it waits.", advice="Nothing was changed.")


def _demand_undecided(row: Assessment) -> None:
    if row.state != AssessmentState.SUBMITTED:
        who = f" by {row.decided_by.full_name}" if row.decided_by else ""
        raise BadInput(f"This assessment was already {row.state}{who}.", advice="Write a new one; nothing was changed.")
    later = Assessment.objects.filter(incident=row.incident, place=row.place, group=row.group, pk__gt=row.pk)
    if later.exists():
        raise BadInput("A later assessment replaced this one.", advice="Decide on the later one.")
