"""The made-up merchant's patients and staff: computed, of nobody, and different from each other as people are."""

import re
from collections import Counter
from statistics import mean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.sandbox.merchant import ALL, Quirk
from hemostat.sandbox.merchant.chance import chance, overdispersed, poisson
from hemostat.sandbox.merchant.crowd import FIRST, PATIENTS, STEP, Crowd
from hemostat.sandbox.merchant.staff import ROLES, STAFF, Role, Staff, shift
from hemostat.sandbox.patients import RESIDENTS, WATERMARK, Population

SEEDS = st.integers(min_value=-(2**63), max_value=2**63)
PLACES = st.integers(min_value=0, max_value=PATIENTS - 1)
WORKDAY, SATURDAY, MEMORIAL_DAY = 2, 5, 84


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, place=PLACES)
def test_a_number_belongs_to_one_place_only(seed: int, place: int) -> None:
    """Of each stretch of five numbers exactly one is somebody's, and leads back to her place."""
    crowd = Crowd(seed)
    stretch = range(FIRST + place * STEP, FIRST + (place + 1) * STEP)

    assert [crowd.number(place)] == [number for number in stretch if crowd.place(number) is not None]
    assert place == crowd.place(crowd.number(place))
    assert crowd.state(place) == crowd.residence(crowd.number(place))


def test_nobody_has_a_number_outside_the_crowd() -> None:
    """Below the first number and above the last there is nobody."""
    crowd = Crowd(3)

    assert crowd.place(FIRST - 1) is None
    assert crowd.place(FIRST + PATIENTS * STEP) is None


def test_states_come_in_the_shares_of_the_table() -> None:
    """Of many patients about as many live in each of the large states as the table says."""
    crowd = Crowd(3)
    found = Counter(crowd.state(place) for place in range(0, PATIENTS, 10))

    assert set(RESIDENTS) == set(found)
    for state in ("US-CA", "US-TX", "US-NY", "US-FL"):
        assert found[state] / 20_000 == pytest.approx(RESIDENTS[state] / sum(RESIDENTS.values()), rel=0.1)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, place=PLACES)
def test_no_patient_could_exist(seed: int, place: int) -> None:
    """Mail is under `.example`, telephone numbers are those kept for fiction, and the record says that it is synthetic."""
    person = Crowd(seed).person(place)

    assert person.email.endswith("@inbox.example")
    assert re.fullmatch(r"\+1 \d{3}-555-01\d{2}", person.phone)
    assert WATERMARK == person.watermark
    assert Population(seed).anyone(person.id, jurisdiction=person.jurisdiction) == person


def test_a_clinician_has_patients_of_her_own() -> None:
    """Panels hold different people, and two clinicians share nearly nobody."""
    crowd = Crowd(3)
    first, second = ({crowd.panel(clinician, index) for index in range(160)} for clinician in (400, 401))

    assert 160 == len(first) == len(second)
    assert len(first & second) < 8


@pytest.mark.parametrize("average", [0.5, 8.0, 60.0])
def test_rare_things_vary_as_much_as_their_mean(average: float) -> None:
    """A Poisson number has its mean as its variance; an overdispersed one varies more, by the square over its shape."""
    draw = chance("test", average)
    plain = [poisson(draw, average) for _ in range(4_000)]
    uneven = [overdispersed(draw, average, 4) for _ in range(4_000)]

    assert mean(plain) == pytest.approx(average, rel=0.08)
    assert pstdev(plain) ** 2 == pytest.approx(average, rel=0.15)
    assert mean(uneven) == pytest.approx(average, rel=0.1)
    assert pstdev(uneven) ** 2 == pytest.approx(average + average**2 / 4, rel=0.25)


def test_there_are_a_thousand_staff_in_eight_roles() -> None:
    """The roles together are everybody, and no shift goes over midnight."""
    assert STAFF == sum(role.people for role in ROLES)
    assert {role.name for role in ROLES} == {Staff(3, frozenset()).role(actor, 0).name for actor in range(STAFF)}
    assert all(role.begins + role.lasts < 24 for role in ROLES)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_weeks_have_a_rhythm(role: Role) -> None:
    """About as many are at work as the role's week says, fewer at weekends, and on holidays only the night shift as ever."""
    staff = Staff(3, frozenset())
    present = {
        day: sum(actor.role.name == role.name for actor in staff.at_work(day)) for day in (WORKDAY, SATURDAY, MEMORIAL_DAY)
    }

    assert present[WORKDAY] == pytest.approx(role.people * role.week[0], rel=0.25)
    assert role.at_work(WORKDAY) == role.week[0]
    assert role.at_work(SATURDAY) == role.week[1]
    assert role.at_work(SATURDAY + 1) == role.week[2]
    if role.name == "support-night":
        assert role.at_work(MEMORIAL_DAY) == role.week[0]
    else:
        assert present[SATURDAY] < present[WORKDAY]
        assert role.at_work(MEMORIAL_DAY) < role.week[0] / 5


