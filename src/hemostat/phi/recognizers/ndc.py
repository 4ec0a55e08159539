"""National drug codes: labeler, product and package (21 CFR 207.33), ten digits with dashes, eleven as payers write them."""

import re
from collections.abc import Iterator

from hemostat.phi.match import Candidate, Value

from .base import END, Context, Recognizer, words

_DASHED = r"(?:\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2})"
_SHAPED = re.compile(rf"(?<![\w.-]){_DASHED}{END}(?!\.\d)")
_CODE = re.compile(rf"(?:{_DASHED}|\d{{10,11}}|\d{{4,5}}-\d{{3,4}}){END}(?!\.\d)")
_CONTEXT = Context(
    speaks_for=words("ndc", "drug", "rx", "medic", "prescri", "dispens", "pharmac", "dose", "tablet", "capsule", "refill"),
    against=words("part", "sku", "form", "model", "item", "lot", "serial", "upc", "bin"),
)


class Ndc(Recognizer):
    """NDC. Part numbers are written alike: a field or a word nearby must speak of drugs."""

    entity = "NDC"
    shapes = (r"\b[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}(?:\b|_)",)
    between = re.compile(r"""["'\s]*[,;|/+ \x1f]["'\s]*""")

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A code with its dashes."""
        del end
        told = _SHAPED.match(text, start)
        if told and _CONTEXT.weigh(text, start, gain=1, loss=1) > 0:
            yield self.found(start, told.end(), 0.8, "written as a drug code; a drug is named nearby")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """The code at the start of the field: with its dashes, the product alone, or ten or eleven digits."""
        told = _CODE.match(text, value.start, value.end)
        if told:
            yield self.found(told.start(), told.end(), value.weight, f"field {value.name}")
