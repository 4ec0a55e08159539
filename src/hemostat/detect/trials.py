"""Back-tests as they are run: which versions of rules, over which period, in turns as short as the one who runs them wants."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import yaml

from hemostat.kernel import BadInput, Home, iso
from hemostat.lake.replay import Replay
from hemostat.lake.spool import Spool

from .backtest import Backtest, Compared, Judge, Judged, Known, Result, alarming, alone, compared, days_of
from .rules import RuleSet, load

MOST_DAYS = 2200
"""Days of one back-test: as long as the lake keeps accesses, six years."""

MOST_TEXT = 200_000
"""Characters of rules that are handed in as text."""

MOST_VALUES = 100_000
"""Values of such a text, its aliases written out."""

_FAULTS = 3  # that a message names
_NAMED = 2  # rules whose titles name a version


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Rules to be tried: those of `text`, or without one those of the home; of them the one that is called so, or all."""

    rule: str = ""
    text: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a back-test of one version, or of two.

    since, until: the days, of those asked for, for which the lake has events. versions: what each found; judged: what is known of
    its alarms. batches, rows: how many were read, with what lies before `since` for the windows of correlations.
    unsure: rows of which it is no longer known in which batch they came: what is late among them may be judged otherwise.
    seconds: that it took.
    """

    since: datetime
    until: datetime
    versions: tuple[Result, ...]
    judged: tuple[Judged, ...]
    compared: Compared | None
    batches: int
    rows: int
    unsure: int
    seconds: float


def rules_of(version: Version, ours: RuleSet, *, masked: Callable[[str], str] = str) -> RuleSet:
    """The rules of a version; `ours` are those of the home. masked: makes words of a text that a result names fit to be kept.

    Raises `BadInput` for text with a rule that cannot be used, with the place, and for text without a rule; `NotFound` for an
    unknown rule.
    """
    rules = _of_text(version.text) if version.text.strip() else ours
    chosen = alone(rules, version.rule) if version.rule else rules
    return _renamed(chosen, masked) if version.text else chosen


def name_of(version: Version, rules: RuleSet) -> str:
    """What people call a version: the titles of its rules that alarm, the first `_NAMED` of them."""
    if version == Version():
        return "All rules"
    titles = [*(rule.title for rule in rules.rules if rule.alerts), *(each.title for each in rules.correlations)]
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    return f"{', '.join(titles[:_NAMED])}{more}{' (own text)' if version.text else ''}"


def demand_usable(rules: RuleSet, where: str) -> RuleSet:
    """The rules, when all of them can be used and one of them alarms. Raises `BadInput` that names what is wrong."""
    if rules.faults:
        told = " ".join(f"{fault.title!r}: {fault.reason}." for fault in rules.faults[:_FAULTS])
        raise BadInput(f"{where} has rules that cannot be used. {told}", advice="Correct them and try again.")
    if not alarming(rules):
        raise BadInput(f"{where} has no rule.", advice="Give one or more Sigma rules, in YAML.")
    return rules


def _renamed(rules: RuleSet, masked: Callable[[str], str]) -> RuleSet:
    """The rules under names that can be kept. A rule without an id has its title for one."""
    return rules._replace(
        rules=tuple(one._replace(id=masked(one.id), title=masked(one.title)) for one in rules.rules),
        correlations=tuple(one._replace(id=masked(one.id), title=masked(one.title)) for one in rules.correlations),
    )


def _of_text(text: str) -> RuleSet:
    if len(text) > MOST_TEXT:
        raise BadInput(f"The text has more than {MOST_TEXT:,} characters.", advice="Give the rules to be tried, and no others.")
    if _values(text) > MOST_VALUES:
        raise BadInput(
            f"The text has more than {MOST_VALUES:,} values, with its aliases written out.",
            advice="Write fewer rules, without aliases.",
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "text.yml"
        path.write_text(text, "utf-8")
        return demand_usable(load(path), "The text")


def _values(text: str) -> int:
    """How many values the YAML has when each alias is replaced by what it stands for; as far as it can be read.

    A few lines of aliases of aliases stand for more than any memory holds, and rules are copied as they are read.
    """
    sizes: dict[str, int] = {}
    held: list[tuple[str | None, int]] = [(None, 0)]
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                held.append((event.anchor, 1))
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                anchor, size = held.pop() if isinstance(event, yaml.CollectionEndEvent) else (event.anchor, 1)
                if isinstance(event, yaml.AliasEvent):
                    size = sizes.get(str(anchor), 1)
                elif anchor:
                    sizes[anchor] = size
                held[-1] = held[-1][0], held[-1][1] + size
    return sum(size for _, size in held)


def last_days(days: int, *, now: datetime) -> tuple[datetime, datetime]:
    """So many days in UTC until the end of today. Raises `BadInput` for none, or for too many."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"Not a number of days for a back-test: {days}.", advice=f"Give one from 1 to {MOST_DAYS:,}.")
    until = _midnight(now) + timedelta(days=1)
    return until - timedelta(days=days), until


