"""Commands that need no home: content checks and lists."""

import json

import pytest
from typer.testing import CliRunner

from hemostat.cli import content
from hemostat.cli.main import app
from hemostat.kernel import BadInput

RUN = CliRunner()


def test_all_content_that_ships_is_well_formed() -> None:
    """Law, rules, playbooks, packs, hunts and fields."""
    assert {"faults": []} == json.loads(RUN.invoke(app, ["content", "check", "--json"]).stdout)
    assert "well-formed" in RUN.invoke(app, ["content", "check"]).stdout


def test_a_fault_is_named_with_its_kind_and_the_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad file does not hide another."""

    def broken() -> object:
        raise BadInput("pack.yaml: title: missing")

    monkeypatch.setitem(content._CHECKS, "packs", broken)
    monkeypatch.setitem(content._CHECKS, "rules", lambda: iter(["x.yml: no condition"]))

    checked = RUN.invoke(app, ["content", "check"])

    assert 1 == checked.exit_code
    assert "packs: pack.yaml" in checked.stdout
    assert "rules: x.yml" in checked.stdout


def test_drills_are_listed() -> None:
    """For people, and for machines."""
    assert "storefront-session-leak" in RUN.invoke(app, ["drill", "list"]).stdout
    assert "storefront" == json.loads(RUN.invoke(app, ["drill", "list", "--json"]).stdout)[0]["surface"]


@pytest.mark.parametrize(
    "words",
    [
        ["drill", "run", "no-such-drill"],
        ["bench", "no-such-bench"],
        ["drill", "run", "storefront-session-leak", "--autopilot", "--nobody"],
    ],
)
def test_a_wrong_word_is_refused(words: list[str]) -> None:
    """Nothing is started."""
    assert 0 != RUN.invoke(app, words).exit_code
