"""What all sinks have in common: the next window of the lake, a checkpoint after each acknowledgement, patience, repetitions.

At least once: the checkpoint moves after the receiver has said that it has an event, never before. Each event carries its id, so
that whoever gets one twice can tell. In memory are the events of one window.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec

from hemostat.kernel import BadSettings, Clock, HemostatError, Home, Sink
from hemostat.kernel.listening import is_loopback
from hemostat.lake.spool import Spool

from .base import Channel, Misconfigured, Record, Refused, Unavailable
from .journal import RETRY, Journal, Stream
from .only import Only
from .tail import Place, Tail, Window

_FIRST, _LONGEST = 0.5, 60.0  # seconds of patience after the first failure, and at most
_TOP = 12  # doublings


class Patience:
    """How long to wait after a failure: twice as long each time, and by chance somewhat more or less."""

    def __init__(self, *, first: float = _FIRST, longest: float = _LONGEST, chance: random.Random | None = None) -> None:
        self._first = first
        self._longest = longest
        self._chance = chance or random.SystemRandom()
        self._failures = 0

    def after(self, asked: float | None) -> float:
        """Seconds until the next try; at least as many as the receiver asked for."""
        pause: float = min(self._longest, self._first * 2.0**self._failures) * self._chance.uniform(0.5, 1.5)
        self._failures = min(self._failures + 1, _TOP)
        return max(pause, asked * self._chance.uniform(1.0, 1.1)) if asked is not None else pause

    def over(self) -> None:
        """It went well: the next failure is the first again."""
        self._failures = 0


class _Again:
    """How far another try of one entry of the quarantine has come."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.reached = -1
        self.refused: list[Refused] = []


