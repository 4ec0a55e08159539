"""The hot rows of one correlation, and what they complete.

Rows live in memory, group by group, in the order of event time. A batch touches few groups; only these are looked at, and of them
only the windows that its rows can be in. A row is told once: findings never count an event of a group twice.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from .correlation import Correlation
from .fields import MICROS
from .measures import Measure, Row

LATE = 5 * 60 * MICROS
"""How much later than its neighbors in time an event may come and still find its whole window."""

_AHEAD = 5 * 60 * MICROS  # a source's clock may be this much ahead of ours before we stop believing it
_SWEEP = 5_000  # rows: looking through all groups more often costs more than it frees

_MOMENT, _ARRIVAL, _ORDER = attrgetter("t"), attrgetter("seq"), itemgetter(0, 1, 2)

Span = tuple[int, int]
"""A first and a last, both included where they are moments, the last excluded where they are places in a list."""


def believed(batch: pa.Table) -> int | None:
    """The latest event time in a batch that we believe; None when no event tells one."""
    latest: int | None = pc.max(credible(batch["t"], batch["seen"])).as_py()
    return latest


def credible(t: pa.Array, seen: pa.Array) -> pa.Array:
    """Event times in microseconds, none of them later than a clock that is somewhat ahead could say when we learned of it."""
    return pc.min_element_wise(t, pc.add(seen, _AHEAD))


class Group(NamedTuple):
    """Events that were not told before, of the groups that share an alert. `ids` are the first ones that arrived.

    arrived: the number of the first one.
    """

    alert: tuple[str, ...]
    events: int
    people: int
    ids: list[str]
    first: int
    last: int
    arrived: int


class Windows:
    """The rows that a correlation's rules matched, as far back as its timespan needs.

    alert_by: names of the group that tell one alert from another. `cut` is None until rows were dropped for want of room;
    then it is how far back those that stayed reach, in microseconds.
    """

    def __init__(self, plan: Correlation, *, alert_by: Sequence[str]) -> None:
        self._plan = plan
        # places 0 and 1 of a group are store and environment
        self._places = [0, 1, *(plan.group_by.index(name) + 2 for name in alert_by)]
        self._groups: dict[str, list[Row]] = {}
        self._touched: dict[str, list[int]] = {}  # group -> event times of its fresh rows
        self._floor: int | None = None
        self._count = self._fresh = 0
        self.cut: int | None = None

    def take(self, group: str, row: Row) -> None:
        """The row is in its group, a JSON list of store, environment and the values of `group_by`."""
        moments = self._touched.get(group)
        if moments is None:
            moments = self._touched[group] = []
            # what is out of reach goes before it could be seen, so that findings do not depend on when the last sweep was
            self._count -= self._expire(self._groups.setdefault(group, []))
        moments.append(row.t)
        self._groups[group].append(row)
        self._count += 1
        self._fresh += 1

    def complete(self, *, keep: int) -> list[Group]:
        """What the rows taken since the last call complete: untold events, `keep` ids of each group."""
        alerts: dict[tuple[str, ...], dict[int, Row]] = {}
        for group, moments in self._touched.items():
            rows = self._groups[group]
            if any(one > other for one, other in pairwise(rows[-len(moments) - 1 :])):
                rows.sort()
            low, high = min(moments), max(moments)
            start, stop = _between(rows, low - self._plan.span, high + self._plan.span)
            if stop - start < self._plan.least:
                continue
            spans = _joined(span for span in self._satisfied(rows[start:stop]) if span[1] >= low)
            if not spans:
                continue
            events = alerts.setdefault(self._alert(group), {})
            for span in spans:
                _tell(rows, *_between(rows, *span), events=events)
        self._touched.clear()
        groups = [_group(alert, sorted(events.values(), key=_ARRIVAL), keep=keep) for alert, events in alerts.items()]
        return sorted((group for group in groups if group.events), key=lambda group: (group.arrived, group.alert))

    def prune(self, horizon: int) -> None:
        """Rows that no window reaches any more when it is `horizon` are out of sight; they are gone when enough came since."""
        self._floor = horizon - self._plan.span - LATE
        if self._fresh < max(_SWEEP, self._count - self._fresh):
            return
        for rows in self._groups.values():
            self._count -= self._expire(rows)
        self._settle()

    def shrink(self, most: int) -> None:
        """At most `most` rows are left, the latest by event time; the values of one event go together."""
        if self._count <= most:
            return
        ordered = sorted(row for rows in self._groups.values() for row in rows)
        last = ordered[-most - 1]
        for rows in self._groups.values():
            del rows[: bisect_right(rows, _ORDER(last), key=_ORDER)]
        self._count = sum(map(len, self._groups.values()))
        self._settle()
        self.cut = ordered[-1].t - last.t

    def __len__(self) -> int:
        return self._count

    def _expire(self, rows: list[Row]) -> int:
        """Rows below the floor are gone from the list; how many."""
        gone = 0 if self._floor is None else bisect_left(rows, self._floor, key=_MOMENT)
        del rows[:gone]
        return gone

    def _settle(self) -> None:
        self._groups = {group: rows for group, rows in self._groups.items() if rows}
        self._fresh = 0

    def _satisfied(self, rows: list[Row]) -> Iterator[Span]:
        """The windows that satisfy the rule, by their end."""
        if self._plan.measure is None:
            return _sequences(rows, last=len(self._plan.rules) - 1, width=self._plan.span)
        return _slid(rows, self._plan.measure(), width=self._plan.span)

    def _alert(self, group: str) -> tuple[str, ...]:
        values = msgspec.json.decode(group, type=list[str])
        return tuple(values[place] for place in self._places)


def _slid(rows: list[Row], measure: Measure, *, width: int) -> Iterator[Span]:
    """A window ends at each moment of a row and reaches back by `width`, both ends included."""
    first = 0
    for place, row in enumerate(rows):
        measure.add(row)
        if place + 1 < len(rows) and rows[place + 1].t == row.t:
            continue
        while rows[first].t < row.t - width:
            measure.drop(rows[first])
            first += 1
        if measure.holds():
            yield row.t - width, row.t


def _sequences(rows: list[Row], *, last: int, width: int) -> Iterator[Span]:
    """The rules in their order: each row carries the latest start of a sequence that it could continue."""
    # the latest start is the best one: a window that is too wide with it is too wide with all
    starts: dict[int, int] = {}
    # of the places of one event the later goes first, so that one event is not two steps
    for row in sorted(rows, key=lambda row: (row.t, row.seq, -row.place)):
        start = row.t if row.place == 0 else starts.get(row.place - 1)
        if start is None:
            continue
        starts[row.place] = start
        if row.place == last and row.t - start <= width:
            yield start, row.t


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans, joined where they overlap; neither their starts nor their ends ever go back."""
    joined: list[Span] = []
    for low, high in spans:
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], high
        else:
            joined.append((low, high))
    return joined


def _between(rows: list[Row], low: int, high: int) -> Span:
    """Places of the rows from `low` to `high`, both included."""
    return bisect_left(rows, low, key=_MOMENT), bisect_right(rows, high, key=_MOMENT)


def _tell(rows: list[Row], start: int, stop: int, *, events: dict[int, Row]) -> None:
    """The rows are among the events of an alert, as they were, and are told."""
    for place in range(start, stop):
        row = rows[place]
        # an event that several rules match, or that is in two groups of one alert, is one event; told once is told
        if row.id is None:
            events[row.seq] = row
        else:
            events.setdefault(row.seq, row)
            rows[place] = row._replace(id=None)


def _group(alert: tuple[str, ...], rows: list[Row], *, keep: int) -> Group:
    """The group of an alert's rows, which are in the order of their arrival."""
    untold = [row for row in rows if row.id is not None]
    moments = [row.t for row in untold]
    people = {row.who for row in rows if row.who}
    ids = [row.id or "" for row in untold[:keep]]
    first, last = min(moments, default=0), max(moments, default=0)
    return Group(alert, len(untold), len(people), ids, first, last, arrived=untold[0].seq if untold else 0)
