"""Helpers: processes beside this one that read and redact pieces of a plan, while much waits.

A plan is cut into pieces by the numbers of its messages. Helpers take them from the front, this process from the back, and all
are put together in their order: the rows are those that one process makes. A helper reads the spool and hands back pieces; it
writes nothing, so nothing depends on whether it lives. One that fails is given up, and its piece is done here.

A small stream is done in this process alone: helpers start when plans keep coming full, and end when they no longer do.
"""

import os
import select
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import Settings
from hemostat.lake.gathering import Piece, Tools, Unread, gather
from hemostat.lake.spool import Plan, Spool, Unopened

FULL = 3_000_000
"""Bytes of bodies from which a plan counts as full."""

PATIENCE = 3
"""Full plans in a row after which helpers start."""

CALM = 50
"""Plans in a row that were not full after which helpers end."""

PIECES = 4  # of a plan for each process
_MOST_HELPERS = 3
_ANSWER = 60.0  # seconds that a helper has for a piece
_ENDING = 10.0  # seconds that it has to end
_LENGTH = struct.Struct("<Q")


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """What a helper is told first: the home, and its settings as they were when this process read them."""

    home: str
    settings: Settings


class _Packed(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A piece as it travels: its batches are one Arrow stream."""

    messages: int
    size: int
    batches: bytes
    names: list[list[str]]
    unread: list[Unread]
    unopened: list[Unopened]


class Crew:
    """This process and, while much waits, its helpers. Not to be shared between threads; to be closed at the end.

    helpers: how many at most; one for each further processor when not given.
    """

    def __init__(self, *, helpers: int | None = None) -> None:
        self._most = min(_MOST_HELPERS, (os.cpu_count() or 1) - 1) if helpers is None else helpers
        self._helpers: list[_Helper] = []
        self._tools: Tools | None = None
        self._full = self._calm = 0

    def gather(self, plan: Plan, spool: Spool, tools: Tools) -> list[Piece]:
        """The pieces of a plan, in order."""
        if tools is not self._tools:
            self.close()  # the helpers know other settings
            self._tools = tools
        ready = [helper for helper in self._helpers if helper.is_ready()]
        pieces = _shared(plan, spool, tools, ready) if ready else [gather(spool.messages(plan), tools)]
        self._learn(sum(piece.size for piece in pieces) >= FULL, tools)
        return pieces

    def close(self) -> None:
        """No helper runs any more."""
        for helper in self._helpers:
            helper.close()
        self._helpers = []
        self._full = self._calm = 0

    def _learn(self, is_full: bool, tools: Tools) -> None:  # noqa: FBT001  # what is learnt
        self._full, self._calm = (self._full + 1, 0) if is_full else (0, self._calm + 1)
        if self._helpers and self._calm >= CALM:
            self.close()
        elif not self._helpers and self._full >= PATIENCE:
            hello = msgspec.msgpack.encode(Hello(home=str(tools.home.path), settings=tools.settings))
            self._helpers = [_Helper(hello) for _ in range(self._most)]


def _shared(plan: Plan, spool: Spool, tools: Tools, helpers: Sequence["_Helper"]) -> list[Piece]:
    tasks = _cut(plan, PIECES * (len(helpers) + 1))
    left, done = deque(enumerate(tasks)), dict[int, Piece]()
    threads = [threading.Thread(target=_help, args=(helper, left, done), daemon=True) for helper in helpers]
    for thread in threads:
        thread.start()
    try:
        with suppress(IndexError):
            while True:
                number, task = left.pop()
                done[number] = gather(spool.messages(task), tools)
    finally:
        left.clear()
        for thread in threads:
            thread.join()
    # What a helper failed at is left.
    return [done[number] if number in done else gather(spool.messages(task), tools) for number, task in enumerate(tasks)]


def _help(helper: "_Helper", left: deque[tuple[int, Plan]], done: dict[int, Piece]) -> None:
    with suppress(IndexError):
        while True:
            number, task = left.popleft()
            piece = helper.piece(task)
            if piece is None:
                return
            done[number] = piece


def _cut(plan: Plan, pieces: int) -> list[Plan]:
    """The plan in at most so many pieces of about as many messages each."""
    size = -(-(plan.last - plan.first + 1) // pieces)
    return [
        Plan(batch=plan.batch, first=first, last=min(plan.last, first + size - 1))
        for first in range(plan.first, plan.last + 1, size)
    ]


class _Helper:
    """One helper process, as this one sees it."""

    def __init__(self, hello: bytes) -> None:
        # What it might write of an error could hold what it read.
        command = [sys.executable, "-m", "hemostat.lake.helper"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]  # noqa: S603  # our own program
        self._is_ready = False
        self._has_failed = not self._tell(hello)

    def is_ready(self) -> bool:
        """Has it said that it can work, and not failed since?"""
        if not (self._is_ready or self._has_failed) and select.select([self._process.stdout], [], [], 0)[0]:
            self._is_ready = self._hear() is not None
            self._has_failed = not self._is_ready
        return self._is_ready and not self._has_failed

    def piece(self, task: Plan) -> Piece | None:
        """What the messages say; None when it could not tell."""
        told = self._hear() if self._tell(msgspec.msgpack.encode(task)) else None
        self._has_failed = told is None
        return unpacked(told) if told else None

    def close(self) -> None:
        """It has ended."""
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _tell(self, frame: bytes) -> bool:
        try:
            send(self._process.stdin, frame)
        except OSError:
            return False
        return True

    def _hear(self) -> bytes | None:
        stdout = self._process.stdout
        return receive(stdout) if select.select([stdout], [], [], _ANSWER)[0] else None


def send(stream: IO[bytes], frame: bytes) -> None:
    """The frame is on its way to whoever reads the stream."""
    stream.write(_LENGTH.pack(len(frame)) + frame)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """The next frame; None when the stream has ended."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    frame = stream.read(length)
    return frame if len(frame) == length else None


def packed(piece: Piece) -> bytes:
    """A piece as bytes. Raises `UnicodeEncodeError` when a name in it holds half a character."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, SCHEMA) as stream:
        for batch in piece.batches:
            stream.write_batch(batch)
    return msgspec.msgpack.encode(
        _Packed(
            messages=piece.messages,
            size=piece.size,
            batches=sink.getvalue().to_pybytes(),
            names=piece.names,
            unread=piece.unread,
            unopened=piece.unopened,
        )
    )


def unpacked(content: bytes) -> Piece:
    """The piece that was packed."""
    found = _PACKED.decode(content)
    with pa.ipc.open_stream(found.batches) as stream:
        batches = list(stream)
    return Piece(
        messages=found.messages,
        size=found.size,
        batches=batches,
        names=found.names,
        unread=found.unread,
        unopened=found.unopened,
    )


_PACKED = msgspec.msgpack.Decoder(_Packed)