class Runner:
    """Fills one sink from the lake. It may be killed anywhere, and is then made anew."""

    every = 1.0
    """Seconds to the next `poll` when nothing waits."""

    def __init__(
        self,
        name: str,
        *,
        home: Home,
        spool: Spool,
        clock: Clock,
        only: Only,
        channel: Callable[[str], Channel],
        patience: Patience | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._home = home
        self._spool = spool
        self._clock = clock
        self._only = only
        self._make = channel
        self._patience = patience or Patience()
        self._ticks = ticks
        self._due = ticks()
        self._journal = Journal(home)
        self._tail = Tail(home, spool, only)
        self._channels: dict[int, Channel] = {}
        self._tails: dict[int, Tail] = {}
        self._again = _Again(0)

    def poll(self) -> bool:
        """Some of what the sink has not seen yet is there, and the checkpoint has moved; True when more waits.

        Raises `Unavailable`, `Misconfigured`, `DamagedLake`; the reason is in the journal, and it is tried again after a while.
        """
        if self._ticks() < self._due:
            return False
        try:
            more = self._grown() + self._repeated() + self._retried()
        except (HemostatError, OSError, sqlite3.Error) as error:
            self._failed(error)
            raise
        self._patience.over()
        return bool(more)

    def close(self) -> None:
        """Connections and journal are closed."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()
        self._journal.close()

    def _grown(self) -> bool:
        """One window of the lake as it grows."""
        return self._advance(self._journal.stream(self.name), self._tail)

    def _repeated(self) -> bool:
        """One window of the oldest repetition that is not complete."""
        waiting = [one for one in self._journal.streams(self.name) if one.done_at is None]
        if not waiting:
            return False
        stream = waiting[-1]
        tail = self._tails.get(stream.number) or self._tails.setdefault(stream.number, self._tail_of(stream))
        more = self._advance(stream, tail)
        reached = self._journal.stream(self.name, stream.number)
        if not tail.after(reached.place, upto=stream.upto, most=1).looked_at:
            self._journal.done(self.name, stream.number, self._clock.now())
            del self._tails[stream.number]
            if stream.number in self._channels:
                self._channels.pop(stream.number).close()
        return more

    def _tail_of(self, stream: Stream) -> Tail:
        return Tail(self._home, self._spool, self._only, since=stream.since, until=stream.until)

    def _retried(self) -> bool:
        """One entry of the quarantine that somebody wants to be tried again."""
        wanted = self._journal.wanted(self.name)
        if wanted is None:
            return False
        number, records = wanted
        channel = self._channels.get(RETRY) or self._channels.setdefault(RETRY, self._make("retry"))
        again = self._again if self._again.number == number else _Again(number)
        self._again = _Again(0)  # what fails in between begins anew
        rest = [record for record in records if record.position > again.reached]
        for taken in channel.deliver(rest, before=lambda sent: self._leaving(RETRY, sent)):
            again.refused += taken.refused
            again.reached = taken.position
        if again.reached < records[-1].position:
            self._again = again
            return False
        self._journal.released(number, again.refused, self._clock.now())
        return True

    def _advance(self, stream: Stream, tail: Tail) -> bool:
        """What lies next in a stream is delivered as far as the receiver takes it; True when more waits."""
        window = tail.after(stream.place, upto=stream.upto)
        if not window.records:
            if window.place != stream.place:
                self._journal.passed(self.name, stream.number, window.place)
            return window.looked_at > 0
        return self._deliver(stream, window)

    def _deliver(self, stream: Stream, window: Window) -> bool:
        channel = self._channels.get(stream.number) or self._channels.setdefault(stream.number, self._make(_label(stream.number)))
        records, last = window.records, window.records[-1].position
        reached = 0
        for taken in channel.deliver(records, before=lambda sent: self._leaving(stream.number, sent)):
            # Only behind the last event the whole window is done, with the events in it that the sink does not want.
            place = window.place if taken.position >= last else Place(position=taken.position, batch=stream.batch)
            newest = max((one.time for one in records if reached < one.position <= taken.position), default=None)
            self._journal.taken(self.name, stream.number, taken, place=place, time=newest, now=self._clock.now())
            reached = taken.position
        return reached > 0

    def _leaving(self, number: int, records: Sequence[Record]) -> Callable[[], None]:
        return self._journal.sending(self.name, number, records, self._clock.now())

    def _failed(self, error: Exception) -> None:
        """It is on record why, and nothing is tried for a while; a journal that cannot be written keeps nobody from waiting."""
        asked = error.after if isinstance(error, Unavailable) else None
        stopped = isinstance(error, Misconfigured)
        self._due = self._ticks() + self._patience.after(_LONGEST if stopped else asked)
        words = f"{error} {error.advice()}".strip() if isinstance(error, HemostatError) else type(error).__name__
        try:
            self._journal.failed(self.name, words, stopped=stopped, now=self._clock.now())
        except sqlite3.Error:
            return


def key_of(home: Home, name: str) -> str:
    """The key `sink.<name>`. Raises `BadSettings` when it is missing, or is no text that a header can carry."""
    key = home.keyring(home.settings()).secret(f"sink.{name}")
    if not all(0x21 <= byte <= 0x7E for byte in key):  # noqa: PLR2004  # visible ASCII (RFC 9110, 5.5)
        raise BadSettings(f"The key of the sink {name!r} is no key of a receiver.", advice=f"Run `hemostat key set sink.{name}`.")
    return key.decode("ascii")


def stays_inside(home: Home, name: str, sink: Sink) -> None:
    """Nothing leaves a sandbox. Raises `BadSettings` when the sink of a sandbox is not on this machine."""
    if home.settings().kind == "sandbox" and sink.url and not is_loopback(sink.url):
        raise BadSettings(
            f"The sink {name!r} of a sandbox leads to another machine.",
            advice="Nothing leaves a sandbox: name a loopback address.",
        )


class Common(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of every sink that is reached over the network.

    seconds: how long the receiver has for each step of a request.
    ca: file with the certificates of the receiver's issuer (PEM); "" trusts the public ones.
    """

    only: Only = msgspec.field(default_factory=Only)
    seconds: Annotated[float, msgspec.Meta(gt=0, le=300)] = 30.0
    ca: str = ""


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of sink makes of its settings: which events it wants, and how a channel to the receiver is made.

    meaning: what it means that this receiver has taken an event.
    """

    only: Only
    make: Callable[[str], Channel]
    meaning: str


def _label(number: int) -> str:
    return f"replay-{number}" if number else ""
