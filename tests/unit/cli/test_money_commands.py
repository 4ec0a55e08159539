"""`hemostat law remedies` and `hemostat law exposure` answer for people and for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemostat.cli.main import app
from hemostat.kernel import BadInput

FACTS = {
    "entity": {"kinds": ["hipaa_covered_entity"]},
    "discovery": {"known_at": "2026-03-02"},
    "affected": {"US-CA": 501, "US-FL": 9},
    "elements": ["name", "diagnosis", "ssn"],
    "encrypted": False,
    "accessed": True,
    "acquired": True,
}


@pytest.fixture
def facts(tmp_path: Path) -> str:
    """A facts document on disk."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS))
    return str(path)


def run(*words: str) -> str:
    """What the command prints when it succeeds."""
    result = CliRunner().invoke(app, ["law", *words], env={"COLUMNS": "160"}, catch_exceptions=False)
    assert 0 == result.exit_code
    return result.stdout


def test_remedies_as_json(facts: str) -> None:
    """One document: what is owed, with its day, and what is not."""
    answer = json.loads(run("remedies", facts, "--json", "--cure-letter", "2026-03-09", "--cure-letter", "2026-03-10"))

    assert ["owed", "not_owed"] == list(answer)
    assert {"CA-IDENTITY": "2026-04-01", "CA-CURE": "2026-04-08", "CA-CURE-2": "2026-04-09", "HIPAA-TOLL-FREE": "2026-05-01"} == {
        one["id"]: one["due"] for one in answer["owed"]
    }


def test_remedies_for_people(facts: str) -> None:
    """The table has days and months; citation and reasons are written out below, and what is not owed with its reason."""
    shown = run("remedies", facts, "--unreachable", "9")

    for words in (
        "2026-04-01",
        "CA-IDENTITY",
        "12",
        "1798.82(d)(2)(G)",
        "It follows from CA-IND-2026",
        "Looked at, and not owed",
    ):
        assert words in shown
    assert "Letters fail to reach 9 people; it takes 10." in shown


def test_exposure_as_json(facts: str) -> None:
    """One document without a sum: ranges, laws that stay closed, cautions; the day decides what is late."""
    answer = json.loads(run("exposure", facts, "--json", "--today", "2026-04-03", "--violation", "2024-12-31"))

    assert ["ranges", "outside", "cautions"] == list(answer)
    ranges = {one["id"]: one for one in answer["ranges"]}
    assert (0, 501 * 750) == (ranges["CA-CCPA-150"]["low"], ranges["CA-CCPA-150"]["high"])
    assert 2_000 == ranges["FL-501-LATE"]["high"]


def test_exposure_for_people(facts: str) -> None:
    """The cautions come first, then the table, then each law with its inputs, assumptions and what to watch."""
    shown = run("exposure", facts)

    assert shown.startswith("! Each range is what a law allows")
    for words in ("HIPAA-TIER-1", "36,505", "2,190,294", "people: 501", "2027-01-01: ", "Looked at, and not open", "FTC-HBNR"):
        assert words in shown


@pytest.mark.parametrize("command", ["remedies", "exposure"])
def test_a_missing_file_is_named(tmp_path: Path, command: str) -> None:
    """The error says which file."""
    with pytest.raises(BadInput, match="gone"):
        run(command, str(tmp_path / "gone.json"))


def test_a_day_that_is_none_is_refused(facts: str) -> None:
    """A wrong day is a usage error, not a guess."""
    result = CliRunner().invoke(app, ["law", "exposure", facts, "--today", "2026-02-30"])

    assert 2 == result.exit_code
