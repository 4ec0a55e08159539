"""Taking a request's head and body from the server, within bounds of size, memory and time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol, cast

from granian.rsgi import ProtocolClosed, Scope

from .answers import Refused, try_later
from .bodies import too_large

Headers = dict[str, str]


class Wire(Protocol):
    """What the server hands over beside the head: the body, whole or in parts, and the way back (RSGI 1.6)."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as it comes."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """The answer is on its way."""


class Room:
    """The bytes of requests under way, and the most of them that the process takes on.

    A named peer may hold no more than it leaves free: half of the room when it is alone. So whatever one does, others have room.
    (Choudhury and Hahne, Dynamic queue length thresholds for shared-memory packet switches, 1998.)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0
        self._by_peer: dict[str, int] = {}

    def request(self, peer: str = "") -> "Taken":
        """What one request of a peer holds, given back when it ends; "" for senders whom we trust."""
        return Taken(self, peer)

    def take(self, size: int, peer: str) -> None:
        """So many bytes more are held. Raises `Refused` (503) when they are too many together, or for this peer."""
        by_peer = self._by_peer.get(peer, 0) + size
        if self.held + size + (by_peer if peer else 0) > self._most:
            raise busy()
        self.held += size
        self._by_peer[peer] = by_peer

    def give_back(self, size: int, peer: str) -> None:
        """So many bytes are free again."""
        self.held -= size
        if left := self._by_peer.get(peer, 0) - size:
            self._by_peer[peer] = left
        else:
            self._by_peer.pop(peer, None)


class Taken:
    """What one request holds of a room; within `with`, a function that takes so many bytes more."""

    def __init__(self, room: Room, peer: str) -> None:
        self._room = room
        self._peer = peer
        self._size = 0

    def __enter__(self) -> Callable[[int], None]:
        return self._take

    def __exit__(self, *_: object) -> None:
        self._room.give_back(self._size, self._peer)

    def _take(self, size: int) -> None:
        self._room.take(size, self._peer)
        self._size += size


def busy() -> Refused:
    """The refusal of what is too much now."""
    advice = "Send again later; nothing of this request was kept."
    return try_later("busy", "Too many requests are under way.", advice=advice, seconds=1)


def headers_of(scope: Scope) -> Headers:
    """The headers by lowercase name. Of a header that comes more than once the first counts; one that is not ASCII is empty."""
    given = scope.headers  # the server makes a copy each time it is asked
    found = dict(reversed(given.items()))
    return found if len(found) == len(given) else {name: found.get(name, "") for name in given}


def require_method(method: str, *allowed: str) -> None:
    """The request has one of the methods. Raises `Refused` (405)."""
    if method not in allowed:
        methods = ", ".join(allowed)
        raise Refused(
            405, "method", "This address does not take the method.", advice=f"Use {methods}.", headers={"allow": methods}
        )


class Patience:
    """How long bodies may take. One timer serves all of them: a timer for each would cost more than what else is done for it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._since: dict[asyncio.Task[Any], float] = {}
        self._overdue: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> "asyncio.Task[Any]":
        """The body of a request is waited for from now on; the task that does."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())  # whoever waits is in one
        self._since[task] = time.monotonic()
        if self._timer is None:
            loop = task.get_loop()
            self._timer = loop.call_later(self.seconds, self._look, loop)
        return task

    def end(self, task: "asyncio.Task[Any]") -> bool:
        """It is waited for no longer; was it in vain, so that the task's end is to be taken back?"""
        self._since.pop(task, None)
        if task not in self._overdue:
            return False
        self._overdue.discard(task)
        return not task.uncancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Those that have taken too long are ended; the timer is set for the next."""
        now, self._timer = time.monotonic(), None
        for task, since in list(self._since.items()):  # the oldest first
            if since + self.seconds > now:
                self._timer = loop.call_later(since + self.seconds - now, self._look, loop)
                break
            self._since.pop(task)
            self._overdue.add(task)
            task.cancel()


async def receive_body(headers: Headers, wire: Wire, *, limit: int, patience: Patience, take: Callable[[int], None]) -> bytes:
    """The whole body, of at most `limit` bytes, within the time of `patience`; its bytes were asked of `take` first.

    Raises `Refused`: 411 without a length, 413 when it is too large, 408 when it is too slow, 400 when it is cut short.
    """
    announced = _length(headers, limit)
    if announced is not None:
        take(announced)
    waiting = patience.begin()
    try:
        body = await (_chunks(wire, limit, take) if announced is None else wire())
    except asyncio.CancelledError as error:
        if not patience.end(waiting):
            raise
        advice = "Send it again over a faster connection; nothing of it was kept."
        raise Refused(408, "too_slow", f"The body took longer than {patience.seconds:g} s.", advice=advice) from error
    except ProtocolClosed as error:  # the sender may still listen: who says that nothing more comes has not hung up
        raise _truncated() from error
    finally:
        patience.end(waiting)
    if announced is not None and len(body) != announced:
        raise _truncated()
    return body


def _truncated() -> Refused:
    return Refused(400, "truncated", "The body was cut short.", advice="Send it again, whole; nothing of it was kept.")


def _length(headers: Headers, limit: int) -> int | None:
    """The length that the sender announced; None when the body comes in chunks."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return None
    text = headers.get("content-length", "")
    if not (text.isascii() and text.isdecimal()):
        raise Refused(411, "length", "The length of the body is missing.", advice="Set Content-Length, or send in chunks.")
    if len(text) > len(str(limit)) or int(text) > limit:
        raise too_large(limit)
    return int(text)


async def _chunks(wire: Wire, limit: int, take: Callable[[int], None]) -> bytes:
    """A body whose length nobody announced. Raises `Refused`."""
    parts: list[bytes] = []
    size = 0
    async for part in wire:
        size += len(part)
        if size > limit:
            raise too_large(limit)
        take(len(part))
        parts.append(part)
    # The server ends a whole body with one part of no bytes. In front of that it puts another where the sender stopped.
    if parts.count(b"") != 1:
        raise _truncated()
    return b"".join(parts)
