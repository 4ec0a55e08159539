"""Numbers of driver licenses. Each state has its own form, from five digits to a letter and fourteen of them."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, PSEUDONYM, Recognizer

_NUMBER = re.compile(
    r"(?=(?:[A-Za-z *.-]{0,7}\d){4})[A-Za-z0-9](?:[A-Za-z0-9*]|[-. \x1f](?=\d{1,6}(?![A-Za-z]))){4,18}(?![\w@-])"
)
_OF_A_STATE = re.compile(r"[A-Za-z]\d+\Z|WDL[A-Z0-9]{9}\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class DriverLicense(Recognizer):
    """DRIVER_LICENSE. Only a field or label tells."""

    entity = "DRIVER_LICENSE"
    between = BETWEEN

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The number at the start of the field: 5 to 19 letters and digits, of which at least four are digits."""
        told = _NUMBER.match(text, value.start, value.end)
        if told is None or _DATE.match(told[0]) or PSEUDONYM.match(told[0]):
            return
        # Of many things with a license few have a driver: there the number must look like one of a state.
        if value.weak and not _OF_A_STATE.match(told[0].replace("-", "").replace(" ", "")):
            return
        yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
