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


def is_table(name: str) -> bool:
    """Does the name of a file, packed or not, say that it holds a table?"""
    path = PurePath(name.lower())
    return (PurePath(path.stem) if path.suffix in _PACKED else path).suffix in _ENDINGS
