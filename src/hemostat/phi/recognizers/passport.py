"""Passport numbers (ICAO Doc 9303, part 4): up to nine letters and digits; ours have nine digits, or a letter and eight."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, Recognizer

_NUMBER = re.compile(rf"(?:[A-Za-z]{{0,2}}[ \x1f]?\d{{6,9}}|[A-Z](?=(?:[A-Z]*\d){{4}})[A-Z0-9]{{7,8}}){END}(?!\.\d)")
_LONGEST = 9


class Passport(Recognizer):
    """PASSPORT. Nothing in the number says what it is: only a field or label tells."""

    entity = "PASSPORT"
    between = BETWEEN

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field."""
        told = _NUMBER.match(text, value.start, value.end)
        if told and sum(map(str.isalnum, told[0])) <= _LONGEST:
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
