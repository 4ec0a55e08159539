"""Pseudonyms: constant under a key, one way, and apart by kind."""

import hashlib
import hmac
from base64 import b32encode

from hypothesis import given
from hypothesis import strategies as st

from hemostat.phi import Pseudonyms

KEY = bytes(range(32))
ANY = st.text(st.characters(codec=None))


def test_a_pseudonym_is_pinned() -> None:
    """The construction never changes: rows written last year must still join with those of today."""
    assert (
        Pseudonyms(KEY).of("customer", "7000001")
        == "customer_" + b32encode(hmac.digest(KEY, b"customer\x007000001", hashlib.sha256)[:10]).decode().lower()
    )
    assert Pseudonyms(KEY).of("customer", "7000001") == "customer_rkxjjqnoapa7atua"


@given(kind=st.sampled_from(["customer", "ip", "token"]), value=ANY)
def test_pseudonyms_are_constant_and_of_one_form(kind: str, value: str) -> None:
    """The same key and value give the same word of sixteen letters and digits; nothing gives nothing."""
    word = Pseudonyms(KEY).of(kind, value)

    assert word == Pseudonyms(KEY).of(kind, value)
    if value:
        assert word.startswith(f"{kind}_")
        assert len(word) == len(kind) + 17
        assert set(word[len(kind) + 1 :]) <= set("abcdefghijklmnopqrstuvwxyz234567")
    else:
        assert word == ""


@given(first=ANY, second=ANY)
def test_different_values_have_different_pseudonyms(first: str, second: str) -> None:
    """Neither values nor kinds nor keys share a word."""
    names = Pseudonyms(KEY)

    assert (names.of("a", first) == names.of("a", second)) == (first == second)
    assert not first or names.of("a", first)[2:] != names.of("b", first)[2:]
    assert not first or names.of("a", first) != Pseudonyms(b"other").of("a", first)


@given(st.integers(min_value=0, max_value=10**30), st.integers(min_value=0, max_value=40))
def test_the_next_number_joins_with_its_own_pseudonym(number: int, width: int) -> None:
    """The pseudonym of the next number is the one that this number will have, with the zeros of a fixed width."""
    names = Pseudonyms(KEY)

    assert names.next_number("cid", str(number).zfill(width)) == names.of("cid", str(number + 1).zfill(width))


def test_the_next_number_of_a_shorter_one_may_be_longer() -> None:
    """99 is followed by 100 and 0099 by 0100."""
    names = Pseudonyms(KEY)

    assert names.next_number("cid", "99") == names.of("cid", "100")
    assert names.next_number("cid", "0099") == names.of("cid", "0100")


def test_what_is_no_number_has_no_next() -> None:
    """Only the digits 0 to 9 make a number, and not more of them than an identifier has."""
    names = Pseudonyms(KEY)

    assert [names.next_number("cid", told) for told in ("", "x1", "-1", "1.5", "²", "١٢", " 1", "1" * 65)] == [""] * 8
    assert names.next_number("cid", "1" * 64) != ""


def test_the_mac_of_a_record_is_an_hmac() -> None:
    """The keyed hash of a record is 65 bits of HMAC-SHA256 in base32, whoever computes it."""
    expected = b32encode(hmac.digest(KEY, b"raw \xff", hashlib.sha256)).decode().lower()[:13]
    assert expected == Pseudonyms(KEY).mac(b"raw \xff")
