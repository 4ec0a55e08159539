"""Every answer says why, and every default that matters is said aloud."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import content
from hemostat.law import Assessment, Duty, assess, facts_decode, rules_load
from hemostat.law.engine import Reckoning
from hemostat.law.rules import rules_read


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
    facts |= changes
    facts["entity"] = {"listed_company": False, "dfs_licensee": False} | facts["entity"]
    return assess(facts_decode(json.dumps(facts)))


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
        ({"affected": {}}, "Nobody is counted"),
        ({"affected_elsewhere": 9}, "9 people count in totals only"),
        ({"affected_total": 510}, "`affected_total`: 9 people count in totals only"),
        ({"entity": {"kinds": ["merchant"], "listed_company": None}}, "`entity.listed_company` is missing"),
        ({"entity": {"kinds": ["merchant"], "dfs_licensee": None}, "affected": {"US-NY": 1}}, "`entity.dfs_licensee` is missing"),
        ({"entity": {"kinds": ["merchant"]}, "affected": {"US-PR": 1}}, "Puerto Rico counts the medical data that HIPAA"),
        ({"acquired": False, "affected": {"US-MA": 1}, "elements": ["name", "ssn"]}, "accessed are taken as used"),
        ({"elements": ["first_name", "diagnosis"]}, "No full name"),
        ({"elements": ["name", "payment_card_number"]}, "payment_card_number leaked without any of card_security_code"),
        ({"elements": ["name", "passport"]}, "does not say which statutes reach passport"),
        ({"elements": []}, "`elements` is empty"),
        ({"elements": ["name", "substance_use"]}, "42 CFR Part 2 is reported to HHS apart"),
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


def test_access_alone_is_not_said_to_be_enough_where_the_law_asks_for_use() -> None:
    """Maine and Massachusetts ask for acquisition, release or use: what was seen is taken as used, and that is said."""
    seen = case(acquired=False, affected={"US-MA": 1, "US-ME": 1, "US-FL": 1, "US-TX": 1}, elements=["name", "ssn"])
    for name in ("MA-IND", "ME-IND"):
        assert any("which is taken as use" in sentence for sentence in duty(seen, name).because)
    assert any("which is enough here" in sentence for sentence in duty(seen, "FL-IND").because)
    assert "this law asks for acquisition" in not_owed(seen, "TX-IND")
    neither = case(acquired=False, accessed=False, affected={"US-MA": 1}, elements=["name", "ssn"])
    assert "neither accessed nor acquired" in not_owed(neither, "MA-IND")


@pytest.mark.parametrize(
    ("general", "findings", "owed"),
    [
        (True, {}, {"HIPAA-IND", "FL-IND", "TX-IND"}),
        (True, {"US": False}, {"FL-IND", "TX-IND"}),
        (True, {"US-FL": False}, {"HIPAA-IND", "TX-IND"}),
        (True, {"US-TX": False}, {"HIPAA-IND", "FL-IND", "TX-IND"}),
        (False, {}, {"TX-IND"}),
        (False, {"US": True}, {"HIPAA-IND", "TX-IND"}),
        (None, {"US": False, "US-FL": False, "US-TX": True}, {"TX-IND"}),
    ],
)
def test_a_finding_on_harm_holds_for_its_place(*, general: bool | None, findings: dict[str, bool], owed: set[str]) -> None:
    """Each place goes by its own finding, and by the general one where it has none; Texas has no harm test at all."""
    answer = case(affected={"US-FL": 1, "US-TX": 1}, harm_likely=general, harm_in=findings)
    assert owed == {one.id for one in answer.duties if one.recipient == "individuals"}
    assert ("`harm_likely` is false" in " ".join(answer.warnings)) == (general is False)
    assert not any("`harm_likely` is missing" in warning for warning in answer.warnings)


def test_people_of_unknown_home_count_in_totals() -> None:
    """500 people in all make the report to HHS due at once, though only 3 of them have a known home."""
    answer = case(affected={"US-CA": 3}, affected_total=500)
    assert "People affected in all: 500; it takes at least 500." in duty(answer, "HIPAA-HHS-500").because
    assert "Residents of California affected: 3; one is enough." in duty(answer, "CA-IND-2026").because


def test_a_notice_to_hhs_holds_everywhere() -> None:
    """It is one federal notice: whether the facts name no place or the federal one, New York's five days run from it."""
    for place in ({}, {"jurisdiction": "US"}):
        sent = [{"kind": "hhs_notice_sent", "on": "2026-04-01"} | place]
        answer = case(affected={"US-NY": 1}, events=sent)
        assert "2026-04-08" == str(duty(answer, "NY-AG-HIPAA").due)
        assert [] == answer.warnings


def test_business_days_name_the_holidays_that_they_leave_out() -> None:
    """Fourteen business days in Vermont over Town Meeting Day, the first Tuesday of March."""
    (count,) = [line for line in duty(case(affected={"US-VT": 1}), "VT-AG").because if line.startswith("14 business days")]
    wanted = "14 business days after 2026-03-02: day 1 is 2026-03-04, day 14 is 2026-03-23. "
    assert f"{wanted}Weekends are left out, and Town Meeting Day on 2026-03-03." == count
    plain = duty(case(affected={"US-VT": 1}, discovery={"known_at": "2026-03-04", "determined_at": "2026-03-04"}), "VT-AG")
    assert any(line.endswith("day 14 is 2026-03-24. Weekends are left out.") for line in plain.because)


@pytest.mark.parametrize(
    ("kind", "known", "warned"),
    [
        ("hipaa_covered_entity", "2026-02-15", False),
        ("hipaa_covered_entity", "2026-02-16", True),
        ("merchant", "2026-03-02", False),
    ],
)
def test_substance_use_records_ask_for_a_second_report(kind: str, known: str, *, warned: bool) -> None:
    """Since 2026-02-16, of those whom HIPAA binds; the table has no row for it, so it is said."""
    discovery = {"known_at": known, "determined_at": known}
    answer = case(entity={"kinds": [kind]}, discovery=discovery, elements=["name", "substance_use"])
    assert warned == any("42 CFR Part 2" in warning for warning in answer.warnings)


def test_encryption_lifts_nothing_where_a_law_has_no_safe_harbor(tmp_path: Path) -> None:
    """The table decides, not the engine: a law that says so is owed whatever the key."""
    shutil.copytree(content("law"), tmp_path, dirs_exist_ok=True)
    file = tmp_path / "us-md.yaml"
    file.write_text(file.read_text().replace("encryption: {exempts: true}", "encryption: {exempts: false}"))
    facts = facts_decode(
        json.dumps(
            {
                "entity": {"kinds": ["merchant"]},
                "discovery": {"known_at": "2026-03-02"},
                "affected": {"US-MD": 1, "US-CA": 1},
                "elements": ["name", "ssn"],
                "encrypted": True,
                "key_acquired": False,
            }
        )
    )
    rules = rules_read(tmp_path)
    answer = assess(facts, rules=rules)
    said = {reason.topic: reason.sentence for reason in Reckoning(facts, rules=rules).reasons(rules.row("MD-IND"))}
    assert said["encryption"].endswith("no safe harbor for that.")
    assert {"MD-IND", "MD-AG"} == {one.id for one in answer.duties}
    assert any("no safe harbor" in sentence for sentence in duty(answer, "MD-IND").because)


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
