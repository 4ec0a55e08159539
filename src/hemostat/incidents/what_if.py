"""What would be owed if the facts were others: computed by the law engine and by the contracts on record. Nothing is kept."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import msgspec

from hemostat.law.engine import Assessment, NotOwed, Reckoning, assess
from hemostat.law.engine import Duty as LegalDuty
from hemostat.law.facts import FEDERAL, Discovery, Facts, facts_decode
from hemostat.law.rules import Row, rules_load

from .contract_duties import contract_duties
from .legal_facts import facts_of
from .local_days import organization_zone
from .models import Incident

_DEADLINES = frozenset({"notice_duty", "conditional_filing", "contract_duty"})
_ALWAYS_SHOWN = frozenset({"hhs", "media", "ftc"})
_NEAR = 1  # people between a count and a threshold that the page points out
_ANYWHERE = "US-CA"  # where people live in a table about federal thresholds while nobody is counted yet


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Facts to be other than they are; None leaves a fact as it is.

    affected: people by place, all places; elsewhere: people of unknown home. harm: likely or not, everywhere.
    """

    affected: dict[str, int] | None = None
    elsewhere: int | None = None
    elements: list[str] | None = None
    known_at: date | None = None
    encrypted: bool | None = None
    key_acquired: bool | None = None
    accessed: bool | None = None
    acquired: bool | None = None
    harm: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One duty of either computation, in the words that pages show."""

    id: str
    jurisdiction: str
    recipient_name: str
    obligor: str
    due: date | None
    due_at: datetime | None
    met_by: str
    citation: str
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lifted:
    """A duty that would not be owed any more, and why."""

    duty: Owed
    because: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A duty with another limit, obligor, or another notice that meets it."""

    before: Owed
    after: Owed


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A count that lies at a threshold: how many people there are, and what one more or one fewer would change."""

    place: str
    place_name: str
    people: int
    step: int
    appears: tuple[Owed, ...]
    disappears: tuple[Owed, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The comparison with now. `same` counts the duties that stay as they are."""

    facts: Facts
    appears: list[Owed]
    disappears: list[Lifted]
    moves: list[Moved]
    same: int
    neighbours: list[Neighbour]
    warnings: list[str]


