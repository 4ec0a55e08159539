"""Alarms: a point of a clock that was reached is on record once, the people on call are paged about it, and one of them has it.

Acknowledged is not done. The page stops; the clock stays as red as it is until its notice has been sent.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput, Home, SystemClock, iso, log
from hemostat.law.facts import FEDERAL
from hemostat.oncall.paging import CLOCKS, Pager, ends, rounds
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .local_days import organization_zone
from .models import ClockAlarm, Duty, Incident
from .points import Points, day_points, hour_points
from .rows import fresh_incident
from .vocabulary import ClockPoint, DutyState, IncidentState

MOST_NAMED = 3
"""Incidents that a page names; it says of the others only how many there are."""

_ORDER = list(ClockPoint)
_PRESSING = frozenset({ClockPoint.ESCALATE, ClockPoint.LIMIT, ClockPoint.PASSED})
_WORDS = {
    ClockPoint.WARN: ("at its warning point", "at their warning point"),
    ClockPoint.ESCALATE: ("at its escalation point", "at their escalation point"),
    ClockPoint.LIMIT: ("on its last day", "on their last day"),
    ClockPoint.PASSED: ("past its limit", "past their limit"),
}


def alarms_raise(*, now: datetime, pager: Pager) -> list[ClockAlarm]:
    """Each point that was reached has its one alarm, and pages are on their way: about many points at one moment, one page.

    Open incidents count, and in them duties that are owed and neither sent nor met. A duty is paged about by the latest point
    that it reached. Nobody waits for a page: `pages_record` writes down what became of it. A channel that failed is tried again
    by the next call; an escalation that nobody acknowledged is paged again after `paging.again_minutes`. When the process ends
    between a page and its record, people are paged twice, never not at all.
    """
    home: Home = settings.HOME
    pages_record(now=now, pager=pager)
    raised = _alarms_create(now)
    waiting = _paged_again(now, timedelta(minutes=home.settings().paging.again_minutes))
    for name in sorted(pager.sending()):
        log.get().error("paging.failed", source=name, reason="It has not answered the page before.", count=len(waiting))
    for names, places in rounds([alarm.told for alarm in waiting], pager.idle()):
        alarms = [waiting[place] for place in places]
        pager.send(page_words(alarms), to=names, about=[alarm.pk for alarm in alarms])
    pages_record(now=now, pager=pager)
    return raised


def pages_record(*, now: datetime, pager: Pager) -> None:
    """Pages that came to their end are on record: whom they reached, and in the log whom they did not."""
    for about, taken in ends(pager, CLOCKS):
        _told(about, taken, now=now)


@transaction.atomic
def alarm_acknowledge(*, alarm: ClockAlarm, by: Person, now: datetime) -> ClockAlarm:
    """`by` has it: nobody is paged about this point any more.

    Raises `Refused` without the right, `BadInput` when somebody else was quicker, and for a closed incident.
    """
    demand(by, Right.TRIAGE)
    fresh = ClockAlarm.objects.select_for_update().select_related("acknowledged_by", "duty__incident").get(pk=alarm.pk)
    incident = fresh_incident(fresh.duty.incident)
    if fresh.acknowledged_by:
        raise BadInput(
            f"{fresh.acknowledged_by.full_name} acknowledged this alarm.", advice="Nothing was changed; the clock still runs."
        )
    _acknowledge(incident, [fresh], by=by, now=now)
    return fresh


@transaction.atomic
def alarms_acknowledge(*, incident: Incident, by: Person, now: datetime) -> list[ClockAlarm]:
    """`by` has all clocks of the incident that page.

    Raises `Refused` without the right, `BadInput` when none is left, and for a closed incident.
    """
    demand(by, Right.TRIAGE)
    incident = fresh_incident(incident)
    alarms = [alarm for alarm in alarms_current() if alarm.duty.incident_id == incident.pk and not alarm.acknowledged_at]
    if not alarms:
        raise BadInput("No alarm waits for anybody.", advice="Somebody was quicker; the clocks still run.")
    _acknowledge(incident, alarms, by=by, now=now)
    return alarms


def points_of(duty: Duty, *, zone: ZoneInfo) -> Points | None:
    """The points of a duty; None when it has no limit, is not owed, or has been met: then nothing is left to tell.

    zone: that of the legal entity, in which a day begins and ends. A clock of hours starts as many hours before its limit as the
    contract gives. A limit without a trigger of its own hangs on another notice, whose clock starts with the discovery; so does
    this one.
    """
    if not duty.owed or duty.met_by or duty.state == DutyState.SENT:
        return None
    if duty.due_at is not None:
        hours = duty.contract.value if duty.contract and duty.contract.value else 0
        due = duty.due_at.astimezone(UTC)
        return hour_points(start=due - timedelta(hours=hours), due=due)
    if duty.due is None:
        return None
    start = duty.trigger_on or duty.incident.discovered_at.astimezone(zone).date()
    return day_points(start=start, due=duty.due, zone=zone, place=duty.jurisdiction or FEDERAL)


def alarms_current() -> list[ClockAlarm]:
    """Of each duty whose clock runs, the alarm of the latest point that it reached, acknowledged or not; by incident."""
    limits = {duty.pk: (duty, points.limit_at) for duty, points in _running()}
    found = ClockAlarm.objects.filter(duty__owed=True).exclude(duty__incident__state=IncidentState.CLOSED)
    mine = [alarm for alarm in found if alarm.duty_id in limits and alarm.limit_at == limits[alarm.duty_id][1]]
    current = list(latest(mine).values())
    for alarm in current:
        alarm.duty = limits[alarm.duty_id][0]
    return sorted(current, key=lambda alarm: (alarm.duty.incident_id, alarm.duty_id))


def latest(alarms: Iterable[ClockAlarm]) -> dict[tuple[int, datetime], ClockAlarm]:
    """Of each duty and limit, the alarm of the latest point."""
    ordered = sorted(alarms, key=lambda alarm: _ORDER.index(ClockPoint(alarm.point)))
    return {(alarm.duty_id, alarm.limit_at): alarm for alarm in ordered}


def page_words(alarms: Collection[ClockAlarm]) -> str:
    """What a page says: the incidents by reference and how many clocks are at which point. Nothing else of them leaves.

    The incidents with the gravest points come first. `MOST_NAMED` have a part of their own, and the rest one together: a page
    that is too long is cut by its carrier, or refused.
    """
    incidents: dict[str, Counter[ClockPoint]] = {}
    for alarm in alarms:
        incidents.setdefault(alarm.duty.incident.ref, Counter())[ClockPoint(alarm.point)] += 1
    gravest = sorted(incidents, key=lambda ref: (-max(map(_ORDER.index, incidents[ref])), ref))
    parts = [f"{ref} has {point_words(incidents[ref])}" for ref in gravest[:MOST_NAMED]]
    if rest := gravest[MOST_NAMED:]:
        points = sum((incidents[ref] for ref in rest), Counter[ClockPoint]())
        parts.append(f"{len(rest)} more incident{'' if len(rest) == 1 else 's'}: {point_words(points)}")
    return f"Hemostat: {'; '.join(parts)}. Open the console."


def point_words(points: Counter[ClockPoint]) -> str:
    """How many clocks are at which point, the gravest first: 2 clocks past their limit and 1 clock at its warning point."""
    parts = [
        f"{points[point]} clock{'' if points[point] == 1 else 's'} {_WORDS[point][points[point] > 1]}"
        for point in reversed(_ORDER)
        if points[point]
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _running() -> list[tuple[Duty, Points]]:
    """Every clock that runs, with its points."""
    zone = organization_zone()
    duties = (
        Duty.objects.filter(owed=True, met_by="")
        .exclude(state=DutyState.SENT)
        .exclude(incident__state=IncidentState.CLOSED)
        .select_related("incident", "contract")
        .order_by("incident", "pk")
    )
    return [(duty, points) for duty in duties if (points := points_of(duty, zone=zone))]


@transaction.atomic
def _alarms_create(now: datetime) -> list[ClockAlarm]:
    running = _running()
    found = ClockAlarm.objects.filter(duty__owed=True).exclude(duty__incident__state=IncidentState.CLOSED)
    known = set(found.values_list("duty", "point", "limit_at"))
    recorded_at = SystemClock().now()
    alarms = [
        ClockAlarm(duty=duty, point=point.value, limit_at=points.limit_at, at=now, recorded_at=recorded_at)
        for duty, points in running
        for point in points.reached(now)
        if (duty.pk, point.value, points.limit_at) not in known
    ]
    ClockAlarm.objects.bulk_create(alarms)
    for incident, own in _by_incident(alarms):
        record(act=LedgerAct.CLOCK_ALARM, by="clocks", at=now, subject=incident.ref, reached=[_named(alarm) for alarm in own])
    return alarms


def _paged_again(now: datetime, after: timedelta) -> list[ClockAlarm]:
    """The alarms that nobody has yet; for those that were paged long ago, and press, a new round of pages begins."""
    waiting = [alarm for alarm in alarms_current() if not alarm.acknowledged_at]
    again = [
        alarm for alarm in waiting if alarm.point in _PRESSING and alarm.paged_at is not None and now - alarm.paged_at >= after
    ]
    for alarm in again:
        alarm.told, alarm.paged_at = [], None
    ClockAlarm.objects.bulk_update(again, ["told", "paged_at"])
    return waiting


@transaction.atomic
def _told(about: Sequence[int], taken: list[str], *, now: datetime) -> None:
    # Read afresh: somebody may have acknowledged an alarm while its page was on its way.
    alarms = list(ClockAlarm.objects.filter(pk__in=about).select_related("duty__incident").order_by("pk"))
    for alarm in alarms:
        alarm.told = sorted({*alarm.told, *taken})
        alarm.paged_at = alarm.paged_at or now
    ClockAlarm.objects.bulk_update(alarms, ["told", "paged_at"])
    for incident, own in _by_incident(alarms):
        points = Counter(alarm.point for alarm in own)
        record(act=LedgerAct.PAGE_SEND, by="clocks", at=now, subject=incident.ref, channels=taken, points=dict(points))


def _acknowledge(incident: Incident, alarms: Sequence[ClockAlarm], *, by: Person, now: datetime) -> None:
    for alarm in alarms:
        alarm.acknowledged_at, alarm.acknowledged_by = now, by
    ClockAlarm.objects.bulk_update(alarms, ["acknowledged_at", "acknowledged_by"])
    record(
        act=LedgerAct.CLOCK_ACKNOWLEDGE, by=by, at=now, subject=incident.ref, alarms=[_named(alarm) for alarm in alarms]
    )  # fmt: skip


def _by_incident(alarms: Iterable[ClockAlarm]) -> list[tuple[Incident, list[ClockAlarm]]]:
    groups: dict[int, list[ClockAlarm]] = {}
    for alarm in alarms:
        groups.setdefault(alarm.duty.incident_id, []).append(alarm)
    return [(own[0].duty.incident, own) for own in groups.values()]


def _named(alarm: ClockAlarm) -> dict[str, str]:
    """An alarm as the ledger names it."""
    duty = alarm.duty
    return {"duty": duty.duty, "jurisdiction": duty.jurisdiction, "point": alarm.point, "limit_at": iso(alarm.limit_at)}
