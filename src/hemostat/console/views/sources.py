"""Sources: who speaks, whose clock is off, what may be missing, and what could not be read and is to be done with it."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, page, pulse
from hemostat.console.sources import done_lately, missing, stream, unread
from hemostat.incidents.letters import letters_discard, letters_keep, letters_retry
from hemostat.people.rights import Right

_PARTS = ("trouble", "now", "letters", "gaps")


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """The page of sources."""
    return page(request, "console/sources.html", parts=_parts(request, now()), url=reverse("sources_pulse"), context={})


@needs(Right.SEE)
def index_pulse(request: HttpRequest) -> HttpResponse:
    """What changed about the sources."""
    return pulse(request, parts=_parts(request, now()), url=reverse("sources_pulse"))


@require_POST
@needs(Right.PRESERVE)
def retry(request: HttpRequest) -> HttpResponse:
    """The letters of a source with one reason are read again."""

    def act(at: datetime) -> str:
        count = letters_retry(**_which(request), by=visitor(request), now=at)
        return f"{count:,} letter{'' if count == 1 else 's'} of {_which(request)['source']} will be read again now."

    return _after(request, act)


@require_POST
@needs(Right.PRESERVE)
def keep(request: HttpRequest) -> HttpResponse:
    """Somebody has looked at the letters, and they stay until their days are over."""

    def act(at: datetime) -> str:
        letters_keep(**_which(request), note=request.POST.get("note", ""), by=visitor(request), now=at)
        return "They stay as they are until their days are over, and your name stands beside them."

    return _after(request, act)


@require_POST
@needs(Right.PRESERVE)
def discard(request: HttpRequest) -> HttpResponse:
    """The letters are destroyed, with a reason."""

    def act(at: datetime) -> str:
        count = letters_discard(**_which(request), note=request.POST.get("note", ""), by=visitor(request), now=at)
        return f"{count:,} letter{'' if count == 1 else 's'} will be destroyed now; the ledger keeps why."

    return _after(request, act)


def _which(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("source", "reason")}


def _after(request: HttpRequest, act: Callable[[datetime], str]) -> HttpResponse:
    attempt(request, lambda: act(now()))
    return redirect("sources")


def _parts(request: HttpRequest, at: datetime) -> Parts:
    gaps = missing()
    words = {
        "stream": stream(at),
        "open": [one for one in gaps if one.gap.closed_at is None],
        "closed": [one for one in gaps if one.gap.closed_at is not None],
        "unread": unread(at),
        "done": done_lately(at),
        "may_act": visitor(request).may(Right.PRESERVE),
        "now": at,
    }
    return Parts(request, {name: f"console/sources/_{name}.html" for name in _PARTS}, words)
