"""What a scan answers, and the candidates it weighs on the way."""

import re
from bisect import bisect_left
from operator import attrgetter, le
from typing import NamedTuple

import msgspec

from .dictionary import Field

ENTITIES = (
    "EMAIL", "PHONE", "SSN", "PAN", "DOB", "NAME", "ADDRESS", "MRN", "MEMBER_ID", "NPI", "DEA", "PASSPORT", "DRIVER_LICENSE",
    "ICD10", "NDC", "CONDITION", "MEDICATION", "IP", "SESSION_TOKEN", "JWT", "API_KEY",
)  # fmt: skip
"""The kinds of patient data, in the order of the manual."""

MASK = re.compile(rf"\[(?:{'|'.join(ENTITIES)})\]")
"""What redaction leaves. It is our own word: it names no field and is no context."""


OWN = ", a word of your own"
"""What a reason says that rests on a word of a file of the user's."""


class Match(msgspec.Struct, frozen=True, gc=False):
    """One patient value in a text.

    start, end: offsets in code points; score: 0 to 1; masked: a harmless hint, never more than a first character;
    why: what justified it, in our own words. Neither `masked` nor `why` carries the value.
    """

    start: int
    end: int
    entity: str
    score: float
    masked: str
    why: str

    @property
    def own(self) -> bool:
        """Was it told by a word of the user's own?"""
        return OWN in self.why


class Redacted(msgspec.Struct, frozen=True):
    """A text in which nothing is found any more, and what was replaced, by offsets in the text as it came."""

    text: str
    matches: list[Match]


class Candidate(NamedTuple):
    """A stretch of text that a recognizer takes for a value of its entity."""

    start: int
    end: int
    entity: str
    score: float
    why: str


class Value(NamedTuple):
    """Where the value of a field stands in a text.

    `end` is where it must end at the latest; a quoted value ends exactly there. `weight` is what the field alone says, 0 to 1;
    `weak` marks a field that many things have; `name` is the field as the dictionary spells it.
    """

    start: int
    end: int
    quoted: bool
    weight: float
    weak: bool
    name: str


def value_of(field: Field, start: int, end: int, *, quoted: bool) -> Value:
    """A stretch of text as the value of a field."""
    name = f"{field.name}{OWN}" if field.own else field.name
    return Value(start, end, quoted=quoted, weight=field.weight, weak=field.weak, name=name)


class Cell(NamedTuple):
    """A stretch of a text that is, as a whole, the value of a field."""

    field: Field
    start: int
    end: int


def resolve(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates that do not overlap, by position: the highest score wins, then the longest, then the first."""
    if len(candidates) == 1:
        return candidates
    by_place = sorted(candidates)
    # Nearly all texts are done here; `map` goes through them without a step of Python for each.
    if all(map(le, map(_end, by_place), map(_start, by_place[1:]))):
        return by_place
    # The key orders fully, so that the answer does not depend on the order in which recognizers ran.
    ranked = sorted(candidates, key=lambda c: (-c.score, c.start - c.end, c.start, c.entity, c.why))
    taken: list[Candidate] = []
    for candidate in ranked:
        # `taken` is by position and free of overlaps: only the neighbors can be in the way.
        place = bisect_left(taken, candidate.start, key=_start)
        if place < len(taken) and taken[place].start < candidate.end:
            continue
        if place and taken[place - 1].end > candidate.start:
            continue
        taken.insert(place, candidate)
    return taken


_start, _end = attrgetter("start"), attrgetter("end")
