"""What the scanner does to be quick must not be seen in what it tells."""

import json
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hemostat.phi import Dictionary, Match, Scanner
from hemostat.phi.dictionary import Field
from hemostat.phi.recognizers.ip import Ip

SCANNER = Scanner(Dictionary.complete())
EVERY_HOUSE = [IPv4Network(told) for told in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
VALUES = [
    "Jane Doe", "jane", "203.0.113.9", "10.0.0.1", "900-12-3456", "1980-02-03", "202-555-0198", "12 Elm Street", "E11.9",
    "psoriasis", "metformin 500 mg", "tok_7b00c7f4781ef86f5c8", "AB1234563", "4111111111111111, 900-12-3456", "", " ", "[NAME]",
    "x{y}", "Mr. Post", "none",
]  # fmt: skip
NAMES = [
    "first_name", "name", "remote_addr", "ip", "ssn", "dob", "phone", "address1", "dx", "condition", "medication", "token", "dea",
    "mrn", "member_id", "billing_address", "customer", "value",
]  # fmt: skip


def told(matches: list[Match]) -> list[tuple[int, int, str, float, str]]:
    """The matches without their masks."""
    return [(match.start, match.end, match.entity, match.score, match.why) for match in matches]


@given(st.tuples(*[st.integers(0, 300) | st.sampled_from([0, 1, 10, 64, 100, 127, 169, 172, 192, 224, 254, 255])] * 4))
@example((10, 0, 0, 1))
@example((100, 64, 3, 4))
@example((172, 31, 3, 4))
@example((1, 2, 3, 4))
@settings(max_examples=300)
def test_addresses_are_judged_as_the_standard_library_judges_them(octets: tuple[int, ...]) -> None:
    """An address of version 4 is none, nobody's, every house's or somebody's exactly where the module `ipaddress` says so."""
    text = ".".join(map(str, octets))
    found = [one.score for one in Ip().shaped(text, 0, len(text))]

    if max(octets) > 255:
        assert found == []
        return
    address = IPv4Address(text)
    if address.is_loopback or address.is_multicast or address.is_link_local or octets[0] in (0, 255) or octets[3] in (0, 255):
        assert found == []
    elif len(text) == len("1.1.1.1"):
        assert found == [0.35]
    else:
        assert found == [0.55 if any(address in network for network in EVERY_HOUSE) else 0.7]


@pytest.mark.parametrize("text", ["01.2.3.4", "1.2.3.04", "\u0661.2.3.4", "1.2.3.\u0664"])
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    """Octets with a leading zero, or with digits that are not ASCII, are no address."""
    assert [one for one in SCANNER.scan(f"remote_addr: {text}") if one.entity == "IP"] == []


@given(st.sampled_from(NAMES), st.sampled_from(VALUES), st.sampled_from(["", "\xe9 ", "x" * 50, "order placed, "]))
@settings(max_examples=200)
def test_a_value_of_json_is_told_alike_however_it_is_spaced(name: str, value: str, before: str) -> None:
    """What is found in a value does not depend on a space before it, nor on whether it was seen before or where it stands."""
    closely, widely = (f"{before}{json.dumps({name: value}, separators=(',', sign))}" for sign in (":", ": "))
    place = closely.index('":') + 2

    close = told(SCANNER.scan(closely))

    assert told(SCANNER.scan(closely)) == close
    assert [(s + (s >= place), e + (e > place), *rest) for s, e, *rest in close] == [*map(tuple, told(SCANNER.scan(widely)))]


@given(st.sampled_from(["first_name", "lastName", "full name"]), st.text("\"'`]", max_size=6), st.text(" \t", max_size=9))
@settings(max_examples=200)
def test_a_name_counts_however_far_its_sign_stands(name: str, quotes: str, spaces: str) -> None:
    """Quotes, brackets and spaces between the name of a field and its sign change nothing."""
    far, near = f"x {name}{quotes}{spaces}: Jane", f"x {name}: Jane"

    assert [(far[m.start :], m.why) for m in SCANNER.scan(far)] == [("Jane", m.why) for m in SCANNER.scan(near)]


@pytest.mark.parametrize("before", ["a", "as", "A", "_", "-", "7", "\xe9", "\u212a"])
def test_a_name_within_a_word_is_none_wherever_it_stands(before: str) -> None:
    """The end of another word names no field, at the beginning of a text, within it, and however often it was seen."""
    texts = [f"{before}sn: Maria", f"x {before}sn: Maria", f'{{"{before}sn":"Maria"}}'] * 2

    assert SCANNER.scan_many(texts) == [SCANNER.scan(text) for text in texts]
    assert all(match.why != "field sn" for matches in SCANNER.scan_many(texts) for match in matches)


def test_a_name_that_is_also_a_sign_begins_where_it_begins_first() -> None:
    """Of a field that is called `value`, which may stand for a sign as well, the whole is read."""
    scanner = Scanner(Dictionary([Field(name="lab value", entity="SSN"), Field(name="value", entity="SSN", whole=True)]))

    assert [m.why for m in scanner.scan("lab value: 900-12-3456")] == ["field lab value, never issued"]
    assert [m.why for m in scanner.scan("value value=900-12-3456")] == ["field value, never issued"]
    assert scanner.scan("xvalue value=000123456") == []


def test_a_longer_name_hides_the_shorter_one() -> None:
    """Of two names with one end the longer one tells, and a mask of ours names none."""
    assert SCANNER.scan("[DRIVER_LICENSE]: D1234567") == []
    assert [m.why for m in SCANNER.scan("billing address: 12 Elm Street")] == ["field billing address"]
    assert [m.why for m in SCANNER.scan('"last_name":"Doe"')] == ["field last name"]


def test_a_table_of_one_text_does_not_depend_on_the_next() -> None:
    """Lines that end with a carriage return alone are one line, beside a text with lines as well as alone."""
    texts = ["name,dob\rJane,1980-02-03", "a\nb"]

    assert SCANNER.scan_many(texts) == [SCANNER.scan(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("spoke with Maria about it", ["Maria"]),
        ("NURSE Maria said so", ["Maria"]),
        ("session 12 w/ Maria today", ["Maria"]),
        ("love, Maria", ["Maria"]),
        ("Thank you, Maria", ["Maria"]),
        ("ok. \u2014 Maria", ["Maria"]),
        ("about Maria today", []),
        ("Thanks Maria", ["Maria"]),
        ('{"given":"x","q":"Maria","z":1}', []),
    ],
)
def test_a_first_name_alone_needs_words_before_it(text: str, names: list[str]) -> None:
    """A first name alone is told behind a cue or a greeting, whatever their case, and nowhere else."""
    assert [text[m.start : m.end] for m in SCANNER.scan(text) if m.entity == "NAME"] == names


def test_a_weak_field_names_no_firm() -> None:
    """What is called as a firm is, in a field that many things have, is nobody, even beside other data of a person."""
    assert SCANNER.scan('{"patient":{"name":"Charles Schwab"}}') == []
    assert [m.entity for m in SCANNER.scan('{"patient":{"name":"Charles Castillo"}}')] == ["NAME"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("about psoriasis today", ["psoriasis"]),
        ("hasPsoriasis: yes", ["Psoriasis"]),
        ("has_psoriasis: yes", ["psoriasis"]),
        ("xpsoriasis today", []),
        ("XPsoriasis today", []),
        ("\xe9psoriasis today", []),
        ("7psoriasis today", []),
    ],
)
def test_a_term_stands_where_a_word_begins(text: str, found: list[str]) -> None:
    """A condition is told at the beginning of a word, also of one within a name in camelCase, and never within a word."""
    assert [text[m.start : m.end] for m in SCANNER.scan(text) if m.entity == "CONDITION"] == found


