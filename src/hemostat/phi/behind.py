"""What a value says of its neighbor: a date long past behind a name is a birthday, a code beside a condition is its diagnosis.

    Roe, Jane 02/03/1980     Jane Roe (2025550198)     psoriasis (L40.0)

None of them is told by itself: such a date may be of anything, such a number an order's.
"""

import re
from collections.abc import Iterator, Sequence

from .match import Candidate, Value
from .recognizers.dob import Dob, day_of
from .recognizers.phone import is_valid

_SIGNS = r"[\"'\u201d]{0,3}[ \t\x1f]{0,2}[,;|/(<\u2013-]?[ \t\x1f]{0,24}"
_NUMBERED = re.compile(r"[^\w\n]{0,28}(?:(?ai:null|n|cell|ph|tel|on|at)[.,:;| ]{1,3})?(?:[A-Za-z]{3,9}\.? )?[+(]{0,2}\d")
"""What is quickly seen: most names have no number behind them."""
_PERSONS = frozenset({"NAME", "SSN", "EMAIL"})
_EMPTY = r"(?:(?ai:null|\\n|\"\")[,;|][ ]?)?"
_DAY = re.compile(rf"{_SIGNS}{_EMPTY}(?P<told>\d|[A-Za-z]{{3,9}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})")
_NUMBER = re.compile(
    rf"{_SIGNS}(?:(?ai:cell|ph|tel|on|at)[.:]?[ ])?"
    r"(?P<told>\+?1?[ .-]?\(?[2-9]\d\d\)?[ ./\u2010-\u2015-]{0,3}[2-9]\d\d[ ./\u2010-\u2015-]{0,3}\d{4}"
    r"|0\d{2,4}[ \x1f]\d{3,4}[ \x1f]\d{3,4})(?![\w-])(?!\.\d)"
)
_OF_A_TABLE = re.compile(r"[ ]*[;|\t]\s*\d{10,11}\Z")
"""A bare number in another column may count anything."""
_CATEGORY = r"(?:[A-Z][0-9][0-9]|C4A|C7[AB]|[DZ]3A|M1A|O9A)"
_TEXT = r"\\*\"[ }\]]{0,3},[ ]?\\*\"(?:text|display)\\*\"[ ]?:[ ]?\\*\""
"""What FHIR writes between the code of a condition and its words."""
_CODE_BEHIND = re.compile(
    rf"(?:[ \x1f]?[ (\[,:/-]?[ ]?|</t[dh]>\s?<t[dh]>)(?P<told>{_CATEGORY}(?:\.[0-9A-Z]{{1,4}}|[0-9A-Z]{{1,4}})?)(?![\w-])(?!\.\w)"
)
_CODE_BEFORE = re.compile(
    rf"(?<![\w.-])(?P<told>{_CATEGORY}(?:\.[0-9A-Z]{{1,4}}|[0-9A-Z]{{1,4}}))(?:[ )\],:/-]{{1,3}}|{_TEXT}|</t[dh]>\s?<t[dh]>)\Z"
)
_DOB, _LONGEST_DAY = Dob(), 40
_RECENT = "2013"
"""From this year on a date beside a name may as well be of a visit or an order."""
_BEFORE = 40
"""Code points before a condition in which its code stands."""


def told_by(text: str, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """What stands beside the names, numbers and conditions that were found in a text."""
    for one in found:
        if one.entity == "CONDITION":
            yield from _code_beside(text, one)
        elif one.entity in _PERSONS and _NUMBERED.match(text, one.end):
            end = one.end
            for day in _day_behind(text, end):
                yield day
                end = day.end
            if one.entity == "NAME" or end > one.end:
                yield from _number_behind(text, end)


def _day_behind(text: str, end: int) -> Iterator[Candidate]:
    if day := _DAY.match(text, end):
        start = day.start("told")
        value = Value(start, min(len(text), start + _LONGEST_DAY), quoted=False, weight=0.6, weak=True, name="")
        for one in _DOB.fielded(text, value):
            if day_of(text[one.start : one.end]) < _RECENT:
                yield one._replace(why="a date long past behind a person")


def _number_behind(text: str, end: int) -> Iterator[Candidate]:
    number = _NUMBER.match(text, end)
    if number and _can_be_called(number["told"]) and not _OF_A_TABLE.match(number[0]):
        yield Candidate(*number.span("told"), "PHONE", 0.55, "a telephone number behind a person")


def _can_be_called(told: str) -> bool:
    national = "".join(c for c in told if c.isdigit())
    return national[0] == "0" or is_valid(national[-10:])


def _code_beside(text: str, condition: Candidate) -> Iterator[Candidate]:
    before = max(0, condition.start - _BEFORE)
    code = _CODE_BEHIND.match(text, condition.end) or _CODE_BEFORE.search(text, before, condition.start)
    if code:
        yield Candidate(*code.span("told"), "ICD10", 0.65, "a code beside a condition")
