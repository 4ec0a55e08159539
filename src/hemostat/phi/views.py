r"""Reading through encodings: what texts say once percent-encoding, JSON escapes and character references are undone.

A value may be written as `jane%40clinic.example`, as `\"dob\":\"1980\/01\/02\"` in JSON that is a string of other JSON, or as
`&quot;ssn&quot;`. `Plain` holds the plain texts and knows from where in the original each place of them comes.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

SOFT_SPACE, SOFT_AMPERSAND, SOFT_NEWLINE = "\x1f", "\x1a", "\x0b"
"""An encoded space, ampersand or newline belongs to the value it stands in: it must not look like the end of that value."""

_DEPTH = 4
"""Rounds of decoding: JSON in JSON in a percent-encoded form has three."""

_ESCAPE = re.compile(
    r"""[%\\&](?:
      (?<=%)(?P<percent>[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*)
    | (?<=\\)(?:u(?P<unicode>[0-9A-Fa-f]{4}(?:(?<=[dD][89abAB]..)\\u[dD][c-fC-F][0-9A-Fa-f]{2})?)|(?P<json>["'\\/bfnrt]))
    | (?<=&)(?:(?P<named>quot|amp|apos|lt|gt)|\#(?:[xX](?P<hex>[0-9A-Fa-f]{1,5})|(?P<decimal>[0-9]{1,6})));
    )""",
    re.VERBOSE,
)
_JSON = {"b": "\b", "f": "\f", "n": SOFT_NEWLINE, "r": "\r", "t": "\t"}
_NAMED = {"quot": '"', "amp": "&", "apos": "'", "lt": "<", "gt": ">"}
_SOFT = {" ": SOFT_SPACE, "&": SOFT_AMPERSAND, "\n": SOFT_NEWLINE}
_COMMON = {
    **{f"\\{c}": c for c in "\"'\\/"},
    **{f"%{n:02{case}}": _SOFT.get(chr(n), chr(n)) for n in range(128) for case in "xX"},
}
"""Most escapes by far."""


class _Round(NamedTuple):
    """One round of decoding. After the character at `after[i] - 1` of the decoded text come `lost[i]` fewer than in the coded."""

    text: str
    after: list[int]
    lost: list[int]

    def origin(self, place: int) -> int:
        """Where the character at a place of the decoded text began in the coded one."""
        known = bisect_right(self.after, place)
        return place + self.lost[known - 1] if known else place


class Plain:
    """Those texts of a batch that have encodings, in plain words.

    places: of each, its index in the batch; texts: what each says.
    """

    def __init__(self, batch: Sequence[str]) -> None:
        self.places = [
            # Most queries have an ampersand, and few of them a character reference; and a search by letters is quicker.
            place
            for place, text in enumerate(batch)
            if ("&" in text or "%" in text or "\\" in text) and _ESCAPE.search(text)
        ]
        coded = [batch[place].replace("\n", SOFT_NEWLINE) for place in self.places]
        # All texts are decoded as one: a newline, which no text has any more, keeps them apart.
        self._rounds: list[_Round] = []
        joined = "\n".join(coded)
        while len(self._rounds) < _DEPTH and (decoded := _decode(joined)):
            self._rounds.append(decoded)
            joined = decoded.text
        if not self._rounds:
            self.places = []
        self.texts = joined.split("\n") if self.places else []
        self._coded_starts = _starts(coded)
        self._plain_starts = _starts(self.texts)

    def origin(self, number: int, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that says what the plain text `number` says from `start` to `end`."""
        base = self._plain_starts[number]
        first, last = base + start, base + end
        for decoded in reversed(self._rounds):
            first, last = decoded.origin(first), decoded.origin(last)
        return first - self._coded_starts[number], last - self._coded_starts[number]


def _starts(texts: Sequence[str]) -> list[int]:
    return list(accumulate((len(text) + 1 for text in texts), initial=0))


def _decode(text: str) -> _Round | None:
    pieces: list[str] = []
    after: list[int] = []
    lost: list[int] = []
    done = written = 0
    for escape in _ESCAPE.finditer(text):
        start, end = escape.span()
        told = escape[0]
        pieces.append(text[done:start])
        written += start - done
        place = start
        common = _COMMON.get(told)
        for character, length in ((common, end - start),) if common else _characters(escape):
            pieces.append(character)
            written += 1
            place += length
            after.append(written)
            lost.append(place - written)
        done = end
    if not done:
        return None
    pieces.append(text[done:])
    return _Round("".join(pieces), after, lost)


def _characters(escape: re.Match[str]) -> Sequence[tuple[str, int]]:
    """Each character that an escape stands for, and how many characters say so."""
    kind, told = escape.lastgroup, escape[escape.lastgroup or 0]
    length = len(escape[0])
    if kind == "percent":
        return _percent(told)
    if kind == "unicode":
        return _utf16(told, length)
    if kind == "json":
        return ((_JSON[told], length),)
    if kind == "named":
        return ((_NAMED[told], length),)
    return ((_numbered(int(told, 16 if kind == "hex" else 10)), length),)


def _percent(told: str) -> Sequence[tuple[str, int]]:
    """RFC 3986, section 2.1, over UTF-8; octets that are not UTF-8 count as Latin-1."""
    octets = bytes.fromhex(told.replace("%", ""))
    try:
        characters, encoding = octets.decode(), "utf-8"
    except UnicodeDecodeError:
        characters, encoding = octets.decode("latin-1"), "latin-1"
    return [(_SOFT.get(character, character), 3 * len(character.encode(encoding))) for character in characters]


def _utf16(told: str, length: int) -> Sequence[tuple[str, int]]:
    r"""RFC 8259, section 7: one \u escape, or two that make a pair."""
    units = b"".join(bytes.fromhex(unit) for unit in told.split("\\u"))
    character = units.decode("utf-16-be", "surrogatepass")
    return ((_SOFT.get(character, character), length),)


def _numbered(number: int) -> str:
    character = chr(number) if number <= _LAST_CODE_POINT else "\ufffd"
    return _SOFT.get(character, character)


_LAST_CODE_POINT = 0x10FFFF
