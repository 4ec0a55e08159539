"""Why a duty is owed or not: the chain of reasons with the clause of each, and the facts that would change the answer.

Nothing is computed here a second time: the sentences, days and verdicts are those that `assess` gives for the same facts.
"""

from datetime import date

import msgspec

from .changes import Change, changes_of
from .engine import Duty, NotOwed, Reckoning
from .facts import Facts
from .limits import wording
from .otherwise import Otherwise, otherwise
from .reasons import Reason
from .rules import Row, Rules

# Where in a law a question is settled, when that is another question's clause.
_CLAUSE_OF = {"readable": "encryption", "harmful": "harm", "unmoved": "hold"}
# Not said by any law: remarks, and advice on planning.
_NO_CLAUSE = frozenset({"kind", "note", "advised"})
_BASES = {
    "statute_text": "seen in the text of the law",
    "regulator_page": "seen on a page of the regulator",
    "two_secondary": "seen in two secondary sources",
    "one_secondary": "seen in one secondary source",
    "none": "general knowledge",
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain. `holds` is False where it lifts the duty, True where it stands for it, None where it says when."""

    number: int
    topic: str
    sentence: str
    citation: str
    holds: bool | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The reasons of one duty under one set of facts.

    answer: the result in one sentence. steps: why, in order. otherwise: facts that would change the result, and to what.
    changes: what of the change list touches the row.
    check: whether the row was verified, on which basis, and where to look.
    medical_verified: the same for medical data.
    """

    id: str
    title: str
    owed: bool
    answer: str
    jurisdiction: str
    place: str
    regime: str
    citation: str
    obligor: str
    wording: str
    trigger_on: date | None
    due: date | None
    advised: date | None
    met_by: str | None
    steps: list[Step]
    otherwise: list[Otherwise]
    changes: list[Change]
    sources: list[str]
    verified: bool
    basis: str
    medical_verified: bool | None
    check: str
    warnings: list[str]


def explain(facts: Facts, duty: str, *, rules: Rules | None = None, today: date | None = None) -> Explanation:
    """The explanation of the row `duty` under the facts, owed or not. Raises `BadInput` for an unknown row or bad facts."""
    reckoning = Reckoning(facts, rules=rules, today=today)
    row = reckoning.case.rules.row(duty)
    answer = reckoning.answer(row)
    owed = answer if isinstance(answer, Duty) else None
    return Explanation(
        id=row.id,
        title=f"{row.rule.recipient_name}, {row.place_name}: {row.law.citation}",
        owed=owed is not None,
        answer=_answer(answer),
        jurisdiction=row.place,
        place=row.place_name,
        regime=row.law.regime,
        citation=row.law.citation,
        obligor=owed.obligor if owed else "",
        wording=wording(row),
        trigger_on=owed.trigger_on if owed else None,
        due=owed.due if owed else None,
        advised=owed.advised if owed else None,
        met_by=owed.met_by if owed else None,
        steps=[_step(number, reason, row) for number, reason in enumerate(reckoning.reasons(row), 1)],
        otherwise=otherwise(reckoning, row),
        changes=changes_of(row.id),
        sources=list(row.law.sources),
        verified=row.rule.verified.seen,
        basis=row.rule.verified.basis,
        medical_verified=row.law.reaches_medical_verified,
        check=check(row),
        warnings=list(reckoning.case.warnings),
    )


def check(row: Row) -> str:
    """Was deadline, recipient and threshold of the row verified, on which basis, and where to look."""
    seen = "Verified" if row.rule.verified.seen else "Not verified"
    where = ", ".join(row.law.sources) or "no source is on record"
    return f"{seen}: {_BASES[row.rule.verified.basis]}. Where to check: {where}."


def _answer(answer: Duty | NotOwed) -> str:
    if isinstance(answer, NotOwed):
        return f"Not owed. {answer.because[0]}"
    who = answer.obligor.replace("_", " ")
    if answer.met_by:
        return f"Owed by the {who}, and met by {answer.met_by}."
    if answer.due is None:
        return f"Owed by the {who}, without a date. {answer.wording}"
    plan = f"; plan for {answer.advised}" if answer.advised != answer.due else ""
    return f"Owed by the {who}, on {answer.due} at the latest{plan}."


def _step(number: int, reason: Reason, row: Row) -> Step:
    topic = _CLAUSE_OF.get(reason.topic, reason.topic)
    citation = "" if topic in _NO_CLAUSE else row.law.clauses.get(topic, row.law.citation)  # type: ignore[call-overload]
    return Step(number=number, topic=topic, sentence=reason.sentence, citation=citation, holds=reason.holds)
