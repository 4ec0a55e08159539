"""A whole set-up, from answers to a connected source: asked first, written then, and what can be made in the system is made."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from hemostat.kernel import BadInput, HemostatError, Home
from hemostat.people.models import Person
from hemostat.stores.checks import Check
from hemostat.stores.shopify import Reconciled

from .connecting import BadAnswer, Plan, Wish, connect, planned
from .trying import may_ask, tried
from .trying_stores import can_ask, subscribed

_WATCH = "shopify-admin"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a set-up.

    webhooks: what became of the subscriptions, None when none were made here; trouble: what could not be made, with the way out.
    also: a second source that was connected with the same answers, "" when there is none.
    """

    plan: Plan
    checks: tuple[Check, ...]
    webhooks: Reconciled | None = None
    trouble: str = ""
    also: str = ""


class NotConnected(BadInput):
    """Nothing was written: a check failed without which nothing works. `checks` are all of them."""

    def __init__(self, checks: tuple[Check, ...]) -> None:
        first = next(check for check in checks if check.must and not check.good)
        super().__init__(f"{first.title}: no. Nothing was changed.", advice=first.reason or "Correct the answers.")
        self.checks = checks


def set_up(home: Home, wish: Wish, *, by: Person | str, now: datetime, asked: bool = True) -> Outcome:
    """The source is connected. asked: its system was asked first; without it only the answers' form is looked at.

    Raises `BadAnswer` and what `planned` raises, and `NotConnected` when the system refuses; then nothing has changed.
    """
    settings = home.settings()
    plan = planned(settings, wish)
    makes_webhooks = plan.kind == "shopify" and can_ask(plan)
    if makes_webhooks and not plan.address.startswith("https://"):
        raise BadAnswer(
            "public", "Webhooks go to a public address with https only.", advice="Write it like https://in.example.com."
        )
    if makes_webhooks and "YOUR-INTAKE" in plan.address:
        raise BadAnswer(
            "public", "The public address of the intake is not known.", advice="Write it like https://in.example.com."
        )
    checks = tuple(tried(settings, plan)) if asked else ()
    if any(check.must and not check.good for check in checks):
        raise NotConnected(checks)
    connect(home, plan, by=by, now=now)
    outcome = Outcome(plan=plan, checks=checks)
    makes_webhooks = makes_webhooks and asked and may_ask(settings, plan)
    return _with_webhooks(home, outcome, by=by, now=now) if makes_webhooks else outcome


def _with_webhooks(home: Home, outcome: Outcome, *, by: Person | str, now: datetime) -> Outcome:
    """The webhooks are subscribed, and looked after from now on. What fails now is tried again by the feed."""
    plan = outcome.plan
    webhooks, trouble = None, ""
    try:
        webhooks = subscribed(plan)
    except HemostatError as error:
        trouble = f"Webhooks were not subscribed: {error} {error.advice()}".strip()
    also, store, known = "", plan.source.store, home.settings()
    is_watched = any((one.kind, one.store) == (_WATCH, store) for one in known.sources.values())
    if plan.used.get("watch") == "yes" and not is_watched and f"{_WATCH}-{store}" not in known.sources:
        wish = Wish(kind=_WATCH, store=store, environment=plan.source.environment, answers=dict(_answers(plan)))
        companion = planned(known, wish)
        connect(home, companion, by=by, now=now)
        also = companion.name
    return msgspec.structs.replace(outcome, webhooks=webhooks, trouble=trouble, also=also)


def _answers(plan: Plan) -> Iterator[tuple[str, str]]:
    """The answers of the store's webhooks, as those to the questions about its Admin API."""
    client_id = plan.used.get("client_id", "")
    yield "domain", plan.domain
    yield "client_id", client_id
    yield "token", plan.keys[f"shopify.{plan.source.store}"].decode(errors="replace") if client_id else plan.used["token"]
    yield "webhooks", plan.address
    yield "address", plan.used.get("address", "")
