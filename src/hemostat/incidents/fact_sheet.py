"""Every fact that the law asks about an incident: what it is now, who said so and why, and what is only assumed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hemostat.law.elements import elements
from hemostat.law.engine import assess
from hemostat.law.facts import HOLD, facts_decode

from .answers import answer_words, event_words
from .contract_duties import CONTRACT
from .history import Turn, history_of
from .law_versions import rules_now
from .legal_facts import (
    decision_of_breach,
    determined_at,
    elements_of,
    facts_of,
    kinds_of,
    last_count,
    left_out,
    standing_assessments,
)
from .models import Assessment, Duty, Incident, LegalAnswer, LegalEvent, Report
from .questions import EVENT_KINDS, KIND_WORDS, QUESTIONS
from .vocabulary import Conclusion, LegalQuestion

_GROUPS = (
    ("known", "When was it known?", (LegalQuestion.SHOULD_HAVE_KNOWN_AT,)),
    (
        "who",
        "What are we, by law?",
        (LegalQuestion.KINDS, LegalQuestion.AGENT_OF_COVERED_ENTITY, LegalQuestion.DFS_LICENSEE, LegalQuestion.LISTED_COMPANY),
    ),
    (
        "data",
        "What happened to the data?",
        (
            LegalQuestion.ELEMENTS,
            LegalQuestion.ENCRYPTED,
            LegalQuestion.KEY_ACQUIRED,
            LegalQuestion.ACCESSED,
            LegalQuestion.ACQUIRED,
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One question with its present value.

    value: in words; what is assumed while nobody knows. state: answered, settings (taken from there), assumed, or idle while it
    changes nothing.
    chosen: the value as a form carries it. earlier: answers that count no more, the latest first.
    """

    question: str
    text: str
    kind: str
    help: str
    lifts: bool | None
    value: str
    state: str
    chosen: Any
    answer: LegalAnswer | None
    earlier: list[LegalAnswer]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Facts that belong together under one heading."""

    slug: str
    title: str
    facts: list[Fact]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event that people recorded, in words; `may_end` is true of a hold that stands."""

    event: LegalEvent
    text: str
    words: str
    may_end: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """People by where they live, and the count behind it; `ledger` is the number of its entry, 0 before anybody counted."""

    places: list[tuple[str, str, int]]
    elsewhere: int
    total: int
    left_out: list[str]
    by: str
    at: datetime | None
    query: str
    ledger: int


@dataclass(frozen=True, kw_only=True)
class FactSheet:
    """The facts of an incident as one page. assumed: what the law's table takes for true because nobody has said."""

    groups: list[Group]
    answered: int
    asked: int
    assumed: list[str]
    reports: list[Report]
    determined: datetime | None
    determined_how: str
    findings: list[Assessment]
    counted: Counted
    happenings: list[Happening]
    contracts: list[Duty]
    history: list[Turn]


def fact_sheet(incident: Incident) -> FactSheet:
    """Everything that the page of facts shows, as it stands now."""
    facts, said = facts_of(incident), list(incident.legal_answers.select_related("by"))
    groups = [Group(slug=slug, title=title, facts=_facts(incident, names, facts, said)) for slug, title, names in _GROUPS]
    shown = [fact for group in groups for fact in group.facts if fact.state != "idle"]
    decided, determined = decision_of_breach(incident), determined_at(incident)
    return FactSheet(
        groups=groups,
        answered=sum(fact.state == "answered" for fact in shown),
        asked=len(shown),
        assumed=_assumed(incident, facts),
        reports=list(incident.reports.select_related("withdrawn_by")),
        determined=determined,
        determined_how=f"decided by {decided.by.full_name}: {decided.choice}"
        if decided and decided.at == determined
        else "by an approved assessment",
        findings=[finding for _, finding in sorted(standing_assessments(incident).items())],
        counted=_counted(incident, facts),
        happenings=[_happening(event) for event in incident.legal_events.select_related("by", "withdrawn_by")],
        contracts=list(incident.duties.filter(regime=CONTRACT).select_related("contract").order_by("-owed", "due", "pk")),
        history=history_of(incident),
    )


def evidence_names(incident: Incident) -> list[str]:
    """Names of the sealed items that an answer can cite, in order."""
    return sorted(incident.evidence.values_list("item", flat=True))


def plain_words(sentence: str) -> str:
    """A warning of the law's table for people who do not know the document of facts: its fields become words."""
    words = re.sub(r"`([a-z_.]+)(?:\.(US[A-Z-]*))?`", lambda found: _FIELDS.get(found[1], found[1].replace("_", " ")), sentence)
    words = words.replace(" is missing", " is not known").replace("_", " ")
    return words[:1].upper() + words[1:]


