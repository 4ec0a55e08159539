"""What an assessment asks, which laws listen to it, and what its conclusion changes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput, content
from hemostat.law import Discovery, Entity, Facts, assess, rules_load
from hemostat.law import assessment as module
from hemostat.law.assessment import HarmTest, Questions, effects, harm_test, harm_tests, questions, untested

PLACES = sorted(rules_load().names.keys() - {"US"})
LEAKED = ["name", "diagnosis", "ssn", "health_insurance_id"]


def facts(people: dict[str, int], *, kinds: tuple[str, ...] = ("hipaa_covered_entity",), **given: Any) -> Facts:
    """Facts of a leak in March 2026."""
    fields: dict[str, Any] = {"elements": LEAKED, "encrypted": False, "acquired": True, "accessed": True}
    return Facts(
        entity=Entity(kinds=list(kinds)), discovery=Discovery(known_at=date(2026, 3, 10)), affected=people, **(fields | given)
    )


def ids(duties: Any) -> set[str]:
    """The ids of duties."""
    return {duty.id for duty in duties}


def test_the_file_passes_its_schema_and_the_schema_is_that_of_the_record() -> None:
    """What is published about the file is what reads it."""
    shown = json.loads((content("law") / "assessment.schema.json").read_text())

    jsonschema.validate(yaml.safe_load((content("law") / "assessment.yaml").read_text()), shown)
    for heading in ("$schema", "title"):
        assert shown.pop(heading)
    assert msgspec.json.schema(Questions) == shown


def test_the_rule_is_asked_whole() -> None:
    """Four factors and three exceptions, each with its place in 45 CFR 164.402; two of the exceptions rule out snooping."""
    asked = questions()

    assert [f"45 CFR 164.402(2)({part})" for part in ("i", "ii", "iii", "iv")] == [factor.citation for factor in asked.factors]
    assert [f"45 CFR 164.402(1)({part})" for part in ("i", "ii", "iii")] == [one.citation for one in asked.exceptions]
    assert all(one.help and one.question for one in asked.factors)
    curious = {one.id for one in asked.exceptions if "no_curiosity" in {element.id for element in one.elements}}
    assert {"good_faith_access", "inadvertent_disclosure"} == curious
    assert asked.exception("no-such") is None
    assert (6, "45 CFR 164.530(j)") == (asked.keep_years, asked.kept_under)


@pytest.mark.parametrize("place", PLACES)
def test_what_a_state_asks_agrees_with_the_words_of_its_rows(place: str) -> None:
    """Years and consultations stand in one file and in the words of the law's rows: they must not part."""
    words = " ".join(
        row.law.harm.condition for row in rules_load().of(place) if row.law.harm and row.law.harm.exempts and row.law.harm.alone
    )
    state = questions().state(place)

    for years in (3, 5):
        assert (state.keep_years == years) == (f"for {years} years" in words)
    consults = any(sign in words for sign in ("consulting", "Only after", "Only with", "told so"))
    assert bool(state.ask) == consults


def test_every_state_of_the_file_has_a_test() -> None:
    """No line about a place whose law would not listen."""
    for state in questions().states:
        assert any(row.law.harm and row.law.harm.exempts for row in rules_load().of(state.place)), state.place


def test_hipaa_falls_with_the_copies_that_follow_it_and_the_states_stay() -> None:
    """A low probability of compromise lifts the federal notices and state copies of them; California and Texas stay whole."""
    found = effects(facts({"US-CA": 600, "US-TX": 300, "US-IL": 600, "US-NY": 600}))["US"]

    assert {"HIPAA-IND", "HIPAA-HHS-500", "HIPAA-MEDIA", "IL-AG-HIPAA", "NY-AG-HIPAA"} == ids(found.falls)
    assert {"CA-IND-2026", "CA-AG-2026", "TX-IND", "TX-AG", "IL-IND", "NY-IND-2025"} <= ids(found.stays)
    assert [] == found.comes


def test_a_state_is_lifted_by_its_own_finding_only() -> None:
    """Florida's duties fall with Florida's finding; Alaska's finding brings the filing that it takes."""
    found = effects(facts({"US-FL": 600, "US-AK": 3}))

    assert {"FL-IND", "FL-AG"} <= ids(found["US-FL"].falls)
    assert {"AK-IND"} <= ids(found["US-AK"].falls)
    assert {"AK-AG"} == ids(found["US-AK"].comes)
    assert not ids(found["US"].falls) & ids([*found["US-FL"].falls, *found["US-AK"].falls])


