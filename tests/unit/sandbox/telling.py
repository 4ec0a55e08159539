"""The made-up merchant's messages, and what the readers make of them."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from hemostat.events import Access
from hemostat.lake.spool import Incoming
from hemostat.sandbox.merchant import Leak, Mark, Sent, marked, settings
from hemostat.sandbox.merchant.forwarder import forwarded
from hemostat.sandbox.merchant.rhythm import day_of
from hemostat.sandbox.merchant.truth import leaking, truth_of
from hemostat.sandbox.merchant.world import World
from hemostat.sandbox.signing import client_secret
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read

SEED = 11
SMALL = 0.004
_SETTINGS = settings()
_CONTEXT = ReaderContext(shopify_secrets=(client_secret(SEED, 0),))


def records(message: Incoming) -> list[Raw | Rejected]:
    """What the reader of its source makes of a message."""
    read_in = Message(
        seq=1,
        source=message.source,
        received_at=message.received_at,
        content_type=message.content_type,
        headers=message.headers,
        body=message.body,
    )
    return list(read(read_in, _SETTINGS.sources[message.source], _CONTEXT))


def rows(sent: Iterable[Sent]) -> Iterator[tuple[Access, Mark | None]]:
    """Each record as the lake gets it, with its mark, if it has any. No record is rejected."""
    for message, marks in sent:
        by_line = {mark.line: mark for mark in marks}
        for record in records(message):
            assert isinstance(record, Raw), record
            yield record.access, by_line.get(record.line)


@cache
def days(first: int, count: int = 1, *, leaks: tuple[Leak, ...] = ()) -> list[Sent]:
    """The messages of some days with their marks, made once for all tests of a file."""
    return list(marked(SEED, range(first, first + count), volume=SMALL, leaks=leaks))


@cache
def leaked(leak: Leak) -> list[tuple[Access, Mark]]:
    """The records of a leak alone, as the lake gets them, with their marks."""
    world = World(SEED, volume=0)
    found = truth_of(world, leak)
    lines = chain.from_iterable(leaking(world, [leak], day) for day in range(day_of(found.begins), day_of(found.ends) + 1))
    return [(access, mark) for access, mark in rows(forwarded(lines, "leak")) if mark]


@cache
def accesses(day: int) -> list[Access]:
    """The records of one day without leaks."""
    return [access for access, _ in rows(days(day))]
