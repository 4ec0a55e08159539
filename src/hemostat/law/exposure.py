"""What laws let courts and regulators ask for after a breach: a range for each law, with its inputs and assumptions.

The amounts are data in `content/law/penalties.yaml`. Ranges of different laws are never added up. All amounts are US dollars.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, content

from .case import Case
from .elements import Class
from .engine import Assessment, NotOwed, assess
from .facts import KINDS, Facts
from .files import file_read
from .moments import Moments
from .rules import Record, Rules, Verified, rules_load

Measure = Literal["per_person", "per_violation", "per_breach", "per_day", "per_failure"]
CAUTIONS = (
    "Each range is what a law allows, with the inputs and assumptions beside it: an estimate, not a prediction.",
    "A range begins where liability is proved; until then, and without it, nothing is owed.",
    "Ranges of different laws are not added up: they overlap, ask different questions, and no court awards their sum.",
    "Conduct weighs more than counts: known outcomes run from under 2 to over 3,000 US dollars a person.",
    "What was analyzed, logged, corrected and told in time makes that difference.",
    "Settlements, costs of the response, actual damages and contracts are not in these ranges.",
)


class Step(Record, frozen=True):
    """One rung of a ladder: `amount` for each `each_days` days or part of them, until day `until_day` of being late."""

    each_days: int
    amount: int
    until_day: int | None = None


class Bound(Record, frozen=True, rename={"from_": "from"}):
    """Amounts and the days, both inclusive, between which they are law; None is open.

    low, high: for each person or violation. cap: for all together. usual: the yearly cap that the regulator applies.
    amount: of a failure to tell, or with `unit_people` of each person not told; least: the least of that.
    ladder: what being late costs, or with `unit_people` costs for each person.
    """

    from_: date | None = None
    to: date | None = None
    low: int = 0
    high: int = 0
    cap: int | None = None
    usual: int | None = None
    amount: int = 0
    least: int = 0
    unit_people: bool = False
    ladder: tuple[Step, ...] = ()

    def holds(self, day: date) -> bool:
        """Were these the amounts on this day?"""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


class Watch(Record, frozen=True):
    """When the amounts are expected to change, and why."""

    day: date
    what: str


class Narrower(Record, frozen=True):
    """Entities of these kinds may owe nothing, for the reason given."""

    kinds: tuple[str, ...]
    why: str


class PenaltyRow(Record, frozen=True):
    """One row of `content/law/penalties.yaml`; the head of that file says what its words mean.

    kinds: it binds entities of one of these, none named is any. without_kinds: it binds none of these.
    reaches: classes of elements of which one must have leaked, none named is any.
    """

    id: str
    jurisdiction: str
    title: str
    payee: str
    citation: str
    arises: Literal["breach", "lateness"]
    measure: Measure
    counts_from: Literal["violation", "assessment"]
    people: Literal["residents", "everybody"]
    amounts: tuple[Bound, ...]
    assumes: tuple[str, ...]
    verified: Verified
    sources: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    without_kinds: tuple[str, ...] = ()
    reaches: tuple[Class, ...] = ()
    follows_regime: str = "state_breach_statute"
    narrower: Narrower | None = None
    watch: Watch | None = None


class PenaltyFile(Record, frozen=True):
    """What `content/law/penalties.yaml` holds, and the day on which it was last compared with its sources."""

    as_of: date
    penalties: list[PenaltyRow]


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One number or day that went into a range, as people read it."""

    label: str
    value: str


