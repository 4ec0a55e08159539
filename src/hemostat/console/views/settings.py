"""Settings: what this installation is, who may do what, and the proof that its ledger holds."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.roster import people
from hemostat.console.sources import stream
from hemostat.people.ledger import chain_verify, head, public_key
from hemostat.people.rights import Right, Role, demand, who_may


@needs(Right.SEE_SETTINGS)
def index(request: HttpRequest) -> HttpResponse:
    """The page of settings. They are changed in `hemostat.toml`, on purpose: a change there can be reviewed."""
    keyring = settings.HOME.keyring(settings.HEMOSTAT)
    words = {
        "home": settings.HEMOSTAT,
        "settings_file": settings.HOME.settings_file.name,
        "stream": stream(now()),
        "channels": [(name, keyring.has(f"paging.{name}")) for name in settings.HEMOSTAT.paging.channels],
        "people": people(),
        "rights": [(right, set(who_may(right))) for right in Right],
        "roles": list(Role),
        "head": head(),
        "public_key": public_key(),
        "may_verify": visitor(request).may(Right.VERIFY),
    }
    return render(request, "console/settings.html", words)


@require_POST
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """Every entry of the ledger was recomputed, and the page says what came of it."""

    def act() -> str:
        demand(visitor(request), Right.VERIFY)
        found = chain_verify()
        return f"The ledger holds: {found.seq:,} entries, {found.checkpoints} signed checkpoints, head {found.hash[:12]}."

    attempt(request, act)
    came_from_settings = visitor(request).may(Right.SEE_SETTINGS)
    return redirect("settings" if came_from_settings else "today")
