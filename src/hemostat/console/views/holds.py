"""What is kept and for how long, what was deleted, and the legal holds that keep more."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.kernel import BadInput, NotFound
from hemostat.lake.holds import Reach, hold_place, hold_release, holds
from hemostat.lake.retention import expired
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right
from hemostat.phi import Pseudonyms

_MOST_SHOWN = 50


@needs(Right.SEE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The policy, the holds in force and those let go, and what was deleted so far."""
    known, person = settings.HOME.settings(), visitor(request)
    gone = expired(settings.HOME)
    words = {
        "policy": known.retention,
        "raw_days": known.raw_days,
        "holds": holds(settings.HOME),
        "expired": gone[:_MOST_SHOWN],
        "deleted": sum(one.deleted for one in gone),
        "sources": sorted(known.sources),
        "stores": sorted(
            {source.store for source in known.sources.values()} | set(known.shopify_stores) | set(known.magento_stores)
        ),
        "may_place": _may_place(person),
        "may_release": person.may(Right.DECIDE_LAW),
    }
    return render(request, "console/holds.html", words)


@needs(Right.SEE)
@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """The hold stands, and the ledger says so. What a person typed as an identifier is a pseudonym from here on."""
    if not _may_place(visitor(request)):
        raise NotFound("There is no such page for you.")

    def act() -> str:
        reach = Reach(
            store=request.POST.get("store", ""),
            source=request.POST.get("source", ""),
            actor=_actor(request.POST.get("actor", "").strip(), request.POST.get("actor_is", "")),
            since=_moment(request.POST.get("since", "")),
            until=_moment(request.POST.get("until", "")),
        )
        person, at = visitor(request), now()
        # The hold comes last: when the ledger cannot be written there is no hold that nobody knows of.
        with transaction.atomic():
            reason, incident = request.POST.get("reason", ""), request.POST.get("incident", "").strip()
            record(act=LedgerAct.HOLD_PLACE, by=person, at=at, subject=incident or "lake", **_told(reach))
            hold = hold_place(settings.HOME, reach, reason=reason, by=person.username, now=at, incident=incident)
        return f"Hold {hold.number} stands: nothing that it reaches is deleted."

    attempt(request, act)
    return redirect("holds")


@needs(Right.SEE)
@require_POST
def release(request: HttpRequest, number: int) -> HttpResponse:
    """The hold is let go, once the ledger says who did it."""
    if not visitor(request).may(Right.DECIDE_LAW):
        raise NotFound("There is no such page for you.")

    def act() -> str:
        reason = request.POST.get("reason", "")
        if not reason.strip():
            raise BadInput("Letting a hold go needs a reason.", advice="Say who decided it, and why.")
        person, at = visitor(request), now()
        # The hold goes last: when there is none of this number the ledger does not say that it was let go.
        with transaction.atomic():
            record(act=LedgerAct.HOLD_RELEASE, by=person, at=at, subject="lake", hold=number)
            hold_release(settings.HOME, number, reason=reason, by=person.username, now=at)
        return f"Hold {number} is let go: what has expired goes within the hour."

    attempt(request, act)
    return redirect("holds")


def _may_place(person: Person) -> bool:
    return person.may(Right.PRESERVE) or person.may(Right.DECIDE_LAW)


def _actor(word: str, kind: str) -> str:
    """A word of the lake as it is; an identifier as its pseudonym, which is what events carry."""
    if kind != "identifier" or not word:
        return word
    known = settings.HOME.settings()
    return Pseudonyms(settings.HOME.keyring(known).secret("pseudonym")).of("actor", word)


def _moment(text: str) -> datetime | None:
    """The moment that a form's field holds, as UTC. Raises `BadInput`."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            "The period is not given as dates and times.", advice="Write them like 2026-03-02T14:00, in UTC."
        ) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _told(reach: Reach) -> dict[str, str]:
    """What the ledger keeps of a reach: words of the settings and pseudonyms."""
    period = {name: at.isoformat() for name, at in (("since", reach.since), ("until", reach.until)) if at}
    return {"store": reach.store, "source": reach.source, "actor": reach.actor} | period