class ExposureRange(msgspec.Struct, frozen=True, kw_only=True):
    """What one law allows, in US dollars: from `low` to `high`.

    ceiling: what `high` can still become, when the law says so: by more violations, or by more days of silence.
    effective: the first day on which these amounts were law, None when it is not known.
    """

    id: str
    jurisdiction: str
    title: str
    payee: str
    citation: str
    low: int
    high: int
    ceiling: int | None
    measure: Measure
    inputs: list[Input]
    because: list[str]
    effective: date | None
    watch: str
    verified: bool
    sources: list[str]


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one set of facts: a range for each law that may be used, the laws that may not, and what to keep in mind."""

    ranges: list[ExposureRange]
    outside: list[NotOwed]
    cautions: list[str]


def exposure_of(
    facts: Facts, *, assessment: Assessment | None = None, violation_on: date | None = None, today: date | None = None
) -> list[ExposureRange]:
    """The range of each law that the facts open. Raises `BadInput` when the facts cannot be used."""
    return exposure_answer(facts, assessment=assessment, violation_on=violation_on, today=today).ranges


def exposure_answer(
    facts: Facts,
    *,
    assessment: Assessment | None = None,
    violation_on: date | None = None,
    today: date | None = None,
    rules: Rules | None = None,
) -> Exposure:
    """The range of each law that the facts open, and why the others stay closed.

    assessment: that of the same facts, when it is at hand. violation_on: the day of the violation, by which most amounts go;
        without it that of discovery. today: the day up to which lateness is counted, and whose federal amounts are taken;
        without it nothing unsent is late, and the newest amounts are taken.
    Raises `BadInput` when the facts cannot be used.
    """
    rules = rules or rules_load()
    desk = _Desk(facts, assessment or assess(facts, rules=rules), rules, violation_on, today)
    found = [desk.look(row) for row in penalty_rows()]
    return Exposure(
        ranges=[one for one in found if isinstance(one, ExposureRange)],
        outside=[one for one in found if isinstance(one, NotOwed)],
        cautions=list(CAUTIONS),
    )


@dataclass(frozen=True, slots=True)
class _Late:
    """How late the letter is, None when nobody can say, and from what that follows. settled: it is out, so nothing grows."""

    days: int | None
    inputs: tuple[Input, ...]
    because: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class _Sum:
    """The range that a measure gives, with what went into it."""

    low: int
    high: int
    ceiling: int | None
    inputs: tuple[Input, ...]
    because: tuple[str, ...] = ()


class _Desk:
    """Looks at the rows for one set of facts."""

    def __init__(self, facts: Facts, assessment: Assessment, rules: Rules, violation_on: date | None, today: date | None) -> None:
        self._case = Case(facts, rules)
        self._names = rules.names
        self._moments = Moments(self._case)
        self._duties = [duty for duty in assessment.duties if duty.recipient == "individuals"]
        self._violation_on = violation_on
        self._today = today

    def look(self, row: PenaltyRow) -> ExposureRange | NotOwed:
        bound = self._bound(row)
        reason = self._outside(row) or ("" if bound else "No amount is known for that day.")
        if reason or bound is None:
            return NotOwed(id=row.id, because=[reason])
        found = _MEASURES[row.measure](bound, self._people(row), self._late(row))
        narrower = [row.narrower.why] if row.narrower and self._case.kinds.intersection(row.narrower.kinds) else []
        return ExposureRange(
            id=row.id,
            jurisdiction=row.jurisdiction,
            title=row.title,
            payee=row.payee,
            citation=row.citation,
            low=0 if narrower else found.low,
            high=found.high,
            ceiling=found.ceiling,
            measure=row.measure,
            inputs=list(found.inputs),
            because=[*found.because, *narrower, *row.assumes, self._which_day(row, bound), *_footnotes(row)],
            effective=bound.from_,
            watch=f"{row.watch.day}: {row.watch.what}" if row.watch else "",
            verified=row.verified.seen,
            sources=list(row.sources),
        )

    def _outside(self, row: PenaltyRow) -> str:
        case = self._case
        if row.kinds and not case.kinds.intersection(row.kinds):
            return f"It binds {_or(row.kinds)}; entity.kinds names none."
        if case.kinds.intersection(row.without_kinds):
            return "HIPAA governs this data, and this rule never applies beside it."
        if not self._people(row):
            return f"Nobody in {self._names[row.jurisdiction]} is affected."
        return self._not_late(row) if row.arises == "lateness" else self._no_breach(row)

    def _not_late(self, row: PenaltyRow) -> str:
        return "" if self._due(row) else "It follows the duty to tell the individuals, which is not owed."

    def _no_breach(self, row: PenaltyRow) -> str:
        case = self._case
        if row.reaches and not set(case.leaked).intersection(row.reaches):
            return "None of the leaked elements is one that it reaches."
        if case.encrypted and not case.key_acquired:
            return "The data were encrypted and the key is safe."
        return "" if case.accessed else "The data were neither accessed nor acquired."

    def _people(self, row: PenaltyRow) -> int:
        return self._case.total if row.people == "everybody" else self._case.people.get(row.jurisdiction, 0)

    def _due(self, row: PenaltyRow) -> tuple[str, date | None] | None:
        """The duty to tell individuals that the row follows, and its last day; None when it is not owed."""
        found = (d for d in self._duties if (d.jurisdiction, d.regime) == (row.jurisdiction, row.follows_regime))
        return next(((duty.id, duty.due) for duty in found), None)

    def _late(self, row: PenaltyRow) -> _Late:
        if row.arises != "lateness":
            return _Late(None, (), "")
        name, due = self._due(row) or ("", None)
        if due is None:
            return _Late(None, (), f"{name} has no date, so being late cannot be counted; unreasonable delay is enough.")
        told = self._moments.residents_told(row.jurisdiction)
        until = told.on or self._today
        inputs = [Input(label="limit for the letter", value=str(due))]
        if until is None:
            return _Late(None, tuple(inputs), "No day was given up to which being late could be counted.")
        days = max(0, (until - due).days)
        inputs.append(Input(label="letters sent" if told.on else "counted to", value=str(until)))
        inputs.append(Input(label="days late", value=str(days)))
        kept = f"{name} was met on {until}" if told.on else f"{name} ends on {due}"
        because = f"{days} days late: {name} ended on {due}." if days else f"Not late: {kept}."
        return _Late(days, tuple(inputs), because, settled=told.on is not None)

    def _bound(self, row: PenaltyRow) -> Bound | None:
        if row.counts_from == "assessment" and self._today is None:
            return row.amounts[-1]
        day = self._today if row.counts_from == "assessment" else self._day(row)
        return next((bound for bound in row.amounts if day and bound.holds(day)), None)

    def _day(self, row: PenaltyRow) -> date:
        return self._violation_on or self._moments.discovered(row.jurisdiction, "entity")

    def _which_day(self, row: PenaltyRow, bound: Bound) -> str:
        since = f" In force since {bound.from_}." if bound.from_ else ""
        if row.counts_from == "assessment":
            return f"Amounts go by the day on which the penalty is assessed, not by that of the violation.{since}"
        if self._violation_on:
            return f"Amounts are those of the day of the violation, {self._violation_on}.{since}"
        day = self._day(row)
        return f"Amounts are those of the day of discovery, {day}, since the day of the violation is not among the facts.{since}"


def _per_person(bound: Bound, people: int, _late: _Late) -> _Sum:
    high = bound.high * people
    capped = (f"USD {bound.cap:,} is the most for all together.",) if bound.cap is not None and bound.cap < high else ()
    return _Sum(
        low=_at_most(bound.low * people, bound.cap),
        high=_at_most(high, bound.cap),
        ceiling=None,
        inputs=(
            Input(label="people", value=f"{people:,}"),
            Input(label="for each", value=f"USD {bound.low:,} to {bound.high:,}"),
        ),
        because=capped,
    )


def _per_violation(bound: Bound, _people: int, _late: _Late) -> _Sum:
    inputs = [Input(label="for one violation", value=f"USD {bound.low:,} to {bound.high:,}")]
    because = [
        "How many violations there are is for the regulator to say: the facts do not hold it, and people are no measure of it."
    ]
    if bound.usual is not None:
        inputs.append(Input(label="cap applied in one year", value=f"USD {bound.usual:,}"))
        because.append(
            "The upper end is the yearly cap for one rule broken that OCR says it applies, at its discretion, since 2019."
        )
    if bound.cap is not None:
        inputs.append(Input(label="cap in the law", value=f"USD {bound.cap:,}"))
    return _Sum(low=bound.low, high=bound.usual or bound.high, ceiling=bound.cap, inputs=tuple(inputs), because=tuple(because))


def _per_breach(bound: Bound, _people: int, _late: _Late) -> _Sum:
    inputs = (Input(label="for the breach", value=f"USD {bound.low:,} to {bound.high:,}"),)
    return _Sum(low=bound.low, high=bound.high, ceiling=None, inputs=inputs)


def _per_day(bound: Bound, people: int, late: _Late) -> _Sum:
    units = people if bound.unit_people else 1
    each = "for each person and day" if bound.unit_people else "for each day"
    rises = ", and rising" if len(bound.ladder) > 1 else ""
    inputs = [*late.inputs, Input(label=each, value=f"up to USD {bound.ladder[0].amount:,}{rises}")]
    if bound.unit_people:
        inputs.append(Input(label="people", value=f"{people:,}"))
    return _Sum(
        low=0,
        high=_at_most(_climbed(bound, late.days or 0) * units, bound.cap),
        ceiling=None if late.settled else bound.cap,
        inputs=tuple(inputs),
        because=(late.because,),
    )


def _per_failure(bound: Bound, people: int, late: _Late) -> _Sum:
    full = _at_most(max(bound.amount * (people if bound.unit_people else 1), bound.least), bound.cap)
    each = "for each person not told" if bound.unit_people else "for the breach"
    inputs = [*late.inputs, Input(label=each, value=f"up to USD {bound.amount:,}")]
    if bound.unit_people:
        inputs.append(Input(label="people", value=f"{people:,}"))
    return _Sum(
        low=0,
        high=full if late.days else 0,
        ceiling=None if late.settled else full,
        inputs=tuple(inputs),
        because=(late.because,),
    )


_MEASURES: dict[Measure, Callable[[Bound, int, _Late], _Sum]] = {
    "per_person": _per_person,
    "per_violation": _per_violation,
    "per_breach": _per_breach,
    "per_day": _per_day,
    "per_failure": _per_failure,
}


def _climbed(bound: Bound, days: int) -> int:
    """What the ladder costs after so many days; past its last rung it costs the cap."""
    total, done = 0, 0
    for step in bound.ladder:
        until = days if step.until_day is None else min(days, step.until_day)
        total += -(-max(0, until - done) // step.each_days) * step.amount
        done = max(done, until)
    return total if done == days else bound.cap or total


def _at_most(amount: int, cap: int | None) -> int:
    return amount if cap is None else min(amount, cap)


def _or(kinds: tuple[str, ...]) -> str:
    return " or ".join(kind.replace("_", " ") for kind in kinds)


def _footnotes(row: PenaltyRow) -> Iterator[str]:
    if not row.verified.seen:
        yield f"Not verified in a source; check before relying on it: {row.sources[0]}."


def penalties_read(path: Path) -> list[PenaltyRow]:
    """The rows of a file. Raises `BadInput` that names the first fault.

    Faults are those of form, an id twice, an unknown place or kind, amounts out of order, and a ladder that ends without a cap.
    """
    rows = file_read(path, PenaltyFile, schema="penalties.schema.json").penalties
    seen = set[str]()
    for row in rows:
        if fault := ("its id stands twice" if row.id in seen else _fault(row)):
            raise BadInput(f"The penalty {row.id} in {path.name} cannot be used: {fault}.", advice="Correct the row.")
        seen.add(row.id)
    return rows


def _fault(row: PenaltyRow) -> str:
    named = {*row.kinds, *row.without_kinds, *(row.narrower.kinds if row.narrower else ())}
    if row.jurisdiction not in rules_load().names or not named <= set(KINDS):
        return "it names a place or kind that does not exist"
    spans = [(bound.from_ or date.min, bound.to or date.max) for bound in row.amounts]
    if not spans or any(first[1] >= second[0] for first, second in pairwise(spans)):
        return "its amounts are missing, overlap, or are not in order of their days"
    ladders = [bound for bound in row.amounts if row.measure == "per_day"]
    if any(not bound.ladder or (bound.ladder[-1].until_day and bound.cap is None) for bound in ladders):
        return "its ladder is missing, or ends without a cap"
    return ""


@cache
def penalty_rows() -> list[PenaltyRow]:
    """The rows that Hemostat ships, read once a process."""
    return penalties_read(content("law") / "penalties.yaml")
