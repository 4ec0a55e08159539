"""What a value says of its neighbor: a date long past behind a name is a birthday, a code beside a condition is its diagnosis.

    Roe, Jane 02/03/1980     Jane Roe (2025550198)     psoriasis (L40.0)

None of them is told by itself: such a date may be of anything, such a number an order's.
"""

import re
from collections.abc import Iterator, Sequence

from .match import Candidate
from .recognizers import dob
from .recognizers.phone import is_valid

_SIGNS = r"[\"'\u201d]{0,3}[ \t\x1f]{0,2}[,;|(<\u2013-]?[ \t\x1f]{0,2}(?:(?ai:cell|ph|tel|on|at)[.:]?[ ])?"
_DAY = re.compile(rf"{_SIGNS}(?P<told>\d[^\n\r\x0b|;,()\"<>]{{5,17}}|[A-Za-z]{{3,9}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})")
_NUMBER = re.compile(
    rf"{_SIGNS}(?P<told>\+?1?[ .-]?\(?[2-9]\d\d\)?[ ./\u2010-\u2015-]{{0,3}}[2-9]\d\d[ ./\u2010-\u2015-]{{0,3}}\d{{4}}"
    r"|0\d{2,4}[ \x1f]\d{3,4}[ \x1f]\d{3,4})(?![\w-])(?!\.\d)"
)
_CATEGORY = r"(?:[A-Z][0-9][0-9]|C4A|C7[AB]|[DZ]3A|M1A|O9A)"
_CODE_BEHIND = re.compile(rf"[ \t\x1f]?[ (\[,:/-]?[ ]?(?P<told>{_CATEGORY}(?:\.[0-9A-Z]{{1,4}}|[0-9A-Z]{{1,4}})?)(?![\w-])(?!\.\w)")
_CODE_BEFORE = re.compile(rf"(?<![\w.-])(?P<told>{_CATEGORY}(?:\.[0-9A-Z]{{1,4}}|[0-9A-Z]{{1,4}}))[ )\],:/-]{{1,3}}\Z")
_LAST_YEAR = 2010
"""A date of later years beside a name may as well be of a visit or an order."""


def told_by(text: str, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """What stands beside the names and conditions that were found in a text."""
    for one in found:
        if one.entity == "NAME":
            yield from _behind_a_name(text, one.end)
        elif one.entity == "CONDITION":
            yield from _beside_a_condition(text, one)


def _behind_a_name(text: str, end: int) -> Iterator[Candidate]:
    if (number := _NUMBER.match(text, end)) and _can_be_called(number["told"]):
        yield Candidate(*number.span("told"), "PHONE", 0.55, "a telephone number behind a name")
    elif (day := _DAY.match(text, end)) and (long := dob.long_past(text, day.start("told"), _LAST_YEAR)):
        yield Candidate(day.start("told"), long, "DOB", 0.6, "a date long past behind a name")


def _can_be_called(told: str) -> bool:
    national = "".join(c for c in told if c.isdigit())
    return national[0] == "0" or is_valid(national[-10:])


def _beside_a_condition(text: str, condition: Candidate) -> Iterator[Candidate]:
    code = _CODE_BEHIND.match(text, condition.end) or _CODE_BEFORE.search(text, max(0, condition.start - 14), condition.start)
    if code:
        yield Candidate(*code.span("told"), "ICD10", 0.65, "a code beside a condition")
