"""People from a table: rows of CSV (RFC 4180) or objects of NDJSON, one person each, read as they come."""

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import IO, Any

import msgspec

from hemostat.kernel import BadInput

from .dictionary import spelled
from .traits import Trait

_FIRST, _LAST = "first_name", "last_name"
WORDS = (*(trait.value for trait in Trait if not trait.value.startswith("hashed_")), _FIRST, _LAST)
"""What a column may be called in the words of the command."""

_DELIMITERS = ",;\t|"
_EACH = "Give columns as `word=name of the column`, with commas between, like `email=E-mail,dob=Birth date`."

Person = dict[Trait, list[str]]
Progress = Callable[[int], None]
"""Is told how many more bytes were read."""


def columns_of(told: str) -> list[tuple[str, str]]:
    """Words and the columns that hold them, from `email=E-mail,dob=Birth date`. Raises `BadInput` that names what is wrong."""
    pairs = []
    for item in told.split(","):
        word, sign, column = (part.strip() for part in item.partition("="))
        if word not in WORDS:
            raise BadInput(f"{word[:40]!r} is nothing by which people are recognized.", advice=f"There are: {', '.join(WORDS)}.")
        if not sign or not column:
            raise BadInput(f"No column is named for {word}.", advice=_EACH)
        pairs.append((word, column))
    return pairs


def persons(stream: IO[bytes], columns: Sequence[tuple[str, str]], progress: Progress | None = None) -> Iterator[Person]:
    """Each row as a person; one without a value is an empty one. Without `columns`, those whose names are our words.

    Raises `BadInput` that names the line, and never a value, for what cannot be read, and for a column that is not there.
    """
    as_objects, rows = table_rows(stream, progress)
    head = next(rows)
    wanted = columns or [(word, name) for name in head for word in WORDS if spelled(name) == spelled(word)]
    if not wanted:
        raise BadInput("No column is named as one of the words by which people are recognized.", advice=_EACH)
    absent = {name for _, name in wanted} - head.keys()
    if absent and not as_objects:
        raise _no_column(absent, head)
    for row in rows:
        absent = {name for name in absent if _cell(row, name) is None}
        yield _person(row, wanted)
    if absent:  # an object may lack what others have
        raise _no_column(absent, head)


def table_rows(stream: IO[bytes], progress: Progress | None = None) -> tuple[bool, Iterator[dict[str, Any]]]:
    """Whether a table is one of objects (NDJSON) or CSV, and its names as a row, followed by its rows.

    Raises `BadInput` that names the line, and never a value, for what cannot be read; some of it when the rows are asked for.
    """
    lines = _lines(stream, progress)
    first = next(lines, "")
    if not first.strip():
        raise BadInput("The table is empty.", advice="Give a CSV with a line of names, or one JSON object a line.")
    as_objects = first.lstrip().startswith("{")
    return as_objects, (_objects if as_objects else _table)(chain([first], lines))


def _no_column(absent: Collection[str], head: Mapping[str, Any]) -> BadInput:
    names = ", ".join(name[:60] for name in head)
    return BadInput(f"There is no column {min(absent)[:60]!r}.", advice=f"There are: {names[:400]}.")


def _lines(stream: IO[bytes], progress: Progress | None) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(stream, start=1):
            if progress:
                progress(len(line))
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"Line {number:,} is not UTF-8.", advice="Export the table as UTF-8.") from error


def _table(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """A row of the names as names, and then each row."""
    first = next(lines)
    reader = csv.reader(chain([first], lines), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    try:
        names = next(reader)
        yield dict.fromkeys(names)
        for row in reader:
            if len(row) > len(names):
                raise BadInput(
                    f"Line {reader.line_num:,} has {len(row)} cells, and the first line {len(names)}.",
                    advice="Put quotes around cells with commas.",
                )
            yield dict(zip(names, row, strict=False))
    except csv.Error as error:
        raise BadInput(
            f"Line {reader.line_num:,} is no row of CSV.", advice="Export the table again, as RFC 4180 has it."
        ) from error


def _objects(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The first object for its names, and then each object."""
    for number, line in enumerate(lines, start=1):
        row: Any = None
        with suppress(msgspec.DecodeError):
            row = msgspec.json.decode(line) if line.strip() else {}
        if not isinstance(row, dict):
            raise BadInput(f"Line {number:,} is no JSON object.", advice="Give one object a line.")
        if number == 1:
            yield row
        yield row


def _person(row: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> Person:
    told: dict[str, list[str]] = {}
    for word, column in columns:
        told.setdefault(word, []).extend(_texts(_cell(row, column)))
    whole = [f"{given} {last}" for given, last in zip(told.pop(_FIRST, []), told.pop(_LAST, []), strict=False)]
    person = {Trait(word): values for word, values in told.items() if values}
    return {**person, Trait.NAME: [*person.get(Trait.NAME, []), *whole]} if whole else person


def _cell(row: Mapping[str, Any], column: str) -> Any:
    """The value of a column; of objects within objects by their names with dots between."""
    if column in row:
        return row[column]
    value: Any = row
    for name in column.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    return [value] if isinstance(value, str) and value.strip() else []
