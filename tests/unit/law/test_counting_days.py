"""Days are counted as statutes count them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.law.days import day_after, is_working_day, working_day_until
from hemostat.law.rules import Unit

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1))


@pytest.mark.parametrize(
    ("start", "value", "unit", "place", "end"),
    [
        (date(2026, 3, 2), 30, "calendar_days", "US-CA", date(2026, 4, 1)),
        (date(2028, 1, 31), 30, "calendar_days", "US-CA", date(2028, 3, 1)),
        (date(2026, 12, 31), 60, "calendar_days", "US", date(2027, 3, 1)),
        (date(2027, 12, 31), 60, "calendar_days", "US", date(2028, 2, 29)),
        (date(2026, 3, 2), 48, "hours", "US-MN", date(2026, 3, 4)),
        (date(2026, 3, 2), 72, "hours", "US-NY", date(2026, 3, 5)),
        (date(2026, 3, 2), 30, "hours", "US-NY", date(2026, 3, 4)),
        (date(2026, 3, 6), 1, "business_days", "US-NY", date(2026, 3, 9)),
        (date(2026, 3, 7), 1, "business_days", "US-NY", date(2026, 3, 9)),
        (date(2026, 11, 25), 1, "business_days", "US-NY", date(2026, 11, 27)),
        (date(2026, 11, 25), 1, "business_days", "US-CA", date(2026, 11, 30)),
        (date(2026, 7, 2), 1, "business_days", "US", date(2026, 7, 6)),
    ],
)
def test_the_day_after_the_start_is_day_one(start: date, value: int, unit: Unit, place: str, end: date) -> None:
    """Calendar days run through; business days leave out weekends and the holidays of the place; hours become days."""
    assert end == day_after(start, value, unit, place)


def test_holidays_differ_by_place() -> None:
    """Cesar Chavez Day is a holiday in California and a working day for the federal government and New York."""
    day = date(2026, 3, 31)
    assert [False, True, True] == [is_working_day(day, place) for place in ("US-CA", "US", "US-NY")]


@given(DAYS, st.sampled_from(["US", "US-CA", "US-PR", "US-GU", "US-VI", "US-DC"]))
def test_the_advised_day_is_a_working_day_close_before(day: date, place: str) -> None:
    """It is never later, always a working day, and no working day lies between the two."""
    advised = working_day_until(day, place)
    assert advised <= day
    assert is_working_day(advised, place)
    between = [advised + timedelta(days=step) for step in range(1, (day - advised).days + 1)]
    assert not any(is_working_day(one, place) for one in between)


@given(DAYS, DAYS, st.integers(0, 90), st.sampled_from(["calendar_days", "business_days", "hours"]))
def test_a_later_start_never_ends_earlier(one: date, other: date, value: int, unit: Unit) -> None:
    """Periods keep the order of their starts."""
    first, second = sorted((one, other))
    assert day_after(first, value, unit, "US-VT") <= day_after(second, value, unit, "US-VT")
