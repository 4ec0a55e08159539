"""Taking a request's head and body from the server, within bounds of size, memory and time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, cast

from .answers import Refused, try_later
from .bodies import too_large

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]


class Room:
    """The bytes of requests under way, and the most of them that the process takes on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0

    @contextmanager
    def request(self) -> Iterator[Callable[[int], None]]:
        """What one request holds; given back when it ends. Calling it with a number of bytes takes them.

        Raises `Refused` (503) when they are too many together.
        """
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self.held + size > self._most:
                advice = "Send again later; nothing of this request was kept."
                raise try_later("busy", "Too many requests are under way.", advice=advice, seconds=1)
            mine += size
            self.held += size

        try:
            yield take
        finally:
            self.held -= mine


def headers_of(scope: Scope) -> Headers:
    """The headers by lowercase name. Of a header that comes more than once the first counts."""
    return {str(name, "latin-1").lower(): str(value, "latin-1") for name, value in reversed(scope["headers"])}


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

    async def wait(self, work: Awaitable[bytes]) -> bytes:
        """What `work` gives. Raises `TimeoutError` when it takes too long."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())  # whoever awaits is in one
        loop = task.get_loop()
        self._since[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look, loop)
        try:
            return await work
        except asyncio.CancelledError:
            if task in self._overdue and not task.uncancel():
                raise TimeoutError from None
            raise
        finally:
            self._since.pop(task, None)
            self._overdue.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Those that have taken too long are ended; the timer is set for the next."""
        now, self._timer = loop.time(), None
        for task, since in list(self._since.items()):  # the oldest first
            if since + self.seconds > now:
                self._timer = loop.call_at(since + self.seconds, self._look, loop)
                break
            self._since.pop(task)
            self._overdue.add(task)
            task.cancel()


async def receive_body(
    headers: Headers, receive: Receive, *, limit: int, patience: Patience, take: Callable[[int], None]
) -> bytes:
    """The whole body, of at most `limit` bytes, within the time of `patience`; each byte was asked of `take` first.

    Raises `Refused`: 411 without a length, 413 when it is too large, 408 when it is too slow, 400 when it is cut short.
    """
    announced = _length(headers, limit)
    try:
        body = await patience.wait(_collect(receive, limit, take))
    except TimeoutError as error:
        advice = "Send it again over a faster connection; nothing of it was kept."
        raise Refused(408, "too_slow", f"The body took longer than {patience.seconds:g} s.", advice=advice) from error
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


async def _collect(receive: Receive, limit: int, take: Callable[[int], None]) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _truncated()  # it may still listen: who says that nothing more comes has not hung up
        part = event.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large(limit)
        take(len(part))
        parts.append(part)
        if not event.get("more_body", False):
            return b"".join(parts)
