"""Numbers of driver licenses. Each state has its own form, from five digits to a letter and fourteen of them."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, PSEUDONYM, Recognizer

_NUMBER = re.compile(
    r"WDL[A-Z0-9]{9}(?![\w@-])"
    r"|(?=(?:[A-Za-z *.-]{0,7}\d){4})[A-Za-z0-9](?:[A-Za-z0-9*]|[-. +\x1f](?=\d{1,6}(?![A-Za-z]))){4,18}(?![\w@-])"
)
_OF_A_STATE = re.compile(r"[A-Za-z]\d+\Z|WDL[A-Z0-9]{9}\Z")
_LETTERED = r"[A-Za-z]\d{3,4}(?:[- ]\d{2,5}){2,4}(?:-\d)?|[A-Za-z]\d{11,14}"
_TOLD = re.compile(
    rf"(?:DL(?:[ _]?(?:\#|(?ai:no\.?|number)))?[ _:#]{{1,3}}(?P<labelled>WDL[A-Z0-9]{{9}}|[A-Za-z]?\d{{7,9}}|{_LETTERED})"
    rf"|(?ai:licen[cs]e)[ ](?P<bare>[A-Za-z]\d{{7}}|{_LETTERED}))(?![\w@-])(?!\.\d)"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class DriverLicense(Recognizer):
    """DRIVER_LICENSE. Only a field or label tells."""

    entity = "DRIVER_LICENSE"
    shapes = (
        r"(?:\b|_)DL(?:[ _]?(?:#|(?i:no[.]?|number)))?[ _:#]{1,3}[A-Za-z]?[0-9]{3}",
        r"(?:\b|_)DL[ _:#]{1,3}WDL[A-Z0-9]",
        r"\b(?i:licen[cs]e)[ ][A-Za-z][0-9]{3}",
    )
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A number of a state's form right behind its label; behind `license` alone it must begin with a letter."""
        del end
        told = _TOLD.match(text, start) or _TOLD.match(text, start + 1)
        if told:
            kind = told.lastgroup or ""
            yield self.found(
                *told.span(kind), 0.75 if kind == "labelled" else 0.6, "written as states write them, behind its label"
            )

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field: 5 to 19 letters and digits, of which at least four are digits."""
        told = _NUMBER.match(text, value.start, value.end)
        if told is None or _DATE.match(told[0]) or PSEUDONYM.match(told[0]):
            return
        # Of many things with a license few have a driver: there the number must look like one of a state.
        if value.weak and not _OF_A_STATE.match(told[0].replace("-", "").replace(" ", "")):
            return
        yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
