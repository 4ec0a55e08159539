"""Rules over the past: what they would have found in batches of the lake, day by day, and how two versions of them differ.

An alarm is what would have been one alert: findings with one key, on one day. The day is that of a finding's last event, in UTC.
Memory is bounded by `MOST_ALARMS` and `window_rows`, whatever the period.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Literal

import msgspec
import pyarrow as pa

from hemostat.kernel import NotFound

from .finding import Finding
from .rules import CorrelationRule, Rule, RuleSet
from .runner import Detector

MOST_ALARMS = 100_000
"""Alarms that are told apart; beyond them each further finding counts as an alarm of its own, and the result says so."""

MOST_GROUPS, MOST_WORDS, MOST_IDS = 20, 12, 5
"""What a result names: the groups that alarmed most, words of each kind, and ids of events of a group."""

_LOOKED_AT = 1000  # events of a finding whose acts, surfaces and sources are counted
_BESIDE = ("act", "surface", "source")

Outcome = Literal["incident", "dismissed", "open"]
Alarm = tuple[str, date]
"""A key and a day."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day in UTC. people: of each alarm the most that one finding saw, added up: who is in two alarms counts twice."""

    day: date
    alarms: int = 0
    findings: int = 0
    events: int = 0
    people: int = 0


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Who alarmed: a rule and a group of its, whose values are pseudonyms and words of the lake, never raw identifiers.

    alarms: days on which it alarmed; people: the most that one finding saw; event_ids: the first ones, at most `MOST_IDS`.
    """

    rule: str
    title: str
    level: str
    store: str
    environment: str
    group: dict[str, str]
    alarms: int
    findings: int
    events: int
    people: int
    first: datetime
    last: datetime
    event_ids: tuple[str, ...]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many events have a word, of the first thousand of each finding."""

    word: str
    events: int


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What rules would have found in a period.

    rules: the ids of those that can alarm. groups: at most `MOST_GROUPS`, of `keys` in all.
    is_exact: false when there were more alarms than are told apart; then `alarms` is too many, and `keys` too few.
    shortened: rule -> seconds that its window reached back when rows had to go for want of room: it may have missed a leak.
    """

    rules: tuple[str, ...]
    alarms: int
    findings: int
    events: int
    days: tuple[Day, ...]
    groups: tuple[Group, ...]
    keys: int
    is_exact: bool
    acts: tuple[Count, ...]
    surfaces: tuple[Count, ...]
    sources: tuple[Count, ...]
    shortened: dict[str, int]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an alert with this key, whose events happened from `first` to `last`."""

    key: str
    first: datetime
    last: datetime
    outcome: Outcome


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of alarms: how many belong to alerts that became incidents, were dismissed as normal, or are neither.

    The rest belongs to no alert at all.
    """

    alarms: int = 0
    incident: int = 0
    dismissed: int = 0
    open: int = 0

    @property
    def precision(self) -> float | None:
        """The share of incidents, from 0 to 1, among the alarms that somebody judged; None when nobody did."""
        judged = self.incident + self.dismissed
        return self.incident / judged if judged else None


class ComparedDay(msgspec.Struct, frozen=True, kw_only=True):
    """The alarms of one day that only the first version raises, only the second, or both."""

    day: date
    only_a: int = 0
    only_b: int = 0
    both: int = 0


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """How two versions differ: alarms by key and day. groups_a and groups_b are those with alarms of one version alone."""

    days: tuple[ComparedDay, ...]
    only_a: Judged
    only_b: Judged
    both: Judged
    groups_a: tuple[Group, ...]
    groups_b: tuple[Group, ...]


def alone(rules: RuleSet, name: str) -> RuleSet:
    """The rule that is called so, with the rules that it needs, of which none alarms by itself.

    name: its id, its title, or the file in which no other rule alarms. A rule that only feeds others alarms here.
    Raises `NotFound` for an unknown one, with those that look like it.
    """
    wanted = _id_of(rules, name)
    for rule in rules.rules:
        if rule.id == wanted:
            return RuleSet((rule._replace(alerts=True),), (), ())
    each = next(one for one in rules.correlations if one.id == wanted)
    numbers = each.plan.rules
    plan = each.plan._replace(
        rules=tuple(range(len(numbers))),
        keys={place: each.plan.keys[number] for place, number in enumerate(numbers)},
        values={place: each.plan.values[number] for place, number in enumerate(numbers)},
    )
    fed = tuple(rules.rules[number]._replace(alerts=False) for number in numbers)
    return RuleSet(fed, (each._replace(plan=plan),), ())


def _id_of(rules: RuleSet, name: str) -> str:
    """The id of the rule that is called so."""
    every: list[Rule | CorrelationRule] = [*rules.rules, *rules.correlations]
    loud = set(alarming(rules))
    for found in (
        [one.id for one in every if one.id == name],
        [one.id for one in every if one.title.casefold() == name.casefold()],
        [one.id for one in every if one.path.stem == name and one.id in loud],
    ):
        if len(found) == 1:
            return found[0]
    known = [word for one in every for word in (one.path.stem, one.title, one.id)]
    alike = ", ".join(dict.fromkeys(get_close_matches(name, known, n=3) or known[:3]))
    raise NotFound(f"There is no rule {name[:60]!r}.", advice=f"There are {len(every)} rules, for instance: {alike or 'none'}.")


def alarming(rules: RuleSet) -> tuple[str, ...]:
    """The ids of the rules that can alarm."""
    return (*(rule.id for rule in rules.rules if rule.alerts), *(each.id for each in rules.correlations))


class _Seen:
    """What one key has alarmed about so far."""

    def __init__(self, finding: Finding) -> None:
        self.about = finding
        self.days: dict[date, int] = {}  # the most people that a finding of the day saw
        self.findings = self.events = 0
        self.first, self.last = finding.first_time, finding.last_time
        self.ids: list[str] = []

    def take(self, finding: Finding, day: date, ids: Iterable[str]) -> None:
        """The finding is one more of this key."""
        self.days[day] = max(finding.people, self.days.get(day, 0))
        self.findings += 1
        self.events += finding.events
        self.first, self.last = min(self.first, finding.first_time), max(self.last, finding.last_time)
        self.ids = [*self.ids, *ids][:MOST_IDS]

    def group(self, alarms: int) -> Group:
        """The group as it is told, with so many alarms."""
        about = self.about
        return Group(
            rule=about.rule,
            title=about.title,
            level=about.level,
            store=about.store,
            environment=about.environment,
            group=about.group,
            alarms=alarms,
            findings=self.findings,
            events=self.events,
            people=max(self.days.values()),
            first=self.first,
            last=self.last,
            event_ids=tuple(self.ids),
        )


class Backtest:
    """One version of rules over the batches of the lake, which come in the order in which they were written.

    The first batches may hold events from before `since`: with those of the last `history` the result is that of a detector
    which ran all the time. Findings count when their last event happened from `since` on and before `until`.
    stands_for: the id under which the findings of the only rule are known, when this is a version of another rule.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        since: datetime,
        until: datetime,
        stands_for: str = "",
        window_rows: int = 2_000_000,
        most_alarms: int = MOST_ALARMS,
    ) -> None:
        self._detector = Detector(rules, window_rows=window_rows, keep=_LOOKED_AT, beside=_BESIDE)
        self._rules = alarming(rules)
        self._stands_for = stands_for if len(self._rules) == 1 else ""
        self._since, self._until = since, until
        self._most = most_alarms
        self._seen: dict[str, _Seen] = {}
        self._days: dict[date, Counter[str]] = defaultdict(Counter)
        self._words: tuple[Counter[str], ...] = tuple(Counter() for _ in _BESIDE)
        self._alarms = self._beyond = 0

    @property
    def columns(self) -> list[str]:
        """Those of the lake that are read."""
        return self._detector.columns

    @property
    def history(self) -> timedelta:
        """How far before `since` the lake must be read."""
        return self._detector.history

    def take(self, rows: pa.Table) -> None:
        """The findings that the batch completes are counted."""
        for finding in self._detector.push(rows):
            if self._since <= finding.last_time < self._until:
                self._count(finding)

    def close(self) -> None:
        """The memory of the detector is given back; what was counted stays."""
        self._detector.close()

    def result(self) -> Result:
        """What was found so far."""
        most = sorted(self._seen.values(), key=lambda one: (-len(one.days), -one.events, one.about.key))[:MOST_GROUPS]
        acts, surfaces, sources = (_counts(words) for words in self._words)
        days = self._told_days()
        return Result(
            rules=self._rules,
            alarms=self._alarms + self._beyond,
            findings=sum(day.findings for day in days),
            events=sum(day.events for day in days),
            days=days,
            groups=tuple(one.group(len(one.days)) for one in most),
            keys=len(self._seen),
            is_exact=not self._beyond,
            acts=acts,
            surfaces=surfaces,
            sources=sources,
            shortened=self._detector.shortened,
        )

    def alarms(self) -> set[Alarm]:
        """The alarms that are told apart, each as its key and its day."""
        return {(key, day) for key, one in self._seen.items() for day in one.days}

    def groups(self, alarms: Iterable[Alarm]) -> tuple[Group, ...]:
        """The groups of these alarms of its own, those with most alarms first, at most `MOST_GROUPS`."""
        counts = Counter(key for key, _ in alarms)
        most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_GROUPS]
        return tuple(self._seen[key].group(count) for key, count in most)

    def _count(self, finding: Finding) -> None:
        told = [line.split("\n", len(_BESIDE)) for line in finding.event_ids]
        for words, found in zip(self._words, list(zip(*told, strict=True))[1:], strict=True):
            words.update(found)
        day = finding.last_time.date()
        counts = self._days[day]
        counts["findings"] += 1
        counts["events"] += finding.events
        key = f"{self._stands_for}{finding.key.removeprefix(finding.rule)}" if self._stands_for else finding.key
        one = self._seen.get(key)
        if one is None or day not in one.days:
            if self._alarms >= self._most:
                self._beyond += 1
                counts["beyond"] += 1
                counts["people"] += finding.people
                return
            self._alarms += 1
            one = self._seen.setdefault(key, _Seen(finding))
        one.take(finding, day, (words[0] for words in told))

    def _told_days(self) -> tuple[Day, ...]:
        people: Counter[date] = Counter()
        alarms: Counter[date] = Counter()
        for one in self._seen.values():
            people.update(one.days)
            alarms.update(one.days.keys())
        nothing: Counter[str] = Counter()
        return tuple(
            Day(
                day=day,
                alarms=alarms[day] + counts["beyond"],
                findings=counts["findings"],
                events=counts["events"],
                people=people[day] + counts["people"],
            )
            for day in days_of(self._since, self._until)
            for counts in [self._days.get(day, nothing)]
        )


