"""Tables in text (RFC 4180, also with other delimiters): which stretch of a line is a cell of which column.

The `csv` module tells values without their places. Here a line is read alone, and what is open at its end goes on in the next.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import cast

from .dictionary import Field
from .match import Cell

_DELIMITERS = ",;\t|"
_ENDINGS = {".csv", ".tsv"}
_PACKED = {".gz", ".bz2", ".xz"}


class Table:
    """The cells of a table, line after line. The first line names the columns; `column` tells what a name stands for."""

    def __init__(self, column: Callable[[str], Field | None]) -> None:
        self._column = column
        self._fields: dict[int, Field] | None = None
        self._split = re.compile("")
        self._open, self._last = False, 0

    def cells(self, line: str) -> list[Cell]:
        """The cells of the next line in columns that hold patient data; none in the first line, or when no column does."""
        if self._fields is None:
            self._fields = self._named(line)
            return []
        if not self._fields:
            return []
        return [Cell(field, start, end) for number, start, end in self._places(line) if (field := self._fields.get(number))]

    @property
    def columns(self) -> int:
        """How many columns hold patient data, as far as their names tell."""
        return len(self._fields or ())

    def _named(self, line: str) -> dict[int, Field]:
        delimiter = max(_DELIMITERS, key=line.count)
        self._split = re.compile(rf' *(?:"(?P<quoted>(?:[^"]|"")*)(?P<close>"|\Z)|(?P<plain>[^{delimiter}]*))[^{delimiter}]*')
        names = ((number, line[start:end].strip("\ufeff\"' ")) for number, start, end in self._places(line))
        return {number: field for number, name in names if (field := self._column(name))}

    def _places(self, line: str) -> Iterator[tuple[int, int, int]]:
        """The number of the column, and from where to where, of each cell."""
        # A quote that the line before left open stands, in thought, before this one.
        text, shift, number = (f'"{line}', 1, self._last) if self._open else (line, 0, 0)
        place = 0
        while place <= len(text):
            # The pattern matches the empty string, and so anywhere.
            cell = cast("re.Match[str]", self._split.match(text, place))
            kind = "plain" if cell["quoted"] is None else "quoted"
            self._open, self._last = cell["close"] == "", number
            yield number, cell.start(kind) - shift, cell.end(kind) - shift
            number, place = number + 1, cell.end() + 1


def cells_within(text: str, column: Callable[[str], Field | None]) -> Iterator[Cell]:
    """The cells of tables that stand in a text of several lines, behind a line that names two columns and more."""
    table: Table | None = None
    for line in _LINE.finditer(text):
        if _RULER.fullmatch(line[0]):
            continue
        if not any(mark in line[0] for mark in _DELIMITERS):
            table = None
        elif table is not None:
            for cell in table.cells(line[0]):
                yield cell._replace(start=cell.start + line.start(), end=cell.end + line.start())
        else:
            # A table may begin in the middle of JSON.
            names = line[0].rpartition(':"')[2]
            told = Table(column)
            told.cells("" if _NO_NAME.search(names) else names)
            table = told if told.columns >= _FEWEST_COLUMNS else None


_LINE = re.compile(r"[^\r\n\x0b]+")
_RULER = re.compile(r"[-+=| :]+")
"""What databases draw between the names and the rows."""

_NO_NAME = re.compile(r"[@={}<]|\d{3}")
"""What does not stand in a line of names."""

_FEWEST_COLUMNS = 2


def is_table(name: str) -> bool:
    """Does the name of a file, packed or not, say that it holds a table?"""
    path = PurePath(name.lower())
    return (PurePath(path.stem) if path.suffix in _PACKED else path).suffix in _ENDINGS
