"""Facts come in as JSON; whatever cannot be used is refused with everything that is wrong, at once."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

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
        (('"2026-03-02"', '"2026-02-30"'), "discovery.known_at is 2026-02-30, which is no day of the calendar"),
        (('"US-CA": 1', '"US-CA": 1.5'), "affected.US-CA must be a whole number"),
        (('"US-CA": 1', '"US-CA": "1"'), "affected.US-CA must be a whole number"),
        (('"US-CA": 1', '"US-CA": true'), "affected.US-CA must be a whole number"),
        (('"US-CA": 1', '"US-CA": null'), "affected.US-CA must be a whole number"),
        (('"US-CA": 1', '"US-CA": 99999999999'), "affected.US-CA is more people than there are"),
        (('"US-CA": 1', '"US-CA": 1, "US-CA": 2'), "`US-CA` stands twice"),
        (('"elements"', '"affected_total": -2, "elements"'), "affected_total is below zero"),
        (
            ('"elements"', '"affected_elsewhere": 2, "affected_total": 2, "elements"'),
            "affected_total is 2, though affected and affected_elsewhere add up to 3",
        ),
        (('"elements"', '"harm_in": {"US-ZZ": true}, "elements"'), "unknown jurisdiction of harm_in 'US-ZZ'"),
        (('"elements"', '"harm_in": {"US-CA": "no"}, "elements"'), "harm_in.US-CA must be true or false"),
        (('"elements"', '"encrypted": 1, "elements"'), "encrypted must be true or false"),
        (('["ssn"]', '["ssn", 7]'), "elements[1] must be text"),
        (('["ssn"]', '"ssn"'), "elements must be a list"),
        (('{"US-CA": 1}', "[]"), "affected must be an object"),
        (('{"kinds": ["merchant"]}', '"merchant"'), "entity must be an object"),
        (('{"kinds": ["merchant"]}', "{}"), "entity.kinds is missing"),
        (('"2026-03-02"', '"2 March 2026"'), "discovery.known_at must be a day such as 2026-03-02"),
        (('"2026-03-02"', '"2026-03-02T00:00:00Z"'), "discovery.known_at must be a day such as 2026-03-02"),
        (('"2026-03-02"', "20260302"), "discovery.known_at must be a day such as 2026-03-02"),
        (('["ssn"]', '["ssn"], "events": [{"kind": "determination", "on": "2026-13-01"}]'), "events[0].on is 2026-13-01"),
        (('"elements"', '"elephants"'), "unknown field 'elephants' (did you mean `elements`?); elements is missing"),
        (('"elements"', '"zzz": 1, "elements"'), "unknown field 'zzz'."),
        (("}", ""), "cannot be read"),
        (('"elements"', '"affected_elsewhere": 1' + "0" * 5000 + ', "elements"'), "a number is too long"),
    ],
)
def test_a_fault_is_named_with_its_place(change: tuple[str, str], complaint: str) -> None:
    """The message names the field and what is wrong with it."""
    with pytest.raises(BadInput) as caught:
        facts_decode(SMALL.decode().replace(*change))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"US-CA"', '"CA"'), "unknown jurisdiction 'CA' (did you mean US-CA?)"),
        (('"ssn"', '"diagnosys"'), "unknown element 'diagnosys' (did you mean diagnosis?)"),
        (('"merchant"', '"hipaa_coverd_entity"'), "(did you mean hipaa_covered_entity?)"),
        (('"ssn"', '"qqq"'), "unknown element 'qqq'."),
    ],
)
def test_an_unknown_word_is_answered_with_what_is_close(change: tuple[str, str], complaint: str) -> None:
    """A slip of the finger is named with the word that was meant; a word like no other stands alone."""
    with pytest.raises(BadInput) as caught:
        facts_decode(SMALL.decode().replace(*change))
    assert complaint in str(caught.value)


def test_all_faults_of_form_come_at_once() -> None:
    """Days that no calendar has, counts that are no numbers and a missing field stand in one message."""
    text = """{"entity": {"kinds": ["merchant"]}, "discovery": {"known_at": "2026-02-30", "determined_at": "2025-02-29"},
        "affected": {"US-CA": 1.0, "US-TX": "7"}, "encrypted": "no"}"""
    with pytest.raises(BadInput) as caught:
        facts_decode(text)
    for fault in (
        "discovery.known_at is 2026-02-30",
        "discovery.determined_at is 2025-02-29",
        "affected.US-CA must be a whole number",
        "affected.US-TX must be a whole number",
        "encrypted must be true or false",
        "elements is missing",
    ):
        assert fault in str(caught.value)


def test_a_wrong_value_is_not_repeated() -> None:
    """Somebody may have put a patient's words into the wrong place; the message names the place only."""
    with pytest.raises(BadInput) as caught:
        facts_decode(SMALL.decode().replace('"2026-03-02"', '"told Ada Lovelace"').replace(": 1}", ': "Ada Lovelace"}'))
    assert "Ada" not in f"{caught.value} {caught.value.advice()}"


