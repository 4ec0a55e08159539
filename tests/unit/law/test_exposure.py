"""Ranges are arithmetic over dated amounts: each with its inputs, none added to another, none where no liability can be."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.law import Facts, assess, facts_decode
from hemostat.law.exposure import CAUTIONS, ExposureRange, exposure_answer, exposure_of, penalty_rows

TIERS = [f"HIPAA-TIER-{tier}" for tier in (1, 2, 3, 4)]


def facts(**given: Any) -> Facts:
    """Facts of a leak at a shop outside HIPAA, or what is given instead."""
    whole = {
        "entity": {"kinds": ["merchant"]},
        "discovery": {"known_at": "2026-03-02"},
        "affected": {"US-CA": 500},
        "elements": ["name", "diagnosis", "ssn"],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "harm_likely": True,
    } | given
    return facts_decode(msgspec.json.encode(whole))


def ranges(*, today: date | None = None, violation_on: date | None = None, **given: Any) -> dict[str, ExposureRange]:
    """The ranges of such facts, by id."""
    return {one.id: one for one in exposure_of(facts(**given), today=today, violation_on=violation_on)}


def inputs(one: ExposureRange) -> dict[str, str]:
    """What went into a range."""
    return {item.label: item.value for item in one.inputs}


def test_ccpa_damages_are_per_consumer() -> None:
    """500 residents at 107 to 799 dollars, with the inputs beside the result and the next adjustment to be watched."""
    one = ranges()["CA-CCPA-150"]

    assert (53_500, 399_500, None) == (one.low, one.high, one.ceiling)
    assert {"people": "500", "for each": "USD 107 to 799"} == inputs(one)
    assert date(2025, 1, 1) == one.effective
    assert one.watch.startswith("2027-01-01: ")
    assert one.verified


@pytest.mark.parametrize(
    ("violated", "low", "high"), [(date(2024, 12, 31), 50_000, 375_000), (date(2025, 1, 1), 53_500, 399_500)]
)
def test_amounts_go_by_the_day_of_the_violation(violated: date, low: int, high: int) -> None:
    """A leak of the last day of 2024 that is found in 2026 counts in the amounts of 2024, and the reason says by which day."""
    one = ranges(violation_on=violated)["CA-CCPA-150"]

    assert (low, high) == (one.low, one.high)
    assert any(f"the day of the violation, {violated}." in sentence for sentence in one.because)


def test_without_the_day_of_the_violation_discovery_is_taken_and_said() -> None:
    """No silent default."""
    assert any("those of the day of discovery, 2026-03-02" in sentence for sentence in ranges()["CA-CCPA-150"].because)


def test_before_a_law_there_is_no_range() -> None:
    """Before 2020 no consumer could sue under the CCPA."""
    answer = exposure_answer(facts(), violation_on=date(2019, 12, 31))

    assert ["No amount is known for that day."] == {row.id: row.because for row in answer.outside}["CA-CCPA-150"]


@pytest.mark.parametrize("kind", ["hipaa_covered_entity", "hipaa_business_associate", "licensed_ca_clinic", "phr_vendor"])
def test_where_hipaa_or_the_cmia_governs_the_ccpa_range_begins_at_nothing(kind: str) -> None:
    """Health information under HIPAA or the CMIA is outside the CCPA, and the range says so."""
    one = ranges(entity={"kinds": [kind]})["CA-CCPA-150"]

    assert (0, 399_500) == (one.low, one.high)
    assert any("1798.145(c)" in sentence for sentence in one.because)


@pytest.mark.parametrize(
    ("kind", "found"),
    [("merchant", False), ("hipaa_covered_entity", True), ("licensed_ca_clinic", True), ("phr_vendor", True)],
)
def test_the_cmia_binds_providers(kind: str, found: bool) -> None:  # noqa: FBT001  # a case
    """A shop that is nobody's provider is outside; for the others USD 1,000 and 3,000 a patient are the upper ends."""
    seen = ranges(entity={"kinds": [kind]})

    assert found == ("CA-CMIA-NOMINAL" in seen) == ("CA-CMIA-PUNITIVE" in seen) == ("CA-CMIA-FINE" in seen)
    if found:
        assert (0, 500_000) == (seen["CA-CMIA-NOMINAL"].low, seen["CA-CMIA-NOMINAL"].high)
        assert (0, 1_500_000) == (seen["CA-CMIA-PUNITIVE"].low, seen["CA-CMIA-PUNITIVE"].high)
        assert (0, 25_000) == (seen["CA-CMIA-FINE"].low, seen["CA-CMIA-FINE"].high)


