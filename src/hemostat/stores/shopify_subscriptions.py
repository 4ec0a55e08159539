"""Which webhooks a store should send us, which it still does, and how those that Shopify dropped are made again.

Shopify deletes a subscription that was made through this interface after its deliveries have failed often enough. Seen by no
interface: the privacy topics and all else that stands in the app's TOML file.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from . import shopify_documents as ask
from .shopify_admin import ShopifyClient
from .shopify_errors import ShopifyRefused

PRIVACY_TOPICS = ("customers/data_request", "customers/redact", "shop/redact")
"""Only the app's TOML file, or the partner's page, can name their address."""

AUDIT_TOPIC = "audit_events/admin_api_activity"
"""One subscription for a Plus store; goes to Amazon EventBridge or Google Pub/Sub only, never to HTTPS."""

_CUSTOMER = ("id", "admin_graphql_api_id", "updated_at", "state")
_ORDER = ("id", "admin_graphql_api_id", "updated_at", "customer.id")
_THEME = ("id", "admin_graphql_api_id", "role", "updated_at")


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic, and the fields of its record that are asked for: nothing else leaves the platform. No fields: all of them."""

    name: str
    fields: tuple[str, ...] = ()


TOPICS = (
    Topic(name="app/uninstalled", fields=("id",)),
    Topic(name="app/scopes_update"),
    Topic(name="bulk_operations/finish"),
    Topic(name="customers/create", fields=_CUSTOMER),
    Topic(name="customers/update", fields=_CUSTOMER),
    Topic(name="customers/delete", fields=("id", "admin_graphql_api_id")),
    Topic(name="customers/enable", fields=_CUSTOMER),
    Topic(name="customers/disable", fields=_CUSTOMER),
    Topic(name="customer.tags_added", fields=("customerId", "occurredAt")),
    Topic(name="customer.tags_removed", fields=("customerId", "occurredAt")),
    Topic(name="segments/create", fields=("id",)),
    Topic(name="segments/update", fields=("id",)),
    Topic(name="customer_account_settings/update"),
    Topic(name="orders/create", fields=_ORDER),
    Topic(name="orders/edited"),
    Topic(name="orders/delete", fields=("id",)),
    Topic(name="draft_orders/create", fields=_ORDER),
    Topic(name="draft_orders/update", fields=_ORDER),
    Topic(name="themes/create", fields=_THEME),
    Topic(name="themes/publish", fields=_THEME),
    Topic(name="themes/update", fields=_THEME),
    Topic(name="themes/delete", fields=("id", "admin_graphql_api_id")),
    Topic(name="metafield_definitions/create"),
    Topic(name="metafield_definitions/update"),
    Topic(name="domains/create", fields=("id", "host")),
    Topic(name="domains/destroy", fields=("id", "host")),
    Topic(name="shop/update", fields=("id", "updated_at")),
)
"""What a store is asked for unless the settings name others."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription as the store lists it; `topic` is the word of the enumeration, like `ORDERS_CREATE`."""

    id: str
    topic: str
    uri: str
    version: str = ""


def topic_word(topic: str) -> str:
    """The word of the enumeration for a topic: `CUSTOMER_TAGS_ADDED` for `customer.tags_added`."""
    return topic.replace("/", "_").replace(".", "_").upper()


def subscriptions(client: ShopifyClient) -> list[Subscription]:
    """The subscriptions of this app that the interface shows. Raises as `ShopifyClient.ask`."""
    return [
        Subscription(
            id=str(node.get("id", "")),
            topic=str(node.get("topic", "")),
            uri=str(node.get("uri", "")),
            version=str((node.get("apiVersion") or {}).get("handle", "")),
        )
        for node in client.pages(ask.SUBSCRIPTIONS, "webhookSubscriptions")
    ]


def missing(listed: Iterable[Subscription], topics: Iterable[str], uri: str) -> list[str]:
    """The topics for which nothing goes to `uri`, in their order."""
    there = {one.topic for one in listed if one.uri == uri}
    return [topic for topic in topics if topic_word(topic) not in there]


def subscribe(client: ShopifyClient, topic: str, uri: str) -> str:
    """The store sends `topic` to `uri`, with no more fields than we read; the new subscription's id.

    Raises `ShopifyRefused` with the platform's reason: no scope for the topic, or an address that it does not accept.
    """
    known = next((one.fields for one in TOPICS if one.name == topic), ())
    wanted = {"uri": uri, **({"includeFields": list(known)} if known else {})}
    variables = {"topic": topic_word(topic), "subscription": wanted}
    made = client.change(ask.SUBSCRIBE, variables, root="webhookSubscriptionCreate")
    return str((made.get("webhookSubscription") or {}).get("id", ""))


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the topics that a store should send: made now, there already, and refused with the platform's reason.

    elsewhere: addresses other than ours to which this app sends something; they are left as they are.
    """

    made: tuple[str, ...]
    there: tuple[str, ...]
    refused: dict[str, str]
    elsewhere: tuple[str, ...]


def reconcile(client: ShopifyClient, topics: Iterable[str], uri: str) -> Reconciled:
    """Each topic goes to `uri`, or its refusal is told. Raises `ShopifyDown`, and `ShopifyRefused` for the token itself."""
    topics = list(topics)
    listed = subscriptions(client)
    made, refused = [], {}
    for topic in (lacking := missing(listed, topics, uri)):
        try:
            subscribe(client, topic, uri)
        except ShopifyRefused as error:
            refused[topic] = str(error)
        else:
            made.append(topic)
    return Reconciled(
        made=tuple(made),
        there=tuple(topic for topic in topics if topic not in lacking),
        refused=refused,
        elsewhere=tuple(sorted({_bare(one.uri) for one in listed if one.uri != uri})),
    )


def _bare(uri: str) -> str:
    """An address without user and query, in which keys are often found."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else uri
