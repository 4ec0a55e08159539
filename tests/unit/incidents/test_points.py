"""The points of a clock: when people are warned, when it escalates, when its last day comes, when it has passed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.incidents.points import Points, day_points, hour_points, limit_of_day
from hemostat.incidents.vocabulary import ClockPoint
from hemostat.law.days import is_working_day

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Guam", "America/Puerto_Rico", "UTC"]
PLACES = ["US", "US-CA", "US-NY", "US-TX", "US-MA", "US-PR", "US-GU", "US-VI", "US-HI"]
DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


def days_of(points: Points) -> list[date]:
    """The local days of the four points."""
    return [moment.date() for _, moment in points.moments()]


@given(start=DAYS, length=st.integers(0, 420), zone=st.sampled_from(ZONES), place=st.sampled_from(PLACES))
def test_the_points_of_days_come_in_order_and_not_before_the_start(start: date, length: int, zone: str, place: str) -> None:
    """Warn, escalate, limit, passed: never the other way round, and none before the start."""
    due = start + timedelta(days=length)
    points = day_points(start=start, due=due, zone=ZoneInfo(zone), place=place)

    assert points.warn <= points.escalate <= points.limit < points.passed
    assert points.limit < points.limit_at < points.passed
    assert start <= days_of(points)[0]
    assert [due, due + timedelta(days=1)] == days_of(points)[2:]


@given(start=DAYS, length=st.integers(0, 420), place=st.sampled_from(PLACES))
def test_a_warning_comes_by_half_and_an_escalation_by_three_quarters(start: date, length: int, place: str) -> None:
    """Neither comes later than its share of the period; a longer notice than that is only given by the fixed days before."""
    points = day_points(start=start, due=start + timedelta(days=length), zone=NEW_YORK, place=place)
    warn, escalate, due, _ = days_of(points)

    assert warn <= start + timedelta(days=length // 2)
    assert escalate <= start + timedelta(days=length * 3 // 4)
    assert warn == start or (due - warn).days >= 14
    between = (escalate + timedelta(days=step) for step in range((due - escalate).days))
    assert escalate == start or sum(is_working_day(day, place) for day in between) >= 3


@given(start=DAYS, length=st.integers(0, 420), place=st.sampled_from(PLACES))
def test_people_are_warned_on_a_day_on_which_somebody_works(start: date, length: int, place: str) -> None:
    """A warning or escalation on a weekend or holiday comes the working day before, unless the clock had not begun then."""
    for day in days_of(day_points(start=start, due=start + timedelta(days=length), zone=NEW_YORK, place=place))[:2]:
        assert day == start or is_working_day(day, place)


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the zone is beside it
    period=st.timedeltas(timedelta(0), timedelta(hours=240)),
)
def test_the_points_of_hours_come_in_order_and_not_before_the_start(start: datetime, period: timedelta) -> None:
    """The same order to the second, with the whole of the last lawful moment still inside."""
    points = hour_points(start=start, due=start + period)

    assert start <= points.warn <= points.escalate <= points.limit <= points.limit_at < points.passed
    assert points.limit_at == start + period


@given(start=DAYS, length=st.integers(1, 200), later=st.integers(1, 60))
def test_a_later_limit_never_warns_earlier(start: date, length: int, later: int) -> None:
    """When a limit moves out, no point moves in."""
    before = day_points(start=start, due=start + timedelta(days=length), zone=NEW_YORK, place="US")
    after = day_points(start=start, due=start + timedelta(days=length + later), zone=NEW_YORK, place="US")

    assert all(new >= old for (_, old), (_, new) in zip(before.moments(), after.moments(), strict=True))


@pytest.mark.parametrize(
    ("start", "due", "warn", "escalate"),
    [
        # 60 days: half is day 30, three quarters day 45
        (date(2026, 3, 2), date(2026, 5, 1), date(2026, 4, 1), date(2026, 4, 16)),
        # 30 days: half is day 15, three quarters day 22
        (date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 17), date(2026, 3, 24)),
        # 20 days: half would be day 10; 14 days before the limit is day 6, a Sunday: Friday
        (date(2026, 3, 2), date(2026, 3, 22), date(2026, 3, 6), date(2026, 3, 17)),
        # 10 days: the 14 days before lie before the start
        (date(2026, 3, 2), date(2026, 3, 12), date(2026, 3, 2), date(2026, 3, 9)),
        # 3 days over a weekend: three working days before it is before the start
        (date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 6), date(2026, 3, 6)),
        # Christmas and New Year: the three working days before 2 January are 31, 30 and 29 December
        (date(2026, 12, 22), date(2027, 1, 2), date(2026, 12, 22), date(2026, 12, 29)),
        # due on the day itself
        (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
        # due before its start: another notice went out first
        (date(2026, 3, 9), date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
    ],
)
def test_worked_days(start: date, due: date, warn: date, escalate: date) -> None:
    """Worked by hand with a calendar."""
    points = day_points(start=start, due=due, zone=NEW_YORK, place="US")

    assert [warn, escalate, due, due + timedelta(days=1)] == days_of(points)


def test_a_day_ends_on_the_wall_of_the_legal_entity() -> None:
    """The last second of a day in New York is 04:59:59 UTC of the next in winter and 03:59:59 in summer."""
    assert datetime(2026, 3, 8, 4, 59, 59, tzinfo=UTC) == limit_of_day(date(2026, 3, 7), NEW_YORK)
    assert datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC) == limit_of_day(date(2026, 3, 8), NEW_YORK)
    assert datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC) == limit_of_day(date(2026, 11, 1), NEW_YORK)


@given(due=DAYS, zone=st.sampled_from(ZONES))
def test_points_are_told_in_the_morning(due: date, zone: str) -> None:
    """Eight on the wall clock there, also on the day on which clocks are put forward or back."""
    points = day_points(start=due - timedelta(days=60), due=due, zone=ZoneInfo(zone), place="US")

    assert {time(8)} == {moment.time() for _, moment in points.moments()}


def test_a_clock_of_72_hours() -> None:
    """Half after 36 hours, three quarters after 54, the last hour, and the first second that is too late."""
    start = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
    points = hour_points(start=start, due=start + timedelta(hours=72))

    hours = [(moment - start) / timedelta(hours=1) for _, moment in points.moments()]
    assert [36, 54, 71] == hours[:3]
    assert timedelta(seconds=1) == points.passed - points.limit_at


def test_a_clock_of_one_hour_keeps_an_eighth_for_its_end() -> None:
    """A whole last hour would be all of it."""
    start = datetime(2026, 3, 10, 14, tzinfo=UTC)

    assert start + timedelta(minutes=52, seconds=30) == hour_points(start=start, due=start + timedelta(hours=1)).limit


@given(start=DAYS, length=st.integers(0, 100), hours=st.integers(-500, 3000))
def test_what_was_reached_is_what_lies_behind(start: date, length: int, hours: int) -> None:
    """A moment has reached exactly the points at or before it, and the list grows with time."""
    points = day_points(start=start, due=start + timedelta(days=length), zone=NEW_YORK, place="US")
    now = points.warn + timedelta(hours=hours)

    reached = points.reached(now)
    assert reached == list(ClockPoint)[: len(reached)]
    assert all(moment > now for _, moment in points.moments()[len(reached) :])
    assert all(moment <= now for _, moment in points.moments()[: len(reached)])


def test_a_day_whose_last_hour_comes_twice_ends_with_the_second() -> None:
    """Where clocks go back at midnight, 23:59:59 is shown twice, and the day is over only after the second time."""
    limit = limit_of_day(date(2024, 3, 23), ZoneInfo("America/Asuncion"))

    assert datetime(2024, 3, 24, 3, 59, 59, tzinfo=UTC) == limit
