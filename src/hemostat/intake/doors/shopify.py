"""`POST /in/shopify/{store}`: Shopify webhooks, signed over their raw bytes."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from functools import partial

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request
from hemostat.intake.gate import require_signature
from hemostat.intake.receiving import require_method
from hemostat.lake import health
from hemostat.sources.shopify import FAMILIES
from hemostat.sources.shopify_topics import TOPIC

_SIGNATURES = tuple(f"{family}hmac-sha256" for family in FAMILIES)
_KEPT = {
    family + name: name
    for family in reversed(FAMILIES)  # where both are there, the first family counts
    for name in ("topic", "webhook-id", "event-id", "api-version", "triggered-at", "shop-domain")
}
"""Headers that are kept, by the name that they have in both families."""

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")


async def receive(desk: Desk, request: Request, name: str) -> Answer:
    """A delivery is on disk. Raises `Refused`."""
    require_method(request.method, "POST")
    store = desk.gate.store(name)
    signature = request.headers.get(_SIGNATURES[0]) or request.headers.get(_SIGNATURES[1], "")
    require_signature(signature)
    with desk.strangers(request) as take:
        body = await desk.packed(request, take)
        # The signature is over the raw bytes: it is checked before they are looked at.
        desk.gate.signature(name, body, signature)
        kept = {name: request.headers[name] for name in _KEPT if name in request.headers}
        told = {_KEPT[name]: value for name, value in kept.items()}
        key = _delivery(told, body, domain=store.domain)
        bodies.json_document(body)
        receipt = await desk.keep(store.name, key=key, kind="application/json", body=body, headers=kept)
    if tell := _news_of_version(desk, store.name, told.get("api-version", "")):
        await asyncio.to_thread(tell)
    return desk.accepted(store.name, receipt, 1)


def _news_of_version(desk: Desk, name: str, version: str) -> Callable[[], object] | None:
    """What opens or closes the gap of webhooks in another version than the pinned one; None when that is told already.

    Bodies of another version may lack what we read.

    Shopify goes on to a later version by itself when it retires one, and says so in this header only. Subscriptions may differ:
    the gap is closed when an hour brought none of another version.
    """
    pinned = desk.versions.pinned(name, desk.settings().sources.get(name))
    now, drifted = desk.clock.now(), version != pinned
    if (drifted and not _VERSION.fullmatch(version)) or not desk.versions.is_news(name, drifted=drifted, now=now):
        return None
    detail = f"webhooks do not come in version {pinned}"
    if drifted:
        return partial(health.gap_opened, desk.home, source=name, kind="version", detail=detail, since=now, now=now)
    return partial(health.gap_closed, desk.home, source=name, kind="version", detail=detail, now=now)


def _delivery(told: Mapping[str, str], body: bytes, *, domain: str) -> str:
    """What names a webhook's delivery: topic and delivery id. Raises `Refused`: 400 without a topic, 403 for another shop.

    Shopify repeats a delivery under the same webhook id; the event id is shared by all deliveries of one event.
    """
    topic = told.get("topic", "").lower()
    if not TOPIC.fullmatch(topic):
        raise Refused(
            400, "no_topic", "The topic header is missing, or is no topic.", advice="Send the headers that Shopify sent."
        )
    shop = told.get("shop-domain", "").lower()
    if shop and shop != domain:
        advice = "Send each store's webhooks to the address of that store."
        raise Refused(403, "wrong_shop", "The message is from another shop.", advice=advice)
    return f"{topic}\n{told.get('webhook-id') or hashlib.sha256(body).hexdigest()}"
