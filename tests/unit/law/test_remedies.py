"""Remedies follow the duty to tell people: owed with it, for what leaked, by the day of the letter, and never without it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.kernel import BadInput
from hemostat.law import Facts, assess, elements, facts_decode, rules_load
from hemostat.law.notices.files import library
from hemostat.law.remedies import CURE, Remedy, remedies_of, remedies_owed, remedy_rows

ROWS = {row.id: row for row in remedy_rows()}


def facts(**given: Any) -> Facts:
    """Facts of a leak of names, diagnoses and Social Security numbers at a covered entity, or what is given instead."""
    whole = {
        "entity": {"kinds": ["hipaa_covered_entity"]},
        "discovery": {"known_at": "2026-03-02"},
        "affected": {"US-CA": 501, "US-MA": 3},
        "elements": ["name", "diagnosis", "ssn"],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "harm_likely": True,
    } | given
    return facts_decode(msgspec.json.encode(whole))


def owed(**given: Any) -> dict[str, Remedy]:
    """The remedies of such facts, by id."""
    return {remedy.id: remedy for remedy in remedies_owed(facts(**given))}


@pytest.mark.parametrize(
    ("place", "row", "months", "elements"),
    [
        ("US-CA", "CA-IDENTITY", 12, {"ssn", "driver_license", "state_id"}),
        ("US-CT", "CT-IDENTITY-2021", 24, {"ssn", "tax_id"}),
        ("US-DC", "DC-IDENTITY", 18, {"ssn", "tax_id"}),
        ("US-DE", "DE-IDENTITY", 12, {"ssn"}),
        ("US-MA", "MA-IDENTITY", 18, {"ssn"}),
        ("US-PA", "PA-IDENTITY", 12, {"ssn", "driver_license", "state_id", "bank_account_number"}),
    ],
)
def test_each_state_offers_its_months_for_its_elements(place: str, row: str, months: int, elements: set[str]) -> None:
    """Exactly the elements of the statute set an offer off, each alone, for the months of the statute."""
    tried = ["ssn", "tax_id", "driver_license", "state_id", "bank_account_number", "passport", "diagnosis", "fingerprint"]
    found = {
        element: owed(affected={place: 7}, elements=["name", element], entity={"kinds": ["merchant"]}).get(row)
        for element in tried
    }

    assert elements == {element for element, remedy in found.items() if remedy}
    assert {(months, 7)} == {(remedy.months, remedy.people) for remedy in found.values() if remedy}


def test_no_other_state_has_an_offer() -> None:
    """The places with an offer are those to whose laws the table gives months, no more and no fewer."""
    rules = rules_load()
    table = {
        (row.place, row.law.credit_monitoring_months)
        for place in rules.names
        for row in rules.of(place)
        if row.law.credit_monitoring_months
    }

    assert table == {(row.jurisdiction, row.months) for row in ROWS.values() if row.kind == "identity_protection"}


def test_the_letters_tell_of_what_is_owed() -> None:
    """The rules for letters ask for an offer in exactly the places, and for exactly the elements, of the rows in force."""
    classes = {element.id: element.class_ for element in elements()}
    asked = {
        place: {
            one
            for demand in rule.items
            if demand.item == "offer"
            for word in demand.when
            for one in classes
            if word in (f"leaked:{one}", f"leaked:{classes[one]}")
        }
        for place, rule in library().rules.items()
    }

    in_force = [row for row in ROWS.values() if row.kind == "identity_protection" and row.effective.to is None]
    assert {place: names for place, names in asked.items() if names} == {row.jurisdiction: set(row.elements) for row in in_force}


def test_a_state_with_its_duty_not_owed_offers_nothing() -> None:
    """Without the duty to tell people there is no remedy, and the answer says so."""
    answer = remedies_of(facts(encrypted=True, key_acquired=False))

    assert [] == answer.owed
    assert set(ROWS) == {row.id for row in answer.not_owed}
    assert {"It follows the duty to tell the individuals, which is not owed."} == {
        sentence for row in answer.not_owed for sentence in row.because
    }


def test_the_assessment_at_hand_is_used() -> None:
    """Given the assessment of the same facts, nothing is assessed again and the answer is the same."""
    known = facts()

    assert remedies_owed(known) == remedies_owed(known, assessment=assess(known))
    assert [] == remedies_owed(known, assessment=assess(facts(affected={})))


def test_the_offer_stands_in_the_letter() -> None:
    """The day is the limit of the state's letter, or the federal limit where the state names no day."""
    found = owed()

    assert (date(2026, 4, 1), date(2026, 5, 1)) == (found["CA-IDENTITY"].due, found["MA-IDENTITY"].due)
    assert "At the latest with the letter, which CA-IND-2026 limits to 2026-04-01." in found["CA-IDENTITY"].because
    assert (
        "MA-IND has no date; one letter serves all, and the federal rule limits it to 2026-05-01." in found["MA-IDENTITY"].because
    )


