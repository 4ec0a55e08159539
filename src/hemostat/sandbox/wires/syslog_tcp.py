"""A strict twin of a syslog receiver over TCP or TLS with octet counting: RFC 5424 messages, framed as RFC 5425, 4.3 says.

Its faults are those of a receiver that reads all that reached its machine: it falls silent with hardly any room for what comes
(TIMEOUT), or ends the connection in order in the middle of what comes, and still reads what is on the way (HALF). What becomes of
bytes that a program leaves unread no sender of syslog can know.
"""

import json
import re
import socket
import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .faults import NO_FAULTS, Fault, Faults

_FRAME = re.compile(rb"([1-9][0-9]{0,8}) ")
_MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)|-) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48})"
    rb" ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) (-|(?:\[.*\])+) ?(.*)",
    re.DOTALL,
)
_PRIORITIES = 192
_ROOM = 2048  # bytes that the machine holds for a program with faults; the kernel takes some more


class SyslogTcp:
    """A receiver. `messages` are the texts that it read; a connection that sends anything else is `refused` and ended.

    ids: how often each event was read, by the id in its message. hang: seconds of a silence that is a fault.
    """

    def __init__(self, *, largest: int = 65_536, ends_after: int = 0, faults: Faults = NO_FAULTS, hang: float = 0.0) -> None:
        self.largest = largest
        self.ends_after = ends_after
        self.faults = faults
        self.hang = hang
        self.messages: list[bytes] = []
        self.ids: Counter[str] = Counter()
        self.refused = 0
        self.connections = 0

    def take(self, frame: bytes) -> bool:
        """Is the frame a message of RFC 5424? Then it is kept."""
        match = _MESSAGE.fullmatch(frame)
        if match is None or int(match[1]) >= _PRIORITIES:
            self.refused += 1
            return False
        self.messages.append(match[8])
        with suppress(ValueError, KeyError, TypeError):
            self.ids[json.loads(match[8])["metadata"]["uid"]] += 1
        return True

    def falters(self, connection: socket.socket) -> None:
        """The fault of this moment, if there is one, has happened to the connection."""
        fault = self.faults.next()
        if fault is Fault.TIMEOUT:
            time.sleep(self.hang)
        if fault is Fault.HALF:
            connection.shutdown(socket.SHUT_WR)


@contextmanager
def listening(receiver: SyslogTcp, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The receiver listens on the port that this gives, on loopback, until the end of the block."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            receiver.connections += 1
            with suppress(OSError):
                _read(receiver, self.connection)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def server_bind(self) -> None:
            if receiver.faults is not NO_FAULTS:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
            super().server_bind()

        def get_request(self) -> tuple[socket.socket, Any]:
            connection, address = super().get_request()
            return (tls.wrap_socket(connection, server_side=True) if tls else connection), address

        def handle_error(self, *_: object) -> None:
            """A handshake that failed is the client's to tell."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _read(receiver: SyslogTcp, connection: socket.socket) -> None:
    """Messages are read until one is refused, enough were taken, or the other side ends."""
    kept, buffer = 0, b""
    while data := connection.recv(65_536):
        receiver.falters(connection)
        buffer += data
        while (frame := _frame(buffer, receiver.largest)) is not None:
            content, buffer = frame
            if not receiver.take(content):
                return
            kept += 1
            if kept == receiver.ends_after:
                return


def _frame(buffer: bytes, largest: int) -> tuple[bytes, bytes] | None:
    """The first whole frame and what follows it; None while there is none. A wrong count is a frame that no message fits."""
    head = _FRAME.match(buffer)
    if head is None:
        return None if buffer[:10].isdigit() or not buffer else (b"", b"")
    size = int(head[1])
    if size > largest:
        return b"", b""
    end = head.end() + size
    return (buffer[head.end() : end], buffer[end:]) if len(buffer) >= end else None
