"""How the storefront calls the edge when the edge misbehaves."""

import asyncio

import pytest

from hemostat.kernel import SystemClock
from hemostat.sandbox.asgi import Caller, Reply, Request, application
from hemostat.sandbox.homes import STORY_BEGINS
from hemostat.sandbox.state import TwinState
from hemostat.sandbox.storefront import EdgeLine, Storefront
from unit.sandbox.conftest import Peer, said_ok

WHOLE = said_ok(b"a").replace(b"Content-Length", b"content-type: text/plain\r\ncontent-length")


def asked(state: TwinState, port: int) -> Reply:
    """What a browser hears when it asks for its session."""
    caller = Caller(ip="192.0.2.7", asn=0, at=STORY_BEGINS, agent="")
    request = Request(
        method="GET", path="/apps/care/session", raw_path="/apps/care/session", query="cid=1", headers={}, body=b"", caller=caller
    )

    async def ask() -> Reply:
        line = EdgeLine(port, patience=0.2)
        try:
            return await Storefront(state, edge=line).handle(request)
        finally:
            line.close()

    return asyncio.run(ask())


def test_an_app_that_is_away_is_a_bad_gateway(peer: Peer, state: TwinState) -> None:
    """When patience is out the browser hears 502."""
    peer.close()

    assert 502 == asked(state, peer.port).status


@pytest.mark.parametrize("broken", [None, b"HTTP/1.1 200 OK\r\ncontent-le", WHOLE[:-2]])
def test_a_call_that_breaks_is_made_again(broken: bytes | None, peer: Peer, state: TwinState) -> None:
    """A connection that ends before, within the head or within the body of an answer is replaced."""
    peer.script = [broken, WHOLE]

    answer = asked(state, peer.port)
    assert (200, b"a.") == (answer.status, answer.body)
    assert 2 == len(peer.told)


def test_connections_are_used_again(peer: Peer) -> None:
    """Two calls one after the other are one connection; a call that is given up leaves none behind."""
    peer.script = [WHOLE, WHOLE]

    async def twice() -> list[Reply]:
        line = EdgeLine(peer.port, patience=1)
        replies = [await line.get("/", {}), await line.get("/", {})]
        line.close()
        return replies

    assert [b"a.", b"a."] == [reply.body for reply in asyncio.run(twice())]
    assert 1 == peer.connections


def test_a_browser_that_leaves_takes_its_connection_along(peer: Peer) -> None:
    """A call that is cancelled while it waits does not leave half an answer for the next one."""
    peer.script = [b"HTTP/1.1 200 OK\r\n."]

    async def given_up() -> int:
        line = EdgeLine(peer.port, patience=5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.get("/", {}), timeout=0.2)
        return len(line._idle)  # what is kept for the next call is not to be seen from outside

    assert 0 == asyncio.run(given_up())


def test_a_body_may_come_in_pieces() -> None:
    """The twin reads a request body until its end."""
    heard: list[bytes] = []

    async def keep(request: Request) -> Reply:
        heard.append(request.body)
        return Reply()

    pieces = iter([{"body": b"a", "more_body": True}, {"more_body": True}, {"body": b"b"}])

    async def receive() -> dict[str, object]:
        return next(pieces)

    async def send(_message: dict[str, object]) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(application(keep, SystemClock())(scope, receive, send))
    assert [b"ab"] == heard
