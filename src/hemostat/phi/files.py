"""Finding patient data in files: text by lines, gzip, SQLite databases and Parquet files by cells, told apart by content.

Memory stays bounded by a batch of lines, however long a file or a line is.
"""

import gzip
import os
import re
import sqlite3
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec

from hemostat.kernel import BadInput

from .match import Match
from .scanner import Scanner

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

Progress = Callable[[int], None]
"""Is told how many more bytes were read."""


class FileMatch(msgspec.Struct, frozen=True):
    """One match and its place: a line, or a row and a cell like `table.column`. Offsets are within the line or cell."""

    path: str
    line: int
    match: Match
    cell: str = ""


class _Piece(NamedTuple):
    """A line, or a part of a long one that begins at code point `base`. Matches count that start in [first, last)."""

    line: int
    base: int
    text: str
    first: int
    last: int


def files_under(path: Path) -> Iterator[Path]:
    """The file itself, or all regular files below a folder, in order of their names. Links to folders are not followed."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=_refuse):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                yield file


def scan_path(path: Path, scanner: Scanner, progress: Progress | None = None) -> Iterator[FileMatch]:
    """All matches in a file. `progress` is told of bytes read. Raises `BadInput` that names a file that cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
        if start == b"SQLite format 3\0":
            yield from _scan_sqlite(path, scanner)
        elif start[:4] == b"PAR1":
            yield from _scan_parquet(path, scanner)
        elif start[:2] == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                yield from scan_stream(str(path), cast("IO[bytes]", unpacked), scanner, progress)
        else:
            with path.open("rb") as file:
                yield from scan_stream(str(path), file, scanner, progress)
    except (OSError, EOFError, zlib.error, sqlite3.DatabaseError) as error:
        raise unreadable(path, error) from error


def scan_stream(name: str, stream: IO[bytes], scanner: Scanner, progress: Progress | None = None) -> Iterator[FileMatch]:
    """All matches in the lines of a stream, in order. What is not UTF-8 is read with replacement characters."""
    for batch in _batches(_pieces(stream, progress)):
        for piece, matches in zip(batch, scanner.scan_many([piece.text for piece in batch]), strict=True):
            for match in matches:
                if piece.first <= match.start < piece.last:
                    moved = msgspec.structs.replace(match, start=match.start + piece.base, end=match.end + piece.base)
                    yield FileMatch(name, piece.line, moved)


def unreadable(path: Path, error: BaseException) -> BadInput:
    """The error that names a file that cannot be read, and why, without anything of its content."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return BadInput(f"{path} cannot be read: {why}.", advice="Check that the file is whole and that you may read it.")


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


def _scan_sqlite(path: Path, scanner: Scanner) -> Iterator[FileMatch]:
    """Every text, and every blob that is UTF-8, of every table. The database is opened to read only."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = bytes
    try:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in tables:
            yield from _scan_table(path, database, name.decode(errors="replace"), scanner)
    finally:
        database.close()


def _scan_table(path: Path, database: sqlite3.Connection, table: str, scanner: Scanner) -> Iterator[FileMatch]:
    quoted = table.replace('"', '""')
    rows = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608  # a name of the database itself, quoted
    columns = [column[0] for column in rows.description]
    done = 0
    while chunk := rows.fetchmany(_CELLS):
        for place, column in enumerate(columns):
            cells = [_cell(row[place]) for row in chunk]
            yield from _scan_cells(path, f"{table}.{column}", cells, done, scanner)
        done += len(chunk)


def _scan_parquet(path: Path, scanner: Scanner) -> Iterator[FileMatch]:
    """Every string of every column, also those within lists and structs."""
    import pyarrow as pa  # noqa: PLC0415  # heavy, and needed for this kind of file only
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    done = 0
    try:
        with pq.ParquetFile(str(path)) as file:
            for batch in file.iter_batches(batch_size=_CELLS):
                for column in batch.schema.names:
                    values = batch.column(column).to_pylist()
                    yield from _scan_cells(path, column, [_cell(value) for value in values], done, scanner)
                done += batch.num_rows
    except pa.ArrowException as error:
        raise unreadable(path, error) from error


def _scan_cells(path: Path, cell: str, cells: Sequence[str], done: int, scanner: Scanner) -> Iterator[FileMatch]:
    if any(cells):
        for row, matches in enumerate(scanner.scan_column(cell.rpartition(".")[2], cells), start=done + 1):
            for match in matches:
                yield FileMatch(str(path), row, match, cell)


def _cell(value: object) -> str:
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


def _refuse(error: OSError) -> None:
    raise unreadable(Path(str(error.filename)), error) from error
