"""Dates of birth: dates in a field for them, or after words that say so. A date alone is only a date."""

import re
from collections.abc import Iterator
from datetime import date

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, Recognizer

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_GAP = r"[\s+\x1f\xa0,.\-]{1,3}"
# Outside ASCII there are letters whose other case is one of ours, as the long s.
_ANY_CASE = re.IGNORECASE | re.ASCII
_DAY, _YEAR = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?", r"(?P<y>\d{4}|\d{2})(?!\d)"
_THE = rf"(?:the{_GAP})?"
_FORMS = (
    re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>(?:18|19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?P<m>\d\d)(?P<d>\d\d)(?P<y>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(r"(?P<m>\d{1,2})(?P<s>[-/.])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(rf"(?P<m>{_MONTH}){_GAP}{_DAY}{_GAP}(?P<y>\d{{4}})(?!\d)", _ANY_CASE),
    re.compile(rf"{_THE}{_DAY}{_GAP}(?:of{_GAP})?(?P<m>{_MONTH}){_GAP}{_YEAR}", _ANY_CASE),
)
_NUMBERED, _WRITTEN = (*_FORMS[:4], _FORMS[5]), _FORMS[4:]
"""The forms that begin with a digit, and those that do not."""
_WORDS = frozenset((*_MONTHS, "the"))
"""What a form that does not begin with a digit begins with."""
_CLOCK = re.compile(r"[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?")
_EARLIEST = 1880
_REACH = 120  # code points before and behind it in which a pixel's other data stand
_COMPACT = re.compile(r"db[\]\"' ]{0,3}[:=][\"' ]{0,3}(?P<told>(?:18|19|20)\d{6})(?!\d)")
_BESIDE = re.compile(r"\b(?:em|ph|fn|ln|external_id)\b")


class Dob(Recognizer):
    """DOB."""

    entity = "DOB"
    shapes = (r"\bdb[\]\"' ]{0,3}[:=][\"' ]{0,3}(?:18|19|20)[0-9]{6}",)
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """What pixels call `db`: a day without separators, beside other data of a person (Meta, advanced matching)."""
        del end
        told = _COMPACT.match(text, start)
        if told and day_of(told["told"]) and _BESIDE.search(text, max(0, start - _REACH), told.end() + _REACH):
            yield self.found(*told.span("told"), 0.75, "a day that a pixel calls a birthday")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The date at the start of the field, with the time of day that some systems add."""
        start = value.start
        is_numbered = text[start : start + 1].isdecimal()
        if not is_numbered and text[start : start + 3].lower() not in _WORDS:
            return
        for form in _NUMBERED if is_numbered else _WRITTEN:
            told = form.match(text, value.start, value.end)
            if told and _day(told):
                clock = _CLOCK.match(text, told.end(), value.end)
                yield self.found(told.start(), clock.end() if clock else told.end(), value.weight, f"field {value.name}")
                return


def day_of(told: str) -> str:
    """The day at the start of a text, as ISO 8601 writes it; "" when there is none.

    Of two readings it is the American one, the month first; a year of two digits belongs to the last century.
    """
    for form in _FORMS:
        if (written := form.match(told)) and (day := _day(written)):
            return day.isoformat()
    return ""


def _day(told: re.Match[str]) -> date | None:
    year = int(told["y"])
    month = told["m"]
    first, second = (int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1), int(told["d"])
    year = year if len(told["y"]) == 4 else 1900 + year  # noqa: PLR2004  # four digits of a year
    if year < _EARLIEST:
        return None
    # Day and month change places from country to country; either reading will do.
    return _existing(year, first, second) or (_existing(year, second, first) if month.isdigit() else None)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
