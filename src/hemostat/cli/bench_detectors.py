"""`hemostat bench detectors`: how soon planted leaks are found, and how often nothing happened, over a made-up merchant's weeks.

The merchant (`docs/reference/simulator.md`) was written apart from the detectors. Its messages go the whole way: spool, readers,
redaction, lake, rules and baselines, in batches of ten minutes of its time. One alarm is one finding's key in one day: at its end
somebody has looked, calls what was nothing harmless, and what was a leak is handled.

A leak counts as found when an alarm shows one of its events, also one that joins it later on the same day. The time counts from
when it first gave somebody's data away to the receipt of the batch's newest message, and is a minute at least.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from .bench_merchant import SEED, Way, step, way

if TYPE_CHECKING:
    from hemostat.detect import Finding
    from hemostat.sandbox.merchant import Leak, Sent, Truth

DAYS, WARM = 24, 10
"""Days of the merchant, and those at their beginning without a leak."""

VOLUME = 0.05
_ACTORS = 1_040  # staff and apps
_MOST_FALSE = 0.02  # alarms of an actor and day
_LEAST_FOUND = 0.95
_NOISIEST = 8


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A finding's key in one day: when it was told, and the leaks and the peculiarity that its events belong to.

    is_joined: it adds to an alarm of the same day, and is none of its own.
    """

    key: str
    rule: str
    told: datetime
    campaigns: frozenset[str]
    quirk: str
    is_joined: bool = False


def detectors(days: int = DAYS, *, warm: int = WARM, volume: float = VOLUME) -> dict[str, Any]:
    """Alarms about nothing of an actor and day, the share of planted leaks that are found, and the time that takes."""
    from hemostat.sandbox.merchant import planted, truth  # noqa: PLC0415  # a bench of its own needs it

    leaks = planted(SEED, range(days), warm=warm)
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        alarms = list(alarms_of(Path(folder) / "home", days=days, volume=volume, leaks=leaks))
    return figures(alarms, truth(SEED, leaks), days=days)


def figures(alarms: Sequence[Alarm], truths: Sequence["Truth"], *, days: int) -> dict[str, Any]:
    """What the alarms of so many days are worth."""
    own = [alarm for alarm in alarms if not alarm.is_joined]
    false = [alarm for alarm in own if not alarm.campaigns]
    found: dict[str, datetime] = {}
    for alarm in alarms:
        for campaign in alarm.campaigns:
            found.setdefault(campaign, alarm.told)
    waits = {
        one.campaign: max(60.0, (found[one.campaign] - one.exposes).total_seconds()) for one in truths if one.campaign in found
    }
    slow = [one for one in truths if one.strength == "slow"]
    within_a_day = sum(waits.get(one.campaign, float("inf")) <= timedelta(days=1).total_seconds() for one in slow)
    rate = len(false) / (_ACTORS * days)
    told: dict[str, Any] = {
        "days": days,
        "actor-days": _ACTORS * days,
        "alarms": len(own),
        "alarms about nothing": len(false),
        "alarms about nothing, an actor and day": rate,
        "share of the limit of 0.02": rate / _MOST_FALSE,
        "leaks planted": len(truths),
        "leaks found": len(waits),
        "share of the goal of 95 % found": len(waits) / len(truths) / _LEAST_FOUND,
        "slow leaks found within a day": f"{within_a_day} of {len(slow)}",
    }
    for kind, some in groupby(sorted(truths, key=lambda one: one.kind), key=lambda one: one.kind):
        of_kind = list(some)
        seen = sorted(waits[one.campaign] / 60 for one in of_kind if one.campaign in waits)
        told[f"{kind}: found"] = f"{len(seen)} of {len(of_kind)}" + (f", median {median(seen):,.0f} min" if seen else "")
    noisy = Counter(f"{alarm.rule} ({alarm.quirk or 'ordinary'})" for alarm in false)
    return told | {f"about nothing: {name}": count for name, count in noisy.most_common(_NOISIEST)}


def alarms_of(path: Path, *, days: int, volume: float, leaks: Sequence["Leak"]) -> Generator[Alarm]:
    """The alarms of the merchant's days in a home that is made at `path`, in the order in which they are told."""
    from hemostat.sandbox.merchant import marked  # noqa: PLC0415  # a bench of its own needs it

    with way(path) as opened:
        judge = _Judge(opened)
        for moment, several in groupby(marked(SEED, range(days), volume=volume, leaks=leaks), key=lambda sent: step(sent[0])):
            yield from judge.told(list(several), moment)


class _Judge:
    """What is known of the lines of messages, and of what was found in them."""

    def __init__(self, opened: Way) -> None:
        self._way = opened
        self._marks: dict[str, tuple[str, str]] = {}
        self._open: dict[str, Finding] = {}
        self._harmless: list[Finding] = []
        self._day: date | None = None
        self._released = 0

    def told(self, sent: Sequence["Sent"], moment: datetime) -> Iterator[Alarm]:
        """The alarms that these messages, which arrive together, raise."""
        from hemostat.lake.pipeline import drain  # noqa: PLC0415  # heavy
        from hemostat.lake.reader import read  # noqa: PLC0415  # same

        if moment.date() != self._day:
            self._day_over(moment)
        home, tools, spool, detector, baselines, columns = self._way
        receipts = spool.append([message for message, _ in sent])
        for (_, marks), receipt in zip(sent, receipts, strict=True):
            for mark in marks:
                self._marks[f"{receipt.seq:012d}-{mark.line - 1:05d}"] = mark.campaign, mark.quirk
        newest = max(message.received_at for message, _ in sent)
        while drained := drain(home, spool, tools=tools):
            table = read(home, list(drained.parts), columns=columns)
            alerted = {key: finding.first_time for key, finding in self._open.items()}
            findings = [*detector.push(table), *baselines.take(table, batch=drained.batch, alerted=alerted)]
            for finding in findings:
                is_joined = finding.key in self._open
                self._open.setdefault(finding.key, finding)
                alarm = self._alarm(finding, newest, is_joined=is_joined)
                if alarm.campaigns or not is_joined:
                    yield alarm

    def _alarm(self, finding: "Finding", told: datetime, *, is_joined: bool) -> Alarm:
        known = [self._marks.get(name, ("", "")) for name in finding.event_ids]
        campaigns = frozenset(campaign for campaign, _ in known if campaign)
        if not campaigns and not is_joined:
            self._harmless.append(finding)
        quirk = next((name for name, _ in Counter(quirk for _, quirk in known).most_common(1)), "")
        return Alarm(key=finding.key, rule=finding.rule, told=told, campaigns=campaigns, quirk=quirk, is_joined=is_joined)

    def _day_over(self, moment: datetime) -> None:
        """What was nothing is called harmless, and nothing is open any more."""
        for finding in self._harmless:
            self._released += 1
            self._way.baselines.release(f"alarm-{self._released}", finding.key, first=finding.first_time, last=finding.last_time)
        self._open, self._harmless, self._day = {}, [], moment.date()
        print(f"{moment:%Y-%m-%d}", file=sys.stderr, flush=True)  # noqa: T201  # a long run tells how far it is
