"""Pages about what we cannot see: one for each gap that wakes somebody, once it has stayed open for `paging.gap_minutes`.

Many gaps at one moment make one page. A channel that did not take it is tried again; a gap that is over, or that somebody has
taken up, is paged about no more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from hemostat.alerts.selectors import alerts_to_page
from hemostat.alerts.services import alerts_paged

from .paging import GAPS, Pager, ends, rounds

MOST_NAMED = 3
"""Alerts that a page names; it says of the others only how many there are."""


def gaps_page(*, now: datetime, pager: Pager) -> None:
    """Pages about gaps are on their way to the channels that have not had them; `gap_pages_record` says what became of them."""
    gap_pages_record(now=now, pager=pager)
    patience = timedelta(minutes=settings.HOME.settings().paging.gap_minutes)
    waiting = alerts_to_page(raised_until=now - patience)
    for names, places in rounds([alert.told for alert in waiting], pager.idle()):
        alerts = [waiting[place] for place in places]
        words = page_words([alert.ref for alert in alerts])
        pager.send(words, to=names, about=[alert.pk for alert in alerts], topic=GAPS)
    gap_pages_record(now=now, pager=pager)


def gap_pages_record(*, now: datetime, pager: Pager) -> None:
    """Pages about gaps that came to their end are on record: whom they reached, and in the log whom they did not."""
    for about, taken in ends(pager, GAPS):
        alerts_paged(about, channels=taken, now=now)


def page_words(refs: Sequence[str]) -> str:
    """What a page says: how many alerts, and three by reference. What is not seen, and where, stays in the house."""
    rest = len(refs) - MOST_NAMED
    named = ", ".join(refs[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    return f"Hemostat: something is not seen any more ({named}). Open the console."
