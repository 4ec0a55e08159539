"""Edges that no worked case shows: each was found by a changed constant that nothing had noticed."""

from contextlib import suppress
from datetime import date
from typing import get_args

import msgspec
import pytest

from hemostat.kernel import BadInput
from hemostat.law import Assessment, Discovery, Entity, Event, Facts, assess, elements, rules_load
from hemostat.law.case import _NOT_HEALTH
from hemostat.law.days import day_after, holidays_between
from hemostat.law.engine import Reckoning
from hemostat.law.facts import facts_check
from hemostat.law.limits import threshold_wording, wording
from hemostat.law.reasons import Topic
from hemostat.law.rules import AfterHold, Operator, Threshold

SMALL = Facts(
    entity=Entity(kinds=["merchant"]),
    discovery=Discovery(known_at=date(2026, 3, 2)),
    affected={"US-CA": 1},
    elements=["name", "ssn"],
)


def leak(*events: Event, kinds: tuple[str, ...] = ("merchant",), elements: tuple[str, ...] = ("name", "ssn")) -> Assessment:
    """The answer to a small leak in California."""
    entity = Entity(kinds=list(kinds))
    return assess(msgspec.structs.replace(SMALL, entity=entity, elements=list(elements), events=list(events)))


def is_usable(facts: Facts) -> bool:
    """Can these facts be assessed?"""
    with suppress(BadInput):
        facts_check(facts)
        return True
    return False


def why_not(answer: Assessment, name: str) -> str:
    """Why the row is not owed."""
    return " ".join(next(row.because for row in answer.not_owed if row.id == name))


@pytest.mark.parametrize(("hours", "days"), [(1, 1), (24, 1), (25, 2), (48, 2), (49, 3), (72, 3)])
def test_a_begun_day_of_hours_is_a_day(hours: int, days: int) -> None:
    """24 hours are one day and 25 are two."""
    assert date(2026, 3, 2 + days) == day_after(date(2026, 3, 2), hours, "hours", "US-NY")


def test_holidays_between_leave_out_the_start_and_take_in_the_end() -> None:
    """Memorial Day as the start is not counted, as the last day it is; a holiday on a Saturday is named by its observed day."""
    memorial = date(2026, 5, 25)
    assert [] == holidays_between(memorial, date(2026, 6, 1), "US")
    assert [] == holidays_between(date(2026, 5, 20), date(2026, 5, 24), "US")
    assert [memorial] == [day for day, _ in holidays_between(date(2026, 5, 22), memorial, "US")]
    assert [memorial] == [day for day, _ in holidays_between(date(2026, 5, 24), date(2026, 5, 26), "US")]
    assert [date(2026, 7, 3)] == [day for day, _ in holidays_between(date(2026, 7, 2), date(2026, 7, 6), "US")]


def test_a_hold_says_its_form_its_place_and_its_end() -> None:
    """Asked for by word of mouth or in writing; for all duties or for those of one place; until when."""
    oral, written, endless = leak(
        Event(kind="law_enforcement_hold", form="oral", from_=date(2026, 3, 5)),
        Event(kind="law_enforcement_hold", form="written", from_=date(2026, 3, 6), requested_days=9, jurisdiction="US-CA"),
        Event(kind="law_enforcement_hold", form="written", from_=date(2026, 3, 7)),
    ).holds

    assert ("oral", date(2026, 4, 4)) == (oral.form, oral.ends)
    assert oral.because == ["Asked for by word of mouth on 2026-03-05, for all duties. An oral request holds 30 days at most."]
    assert ("written", date(2026, 3, 15)) == (written.form, written.ends)
    assert written.because == ["Asked for in writing on 2026-03-06, for duties of US-CA. It holds for the time it states."]
    assert ("written", None) == (endless.form, endless.ends)
    assert endless.because == ["Asked for in writing on 2026-03-07, for all duties. No end is stated."]


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("any", True, True, True),
        ("more_than", False, False, True),
        ("at_least", False, True, True),
        ("fewer_than", True, False, False),
    ],
)
def test_what_each_operator_says_around_its_count(operator: Operator, *, below: bool, at: bool, above: bool) -> None:
    """One under, exactly at, and one over; nobody is never enough."""
    limit = Threshold(operator=operator, scope="residents", count=500)

    assert (False, below, at, above) == tuple(limit.holds(people) for people in (0, 499, 500, 501))
    assert limit.holds(1) == below


def test_a_row_without_a_count_needs_nobody() -> None:
    """It binds whoever its role names, however many people are affected."""
    assert Threshold(operator="any", scope="no_count").holds(0)


def test_days_after_a_hold_are_calendar_days_unless_said() -> None:
    """A row that names days and no unit means days of the calendar."""
    assert "calendar_days" == AfterHold(moves=True, then=7).unit


