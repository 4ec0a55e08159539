"""`hemostat rules`: what there is, and what is wrong with rules that somebody writes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemostat.cli.main import app
from hemostat.detect.rules import shipped
from hemostat.kernel import Home, Settings
from unit.detect.own import PAGE_READ, rule_text

RUN = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that the commands find."""
    home = Home(tmp_path / "home")
    home.create(Settings(kind="sandbox"))
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    return home


def test_rules_that_are_whole_pass(home: Home) -> None:
    """Without a path the folder of the home is checked."""
    (home.rules / "pages.yml").write_text(rule_text())

    checked = RUN.invoke(app, ["rules", "check"])

    assert (0, "1 rules can be used, 0 faults.\n") == (checked.exit_code, checked.stdout)


def test_what_is_wrong_is_named_with_the_way_out(tmp_path: Path) -> None:
    """A rule that cannot be read and one that misjudges its sample: the file, the rule, the reason, and what to do; exit 1."""
    (tmp_path / "bad.yml").write_text("title: Bad\nlogsource: {category: x}\ndetection: {s: {a: 1}, condition: nothing}\n")
    (tmp_path / "doubt.yml").write_text(rule_text(found="page:write", passed="page:read"))

    checked = RUN.invoke(app, ["rules", "check", str(tmp_path)])
    told = json.loads(RUN.invoke(app, ["rules", "check", str(tmp_path), "--json"]).stdout)

    assert 1 == checked.exit_code
    for words in ("bad.yml: Bad: ", "take its file out of the folder", "doubt.yml: Somebody reads a page: its sample positive 1"):
        assert words in checked.stdout, words
    assert "its sample positive 1 was not found; its sample negative 1 was found" in checked.stdout
    assert "1 rules can be used, 2 faults." in checked.stdout
    assert (1, ["bad.yml", "doubt.yml"]) == (told["rules"], [one["file"] for one in told["wrong"]])
    assert all(one.keys() == {"file", "rule", "reason", "advice"} for one in told["wrong"])


def test_one_file_is_checked(tmp_path: Path) -> None:
    """What lies beside it is not looked at; a correlation may be made of rules that ship."""
    correlation = "{type: event_count, rules: [staff_opens_customer], timespan: 1m, condition: {gte: 1}}"
    sample = "{act: 'customer:read', actor_type: staff, subject: s}"
    text = f"title: Once\ncorrelation: {correlation}\nhemostat: {{samples: {{positive: [[{sample}]]}}}}\n"
    (tmp_path / "bad.yml").write_text("title: [")
    (tmp_path / "good.yml").write_text(text)

    assert "1 rules can be used, 0 faults." in RUN.invoke(app, ["rules", "check", str(tmp_path / "good.yml")]).stdout


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    """It is an error, not an empty answer."""
    assert "no rules at" in str(RUN.invoke(app, ["rules", "check", str(tmp_path / "nowhere")]).exception)


def test_rules_are_listed_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that ship, as their files say."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(tmp_path / "nowhere"))

    listed = RUN.invoke(app, ["rules", "list"]).stdout
    rows = json.loads(RUN.invoke(app, ["rules", "list", "--json"]).stdout)["rules"]

    assert len(listed.splitlines()) == len(rows) > len(shipped().speaking)
    assert "active   high          patient-portal     One member of staff opens a customer a minute (staff-opens" in listed
    assert "(baselines)" in listed
    assert {"active"} == {row["state"] for row in rows}


@pytest.mark.django_db
def test_own_rules_are_listed_as_they_stand(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person or a budget decided is heeded."""
    from hemostat.alerts.models import RuleDecision  # noqa: PLC0415  # its models need Django

    monkeypatch.setattr("hemostat.cli.rules.database_ready", lambda _: None)  # the tests have a database
    (home.rules / "pages.yml").write_text(rule_text())
    RuleDecision.objects.create(rule=PAGE_READ, state="retired", reason="No use.", by="mara", at="2026-03-02T14:00:00Z")

    rows = json.loads(RUN.invoke(app, ["rules", "list", "--json"]).stdout)["rules"]

    (own,) = (row for row in rows if row["own"])
    assert (PAGE_READ, "retired", "pages.yml", "storefront") == (own["id"], own["state"], own["file"], own["surface"])
