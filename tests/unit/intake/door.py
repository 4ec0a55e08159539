"""A real door on loopback for the tests, and ways to talk to it."""

import contextlib
import gzip
import hashlib
import hmac
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import Home, Intake, Settings, Source, SyslogPort
from hemostat.lake.spool import Spool

SECRETS = [b"new client secret", b"old client secret"]
SHOP = "fernhollow.myshopify.example"
LINE = b'203.0.113.24 - - [02/Mar/2026:14:04:00 +0000] "GET /api/session?cid=7000001 HTTP/1.1" 200 512 "-" "headless"\n'
NDJSON, TEXT, JSON = "application/x-ndjson", "text/plain", "application/json"
LIMIT = 200_000
_PORTS = 20_000, 32_000  # below those of connections, which begin at 32768
_NO_SOURCES: Mapping[str, Source] = {}


def free_port() -> int:
    """A port of loopback on which nobody listens; not one of those that the system gives to whoever connects meanwhile."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = random.randrange(*_PORTS)  # noqa: S311  # no secret
            probe.bind(("127.0.0.1", port))
            return port


class Reply:
    """What the door answered."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self) -> dict[str, Any]:
        """The body as the JSON object that it must be."""
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


class Door:
    """The intake process of a home, and a client of it."""

    def __init__(
        self,
        folder: Path,
        *,
        limit: int = LIMIT,
        spool_limit: int = 500_000_000,
        sources: Mapping[str, Source] = _NO_SOURCES,
        syslog: Sequence[SyslogPort] = (),
    ) -> None:
        self.port = free_port()
        self.home = Home(folder / "home")
        self.settings = Settings(
            intake=Intake(port=self.port, max_body=limit, spool_limit=spool_limit, syslog=list(syslog)),
            sources={
                "edge": Source(kind="access-log", store="fernhollow"),
                "app": Source(kind="events", store="fernhollow"),
                **sources,
            },
            shopify_stores={"fernhollow": SHOP},
        )
        self.home.create(self.settings)
        self.keyring = self.home.keyring(self.settings)
        self.keyring.put("shopify.fernhollow", SECRETS)
        self.log = folder / "intake.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """The process answers."""
        environment = {**os.environ, "HEMOSTAT_HOME": str(self.home.path)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "hemostat.intake"], env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if 200 == self.get("/healthz").status:
                    return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The process has ended; its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(how)
        status = self.process.wait(120)
        self.process = None
        return status

    def spool(self) -> Spool:
        """The spool of the home, opened beside the process."""
        return Spool(self.home.spool, key=self.keyring.secret("spool"), limit=10**10)

    def kept(self) -> list[tuple[int, str, bytes]]:
        """Number, source and body of every message, taken through plans as a worker would."""
        spool, found = self.spool(), []
        while plan := spool.plan():
            found += [(message.seq, message.source, message.body) for message in spool.messages(plan)]
            spool.written(plan, [], rejected=0)
        spool.close()
        return found

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, sender: str = "127.0.0.1"
    ) -> Reply:
        """One request on a connection of its own, from an address of loopback."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(sender, 0))
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        """A GET."""
        return self.request("GET", path)

    def bearer(self, source: str) -> dict[str, str]:
        """The header that shows the key of a source."""
        return {"authorization": f"Bearer {self.keyring.secret(f'source.{source}').hex()}"}

    def send(self, body: Any, *, source: str = "edge", kind: str = TEXT, **headers: str) -> Reply:
        """Log lines or events for a source, with its key."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", f"/in/events/{source}", body, {**self.bearer(source), "content-type": kind, **given})

    def webhook(
        self,
        body: bytes,
        *,
        secret: bytes = SECRETS[0],
        family: str = "x-shopify-",
        sender: str = "127.0.0.1",
        **headers: str,
    ) -> Reply:
        """A webhook as Shopify sends it; `headers` replace or, when empty, remove those of the family."""
        signature = b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
        own = {"hmac-sha256": signature, "topic": "customers/update", "webhook-id": "w-1", "shop-domain": SHOP}
        own.update({name.replace("_", "-"): value for name, value in headers.items()})
        given = {family + name: value for name, value in own.items() if value}
        return self.request("POST", "/in/shopify/fernhollow", body, {"content-type": JSON, **given}, sender=sender)

    def raw(self, head: str, body: bytes, *, cut: bool = True, wait: bool = True) -> bytes:
        """Bytes straight onto the wire; what came back until the door closed.

        With `cut` we say after `body` that nothing more comes; without `wait` we hang up at once.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as wire:
            wire.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
            if cut and wait:
                wire.shutdown(socket.SHUT_WR)
            parts = []
            while wait and (part := wire.recv(65_536)):
                parts.append(part)
            return b"".join(parts)

    def metric(self, name: str) -> float:
        """The value of one line of the metrics."""
        lines = self.get("/metrics").body.decode().splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"hemostat_intake_{name} "))


def packed(body: bytes) -> bytes:
    """The body, compressed."""
    return gzip.compress(body, mtime=0)
