"""What is owed to people beside the notice: credit monitoring, a toll-free number, the answer to a consumer's cure letter.

The rows are data in `content/law/remedies.yaml`. A remedy follows the duty to tell individuals: without that duty it is not owed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, content

from .case import Case
from .days import day_after
from .elements import elements
from .engine import Assessment, Duty, NotOwed, assess
from .facts import FEDERAL, Facts
from .files import file_read
from .moments import Moments
from .rules import Effective, Record, Rules, Verified, rules_load

RemedyKind = Literal["identity_protection", "credit_report", "call_center", "cure_answer"]
CURE = "CA-CURE"
"""The id of the answer to a cure letter; that of a further letter has its key behind it."""
_ABOUT_CURES = (
    "Statutory damages are barred only if the violation is really cured in that time and the consumer is told so in writing.",
    "The statement says expressly that the violations are cured and that no further ones will occur.",
    "Better security after the breach does not cure that breach; actual damages need no cure letter.",
    "This is not a clock for breach notices, and has nothing to do with the 45 days for consumer requests.",
)


class RemedyRow(Record, frozen=True):
    """One row of `content/law/remedies.yaml`.

    regime: that of the duty to individuals which it follows. elements: one of them must have leaked; none named is any.
    months, days_open: the shortest time that the law allows. months_if_credit_bureau: when the notifier is one.
    when_unreachable: it is owed from so many people on whom no letter can be delivered.
    """

    id: str
    jurisdiction: str
    regime: str
    kind: RemedyKind
    title: str
    effective: Effective
    citation: str
    verified: Verified
    sources: list[str]
    elements: tuple[str, ...] = ()
    months: int | None = None
    months_if_credit_bureau: int | None = None
    days_open: int | None = None
    when_unreachable: int | None = None
    note: str = ""


class RemedyFile(Record, frozen=True):
    """What `content/law/remedies.yaml` holds, and the day on which it was last compared with its sources."""

    as_of: date
    remedies: list[RemedyRow]


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """One thing owed to people: its last day, None when no law gives a number, and the most people that it can reach."""

    id: str
    jurisdiction: str
    title: str
    kind: RemedyKind
    months: int | None
    elements: list[str]
    people: int
    because: list[str]
    citation: str
    verified: bool
    due: date | None


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one set of facts: remedies by date, those without a date last, and the rows that do not bind."""

    owed: list[Remedy]
    not_owed: list[NotOwed]


def remedies_owed(facts: Facts, *, assessment: Assessment | None = None) -> list[Remedy]:
    """Every remedy that the facts give rise to. Raises `BadInput` when the facts cannot be used."""
    return remedies_of(facts, assessment=assessment).owed


def remedies_of(
    facts: Facts,
    *,
    assessment: Assessment | None = None,
    cure_letters: Mapping[str, date] | None = None,
    unreachable: int | None = None,
    rules: Rules | None = None,
) -> Remedies:
    """Every remedy that the facts give rise to, and why the others are not owed.

    assessment: that of the same facts, when it is at hand. cure_letters: the day on which each letter of a consumer under
    Cal. Civ. Code 1798.150(b) arrived, by any key; the key "" gives the plain id. unreachable: people on whom no letter can be
    delivered, None while nobody has counted them. Raises `BadInput` when the facts cannot be used.
    """
    rules = rules or rules_load()
    desk = _Desk(facts, assessment or assess(facts, rules=rules), rules, unreachable)
    owed: list[Remedy] = []
    not_owed: list[NotOwed] = []
    for row in remedy_rows():
        found = desk.look(row)
        if isinstance(found, Remedy):
            owed.append(found)
        else:
            not_owed.append(found)
    owed += [_cure(key, on, rules) for key, on in sorted((cure_letters or {}).items(), key=lambda pair: (pair[1], pair[0]))]
    return Remedies(owed=sorted(owed, key=lambda one: (one.due or date.max, one.jurisdiction, one.id)), not_owed=not_owed)


