"""Shopify as a platform: its client, the scopes to ask for, what a store is configured to be, and its webhooks."""

from hemostat.sources.shopify import API_VERSION

from .checks import Check
from .shopify_admin import Bucket, ShopifyClient
from .shopify_errors import ShopifyDenied, ShopifyDown, ShopifyRefused
from .shopify_probe import probe
from .shopify_scopes import SCOPES, Scope, scopes
from .shopify_snapshot import snapshot_take
from .shopify_subscriptions import (
    AUDIT_TOPIC,
    PRIVACY_TOPICS,
    TOPICS,
    Reconciled,
    Subscription,
    Topic,
    missing,
    reconcile,
    subscribe,
    subscriptions,
    topic_word,
)

__all__ = [
    "API_VERSION",
    "AUDIT_TOPIC",
    "PRIVACY_TOPICS",
    "SCOPES",
    "TOPICS",
    "Bucket",
    "Check",
    "Reconciled",
    "Scope",
    "ShopifyClient",
    "ShopifyDenied",
    "ShopifyDown",
    "ShopifyRefused",
    "Subscription",
    "Topic",
    "missing",
    "probe",
    "reconcile",
    "scopes",
    "snapshot_take",
    "subscribe",
    "subscriptions",
    "topic_word",
]
