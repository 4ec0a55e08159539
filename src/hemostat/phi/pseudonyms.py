"""Stable stand-ins for identifiers: the same value under the same key is always the same word, and nobody can go back."""

import string
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from .recent import Recent

_BYTES = 10
"""Of a MAC that are shown: 80 bits, the least that RFC 2104, section 5, recommends."""

_DIGITS_OF_RECORD = 13
_DIGITS = string.ascii_lowercase + "234567"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_LONGEST_NUMBER = 64
"""Digits. Longer runs are no identifiers, and turning them into numbers takes quadratic time."""

_MOST = 8192
"""Values of a kind whose pseudonyms are remembered."""


class Pseudonyms:
    """Pseudonyms under one key (HMAC-SHA256, RFC 2104). 80 bits of the MAC are shown, in base32 (RFC 4648) lowercase."""

    def __init__(self, key: bytes) -> None:
        # Keying once and copying is faster than keying anew for each value.
        self._keyed = HMAC(key, SHA256())
        self._recent: dict[str, Recent[str]] = {}
        self._followers: dict[str, Recent[str]] = {}

    def of(self, kind: str, value: str) -> str:
        """The pseudonym of a value, like `customer_k3jx...`; "" for "". Kinds do not mix: one value has one word per kind."""
        if not value:
            return ""
        # A lone surrogate is a value too; it must not stop the pipeline.
        named = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return f"{kind}_{self._word(named)}"

    def of_all(self, kind: str, values: Iterable[str]) -> dict[str, str]:
        """The pseudonym of each of some distinct values."""
        if kind not in self._recent:
            self._recent[kind] = Recent(lambda new: (self.of(kind, value) for value in new), most=_MOST)
        return self._recent[kind].all(values)

    def mac(self, raw: bytes) -> str:
        """Keyed hash of a raw record: ties a row of the lake to sealed evidence. 65 bits, in base32 lowercase.

        It is in every row and never comes again, so each of its bytes is a byte of an event in the lake. Whoever has no key
        can only guess, and is told nothing by a wrong guess; two records of ten million share one with a chance of 1 in 700,000.
        """
        return self._word(raw)[:_DIGITS_OF_RECORD]

    def _word(self, content: bytes) -> str:
        """80 bits of the MAC in base32."""
        mac = self._keyed.copy()
        mac.update(content)
        shown = mac.finalize()
        first, second = int.from_bytes(shown[:5], "big"), int.from_bytes(shown[5:_BYTES], "big")
        return (
            f"{_PAIRS[first >> 30]}{_PAIRS[first >> 20 & 1023]}{_PAIRS[first >> 10 & 1023]}{_PAIRS[first & 1023]}"
            f"{_PAIRS[second >> 30]}{_PAIRS[second >> 20 & 1023]}{_PAIRS[second >> 10 & 1023]}{_PAIRS[second & 1023]}"
        )

    def next_number(self, kind: str, value: str) -> str:
        """The pseudonym of the number after `value`; "" when `value` is not written in the digits 0 to 9.

        Leading zeros stay, as identifiers of a fixed width count: 0099 is followed by 0100, and 99 by 100.
        """
        if not (value.isascii() and value.isdigit()) or len(value) > _LONGEST_NUMBER:
            return ""
        return self.of(kind, str(int(value) + 1).zfill(len(value)))

    def next_numbers(self, kind: str, values: Iterable[str]) -> dict[str, str]:
        """The pseudonym of the number after each of some distinct values."""
        if kind not in self._followers:
            self._followers[kind] = Recent(lambda new: (self.next_number(kind, value) for value in new), most=_MOST)
        return self._followers[kind].all(values)
