"""JSON files: one OCSF record a line, synced to the disk before an event counts as taken, and each event in them once.

A file under way is called `NAME.part`. When it is large or old enough it gets its name, with the ids of its first and last event,
and is never touched again: whoever takes files away takes whole ones. After a crash what was written but not acknowledged is cut
off the part, so that it is not there twice.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from hemostat.kernel import BadSettings, Clock, Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sources.base import options_of

from .base import Before, Channel, Record, Taken, Unavailable, position_of
from .cutting import taken
from .only import Only
from .runner import Runner, Ways


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a sink of the kind `files`.

    folder: where the files lie; a relative one is below the home.
    megabytes, seconds: a file that has grown so large, or is so old, gets its name and the next one begins.
    """

    folder: str
    only: Only = msgspec.field(default_factory=Only)
    megabytes: Annotated[float, msgspec.Meta(gt=0)] = 64.0
    seconds: Annotated[float, msgspec.Meta(gt=0)] = 3600.0


class _Uid(msgspec.Struct, frozen=True):
    uid: str


class _Line(msgspec.Struct, frozen=True):
    metadata: _Uid


class Folder:
    """A channel into one folder. `prefix` keeps files of different streams apart."""

    def __init__(self, folder: Path, options: Options, *, prefix: str, ticks: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._options = options
        self._part = folder / f"{prefix}.part"
        self._prefix = prefix
        self._ticks = ticks
        self._file: BinaryIO | None = None
        self._first = self._last = ""
        self._size = 0
        self._began = 0.0

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """See `Channel`. All records are on the disk.

        Nothing leaves that could arrive twice: what is not acknowledged is cut off first. So nobody needs to know `before`.
        """
        del before
        if self._last and position_of(self._last) >= records[0].position:
            self.close()  # the journal could not note what was written: it is cut off, and written again
        try:
            file = self._opened(records[0].position)
            if self._size and (
                self._size >= self._options.megabytes * 1e6 or self._ticks() - self._began > self._options.seconds
            ):
                self._named()
                file = self._opened(records[0].position)
            content = b"".join(msgspec.json.encode(record.ocsf) + b"\n" for record in records)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            self.close()
            raise Unavailable(
                f"The folder {self._folder.name} takes nothing now ({os.strerror(error.errno or 0)}).",
                advice="Free some space there, or correct its rights; it is tried again by itself.",
            ) from error
        self._first = self._first or records[0].event_id
        self._last = records[-1].event_id
        self._size += len(content)
        yield taken(records)

    def close(self) -> None:
        """The file is closed; it stays a part, and is gone on with."""
        if self._file is not None:
            with suppress(OSError):  # a full disk: what was not synced is not acknowledged, and is cut off
                self._file.close()
            self._file = None

    def _opened(self, position: int) -> BinaryIO:
        """The part, with every event before `position` and none else."""
        if self._file is not None:
            return self._file
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._part, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(handle, "r+b")
        self._first, self._last, self._size = _standing(file, position)
        file.truncate(self._size)
        file.seek(self._size)
        _sync(self._folder)
        self._began = self._ticks()
        self._file = file
        return file

    def _named(self) -> None:
        """The part has its name, also when the power goes."""
        self.close()
        self._part.rename(self._folder / f"{self._prefix}-{self._first}--{self._last}.ndjson")
        _sync(self._folder)


def channels(name: str, sink: Sink, *, home: Home) -> Ways:
    """Raises `BadSettings` when an option is missing or wrong."""
    options = options_of(name, sink.options, Options)
    if sink.url:
        raise BadSettings(f"The sink {name!r} of files has no address.", advice="Leave `url` out; name the folder in options.")
    folder = (home.path / options.folder).resolve()
    if home.settings().kind == "sandbox" and not folder.is_relative_to(home.path.resolve()):
        raise BadSettings(f"The sink {name!r} of a sandbox leads out of it.", advice="Name a folder below the home.")

    def make(label: str) -> Channel:
        return Folder(folder, options, prefix=label or "events")

    return Ways(only=options.only, make=make, meaning="it is synced to the disk")


def forwarder(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Runner:
    """What fills the sink. Raises `BadSettings`."""
    ways = channels(name, sink, home=home)
    return Runner(name, home=home, spool=spool, clock=clock, only=ways.only, channel=ways.make)


def _standing(file: BinaryIO, position: int) -> tuple[str, str, int]:
    """Ids of the first and last event in a part before `position`, and where the last of them ends."""
    first = last = ""
    end = 0
    for line in file:
        try:
            uid = msgspec.json.decode(line, type=_Line).metadata.uid
        except msgspec.DecodeError:
            break  # cut short when the power went
        if not line.endswith(b"\n") or position_of(uid) >= position:
            break
        first, last = first or uid, uid
        end += len(line)
    return first, last, end


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