def test_a_row_without_a_standard_is_worded_with_the_least() -> None:
    """Rows of damages name no standard of speed; their words stay cautious."""
    assert "Without unreasonable delay after negligent release; no number." == wording(rules_load().row("CA-CMIA-56.36"))


def test_an_unknown_row_is_answered_with_three_that_are_close() -> None:
    """More would be a list, not a hint."""
    with pytest.raises(BadInput) as caught:
        rules_load().row("NY-")

    assert 3 == caught.value.advice().count("NY-")


def test_government_numbers_that_no_row_names_are_warned_of() -> None:
    """Passport, taxpayer and military numbers are taken as reached, and each is named."""
    warnings = " ".join(leak(elements=("name", "passport", "tax_id", "military_id")).warnings)

    assert "which statutes reach military_id, passport, tax_id" in warnings


def test_a_row_for_others_says_whom_it_binds() -> None:
    """The FTC rule gives way to HIPAA only where HIPAA applies, and only that rule does."""
    assert "kinds name none" in why_not(leak(), "FTC-IND")
    covered = leak(kinds=("hipaa_covered_entity",))
    assert "HIPAA governs this data" in why_not(covered, "FTC-IND")
    assert "kinds name none" in why_not(covered, "CA-1280-PAT")


@pytest.mark.parametrize(
    ("changes", "usable"),
    [
        ({"affected": {"US-CA": 10_000_000_000}}, True),
        ({"affected": {"US-CA": 10_000_000_001}}, False),
        ({"affected": {"US-CA": 0}, "affected_total": 0}, True),
        ({"affected_total": 0}, False),
        ({"affected_total": 1}, True),
        ({"discovery": Discovery(known_at=date(1990, 1, 1))}, True),
        ({"discovery": Discovery(known_at=date(1989, 12, 31))}, False),
        ({"discovery": Discovery(known_at=date(2099, 12, 31))}, True),
        ({"events": [Event(kind="law_enforcement_hold", form="oral", from_=date(2026, 3, 5), requested_days=0)]}, True),
        ({"events": [Event(kind="law_enforcement_hold", form="oral", from_=date(2026, 3, 5), requested_days=3650)]}, True),
        ({"events": [Event(kind="law_enforcement_hold", form="oral", from_=date(2026, 3, 5), requested_days=3651)]}, False),
        ({"events": [Event(kind="law_enforcement_hold", form="oral", from_=date(2026, 3, 5), until=date(2026, 3, 5))]}, True),
    ],
)
def test_the_last_value_that_can_be_used(changes: dict[str, object], *, usable: bool) -> None:
    """Counts, years and holds are taken up to their bound and not beyond it."""
    assert is_usable(msgspec.structs.replace(SMALL, **changes)) == usable


def test_a_total_below_the_places_is_said_with_its_numbers() -> None:
    """Zero is a number too: it is said that one person was named."""
    with pytest.raises(BadInput, match="affected_total is 0, though affected and affected_elsewhere add up to 1"):
        facts_check(msgspec.structs.replace(SMALL, affected_total=0))


def test_people_elsewhere_are_warned_of_by_the_field_that_counts_them() -> None:
    """The field that was given is the one that is named."""
    by_number = assess(msgspec.structs.replace(SMALL, affected_elsewhere=2)).warnings
    by_total = assess(msgspec.structs.replace(SMALL, affected_total=3)).warnings

    assert any(warning.startswith("`affected_elsewhere`: 2 people") for warning in by_number)
    assert any(warning.startswith("`affected_total`: 2 people") for warning in by_total)


def test_a_first_and_a_last_name_are_a_full_name() -> None:
    """Both together need no warning; one of them does."""
    for names, warned in (
        (("first_name", "last_name"), False),
        (("first_name", "last_name", "ssn"), False),
        (("last_name", "ssn"), True),
        (("first_name", "ssn"), True),
    ):
        assert warned == any("No full name" in warning for warning in leak(elements=names).warnings)


def test_plain_data_of_every_sort_are_warned_of_under_hipaa() -> None:
    """Whatever identifies or reaches a person is no health data, all of it together as well."""
    every = ("name", "email", "card_expiry", "session_token", "order", "ip_address", "geolocation")
    for names in (every, every[:2]):
        warnings = leak(kinds=("hipaa_covered_entity",), elements=names).warnings
        assert any("Contact data alone is not taken as PHI" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("element", "label"),
    [("dob", "date of birth"), ("face_scan", "face scan"), ("password", "password"), ("passport", "passport number")],
)
def test_what_the_table_does_not_count_as_health_data_is_warned_of_under_hipaa(element: str, label: str) -> None:
    """No federal row is owed for it, and a covered entity hears why; nobody else does, nor once health data leaked too."""
    answer = leak(kinds=("hipaa_covered_entity",), elements=("name", "email", element))
    assert "HIPAA-IND" not in {duty.id for duty in answer.duties}
    assert any(f"Contact data with {label} is not taken as PHI" in warning for warning in answer.warnings)
    for others in (
        leak(elements=("name", element)),
        leak(kinds=("hipaa_covered_entity",), elements=("name", element, "diagnosis")),
    ):
        assert not any("not taken as PHI" in warning for warning in others.warnings)


