"""Finding patient data in files: text by lines, also packed, SQLite databases and Parquet files by cells, told apart by content.

Memory stays bounded by a batch of lines, however long a file or a line is.
"""

import os
import re
import sqlite3
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from lzma import LZMAError
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from hemostat.kernel import BadInput

from .foreign import Foreign
from .formats import PARQUET, SQLITE, as_utf8, closed, started, unpacker, wide_encoding
from .known import Known, Sighting
from .match import Match
from .scanner import Scanner
from .tables import Table, is_table

_PIECE = 1 << 20
"""Bytes of a line that are read at once; a longer line is read in pieces."""
_OVERLAP = 8192
"""Code points that two pieces of a line share, so that no value is cut: half of it is more than any value has."""
_BATCH_LINES = 2000
_BATCH_SIZE = 1 << 20
_BINARY_RUN = 12
"""Code points of plain text that count as text within a binary file; shorter runs are chance."""
_NOISE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]+")
_CELLS = 1000
_UNREADABLE = (OSError, EOFError, zlib.error, LZMAError, sqlite3.DatabaseError)

Progress = Callable[[int], None]
"""Is told how many more bytes were read."""


class FileMatch(msgspec.Struct, frozen=True):
    """One match and its place: a line, or a row and a cell like `table.column`. Offsets are within the line or cell.

    known: who was recognized by it, if people were looked for.
    """

    path: str
    line: int
    match: Match
    cell: str = ""
    known: Sighting | None = None


class Look(NamedTuple):
    """How files are looked through: for what, for whose data, who is told of bytes read, whose recognizers stand beside ours."""

    scanner: Scanner
    known: Known | None = None
    progress: Progress | None = None
    foreign: Foreign | None = None

    def added(self, text: str, matches: list[Match]) -> list[Match]:
        """The matches in a text with those of other people's recognizers."""
        return self.foreign.added(text, matches) if self.foreign else matches


class _Scanned(NamedTuple):
    """A text that was scanned: the row and the cell that it is, and what is in it."""

    line: int
    cell: str
    text: str
    matches: list[Match]


class _Open(NamedTuple):
    """What is read: its name, its bytes, and the file that they are the whole of, if they are."""

    name: str
    stream: IO[bytes]
    file: Path | None


class _Piece(NamedTuple):
    """A line, or a part of a long one that begins at code point `base`. Matches count that start in [first, last)."""

    line: int
    base: int
    text: str
    first: int
    last: int


def files_under(path: Path, refused: Callable[[BadInput], None]) -> Iterator[Path]:
    """The file itself, or all regular files below a folder, in order of their names. Links to folders are not followed.

    `refused` is told of every folder and file below that cannot be looked at; the rest still comes.
    """

    def refuse(error: OSError) -> None:
        refused(unreadable(str(error.filename), error))

    if not _is(path.is_dir):
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=refuse):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if _is(file.is_file, refuse):
                yield file


