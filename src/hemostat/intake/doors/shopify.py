"""`POST /in/shopify/{store}`: Shopify webhooks, signed over their raw bytes."""

import asyncio
import hashlib
import re
from datetime import UTC, datetime, timedelta

from hemostat.intake import bodies
from hemostat.intake.answers import Answer, Refused
from hemostat.intake.desk import Desk, Request
from hemostat.intake.gate import require_signature
from hemostat.intake.receiving import Headers, require_method
from hemostat.lake import health
from hemostat.sources import options_of
from hemostat.sources.shopify import API_VERSION, FAMILIES, Options, header
from hemostat.sources.shopify_topics import TOPIC

_KEPT = frozenset(
    family + name
    for family in FAMILIES
    for name in ("topic", "webhook-id", "event-id", "api-version", "triggered-at", "shop-domain")
)

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")
_AGAIN, _CALM = timedelta(minutes=1), timedelta(hours=1)  # how long a word about the version holds for one source
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_drifted: dict[tuple[str, str], datetime] = {}
_well: dict[tuple[str, str], datetime] = {}
"""When a source's version was last found to be another, and the pinned one; by home and source."""


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
    source = desk.settings().sources.get(name)
    pinned = options_of(name, source.options, Options).api_version if source else API_VERSION
    now, key = desk.clock.now(), (str(desk.home.path), name)
    drifted = version != pinned
    if now - _drifted.get(key, _NEVER) < (_AGAIN if drifted else _CALM) or (not drifted and now - _well.get(key, _NEVER) < _CALM):
        return
    (_drifted if drifted else _well)[key] = now
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
