"""Postal addresses of the United States: in a field for them, or as number, street and kind of street (USPS Publication 28)."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import Recognizer, near, words

_KINDS_OF_STREETS = """
alley aly avenue ave av boulevard blvd bypass causeway circle cir court ct cove crescent cres crossing xing drive dr expressway
freeway heights highway hwy hollow junction knoll lane ln loop meadow mews parkway pkwy pass path pike pl place plaza plz point
ridge road rd route rte row run square sq street st terrace ter trail trl turnpike tpke view village vista walk way
"""
_STATES_AND_TERRITORIES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA PR RI SC
SD TN TX UT VT VA VI WA WV WI WY
"""

_SPACE = r"[ \x1f\xa0+]{1,2}"
_KIND = "|".join(sorted(_KINDS_OF_STREETS.split(), key=len, reverse=True))
_STATE = "|".join(_STATES_AND_TERRITORIES.split())
_TURN = r"(?:(?:[NSEW]|NE|NW|SE|SW)\.?|(?ai:north|south|east|west)(?:(?ai:east|west))?)(?![\w])"
_GRID = r"[NS]\d{1,3}[ ]?[EW]\d{2,6}|[EW]\d{1,3}[ ]?[NS]\d{2,6}"
"""A number of the grids of Wisconsin and Illinois, as N6W23001."""
_NUMBER = (
    rf"(?<![\w.,/#$-])(?<![^A-Za-z]:)"
    rf"(?:{_GRID}|\d{{1,6}}(?:-\d{{1,4}})?[A-Za-z]?(?:[ ]?[\u00bc-\u00be]|[ ][13]/[234])?)(?![\w.])"
)
_WORD = r"(?:[^\W\d_]|\d{1,3}(?ai:st|nd|rd|th)|\d{1,2}(?:[ ]1/2)?(?=[ ](?ai:mile)))(?:[^\W\d_]|['\u2019.-](?=[^\W\d_]))*\.?"
_ZIP = r"\d{5}(?:-\d{4})?(?![\w-])"
_CALLED = r"(?!.{1,3}[0-9]{1,3}[-./) ]{1,2}[(]?[0-9]{2}|.{1,2}[0-9]{5})"
_UNITS = rf"apt|apartment|unit|suite|ste|room|rm|floor|fl|bldg|building|lot|trlr|ph{_CALLED}"
"""What stands before the number of a unit. The penthouse is written as the telephone is, and that has more digits."""
_UNITS_ALONE = "rear|front|upper|lower|bsmt|basement|penthouse"
_UNIT = (
    rf"(?:,?{_SPACE}(?:(?:(?ai:{_UNITS})\.?{_SPACE}?\#?|\#[ ]?)[\w-]{{1,8}}"
    rf"|\d{{1,2}}(?ai:st|nd|rd|th){_SPACE}(?ai:floor|fl)\b\.?|(?ai:{_UNITS_ALONE})\b)){{0,2}}"
)
_PLACE = (
    rf"(?:(?:,?{_SPACE}|,?[ ]?[\n\x0b]){_WORD}(?:{_SPACE}{_WORD}){{0,3}})?,?{_SPACE}(?:{_STATE})(?:,?{_SPACE}{_ZIP})?(?![\w-])"
)
_STREET = re.compile(
    rf"{_NUMBER}{_SPACE}(?:{_TURN}{_SPACE})?{_WORD}{_SPACE}(?:{_WORD}{_SPACE}){{0,3}}(?P<kind>(?ai:{_KIND}))(?!\w)\.?"
    rf"(?:{_SPACE}{_TURN})?(?P<unit>{_UNIT})(?P<place>{_PLACE})?"
)
_ROADS = rf"state|county|u\.?s\.?|farm{_SPACE}to{_SPACE}market|ranch"
_ROAD = re.compile(
    rf"{_NUMBER}{_SPACE}(?:{_TURN}{_SPACE})?(?ai:{_ROADS})(?:{_SPACE}(?ai:route|road|rte|rt|rd|highway|hwy))?{_SPACE}\d{{1,4}}"
    rf"(?:{_SPACE}(?ai:{_KIND})(?!\w)\.?)?(?!\w)(?P<unit>{_UNIT})(?P<place>{_PLACE})?"
)
_ROUTE = rf"(?ai:r\.?[ ]?r\.?|h\.?c\.?|rural{_SPACE}route|p\.?s\.?c\.?|unit|cmr){_SPACE}\#?\d{{1,5}},?{_SPACE}"
_BOX = re.compile(
    rf"(?:(?:(?ai:p\.?[ ]?o\.?|post{_SPACE}office){_SPACE}?|{_ROUTE})(?ai:box)|(?<!\w)(?:POB|P\.O\.B\.)){_SPACE}\#?\d{{1,6}}"
    rf"(?!\w)(?P<place>{_PLACE})?"
)
_BARE_BOX = re.compile(rf"(?ai:box){_SPACE}\#?\d{{1,6}}(?!\w)(?P<place>{_PLACE})?")
_WHOLE = re.compile(r"\s*(?=[^\d]{0,24}\d)(?=.{0,60}?[^\W\d_]{2})[^\W_][^@:=<>{}\[\]$%|\\\"/?]{4,160}(?<=\S)\s*")
_CLOCK = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,3}(?:\.\d{1,3}){3}")
_CONTEXT = words(
    "address", "addr", "street", "ship", "deliver", "bill", "mail", "live", "home", "resid", "moved", "located", "sent to"
)
_SEEN_NUMBER = (
    r"\b(?:[0-9]{1,6}(?:-[0-9]{1,4})?[A-Za-z]?(?:[ ]?[?]|[ ][13]/[234])?|[NSEW][0-9]{1,3}[ ]?[NSEW][0-9]{2,6})[ +\x1f]{1,2}"
    r"(?:[NSEW][.EW]{0,2}[ +\x1f])?"
)
_SEEN = (
    rf"{_SEEN_NUMBER}[A-Z0-9][A-Za-z0-9'?.-]{{0,20}}[ +\x1f]"
    rf"(?:(?:[A-Z][A-Za-z'?.-]{{0,20}}|1/2|de|del|la|las|los|of|the|du|des)[ +\x1f]){{0,3}}(?i:{_KIND})(?:\b|_)"
)
_SEEN_ROAD = (
    rf"{_SEEN_NUMBER}(?i:(?:state|county|u[.]?s[.]?|farm to market|ranch)[ +\x1f])"
    r"(?i:(?:route|road|rte|rt|rd|highway|hwy)[ +\x1f])?[0-9]{1,4}(?:\b|_)"
)
_SEEN_BOX = r"(?i:box)[ +\x1f]#?[0-9]{1,6}(?:\b|_)"


