"""Facts come in as JSON; whatever cannot be used is refused with everything that is wrong, at once."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.law import Facts, elements, facts_decode

SMALL = b"""{"entity": {"kinds": ["merchant"]}, "discovery": {"known_at": "2026-03-02"},
 "affected": {"US-CA": 1}, "elements": ["ssn"]}"""
HOLD = '["ssn"], "events": [{"kind": "law_enforcement_hold", "form": "oral", "from": "2026-03-05", %s}]'


def test_only_four_things_are_required() -> None:
    """Kinds, the day it was known, people and elements make facts; nobody has said anything about the rest."""
    facts = facts_decode(SMALL)
    assert date(2026, 3, 2) == facts.discovery.known_at
    assert facts.encrypted is None
    assert [] == facts.events


def test_all_unknown_words_are_named_at_once() -> None:
    """One answer names every word that nobody knows, wherever it stands."""
    text = """{"entity": {"kinds": ["hospital", "merchant"]}, "discovery": {"known_at": "2026-03-02"},
        "affected": {"US-ZZ": 1, "US": 2, "US-CA": 3}, "elements": ["shoe_size", "ssn"],
        "events": [{"kind": "party", "on": "2026-03-03", "jurisdiction": "CA-ON"},
                   {"kind": "law_enforcement_hold", "form": "shouted", "from": "2026-03-03"}]}"""
    with pytest.raises(BadInput) as caught:
        facts_decode(text)
    message = str(caught.value)
    for word in (
        "kind 'hospital'",
        "jurisdiction 'US-ZZ'",
        "jurisdiction 'US'",
        "element 'shoe_size'",
        "event kind 'party'",
        "'CA-ON'",
        "'shouted'",
    ):
        assert f"{word}" in message
    assert "hemostat law elements" in caught.value.advice()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"US-CA": 1', '"US-CA": -1'), "affected.US-CA is below zero"),
        (('"elements"', '"affected_elsewhere": -1, "elements"'), "affected_elsewhere is below zero"),
        (('["merchant"]', "[]"), "entity.kinds is empty"),
        (('"2026-03-02"', '"1889-03-02"'), "discovery.known_at lies outside 1990 to 2099"),
        (('["ssn"]', '["ssn"], "events": [{"kind": "determination"}]'), "events[0] lacks `on`"),
        (('["ssn"]', '["ssn"], "events": [{"kind": "law_enforcement_hold"}]'), "events[0] lacks `form`; events[0] lacks `from`"),
        (
            ('["ssn"]', HOLD % '"until": "2026-03-04"'),
            "events[0] ends before it begins",
        ),
        (
            ('["ssn"]', HOLD % '"requested_days": -1'),
            "events[0].requested_days lies outside 0 to 3650",
        ),
        (('["ssn"]', '["ssn"], "events": [{"kind": "determination", "on": "2150-01-01"}]'), "events[0].on lies outside"),
        (('"2026-03-02"', '"2026-02-30"'), "cannot be read"),
        (('"US-CA": 1', '"US-CA": 1.5'), "$.affected"),
        (('"elements"', '"elephants"'), "elephants"),
        (("}", ""), "cannot be read"),
    ],
)
def test_a_fault_is_named_with_its_place(change: tuple[str, str], complaint: str) -> None:
    """The message names the field and what is wrong with it."""
    with pytest.raises(BadInput) as caught:
        facts_decode(SMALL.decode().replace(*change))
    assert complaint in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_facts_or_bad_input(text: bytes) -> None:
    """Nothing that is no facts document raises anything but `BadInput`."""
    with suppress(BadInput):
        assert isinstance(facts_decode(text), Facts)


def test_the_elements_of_the_manual_are_known() -> None:
    """The elements that the documented facts use exist, and each id exists once."""
    known = [element.id for element in elements()]
    promised = {
        "name", "diagnosis", "medication", "treatment_dates", "ssn", "payment_card_number", "card_security_code",
        "health_insurance_id", "email", "password", "first_name", "phone", "address", "dob", "condition", "order",
    }  # fmt: skip
    assert promised <= set(known)
    assert len(known) == len(set(known))
    assert {need for element in elements() for need in element.needs} <= set(known)
