"""Sources: who speaks, whose clock is off, what may be missing, and what could not be read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hemostat.console.gate import needs
from hemostat.console.moment import now
from hemostat.console.sources import missing, stream, unread
from hemostat.people.rights import Right


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """The page of sources."""
    return render(request, "console/sources.html", {"stream": stream(now()), "missing": missing(), "unread": unread()})
