"""What the pulses say: each source that fell silent or is not heard, each clock that runs ahead, is a gap while it lasts.

So is each door of ours through which no canary comes to the lake.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from hemostat.kernel import Home, Source
from hemostat.lake import health, life
from hemostat.lake.beats import SLOT, merged
from hemostat.lake.health import Gap, Heartbeat
from hemostat.lake.life import Canary
from hemostat.lake.rhythm import FLOOR, HISTORY, is_silent
from hemostat.lake.spool import Spool

SILENCE, SKEW, HEARTBEAT, PATH, SEQUENCE = "silence", "skew", "heartbeat", "path", "sequence"
"""Kinds of gaps that are watched here, and the one that tells of a loss that nothing can end: a person settles it."""

FROM_THE_FUTURE = "events from the future"
ANYTHING = "any surface"
"""What a source is silent about when it is silent as a whole."""

EVERY_DOOR = "every door"
"""Stands for a source where no canary at all comes back: the intake, the worker, or what stands before them, is down."""

SENDER = "sender"
"""What is missed of a source that sends heartbeats itself."""

ON_THE_WAY = timedelta(minutes=3)
"""How long a canary may be on its way: a lake that is behind by more is a broken way too."""

_NOT_SEEN = "it was taken, and has not reached the lake"
_WATCHED = (SILENCE, SKEW, HEARTBEAT, PATH)
_RECENT = timedelta(hours=1)

Wanted = dict[tuple[str, str, str], datetime]
"""Source, kind and detail of each gap that is there now, and since when."""


def watch(home: Home, spool: Spool, sources: Mapping[str, Source], *, now: datetime, zone: tzinfo = UTC) -> None:
    """Every silence, skew, unanswered feed, dead sender and broken way of these sources is an open gap, and no other is open.

    While messages wait for the lake, the moment that counts is that of the oldest: what is behind it was not counted yet.
    Gaps of every kind of sources that are no longer named are closed. zone: whose clocks people live by.
    """
    oldest = spool.lag().oldest
    counted_until = min(now, oldest) if oldest else now
    open_now = [gap for gap in health.gaps(home, only_open=True) if not gap.source.startswith(health.SINK)]
    found = (
        _silences(spool, open_now, now=counted_until, zone=zone),
        _skews(spool, now=now),
        _unheard(health.heartbeats(home), sources, spool, now=now, counted_until=counted_until),
        _broken(life.canaries(home), open_now, now=now),
    )
    known_sources = {*sources, EVERY_DOOR}
    wanted = {key: since for gaps in found for key, since in gaps.items() if key[0] in known_sources}
    for gap in open_now:
        is_over = gap.kind in _WATCHED and (gap.source, gap.kind, gap.detail) not in wanted
        if is_over or gap.source not in known_sources:
            health.gap_closed(home, source=gap.source, kind=gap.kind, detail=gap.detail, now=now)
    known = {(gap.source, gap.kind, gap.detail) for gap in open_now}
    for source, kind, detail in wanted.keys() - known:
        health.gap_opened(home, source=source, kind=kind, detail=detail, since=wanted[(source, kind, detail)], now=now)


_TOLD: Mapping[str, str] = {
    SILENCE: "{source} has said nothing about {detail}, where at these hours it always did.",
    SKEW: "{source} sends events that have not happened yet: its clock runs ahead.",
    HEARTBEAT: "The feed of {source} does not answer; what it holds is not seen.",
    PATH: "The way from the door of {source} to the lake is broken on our side; of our own canary: {detail}.",
}
_TOLD_OF_SENDER = "The sender of {source} sends neither events nor its heartbeat."
_TOLD_OF_ALL = "No canary comes from any door to the lake: whatever is sent to us may not arrive. Of most of them: {detail}."
_TOLD_ELSE = "{source} may have events that never came ({kind}): {detail}."


def told(gap: Gap) -> str:
    """What a gap means, in a sentence or two for people."""
    words = _TOLD.get(gap.kind, _TOLD_ELSE)
    if (gap.kind, gap.detail) == (HEARTBEAT, SENDER):
        words = _TOLD_OF_SENDER
    elif gap.source == EVERY_DOOR:
        words = _TOLD_OF_ALL
    return words.format(source=gap.source, detail=gap.detail, kind=gap.kind)


_DEAD_SENDER = "Look at the machine that sends: is it up, and can it reach the intake?"
_FETCH = "Fetch what is missing where the source keeps it; nothing is counted twice."
_TODO: Mapping[str, str] = {
    SILENCE: "Does the system run, and does its log have answers other than 2xx? A public holiday may look like this too.",
    SKEW: "Set the clock of the sending machine. Nothing is lost meanwhile: events keep the time that the source tells.",
    HEARTBEAT: "The worker's log says why: look for `worker.failed` with the step of this feed.",
    PATH: "Look at what stands before the intake (proxy, certificate, name), at the key, and whether intake and worker run.",
    SEQUENCE: "These events will not come any more. Find out who removed them, then settle the alert.",
    "subscription": "Subscribe again, and fetch what the platform did not send meanwhile where it keeps it.",
    "refused": "Give the access back: a key has ended, or a right was taken away.",
}


def todo(gap: Gap) -> str:
    """What to look at first, in a sentence or two for somebody who was just woken."""
    return _DEAD_SENDER if (gap.kind, gap.detail) == (HEARTBEAT, SENDER) else _TODO.get(gap.kind, _FETCH)


def _silences(spool: Spool, open_now: Sequence[Gap], *, now: datetime, zone: tzinfo) -> Wanted:
    """Surfaces about which a source is silent; or the source as a whole, which is known sooner, and then counts for all of them.

    A surface whose gap was open before stays: its silence is older.
    """
    by_source: dict[str, dict[str, datetime]] = {}
    for (source, surface), last in spool.heard().items():
        by_source.setdefault(source, {})[surface] = last
    before = {(gap.source, gap.detail) for gap in open_now if gap.kind == SILENCE}
    found: Wanted = {}
    for source, heard in by_source.items():
        last = max(heard.values())
        is_whole = len(heard) > 1 and now - last >= FLOOR and _is_silent(spool, source, None, now=now, zone=zone)
        asked = {surface for surface in heard if (source, surface) in before} if is_whole else heard
        found |= {
            (source, SILENCE, surface): heard[surface]
            for surface in asked
            if now - heard[surface] >= FLOOR and _is_silent(spool, source, surface, now=now, zone=zone)
        }
        if is_whole:
            found[(source, SILENCE, ANYTHING)] = last
    return found


def _is_silent(spool: Spool, source: str, surface: str | None, *, now: datetime, zone: tzinfo) -> bool:
    beats = spool.pulse(now - HISTORY, source=source, surface=surface)
    return is_silent(beats if surface else merged(beats), now=now, zone=zone)


def _skews(spool: Spool, *, now: datetime) -> Wanted:
    """Open from the first such slot of the last hour; over when the source had none for an hour."""
    found: Wanted = {}
    for beat in spool.pulse(now - _RECENT - SLOT):
        if beat.ahead and now - beat.last < _RECENT:
            key = (beat.source, SKEW, FROM_THE_FUTURE)
            found[key] = min(beat.first, found.get(key, beat.first))
    return found


def _unheard(
    beats: Mapping[str, Heartbeat], sources: Mapping[str, Source], spool: Spool, *, now: datetime, counted_until: datetime
) -> Wanted:
    """Feeds that answered once, and not for too long; senders of heartbeats of which nothing at all came for as long."""
    found: Wanted = {}
    events = _last_events(spool)
    for name, source in sources.items():
        beat = beats.get(name)
        if beat and source.feed is not None:
            if now > beat.due:
                found[(name, HEARTBEAT, source.feed.kind)] = beat.at
        elif beat:
            last = max(beat.at, events.get(name, beat.at))
            if counted_until > last + (beat.due - beat.at):
                found[(name, HEARTBEAT, SENDER)] = last
    return found


def _last_events(spool: Spool) -> dict[str, datetime]:
    """When the last event of each source was received, whatever it was about."""
    found: dict[str, datetime] = {}
    for (source, _), last in spool.heard().items():
        found[source] = max(last, found.get(source, last))
    return found


def _broken(canaries: Mapping[str, Canary], open_now: Sequence[Gap], *, now: datetime) -> Wanted:
    """Doors whose canaries do not come back; when none of several does, it is every door, and not each.

    What was wrong at first names the gap, also when it is something else by now. A door whose gap was open before keeps it.
    """
    named = {gap.source: gap.detail for gap in open_now if gap.kind == PATH}
    since = {
        source: one.missing_since
        for source, one in canaries.items()
        if one.missing_since is not None and now - one.missing_since > ON_THE_WAY
    }
    each = {(source, PATH, named.get(source) or canaries[source].fault or _NOT_SEEN): at for source, at in since.items()}
    if len(since) == 1 or len(since) < len(canaries):
        return each
    if not since:
        return {}
    ((usual, _),) = Counter(one.fault or _NOT_SEEN for one in canaries.values()).most_common(1)
    whole = {(EVERY_DOOR, PATH, named.get(EVERY_DOOR) or usual): min(since.values())}
    return whole | {key: at for key, at in each.items() if key[0] in named}
