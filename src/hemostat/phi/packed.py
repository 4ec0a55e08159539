"""Texts within a text in base64 (RFC 4648): JSON, XML and HL7 that a queue carries, and the name and word of HTTP's Basic.

Which runs of letters are base64 cannot be seen; that one begins as `{"`, `<?xml` or `MSH|` do can, and so only those are read.
"""

import binascii
import re
from itertools import accumulate
from typing import NamedTuple

_BEGINS = "eyJ|eyA|ewo|ew0|W3s|PD9|TVNIf"
HINT = rf"(?:Basic[ ]|(?:{_BEGINS}))[A-Za-z0-9+/_-][A-Za-z0-9+/_-][A-Za-z0-9+/_-][A-Za-z0-9+/_-]"
"""The expression, for the database, of where such a text begins."""

_TOKEN = re.compile(rf"(?:Basic (?=[A-Za-z0-9+/_-]{{12}})|(?={_BEGINS}))(?P<told>[A-Za-z0-9+/_-]{{8,65536}})={{0,2}}")
_FEWEST_PLAIN = 0.9  # of the characters of a text are printable, or spaces


class Unpacked(NamedTuple):
    """What a run of base64 says, and from where in the original each of its characters comes."""

    text: str
    start: int
    octets: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of base64 that says what the text says from `start` to `end`: three octets are four characters."""
        return self.start + self.octets[start] * 4 // 3, self.start - (-self.octets[end] * 4 // 3)


def unpacked(text: str, start: int) -> Unpacked | None:
    """The text that begins here in base64; None when what stands here says no text."""
    if start and (text[start - 1].isalnum() or text[start - 1] in "+/-_"):
        return None  # within a run that was read already, or says nothing
    token = _TOKEN.match(text, start)
    if token is None:
        return None
    told = token["told"].replace("-", "+").replace("_", "/")
    try:
        # A run that was cut short says all but its last letters.
        plain = binascii.a2b_base64(told[: len(told) // 4 * 4] if len(told) % 4 == 1 else told + "=" * (-len(told) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    if sum(map(str.isprintable, plain)) + sum(map(str.isspace, plain)) < _FEWEST_PLAIN * len(plain):
        return None
    return Unpacked(plain, token.start("told"), list(accumulate((len(letter.encode()) for letter in plain), initial=0)))
