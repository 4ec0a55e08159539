"""The limits as a calendar that a person subscribes to (RFC 5545, RFC 7986), behind a secret address that can be taken back.

A calendar lands with providers and on phones that are not ours. So an event says that a legal limit of this organization falls on
a day, and carries a reference that only the console can resolve: no incident, recipient, place, law or number of people.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from icalendar import Alarm, Calendar, Event

from hemostat.kernel import BadInput, Home, NotFound
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .alarms import points_of
from .local_days import organization_zone
from .models import CalendarFeed, Duty, Incident, Recomputation
from .selectors import incidents_seen
from .vocabulary import DutyState, IncidentState

MOST_EVENTS = 1000
"""Events of one feed at most: those of the newest incidents."""

KEPT = timedelta(days=60)
"""How long after the end of an incident its events still stand in the feed, canceled, so that calendars take them out."""

_SECRET_BYTES = 32
_LONGEST_SECRET = 64
_NOTED = timedelta(hours=1)  # a read is written down at most this often
_REFERENCE, _UID = 12, 32  # hexadecimal characters of the name that people see, and that calendars tell events apart by
_NAME = "Legal limits (Hemostat)"
_SUMMARY = "Legal limit (Hemostat)"


@dataclass(frozen=True, kw_only=True)
class _History:
    """What computations did to one clock: how often it changed, when last, and the last day that it had."""

    changes: int = 0
    at: datetime | None = None
    day: date | None = None


@transaction.atomic
def feed_make(*, by: Person, now: datetime) -> str:
    """`by` has one feed, whose secret is returned here and kept nowhere; the one before it no longer answers.

    Raises `Refused` for a person who may see no incident.
    """
    _demand_sight(by)
    _revoke(by, now)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    CalendarFeed.objects.create(person=by, token_sha256=_hashed(secret), made_at=now)
    record(act=LedgerAct.CALENDAR_MAKE, by=by, at=now, subject=f"person/{by.username}")
    return secret


@transaction.atomic
def feed_revoke(*, by: Person, now: datetime) -> None:
    """The feed of `by` no longer answers. Raises `BadInput` when there is none."""
    if not _revoke(by, now):
        raise BadInput("You have no calendar feed.", advice="Nothing was changed.")
    record(act=LedgerAct.CALENDAR_REVOKE, by=by, at=now, subject=f"person/{by.username}")


def feed_of(person: Person) -> CalendarFeed | None:
    """The feed of a person that answers now; None when there is none."""
    return CalendarFeed.objects.filter(person=person, revoked_at=None).first()


def feed_found(secret: str, *, now: datetime) -> CalendarFeed:
    """The feed behind a secret, noted as read.

    Raises `NotFound`, in the same words, for a secret that never was or was taken back, and for a person who was switched off or
    may see no incident any more.
    """
    feed = None
    if len(secret) <= _LONGEST_SECRET:
        live = CalendarFeed.objects.filter(token_sha256=_hashed(secret), revoked_at=None)
        feed = live.select_related("person").prefetch_related("person__grants").first()
    if feed is None or not _sees(feed.person):
        raise NotFound("There is no such page for you.")
    if feed.read_at is None or now - feed.read_at >= _NOTED:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    return feed


def feed_text(person: Person, *, now: datetime, console: str) -> bytes:
    """The calendar of what this person may see, the same bytes until something changes in it.

    Days are those of the legal entity. `console` is the address of the console, under which the reference of an event is opened.
    """
    zone = organization_zone()
    duties = _duties(person, now)
    histories = _histories({duty.incident_id for duty in duties})
    calendar = Calendar()
    for name, value in (("prodid", "-//Hemostat//Legal limits//EN"), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(name, value)
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _NAME)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    key, rung = _key(), set[tuple[int, datetime]]()
    for duty in duties:
        history = histories.get((duty.incident_id, duty.duty, duty.jurisdiction), _History())
        if event := _event(duty, history, name=_keyed(key, duty), zone=zone, console=console):
            _ring(event, duty, rung, zone=zone)
            calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def reference_of(duty: Duty) -> str:
    """The name of a duty in calendars: only this home can tell which duty it is."""
    return _keyed(_key(), duty)[:_REFERENCE]


def duty_referred(person: Person, reference: str) -> Duty:
    """The duty of a reference, among those that the person may see. Raises `NotFound` for all others alike."""
    key = _key()
    for duty in Duty.objects.filter(incident__in=incidents_seen(person)).select_related("incident").order_by("-pk"):
        if hmac.compare_digest(_keyed(key, duty)[:_REFERENCE].encode(), reference.encode()):
            return duty
    raise NotFound("There is no such page for you.")


def _sees(person: Person) -> bool:
    return person.may(Right.SEE) or person.may(Right.RUN_DRILLS)


def _demand_sight(person: Person) -> None:
    if not _sees(person):
        demand(person, Right.SEE)


def _revoke(person: Person, now: datetime) -> int:
    return CalendarFeed.objects.filter(person=person, revoked_at=None).update(revoked_at=now)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key() -> bytes:
    home: Home = settings.HOME
    return home.keyring(home.settings()).secret("pseudonym")


def _keyed(key: bytes, duty: Duty) -> str:
    return hmac.new(key, f"calendar/duty/{duty.pk}".encode(), hashlib.sha256).hexdigest()


def _duties(person: Person, now: datetime) -> list[Duty]:
    fresh = ~Q(state=IncidentState.CLOSED) | Q(closed_at__gte=now - KEPT)
    found = Duty.objects.filter(incident__in=incidents_seen(person).filter(fresh))
    return list(found.select_related("incident", "contract").order_by("-incident_id", "pk")[:MOST_EVENTS])


def _histories(incidents: Iterable[int]) -> Mapping[tuple[int, str, str], _History]:
    found: dict[tuple[int, str, str], _History] = {}
    rows = Recomputation.objects.filter(incident__in=sorted(incidents)).order_by("id")
    for incident, at, changes in rows.values_list("incident_id", "at", "changes"):
        days: dict[tuple[int, str, str], str | None] = {}
        for change in changes:
            key = (incident, change["duty"], change["jurisdiction"])
            days.setdefault(key, None)
            if change["field"] == "due":
                days[key] = change["after"] or change["before"]
        for key, day in days.items():
            before = found.get(key, _History())
            last = date.fromisoformat(day) if day else before.day
            found[key] = _History(changes=before.changes + 1, at=at, day=last)
    return found


def _event(duty: Duty, history: _History, *, name: str, zone: ZoneInfo, console: str) -> Event | None:
    """The event of a duty; None when it never had a day."""
    day = duty.due or history.day
    if day is None:
        return None
    incident = duty.incident
    ended = [moment for moment in (_met_at(duty), incident.closed_at) if moment]
    runs = points_of(duty, zone=zone) is not None and incident.state != IncidentState.CLOSED
    modified = max([history.at or incident.opened_at, *ended])
    event = Event()
    event.add("uid", f"{name[:_UID]}@hemostat")
    event.add("summary", f"EXERCISE: {_SUMMARY}" if incident.is_exercise else _SUMMARY)
    event.add("description", f"Reference {name[:_REFERENCE]}. The Hemostat console says what it is.")
    event.add("url", f"{console}/calendar/open/{name[:_REFERENCE]}/")
    _dated(event, duty, day)
    event.add("dtstamp", modified.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", modified.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", max(0, history.changes - 1) + len(ended))
    event.add("status", "CONFIRMED" if runs else "CANCELLED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _dated(event: Event, duty: Duty, day: date) -> None:
    """A whole day in the zone of the legal entity, or the last moment of a clock of hours."""
    if duty.due_at is not None:
        event.add("dtstart", duty.due_at.astimezone(UTC))
        return
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))


def _met_at(duty: Duty) -> datetime | None:
    return duty.marked_at if duty.state == DutyState.SENT else None


def _ring(event: Event, duty: Duty, rung: set[tuple[int, datetime]], *, zone: ZoneInfo) -> None:
    """The calendar reminds at the warning and at the escalation; once for all limits of an incident that share the moment."""
    points = points_of(duty, zone=zone)
    if points is None or event["status"] != "CONFIRMED":
        return
    for moment in _fresh(duty.incident, (points.warn, points.escalate), rung):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", str(event["summary"]))
        alarm.add("trigger", moment.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
        event.add_component(alarm)


def _fresh(incident: Incident, moments: Sequence[datetime], rung: set[tuple[int, datetime]]) -> list[datetime]:
    found = [moment for moment in dict.fromkeys(moments) if (incident.pk, moment) not in rung]
    rung.update((incident.pk, moment) for moment in found)
    return found
