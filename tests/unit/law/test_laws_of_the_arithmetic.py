"""What must hold for any facts at all."""

from datetime import date, timedelta
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemostat.law import Assessment, Discovery, Entity, Event, Facts, assess, elements, rules_load
from hemostat.law.facts import EVENTS, HOLD, KINDS

PLACES = sorted(set(rules_load().names) - {"US"})
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))
OPEN = st.sampled_from([None, True, False])


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event that facts may hold."""
    kind = draw(st.sampled_from(EVENTS))
    place = draw(st.none() | st.sampled_from(PLACES))
    if kind != HOLD:
        return Event(kind=kind, on=draw(DAYS), jurisdiction=place)
    begins = draw(DAYS)
    return Event(
        kind=kind,
        form=draw(st.sampled_from(["oral", "written"])),
        from_=begins,
        until=draw(st.none() | st.integers(0, 200).map(lambda days: begins + timedelta(days=days))),
        requested_days=draw(st.none() | st.integers(0, 200)),
        jurisdiction=place,
    )


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Any facts that pass the door."""
    return Facts(
        entity=Entity(
            kinds=draw(st.lists(st.sampled_from(KINDS), min_size=1, unique=True)),
            agent_of_covered_entity=draw(OPEN),
            dfs_licensee=draw(OPEN),
            listed_company=draw(OPEN),
        ),
        discovery=Discovery(
            known_at=draw(DAYS), should_have_known_at=draw(st.none() | DAYS), determined_at=draw(st.none() | DAYS)
        ),
        affected=draw(st.dictionaries(st.sampled_from(PLACES), st.integers(0, 1200), max_size=6)),
        affected_elsewhere=draw(st.sampled_from([0, 0, 1, 600, 20_000])),
        harm_in=draw(st.dictionaries(st.sampled_from(["US", *PLACES]), st.booleans(), max_size=3)),
        elements=draw(st.lists(st.sampled_from([one.id for one in elements()]), max_size=8, unique=True)),
        encrypted=draw(OPEN),
        key_acquired=draw(OPEN),
        accessed=draw(OPEN),
        acquired=draw(OPEN),
        harm_likely=draw(OPEN),
        events=draw(st.lists(events(), max_size=4)),
    )


NOTICES = {"consumer_notice_sent", "hipaa_individual_notice_sent", "hhs_notice_sent"}


def limits(answer: Assessment) -> dict[str, date | None]:
    """The last day of each duty."""
    return {duty.id: duty.due for duty in answer.duties}


@given(any_facts())
@settings(deadline=None, max_examples=150)
def test_every_row_is_answered_once(facts: Facts) -> None:
    """A row is owed or not owed, never both, never twice; each answer has a reason; a plan is never later than its limit."""
    answer = assess(facts)
    names = [duty.id for duty in answer.duties] + [row.id for row in answer.not_owed]
    assert len(names) == len(set(names))
    assert all(row.because for row in [*answer.duties, *answer.not_owed])
    assert all(duty.advised <= duty.due for duty in answer.duties if duty.due and duty.advised)


@given(any_facts(), st.integers(1, 400))
@settings(deadline=None, max_examples=150)
def test_a_later_discovery_never_gives_an_earlier_limit(facts: Facts, days: int) -> None:
    """Of the duties owed in both cases none falls due sooner because the leak was known later."""
    later = msgspec.structs.replace(facts.discovery, known_at=facts.discovery.known_at + timedelta(days=days))
    before, after = limits(assess(facts)), limits(assess(msgspec.structs.replace(facts, discovery=later)))
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        assert (one is None) == (other is None)
        assert one is None or other is None or one <= other


@given(any_facts(), st.sampled_from(PLACES), st.integers(1, 5000))
@settings(deadline=None, max_examples=150)
def test_adding_people_never_removes_a_duty(facts: Facts, place: str, people: int) -> None:
    """More people only add duties, except that the yearly log gives way to the immediate report."""
    more = facts.affected | {place: facts.affected.get(place, 0) + people}
    before, after = limits(assess(facts)), limits(assess(msgspec.structs.replace(facts, affected=more)))
    gone = before.keys() - after.keys()
    assert gone <= {"HIPAA-HHS-LT500", "FTC-FTC-LT500"}
    assert "HIPAA-HHS-LT500" not in gone or "HIPAA-HHS-500" in after
    assert "FTC-FTC-LT500" not in gone or after.keys() & {"FTC-FTC-2024", "FTC-FTC-2010"}
    assert {name: before[name] for name in before.keys() - gone} == {name: after[name] for name in before.keys() - gone}


