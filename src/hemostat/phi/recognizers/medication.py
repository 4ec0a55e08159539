"""Medications by their generic names and brands: `content/phi/terms.yaml` has those that are known wherever they stand."""

import re
from collections.abc import Iterator

from hemostat.phi.dictionary import Term
from hemostat.phi.match import Candidate

from .health import Health

_SPACE = r"[ \x1f\xa0+]"
_STRENGTH = re.compile(
    rf"(?:{_SPACE}(?ai:xr|er|sr|xl|cr|dr|ir|la|hcl|hydrochloride|sodium)(?!\w))?"
    rf"(?:{_SPACE}?\d{{1,4}}(?:[.,]\d{{1,3}})?{_SPACE}?(?ai:mg|mcg|g|ml|%|units?|iu)(?!\w)"
    rf"(?:/(?:\d{{1,3}}(?:\.\d{{1,3}})?{_SPACE}?)?(?ai:mg|mcg|ml|actuation|hr|h|act)(?!\w))?)?"
)


class Medication(Health):
    """MEDICATION, with the strength that follows."""

    entity = "MEDICATION"

    def termed(self, text: str, start: int, end: int, term: Term) -> Iterator[Candidate]:
        """The words of the vocabulary, with their strength."""
        for found in super().termed(text, start, end, term):
            strength = _STRENGTH.match(text, end)
            yield found._replace(end=strength.end() if strength else end)
