"""Names and values that stand apart, each in brackets: `INSERT INTO t (name, dob) VALUES ('Jane Doe', '1980-02-03')`.

Databases write so into their logs, PostgreSQL also into its errors: `Key (mrn, dob)=(447122, 1980-02-03) already exists`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, cast

HINT = r"[)][ ]?(?:(?i:values)|=)[ ]?[(]"
"""The expression, for the database, of what stands between the names and the values."""

_BETWEEN = re.compile(r"\)\s?(?:(?ai:values)|=)\s?\(")
_NAMES = re.compile(r"\(([\w\s,.`\"'\[\]-]{2,2000})\Z")
_ITEM = re.compile(
    r"\s*(?:(?ai:date|timestamp|n|e)\s?(?=['\"]))?"
    r"(?:(?P<quote>['\"])(?P<quoted>(?:(?!(?P=quote))[^\\]|\\.|(?P=quote){2})*)(?P=quote)|(?P<bare>[^,()'\"]{0,400}))\s*"
)
_FURTHER = re.compile(r"\)\s?,\s?\(")
_MOST_ROWS = 50
_MARKS = " `\"'[]\t\n\r\x0b\x1f"


class Named(NamedTuple):
    """The name of a column, and where one of its values stands; a value that was quoted ends exactly there."""

    name: str
    start: int
    end: int
    quoted: bool


def named_values(text: str, start: int) -> Iterator[Named]:
    """The values of each row after the bracket that was seen, with the names from before it."""
    between = _BETWEEN.match(text, start)
    told = _NAMES.search(text, max(0, start - 2000), start) if between else None
    if between is None or told is None:
        return
    names = [name.strip(_MARKS).rpartition(".")[2].strip(_MARKS) for name in told[1].split(",")]
    place = between.end()
    for _ in range(_MOST_ROWS):
        for name in names:
            item = cast("re.Match[str]", _ITEM.match(text, place))  # it matches the empty string, and so anywhere
            part = "quoted" if item["quoted"] is not None else "bare"
            yield Named(name, *item.span(part), quoted=part == "quoted")
            place = item.end()
            if text[place : place + 1] != ",":
                break
            place += 1
        further = _FURTHER.match(text, place)
        if further is None:
            return
        place = further.end()
