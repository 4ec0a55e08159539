"""Draws docs/pictures: a scripted drill stands still twenty minutes into its story, and a browser looks at its pages."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import stamina
from playwright.sync_api import sync_playwright

from hemostat.kernel import Home

PICTURES = Path("docs/pictures")
DRILL = ["drill", "run", "storefront-session-leak", "--autopilot", "--seed", "7"]
STAND_STILL = "(minute +20."
CHROMIUM = "/usr/bin/chromium"


def play(folder: Path) -> Home:
    """The sandbox home of a drill that was stopped when its story had come to `STAND_STILL`."""
    command = [sys.executable, "-m", "hemostat", *DRILL, "--home", str(folder / "home"), "--report", str(folder / "out")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as drill:
        for line in drill.stderr or ():
            if STAND_STILL in line:
                drill.kill()
                return Home(folder / "home")
    raise SystemExit(f"the drill ended before {STAND_STILL}...)")


@contextmanager
def console(home: Home) -> Iterator[str]:
    """The address of a console over the home, while the block runs."""
    environment: Mapping[str, str] = os.environ | {"HEMOSTAT_HOME": str(home.path)}
    settings = home.settings().console
    url = f"http://{settings.host}:{settings.port}"
    with subprocess.Popen([sys.executable, "-m", "hemostat.console"], env=environment) as process:
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=100, wait_initial=0.1, wait_max=0.3, timeout=30):
            with attempt:
                httpx.get(f"{url}/account/login/")
        yield url
        process.terminate()


def main() -> None:
    """The pictures are drawn again."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, console(play(Path(folder))) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 1420}, color_scheme="light")
        page.goto(f"{url}/account/login/")
        page.click("form[action$='/as/engineer/'] button")
        page.goto(f"{url}/incidents/INC-0001/")
        page.screenshot(path=PICTURES / "room.png")
        browser.close()


main()
