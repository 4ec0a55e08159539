"""What every door works with: the senders, the room for bodies under way, the way onto the disk, and the counters."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import msgspec
from granian.rsgi import Scope

from hemostat.kernel import Clock, Home, Settings
from hemostat.lake.spool import Incoming, Receipt, Spool

from . import bodies, metrics
from .answers import Answer, accepted
from .channels import Channels
from .committer import Committer
from .gate import Gate
from .peers import peer_of
from .receiving import Headers, Patience, Room, Taken, Wire, busy, receive_body
from .versions import Versions

T = TypeVar("T")

_IN_PASSING = 65_536  # bytes that are looked through without leaving the event loop


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request before its body: method, path, query, headers by lowercase name, and the wire that the body comes by.

    scope: all of the head, as the server handed it over.
    """

    method: str
    path: str
    query: str
    headers: Headers
    wire: Wire
    scope: Scope


class Desk:
    """What doors share. `room` is for bodies of known senders, `unverified` for those whose signature covers the whole body.

    under_way: requests that are not answered yet.
    """

    def __init__(
        self, home: Home, spool: Spool, *, clock: Clock, held: int, held_unverified: int, most: int, patience: float
    ) -> None:
        self.metrics = metrics.Metrics()
        self.gate = Gate(home)
        self.home = home
        self.spool = spool
        self.clock = clock
        self.room = Room(held)
        self.unverified = Room(held_unverified)
        self.channels = Channels()
        self.versions = Versions()
        self.committer = Committer(spool, committed=self.metrics.committed)
        self.under_way = 0
        self._most = most
        self._patience = Patience(patience)

    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.gate.settings()

    def strangers(self, request: Request) -> Taken:
        """What a request holds of the room `unverified`, of which no sender gets more than a share."""
        return self.unverified.request(peer_of(request.scope, request.headers, self.settings().intake.proxies))

    def packed(self, request: Request, take: Callable[[int], None]) -> Awaitable[bytes]:
        """The whole body as it was sent. Raises `Refused`, at once when too many requests are under way."""
        if self.under_way > self._most:
            raise busy()
        limit = self.settings().intake.max_body
        return receive_body(request.headers, request.wire, limit=limit, patience=self._patience, take=take)

    async def unpacked(self, request: Request, packed: bytes, take: Callable[[int], None]) -> bytes:
        """The body without its compression. Raises `Refused`."""
        limit = self.settings().intake.max_body
        encoding = request.headers.get("content-encoding", "").strip().lower()
        plain = await aside(len(packed), partial(bodies.plain, packed, encoding, limit=limit))
        take(len(plain) - len(packed))
        return plain

    def keep(self, source: str, *, key: str, kind: str, body: bytes, headers: dict[str, str] | None = None) -> Awaitable[Receipt]:
        """The message is on disk. Raises `SpoolFull`."""
        now = self.clock.now()
        incoming = Incoming(source=source, key=key, received_at=now, content_type=kind, headers=headers or {}, body=body)
        return self.committer.submit(incoming)

    def accepted(self, name: str, receipt: Receipt, records: int) -> Answer:
        """The answer to a message that is on disk, counted."""
        if self.counted(name, receipt, records):
            return accepted(records=records, duplicate=False, seq=receipt.seq)
        return accepted(records=0, duplicate=True, seq=receipt.seq)

    def counted(self, name: str, receipt: Receipt, records: int) -> bool:
        """The counters know of the message; was it new?"""
        if receipt.duplicate:
            self.metrics.duplicates[name] += 1
            return False
        self.metrics.messages[name] += 1
        self.metrics.records[name] += records
        return True


async def aside(size: int, work: Callable[[], T]) -> T:
    """What `work` gives; done beside the event loop when the body is so large that others would wait."""
    return work() if size <= _IN_PASSING else await asyncio.to_thread(work)
