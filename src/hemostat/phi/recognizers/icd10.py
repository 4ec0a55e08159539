"""Diagnosis codes of ICD-10-CM: a letter, a digit, a letter or digit, and up to four more after a dot."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import END, Recognizer, near, words

_CATEGORY = r"(?:[A-Z][0-9][0-9]|C4A|C7[AB]|[DZ]3A|M1A|O9A)"
"""The first three characters. Few categories have a letter as the third, and B2B is none of them."""
_DOTTED = re.compile(rf"(?<![\w.-]){_CATEGORY}\.[0-9A-Z]{{1,4}}{END}(?!\.\d)")
_CODE = re.compile(rf"(?ai:{_CATEGORY}(?:\.?[0-9A-Z]{{1,4}})?){END}(?!\.\w)")
_DIAGNOSIS = words("icd", "lcd[- ]?10", "diagnos", "dx", "comorbid", "assessment", "eob", "billed", "impression", "reason: ")


class Icd10(Recognizer):
    """ICD10. Versions and model numbers look alike: a field, label or word nearby must speak of diagnoses."""

    entity = "ICD10"
    shapes = (rf"\b{_CATEGORY}\.[0-9A-Z]{{1,4}}(?:\b|_)",)
    between = re.compile(r"""["'\s]*[,;|/+ \x1f]["'\s]*""")

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A code with its dot."""
        del end
        told = _DOTTED.match(text, start)
        if told:
            named = near(_DIAGNOSIS, text, start)
            bracketed = text[start - 1 : start] == "(" and text[told.end() : told.end() + 1] == ")"
            score = 0.8 if named else 0.55 if bracketed else 0.3
            yield self.found(start, told.end(), score, "a code with its dot" + ("; diagnosis nearby" if named else ""))

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The code at the start of the field. A condition may be an E404 as well: there a code without its dot is weak."""
        told = _CODE.match(text, value.start, value.end)
        if told:
            weak = value.weak and "." not in told[0] and not near(_DIAGNOSIS, text, value.start)
            yield self.found(told.start(), told.end(), value.weight - 0.4 * weak, f"field {value.name}")
