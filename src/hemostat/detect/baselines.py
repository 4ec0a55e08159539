"""What is not normal for this actor: batches of the lake go in, findings come out, and what was seen is learned.

An actor is compared with its own past: with the same hours of earlier weeks where there are enough of them, else with all its
active hours, and a newcomer with its peers, who have the same role on the same surface, and as staff the same program. The
windows are the running hour, and a day and a week, in which different patients are counted when an hour is over. What all peers
do more of at once is the day's.

A service, like the reading of recordings on one surface, is an actor too: of it are counted the people whom it shows what is not
theirs, in the running hour and the day up to it.

An hour that alarmed, or in which an alert about the actor was open, is not learned from until the alert proves harmless.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from math import exp
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import pyarrow as pa

from hemostat.events import ActorType
from hemostat.kernel import from_micros, to_micros

from .finding import Finding
from .limits import First, Limits, Measure, Window
from .past import DAY, WEEK, Added, Hour, Past
from .reach import COLUMNS, HOUR, MINUTE, Actor, reached
from .robust import Usual, lift, usual

RULES = "baseline-"
"""How the rule of every finding here begins."""

_KEPT_IDS = 50
_NEVER = 2**62  # hours
_NOBODY: Mapping[str, datetime] = {}
_LIFT_FROM = 1 / 6  # of an hour: before so much of it is over, peers tell nothing about it


T = TypeVar("T")


class Basis(NamedTuple, Generic[T]):
    """What an hour, a day or a week is compared with: others of them, in words, and whether they are the actor's own."""

    values: list[T]
    words: str
    is_own: bool


class Alarm(NamedTuple):
    """A count that is not normal, and the end of the sentence that says why."""

    rule: Measure | Window
    seen: int
    why: str


