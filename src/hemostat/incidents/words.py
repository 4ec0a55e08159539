"""Words that people type, made fit to be kept: patient data in them is masked before it reaches the database."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hemostat.phi import Scanner

LONGEST = 20_000


@cache
def _scanner() -> "Scanner":
    from hemostat.phi import Scanner  # noqa: PLC0415  # its patterns are compiled once, when the first person types

    return Scanner()


def safe_text(text: str, *, most: int = LONGEST) -> str:
    """The text without patient data that our scanner can see, without control characters but line breaks, cut at `most`."""
    printable = "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "" for c in text.strip())
    return _scanner().shortened(printable, most)
