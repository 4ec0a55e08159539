"""Telephone numbers of the United States (North American Numbering Plan), and others in fields that say so."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import END, REACH, SPACE, Context, Recognizer, digits, words

_DASHES = r"\u2010-\u2015"
_SEP = rf"(?:{SPACE}{{0,2}}[-./{_DASHES}]{SPACE}?|{SPACE})"
_SHAPED = re.compile(
    rf"(?P<country>\+?1{_SEP}?)?"
    rf"(?:(?P<paren>\()\s?(?P<area>\d{{3}})\s?\){SPACE}{{0,2}}-?|(?P<bare>\d{{3}})(?P<first>{_SEP}|(?<=\+1\d\d\d)))"
    rf"(?P<exchange>\d{{3}})(?P<second>{_SEP}|(?<=\d\d\d[ \x1f]\d\d\d)|(?<=\+1\d{{6}})|(?<=\+1 \d{{6}}))(?P<line>\d{{4}})"
    rf"(?:,?{SPACE}{{0,2}}(?:x|ext\.?|#){SPACE}?\d{{1,5}})?{END}(?!\.\d)",
    re.IGNORECASE,
)
_FICTIONAL = re.compile(rf"555[-. ]01\d\d{END}(?!\.\d)")
_FIELD = re.compile(
    rf"(?P<body>\+?[\d(](?:[\d().\-/{_DASHES}]|{SPACE}){{5,24}}\d)(?:,?{SPACE}{{0,2}}(?:x|ext\.?|#){SPACE}?\d{{1,5}})?(?![^\W_])",
    re.IGNORECASE,
)
_WORLD = re.compile(r"(?<![^\W_])(?<![+=])\+(?!1[ .-]?[2-9]\d\d)[1-9]\d{0,2}(?:[ .\x1f\xa0-]?\(?\d{1,6}\)?){2,5}(?![^\W_])")
_BRITISH = re.compile(
    r"(?<![^\W_])(?<![.+-])0(?:[1-9]\d{3}[ \x1f]\d{6}|1\d\d[ \x1f]\d{3}[ \x1f]\d{4}|2\d[ \x1f]\d{4}[ \x1f]\d{4}"
    r"|[1-9]\d{3}[ \x1f]\d{3}[ \x1f]\d{3})"
    r"(?![^\W_])(?!\.\d)"
)
_PLAIN = re.compile(rf"1?(?P<national>[2-9]\d\d[2-9]\d{{6}}){END}(?!\.\d)")
_SPELLED_OUT = re.compile(rf"(?<![\w.])(?:\d[ ]){{9}}\d{END}(?!\.\d| \d)")
_VERBS = r"(?:reach|ring|dial|phone|fax|contact)(?:ed|ing)?(?: (?:me|us|him|her|them))?(?: (?:at|on|by|to))*"
_NOUNS = (
    "callback|cell|mobile|tel|t[e\u00e9]l|ph|fx|sips?|my number|our number|best number|number is|number ko"
    "|n[u\u00fa]mero(?: es| ko)?|by text|member services"
)
_CALLS = (
    "text(?:ed|ing)? (?:me|us|him|her|at|on|to)(?: (?:at|on))?|call(?:ed|s|ing)?(?: ?back)?(?: (?:me|us|from|at|on))*"
    "|l[mv] (?:at|on)|leave a message(?: at)?|voice ?mail(?: at)?|picks? up at"
)
_CALLED = r"(?ai:call(?:ed)?|rang|paged|contact)[ ](?:(?![a-z])[^\W\d_][\w'\u2019.-]*,?[ ]){1,5}(?:(?:at|on)[ ])?"
_KEYED = r"(?ai:phone(?:[ _]?numbers?)?)[\\\"']{1,3}:[ ]?\[?\{[^{}\n]{0,24}"
_SIP = re.compile(r"(?ai:sips?:)\+?\Z")
_OF_AN_EXCHANGE = 0.97
"""What stands before the @ of a SIP address is a number: it looks like an address of mail and is none."""
_SPOKEN = re.compile(
    rf"(?<!\[)\b(?:(?ai:{_VERBS}|{_NOUNS}|{_CALLS}|again that'?s|incoming from)\b[^\w\n]{{0,4}}(?:is[ ])?|{_CALLED}|{_KEYED})\Z"
)
"""What stands right before a number that somebody can be called at."""
_UNBROKEN = re.compile(r"(?P<body>\+?[\d(][\d().\-]{5,18}\d)(?![^\W_])")
_OF_CALLS = (
    "phone", "mobile", "cell", "call", "fax", "tel", "sms", "contact", "dial", "reach", "ring ", "text (?:me|us|at|on)",
    "ph#?[ :.]", "fx[ :.]", "message at", "picks? up at", "number is", "our number", "my number", "n[u\u00fa]mero", "voicemail",
    "lm at", "helpline", "office", "text from", "notified", "joins? from", "paged", "services", "by text", "incoming from",
)  # fmt: skip
_CONTEXT = Context(
    speaks_for=words(*_OF_CALLS),
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
        r"\b[2-9][0-9]{2}[ ?.][2-9][0-9]{6}(?:\b|_)",
        r"\b1?[2-9][0-9]{2}[2-9][0-9]{6}(?:\b|_)",
        r"\b[0-9](?:[ ][0-9]){9}\b",
        r"\b555[ .-]01[0-9]{2}(?:\b|_)",
        r"[+][2-9][0-9][ ?.0-9-]",
        r"\b0[1-9][0-9][0-9][0-9][ ?][0-9][0-9][0-9][0-9][0-9][0-9]",
        r"\b0[1-9][0-9]{1,3}[ ?][0-9]{3,4}[ ?][0-9]{3,4}(?:\b|_)",
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
        if plain := _PLAIN.match(text, start) or _SPELLED_OUT.match(text, start):
            yield from self._spoken(text, plain)
            return
        for first in range(max(0, start - 4), start + 1):
            number = _SHAPED.match(text, first)
            if number and number.end() >= end and not _glued(text, first):
                yield from self._judged(text, number)
                return
        fictional = _FICTIONAL.match(text, start)
        if fictional and not _glued(text, start):
            score = 0.5 + _CONTEXT.weigh(text, start, gain=0.25, loss=0.2)
            yield self.found(start, fictional.end(), score, "a number of the range kept for fiction")

    def _spoken(self, text: str, number: re.Match[str]) -> Iterator[Candidate]:
        """A run of digits is a telephone number where the words right before it speak of calling."""
        start = number.start()
        if is_valid(digits(number[0])[-_NATIONAL:]) and _SPOKEN.search(text, max(0, start - REACH), start):
            score = _OF_AN_EXCHANGE if _SIP.search(text, max(0, start - 6), start) else 0.6
            yield self.found(start, number.end(), score, "ten digits behind words of calling")

    def _judged(self, text: str, number: re.Match[str]) -> Iterator[Candidate]:
        area = number["area"] or number["bare"]
        if not is_valid(area + number["exchange"] + number["line"]):
            return
        spaced = not number["paren"] and not number["country"] and _is_space(number["first"]) and _is_space(number["second"])
        mixed = bool(number["bare"]) and number["first"].strip() != number["second"].strip() and not number["country"]
        score = 0.35 if spaced or mixed else 0.7
        score += _CONTEXT.weigh(text, number.start(), gain=0.25, loss=0.3)
        if _SIP.search(text, max(0, number.start() - 6), number.start()):
            score = _OF_AN_EXCHANGE
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
