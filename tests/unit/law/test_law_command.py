"""`hemostat law` answers on the command line, for people and for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemostat.cli.law import app
from hemostat.cli.main import app as hemostat
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


def call(*words: str) -> str:
    """What `hemostat law` prints when it succeeds, as the whole program runs it."""
    result = CliRunner().invoke(hemostat, ["law", *words], env={"COLUMNS": "200"}, catch_exceptions=False)
    assert 0 == result.exit_code
    return result.stdout


def test_assess_warns_of_days_after_today(facts: Path) -> None:
    """The present day is that of the machine, unless another is given."""
    assert "`discovery.known_at`, 2026-03-02, lies after today, 2026-03-01" in run("assess", str(facts), "--today", "2026-03-01")
    assert "lies after today" not in run("assess", str(facts), "--today", "2026-03-31")
    future = json.dumps(FACTS | {"discovery": {"known_at": "2099-01-01"}})
    assert "`discovery.known_at`, 2099-01-01, lies after today" in run("assess", "-", stdin=future)


def test_show_gives_what_lifts_a_row_and_what_it_is_bound_to() -> None:
    """Harm test, safe harbor, HIPAA, suits, holds, caps, amounts: all that the table holds."""
    assert "MD-IND" in run("show", "MD-AG")
    for name, words in {
        "MD-IND": "moves it, and 7 calendar days follow its end",
        "CA-1280-CDPH": "15 business days follow its end anew",
        "AR-AG": "AR-IND and the day residents are told",
        "NY-AG-HIPAA": "follows HIPAA-IND",
        "HIPAA-HHS-500": "goes with HIPAA-IND",
        "ME-IND": "where either is acquisition, release or use",
        "CA-150-2025": "USD 107 to 799",
        "FL-AG": "Only after consulting law enforcement",
        "CT-IND": "24 months",
    }.items():
        assert words in run("show", name)


def test_explain_tells_why_and_what_would_change_it(facts: Path) -> None:
    """The answer, the chain with clauses, other facts, changes of the law, and where to check."""
    shown = call("explain", "CA-AG-2026", "--facts", str(facts))
    for words in (
        "CA-AG-2026: State Attorney General, California",
        "on 2026-03-25 at the latest",
        "Residents of California affected: 501; it takes more than 500.",
        "Cal. Civ. Code 1798.82",
        "With 500 residents of California affected, it is not owed.",
        "2026-01-01: SB 446",
        "Verified: seen in two secondary sources. Where to check: https://",
        "! `encrypted` is missing",
    ):
        assert words in shown


def test_explain_prints_one_json_document(facts: Path) -> None:
    """A row that is not owed is explained as well, and a program reads it."""
    shown = json.loads(call("explain", "CA-IND-2025", "--facts", str(facts), "--json", "--today", "2026-03-10"))
    assert not shown["owed"]
    assert shown["answer"].startswith("Not owed. No longer law")
    assert shown["otherwise"][0]["owed"]


def test_changes_are_listed() -> None:
    """For people as a table, for programs as one JSON array."""
    shown = call("changes", "--since", "2026-01-01")
    for words in ("2026-01-01", "US-CA", "in force", "CA-IND-2025 ended", "not known", "pending"):
        assert words in shown
    assert "us-ny-2025-03" not in {change["id"] for change in json.loads(call("changes", "--since", "2026-01-01", "--json"))}
    assert "us-ny-2025-03" in {change["id"] for change in json.loads(call("changes", "--json"))}


def test_the_table_shows_rows_in_force() -> None:
    """One State by any of its names, on the day asked for; remedies and response deadlines say that they are none."""
    for name in ("CA", "us-ca", "California", " california "):
        assert "CA-IND-2026" in call("table", "--state", name)
    shown = call("table", "--state", "CA")
    for words in (
        "at most 30 calendar days after discovery",
        "more than 500 residents",
        "No breach deadline (response deadline)",
        "no count",
    ):
        assert words in shown
    assert "CA-IND-2025" not in shown
    assert "CA-IND-2025" in call("table", "--state", "CA", "--on", "2025-06-01")


def test_the_table_for_programs_holds_whole_rows() -> None:
    """All jurisdictions, each row with its clock, threshold, sources and whether it was verified."""
    rows = json.loads(call("table", "--json", "--on", "2026-06-01"))
    assert 173 == len(rows)
    (row,) = [one for one in rows if one["id"] == "CA-AG-2026"]
    assert 15 == row["clock"]["value"]
    assert {"operator": "more_than", "scope": "residents", "count": 500} == row["threshold"]
    assert {"seen": True, "basis": "two_secondary"} == row["verified"]
    assert row["sources"]


@pytest.mark.parametrize(
    ("words", "named", "advice"),
    [
        (["table", "--state", "Calfornia"], "Calfornia", "US-CA"),
        (["table", "--state", "Qqqq"], "Qqqq", "Jurisdictions look like US-CA"),
        (["show", "CA-IND-2062"], "CA-IND-2062", "CA-IND-2026"),
        (["show", "CA-AG"], "CA-AG", "Is it CA-AG-2026 or CA-AG-2025 or "),
        (["show", "ny-ag"], "ny-ag", "Is it NY-AG-2025 or NY-AG-HIPAA or NY-AG-NOHARM?"),
        (["show", "?"], "?", "hemostat law table"),
    ],
)
def test_a_name_that_nobody_knows_is_answered_with_what_is_close(words: list[str], named: str, advice: str) -> None:
    """The message names what was asked for; the advice what it may have been."""
    result = CliRunner().invoke(hemostat, ["law", *words])
    assert isinstance(result.exception, BadInput)
    assert named in str(result.exception)
    assert advice in result.exception.advice()


@pytest.mark.parametrize("words", [["table", "--state", "CA"], ["table"], ["changes"]])
def test_a_narrow_terminal_gets_a_list(words: list[str]) -> None:
    """At 80 columns each row is a few whole lines, and none of its words is cut; at 200 columns it is one table."""
    narrow = CliRunner().invoke(hemostat, ["law", *words], env={"COLUMNS": "80"}, catch_exceptions=False).stdout
    assert "\u2026" not in narrow
    assert max(len(line.rstrip()) for line in narrow.splitlines()) <= 80
    wide = call(*words)
    assert "\u2500\u2500\u2500" in wide
    for known in ("CA-AG-2026", "Without unreasonable delay, at most 15 calendar days after telling residents."):
        assert "--state" not in words or (known in wide and known in narrow)


def test_a_list_of_changes_has_what_the_table_has() -> None:
    """Day, place, state of the law, whether it was checked, the sentence, and the rows if there are any."""
    narrow = CliRunner().invoke(hemostat, ["law", "changes"], env={"COLUMNS": "80"}, catch_exceptions=False).stdout
    assert "not known  US-NJ  pending, checked: yes" in narrow
    assert "\n  NJ-IND\n" in narrow
    assert "2026-01-01  US-CA  in force, checked: yes" in narrow


def test_thresholds_are_words() -> None:
    """From one person on, a number of a place or of all, fewer than a number, or no count."""
    shown = call("table", "--state", "US")
    for words in (
        "one is enough",
        "at least 500 people in all",
        "fewer than 500 people in all",
        "residents of one State",
        "no count",
    ):
        assert words in shown
    assert "one is enough" in run("show", "FL-IND")


def test_show_tells_what_a_law_took_up_later() -> None:
    """Precise location, with its day and whether a source was seen."""
    assert "location since 2023-10-01" in run("show", "CT-IND")
    assert "not seen in a source" not in run("show", "CT-IND")
    assert "location since 2024-07-01 (not seen in a source)" in " ".join(run("show", "FL-IND").split())
