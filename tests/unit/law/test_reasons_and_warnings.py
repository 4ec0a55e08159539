"""Every answer says why, and every default that matters is said aloud."""

import json
from typing import Any

import msgspec
import pytest

from hemostat.law import Assessment, Duty, assess, facts_decode, rules_load


def case(**changes: Any) -> Assessment:
    """The answer to one plain set of facts with some of them changed."""
    facts: dict[str, Any] = {
        "entity": {"kinds": ["hipaa_covered_entity"]},
        "discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-02"},
        "affected": {"US-CA": 501},
        "elements": ["name", "diagnosis"],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "harm_likely": True,
    }
    return assess(facts_decode(json.dumps(facts | changes)))


def duty(answer: Assessment, name: str) -> Duty:
    """The duty of this id."""
    return next(one for one in answer.duties if one.id == name)


def not_owed(answer: Assessment, name: str) -> str:
    """Why the row is not owed."""
    return " ".join(next(row.because for row in answer.not_owed if row.id == name))


def test_full_facts_raise_no_warning() -> None:
    """Nothing was assumed, so nothing is warned of."""
    assert [] == case().warnings


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"encrypted": None}, "`encrypted` is missing"),
        ({"encrypted": True}, "`key_acquired` is missing"),
        ({"acquired": None}, "`acquired` is missing"),
        ({"acquired": False, "accessed": None}, "`accessed` is missing"),
        ({"harm_likely": None}, "`harm_likely` is missing"),
        ({"harm_likely": False}, "taken as a documented finding"),
        ({"discovery": {"known_at": "2026-03-02"}, "affected": {"US-TX": 1}}, "`discovery.determined_at` is missing"),
        ({"discovery": {"known_at": "2026-03-02", "determined_at": "2026-03-01"}}, "lies before `known_at`"),
        ({"affected": {}}, "Nobody is counted"),
        ({"affected_elsewhere": 9}, "9 people count in totals only"),
        ({"events": [{"kind": "consumer_notice_sent", "on": "2025-03-20"}]}, "of 2025-03-20 lies before `known_at`"),
        ({"elements": ["first_name", "diagnosis"]}, "No full name"),
        ({"elements": ["name", "payment_card_number"]}, "payment_card_number leaked without any of card_security_code"),
        ({"elements": ["name", "passport"]}, "does not say which statutes reach passport"),
        ({"elements": ["name", "email"]}, "Contact data alone is not taken as PHI"),
        ({"entity": {"kinds": ["hipaa_covered_entity", "phr_vendor"]}}, "HIPAA is applied and the FTC rule is not"),
        ({"entity": {"kinds": ["hipaa_covered_entity", "hipaa_business_associate"]}}, "duties of both are listed"),
        ({"entity": {"kinds": ["hipaa_business_associate"]}}, "`entity.agent_of_covered_entity` is missing"),
        ({"events": [{"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-03"}]}, "has no end"),
    ],
)
def test_a_default_that_matters_is_a_warning(changes: dict[str, Any], warning: str) -> None:
    """The warning names the field and what was taken."""
    assert any(warning in sentence for sentence in case(**changes).warnings)


def test_an_unknown_key_counts_as_taken() -> None:
    """Encryption without word of the key does not lift a duty."""
    reasons = " ".join(duty(case(encrypted=True), "CA-IND-2026").because)
    assert "the safe harbor is lost" in reasons


@pytest.mark.parametrize(
    ("elements", "owed"),
    [
        (["name", "email", "phone", "address", "order"], False),
        (["name", "ssn"], True),
        (["name", "driver_license"], True),
        (["name", "bank_account_number"], True),
        (["name", "payment_card_number"], False),
        (["name", "payment_card_number", "card_expiry"], True),
        (["password"], False),
        (["email", "password"], True),
        (["username", "security_answer"], True),
        (["fingerprint"], True),
        (["name", "health_insurance_id"], True),
        (["name", "dob"], False),
        (["name", "passport"], True),
        ([], False),
    ],
)
def test_what_california_reaches(elements: list[str], *, owed: bool) -> None:
    """Contact data never do; numbers, health data, biometrics and complete credentials do."""
    assert owed == ("CA-IND-2026" in {one.id for one in case(elements=elements).duties})


def test_a_birth_date_counts_in_two_states() -> None:
    """North Dakota and Washington reach a date of birth; California does not."""
    answer = case(elements=["name", "dob"], affected={"US-ND": 1, "US-WA": 1, "US-CA": 1}, entity={"kinds": ["merchant"]})
    assert {"ND-IND", "WA-IND"} == {one.id for one in answer.duties if one.recipient == "individuals"}


def test_the_45_days_of_california_are_never_a_breach_deadline() -> None:
    """The row is shown among what is not owed, with the correction; remedies stay out of the deadlines too."""
    answer = case()
    assert "Not a breach deadline" in not_owed(answer, "CA-CCPA-45")
    assert "exposure" in not_owed(answer, "CA-150-2025")
    assert not [one.id for one in answer.duties if rules_load().row(one.id).rule.kind in {"remedy", "response_deadline"}]


