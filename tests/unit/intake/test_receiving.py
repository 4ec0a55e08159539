"""Bodies are taken within bounds of size, memory and time."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from hemostat.intake.answers import Refused
from hemostat.intake.receiving import Patience, Receive, Room, headers_of, receive_body


def wire(*events: dict[str, Any]) -> Receive:
    """A server that hands over these events and then waits, as for a sender that sends no more."""
    left = list(events)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    return receive


def parts(*bodies: bytes, more: bool = False) -> Iterable[dict[str, Any]]:
    """The events of a body in parts; with `more` the last one is still to come."""
    for number, body in enumerate(bodies, start=1):
        yield {"type": "http.request", "body": body, "more_body": more or number < len(bodies)}


def take_in(receive: Receive, *, room: Room | None = None, length: int | None = None, patience: float = 5) -> bytes:
    """The body, of at most 100 bytes."""
    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    with (room or Room(10_000)).request() as take:
        return asyncio.run(receive_body(headers, receive, limit=100, patience=Patience(patience), take=take))


def refusal(receive: Receive, **given: Any) -> tuple[int, str]:
    """Status and word with which a body is refused."""
    with pytest.raises(Refused) as refused:
        take_in(receive, **given)
    return refused.value.status, refused.value.error


def test_parts_are_joined() -> None:
    """A body is whole when its last part has come, with or without a length announced."""
    assert b"abc" == take_in(wire(*parts(b"a", b"", b"bc")))
    assert b"abc" == take_in(wire(*parts(b"abc")), length=3)
    assert b"" == take_in(wire({"type": "http.request"}), length=0)


def test_a_body_that_ends_early_is_refused() -> None:
    """Fewer bytes than announced are a truncated body: nothing of it is taken."""
    assert (400, "truncated") == refusal(wire(*parts(b"abc")), length=5)


def test_a_chunked_body_has_its_limit_too() -> None:
    """Without an announced length the bytes are counted as they come."""
    assert (413, "too_large") == refusal(wire(*parts(b"x" * 60, b"x" * 60, more=True)))


def test_a_slow_sender_is_not_waited_for() -> None:
    """After its patience the door answers, so that slow senders do not hold its connections."""
    assert (408, "too_slow") == refusal(wire(*parts(b"x", more=True)), patience=0.01)


def test_each_sender_has_its_own_time() -> None:
    """One timer serves all: who began later has as long as who began first, and who is ended for another reason is ended."""
    patience = Patience(0.2)

    async def never() -> bytes:
        await asyncio.sleep(60)
        return b""

    async def later(seconds: float) -> float:
        await asyncio.sleep(seconds)
        began = asyncio.get_running_loop().time()
        with pytest.raises(TimeoutError):
            await patience.wait(never())
        return asyncio.get_running_loop().time() - began

    async def story() -> None:
        other = asyncio.create_task(patience.wait(never()))
        first, second = await asyncio.gather(later(0), later(0.1))
        assert 0.2 <= min(first, second) + 0.001
        with pytest.raises(TimeoutError):
            await other
        ended = asyncio.create_task(patience.wait(never()))
        await asyncio.sleep(0)
        ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ended

    asyncio.run(story())


def test_a_sender_that_hangs_up_is_answered() -> None:
    """He may have closed his side only, and still listen: he hears that nothing was kept."""
    assert (400, "truncated") == refusal(wire(*parts(b"x", more=True), {"type": "http.disconnect"}))


def test_the_room_is_shared_and_given_back() -> None:
    """All requests under way share one room; over it senders are asked to come back; a request that ends leaves it."""
    room = Room(100)
    with room.request() as take:
        take(50)
        assert (503, "busy") == refusal(wire(*parts(b"x" * 60)), room=room)
        assert 50 == room.held

    assert b"x" * 60 == take_in(wire(*parts(b"x" * 60)), room=room)
    assert 0 == room.held


def test_the_first_of_repeated_headers_counts() -> None:
    """Names are lowercase, whatever the server hands over."""
    assert {"a": "1", "b": "3"} == headers_of({"headers": [(b"A", b"1"), (b"a", b"2"), (b"b", b"3")]})
