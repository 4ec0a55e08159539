"""However a value is written, it is compared in one form; and what is no value has none."""

from base64 import b64encode, urlsafe_b64encode
from hashlib import md5, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.phi.traits import Trait, digests, forms


@pytest.mark.parametrize(
    ("trait", "value", "expected"),
    [
        (Trait.EMAIL, " Jane.Roe@Fernhollow.example ", ("jane.roe@fernhollow.example",)),
        (Trait.EMAIL, "jane+news@x.example", ("jane+news@x.example", "jane@x.example")),
        (Trait.EMAIL, "+news@x.example", ("+news@x.example",)),
        (Trait.EMAIL, "jane@localhost", ()),
        (Trait.EMAIL, "@x.example", ()),
        (Trait.EMAIL, "jane roe@x.example", ()),
        (Trait.PHONE, "(202) 555-0198", ("12025550198",)),
        (Trait.PHONE, "+1 202.555.0198 ext. 7", ("12025550198",)),
        (Trait.PHONE, "1-202-555-0198 x12", ("12025550198",)),
        (Trait.PHONE, "+49 30 5550 1234", ("493055501234",)),
        (Trait.PHONE, "555-0198", ()),
        (Trait.PHONE, "000-555-0198", ()),
        (Trait.PHONE, "1-000-555-0198", ()),
        (Trait.PHONE, "+123", ()),
        (Trait.NAME, "Jane Roe", ("jane roe",)),
        (Trait.NAME, "ROE, Jane Q.", ("jane roe",)),
        (Trait.NAME, "ROE^JANE^MARIE", ("jane marie roe", "jane roe")),
        (Trait.NAME, "Dr. José O'Neil-Núñez Jr.", ("jose nunez oneil", "jose nunez")),
        (Trait.NAME, "Jane", ()),
        (Trait.DOB, "1980-02-03T00:00:00Z", ("1980-02-03",)),
        (Trait.DOB, "2/3/1980", ("1980-02-03",)),
        (Trait.DOB, "23.2.1980", ("1980-02-23",)),
        (Trait.DOB, "3 Feb 1980", ("1980-02-03",)),
        (Trait.DOB, "2/3/80", ("1980-02-03",)),
        (Trait.DOB, "1080-02-03", ()),
        (Trait.DOB, "1980-02-31", ()),
        (Trait.DOB, "none", ()),
        (Trait.MRN, " fh-447.122 ", ("FH447122",)),
        (Trait.MRN, "12", ()),
        (Trait.MEMBER_ID, "UNKNOWN", ()),
        (Trait.CUSTOMER_ID, "7000001", ("7000001",)),
        (Trait.ADDRESS, "12 Elm Street, Springfield", ("12 elm st",)),
        (Trait.ADDRESS, "12 elm st apt 4", ("12 elm st",)),
        (Trait.ADDRESS, "12 Broadway", ("12 broadway",)),
        (Trait.ADDRESS, "Elm Street", ()),
        (Trait.ADDRESS, "12", ()),
        (Trait.ADDRESS, "", ()),
    ],
)
def test_values_have_one_form(trait: Trait, value: str, expected: tuple[str, ...]) -> None:
    """The table of what is one and the same, and of what is nothing."""
    assert expected == forms(trait, value)


@given(trait=st.sampled_from(Trait), value=st.text(st.characters(codec=None), max_size=42))
def test_a_form_is_a_form_of_itself(trait: Trait, value: str) -> None:
    """Whatever the text, its forms are texts with something in them, and an e-mail's or number's form is its own."""
    found = forms(trait, value)

    assert all(found)
    if trait in {Trait.EMAIL, Trait.DOB, Trait.MRN} and found:
        assert forms(trait, found[-1])[0] == found[-1]


def test_digests_are_those_that_networks_are_sent() -> None:
    """Of an address in lowercase letters; of a number with the country code, with a plus before it, and without both."""
    assert sha256(b"jane@x.example").hexdigest() in set(digests(Trait.EMAIL, "jane@x.example"))
    assert {sha256(n).hexdigest() for n in (b"12025550198", b"+12025550198", b"2025550198")} <= set(
        digests(Trait.PHONE, "12025550198")
    )
    assert len(list(digests(Trait.PHONE, "493055501234"))) == 6
    assert md5(b"jane@x.example", usedforsecurity=False).hexdigest() in set(digests(Trait.EMAIL, "jane@x.example"))


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(st.binary(max_size=20))
def test_a_digest_in_base64_is_the_one_in_hexadecimal(encode: object, told: bytes) -> None:
    """In either alphabet, with the sign of padding and without."""
    digest = sha256(told)
    written = encode(digest.digest()).decode()  # type: ignore[operator]

    assert (
        forms(Trait.HASHED_EMAIL, written)
        == forms(Trait.HASHED_EMAIL, written.rstrip("="))
        == forms(Trait.HASHED_EMAIL, digest.hexdigest().upper())
        == (digest.hexdigest(),)
    )