def test_hipaa_and_the_ftc_rule_never_apply_together() -> None:
    """With both kinds the FTC rows say that HIPAA governs; with one kind the other's rows say whom they bind."""
    both = case(entity={"kinds": ["hipaa_covered_entity", "phr_vendor"]})
    assert "never applies beside it" in not_owed(both, "FTC-IND")
    assert "kinds name none" in not_owed(case(entity={"kinds": ["phr_vendor"]}), "HIPAA-IND")
    for kinds in (["phr_vendor"], ["hipaa_covered_entity", "phr_vendor"], ["hipaa_business_associate", "phr_vendor"]):
        regimes = {one.regime for one in case(entity={"kinds": kinds}).duties}
        assert not {"hipaa", "ftc_hbnr"} <= regimes


def test_texas_needs_no_name() -> None:
    """Health data count there when they identify a person, and the reasons say so."""
    texas = duty(case(affected={"US-TX": 1}, elements=["email", "condition"]), "TX-IND")
    assert any("counts here without a name" in sentence for sentence in texas.because)
    other = duty(case(affected={"US-TX": 1}, elements=["name", "ssn"]), "TX-IND")
    assert not any("counts here without a name" in sentence for sentence in other.because)


def test_a_duty_without_a_number_says_so() -> None:
    """The last day is absent, and the reason tells whether the law has no number or its trigger has not come."""
    answer = case(affected={"US-CA": 501, "US-IL": 1})
    illinois, copy = duty(answer, "IL-IND"), duty(answer, "CA-AG-2026")
    assert illinois.due is None
    assert illinois.advised is None
    assert "No date: the law gives no number of days." in illinois.because
    assert copy.due is None
    assert "No date: its trigger has not happened." in copy.because


def test_an_unverified_row_says_where_to_check() -> None:
    """The flag is false and the last sentence gives the address, if there is one."""
    media = duty(case(), "HIPAA-MEDIA")
    assert not media.verified
    assert media.because[-1].startswith("Not verified in a source; check before relying on it: http")


def test_a_trigger_without_a_word_in_the_facts_leaves_no_date() -> None:
    """A listed company's filing waits for a finding of materiality, which facts cannot state yet."""
    answer = case(entity={"kinds": ["merchant"], "listed_company": True})
    assert any("materiality determination" in sentence for sentence in duty(answer, "SEC-8K-105").because)


def test_every_duty_is_complete() -> None:
    """In a leak that touches every jurisdiction each duty has words, a citation and at least three reasons."""
    everywhere = {place: 6000 for place in rules_load().names if place != "US"}
    answer = case(affected=everywhere, elements=["name", "ssn", "diagnosis"])
    assert 100 < len(answer.duties)
    for one in answer.duties:
        assert one.wording.endswith(".")
        assert one.citation
        assert 3 <= len(one.because)
        assert all(sentence.rstrip()[-1] in ".!)" or "http" in sentence for sentence in one.because), one.id


def test_duties_come_by_date() -> None:
    """The earliest limit stands first; those without a date stand last."""
    days = [one.due for one in case(affected={"US-CA": 1, "US-VT": 1, "US-IL": 1}).duties]
    dated = [day for day in days if day]
    assert sorted(dated) == dated
    assert days[len(dated) :] == [None] * (len(days) - len(dated))


def test_nobody_affected_means_no_duty() -> None:
    """A place named with zero people owes nothing and says so; a log needs somebody to log."""
    answer = case(affected={"US-CA": 0})
    assert [] == answer.duties
    assert "Nobody in California is affected." == not_owed(answer, "CA-IND-2026")


def test_a_future_law_says_when_it_begins() -> None:
    """Before the text took effect the row says from which day it binds."""
    answer = case(discovery={"known_at": "2025-06-01", "determined_at": "2025-06-01"})
    assert "it begins on 2026-01-01" in not_owed(answer, "CA-IND-2026")


def test_a_hipaa_letter_tells_residents_too() -> None:
    """Where no other notice is on record, the HIPAA letter starts clocks that wait for residents to be told."""
    answer = case(events=[{"kind": "hipaa_individual_notice_sent", "on": "2026-03-20"}])
    assert "2026-04-04" == str(duty(answer, "CA-AG-2026").due)


def test_the_answer_has_the_promised_fields() -> None:
    """The JSON of a duty has exactly the fields that the manual names, dates as text."""
    shown = json.loads(msgspec.json.encode(case()))
    assert ["duties", "not_owed", "holds", "warnings"] == list(shown)
    fields = ["id", "jurisdiction", "regime", "recipient", "recipient_name", "obligor", "due", "advised", "wording"]
    fields += ["trigger", "trigger_on", "citation", "because", "verified", "met_by"]
    assert fields == list(shown["duties"][0])
    assert "2026-04-01" == shown["duties"][0]["due"]
    assert {"id", "because"} == set(shown["not_owed"][0])


def test_two_holds_of_one_day_come_in_one_order() -> None:
    """Holds that differ only in the days asked for are listed alike, whatever the order of the facts."""
    short, long = (
        {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-05", "requested_days": days} for days in (10, 90)
    )
    assert case(events=[short, long]).holds == case(events=[long, short]).holds


def test_the_determination_of_an_associate_is_not_that_of_the_covered_entity() -> None:
    """The covered entity's clock runs from the day on which it was told, and nobody is told that a day is missing."""
    answer = case(
        entity={"kinds": ["hipaa_business_associate"], "agent_of_covered_entity": False},
        affected={"US-TX": 1},
        events=[{"kind": "covered_entity_told", "on": "2026-03-05"}],
    )

    assert "2026-05-04" == str(duty(answer, "TX-IND").due)
    assert "Its own determination is not given" in " ".join(duty(answer, "TX-IND").because)
    assert not any("is missing" in warning for warning in answer.warnings)
