"""`hemostat posture`: how every check stands, for people and for programs, and a look that is taken by hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hemostat.cli import content
from hemostat.cli.main import app
from hemostat.kernel import BadSettings, Home, Posture, Probe, Settings
from hemostat.sandbox.wires.care_site import PLANTED, CareSite, Site
from hemostat.sandbox.wires.loopback import served


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CareSite]:
    """A site, of which a home that commands use names two addresses."""
    site = CareSite(Site())
    with served(site) as address:
        probes = [
            Probe(kind="closed", surface="patient-portal", url=f"{address}/api/closed"),
            Probe(kind="staging", surface="storefront", url=f"{address}/staging"),
        ]
        home = Home(tmp_path / "home")
        home.create(Settings(kind="sandbox", posture=Posture(probes=probes)))
        monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
        yield site


def run(*words: str) -> Result:
    """What the command says."""
    return CliRunner().invoke(app, ["posture", *words])


def test_before_the_first_look_it_says_so(site: CareSite) -> None:
    """And asks nobody."""
    found = run()
    assert (0, []) == (found.exit_code, site.asked)
    assert "Nobody has looked yet" in found.output


def test_a_look_by_hand_is_kept(site: CareSite) -> None:
    """What holds, with its evidence; what is unknown, with what makes it known; a second call asks nobody."""
    now = run("--now")
    asked = len(site.asked)
    again = run()

    assert (0, 0) == (now.exit_code, again.exit_code)
    assert now.output == again.output
    assert asked == len(site.asked) > 0
    assert "+ HOLDS   Routes about people refuse whoever shows nothing (patient-portal)" in now.output
    assert "? UNKNOWN One patient cannot read what is another's (patient-portal)" in now.output
    assert "do: Make two synthetic patients" in now.output


def test_a_check_that_fails_ends_with_1(site: CareSite) -> None:
    """Where and what to do stand there, and nothing of what the site gave; a surface without a failure ends with 0."""
    site.site.open = True
    found = run("--now")

    assert 1 == found.exit_code
    assert "! FAILS   Not so: Routes about people refuse whoever shows nothing (patient-portal)" in found.output
    assert "/api/closed: It answers a stranger with what it guards." in found.output
    assert "do: Block the route at the edge" in found.output
    assert PLANTED not in found.output
    assert 1 == run("--surface", "patient-portal").exit_code
    assert 0 == run("--surface", "product-catalog").exit_code


def test_programs_read_one_document(site: CareSite) -> None:
    """The failures first, each with what a person reads on the page."""
    site.site.staging = 200
    document = json.loads(run("--now", "--json").stdout)
    first = document["checks"][0]

    assert document["looked_at"]
    assert ("staging-closed", "fails", ["storefront"], "high") == (
        first["check"], first["verdict"], first["surfaces"], first["level"],
    )  # fmt: skip
    assert {"where", "what"} == first["faults"][0].keys()
    assert {"patient-portal"} <= set(json.loads(run("--json", "--surface", "patient-portal").stdout)["checks"][0]["surfaces"])
    assert 2 == run("--surface", "shop").exit_code


def test_without_a_home_nothing_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that there is none."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(tmp_path / "none"))
    assert isinstance(run().exception, BadSettings)


def test_a_check_that_nobody_asks_is_a_fault_of_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that is asked and stands in no file."""
    monkeypatch.setattr("hemostat.readiness.posture.looking.every", lambda: {"no-store", "made-up"})
    faults = list(content._posture())

    assert "the check 'made-up' is in no file" in faults
    assert "the check 'trackers' is in a file, and nobody asks it" in faults
    assert not [fault for fault in faults if "no-store" in fault]
