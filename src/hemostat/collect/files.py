"""Files that grow and are rotated, followed: feed kind `files`.

    [sources.edge.feed]
    kind = "files"
    options = { paths = ["/var/log/nginx/access.log*"] }

The patterns must cover the names that files get when they are rotated, by renaming, by copying and truncating, or compressed:
what was written between the last look and the rotation is read there. A line is known by all that stands before it in its file
(`cutting`), so a copy, a renamed or a compressed file adds only what was not read before. Two files that begin with the same
lines are taken for one as far as they are equal: lines need something that tells them apart, as a time does.

The place of each file, by device and inode, says how far it was read and what stood before; it moves in the transaction of its
lines. A file is open only while it is read, one at a time.
"""

import glob
import gzip
import os
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, cast

import msgspec

from hemostat.kernel import BadSettings
from hemostat.sources import options_of

from .base import Item, Post
from .cutting import LONGEST_LINE, Chunk, Cutter, Hash, alone, beginning, whole

BLOCK = 2 * LONGEST_LINE
"""Bytes that are read, and put into the spool, at a time: more than any message has."""

_BLOCKS = 16  # of one file in one poll, so that no file keeps others waiting
_TAIL = 256  # bytes before the place, by which a file that was truncated and written anew is told
_GZIP = b"\x1f\x8b"
_LINE = re.compile(rb"[^\n]{0,%d}\n|[^\n]{1,%d}" % (LONGEST_LINE - 1, LONGEST_LINE))
_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files, and what is in them.

    paths: patterns as shells have them, `**` for any folders; absolute.
    encoding: of the lines; they are kept in UTF-8.
    start: pattern of the first line of a record of several lines, which stay together; "" when each line is one.
    every: seconds between two looks.
    rest: seconds without a change after which a record without a follower is whole; unfinished: the same for a last line without
    its end.
    """

    paths: Annotated[list[Annotated[str, msgspec.Meta(pattern="^/")]], msgspec.Meta(min_length=1)]
    encoding: Literal["utf-8", "latin-1", "windows-1252"] = "utf-8"
    start: str = ""
    every: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    rest: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    unfinished: Annotated[float, msgspec.Meta(ge=0)] = 600.0


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How far a file was read: bytes of its plain content, their hash, the last of them, its size and time of change then.

    `size` is -1 while reading was under way; `owed`: at its end something was left that was not whole.
    """

    offset: int = 0
    digest: str = ""
    tail: str = ""
    size: int = -1
    changed: int = 0
    owed: bool = False


