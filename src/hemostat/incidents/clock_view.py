"""The clocks of an incident as pages show them: days left, points reached, who has the alarm, what changed last."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from hemostat.oncall.paging import EXERCISE, channels

from .alarms import latest, point_words, points_of
from .local_days import organization_zone
from .models import ClockAlarm, Duty, Incident, Recomputation
from .points import Points
from .vocabulary import ClockPoint, DutyState

NEAR_DAYS = 7
"""From this many days before a legal limit on, the clock is near."""

_NEWEST = 50
"""Computations of the past that the room looks through for the last change of each clock."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one computation changed of one clock, in words, and the fact that made it."""

    at: datetime
    by: str
    cause: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One duty with the days that are left; negative when its limit has passed. `urgency` is met, late, near, ok or open.

    It is near from `NEAR_DAYS` before its limit on, or from its escalation point on when that comes first.

    points: None once nothing is left to tell. alarm: of the latest point that was reached, until the worker raises the next one.
    untold: channels that have not taken the page about it.
    """

    duty: Duty
    days_left: int | None
    urgency: str
    points: Points | None = None
    alarm: ClockAlarm | None = None
    untold: tuple[str, ...] = ()
    changed: Change | None = None

    @property
    def waits(self) -> bool:
        """Has a point been reached that nobody has acknowledged?"""
        return self.alarm is not None and self.alarm.acknowledged_at is None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The alarms of one incident that nobody has: how many, in words, and how grave. `untold` are channels that lack some."""

    count: int
    words: str
    urgency: str
    untold: tuple[str, ...]
    is_exercise: bool
    has_channels: bool


@dataclass(frozen=True, kw_only=True)
class LastChange:
    """The latest computation that changed clocks: when, the fact that made it, and how many of those that are owed it changed."""

    at: datetime
    cause: str
    clocks: int


def clocks_seen(incident: Incident, duties: Sequence[Duty], *, now: datetime) -> list[Clock]:
    """The clocks of the duties that are owed, the earliest limit first; those without a limit come last.

    Three questions to the database, however many duties there are. The duties come with their contracts.
    """
    zone, names = organization_zone(), channels(settings.HOME.settings())
    alarms = latest(ClockAlarm.objects.filter(duty__incident=incident).select_related("acknowledged_by"))
    changes = changes_by_clock(incident, newest=_NEWEST)
    clocks = [
        _clock(duty, points_of(duty, zone=zone), alarms, names, changes.get((duty.duty, duty.jurisdiction), []), now, zone)
        for duty in duties
        if duty.owed
    ]
    return sorted(clocks, key=_order)


def waiting_of(clocks: Iterable[Clock]) -> Waiting | None:
    """What waits for somebody among these clocks; None when nothing does."""
    waiting = [clock for clock in clocks if clock.waits]
    if not waiting:
        return None
    points = Counter(ClockPoint(clock.alarm.point) for clock in waiting if clock.alarm)
    names = channels(settings.HOME.settings())
    return Waiting(
        count=len(waiting),
        words=point_words(points),
        urgency="near" if set(points) == {ClockPoint.WARN} else "late",
        untold=tuple(name for name in names if any(name in clock.untold for clock in waiting)),
        is_exercise=EXERCISE in names,
        has_channels=bool(names),
    )


def last_change_of(clocks: Iterable[Clock]) -> LastChange | None:
    """What changed last among these clocks; None when no history tells of a change."""
    changes = [clock.changed for clock in clocks if clock.changed]
    if not changes:
        return None
    latest_one = max(changes, key=lambda change: change.at)
    count = sum((change.at, change.cause) == (latest_one.at, latest_one.cause) for change in changes)
    return LastChange(at=latest_one.at, cause=latest_one.cause, clocks=count)


def changes_by_clock(incident: Incident, *, newest: int | None = None) -> dict[tuple[str, str], list[Change]]:
    """What computations changed of each clock, by duty and place, the latest change first; of the `newest` computations."""
    found: dict[tuple[str, str], list[Change]] = {}
    rows = Recomputation.objects.filter(incident=incident).order_by("-id").values("at", "by", "cause", "changes")
    for row in rows[:newest]:
        whole: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for change in row["changes"]:
            whole.setdefault((change["duty"], change["jurisdiction"]), []).append(change)
        for key, parts in whole.items():
            change = Change(at=row["at"], by=row["by"], cause=row["cause"], what=_what(parts))
            found.setdefault(key, []).append(change)
    return found


def _what(parts: Iterable[dict[str, Any]]) -> str:
    by_field = {part["field"]: (part["before"], part["after"]) for part in parts}
    if "owed" in by_field:
        return "it is owed" if by_field["owed"][1] else "it is no longer owed"
    if "met_by" in by_field:
        before, after = by_field["met_by"]
        return f"it is met by {after}" if after else f"it is no longer met by {before}"
    before, after = by_field.get("due_at") or by_field["due"]
    return f"its limit moved from {_day(before)} to {_day(after)}"


def _day(text: str | None) -> str:
    return f"{date.fromisoformat(text[:10]):%-d %b %Y}{f' {text[11:16]} UTC' if len(text) > 10 else ''}" if text else "no date"  # noqa: PLR2004  # longer than a day is a moment


def _clock(
    duty: Duty,
    points: Points | None,
    alarms: dict[tuple[int, datetime], ClockAlarm],
    names: Sequence[str],
    changes: Sequence[Change],
    now: datetime,
    zone: ZoneInfo,
) -> Clock:
    left = (duty.due - now.astimezone(zone).date()).days if duty.due else None
    alarm = alarms.get((duty.pk, points.limit_at)) if points else None
    return Clock(
        duty=duty,
        days_left=left,
        urgency=_urgency(duty, left, now=now, points=points),
        points=points,
        alarm=alarm,
        untold=tuple(name for name in names if name not in alarm.told) if alarm else (),
        changed=changes[0] if changes else None,
    )


def _urgency(duty: Duty, left: int | None, *, now: datetime, points: Points | None) -> str:
    if duty.state == DutyState.SENT or duty.met_by:
        return "met"
    if left is None or points is None:
        return "open"
    if now > points.limit_at:
        return "late"
    return "near" if left <= NEAR_DAYS or points.escalate <= now else "ok"


def _order(clock: Clock) -> tuple[bool, date, str, str]:
    return clock.duty.due is None, clock.duty.due or date.max, clock.duty.jurisdiction, clock.duty.duty
