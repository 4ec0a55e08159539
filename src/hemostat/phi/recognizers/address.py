"""Postal addresses of the United States: in a field for them, or as number, street and kind of street (USPS Publication 28)."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer, near, words

_KINDS_OF_STREETS = """
alley aly avenue ave av boulevard blvd bypass causeway circle cir court ct cove crescent cres crossing xing drive dr expressway
freeway heights highway hwy hollow junction knoll lane ln loop meadow mews parkway pkwy pass path pike place plaza plz point ridge
road rd route rte row run square sq street st terrace ter trail trl turnpike tpke view village vista walk way
"""
_STATES_AND_TERRITORIES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA PR RI SC
SD TN TX UT VT VA VI WA WV WI WY
"""

_SPACE = r"[ \x1f\xa0+]{1,2}"
_KIND = "|".join(sorted(_KINDS_OF_STREETS.split(), key=len, reverse=True))
_STATE = "|".join(_STATES_AND_TERRITORIES.split())
_TURN = r"(?:(?:[NSEW]|NE|NW|SE|SW)\.?|(?ai:north|south|east|west)(?:(?ai:east|west))?)(?![\w])"
_NUMBER = r"(?<![\w.,:/#$-])\d{1,6}(?:-\d{1,4})?[A-Za-z]?(?![\w.])"
_WORD = r"(?:[^\W\d_]|\d{1,3}(?:st|nd|rd|th))(?:[^\W\d_]|['\u2019.-](?=[^\W\d_]))*\.?"
_ZIP = r"\d{5}(?:-\d{4})?(?![\w-])"
_UNITS = "apt|apartment|unit|suite|ste|room|rm|floor|fl|bldg|building|lot|trlr|ph"
_UNIT = rf"(?:,?{_SPACE}(?:(?ai:{_UNITS})\.?{_SPACE}?\#?|\#[ ]?)[\w-]{{1,8}})?"
_PLACE = rf"(?:,?{_SPACE}{_WORD}(?:{_SPACE}{_WORD}){{0,3}})?,?{_SPACE}(?:{_STATE})(?:,?{_SPACE}{_ZIP})?(?![\w-])"
_STREET = re.compile(
    rf"{_NUMBER}{_SPACE}(?:{_TURN}{_SPACE})?{_WORD}{_SPACE}(?:{_WORD}{_SPACE}){{0,3}}(?P<kind>(?ai:{_KIND}))(?!\w)\.?"
    rf"(?:{_SPACE}{_TURN})?(?P<unit>{_UNIT})(?P<place>{_PLACE})?"
)
_BOX = re.compile(rf"(?ai:p\.?[ ]?o\.?|post{_SPACE}office){_SPACE}?(?ai:box){_SPACE}\#?\d{{1,6}}(?!\w)(?P<place>{_PLACE})?")
_WHOLE = re.compile(r"\s*(?=[^\d]{0,24}\d)(?=.{0,60}?[^\W\d_]{2})[^\W_][^@:=<>{}\[\]$%|\\\"/?]{4,160}(?<=\S)\s*")
_CLOCK = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,3}(?:\.\d{1,3}){3}")
_CONTEXT = words(
    "address", "addr", "street", "ship", "deliver", "bill", "mail", "live", "home", "resid", "moved", "located", "sent to"
)
_SEEN = (
    rf"\b[0-9]{{1,6}}[A-Za-z]?[ +\x1f]{{1,2}}(?:[NSEW][.EW]{{0,2}}[ +\x1f])?[A-Z0-9][A-Za-z0-9'?.-]{{0,20}}[ +\x1f]"
    rf"(?:[A-Z][A-Za-z'?.-]{{0,20}}[ +\x1f]){{0,3}}(?i:{_KIND})(?:\b|_)"
)


class Address(Recognizer):
    """ADDRESS: the street, with the unit, the city, state and ZIP code that follow."""

    entity = "ADDRESS"
    shapes = (
        _SEEN,
        r"\b(?i:p[.]?[ ]?o[.]?|post office)[ +\x1f]?(?i:box)[ +\x1f][#]?[0-9]{1,6}(?:\b|_)",
    )

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A street or box; without a unit, a place or a word nearby it is less sure."""
        del end
        told = _STREET.match(text, start) or _BOX.match(text, start)
        if told is None:
            return
        parts = told.groupdict()
        score, why = 0.55, "number, street and kind of street" if "kind" in parts else "a post office box"
        if parts["place"] or parts.get("unit"):
            score, why = 0.8, why + " with a place" if parts["place"] else why + " with a unit"
        if near(_CONTEXT, text, start):
            score, why = score + 0.1, why + "; an address is named nearby"
        yield self.found(start, told.end(), score, why)

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The address in the field: all of a quoted value that has a number and words, else the street that it begins with."""
        begin = value.start + len(text[value.start : value.end]) - len(text[value.start : value.end].lstrip())
        told = _STREET.match(text, begin, value.end) or _BOX.match(text, begin, value.end)
        whole = _WHOLE.match(text, value.start, value.end) if value.quoted else None
        if whole and whole.end() == value.end and not _CLOCK.match(whole[0].strip()) and (told or not value.weak):
            last = whole.start() + len(whole[0].rstrip())
            yield self.found(begin, last, value.weight, f"field {value.name}")
        elif told:
            yield self.found(begin, told.end(), value.weight, f"field {value.name}")
