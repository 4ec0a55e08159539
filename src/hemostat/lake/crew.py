"""Helpers: processes beside this one that read and redact pieces of a plan, while much waits.

A plan is cut into pieces by the numbers of its messages. Helpers take them from the front, this process from the back, and all
are put together in their order: the rows are those that one process makes. A helper reads the spool and hands back pieces; it
writes nothing, so nothing depends on whether it lives. One that fails is given up, and its piece is done here.

Helpers go on with the next plan, when it is certain, while this process writes the last one. If another plan comes after all,
what was done ahead is dropped.

A small stream is done in this process alone: helpers start when plans keep coming full, and end when they no longer do.
"""

import fcntl
import os
import queue
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
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
_ROOM = 1 << 20  # bytes of an answer that a helper can be rid of before anybody reads it; most answers are smaller
_PROMPT = 0.0005  # seconds after which a thread that hands out pieces gets its turn, so that its helper does not idle
_LENGTH = struct.Struct("<Q")

Following = Callable[[Plan], Plan | None]


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
        self._ahead: _Job | None = None
        self._full = self._calm = 0
        self._usual = sys.getswitchinterval()

    def gather(self, plan: Plan, spool: Spool, tools: Tools, *, following: Following = lambda _: None) -> list[Piece]:
        """The pieces of a plan, in order.

        following: tells the plan that will come next, with which helpers go on; asked only when there are helpers.
        """
        if tools is not self._tools:
            self.close()  # the helpers know other settings
            self._tools = tools
        ready = [helper for helper in self._helpers if helper.is_ready]

        def read(task: Plan) -> Piece:
            return gather(spool.messages(task), tools)

        if ready:
            pieces = self._shared(plan, read, ready, following)
        else:
            self._drop_ahead()
            pieces = [read(plan)]
        self._learn(sum(piece.size for piece in pieces) >= FULL, tools)
        return pieces

    def close(self) -> None:
        """No helper runs any more."""
        self._drop_ahead()
        for helper in self._helpers:
            helper.close()
        if self._helpers:
            sys.setswitchinterval(self._usual)
        self._helpers = []
        self._full = self._calm = 0

    def _shared(
        self, plan: Plan, read: Callable[[Plan], Piece], helpers: Sequence["_Helper"], following: Following
    ) -> list[Piece]:
        job, self._ahead = self._ahead, None
        if job and job.plan != plan:
            job.drop()
            job = None
        job = job or _begun(plan, helpers)
        try:
            if next_plan := following(plan):
                self._ahead = _begun(next_plan, helpers)
            while not job.is_done():
                # While the last pieces of this plan are with helpers, the next plan need not wait.
                if job.work(read) or (self._ahead and self._ahead.work(read)) or job.wait(_ANSWER):
                    continue
                for helper in helpers:
                    helper.kill()
        except BaseException:
            job.drop()
            self._drop_ahead()
            raise
        return job.pieces()

    def _drop_ahead(self) -> None:
        if self._ahead:
            self._ahead.drop()
        self._ahead = None

    def _learn(self, is_full: bool, tools: Tools) -> None:  # noqa: FBT001  # what is learnt
        self._full, self._calm = (self._full + 1, 0) if is_full else (0, self._calm + 1)
        if self._helpers and self._calm >= CALM:
            self.close()
        elif not self._helpers and self._full >= PATIENCE:
            hello = msgspec.msgpack.encode(Hello(home=str(tools.home.path), settings=tools.settings))
            self._helpers = [_Helper(hello) for _ in range(self._most)]
            sys.setswitchinterval(min(self._usual, _PROMPT))


def _begun(plan: Plan, helpers: Sequence["_Helper"]) -> "_Job":
    """The plan, at which the helpers work as soon as they are free."""
    job = _Job(plan, PIECES * (len(helpers) + 1))
    for helper in helpers:
        helper.help_with(job)
    return job


def _cut(plan: Plan, pieces: int) -> list[Plan]:
    """The plan in at most so many pieces of about as many messages each."""
    size = -(-(plan.last - plan.first + 1) // pieces)
    return [
        Plan(batch=plan.batch, first=first, last=min(plan.last, first + size - 1))
        for first in range(plan.first, plan.last + 1, size)
    ]


class _Job:
    """A plan in at most so many pieces. Safe to share between threads."""

    def __init__(self, plan: Plan, pieces: int) -> None:
        self.plan = plan
        self._tasks = _cut(plan, pieces)
        self._left = deque(self._tasks)
        self._done: dict[Plan, Piece] = {}
        self._changed = threading.Condition()

    def work(self, read: Callable[[Plan], Piece]) -> bool:
        """The last piece that nobody took is read; False when there is none."""
        return self._read(self._left.pop, read)

    def help(self, read: Callable[[Plan], Piece | None]) -> bool:
        """The first piece that nobody took is read, or left to another when that fails; False when there is none."""
        return self._read(self._left.popleft, read)

    def _read(self, take: Callable[[], Plan], read: Callable[[Plan], Piece | None]) -> bool:
        try:
            task = take()
        except IndexError:
            return False
        self._settle(task, read(task))
        return True

    def _settle(self, task: Plan, piece: Piece | None) -> None:
        with self._changed:
            if piece is None:
                self._left.append(task)
            else:
                self._done[task] = piece
            self._changed.notify_all()

    def is_done(self) -> bool:
        """Has each piece been read?"""
        return len(self._done) == len(self._tasks)

    def wait(self, seconds: float) -> bool:
        """Each piece has been read, or one is left again; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._left) or self.is_done(), seconds)

    def pieces(self) -> list[Piece]:
        """All of it, in order."""
        return [self._done[task] for task in self._tasks]

    def drop(self) -> None:
        """Nobody takes another piece of it."""
        self._left.clear()


class _Helper:
    """One helper process, and the thread that hands it pieces."""

    def __init__(self, hello: bytes) -> None:
        # What it might write of an error could hold what it read.
        command = [sys.executable, "-m", "hemostat.lake.helper"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]  # noqa: S603  # our own program
        with suppress(OSError):  # where the system gives less room it takes longer, and that is all
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _ROOM)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.is_ready = False
        """Has it said that it can work, and not failed since?"""
        self._thread = threading.Thread(target=self._run, args=(hello,), daemon=True)
        self._thread.start()

    def help_with(self, job: _Job) -> None:
        """It works at the job when it is done with what it was given before."""
        self._jobs.put(job)

    def kill(self) -> None:
        """It fails at once at whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """It has ended."""
        self._jobs.put(None)
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        self._process.stdout.close()

    def _run(self, hello: bytes) -> None:
        self.is_ready = self._asked(hello) is not None
        while job := self._jobs.get():
            while self.is_ready and job.help(self._piece):
                pass
        with suppress(OSError):
            self._process.stdin.close()

    def _piece(self, task: Plan) -> Piece | None:
        """What the messages say; None, and nothing more from this helper, when it could not tell."""
        try:
            told = self._asked(msgspec.msgpack.encode(task))
            piece = unpacked(told) if told else None
        except Exception:  # noqa: BLE001  # whatever it told: the thread must not end while somebody waits for the piece
            piece = None
        self.is_ready = piece is not None
        return piece

    def _asked(self, frame: bytes) -> bytes | None:
        try:
            send(self._process.stdin, frame)
        except OSError:
            return None
        return receive(self._process.stdout)


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
