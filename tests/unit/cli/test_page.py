"""`hemostat page`: are the people on call reached? And how a channel gets its address."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hemostat.cli.main import app
from hemostat.kernel import BadInput, Home, Paging, Settings


@pytest.fixture
def pager() -> Iterator[tuple[str, list[str]]]:
    """The address of a service on loopback, and the pages that it took."""
    taken: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/", taken
    server.shutdown()
    thread.join()
    server.server_close()


def run(home: Home, *words: str, stdin: str = "") -> Result:
    """One command in a home."""
    return CliRunner().invoke(app, list(words), env={"HEMOSTAT_HOME": str(home.path)}, input=stdin)


def made(path: Path, *channels: str, kind: str = "production") -> Home:
    """A home with these channels."""
    home = Home(path / "home")
    home.create(Settings(kind=kind, paging=Paging(channels=list(channels))))  # type: ignore[arg-type]  # a literal of two words
    return home


def test_a_test_page_says_which_channel_took_it(tmp_path: Path, pager: tuple[str, list[str]]) -> None:
    """The address comes by `hemostat key set`; a channel without one fails the command."""
    address, taken = pager
    home = made(tmp_path, "duty", "spare")
    assert 0 == run(home, "key", "set", "paging.duty", stdin=address).exit_code

    tried = run(home, "page")
    assert (1, 1) == (tried.exit_code, len(taken))
    assert "duty: took the page" in tried.stdout
    assert "spare: The key 'paging.spare' is missing." in tried.stdout
    assert 0 == run(home, "page", "duty").exit_code
    assert ["Hemostat: this is a test page. Nothing has happened."] * 2 == taken


def test_a_new_address_replaces_the_old_one(tmp_path: Path, pager: tuple[str, list[str]]) -> None:
    """Unlike a webhook's secret, of which two count while the other side changes over."""
    address, taken = pager
    home = made(tmp_path, "duty")
    for text in ("json://127.0.0.1:1/old", address):
        run(home, "key", "set", "paging.duty", stdin=text)

    assert [address.encode()] == list(home.keyring(home.settings()).secrets("paging.duty"))
    assert (0, 1) == (run(home, "page").exit_code, len(taken))


@pytest.mark.parametrize(
    ("channels", "words", "said"),
    [((), (), "no paging channel"), (("duty",), ("night",), "No channel is called 'night'")],
)
def test_what_cannot_be_paged_is_named(tmp_path: Path, channels: tuple[str, ...], words: tuple[str, ...], said: str) -> None:
    """With the way out."""
    tried = run(made(tmp_path, *channels), "page", *words)

    assert isinstance(tried.exception, BadInput)
    assert said in str(tried.exception)


def test_a_sandbox_says_that_it_pages_nobody(tmp_path: Path) -> None:
    """It is no failure."""
    tried = run(made(tmp_path, "duty", kind="sandbox"), "page")

    assert 0 == tried.exit_code
    assert "pages nobody" in tried.stdout


def test_an_address_is_never_shown(tmp_path: Path) -> None:
    """It holds the secret of the service."""
    home = made(tmp_path, "duty")
    run(home, "key", "set", "paging.duty", stdin="json://127.0.0.1:1/secret")

    shown = run(home, "key", "show", "paging.duty")
    assert isinstance(shown.exception, BadInput)
    assert "secret" not in shown.output
