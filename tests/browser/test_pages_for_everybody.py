"""Every page, as everybody meets it: light and dark, wide and narrow, without a finding of axe and within its budget."""

import contextlib
import gzip
import re
import time
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from hemostat.kernel import BadSettings
from hemostat.kernel.listening import require_free

from .conftest import Arrive, Console

PAGES = {
    "engineer": [
        "/",
        "/alerts/",
        "/alerts/ALR-0002/",
        "/incidents/",
        "/incidents/INC-0001/",
        "/rules/",
        "/rules/9ce9c725-3339-450d-a3ec-cba96da5b4b8/?alert=ALR-0003",
        "/rules/baseline-many-patients/",
        "/hunt/?saved=people_by_state",
        "/sources/",
        "/coverage/",
        "/rules/back-tests/",
        "/rules/back-tests/1/",
        "/rules/back-tests/2/",
        "/posture/",
        "/settings/",
    ],
    "compliance": [
        "/privacy/",
        "/incidents/INC-0001/",
        "/incidents/INC-0001/remedies/",
        "/incidents/INC-0001/notices/",
        "/incidents/INC-0001/notices/1/",
        "/incidents/INC-0001/clocks/1/",
        "/incidents/INC-0001/what-if/?people-US-CA=501&known=2026-03-01",
        "/calendar/",
    ],
    "counsel": [
        "/",
        "/incidents/INC-0001/",
        "/incidents/INC-0001/facts/",
        "/contracts/",
        "/incidents/INC-0001/assessment/",
        "/incidents/INC-0001/assessment/?place=US-FL",
    ],
    "commander": ["/incidents/INC-0001/"],
    "training_lead": ["/", "/drills/"],
    "auditor": ["/incidents/INC-0001/", "/rules/c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e01/", "/settings/"],
    "admin": ["/", "/sources/add/", "/settings/", "/account/factors/", "/account/password/"],
}
BUDGET = 60_000
"""Bytes of style and script of one page, compressed (gzip -9)."""


def findings(page: object) -> list[str]:
    """What axe says is wrong, by rule and place."""
    answer = Axe().run(page).response
    return [f"{found['id']}: {node['html'][:160]}" for found in answer["violations"] for node in found["nodes"]]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_open_to_everybody(arrive: Arrive, scheme: str, width: int) -> None:
    """Axe finds nothing on any page for any role, and the browser complains about nothing: no policy was broken."""
    wrong: list[str] = []
    for role, paths in PAGES.items():
        visitor = arrive(role, scheme=scheme, width=width)
        for path in paths:
            page = visitor.go(path)
            page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
            wrong += [f"{role} {path} {finding}" for finding in findings(page)]
            too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            wrong += [f"{role} {path} is wider than the screen"] if too_wide else []
        wrong += [f"{role} {complaint}" for complaint in visitor.complaints]
    entrance = arrive("", scheme=scheme, width=width)
    wrong += [f"entrance {finding}" for finding in [*findings(entrance.go("/account/login/")), *entrance.complaints]]

    assert not wrong, "\n".join(wrong)


def test_a_page_weighs_little(arrive: Arrive) -> None:
    """Style and script of the heaviest page stay within their budget, compressed."""
    visitor = arrive("engineer")
    html = visitor.go("/incidents/INC-0001/").content()
    files = re.findall(r'(?:<script src|<link rel="stylesheet" href)="([^"]+)"', html)

    weight = 0
    for file in files:
        with urllib.request.urlopen(visitor.url + file, timeout=5) as answer:  # noqa: S310  # our own loopback address
            weight += len(gzip.compress(answer.read(), 9))

    assert len(files) >= 3
    assert weight < BUDGET


def test_the_console_stops_when_asked(console: Console) -> None:
    """SIGTERM ends the process, with no complaint."""
    console.process.terminate()

    assert 0 == console.process.wait(15)


def test_a_killed_console_leaves_nothing_behind(console: Console) -> None:
    """When the console is killed, the process that answered ends with it: the next one finds its port free."""
    console.process.kill()
    console.process.wait(10)

    settings = console.home.settings().console
    for _ in range(100):
        with contextlib.suppress(BadSettings):
            require_free(settings.host, settings.port, section="console")
            return
        time.sleep(0.1)
    pytest.fail("something still listens")


def test_two_consoles_do_not_share_a_port(console: Console) -> None:
    """A second console at the same address is refused in words."""
    settings = console.home.settings().console

    with pytest.raises(BadSettings) as caught:
        require_free(settings.host, settings.port, section="console")

    assert "hemostat.toml" in caught.value.advice()
