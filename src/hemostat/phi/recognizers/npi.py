"""National provider identifiers: ten digits, first 1 or 2, Luhn over the number with 80840 before it (45 CFR 162.406)."""

import re
from collections.abc import Iterator

from stdnum import luhn

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, Recognizer

_NUMBER = re.compile(rf"[12]\d{{9}}{END}(?!\.\d)")


class Npi(Recognizer):
    """NPI. Seconds since 1970 have ten digits too, and one in ten passes: only a field or label tells."""

    entity = "NPI"
    between = BETWEEN

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """A valid number at the start of the field."""
        told = _NUMBER.match(text, value.start, value.end)
        if told and is_valid(told[0]):
            yield self.found(told.start(), told.end(), value.weight + 0.05, f"field {value.name}; check digit holds")


def is_valid(number: str) -> bool:
    """Does the check digit hold?"""
    return bool(luhn.is_valid("80840" + number))
