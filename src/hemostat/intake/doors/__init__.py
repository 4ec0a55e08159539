"""One module a protocol: who sends, what it must look like, and what the sender is told. Each has `receive`."""

from collections.abc import Awaitable, Callable

from hemostat.intake.answers import Answer
from hemostat.intake.desk import Desk, Request

from . import events, shopify

Door = Callable[[Desk, Request, str], Awaitable[Answer]]
"""Takes one request for the source or store of a name and answers it. Raises `Refused`."""

NAMED: dict[str, Door] = {"events": events.receive, "shopify": shopify.receive}
"""Doors under `/in/<door>/<name>`."""

FIXED: dict[str, Door] = {}
"""Doors at addresses that a protocol prescribes, like `/v1/logs`; the name they get is the whole path."""
