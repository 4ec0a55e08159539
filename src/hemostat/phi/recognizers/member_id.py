"""Numbers of members and subscribers of a health plan. Medicare's have one form (CMS, Medicare Beneficiary Identifier format)."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, PSEUDONYM, Recognizer, near, words
from .phone import is_valid

_LETTER = "AC-HJKMNP-RT-Y"
"""The letters of Medicare's numbers: those that look like digits are none of them."""
_MBI = rf"[1-9][{_LETTER}][{_LETTER}0-9][0-9](?P<dash>-?)[{_LETTER}][{_LETTER}0-9][0-9](?P=dash)[{_LETTER}][{_LETTER}][0-9][0-9]"
_MEDICARE = re.compile(rf"(?<![A-Za-z0-9_-])(?ai:{_MBI}){END}")
_FORM = re.compile(
    r"(?=(?:[A-Za-z.-]{0,6}\d){4})[A-Za-z0-9]"
    r"(?:[A-Za-z0-9]|[-.](?=[A-Za-z0-9])|[ \x1f](?=\d{2,4}(?![A-Za-z0-9]))){4,23}(?![\w@-])"
)
_NUMBER = r"[A-Za-z]{1,3}[0-9]{8,12}|[A-Za-z]{3}[0-9]{3}[A-Za-z][0-9]{5}|[0-9]{10,12}"
"""What most plans write: up to three letters and digits, or digits alone."""
_BEGINNING = "(?:[A-Za-z]{0,3}[0-9]{8}|[A-Za-z]{3}[0-9]{3}[A-Za-z][0-9]{5})"
_OF_A_PLAN = re.compile(rf"(?<![\w.+-])(?:{_NUMBER})(?:[ \x1f-]0\d)?(?![\w@-])(?!\.\d)")
_MEMBERS = "member|enrollee|subscriber|insured|insurr?an[cs]e|beneficiary|mbr"
_PAYERS = (
    "aetna|anthem|bcbs|blue[ ]?cross|blue[ ]?shield|cigna|humana|kaiser|united[ ]?health(?:care)?|uhc|medicare|medicaid|tricare"
    "|molina|ambetter|centene|wellcare|highmark|carefirst|oscar health|optum[ ]?rx|caremark|express scripts"
)
_PLANS = re.compile(rf"(?<!\[)\b(?ai:{_MEMBERS}|{_PAYERS}|coverage|health plan)")
_PAYER = re.compile(rf"(?ai:{_PAYERS})")
_IDENTIFIER = "ID(?:[ ]on[ ](?:the|my|his|her)[ ]card)?[ #:]{1,3}"
_ALONE = re.compile(r"(?:\A|[,;.(|\n\x0b])[ ]{0,2}\Z")
"""What stands before an ID that is that of a member; `order ID` is none."""
_REACH = 96  # code points between the name of a plan and a number that is called ID
_LONGEST, _NATIONAL = 15, 10
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONTEXT = words("medicare", "mbi", "member", "subscriber", "beneficiary", "insur", "coverage", "policy", "plan")


class MemberId(Recognizer):
    """MEMBER_ID. Medicare's is known by its form, others only by field: each plan has its own."""

    entity = "MEMBER_ID"
    shapes = (
        rf"\b[1-9][{_LETTER}][{_LETTER}0-9][0-9]-?[{_LETTER}][{_LETTER}0-9][0-9]-?[{_LETTER}][{_LETTER}][0-9][0-9](?:\b|_)",
        rf"(?i:{_MEMBERS})(?i:[ ](?:is|no[.]?|number|active))?[^A-Za-z0-9\n]{{1,6}}{_BEGINNING}",
        rf"\b(?i:{_PAYERS})(?:[ ]of[ ][A-Z][a-z]{{1,14}}|[ ]Part[ ][A-D])?[^A-Za-z0-9\n]{{1,3}}{_BEGINNING}",
        rf"\b{_IDENTIFIER}{_BEGINNING}",
    )
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A number of Medicare's form; without dashes it may be chance, and words nearby must speak of a plan."""
        told = _MEDICARE.match(text, start)
        if told:
            named = near(_CONTEXT, text, start)
            score = 0.9 if named else 0.65 if told["dash"] else 0.45
            yield self.found(
                start, told.end(), score, "written as Medicare writes them" + ("; a plan is named nearby" if named else "")
            )
        else:
            yield from self._of_a_plan(text, start, end)

    def _of_a_plan(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The number behind a word of plans; behind a payer's name it may be the number to call."""
        told = _OF_A_PLAN.search(text, max(start, end - _LONGEST), end + _LONGEST)
        if told is None or told.start() >= end or not _PLANS.search(text, max(0, start - _REACH), end):
            return
        if text.startswith("ID", start) and not _ALONE.search(text, max(0, start - 3), start):
            return
        if not (_PAYER.match(text, start) and len(told[0]) == _NATIONAL and told[0].isdigit() and is_valid(told[0])):
            yield self.found(told.start(), told.end(), 0.65, "written as plans write them; a plan is named before")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field."""
        if told := _MEDICARE.match(text, value.start, value.end):
            yield self.found(
                told.start(), told.end(), value.weight + 0.05, f"field {value.name}; written as Medicare writes them"
            )
            return
        # Many things have members: there the number must look like one of a plan.
        told = (_OF_A_PLAN if value.weak else _FORM).match(text, value.start, value.end)
        if told and not _DATE.match(told[0]) and not PSEUDONYM.match(told[0]):
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
