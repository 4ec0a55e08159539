"""Diagnosis codes of ICD-10-CM: a letter, a digit, a letter or digit, and up to four more after a dot."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer, near, words

_DOTTED = re.compile(r"(?<![\w.-])[A-TV-Z]\d[0-9AB]\.[0-9A-Z]{1,4}(?![\w-])(?!\.\d)")
_CODE = re.compile(r"[A-TV-Z]\d[0-9AB](?:\.?[0-9A-Z]{1,4})?(?![\w-])(?!\.\w)", re.IGNORECASE)
_NEXT = re.compile(r"""["'\s]*[,;|/+ \x1f]["'\s]*""")
_CONTEXT = words("icd", "diagnos", "dx", "condition", "problem", "comorbid", "assessment")


class Icd10(Recognizer):
    """ICD10. Versions and model numbers look alike: a field, label or word nearby must speak of diagnoses."""

    entity = "ICD10"
    shapes = (r"\b[A-TV-Z][0-9][0-9AB]\.[0-9A-Z]{1,4}\b",)

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A code with its dot."""
        del end
        told = _DOTTED.match(text, start)
        if told:
            named = near(_CONTEXT, text, start)
            yield self.found(
                start, told.end(), 0.8 if named else 0.3, "a code with its dot" + ("; diagnosis nearby" if named else "")
            )

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """All codes of a list that the field begins with."""
        place = value.start
        while told := _CODE.match(text, place, value.end):
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
            gap = _NEXT.match(text, told.end(), value.end)
            if gap is None:
                return
            place = gap.end()
