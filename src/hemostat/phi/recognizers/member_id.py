"""Numbers of members and subscribers of a health plan. Medicare's have one form (CMS, Medicare Beneficiary Identifier format)."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, PSEUDONYM, Recognizer, near, words

_LETTER = "AC-HJKMNP-RT-Y"
"""The letters of Medicare's numbers: those that look like digits are none of them."""
_MBI = rf"[1-9][{_LETTER}][{_LETTER}0-9][0-9](?P<dash>-?)[{_LETTER}][{_LETTER}0-9][0-9](?P=dash)[{_LETTER}][{_LETTER}][0-9][0-9]"
_MEDICARE = re.compile(rf"(?<![A-Za-z0-9_-])(?ai:{_MBI}){END}")
_FORM = re.compile(
    r"(?=(?:[A-Za-z.-]{0,6}\d){4})[A-Za-z0-9]"
    r"(?:[A-Za-z0-9]|[-.](?=[A-Za-z0-9])|[ \x1f](?=\d{2,4}(?![A-Za-z0-9]))){4,23}(?![\w@-])"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONTEXT = words("medicare", "mbi", "member", "subscriber", "beneficiary", "insur", "coverage", "policy", "plan")


class MemberId(Recognizer):
    """MEMBER_ID. Medicare's is known by its form, others only by field: each plan has its own."""

    entity = "MEMBER_ID"
    shapes = (
        rf"\b[1-9][{_LETTER}][{_LETTER}0-9][0-9]-?[{_LETTER}][{_LETTER}0-9][0-9]-?[{_LETTER}][{_LETTER}][0-9][0-9](?:\b|_)",
    )
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A number of Medicare's form; without dashes it may be chance, and words nearby must speak of a plan."""
        del end
        told = _MEDICARE.match(text, start)
        if told:
            named = near(_CONTEXT, text, start)
            score = 0.9 if named else 0.65 if told["dash"] else 0.45
            yield self.found(
                start, told.end(), score, "written as Medicare writes them" + ("; a plan is named nearby" if named else "")
            )

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field."""
        if told := _MEDICARE.match(text, value.start, value.end):
            yield self.found(
                told.start(), told.end(), value.weight + 0.05, f"field {value.name}; written as Medicare writes them"
            )
            return
        told = _FORM.match(text, value.start, value.end)
        if told and not _DATE.match(told[0]) and not PSEUDONYM.match(told[0]):
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
