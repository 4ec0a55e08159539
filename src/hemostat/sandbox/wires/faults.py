"""Receivers that fail on purpose: which fault comes when is decided by a seed, so that a run can be repeated."""

import random
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .loopback import Asked, Said


class Fault(StrEnum):
    """What goes wrong with one request."""

    BUSY = "503"
    THROTTLED = "429"
    TIMEOUT = "no answer in time"
    HALF = "kept, and half an answer"
    CUT_BEFORE = "cut before it was kept"
    CUT_AFTER = "kept, and cut before the answer"
    ACK_FALSE = "never acknowledged"
    RESTART = "restarted: what was not acknowledged is lost"
    DISK_FULL = "disk full"


class Faults:
    """Which fault the next request meets. At most `most` of them, `share` of all requests, of the kinds given."""

    def __init__(self, seed: int, *, share: float, most: int, kinds: tuple[Fault, ...] = tuple(Fault)) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # a plan of faults, no secret
        self._share = share
        self._most = most
        self._kinds = kinds
        self._lock = threading.Lock()
        self.met: Counter[Fault] = Counter()

    def stop(self) -> None:
        """No further fault comes."""
        with self._lock:
            self._most = 0

    def next(self) -> Fault | None:
        """The fault of the request that is there now, or None; it is counted."""
        with self._lock:
            if self.met.total() >= self._most or self._chance.random() >= self._share:
                return None
            fault = self._chance.choice(self._kinds)
            self.met[fault] += 1
            return fault


NO_FAULTS = Faults(0, share=0.0, most=0)


class Receiver(ABC):
    """What a simulated receiver is made of: what it keeps, what it answers, and its faults."""

    faults: Faults

    @abstractmethod
    def answer(self, sent: Asked, fault: Fault | None) -> Said:
        """What is said to a request; everything that it keeps is kept when this returns."""

    @abstractmethod
    def busy(self, fault: Fault) -> Said:
        """How this receiver says that it takes nothing now: BUSY, THROTTLED or DISK_FULL."""

    def restart(self) -> None:  # noqa: B027  # most receivers have nothing to forget
        """What a restart forgets is forgotten."""


@contextmanager
def receiving(receiver: Receiver, *, hang: float = 5.0, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[str]:
    """The receiver is at the address that this gives, on loopback, until the end of the block.

    hang: seconds that a request which gets no answer is held. port: where it is; 0 for any that is free.
    """
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            with suppress(OSError):
                self._serve()

        do_GET = do_POST  # noqa: N815  # the name that http.server calls

        def _serve(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sent = Asked(method=self.command, target=self.path, headers=headers, body=self.rfile.read(size))
            act = _acts(receiver, sent, receiver.faults.next() if self.command == "POST" else None)
            content, is_whole = act(lambda: stop.wait(hang))
            self.close_connection = self.close_connection or not is_whole
            if content is not None:
                self._say(content, is_whole=is_whole)
            if not is_whole:
                self.connection.shutdown(socket.SHUT_RDWR)

        def _say(self, content: Said, *, is_whole: bool) -> None:
            self.send_response(content.status)
            for name, value in {"content-type": content.content_type, **content.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content.body) + (0 if is_whole else 1)))
            self.end_headers()
            self.wfile.write(content.body if is_whole else content.body[: len(content.body) // 2])

        def log_message(self, *_: object) -> None:
            """Nothing is said to standard error."""

    server = _Server(("127.0.0.1", port), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A connection that its client cut is the client's to tell."""


_Act = Callable[[Callable[[], Any]], tuple[Said | None, bool]]


def _acts(receiver: Receiver, sent: Asked, fault: Fault | None) -> _Act:
    """What becomes of a request: its answer, if it gets one, and whether that is whole."""

    def act(hold: Callable[[], Any]) -> tuple[Said | None, bool]:
        if fault in _REFUSALS:
            return receiver.busy(fault), True
        if fault is Fault.TIMEOUT:
            hold()
        if fault is Fault.RESTART:
            receiver.restart()
        if fault in _NOTHING:
            return None, False
        said = receiver.answer(sent, fault)
        return (None if fault is Fault.CUT_AFTER else said), fault not in {Fault.CUT_AFTER, Fault.HALF}

    return act


_REFUSALS = frozenset({Fault.BUSY, Fault.THROTTLED, Fault.DISK_FULL})
_NOTHING = frozenset({Fault.TIMEOUT, Fault.RESTART, Fault.CUT_BEFORE})
