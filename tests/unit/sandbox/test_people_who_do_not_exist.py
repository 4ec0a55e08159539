"""Synthetic people: the counts of the story for every seed, and no value that could belong to somebody."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.sandbox.patients import (
    CANARY,
    DOCUMENTED,
    FIRST_ORDINARY,
    FIRST_TRIED,
    FOREIGN_CANARY,
    ORDINARY,
    PEOPLE,
    REPLAYED,
    RESIDENTS,
    TRIED,
    WATERMARK,
    Person,
    Population,
)

SEEDS = st.integers(min_value=-(2**63), max_value=2**63)
NUMBERS = st.integers(min_value=FIRST_TRIED, max_value=FIRST_TRIED + TRIED - 1)


def test_the_table_of_residents_is_that_of_the_story() -> None:
    """6,914 people, five states by name, nobody else's share above 500."""
    named = {"US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-FL": 577, "US-WA": 143}

    assert PEOPLE == 6_914
    assert named == {place: RESIDENTS[place] for place in named}
    assert 2_937 == sum(count for place, count in RESIDENTS.items() if place not in named)
    assert all(count <= 500 for place, count in RESIDENTS.items() if place not in named)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_every_seed_has_the_same_counts(seed: int) -> None:
    """Whichever people a seed makes, their number, states and papers are those of the story."""
    people = list(Population(seed).reachable())

    assert Counter(person.jurisdiction for person in people) == RESIDENTS
    assert len({person.id for person in people}) == PEOPLE
    assert FIRST_TRIED <= people[0].id
    assert people[-1].id < FIRST_TRIED + TRIED
    assert DOCUMENTED == sum(person.has_documents for person in people[:REPLAYED])


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, number=NUMBERS)
def test_place_and_number_are_each_others_inverse(seed: int, number: int) -> None:
    """A number belongs to someone exactly when it is the number of a place."""
    people = Population(seed)
    place = people.place(number)

    assert (place is None) == (people.person(number) is None)
    if place is not None:
        assert number == people.number(place)


@given(seed=SEEDS)
def test_people_are_spread_evenly(seed: int) -> None:
    """The probes meet one person in their three tries, and no gap in the range is longer than six numbers."""
    people = Population(seed)
    numbers = [people.number(place) for place in range(50)]

    assert 1 == sum(people.person(FIRST_TRIED + offset) is not None for offset in range(3))
    assert {5, 6} == {later - earlier for earlier, later in pairwise(numbers)}


@given(seed=SEEDS, stretch=st.integers(min_value=0, max_value=PEOPLE - 400))
def test_any_stretch_meets_the_states_in_proportion(seed: int, stretch: int) -> None:
    """A leak stopped halfway shows the same mix of states as the whole, to within a few people."""
    people = Population(seed)
    met = [people.person(people.number(place)) for place in range(stretch, stretch + 400)]
    californians = sum(person is not None and person.jurisdiction == "US-CA" for person in met)

    assert abs(californians - 400 * RESIDENTS["US-CA"] / PEOPLE) < 8


@given(
    seed=SEEDS,
    number=st.one_of(
        NUMBERS, st.integers(FIRST_ORDINARY, FIRST_ORDINARY + ORDINARY - 1), st.sampled_from([CANARY, FOREIGN_CANARY])
    ),
)
def test_no_value_can_belong_to_anybody(seed: int, number: int) -> None:
    """Mail goes nowhere, telephones are those of fiction, every record says that it is synthetic."""
    person = Population(seed).person(number)

    if person is not None:
        assert re.fullmatch(r"[a-z]+\.[a-z]+\.\d+@inbox\.example", person.email)
        assert re.fullmatch(r"\+1 \d{3}-555-01\d\d", person.phone)
        assert date(1941, 1, 1) <= person.dob < date(2007, 1, 1)
        assert person.jurisdiction in RESIDENTS
        assert WATERMARK == person.watermark


def test_the_same_seed_makes_the_same_people() -> None:
    """People are computed, not drawn: two populations of one seed are equal, those of two seeds are not."""
    assert list(Population(7).reachable()) == list(Population(7).reachable())
    assert list(Population(7).ordinary()) != list(Population(8).ordinary())


def test_ordinary_customers_live_beside_the_range() -> None:
    """Two thousand customers shop as usual; none of them has papers in the portal or a number that is tried."""
    people = list(Population(7).ordinary())

    assert ORDINARY == len(people)
    assert not any(person.has_documents for person in people)
    assert all(Population(7).person(person.id) == person for person in people[:50])


@pytest.mark.parametrize(
    "number", [0, -1, FIRST_TRIED - 1, FIRST_TRIED + TRIED, FIRST_ORDINARY - 1 - 100, FIRST_ORDINARY + ORDINARY]
)
def test_numbers_outside_belong_to_nobody(number: int) -> None:
    """Beyond the ranges there is no one."""
    assert Population(7).person(number) is None


def test_the_canaries_are_customers() -> None:
    """Probes need two people who exist: one with papers, one who is someone else."""
    canary, foreign = Population(7).person(CANARY), Population(7).person(FOREIGN_CANARY)

    assert isinstance(canary, Person)
    assert isinstance(foreign, Person)
    assert canary.has_documents
    assert canary.id != foreign.id
