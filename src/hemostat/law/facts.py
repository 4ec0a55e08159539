"""The facts of an incident: what `hemostat law assess` reads, and the closed words it understands."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hemostat.kernel import BadInput

from .elements import elements
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
    """

    entity: Entity
    discovery: Discovery
    affected: dict[str, int]
    elements: list[str]
    affected_elsewhere: int = 0
    encrypted: bool | None = None
    key_acquired: bool | None = None
    accessed: bool | None = None
    acquired: bool | None = None
    harm_likely: bool | None = None
    events: list[Event] = []


def facts_decode(text: bytes | str) -> Facts:
    """The facts of a JSON document. Raises `BadInput` that names every unknown word at once, or the field that is wrong."""
    try:
        facts = msgspec.json.decode(text, type=Facts)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The facts cannot be read: {error}.",
            advice="Dates look like 2026-03-02; the form of the document is in docs/reference/law.md.",
        ) from error
    facts_check(facts)
    return facts


def facts_check(facts: Facts, *, rules: Rules | None = None) -> None:
    """Nothing, when the facts can be assessed. Raises `BadInput` that names all faults at once."""
    places = set((rules or rules_load()).names)
    faults = [*_words(facts, places), *_counts(facts), *_events(facts), *_dates(facts)]
    if faults:
        raise BadInput(
            f"The facts cannot be used: {'; '.join(faults)}.",
            advice="`hemostat law elements` lists the elements; jurisdictions look like US-CA.",
        )


def _words(facts: Facts, places: set[str]) -> Iterator[str]:
    known = {element.id for element in elements()}
    yield from _unknown("kind", facts.entity.kinds, set(KINDS))
    yield from _unknown("jurisdiction", facts.affected, places - {FEDERAL})
    yield from _unknown("element", facts.elements, known)
    yield from _unknown("event kind", (event.kind for event in facts.events), set(EVENTS))
    yield from _unknown("jurisdiction of an event", (event.jurisdiction for event in facts.events if event.jurisdiction), places)
    yield from _unknown("form of a hold", (event.form for event in facts.events if event.form), set(FORMS))


def _unknown(what: str, words: Iterator[str] | list[str] | dict[str, int], known: set[str]) -> Iterator[str]:
    for word in sorted(set(words) - known):
        yield f"unknown {what} {word[:40]!r}"


def _counts(facts: Facts) -> Iterator[str]:
    if not facts.entity.kinds:
        yield "entity.kinds is empty"
    for place in sorted(facts.affected):
        if facts.affected[place] < 0:
            yield f"affected.{place[:40]} is below zero"
    if facts.affected_elsewhere < 0:
        yield "affected_elsewhere is below zero"


def _events(facts: Facts) -> Iterator[str]:
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
    found = facts.discovery
    days = {
        "discovery.known_at": found.known_at,
        "discovery.should_have_known_at": found.should_have_known_at,
        "discovery.determined_at": found.determined_at,
    }
    for number, event in enumerate(facts.events):
        days |= {f"events[{number}].on": event.on, f"events[{number}].from": event.from_, f"events[{number}].until": event.until}
    for name, day in days.items():
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield f"{name} lies outside {FIRST_YEAR} to {LAST_YEAR}"