@given(st.dictionaries(st.sampled_from(PLACES), st.integers(1, 2_000), max_size=6), st.booleans())
def test_every_duty_falls_or_stays(people: dict[str, int], is_harm_likely: bool) -> None:  # noqa: FBT001  # drawn
    """Nothing is lost between the two lists, and what was found before does not change what would be found."""
    given_facts = facts(people)
    owed = ids(assess(msgspec.structs.replace(given_facts, harm_in=dict.fromkeys(["US", *PLACES], True))).duties)
    found = effects(msgspec.structs.replace(given_facts, harm_in={"US": is_harm_likely}))

    assert owed == ids(found["US"].falls) | ids(found["US"].stays)
    assert not ids(found["US"].falls) & ids(found["US"].stays)
    for place, effect in found.items():
        if place != "US":
            of_place = {name for name in owed if rules_load().row(name).place == place}
            assert of_place == ids(effect.falls) | ids(effect.stays)


def answer(known: Facts, place: str) -> HarmTest | str:
    """The test of a place, or why it has none."""
    try:
        return harm_test(known, place)
    except BadInput as error:
        return str(error)


@pytest.mark.parametrize("place", PLACES)
def test_each_place_has_a_test_or_a_reason(place: str) -> None:
    """With people there, a finding lifts something, or the answer says why none does; both lists of it agree."""
    known = facts({place: 1_000})
    found = effects(known)
    tests, without = harm_tests(found), untested(found)

    told = answer(known, place)

    if isinstance(told, str):
        nothing = f"{rules_load().names[place]} asks for no notice on these facts, so a finding there lifts nothing."
        assert ([], [told]) == (tests, list(without.values()) or [nothing])
        return
    assert ([told], {}) == (tests, without)
    assert told.citation
    assert told.keep_years in {None, 3, 5}
    row = rules_load().row(found[place].falls[0].id)
    assert row.law.harm is not None
    assert row.law.harm.condition in told.condition


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("US-CA", "California has no harm test: its notices are owed whether harm is likely or not (Cal. Civ. Code 1798.82)."),
        ("US-NY", "In New York a finding of no harm alone lifts nothing."),
        ("US-OH", "Ohio asks for no notice on these facts"),
        ("US-ZZ", "No law is known of 'US-ZZ'."),
    ],
)
def test_a_place_that_does_not_listen_says_why(place: str, said: str) -> None:
    """The reason names the place and its law."""
    with pytest.raises(BadInput) as error:
        harm_test(facts({"US-CA": 5, "US-NY": 5}), place)

    assert said in str(error.value)
    assert error.value.advice()


def test_a_clinic_of_california_has_the_test_of_its_own_law() -> None:
    """Section 1280.15 has a test, 1798.82 has none: the finding lifts the clinic's duties and leaves the residents'."""
    known = facts({"US-CA": 600}, kinds=("hipaa_covered_entity", "licensed_ca_clinic"))

    found = effects(known)["US-CA"]

    assert "CA-1280-PAT" in ids(found.falls)
    assert "CA-IND-2026" in ids(found.stays)
    assert "1280.15" in harm_test(known, "US-CA").citation


def test_hipaa_listens_when_it_binds() -> None:
    """Before anybody was counted too; outside HIPAA its four factors lift nothing."""
    one = harm_test(facts({}), "US")
    assert ("HIPAA", "45 CFR 164.402", 6, True) == (one.place_name, one.citation, one.keep_years, one.verified)
    assert "four-factor" in one.condition
    assert "US" == harm_test(facts({}, kinds=("hipaa_business_associate",)), "US").place

    with pytest.raises(BadInput, match="HIPAA does not bind"):
        harm_test(facts({}, kinds=("phr_vendor",)), "US")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits it is told the file and the fault."""
    (tmp_path / "assessment.yaml").write_text("keep_years: many\n")
    monkeypatch.setattr(module, "content", lambda _: tmp_path)

    with pytest.raises(BadInput, match=r"assessment\.yaml cannot be used"):
        questions.__wrapped__()
