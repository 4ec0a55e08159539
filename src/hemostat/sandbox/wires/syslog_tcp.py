"""A strict twin of a syslog receiver over TCP or TLS with octet counting: RFC 5424 messages, framed as RFC 5425, 4.3 says."""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_FRAME = re.compile(rb"([1-9][0-9]{0,8}) ")
_MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)|-) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48})"
    rb" ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) (-|(?:\[.*\])+) ?(.*)",
    re.DOTALL,
)
_PRIORITIES = 192


class SyslogTcp:
    """A receiver. `messages` are the texts that it read; a connection that sends anything else is `refused` and ended."""

    def __init__(self, *, largest: int = 65_536, ends_after: int = 0) -> None:
        self.largest = largest
        self.ends_after = ends_after
        self.messages: list[bytes] = []
        self.refused = 0
        self.connections = 0

    def take(self, frame: bytes) -> bool:
        """Is the frame a message of RFC 5424? Then it is kept."""
        match = _MESSAGE.fullmatch(frame)
        if match is None or int(match[1]) >= _PRIORITIES:
            self.refused += 1
            return False
        self.messages.append(match[8])
        return True


@contextmanager
def listening(receiver: SyslogTcp, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The receiver listens on the port that this gives, on loopback, until the end of the block."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            receiver.connections += 1
            with suppress(OSError):
                self._read()

        def _read(self) -> None:
            kept, buffer = 0, b""
            while data := self.connection.recv(65_536):
                buffer += data
                while (frame := _frame(buffer, receiver.largest)) is not None:
                    content, buffer = frame
                    if not receiver.take(content):
                        return
                    kept += 1
                    if kept == receiver.ends_after:
                        return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

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