def test_without_any_date_none_is_invented() -> None:
    """A state without a number, and no federal rule beside it: no day, and the reason says why."""
    remedy = owed(entity={"kinds": ["merchant"]}, affected={"US-MA": 3})["MA-IDENTITY"]

    assert remedy.due is None
    assert "With the letter, for which MA-IND has no date." in remedy.because


def test_a_letter_that_went_out_sets_the_day() -> None:
    """Once residents were told, the offer belonged into that letter."""
    sent = [{"kind": "consumer_notice_sent", "on": "2026-03-20", "jurisdiction": "US-CA"}]

    found = owed(events=sent)

    assert (date(2026, 3, 20), date(2026, 5, 1)) == (found["CA-IDENTITY"].due, found["MA-IDENTITY"].due)
    assert "Residents were told on 2026-03-20. It belongs in that letter." in found["CA-IDENTITY"].because


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ("2021-09-30", "CT-IDENTITY-2018"),
        ("2021-10-01", "CT-IDENTITY-2021"),
        ("2024-09-25", ""),
        ("2024-09-26", "PA-IDENTITY"),
    ],
)
def test_an_offer_counts_from_its_first_day(known: str, row: str) -> None:
    """The day before a law begins its offer is not owed, on the day itself it is."""
    place = "US-PA" if known.startswith("2024") else "US-CT"
    rows = {name for name in ROWS if "-IDENTITY" in name}

    found = set(owed(affected={place: 2}, discovery={"known_at": known}, entity={"kinds": ["merchant"]})) & rows

    # before 2021-10-01 the table has no duty to residents of Connecticut, and without the duty there is no offer
    assert ({row} if row and row != "CT-IDENTITY-2018" else set()) == found


def test_a_row_outside_its_days_says_so() -> None:
    """The reason names the day that was compared."""
    answer = remedies_of(facts(affected={"US-CT": 2}))

    assert ["Not law on the day of discovery, 2026-03-02."] == {r.id: r.because for r in answer.not_owed}["CT-IDENTITY-2018"]


def test_what_did_not_leak_is_named() -> None:
    """A state whose elements did not leak owes nothing, and the reason lists what would have set it off."""
    answer = remedies_of(facts(elements=["name", "diagnosis"], affected={"US-CA": 4}))

    reasons = {row.id: row.because for row in answer.not_owed}
    assert [
        "None of what sets it off leaked: Social Security number, driver license number, state identification number."
    ] == reasons["CA-IDENTITY"]


def test_a_credit_bureau_offers_longer() -> None:
    """The 42 months of Massachusetts stand beside its 18."""
    assert "A notifier that is itself a consumer reporting agency offers 42 months." in owed()["MA-IDENTITY"].because


@pytest.mark.parametrize(("unreachable", "is_owed"), [(None, True), (9, False), (10, True), (11, True)])
def test_a_toll_free_number_from_ten_people_out_of_reach(unreachable: int | None, is_owed: bool) -> None:  # noqa: FBT001  # a case
    """Nine are too few, ten enough; while nobody has counted it is planned for, and the reasons say that it is not counted."""
    answer = remedies_of(facts(), unreachable=unreachable)

    found = {remedy.id: remedy for remedy in answer.owed}
    assert is_owed == ("HIPAA-TOLL-FREE" in found)
    if unreachable is None:
        said = " ".join(found["HIPAA-TOLL-FREE"].because)
        assert "Open for at least 90 days." in said
        assert "Nobody has counted them yet." in said
        assert 504 == found["HIPAA-TOLL-FREE"].people
    elif is_owed:
        assert f"Counted: {unreachable}." in " ".join(found["HIPAA-TOLL-FREE"].because)
    else:
        assert ["Letters fail to reach 9 people; it takes 10."] == {r.id: r.because for r in answer.not_owed}["HIPAA-TOLL-FREE"]


