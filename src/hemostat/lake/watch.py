"""What the pulses say: sources that fell silent, clocks that run ahead, feeds that do not answer; each a gap while it lasts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hemostat.kernel import Home, Source
from hemostat.lake import health
from hemostat.lake.beats import SLOT
from hemostat.lake.health import Gap, Heartbeat
from hemostat.lake.rhythm import FLOOR, HISTORY, is_silent
from hemostat.lake.spool import Spool

SILENCE, SKEW, HEARTBEAT, SEQUENCE = "silence", "skew", "heartbeat", "sequence"
"""Kinds of gaps that are watched here, and the one that tells of a loss that nothing can end: a person settles it."""

FROM_THE_FUTURE = "events from the future"
_WATCHED = (SILENCE, SKEW, HEARTBEAT)
_RECENT = timedelta(hours=1)

Wanted = dict[tuple[str, str, str], datetime]
"""Source, kind and detail of each gap that is there now, and since when."""


def watch(home: Home, spool: Spool, sources: Mapping[str, Source], *, now: datetime) -> None:
    """Every silence, skew and unanswered feed of these sources is an open gap, and no other is open.

    While messages wait for the lake, the moment that counts is that of the oldest: what is behind it was not counted yet.
    Gaps of every kind of sources that are no longer named are closed.
    """
    oldest = spool.lag().oldest
    found = (_silences(spool, now=min(now, oldest) if oldest else now), _skews(spool, now=now))
    answered = _unanswered(health.heartbeats(home), sources, now=now)
    wanted = {key: since for gaps in (*found, answered) for key, since in gaps.items() if key[0] in sources}
    open_now = health.gaps(home, only_open=True)
    for gap in open_now:
        is_over = gap.kind in _WATCHED and (gap.source, gap.kind, gap.detail) not in wanted
        if is_over or gap.source not in sources:
            health.gap_closed(home, source=gap.source, kind=gap.kind, detail=gap.detail, now=now)
    known = {(gap.source, gap.kind, gap.detail) for gap in open_now}
    for source, kind, detail in wanted.keys() - known:
        health.gap_opened(home, source=source, kind=kind, detail=detail, since=wanted[(source, kind, detail)], now=now)


def told(gap: Gap) -> str:
    """What a gap means, in one sentence for people."""
    match gap.kind:
        case "silence":
            return f"{gap.source} has said nothing about {gap.detail}, where at these hours it always did."
        case "skew":
            return f"{gap.source} sends events that have not happened yet: its clock runs ahead."
        case "heartbeat":
            return f"The feed of {gap.source} does not answer; what it holds is not seen."
        case _:
            return f"{gap.source} may have events that never came ({gap.kind}): {gap.detail}."


def _silences(spool: Spool, *, now: datetime) -> Wanted:
    return {
        (source, SILENCE, surface): last
        for (source, surface), last in spool.heard().items()
        if now - last >= FLOOR and is_silent(spool.pulse(now - HISTORY, source=source, surface=surface), now=now)
    }


def _skews(spool: Spool, *, now: datetime) -> Wanted:
    """Open from the first such slot of the last hour; over when the source had none for an hour."""
    found: Wanted = {}
    for beat in spool.pulse(now - _RECENT - SLOT):
        if beat.ahead and now - beat.last < _RECENT:
            key = (beat.source, SKEW, FROM_THE_FUTURE)
            found[key] = min(beat.first, found.get(key, beat.first))
    return found


def _unanswered(answered: Mapping[str, Heartbeat], sources: Mapping[str, Source], *, now: datetime) -> Wanted:
    """Feeds that answered once, and not for too long."""
    return {
        (name, HEARTBEAT, source.feed.kind): answered[name].at
        for name, source in sources.items()
        if source.feed is not None and name in answered and now > answered[name].due
    }
