"""A console that runs as its own process, told by the same story as the page tests, and a real browser in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hemostat.kernel import Home

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 40.0


class Console(NamedTuple):
    """A running console: where it listens, its process, its home."""

    url: str
    process: subprocess.Popen[bytes]
    home: Home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser and takes its time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def told(home: Path, port: int) -> None:
    """The home at this path holds the story, told by a process of its own: a home belongs to one Django."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"HEMOSTAT_HOME": str(home), "PYTHONPATH": path}
    subprocess.run([sys.executable, "-m", "browser.tell", str(home), str(port)], env=environment, check=True, timeout=120)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which an incident is at work, told once; each test has a copy of its own."""
    home = tmp_path_factory.mktemp("story") / "home"
    told(home, free_port())
    return home


@pytest.fixture
def console(tmp_path: Path, story: Path) -> Iterator[Console]:
    """The console of a fresh home in which an incident is at work."""
    home, port = tmp_path / "home", free_port()
    shutil.copytree(story, home)
    settings = Home(home).settings()
    Home(home).write(msgspec.structs.replace(settings, console=msgspec.structs.replace(settings.console, port=port)))
    process = subprocess.Popen([sys.executable, "-m", "hemostat.console"], env=os.environ | {"HEMOSTAT_HOME": str(home)})
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/account/login/", process)
    yield Console(url, process, Home(home))
    process.terminate()
    process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """The address answers; fails when the process ended or stays silent."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the console ended"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own loopback address
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer")


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Visitor:
    """Somebody at the console, with what the browser complained about meanwhile."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        """The page at this path, loaded."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, role: str) -> None:
        """The visitor is the demonstration person of a role."""
        self.go("/account/login/").click(f"form[action$='/as/{role}/'] button")
        self.page.wait_for_url(f"{self.url}/")


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(console: Console, browser: Browser) -> Iterator[Arrive]:
    """Makes visitors: with a role, a color scheme, a width in pixels, and with or without script."""
    contexts = []

    def visitor(role: str = "", *, scheme: str = "light", width: int = 1280, script: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]  # light or dark
            java_script_enabled=script,
        )
        contexts.append(context)
        made = Visitor(context, console.url)
        if role:
            made.sign_in(role)
        return made

    yield visitor
    for context in contexts:
        context.close()