def test_people_of_unknown_home_count_for_the_federal_number_only() -> None:
    """They live in no state that the facts know, so no state's offer counts them."""
    found = owed(affected_elsewhere=20)

    assert (524, 501) == (found["HIPAA-TOLL-FREE"].people, found["CA-IDENTITY"].people)


def test_a_health_app_owes_the_number_under_the_ftc_rule() -> None:
    """Outside HIPAA the FTC's rule asks for the same number, and its row says that it was not verified, with where to look."""
    remedy = owed(entity={"kinds": ["phr_vendor"]})["FTC-TOLL-FREE"]

    assert not remedy.verified
    assert f"Not verified in a source; check before relying on it: {ROWS['FTC-TOLL-FREE'].sources[0]}." in remedy.because


def test_a_vendor_learns_who_owes_it() -> None:
    """For a business associate alone, the covered entity owes the offer."""
    remedy = owed(entity={"kinds": ["hipaa_business_associate"], "agent_of_covered_entity": True}, affected={"US-CA": 4})[
        "CA-IDENTITY"
    ]

    assert "It falls on the covered entity; a contract may put the cost on the vendor." in remedy.because


def test_a_hipaa_letter_that_meets_the_duty_leaves_the_offer() -> None:
    """Where the HIPAA letter met the state's duty, the offer stays, with the question for counsel."""
    sent = [{"kind": "hipaa_individual_notice_sent", "on": "2026-03-20"}]

    remedy = owed(events=sent, affected={"US-DE": 4})["DE-IDENTITY"]

    assert date(2026, 3, 20) == remedy.due
    assert any(sentence.startswith("A HIPAA letter meets the duty to tell;") for sentence in remedy.because)


@pytest.mark.parametrize(
    ("arrived", "due"),
    [(date(2026, 3, 2), date(2026, 4, 1)), (date(2028, 1, 30), date(2028, 2, 29)), (date(2020, 1, 1), date(2020, 1, 31))],
)
def test_a_cure_letter_is_answered_in_thirty_calendar_days(arrived: date, due: date) -> None:
    """The day after it arrives is day 1; leap years count as they fall."""
    answer = remedies_of(facts(affected={}), cure_letters={"": arrived})

    assert [(CURE, due, "cure_answer", 1)] == [(one.id, one.due, one.kind, one.people) for one in answer.owed]
    assert due == arrived + timedelta(days=30)


def test_each_cure_letter_has_its_own_answer() -> None:
    """Two letters, two answers, the earlier first; the sentence keeps them apart from the 45 days."""
    answer = remedies_of(facts(affected={}), cure_letters={"9": date(2026, 3, 9), "4": date(2026, 3, 2)})

    assert [f"{CURE}-4", f"{CURE}-9"] == [one.id for one in answer.owed]
    assert any("nothing to do with the 45 days" in sentence for sentence in answer.owed[0].because)


def test_no_cure_letter_before_the_act() -> None:
    """A letter from before the act was law is a mistake in its day."""
    with pytest.raises(BadInput, match="No cure letter could be sent on 2019-12-31"):
        remedies_of(facts(), cure_letters={"": date(2019, 12, 31)})


def test_remedies_come_by_day() -> None:
    """The earliest first, those without a day last."""
    days = [remedy.due or date.max for remedy in remedies_of(facts(), cure_letters={"": date(2026, 1, 1)}).owed]

    assert sorted(days) == days
    assert date(2026, 1, 31) == days[0]


def test_facts_that_cannot_be_used_are_refused() -> None:
    """The same errors as for the duties."""
    with pytest.raises(BadInput, match="nosuch"):
        remedies_owed(msgspec.structs.replace(facts(), elements=["nosuch"]))
