"""A twin on a loopback port tells of its own faults, and not of callers who hang up."""

import socket
import struct
import time
from urllib.parse import urlsplit

import httpx
import pytest

from hemostat.sandbox.wires.loopback import Asked, Said, served


def _breaks(_: Asked) -> Said:
    raise ValueError("the twin is broken")


def test_a_fault_of_the_twin_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever wrote the twin reads what went wrong in it."""
    with served(_breaks) as address, pytest.raises(httpx.TransportError):
        httpx.get(address, trust_env=False)

    assert "the twin is broken" in capfd.readouterr().err


def test_a_caller_who_hangs_up_is_no_news(capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is reset while it is answered leaves no word, and the next caller is answered."""
    asked: list[str] = []

    def slowly(one: Asked) -> Said:
        asked.append(one.target)
        time.sleep(0.2)
        return Said(body=b"x" * 5_000_000)

    with served(slowly) as address:
        caller = socket.create_connection(("127.0.0.1", urlsplit(address).port))
        caller.sendall(b"GET /gone HTTP/1.1\r\nhost: x\r\n\r\n")
        while not asked:
            time.sleep(0.01)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets the connection
        caller.close()
        assert 200 == httpx.get(f"{address}/here", trust_env=False).status_code

    assert ["/gone", "/here"] == asked
    assert not capfd.readouterr().err


def test_a_caller_who_hangs_up_between_two_questions_is_no_news(capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is reset while the twin waits for the next question leaves no word either."""
    with served(lambda _: Said(body=b"x")) as address:
        for _ in range(5):
            caller = socket.create_connection(("127.0.0.1", urlsplit(address).port))
            caller.sendall(b"GET /here HTTP/1.1\r\nhost: x\r\n\r\n")
            assert caller.recv(12) == b"HTTP/1.1 200"
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            caller.close()
        time.sleep(0.2)

    assert not capfd.readouterr().err
