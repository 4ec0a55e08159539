"""Taking a request's head and body from the server, within bounds of size, memory and time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

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
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def require_method(method: str, *allowed: str) -> None:
    """The request has one of the methods. Raises `Refused` (405)."""
    if method not in allowed:
        methods = ", ".join(allowed)
        raise Refused(
            405, "method", "This address does not take the method.", advice=f"Use {methods}.", headers={"allow": methods}
        )


async def receive_body(headers: Headers, receive: Receive, *, limit: int, patience: float, take: Callable[[int], None]) -> bytes:
    """The whole body, of at most `limit` bytes, within `patience` seconds; each byte was asked of `take` first.

    Raises `Refused`: 411 without a length, 413 when it is too large, 408 when it is too slow, 400 when it is cut short.
    """
    announced = _length(headers, limit)
    try:
        async with asyncio.timeout(patience):
            body = await _collect(receive, limit, take)
    except TimeoutError as error:
        advice = "Send it again over a faster connection; nothing of it was kept."
        raise Refused(408, "too_slow", f"The body took longer than {patience:g} s.", advice=advice) from error
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
