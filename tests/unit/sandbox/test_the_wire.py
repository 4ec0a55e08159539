"""Connections that stay open, and come back."""

import pytest

from hemostat.sandbox.wire import Line, Unreachable, message
from unit.sandbox.conftest import Peer, said_ok

REQUESTS = [message("GET", f"/{number}", {}) for number in range(3)]


def test_answers_come_in_the_order_of_the_requests(peer: Peer) -> None:
    """Several requests go out at once over one connection, which is used again."""
    peer.script = [said_ok(b"a"), said_ok(b"b", more="X-More: yes\r\n"), said_ok(b"c", status="404 Not Found"), said_ok(b"d")]
    line = Line(peer.port, patience=5)

    answers = line.exchange(REQUESTS)
    assert [(200, b"a."), (200, b"b."), (404, b"c.")] == [(answer.status, answer.body) for answer in answers]
    assert "yes" == answers[1].headers["x-more"]
    assert b"d." == line.exchange(REQUESTS[:1])[0].body
    line.close()


@pytest.mark.parametrize(
    "broken", [None, b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"]
)
def test_what_was_not_answered_is_sent_again(broken: bytes | None, peer: Peer) -> None:
    """The other side hangs up before, within the head or within the body of the second answer: two requests go out once more."""
    peer.script = [said_ok(b"a"), broken, said_ok(b"b"), said_ok(b"c")]
    line = Line(peer.port, patience=5)

    assert [b"a.", b"b.", b"c."] == [answer.body for answer in line.exchange(REQUESTS)]
    assert [b"/0", b"/1", b"/1", b"/2"] == [told.split()[1] for told in peer.told]
    line.close()


def test_nobody_there_is_said_so(peer: Peer) -> None:
    """When patience is out the error names the port and the way out."""
    peer.close()
    line = Line(peer.port, patience=0.1)

    with pytest.raises(Unreachable, match=str(peer.port)) as caught:
        line.exchange(REQUESTS)
    assert "Start" in caught.value.advice()
    line.close()


def test_a_busy_server_is_asked_again(peer: Peer) -> None:
    """Only what was answered 503 is sent again, after the pause that was asked for or a pause of our own."""
    busy = said_ok(b"", status="503 Service Unavailable", more="Retry-After: 0\r\n")
    vague = said_ok(b"", status="503 Service Unavailable")
    peer.script = [said_ok(b"a"), busy, vague, said_ok(b"b"), busy, said_ok(b"c")]
    line = Line(peer.port, patience=5)

    assert [b"a.", b"b.", b"c."] == [answer.body for answer in line.deliver(REQUESTS)]
    assert [b"/0", b"/1", b"/2", b"/1", b"/2", b"/2"] == [told.split()[1] for told in peer.told]
    line.close()


def test_a_server_that_stays_busy_is_given_up(peer: Peer) -> None:
    """Patience counts the pauses, and the error says where to look."""
    peer.script = [said_ok(b"", status="503 Service Unavailable", more="Retry-After: 0\r\n")] * 9
    line = Line(peer.port, patience=0.1)

    with pytest.raises(Unreachable, match="busy") as caught:
        line.deliver(REQUESTS[:1])
    assert "full" in caught.value.advice()
    line.close()


def test_bodies_have_their_length() -> None:
    """A POST always says how long it is, a GET without a body does not."""
    assert b"content-length: 2\r\n\r\nhi" in message("POST", "/", {"a": "b"}, b"hi")
    assert b"content-length: 0\r\n\r\n" in message("POST", "/", {})
    assert b"content-length" not in message("GET", "/", {})
