"""Syslog receivers get whole frames; what their machine did not confirm counts as not sent."""

import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.syslog_tcp import SyslogTcp, listening
from hemostat.sinks import ways_of
from hemostat.sinks.base import Channel, Unavailable
from hemostat.sinks.journal import Journal
from unit.sinks.made import filled, nothing, records, run, runner, sent


@contextmanager
def channel(home: Home, url: str, **options: Any) -> Iterator[Channel]:
    """A channel to the receiver."""
    made = ways_of("log", Sink(kind="syslog", url=url, options={"seconds": 3.0, **options}), home=home).make("")
    yield made
    made.close()


def waits(true: Callable[[], bool]) -> bool:
    """Does it become true in good time?"""
    return any(true() or time.sleep(0.01) for _ in range(500))


def test_messages_are_framed_and_hold_the_event(home: Home) -> None:
    """The text is JSON in ASCII, whatever letters the event has."""
    receiver = SyslogTcp()
    made = records(450, message="caf\u00e9 \U0001f4a9\nnext")
    with listening(receiver) as port, channel(home, f"tcp://127.0.0.1:{port}") as to:
        assert 450 == sent(to.deliver(made, before=nothing))
        assert waits(lambda: len(receiver.messages) == 450)

    assert 1 == receiver.connections
    assert [one.ocsf for one in made] == [json.loads(message) for message in receiver.messages]
    assert all(message.isascii() for message in receiver.messages)
    assert 0 == receiver.refused


def test_the_head_says_when_who_and_how_bad(home: Home) -> None:
    """RFC 5424: facility 13, severity from OCSF, microseconds, the act as the kind of message."""
    server = socket.create_server(("127.0.0.1", 0))
    with channel(home, f"tcp://127.0.0.1:{server.getsockname()[1]}", hostname="edge.example") as to:
        list(to.deliver(records(1, severity=5), before=nothing))
        connection, _ = server.accept()
        text = connection.recv(65_536)
        connection.close()
    server.close()

    count, _, message = text.partition(b" ")
    assert int(count) == len(message)
    head = rb"<106>1 2026-03-02T12:00:00\.000000Z edge\.example hemostat - session:read - \{"
    assert re.match(head, message)


def test_over_tls_only_a_trusted_receiver_gets_anything(home: Home, tmp_path: Path) -> None:
    """A stranger's certificate ends it before the first event leaves."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    receiver = SyslogTcp()
    with listening(receiver, tls=context) as port:
        with channel(home, f"tls://127.0.0.1:{port}") as to, pytest.raises(Unavailable, match="broke off"):
            list(to.deliver(records(1), before=nothing))
        with channel(home, f"tls://127.0.0.1:{port}", ca=str(tmp_path / "ca.pem")) as to:
            assert 3 == sent(to.deliver(records(3), before=nothing))
            assert 3 == sent(to.deliver(records(3), before=nothing))
            assert waits(lambda: len(receiver.messages) == 6)
    assert 1 == receiver.connections


def test_a_message_that_a_receiver_would_cut_is_kept_instead(home: Home, spool: Spool) -> None:
    """It is in quarantine; the others go."""
    receiver = SyslogTcp(largest=4096)
    ids = [
        *filled(home, spool, batches=1, each=2),
        *filled(home, spool, batches=1, each=1, message="x" * 5000),
        *filled(home, spool, batches=1, each=1),
    ]
    with listening(receiver) as port:
        sink = Sink(kind="syslog", url=f"tcp://127.0.0.1:{port}", options={"largest": 4096})
        forwarder = runner(home, spool, sink, name="log")
        run(forwarder)
        assert waits(lambda: len(receiver.messages) == 3)
        forwarder.close()

    journal = Journal(home)
    assert [ids[2]] == [kept.first for kept in journal.kept("log")]
    assert 3 == journal.stream("log").sent
    journal.close()


def test_a_window_of_messages_that_are_all_too_long(home: Home) -> None:
    """Nothing is sent, and nothing holds up what comes after."""
    with channel(home, "tcp://127.0.0.1:9", largest=480) as to:
        (taken,) = to.deliver(records(3), before=nothing)
    assert (0, 3) == (taken.sent, len(taken.refused))


def test_a_receiver_that_ended_the_connection_is_called_again(home: Home, spool: Spool) -> None:
    """An idle one that went away is noticed before anything is sent to it."""
    receiver = SyslogTcp(ends_after=4)
    filled(home, spool, batches=1, each=4)
    with listening(receiver) as port:
        forwarder = runner(home, spool, Sink(kind="syslog", url=f"tcp://127.0.0.1:{port}"), name="log")
        run(forwarder)
        assert waits(lambda: len(receiver.messages) == 4)
        time.sleep(0.1)
        filled(home, spool, batches=1, each=4)
        run(forwarder)
        assert waits(lambda: len(set(receiver.messages)) == 8)
        forwarder.close()

    assert receiver.connections >= 2


def test_what_is_not_confirmed_counts_as_not_sent(home: Home) -> None:
    """A receiver that never reads: its machine takes so much, and then confirms no more."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with channel(home, f"tcp://127.0.0.1:{server.getsockname()[1]}", seconds=0.3) as to, pytest.raises(Unavailable):
        list(to.deliver(records(400, message="x" * 50_000), before=nothing))
    server.close()


