"""Sinks that take nothing, refuse or lose: each is a gap while it lasts, so that somebody is told.

A gap of a sink stands beside those of sources (`lake.health`) under the name `sink.<name>`; the worker makes alerts of them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hemostat.kernel import Home, Sink
from hemostat.lake import health
from hemostat.lake.health import Gap
from hemostat.lake.spool import Part, Spool

from .base import positions_of
from .journal import Condition, Journal, Watched
from .only import Only
from .tail import Tail

STOPPED, STALLED, QUARANTINE, LOST = "sink-stopped", "sink-stalled", "sink-quarantine", "sink-lost"
"""Kinds of gaps: it needs a person; it has not moved for its limit; it refused events; it will never get some."""

SETTLED = frozenset({QUARANTINE, LOST})
"""Kinds that end when a person has settled their alert: what comes later is a new one."""


def watch(home: Home, spool: Spool, sinks: Mapping[str, Sink], *, now: datetime, has_settled: bool) -> None:
    """Every sink that stopped, stalled, refused or lost has its open gap, and no other gap of a sink is open.

    has_settled: the worker has run for long enough that a sink which stands still would have moved.
    """
    journal = Journal(home)
    try:
        found = {
            health.SINK + name: _looked_at(name, sink, home, spool, journal, now=now, has_settled=has_settled)
            for name, sink in sinks.items()
        }
    finally:
        journal.close()
    open_now = [gap for gap in health.gaps(home, only_open=True) if gap.source.startswith(health.SINK)]
    for gap in open_now:
        if gap.kind not in found.get(gap.source, {}):
            health.gap_closed(home, source=gap.source, kind=gap.kind, detail=gap.detail, now=now)
    known = {(gap.source, gap.kind) for gap in open_now}
    for source, kinds in found.items():
        for kind, (detail, since) in kinds.items():
            if (source, kind) not in known:
                health.gap_opened(home, source=source, kind=kind, detail=detail, since=since, now=now)


def settle(home: Home, gap: Gap, *, now: datetime) -> None:
    """What a person has settled is over: only what is refused or lost from now on is told again."""
    name = gap.source.removeprefix(health.SINK)
    journal = Journal(home)
    try:
        seen = journal.watched(name)
        if gap.kind == QUARANTINE:
            seen = msgspec.structs.replace(seen, quarantine=max((one.number for one in journal.kept(name)), default=0))
        if gap.kind == LOST:
            seen = msgspec.structs.replace(seen, losses=max((one.number for one in journal.lost_by(name)), default=0))
        journal.watch(name, seen)
    finally:
        journal.close()
    health.gap_closed(home, source=gap.source, kind=gap.kind, detail=gap.detail, now=now)


def leaves_the_lake(home: Home, part: Part, rows: pa.Table, now: datetime) -> None:
    """These rows of a part are about to be deleted: what a sink wants of them and has not got yet is on record as lost to it."""
    sinks = home.settings().sinks
    if not sinks:
        return
    journal = Journal(home)
    try:
        for name, sink in sinks.items():
            wanted = wants(sink).wanted(rows)
            stands = journal.stream(name).position
            unsent = wanted.filter(pc.greater(positions_of(wanted["event_id"]), stands))["event_id"]
            if len(unsent):
                ids = unsent.take(pc.sort_indices(positions_of(unsent))).to_pylist()
                journal.lost(name, mark=part.path, first=ids[0], last=ids[-1], events=len(ids), now=now)
    finally:
        journal.close()


def expire_quarantine(home: Home, sinks: Mapping[str, Sink], *, now: datetime) -> None:
    """What has been in quarantine for longer than its sink allows is gone, and on record as lost."""
    journal = Journal(home)
    try:
        for name, sink in sinks.items():
            journal.expire(name, now - timedelta(days=sink.quarantine_days), now)
    finally:
        journal.close()


def wants(sink: Sink) -> Only:
    """The filter of a sink; one that is written wrongly keeps nothing back."""
    try:
        return msgspec.convert(sink.options.get("only", {}), Only)
    except msgspec.ValidationError:
        return Only()


def _looked_at(
    name: str, sink: Sink, home: Home, spool: Spool, journal: Journal, *, now: datetime, has_settled: bool
) -> dict[str, tuple[str, datetime]]:
    """What is wrong with a sink: for each kind of gap what exactly, and since when."""
    stream, condition, before = journal.stream(name), journal.condition(name), journal.watched(name)
    waits = Tail(home, spool, Only()).behind(stream.place) > 0
    since = (before.since if before.position == stream.position and before.since else now) if waits else None
    seen = msgspec.structs.replace(before, position=stream.position, since=since)
    journal.watch(name, seen)
    found = _standing_still(name, sink, condition, seen, now=now, has_settled=has_settled)
    refused = [one for one in journal.kept(name) if one.number > seen.quarantine]
    if refused:
        words = f"{name} refused events, which are kept for {sink.quarantine_days} days: {refused[-1].reason}"
        found[QUARANTINE] = words, refused[0].at
    lost = [one for one in journal.lost_by(name) if one.number > seen.losses]
    if lost:
        count = sum(one.events for one in lost)
        events = f"{count:,} event{'' if count == 1 else 's'}"
        found[LOST] = f"{name} will never get {events}: too old for the lake or the quarantine before it had them.", lost[-1].at
    return found


def _standing_still(
    name: str, sink: Sink, condition: Condition, seen: Watched, *, now: datetime, has_settled: bool
) -> dict[str, tuple[str, datetime]]:
    if condition.stopped and condition.error:
        return {STOPPED: (f"{name} takes nothing until a person acts: {condition.error}", condition.sent_at or now)}
    limit = timedelta(minutes=sink.stalled_minutes)
    if has_settled and seen.since is not None and now - seen.since >= limit:
        why = f": {condition.error}" if condition.error else "."
        return {STALLED: (f"{name} has taken nothing for {sink.stalled_minutes} minutes while events wait{why}", seen.since)}
    return {}
