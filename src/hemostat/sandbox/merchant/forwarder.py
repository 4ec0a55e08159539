"""The merchant's forwarders: they gather the lines of each source for some seconds, and send them as one message."""

import heapq
from collections.abc import Iterable, Iterator

import msgspec

from hemostat.kernel import from_micros
from hemostat.lake.spool import Incoming

from .chance import number
from .rhythm import MINUTE, SECOND
from .wires import SHOP, Line

_MOST = 500  # lines of a message
_JSON, _LINES, _TEXT = "application/json", "application/x-ndjson", "text/plain"


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """How a source sends. gathers: how long lines wait for others; late: how long a message is on its way. In microseconds."""

    content_type: str
    gathers: int = 15 * SECOND
    late: int = 2 * SECOND
    most: int = _MOST


WIRES = {
    "edge": Wire(content_type=_LINES),
    "staging-edge": Wire(content_type=_LINES),
    "care-app": Wire(content_type=_LINES),
    "workforce": Wire(content_type=_LINES, gathers=30 * SECOND),
    "egress": Wire(content_type=_LINES, gathers=30 * SECOND),
    "admin-audit": Wire(content_type=_JSON, gathers=20 * SECOND, late=8 * SECOND),
    "refill-shop": Wire(content_type=_TEXT),
    "clinic": Wire(content_type=_LINES),
    "recordings": Wire(content_type=_TEXT, gathers=10 * MINUTE, late=25 * MINUTE),
    "log-bucket": Wire(content_type=_TEXT, gathers=10 * MINUTE, late=25 * MINUTE),
    "app-log": Wire(content_type=_TEXT),
    "fernhollow": Wire(content_type=_JSON, gathers=0, most=1),
}
"""The sources. Object stores deliver their logs late, as Amazon says of its own; by how much here is invented."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What only the judge may know of a record: it is line `line`, from 1, of the message `key`.

    campaign: the leak that it belongs to; quirk: the peculiarity that it belongs to, which is no leak; people: whom it exposed.
    """

    key: str
    line: int
    campaign: str = ""
    quirk: str = ""
    people: tuple[int, ...] = ()


Sent = tuple[Incoming, tuple[Mark, ...]]


def forwarded(lines: Iterable[Line], name: str) -> Iterator[Sent]:
    """The messages of these lines, which come by time, by their receipt; each with the marks of those lines that have any.

    name: what is in front of each message's key, different for each day.
    """
    forwarder = _Forwarder(name)
    for line in lines:
        yield from forwarder.until(line.time)
        forwarder.take(line)
    yield from forwarder.rest()


class _Forwarder:
    """What waits at the forwarders, and what is on its way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._held: dict[str, list[Line]] = {}
        self._on_way: list[tuple[int, int, Sent]] = []
        self._count = 0

    def take(self, line: Line) -> None:
        """The line waits for others, or is sent with those that waited."""
        held = self._held.setdefault(line.source, [])
        held.append(line)
        if len(held) >= WIRES[line.source].most:
            self._send(line.source, line.time)

    def until(self, time: int) -> Iterator[Sent]:
        """What is received up to this moment, by receipt."""
        due = [(held[0].time + WIRES[source].gathers, source) for source, held in self._held.items()]
        for at, source in due:
            if at <= time:
                self._send(source, at)
        while self._on_way and self._on_way[0][0] <= time:
            yield heapq.heappop(self._on_way)[2]

    def rest(self) -> Iterator[Sent]:
        """Everything else, by receipt."""
        for source, held in list(self._held.items()):
            self._send(source, held[0].time + WIRES[source].gathers)
        while self._on_way:
            yield heapq.heappop(self._on_way)[2]

    def _send(self, source: str, at: int) -> None:
        lines, wire = self._held.pop(source), WIRES[source]
        self._count += 1
        received = at + wire.late
        message = Incoming(
            source=source,
            key=f"{self._name}.{source}.{self._count}",
            received_at=from_micros(received),
            content_type=wire.content_type,
            headers=_headers(lines[0]) if wire.most == 1 else {},
            body=_body(source, lines),
        )
        marks = tuple(
            Mark(key=message.key, line=place, campaign=line.campaign, quirk=line.quirk, people=line.people)
            for place, line in enumerate(lines, start=1)
            if line.campaign or line.quirk
        )
        heapq.heappush(self._on_way, (received, self._count, (message, marks)))


def _body(source: str, lines: list[Line]) -> bytes:
    if source == "admin-audit":
        return b'{"events":[' + b",".join(line.body for line in lines) + b"]}"
    return b"\n".join(line.body for line in lines)


def _headers(line: Line) -> dict[str, str]:
    """The headers of a webhook that are kept of it."""
    return {
        "x-shopify-topic": line.topic,
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": f"{number(line.time, line.body):016x}",
        "x-shopify-api-version": "2026-10",
        "x-shopify-triggered-at": from_micros(line.time).isoformat().replace("+00:00", "Z"),
    }