def test_a_connection_that_the_receiver_ended_is_made_anew(home: Home) -> None:
    """Nothing is written into a connection that nobody reads any more."""
    server = socket.create_server(("127.0.0.1", 0))
    with channel(home, f"tcp://127.0.0.1:{server.getsockname()[1]}") as to:
        ours: socket.socket = to._connected()  # type: ignore[attr-defined]  # the moment before the next event
        theirs, _ = server.accept()
        theirs.close()
        assert waits(lambda: to._has_ended(ours))  # type: ignore[attr-defined]  # same

        assert to._connected() is not ours  # type: ignore[attr-defined]  # same
        server.accept()[0].close()
    server.close()


@pytest.mark.parametrize("reads", [True, False])
def test_a_receiver_that_ends_the_connection_meanwhile(home: Home, reads: bool) -> None:  # noqa: FBT001  # a parameter
    """With everything confirmed the connection is only closed; else nothing of it counts."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with channel(home, f"tcp://127.0.0.1:{server.getsockname()[1]}") as to:
        ours: socket.socket = to._connected()  # type: ignore[attr-defined]  # the moment between sending and confirming
        theirs, _ = server.accept()
        ours.setblocking(False)
        with suppress(BlockingIOError):
            while not reads:
                ours.send(b"x" * 100_000)
        theirs.shutdown(socket.SHUT_WR)
        assert waits(lambda: to._has_ended(ours))  # type: ignore[attr-defined]  # same
        if reads:
            to._confirmed(ours)  # type: ignore[attr-defined]  # same
            assert to._socket is None  # type: ignore[attr-defined]  # same
        else:
            with pytest.raises(Unavailable, match="ended the connection"):
                to._confirmed(ours)  # type: ignore[attr-defined]  # same
        theirs.close()
    server.close()


def test_a_receiver_that_cuts_while_it_is_sent_to_is_told(home: Home) -> None:
    """And one that is not there at all."""
    server = socket.create_server(("127.0.0.1", 0))

    def cut() -> None:
        connection, _ = server.accept()
        connection.recv(10)
        connection.close()

    thread = threading.Thread(target=cut, daemon=True)
    thread.start()
    with channel(home, f"tcp://127.0.0.1:{server.getsockname()[1]}") as to, pytest.raises(Unavailable):
        any(sent(to.deliver(records(200), before=nothing)) == 0 for _ in range(50))
    thread.join()
    server.close()
    with channel(home, "tcp://127.0.0.1:9") as to, pytest.raises(Unavailable, match="broke off"):
        list(to.deliver(records(1), before=nothing))


def test_the_twin_refuses_what_is_no_message() -> None:
    """Another framing, another format, a priority that does not exist, a frame that is too long."""
    for wrong in (
        b"<13>1 - h a - - - lf framing\n",
        b"9 <13>Oct 1",
        b"25 <199>1 - h a - - - priority",
        b"99999999 <13>1",
        b"0 x          ",
    ):
        receiver = SyslogTcp()
        with listening(receiver) as port, socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(wrong)
            assert b"" == connection.recv(10)
        assert (1, []) == (receiver.refused, receiver.messages)
