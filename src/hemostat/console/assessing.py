"""What the page of assessments shows: the answer so far, the form of one place, and what a conclusion would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.http import QueryDict

from hemostat.incidents.legal_facts import decision_of_breach
from hemostat.incidents.models import Assessment, Decision, Incident
from hemostat.incidents.reliance import Standing, standings
from hemostat.incidents.services import facts_of, local_day
from hemostat.incidents.vocabulary import Conclusion, Factor
from hemostat.kernel import BadInput, HemostatError
from hemostat.law.assessment import (
    HIPAA,
    Effect,
    Exemption,
    HarmTest,
    Question,
    effects,
    harm_test,
    harm_tests,
    questions,
    untested,
)
from hemostat.law.engine import Duty
from hemostat.law.facts import FEDERAL, Facts, facts_decode
from hemostat.law.rules import rules_load

_STATE_QUESTION = Question(
    id=Factor.STATE_TEST,
    question="How likely is the harm that the law of the state names?",
    help="Weigh the data, who has them, whether they were taken, and what was done since, against the words of the test above.",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question of the form. `name` begins the names of its fields; the rest is what was answered so far."""

    name: str
    question: Question
    risk: str = ""
    why: str = ""
    told: str = ""
    holds: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One exception with the statements that it takes."""

    exemption: Exemption
    is_chosen: bool
    asked: list[Asked]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The form for one place, filled with what was typed, or with an earlier assessment that is being renewed."""

    test: HarmTest
    whole: bool
    group: str
    people: str
    conclusion: str
    reasons: str
    exception_why: str
    factors: list[Asked]
    exceptions: list[Claimed]

    @property
    def is_federal(self) -> bool:
        """Is it about HIPAA, with its four factors and exceptions?"""
        return self.test.place == FEDERAL


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer at the top of the page; `word` stands in the chip, `tone` is late, near or ok; `by`: who says so."""

    word: str
    tone: str
    sentence: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one finding would change: the duties that fall, those that it brings, and where the others stay and how many."""

    falls: list[Duty]
    comes: list[Duty]
    stays: list[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What findings would change, by place; `fault` says why nobody can tell. `untested`: where none lifts anything, and why."""

    facts: Facts | None = None
    found: dict[str, Effect] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    tests: list[tuple[HarmTest, Change]] = field(default_factory=list)
    untested: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def federal(self) -> Change | None:
        """What a finding under HIPAA would change; None when nothing."""
        found = self.changes.get(FEDERAL)
        return found if found and found.falls else None


@dataclass(frozen=True, kw_only=True)
class AssessmentPage:
    """Everything that the page shows. determined: the decision in the room that it is a breach, if one was made.

    first_place: the place whose form stands there when nobody chose one; empty when no finding lifts anything.
    """

    verdict: Verdict
    first_place: str
    determined: Decision | None
    renew: list[Standing]
    waiting: list[tuple[Standing, Change | None]]
    history: list[Standing]
    outlook: Outlook
    owed: int


def page_of(incident: Incident) -> AssessmentPage:
    """The page as everybody who may see the incident sees it."""
    found, outlook = standings(incident), _outlook(incident)
    is_bound = outlook.facts is None or bool(HIPAA.intersection(outlook.facts.entity.kinds))
    waiting = [one for one in found if one.waits]
    return AssessmentPage(
        verdict=_verdict(found, is_bound=is_bound),
        first_place=FEDERAL if is_bound else next((test.place for test, _ in outlook.tests), ""),
        determined=decision_of_breach(incident),
        renew=[one for one in found if one.must_renew],
        waiting=[(one, outlook.changes.get(one.assessment.place)) for one in waiting],
        history=[one for one in found if one not in waiting],
        outlook=outlook,
        owed=incident.duties.filter(owed=True).count(),
    )


def sheet_of(page: AssessmentPage, *, place: str, typed: QueryDict | None = None, again: Assessment | None = None) -> Sheet:
    """The form of a place. Raises `BadInput` for a place where no finding lifts anything, and when the facts cannot be used."""
    if page.outlook.facts is None:
        raise BadInput(page.outlook.fault)
    test = harm_test(page.outlook.facts, place, found=page.outlook.found)
    if typed is not None:
        return _sheet(test, fields=_typed(typed), answers=_typed_answers(typed))
    if again is not None:
        return _sheet(test, fields=_kept(again), answers=_kept_answers(again))
    return _sheet(test, fields={}, answers={})


def submission(typed: QueryDict) -> dict[str, Any]:
    """What the form hands to the service. Raises `BadInput` for a number of people that is none."""
    fields = _typed(typed)
    answers = _typed_answers(typed)
    exception = fields["exception"] if fields["conclusion"] == Conclusion.EXCEPTION else ""
    claimed = {name.partition(".")[2]: given for name, given in answers.items() if exception and name.startswith(f"{exception}.")}
    factors = {name: given for name, given in answers.items() if "." not in name and _is_answered(given)}
    if people := fields.pop("people"):
        if not people.isdecimal():
            raise BadInput(f"Not a number of people: {people[:20]!r}.", advice="Use digits, or leave it empty.")
        fields["people"] = int(people[:12])
    return fields | {"exception": exception, "factors": factors | claimed}


def _is_answered(given: Mapping[str, Any]) -> bool:
    return any(given[part] for part in ("risk", "why", "told", "evidence"))


def _outlook(incident: Incident) -> Outlook:
    try:
        facts = facts_decode(msgspec.json.encode(facts_of(incident)))
        found = effects(facts)
    except HemostatError as error:
        return Outlook(fault=f"{error} {error.advice()}".strip())
    changes = {place: _change(effect) for place, effect in found.items()}
    return Outlook(
        facts=facts,
        found=found,
        changes=changes,
        tests=[(test, changes[test.place]) for test in harm_tests(found)],
        untested=untested(found),
    )


def _change(effect: Effect) -> Change:
    places: dict[str, int] = {}
    for duty in effect.stays:
        name = "federal and contract" if duty.jurisdiction == FEDERAL else rules_load().names[duty.jurisdiction]
        places[name] = places.get(name, 0) + 1
    return Change(falls=effect.falls, comes=effect.comes, stays=sorted(places.items()))


def _verdict(found: list[Standing], *, is_bound: bool) -> Verdict:
    if not is_bound:
        return Verdict(
            word="by state",
            tone="near",
            sentence="HIPAA does not bind the organization for this data. Each state asks by its own law, below.",
        )
    federal = [one for one in found if one.assessment.place == FEDERAL]
    deciding = next((one for one in federal if one.decides), None)
    if deciding is None:
        return _presumed(is_again=any(one.is_outdated for one in federal))
    row = deciding.assessment
    decider = row.decided_by.full_name if row.decided_by else "nobody"
    day = f"{local_day(row.decided_at):%-d %b %Y}" if row.decided_at else "no day"
    who = f"Assessed by {row.by.full_name}, approved by {decider} on {day}."
    if row.conclusion == Conclusion.BREACH:
        return Verdict(word="breach", tone="late", sentence="Yes, it is a breach.", by=who)
    word = "new evidence" if deciding.is_stale else "no breach"
    reason = "a low probability of compromise" if row.conclusion == Conclusion.LOW_PROBABILITY else "an exception applies"
    tone = "near" if deciding.is_stale else "ok"
    return Verdict(word=word, tone=tone, sentence=f"Not under HIPAA: {reason}.", by=who)


def _presumed(*, is_again: bool) -> Verdict:
    if is_again:
        sentence = "The law presumes so again: the facts changed after the approval."
        return Verdict(word="presumed again", tone="late", sentence=sentence)
    return Verdict(word="presumed", tone="near", sentence="The law presumes so, and no approved assessment says otherwise.")


def _sheet(test: HarmTest, *, fields: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> Sheet:
    federal = test.place == FEDERAL
    return Sheet(
        test=test,
        whole=fields.get("whole", True),
        group=fields.get("group", ""),
        people=fields.get("people", ""),
        conclusion=fields.get("conclusion", ""),
        reasons=fields.get("reasons", ""),
        exception_why=fields.get("exception_why", ""),
        factors=[_asked(one, one.id, answers) for one in (questions().factors if federal else [_STATE_QUESTION])],
        exceptions=[
            Claimed(
                exemption=one,
                is_chosen=fields.get("exception") == one.id,
                asked=[_asked(element, f"{one.id}.{element.id}", answers) for element in one.elements],
            )
            for one in (questions().exceptions if federal else [])
        ],
    )


def _asked(question: Question, name: str, answers: Mapping[str, Mapping[str, Any]]) -> Asked:
    given = answers.get(name, {})
    return Asked(
        name=name,
        question=question,
        risk=given.get("risk", ""),
        why=given.get("why", ""),
        told=given.get("told", ""),
        holds=given.get("holds", False),
        evidence=tuple(given.get("evidence", ())),
    )


def _typed(typed: QueryDict) -> dict[str, Any]:
    names = ("place", "group", "conclusion", "reasons", "exception", "exception_why")
    return {name: _words(typed, name) for name in names} | {
        "whole": typed.get("whole") != "part",
        "people": _words(typed, "people").strip().replace(",", ""),
    }


def _words(typed: QueryDict, name: str) -> str:
    """What was typed into a field, in printable characters and lines: it may stand in the form again."""
    return "".join(c for c in typed.get(name, "").replace("\r\n", "\n") if c.isprintable() or c == "\n")


def _typed_answers(typed: QueryDict) -> dict[str, dict[str, Any]]:
    """What was answered to every question that a form can have."""
    names = [*(one.id for one in questions().factors), Factor.STATE_TEST.value]
    answers: dict[str, dict[str, Any]] = {}
    for name in names:
        answers[name] = _typed_answer(typed, name) | {"risk": _words(typed, f"{name}-risk")}
    for one in questions().exceptions:
        for element in one.elements:
            name = f"{one.id}.{element.id}"
            answers[name] = _typed_answer(typed, name) | {"holds": typed.get(f"{name}-holds") == "on"}
    return answers


def _typed_answer(typed: QueryDict, name: str) -> dict[str, Any]:
    return {
        "why": _words(typed, f"{name}-why"),
        "told": _words(typed, f"{name}-told"),
        "evidence": typed.getlist(f"{name}-evidence"),
    }


def _kept(row: Assessment) -> dict[str, Any]:
    return {
        "whole": row.whole,
        "group": "" if row.whole else row.group,
        "people": "" if row.people is None else str(row.people),
        "conclusion": row.conclusion,
        "reasons": row.reasons,
        "exception": row.exception,
        "exception_why": row.exception_why,
    }


def _kept_answers(row: Assessment) -> dict[str, dict[str, Any]]:
    elements = {element.id for one in questions().exceptions for element in one.elements}
    return {f"{row.exception}.{name}" if name in elements else name: given for name, given in row.factors.items()}
