"""Medical record numbers: each hospital has its own form, so that only a field or label tells one."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, PSEUDONYM, Recognizer

_FORM = re.compile(
    r"(?=[A-Za-z0-9.-]{0,12}\d[A-Za-z0-9.-]{0,12}\d[A-Za-z0-9.-]{0,12}\d)"
    r"[A-Za-z0-9](?:[A-Za-z0-9]|[-.](?=[A-Za-z0-9])){3,18}(?:_[A-Za-z0-9]{1,12}){0,2}(?![\w@-])"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3}")


class Mrn(Recognizer):
    """MRN: 4 to 19 letters, digits and dashes, with at least three digits."""

    entity = "MRN"
    between = BETWEEN

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field."""
        told = _FORM.match(text, value.start, value.end)
        if told and not _DATE.match(told[0]) and not PSEUDONYM.match(told[0]):
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
