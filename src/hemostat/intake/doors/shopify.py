"""`POST /in/shopify/{store}`: Shopify webhooks, signed over their raw bytes."""

import asyncio
import hashlib
import re

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request
from hemostat.intake.gate import require_signature
from hemostat.intake.receiving import Headers, require_method
from hemostat.lake import health
from hemostat.sources.shopify import FAMILIES, header
from hemostat.sources.shopify_topics import TOPIC

_KEPT = frozenset(
    family + name
    for family in FAMILIES
    for name in ("topic", "webhook-id", "event-id", "api-version", "triggered-at", "shop-domain")
)

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")


async def receive(desk: Desk, request: Request, store: str) -> Answer:
    """A delivery is on disk. Raises `Refused`."""
    require_method(request.method, "POST")
    headers = request.headers
    name = desk.gate.store(store)
    signature = header(headers, "hmac-sha256")
    require_signature(signature)
    with desk.unverified.request() as take:
        body = await desk.packed(request, take)
        # The signature is over the raw bytes: it is checked before they are looked at.
        desk.gate.signature(store, body, signature)
        key = _delivery(headers, body, domain=desk.settings().shopify_stores[store])
        bodies.json_document(body)
        kept = {name: value for name, value in headers.items() if name in _KEPT}
        receipt = await desk.keep(name, key=key, kind="application/json", body=body, headers=kept)
    await _compare_version(desk, name, header(headers, "api-version"))
    return desk.accepted(name, receipt, 1)


async def _compare_version(desk: Desk, name: str, version: str) -> None:
    """A gap is on record while webhooks come in another version than the pinned one: bodies may lack what we read.

    Shopify goes on to a later version by itself when it retires one, and says so in this header only. Subscriptions may differ:
    the gap is closed when an hour brought none of another version.
    """
    if not _VERSION.fullmatch(version):
        return
    pinned = desk.versions.pinned(name, desk.settings().sources.get(name))
    now, drifted = desk.clock.now(), version != pinned
    if not desk.versions.is_news(name, drifted=drifted, now=now):
        return
    detail = f"webhooks do not come in version {pinned}"

    def tell() -> None:
        if drifted:
            health.gap_opened(desk.home, source=name, kind="version", detail=detail, since=now, now=now)
        else:
            health.gap_closed(desk.home, source=name, kind="version", detail=detail, now=now)

    await asyncio.to_thread(tell)


def _delivery(headers: Headers, body: bytes, *, domain: str) -> str:
    """What names a webhook's delivery: topic and delivery id. Raises `Refused`: 400 without a topic, 403 for another shop.

    Shopify repeats a delivery under the same webhook id; the event id is shared by all deliveries of one event.
    """
    topic = header(headers, "topic").lower()
    if not TOPIC.fullmatch(topic):
        raise Refused(
            400, "no_topic", "The topic header is missing, or is no topic.", advice="Send the headers that Shopify sent."
        )
    shop = header(headers, "shop-domain").lower()
    if shop and shop != domain.lower():
        advice = "Send each store's webhooks to the address of that store."
        raise Refused(403, "wrong_shop", "The message is from another shop.", advice=advice)
    return f"{topic}\n{header(headers, 'webhook-id') or hashlib.sha256(body).hexdigest()}"
