"""Shopify as a platform: its client, the scopes to ask for, what a store is configured to be, and its webhooks."""

from hemostat.sources.shopify import API_VERSION

from .shopify_admin import Bucket, ShopifyClient, ShopifyDenied, ShopifyDown, ShopifyRefused
from .shopify_probe import Check, probe
from .shopify_scopes import SCOPES, Scope, scopes
from .shopify_snapshot import snapshot_take
from .shopify_subscriptions import (
    AUDIT_TOPIC,
    PRIVACY_TOPICS,
    TOPICS,
    Subscription,
    Topic,
    missing,
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
    "Scope",
    "ShopifyClient",
    "ShopifyDenied",
    "ShopifyDown",
    "ShopifyRefused",
    "Subscription",
    "Topic",
    "missing",
    "probe",
    "scopes",
    "snapshot_take",
    "subscribe",
    "subscriptions",
    "topic_word",
]
