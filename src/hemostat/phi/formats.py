"""What a file is, told by its first bytes: text in some encoding, packed text, cells, or something that we cannot look into."""

import bz2
import codecs
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

SQLITE = b"SQLite format 3\0"
PARQUET = b"PAR1"

_START = 1024
"""Bytes that tell what a file is."""
_PIECE = 1 << 16
_FEWEST = 8
"""Bytes that show an encoding."""

_PACKED: tuple[tuple[re.Pattern[bytes], Callable[..., Any]], ...] = (
    (re.compile(rb"\x1f\x8b"), gzip.open),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"), bz2.open),
    (re.compile(rb"\xfd7zXZ\0"), lzma.open),
)
_CLOSED = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"\x04\x22\x4d\x18", "LZ4 data"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (b"%PDF-", "a PDF document"),
)
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def started(stream: IO[bytes], *, rewind: bool) -> tuple[bytes, IO[bytes]]:
    """The first bytes of a stream, and a stream that still has them; of one that cannot `rewind`, such as a pipe, too."""
    if rewind:
        place = stream.tell()
        start = stream.read(_START)
        stream.seek(place)
        return start, stream
    start = stream.read(_START)
    return start, _buffered(_again(start, stream))


def unpacker(start: bytes) -> Callable[..., Any] | None:
    """What opens a packed stream that begins so; None when it is not packed, or not in a way that we can undo."""
    return next((opener for pattern, opener in _PACKED if pattern.match(start)), None)


def closed(start: bytes) -> str:
    """What something is that we cannot look into; "" when we can."""
    return next((kind for mark, kind in _CLOSED if start.startswith(mark)), "")


def wide_encoding(start: bytes) -> str:
    """The encoding of a text in units of two or four bytes; "" for anything else."""
    for mark, encoding in _MARKED:
        if start.startswith(mark) and _decoded(start, encoding):
            return encoding
    first, second = start[0::2], start[1::2]
    for high, low, encoding in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        # Most characters of most texts are Latin: every other byte is 0, and hardly any of the rest.
        if len(start) >= _FEWEST and high.count(0) * 4 >= len(high) * 3 and low.count(0) * 8 <= len(low):
            text = _decoded(start, encoding)
            if text and not _CONTROL.search(text):
                return encoding
    return ""


def as_utf8(stream: IO[bytes], encoding: str) -> IO[bytes]:
    """The same text in UTF-8, with a replacement character for what is no character."""
    return _buffered(_recoded(stream, encoding))


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        # An empty piece would be taken for the end.
        self._pieces = filter(None, pieces)
        self._left = b""

    def readable(self) -> bool:
        """It can be read, and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what comes next, at most one piece; 0 at the end."""
        piece = self._left or next(self._pieces, b"")
        size = min(len(buffer), len(piece))
        buffer[:size] = piece[:size]
        self._left = piece[size:]
        return size


def _buffered(pieces: Iterator[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(_Pieces(pieces), _PIECE))


def _again(start: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    piece = start
    while piece:
        yield piece
        piece = stream.read(_PIECE)


def _recoded(stream: IO[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while piece := stream.read(_PIECE):
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()


def _decoded(start: bytes, encoding: str) -> str:
    """What the bytes say; "" when they are not of this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return ""
