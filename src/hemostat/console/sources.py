"""How each source of events is doing, read from the manifest of the lake: no event is opened for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.safestring import SafeString

from hemostat.drawings import sparkline
from hemostat.kernel import Source
from hemostat.lake.spool import Lag, Part, Spool

DAY = timedelta(days=1)
BEHIND = timedelta(seconds=60)
"""A message that waits longer than this for the lake means that the worker is behind."""

SILENT = timedelta(hours=1)
"""A steady source without an event for longer than this is called silent; one that is not steady is called quiet."""

STEADY = 12
"""A source that was heard in so many different hours of the day before its last event is steady: its silence means something."""

_SLICES = 24


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One line of the table of sources. `rhythm` counts events in 24 equal slices of the last day."""

    name: str
    kind: str
    store: str
    events: int
    last: datetime | None
    state: str
    rhythm: tuple[int, ...]

    @property
    def picture(self) -> SafeString:
        """The rhythm as a small line."""
        return sparkline(
            self.rhythm, words=f"Events of the last 24 hours: {self.events:,}, most in one hour {max(self.rhythm):,}"
        )


@dataclass(frozen=True, kw_only=True)
class Stream:
    """All sources, and how far the lake is behind the door."""

    rows: tuple[SourceRow, ...]
    waiting: int
    oldest: datetime | None
    is_behind: bool


def stream(now: datetime) -> Stream:
    """The sources of this home as they are now."""
    home, known = settings.HOME, settings.HEMOSTAT
    key = home.keyring(known).secret("spool")
    spool = Spool(home.spool, key=key, limit=known.intake.spool_limit)
    try:
        return summary(known.sources, parts=spool.parts(), lag=spool.lag(), now=now)
    finally:
        spool.close()


def summary(sources: Mapping[str, Source], *, parts: Sequence[Part], lag: Lag, now: datetime) -> Stream:
    """What the manifest says about each source of the settings."""
    rows = tuple(_row(name, source, [part for part in parts if part.source == name], now=now) for name, source in sources.items())
    waits = now - lag.oldest if lag.oldest else timedelta()
    return Stream(rows=rows, waiting=lag.messages, oldest=lag.oldest, is_behind=waits > BEHIND)


def _row(name: str, source: Source, parts: Sequence[Part], *, now: datetime) -> SourceRow:
    last = max((part.last_time for part in parts), default=None)
    rhythm = [0] * _SLICES
    for part in parts:
        age = now - part.last_time
        if timedelta() <= age < DAY:
            rhythm[_SLICES - 1 - int(age / DAY * _SLICES)] += part.rows
    return SourceRow(
        name=name,
        kind=source.kind,
        store=source.store,
        events=sum(rhythm),
        last=last,
        state=_state(parts, last=last, now=now),
        rhythm=tuple(rhythm),
    )


def _state(parts: Sequence[Part], *, last: datetime | None, now: datetime) -> str:
    """In one word; how long a source may usually say nothing is known only of a steady one."""
    if last is None:
        return "none yet"
    if now - last <= SILENT:
        return "live"
    hours = {part.last_time.replace(minute=0, second=0, microsecond=0) for part in parts if part.last_time > last - DAY}
    return "silent" if len(hours) >= STEADY else "quiet"
