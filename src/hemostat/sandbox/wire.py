"""Plain HTTP/1.1 over connections that stay open: many requests out, then their answers in order.

A connection that breaks is made anew, and what was not answered is sent again: the other side may get a call twice, never not at
all.
"""

import socket
import time
from collections.abc import Sequence
from io import BufferedReader
from typing import NamedTuple

from hemostat.kernel import HemostatError

_PAUSE = 0.05
_TIMEOUT = 30.0
_BUSY = 503
_LONGEST_PAUSE = 5.0


class Unreachable(HemostatError):
    """A server of the sandbox did not answer for as long as we had patience."""


class Answer(NamedTuple):
    """One HTTP response. Header names are lowercase."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection to a loopback port. `patience` is how many seconds without any answer are borne before giving up."""

    def __init__(self, port: int, *, patience: float) -> None:
        self._port = port
        self._patience = patience
        self._socket: socket.socket | None = None
        self._reader: BufferedReader | None = None

    def exchange(self, requests: Sequence[bytes]) -> list[Answer]:
        """The answers to `requests`, in order; together they must fit the socket's buffer.

        Raises `Unreachable` when patience is out.
        """
        answers: list[Answer] = []
        broke_at = 0.0
        while len(answers) < len(requests):
            try:
                reader = self._send(b"".join(requests[len(answers) :]))
                for _ in range(len(requests) - len(answers)):
                    answers.append(_answer(reader))
                    broke_at = 0.0
            except OSError as error:
                self.close()
                now = time.monotonic()
                broke_at = broke_at or now
                if now - broke_at >= self._patience:
                    raise Unreachable(
                        f"Nothing answers on port {self._port} of this machine: {type(error).__name__}.",
                        advice="Start the sandbox's processes, or look into their logs.",
                    ) from error
                time.sleep(_PAUSE)
        return answers

    def deliver(self, requests: Sequence[bytes]) -> list[Answer]:
        """As `exchange`, but what is answered 503 is sent again after the pause that the answer asks for.

        Raises `Unreachable` when the other side stays busy for longer than we have patience.
        """
        answers = self.exchange(requests)
        waited = 0.0
        while busy := [index for index, answer in enumerate(answers) if answer.status == _BUSY]:
            if waited >= self._patience:
                raise Unreachable(
                    f"The server on port {self._port} of this machine stays busy.",
                    advice="Look whether its disk or spool is full.",
                )
            pause = min(max(_retry_after(answers[index]) for index in busy), _LONGEST_PAUSE)
            time.sleep(pause)
            waited += pause
            for index, answer in zip(busy, self.exchange([requests[index] for index in busy]), strict=True):
                answers[index] = answer
        return answers

    def close(self) -> None:
        """The connection is closed; the next exchange makes a new one."""
        if self._reader is not None:
            self._reader.close()
        if self._socket is not None:
            self._socket.close()
        self._reader = self._socket = None

    def _send(self, message: bytes) -> BufferedReader:
        if self._socket is None or self._reader is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._reader = self._socket.makefile("rb")
        self._socket.sendall(message)
        return self._reader


def message(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One request as it goes over the wire. The headers must not hold line breaks."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"content-length: {len(body)}\r\n" if body or method != "GET" else ""
    return f"{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}{length}\r\n".encode("latin-1") + body


def _retry_after(answer: Answer) -> float:
    seconds = answer.headers.get("retry-after", "")
    return max(float(seconds), _PAUSE) if seconds.isascii() and seconds.isdigit() else 1.0


def _answer(reader: BufferedReader) -> Answer:
    status = reader.readline()
    if not status.endswith(b"\n"):
        raise ConnectionResetError("hung up before the answer")
    headers: dict[str, str] = {}
    while (line := reader.readline()) != b"\r\n":
        if not line:
            raise ConnectionResetError("hung up within the head")
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = reader.read(length)
    if len(body) < length:
        raise ConnectionResetError("hung up within the body")
    return Answer(int(status[9:12]), headers, body)
