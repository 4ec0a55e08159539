"""Payment card numbers (ISO/IEC 7812-1): the brands' lengths and prefixes, and the Luhn check digit."""

import re
from collections.abc import Iterator

from stdnum import luhn

from hemostat.phi.match import Candidate, Value

from .base import BETWEEN, END, SPACE, Context, Recognizer, digits, words

_RUN = re.compile(rf"(?<![\w-])(?<!\d\.)\d(?:(?:{SPACE}|-)?\d){{12,18}}{END}(?!\.\d)")
_BRANDS = (
    ("Visa", r"4(?:\d{15}|\d{12}|\d{18})"),
    ("Mastercard", r"(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"),
    ("American Express", r"3[47]\d{13}"),
    ("Discover", r"6(?:011|4[4-9]\d|5\d\d)\d{12}"),
    ("Diners Club", r"3(?:0[0-5]|[689]\d)\d{11}"),
    ("JCB", r"35(?:2[89]|[3-8]\d)\d{12}"),
    ("UnionPay", r"62\d{14,17}"),
)
_OF_A_BRAND = re.compile("|".join(f"({pattern})" for _, pattern in _BRANDS))
_SURE_LENGTHS = {15, 16}
_CONTEXT = Context(
    speaks_for=words("card", "pan", "visa", "mastercard", "amex", "credit", "debit", "discover", "payment", "cc", "ccnum"),
    against=words(
        "order",
        "id",
        "trace",
        "span",
        "request",
        "tracking",
        "ref",
        "sku",
        "upc",
        "ean",
        "gtin",
        "time",
        "ts",
        "seq",
        "build",
        "nonce",
        "offset",
        "bytes",
        "barcode",
        "serial",
        "checkout",
        "variant",
        "product",
        "session",
        "imei",
        "gid",
        "hash",
        "invoice",
        whole=True,
    ),
)


class Pan(Recognizer):
    """PAN. One random number in ten passes Luhn, so that a bare run of digits is weighed by the words before it."""

    entity = "PAN"
    shapes = (r"\b[2-6][0-9]{3}[- ?+]?[0-9]{4,6}[- ?+]?[0-9]{4,5}(?:[- ?+]?[0-9]{1,7})?(?:\b|_)",)
    between = BETWEEN

    def shaped(self, text: str, start: int, end: int) -> Iterator[Candidate]:
        """A number in groups, or a bare one."""
        del end
        run = _RUN.match(text, start)
        if run is None:
            return
        told = digits(run[0])
        brand = brand_of(told)
        if brand is None:
            return
        score = 0.6 if len(told) in _SURE_LENGTHS else 0.35
        if not run[0].isdigit():
            if not _grouped(run[0]):
                return
            score += 0.2
        score += _CONTEXT.weigh(text, start, gain=0.25, loss=0.35)
        yield self.found(start, run.end(), min(score, 0.98), f"{brand} length and prefix, Luhn holds")

    def fielded(self, text: str, value: Value) -> Iterator[Candidate]:
        """A number in a field for card numbers."""
        run = _RUN.match(text, value.start, value.end)
        brand = brand_of(digits(run[0])) if run else None
        if run and brand:
            yield self.found(run.start(), run.end(), value.weight + 0.05, f"field {value.name}; {brand}, Luhn holds")


def brand_of(told: str) -> str | None:
    """The brand whose numbers look like this, if the check digit holds."""
    branded = _OF_A_BRAND.fullmatch(told)
    return _BRANDS[(branded.lastindex or 1) - 1][0] if branded and luhn.is_valid(told) else None


def _grouped(told: str) -> bool:
    """Is it written in the groups that cards have: fours, or 4-6-5 and 4-6-4?"""
    groups = [len(group) for group in re.split(rf"{SPACE}|-", told)]
    return groups in ([4, 6, 5], [4, 6, 4]) or (set(groups[:-1]) == {4} and groups[-1] <= 4)  # noqa: PLR2004  # digits in a group
