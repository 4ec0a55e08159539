"""The points of a clock: the moments between its start and its limit at which people are told. Arithmetic only.

A clock of days has its points in the morning of the days of the legal entity; a clock of hours has them to the second.

* warn: half of the period is gone, or 14 days are left, whichever comes first;
* escalate: three quarters are gone, or 3 working days are left, whichever comes first;
* limit: the last lawful day has come; of a clock of hours, its last hour;
* passed: the day after, or the first second after.

Half and three quarters are counted in calendar days whatever the unit of the law; a warning or an escalation that would fall on
a weekend or a holiday comes on the working day before. No point lies before the start.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hemostat.law.days import is_working_day, working_day_until

from .vocabulary import ClockPoint

WARN_DAYS = 14
"""Days before the limit at which people are warned at the latest."""

ESCALATE_WORKING_DAYS = 3
"""Working days before the limit at which it escalates at the latest."""

MORNING = time(8)
"""When on its day a point of a clock of days is told: somebody is at work, and the day is still ahead."""

_DAY_ENDS = time(23, 59, 59)
_ONE_DAY, _ONE_HOUR, _ONE_SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Points:
    """When one clock starts, its points in order, and `limit_at`, the last lawful moment. All are aware."""

    starts: datetime
    warn: datetime
    escalate: datetime
    limit: datetime
    passed: datetime
    limit_at: datetime

    def moments(self) -> list[tuple[ClockPoint, datetime]]:
        """Every point with its moment, the first one first."""
        return [(point, getattr(self, point.value)) for point in ClockPoint]

    def reached(self, now: datetime) -> list[ClockPoint]:
        """The points that have come at `now`, the first one first."""
        return [point for point, moment in self.moments() if moment <= now]


def day_points(*, start: date, due: date, zone: ZoneInfo, place: str) -> Points:
    """The points of a clock of days whose last day is `due`; working days are those of `place`, such as US-CA.

    A clock whose limit lies before its start, since another notice went out first, has nothing left to warn of: all its points
    fall on the limit.
    """
    start = min(start, due)
    period = due - start
    half = start + timedelta(days=period.days // 2)
    three_quarters = start + timedelta(days=period.days * 3 // 4)
    warn = max(start, working_day_until(min(half, due - timedelta(days=WARN_DAYS)), place))
    escalate = max(start, working_day_until(min(three_quarters, _working_days_before(due, place)), place))
    return Points(
        starts=_at(start, time(), zone),
        warn=_at(min(warn, escalate), MORNING, zone),
        escalate=_at(escalate, MORNING, zone),
        limit=_at(due, MORNING, zone),
        passed=_at(due + _ONE_DAY, MORNING, zone),
        limit_at=limit_of_day(due, zone),
    )


def hour_points(*, start: datetime, due: datetime) -> Points:
    """The points of a clock of hours that ends at `due`; its limit point is its last hour, or last eighth when that is less."""
    start = min(start, due)
    period = due - start
    return Points(
        starts=start,
        warn=start + period / 2,
        escalate=start + period * 3 / 4,
        limit=due - min(_ONE_HOUR, period / 8),
        passed=due + _ONE_SECOND,
        limit_at=due,
    )


def limit_of_day(due: date, zone: ZoneInfo) -> datetime:
    """The last second of a day on the wall clock of the legal entity, in UTC; where the clock shows it twice, the second time."""
    # In UTC, since Python holds a time that its zone shows twice to be equal to nothing that a database gives back (PEP 495).
    return _at(due, _DAY_ENDS, zone).replace(fold=1).astimezone(UTC)


def _working_days_before(due: date, place: str) -> date:
    day, left = due, ESCALATE_WORKING_DAYS
    while left:
        day -= _ONE_DAY
        left -= is_working_day(day, place)
    return day


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, tzinfo=zone)
