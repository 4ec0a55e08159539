"""Asking stores: does Shopify let the app in, with which scopes; does Magento let the integration in, and to what."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import attrgetter

import httpx
import msgspec

from hemostat.kernel import BadInput
from hemostat.sources.magento_schema import TABLES
from hemostat.stores.checks import Check
from hemostat.stores.magento_database import Database
from hemostat.stores.magento_rest import Credentials, MagentoClient, StoreRefused
from hemostat.stores.shopify import TOPICS, Reconciled, ShopifyClient, probe, reconcile

from .connecting import Plan
from .setup_guides import guides

_SECONDS = 15.0
_LONGEST_PAUSE = 2.0
_ROUTES = (
    ("/V1/store/storeConfigs", "Magento_Backend::store"),
    ("/V1/modules", "Magento_Backend::admin"),
    ("/V1/cmsBlock/search", "Magento_Cms::block"),
    ("/V1/cmsPage/search", "Magento_Cms::page"),
    ("/V1/webhooks/list", "Magento_AdobeCommerceWebhooks::webhooks_list"),
    ("/V1/eventing/getEventSubscriptions", "Magento_AdobeCommerceEventsClient::event_subscriptions"),
)
"""What a snapshot asks of a Magento store, and the resource that each needs."""

_MISSING = 404
_REFUSED = frozenset({401, 403})


def shopify(plan: Plan) -> Iterator[Check]:
    """Of an app whose webhooks come: is it let in, and with which scopes? Nothing when only its secret is known."""
    if not can_ask(plan):
        return
    kinds = guides().needs.kinds
    needed = {*kinds[plan.kind].scopes, *(kinds["shopify-admin"].scopes if plan.used.get("watch") == "yes" else ())}
    with closing(_shop(plan)) as client:
        yield from probe(client, needed=needed)


def shopify_admin(plan: Plan) -> Iterator[Check]:
    """Of an app that we ask with: is it let in, and with which scopes?"""
    needed = [*guides().needs.kinds[plan.kind].scopes, *(["read_audit_events"] if _option(plan, "audit") else [])]
    with closing(_shop(plan)) as client:
        yield from probe(client, needed=needed)


def can_ask(plan: Plan) -> bool:
    """Did somebody give what the Admin API is asked with?"""
    return plan.kind == "shopify-admin" or bool(plan.used.get("client_id") or plan.used.get("token"))


def subscribed(plan: Plan) -> Reconciled:
    """The webhooks of a store come to our address. Raises `ShopifyDown`, `ShopifyRefused`, `BadInput` without an address."""
    if not plan.address.startswith("https://") or "YOUR-INTAKE" in plan.address:
        raise BadInput(
            "Shopify sends webhooks to a public https address only.", advice="Give --public, like https://in.example.com."
        )
    with closing(_shop(plan)) as client:
        return reconcile(client, [topic.name for topic in TOPICS], plan.address)


def _shop(plan: Plan) -> ShopifyClient:
    if plan.kind == "shopify-admin":
        token, client_id = plan.keys[f"feed.{plan.name}"], _option(plan, "client_id")
        domain, address = _option(plan, "domain"), _option(plan, "address")
    else:
        client_id, domain, address = plan.used.get("client_id", ""), plan.domain, plan.used.get("address", "")
        token = plan.keys[f"shopify.{plan.source.store}"] if client_id else plan.used.get("token", "").encode()
    http = httpx.Client(timeout=_SECONDS, follow_redirects=False)
    given = token.decode(errors="replace")
    return ShopifyClient(domain, given, client_id=client_id, address=address, http=http, sleep=_briefly)


def _briefly(seconds: float) -> None:
    """Somebody waits for the answer: a store that has no room is asked again soon, or is told as having none."""
    time.sleep(min(seconds, _LONGEST_PAUSE))


def _option(plan: Plan, name: str) -> str:
    return str(plan.source.feed.options.get(name, "")) if plan.source.feed else ""


def magento_rest(plan: Plan) -> Iterator[Check]:
    """Of an integration: is its signature taken, and which of its resources are ticked?"""
    keys = msgspec.json.decode(plan.keys[f"magento.{plan.source.store}"], type=Credentials)
    optional = {need.grant for need in guides().needs.kinds[plan.kind].needs if need.optional}
    with httpx.Client(timeout=_SECONDS, follow_redirects=False) as http:
        client = MagentoClient.of(plan.domain, keys, http=http, sleep=lambda _: None)
        found = {resource: _status(client, route) for route, resource in _ROUTES}
    let_in = any(status not in _REFUSED for status in found.values())
    reason = "" if let_in else "It knows none of the four texts, or the clock of this machine is wrong."
    yield Check(title="The store takes the signature", good=let_in, reason=reason, must=True)
    for resource, status in found.items() if let_in else ():
        if status == _MISSING:
            yield Check(title=f"Resource {resource}", good=True, reason="This edition or version has no such thing.")
        elif status in _REFUSED:
            reason = "Tick it under System > Extensions > Integrations, save, and press Reauthorize."
            yield Check(title=f"Resource {resource}", good=resource in optional, reason=reason)
        else:
            yield Check(title=f"Resource {resource}", good=True)


def _status(client: MagentoClient, route: str) -> int:
    """What the store answers at a route: 200 or a refusal. Raises `StoreRefused` when it does not answer at all."""
    asked = {"searchCriteria[pageSize]": "1"} if route.endswith(("/search", "/modules")) else None
    try:
        client.get(route, asked)
    except StoreRefused as error:
        if error.status in {*_REFUSED, _MISSING}:
            return error.status
        raise
    return 200


def magento_tables(plan: Plan) -> Iterator[Check]:
    """Of an account of the database: does it get in, can it only read, and which tables does it see?"""
    options = plan.source.feed.options if plan.source.feed else {}
    database = Database(
        host=str(options["host"]),
        port=int(options.get("port", 3306)),
        user=str(options["user"]),
        password=plan.keys[f"feed.{plan.name}"].decode(errors="replace"),
        database=str(options["database"]),
        prefix=str(options.get("prefix", "")),
        tls=options.get("tls", True),
        ca=str(options.get("ca", "")),
    )
    with closing(database):
        seen = database.columns()
    yield Check(title="The account gets in, and can only read", good=True)
    for name, ways in groupby(TABLES, key=attrgetter("name")):  # one table may be read in two ways
        tables = list(ways)
        lacking = sorted({column for table in tables for column in table.columns} - seen.get(name, frozenset()))
        optional = tables[0].edition != "both"
        if name not in seen:
            reason = "Adobe Commerce only." if optional else "Grant it as the statements say, or this version has none."
            yield Check(title=f"Table {name}", good=optional, reason=reason)
        elif lacking:
            yield Check(title=f"Table {name}", good=False, reason=f"Columns are missing: {', '.join(lacking)}.")
