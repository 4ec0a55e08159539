"""The kinds of sources: how each comes in, and which module reads it. Every process loads this: it imports none of them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Door = Literal["events", "shopify", "none"]
"""How a source's messages come in over HTTP; `none` when they are only fetched, or come over a wire of their own."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source: what it is called, the module of `hemostat.sources` that reads it, and the door that it comes in by.

    text: may its messages be lines of text? Else they are JSON.
    """

    title: str
    module: str
    door: Door = "events"
    text: bool = False


KINDS: Mapping[str, Kind] = {
    "shopify": Kind(title="Shopify webhooks", module="shopify", door="shopify"),
    "access-log": Kind(title="Web access log", module="access_log", text=True),
    "events": Kind(title="Events in our own words", module="events"),
}
