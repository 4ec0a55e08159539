"""`hemostat backtest`: what a person sees and what a script reads."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from typer.testing import CliRunner, Result

from hemostat.alerts.models import Alert
from hemostat.cli.main import app
from hemostat.kernel import BadInput, HemostatError, NotFound
from hemostat.lake.compaction import compact
from unit.detect.past import DENIED, ONE, START, TOGETHER, Lake

DAYS = ["--from", "2026-03-02", "--to", "2026-03-04"]
SHIPPED = "0d4f1f6e-0b1f-4c53-8f2c-5b1c2f3d9a01"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """Three days with a denied read each, of two actors on the second; the command works on this home."""
    made = Lake(tmp_path)
    for day in range(3):
        made.put([{"at": day * 1440 + n, "result": "denied", "actor": "actor_a", "store": "care"} for n in range(2 + 2 * day)])
    monkeypatch.setenv("HEMOSTAT_HOME", str(made.home.path))
    (tmp_path / "one.yml").write_text(dedent(ONE))
    (tmp_path / "many.yml").write_text(dedent(TOGETHER))
    yield made
    made.close()


def run(*words: str) -> Result:
    """The command on a wide screen."""
    return CliRunner().invoke(app, ["backtest", *words], env={"COLUMNS": "200"}, catch_exceptions=False)


def test_a_person_sees_days_who_and_what(lake: Lake, tmp_path: Path) -> None:
    """And on standard error how much was read."""
    answer = run(str(tmp_path / "many.yml"), *DAYS)
    assert "2 alarms in 3 days (0.7 a day), 2 findings, 10 events, 1 groups." in answer.stdout
    assert "actor.user.uid actor_a" in answer.stdout
    assert "Acts: customer:read 10." in answer.stdout
    assert "2026-03-03" in answer.stdout
    assert "12 rows in 3 batches" in answer.stderr
    assert lake.spool.last_batch() == 3


@pytest.mark.usefixtures("lake")
def test_two_versions_are_compared(tmp_path: Path) -> None:
    """Each with its sum, then what only one of them finds."""
    shown = run(str(tmp_path / "one.yml"), "--against", str(tmp_path / "many.yml"), *DAYS).stdout
    assert "Only the first: 3 alarms." in shown
    assert "Only the second: 2 alarms." in shown
    assert "Of the second" in shown


@pytest.mark.usefixtures("lake")
def test_a_script_reads_one_document(tmp_path: Path) -> None:
    """With all that is known; a rule of an id, and all rules, are tried alike."""
    document = json.loads(run(str(tmp_path / "one.yml"), *DAYS, "--json").stdout)
    assert [1, 1, 1] == [day["alarms"] for day in document["versions"][0]["days"]]
    assert [SHIPPED] == json.loads(run(SHIPPED, *DAYS, "--json").stdout)["versions"][0]["rules"]
    every = run(*DAYS)
    assert "all rules: 0 alarms" in every.stdout
    assert "Acts: none." in every.stdout


@pytest.mark.django_db
def test_what_became_of_alerts_is_told(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the home has alerts; and of rows whose batch is no longer known, how many they were."""
    monkeypatch.setattr("hemostat.cli.backtest.database_ready", lambda _: None)
    lake.home.database.touch()
    for day, outcome in enumerate(("false_positive", "expected_activity", "test")):
        at = START + timedelta(days=day)
        Alert.objects.create(
            ref=f"ALR-{day}", key=f"{DENIED}|care|production", rule=DENIED, title="t", level="low", surface="", playbook="",
            store="care", environment="production", events=1, people=1, summary="s", first_event_at=at, last_event_at=at,
            raised_at=at, state="incident" if day == 1 else "dismissed", outcome=outcome,
        )  # fmt: skip
    lake.put([{"at": 4000 + n} for n in range(6)])
    compact(lake.home, lake.spool, last_batch=4, over="2027-01-01")
    db = sqlite3.connect(lake.home.spool)
    with db:
        db.execute("DELETE FROM plans WHERE batch < 4")
    db.close()

    answer = run(str(tmp_path / "one.yml"), *DAYS)

    assert "1 belong to incidents, 1 were dismissed as normal: 50% right." in " ".join(answer.stdout.split())
    assert "Of 6 rows the batch is no longer known" in answer.stderr.replace("\n", " ")


@pytest.mark.usefixtures("lake")
def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    """An unknown rule, a file that is no text or empty, a wrong or empty period, a rule with a fault."""
    (tmp_path / "bytes.yml").write_bytes(b"\xff")
    (tmp_path / "empty.yml").write_text("")
    (tmp_path / "bad.yml").write_text("title: [")
    wrong: list[tuple[list[str], type[HemostatError], str]] = [
        (["nothing"], NotFound, "no rule 'nothing'"),
        ([str(tmp_path / "bytes.yml")], BadInput, "cannot be read as text"),
        ([str(tmp_path / "empty.yml")], BadInput, "is empty"),
        ([str(tmp_path / "bad.yml")], BadInput, "not YAML"),
        (["--to", "2026-03-02"], BadInput, "--to without --from"),
        (["--from", "soon"], BadInput, "Not a day: 'soon'"),
        (["--from", "2026-03-02", "--to", "9999-12-31"], BadInput, "Not a day"),
        (["--days", "0"], BadInput, "number of days"),
        (["--days", "1"], BadInput, "no events from"),
    ]
    for words, kind, said in wrong:
        with pytest.raises(kind, match=said):
            run(*words)
    assert START.year == 2026
