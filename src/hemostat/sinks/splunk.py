"""Splunk HTTP Event Collector: the event endpoint, gzip, and indexer acknowledgment where the token has it.

Sources: Splunk's pages "Format events for HTTP Event Collector", "About HTTP Event Collector Indexer Acknowledgment" and
"Troubleshoot HTTP Event Collector", and the table of codes 0 to 22 in the public repository gjanders/SplunkAdmins. Unverified:
codes 23 and up, for which no public source was found, so that they are taken by their HTTP status; and whether a collector keeps
the events in front of a bad one, so that what is sent again after a batch was cut in two is declared as sent again.

After an outage the collector's own health is asked before a backlog is sent: one with full queues is spared the megabytes.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from hemostat.kernel import Clock, Home, Sink, to_micros
from hemostat.lake.spool import Spool
from hemostat.sources.base import options_of

from .base import Before, Channel, Misconfigured, Record, Taken, Unavailable
from .cutting import Outcome, by_requests, put
from .http import Answer, Wire, checked, elsewhere
from .runner import Common, Runner, Ways, key_of, stays_inside

_PATH = "/services/collector"
_LARGEST = 1_000_000  # bytes of a request before compression: what Splunk Cloud advises
_FLYING = 4  # requests that wait for their acknowledgment at once
_ASK, _STAY = 0.1, 2.0  # seconds between two questions about acknowledgments, and that one poll stays for them
_OK, _TOO_LARGE = 200, 413
_NO_ACKNOWLEDGMENT = 19
_NOTHING_KEPT = frozenset({5, 9, 18, 20})  # of the codes to come back later
_DOUBTFUL = frozenset({7})  # of those to correct: events in front of the one for another index may have been kept


class Options(Common, frozen=True, kw_only=True):
    """Options of a sink of the kind `splunk`.

    index, source, sourcetype, host: metadata of each event; "" leaves it to the token.
    ack: does the token have indexer acknowledgment? Then an event counts as taken when it is indexed.
    ack_seconds: after how long without acknowledgment events are sent again.
    """

    index: str = ""
    source: str = "hemostat"
    sourcetype: str = "hemostat:ocsf"
    host: str = ""
    ack: bool = False
    ack_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 120.0
    max_events: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1000


class Move(Enum):
    """What a sender does about an answer."""

    COMMIT = "commit"
    LATER = "later"
    CORRECT = "correct"
    SPLIT = "split"


MOVES: dict[int, tuple[Move, str]] = {
    0: (Move.COMMIT, ""),
    1: (Move.CORRECT, "the token is disabled"),
    2: (Move.CORRECT, "no token arrived"),
    3: (Move.CORRECT, "the authorization header is malformed"),
    4: (Move.CORRECT, "the token is not known there"),
    5: (Move.LATER, "the request arrived empty"),
    6: (Move.SPLIT, "invalid data format"),
    7: (Move.CORRECT, "the token may not write to this index"),
    8: (Move.LATER, "an internal error"),
    9: (Move.LATER, "the server is busy"),
    10: (Move.CORRECT, "the token wants acknowledgment: set ack = true"),
    11: (Move.CORRECT, "the channel is not accepted"),
    12: (Move.SPLIT, "the event is absent"),
    13: (Move.SPLIT, "the event is blank"),
    14: (Move.CORRECT, "the token has no acknowledgment: set ack = false"),
    15: (Move.SPLIT, "indexed fields are not accepted"),
    16: (Move.CORRECT, "a key in the address is not accepted"),
    17: (Move.CORRECT, "a health probe answered instead of the collector"),
    18: (Move.LATER, "its queues are full"),
    19: (Move.LATER, "acknowledgment is not available"),
    20: (Move.LATER, "its queues are full and acknowledgment is not available"),
    21: (Move.CORRECT, "the token is invalid"),
    22: (Move.CORRECT, "the token is disabled"),
    23: (Move.LATER, "the server is shutting down"),
}
"""What each code of the collector means, and what is done about it. Codes that are not here are judged by their HTTP status."""


class _Code(msgspec.Struct, frozen=True):
    """The body of an answer; what is not needed is ignored."""

    code: int
    ack_id: int | None = msgspec.field(default=None, name="ackId")


class _Acks(msgspec.Struct, frozen=True):
    acks: dict[str, bool]


class _Flight(msgspec.Struct, kw_only=True):
    """One request that waits for its acknowledgment; without a number there is nothing to wait for."""

    number: int | None
    taken: Taken
    deadline: float
    landed: bool = False


class Collector:
    """A channel to one collector."""

    def __init__(self, wire: Wire, options: Options, *, token: str, host: str, ticks: Callable[[], float]) -> None:
        self._wire = wire
        self._options = options
        self._host = host
        self._ticks = ticks
        self._headers = {"authorization": f"Splunk {token}", "content-type": "application/json"}
        self._flights: list[_Flight] = []
        self._last = -1
        self._was_away = True  # or never asked
        self._lose()

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """See `Channel`. With acknowledgment up to four requests wait for theirs, also from one call to the next."""
        if self._was_away:
            self.ask_health()
        self._was_away = True
        yield from self._delivered(records, before)
        self._was_away = False

    def ask_health(self) -> None:
        """The collector does not say that it takes nothing. Raises `Unavailable` and `Misconfigured` when it does.

        What answers in another way, like a proxy that passes events only, says nothing about the collector.
        """
        answer = self._wire.get(f"{_PATH}/health", headers=self._headers)
        try:
            code = msgspec.json.decode(answer.body, type=_Code).code
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        move, words = MOVES.get(code, (None, ""))
        if answer.status == _OK or (code == _NO_ACKNOWLEDGMENT and not self._options.ack):
            return
        told = f"{self._host}: {words} (code {code} of its health)."
        if move is Move.LATER:
            raise Unavailable(told, after=answer.after(), untouched=True)
        if move is Move.CORRECT:
            raise Misconfigured(told, advice="Correct the token or the options.", untouched=True)

    def _delivered(self, records: Sequence[Record], before: Before) -> Iterator[Taken]:
        flown = self._flights[-1].taken.position if self._flights else -1
        waiting = [record for record in records if record.position > flown]
        bodies = {record.position: self._envelope(record) for record in waiting}
        sizes = [len(bodies[record.position]) for record in waiting]
        for request in by_requests(waiting, sizes, most=self._options.max_events, most_bytes=_LARGEST):
            if len(self._flights) >= _FLYING:
                yield from self._landed()
                if len(self._flights) >= _FLYING:
                    return
            for taken, number in put(request, lambda piece: self._send(piece, bodies), before=before, host=self._host):
                if not self._options.ack:
                    yield taken
                    continue
                deadline = self._ticks() + self._options.ack_seconds
                self._flights.append(_Flight(number=number, taken=taken, deadline=deadline, landed=number is None))
        if self._flights:
            yield from self._landed()

    def close(self) -> None:
        """The connections are closed."""
        self._wire.close()

    def _send(self, piece: Sequence[Record], bodies: dict[int, bytes]) -> Outcome:
        body = b"".join(bodies[one.position] for one in piece)
        try:
            answer = self._wire.post(f"{_PATH}/event", body, headers=self._headers)
        except Unavailable:
            # It may have got a number that we do not know, and a collector that started anew counts from 0 again: what it then
            # says of a number may be about another request. So nothing that is told on this channel can be believed any more.
            self._lose()
            raise
        move, words, code = self._judged(answer)
        if code and code.ack_id is not None and move is Move.COMMIT:
            self._in_order(code.ack_id)
        if code and move is Move.COMMIT:
            return Outcome(ticket=code.ack_id)
        # Of several, those in front of the bad one may have been kept; one that is too large or bad by itself was not.
        return Outcome(reason=f"Splunk: {words}.", untouched=code is None or len(piece) == 1)

    def _judged(self, answer: Answer) -> tuple[Move, str, _Code | None]:
        """What is to be done about an answer to events. Raises what cannot be done anything about here."""
        if answer.status == _TOO_LARGE:
            return Move.SPLIT, "larger than the collector takes", None
        try:
            code = msgspec.json.decode(answer.body, type=_Code)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise elsewhere(answer, self._host) from None
        move, words = MOVES.get(code.code, (None, f"code {code.code}"))
        if move is None or (move is Move.COMMIT and answer.status != _OK):
            raise elsewhere(answer, self._host)
        told = f"{self._host}: {words} (code {code.code})."
        if move is Move.LATER:
            raise Unavailable(told, after=answer.after(), untouched=code.code in _NOTHING_KEPT)
        if move is Move.CORRECT:
            untouched = code.code not in _DOUBTFUL
            raise Misconfigured(told, advice="Correct the token or the options.", untouched=untouched)
        if move is Move.COMMIT and self._options.ack and code.ack_id is None:
            raise Misconfigured(
                f"{self._host} gives no acknowledgment.", advice="Switch it on for the token, or set ack = false."
            )
        return move, words, code

    def _landed(self) -> Iterator[Taken]:
        """What was acknowledged, in order; stays a moment for it. Raises `Unavailable` when the first has waited too long."""
        leave = self._ticks() + min(_STAY, self._options.ack_seconds)
        while True:
            self._ask()
            while self._flights and self._flights[0].landed:
                yield self._flights.pop(0).taken
            if not self._flights:
                return
            if self._ticks() >= self._flights[0].deadline:
                # The collector forgot them, or will never say: it is the same to us.
                self._lose()
                raise Unavailable(f"{self._host} did not acknowledge within {self._options.ack_seconds:g} seconds.")
            if self._ticks() >= leave:
                return
            time.sleep(min(_ASK, self._options.ack_seconds / 10))

    def _ask(self) -> None:
        """Flights that the collector has indexed are marked: it says so once, and then forgets the number."""
        asked = [flight.number for flight in self._flights if not flight.landed]
        if not asked:
            return
        answer = self._wire.post(f"{_PATH}/ack", msgspec.json.encode({"acks": asked}), headers=self._headers, compress=False)
        try:
            acks = msgspec.json.decode(answer.body, type=_Acks).acks
        except (msgspec.DecodeError, UnicodeDecodeError):
            _, words, _ = self._judged(answer)
            raise Unavailable(f"{self._host} says nothing about acknowledgments: {words}.") from None
        for flight in self._flights:
            flight.landed = flight.landed or acks.get(str(flight.number), False)

    def _envelope(self, record: Record) -> bytes:
        seconds, micros = divmod(to_micros(record.time), 1_000_000)
        options = self._options
        envelope: dict[str, Any] = {"time": msgspec.Raw(f"{seconds}.{micros:06d}".encode())}
        for name in ("host", "source", "sourcetype", "index"):
            if value := getattr(options, name):
                envelope[name] = value
        return msgspec.json.encode({**envelope, "event": record.ocsf})

    def _in_order(self, number: int) -> None:
        """Numbers grow on a channel. Raises `Unavailable` when they do not: the collector has forgotten what went before."""
        if self._options.ack and number <= self._last:
            self._lose()
            raise Unavailable(f"{self._host} has started anew and forgotten what it had not acknowledged.")
        self._last = number

    def _lose(self) -> None:
        """What was not acknowledged counts as not sent, and a new channel begins, with numbers of its own."""
        self._flights.clear()
        self._last = -1
        if self._options.ack:
            self._headers["x-splunk-request-channel"] = str(uuid.uuid4())


def channels(name: str, sink: Sink, *, home: Home, ticks: Callable[[], float] = time.monotonic) -> Ways:
    """Raises `BadSettings` when an option, the address or the key `sink.<name>` is missing or wrong."""
    options = options_of(name, sink.options, Options)
    stays_inside(home, name, sink)
    token = key_of(home, name)
    host = urlsplit(checked(sink.url)).netloc

    def make(_: str) -> Channel:
        wire = Wire(sink.url, seconds=options.seconds, ca=options.ca)
        return Collector(wire, options, token=token, host=host, ticks=ticks)

    meaning = (
        "it is indexed: the collector acknowledged it"
        if options.ack
        else "the collector answered code 0; without ack it may not be indexed"
    )
    return Ways(only=options.only, make=make, meaning=meaning)


def forwarder(name: str, sink: Sink, *, home: Home, spool: Spool, clock: Clock) -> Runner:
    """What fills the sink. Raises `BadSettings`."""
    ways = channels(name, sink, home=home)
    return Runner(name, home=home, spool=spool, clock=clock, only=ways.only, channel=ways.make)
