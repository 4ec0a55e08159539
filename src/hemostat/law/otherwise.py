"""Which other facts would change the answer about one duty: each is put to the engine, and told when the answer differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from .case import UNLISTED
from .elements import Element, elements
from .engine import Duty, NotOwed, Reckoning
from .facts import FEDERAL, HOLD, Discovery, Event, Facts
from .reach import EVERYONE, reached
from .rules import Row

_KNOWING = {"determination", "workforce_member_knew", "agent_knew", "covered_entity_told"}
_ROLES = {
    "hipaa_covered_entity": ("hipaa_covered_entity", "Were the entity a HIPAA covered entity for these data"),
    "hipaa_business_associate": ("hipaa_business_associate", "Did the entity hold these data as business associate"),
    "service_provider": ("hipaa_business_associate", "Did the entity hold these data as business associate of their owner"),
    "phr_vendor": ("phr_vendor", "Were the entity a vendor of personal health records, outside HIPAA for these data"),
    "licensed_ca_clinic": ("licensed_ca_clinic", "Were the entity a clinic licensed in California"),
}
_SWITCHES = {
    "dfs_licensee": "Were the entity a licensee of the New York Department of Financial Services",
    "listed_company": "Were the entity a listed company",
}
_ONE = timedelta(days=1)
_TEN = timedelta(days=10)


class Otherwise(msgspec.Struct, frozen=True, kw_only=True):
    """Another state of the facts, and what would follow: `when` and `then` make one sentence."""

    when: str
    then: str
    owed: bool
    due: date | None
    met_by: str | None


@dataclass(frozen=True, slots=True)
class _Now:
    """What the other facts are compared with."""

    reckoning: Reckoning
    row: Row
    answer: Duty | NotOwed

    @property
    def facts(self) -> Facts:
        return self.reckoning.case.facts

    @property
    def found(self) -> date:
        """The day on which the entity discovered the breach, for the place of the row."""
        return self.reckoning.moments.discovered(self.row.place, "entity")

    def with_facts(self, **changes: Any) -> Facts:
        return msgspec.structs.replace(self.facts, **changes)

    def with_event(self, event: Event) -> Facts:
        return self.with_facts(events=[*self.facts.events, event])

    def without_events(self, kinds: set[str]) -> Facts:
        return self.with_facts(events=[event for event in self.facts.events if event.kind not in kinds])


def otherwise(reckoning: Reckoning, row: Row) -> list[Otherwise]:
    """The other facts under which the row would be owed or not, met, or due on another day."""
    now = _Now(reckoning, row, reckoning.answer(row))
    if row.rule.kind in {"remedy", "response_deadline"}:
        return []
    asked = (_counts, _roles, _law, _leak, _data, _harm, _discovery, _notices, _letter, _hold)
    found = [_compared(now, when, facts) for ask in asked for when, facts in ask(now)]
    return list(dict.fromkeys(one for one in found if one))


def _compared(now: _Now, when: str, facts: Facts) -> Otherwise | None:
    """What follows from the other facts, or None when it is what follows from the present ones."""
    answer = Reckoning(facts, rules=now.reckoning.case.rules).answer(now.row)
    if _essence(answer) == _essence(now.answer):
        return None
    owed, due, met_by = _essence(answer)
    return Otherwise(when=when, then=_then(answer, now.answer), owed=owed, due=due, met_by=met_by)


def _essence(answer: Duty | NotOwed) -> tuple[bool, date | None, str | None]:
    return (True, answer.due, answer.met_by) if isinstance(answer, Duty) else (False, None, None)


def _then(answer: Duty | NotOwed, before: Duty | NotOwed) -> str:
    if isinstance(answer, NotOwed):
        return f"it is not owed. {answer.because[0]}"
    if answer.met_by:
        return f"it is met by {answer.met_by}."
    why = "the law gives no number" if answer.trigger_on else "its trigger has not happened"
    last = f"the last day is {answer.due}" if answer.due else f"there is no date: {why}"
    return f"{last}." if isinstance(before, Duty) else f"it is owed, and {last}."


def _counts(now: _Now) -> Iterator[tuple[str, Facts]]:
    """The counts on both sides of the threshold: such as 500 and 501 where it takes more than 500."""
    limit, place, home = now.row.rule.threshold, now.row.place, _largest(now)
    if limit.scope == "no_count":
        return
    edges = (0, 1) if limit.operator == "any" else (limit.count - 1, limit.count, limit.count + 1)
    for count in edges:
        residents = {0: "no residents", 1: "1 resident"}.get(count, f"{count:,} residents")
        if limit.scope == "residents_of_one_state":
            people = {one: min(number, count) for one, number in now.facts.affected.items()} | {home: count}
            yield f"With {residents} of the State with most people", _people(now, people)
        elif place == FEDERAL or limit.scope in EVERYONE:
            yield f"With a total of {count:,} affected", _people(now, {home if place == FEDERAL else place: count})
        else:
            yield f"With {residents} of {now.row.place_name} affected", _people(now, now.facts.affected | {place: count})


def _largest(now: _Now) -> str:
    """The place with most people, or the first of the rows when nobody is counted."""
    places = [place for place in now.reckoning.case.rules.names if place != FEDERAL]
    return max(places, key=lambda place: now.facts.affected.get(place, 0))


def _people(now: _Now, people: dict[str, int]) -> Facts:
    return now.with_facts(affected=people, affected_elsewhere=0, affected_total=None)


def _roles(now: _Now) -> Iterator[tuple[str, Facts]]:
    who, entity = now.row.rule.applies_to, now.facts.entity
    if who in _ROLES:
        kind, when = _ROLES[who]
        kinds = ["phr_vendor"] if kind == "phr_vendor" else [*entity.kinds, kind]
        yield when, now.with_facts(entity=msgspec.structs.replace(entity, kinds=kinds))
        yield (
            "Had the entity no such role for these data",
            now.with_facts(entity=msgspec.structs.replace(entity, kinds=["merchant"])),
        )
    if who in _SWITCHES:
        yield _SWITCHES[who], now.with_facts(entity=msgspec.structs.replace(entity, **{who: True}))


def _law(now: _Now) -> Iterator[tuple[str, Facts]]:
    """The day of discovery under which the row would be law, when it is not."""
    span = now.row.rule.effective
    day = span.to or span.from_
    if day and not span.holds(now.found):
        plain = msgspec.structs.replace(now.without_events(_KNOWING), discovery=Discovery(known_at=day))
        yield f"Had it been discovered on {day}", plain


def _leak(now: _Now) -> Iterator[tuple[str, Facts]]:
    reaches = reached(now.row, now.found)
    if not reaches:
        return
    named = [element for element in elements() if element.class_ in reaches]
    leaked = [element for element in named if element.id in now.facts.elements]
    if leaked:
        rest = [element for element in now.facts.elements if element not in {one.id for one in leaked}]
        yield f"Had {_listed(leaked, 'and')} not leaked", now.with_facts(elements=rest)
    more: dict[str, Element] = {}
    for element in named:
        if element.class_ not in UNLISTED:
            more.setdefault(element.class_, element)
    first = next(iter(more.values()))
    when = f"Had {_listed(list(more.values()), 'or')} leaked too"
    yield when, now.with_facts(elements=[*now.facts.elements, first.id, *first.needs])


def _listed(found: list[Element], word: str) -> str:
    labels = [element.label for element in found]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} {word} {labels[-1]}"


def _data(now: _Now) -> Iterator[tuple[str, Facts]]:
    if now.row.law.encryption:
        safe = now.with_facts(encrypted=True, key_acquired=False)
        yield "Had the data been encrypted with the key safe", safe
        yield "If the key was taken too", now.with_facts(key_acquired=True)
    if now.row.law.breach:
        yield "If it is proven that the data were seen and not taken", now.with_facts(accessed=True, acquired=False)
        yield "If the data were taken after all", now.with_facts(accessed=True, acquired=True)


def _harm(now: _Now) -> Iterator[tuple[str, Facts]]:
    place = now.row.place
    if now.row.law.harm:
        likely = now.reckoning.case.is_harm_likely(place)
        when = "With a documented finding that harm is not likely" if likely else "Without a finding that harm is not likely"
        yield when, now.with_facts(harm_in=now.facts.harm_in | {place: not likely})


def _discovery(now: _Now) -> Iterator[tuple[str, Facts]]:
    found = now.found
    earlier = msgspec.structs.replace(now.facts.discovery, should_have_known_at=found - _ONE)
    yield "Had reasonable diligence shown it a day earlier", now.with_facts(discovery=earlier)
    if now.row.rule.clock.trigger in {"determination", "confirmation"}:
        later = msgspec.structs.replace(now.facts.discovery, determined_at=(now.facts.discovery.determined_at or found) + _ONE)
        yield "With the determination recorded a day later", now.with_facts(discovery=later)
    told = Event(kind="covered_entity_told", on=found + _TEN)
    if now.reckoning.case.is_holder_only:
        yield f"Once the covered entity is told, say on {told.on}", now.with_event(told)


def _notices(now: _Now) -> Iterator[tuple[str, Facts]]:
    found = now.found
    for kind, whom in (("consumer_notice_sent", "residents"), ("hhs_notice_sent", "HHS")):
        yield f"Were {whom} told on {found + _TEN}", now.with_event(Event(kind=kind, on=found + _TEN))
        if any(event.kind == kind for event in now.facts.events):
            yield f"Were {whom} not told yet", now.without_events({kind})


def _letter(now: _Now) -> Iterator[tuple[str, Facts]]:
    if not now.row.rule.met_by_hipaa_notice:
        return
    leader = now.reckoning.answer(now.reckoning.case.rules.row("HIPAA-IND"))
    if isinstance(leader, Duty) and leader.due:
        letter = Event(kind="hipaa_individual_notice_sent", on=leader.due)
        yield f"Once the HIPAA letters have gone out, by {leader.due}", now.with_event(letter)


def _hold(now: _Now) -> Iterator[tuple[str, Facts]]:
    if isinstance(now.answer, Duty) and now.answer.due:
        until = now.answer.due + _TEN
        event = Event(kind=HOLD, form="written", from_=now.facts.discovery.known_at, until=until)
        yield f"With a law-enforcement hold in writing until {until}", now.with_event(event)