def scan_path(
    path: Path,
    scanner: Scanner,
    progress: Progress | None = None,
    *,
    known: Known | None = None,
    foreign: Foreign | None = None,
) -> Iterator[FileMatch]:
    """All matches in a file. `progress` is told of bytes read; `known` tells whose they are, and knows digests of its people.

    foreign: recognizers of other people. Raises `BadInput` that names a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from _scan_open(_Open(str(path), file, path), Look(scanner, known, progress, foreign))
    except _UNREADABLE as error:
        raise unreadable(str(path), error) from error


def scan_input(
    name: str,
    stream: IO[bytes],
    scanner: Scanner,
    progress: Progress | None = None,
    *,
    known: Known | None = None,
    foreign: Foreign | None = None,
) -> Iterator[FileMatch]:
    """All matches in what a stream brings, as `scan_path` of a file; a database or Parquet cannot be read from a stream."""
    try:
        yield from _scan_open(_Open(name, stream, None), Look(scanner, known, progress, foreign))
    except _UNREADABLE as error:
        raise unreadable(name, error) from error


def scan_stream(name: str, stream: IO[bytes], look: Look) -> Iterator[FileMatch]:
    """All matches in the lines of a stream, in order. What is not UTF-8 is read with replacement characters.

    Where the name says that the lines are a table, the names in the first one count as fields of the cells below.
    """
    table = Table(look.scanner.column) if is_table(name) else None
    for batch in _batches(_pieces(stream, look.progress)):
        # The cells of a line too long for one piece are not told apart.
        cells = [table.cells(piece.text) if table and not piece.base else [] for piece in batch]
        for piece, matches in zip(batch, look.scanner.scan_cells([piece.text for piece in batch], cells), strict=True):
            for match, sighting in _told([(piece.text, look.added(piece.text, matches))], look.known)[0]:
                if piece.first <= match.start < piece.last:
                    moved = msgspec.structs.replace(match, start=match.start + piece.base, end=match.end + piece.base)
                    yield FileMatch(name, piece.line, moved, known=sighting)


def _told(window: Sequence[tuple[str, list[Match]]], known: Known | None) -> Sequence[Sequence[tuple[Match, Sighting | None]]]:
    """The matches in each text of a line or row, and who was recognized by them."""
    return known.recognized(window) if known else [[(match, None) for match in matches] for _, matches in window]


def unreadable(name: str, error: BaseException) -> BadInput:
    """The error that names a file that cannot be read, and why, without anything of its content."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return BadInput(f"{name} cannot be read: {why}.", advice="Check that the file is whole and that you may read it.")


def _scan_open(opened: _Open, look: Look) -> Iterator[FileMatch]:
    name, file = opened.name, opened.file
    start, stream = started(opened.stream, rewind=file is not None and opened.stream.seekable())
    cells = _scan_sqlite if start.startswith(SQLITE) else _scan_parquet if start.startswith(PARQUET) else None
    unpack = unpacker(start)
    if cells and file and file.is_file():
        yield from cells(file, look)
    elif cells:
        raise _not_looked_at(name, "a database or Parquet file within a stream", "Unpack it into a file and scan that.")
    elif unpack:
        with unpack(stream) as unpacked:
            yield from _scan_unpacked(name, unpacked, look)
    elif kind := closed(start):
        raise _not_looked_at(name, kind, "Unpack it and scan what is in it, or scan it in another format.")
    else:
        encoding = wide_encoding(start)
        yield from scan_stream(name, as_utf8(stream, encoding) if encoding else stream, look)


def _scan_unpacked(name: str, stream: IO[bytes], look: Look) -> Iterator[FileMatch]:
    """What a packed stream holds, unless that is packed too: a file can be made that holds itself."""
    start, again = started(stream, rewind=False)
    if unpacker(start):
        raise _not_looked_at(name, "packed more than once", "Unpack it and scan what is in it.")
    yield from _scan_open(_Open(name, again, None), look)


def _not_looked_at(name: str, kind: str, advice: str) -> BadInput:
    return BadInput(f"{name} was not looked at: it is {kind}.", advice=advice)


def _is(asked: Callable[[], bool], refuse: Callable[[OSError], None] = lambda _: None) -> bool:
    """The answer to a question about a path; no, when the system does not tell."""
    try:
        return asked()
    except OSError as error:
        refuse(error)
        return False


def _pieces(stream: IO[bytes], progress: Progress | None) -> Iterator[_Piece]:
    number, binary = 0, False
    for number, parts in enumerate(_lines(stream, progress), start=1):
        for piece in _overlapping(number, parts):
            binary = binary or "\0" in piece.text
            if binary:
                yield from _runs(piece)
            else:
                yield piece


def _lines(stream: IO[bytes], progress: Progress | None) -> Iterator[Iterator[str]]:
    """Each line as an iterator of its parts, which must be used up before the next line is asked for."""
    while part := stream.readline(_PIECE):
        yield _parts(part, stream, progress)


def _parts(part: bytes, stream: IO[bytes], progress: Progress | None) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8")("replace")
    while True:
        if progress:
            progress(len(part))
        if part.endswith(b"\n") or len(part) < _PIECE:
            yield decoder.decode(part.rstrip(b"\r\n"), final=True)
            return
        yield decoder.decode(part)
        part = stream.readline(_PIECE)