@given(any_facts(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_the_order_of_the_facts_does_not_matter(facts: Facts, random: Any) -> None:
    """The same facts in another order give the same answer, byte for byte, warnings included."""
    shuffled = list(facts.affected.items())
    random.shuffle(shuffled)
    mixed = msgspec.structs.replace(
        facts,
        affected=dict(shuffled),
        elements=random.sample(facts.elements, len(facts.elements)),
        events=random.sample(facts.events, len(facts.events)),
        entity=msgspec.structs.replace(facts.entity, kinds=random.sample(facts.entity.kinds, len(facts.entity.kinds))),
    )
    assert msgspec.json.encode(assess(facts)) == msgspec.json.encode(assess(mixed))


@given(any_facts())
@settings(deadline=None, max_examples=100)
def test_holds_never_bring_a_limit_forward(facts: Facts) -> None:
    """Without the holds every limit is the same or earlier."""
    free = msgspec.structs.replace(facts, events=[event for event in facts.events if event.kind != HOLD])
    held, plain = limits(assess(facts)), limits(assess(free))
    assert held.keys() == plain.keys()
    for name, day in plain.items():
        moved = held[name]
        assert (day is None) == (moved is None)
        assert day is None or moved is None or day <= moved


@given(any_facts())
@settings(deadline=None, max_examples=100)
def test_a_cap_is_never_later_than_what_it_caps(facts: Facts) -> None:
    """A regulator who goes first or together never has a later limit than the letters it goes with."""
    answer = limits(assess(facts))
    for name, day in answer.items():
        parent = rules_load().row(name).rule.clock.inherits_from
        letters = answer.get(parent)
        assert day is None or letters is None or day <= letters


@given(any_facts())
@settings(deadline=None, max_examples=100)
def test_there_is_a_schedule_that_meets_every_limit(facts: Facts) -> None:
    """Letters on the earliest limit of any letter, those who come first a day before, all others on their own last day.

    Once the letters are on record, no duty of the schedule has a limit before its day.
    """
    unsent = msgspec.structs.replace(facts, events=[event for event in facts.events if event.kind not in NOTICES])
    plan = [duty.due for duty in assess(unsent).duties if duty.recipient == "individuals" and duty.due]
    letters = min(plan, default=facts.discovery.known_at + timedelta(days=30))
    sent = Event(kind="consumer_notice_sent", on=letters)
    answer = assess(msgspec.structs.replace(unsent, events=[*unsent.events, sent]))
    for duty in answer.duties:
        if duty.due is None:
            continue
        relation = rules_load().row(duty.id).rule.clock.relation
        first, together = relation == "before_event", relation == "no_later_than_event"
        day = letters - timedelta(days=1) if first else letters if together or duty.recipient == "individuals" else duty.due
        assert day <= duty.due, duty.id
        assert not first or day < letters
        assert not first or (duty.advised is not None and duty.advised < letters)


@given(any_facts(), st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))
@settings(deadline=None, max_examples=80)
def test_encryption_with_the_key_safe_lifts_all_that_turns_on_it(facts: Facts, places: list[str]) -> None:
    """What is still owed comes from a law without a word on encryption."""
    safe = msgspec.structs.replace(facts, encrypted=True, key_acquired=False, affected=dict.fromkeys(places, 6000))
    for duty in assess(safe).duties:
        encryption = rules_load().row(duty.id).law.encryption
        assert encryption is None or not encryption.exempts, duty.id


@example(
    facts=Facts(
        entity=Entity(kinds=["hipaa_covered_entity", "licensed_ca_clinic"]),
        discovery=Discovery(known_at=date(2024, 1, 1)),
        affected={},
        affected_elsewhere=1,
        elements=["diagnosis"],
        harm_likely=False,
    ),
    place="US",
    likely=False,
)
@given(facts=any_facts(), place=st.sampled_from(["US", *PLACES]), likely=st.booleans())
@settings(deadline=None, max_examples=100)
def test_a_finding_for_one_place_changes_only_that_place(facts: Facts, place: str, *, likely: bool) -> None:
    """Duties elsewhere stay as they are; a federal finding moves also what follows from the federal letter, or is met by it."""
    found = msgspec.structs.replace(facts, harm_in=facts.harm_in | {place: likely})
    before, after = (
        {
            duty.id: (duty.due, duty.obligor, None if place == "US" else duty.met_by)
            for duty in assess(some).duties
            if duty.jurisdiction != place and not (place == "US" and rules_load().row(duty.id).rule.follows)
        }
        for some in (facts, found)
    )
    assert before == after


@given(any_facts())
@settings(deadline=None, max_examples=50)
def test_a_total_counts_those_whom_no_place_counts(facts: Facts) -> None:
    """A total says the same as the number of people elsewhere that it leaves."""
    whole = sum(facts.affected.values()) + facts.affected_elsewhere
    total = msgspec.structs.replace(facts, affected_elsewhere=0, affected_total=whole)
    assert limits(assess(facts)) == limits(assess(total))


@given(any_facts())
@settings(deadline=None, max_examples=50)
def test_the_day_of_asking_moves_no_limit(facts: Facts) -> None:
    """A day that is still to come is warned of and changes no duty."""
    assert limits(assess(facts)) == limits(assess(facts, today=date(2024, 1, 1)))
