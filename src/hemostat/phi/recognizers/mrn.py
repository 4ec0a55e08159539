"""Medical record numbers: each hospital has its own form, so that only a field or label tells one."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, PSEUDONYM, Recognizer, digits

_FORM = re.compile(
    r"(?=[A-Za-z0-9.-]{0,12}\d[A-Za-z0-9.-]{0,12}\d[A-Za-z0-9.-]{0,12}\d)"
    r"[A-Za-z0-9](?:[A-Za-z0-9]|[-.](?=[A-Za-z0-9])){3,18}(?:_[A-Za-z0-9]{1,12}){0,2}(?![\w@-])"
)
_TOLD = re.compile(r"(?ai:patient|chart|pt)[ \x1f+](?:(?:#|(?ai:no\.?|num|number|id))[ \x1f+:]{0,2})?(?=[A-Za-z]{0,3}-?\d)")
_FEWEST_DIGITS = 5
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3}")


class Mrn(Recognizer):
    """MRN: 4 to 19 letters, digits and dashes, with at least three digits."""

    entity = "MRN"
    shapes = (
        r"\b(?i:patient|chart|pt)[ +\x1f](?:(?:#|(?i:no[.]?|num|number|id))[ +\x1f:]{0,2})?[A-Za-z]{0,3}-?[0-9][0-9.-]?[0-9]",
    )
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The number right behind the word for a patient or a chart."""
        del end
        place = _TOLD.match(text, start)
        told = _FORM.match(text, place.end()) if place else None
        if told and len(digits(told[0])) >= _FEWEST_DIGITS and not _DATE.match(told[0]) and not PSEUDONYM.match(told[0]):
            yield self.found(told.start(), told.end(), 0.6, "right behind the word for a patient")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field."""
        told = _FORM.match(text, value.start, value.end)
        if told and not _DATE.match(told[0]) and not PSEUDONYM.match(told[0]):
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