def test_the_night_shift_is_that_of_the_drill() -> None:
    """Somebody of an average pace looks at about 38 customers a shift, give or take nine."""
    staff = Staff(3, frozenset())
    night = [staff.on(actor, 0) for actor in range(190, 250)]
    counts = [len(staff.moments(actor, day)) / actor.pace for actor in night for day in range(12)]

    assert mean(counts) == pytest.approx(38, rel=0.05)
    assert pstdev(counts) == pytest.approx(9, rel=0.2)


def test_moments_lie_in_the_shift_by_time_and_fewer_around_its_middle() -> None:
    """Nothing is looked at outside the shift, and the half hour of the pause is quieter than those beside it."""
    staff = Staff(3, frozenset())
    places = []
    for number in range(250, 370):
        actor = staff.on(number, 0)
        start, length = shift(actor.role, 0)
        found = staff.moments(actor, 0)
        assert found == sorted(found)
        places += [(moment - start) / length for moment in found]

    assert 0 <= min(places) < max(places) < 1
    middle = sum(0.46 < place < 0.54 for place in places)
    assert middle < sum(0.66 < place < 0.74 for place in places) / 2


def test_people_have_a_pace_of_their_own_and_keep_it() -> None:
    """Colleagues differ by a factor that is the same on every day."""
    staff = Staff(3, ALL)
    paces = [staff.on(actor, 1).pace for actor in range(190)]

    assert paces == [staff.on(actor, 40).pace for actor in range(190)]
    assert max(paces) > 2 * min(paces)


def test_newcomers_are_not_there_before_they_come() -> None:
    """About nine in a hundred come within twelve weeks; without the peculiarity everybody was there all along."""
    staff, settled = Staff(3, ALL), Staff(3, ALL - {Quirk.NEWCOMERS})
    new = [actor for actor in range(STAFF) if staff.joined(actor)]

    assert 60 < len(new) < 120
    assert not any(staff.is_at_work(actor, day) for actor in new for day in range(staff.joined(actor)))
    assert any(settled.is_at_work(actor, 0) for actor in new)
    assert {0} == {settled.joined(actor) for actor in range(STAFF)}


def test_some_change_their_role_once() -> None:
    """About three in a hundred do, on a day within twelve weeks; without the peculiarity nobody does."""
    staff, settled = Staff(3, ALL), Staff(3, ALL - {Quirk.NEW_ROLES})
    moved = [actor for actor in range(STAFF) if staff.role(actor, 0) != staff.role(actor, 90)]

    assert 10 < len(moved) < 60
    assert all(len({staff.role(actor, day).name for day in range(0, 120, 3)}) == 2 for actor in moved)
    assert not [actor for actor in range(STAFF) if settled.role(actor, 0) != settled.role(actor, 90)]


def test_leave_empties_two_weeks() -> None:
    """Fewer are at work with leave than without it, and who is on leave is away for fourteen days."""
    staff, present = Staff(3, ALL), Staff(3, ALL - {Quirk.LEAVE})
    away = [
        actor
        for actor in range(STAFF)
        if any(present.is_at_work(actor, day) for day in range(14)) and not any(staff.is_at_work(actor, day) for day in range(14))
    ]

    assert 25 < len(away) < 100


def test_who_travels_calls_from_elsewhere() -> None:
    """In a week a few have an address that they have in no other week; without the peculiarity nobody travels."""
    staff, settled = Staff(3, ALL), Staff(3, ALL - {Quirk.TRAVEL})
    gone = [actor for actor in range(STAFF) if staff.on(actor, 9).caller != settled.on(actor, 9).caller]

    assert 5 < len(gone) < 50
    assert all(staff.on(actor, 9).caller == staff.on(actor, 10).caller for actor in gone)


def test_names_of_staff_do_not_show_their_role() -> None:
    """Everybody has a name of her own, under the merchant's domain, in which no role stands."""
    names = [Staff(3, ALL).name(actor) for actor in range(STAFF)]

    assert STAFF == len(set(names))
    assert all(name.endswith("@fernhollow.example") for name in names)
    assert not any(role.name.partition("-")[0] in name for name in names for role in ROLES)
