"""Records cut into requests, and a refused request cut in halves until the events stand alone that the receiver refuses."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from .base import Before, Misconfigured, NotTaken, Record, Refused, Taken

SYSTEMATIC = 8
"""A request of so many events in which none is good is the fault of the settings, not of the events."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver said to one request: `reason` why it will never take it, or "" and the ticket for an acknowledgment.

    untouched: the receiver refused the whole, and has kept nothing of it.
    """

    reason: str = ""
    ticket: int | None = None
    untouched: bool = False


def by_requests(records: Sequence[Record], sizes: Sequence[int], *, most: int, most_bytes: int) -> list[Sequence[Record]]:
    """The records cut into requests, in order: each of at most `most` records and `most_bytes` bytes, and of one at least."""
    cut: list[Sequence[Record]] = []
    start = used = 0
    for index, size in enumerate(sizes):
        if index > start and (index - start >= most or used + size > most_bytes):
            cut.append(records[start:index])
            start, used = index, 0
        used += size
    return [*cut, records[start:]] if records else cut


def put(
    request: Sequence[Record], send: Callable[[Sequence[Record]], Outcome], *, before: Before, host: str
) -> Iterator[tuple[Taken, int | None]]:
    """The request is sent, whole or in ever smaller pieces, in order; each with its ticket.

    What was refused alone is told with the next piece that was taken, or at the end.
    Raises `Misconfigured` when a request of many events holds no good one, and what `send` raises.
    """
    held: list[Record] = []
    refused: list[Refused] = []
    good = False
    stack = [request]
    while stack:
        piece = stack.pop()
        outcome = _sent(piece, send, before)
        if not outcome.reason:
            good = True
            yield taken([*held, *piece], refused), outcome.ticket
            held, refused = [], []
        elif len(piece) > 1:
            middle = (len(piece) + 1) // 2
            stack += [piece[middle:], piece[:middle]]
        else:
            held += piece
            refused.append(Refused(records=tuple(piece), count=1, reason=outcome.reason))
    if not good and len(request) >= SYSTEMATIC:
        raise Misconfigured(
            f"{host} refuses every event of a request. The first: {refused[0].reason}",
            advice="Check the address, the key and the options; the events wait.",
        )
    if held:
        yield taken(held, refused), None


def _sent(piece: Sequence[Record], send: Callable[[Sequence[Record]], Outcome], before: Before) -> Outcome:
    """What the receiver said; what it has certainly not kept no longer counts as sent."""
    never_arrived = before(piece)
    try:
        outcome = send(piece)
    except NotTaken as error:
        if error.untouched:
            never_arrived()
        raise
    if outcome.untouched:
        never_arrived()
    return outcome


def taken(records: Sequence[Record], refused: Sequence[Refused] = ()) -> Taken:
    """All the records are the receiver's, but for those that it refused."""
    sent = len(records) - sum(one.count for one in refused)
    return Taken(position=records[-1].position, sent=sent, refused=tuple(refused))