@pytest.mark.parametrize("before", ["\xe9", "\u4e2d", "\u0661", "user_", "user-", "x"])
def test_a_name_that_must_be_whole_has_no_letter_of_any_script_before_it(before: str) -> None:
    """`sn` alone is a field, and no end of a longer name, whatever script and sign that is written with."""
    assert [m.why for m in SCANNER.scan('{"sn":"Castillo","dob":"1980-02-03"}') if m.entity == "NAME"] != []
    assert [m for m in SCANNER.scan(f'{{"{before}sn":"Castillo","dob":"1980-02-03"}}') if m.entity == "NAME"] == []


@pytest.mark.parametrize("told", ["May 4, 1980", "may 4, 1980", "4 MAY 1980", "the 4th of May, 1980", "The 4 May 1980"])
def test_a_day_begins_with_a_digit_or_a_word_of_dates(told: str) -> None:
    """A date of birth is read in any case, with the month first, the day first, or an article before it."""
    assert [one.entity for one in SCANNER.scan(f"date of birth: {told}")] == ["DOB"]


@pytest.mark.parametrize("sign", [".", "_", "-", "/", ":", ")", "]"])
def test_a_first_name_right_before_a_sign_is_nobody(sign: str) -> None:
    """A first name in quotes, behind which the text goes on with a sign that no name has, tells of no person."""
    assert [m for m in SCANNER.scan(f'"Maria{sign}x"') if m.entity == "NAME"] == []
