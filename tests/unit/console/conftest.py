"""A home, its story, and visitors who are signed in."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings as DjangoSettings

from hemostat.kernel import Home
from hemostat.people.rights import Role
from unit.console.home import home_made
from unit.console.story import Story

Visit = Callable[[Role], Client]


def lived_in(home: Home, settings: DjangoSettings) -> Home:
    """The home is that of the console under test."""
    settings.HOME = home
    settings.HEMOSTAT = home.settings()
    settings.ALLOWED_HOSTS = ["testserver"]
    return home


@pytest.fixture
def home(tmp_path: Path, settings: DjangoSettings) -> Home:
    """A sandbox home with demonstration sign-in."""
    return lived_in(home_made(tmp_path / "home"), settings)


@pytest.fixture
def story(db: None, home: Home) -> Story:  # noqa: ARG001  # the database is open while the story is told
    """The people of the home, and what can happen to them."""
    return Story(home)


@pytest.fixture
def visit(story: Story) -> Visit:
    """A browser in which the person of a role is signed in."""

    def sign_in(role: Role) -> Client:
        client = Client()
        client.force_login(story.person(role))
        return client

    return sign_in


@pytest.fixture
def twin() -> Iterator[str]:
    """A system that answers every call with one line; its address."""

    class OneLine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"one line\n")

        do_POST = do_GET  # noqa: N815  # same

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), OneLine)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
