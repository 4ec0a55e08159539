"""The load of the bench `intake`, in a process of its own: signed webhooks of 2 KB over kept connections.

`python -m hemostat.cli.bench_load PORT PATH SECRET CONNECTIONS SECONDS RATE`; it ends by itself and prints one JSON object.
With a rate of 0 each connection sends the next when the last is answered; with another as many a second are begun, answered or
not, by whichever connection is free.
"""

import asyncio
import contextlib
import hmac
import json
import os
import sys
import time
from base64 import b64encode
from collections import Counter, deque

_BODY = 2_070  # bytes, as one of `orders/create` with a few lines
_LAST_ANSWERS = 8.0  # seconds that answers are waited for at the end


class Load:
    """What is sent, and what came back: seconds by status."""

    def __init__(self, path: str, secret: bytes) -> None:
        start = b'{"id":450789469,"email":"nobody@fernhollow.example","note":"'
        self._body = start + b"x" * (_BODY - len(start) - 2) + b'"}'
        signature = b64encode(hmac.digest(secret, self._body, "sha256")).decode()
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(self._body)}\r\n"
            f"x-shopify-topic: orders/create\r\nx-shopify-shop-domain: bench.myshopify.example\r\n"
            f"x-shopify-hmac-sha256: {signature}\r\nx-shopify-api-version: 2026-01\r\nx-shopify-webhook-id: {os.getpid()}-"
        ).encode()
        self.number = 0
        self.seconds: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.free: deque[Wire] = deque()

    def request(self) -> bytes:
        """The next webhook; each is another delivery."""
        self.number += 1
        return b"%b%d\r\n\r\n%b" % (self._head, self.number, self._body)


class Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load, *, until: float, is_paced: bool) -> None:
        self._load = load
        self._until = until
        self._is_paced = is_paced
        self._began = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It sends at once, or waits for its turn."""
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # a stream's
        self._next()

    def send(self) -> None:
        """One webhook is on its way."""
        self._began = time.perf_counter()
        self.transport.write(self._load.request())

    def data_received(self, data: bytes) -> None:
        """An answer, whole or in parts."""
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length or b"0"):
            return
        self._load.seconds.append(time.perf_counter() - self._began)
        self._load.statuses[int(self._answer[9:12])] += 1
        self._answer = b""
        self._next()

    def _next(self) -> None:
        if self._is_paced:
            self._load.free.append(self)
        elif time.perf_counter() < self._until:
            self.send()


async def run(port: int, load: Load, *, connections: int, seconds: float, rate: float) -> dict[str, object]:
    """All was sent, and answered or given up."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    until = began + seconds
    wires = [
        (await loop.create_connection(lambda: Wire(load, until=until, is_paced=rate > 0), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    missed = 0
    if rate:
        due = 0.0
        while (now := time.perf_counter()) < until:
            due += rate * 0.005
            while due >= 1:
                due -= 1
                if load.free:
                    load.free.popleft().send()
                else:
                    missed += 1
            await asyncio.sleep(max(0.0, now + 0.005 - time.perf_counter()))
    else:
        await asyncio.sleep(max(0.0, until - time.perf_counter()))
    took = time.perf_counter() - began
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_ANSWERS):
            while len(load.seconds) < load.number:  # noqa: ASYNC110  # each answer would have to set an event
                await asyncio.sleep(0.05)
    for wire in wires:
        wire.transport.close()
    found = sorted(load.seconds)
    return {
        "sent": load.number,
        "answered": len(found),
        "statuses": load.statuses,
        "not_sent": missed,
        "took": took,
        "p50": found[len(found) // 2],
        "p99": found[len(found) * 99 // 100],
        "slowest": found[-1],
    }


if __name__ == "__main__":
    given_port, given_path, given_secret, given_connections, given_seconds, given_rate = sys.argv[1:]
    given_load = Load(given_path, bytes.fromhex(given_secret))
    print(  # noqa: T201  # the parent reads it
        json.dumps(
            asyncio.run(
                run(
                    int(given_port),
                    given_load,
                    connections=int(given_connections),
                    seconds=float(given_seconds),
                    rate=float(given_rate),
                )
            )
        )
    )
