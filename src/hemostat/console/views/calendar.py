"""The calendar of limits: making and taking back the secret address, and the answer at it."""

import hashlib
import time
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hemostat.console.gate import attempt, visitor
from hemostat.console.moment import now
from hemostat.incidents.calendar_feed import duty_referred, feed_found, feed_make, feed_of, feed_revoke, feed_text
from hemostat.incidents.models import CalendarFeed

READS_A_MINUTE = 12
"""How often one feed answers; calendars ask once an hour."""

_MINUTE = 60


def index(request: HttpRequest) -> HttpResponse:
    """The visitor's feed: whether there is one, and what it says and does not say."""
    return render(request, "console/calendar.html", {"feed": feed_of(visitor(request))})


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """The visitor has a new address, shown on this answer and never again."""
    made: list[str] = []

    def act() -> str:
        made.append(feed_make(by=visitor(request), now=now()))
        return "Your calendar has an address. It is shown this once."

    if not attempt(request, act):
        return redirect("calendar")
    address = request.build_absolute_uri(reverse("calendar_feed", args=[made[0]]))
    return render(request, "console/calendar.html", {"feed": feed_of(visitor(request)), "address": address})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The address no longer answers."""

    def act() -> str:
        feed_revoke(by=visitor(request), now=now())
        return "The address is taken back: calendars that used it get no answer any more."

    attempt(request, act)
    return redirect("calendar")


def open_reference(request: HttpRequest, reference: str) -> HttpResponse:
    """From the reference of an event to its clock, for those who may see it."""
    duty = duty_referred(visitor(request), reference)
    return redirect("clock", duty.incident.ref, duty.pk)


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of the person whose secret it is; 304 when the asker has it; an unknown secret has no page."""
    at = now()
    found = feed_found(secret, now=at)
    if _reads(found) > READS_A_MINUTE:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(_MINUTE)})
    text = feed_text(found.person, now=at, console=request.build_absolute_uri("/").rstrip("/"))
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    headers = {"ETag": etag, "Content-Disposition": 'inline; filename="hemostat.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _reads(feed: CalendarFeed) -> int:
    """How often the feed was asked for in this minute of the machine, with this time; a story may stand still."""
    key = f"calendar-reads-{feed.pk}-{int(time.monotonic()) // _MINUTE}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    return cache.incr(key)