class Baselines:
    """What is usual for each actor, kept in the file at `path`.

    `take` is told each batch of the lake once, in their order, under its number. The batch taken last may come again.
    """

    columns = COLUMNS
    """Those of the lake that are read."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._past = Past(path, limits)
        self._limits = limits
        self._bases: dict[tuple[int, int], Basis[Hour] | None] = {}
        self._lifts: dict[tuple[str, int, str], float] = {}
        self._alarmed: set[int] = set()
        self._now = 0

    @property
    def batch(self) -> int:
        """The last batch that was taken; 0 before the first."""
        return self._past.batch

    def take(self, table: pa.Table, *, batch: int, alerted: Mapping[str, datetime] = _NOBODY) -> list[Finding]:
        """What in the batch is not normal. A batch that was taken before changes nothing; the last one is answered as it was.

        alerted: keys of the findings whose alerts are open, each with its first event; from then on nothing is learned from its
        actor.
        """
        if batch <= self._past.batch:
            return self._past.findings() if batch == self._past.batch else []
        newest = self._past.newest
        reach = [one for one in reached(table) if one.hour >= newest - self._limits.hours_back]
        since: dict[str, int] = {}
        for key, first in alerted.items():
            since[_place(key)] = min(to_micros(first) // HOUR, since.get(_place(key), _NEVER))
        self._bases, self._lifts, self._alarmed = {}, {}, set()
        self._now = max((one.last for one in reach), default=0)
        with self._past.change():
            added = [self._past.add(one, frozen=since.get(one.actor.place, _NEVER) <= one.hour) for one in reach]
            findings = list(chain.from_iterable(map(self._judged, added)))
            self._past.taken(batch, findings, newest=max([newest, *(one.hour for one in reach)]))
        return findings

    def release(self, alert: str, key: str, *, first: datetime, last: datetime) -> None:
        """The alert with findings of this key was harmless: what its actor did in this time is normal. Each alert counts once."""
        span = to_micros(first) // HOUR, to_micros(last) // HOUR
        with self._past.change():
            self._past.release(alert, _place(key), first=span[0], last=span[1])

    def close(self) -> None:
        """The file is closed."""
        self._past.close()

    def _judged(self, added: Added) -> list[Finding]:
        """What is not normal; from then on nothing is learned from the actor in this batch."""
        now = self._strangers if added.reach.actor.is_service else self._hourly
        findings = [*self._firsts(added), *self._slow(added), *now(added)]
        if findings:
            self._alarmed.add(added.known.id)
        if added.known.id in self._alarmed:
            self._past.freeze(added.known.id, added.reach.hour)
        return findings

    def _firsts(self, added: Added) -> Iterator[Finding]:
        """Something that the actor, known for long enough, did for the first time."""
        actor = added.reach.actor
        for first in self._limits.firsts:
            if first.pair in added.news and actor.role in first.roles:
                yield _finding(
                    added,
                    first,
                    events=added.reach.events,
                    people=len(added.reach.people) + added.reach.unnamed,
                    summary=f"{_who(actor)} {first.says} for the first time, in the hour from {_hour(added.reach.hour)}.",
                )

    def _hourly(self, added: Added) -> Iterator[Finding]:
        """The first measure of the actor's hour that is not normal; its events are told then."""
        seen = self._seen(added)
        counts = seen._asdict()
        alarms = (
            self._deviating(added, measure, counts[measure.name], news=bool(seen.news)) for measure in self._limits.measures
        )
        if alarm := next(filter(None, alarms), None):
            self._past.tell(added.known.id, added.reach.hour)
            yield _finding(
                added,
                alarm.rule,
                events=seen.events - seen.told,
                people=counts["people"],
                summary=_alarm_summary(added.reach.actor, alarm, added.reach.hour),
            )

    def _strangers(self, added: Added) -> Iterator[Finding]:
        """Far more people than usual whom the service showed what is not theirs, one of them in this batch."""
        hour, rules = added.reach.hour, self._limits.strangers
        if not added.reach.events or added.known.first > hour - self._limits.learning:
            return
        seen = self._seen(added)
        alarm = self._deviating(added, rules.hour, seen.people, news=False) or self._slowly(added, rules.day, hour)
        if alarm:
            self._past.tell(added.known.id, hour)
            yield _finding(
                added,
                alarm.rule,
                events=seen.events - seen.told,
                people=alarm.seen,
                summary=_alarm_summary(added.reach.actor, alarm, hour),
            )

    def _seen(self, added: Added) -> Hour:
        """The actor's hour, with the people of the last sixty minutes where those are more."""
        seen = self._past.hour(added.known.id, added.reach.hour)
        lately = self._past.lately(added.known.id, minute=added.reach.last // MINUTE) + seen.unnamed
        return seen._replace(people=max(seen.people, lately))

    def _deviating(self, added: Added, measure: Measure, count: int, *, news: bool) -> Alarm | None:
        if count < measure.least:
            return None
        basis = self._basis(added.known.id, added.known.peers, added.reach.hour)
        if measure.ceiling is not None and count >= measure.ceiling and not (basis and basis.is_own):
            return Alarm(measure, count, f"it has no past of its own, and {measure.ceiling:,} is much for anybody")
        if basis is None:
            return None
        normal = usual([getattr(hour, measure.name) for hour in basis.values])
        limit = self._limits.hour.deviation_with_news if news else self._limits.hour.deviation
        least = self._limits.hour.spread_least
        if normal.deviation(count, spread_least=least, is_own=basis.is_own) < limit:
            return None
        up = self._lift(added, measure.name)
        deviation = normal.deviation(count, spread_least=least, lift=up, is_own=basis.is_own)
        if deviation < limit:
            return None
        return Alarm(measure, count, _why(normal, basis, deviation, up, news=news))

    def _slow(self, added: Added) -> Iterator[Finding]:
        """The longer windows that end with the hour in which the actor was active before this one, once they are over."""
        known, hour = added.known, added.reach.hour
        last = self._past.judged(known.id)
        if hour <= last:
            return
        self._past.judge(known.id, hour)
        windows = () if added.reach.actor.is_service else self._limits.windows
        alarm = next(filter(None, (self._slowly(added, window, last) for window in windows)), None)
        if alarm:
            self._past.freeze(known.id, last)
        if hour // DAY > last // DAY:
            self._past.day_over(known, last // DAY)
        if alarm:
            yield _finding(
                added,
                alarm.rule,
                events=self._past.hour(known.id, last).events,
                people=alarm.seen,
                summary=_alarm_summary(added.reach.actor, alarm, last),
            )

    def _slowly(self, added: Added, window: Window, last: int) -> Alarm | None:
        known = added.known
        count = self._past.people(known.id, last=last, hours=window.hours)
        if count < window.least:
            return None
        basis = self._days(added, window, last // DAY)
        if basis is None:
            return None
        normal, slow = usual(basis.values), self._limits.slow
        if normal.deviation(count, spread_least=slow.spread_least, is_own=basis.is_own) < slow.deviation:
            return None
        up = self._slow_lift(added, window, last)
        deviation = normal.deviation(count, spread_least=slow.spread_least, lift=up, is_own=basis.is_own)
        if deviation < slow.deviation:
            return None
        return Alarm(window, count, _why(normal, basis, deviation, up))

    def _basis(self, actor: int, peers: str, hour: int) -> Basis[Hour] | None:
        """What an hour of the actor is compared with; None when nothing is known."""
        if (actor, hour) not in self._bases:
            self._bases[actor, hour] = self._own(actor, hour) or self._of_peers(actor, peers, hour)
        return self._bases[actor, hour]

    def _own(self, actor: int, hour: int) -> Basis[Hour] | None:
        own = self._past.hours(actor, before=hour)
        same = [one for one in own if (hour - one.hour) % WEEK == 0]
        if len(same) >= self._limits.same_hours_least:
            return Basis(same, f"the same hour of {len(same)} earlier weeks", is_own=True)
        if len(own) >= self._limits.own_hours_least:
            return Basis(own, f"{len(own):,} hours in which it was active", is_own=True)
        return None

    def _of_peers(self, actor: int, peers: str, hour: int) -> Basis[Hour] | None:
        ids = self._past.peers(peers, but=actor, known_before=hour - self._limits.learning)
        return self._pooled([self._past.hours(one, before=hour) for one in ids], "hours")

    def _pooled(self, each: Iterable[list[T]], unit: str) -> Basis[T] | None:
        """What peers did, together; None when they, or what they did, are too few."""
        past = list(filter(None, each))
        values = list(chain.from_iterable(past))
        if len(past) < self._limits.peers_least or len(values) < self._limits.peer_values_least:
            return None
        return Basis(values, f"{len(values):,} {unit} of {len(past)} peers", is_own=False)

    def _lift(self, added: Added, measure: str) -> float:
        """By how much the peers are above their own usual hours now; what all services show at once is no busy day."""
        if added.reach.actor.is_service:
            return 0.0
        group, hour = added.known.peers, added.reach.hour
        key = group, hour, measure
        if key not in self._lifts:
            counts = []
            for one in self._past.active(group, hour=hour):
                basis = self._basis(one.actor, group, hour)
                if basis and basis.is_own:
                    counts.append((getattr(one, measure), usual([getattr(each, measure) for each in basis.values])))
            elapsed = min(max((self._now - hour * HOUR) / HOUR, _LIFT_FROM), 1.0)
            self._lifts[key] = self._lifted(counts, elapsed=elapsed)
        return self._lifts[key]

    def _slow_lift(self, added: Added, window: Window, last: int) -> float:
        """By how much the peers are above their own usual days or weeks now; services as in `_lift`."""
        if added.reach.actor.is_service:
            return 0.0
        group = added.known.peers
        key = group, last, window.name
        if key not in self._lifts:
            counts = [
                (self._past.people(one.actor, last=last, hours=window.hours), usual(own))
                for one in self._past.active(group, hour=last)
                if (own := self._own_days(one.actor, window, last // DAY))
            ]
            self._lifts[key] = self._lifted(counts)
        return self._lifts[key]

    def _lifted(self, counts: list[tuple[int, Usual]], *, elapsed: float = 1.0) -> float:
        return lift(counts, elapsed=elapsed) if len(counts) >= self._limits.lift_peers_least else 0.0

    def _days(self, added: Added, window: Window, day: int) -> Basis[int] | None:
        """What a day, or the week that ends with it, is compared with; None when nothing is known."""
        known, unit = added.known, f"{window.name}s"
        if own := self._own_days(known.id, window, day):
            return Basis(own, f"{len(own)} of its {unit}", is_own=True)
        ids = self._past.peers(known.peers, but=known.id, known_before=day * DAY - self._limits.learning)
        return self._pooled([self._past.days(one, before=day, hours=window.hours) for one in ids], unit)

    def _own_days(self, actor: int, window: Window, day: int) -> list[int]:
        """The actor's own days or weeks, when there are enough of them."""
        own = self._past.days(actor, before=day, hours=window.hours)
        return own if len(own) >= window.own_least else []


def _place(key: str) -> str:
    """The actor of a finding with this key."""
    return key.partition("|")[2]


def _finding(added: Added, rule: Measure | Window | First, *, events: int, people: int, summary: str) -> Finding:
    """The finding about what a batch told of an actor."""
    actor, rows = added.reach.actor, sorted(added.reach.rows)
    return Finding(
        key=f"{rule.rule}|{actor.place}",
        rule=rule.rule,
        title=rule.title,
        level=rule.level,
        surface=actor.surface,
        playbook="",
        store=actor.store,
        environment=actor.environment,
        group=actor.group,
        events=events,
        people=people,
        event_ids=tuple(name for _, name in rows[:_KEPT_IDS]),
        first_time=from_micros(rows[0][0]),
        last_time=from_micros(rows[-1][0]),
        summary=summary,
    )


def _why(normal: Usual, basis: Basis[Any], deviation: float, up: float, *, news: bool = False) -> str:
    """What is usual, by what, and how far it is away."""
    lifted = f" beyond the {exp(up):.1f} times by which its peers are above theirs" if up else ""
    new = ", in an hour with something that was new for it" if news else ""
    others = "" if basis.is_own else f" ({normal.highest_usual:,.0f} is high for them)"
    above = "it" if basis.is_own else "that"
    return (
        f"{normal.typical:,.0f} is usual by {basis.words}{others}, and this is {deviation:.1f} spreads above {above}{lifted}{new}"
    )


def _who(actor: Actor) -> str:
    """The actor in words: a pseudonym, or the name of an app; a network is not named."""
    if actor.by == "src_net":
        return "A caller without a name, of one network,"
    role = "caller" if actor.role in {"", ActorType.UNKNOWN} else actor.role
    return f"{role.capitalize()} {actor.who}"


def _hour(hour: int) -> str:
    return f"{from_micros(hour * HOUR):%Y-%m-%d %H:%M} UTC"


def _alarm_summary(actor: Actor, alarm: Alarm, hour: int) -> str:
    rule = alarm.rule
    when = f"in the {rule.name} up to {_hour(hour + 1)}" if isinstance(rule, Window) else f"in the hour from {_hour(hour)}"
    if actor.is_service:
        return f"{actor.who} on {actor.surface} showed {alarm.seen:,} people {when} what belongs to others: {alarm.why}."
    unit = rule.unit if isinstance(rule, Measure) else "different patients"
    return f"{_who(actor)} reached {alarm.seen:,} {unit} {when}: {alarm.why}."
