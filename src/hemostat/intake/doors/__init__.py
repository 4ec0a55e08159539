"""One module a protocol: who sends, what it must look like, and what the sender is told. Each has `receive`."""

from collections.abc import Awaitable, Callable
from functools import lru_cache

from hemostat.intake.answers import Answer
from hemostat.intake.desk import Desk, Request

from . import adobe_events, commerce_webhooks, events, hec, otlp, shopify, twilio, zoom

Door = Callable[[Desk, Request, str], Awaitable[Answer]]
"""Takes one request for the source or store of a name and answers it. Raises `Refused`."""

NAMED: dict[str, Door] = {
    "events": events.receive,
    "shopify": shopify.receive,
    "adobe-events": adobe_events.receive,
    "commerce-webhooks": commerce_webhooks.receive,
    "zoom": zoom.receive,
    "twilio": twilio.receive,
}
"""Doors under `/in/<door>/<name>`."""

FIXED: dict[str, Door] = {
    "/v1/logs": otlp.receive,
    **{
        f"/services/collector{end}{version}": hec.receive
        for end in ("", "/event", "/raw", "/ack", "/health")
        for version in ("", "/1.0")
    },
}
"""Doors at addresses that a protocol prescribes, like `/v1/logs`; the name they get is the whole path."""

UNDER: dict[tuple[str, ...], Door] = {("otlp", "v1", "logs"): otlp.receive}
"""Doors under `/in/<door>/<name>/…`, whose last words a protocol adds to the address that its senders are given."""


@lru_cache(maxsize=1024)  # senders keep to their addresses
def door_at(path: str) -> tuple[Door, str] | None:
    """The door at an address, and the name that it gets; None when there is none."""
    if path in FIXED:
        return FIXED[path], path
    match path.split("/"):
        case ["", "in", door, name] if name and door in NAMED:
            return NAMED[door], name
        case ["", "in", door, name, *rest] if name and (door, *rest) in UNDER:
            return UNDER[door, *rest], name
    return None
