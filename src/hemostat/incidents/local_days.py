"""The days that the clocks count: those of the organization's own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def organization_zone() -> ZoneInfo:
    """The zone whose days the clocks count: that of the organization."""
    return ZoneInfo(settings.HOME.settings().organization.zone)


def local_day(moment: datetime) -> date:
    """The day of a moment where the organization is: a discovery at 23:30 in New York belongs to that day there."""
    return moment.astimezone(organization_zone()).date()