@pytest.mark.parametrize(("patients", "high"), [(9, 225_000), (10, 250_000), (11, 250_000)])
def test_a_clinic_s_penalty_ends_at_its_cap(patients: int, high: int) -> None:
    """Ten patients reach the cap of USD 250,000; an eleventh adds nothing, and then the reason names the cap."""
    one = ranges(entity={"kinds": ["licensed_ca_clinic"]}, affected={"US-CA": patients})["CA-CDPH-1280"]

    assert (0, high) == (one.low, one.high)
    assert (patients > 10) == ("USD 250,000 is the most for all together." in one.because)


@pytest.mark.parametrize(
    ("today", "lows", "cap"),
    [
        (date(2026, 1, 27), [141, 1_424, 14_232, 71_162], 2_134_831),
        (date(2026, 1, 28), [145, 1_461, 14_602, 73_011], 2_190_294),
        (date(2024, 8, 7), [137, 1_379, 13_785, 68_928], 2_067_813),
        (None, [145, 1_461, 14_602, 73_011], 2_190_294),
    ],
)
def test_all_four_hipaa_tiers_by_the_day_of_assessment(today: date | None, lows: list[int], cap: int) -> None:
    """The amounts are those of the day on which the penalty would be assessed, whenever the violation was."""
    seen = ranges(entity={"kinds": ["hipaa_covered_entity"]}, today=today, violation_on=date(2024, 1, 1))

    assert lows == [seen[tier].low for tier in TIERS]
    assert {cap} == {seen[tier].ceiling for tier in TIERS}
    assert any("on which the penalty is assessed" in sentence for sentence in seen["HIPAA-TIER-1"].because)


def test_the_upper_end_of_a_tier_is_the_cap_that_is_applied() -> None:
    """Since 2019 the yearly cap of the lower tiers lies far below that of the rule: both stand there."""
    seen = ranges(entity={"kinds": ["hipaa_business_associate"]})

    assert [36_505, 146_053, 365_052, 2_190_294] == [seen[tier].high for tier in TIERS]
    assert {
        "for one violation": "USD 145 to 73,011",
        "cap applied in one year": "USD 36,505",
        "cap in the law": "USD 2,190,294",
    } == inputs(seen["HIPAA-TIER-1"])


def test_an_older_tier_ends_with_one_violation() -> None:
    """Where the applied cap of a year was not seen, the upper end is that of one violation."""
    assert 71_162 == ranges(entity={"kinds": ["hipaa_covered_entity"]}, today=date(2025, 6, 1))["HIPAA-TIER-1"].high


def test_hipaa_counts_violations_not_people() -> None:
    """Ten times the people leave the tiers as they are, and the reason says that people are no measure."""
    few, many = (ranges(entity={"kinds": ["hipaa_covered_entity"]}, affected={"US-CA": n}) for n in (50, 500))

    assert [few[tier].high for tier in TIERS] == [many[tier].high for tier in TIERS]
    assert any("people are no measure" in sentence for sentence in few["HIPAA-TIER-1"].because)


def test_the_ftc_asks_a_health_app_only() -> None:
    """Outside HIPAA one violation is up to USD 53,088; beside HIPAA the rule never applies, and the answer says why."""
    assert (0, 53_088, None) == (
        (one := ranges(entity={"kinds": ["phr_vendor"]})["FTC-HBNR"]).low,
        one.high,
        one.ceiling,
    )
    answer = exposure_answer(facts(entity={"kinds": ["phr_vendor", "hipaa_covered_entity"]}))
    assert ["HIPAA governs this data, and this rule never applies beside it."] == {row.id: row.because for row in answer.outside}[
        "FTC-HBNR"
    ]


@pytest.mark.parametrize(("late", "high"), [(0, 0), (1, 100 * 40), (62, 62 * 100 * 40), (63, 250_000), (4000, 250_000)])
def test_texas_counts_people_and_days(late: int, high: int) -> None:
    """USD 100 for each person and day from the day after the limit, to USD 250,000."""
    due = next(d.due for d in assess(facts(affected={"US-TX": 40})).duties if d.id == "TX-IND")
    assert due is not None

    one = ranges(affected={"US-TX": 40}, today=due + timedelta(days=late))["TX-521-LATE"]

    assert (0, high, 250_000) == (one.low, one.high, one.ceiling)
    assert str(late) == inputs(one)["days late"]


@pytest.mark.parametrize(
    ("late", "high"),
    [
        (0, 0), (1, 1_000), (30, 30_000), (31, 80_000), (60, 80_000), (61, 130_000), (180, 280_000), (181, 500_000),
        (900, 500_000),
    ],
)  # fmt: skip
def test_florida_climbs_its_ladder(late: int, high: int) -> None:
    """A day at a time for 30 days, then 30 days or part of them at a time, and the whole cap after 180."""
    one = ranges(affected={"US-FL": 9}, today=date(2026, 4, 1) + timedelta(days=late))["FL-501-LATE"]

    assert (0, high, 500_000) == (one.low, one.high, one.ceiling)
    assert "up to USD 1,000, and rising" == inputs(one)["for each day"]


