"""The spine: a leak is played on real servers, noticed, contained, counted, weighed in law, and scored from what was done."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from hemostat.kernel import Home

from .conftest import Run

pytestmark = pytest.mark.slow


def ledger(home: Path) -> list[dict[str, Any]]:
    """The ledger of a drill's home, read as a stranger would."""
    database = sqlite3.connect(home / "db.sqlite3")
    database.row_factory = sqlite3.Row
    rows = [dict(row) for row in database.execute("SELECT * FROM people_ledgerentry ORDER BY seq")]
    database.close()
    return rows


def test_the_leak_is_noticed_and_closed_while_it_runs(answered: Run) -> None:
    """An alert within five minutes of the story, the path closed by probe, a small part of the people lost."""
    measures = answered.result["measures"]

    assert 0 < measures["time_to_detect"]["value"] <= 300
    assert 0 < measures["time_to_contain"]["value"] <= 1800
    assert 0 < answered.result["people"]["exposed"] < 1000
    assert 0.0 == measures["path_open_at_end"]["value"]
    assert 0.0 == measures["documents_lost"]["value"]


def test_people_are_counted_and_not_attempts(answered: Run) -> None:
    """The count of the responders, made in the lake by a saved question, is the twin's truth, state by state."""
    people = answered.result["people"]

    assert people["counted"] == people["exposed"] == sum(people["by_jurisdiction"].values())
    assert people["attempts"] > 4 * people["exposed"]
    recorded = [json.loads(row["payload"]) for row in ledger(answered.home) if row["act"] == "scope:record"]
    assert people["by_jurisdiction"] == recorded[-1]["people"]


def test_with_nobody_responding_the_whole_story_is_lost_and_told(unanswered: Run) -> None:
    """6,914 people in 38,420 attempts, by state as the law's boundary map has them; nobody answered, and the score says so."""
    people = unanswered.result["people"]

    assert (6_914, 38_420) == (people["exposed"], people["attempts"])
    assert {"US-CA": 1842, "US-TX": 811, "US-NY": 604, "US-FL": 577, "US-WA": 143}.items() <= people["by_jurisdiction"].items()
    assert all(
        count <= 500 for place, count in people["by_jurisdiction"].items() if place not in {"US-CA", "US-TX", "US-NY", "US-FL"}
    )
    assert 131.0 == unanswered.result["measures"]["documents_lost"]["value"]
    assert None is unanswered.result["measures"]["duties_correct"]["value"]
    assert all(line["real"]["happened"] for line in unanswered.result["timeline"] if line["kind"] == "story")
    assert "U" == unanswered.result["score"]["overall"]["rating"]
    assert unanswered.result["score"]["red_lines"]


def test_evidence_was_sealed_before_what_would_destroy_it(answered: Run) -> None:
    """Preserve before contain: in the ledger each destructive step stands after the seals it waits for."""
    rows = ledger(answered.home)
    sealed = {row["subject"].rpartition("/")[2]: row["seq"] for row in rows if row["act"] == "evidence:seal"}
    done = {row["subject"].rpartition("/")[2]: row["seq"] for row in rows if row["act"] == "step:execute"}

    assert max(sealed["app-artifact"], sealed["release-diff"]) < done["roll-back"]
    assert sealed["token-ledger"] < done["rotate-token-key"]
    assert max(sealed["edge-log"], sealed["app-log"]) < done["block-direct-host"]
    assert 1.0 == answered.result["measures"]["evidence_quality"]["value"]


def test_the_dangerous_step_took_two_persons(answered: Run) -> None:
    """Whoever asks to rotate the key is not whoever confirms it."""
    rows = ledger(answered.home)
    asked = next(row for row in rows if row["act"] == "step:request")
    confirmed = next(row for row in rows if row["act"] == "step:second")

    assert asked["subject"] == confirmed["subject"]
    assert asked["actor"] != confirmed["actor"]


def test_duties_carry_day_citation_and_reason(answered: Run) -> None:
    """Discovered on 10 March 2026 in New York: HIPAA on 9 May, California on 9 April; a duty without a number says so."""
    duties = {duty["id"]: duty for duty in answered.result["duties"]}

    assert "2026-05-09" == duties["HIPAA-IND"]["due"]
    assert "2026-04-09" == duties["CA-IND-2026"]["due"]
    assert all(duty["citation"] and duty["because"] for duty in duties.values())
    assert all(duty["advised"] is None or date.fromisoformat(duty["advised"]).weekday() < 5 for duty in duties.values())
    assert 1.0 == answered.result["measures"]["duties_correct"]["value"]


