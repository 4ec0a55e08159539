"""Rules: the list, one rule with its reasons and what it did, how it stands, and its mutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hemostat.alerts.models import Alert
from hemostat.alerts.mutes import mute_end, mute_for, mute_make, mutes_of
from hemostat.alerts.selectors import alert_for, alerts_of
from hemostat.alerts.standing import decisions_of, kept_of, rule_decide
from hemostat.console.gate import attempt, needs, visitor
from hemostat.console.moment import ends_offered, moment_of, now
from hemostat.console.rules import Row, days, own_book, row_of, rows, samples_of, text_of
from hemostat.detect import State
from hemostat.events.vocabulary import Environment
from hemostat.kernel import NotFound
from hemostat.people.rights import Right

_MOST_SHOWN = 12
_CHOICES = (State.ACTIVE, State.WATCH, State.RETIRED)
_USUAL_MUTE = timedelta(days=1)


@needs(Right.SEE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All rules, those that somebody must look at first, and what is wrong with own files."""
    at, found = now(), own_book()
    listed = rows(found, now=at)
    words = {
        "rows": listed,
        "calling": [row for row in listed if row.needs_somebody],
        "faults": [(fault.path.relative_to(settings.HOME.rules).as_posix(), fault) for fault in found.faults],
        "doubted": [row for row in listed if row.known.proof.doubts],
        "own": sum(row.known.own for row in listed),
        "days": days(),
        "now": at,
    }
    return render(request, "console/rules.html", words)


@needs(Right.SEE)
@require_safe
def show(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule. `?alert=` names the alert that its form for a mute is filled in from."""
    at = now()
    row = row_of(own_book(), rule, now=at)
    words = {
        "row": row,
        "why": row.known.rule.ours.why if row.known.rule else "",
        "text": text_of(row.known),
        "samples": samples_of(row.known),
        "alerts": alerts_of(rule, most=_MOST_SHOWN),
        "kept": kept_of(rule, most=_MOST_SHOWN),
        "decisions": decisions_of(rule),
        "mutes": mutes_of(rule),
        "choices": [(state, state is row.state) for state in _CHOICES if state is not State.ACTIVE or not row.known.proof.doubts],
        "form": _form(_alert_of(request, request.GET.get("alert", ""), rule), at=at),
        "days": days(),
        "may_tune": visitor(request).may(Right.TUNE),
        "now": at,
    }
    return render(request, "console/rule.html", words)


@needs(Right.SEE)
@require_POST
def decide(request: HttpRequest, rule: str) -> HttpResponse:
    """The rule stands as the visitor says, with a reason."""

    def act(row: Row) -> str:
        state = request.POST.get("state", "")
        rule_decide(known=row.known, state=state, reason=request.POST.get("reason", ""), by=visitor(request), now=now())
        return f"Now {state}: it {State(state).means}."

    return _act(request, rule, act)


@needs(Right.SEE)
@require_POST
def mute(request: HttpRequest, rule: str) -> HttpResponse:
    """New alerts of the rule are kept back until the given end."""

    def act(row: Row) -> str:
        # The values of a group come from the alert, never from a field: somebody would type an address where a pseudonym belongs.
        alert = _alert_of(request, request.POST.get("alert", ""), rule)
        chosen = set(request.POST.getlist("group"))
        made = mute_make(
            rule=row.known.id,
            by=visitor(request),
            now=now(),
            until=moment_of(request.POST.get("until", "")),
            reason=request.POST.get("reason", ""),
            store=request.POST.get("store", ""),
            environment=request.POST.get("environment", ""),
            group={name: value for name, value in alert.group.items() if name in chosen} if alert else {},
        )
        return f"Muted until {made.until:%-d %b %Y %H:%M} UTC. What it keeps back is counted below."

    return _act(request, rule, act)


@needs(Right.SEE)
@require_POST
def end_mute(request: HttpRequest, rule: str, pk: int) -> HttpResponse:
    """The mute is over."""

    def act(row: Row) -> str:
        mute_end(mute=mute_for(row.known.id, pk), by=visitor(request), now=now())
        return "The mute is over: what the rule finds from now on is an alert."

    return _act(request, rule, act)


def _act(request: HttpRequest, rule: str, act: Callable[[Row], str]) -> HttpResponse:
    """The act was tried by somebody who may tune rules; others get the answer for an address that does not exist."""
    if not visitor(request).may(Right.TUNE):
        raise NotFound("There is no such page for you.")
    row = row_of(own_book(), rule, now=now())
    attempt(request, lambda: act(row))
    return redirect("rule", rule=rule)


def _alert_of(request: HttpRequest, ref: str, rule: str) -> Alert | None:
    """The alert of this reference, when one is named and it is one of this rule. Raises `NotFound`."""
    alert = alert_for(visitor(request), ref, need=Right.SEE) if ref else None
    return alert if alert and alert.rule == rule else None


def _form(alert: Alert | None, *, at: datetime) -> dict[str, Any]:
    """What the form for a mute offers, filled in from an alert when there is one."""
    configured = settings.HOME.settings()
    stores = {source.store for source in configured.sources.values()} | {*configured.shopify_stores, *configured.magento_stores}
    return {
        "alert": alert,
        "stores": sorted(stores | ({alert.store} if alert else set())),
        "store": alert.store if alert else "",
        "environments": list(Environment),
        "environment": alert.environment if alert else "",
        **ends_offered(at, usual=_USUAL_MUTE),
    }