class Address(Recognizer):
    """ADDRESS: the street, with the unit, the city, state and ZIP code that follow."""

    entity = "ADDRESS"
    shapes = (
        _SEEN,
        _SEEN_ROAD,
        rf"\b(?i:p[.]?[ ]?o[.]?|post office)[ +\x1f]?{_SEEN_BOX}",
        rf"\b(?i:r[.]?[ ]?r[.]?|h[.]?c[.]?|rural route|p[.]?s[.]?c[.]?|unit|cmr)[ +\x1f]#?[0-9]{{1,5}},?[ +\x1f]{_SEEN_BOX}",
        r"\bB(?i:ox)[ +\x1f]#?[0-9]{1,6},?[ +\x1f\x0b]",
        r"\b(?:POB|P[.]O[.]B[.])[ +\x1f]#?[0-9]{1,6}(?:\b|_)",
    )

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A street or box; without a unit, a place or a word nearby it is less sure."""
        del end
        told = _place_at(text, start, len(text))
        if told is None:
            return
        parts = told.groupdict()
        score, why = 0.55, "number, street and kind of street" if "unit" in parts else "a post office box"
        if parts["place"] or parts.get("unit"):
            score, why = 0.8, why + " with a place" if parts["place"] else why + " with a unit"
        if near(_CONTEXT, text, start):
            score, why = score + 0.1, why + "; an address is named nearby"
        yield self.found(start, told.end(), score, why)

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The address in the field: all of a quoted value that has a number and words, else the street that it begins with."""
        begin = value.start + len(text[value.start : value.end]) - len(text[value.start : value.end].lstrip())
        told = _place_at(text, begin, value.end) or _BARE_BOX.match(text, begin, value.end)
        whole = _WHOLE.match(text, value.start, value.end) if value.quoted else None
        if whole and whole.end() == value.end and not _CLOCK.match(whole[0].strip()) and (told or not value.weak):
            last = whole.start() + len(whole[0].rstrip())
            yield self.found(begin, last, value.weight, f"field {value.name}")
        elif told:
            yield self.found(begin, told.end(), value.weight, f"field {value.name}")


def _place_at(text: str, start: int, end: int) -> re.Match[str] | None:
    """The address that begins here; a box without the office that keeps it must have a place."""
    told = _ROAD.match(text, start, end) or _STREET.match(text, start, end) or _BOX.match(text, start, end)
    if told:
        return told
    bare = _BARE_BOX.match(text, start, end)
    return bare if bare and bare["place"] else None
