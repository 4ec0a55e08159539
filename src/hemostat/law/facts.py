"""The facts of an incident: what `hemostat law assess` reads, and the closed words it understands."""

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from itertools import chain

import msgspec

from hemostat.kernel import BadInput

from .elements import elements
from .reading import document_read, faults_told, name_shown, shape_faults
from .rules import Rules, rules_load

KINDS = ("hipaa_covered_entity", "hipaa_business_associate", "phr_vendor", "licensed_ca_clinic", "merchant")
HOLD = "law_enforcement_hold"
EVENTS = (
    "consumer_notice_sent",
    "hipaa_individual_notice_sent",
    "hhs_notice_sent",
    "covered_entity_told",
    "workforce_member_knew",
    "agent_knew",
    "determination",
    HOLD,
)
FORMS = ("oral", "written")
FEDERAL = "US"
FIRST_YEAR, LAST_YEAR = 1990, 2099
MOST_DAYS = 3650
MOST_PEOPLE = 10_000_000_000
MOST_EVENTS = 1_000


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the facts: a field that nobody knows is an error. None means that nobody has said."""


class Entity(Part, frozen=True):
    """Who holds the data, and in which roles for this data."""

    kinds: list[str]
    agent_of_covered_entity: bool | None = None
    dfs_licensee: bool | None = None
    listed_company: bool | None = None


class Discovery(Part, frozen=True):
    """Days in the local zone of the entity."""

    known_at: date
    should_have_known_at: date | None = None
    determined_at: date | None = None


class Event(Part, frozen=True, rename={"from_": "from"}):
    """Something that starts, moves or ends a clock. Without a `jurisdiction` it holds everywhere.

    A hold has `form` and `from`, and ends with `until` or after `requested_days`; every other event has `on`.
    """

    kind: str
    on: date | None = None
    jurisdiction: str | None = None
    form: str | None = None
    from_: date | None = None
    until: date | None = None
    requested_days: int | None = None


class Facts(Part, frozen=True):
    """All that the law asks about an incident; people by jurisdiction (ISO 3166-2), leaked elements by id.

    affected_elsewhere: people whose home is unknown or in none of the jurisdictions; they count in totals only.
    affected_total: everybody, where a total is known; those above the sum of the rest have an unknown home.
    harm_in: documented findings on harm by place (`US` for federal rules), each before `harm_likely` for that place.
    """

    entity: Entity
    discovery: Discovery
    affected: dict[str, int]
    elements: list[str]
    affected_elsewhere: int = 0
    affected_total: int | None = None
    encrypted: bool | None = None
    key_acquired: bool | None = None
    accessed: bool | None = None
    acquired: bool | None = None
    harm_likely: bool | None = None
    harm_in: dict[str, bool] = {}
    events: list[Event] = []

    def days(self) -> dict[str, date]:
        """Every day that the facts name, by its field."""
        found = self.discovery
        days = {
            "discovery.known_at": found.known_at,
            "discovery.should_have_known_at": found.should_have_known_at,
            "discovery.determined_at": found.determined_at,
        }
        for number, event in enumerate(self.events):
            at = f"events[{number}]"
            days |= {f"{at}.on": event.on, f"{at}.from": event.from_, f"{at}.until": event.until}
        return {name: day for name, day in days.items() if day is not None}


def facts_decode(text: bytes | str) -> Facts:
    """The facts of a JSON document. Raises `BadInput` that names the faults of its kind at once, each with its field."""
    document, faults = document_read(text)
    if told := faults_told(chain(faults, shape_faults(document, Facts))):
        raise BadInput(
            f"The facts cannot be read: {told}.",
            advice="Days look like 2026-03-02; the form of the document is in docs/reference/law.md.",
        )
    facts = msgspec.convert(document, Facts)
    facts_check(facts)
    return facts


def facts_check(facts: Facts, *, rules: Rules | None = None) -> None:
    """Nothing, when the facts can be assessed. Raises `BadInput` that names the faults at once."""
    places = set((rules or rules_load()).names)
    if told := faults_told(chain(_words(facts, places), _counts(facts), _events(facts), _dates(facts))):
        raise BadInput(
            f"The facts cannot be used: {told}.",
            advice="`hemostat law elements` lists the elements; jurisdictions look like US-CA.",
        )


def _words(facts: Facts, places: set[str]) -> Iterator[str]:
    known = {element.id for element in elements()}
    yield from _unknown("kind", facts.entity.kinds, set(KINDS))
    yield from _unknown("jurisdiction", facts.affected, places - {FEDERAL})
    yield from _unknown("jurisdiction of harm_in", facts.harm_in, places)
    yield from _unknown("element", facts.elements, known)
    yield from _unknown("event kind", (event.kind for event in facts.events), set(EVENTS))
    yield from _unknown("jurisdiction of an event", (event.jurisdiction for event in facts.events if event.jurisdiction), places)
    yield from _unknown("form of a hold", (event.form for event in facts.events if event.form), set(FORMS))


def _unknown(what: str, words: Iterable[str], known: set[str]) -> Iterator[str]:
    for word in sorted(set(words) - known):
        near = [f"US-{word}"] if f"US-{word}" in known else get_close_matches(word, known, n=1)
        yield f"unknown {what} {word[:40]!r}" + (f" (did you mean {near[0]}?)" if near else "")


def _counts(facts: Facts) -> Iterator[str]:
    if not facts.entity.kinds:
        yield "entity.kinds is empty"
    counts = {f"affected.{name_shown(place)}": facts.affected[place] for place in sorted(facts.affected)}
    counts["affected_elsewhere"] = facts.affected_elsewhere
    if facts.affected_total is not None:
        counts["affected_total"] = facts.affected_total
    for name, people in counts.items():
        if people < 0:
            yield f"{name} is below zero"
        if people > MOST_PEOPLE:
            yield f"{name} is more people than there are"
    named = sum(facts.affected.values()) + facts.affected_elsewhere
    if facts.affected_total is not None and 0 <= facts.affected_total < named:
        yield f"affected_total is {facts.affected_total:,}, though affected and affected_elsewhere add up to {named:,}"


def _events(facts: Facts) -> Iterator[str]:
    if len(facts.events) > MOST_EVENTS:
        yield f"events has more than {MOST_EVENTS:,} entries"
    for number, event in enumerate(facts.events):
        at = f"events[{number}]"
        if event.kind != HOLD:
            if event.on is None:
                yield f"{at} lacks `on`"
            continue
        yield from (f"{at} lacks `{name}`" for name, value in (("form", event.form), ("from", event.from_)) if value is None)
        if event.requested_days is not None and not 0 <= event.requested_days <= MOST_DAYS:
            yield f"{at}.requested_days lies outside 0 to {MOST_DAYS}"
        if event.from_ and event.until and event.until < event.from_:
            yield f"{at} ends before it begins"


def _dates(facts: Facts) -> Iterator[str]:
    for name, day in facts.days().items():
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield f"{name} lies outside {FIRST_YEAR} to {LAST_YEAR}"
