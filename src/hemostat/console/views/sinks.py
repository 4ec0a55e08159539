"""Where events are forwarded to, and how each receiver is doing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hemostat.console.gate import needs
from hemostat.console.moment import now
from hemostat.lake.spool import Spool
from hemostat.people.rights import Right
from hemostat.sinks.status import states

_TONES = {"live": "ok", "behind": "near", "waiting": "plain", "failing": "near", "stopped": "late"}
_SHOWN = 20  # entries of a quarantine on the page; the command lists all


@needs(Right.SEE_SETTINGS)
def index(request: HttpRequest) -> HttpResponse:
    """The page of receivers. They are set up with `hemostat sink add`, on purpose: their keys never pass a browser."""
    home, known = settings.HOME, settings.HEMOSTAT
    spool = Spool(home.spool, key=home.keyring(known).secret("spool"), limit=known.intake.spool_limit)
    try:
        found = states(home, known, spool, now=now())
    finally:
        spool.close()
    words = {
        "rows": [(one, _TONES[one.state]) for one in found],
        "troubles": [one for one in found if one.error or one.quarantine],
        "shown_slice": f":{_SHOWN}",
    }
    return render(request, "console/sinks.html", words)
