"""A large object in bounded parts: its compression undone as it comes, cut between lines or between records.

Where it is cut depends on its content alone, never on how the bytes came: read again, it gives the same parts.
"""

import re
import zlib
from collections.abc import Iterable, Iterator

from .standing import CannotRead

PART = 1_000_000
"""Bytes of a part, at most, unless a single line or record is longer."""

LONGEST = 5_000_000
"""Bytes of a line or record, at most; a longer one is cut."""

_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952 with header and checksum
_STEP = 262_144  # bytes unpacked at a time
_RECORDS = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[')
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]"]', re.DOTALL)


class DamagedObject(CannotRead):
    """An object cannot be unpacked, or is larger than the options allow."""


def plain(chunks: Iterable[bytes], *, most: int) -> Iterator[bytes]:
    """The bytes without gzip, if they are so packed, `_STEP` at a time. Raises `DamagedObject` when more than `most` come."""
    size = 0
    for chunk in _unpacked(iter(chunks)):
        size += len(chunk)
        if size > most:
            raise DamagedObject(
                f"An object has more than {most:,} bytes, plain.", advice="Raise `largest` in the feed's options."
            )
        yield chunk


def parts(chunks: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Content type and bytes of each part: the whole if it is small, else lines, or the records of `{"Records": [...]}`."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        if len(buffer) > PART:
            break
    else:
        yield "text/plain", bytes(buffer)
        return
    if begin := _RECORDS.match(buffer):
        del buffer[: begin.end()]
        yield from (("application/x-ndjson", part) for part in _grouped(_records(buffer, chunks)))
    else:
        yield from (("text/plain", part) for part in _lines(buffer, chunks))


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = b""
    while len(first) < len(b"\x1f\x8b") and (more := next(chunks, b"")):
        first += more
    if not first.startswith(b"\x1f\x8b"):
        yield first
        yield from chunks
        return
    member, given = zlib.decompressobj(_GZIP), first
    try:
        while given or (given := next(chunks, b"")):
            if member.eof:  # another member, or the zeros that some write behind the last
                if not (given := given.lstrip(b"\0")):
                    continue
                member = zlib.decompressobj(_GZIP)
            yield member.decompress(given, _STEP)
            given = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise DamagedObject("Its compression is damaged.", advice="Write it again.") from error
    if not member.eof:
        raise DamagedObject("It was cut short.", advice="Write it again, whole.")


def _lines(buffer: bytearray, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines, as many as fit."""
    for chunk in chunks:
        buffer += chunk
        yield from _whole_lines(buffer)
    yield from _whole_lines(buffer)
    if buffer:
        yield bytes(buffer)


def _whole_lines(buffer: bytearray) -> Iterator[bytes]:
    while len(buffer) > PART:
        end = buffer.rfind(b"\n", 0, PART) + 1 or buffer.find(b"\n", PART, LONGEST) + 1
        if not end and len(buffer) < LONGEST:
            return
        end = end or LONGEST
        yield bytes(buffer[:end])
        del buffer[:end]


def _grouped(records: Iterator[bytes]) -> Iterator[bytes]:
    """Records one a line, as many as make a part."""
    kept: list[bytes] = []
    size = 0
    for record in records:
        if kept and size + len(record) > PART:
            yield b"\n".join(kept)
            kept, size = [], 0
        kept.append(record)
        size += len(record) + 1
    if kept:
        yield b"\n".join(kept)


def _records(buffer: bytearray, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The values of an array that `buffer` begins within, each on one line; what is no whole value comes as it is."""
    scan = _Scan()
    yield from scan.ended(buffer)
    while not scan.over and (chunk := next(chunks, b"")):
        buffer += chunk
        yield from scan.ended(buffer)
        if len(buffer) > LONGEST and not scan.over:
            raise DamagedObject(f"One of its records has more than {LONGEST:,} bytes.", advice="Write smaller records.")
    if not scan.over and buffer.strip(b" \t\r\n,"):
        yield _one_line(buffer)


class _Scan:
    """How far an array was read: within how many brackets the next byte stands."""

    def __init__(self) -> None:
        self.over = False
        self._depth = 0
        self._at = 0

    def ended(self, buffer: bytearray) -> Iterator[bytes]:
        """The values that are whole; they are gone from the buffer."""
        while not self.over and (token := _TOKEN.search(buffer, self._at)):
            word, end = token[0], token.end()
            if word == b'"':  # the end of this string has not come yet
                self._at = token.start()
                return
            self._at = end
            if word in b"{[":
                self._depth += 1
            elif word in b"}]":
                self._depth -= 1
                self.over = self._depth < 0
                if self._depth == 0:
                    value = _one_line(buffer[:end])
                    del token  # it holds the buffer, which is about to shrink
                    del buffer[:end]
                    self._at = 0
                    yield value


def _one_line(value: bytearray) -> bytes:
    """A value without line ends, which stand only between its parts (RFC 8259, section 7), and without the comma before it."""
    return bytes(value).replace(b"\r", b" ").replace(b"\n", b" ").strip(b" \t,")
