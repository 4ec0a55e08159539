"""Connecting a system, step by step: choose it, give what it needs, see its first event; change its secret, take it away."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hemostat.console import polling
from hemostat.console.connecting import MINE, arrival, groups, walk
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import now
from hemostat.kernel import HemostatError, NotFound, Settings, Source
from hemostat.people.rights import Right
from hemostat.readiness.arriving import send
from hemostat.readiness.connecting import BadAnswer, Wish, disconnect, secrets_of
from hemostat.readiness.reaching import door_checked
from hemostat.readiness.rotating import rotate
from hemostat.readiness.setting_up import NotConnected, Outcome, set_up
from hemostat.sources.doors import comes_in, has_own_key

if TYPE_CHECKING:
    from hemostat.stores.checks import Check

_ANSWER = "answer-"


@needs(Right.CONNECT)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be connected."""
    return render(request, "console/connect/index.html", {"groups": groups(), "public": settings.HOME.settings().intake.public})


@needs(Right.CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """The guided page of one kind; its form connects the source, once the system has been asked."""
    if request.method != "POST":
        return render(request, "console/connect/kind.html", {"walk": walk(kind, request.GET.dict())})
    given = request.POST.dict()
    if "look" in given:
        return render(request, "console/connect/kind.html", {"walk": walk(kind, given)})
    errors: dict[str, str] = {}
    checks: tuple[Check, ...] = ()
    trouble = ""
    try:
        outcome = set_up(settings.HOME, _wish(kind, given), by=visitor(request), now=now(), asked="unasked" not in given)
    except BadAnswer as error:
        errors[error.name] = f"{error} {error.advice()}"
    except NotConnected as error:
        checks, trouble = error.checks, f"{error} {error.advice()}"
    except NotFound:
        raise
    except HemostatError as error:
        trouble = f"{error} {error.advice()}".strip()
    else:
        request.session[_told(outcome.plan.name)] = _summary(outcome)
        return redirect("source", outcome.plan.name)
    page = walk(kind, given, errors=errors)
    shown = {one.name for one in (*page.fields, *page.rare)} | set(MINE)
    words = {"walk": page, "checks": checks, "trouble": trouble, "errors": errors}
    words["elsewhere"] = [text for name, text in errors.items() if name not in shown]
    return render(request, "console/connect/kind.html", words)


@needs(Right.CONNECT)
@require_safe
def source(request: HttpRequest, name: str) -> HttpResponse:
    """One source: what came of its set-up, whether its first event has come, and its secrets, which are never shown."""
    known, one = _found(name)
    words = _words(request, name, known, one)
    context = words | {
        "name": name,
        "ways_in": door_checked(known) if comes_in(one) else [],
        "secrets": list(secrets_of(known, name).values()),
        "has_own_key": has_own_key(one),
    }
    return polling.page(
        request,
        "console/connect/source.html",
        parts=_parts(request, words),
        url=reverse("source_pulse", args=[name]),
        context=context,
    )


@needs(Right.CONNECT)
@require_safe
def pulse(request: HttpRequest, name: str) -> HttpResponse:
    """What has changed since: asked every two seconds by the page of the source."""
    known, one = _found(name)
    parts = _parts(request, _words(request, name, known, one))
    return polling.pulse(request, parts=parts, url=reverse("source_pulse", args=[name]))


@needs(Right.CONNECT)
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """A test event is on its way, or what is in the way is said."""
    known, _ = _found(name)

    def act() -> str:
        base = known.intake.public if request.POST.get("through") == "public" else ""
        send(settings.HOME, known, name, now=now(), base=base)
        return "The intake has taken the test event. It appears below when it is in the lake."

    attempt(request, act)
    return redirect("source", name)


@needs(Right.CONNECT)
@require_POST
@sensitive_post_parameters()
def secret(request: HttpRequest, name: str) -> HttpResponse:
    """The source has a new secret; the one before it counts on for a while."""
    _found(name)

    def act() -> str:
        given = {key.removeprefix(_ANSWER): value for key, value in request.POST.items() if key.startswith(_ANSWER) and value}
        done = rotate(settings.HOME, name, cast("dict[str, str]", given), by=visitor(request), now=now())
        told = f"{', '.join(done.keys)}: new. The one before it counts until the next change."
        return f"{told} Give it to the sender: hemostat key show source.{name}" if done.fresh else told

    attempt(request, act)
    return redirect("source", name)


@needs(Right.CONNECT)
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """The source is no longer taken; its events stay."""
    _found(name)

    def act() -> str:
        disconnect(settings.HOME, name, by=visitor(request), now=now())
        return f"{name} is no longer taken. Its events stay as long as their class. Stop its system from sending, there."

    return redirect("sources" if attempt(request, act) else reverse("source", args=[name]))


def _wish(kind: str, given: dict[str, str]) -> Wish:
    mine = {name: given.get(name, "").strip() for name in MINE}
    return Wish(
        kind=kind,
        way=given.get("way", ""),
        answers={
            name.removeprefix(_ANSWER): value for name, value in given.items() if name.startswith(_ANSWER) and value.strip()
        },
        **mine,
    )


def _found(name: str) -> tuple[Settings, Source]:
    """The settings as they are now, and the source. Raises `NotFound`."""
    known = settings.HOME.settings()
    if name not in known.sources:
        raise NotFound("There is no such source.")
    return known, known.sources[name]


def _words(request: HttpRequest, name: str, known: Settings, one: Source) -> dict[str, Any]:
    return {"source": one, "arrival": arrival(name, known), "told": request.session.get(_told(name)), "now": now(), "name": name,
            "public": known.intake.public}  # fmt: skip


def _parts(request: HttpRequest, words: dict[str, Any]) -> polling.Parts:
    return polling.Parts(request, {"arrival": "console/connect/_arrival.html"}, words)


def _told(name: str) -> str:
    return f"connected:{name}"


def _summary(outcome: Outcome) -> dict[str, Any]:
    """What the page of the source shows of its set-up: no answer is in it."""
    webhooks = outcome.webhooks
    return {
        "checks": [{"title": one.title, "good": one.good, "reason": one.reason} for one in outcome.checks],
        "webhooks": None if webhooks is None else {
            "made": len(webhooks.made), "there": len(webhooks.there), "refused": dict(webhooks.refused),
            "elsewhere": list(webhooks.elsewhere),
        },
        "trouble": outcome.trouble,
        "also": outcome.also,
    }  # fmt: skip
