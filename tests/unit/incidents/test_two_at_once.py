"""Two processes work on one incident at the same moment, on a real database file: no act is lost, none happens twice."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from hemostat.kernel import Home

SET_UP = """
from hemostat.alerts.models import Alert
from hemostat.incidents.services import incident_open
from hemostat.people.services import demo_people_create
demo_people_create(now=now)
alert = Alert.objects.create(
    ref="ALR-0001", key="k", rule="r", title="t", level="high", surface="storefront", playbook="storefront-session-leak",
    store="s", environment="sandbox", events=1, people=1, summary="s", first_event_at=now, last_event_at=now, raised_at=now)
ada = Person.objects.get(username="ada")
incident_open(alerts=[alert], by=ada, now=now, severity=1, commander=ada)
"""
WORK = """
from hemostat.incidents.models import Step
from hemostat.incidents.services import Targets, step_execute
from hemostat.kernel import HemostatError
me, done = Person.objects.get(username=sys.argv[1]), []
sys.stdin.readline()
for slug in ("seal-logs", "seal-release", "seal-route-config", "seal-token-ledger", "seal-report"):
    try:
        result = step_execute(step=Step.objects.get(slug=slug), by=me, now=now, targets=Targets.of(home))
        done.append([slug, result.state])
    except HemostatError as refused:
        assert "was already done by" in str(refused) or "is being run by" in str(refused), refused
print(json.dumps(done))
"""
PROVE = """
from hemostat.incidents.models import Incident
from hemostat.incidents.services import custody_verify
from hemostat.people.ledger import chain_verify, entries
incident = Incident.objects.get()
acts = [entry.act for entry in entries()]
print(json.dumps([
    chain_verify().seq == len(acts), len(custody_verify(incident)), acts.count("evidence:seal"), acts.count("step:execute")]))
"""
START = """
import json, sys
from datetime import UTC, datetime
from hemostat.cli.django import database_ready
from hemostat.kernel import Home
home = Home.from_environment()
database_ready(home)
from hemostat.people.models import Person
now = datetime(2026, 3, 10, 14, 10, tzinfo=UTC)
"""


def child(home: Home, code: str, *arguments: str) -> "subprocess.Popen[str]":
    """A process of its own on this home."""
    return subprocess.Popen(
        [sys.executable, "-c", START + code, *arguments],
        env=os.environ | {"HEMOSTAT_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "hemostat.console.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_each_step_is_done_exactly_once_and_the_ledger_holds(home: Home, consoles: Any) -> None:
    """Two people run the same five steps at once: each is done by one of them, and the other is told by whom."""
    with child(home, SET_UP) as first:
        first.communicate(timeout=120)
        assert 0 == first.returncode
    with child(home, WORK, "mara") as mara, child(home, WORK, "colin") as colin:
        for process in (mara, colin):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        done = [step for process in (mara, colin) for step in json.loads(process.communicate(timeout=120)[0])]
    with child(home, PROVE) as last:
        answer = json.loads(last.communicate(timeout=120)[0])

    assert 5 == len(done) == len({slug for slug, _ in done})
    assert {"done"} == {state for _, state in done}
    assert [True, 0, 10, 5] == answer
    assert 1 == consoles.calls.count("GET /admin/edge-log")


WRITE = """
from hemostat.incidents.models import Incident
from hemostat.incidents.services import notices_draft_owed, scope_record
colin = Person.objects.get(username="colin")
Incident.objects.update(elements=["name", "diagnosis"])
incident = Incident.objects.get()
scope_record(incident=incident, by=colin, now=now, people={"US-CA": 604}, unknown=96, query="q", query_sha256="0")
incident.refresh_from_db()
notices_draft_owed(incident=incident, by=colin, now=now)
"""
EDIT = """
from hemostat.incidents.models import Notice
from hemostat.incidents.services import NoticeChanged, notice_edit
me, saved = Person.objects.get(username=sys.argv[1]), []
sys.stdin.readline()
for notice in Notice.objects.filter(template__in=["california-form", "hipaa-individual"]).order_by("pk"):
    try:
        notice_edit(notice=notice, version=1, by=me, now=now, answers={"how": f"This is the account of {me.username}."})
        saved.append([notice.pk, me.username])
    except NoticeChanged:
        pass
print(json.dumps(saved))
"""
READ = """
from hemostat.incidents.models import Notice
print(json.dumps([[row.pk, row.edited_by.username, row.version] for row in Notice.objects.filter(edited_by__isnull=False)]))
"""


@pytest.mark.slow
def test_of_two_edits_of_one_version_one_is_saved_and_the_other_is_told(home: Home) -> None:
    """Compliance and counsel save the same version of the same notices at once: no words are written over unseen."""
    for code in (SET_UP, WRITE):
        with child(home, code) as process:
            process.communicate(timeout=120)
            assert 0 == process.returncode
    with child(home, EDIT, "colin") as colin, child(home, EDIT, "priya") as priya:
        for process in (colin, priya):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        saved = [notice for process in (colin, priya) for notice in json.loads(process.communicate(timeout=120)[0])]
    with child(home, READ) as last:
        kept = json.loads(last.communicate(timeout=120)[0])

    assert 2 == len(saved) == len({pk for pk, _ in saved})
    assert sorted([*notice, 2] for notice in saved) == sorted(kept)
