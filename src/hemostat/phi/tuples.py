"""Names and values that stand apart, each in brackets: `INSERT INTO t (name, dob) VALUES ('Jane Doe', '1980-02-03')`.

Databases write so into their logs, PostgreSQL also into its errors: `Key (mrn, dob)=(447122, 1980-02-03) already exists`. There
the row that COPY could not read stands before the statement that names its columns, and in SELECT a value before its name.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, cast

HINT = r"[)][ ]?(?:(?i:values)|=)[ ]?[(]"
"""The expression, for the database, of what stands between the names and the values."""

NAMED_BEHIND = r"['\"][ ](?:(?i:as)[ ]|[(])[A-Za-z_]"
"""The same, of the end of a value whose name follows: `'1980-02-03' AS dob`, `"1980-02-30" (dob)`."""

COPY = r"STATEMENT:[ ]{1,2}COPY[ ]"
"""The same, of the statement whose row stands in the line before."""

_BETWEEN = re.compile(r"\)\s?(?:(?ai:values)|=)\s?\(")
_NAMES = re.compile(r"\(([\w\s,.`\"'\[\]-]{2,2000})\Z")
_ITEM = re.compile(
    r"\s*(?:(?ai:date|timestamp|n|e)\s?(?=['\"]))?"
    r"(?:(?P<quote>['\"])(?P<quoted>(?:(?!(?P=quote))[^\\]|\\.|(?P=quote){2})*)(?P=quote)|(?P<bare>[^,()'\"]{0,400}))\s*"
)
_FURTHER = re.compile(r"\)\s?,\s?\(")
_NAME_BEHIND = re.compile(r"(?P<quote>['\"])\s(?:(?ai:as)\s(?P<alias>\w{2,40})|\((?P<column>\w{2,40})\))")
_LONGEST = 120
_STATEMENT = re.compile(r"STATEMENT:\s{1,2}COPY\s[\w.\"]{1,80}\s?\((?P<names>[\w\s,\"]{2,2000})\)")
_ROW = re.compile(r'line \d+: "(?P<row>[^"\n\x0b]{1,2000})"\s*\Z')
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


def named_behind(text: str, start: int) -> Iterator[Named]:
    """The quoted value that ends here, with the name from behind it."""
    told = _NAME_BEHIND.match(text, start)
    begin = text.rfind(told["quote"], max(0, start - _LONGEST), start) + 1 if told else 0
    if told and begin:
        yield Named(told["alias"] or told["column"], begin, start, quoted=True)


def copied(text: str, start: int) -> Iterator[Named]:
    """The values of the row before the statement that was seen, with the names in it."""
    statement = _STATEMENT.match(text, start)
    row = _ROW.search(text, max(0, start - 2000), start) if statement else None
    if statement is None or row is None:
        return
    place = row.start("row")
    for name, value in zip(statement["names"].split(","), row["row"].split(","), strict=False):
        yield Named(name.strip(_MARKS), place, place + len(value), quoted=True)
        place += len(value) + 1


READERS = ((HINT, named_values), (NAMED_BEHIND, named_behind), (COPY, copied))
"""What reads on where one of the expressions was seen."""