@pytest.mark.parametrize(("late", "high"), [(60, 60_000), (61, 65_000), (90, 210_000), (91, 220_000)])
def test_ohio_has_no_cap(late: int, high: int) -> None:
    """Its ladder has no end, so nothing is said about what it can become."""
    one = ranges(affected={"US-OH": 9}, today=date(2026, 4, 16) + timedelta(days=late))["OH-1349-LATE"]

    assert (high, None) == (one.high, one.ceiling)


@pytest.mark.parametrize(("people", "full"), [(1, 5_000), (250, 5_000), (251, 5_020), (12_500, 250_000), (12_501, 250_000)])
def test_new_york_counts_failed_notices(people: int, full: int) -> None:
    """The higher of USD 5,000 and USD 20 for each failed notice, to USD 250,000: nothing while in time, all of it once late."""
    in_time = ranges(affected={"US-NY": people}, today=date(2026, 4, 1))["NY-899-FAILED"]
    late = ranges(affected={"US-NY": people}, today=date(2026, 4, 2))["NY-899-FAILED"]

    assert (0, full) == (in_time.high, in_time.ceiling)
    assert (full, full) == (late.high, late.ceiling)
    assert "Not late: NY-IND-2025 ends on 2026-04-01." in in_time.because
    assert "1 days late: NY-IND-2025 ended on 2026-04-01." in late.because


@pytest.mark.parametrize("people", [1, 50_000])
def test_oklahoma_asks_once_for_the_breach(people: int) -> None:
    """However many people, up to USD 150,000; what was done to protect and to tell decides, and the reasons say how."""
    one = ranges(affected={"US-OK": people})["OK-24-BREACH"]

    assert (0, 150_000, None) == (one.low, one.high, one.ceiling)
    assert {"for the breach": "USD 0 to 150,000"} == inputs(one)
    assert any("reasonable safeguards" in sentence for sentence in one.because)


@pytest.mark.parametrize(("people", "full"), [(2_500, 25_000), (2_501, 25_010), (15_001, 150_000)])
def test_new_mexico_has_a_least_amount_and_a_cap(people: int, full: int) -> None:
    """The higher of USD 25,000 and USD 10 for each failed notice, to USD 150,000."""
    assert full == ranges(affected={"US-NM": people}, today=date(2027, 1, 1))["NM-57-FAILED"].high


def test_rhode_island_counts_records() -> None:
    """Up to USD 200 a record."""
    assert (0, 1_400) == ((one := ranges(affected={"US-RI": 7})["RI-11-RECORD"]).low, one.high)


def test_a_penalty_for_the_breach_does_not_grow_with_people() -> None:
    """Virginia's amount is for the breach; without a date in the law its lateness cannot be counted, and the reason says so."""
    one = ranges(affected={"US-VA": 70_000}, today=date(2027, 1, 1))["VA-186-FAILED"]

    assert (0, 0, 150_000) == (one.low, one.high, one.ceiling)
    assert any("VA-IND has no date" in sentence for sentence in one.because)


def test_a_letter_sent_in_time_ends_the_matter() -> None:
    """Told in time, nothing is due and nothing can grow."""
    sent = [{"kind": "consumer_notice_sent", "on": "2026-03-20"}]

    seen = ranges(affected={"US-NY": 9, "US-TX": 9}, events=sent, today=date(2027, 1, 1))

    assert {(0, None)} == {(seen[one].high, seen[one].ceiling) for one in ("NY-899-FAILED", "TX-521-LATE")}
    assert "Not late: NY-IND-2025 was met on 2026-03-20." in seen["NY-899-FAILED"].because


def test_a_late_letter_stops_the_count() -> None:
    """Three days late stay three days late."""
    sent = [{"kind": "consumer_notice_sent", "on": "2026-04-04"}]

    one = ranges(affected={"US-FL": 9}, events=sent, today=date(2027, 1, 1))["FL-501-LATE"]

    assert (3_000, None) == (one.high, one.ceiling)
    assert ("2026-04-04", "3") == (inputs(one)["letters sent"], inputs(one)["days late"])


def test_without_today_nothing_unsent_is_late() -> None:
    """No clock is read: the reason says that no day was given."""
    one = ranges(affected={"US-FL": 9})["FL-501-LATE"]

    assert (0, 500_000) == (one.high, one.ceiling)
    assert "No day was given up to which being late could be counted." in one.because


