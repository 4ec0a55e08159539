"""The load of the bench `intake`, in a process of its own: signed webhooks of 2 KB over kept connections.

`python -m hemostat.cli.bench_load PORT PATH SECRET CONNECTIONS SECONDS RATE CORE`; it ends by itself and prints one JSON object.
With a rate of 0 each connection sends the next when the last is answered: the closed loop, in which a slow server is asked less.
With another, webhooks fall due at that rate whatever the server does: the open loop. One that finds no free connection waits for
one, and its time counts from when it was due, so no wait is left out.
"""

import hmac
import json
import os
import select
import socket
import sys
import time
from base64 import b64encode
from collections import Counter, deque

_BODY = 2_070  # bytes, as one of `orders/create` with a few lines
_LAST_ANSWERS = 8.0  # seconds that answers are waited for at the end
_ANSWER = 4_096  # bytes of an answer at most
_OK, _LOST = 200, 0  # the status of an answer that never came whole is 0


class Wire:
    """One connection: what it sent, when that was due, and what came back so far."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.open()

    def open(self) -> None:
        """It is connected, anew where it was before."""
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.number = 0
        self.due = 0.0
        self.answer = b""

    def send(self, number: int, due: float, request: bytes) -> None:
        """Webhook `number` is on its way."""
        self.number, self.due, self.answer = number, due, b""
        self.socket.sendall(request)  # 2 KB fit between the two ends, and the last were answered

    def read(self) -> int | None:
        """The status of the answer; None as long as it is not whole."""
        try:
            part = self.socket.recv(_ANSWER)
        except ConnectionError:
            part = b""
        self.answer += part
        head, found, body = self.answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
        if found and len(body) >= length:
            return int(self.answer[9:12])
        return None if part else _LOST


class Load:
    """What is sent, and what came back."""

    def __init__(self, port: int, path: str, secret: bytes, *, connections: int, rate: float) -> None:
        start = b'{"id":450789469,"email":"nobody@fernhollow.example","note":"'
        self._body = start + b"x" * (_BODY - len(start) - 2) + b'"}'
        signature = b64encode(hmac.digest(secret, self._body, "sha256")).decode()
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(self._body)}\r\n"
            f"x-shopify-topic: orders/create\r\nx-shopify-shop-domain: bench.myshopify.example\r\n"
            f"x-shopify-hmac-sha256: {signature}\r\nx-shopify-api-version: 2026-10\r\nx-shopify-webhook-id: {os.getpid()}-"
        ).encode()
        self._rate = rate
        self._poll = select.epoll()
        self._wires = {wire.socket.fileno(): wire for wire in (Wire(port) for _ in range(connections))}
        for descriptor in self._wires:
            self._poll.register(descriptor, select.EPOLLIN)
        self._free = deque(self._wires.values())
        self._due: deque[float] = deque()
        self._scheduled = 0
        self.sent = 0
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.acknowledged: list[int] = []

    def run(self, seconds: float) -> dict[str, object]:
        """Everything that fell due was sent, and answered or given up."""
        began = time.perf_counter()
        until = began + seconds
        while (now := time.perf_counter()) < until:
            self._schedule(began, now)
            self._turn()
        within = self._scheduled, self.sent, len(self.seconds)
        while (self._due or len(self._free) < len(self._wires)) and time.perf_counter() < until + _LAST_ANSWERS:
            self._turn()
        found = sorted(self.seconds)
        return {
            "took": seconds,
            "due": within[0],
            "sent": within[1],
            "answered": within[2],
            "all_answered": len(found),
            "never_sent": len(self._due),
            "never_answered": len(self._wires) - len(self._free),
            "statuses": self.statuses,
            "acknowledged": [os.getpid(), self.acknowledged],
            "p50": found[len(found) // 2],
            "p99": found[len(found) * 99 // 100],
            "slowest": found[-1],
        }

    def _schedule(self, began: float, now: float) -> None:
        """What falls due up to now is due; in the closed loop that is one for each free connection."""
        if not self._rate:
            self._due.extend([now] * len(self._free))
            self._scheduled += len(self._free)
        while self._rate and (due := began + self._scheduled / self._rate) <= now:
            self._due.append(due)
            self._scheduled += 1

    def _turn(self) -> None:
        """What is due goes out, as far as connections are free, and what came back is read."""
        while self._due and self._free:
            self.sent += 1
            request = b"%b%d\r\n\r\n%b" % (self._head, self.sent, self._body)
            self._free.popleft().send(self.sent, self._due.popleft(), request)
        for descriptor, _ in self._poll.poll(0.001):
            wire = self._wires[descriptor]
            if (status := wire.read()) is not None:
                self._answered(wire, status)

    def _answered(self, wire: Wire, status: int) -> None:
        self.statuses[status] += 1
        self.seconds.append(time.perf_counter() - wire.due)
        if status == _OK:
            self.acknowledged.append(wire.number)
        if status == _LOST or b"\r\nconnection: close" in wire.answer:
            del self._wires[wire.socket.fileno()]
            wire.socket.close()
            wire.open()
            self._wires[wire.socket.fileno()] = wire
            self._poll.register(wire.socket, select.EPOLLIN)
        self._free.append(wire)


def main(port: str, path: str, secret: str, connections: str, seconds: str, rate: str, core: str) -> None:
    """What came of one round is on standard output."""
    os.sched_setaffinity(0, {int(core)})
    load = Load(int(port), path, bytes.fromhex(secret), connections=int(connections), rate=float(rate))
    print(json.dumps(load.run(float(seconds))))  # noqa: T201  # the parent reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