class Judge:
    """Tells of alarms what became of the alerts that they are part of."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known: dict[str, list[Known]] = defaultdict(list)
        # An incident among several alerts of a day is what counts, then that somebody dismissed one.
        for one in sorted(known, key=lambda one: ("incident", "dismissed", "open").index(one.outcome)):
            self._known[one.key].append(one)

    def judged(self, alarms: Iterable[Alarm]) -> Judged:
        """How many of the alarms are what."""
        counts = Counter(self._outcome(*alarm) for alarm in alarms)
        return Judged(alarms=counts.total(), incident=counts["incident"], dismissed=counts["dismissed"], open=counts["open"])

    def _outcome(self, key: str, day: date) -> str:
        fitting = (one.outcome for one in self._known.get(key, ()) if one.first.date() <= day <= one.last.date())
        return next(fitting, "")


def compared(a: Backtest, b: Backtest, *, judge: Judge, days: Sequence[date]) -> Compared:
    """How the versions differ, as far as their alarms are told apart."""
    of_a, of_b = a.alarms(), b.alarms()
    only_a, only_b, both = of_a - of_b, of_b - of_a, of_a & of_b
    in_a, in_b, in_both = (Counter(day for _, day in alarms) for alarms in (only_a, only_b, both))
    return Compared(
        days=tuple(ComparedDay(day=day, only_a=in_a[day], only_b=in_b[day], both=in_both[day]) for day in days),
        only_a=judge.judged(only_a),
        only_b=judge.judged(only_b),
        both=judge.judged(both),
        groups_a=a.groups(only_a),
        groups_b=b.groups(only_b),
    )


def days_of(since: datetime, until: datetime) -> list[date]:
    """The days, in UTC, from `since` until just before `until`."""
    first, last = since.date(), (until - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _counts(words: Mapping[str, int]) -> tuple[Count, ...]:
    most = sorted(words.items(), key=lambda one: (-one[1], one[0]))[:MOST_WORDS]
    return tuple(Count(word=word, events=events) for word, events in most)
