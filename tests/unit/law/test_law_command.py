"""`hemostat law` answers on the command line, for people and for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemostat.cli.law import app
from hemostat.kernel import BadInput

FACTS = {
    "entity": {"kinds": ["hipaa_covered_entity"]},
    "discovery": {"known_at": "2026-03-02"},
    "affected": {"US-CA": 501, "US-AZ": 1, "US-IL": 1},
    "elements": ["name", "diagnosis"],
    "events": [
        {"kind": "hipaa_individual_notice_sent", "on": "2026-03-10"},
        {"kind": "law_enforcement_hold", "form": "oral", "from": "2026-03-05", "requested_days": 90},
        {"kind": "law_enforcement_hold", "form": "written", "from": "2026-03-06"},
    ],
}


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A facts document on disk."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS))
    return path


def run(*words: str, stdin: str | None = None) -> str:
    """What the command prints when it succeeds."""
    result = CliRunner().invoke(app, list(words), input=stdin, env={"COLUMNS": "160"}, catch_exceptions=False)
    assert 0 == result.exit_code
    return result.stdout


def test_assess_prints_one_json_document(facts: Path) -> None:
    """The document has duties, what is not owed, holds and warnings."""
    answer = json.loads(run("assess", str(facts), "--json"))
    assert ["duties", "not_owed", "holds", "warnings"] == list(answer)
    assert ["2026-04-04", None] == [hold["ends"] for hold in answer["holds"]]


def test_assess_reads_standard_input() -> None:
    """A dash takes the facts from the pipe."""
    answer = json.loads(run("assess", "-", "--json", stdin=json.dumps(FACTS)))
    assert "HIPAA-IND" in {duty["id"] for duty in answer["duties"]}


def test_assess_shows_people_dates_and_reasons(facts: Path) -> None:
    """The table has each duty with its date; citation, reasons and warnings are written out below and above."""
    shown = run("assess", str(facts))
    for words in (
        "CA-IND-2026",
        "2026-04-01",
        "met by HIPAA-IND",
        "45 CFR 164.404",
        "Discovered on 2026-03-02",
        "Looked at, and not owed",
        "Not a breach deadline",
        "oral hold until 2026-04-04",
        "written hold until further notice",
        "! `encrypted` is missing",
        "no date",
    ):
        assert words in shown


def test_assess_without_leftovers_prints_no_empty_heading(tmp_path: Path) -> None:
    """Federal rows are always looked at, so the heading stands; nothing else is printed when nobody is affected."""
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS | {"affected": {}, "events": []}))
    shown = run("assess", str(path))
    assert "Nobody is counted" in shown
    assert "hold until" not in shown


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    """The message names the file."""
    result = CliRunner().invoke(app, ["assess", str(tmp_path / "gone.json")])
    assert isinstance(result.exception, BadInput)
    assert "gone.json" in str(result.exception)


def test_elements_are_listed() -> None:
    """For people as a table, for programs as one JSON array with class and partners."""
    assert "dates of treatment" in run("elements")
    listed = {one["id"]: one for one in json.loads(run("elements", "--json"))}
    assert {"id": "ssn", "label": "Social Security number", "class": "ssn", "needs": []} == listed["ssn"]


def test_show_gives_the_row_with_its_sources() -> None:
    """The row shows its clock, its basis and where to check."""
    shown = run("show", "CA-AG-2026")
    for words in (
        "15 calendar days after consumer notice sent",
        "more than 500 residents",
        "two secondary",
        "https://",
        "2026-01-01 to now",
    ):
        assert words in shown


def test_show_of_a_row_without_numbers_or_elements() -> None:
    """Words stand where other rows have numbers."""
    shown = run("show", "PCI-BRAND")
    for words in ("no number", "does not turn on elements", "always to now", "no (none)"):
        assert words in shown


def test_show_of_an_unknown_row_is_bad_input() -> None:
    """The message names what was asked for."""
    result = CliRunner().invoke(app, ["show", "ZZ-IND"])
    assert isinstance(result.exception, BadInput)
