"""The clock of a privacy request: a week before its limit, two days before it and behind it people are paged, each time once.

The points come at eight in the morning where the organization is, as those of legal clocks in days. A request that is put off has
none: when it is resumed, it is told where its clock stands by then, and not what it passed meanwhile.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from hemostat.kernel import SystemClock
from hemostat.oncall.paging import PRIVACY, Pager, ends, rounds
from hemostat.people.ledger import LedgerAct, record

from .local_days import organization_zone
from .models import PrivacyAlarm, PrivacyRequest
from .points import MORNING
from .vocabulary import PrivacyPoint, PrivacyState

_BEFORE = {PrivacyPoint.WEEK: timedelta(days=7), PrivacyPoint.DAYS: timedelta(days=2)}
_WORDS = {
    PrivacyPoint.OVERDUE: "past its limit",
    PrivacyPoint.DAYS: "due within two days",
    PrivacyPoint.WEEK: "due within a week",
}


def privacy_points(due_at: datetime, zone: ZoneInfo) -> list[tuple[PrivacyPoint, datetime]]:
    """Each point of a clock with the morning on which it is told; the last is the first morning behind the limit."""
    local = due_at.astimezone(zone)
    found = [(point, _morning(local - before, zone)) for point, before in _BEFORE.items()]
    behind = _morning(local, zone)
    return [*found, (PrivacyPoint.OVERDUE, behind if behind > due_at else _morning(local + timedelta(days=1), zone))]


def privacy_alarms(*, now: datetime, pager: Pager) -> list[PrivacyAlarm]:
    """Each open request has the alarm of the last point that it reached, once, in the ledger; and people are paged about it."""
    privacy_pages_record(now=now, pager=pager)
    raised = _raised(now)
    waiting = [alarm for alarm in _current() if alarm.request.state == PrivacyState.OPEN]
    for names, places in rounds([alarm.told for alarm in waiting], pager.idle()):
        alarms = [waiting[place] for place in places]
        pager.send(page_words(alarms), to=names, about=[alarm.pk for alarm in alarms], topic=PRIVACY)
    privacy_pages_record(now=now, pager=pager)
    return raised


def next_point(request: PrivacyRequest, *, now: datetime) -> tuple[PrivacyPoint, datetime] | None:
    """The point of an open request's clock that comes next, and when it is told; None when all have come, or it is put off."""
    if request.state != PrivacyState.OPEN:
        return None
    return next(((point, at) for point, at in privacy_points(request.due_at, organization_zone()) if at > now), None)


def privacy_pressing(*, now: datetime) -> list[PrivacyRequest]:
    """The open requests that are due within a week, or late; those that are due first at the top."""
    return list(PrivacyRequest.objects.filter(state=PrivacyState.OPEN, due_at__lte=now + _BEFORE[PrivacyPoint.WEEK]))


def privacy_pages_record(*, now: datetime, pager: Pager) -> None:
    """Pages about requests that came to their end are on record: whom they reached, and in the log whom they did not."""
    for about, taken in ends(pager, PRIVACY):
        _told(about, taken, now=now)


def page_words(alarms: Collection[PrivacyAlarm]) -> str:
    """What a page says: how many requests are at which point, the most pressing first. Whose they are stays in the house."""
    points = Counter(PrivacyPoint(alarm.point) for alarm in alarms)
    parts = [f"{points[point]} {words}" for point, words in _WORDS.items() if points[point]]
    return f"Hemostat: privacy requests: {', '.join(parts)}. Open the console."


@transaction.atomic
def _raised(now: datetime) -> list[PrivacyAlarm]:
    zone, recorded_at = organization_zone(), SystemClock().now()
    known = set(PrivacyAlarm.objects.values_list("request", "point"))
    raised = []
    for request in PrivacyRequest.objects.filter(state=PrivacyState.OPEN):
        reached = [point for point, moment in privacy_points(request.due_at, zone) if moment <= now]
        if reached and (request.pk, reached[-1]) not in known:
            alarm = PrivacyAlarm.objects.create(request=request, point=reached[-1], at=now, recorded_at=recorded_at)
            record(act=LedgerAct.PRIVACY_DUE, by="clocks", at=now, subject=_name(alarm), point=alarm.point, due=request.due_at)
            raised.append(alarm)
    return raised


def _current() -> list[PrivacyAlarm]:
    """Of each request the alarm of the last point that it reached."""
    last = {alarm.request_id: alarm for alarm in PrivacyAlarm.objects.select_related("request").order_by("pk")}
    return list(last.values())


@transaction.atomic
def _told(about: Sequence[int], taken: list[str], *, now: datetime) -> None:
    for alarm in PrivacyAlarm.objects.filter(pk__in=about).order_by("pk"):
        alarm.told = sorted({*alarm.told, *taken})
        alarm.paged_at = alarm.paged_at or now
        alarm.save(update_fields=["told", "paged_at"])
        record(act=LedgerAct.PAGE_SEND, by="clocks", at=now, subject=_name(alarm), channels=taken, points={alarm.point: 1})


def _morning(local: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(local.date(), MORNING, zone)


def _name(alarm: PrivacyAlarm) -> str:
    return f"privacy/{alarm.request_id}"
