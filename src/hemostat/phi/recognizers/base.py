"""What every recognizer is: shapes to look for, a judge of candidates, and the words that make a candidate likelier."""

import re
from abc import ABC
from collections.abc import Iterator
from typing import ClassVar

from hemostat.phi.match import ENTITIES, Candidate, Value

REACH = 48
"""Code points before a candidate in which a word still counts as its context."""

CLOSE = 20
"""Code points before a candidate in which a word that speaks against it counts: about one field name."""

SPACE = r"[ \t\x1f\xa0+]"
"""A space as values have it: also the + of a query string, and the soft space of `views`."""

END = r"(?![^\W_]|-)"
"""What may not follow a number: a letter, a digit, a dash. An underscore may, as in `123-45-6789_old`."""

SMALL_WORDS = "de|del|della|der|den|des|di|da|do|dos|das|du|la|las|le|los|van|von|zu|ter|ten|bin|bint|ibn|ben|al|el"
"""Small words within names, of an expression; where they are looked for more loosely or more strictly, others join them."""

MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a\u07a6-\u07b0"
    r"\u0900-\u0963\u0971-\u09e3\u0a00-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ece\u0f71-\u0fbc\u102b-\u103e"
    r"\u17b4-\u17d3\u1dc0-\u1dff\u200c\u200d"
)
"""Accents and vowel signs, in the words of a character class: for `re` they are no letters, though words are made of them."""

BETWEEN = re.compile(r"[\s+]*(?:[,;|]|(?:and|or)(?=[\s+]))[\s+]*|[+\x1f]{1,2}")
"""What stands between the numbers of a list."""

PSEUDONYM = re.compile(r"[a-z][a-z_]*_[a-z2-7]{16}\Z")
"""Our own pseudonyms: they look like secrets and are none."""


class Recognizer(ABC):  # each of its methods may be left as it is, the class may not be used alone
    """One kind of patient data.

    shapes: Hyperscan expressions that end at, or within, each candidate of this kind; empty when only a field tells it.
    between: what stands between the values of a list without brackets; None when a field holds one value.
    """

    entity: ClassVar[str]
    shapes: ClassVar[tuple[str, ...]] = ()
    between: ClassVar[re.Pattern[str] | None] = None

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """Candidates around a place where one of the shapes matched."""
        del text, start, end
        yield from ()

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """Candidates in the value of a field that holds this kind."""
        del text, value
        yield from ()

    def mask(self, told: str) -> str:
        """A harmless hint of a value."""
        del told
        return "***"

    def found(self, start: int, end: int, score: float, why: str) -> Candidate:
        """A candidate of this kind."""
        return Candidate(start, end, self.entity, round(min(score, 1.0), 2), why)


_NO_MASK = rf"(?!(?<=\[)(?:{'|'.join(ENTITIES)})\])"


def words(*stems: str, whole: bool = False) -> re.Pattern[str]:
    """A pattern for words that start with (or, if `whole`, are) one of these, in snake_case, camelCase and capitals too."""
    cased = [
        rf"(?<![A-Za-z]){_NO_MASK}(?ai:{'|'.join(stems)})",
        rf"(?<=[a-z])(?:{'|'.join(stem[0].upper() + stem[1:] for stem in stems)})",
    ]
    return re.compile(rf"(?:{'|'.join(cased)}){'(?![a-z])' if whole else ''}")


def near(pattern: re.Pattern[str], text: str, start: int) -> bool:
    """Does one of the words stand shortly before this place?"""
    return pattern.search(text, max(0, start - REACH), start) is not None


class Context:
    """Words that speak for a candidate and words that speak against it. The last one before the candidate is right."""

    def __init__(self, *, speaks_for: re.Pattern[str], against: re.Pattern[str]) -> None:
        self._for = speaks_for
        self._against = against

    def weigh(self, text: str, start: int, *, gain: float, loss: float) -> float:
        """What the words before the candidate add to its score: `gain`, minus `loss`, or 0 when there are none."""
        low = max(0, start - REACH)
        named = [word.start() for word in self._for.finditer(text, low, start)]
        opposed = [word.start() for word in self._against.finditer(text, max(low, start - CLOSE), start)]
        if named and (not opposed or named[-1] > opposed[-1]):
            return gain
        return -loss if opposed else 0.0


def digits(told: str) -> str:
    """The digits 0 to 9 of a text."""
    return told if told.isascii() and told.isdigit() else "".join(c for c in told if "0" <= c <= "9")
