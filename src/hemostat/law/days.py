"""Counting days as a statute does: the day after the trigger is day 1, and no limit rolls forward.

Business days leave out Saturdays, Sundays and the public holidays of the jurisdiction, as the `holidays` library lists them.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays

from .rules import Unit

_ONE = timedelta(days=1)
_SATURDAY = 5
_HOURS = 24


@cache
def _holidays(place: str) -> Any:
    """The public holidays of `US-CA`; those of the federal government for `US`."""
    return holidays.country_holidays("US", subdiv=place.partition("-")[2] or None)


@cache
def is_working_day(day: date, place: str) -> bool:
    """Is it neither weekend nor holiday there?"""
    return day.weekday() < _SATURDAY and day not in _holidays(place)


def holidays_between(start: date, last: date, place: str) -> list[tuple[date, str]]:
    """The holidays on weekdays after `start`, up to and with `last`, that keep a day from being a working day."""
    days = (start + timedelta(days=number) for number in range(1, (last - start).days + 1))
    return [(day, _holidays(place)[day]) for day in days if day.weekday() < _SATURDAY and not is_working_day(day, place)]


def working_day_until(day: date, place: str) -> date:
    """`day`, or the last working day before it."""
    while not is_working_day(day, place):
        day -= _ONE
    return day


def day_after(start: date, value: int, unit: Unit, place: str) -> date:
    """The last day of a period of `value` units that `start` sets off.

    Hours are counted in whole days, since facts carry days: 48 hours after some hour of Monday lie on Wednesday.
    """
    if unit == "hours":
        return start + timedelta(days=-(-value // _HOURS))
    if unit == "calendar_days":
        return start + timedelta(days=value)
    day = start
    while value:
        day += _ONE
        value -= is_working_day(day, place)
    return day