def _overlapping(number: int, parts: Iterator[str]) -> Iterator[_Piece]:
    """The parts of a line, each with the end of the one before it, so that every value is whole in one of them."""
    text, base, first = next(parts), 0, 0
    for part in parts:
        yield _Piece(number, base, text, first, last=len(text) - _OVERLAP // 2)
        base += len(text) - _OVERLAP
        text, first = text[-_OVERLAP:] + part, _OVERLAP // 2
    yield _Piece(number, base, text, first, last=len(text))


def _runs(piece: _Piece) -> Iterator[_Piece]:
    """The runs of plain text in a piece of a binary file."""
    place = 0
    for noise in _NOISE.finditer(piece.text + "\0"):
        if noise.start() - place >= _BINARY_RUN:
            text = piece.text[place : noise.start()]
            yield _Piece(piece.line, piece.base + place, text, piece.first - place, piece.last - place)
        place = noise.end()


def _batches(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.text)
        if size >= _BATCH_SIZE or len(batch) >= _BATCH_LINES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _scan_sqlite(path: Path, look: Look) -> Iterator[FileMatch]:
    """Every text, and every blob that is UTF-8, of every table. The database is opened to read only."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = bytes
    try:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in tables:
            yield from _scan_table(path, database, name.decode(errors="replace"), look)
    finally:
        database.close()


def _scan_table(path: Path, database: sqlite3.Connection, table: str, look: Look) -> Iterator[FileMatch]:
    quoted = table.replace('"', '""')
    rows = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608  # a name of the database itself, quoted
    columns = [column[0] for column in rows.description]
    done = 0
    while chunk := rows.fetchmany(_CELLS):
        cells = ((f"{table}.{column}", [row[place] for row in chunk]) for place, column in enumerate(columns))
        yield from _scan_rows(path, cells, done, look)
        done += len(chunk)


def _scan_parquet(path: Path, look: Look) -> Iterator[FileMatch]:
    """Every string of every column, also those within lists and structs."""
    import pyarrow as pa  # noqa: PLC0415  # heavy, and needed for this kind of file only
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    done = 0
    try:
        with pq.ParquetFile(str(path)) as file:
            for batch in file.iter_batches(batch_size=_CELLS):
                cells = ((column, batch.column(column).to_pylist()) for column in batch.schema.names)
                yield from _scan_rows(path, cells, done, look)
                done += batch.num_rows
    except pa.ArrowException as error:
        raise unreadable(str(path), error) from error


def _scan_rows(path: Path, columns: Iterable[tuple[str, Sequence[object]]], done: int, look: Look) -> Iterator[FileMatch]:
    """The matches in some rows, column by column; row by row where people are looked for, whose values stand in several cells."""
    scanned = (one for cell, values in columns for one in _scan_cells(cell, values, done, look))
    rows: Iterable[list[_Scanned]] = _by_row(scanned) if look.known else ([one] for one in scanned if one.matches)
    for row in rows:
        for one, told in zip(row, _told([(one.text, one.matches) for one in row], look.known), strict=True):
            yield from (FileMatch(str(path), one.line, match, one.cell, sighting) for match, sighting in told)


def _by_row(scanned: Iterable[_Scanned]) -> list[list[_Scanned]]:
    rows: dict[int, list[_Scanned]] = {}
    for one in scanned:
        rows.setdefault(one.line, []).append(one)
    return [rows[line] for line in sorted(rows)]


def _scan_cells(cell: str, values: Sequence[object], done: int, look: Look) -> Iterator[_Scanned]:
    column = cell.rpartition(".")[2]
    cells = list(map(_number_or_text if look.scanner.column(column) else _text, values))
    if any(cells):
        for row, (text, matches) in enumerate(zip(cells, look.scanner.scan_column(column, cells), strict=True), done + 1):
            yield _Scanned(row, cell, text, look.added(text, matches))


def _number_or_text(value: object) -> str:
    """The text of a cell, of a whole number and of a date; a number may have been stored with a decimal point."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(int(value)) if value % 1 == 0 else ""
    return value.isoformat() if isinstance(value, date) else _text(value)


def _text(value: object) -> str:
    """The text of a cell; "" for numbers, for moments, and for bytes that are not UTF-8."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return ""
    if isinstance(value, list | dict):
        return msgspec.json.encode(value, enc_hook=str).decode()
    return ""
