"""The worker replays rules for people, beside everything else, and detection goes first."""

from datetime import timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert
from hemostat.detect.backtests import Asked, backtest
from hemostat.detect.rules import shipped
from hemostat.detect.trials import Version
from hemostat.incidents.back_tests import backtest_end, backtest_start
from hemostat.kernel import Home, NotFound
from hemostat.lake.spool import Spool
from hemostat.people.ledger import entries
from hemostat.people.models import Person, RoleGrant
from hemostat.people.rights import Refused, Role
from hemostat.worker import loop
from hemostat.worker.loop import Worker
from unit.lake.made import NOON, incoming

pytestmark = pytest.mark.django_db
READ = "5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e04"
RULE = """
title: A session was read
id: 5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e04
logsource: {product: hemostat}
detection:
  of: {hemostat.act: "session:read"}
  condition: of
"""
LINE = b'203.0.113.9 - - [02/Mar/2026:12:00:%02d +0000] "GET /api/session?cid=%d HTTP/1.1" 200 1600 "-" "headless"'


@pytest.fixture
def lake(spool: Spool, worker: Worker) -> None:
    """Three batches of calls are in the lake, and detected."""
    for n in range(3):
        spool.append([incoming(source="edge", key=str(n), body=LINE % (n, 4711 + n))])
        worker.drain()
    while worker.detect():
        pass


def person(role: Role) -> Person:
    """Somebody with one role."""
    made = Person.objects.create_user(username=role.value, first_name=role.label)
    RoleGrant.objects.create(person=made, role=role.value, granted_at=NOON, granted_by="test")
    return made


def start(home: Home, by: Person, *versions: Version) -> int:
    """Somebody asks for a back-test of the day."""
    asked = Asked(versions=versions or (Version(text=RULE),), since=NOON - timedelta(days=1), until=NOON + timedelta(days=1))
    return backtest_start(home=home, asked=asked, rules=shipped(), by=by, now=NOON)


@pytest.mark.usefixtures("lake")
def test_it_runs_in_turns_and_knows_what_became_of_alerts(worker: Worker, home: Home) -> None:
    """Asked for by an engineer, on record in the ledger; its alarms are matched with the alerts of the home."""
    assert worker.backtests() is False
    number = start(home, person(Role.ENGINEER))
    Alert.objects.create(
        ref="ALR-0900", key=f"{READ}|fernhollow|sandbox", rule=READ, title="t", level="low", surface="storefront",
        playbook="", store="fernhollow", environment="sandbox", events=3, people=1, summary="s", first_event_at=NOON,
        last_event_at=NOON, raised_at=NOON, state="dismissed", outcome="false_positive",
    )  # fmt: skip

    while worker.backtests():
        pass

    found = backtest(home, number)
    assert found.report is not None
    assert (1, 3, 1) == (found.report.versions[0].alarms, found.report.versions[0].events, found.report.judged[0].dismissed)
    assert [("backtest:start", "engineer", "own text")] == [
        (entry.act, entry.actor, entry.payload["rule"]) for entry in entries(f"back-test/{number}")
    ]


@pytest.mark.usefixtures("lake")
def test_what_stays_of_a_text_names_no_patient(worker: Worker, home: Home) -> None:
    """A value that somebody typed into a rule is tried as it is, and masked in what is kept."""
    typed = RULE.replace("A session was read", "What 219-09-9998 read")
    number = start(home, person(Role.ENGINEER), Version(text=typed))
    while worker.backtests():
        pass
    found = backtest(home, number)
    assert "done" == found.state
    assert "219-09-9998" not in f"{found.names}{found.asked}"
    assert b"219-09-9998" not in msgspec.json.encode(found)
    assert "session:read" in found.asked.versions[0].text


@pytest.mark.usefixtures("lake")
def test_detection_goes_first(worker: Worker, home: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """While messages wait for the lake nothing is replayed; after a failure it is begun anew."""
    number = start(home, person(Role.COMMANDER))
    monkeypatch.setattr(loop, "BACKLOG", 0)
    spool.append([incoming(source="edge", key="new", body=LINE % (9, 4999))])
    assert worker.backtests() is False
    assert "waiting" == backtest(home, number).state
    worker.drain()
    assert worker.backtests() is False
    worker.detect()

    assert worker.backtests() is True
    worker.drop_backtest()
    while worker.backtests():
        pass
    assert (2, "done") == (backtest(home, number).begun, backtest(home, number).state)


@pytest.mark.usefixtures("lake")
def test_who_may_not_hunt_starts_and_stops_nothing(home: Home) -> None:
    """Rights are asked where the act is; what has ended cannot be stopped."""
    counsel, engineer = person(Role.COUNSEL), person(Role.ENGINEER)
    with pytest.raises(Refused):
        start(home, counsel)
    number = start(home, engineer, Version())
    with pytest.raises(Refused):
        backtest_end(home=home, number=number, by=counsel, now=NOON)
    backtest_end(home=home, number=number, by=engineer, now=NOON)
    with pytest.raises(NotFound, match="not under way"):
        backtest_end(home=home, number=number, by=engineer, now=NOON)
    assert ["backtest:start", "backtest:stop"] == [entry.act for entry in entries(f"back-test/{number}")]
