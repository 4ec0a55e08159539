"""Medications by their generic names and brands: `content/phi/terms.yaml` has those that are known wherever they stand."""

import re
from collections.abc import Iterator

from hemostat.phi.dictionary import Term
from hemostat.phi.match import Candidate, Value

from .health import Health

_SPACE = r"[ \x1f\xa0+]"
_STRENGTH = re.compile(
    rf"(?:{_SPACE}(?ai:xr|er|sr|xl|cr|dr|ir|la|hcl|hydrochloride|sodium)(?!\w))?"
    rf"(?:{_SPACE}?\d{{1,4}}(?:[.,-]\d{{1,4}})?{_SPACE}?(?ai:mg|mcg|g|ml|%|units?|iu)(?!\w)"
    rf"(?:/(?:\d{{1,3}}(?:\.\d{{1,3}})?{_SPACE}?)?(?ai:mg|mcg|ml|actuation|hr|h|act)(?!\w))?)?"
)


_DOSE = re.compile(rf"{_SPACE}+\d")


class Medication(Health):
    """MEDICATION, with the strength that follows."""

    entity = "MEDICATION"

    def termed(self, text: str, start: int, end: int, term: Term) -> Iterator[Candidate]:
        """The words of the vocabulary, with their strength."""
        for found in super().termed(text, start, end, term):
            strength = _STRENGTH.match(text, end)
            yield found._replace(end=strength.end() if strength else end)

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The words in the field up to the strength, without how much and how often."""
        for found in super().fielded(text, value):
            dose = _DOSE.search(text, found.start, found.end)
            strength = _STRENGTH.match(text, dose.start()) if dose else None
            yield found._replace(end=strength.end() if strength else found.end)
