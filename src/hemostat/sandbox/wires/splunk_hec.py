"""A strict twin of Splunk's HTTP Event Collector: what the real one refuses it refuses, with the same codes.

Sources as in `hemostat.sinks.splunk`. It decodes the events itself, and shares no code with the sender. With acknowledgment an
event is indexed when its number was said to be; before that a restart loses it. A batch with a bad event is refused whole, or,
with `keeps_prefix`, but for the events in front of the bad one: which of both a real one does is unverified.
"""

import gzip
import json
import threading
import zlib
from collections import Counter
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec

from .faults import NO_FAULTS, Fault, Faults, Receiver
from .loopback import Asked, Said

_KEYS = frozenset({"time", "host", "source", "sourcetype", "index", "fields", "event"})
_EVENT_PATHS = frozenset({"/services/collector", "/services/collector/event", "/services/collector/event/1.0"})
_TEXT = {
    0: (200, "Success"),
    1: (403, "Token disabled"),
    2: (401, "Token is required"),
    3: (401, "Invalid authorization"),
    4: (403, "Invalid token"),
    5: (400, "No data"),
    6: (400, "Invalid data format"),
    7: (400, "Incorrect index"),
    8: (500, "Internal server error"),
    9: (503, "Server is busy"),
    10: (400, "Data channel is missing"),
    11: (400, "Invalid data channel"),
    12: (400, "Event field is required"),
    13: (400, "Event field cannot be blank"),
    14: (400, "ACK is disabled"),
    15: (400, "Error in handling indexed fields"),
    16: (400, "Query string authorization is not enabled"),
    17: (200, "HEC is healthy"),
    18: (503, "HEC is unhealthy, queues are full"),
    19: (503, "HEC is unhealthy, ack service unavailable"),
    20: (503, "HEC is unhealthy, queues are full, ack service unavailable"),
    21: (400, "Invalid token"),
    22: (400, "Token disabled"),
    23: (503, "Server is shutting down"),
}


