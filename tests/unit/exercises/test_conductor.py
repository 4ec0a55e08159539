"""How the conductor talks to the processes of its drill."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from hemostat.exercises.conductor import Conductor, _answers


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that http.server calls
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server on loopback."""
    server = HTTPServer(("127.0.0.1", 0), _Healthy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/healthz"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_shell_is_not_asked(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers on loopback answers, wherever the shell sends its calls."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(name, "http://192.0.2.1:3128")

    assert _answers(url)


class _Restarted:
    """Targets whose twin is away for its first call."""

    def __init__(self) -> None:
        self.calls = 0

    @contextmanager
    def client(self, name: str) -> Iterator[httpx.Client]:
        """A client of the twin."""
        with httpx.Client(base_url=f"http://{name}", transport=httpx.MockTransport(self._answer)) as client:
            yield client

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.calls == 1:
            raise httpx.ConnectError("away", request=request)
        return httpx.Response(200, json={"path_open": False})


def test_the_truth_waits_for_a_twin_that_is_started_again() -> None:
    """A killed process of the twin does not cost the drill its end."""
    conductor: Any = Conductor.__new__(Conductor)
    conductor.targets = _Restarted()

    assert {"path_open": False} == conductor._truth()
    assert 2 == conductor.targets.calls