def test_every_figure_can_be_traced_to_the_ledger(answered: Run) -> None:
    """The entries behind a measure exist and are what the measure says."""
    rows = {row["seq"]: row for row in ledger(answered.home)}
    alert, acknowledged = answered.result["measures"]["time_to_acknowledge"]["entries"]

    assert ("alert:raise", "alert:acknowledge") == (rows[alert]["act"], rows[acknowledged]["act"])
    assert all(seq in rows for measure in answered.result["measures"].values() for seq in measure["entries"])
    assert all(measure["entries"] for measure in answered.result["measures"].values())
    figures = ("curve", "evidence", "duties")
    assert all(row["entries"] and set(row["entries"]) <= rows.keys() for name in figures for row in answered.result[name])
    assert all(row["entries"] for row in answered.result["people"]["places"])
    truth = json.loads(rows[answered.result["measures"]["people_exposed"]["entries"][0]]["payload"])["truth"]
    assert (answered.result["people"]["exposed"], False, 0) == (truth["people_exposed"], truth["path_open"], truth["tokens_live"])
    assert answered.result["ledger"]["entries"] == max(rows)


def test_the_scripted_response_is_faultless(answered: Run) -> None:
    """Full marks, notices included; each planned line says what became of it."""
    planned = {line["minute"]: line["real"]["words"] for line in answered.result["timeline"] if line["kind"] == "story"}

    assert 1.0 == answered.result["score"]["overall"]["score"]
    assert {1.0} == set(answered.result["notices"]["letters"].values())
    assert {1.0} == set(answered.result["evidence_audit"]["parts"].values())
    assert "happened at minute -372.0" == planned[-372]
    assert ("the leak was closed before", "the drill ended before") == (planned[55], planned[150])


def test_nobody_tried_to_leave(answered: Run, training_lead: httpx.Client) -> None:
    """All processes of a drill, the console among them, were at home: the guard had nothing to refuse."""
    assert 200 == training_lead.get("/drills/DRL-0001/").status_code
    assert b"" == (answered.home / "guard.ndjson").read_bytes()


def test_the_report_is_there_in_three_forms(answered: Run) -> None:
    """HTML that stands alone, PDF, and the result as JSON."""
    html = (answered.report / "report.html").read_text()

    assert (answered.report / "report.pdf").read_bytes().startswith(b"%PDF")
    assert answered.result["score"] == json.loads((answered.report / "result.json").read_text())["score"]
    assert "EXERCISE" in html
    assert "<svg" in html
    assert not any(word in html for word in ("http://127", "<script", "src="))


@pytest.fixture
def training_lead(answered: Run, tmp_path: Path) -> Iterator[httpx.Client]:
    """Somebody who runs drills, signed in at a console over a copy of the finished drill's home: a sign-in leaves its traces."""
    home = Path(shutil.copytree(answered.home, tmp_path / "home"))
    console = Home(home).settings().console
    environment = os.environ | {"HEMOSTAT_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", "hemostat.console"], env=environment)
    try:
        with httpx.Client(base_url=f"http://{console.host}:{console.port}", timeout=60) as client:
            until_it_answers(client)
            form = {"csrfmiddlewaretoken": next(value for name, value in client.cookies.items() if "csrf" in name)}
            assert 302 == client.post("/account/login/as/training_lead/", data=form).status_code
            yield client
    finally:
        process.terminate()
        process.wait(60)


def until_it_answers(client: httpx.Client) -> None:
    """The console of the client shows its entrance."""
    for _ in range(600):
        try:
            client.get("/account/login/")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the console does not answer")


def test_the_console_hands_the_report_out(answered: Run, training_lead: httpx.Client) -> None:
    """On the page of the drill, to be read in a browser and on paper."""
    page = training_lead.get("/drills/DRL-0001/").text
    read, printed = (training_lead.get(f"/drills/DRL-0001/report{ending}") for ending in ("", ".pdf"))

    assert all(f'href="/drills/DRL-0001/report{ending}"' in page for ending in ("", ".pdf"))
    assert (answered.report / "report.html").read_text() == read.text
    assert printed.content.startswith(b"%PDF")
    assert 'attachment; filename="DRL-0001-report.pdf"' == printed.headers["Content-Disposition"]


def test_progress_is_told_while_it_runs(answered: Run) -> None:
    """Long work shows where it is."""
    assert "people exposed, path open" in answered.words
    assert "people exposed, path closed" in answered.words
