"""Bodies are taken within bounds of size, memory and time, and nobody takes the room of all."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.intake.answers import Refused
from hemostat.intake.peers import peer_of
from hemostat.intake.receiving import Patience, Room, headers_of, receive_body
from unit.intake.rsgi import FakeWire, head


def take_in(wire: FakeWire, *, room: Room | None = None, length: int | None = None, patience: float = 5) -> bytes:
    """The body, of at most 100 bytes."""
    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    with (room or Room(10_000)).request() as take:
        return asyncio.run(receive_body(headers, wire, limit=100, patience=Patience(patience), take=take))


def refusal(wire: FakeWire, **given: object) -> tuple[int, str]:
    """Status and word with which a body is refused."""
    with pytest.raises(Refused) as refused:
        take_in(wire, **given)  # type: ignore[arg-type]  # what take_in takes
    return refused.value.status, refused.value.error


def test_parts_are_joined() -> None:
    """A body is whole when its last part has come, with or without a length announced."""
    assert b"abc" == take_in(FakeWire(b"a", b"bc"))
    assert b"abc" == take_in(FakeWire(b"abc"), length=3)
    assert b"" == take_in(FakeWire(), length=0)


@pytest.mark.parametrize("length", [5, None])
def test_a_body_that_ends_early_is_refused(length: int | None) -> None:
    """Its sender may have closed his side only, and still listen: he hears that nothing was kept."""
    assert (400, "truncated") == refusal(FakeWire(b"abc", ends="cut"), length=length)


def test_a_chunked_body_has_its_limit_too() -> None:
    """Without an announced length the bytes are counted as they come."""
    assert (413, "too_large") == refusal(FakeWire(b"x" * 60, b"x" * 60, ends="stalls"))


@pytest.mark.parametrize("length", [5, None])
def test_a_slow_sender_is_not_waited_for(length: int | None) -> None:
    """After its patience the door answers, so that slow senders do not hold its connections."""
    assert (408, "too_slow") == refusal(FakeWire(b"x", ends="stalls"), length=length, patience=0.01)


def test_each_sender_has_its_own_time() -> None:
    """One timer serves all: who began later has as long as who began first, and who is ended for another reason is ended."""
    patience = Patience(0.2)

    async def stalled() -> str:
        with pytest.raises(Refused) as refused:
            await receive_body({"content-length": "1"}, FakeWire(ends="stalls"), limit=1, patience=patience, take=lambda _: None)
        return refused.value.error

    async def later(seconds: float) -> float:
        await asyncio.sleep(seconds)
        began = asyncio.get_running_loop().time()
        assert "too_slow" == await stalled()
        return asyncio.get_running_loop().time() - began

    async def story() -> None:
        other = asyncio.create_task(stalled())
        first, second = await asyncio.gather(later(0), later(0.1))
        assert 0.2 <= min(first, second) + 0.001
        assert "too_slow" == await other
        ended = asyncio.create_task(stalled())
        await asyncio.sleep(0)
        ended.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ended

    asyncio.run(story())


def test_the_room_is_shared_and_given_back() -> None:
    """All requests under way share one room; over it senders are asked to come back; a request that ends leaves it."""
    room = Room(100)
    with room.request() as take:
        take(50)
        assert (503, "busy") == refusal(FakeWire(b"x" * 60), room=room)
        assert (503, "busy") == refusal(FakeWire(b"x" * 60), room=room, length=60)
        assert 50 == room.held

    assert b"x" * 60 == take_in(FakeWire(b"x" * 60), room=room, length=60)
    assert 0 == room.held


@given(sizes=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60), st.booleans())), hogs=st.sets(st.sampled_from("abc")))
def test_whatever_some_take_another_finds_room(sizes: list[tuple[str, int, bool]], hogs: set[str]) -> None:
    """One peer holds half of the room at most; beside any number of them, another still gets half of what is left."""
    room = Room(100)
    held = dict.fromkeys(hogs, 0)
    under_way = []
    for peer, size, is_last in ((peer, size, is_last) for peer, size, is_last in sizes if peer in hogs):
        request = room.request(peer)
        with contextlib.suppress(Refused):
            request.__enter__()(size)
            held[peer] += size
            under_way.append((request, peer, size))
        if is_last and under_way:
            ended, whose, gone = under_way.pop(0)
            ended.__exit__()
            held[whose] -= gone
        assert sum(held.values()) == room.held
        assert max(held.values()) <= 50

    free = 100 - room.held
    assert free * 2 ** len(hogs) >= 100
    with room.request("another") as take:
        take(free // 2)
    for request, _, _ in under_way:
        request.__exit__()
    assert 0 == room.held
    with room.request() as take:
        take(100)


def sender(client: str, *forwarded: str) -> str:
    """Who sent a request that came over this connection, behind the proxy 127.0.0.1."""
    scope = head(client=client, headers=[("x-forwarded-for", each) for each in forwarded])
    return peer_of(scope, headers_of(scope), ["127.0.0.1"])


def test_who_is_at_the_other_end() -> None:
    """The address of the connection; behind a known proxy the last one that it names; of IPv6 what one subscriber has."""
    assert "192.0.2.9" == sender("192.0.2.9:4000", "198.51.100.1")
    assert "203.0.113.7" == sender("127.0.0.1:4000", "198.51.100.1", "198.51.100.2, 203.0.113.7")
    assert "127.0.0.1" == sender("127.0.0.1:4000")
    assert "unknown" == sender("")
    assert "no address" == sender("127.0.0.1:1", "no address")
    assert sender("[2001:db8:0:1::1]:1") == sender("[2001:db8:0:1::2]:1") != sender("[2001:db8:0:2::1]:1")


def test_the_first_of_repeated_headers_counts() -> None:
    """One that is not ASCII is there, and empty."""
    assert {"a": "1", "b": "3"} == headers_of(head(headers=[("a", "1"), ("a", "2"), ("b", "3")]))
    assert {"a": "1", "b": ""} == headers_of(head(headers=[("a", "1"), ("b", "caf\xe9")]))