@pytest.mark.parametrize("text", [b"\xff\xfe{}", b"[" * 100_000, b"", b"[]", b"7", b"null"])
def test_what_is_no_facts_document_is_bad_input(text: bytes) -> None:
    """Neither other bytes, nor brackets without end, nor another kind of value raise anything else."""
    with pytest.raises(BadInput):
        facts_decode(text)


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31m", "\u202e", "two\nlines"])
@pytest.mark.parametrize("value", [-1, None, 1])
def test_a_message_can_be_shown_whatever_the_names_are(name: str, value: int | None) -> None:
    """Half a pair of characters cannot be encoded, and a command to the terminal is none of a message: both are escaped."""
    document = json.loads(SMALL) | {"affected": {name: value}}
    for text in (json.dumps(document), json.dumps(document | {name: 1})):
        with pytest.raises(BadInput) as caught:
            facts_decode(text)
        assert str(caught.value).isprintable()
        assert str(caught.value).encode()


def test_a_message_has_an_end() -> None:
    """Twenty faults are told and that there are more; a document of a hundred thousand faults is refused at once."""
    document = json.loads(SMALL)
    with pytest.raises(BadInput) as caught:
        facts_decode(json.dumps(document | {"affected": {f"US-{number}": 1 for number in range(100_000)}}))
    assert 19 == str(caught.value).count("; unknown jurisdiction")
    assert str(caught.value).endswith("; and more.")
    with pytest.raises(BadInput, match=r"unknown field 'no19'; and more\."):
        facts_decode(json.dumps(document | {f"no{number}": 1 for number in range(21)}))
    with pytest.raises(BadInput, match=r"unknown field 'no19'\."):
        facts_decode(json.dumps(document | {f"no{number}": 1 for number in range(20)}))


def test_events_are_a_thousand_at_most() -> None:
    """Nobody has more, and a longer list would take seconds to weigh."""
    events = [{"kind": "agent_knew", "on": "2026-03-02"}] * 1000
    assert 1000 == len(facts_decode(json.dumps(json.loads(SMALL) | {"events": events})).events)
    with pytest.raises(BadInput, match="events has more than 1,000 entries"):
        facts_decode(json.dumps(json.loads(SMALL) | {"events": [*events, events[0]]}))


def test_a_mark_of_byte_order_is_no_fault() -> None:
    """Some editors write one; it is left aside, in bytes and in text."""
    assert facts_decode(SMALL) == facts_decode(b"\xef\xbb\xbf" + SMALL) == facts_decode("\ufeff" + SMALL.decode())


def test_totals_that_add_up_are_taken() -> None:
    """A total may equal the sum or exceed it."""
    for total in (3, 4):
        text = SMALL.decode().replace('"elements"', f'"affected_elsewhere": 2, "affected_total": {total}, "elements"')
        assert total == facts_decode(text).affected_total


@given(st.binary(max_size=200))
def test_any_bytes_are_facts_or_bad_input(text: bytes) -> None:
    """Nothing that is no facts document raises anything but `BadInput`."""
    with suppress(BadInput):
        assert isinstance(facts_decode(text), Facts)


_ANY = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just("\ud800"), st.just("2026-02-30"), st.just(10**30)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)


@given(
    changes=st.dictionaries(
        st.sampled_from(["entity", "discovery", "affected", "elements", "events", "harm_in", "encrypted", "affected_total"]), _ANY
    ),
    inner=st.dictionaries(st.sampled_from(["kinds", "known_at", "kind", "on", "form", "from", "until", "requested_days"]), _ANY),
)
def test_any_values_are_facts_or_bad_input(changes: dict[str, Any], inner: dict[str, Any]) -> None:
    """Whatever stands in a field, nothing but `BadInput` comes out, and its message can be shown."""
    document = json.loads(SMALL) | {"events": [{"kind": "agent_knew", "on": "2026-03-02"} | inner]} | changes
    try:
        assert isinstance(facts_decode(json.dumps(document)), Facts)
    except BadInput as error:
        shown = str(error)
    else:
        shown = "facts"
    assert shown.isprintable()


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