_FIELDS = {
    "encrypted": "encryption",
    "key_acquired": "whether the key was taken",
    "acquired": "whether the data were taken",
    "accessed": "whether anybody got at the data",
    "harm_likely": "whether harm is likely",
    "harm_in": "the finding on harm",
    "discovery.known_at": "the day on which it was known",
    "known_at": "the day on which it was known",
    "discovery.should_have_known_at": "the day on which diligence would have shown it",
    "discovery.determined_at": "the day of the determination",
    "entity.kinds": "who we are for this data",
    "entity.dfs_licensee": "whether New York's financial regulator licenses us",
    "entity.listed_company": "whether we are a listed company",
    "entity.agent_of_covered_entity": "whether we are the agent of the covered entity",
    "elements": "the kinds of data",
    "affected": "the people counted",
    "affected_elsewhere": "homes that are unknown",
    "affected_total": "the total of people",
    "events": "the events",
    "events.jurisdiction": "the place",
    "events.on": "the day",
    "events.from": "the first day",
}


def _facts(incident: Incident, names: Iterable[LegalQuestion], facts: dict[str, Any], said: Sequence[LegalAnswer]) -> list[Fact]:
    found = []
    for name in names:
        asked, rows = QUESTIONS[name], [row for row in said if row.question == name]
        answer = rows[-1] if rows else None
        standing = _standing(incident, name)
        found.append(
            Fact(
                question=name.value,
                text=asked.text,
                kind=asked.kind,
                help=asked.help,
                lifts=asked.lifts,
                value=_value(name, answer, standing),
                state=_state(name, answer, facts),
                chosen=answer.value if answer else standing,
                answer=answer,
                earlier=rows[-2::-1],
            )
        )
    return found


def _standing(incident: Incident, name: LegalQuestion) -> list[str] | None:
    """What counts while nobody has answered."""
    if name is LegalQuestion.KINDS:
        return kinds_of(incident, {})
    return elements_of(incident, {}) if name is LegalQuestion.ELEMENTS else None


def _value(name: LegalQuestion, answer: LegalAnswer | None, standing: list[str] | None) -> str:
    value = answer.value if answer else standing
    if name is LegalQuestion.ELEMENTS:
        labels = {element.id: element.label for element in elements()}
        return ", ".join(labels.get(word, word.replace("_", " ")) for word in value or []) or "none"
    if name is LegalQuestion.KINDS:
        return ", ".join(KIND_WORDS.get(kind, kind) for kind in value or [])
    return QUESTIONS[name].assumed if value is None else answer_words(value)


def _state(name: LegalQuestion, answer: LegalAnswer | None, facts: dict[str, Any]) -> str:
    if name is LegalQuestion.KEY_ACQUIRED and not facts["encrypted"] and answer is None:
        return "idle"
    if name is LegalQuestion.AGENT_OF_COVERED_ENTITY and "hipaa_business_associate" not in facts["entity"]["kinds"]:
        return "idle"
    if answer is not None:
        return "answered" if answer.value is not None else "assumed"
    return "settings" if name in {LegalQuestion.KINDS, LegalQuestion.ELEMENTS} else "assumed"


def _assumed(incident: Incident, facts: dict[str, Any]) -> list[str]:
    """The warnings of the last computation; before the first one, those that it would give."""
    last = incident.recomputations.last()
    if last is not None and last.facts == facts:
        warnings = last.warnings
    else:
        warnings = assess(facts_decode(msgspec.json.encode(facts)), rules=rules_now()).warnings
    return [plain_words(warning) for warning in warnings]


def _counted(incident: Incident, facts: dict[str, Any]) -> Counted:
    names = rules_now().names
    last = last_count(incident)
    places = sorted(facts["affected"].items(), key=lambda place: (-place[1], place[0]))
    return Counted(
        places=[(names[place], place, count) for place, count in places],
        elsewhere=facts["affected_elsewhere"],
        total=incident.people,
        left_out=left_out(incident),
        by=last.actor if last else "",
        at=last.at if last else None,
        query=last.payload["query"] if last else "",
        ledger=last.seq if last else 0,
    )


def _happening(event: LegalEvent) -> Happening:
    stands = event.withdrawn_at is None
    return Happening(
        event=event,
        text=EVENT_KINDS[event.kind].text,
        words=event_words(event),
        may_end=stands and event.kind == HOLD and event.until is None,
    )


def finding_words(assessment: Assessment) -> str:
    """What an approved assessment found, in words."""
    return {
        Conclusion.BREACH: "a breach",
        Conclusion.LOW_PROBABILITY: "no likely harm: duties that ask for it are lifted",
        Conclusion.EXCEPTION: "an exception: duties that ask for a breach are lifted",
    }[Conclusion(assessment.conclusion)]