@dataclass(frozen=True, kw_only=True)
class AtCount:
    """What the engine answers for one number of people."""

    people: int
    owed: bool
    due: date | None


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A row of the law that turns on a number: the answers just under, at and just over it, and why not, when it never is."""

    duty: str
    recipient_name: str
    jurisdiction: str
    takes: str
    answers: tuple[AtCount, ...]
    why_not: str


def facts_now(incident: Incident) -> Facts:
    """The facts of the incident as the law reads them."""
    return facts_decode(msgspec.json.encode(facts_of(incident)))


def what_if(incident: Incident, changes: Changes, *, today: date) -> WhatIf:
    """What appears, disappears and moves under the changes, and which counts lie at a threshold then.

    Raises `BadInput` for facts that cannot be used, naming each fault.
    """
    present = facts_now(incident)
    then = facts_changed(present, changes)
    now_is, would = _outcome(incident, present, today), _outcome(incident, then, today)
    before, after = now_is.owed, would.owed
    moves = [Moved(before=before[key], after=after[key]) for key in after if key in before and _differs(before[key], after[key])]
    return WhatIf(
        facts=then,
        appears=[after[key] for key in after if key not in before],
        disappears=[Lifted(duty=before[key], because=would.why_not(before[key])) for key in before if key not in after],
        moves=moves,
        same=len(set(before) & set(after)) - len(moves),
        neighbours=list(_neighbours(then, would.answer)),
        warnings=list(would.answer.warnings),
    )


def facts_changed(facts: Facts, changes: Changes) -> Facts:
    """The facts with the changes in them; what is not changed stays."""
    given: dict[str, Any] = {
        name: value
        for name in ("elements", "encrypted", "key_acquired", "accessed", "acquired")
        if (value := getattr(changes, name)) is not None
    }
    if changes.affected is not None:
        given |= {"affected": changes.affected, "affected_total": None}
    if changes.elsewhere is not None:
        given |= {"affected_elsewhere": changes.elsewhere, "affected_total": None}
    if changes.harm is not None:
        given |= {"harm_likely": changes.harm, "harm_in": {}}
    if changes.known_at is not None and changes.known_at != facts.discovery.known_at:
        given["discovery"] = _discovered(facts.discovery, changes.known_at)
    return msgspec.structs.replace(facts, **given)


def thresholds(facts: Facts, place: str) -> list[Threshold]:
    """The rows of a place, and the federal ones, that turn on a number, each asked just under, at and just over it.

    It is asked as if nobody were affected but so many residents of that place; for federal law, of the place with most people.
    Rows that no number would bring are left out, but for HHS, the media and the FTC: of these the page says why not.
    """
    rules = rules_load()
    home = place if place != FEDERAL else max(facts.affected, key=lambda one: facts.affected[one], default=_ANYWHERE)
    day = facts.discovery.known_at
    rows = [row for one in dict.fromkeys((place, FEDERAL)) for row in rules.of(one) if _turns_on_a_number(row, day)]
    asked: dict[int, Reckoning] = {}
    found = []
    for row in rows:
        count = row.rule.threshold.count
        for people in (count - 1, count, count + 1):
            asked.setdefault(people, Reckoning(_only(facts, home, people)))
        answers = [asked[people].answer(row) for people in (count - 1, count, count + 1)]
        if len({isinstance(answer, NotOwed) for answer in answers}) > 1 or row.rule.recipient in _ALWAYS_SHOWN:
            found.append(_threshold(row, count, answers))
    return found


def _threshold(row: Row, count: int, answers: list[LegalDuty | NotOwed]) -> Threshold:
    limit = row.rule.threshold
    why = [answer.because[0] for answer in answers if isinstance(answer, NotOwed)]
    return Threshold(
        duty=row.id,
        recipient_name=row.rule.recipient_name,
        jurisdiction=row.place,
        takes=f"{limit.operator.replace('_', ' ')} {limit.count:,} ({limit.scope.replace('_', ' ')})",
        answers=tuple(
            AtCount(
                people=people,
                owed=isinstance(answer, LegalDuty),
                due=answer.due if isinstance(answer, LegalDuty) else None,
            )
            for people, answer in zip((count - 1, count, count + 1), answers, strict=True)
        ),
        why_not=why[0] if len(why) == len(answers) else "",
    )


def _turns_on_a_number(row: Row, day: date) -> bool:
    """Does the row, law on this day, set a deadline from some number of people on or below it?"""
    limit = row.rule.threshold
    return row.rule.kind in _DEADLINES and row.rule.effective.holds(day) and limit.operator != "any" and limit.count > 0


def _only(facts: Facts, place: str, people: int) -> Facts:
    return msgspec.structs.replace(facts, affected={place: people}, affected_elsewhere=0, affected_total=None)


def _discovered(found: Discovery, known_at: date) -> Discovery:
    """Discovery on another day; a day on which it should have been known stays only while it is the earlier one."""
    should = found.should_have_known_at
    return msgspec.structs.replace(
        found, known_at=known_at, should_have_known_at=should if should and should < known_at else None
    )


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What one set of facts leads to: duties by id and place in the order of their limits, and why others are not owed."""

    answer: Assessment
    owed: dict[tuple[str, str], Owed]
    reasons: dict[str, tuple[str, ...]]

    def why_not(self, duty: Owed) -> tuple[str, ...]:
        """Why a duty is not among those that are owed; rows of a place where nobody lives are not looked at."""
        return self.reasons.get(duty.id) or (f"Nobody in {rules_load().names[duty.jurisdiction]} is affected.",)


def _outcome(incident: Incident, facts: Facts, today: date) -> _Outcome:
    """Every duty under the facts, by law and by contract."""
    answer = assess(facts, today=today)
    document: dict[str, Any] = msgspec.to_builtins(facts)
    contracts, excused = contract_duties(_as_if(incident, facts.discovery.known_at), document)
    duties = [*map(_of_law, answer.duties), *map(_of_contract, contracts)]
    ordered = sorted(duties, key=lambda duty: (duty.due or date.max, duty.jurisdiction, duty.id))
    reasons = {entry.id: entry.because for entry in answer.not_owed} | excused
    return _Outcome(
        answer=answer,
        owed={(duty.id, duty.jurisdiction): duty for duty in ordered},
        reasons={name: tuple(because) for name, because in reasons.items()},
    )