def reach(spool: Spool, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """The days of the period for which the lake can have events.

    Raises `BadInput` when it has none, and says what it has; for a period that ends before it begins, or is too long.
    """
    if since >= until:
        raise BadInput("The period ends before it begins.", advice="Give an earlier first day.")
    parts = spool.parts()
    if not parts:
        raise BadInput("The lake holds no events yet.", advice="Let a source send some, or read a file with `hemostat ingest`.")
    first, last = min(part.first_time for part in parts), max(part.last_time for part in parts)
    if not spool.parts(since=since, until=until):
        raise BadInput(
            f"The lake holds no events from {iso(since)[:16]}Z until {iso(until)[:16]}Z.",
            advice=f"It holds events from {first.date()} to {last.date()}.",
        )
    since, until = max(since, _midnight(first)), min(until, _midnight(last) + timedelta(days=1))
    if until - since > timedelta(days=MOST_DAYS):
        raise BadInput(f"The period is longer than {MOST_DAYS:,} days.", advice="Give a later first day, or an earlier last one.")
    return since, until


class Trial:
    """A back-test as it runs. `clock` tells seconds; `window_rows` bounds the memory of each version. Give it back with `close`.

    Raises `BadInput` when the lake has no events in the period.
    """

    def __init__(
        self,
        home: Home,
        spool: Spool,
        versions: Sequence[RuleSet],
        *,
        since: datetime,
        until: datetime,
        clock: Callable[[], float],
        window_rows: int = 2_000_000,
    ) -> None:
        self.since, self.until = reach(spool, since.astimezone(UTC), until.astimezone(UTC))
        self.rules = alarming(versions[0])
        stands_for = self.rules[0] if len(self.rules) == 1 else ""
        self._tests = [
            Backtest(rules, since=self.since, until=self.until, stands_for=stands_for, window_rows=window_rows)
            for rules in versions
        ]
        # an event may claim a time before which there are not as many days
        earliest = self.since - min(max(test.history for test in self._tests), self.since - datetime.min.replace(tzinfo=UTC))
        self._replay = Replay(
            home,
            spool,
            since=earliest,
            until=self.until,
            columns=sorted({column for test in self._tests for column in test.columns}),
        )
        self._clock = clock
        self._steps = self._run()
        self._batches = self._rows = self._unsure = 0
        self._seconds = 0.0

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return min(1.0, self._replay.passed / self._replay.rows) if self._replay.rows else 1.0

    def turn(self, seconds: float) -> bool:
        """It went on for so many seconds, or a little longer; False when it came to its end.

        Raises `DamagedLake`.
        """
        began = self._clock()
        for _ in self._steps:
            if self._clock() - began >= seconds:
                self._seconds += self._clock() - began
                return True
        self._seconds += self._clock() - began
        return False

    def report(self, known: Iterable[Known]) -> Report:
        """What came of it, by what is known of the alerts of `rules` in the period."""
        judge = Judge(known)
        return Report(
            since=self.since,
            until=self.until,
            versions=tuple(test.result() for test in self._tests),
            judged=tuple(judge.judged(test.alarms()) for test in self._tests),
            compared=compared(*self._tests, judge=judge, days=days_of(self.since, self.until)) if self._tests[1:] else None,
            batches=self._batches,
            rows=self._rows,
            unsure=self._unsure,
            seconds=round(self._seconds, 3),
        )

    def close(self) -> None:
        """The memory is given back."""
        for test in self._tests:
            test.close()

    def _run(self) -> Iterator[None]:
        for batch in self._replay:
            if batch:
                self._batches += 1
                self._rows += batch.rows.num_rows
                self._unsure += batch.unsure
                for test in self._tests:
                    test.take(batch.rows)
                    yield
            else:
                yield


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
