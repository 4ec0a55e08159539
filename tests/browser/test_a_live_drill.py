"""People play a drill in their browsers: from the first alert to the report, on the product as `hemostat drill run` starts it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hemostat.kernel import Home

from .conftest import Visitor, wait_for

ROOM = "/incidents/INC-0001/"
DRILL = "/drills/DRL-0001/"
LANES = {"engineer": "engineering", "compliance": "compliance", "counsel": "counsel"}
_PATIENCE = 120_000  # milliseconds, for what the pipeline does meanwhile on a busy machine
_MOST_ACTS = 60


class Live(NamedTuple):
    """A drill that runs: where its console is, where its report and its printed result will be, and its process."""

    url: str
    report: Path
    printed: Path
    process: subprocess.Popen[bytes]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """The drill, just started, with its console up."""
    home, report, printed = (tmp_path / name for name in ("home", "out", "printed.json"))
    command = [sys.executable, "-m", "hemostat", "drill", "run", "storefront-session-leak", "--json"]
    with printed.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--home", str(home), "--report", str(report)], env=os.environ | {"HEMOSTAT_HOME": str(home)}, stdout=out
        )
    for _ in range(600):
        if Home(home).exists():
            break
        time.sleep(0.1)
    console = Home(home).settings().console
    url = f"http://{console.host}:{console.port}"
    wait_for(f"{url}/account/login/", process)
    yield Live(url, report, printed, process)
    process.terminate()
    process.wait(60)


class Team:
    """One browser window for each role that takes part."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._members: dict[str, Visitor] = {}

    def __getitem__(self, role: str) -> Visitor:
        if role not in self._members:
            visitor = self._members[role] = Visitor(self._browser.new_context(), self._url)
            visitor.page.set_default_timeout(_PATIENCE)
            visitor.sign_in(role)
        return self._members[role]

    def complaints(self) -> list[str]:
        """What the browsers said was wrong."""
        return [complaint for visitor in self._members.values() for complaint in visitor.complaints]


def next_act(page: Page, role: str) -> Locator | None:
    """The first thing that the role may do now, its fields filled in; None when there is none."""
    act = page.locator(f"section[aria-labelledby='lane-{LANES[role]}'] button[id^='do-']:visible").first
    if not act.count():
        return None
    form = act.locator("xpath=ancestor::form")
    if form.locator("input[type=radio]").count():
        form.locator("input[type=radio]").first.check()
    for field in form.locator("textarea").all():
        field.fill("As the facts of the room say.")
    return act


def work(team: Team, role: str) -> bool:
    """The role has done one thing in the room, if there was one."""
    page = team[role].go(ROOM)
    act = next_act(page, role)
    if act is None:
        return False
    act.click()
    expect(page.locator("#said .saying")).to_be_visible(timeout=_PATIENCE)
    return True


def approve(team: Team) -> None:
    """The commander has confirmed what waits for a second person."""
    page = team["commander"].go(ROOM)
    for button in page.locator("button[id^='second-']").all():
        button.click()
        expect(page.locator("#said .saying")).to_be_visible(timeout=_PATIENCE)


def test_a_team_contains_a_live_leak_and_reads_its_report(live: Live, browser: Browser) -> None:
    """Alert, incident, sealed proof, closed path, counted people, clocks, decisions, the end, and a report of all that."""
    team = Team(browser, live.url)
    today = team["engineer"].go("/")
    today.locator("a[href^='/alerts/ALR-']").first.click()
    team["engineer"].page.click("#acknowledge")
    commander = team["commander"].go("/alerts/")
    commander.locator("a[href^='/alerts/ALR-']").first.click()
    commander.click("#alert-incident > summary")
    commander.click("#open-incident")
    commander.wait_for_url(re.compile(ROOM))

    for _ in range(_MOST_ACTS):
        acted = [work(team, role) for role in LANES]
        approve(team)
        if not any(acted):
            break
    room = team["commander"].go(ROOM)
    expect(room.locator("#part-meter")).to_contain_text("path closed", timeout=_PATIENCE)
    expect(room.locator("#part-clocks")).to_contain_text("Cal. Civ. Code 1798.82")
    team["training_lead"].go(DRILL).click("text=End the drill")

    page = team["training_lead"].page
    for _ in range(600):
        if page.goto(live.url + DRILL) and page.locator("text=Report as PDF").count():
            break
        time.sleep(0.2)
    assert [] == team.complaints()
    live.process.terminate()
    assert 0 == live.process.wait(60)
    assert (live.report / "report.pdf").read_bytes().startswith(b"%PDF")
    result = json.loads(live.printed.read_text())
    assert ("live", 0.0) == (result["mode"], result["measures"]["path_open_at_end"]["value"])
    assert result["people"]["counted"] == result["people"]["exposed"] > 0
    assert result["measures"]["evidence_quality"]["value"] > 0