class SplunkHec(Receiver):
    """A collector with one token. `events` are what it indexed, if it keeps them; `ids` counts their ids.

    says: a code that is forced on everything.
    health: the code of its health, None when it is not told there; health_status: the HTTP status of that, 0 for the code's own.
    """

    def __init__(
        self,
        *,
        token: str = "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11",  # noqa: S107  # made up
        ack: bool = False,
        indexes: frozenset[str] = frozenset({"main", "hemostat"}),
        largest: int = 1_000_000,
        keeps_prefix: bool = False,
        faults: Faults = NO_FAULTS,
        keeps_events: bool = True,
    ) -> None:
        self.keeps_events = keeps_events
        self.token = token
        self.ack = ack
        self.indexes = indexes
        self.largest = largest
        self.keeps_prefix = keeps_prefix
        self.faults = faults
        self.says: int | None = None
        self.health: int | None = 17
        self.health_status = 0
        self.events: list[dict[str, Any]] = []
        self.ids: Counter[str] = Counter()
        self.requests = 0
        self.bad: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._acks: dict[str, dict[int, list[dict[str, Any]] | None]] = {}

    def busy(self, fault: Fault) -> Said:
        """503 with code 9, 429 with a code of a newer release, or 500 with code 8."""
        if fault is Fault.THROTTLED:
            return _code(26, status=429, text="Queue at capacity")
        return _code(9 if fault is Fault.BUSY else 8)

    def restart(self) -> None:
        """The channels are forgotten, and with them all acknowledgments."""
        with self._lock:
            self._acks.clear()

    def answer(self, sent: Asked, fault: Fault | None) -> Said:
        """See `Receiver`."""
        with self._lock:
            parts = urlsplit(sent.target)
            if parts.path == "/services/collector/health":
                return (
                    Said(status=self.health_status or 404)
                    if self.health is None
                    else _code(self.health, status=self.health_status)
                )
            code = self.says if self.says is not None else self._refusal(sent, parse_qs(parts.query))
            if code is not None:
                return _code(code)
            if parts.path == "/services/collector/ack":
                return self._acknowledged(sent, parts.query)
            if parts.path not in _EVENT_PATHS:
                return Said(status=404, body=b'{"text":"The requested URL was not found on this server.","code":404}')
            return self._events(sent, parts.query, fault)

    def _refusal(self, sent: Asked, query: dict[str, list[str]]) -> int | None:
        """The code for a caller who may not."""
        if "token" in query:
            return 16
        given = sent.headers.get("authorization", "")
        if not given:
            return 2
        scheme, _, token = given.partition(" ")
        if scheme != "Splunk" or not token:
            return 3
        return None if token == self.token else 4

    def _events(self, sent: Asked, query: str, fault: Fault | None) -> Said:
        self.requests += 1
        channel = _channel(sent, query)
        if channel == "" or (self.ack and channel is None):
            return _code(10 if channel is None else 11)
        body = _plain(sent)
        if body is None or not body.strip():
            return _code(6 if body is None else 5)
        if len(body) > self.largest:
            return Said(status=413, body=b'{"text":"Request entity too large","code":27}')
        envelopes, code = self._read(body)
        if code is None:
            return self._success(envelopes, channel, fault)
        if self.keeps_prefix:
            self._index(envelopes)
        return _code(code, invalid=len(envelopes))

    def _read(self, body: bytes) -> tuple[list[dict[str, Any]], int | None]:
        """The envelopes up to the first that is refused, and its code."""
        read: list[dict[str, Any]] = []
        text, place = body.decode("utf-8", "replace"), 0
        decoder = json.JSONDecoder()
        while place < len(text):
            try:
                envelope, place = decoder.raw_decode(text, place)
            except json.JSONDecodeError:
                return read, 6
            if (code := self._fault_of(envelope)) is not None:
                return read, code
            read.append(envelope)
            while place < len(text) and text[place].isspace():
                place += 1
        return read, None

    def _fault_of(self, envelope: Any) -> int | None:
        if not isinstance(envelope, dict) or not envelope.keys() <= _KEYS or not _is_seconds(envelope.get("time", 0.0)):
            return 6
        if envelope.get("event") in ("", None):
            return 13 if "event" in envelope else 12
        if envelope.get("index", "main") not in self.indexes:
            return 7
        if not _is_flat(envelope.get("fields", {})):
            return 15
        return 6 if _uid(envelope) in self.bad else None

    def _index(self, envelopes: list[dict[str, Any]]) -> None:
        if self.keeps_events:
            self.events += envelopes
        self.ids.update(_uid(envelope) for envelope in envelopes)

    def _success(self, envelopes: list[dict[str, Any]], channel: str | None, fault: Fault | None) -> Said:
        if not self.ack or channel is None:
            self._index(envelopes)
            return _code(0)
        acks = self._acks.setdefault(channel, {})
        number = len(acks)
        acks[number] = None if fault is Fault.ACK_FALSE else envelopes
        return Said(body=msgspec.json.encode({"text": "Success", "code": 0, "ackId": number}))

    def _acknowledged(self, sent: Asked, query: str) -> Said:
        """Each number is said once to be indexed, and is false from then on, as is every number that is not known."""
        channel = _channel(sent, query)
        if not self.ack:
            return _code(14)
        if not channel:
            return _code(10)
        try:
            asked = msgspec.json.decode(sent.body)["acks"]
        except (msgspec.DecodeError, KeyError, TypeError):
            return _code(6)
        acks = self._acks.get(channel, {})
        said = {str(number): acks.get(number) is not None for number in asked}
        for number in asked:
            if (envelopes := acks.get(number)) is not None:
                self._index(envelopes)
                acks[number] = None
        return Said(body=msgspec.json.encode({"acks": said}))


def _code(code: int, *, status: int = 0, text: str = "", invalid: int | None = None) -> Said:
    known = _TEXT.get(code, (400, "Unknown"))
    said: dict[str, Any] = {"text": text or known[1], "code": code}
    if invalid is not None:
        said["invalid-event-number"] = invalid
    return Said(status=status or known[0], body=msgspec.json.encode(said))


def _channel(sent: Asked, query: str) -> str | None:
    """The channel, "" when it is no GUID, None when there is none."""
    given = sent.headers.get("x-splunk-request-channel") or parse_qs(query).get("channel", [None])[0]
    if given is None:
        return None
    try:
        return str(UUID(given))
    except ValueError:
        return ""


def _plain(sent: Asked) -> bytes | None:
    if sent.headers.get("content-encoding") != "gzip":
        return sent.body
    try:
        return gzip.decompress(sent.body)
    except (OSError, EOFError, zlib.error):
        return None


def _is_seconds(moment: Any) -> bool:
    """Is it a number of seconds? One behind the year 2286 is milliseconds by mistake."""
    return isinstance(moment, float | int) and moment < 10_000_000_000  # noqa: PLR2004  # said above


def _is_flat(fields: Any) -> bool:
    if not isinstance(fields, dict):
        return False
    values = [one for value in fields.values() for one in (value if isinstance(value, list) else [value])]
    return not any(isinstance(value, dict | list) for value in values)


def _uid(envelope: dict[str, Any]) -> str:
    """The id inside the event, if it is one of ours."""
    event = envelope.get("event")
    metadata = event.get("metadata") if isinstance(event, dict) else None
    return str(metadata.get("uid", "")) if isinstance(metadata, dict) else ""
