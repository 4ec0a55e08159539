"""Web access logs, one request a line; the form of each line is found by looking at it."""

from collections.abc import Iterator

from hemostat.events.access import Access
from hemostat.kernel import Source

from . import combined_log, json_log
from .base import Message, Raw, ReaderContext, Rejected, Unreadable, read_lines
from .routes import RouteMap

LONGEST = 262_144
"""Bytes of a line. Request line, referrer and agent of 8 kB each, every byte written as six, as `\\u0001`, are 147 kB."""


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The requests of a message. Raises `BadSettings` when the source's route map uses words that are none of ours."""
    routes = RouteMap(message.source, source, secrets=context.shopify_secrets)

    def parse(line: bytes) -> Access:
        if len(line) > LONGEST:
            raise Unreadable(f"The line has {len(line):,} bytes.", advice=f"A line has at most {LONGEST:,} bytes.")
        is_object = line.lstrip().startswith(b"{")
        return routes.access(json_log.parse(line) if is_object else combined_log.parse(line))

    return read_lines(message.body, parse)