@pytest.mark.parametrize(
    ("place", "day", "owed", "warned"),
    [
        ("US-CT", date(2023, 9, 30), False, False),
        ("US-CT", date(2023, 10, 1), True, False),
        ("US-FL", date(2024, 6, 30), False, False),
        ("US-FL", date(2024, 7, 1), True, True),
        ("US-CA", date(2026, 3, 2), False, False),
    ],
)
def test_precise_location_counts_where_and_since_when_a_law_took_it_up(
    place: str, day: date, *, owed: bool, warned: bool
) -> None:
    """Connecticut's day was seen in a source; Florida's was not, and whoever relies on it is told so."""
    found = Discovery(known_at=day)
    facts = msgspec.structs.replace(SMALL, discovery=found, affected={place: 1}, elements=["name", "geolocation"])
    answer = assess(facts)
    assert owed == any(duty.jurisdiction == place and duty.recipient == "individuals" for duty in answer.duties)
    assert warned == any("Florida is said to count precise location since 2024-07-01" in warning for warning in answer.warnings)
    without = assess(msgspec.structs.replace(facts, elements=["name", "ssn"]))
    assert not any("is said to count" in warning for warning in without.warnings)


def test_a_day_of_the_owner_decides_what_a_law_reaches() -> None:
    """The associate found it before the law took up location, its customer was told after: the customer's day decides."""
    facts = msgspec.structs.replace(
        SMALL,
        entity=Entity(kinds=["hipaa_business_associate"]),
        discovery=Discovery(known_at=date(2023, 9, 30)),
        affected={"US-CT": 1},
        elements=["name", "geolocation"],
        events=[Event(kind="covered_entity_told", on=date(2023, 10, 2))],
    )
    assert "CT-IND" in {duty.id for duty in assess(facts).duties}
    assert "CT-IND" not in {duty.id for duty in assess(msgspec.structs.replace(facts, events=[])).duties}


@pytest.mark.parametrize(
    ("kinds", "places"),
    [
        (["licensed_ca_clinic"], {"US-CA": 1, "US-NY": 1}),
        (["licensed_ca_clinic"], {"US-KS": 1}),
        (["merchant"], {"US-CA": 1, "US-NY": 1}),
        (["merchant"], {"US-KS": 1}),
    ],
)
@pytest.mark.parametrize("licensee", [True, False])
def test_rows_of_a_license_are_looked_at_once_and_only_there(kinds: list[str], places: dict[str, int], *, licensee: bool) -> None:
    """California's clinics and New York's licensees are bound wherever people live; nobody else hears of those rows from afar."""
    facts = msgspec.structs.replace(SMALL, entity=Entity(kinds=kinds, dfs_licensee=licensee), affected=places)
    answer = assess(facts)
    names = [duty.id for duty in answer.duties] + [row.id for row in answer.not_owed]

    assert len(names) == len(set(names))
    assert ("CA-1280-CDPH" in names) == ("US-CA" in places or "licensed_ca_clinic" in kinds)
    assert ("NY-DFS-72H" in names) == ("US-NY" in places or licensee)


def test_a_limit_on_a_working_day_needs_no_earlier_plan() -> None:
    """The reasons speak of a working day before the limit only when there is one."""
    (letter,) = (duty for duty in leak().duties if duty.id == "CA-IND-2026")

    assert letter.due == letter.advised == date(2026, 4, 1)
    assert not any(sentence.startswith("Plan for") for sentence in letter.because)


