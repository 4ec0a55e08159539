"""What in the facts contradicts itself or cannot be yet: each a sentence that names the field and says what is assumed."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from .facts import FEDERAL, HOLD, Event, Facts

_HIPAA = {"hipaa_covered_entity", "hipaa_business_associate"}
_LETTERS = {"consumer_notice_sent", "hipaa_individual_notice_sent", "hhs_notice_sent"}
_ONLY_HIPAA = {"hipaa_individual_notice_sent", "hhs_notice_sent"}


def doubts(facts: Facts, *, today: date | None) -> Iterator[str]:
    """Every doubt about these facts, whatever their order. Without a `today` no day can lie in the future."""
    yield from _about_words(facts)
    yield from _about_the_data(facts)
    yield from _about_discovery(facts)
    for event in sorted(facts.events, key=str):
        yield from _about_place(facts, event)
        yield from _about_hold(facts, event) if event.kind == HOLD else _about_event(facts, event)
    yield from _about_harm(facts)
    if today:
        yield from _about_the_future(facts, today)


def _about_words(facts: Facts) -> Iterator[str]:
    for field, words in (("entity.kinds", facts.entity.kinds), ("elements", facts.elements)):
        for word, times in sorted(Counter(words).items()):
            if times > 1:
                yield f"`{field}` names {word} {times} times: it counts once."
    if not facts.elements:
        yield "`elements` is empty: no law that turns on what leaked is taken to apply."


def _about_the_data(facts: Facts) -> Iterator[str]:
    if facts.key_acquired and not facts.encrypted:
        yield "`key_acquired` is true though `encrypted` is not: the data are taken as readable."
    if facts.acquired and facts.accessed is False:
        yield "`accessed` is false though `acquired` is true: whoever acquired the data is taken to have had access."
    if facts.acquired is False and facts.accessed is False:
        yield "`accessed` and `acquired` are both false: no breach is taken to have happened. Keep the proof of it."
    if facts.acquired is False and facts.accessed and "phr_vendor" in facts.entity.kinds and not _is_hipaa(facts):
        yield "`acquired` is false: the FTC presumes that accessed data were acquired; evidence against it is taken to exist."


def _about_discovery(facts: Facts) -> Iterator[str]:
    found = facts.discovery
    if found.determined_at and found.determined_at < found.known_at:
        yield "`discovery.determined_at` lies before `known_at`: the breach is taken as known when it was determined."
    if found.should_have_known_at and found.should_have_known_at > found.known_at:
        yield "`discovery.should_have_known_at` lies after `known_at`: the earlier day, on which it was known, counts."


def _about_place(facts: Facts, event: Event) -> Iterator[str]:
    place = event.jurisdiction
    if place == FEDERAL and event.kind != "hhs_notice_sent":
        yield (
            f"`events.jurisdiction` of {_named(event)} is {FEDERAL}: it holds for federal duties only. "
            "Leave it out to let it hold everywhere."
        )
    elif place not in {None, FEDERAL, *_licensed(facts)} and not facts.affected.get(place or ""):
        yield f"`events.jurisdiction` of {_named(event)}: nobody in {place} is among `affected`, so it changes nothing there."


def _licensed(facts: Facts) -> Iterator[str]:
    """Places whose law binds the entity by a license, also where nobody of the place is affected."""
    if "licensed_ca_clinic" in facts.entity.kinds:
        yield "US-CA"
    if facts.entity.dfs_licensee:
        yield "US-NY"


def _about_event(facts: Facts, event: Event) -> Iterator[str]:
    known = facts.discovery.known_at
    if spare := [name for name, value in _hold_fields(event) if value is not None]:
        yield f"`events`: {_named(event)} also has {', '.join(spare)}, which belong to a hold and are left aside."
    if event.kind in _ONLY_HIPAA and not _is_hipaa(facts):
        yield f"`events`: {_named(event)}, though `entity.kinds` names no role under HIPAA: it is taken to change nothing."
    if event.kind in _LETTERS and event.on and event.on < known:
        yield f"`events.on`: {_named(event)} lies before `known_at`, {known}: check the day."
    if event.kind == "determination" and event.on and event.on < known:
        yield f"`events.on`: {_named(event)} lies before `known_at`: the breach is taken as known when it was determined."


def _about_hold(facts: Facts, event: Event) -> Iterator[str]:
    known = facts.discovery.known_at
    if event.on is not None:
        yield f"`events.on` of {_named(event)} is left aside: a hold begins at its `from`."
    if event.from_ and event.from_ < known:
        yield f"`events.from` of {_named(event)} lies before `known_at`, {known}: check the day; the hold is taken as given."
    if event.until is not None and event.requested_days is not None:
        yield f"`events`: {_named(event)} has `until` and `requested_days`: the earlier end counts."


def _about_harm(facts: Facts) -> Iterator[str]:
    for place in sorted(facts.harm_in):
        if place != FEDERAL and not facts.affected.get(place):
            yield f"`harm_in.{place}`: nobody there is among `affected`, so the finding changes nothing."


def _about_the_future(facts: Facts, today: date) -> Iterator[str]:
    """A hold may end in the future, and only that."""
    found = facts.discovery
    days = {
        "`discovery.known_at`": found.known_at,
        "`discovery.should_have_known_at`": found.should_have_known_at,
        "`discovery.determined_at`": found.determined_at,
    }
    for name, day in days.items():
        if day and day > today:
            yield f"{name}, {day}, lies after today, {today}: limits are counted as if the day had come."
    for event in sorted(facts.events, key=str):
        day = event.from_ if event.kind == HOLD else event.on
        if day and day > today:
            yield f"`events`: {_named(event)} lies after today, {today}: limits are counted as if it had happened."


def _is_hipaa(facts: Facts) -> bool:
    return bool(_HIPAA.intersection(facts.entity.kinds))


def _hold_fields(event: Event) -> list[tuple[str, object]]:
    return [("form", event.form), ("from", event.from_), ("until", event.until), ("requested_days", event.requested_days)]


def _named(event: Event) -> str:
    day = event.from_ if event.kind == HOLD else event.on
    return f"{event.kind} of {day}" + (f" in {event.jurisdiction}" if event.jurisdiction else "")
