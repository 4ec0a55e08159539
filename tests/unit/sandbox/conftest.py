"""A sandbox home with its twin, and ways to call the twin's servers: in this process, or as the real processes."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

import httpx
import pytest

from hemostat.kernel import Home
from hemostat.sandbox.homes import ports_of, sandbox_home_create, twin_folder
from hemostat.sandbox.serve import twin_application
from hemostat.sandbox.state import TwinState

SEED = 7
Ask = Callable[..., httpx.Response]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox home whose clock stands shortly before the leak."""
    return sandbox_home_create(tmp_path / "home", seed=SEED, ports=None)


@pytest.fixture
def state(home: Home) -> Iterator[TwinState]:
    """The twin's memory, opened beside whichever server runs."""
    state = TwinState(twin_folder(home))
    yield state
    state.close()


@pytest.fixture
def ask(home: Home) -> Ask:
    """Calls one server of the twin in this process; the admin API with its key unless `key` says otherwise."""
    admin_key = home.keyring(home.settings()).secret("target.twin").hex()
    servers: dict[str, Any] = {}

    def ask(server: str, target: str, *, method: str = "GET", key: str = admin_key, **more: Any) -> httpx.Response:
        if server not in servers:
            servers[server] = twin_application(home, server)
        headers = more.pop("headers", {})
        if server == "admin":
            headers["authorization"] = f"Bearer {key}"

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(app=servers[server], client=("192.0.2.99", 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://twin") as client:
                return await client.request(method, target, headers=headers, **more)

        return asyncio.run(call())

    return ask


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    """Starts servers of the home by name (`storefront`, `care`, `admin`, `intake`), each in a process, and ends them at last."""
    settings = home.settings()
    ports = ports_of(settings)
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> subprocess.Popen[bytes]:
        words = ["hemostat.intake"] if name == "intake" else ["hemostat.sandbox.serve", name, str(home.path)]
        process = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | {"HEMOSTAT_HOME": str(home.path)})
        running.append(process)
        address = f"http://127.0.0.1:{getattr(ports, name)}/healthz"
        while process.poll() is None:
            try:
                httpx.get(address, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return process
        raise AssertionError(f"{name} ended with {process.returncode}")

    yield start
    for process in running:
        process.terminate()
        process.wait()


class Peer:
    """A server on loopback that follows a script: what it says to each request, or None to hang up. It keeps what it was told."""

    def __init__(self) -> None:
        self.script: list[bytes | None] = []
        self.told: list[bytes] = []
        self.headers: list[dict[bytes, bytes]] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.listens = True
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                opened, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with opened, opened.makefile("rb") as reader:
                self._talk(opened, reader)

    def _talk(self, opened: socket.socket, reader: BufferedReader) -> None:
        while line := reader.readline():
            self.told.append(line.strip())
            headers: dict[bytes, bytes] = {}
            while (header := reader.readline()) != b"\r\n":
                name, _, value = header.partition(b": ")
                headers[name] = value.strip()
            self.headers.append(headers)
            self.bodies.append(reader.read(int(headers.get(b"content-length", b"0"))))
            said = self.script.pop(0) if self.script else said_ok(b"")
            if said is None:
                return
            opened.sendall(said)
            if not said.endswith(b"."):
                return

    def close(self) -> None:
        """Nobody listens any more."""
        self.listens = False
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


def said_ok(body: bytes, *, status: str = "200 OK", more: str = "") -> bytes:
    """A whole answer; its body ends with a full stop, which is how the peer knows that it is whole."""
    body += b"."
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A server that follows a script."""
    peer = Peer()
    yield peer
    if peer.listens:
        peer.close()
