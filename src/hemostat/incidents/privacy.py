"""Privacy requests of a platform: each gets its clock when it comes, and a person carries it out, or puts it off with a reason.

Shopify sends `customers/data_request`, `customers/redact` and `shop/redact`. Its page says to act within 30 days, unless the law
asks to keep the data (https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance); 30 days are what we count, which we
did not verify against a contract. What an incident preserves as evidence must not be erased on the way: such a request is put
off, with the legal basis, and comes back when it is resumed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from hemostat.kernel import BadInput, NotFound, SystemClock
from hemostat.lake.holds import holds
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .models import Incident, PrivacyRequest
from .vocabulary import IncidentState, PrivacyAsked, PrivacyState
from .words import safe_text

TERM = timedelta(days=30)
TOPICS = {
    "customers/data_request": PrivacyAsked.ACCESS,
    "customers/redact": PrivacyAsked.ERASURE,
    "shop/redact": PrivacyAsked.SHOP_ERASURE,
}
"""Topics of Shopify, and what each asks for."""

_MOST = 2_000
_LEAST_REASON = 20  # code points: a basis is a sentence, not a word


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the lake tells it."""

    event_id: str
    store: str
    topic: str
    subject: str
    received_at: datetime


@transaction.atomic
def privacy_record(*, arrived: Iterable[Arrived], now: datetime) -> list[PrivacyRequest]:
    """Each request is on record with its clock, once, however often it is told; the new ones are given back."""
    made = []
    for one in arrived:
        request, is_new = PrivacyRequest.objects.get_or_create(
            event_id=one.event_id,
            defaults={
                "store": one.store[:80],
                "asked": TOPICS[one.topic],
                "subject": one.subject[:80],
                "received_at": one.received_at,
                "recorded_at": SystemClock().now(),
                "due_at": one.received_at + TERM,
            },
        )
        if is_new:
            made.append(request)
            record(
                act=LedgerAct.PRIVACY_RECEIVE,
                by="system",
                at=now,
                subject=_name(request),
                asked=request.asked,
                store=request.store,
                event=request.event_id,
                due=request.due_at,
            )
    return made


@transaction.atomic
def privacy_defer(*, request: PrivacyRequest, hold: Incident, basis: str, by: Person, now: datetime) -> PrivacyRequest:
    """The request is put off, since it would destroy what an open incident preserves; the basis is on record.

    Raises `Refused` without the right, `BadInput` for a request that is settled, an incident that preserves nothing of this store
    any more, or a basis that says nothing.
    """
    demand(by, Right.DECIDE_LAW)
    request = _fresh(request, PrivacyState.OPEN)
    hold = Incident.objects.select_for_update().get(pk=hold.pk)
    if hold.pk not in {incident.pk for incident in holds_for(request)}:
        raise BadInput(
            f"{hold.ref} preserves no evidence of {request.store}: it is closed, or nothing was sealed or held.",
            advice="Seal the evidence first, or place a hold, or name the incident whose evidence this would destroy.",
        )
    request.state, request.hold, request.basis = PrivacyState.DEFERRED, hold, _reason(basis, "The legal basis")
    _decided(request, LedgerAct.PRIVACY_DEFER, by=by, now=now, incident=hold.ref)
    return request


@transaction.atomic
def privacy_resume(*, request: PrivacyRequest, by: Person, now: datetime) -> PrivacyRequest:
    """The request is open again, under its old clock. Raises `Refused` without the right, `BadInput` unless it was put off."""
    demand(by, Right.DECIDE_LAW)
    request = _fresh(request, PrivacyState.DEFERRED)
    request.state, request.hold, request.basis = PrivacyState.OPEN, None, ""
    _decided(request, LedgerAct.PRIVACY_RESUME, by=by, now=now)
    return request


@transaction.atomic
def privacy_done(*, request: PrivacyRequest, how: str, by: Person, now: datetime, knowing: bool = False) -> PrivacyRequest:
    """A person has carried the request out, and says how and where; Hemostat itself erases nothing.

    knowing: the person knows that an open incident preserves evidence of the store, and says that nothing of it was erased.
    Raises `Refused` without the right, `BadInput` for a request that is not open, without a word of how, or, unless `knowing`,
    while an incident preserves evidence.
    """
    demand(by, Right.DECIDE_LAW)
    request = _fresh(request, PrivacyState.OPEN)
    despite = list(holds_for(request).order_by("ref").values_list("ref", flat=True))
    if despite and not knowing:
        raise BadInput(
            f"Evidence is preserved for {', '.join(despite)}: this may have destroyed it.",
            advice="Put the request off, or confirm that nothing which the incident needs was erased.",
        )
    request.state, request.how = PrivacyState.DONE, _reason(how, "How it was carried out")
    _decided(request, LedgerAct.PRIVACY_DONE, by=by, now=now, despite=", ".join(despite))
    return request


def privacy_requests(by: Person) -> QuerySet[PrivacyRequest]:
    """All requests, those that are due first at the top. Raises `Refused` without the right to see."""
    demand(by, Right.SEE)
    return PrivacyRequest.objects.select_related("hold", "decided_by").prefetch_related("alarms")


def privacy_request_for(by: Person, number: int) -> PrivacyRequest:
    """The request of this number. Raises `NotFound`, also for who may not know of it."""
    request = PrivacyRequest.objects.filter(pk=number).first() if by.may(Right.SEE) else None
    if request is None:
        raise NotFound("There is no such request.")
    return request


def holds_for(request: PrivacyRequest) -> QuerySet[Incident]:
    """The incidents whose evidence the request may destroy: open, of its store or of none, with something sealed or held.

    A copy of somebody's data destroys nothing.
    """
    if request.asked == PrivacyAsked.ACCESS:
        return Incident.objects.none()
    held = {hold.incident for hold in holds(settings.HOME, in_force=True)}
    return (
        Incident.objects.exclude(state=IncidentState.CLOSED)
        .filter(Q(evidence__isnull=False) | Q(ref__in=held), store__in=(request.store, ""))
        .distinct()
    )


def _fresh(request: PrivacyRequest, state: PrivacyState) -> PrivacyRequest:
    """The row as it is now, for this transaction alone. Raises `BadInput` when it is in another state."""
    fresh = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if fresh.state != state:
        raise BadInput(f"The request is {fresh.state} by now.", advice="Look at the page again: somebody was there first.")
    return fresh


def _decided(request: PrivacyRequest, act: LedgerAct, *, by: Person, now: datetime, **payload: str) -> None:
    request.decided_at, request.decided_by = now, by
    request.save()
    record(act=act, by=by, at=now, subject=_name(request), asked=request.asked, store=request.store, **payload)


def _reason(text: str, what: str) -> str:
    reason = safe_text(text, most=_MOST)
    if len(reason) < _LEAST_REASON:
        raise BadInput(f"{what} is missing, or says nothing.", advice="Write a sentence that an auditor understands in a year.")
    return reason


def _name(request: PrivacyRequest) -> str:
    return f"privacy/{request.pk}"