class _Desk:
    """Looks at the rows for one set of facts."""

    def __init__(self, facts: Facts, assessment: Assessment, rules: Rules, unreachable: int | None) -> None:
        self._case = Case(facts, rules)
        self._moments = Moments(self._case)
        self._unreachable = unreachable
        self._duties = [duty for duty in assessment.duties if duty.recipient == "individuals"]
        self._labels = {element.id: element.label for element in elements()}

    def look(self, row: RemedyRow) -> Remedy | NotOwed:
        lead = next((d for d in self._duties if (d.jurisdiction, d.regime) == (row.jurisdiction, row.regime)), None)
        if lead is None:
            return _not(row, "It follows the duty to tell the individuals, which is not owed.")
        if reason := self._outside(row, lead):
            return _not(row, reason)
        due, when = self._due(row, lead)
        return Remedy(
            id=row.id,
            jurisdiction=row.jurisdiction,
            title=row.title,
            kind=row.kind,
            months=row.months,
            elements=self._leaked(row),
            people=self._case.total if row.jurisdiction == FEDERAL else self._case.people[row.jurisdiction],
            because=[f"It follows from {lead.id}, which is owed.", *self._why(row), when, *_conditions(lead), *_footnotes(row)],
            citation=row.citation,
            verified=row.verified.seen,
            due=due,
        )

    def _outside(self, row: RemedyRow, lead: Duty) -> str:
        day = self._moments.discovered(row.jurisdiction, lead.obligor)
        if not row.effective.holds(day):
            return f"Not law on the day of discovery, {day}."
        if row.elements and not self._leaked(row):
            return f"None of what sets it off leaked: {self._named(row.elements)}."
        few = row.when_unreachable is not None and self._unreachable is not None and self._unreachable < row.when_unreachable
        return f"Letters fail to reach {self._unreachable} people; it takes {row.when_unreachable}." if few else ""

    def _leaked(self, row: RemedyRow) -> list[str]:
        return [name for name in row.elements if name in self._case.facts.elements]

    def _named(self, names: Iterable[str]) -> str:
        return ", ".join(self._labels[name] for name in names)

    def _why(self, row: RemedyRow) -> Iterator[str]:
        if leaked := self._leaked(row):
            yield f"Leaked elements that set it off: {self._named(leaked)}."
            yield "The facts do not say whose leaked, so all residents are counted."
        if row.months:
            yield f"At least {row.months} months."
        if row.months_if_credit_bureau:
            yield f"A notifier that is itself a consumer reporting agency offers {row.months_if_credit_bureau} months."
        if row.days_open:
            yield f"Open for at least {row.days_open} days."
        if row.when_unreachable is not None:
            counted = "Nobody has counted them yet" if self._unreachable is None else f"Counted: {self._unreachable:,}"
            yield f"It takes {row.when_unreachable} or more people on whom no letter can be delivered. {counted}."

    def _due(self, row: RemedyRow, lead: Duty) -> tuple[date | None, str]:
        told = self._moments.residents_told(row.jurisdiction)
        if told.on is not None:
            return told.on, f"{told.because} It belongs in that letter."
        if lead.due is not None:
            return lead.due, f"At the latest with the letter, which {lead.id} limits to {lead.due}."
        federal = min((duty.due for duty in self._duties if duty.jurisdiction == FEDERAL and duty.due), default=None)
        if federal is not None:
            return federal, f"{lead.id} has no date; one letter serves all, and the federal rule limits it to {federal}."
        return None, f"With the letter, for which {lead.id} has no date."


def _not(row: RemedyRow, reason: str) -> NotOwed:
    return NotOwed(id=row.id, because=[reason])


def _conditions(lead: Duty) -> list[str]:
    said = []
    if lead.met_by:
        said.append("A HIPAA letter meets the duty to tell; whether it lifts this too is a question for counsel, so it stays.")
    if lead.obligor != "entity":
        said.append(f"It falls on the {lead.obligor.replace('_', ' ')}; a contract may put the cost on the vendor.")
    return said


def _footnotes(row: RemedyRow) -> list[str]:
    notes = [row.note] if row.note else []
    if not row.verified.seen:
        notes.append(f"Not verified in a source; check before relying on it: {row.sources[0]}.")
    return notes


def _cure(key: str, on: date, rules: Rules) -> Remedy:
    letters = (row for row in rules.of("US-CA") if row.rule.clock.trigger == "consumer_cure_notice")
    row = next((row for row in letters if row.rule.effective.holds(on)), None)
    if row is None:
        raise BadInput(f"No cure letter could be sent on {on}: it was not law.", advice="Check the day on which it arrived.")
    clock = row.rule.clock
    due = day_after(on, clock.value or 0, clock.unit or "calendar_days", row.place)
    return Remedy(
        id=f"{CURE}-{key}" if key else CURE,
        jurisdiction=row.place,
        title="Answer to a consumer's cure letter",
        kind="cure_answer",
        months=None,
        elements=[],
        people=1,
        because=[f"A consumer's letter under the CCPA arrived on {on}; {clock.value} calendar days end on {due}.", *_ABOUT_CURES],
        citation="Cal. Civ. Code 1798.150(b)",
        verified=row.rule.verified.seen,
        due=due,
    )


def remedies_read(path: Path) -> list[RemedyRow]:
    """The rows of a file. Raises `BadInput` that names the first fault: of form, an id twice, an unknown place or element."""
    rows = file_read(path, RemedyFile, schema="remedies.schema.json").remedies
    known, seen = {element.id for element in elements()}, set[str]()
    for row in rows:
        strange = [name for name in row.elements if name not in known]
        if row.id in seen or row.jurisdiction not in rules_load().names or strange:
            raise BadInput(
                f"The remedy {row.id} in {path.name} stands twice, or names a place or element that does not exist.",
                advice="Give each row its own id; `hemostat law elements` lists the elements.",
            )
        seen.add(row.id)
    return rows


@cache
def remedy_rows() -> list[RemedyRow]:
    """The rows that Hemostat ships, read once a process."""
    return remedies_read(content("law") / "remedies.yaml")
