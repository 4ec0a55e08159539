"""How each sink is doing, from its journal and the manifest of the lake; and one test event, to see what a receiver says."""

import time
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import Home, Settings, Sink
from hemostat.lake.manifest import plans
from hemostat.lake.spool import Spool

from .base import INDEX_BITS, Record, Unavailable
from .journal import RETRY, Journal, Kept, Stream
from .losses import Loss
from .only import Only
from .runner import Ways
from .tail import Place, Tail

PROBE = "000000000000-00000"
"""Id of the test event; no message has this number."""

_STAY = 150.0  # seconds that a test event may wait for its acknowledgment


class SinkState(msgspec.Struct, frozen=True, kw_only=True):
    """One sink. `behind`: events that it has not got yet, at most; `lag`: how long it has waited for them.

    state: one word: live, waiting (nothing sent yet), behind, failing, stopped (it needs a person).
    stalled_minutes, quarantine_days: its limits, as the settings say.
    losses: what it will never get.
    """

    name: str
    kind: str
    url: str
    state: str
    sent: int
    again: int
    refused: int
    late: int
    behind: int
    lag: timedelta
    sent_at: datetime | None
    failed_at: datetime | None
    error: str
    quarantine: list[Kept]
    replays: list[Stream]
    losses: list[Loss]
    stalled_minutes: int
    quarantine_days: int

    @property
    def quarantined(self) -> int:
        """Events in quarantine."""
        return sum(kept.events for kept in self.quarantine)

    @property
    def lost(self) -> int:
        """Events that it will never get."""
        return sum(loss.events for loss in self.losses)

    @property
    def goes(self) -> datetime | None:
        """When the oldest of the quarantine is gone, unless it is offered again before; None when there is nothing."""
        oldest = min((kept.at for kept in self.quarantine), default=None)
        return oldest + timedelta(days=self.quarantine_days) if oldest else None

    @property
    def is_stalled(self) -> bool:
        """Has it waited for longer than its limit?"""
        return self.lag >= timedelta(minutes=self.stalled_minutes)

    @property
    def trouble(self) -> str:
        """What a person should know and do about it, in words; "" when it looks after itself."""
        if self.state == "stopped":
            return self.error
        if self.is_stalled:
            minutes = int(self.lag.total_seconds() // 60)
            return f"It has taken nothing for {minutes:,} minutes while events wait. {self.error}".strip()
        if self.quarantine:
            newest = self.quarantine[-1].reason
            return f"Refused: {self.quarantined:,} events. {newest} Correct it there and run `hemostat sink retry {self.name}`."
        return ""


def states(home: Home, settings: Settings, spool: Spool, *, now: datetime) -> list[SinkState]:
    """All sinks of the settings, as they are now."""
    journal = Journal(home)
    try:
        return [_state(name, sink, home, spool, journal, now) for name, sink in settings.sinks.items()]
    finally:
        journal.close()


def newest(home: Home, spool: Spool) -> Place:
    """The place behind everything that is in the lake now."""
    batch = spool.last_batch()
    found = plans(home, first=batch, last=batch)
    return Place(position=(found[0].last + 1 << INDEX_BITS) - 1, batch=batch) if found else Place()


def probe(ways: Ways, *, now: datetime) -> str:
    """The receiver has taken one test event; what its word was worth, in words.

    Raises what a forwarder would raise, and `Unavailable` when it was refused.
    """
    record = Record.of(_blank() | {"event_id": PROBE, "time": now, "learnt": now, "message": "Test event of Hemostat."})
    channel = ways.make("check")
    leave = time.monotonic() + _STAY
    try:
        while time.monotonic() < leave:
            for taken in channel.deliver([record], before=lambda _: lambda: None):
                if taken.refused:
                    raise Unavailable(taken.refused[0].reason, advice="The receiver refuses the test event: look at its own log.")
                return ways.meaning
    finally:
        channel.close()
    raise Unavailable("The test event was not acknowledged.")


def _state(name: str, sink: Sink, home: Home, spool: Spool, journal: Journal, now: datetime) -> SinkState:
    stream, condition, kept = journal.stream(name), journal.condition(name), journal.kept(name)
    behind = Tail(home, spool, Only()).behind(stream.place)
    waiting = spool.parts(after_batch=stream.batch)
    # An event may be old when it becomes known, and a sink idle for days: it waits since the later of both.
    since = max((at for at in (condition.sent_at, min((part.first_time for part in waiting), default=None)) if at), default=now)
    lag = max(now - since, timedelta()) if behind else timedelta()
    return SinkState(
        name=name,
        kind=sink.kind,
        url=sink.url,
        state=_word(stream, stopped=condition.stopped, error=condition.error, behind=behind),
        sent=stream.sent,
        again=stream.again + journal.stream(name, RETRY).again,
        refused=stream.refused,
        late=stream.late,
        behind=behind,
        lag=lag,
        sent_at=condition.sent_at,
        failed_at=condition.failed_at,
        error=condition.error,
        quarantine=kept,
        replays=journal.streams(name),
        losses=journal.lost_by(name),
        stalled_minutes=sink.stalled_minutes,
        quarantine_days=sink.quarantine_days,
    )


def _word(stream: Stream, *, stopped: bool, error: str, behind: int) -> str:
    if error:
        return "stopped" if stopped else "failing"
    if behind:
        return "behind" if stream.sent else "waiting"
    return "live" if stream.sent else "waiting"


def _blank() -> dict[str, Any]:
    """A row that says nothing, but for the words that every event has."""
    row: dict[str, Any] = {field.name: _nothing(field.type) for field in SCHEMA}
    return row | {
        "class_uid": 6003,
        "activity_id": 99,
        "source": "hemostat",
        "environment": "sandbox",
        "surface": "storefront",
        "act": "log:write",
        "actor_type": "system",
        "auth": "none",
        "result": "success",
        "severity": 1,
    }


def _nothing(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return []
    return "" if pa.types.is_string(kind) else None
