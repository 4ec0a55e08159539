"""Each measure reads the ledger and the truth, names its entries, and says when something never came to pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.exercises.facts import RunFacts
from hemostat.exercises.measures import DETERMINATION, MEASURES, measure_all
from hemostat.kernel import Entry, follow

LEAK = datetime(2026, 3, 10, 14, tzinfo=UTC)


def ledger(*acts: tuple[float, str, str, dict[str, Any]]) -> tuple[Entry, ...]:
    """A chain of acts: minute of the story, act, subject, payload."""
    chain: list[Entry] = []
    for minute, act, subject, payload in acts:
        at = LEAK + timedelta(minutes=minute)
        previous = chain[-1] if chain else None
        chain.append(follow(previous, at=at, recorded_at=at, actor="x", act=act, subject=subject, payload=payload))
    return tuple(chain)


STORY = ledger(
    (-20, "exercise:start", "DRL-0001", {}),
    (-5, "alert:raise", "ALR-0000", {}),
    (0, "exercise:leak", "DRL-0001", {}),
    (2, "alert:raise", "ALR-0001", {}),
    (5, "alert:acknowledge", "ALR-0001", {}),
    (8, "incident:open", "INC-0001", {}),
    (9, "step:execute", "INC-0001/step/seal-logs", {}),
    (10, "evidence:seal", "INC-0001/evidence/edge-log", {}),
    (11, "step:request", "INC-0001/step/block", {}),
    (12, "incident:contain", "INC-0001", {}),
    (13, "incident:reopen", "INC-0001", {}),
    (14, "evidence:seal", "INC-0001/evidence/token-ledger", {}),
    (22, "incident:contain", "INC-0001", {}),
    (30, "scope:record", "INC-0001", {"total": 100}),
    (30, "clocks:compute", "INC-0001", {}),
    (41, "decision:record", "INC-0001", {"step": "other"}),
    (44, "decision:record", "INC-0001", {"step": DETERMINATION}),
    (50, "notice:draft", "INC-0001/notice/1", {}),
    (51, "notice:draft", "INC-0001/notice/2", {}),
    (52, "notice:edit", "INC-0001/notice/1", {}),
    (60, "exercise:end", "DRL-0001", {}),
)
GOOD = RunFacts(
    entries=STORY,
    leak_at=LEAK,
    ended_at=LEAK + timedelta(minutes=60),
    people_exposed=100,
    people_counted=100,
    documents_lost=0,
    path_open=False,
    tokens_live=0,
    wrong_acts=(),
    containing=frozenset({"block", "rotate"}),
    mandatory=frozenset({"edge-log", "token-ledger"}),
    evidence_quality=0.9,
    evidence_destroyed=(),
    credits=(1.0, 0.5),
    decisions=3,
    duties_found={"A@": "2026-04-09", "B@": None},
    duties_key={"A@": "2026-04-09", "B@": None},
    letters={"A@": 1.0},
)


@pytest.mark.parametrize(
    ("name", "value", "entries"),
    [
        ("time_to_detect", 120.0, (3, 4)),
        ("time_to_acknowledge", 180.0, (4, 5)),
        ("time_to_declare", 360.0, (4, 6)),
        ("time_to_contain", 1200.0, (4, 13)),
        ("people_exposed", 100.0, (21,)),
        ("documents_lost", 0.0, (21,)),
        ("wrong_acts", 0.0, (21,)),
        ("evidence_quality", 0.9, (8, 12)),
        ("time_to_evidence", 180.0, (9, 12)),
        ("count_error", 0.0, (14, 21)),
        ("time_to_determine", 2160.0, (6, 17)),
        ("decision_quality", 0.5, (16, 17)),
        ("duties_correct", 1.0, (15, 19, 20, 21)),
        ("path_open_at_end", 0.0, (21,)),
        ("evidence_destroyed", 0.0, (21,)),
    ],
)
def test_each_measure_of_a_made_up_run(name: str, value: float, entries: tuple[int, ...]) -> None:
    """Values by hand; an alert from before the leak does not count, a path that opened again was not closed for good before."""
    measure = MEASURES[name](GOOD)

    assert (value, entries) == (measure.value, measure.entries)


def test_there_is_no_measure_without_a_test_by_hand() -> None:
    """The table above is complete."""
    rows = test_each_measure_of_a_made_up_run.pytestmark[0].args[1]

    assert set(MEASURES) == {row[0] for row in rows}


@pytest.mark.parametrize(
    ("without", "name", "words"),
    [
        ("alert:raise", "time_to_detect", "no alert"),
        ("alert:raise", "time_to_declare", "no alert"),
        ("alert:acknowledge", "time_to_acknowledge", "acknowledged"),
        ("incident:open", "time_to_declare", "no incident"),
        ("step:request", "time_to_evidence", "nobody decided to contain"),
        ("incident:open", "time_to_determine", "no breach assessment"),
        ("incident:contain", "time_to_contain", "not closed"),
        ("evidence:seal", "time_to_evidence", "never sealed: edge-log, token-ledger"),
        ("scope:record", "count_error", "no count"),
        ("decision:record", "time_to_determine", "no breach assessment"),
        ("clocks:compute", "duties_correct", "no legal clock"),
    ],
)
def test_what_never_came_to_pass_has_no_value_and_says_why(without: str, name: str, words: str) -> None:
    """An act that is missing is not a fast one."""
    facts = msgspec.structs.replace(GOOD, entries=tuple(entry for entry in STORY if entry.act != without))

    measure = MEASURES[name](facts)

    assert measure.value is None
    assert words in measure.note


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"path_open": True}, "time_to_contain", None),
        ({"path_open": True}, "path_open_at_end", 1.0),
        ({"tokens_live": 3}, "time_to_contain", None),
        ({"tokens_live": 3}, "path_open_at_end", 1.0),
        ({"people_counted": 90}, "count_error", 0.1),
        ({"people_counted": None}, "count_error", None),
        ({"people_exposed": 0, "people_counted": 0}, "count_error", 0.0),
        ({"wrong_acts": ("uninstalled the app",)}, "wrong_acts", 1.0),
        ({"evidence_destroyed": ("app-log",)}, "evidence_destroyed", 1.0),
        ({"decisions": 0, "credits": ()}, "decision_quality", 0.0),
        ({"mandatory": frozenset({"edge-log"})}, "time_to_evidence", 0.0),
        ({"duties_found": {"A@": "2026-04-09"}}, "duties_correct", 0.6778),
        ({"duties_found": {"A@": "2026-04-10", "B@": None}}, "duties_correct", 0.9),
        ({"people_counted": None}, "duties_correct", 0.9),
        ({"duties_found": {}, "duties_key": {}}, "duties_correct", 1.0),
        ({"letters": {"A@": 0.0, "B@": 1.0}}, "duties_correct", 0.9),
    ],
)
def test_a_changed_fact_changes_its_measure(changes: dict[str, Any], name: str, value: float | None) -> None:
    """By hand: tokens keep a leak open as a path does, and what was sealed before the decision to contain took no time."""
    assert value == MEASURES[name](msgspec.structs.replace(GOOD, **changes)).value


def test_a_missed_duty_is_named() -> None:
    """The report says which notice nobody saw."""
    facts = msgspec.structs.replace(GOOD, duties_found={"A@": "2026-04-09"})

    assert "missed: B@" == measure_all(facts)["duties_correct"].note


def test_a_run_in_which_nothing_happened_can_be_measured() -> None:
    """No measure fails on an empty ledger."""
    assert set(MEASURES) == set(measure_all(msgspec.structs.replace(GOOD, entries=())))
