"""What a collector is given and what it hands on: a place in its feed, and a way into the spool that keeps both together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from hemostat.kernel import Clock, Home, Keyring, Source
from hemostat.lake import health
from hemostat.lake.spool import Incoming, Receipt, Spool

_NO_HEADERS: Mapping[str, str] = {}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a feed. `key` names it within the source: the same key twice is one message.

    marks: those of its lines, when it comes from a file (`cutting`).
    """

    key: str
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = _NO_HEADERS
    marks: bytes = b""


class Collector(Protocol):
    """Reads one feed. It may be killed anywhere, and is then made anew."""

    every: float
    """Seconds to the next `poll` when nothing waits."""

    def poll(self) -> bool:
        """What the feed had is in the spool, and acknowledged to it afterwards; True when more waits.

        Raises `HemostatError` when the feed cannot be read now; it is asked again, later each time.
        """

    def close(self) -> None:
        """Connections are closed."""


class Post:
    """One source's way into the spool, its place in the feed, and where it says what is missing."""

    def __init__(self, name: str, source: Source, *, home: Home, spool: Spool, clock: Clock) -> None:
        self.name = name
        self.source = source
        self.home = home
        self.clock = clock
        self._spool = spool

    @property
    def keyring(self) -> Keyring:
        """The keys of the home; those of a feed are called `feed.<source>` and so on."""
        return self.home.keyring(self.home.settings())

    def place(self, part: str = "") -> str:
        """How far the feed, or this part of it, was read; "" when it never was."""
        return self._spool.place(self._named(part))

    def deliver(self, items: Sequence[Item], *, place: str | None = None, part: str = "") -> list[Receipt]:
        """The items are in the spool, and the feed's place has moved, in one transaction. Raises `SpoolFull`."""
        now = self.clock.now()
        batch = [
            Incoming(
                source=self.name,
                key=item.key,
                received_at=now,
                content_type=item.content_type,
                headers=dict(item.headers),
                body=item.body,
                marks=item.marks,
            )
            for item in items
        ]
        return self._spool.append(batch, places={} if place is None else {self._named(part): (place, now)})

    def known(self, key: str) -> bytes | None:
        """The marks of the message under this key; None when there is none, or it came without."""
        return self._spool.marks(self.name, key)

    def gap(self, kind: str, detail: str, *, since: datetime | None = None) -> None:
        """It is on record that events may be missing, from `since`, or from now, on."""
        now = self.clock.now()
        health.gap_opened(self.home, source=self.name, kind=kind, detail=detail, since=since or now, now=now)

    def closed(self, kind: str, detail: str) -> None:
        """The gap is over, if there was one."""
        health.gap_closed(self.home, source=self.name, kind=kind, detail=detail, now=self.clock.now())

    def _named(self, part: str) -> str:
        return f"{self.name}/{part}" if part else self.name
