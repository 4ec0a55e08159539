"""Stable stand-ins for identifiers: the same value under the same key is always the same word, and nobody can go back."""

import hashlib
import hmac
from base64 import b32encode


class Pseudonyms:
    """Pseudonyms under one key (HMAC-SHA256, RFC 2104). 80 bits of the MAC are shown, in base32 (RFC 4648) lowercase."""

    def __init__(self, key: bytes) -> None:
        # Keying once and copying is twice as fast as keying anew for each value.
        self._keyed = hmac.new(key, digestmod=hashlib.sha256)

    def of(self, kind: str, value: str) -> str:
        """The pseudonym of a value, like `customer_k3jx...`; "" for "". Kinds do not mix: one value has one word per kind."""
        if not value:
            return ""
        mac = self._keyed.copy()
        # A lone surrogate is a value too; it must not stop the pipeline.
        mac.update(f"{kind}\0{value}".encode("utf-8", "surrogatepass"))
        return f"{kind}_{b32encode(mac.digest()[:10]).decode().lower()}"

    def mac(self, raw: bytes) -> str:
        """Keyed hash of a raw record, in hex: ties a row of the lake to sealed evidence."""
        mac = self._keyed.copy()
        mac.update(raw)
        return mac.hexdigest()

    def next_number(self, kind: str, value: str) -> str:
        """The pseudonym of the number after `value`; "" when `value` is not written in the digits 0 to 9.

        Leading zeros stay, as identifiers of a fixed width count: 0099 is followed by 0100, and 99 by 100.
        """
        if not (value.isascii() and value.isdigit()) or len(value) > _LONGEST_NUMBER:
            return ""
        return self.of(kind, str(int(value) + 1).zfill(len(value)))


_LONGEST_NUMBER = 64
"""Digits. Longer runs are no identifiers, and turning them into numbers takes quadratic time."""
