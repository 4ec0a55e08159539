"""`hemostat detect` over files."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest
import typer
from typer.testing import CliRunner

from hemostat.cli.detect import detect
from hemostat.kernel import BadInput

RULE = (
    "title: Errors\nid: 11111111-2222-4333-8444-555555555555\nlogsource: {category: test}\n"
    "detection: {s: {http.status|gte: 500}, condition: s}\n"
)
BURST = (
    "---\ntitle: Calls\nname: call\nlogsource: {category: test}\ndetection: {s: {ip|exists: true}, condition: s}\n"
    "---\ntitle: Burst\ncorrelation: {type: event_count, rules: [call], group-by: [ip], timespan: 10s, condition: {gte: 2}}\n"
)
EVENTS = [
    {"time": "2026-03-02T14:04:00Z", "ip": "192.0.2.1", "http": {"status": 503}},
    {"time": "2026-03-02T14:04:05Z", "ip": "192.0.2.1", "http": {"status": "200"}},
    {"ip": "192.0.2.1", "http.status": "504"},
]


@pytest.fixture
def app() -> typer.Typer:
    """The command alone."""
    made = typer.Typer()
    made.command()(detect)
    return made


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A folder of rules, one of them bad, and a file of events, one line of it bad."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "good.yml").write_text(RULE + BURST)
    (tmp_path / "rules" / "bad.yml").write_text("title: Bad\n")
    (tmp_path / "events.ndjson").write_text("\n".join([json.dumps(EVENTS[0]), "{", "", *map(json.dumps, EVENTS[1:])]) + "\n")
    return ["--rules", str(tmp_path / "rules"), "--events", str(tmp_path / "events.ndjson")]


def test_matches_are_lines_of_json(app: typer.Typer, files: list[str]) -> None:
    """One object for each match and one for each group; what cannot be used is named on standard error, and the exit is 0."""
    result = CliRunner().invoke(app, [*files, "--json"])

    assert 0 == result.exit_code
    assert [
        {"rule": "11111111-2222-4333-8444-555555555555", "line": 1},
        {"rule": "11111111-2222-4333-8444-555555555555", "line": 5},
        {"rule": "Burst", "group": {"ip": "192.0.2.1"}, "lines": [1, 4]},
    ] == [json.loads(line) for line in result.stdout.splitlines()]
    assert "rule left out: bad.yml: rule 'Bad'" in result.stderr
    assert "line 2 left out: not a JSON object" in result.stderr
    assert "1 events without a time take no part in correlations: lines 5" in result.stderr


def test_matches_are_words_for_people(app: typer.Typer, files: list[str]) -> None:
    """Without --json a person reads the titles."""
    result = CliRunner().invoke(app, files)

    assert ["Errors (medium): lines 1, 5", "Burst (medium, ip 192.0.2.1): lines 1, 4"] == result.stdout.splitlines()


def test_events_come_from_standard_input(app: typer.Typer, files: list[str]) -> None:
    """A dash reads a pipe."""
    result = CliRunner().invoke(app, [*files[:2], "--events", "-"], input=json.dumps(EVENTS[0]))

    assert ["Errors (medium): line 1"] == result.stdout.splitlines()


def test_nothing_found_prints_nothing(app: typer.Typer, tmp_path: Path) -> None:
    """Our own rules over an event that is none of ours find nothing."""
    (tmp_path / "events.ndjson").write_text('{"a": 1, "time": 1}\n')

    result = CliRunner().invoke(app, ["--events", str(tmp_path / "events.ndjson")])

    assert (0, "", "") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("text", [None, "title: Bad\n", "# nothing\n"])
def test_a_place_without_a_usable_rule(app: typer.Typer, tmp_path: Path, text: str | None) -> None:
    """Where no rule can be used there is nothing to trust: the folder is named and nothing counts as clean."""
    (tmp_path / "rules").mkdir()
    if text is not None:
        (tmp_path / "rules" / "bad.yml").write_text(text)
    (tmp_path / "events.ndjson").write_text('{"a": 1, "time": 1}\n')

    result = CliRunner().invoke(app, ["--rules", str(tmp_path / "rules"), "--events", str(tmp_path / "events.ndjson")])

    assert isinstance(result.exception, BadInput)
    assert f"There are no rules at {tmp_path / 'rules'} that can be used." == str(result.exception)
    assert "*.yml" in result.exception.advice()
    assert ("rule left out: bad.yml" in result.stderr) == (text == "title: Bad\n")


def test_a_folder_of_rules_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped folder ends the real command with status 2."""
    result = run([sys.executable, "-m", "hemostat", "detect", "--rules", str(tmp_path / "ruels")], input=b"", capture_output=True)  # noqa: PLW1510  # the status is what is asked

    assert 2 == result.returncode
    # a narrow terminal breaks the line anywhere
    assert f"Therearenorulesat{tmp_path / 'ruels'}" in "".join(result.stderr.decode().split())


def test_a_file_that_is_not_there(app: typer.Typer, files: list[str]) -> None:
    """The place is named."""
    result = CliRunner().invoke(app, [*files[:2], "--events", "/nowhere/events"])

    assert "The events at /nowhere/events cannot be read" in str(result.exception)
