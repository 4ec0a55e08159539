"""How each source of events is doing: from the manifest, the pulse, the gaps and the dead letters; no event is opened for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.safestring import SafeString

from hemostat.drawings import sparkline
from hemostat.kernel import Source, parse_iso
from hemostat.lake import dead_letters, errands, health, life
from hemostat.lake.beats import Beat
from hemostat.lake.dead_letters import Letter
from hemostat.lake.errands import Errand, Kept
from hemostat.lake.health import Gap, Heartbeat
from hemostat.lake.life import Canary
from hemostat.lake.pipeline import Tools
from hemostat.lake.spool import Lag, Part, Spool
from hemostat.lake.watch import HEARTBEAT, PATH, SEQUENCE, SILENCE, SKEW, todo, told
from hemostat.sources import sources_of

DAY = timedelta(days=1)
BEHIND = timedelta(seconds=60)
"""A message that waits longer than this for the lake means that the worker is behind."""

QUIET = timedelta(hours=1)
"""A source without an event for longer than this is called quiet; silent only when its rhythm says so (`lake.rhythm`)."""

MUCH_LATE = 10
"""From so many of a hundred events of the last day that came late, a source is called late."""

_SLICES = 24
_RECENT_GAPS = 20
_LATELY = timedelta(hours=1)
_TROUBLES = {SILENCE: "silent", SKEW: "clock ahead", HEARTBEAT: "not heard", PATH: "way broken", SEQUENCE: "events lost"}


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One line of the table of sources. `rhythm` counts events in 24 equal slices of the last day.

    duplicates: records that came again in the last day; late: how many of a hundred events came late in the last day;
    clock: how far the source's clock or delivery is off, in words; gaps: what may be missing, now.
    beat: when the source was last heard without an event; canary: how the last trial of our own door went.
    """

    name: str
    kind: str
    store: str
    events: int
    last: datetime | None
    state: str
    rhythm: tuple[int, ...]
    duplicates: int = 0
    late: int = 0
    clock: str = ""
    gaps: tuple[Gap, ...] = ()
    beat: datetime | None = None
    canary: Canary | None = None

    @property
    def troubles(self) -> list[str]:
        """What is wrong now, in a word or two each."""
        found = [_TROUBLES.get(gap.kind, gap.kind) for gap in self.gaps]
        return list(dict.fromkeys([*found, *(["late"] if self.late >= MUCH_LATE else [])]))

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


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One gap in words: what it means, since when, and until when it was open; and what to do about it."""

    gap: Gap
    words: str
    todo: str


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Dead letters of one source with one reason: how many, since when the oldest waits, until when, and the way out.

    errand: what the worker does with them; kept: who looked at them and left them, when none of them came since.
    """

    source: str
    reason: str
    advice: str
    count: int
    oldest: datetime
    newest: datetime
    goes: datetime
    errand: Errand | None = None
    kept: Kept | None = None


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What is known of sources besides their events: their heartbeats, and how our own canaries fare."""

    beats: Mapping[str, Heartbeat]
    canaries: Mapping[str, Canary]


_NO_SIGNS = Signs(beats={}, canaries={})


def stream(now: datetime) -> Stream:
    """The sources of this home as they are now."""
    home = settings.HOME
    known = home.settings()
    key = home.keyring(known).secret("spool")
    spool = Spool(home.spool, key=key, limit=known.intake.spool_limit)
    try:
        return summary(
            sources_of(known),
            parts=spool.parts(),
            lag=spool.lag(),
            beats=spool.pulse(now - DAY),
            gaps=health.gaps(home, only_open=True),
            signs=Signs(beats=health.heartbeats(home), canaries=life.canaries(home)),
            now=now,
        )
    finally:
        spool.close()


def summary(
    sources: Mapping[str, Source],
    *,
    parts: Sequence[Part],
    lag: Lag,
    now: datetime,
    beats: Sequence[Beat] = (),
    gaps: Sequence[Gap] = (),
    signs: Signs = _NO_SIGNS,
) -> Stream:
    """What the manifest, the pulse, the open gaps and the signs of life say about each source; those in trouble come first."""
    made = [
        _row(
            name,
            source,
            [part for part in parts if part.source == name],
            [beat for beat in beats if beat.source == name],
            tuple(gap for gap in gaps if gap.source == name),
            signs=signs,
            now=now,
        )
        for name, source in sources.items()
    ]
    rows = tuple(sorted(made, key=lambda row: not row.troubles))
    waits = now - lag.oldest if lag.oldest else timedelta()
    return Stream(rows=rows, waiting=lag.messages, oldest=lag.oldest, is_behind=waits > BEHIND)


def missing() -> list[Missing]:
    """The gaps on record, those that are open first, and of the others the newest."""
    found = [gap for gap in health.gaps(settings.HOME) if not gap.source.startswith(health.SINK)]
    closed = [gap for gap in found if gap.closed_at is not None][:_RECENT_GAPS]
    ordered = [*(gap for gap in found if gap.closed_at is None), *closed]
    return [Missing(gap=gap, words=told(gap), todo=todo(gap)) for gap in ordered]


def unread(now: datetime) -> list[Unread]:
    """The dead letters that wait, by source and reason, the most frequent first, with what is done about them."""
    home = settings.HOME
    tools = Tools(home)
    spool = tools.spool()
    try:
        waiting = list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))
    finally:
        spool.close()
    at_work = {(one.source, one.reason): one for one in errands.errands(home, since=now) if one.ended_at is None}
    kept = errands.kept_letters(home)
    return [
        replace(one, errand=at_work.get((one.source, one.reason)), kept=_still_kept(one, kept))
        for one in grouped(waiting, days=timedelta(days=tools.settings.raw_days))
    ]


def done_lately(now: datetime) -> list[Errand]:
    """The errands that ended within the last hour, the newest first."""
    return [one for one in errands.errands(settings.HOME, since=now - _LATELY) if one.ended_at is not None]


def _still_kept(one: Unread, kept: Mapping[tuple[str, str], Kept]) -> Kept | None:
    found = kept.get((one.source, one.reason))
    return found if found and found.at >= one.newest else None


def grouped(letters: Sequence[Letter], *, days: timedelta) -> list[Unread]:
    """The letters by source and reason, the most frequent first; they are kept for `days` from their receipt."""
    counts = Counter((one.source, one.reason) for one in letters)
    by_age = sorted(letters, key=lambda one: one.learnt)
    newest = {(one.source, one.reason): one for one in by_age}
    oldest = {(one.source, one.reason): one for one in reversed(by_age)}
    return [
        Unread(
            source=source,
            reason=reason,
            advice=oldest[(source, reason)].advice,
            count=count,
            oldest=(at := parse_iso(oldest[(source, reason)].learnt)),
            newest=parse_iso(newest[(source, reason)].learnt),
            goes=at + days,
        )
        for (source, reason), count in counts.most_common()
    ]


def _row(
    name: str,
    source: Source,
    parts: Sequence[Part],
    beats: Sequence[Beat],
    gaps: tuple[Gap, ...],
    *,
    signs: Signs,
    now: datetime,
) -> SourceRow:
    last = max((part.last_time for part in parts), default=None)
    rhythm = [0] * _SLICES
    for beat in beats:
        age = now - beat.last
        if timedelta() <= age < DAY:
            rhythm[_SLICES - 1 - int(age / DAY * _SLICES)] += beat.events
    counted = sum(beat.events for beat in beats)
    return SourceRow(
        name=name,
        kind=source.kind,
        store=source.store,
        events=sum(rhythm),
        last=last,
        state=_state(gaps, last=last, now=now),
        rhythm=tuple(rhythm),
        duplicates=sum(beat.duplicates for beat in beats),
        late=-(-100 * sum(beat.late for beat in beats) // counted) if counted else 0,
        clock=_clock(beats),
        gaps=gaps,
        beat=signs.beats[name].at if name in signs.beats else None,
        canary=signs.canaries.get(name),
    )


def _state(gaps: Sequence[Gap], *, last: datetime | None, now: datetime) -> str:
    """In one word; how long a source may usually say nothing is known from its rhythm only."""
    if any(gap.kind == SILENCE for gap in gaps):
        return "silent"
    if last is None:
        return "none yet"
    return "live" if now - last <= QUIET else "quiet"


def _clock(beats: Sequence[Beat]) -> str:
    """How far the clock is off: ahead by what the earliest record says, else what records usually take to arrive."""
    least = min((beat.skew_least for beat in beats if beat.skew_least is not None), default=None)
    told_by = [(beat.skew_usual, beat.events) for beat in beats if beat.skew_usual is not None]
    if least is None or not told_by:
        return ""
    if least < 0:
        return f"clock ahead by {_seconds(-least)}"
    usual = sum(skew * events for skew, events in told_by) / sum(events for _, events in told_by)
    return f"received after {_seconds(usual)}"


def _seconds(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s"
