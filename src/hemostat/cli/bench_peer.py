"""The peer of the bench `intake`: a bare ASGI handler with the same HMAC and the same group commit, and nothing else.

`python -m hemostat.cli.bench_peer PORT FILE SECRET`. Same server with the same settings, same SQLite with `synchronous=FULL`,
one writer thread that commits whatever waits. It knows one secret and one table, and neither seals nor names what it keeps.
"""

import asyncio
import hmac
import queue
import signal
import sqlite3
import sys
import threading
from base64 import b64encode
from typing import Any

from granian.constants import Interfaces

from hemostat.intake.server import embedded

_TOGETHER = 500  # messages in one transaction, as in the intake


class Bare:
    """One address, one secret, one table."""

    def __init__(self, path: str, secret: bytes) -> None:
        self._secret = secret
        self._path = path
        self._queue: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        """Bodies are committed from now on."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """A signed body is on disk; an unsigned one is refused."""
        signature = next((value for name, value in scope["headers"] if name == b"x-shopify-hmac-sha256"), b"")
        parts, more = [], True
        while more:
            event = await receive()
            parts.append(event.get("body", b""))
            more = event.get("more_body", False)
        body = b"".join(parts)
        status = 401
        if hmac.compare_digest(b64encode(hmac.digest(self._secret, body, "sha256")), signature):
            future = self._loop.create_future()
            self._queue.put((body, future))
            await future
            status = 200
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def _write(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE messages (seq INTEGER PRIMARY KEY, body BLOB)")
        while (first := self._queue.get()) is not None:
            batch = [first]
            while len(batch) < _TOGETHER and not self._queue.empty():
                batch.append(self._queue.get())  # type: ignore[arg-type]  # nobody stops it but the end of the process
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO messages (body) VALUES (?)", [(body,) for body, _ in batch])
            db.execute("COMMIT")
            self._loop.call_soon_threadsafe(_resolve, [future for _, future in batch])


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


async def _serve(port: int, bare: Bare) -> None:
    server = embedded(bare, host="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    bare.start()
    await server.serve()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Bare(sys.argv[2], bytes.fromhex(sys.argv[3]))))
