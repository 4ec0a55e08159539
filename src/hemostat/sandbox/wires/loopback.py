"""A twin that answers on a loopback port of this process, from one function, for as long as somebody needs it."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `target` is path and query as they were sent; header names are lowercase."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a caller who hangs up is no fault of ours
            super().handle_error(request, client_address)


@contextmanager
def served(answer: Callable[[Asked], Said]) -> Iterator[str]:
    """What `answer` says is said at the address that this gives, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for the caller's delayed acknowledgement

        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = answer(Asked(method=self.command, target=self.path, headers=headers, body=self.rfile.read(size)))
            headers = {"content-type": said.content_type, "content-length": str(len(said.body)), **said.headers}
            self.send_response(said.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said.body)

        do_GET = do_HEAD = do_PUT = do_POST  # noqa: N815  # the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Nothing is said to standard error."""

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
