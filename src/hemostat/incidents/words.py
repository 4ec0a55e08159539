"""Words that people type, made fit to be kept: patient data in them is masked before it reaches the database."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hemostat.phi import Scanner

LONGEST = 20_000
_STAND_INS = 0xE000  # private use: these letters mean nothing to anybody, and none is left in a printable text


@cache
def _scanner() -> "Scanner":
    from hemostat.phi import Scanner  # noqa: PLC0415  # its patterns are compiled once

    return Scanner()


def words_ready() -> None:
    """The patterns are compiled, so that nobody waits for them when he types for the first time."""
    _scanner().scan("")


def safe_text(text: str, *, most: int = LONGEST, known: Collection[str] = ()) -> str:
    """The text without patient data that our scanner can see, without control characters but line breaks, cut at `most`.

    known: values that are no patient's, such as the organization's own telephone number; they stay as they are.
    """
    printable = "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "" for c in text.strip())
    kept = dict(enumerate(sorted({value for value in known if value}, key=len, reverse=True), start=_STAND_INS))
    for stand_in, value in kept.items():
        printable = printable.replace(value, chr(stand_in))
    return _scanner().shortened(printable, most).translate(kept)


def desk_text(text: str, *, most: int) -> str:
    """How another business is reached: its telephone numbers and mail addresses stay, all else is masked as `safe_text` does."""
    reach = [text[match.start : match.end] for match in _scanner().scan(text) if match.entity in {"PHONE", "EMAIL"}]
    return safe_text(text, most=most, known=reach)


def looks_like_patient_data(text: str) -> list[str]:
    """The stretches of a text that our scanner takes for patient data."""
    return [text[match.start : match.end] for match in _scanner().scan(text)]
