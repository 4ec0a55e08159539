"""Feeds that Hemostat reads itself: queues, tables, files and interfaces of platforms; the place in each is kept."""

from collections.abc import Mapping
from importlib import import_module

from hemostat.kernel import BadSettings, Clock, Home, Source
from hemostat.lake.spool import Spool

from .base import Collector, Item, Post

__all__ = ["FEEDS", "Collector", "Item", "Post", "collector_of"]

FEEDS: Mapping[str, str] = {
    "magento-tables": "magento_tables",
    "magento-rest": "magento_rest",
    "adobe-journal": "adobe_journal",
    "files": "files",
    "sqs": "sqs",
    "pubsub": "pubsub",
    "fhir": "fhir",
    "zoom": "zoom",
    "twilio": "twilio",
    "shopify-admin": "shopify_admin",
}
"""Kinds of feeds, and the module of this room that reads each; it has `collector(post, options) -> Collector`."""


def collector_of(name: str, source: Source, *, home: Home, spool: Spool, clock: Clock) -> Collector:
    """What reads the feed of a source. Raises `BadSettings` when there is no such kind of feed, or its options are wrong."""
    feed = source.feed
    if feed is None or feed.kind not in FEEDS:
        known = ", ".join(FEEDS)
        raise BadSettings(f"The feed of source {name!r} is of no kind that we know.", advice=f"Use one of: {known}.")
    post = Post(name, source, home=home, spool=spool, clock=clock)
    collector: Collector = import_module(f"hemostat.collect.{FEEDS[feed.kind]}").collector(post, feed.options)
    return collector
