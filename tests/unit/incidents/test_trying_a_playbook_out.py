"""Playbooks on the command line: checked, drawn, tried against the twin."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import stamina
from typer.testing import CliRunner

from hemostat.cli import evidence as evidence_commands
from hemostat.cli import incident as incident_commands
from hemostat.cli import playbook as playbook_commands
from hemostat.incidents import playbook as playbooks
from hemostat.incidents.models import Incident
from hemostat.incidents.services import evidence_seal
from hemostat.incidents.tryout import in_order, tryout
from hemostat.kernel import BadInput, Home, NotFound, Settings
from hemostat.people.models import Person
from hemostat.people.rights import Role

NAME = "storefront-session-leak"
run = CliRunner().invoke


@pytest.fixture(autouse=True)
def _here(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The home of the test is that of the command; nothing waits before it tries again."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "hemostat.console.settings")
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


def test_every_step_comes_after_all_that_it_needs() -> None:
    """The order of a try-out keeps the order of a response."""
    steps = in_order(playbooks.load(NAME))

    assert len(playbooks.load(NAME).steps) == len(steps)
    done: set[str] = set()
    sealed: set[str] = set()
    for step in steps:
        assert set(step.needs) <= done
        assert set(step.part.needs_sealed) <= sealed
        done.add(step.slug)
        sealed |= set(step.seals)


def test_evidence_that_only_a_later_step_seals_is_a_dead_end() -> None:
    """A playbook whose steps wait for each other's evidence is named, not run for ever."""
    playbook = playbooks.load(NAME)
    first = playbook.step("seal-logs")
    stuck = msgspec.structs.replace(first, part=msgspec.structs.replace(first.part, needs_sealed=("edge-log",)))

    with pytest.raises(BadInput, match="waits for evidence"):
        in_order(msgspec.structs.replace(playbook, steps=(stuck,)))


def test_a_try_out_against_the_consoles_runs_every_call(home: Home, consoles: Any) -> None:
    """All calls are made in order and answered as expected; people's steps are passed over."""
    lines = list(tryout(playbooks.load(NAME), home, dry_run=False))

    assert all(line.passed for line in lines)
    assert (True, "2.13", 1) == (consoles.signed_only, consoles.release, consoles.token_key)
    assert consoles.calls.index("GET /admin/artifact/2.14") < consoles.calls.index("POST /admin/deploys/rollback")
    assert {"a person's step", "a count in the lake"} <= {line.outcome for line in lines}


def test_a_try_out_stops_at_the_first_failure(home: Home, consoles: Any) -> None:
    """An unexpected answer and a console that is down each end it."""
    consoles.broken.add("/admin/edge/rules")
    last = list(tryout(playbooks.load(NAME), home, dry_run=False))[-1]
    assert (False, "block-direct-host", True) == (last.passed, last.step, "500" in last.outcome)

    consoles.close()
    last = list(tryout(playbooks.load(NAME), home, dry_run=False))[-1]
    assert (False, "seal-logs", True) == (last.passed, last.step, "did not answer" in last.outcome)


def test_a_try_out_stays_in_a_sandbox(home: Home) -> None:
    """In production only a dry run is allowed."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, kind="production"))
    with pytest.raises(BadInput, match="sandbox only"):
        list(tryout(playbooks.load(NAME), home, dry_run=False))
    assert isinstance(settings, Settings)


def test_check_names_every_fault_and_exits_1(tmp_path: Path) -> None:
    """A whole playbook exits 0; a broken one lists its rules, in words and as JSON."""
    whole = run(playbook_commands.app, ["check", NAME])
    assert (0, "The playbook holds.\n") == (whole.exit_code, whole.output)

    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    found = run(playbook_commands.app, ["check", str(broken), "--json"])
    assert 1 == found.exit_code
    assert {"schema"} == {fault["rule"] for fault in json.loads(found.output)["faults"]}
    assert "schema: playbook:" in run(playbook_commands.app, ["check", str(broken)]).output
    with pytest.raises(BadInput, match="cannot be read"):
        run(playbook_commands.app, ["check", str(tmp_path / "absent")], catch_exceptions=False)


def test_show_draws_lanes_and_what_each_step_waits_for() -> None:
    """People read lanes, steps, marks and needs; machines read JSON."""
    drawn = run(playbook_commands.app, ["show", NAME]).output

    assert "\nengineering\n" in drawn
    assert "rotate-token-key (http, destructive, two_person)" in drawn
    assert "after: roll-back, sealed token-ledger" in drawn
    assert 21 == len(json.loads(run(playbook_commands.app, ["show", NAME, "--json"]).output)["steps"])


def test_run_shows_or_sends(consoles: Any) -> None:
    """A dry run shows every request and sends none; the twin gets them; one of both must be chosen."""
    shown = run(playbook_commands.app, ["run", NAME, "--dry-run"])
    assert (0, []) == (shown.exit_code, consoles.calls)
    assert f"POST {consoles.url}/admin/token-key/rotate" in shown.output
    with pytest.raises(BadInput, match="Choose --twin or --dry-run"):
        run(playbook_commands.app, ["run", NAME], catch_exceptions=False)

    consoles.broken.add("/admin/edge-log")
    failed = run(playbook_commands.app, ["run", NAME, "--twin", "--json"])

    assert 1 == failed.exit_code
    assert not json.loads(failed.output)["steps"][-1]["passed"]


@pytest.mark.django_db
def test_evidence_leaves_as_a_bag_and_the_bag_is_checked(
    incident: Incident, person: Callable[..., Person], now: datetime, tmp_path: Path
) -> None:
    """A person with the right takes it out; the check exits 0, and 1 with the fault once a byte is changed."""
    evidence_seal(incident=incident, item="edge-log", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now)
    person(Role.COUNSEL), person(Role.ENGINEER)
    for number, flags in enumerate(([], ["--json"], ["--as", "counsel"])):
        done = run(evidence_commands.app, ["export", "INC-0001", str(tmp_path / f"bag{number}"), *flags])
        assert (0, True) == (done.exit_code, "INC-0001" in done.output), done.output
    with pytest.raises(NotFound):
        run(evidence_commands.app, ["export", "INC-0001", str(tmp_path / "b"), "--as", "engineer"], catch_exceptions=False)

    assert "The bag holds." in run(evidence_commands.app, ["verify", str(tmp_path / "bag0")]).output
    (tmp_path / "bag0" / "data" / "edge-log").write_bytes(b"y")
    words = run(evidence_commands.app, ["verify", str(tmp_path / "bag0")])
    machine = run(evidence_commands.app, ["verify", str(tmp_path / "bag0"), "--json"])

    assert (1, 1) == (words.exit_code, machine.exit_code)
    assert "FAULT data/edge-log: was changed" in words.output
    assert ["data/edge-log: was changed"] == json.loads(machine.output)["faults"]


@pytest.mark.django_db
@pytest.mark.usefixtures("incident")
def test_the_record_leaves_as_json_and_other_formats_are_refused_in_words(person: Callable[..., Person]) -> None:
    """One JSON document with all parts; a format that is not there says so."""
    person(Role.AUDITOR)
    document = json.loads(run(incident_commands.app, ["export", "INC-0001", "--as", "auditor"]).output)

    assert ("INC-0001", 21) == (document["incident"]["ref"], len(document["steps"]))
    for other in ("pdf", "docx", "veris"):
        with pytest.raises(BadInput, match="not supported by this version"):
            run(incident_commands.app, ["export", "INC-0001", "--as", "auditor", "--format", other], catch_exceptions=False)
