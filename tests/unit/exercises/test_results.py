"""A result says what the people of a run really did, every figure of it with the entries behind it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hemostat.exercises.models import Drill
from hemostat.exercises.report import report_html, report_pdf, report_write
from hemostat.exercises.results import drill_result
from hemostat.exercises.selectors import drill_truth
from hemostat.exercises.services import drill_end
from hemostat.incidents.models import Custody, Decision, Incident
from hemostat.incidents.services import clocks_refresh
from hemostat.incidents.vault import Vault
from hemostat.kernel import BadInput, Home
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import entries
from unit.console.story import PEOPLE, Story
from unit.exercises.conftest import ENDS, PACK, truth

End = Callable[..., Drill]


def result(drill: Drill) -> dict[str, Any]:
    """The result of the drill as it is printed."""
    return drill_result(drill=drill, pack=PACK)


def mark(found: dict[str, Any], name: str) -> dict[str, Any]:
    """The mark of one expectation."""
    marks = {each["id"]: each for each in found["score"]["marks"]}
    return dict(marks[name])


def test_doing_nothing_earns_nothing_for_duties_and_evidence(ended: End) -> None:
    """Nobody opened an incident: no clock was computed and nothing was sealed, whatever there was to find."""
    found = result(ended(path_open=True, tokens_live=6_914))

    assert (None, 0.0) == (mark(found, "duties")["value"], mark(found, "duties")["score"])
    assert (0.0, 0.0) == (mark(found, "evidence")["score"], found["evidence_audit"]["score"])
    assert {item.item for item in PACK.evidence} == set(found["evidence_audit"]["missing"])
    assert None is found["notices"]["score"]
    assert "U" == found["score"]["capabilities"]["notify"]["rating"]


def test_an_error_of_the_players_does_not_cancel_out(ended: End, story: Story) -> None:
    """Whoever takes the leak for mail addresses alone misses duties, for the key knows what really went out."""
    incident = story.incident_at_work()
    drill = ended()
    before = result(drill)["notices"]["score"]

    Incident.objects.filter(pk=incident.pk).update(elements=["email"])
    clocks_refresh(incident=incident, now=ENDS, cause="Taken for mail addresses.")
    after = result(drill)["notices"]["score"]

    assert set(before["missed"]) < set(after["missed"])
    assert "CA-IND-2026@US-CA" in after["missed"]
    assert after["score"] < before["score"]


@pytest.mark.parametrize("shown", ["alert", "letter"])
def test_the_key_counts_from_the_true_discovery(drill: Drill, story: Story, shown: str) -> None:
    """The day before the responders' own when a letter said so; the players' day when an alert was the first word."""
    story.incident_at_work()
    reported = "2026-03-09T20:00:00.000000Z" if shown == "letter" else None
    drill_end(drill=drill, by="conductor", now=ENDS, truth=truth(reported=reported))

    wrong = result(drill)["notices"]["score"]["wrong_day"]

    assert (shown == "letter") == ("CA-IND-2026@US-CA" in wrong)


def test_tokens_that_still_live_are_an_open_leak(ended: End, story: Story) -> None:
    """A team that blocks and rolls back and never rotates the key crosses the red line, and has not contained."""
    story.incident_at_work()

    found = result(ended(tokens_live=346))

    assert found["score"]["overall"]["score"] <= 0.65
    assert ["leak is still open" in line for line in found["score"]["red_lines"]] == [True]
    assert (1.0, "346 tokens are still good") == (
        found["measures"]["path_open_at_end"]["value"],
        found["measures"]["path_open_at_end"]["note"],
    )


@pytest.mark.parametrize(
    ("rationale", "facts", "share"), [("", [], 0.5), (" ", [], 0.5), ("Because.", [], 1.0), ("", ["ALR-0001"], 1.0)]
)
def test_a_decision_without_a_reason_or_a_fact_earns_half(
    ended: End, story: Story, rationale: str, facts: list[str], share: float
) -> None:
    """A lucky guess is not a sound decision."""
    incident = story.incident_at_work()
    step = incident.steps.get(slug="discovery-day")
    asked = incident.steps.filter(kind="decision").count()
    Decision.objects.filter(incident=incident).update(step=step, credit=1.0, rationale=rationale, facts=facts)

    assert round(share / asked, 4) == result(ended())["measures"]["decision_quality"]["value"]


def test_one_fault_of_evidence_costs_one_part(ended: End, story: Story, home: Home) -> None:
    """What was changed in the vault costs integrity alone, a hand-over without a reason custody alone."""
    incident = story.incident_at_work()
    drill = ended()
    path = Vault(home).path(incident.ref, "edge-log")
    whole = path.read_bytes()

    path.write_bytes(whole[:-1])
    damaged = result(drill)["evidence_audit"]
    path.write_bytes(whole)
    Custody.objects.filter(evidence__item="app-log").update(why="")
    unexplained = result(drill)["evidence_audit"]

    assert (0.5, 1.0, ["edge-log"], []) == part(damaged)
    assert (1.0, 0.5, [], ["app-log"]) == part(unexplained)
    assert damaged["faults"]
    assert unexplained["faults"]


def test_what_came_late_is_named(ended: End, story: Story) -> None:
    """The release was rolled back before its artifact was sealed, and the key rotated without a copy of the ledger."""
    incident = story.incident_at_work()
    incident.steps.filter(slug="rotate-token-key").update(state="done", done_at=ENDS, needs_sealed=["token-ledger", "app-log"])
    incident.steps.filter(slug="roll-back").update(state="done", done_at=PACK.story.start, needs_sealed=["edge-log"])

    found = result(ended())

    assert (["edge-log", "token-ledger"], round(1 / 3, 6)) == (
        found["evidence_audit"]["late"],
        round(found["evidence_audit"]["parts"]["order"], 6),
    )
    assert {"edge-log": True, "app-log": False} == {row["item"]: row["late"] for row in found["evidence"]}


def part(audit: dict[str, Any]) -> tuple[float, float, list[str], list[str]]:
    """Integrity and custody of an audit, and the items that cost them."""
    return audit["parts"]["integrity"], audit["parts"]["custody"], audit["broken"], audit["gaps"]


def test_every_figure_names_its_entries(ended: End, story: Story) -> None:
    """Measures, points of the curve, places, evidence and duties: each entry exists and is of an act that tells of the figure."""
    story.incident_at_work()
    found = result(ended())
    acts = {row.seq: row.act for row in entries()}
    rows = {
        "curve": {"exercise:end"},
        "evidence": {"evidence:seal"},
        "duties": {"scope:record", "clocks:compute"},
    }

    for name, told in rows.items():
        assert found[name]
        assert all(told == {acts[seq] for seq in row["entries"]} for row in found[name]), name
    assert all({"scope:record", "exercise:end"} == {acts[seq] for seq in row["entries"]} for row in found["people"]["places"])
    values = [measure for measure in found["measures"].values() if measure["value"] is not None]
    assert all(measure["entries"] for measure in values)
    assert {"evidence:seal"} == {acts[seq] for seq in found["evidence_audit"]["entries"]}
    assert all(line["entry"] in acts for line in found["timeline"])


def test_places_stand_beside_what_was_counted(ended: End, story: Story) -> None:
    """A state that the responders did not see, and one that they made up, are both told."""
    story.incident_at_work()
    truly = PEOPLE | {"US-NV": 9, "US-VT": 0}

    places = {row["place"]: (row["exposed"], row["counted"]) for row in result(ended(exposed_by_state=truly))["people"]["places"]}

    assert (9, 0) == places["US-NV"]
    assert (0, PEOPLE["US-VT"]) == places["US-VT"]
    assert (PEOPLE["US-CA"], PEOPLE["US-CA"]) == places["US-CA"]


def test_the_truth_is_in_the_ledger_and_scoring_again_gives_the_same(ended: End, story: Story) -> None:
    """What was scored can be scored again by a stranger."""
    story.incident_at_work()
    drill = ended()
    first = result(drill)
    end = drill_truth(drill)

    assert end is not None
    assert truth() == end.payload["truth"]
    assert first | {"ledger": None} == result(drill) | {"ledger": None}


def test_a_drill_that_a_person_ended_gets_its_truth_once(drill: Drill, story: Story) -> None:
    """She cannot ask the twin; the conductor does, in an entry of its own, and the timeline tells of one end."""
    story.incident_at_work()
    drill_end(drill=drill, by="tomas", now=ENDS)
    with pytest.raises(BadInput, match="not on record"):
        result(drill)
    for people in (5, 6):
        drill_end(drill=drill, by="conductor", now=ENDS, truth=truth(people_exposed=people))

    found = result(drill)

    assert ("tomas", 5) == (drill.ended_by, found["people"]["exposed"])
    assert ["tomas", "sandbox"] == [row.actor for row in entries(drill.ref) if row.act == LedgerAct.EXERCISE_END]
    assert ["tomas"] == [line["by"] for line in found["timeline"] if line["text"] == "the exercise ended"]


def test_the_report_tells_all_of_it_in_each_form(ended: End, story: Story, tmp_path: Path) -> None:
    """The audit part by part, what is missing, planned against real, each place, and the notices that are missing."""
    story.incident_at_work()
    drill = ended()
    result(drill)
    report_write(drill=drill, pack=PACK, folder=tmp_path)
    html = (tmp_path / "report.html").read_text()

    for words in (
        "completeness", "integrity", "custody", "order", "token-ledger", "the leak was closed before", "the drill ended before",
        "happened at minute -372.0", "US-CA", "Notice missing or incomplete", "14:12:00",
    ):  # fmt: skip
        assert words in html, words
    assert "…" not in html
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads(json.dumps(drill.result)) == json.loads((tmp_path / "result.json").read_text())


def test_a_run_of_nobody_can_be_reported(ended: End) -> None:
    """Without people, evidence or duties the report says so."""
    drill = ended(people_exposed=0, exposed_by_state={}, curve=[])
    result(drill)

    assert "Nothing was sealed" in report_html(drill=drill, pack=PACK)
    assert report_pdf(drill=drill, pack=PACK).startswith(b"%PDF")