class File:
    """One file as it was seen last. `so_far` is None until something must be read that follows what was read before."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.so_far: Hash | None = None
        self.still = 0.0  # seconds without a change
        self._seen = (-1, -1)

    def look(self, seen: tuple[int, int], every: float) -> bool:
        """The file has this size and time of change now; must it be read?"""
        self.still = self.still + every if self._seen == seen else 0.0
        self._seen = seen
        return (self.place.size, self.place.changed) != seen or (self.place.owed and self.still > 0)


class Files:
    """Follows the files of one source."""

    def __init__(self, post: Post, options: Options) -> None:
        self.every = options.every
        self._post = post
        self._options = options
        self._secret = post.keyring.secret("spool")
        self._start = _pattern(post.name, options.start) if options.start else None
        self._files: dict[str, File] = {}
        self._troubles: set[str] = set()

    def poll(self) -> bool:
        """The whole lines of all files are in the spool; True when more waits. Raises `HemostatError`."""
        waits = False
        with alone(self._post.home, self._post.name):
            found = self._found()
            for part, path in found.items():
                waits = self._tend(part, path) or waits
        self._files = {part: file for part, file in self._files.items() if part in found}  # what is gone needs no memory
        return waits

    def close(self) -> None:
        """Nothing is open between two polls."""

    def _found(self) -> dict[str, Path]:
        """The files that there are, by device and inode, the longest unchanged first."""
        found: dict[str, tuple[int, Path]] = {}
        for pattern in self._options.paths:
            names = glob.glob(pattern, recursive=True)  # noqa: PTH207  # `Path.glob` takes no absolute pattern
            self._trouble(f"no file matches {pattern}", is_there=not names)
            for name in names:
                try:
                    stat = Path(name).stat()
                except OSError:  # it was renamed just now, and is seen under its other name, or next time
                    continue
                if Path(name).is_file():
                    found[f"{stat.st_dev}-{stat.st_ino}"] = (stat.st_mtime_ns, Path(name))
        return {part: path for part, (_, path) in sorted(found.items(), key=lambda entry: entry[1])}

    def _tend(self, part: str, path: Path) -> bool:
        """What is new in a file is in the spool; True when more waits."""
        trouble = f"{path.name} cannot be read"
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                if f"{stat.st_dev}-{stat.st_ino}" != part:
                    return True  # it was rotated away just now
                waits = self._follow(part, file, stat)
        except (OSError, *_DAMAGED) as error:
            # The others do not wait for it. A compressed file may still be written: then it changes.
            known = self._files.get(part)
            self._trouble(trouble, is_there=isinstance(error, PermissionError) or (known is not None and known.still > 0))
            return False
        self._trouble(trouble, is_there=False)
        return waits

    def _follow(self, part: str, file: BinaryIO, stat: os.stat_result) -> bool:
        known = self._files.get(part) or self._restored(part)
        seen = (stat.st_size, stat.st_mtime_ns)
        if not known.look(seen, self.every):
            return False
        is_packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        plain = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_packed else file
        self._stand(known, plain, stat.st_size, is_packed=is_packed)
        return self._read(part, known, plain, seen, is_packed=is_packed)

    def _restored(self, part: str) -> File:
        """A file that was not seen since the start, where its place says that it was left."""
        text = self._post.place(part)
        self._files[part] = File(msgspec.json.decode(text, type=Place) if text else Place())
        return self._files[part]

    def _stand(self, known: File, plain: BinaryIO, size: int, *, is_packed: bool) -> None:
        """`plain` stands where reading goes on: at the place, or at the beginning when other content stands before it."""
        place = known.place
        is_same = not is_packed and size >= place.offset and _tail(plain, place.offset).hex() == place.tail
        if is_same and known.so_far is None:
            known.so_far = self._hashed(plain, place.offset)
            is_same = not place.offset or known.so_far.digest().hex() == place.digest
        if not is_same:
            known.place, known.so_far = Place(), beginning(self._secret)
        plain.seek(known.place.offset)

    def _hashed(self, plain: BinaryIO, offset: int) -> Hash:
        """The hash of the lines up to `offset`."""
        so_far = beginning(self._secret)
        plain.seek(0)
        while (at := plain.tell()) < offset and (line := plain.readline(min(LONGEST_LINE, offset - at))):
            so_far.update(whole(line))
        return so_far

    def _read(self, part: str, known: File, plain: BinaryIO, seen: tuple[int, int], *, is_packed: bool) -> bool:
        """Block after block is in the spool, and the place behind each; True when more waits."""
        blocks = 0
        while is_packed or blocks < _BLOCKS:
            block = plain.read(BLOCK)
            is_end = len(block) < BLOCK
            lines = self._whole_lines(known, block, is_end=is_end, is_packed=is_packed)
            left = len(block) - sum(map(len, lines))
            held = self._deliver(part, known, lines, size=seen[0] if is_end else -1, changed=seen[1], owed=left > 0)
            if is_end:
                return False
            plain.seek(-left - held, os.SEEK_CUR)
            blocks += 1
        return True

    def _whole_lines(self, known: File, block: bytes, *, is_end: bool, is_packed: bool) -> list[bytes]:
        """The lines of a block that are whole, and of records of several lines those that are."""
        lines: list[bytes] = _LINE.findall(block)
        is_final = is_end and (is_packed or known.still >= self._options.unfinished)
        if lines and not lines[-1].endswith(b"\n") and not is_final and len(lines[-1]) < LONGEST_LINE:
            lines.pop()
        if self._start is None or (is_end and (is_packed or known.still >= self._options.rest)):
            return lines
        last = next((index for index in reversed(range(len(lines))) if self._is_start(lines[index])), 0)
        return lines[:last] if last or is_end else lines

    def _is_start(self, line: bytes) -> bool:
        return self._start is None or self._start.search(line) is not None

    def _deliver(self, part: str, known: File, lines: list[bytes], *, size: int, changed: int, owed: bool) -> int:
        """The lines are in the spool, and the place is behind them; how many bytes of them must be read again.

        Those are lines of a message that is there already, and may go on: a copy under way shows the beginning of one.
        Raises `SpoolFull`; then nothing has moved.
        """
        so_far = known.so_far or beginning(self._secret)
        cutter = Cutter(so_far.copy(), known=self._post.known, starts=self._is_start)
        chunks = [chunk for line in lines if (chunk := cutter.add(line, kept=self._kept(line)))]
        held = 0
        if broken_off := cutter.broken_off():
            cutter.so_far, count = broken_off
            lines, held = lines[:-count], sum(map(len, lines[-count:]))
        elif last := cutter.end():
            chunks.append(last)
        tail = bytes.fromhex(known.place.tail) + b"".join(lines[-_TAIL:])
        place = Place(
            offset=known.place.offset + sum(map(len, lines)),
            digest=cutter.so_far.digest().hex(),
            tail=tail[-_TAIL:].hex(),
            size=size,
            changed=changed,
            owed=owed,
        )
        if place != known.place:
            self._post.deliver([_item(chunk) for chunk in chunks], place=msgspec.json.encode(place).decode(), part=part)
        known.place, known.so_far = place, cutter.so_far
        return held

    def _kept(self, line: bytes) -> bytes | None:
        if self._options.encoding == "utf-8":
            return line if line.endswith(b"\n") else line + b"\n"
        text = line.decode(self._options.encoding, errors="backslashreplace").encode()
        return text if text.endswith(b"\n") else text + b"\n"

    def _trouble(self, detail: str, *, is_there: bool) -> None:
        """Trouble is on record as a gap, from when it is first seen until it is over."""
        if is_there and detail not in self._troubles:
            self._post.gap("refused", detail)
            self._troubles.add(detail)
        elif not is_there and detail in self._troubles:
            self._post.closed("refused", detail)
            self._troubles.discard(detail)


def collector(post: Post, options: Mapping[str, Any]) -> Files:
    """What follows the files of a source. Raises `BadSettings`."""
    return Files(post, options_of(post.name, options, Options))


def _pattern(name: str, text: str) -> re.Pattern[bytes]:
    try:
        return re.compile(text.encode())
    except re.error as error:
        raise BadSettings(f"The options of {name!r}: `start` is no pattern: {error}.", advice="Correct it.") from error


def _item(chunk: Chunk) -> Item:
    return Item(key=chunk.key, body=chunk.body, content_type="text/plain", marks=chunk.marks)


def _tail(plain: BinaryIO, offset: int) -> bytes:
    """The bytes before `offset`."""
    plain.seek(max(0, offset - _TAIL))
    return plain.read(min(_TAIL, offset))
