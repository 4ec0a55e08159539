"""Does something leak? What the bench `soak` concludes from its samples, which were taken at equal amounts of work.

The first quarter of a run is for warming up: caches fill, the first day of the story passes, the first files become old enough to
go. What is held later may be somewhat more than in the second quarter, as `LIMITS` says, and no more.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from .bench_watch import Held, quarters

LEAST = 16
"""Samples without which nothing can be said."""


class Limit(msgspec.Struct, frozen=True):
    """What the last quarter may be: so many times the second, and so much more."""

    times: float
    more: float


LIMITS: Mapping[str, Limit] = {
    # Of each process.
    "own megabytes": Limit(1.1, 0.0),
    "open files": Limit(1.0, 3.0),
    "sockets": Limit(1.0, 3.0),
    "sockets that the other side has closed": Limit(1.0, 3.0),
    "pipes": Limit(1.0, 3.0),
    "threads": Limit(1.0, 3.0),
    "microseconds of an event": Limit(1.5, 0.0),
    # Of the home.
    "files in the lake": Limit(1.5, 20.0),
    "other files": Limit(1.25, 10.0),
    "spool, megabytes": Limit(1.25, 1.0),
    "database, megabytes": Limit(1.25, 1.0),
    "other databases, megabytes": Limit(1.25, 1.0),
    # What is usual for an actor is learned over eight weeks, longer than the story: it may grow as the days do, hardly faster.
    # The middle of the last quarter is seven eighths into the story, that of the second three eighths.
    "baselines, megabytes": Limit(2.5, 1.0),
    # A log is cut back to 64 MiB when it is folded back, and what one transaction writes comes on top.
    "write-ahead logs, megabytes": Limit(1.0, 67.2),
}
"""What each figure may be in the last quarter of a run, by its name."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What was held when so many events had been sent: by each process, and by the home."""

    events: int
    processes: Mapping[str, Held]
    home: Mapping[str, float]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: its medians in the second and the last quarter, and the latter's share of what it may be."""

    name: str
    early: float
    late: float
    share: float

    @property
    def leaks(self) -> bool:
        """Is it more than it may be?"""
        return self.share > 1


def verdicts(samples: Sequence[Sample]) -> list[Verdict]:
    """What is to be said of each figure, in the order in which the samples hold them. There must be `LEAST` samples."""
    series: dict[str, tuple[Limit, list[float]]] = {}
    for before, now in pairwise(samples):
        for process, held in now.processes.items():
            events = max(1, now.events - before.events)
            for figure, value in _figures(held, before.processes[process], events).items():
                series.setdefault(f"{process}: {figure}", (LIMITS[figure], []))[1].append(value)
        for figure, value in now.home.items():
            series.setdefault(figure, (LIMITS[figure], []))[1].append(value)
    return [_verdict(name, limit, values) for name, (limit, values) in series.items()]


def _figures(now: Held, before: Held, events: int) -> dict[str, float]:
    return {
        "own megabytes": now.own,
        "open files": now.files,
        "sockets": now.sockets,
        "sockets that the other side has closed": now.hanging,
        "pipes": now.pipes,
        "threads": now.threads,
        "microseconds of an event": 1e6 * (now.cpu - before.cpu) / events,
    }


def _verdict(name: str, limit: Limit, values: Sequence[float]) -> Verdict:
    early, late = quarters(values)
    allowed = early * limit.times + limit.more
    return Verdict(name=name, early=early, late=late, share=late / allowed if allowed else float(late > 0) * 2)