def _as_if(incident: Incident, known_at: date) -> Incident:
    """The incident, never to be saved, as if it had been discovered on this day; at noon when that is another day than it was."""
    zone = organization_zone()
    if incident.discovered_at.astimezone(zone).date() == known_at:
        return incident
    other = copy.copy(incident)
    other.discovered_at = datetime.combine(known_at, time(12), tzinfo=zone)
    return other


def _of_law(duty: LegalDuty) -> Owed:
    return Owed(
        id=duty.id,
        jurisdiction=duty.jurisdiction,
        recipient_name=duty.recipient_name,
        obligor=duty.obligor,
        due=duty.due,
        due_at=None,
        met_by=duty.met_by or "",
        citation=duty.citation,
        because=tuple(duty.because),
    )


def _of_contract(duty: Mapping[str, Any]) -> Owed:
    return Owed(
        id=duty["id"],
        jurisdiction=duty["jurisdiction"],
        recipient_name=duty["recipient_name"],
        obligor=duty["obligor"],
        due=duty["due"],
        due_at=duty["due_at"],
        met_by="",
        citation=duty["citation"],
        because=tuple(duty["because"]),
    )


def _differs(before: Owed, after: Owed) -> bool:
    return (before.due, before.due_at, before.obligor, before.met_by) != (after.due, after.due_at, after.obligor, after.met_by)


def _neighbours(facts: Facts, answer: Assessment) -> Iterator[Neighbour]:
    """The counts that lie at a threshold, with what one person more or fewer changes there; the engine is asked for each."""
    rules = rules_load()
    own = {duty.id: _of_law(duty) for duty in answer.duties}
    total = sum(facts.affected.values()) + facts.affected_elsewhere
    day = facts.discovery.known_at
    federal = _counts_of(rules.of(FEDERAL), day)
    for place, people in sorted(facts.affected.items()):
        if not _is_near({people, total}, _counts_of(rules.of(place), day)) and not _is_near({people}, federal):
            continue
        yield from _steps(facts, own, place, rules.names[place], people)
    if _is_near({total}, federal):
        yield from _steps(facts, own, "", "people in all", total)


def _steps(facts: Facts, own: Mapping[str, Owed], place: str, name: str, people: int) -> Iterator[Neighbour]:
    for step in (-_NEAR, _NEAR):
        other = _stepped(facts, place, step)
        if other is None:
            continue
        # Only these can turn on this count: asking about the law of other places too would take a second where many are near.
        then = _answers(other, [place, FEDERAL] if place else [FEDERAL])
        appears = tuple(_of_law(duty) for key, duty in then.items() if key not in own and isinstance(duty, LegalDuty))
        disappears = tuple(own[key] for key, duty in then.items() if key in own and isinstance(duty, NotOwed))
        if appears or disappears:
            yield Neighbour(place=place, place_name=name, people=people, step=step, appears=appears, disappears=disappears)


def _answers(facts: Facts, places: list[str]) -> dict[str, LegalDuty | NotOwed]:
    """What the engine answers for every row of these places, by id."""
    reckoning = Reckoning(facts)
    return {row.id: reckoning.answer(row) for place in places for row in reckoning.case.rules.of(place)}


def _stepped(facts: Facts, place: str, step: int) -> Facts | None:
    """The facts with a person more or fewer in a place, or of unknown home; None when nobody can be taken away."""
    people = facts.affected[place] if place else facts.affected_elsewhere
    if people + step < 0:
        return None
    if place:
        return msgspec.structs.replace(facts, affected=facts.affected | {place: people + step}, affected_total=None)
    return msgspec.structs.replace(facts, affected_elsewhere=people + step, affected_total=None)


def _counts_of(rows: list[Row], day: date) -> set[int]:
    return {row.rule.threshold.count for row in rows if _turns_on_a_number(row, day)}


def _is_near(people: set[int], counts: set[int]) -> bool:
    return any(abs(number - count) <= _NEAR for number in people for count in counts)