def test_the_clinic_s_own_clock_counts_its_lateness() -> None:
    """The late report follows the 15 business days of Health and Safety Code 1280.15, not the 30 days of the Civil Code."""
    due = next(d.due for d in assess(facts(entity={"kinds": ["licensed_ca_clinic"]})).duties if d.id == "CA-1280-PAT")
    assert due is not None

    one = ranges(entity={"kinds": ["licensed_ca_clinic"]}, today=due + timedelta(days=7))["CA-CDPH-LATE"]

    assert (700, str(due)) == (one.high, inputs(one)["limit for the letter"])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"encrypted": True, "key_acquired": False}, "The data were encrypted and the key is safe."),
        ({"accessed": False, "acquired": False}, "The data were neither accessed nor acquired."),
        ({"elements": ["name", "order"]}, "None of the leaked elements is one that it reaches."),
        ({"affected": {"US-TX": 5}}, "Nobody in California is affected."),
    ],
)
def test_where_no_liability_can_be_there_is_no_range(given: dict[str, Any], why: str) -> None:
    """Each closed law says why."""
    answer = exposure_answer(facts(**given))

    assert "CA-CCPA-150" not in {one.id for one in answer.ranges}
    assert [why] == {row.id: row.because for row in answer.outside}["CA-CCPA-150"]


def test_encrypted_with_the_key_lost_is_as_readable() -> None:
    """The key taken with the data opens the range again."""
    assert "CA-CCPA-150" in ranges(encrypted=True, key_acquired=True)


def test_lateness_needs_a_duty() -> None:
    """Nobody is late with a letter that is not owed."""
    answer = exposure_answer(facts(affected={"US-TX": 5}, encrypted=True, key_acquired=False))

    assert [] == answer.ranges
    assert ["It follows the duty to tell the individuals, which is not owed."] == {row.id: row.because for row in answer.outside}[
        "TX-521-LATE"
    ]


def test_a_kind_that_is_not_bound_is_named() -> None:
    """The reason lists whom the law binds."""
    answer = exposure_answer(facts())

    assert ["It binds licensed ca clinic; entity.kinds names none."] == {row.id: row.because for row in answer.outside}[
        "CA-CDPH-1280"
    ]


def test_what_was_not_verified_says_where_to_look() -> None:
    """The amount of Texas for one violation is general knowledge."""
    one = ranges(affected={"US-TX": 3})["TX-521-VIOLATION"]

    assert not one.verified
    assert f"Not verified in a source; check before relying on it: {one.sources[0]}." in one.because


def test_the_answer_holds_no_sum() -> None:
    """There is a range for each law and no number over laws; the cautions travel with the answer."""
    answer = exposure_answer(facts(), assessment=assess(facts()))
    plain = msgspec.to_builtins(answer)

    assert {"ranges", "outside", "cautions"} == set(plain)
    assert list(CAUTIONS) == answer.cautions
    assert any("not a prediction" in caution for caution in answer.cautions)
    assert any("not added up" in caution for caution in answer.cautions)
    assert {row.id for row in penalty_rows()} == {one.id for one in answer.ranges} | {one.id for one in answer.outside}


def test_facts_that_cannot_be_used_are_refused() -> None:
    """The same errors as for the duties."""
    with pytest.raises(BadInput, match="nosuch"):
        exposure_of(msgspec.structs.replace(facts(), elements=["nosuch"]))


PLACES = [
    "US-CA",
    "US-TX",
    "US-FL",
    "US-NY",
    "US-AL",
    "US-AZ",
    "US-VA",
    "US-AK",
    "US-OH",
    "US-LA",
    "US-MI",
    "US-OK",
    "US-RI",
    "US-NM",
]


@settings(max_examples=60, deadline=None)
@given(
    people=st.dictionaries(st.sampled_from(PLACES), st.integers(0, 10**7)),
    kinds=st.sets(st.sampled_from(["merchant", "hipaa_covered_entity", "licensed_ca_clinic", "phr_vendor"]), min_size=1),
    more=st.integers(0, 10**6),
    days=st.integers(0, 1500),
)
def test_a_range_is_a_range_and_grows_only(people: dict[str, int], kinds: set[str], more: int, days: int) -> None:
    """Low never lies above high, high never above what it can become; more people or more days never make it less."""
    start = date(2026, 3, 2)
    now = ranges(affected=people, entity={"kinds": sorted(kinds)}, today=start + timedelta(days=days))
    later = ranges(
        affected={place: count + more for place, count in people.items()},
        entity={"kinds": sorted(kinds)},
        today=start + timedelta(days=days + 1),
    )

    for name, one in now.items():
        assert 0 <= one.low <= one.high
        assert one.ceiling is None or one.high <= one.ceiling
        if not name.startswith(("HIPAA", "FTC")):  # their amounts go by the day, not by the count
            assert later[name].high >= one.high
