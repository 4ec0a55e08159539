"""Registration numbers of the DEA (21 CFR 1301.13): two letters and seven digits, of which the last is a check digit."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, Recognizer, near, words

_NUMBER = re.compile(rf"(?<![A-Za-z0-9_-])[A-HJ-MPRSTUXa-hj-mprstux][A-Za-z9][ -]?(?P<digits>\d{{7}}){END}(?!\.\d)")
_CONTEXT = words("dea", "prescrib", "registrant", "controlled", "schedule")


class Dea(Recognizer):
    """DEA. One random number in ten has a valid check digit: without a field or a word nearby it is only a number."""

    entity = "DEA"
    shapes = (r"\b[A-HJ-MPRSTUX][A-Z9][0-9]{7}(?:\b|_)",)
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A valid number after a word that speaks of prescribers."""
        del end
        told = _NUMBER.match(text, start)
        if told and is_valid(told["digits"]) and near(_CONTEXT, text, start):
            yield self.found(start, told.end(), 0.8, "check digit holds; a prescriber is named nearby")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field, a little less surely when its check digit does not hold."""
        told = _NUMBER.match(text, value.start, value.end)
        if told:
            holds = is_valid(told["digits"])
            why = f"field {value.name}; check digit {'holds' if holds else 'does not hold'}"
            yield self.found(told.start(), told.end(), value.weight + 0.05 if holds else value.weight - 0.3, why)


def is_valid(digits: str) -> bool:
    """Is the last of the seven digits that of the sum: the odd places, and twice the even ones?"""
    first = [int(digit) for digit in digits]
    return (sum(first[0:6:2]) + 2 * sum(first[1:6:2])) % 10 == first[6]
