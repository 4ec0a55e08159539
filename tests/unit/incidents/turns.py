"""The worker's turn over the alarms, with the pages that it sent at their end."""

import time
from datetime import datetime

from django.conf import settings

from hemostat.incidents.alarms import alarms_raise, pages_record
from hemostat.incidents.models import ClockAlarm
from hemostat.oncall.paging import Pager


def alarms_told(*, now: datetime) -> list[ClockAlarm]:
    """The alarms of this turn; every page was taken or refused, and is on record."""
    pager = Pager(settings.HOME)
    raised = alarms_raise(now=now, pager=pager)
    while pager.sending():
        time.sleep(0.01)
        pages_record(now=now, pager=pager)
    return raised
