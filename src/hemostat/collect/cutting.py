"""Lines of files, cut into messages that are named by all that stands before them.

A line is known by the hash of everything in its file up to its end. So the same content adds nothing, wherever it is read again:
in a copy, under another name, compressed, longer or shorter than it was.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import quote

import msgspec

from hemostat.kernel import BadInput, Home

CHUNK_LINES = 1000
CHUNK_BYTES = 1_000_000
LONGEST_LINE = 5_000_000
"""Bytes. A line is held whole, and is one message at most."""

_MARK = 8  # bytes
_MOST_OF_ONE = 4  # times the bytes of a chunk, after which a record of several lines is cut all the same


class Hash(Protocol):
    """A hash under way."""

    def update(self, content: bytes, /) -> None:
        """More content."""

    def digest(self) -> bytes:
        """The hash of all content so far."""

    def copy(self) -> "Hash":
        """The hash as it is now."""


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines of a file. `key` names them by everything in the file up to the end of the first of them.

    marks: for each line some bytes of a keyed hash of everything up to its end.
    """

    key: str
    body: bytes
    lines: int
    marks: bytes


def beginning(secret: bytes) -> Hash:
    """The hash of a file of which nothing was read."""
    return hashlib.blake2b(key=secret, digest_size=32, person=b"hemostat-lines")


def whole(line: bytes) -> bytes:
    """A line as it is hashed: the last line of a file that grows may get its end later."""
    return line.rstrip(b"\r\n") + b"\n"


class Cutter:
    """Cuts the lines of a file, from where `so_far` stands. `known` gives the marks of the message under a key, if there is one.

    A chunk is then the lines that the file shares with it, and the next one begins with the first line that differs: whatever was
    added to a file or cut off, no line is read twice. With `starts` no chunk ends before a line that goes on with a record.
    """

    def __init__(
        self, so_far: Hash, *, known: Callable[[str], bytes | None], starts: Callable[[bytes], bool] = lambda _: True
    ) -> None:
        self.so_far = so_far
        self._known = known
        self._starts = starts
        self._cut: _Cut | None = None
        self._before = so_far

    def add(self, line: bytes, *, kept: bytes | None = None) -> Chunk | None:
        """The line is taken, kept as `kept` if that is given; the chunk before it, if it begins a new one."""
        before = self.so_far.copy()
        self.so_far.update(whole(line))
        digest = self.so_far.digest()
        done, is_start = None, self._starts(line)
        if self._cut is None or not self._cut.takes(digest[:_MARK], is_start=is_start):
            done = self.end()
            self._before = before
            key = f"lines:{digest.hex()}"
            self._cut = _Cut(key, self._known(key))
        self._cut.add(line if kept is None else kept, digest[:_MARK])
        return done

    def broken_off(self) -> tuple[Hash, int] | None:
        """If the last chunk was known, and goes on behind the lines that came: the hash before it, and how many lines of it came.

        Who reads on later must begin with it again, for its name is that of its first line.
        """
        return (self._before, self._cut.count()) if self._cut and self._cut.goes_on() else None

    def end(self) -> Chunk | None:
        """The last chunk, if there is one."""
        done, self._cut = self._cut.chunk() if self._cut else None, None
        return done


class _Cut:
    """Lines of one chunk as they come by; when their beginning was read before, `known` are the marks of that message."""

    def __init__(self, key: str, known: bytes | None) -> None:
        self._key = key
        self._known = known
        self._kept: list[bytes] = []
        self._marks = bytearray()
        self._size = 0

    def takes(self, mark: bytes, *, is_start: bool) -> bool:
        """Does the next line belong to the same chunk? Of a known one it is the next line, else there must be room."""
        if self._known is not None:
            return self._known[len(self._marks) :].startswith(mark)
        if not is_start and self._size < _MOST_OF_ONE * CHUNK_BYTES:
            return True
        return len(self._kept) < CHUNK_LINES and self._size < CHUNK_BYTES

    def add(self, line: bytes, mark: bytes) -> None:
        """The line is the last of the chunk."""
        self._kept.append(line)
        self._marks += mark
        self._size += len(line)

    def goes_on(self) -> bool:
        """Is it a known one, of which more lines may come?"""
        return self._known is not None and len(self._marks) < len(self._known)

    def count(self) -> int:
        """How many lines came by."""
        return len(self._kept)

    def chunk(self) -> Chunk:
        """What came by."""
        count = sum(1 for line in self._kept if line.strip())
        return Chunk(key=self._key, body=b"".join(self._kept), lines=count, marks=bytes(self._marks))


@contextmanager
def alone(home: Home, source: str) -> Iterator[None]:
    """Nobody else reads a file for this source meanwhile: two would take the same lines for new. Raises `BadInput`."""
    with (home.path / f"ingest-{quote(source, safe='')}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            reason = f"Another `hemostat ingest` reads for source {source!r}."
            raise BadInput(reason, advice="Wait until it is done, then read this file.") from error
        yield