def test_every_reason_is_about_a_known_question() -> None:
    """Whatever is said, owed or not, its topic is one of those that an explanation sorts by."""
    hold = Event(kind="law_enforcement_hold", form="written", from_=date(2026, 3, 5), until=date(2026, 6, 30))
    told = [Event(kind=kind, on=date(2026, 3, 9)) for kind in ("consumer_notice_sent", "hipaa_individual_notice_sent")]
    late = Event(kind="hipaa_individual_notice_sent", on=date(2026, 7, 9))
    many = dict.fromkeys(["US-AR", "US-AZ", "US-CA", "US-CT", "US-MA", "US-MD", "US-NV", "US-NY", "US-TX", "US-VT"], 501)
    whole = msgspec.structs.replace(SMALL, affected=many, elements=["name", "diagnosis", "ssn", "card_security_code"])
    variants: list[dict[str, object]] = [
        {},
        {"events": [hold]},
        {"events": told},
        {"events": [late]},
        {"harm_likely": False},
        {"encrypted": True, "key_acquired": False},
        {"encrypted": True, "key_acquired": True},
        {"acquired": False},
        {"acquired": False, "accessed": False},
        {"elements": ["name"]},
        {"affected": {"US-NY": 1}},
        {"affected": {}},
        {"discovery": Discovery(known_at=date(2001, 3, 2))},
    ]
    for kinds in (["hipaa_covered_entity"], ["hipaa_business_associate"], ["phr_vendor"], ["licensed_ca_clinic"]):
        for changes in variants:
            reckoning = Reckoning(msgspec.structs.replace(whole, entity=Entity(kinds=kinds), **changes))
            reasons = [reason for row in rules_load().rows.values() for reason in reckoning.reasons(row)]
            assert {reason.topic for reason in reasons} <= set(get_args(Topic))


@pytest.mark.parametrize("names", [("name", "dob"), ("name", "fingerprint"), ("email", "password"), ("name", "passport")])
def test_what_says_much_about_a_patient_is_warned_of(names: tuple[str, ...]) -> None:
    """Under HIPAA data that the table does not count as health data still may show that people are patients."""
    assert any("taken as PHI" in warning for warning in leak(kinds=("hipaa_covered_entity",), elements=names).warnings)


def test_a_class_that_no_source_showed_is_warned_of_from_its_first_day() -> None:
    """Florida's precise location counts from a day that was not seen in a source; Connecticut's was seen."""
    for place, day, warned in (
        ("US-FL", date(2024, 6, 30), False),
        ("US-FL", date(2024, 7, 1), True),
        ("US-FL", date(2026, 3, 2), True),
        ("US-CT", date(2026, 3, 2), False),
    ):
        facts = msgspec.structs.replace(
            SMALL, affected={place: 1}, elements=["name", "ssn", "geolocation"], discovery=Discovery(known_at=day)
        )
        assert warned == any("not seen in a source" in warning for warning in assess(facts).warnings)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Threshold(operator="any", scope="no_count"), "no count"),
        (Threshold(operator="any", scope="residents"), "one is enough"),
        (Threshold(operator="at_least", count=500, scope="total"), "at least 500 people in all"),
        (Threshold(operator="more_than", count=500, scope="residents_of_one_state"), "more than 500 residents of one State"),
        (Threshold(operator="more_than", count=1000, scope="persons_notified"), "more than 1,000 persons notified"),
    ],
)
def test_a_count_in_words(limit: Threshold, words: str) -> None:
    """The table says from how many on, and who is counted."""
    assert words == threshold_wording(limit)


def test_rows_in_force_are_offered_before_those_that_are_not() -> None:
    """Whoever types the beginning of an id means the law of today."""
    with pytest.raises(BadInput) as caught:
        rules_load().row("PA-CRA")

    assert caught.value.advice().startswith("Is it PA-CRA-2024 or PA-CRA-2023")


@pytest.mark.parametrize(
    ("kinds", "warned", "obligor"),
    [
        (("hipaa_business_associate",), False, "covered_entity"),
        (("hipaa_business_associate", "merchant"), True, "entity"),
        (("hipaa_business_associate", "hipaa_covered_entity"), False, "entity"),
        (("merchant",), False, "entity"),
    ],
)
def test_an_associate_that_is_more_is_warned_of(kinds: tuple[str, ...], obligor: str, *, warned: bool) -> None:
    """Whoever names another kind beside it is taken to own the data too, and told so."""
    answer = leak(kinds=kinds)
    assert obligor == next(duty.obligor for duty in answer.duties if duty.id == "CA-IND-2026")
    assert warned == any("names more than business associate" in warning for warning in answer.warnings)


def test_everything_but_health_is_no_health_data() -> None:
    """A covered entity that lost one of every kind that HIPAA's rows do not count is warned, however many kinds these are."""
    kinds = {one.class_: one for one in elements() if one.class_ in _NOT_HEALTH}
    lost = [*(one.id for one in kinds.values()), *(need for one in kinds.values() for need in one.needs[:1])]
    answer = leak(kinds=("hipaa_covered_entity",), elements=tuple(dict.fromkeys(lost)))

    assert kinds.keys() == _NOT_HEALTH
    assert any("is not taken as PHI" in warning for warning in answer.warnings)


def test_a_total_below_zero_is_one_fault() -> None:
    """That the rest adds up to more is no second fault."""
    with pytest.raises(BadInput, match="affected_total is below zero") as caught:
        facts_check(msgspec.structs.replace(SMALL, affected_total=-1))

    assert "add up" not in str(caught.value)
