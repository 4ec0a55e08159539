"""What the page of a back-test shows: the versions with their pictures, and the questions that lead to their events."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.safestring import SafeString

from hemostat.detect.backtest import Compared, ComparedDay, Day, Group, Judged, Result
from hemostat.detect.backtests import Record
from hemostat.detect.trials import Report
from hemostat.drawings import bar, columns

_LETTERS = ("A", "B")
_EVENT_ID = re.compile(r"[0-9-]+")

Row = tuple[Day, Day | None, ComparedDay | None]
"""A day of the first version, of the second, and how they differ."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One version: what it is called, what it found, what is known of its alarms, and its picture."""

    letter: str
    name: str
    text: str
    result: Result
    judged: Judged
    picture: SafeString
    per_day: float

    @property
    def most(self) -> int:
        """Alarms on the day with most of them."""
        return max(day.alarms for day in self.result.days)

    @property
    def last(self) -> datetime:
        """The last day."""
        return datetime.combine(self.result.days[-1].day, time(), UTC)

    @property
    def groups(self) -> list[tuple[Group, SafeString, str]]:
        """Who alarmed, each with a bar of its alarms, and the question for its first events."""
        most = max((group.alarms for group in self.result.groups), default=1)
        return [(group, bar(group.alarms, most), events_sql(group)) for group in self.result.groups]

    @property
    def precision(self) -> int | None:
        """Per cent."""
        return per_cent(self.judged)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Alarms of one version alone, or of both, with what is known of them and the groups that have most."""

    title: str
    judged: Judged
    groups: tuple[tuple[Group, str], ...]

    @property
    def precision(self) -> int | None:
        """Per cent."""
        return per_cent(self.judged)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A back-test in the list: what it tries and its last day."""

    record: Record
    name: str
    last: datetime


def listed(record: Record) -> Listed:
    """The back-test as the list and its page name it."""
    return Listed(record=record, name=" against ".join(record.names), last=record.asked.until - timedelta(days=1))


def tried(record: Record, report: Report) -> list[Tried]:
    """The versions, the first one first, drawn to one scale."""
    most = max((day.alarms for result in report.versions for day in result.days), default=1)
    return [
        Tried(
            letter=letter,
            name=name,
            text=version.text,
            result=result,
            judged=judged,
            picture=columns([day.alarms for day in result.days], words=_said(result), most=max(most, 1)),
            per_day=result.alarms / len(result.days),
        )
        for letter, name, version, result, judged in zip(
            _LETTERS, record.names, record.asked.versions, report.versions, report.judged, strict=False
        )
    ]


def rows(report: Report) -> list[Row]:
    """The days, the newest first."""
    first, *others = (result.days for result in report.versions)
    second: Sequence[Day | None] = others[0] if others else [None] * len(first)
    between: Sequence[ComparedDay | None] = report.compared.days if report.compared else [None] * len(first)
    return list(zip(first, second, between, strict=True))[::-1]


def parts(compared: Compared) -> list[Part]:
    """How two versions differ: what only the one finds, what only the other, what both."""
    return [
        Part(title="Only A", judged=compared.only_a, groups=_questioned(compared.groups_a)),
        Part(title="Only B", judged=compared.only_b, groups=_questioned(compared.groups_b)),
        Part(title="Both", judged=compared.both, groups=()),
    ]


def missing_days(record: Record, report: Report) -> tuple[datetime, datetime] | None:
    """The first and the last day that there are events of, when that is less than was asked for."""
    if (report.since, report.until) == (record.asked.since, record.asked.until):
        return None
    return report.since, report.until - timedelta(microseconds=1)


def events_sql(group: Group) -> str:
    """The question for the first events of a group."""
    ids = ", ".join(f"'{one}'" for one in group.event_ids if _EVENT_ID.fullmatch(one))
    return (
        "SELECT time, source, act, method, host, path, status, auth, actor, src_net, subject\n"
        f"FROM events\nWHERE event_id IN ({ids})\nORDER BY time"
    )


def per_cent(judged: Judged) -> int | None:
    """The precision in per cent, None when nobody judged."""
    return None if judged.precision is None else round(100 * judged.precision)


def _questioned(groups: Sequence[Group]) -> tuple[tuple[Group, str], ...]:
    return tuple((group, events_sql(group)) for group in groups)


def _said(result: Result) -> str:
    """The picture in words."""
    first, last, most = result.days[0].day, result.days[-1].day, max(day.alarms for day in result.days)
    return f"Alarms a day from {first} to {last}: {result.alarms:,} in all, at most {most:,} on one day"
