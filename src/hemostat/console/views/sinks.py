"""Where events are forwarded to, how each receiver is doing, and what can be sent once more."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.console.polling import Parts, page, pulse
from hemostat.incidents.forwarding import sink_replay, sink_retry
from hemostat.kernel import BadInput
from hemostat.lake.spool import Spool
from hemostat.people.rights import Right
from hemostat.sinks.status import SinkState, states

_TONES = {"live": "ok", "behind": "near", "waiting": "plain", "failing": "near", "stopped": "late"}
_PARTS = ("now", "replays")
_SHOWN = 20  # entries of a quarantine, losses and repetitions on the page; the command lists all


@needs(Right.SEE_SETTINGS)
def index(request: HttpRequest) -> HttpResponse:
    """The page of receivers. They are set up with `hemostat sink add`, on purpose: their keys never pass a browser."""
    words = {"sinks": sorted(settings.HOME.settings().sinks), "may_forward": visitor(request).may(Right.FORWARD)}
    parts = _parts(request, now())
    return page(request, "console/sinks.html", parts=parts, url=reverse("forwarding_pulse"), context=words)


@needs(Right.SEE_SETTINGS)
def index_pulse(request: HttpRequest) -> HttpResponse:
    """What changed about the receivers."""
    return pulse(request, parts=_parts(request, now()), url=reverse("forwarding_pulse"))


@require_POST
@needs(Right.FORWARD)
def retry(request: HttpRequest) -> HttpResponse:
    """What a receiver refused is offered to it once more."""

    def act(at: datetime) -> str:
        name = request.POST.get("sink", "")
        count = sink_retry(home=settings.HOME, name=name, by=visitor(request), now=at)
        return f"{name} is offered what it refused once more, within seconds: {count:,}."

    return _after(request, act)


@require_POST
@needs(Right.FORWARD)
def replay(request: HttpRequest) -> HttpResponse:
    """Events of a period are sent to a receiver once more."""

    def act(at: datetime) -> str:
        name, since, until = request.POST.get("sink", ""), _moment(request, "since"), _moment(request, "until")
        asked = sink_replay(home=settings.HOME, name=name, since=since, until=until, by=visitor(request), now=at)
        return f"Repetition {asked.number} to {name} has begun; each event carries the id that it had before."

    return _after(request, act)


def _after(request: HttpRequest, act: Callable[[datetime], str]) -> HttpResponse:
    attempt(request, lambda: act(now()))
    return redirect("forwarding")


def _moment(request: HttpRequest, name: str) -> datetime:
    """The moment of a form's field, which is in UTC. Raises `BadInput`."""
    try:
        at = datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise BadInput(
            "The period is not given as dates and times.", advice="Write them like 2026-03-02T14:00, in UTC."
        ) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _parts(request: HttpRequest, at: datetime) -> Parts:
    found = sorted(_states(at), key=lambda one: (one.state != "stopped", not one.is_stalled, not one.trouble, one.name))
    words = {
        "rows": [(one, "late" if one.trouble and one.state != "live" else _TONES[one.state]) for one in found],
        "troubled": [one for one in found if one.trouble],
        "replays": [(one.name, replay) for one in found for replay in one.replays][:_SHOWN],
        "may_forward": visitor(request).may(Right.FORWARD),
        "shown": f":{_SHOWN}",
    }
    return Parts(request, {name: f"console/forwarding/_{name}.html" for name in _PARTS}, words)


def _states(at: datetime) -> list[SinkState]:
    home, known = settings.HOME, settings.HOME.settings()
    spool = Spool(home.spool, key=home.keyring(known).secret("spool"), limit=known.intake.spool_limit)
    try:
        return states(home, known, spool, now=at)
    finally:
        spool.close()
