"""Social security numbers. An area of 000, 666 or 900 to 999, a group 00 and a serial 0000 were never issued."""

import re
from collections.abc import Iterator

from stdnum.us import ssn as issued

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, SPACE, Context, Recognizer, digits, words

_SHAPED = re.compile(
    rf"(?<![^\W_])(?<![.+-])\d{{3}}(?P<sep>-|{SPACE}|\.)\d{{2}}(?P=sep)\d{{4}}{END}(?!\.\d)(?!_\w{{0,20}}\.[a-z]{{3,4}}\b)"
)
_FIELD = re.compile(rf"\d{{3}}(?:{SPACE}?[-.]{SPACE}?|{SPACE})?\d{{2}}(?:{SPACE}?[-.]{SPACE}?|{SPACE})?\d{{4}}{END}")
_NUMBERED = (
    "order sku part serial invoice tracking phone model item po batch lot moved material bin shipment parcel case ticket rma upc"
    " ean gtin asin barcode"
)
_CONTEXT = Context(
    speaks_for=words("ssn", "social", "soc sec", "tax", "itin", "identity"),
    against=words(*_NUMBERED.split(), whole=True),
)


class Ssn(Recognizer):
    """SSN. Synthetic people have numbers of ranges never issued; they are found like real ones, a little less surely."""

    entity = "SSN"
    shapes = (r"[0-9]{3}[-. ?+\t][0-9]{2}[-. ?+\t][0-9]{4}(?:\b|_)",)
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """Three, two and four digits with dashes; with other separators only where the words around say so."""
        del end
        number = _SHAPED.match(text, start)
        if number is None:
            return
        score, why = _weighed(digits(number[0]))
        words_say = _CONTEXT.weigh(text, start, gain=0.3, loss=0.3)
        if words_say <= 0 and number["sep"] != "-":
            score -= 0.4
        yield self.found(start, number.end(), min(score + words_say, 0.95), why + ("; named nearby" if words_say > 0 else ""))

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """Nine digits in a field for them, with or without separators."""
        number = _FIELD.match(text, value.start, value.end)
        if number:
            known = issued.is_valid(digits(number[0]))
            score = value.weight if known else value.weight - 0.1
            yield self.found(number.start(), number.end(), score, f"field {value.name}{'' if known else ', never issued'}")


def _weighed(told: str) -> tuple[float, str]:
    if issued.is_valid(told):
        return 0.7, "area, group and serial can exist"
    if told[:3] != "000" and told[3:5] != "00" and told[5:] != "0000":
        return 0.5, "written like one, area never issued"
    return 0.3, "written like one, cannot exist"
