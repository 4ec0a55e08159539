"""When things happen at the merchant: days and hours, holidays, and the peculiarities that are no leak.

All hours are UTC. Day 0 is `BEGIN`, a Monday; a day is a number, and what happens on it depends on no other day.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache

import holidays

from hemostat.kernel import to_micros

BEGIN = date(2026, 3, 2)
"""Day 0."""

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
"""In microseconds, as all moments of the story are kept until they are written down."""

_WEEK = 7
_WORKDAYS = 5
_CYCLE, _QUARTER = 28, 84  # days


class Quirk(StrEnum):
    """What is unusual and no leak. Each can be switched off."""

    SALES_DAYS = "sales-days"
    MIGRATION = "migration"
    AUDIT = "audit"
    MONTH_END = "month-end"
    MARKETING_EXPORTS = "marketing-exports"
    ERP_SYNC = "erp-sync"
    CRAWLERS = "crawlers"
    PROBES = "probes"
    FLAKY_APP = "flaky-app"
    CAMPAIGN = "support-campaign"
    RESET_WAVE = "reset-wave"
    CLINIC_NAT = "clinic-nat"
    KIOSK = "kiosk"
    BACKUPS = "backups"
    BROKEN_LINKS = "broken-links"
    CARERS = "carers"
    LEAVE = "leave"
    NEWCOMERS = "newcomers"
    NEW_ROLES = "new-roles"
    TRAVEL = "travel"


ALL = frozenset(Quirk)
"""Every peculiarity: how a merchant is."""

_IN_CYCLE = {Quirk.SALES_DAYS: (10, 11), Quirk.CAMPAIGN: (16, 17), Quirk.RESET_WAVE: (18,)}
_IN_QUARTER = {Quirk.MIGRATION: range(14, 21), Quirk.AUDIT: range(21, 26)}
_IN_WEEK = {Quirk.MARKETING_EXPORTS: (1,), Quirk.FLAKY_APP: (2,)}


def runs(quirk: Quirk, day: int) -> bool:
    """Is this peculiarity seen on that day? Those without days of their own are seen on each."""
    if quirk in _IN_CYCLE:
        return day % _CYCLE in _IN_CYCLE[quirk]
    if quirk in _IN_QUARTER:
        return day % _QUARTER in _IN_QUARTER[quirk]
    if quirk in _IN_WEEK:
        return day % _WEEK in _IN_WEEK[quirk]
    if quirk is Quirk.MONTH_END:
        return _closes_books(day)
    return is_workday(day) if quirk in {Quirk.CLINIC_NAT, Quirk.KIOSK} else True


def date_of(day: int) -> date:
    """The date of a day."""
    return BEGIN + timedelta(days=day)


def begins(day: int) -> int:
    """The first microsecond of a day, since 1970."""
    return to_micros(datetime.combine(date_of(day), datetime.min.time(), tzinfo=UTC))


def day_of(moment: datetime) -> int:
    """The day that a moment belongs to."""
    return (moment.astimezone(UTC).date() - BEGIN).days


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return day % _WEEK


def is_holiday(day: int) -> bool:
    """Is it a federal holiday of the United States?"""
    found = date_of(day)
    return found in _holidays(found.year)


def is_workday(day: int) -> bool:
    """Do offices work?"""
    return weekday(day) < _WORKDAYS and not is_holiday(day)


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def _closes_books(day: int) -> bool:
    """Is it one of the last two workdays of a month, or the first of the next?"""
    if not is_workday(day):
        return False
    month = date_of(day).month
    later = [other for other in range(day + 1, day + _WEEK + 3) if is_workday(other)][:2]
    before = next(other for other in range(day - 1, day - _WEEK - 3, -1) if is_workday(other))
    return date_of(later[1]).month != month or date_of(before).month != month


_BUSY = (50, 34, 22, 14, 10, 9, 12, 18, 26, 34, 44, 58, 74, 88, 97, 100, 98, 94, 92, 90, 88, 84, 76, 64)
_BY_WEEKDAY = (1.05, 1.08, 1.06, 1.02, 0.96, 0.88, 0.95)
_ON_HOLIDAYS, _ON_SALES_DAYS = 0.8, 4.0


def traffic(micros: int, quirks: frozenset[Quirk]) -> float:
    """How busy patients are at this moment, as a factor; its mean over an ordinary week is 1."""
    day, within = divmod(micros - begins(0), DAY)
    place, over = divmod(within, HOUR)
    hours = _BUSY[place] + (_BUSY[(place + 1) % len(_BUSY)] - _BUSY[place]) * over / HOUR
    factor = hours * len(_BUSY) / sum(_BUSY) * _BY_WEEKDAY[weekday(day)]
    if Quirk.SALES_DAYS in quirks and runs(Quirk.SALES_DAYS, day):
        factor *= _ON_SALES_DAYS
    return factor * (_ON_HOLIDAYS if is_holiday(day) else 1.0)
