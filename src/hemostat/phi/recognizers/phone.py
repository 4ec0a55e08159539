"""Telephone numbers of the United States (North American Numbering Plan), and others in fields that say so."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import END, SPACE, Context, Recognizer, digits, words

_SEP = rf"(?:{SPACE}{{0,2}}[-./]{SPACE}?|{SPACE})"
_SHAPED = re.compile(
    rf"(?P<country>\+?1{_SEP}?)?"
    rf"(?:(?P<paren>\()\s?(?P<area>\d{{3}})\s?\){SPACE}{{0,2}}-?|(?P<bare>\d{{3}})(?P<first>{_SEP}|(?<=\+1\d\d\d)))"
    rf"(?P<exchange>\d{{3}})(?P<second>{_SEP}|(?<=\+1\d\d\d\d\d\d)|(?<=\+1 \d\d\d\d\d\d))(?P<line>\d{{4}})"
    rf"(?:,?{SPACE}{{0,2}}(?:x|ext\.?|#){SPACE}?\d{{1,5}})?{END}(?!\.\d)",
    re.IGNORECASE,
)
_FICTIONAL = re.compile(rf"555[-. ]01\d\d{END}(?!\.\d)")
_FIELD = re.compile(
    rf"(?P<body>\+?[\d(](?:[\d().\-/]|{SPACE}){{5,24}}\d)(?:,?{SPACE}{{0,2}}(?:x|ext\.?|#){SPACE}?\d{{1,5}})?(?![^\W_])",
    re.IGNORECASE,
)
_WORLD = re.compile(r"(?<![^\W_])(?<![+=])\+(?!1[ .-]?[2-9]\d\d)[1-9]\d{0,2}(?:[ .\x1f\xa0-]?\(?\d{1,6}\)?){2,5}(?![^\W_])")
_BRITISH = re.compile(r"(?<![^\W_])(?<![.+-])0[1-9]\d{3}[ \x1f]\d{6}(?![^\W_])(?!\.\d)")
_UNBROKEN = re.compile(r"(?P<body>\+?[\d(][\d().\-]{5,18}\d)(?![^\W_])")
_CONTEXT = Context(
    speaks_for=words("phone", "mobile", "cell", "call", "fax", "tel", "sms", "contact", "dial", "reach"),
    against=words(
        "order", "sku", "tracking", "version", "serial", "part", "invoice", "request", "trace", "bytes", "port", whole=True
    ),
)


class Phone(Recognizer):
    """PHONE. Written with separators a valid number stands for itself; a bare run of digits needs a field."""

    entity = "PHONE"
    shapes = (
        r"[2-9][0-9]{2}[)]?[ ?+\t./-]{0,3}[2-9][0-9]{2}[ ?+\t./-]{1,3}[0-9]{4}(?:\b|_)",
        r"[+]1[ ?+\t./-]?[2-9][0-9]{9}(?:\b|_)",
        r"\b555[ .-]01[0-9]{2}(?:\b|_)",
        r"[+][2-9][0-9][ ?.0-9-]",
        r"\b0[1-9][0-9][0-9][0-9][ ?][0-9][0-9][0-9][0-9][0-9][0-9]",
    )
    between = re.compile(r"\s*(?:[,;|/]|(?:and|or)(?=\s))\s*")

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """The number around the digits that were seen."""
        if text[start] in "+0" and (abroad := (_WORLD if text[start] == "+" else _BRITISH).match(text, start)):
            score = 0.65 if text[start] == "+" and _NATIONAL < len(digits(abroad[0])) <= _LONGEST else 0.35
            score += _CONTEXT.weigh(text, start, gain=0.25, loss=0.3)
            yield self.found(start, abroad.end(), score, "a telephone number of another country")
            return
        end -= text[end - 1] == "_"
        for first in range(max(0, start - 4), start + 1):
            number = _SHAPED.match(text, first)
            if number and number.end() >= end and not _glued(text, first):
                yield from self._judged(text, number)
                return
        fictional = _FICTIONAL.match(text, start)
        if fictional and not _glued(text, start):
            score = 0.5 + _CONTEXT.weigh(text, start, gain=0.25, loss=0.2)
            yield self.found(start, fictional.end(), score, "a number of the range kept for fiction")

    def _judged(self, text: str, number: re.Match[str]) -> Iterator[Candidate]:
        area = number["area"] or number["bare"]
        if not is_valid(area + number["exchange"] + number["line"]):
            return
        spaced = not number["paren"] and not number["country"] and _is_space(number["first"]) and _is_space(number["second"])
        mixed = bool(number["bare"]) and number["first"].strip() != number["second"].strip() and not number["country"]
        score = 0.35 if spaced or mixed else 0.7
        score += _CONTEXT.weigh(text, number.start(), gain=0.25, loss=0.3)
        yield self.found(number.start(), number.end(), score, "a US telephone number")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number in a field for numbers: 7 digits, 10 with an area code, up to 15 with a country code (ITU-T E.164)."""
        number = _FIELD.match(text, value.start, value.end)
        if number and len(digits(number["body"])) > _LONGEST:
            # Several numbers, with slashes or spaces between.
            number = _UNBROKEN.match(text, value.start, value.end)
        if number is None:
            return
        told = digits(number["body"])
        national = told[1:] if len(told) == _WITH_COUNTRY and told[0] == "1" else told
        if len(national) == _NATIONAL:
            score = value.weight if is_valid(national) else value.weight - 0.2
        elif (
            len(told) == _LOCAL
            or (told[0] == "0" and _NATIONAL - 1 <= len(told) <= _WITH_COUNTRY)
            or (_NATIONAL < len(told) <= _LONGEST and number["body"].startswith("+"))
        ):
            score = value.weight - 0.1
        else:
            return
        yield self.found(number.start(), number.end(), score, f"field {value.name}")


_LOCAL, _NATIONAL, _WITH_COUNTRY, _LONGEST = 7, 10, 11, 15


def is_valid(national: str) -> bool:
    """Can these ten digits be a number? Area and exchange start with 2 to 9, and no area code ends in 11."""
    return national[0] >= "2" and national[1:3] != "11" and national[3] >= "2"


def _is_space(separator: str) -> bool:
    return not separator.strip(" \t\x1f\xa0+")


def _glued(text: str, start: int) -> bool:
    """Is this the middle of a longer word or number?"""
    if start == 0:
        return False
    before = text[start - 1]
    return before.isalnum() or before in "_-" or (before == "." and start > 1 and text[start - 2].isdigit())
