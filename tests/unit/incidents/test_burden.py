"""The burden-of-proof file: in any state of an incident it says what is proven and what is missing."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hemostat.cli.main import app
from hemostat.incidents.models import Duty, Incident, Notice, Sending
from hemostat.incidents.services import (
    Burden,
    assessment_decide,
    assessment_submit,
    burden_export,
    burden_write,
    decision_record,
    discovery_report,
    evidence_seal,
    incident_close,
    note_add,
    scope_record,
    step_complete,
)
from hemostat.incidents.vocabulary import DutyState, NoticeState
from hemostat.kernel import BadInput, Home, NotFound
from hemostat.law.assessment import questions
from hemostat.people.ledger import LedgerAct, chain_verify, entries
from hemostat.people.models import LedgerEntry, Person
from hemostat.people.rights import Refused, Right, Role, who_may
from hemostat.phi import Scanner

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
LOW = {one.id: {"risk": "low", "why": "The log shows no read.", "evidence": ["edge-log"]} for one in questions().factors}
TYPED = "Her number is 219-09-9998, born 1962-04-11."


@pytest.fixture
def make(incident: Incident, person: People, now: datetime) -> Callable[[], tuple[dict[str, Any], Burden]]:
    """The file as counsel takes it out from a page that is older than the facts: its JSON read, and the file."""

    def put() -> tuple[dict[str, Any], Burden]:
        made = burden_export(incident=incident, by=person(Role.COUNSEL), now=now + timedelta(days=9))
        return json.loads(made.document), made

    return put


@pytest.fixture
def worked(incident: Incident, person: People, now: datetime) -> Incident:
    """People counted, evidence sealed, an assessment approved for HIPAA and for Florida; the way out is closed."""
    compliance, counsel = person(Role.COMPLIANCE), person(Role.COUNSEL)
    evidence_seal(incident=incident, item="edge-log", content=b"lines", how="GET /log", by=person(Role.ENGINEER), now=now)
    scope_record(
        incident=incident,
        by=compliance,
        now=now,
        people={"US-FL": 700},
        unknown=0,
        query="people_by_state",
        query_sha256="ab" * 32,
    )
    told = {"risk": "low", "why": "Nothing was taken.", "evidence": ["edge-log"], "told": "FDLE on 11 March."}
    for place, factors in (("US", LOW), ("US-FL", {"state_test": told})):
        row = assessment_submit(
            incident=incident, by=compliance, now=now, place=place, conclusion="low_probability", reasons=TYPED, factors=factors
        )
        assessment_decide(assessment=row, approve=True, by=counsel, now=now, why="The log is whole.")
    Incident.objects.update(path_state="closed")
    return incident


def sent(duty: Duty, by: Person, now: datetime, *, days: int = 3, sealed: bool = True) -> None:
    """A notice of the duty went out some days after `now`."""
    notice = Notice.objects.create(
        incident=duty.incident, template="t", title="Letter", text_sha256="0" * 64, at=now, recorded_at=now, by=by,
        state=NoticeState.SENT, people=duty.people,
    )  # fmt: skip
    notice.duties.add(duty)
    Sending.objects.create(
        notice=notice, method="first-class mail", on=(now + timedelta(days=days)).date(), people=duty.people, proof="receipt 7",
        evidence=duty.incident.evidence.first() if sealed else None, at=now, recorded_at=now, by=by,
    )  # fmt: skip
    Duty.objects.filter(pk=duty.pk).update(state=DutyState.SENT, marked_at=now, marked_by=by, sent_ref="receipt 7")


def test_a_fresh_incident_has_a_file_that_lists_what_is_missing(make: Callable[[], tuple[dict[str, Any], Burden]]) -> None:
    """Before anybody did anything the file can be made, and says so."""
    told, made = make()

    assert ("not_yet", made.verdict) == (told["verdict"]["result"], told["verdict"])
    text = " ".join(told["missing"])
    for words in ("Nobody was counted", "The way out of the data is unknown", "No evidence is sealed"):
        assert words in text
    assert b"%PDF" == made.pdf[:4]
    assert [] == told["assessments"] == told["notices"] == told["duties"]


def test_it_proves_that_no_notice_was_needed(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People
) -> None:
    """Approved assessments with evidence, and no duty that stays: nothing is missing."""
    told, made = make()

    assert [] == told["missing"]
    assert "none_needed" == told["verdict"]["result"]
    assert {False} == {duty["owed"] for duty in told["duties"]}
    assert all(duty["because"] for duty in told["duties"])
    florida, first = told["assessments"]
    assert "Department of Legal Affairs" in florida["to_do_afterwards"]
    assert {"edge-log": worked.evidence.get().sha256} == first["evidence"]
    assert (True, True, "approved", person(Role.COUNSEL).full_name) == (
        first["in_force"],
        first["lifts_duties"],
        first["state"],
        first["decided_by"],
    )
    wrote = entries(worked.ref).filter(act=LedgerAct.ASSESSMENT_SUBMIT).first()
    assert wrote is not None
    assert first["digest"] == wrote.payload["papers"]
    assert ("people_by_state", "ab" * 32, 700) == tuple(
        told["scope"]["counts"][0][part] for part in ("query", "query_sha256", "total")
    )
    assert any("approved" in row["cause"] for row in told["history"])
    assert made.pdf != burden_export(incident=worked, by=person(Role.COUNSEL), now=worked.opened_at).pdf


def test_it_names_each_duty_that_was_not_met(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """Owed and unsent, sent late, sent without a record, sent without sealed proof: each is a gap with the name of the duty."""
    scope_record(
        incident=worked, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 600}, unknown=4, query="q", query_sha256="0" * 64
    )
    residents, attorney = (worked.duties.get(duty=name) for name in ("CA-IND-2026", "CA-AG-2026"))
    text = " ".join(make()[0]["missing"])
    assert "CA-IND-2026 (affected residents) is owed and was not sent: it is not started; its limit is 2026-04-09." in text
    assert "4 people have no known home" in text
    assert "was made before: People were counted again: 604 now, 700 before. It lifts nothing until it is renewed." in text

    sent(residents, person(Role.COUNSEL), now, days=90, sealed=False)
    Duty.objects.filter(pk=attorney.pk).update(state=DutyState.SENT, marked_at=now)

    told, _ = make()
    text = " ".join(told["missing"])
    assert "CA-IND-2026 (affected residents) went out on 2026-06-08, after its limit of 2026-04-09" in text
    assert "CA-IND-2026 (affected residents): the proof of its sending is named and not sealed" in text
    assert "CA-AG-2026" in text
    assert "no record of its sending" in text
    (notice,) = told["notices"]
    assert ("first-class mail", "2026-06-08", "receipt 7") == tuple(
        notice["sendings"][0][part] for part in ("method", "on", "proof")
    )


def test_it_proves_that_every_notice_was_made(
    incident: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """Every duty that the law sets was met in time with sealed proof; a contract's clock is shown and no part of the burden."""
    counsel = person(Role.COUNSEL)
    evidence_seal(incident=incident, item="edge-log", content=b"lines", how="GET /log", by=person(Role.ENGINEER), now=now)
    Incident.objects.update(path_state="closed", elements=["name", "diagnosis", "payment_card_number", "card_security_code"])
    scope_record(
        incident=incident, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 600}, unknown=0, query="q", query_sha256="0" * 64
    )
    for duty in Duty.objects.filter(owed=True).exclude(regime="pci_card_brand").select_related("incident"):
        sent(duty, counsel, now)

    told, _ = make()

    assert [] == told["missing"]
    assert "all_made" == told["verdict"]["result"]
    assert ["PCI-BRAND"] == [duty["duty"] for duty in told["contract_duties"]]
    assert {"2026-03-13"} == {duty["sent_on"] for duty in told["duties"] if duty["owed"]}


def test_waiting_and_returned_assessments_are_missing(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """What nobody decided, and what was sent back, proves nothing."""
    row = assessment_submit(
        incident=worked, by=person(Role.COMPLIANCE), now=now, conclusion="breach", reasons="x", whole=False, group="the export"
    )
    assert any("assessment of the export waits for a second person" in line for line in make()[0]["missing"])

    assessment_decide(assessment=row, approve=False, by=person(Role.COUNSEL), now=now, why="Who?")

    assert any("assessment of the export was returned" in line for line in make()[0]["missing"])


def test_evidence_that_nobody_weighed_is_a_gap(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """What lifts duties still has to be renewed before the file proves anything; it is in force meanwhile."""
    evidence_seal(incident=worked, item="mail-log", content=b"x", how="GET /mail", by=person(Role.ENGINEER), now=now)

    told, _ = make()

    words = "that lifts duties was made before new evidence: New evidence was sealed: mail-log."
    assert 2 == sum(words in line for line in told["missing"])
    assert [(True, True)] * 2 == [(row["in_force"], row["lifts_duties"]) for row in told["assessments"]]


def test_damaged_evidence_is_a_gap(worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], home: Home) -> None:
    """The file looks whether the evidence still is what was sealed."""
    path = home.vault / worked.ref / "edge-log.sealed"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    assert any("The evidence edge-log does not hold" in line for line in make()[0]["missing"])


def test_it_tells_of_discovery_reports_determination_and_close(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """Who knew when, who determined it, and how it ended; also after the close."""
    discovery_report(incident=worked, by=person(Role.COUNSEL), at=now - timedelta(hours=2), how="ticket 5521", now=now)
    worked.steps.filter(slug="count-people").update(state="done", done_at=now)
    step = worked.steps.get(slug="four-factor-assessment")
    step_complete(step=step, by=person(Role.COMPLIANCE), now=now, answer={"choice": "low", "rationale": "no reads"})
    incident_close(incident=worked, by=person(Role.COMMANDER), now=now, outcome="exercise")

    told, _ = make()

    assert ("ticket 5521", "2026-03-10") == (told["discovery"]["how"], told["discovery"]["day"])
    assert ["ticket 5521"] == [report["how"] for report in told["discovery"]["reports"]]
    assert "low probability" in told["determinations"][0]["choice"]
    assert ("closed", "exercise", True) == tuple(told["incident"][part] for part in ("state", "outcome", "is_exercise"))


def test_it_holds_no_patient_data_and_no_privileged_word(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """Whatever people typed: the scanner finds nothing, and advice of counsel stays with counsel."""
    counsel = person(Role.COUNSEL)
    note_add(incident=worked, by=counsel, now=now, text="Advice about the letter.", privileged=True)
    decision_record(
        incident=worked, by=counsel, now=now, question="Advice?", choice=TYPED, rationale=TYPED, facts=[TYPED],
        step=worked.steps.get(slug="four-factor-assessment"),
    )  # fmt: skip

    _, made = make()

    assert b"219-09-9998" not in made.document
    assert b"Advice about the letter" not in made.document
    words = [value for value in _strings(json.loads(made.document)) if len(value) != 64 and len(value) != 128]  # hashes
    found = [finding.entity for value in words for finding in Scanner().scan(value)]
    assert [] == [entity for entity in found if entity in {"SSN", "DOB", "MRN", "EMAIL", "PHONE", "PAN"}]


def test_hostile_text_is_text_in_the_pdf(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]], person: People, now: datetime
) -> None:
    """What people type is data to the typesetter: no word of it runs, and the file still stands."""
    assessment_submit(
        incident=worked, by=person(Role.COMPLIANCE), now=now, conclusion="breach", reasons='#read("/etc/passwd") $x$ @y *z* <b>'
    )

    assert make()[1].pdf.startswith(b"%PDF")


def test_its_hash_stands_in_the_ledger_and_the_chain_holds(
    worked: Incident, make: Callable[[], tuple[dict[str, Any], Burden]]
) -> None:
    """A reader finds the hash of the document in the ledger, behind a signed head that the document names."""
    told, made = make()

    last = entries(worked.ref).filter(act=LedgerAct.INCIDENT_EXPORT).last()
    assert last is not None
    assert ("burden", hashlib.sha256(made.document).hexdigest()) == (last.payload["format"], last.payload["sha256"])
    assert made.sha256 == last.payload["sha256"]
    assert LedgerEntry.objects.get(seq=told["ledger"]["seq"]).hash == told["ledger"]["hash"]
    assert chain_verify().seq > told["ledger"]["seq"]
    assert any(f"Entry {told['ledger']['seq']} of that ledger" in line for line in told["how_to_verify"])


@pytest.mark.parametrize("role", list(Role))
def test_who_takes_it_out(worked: Incident, person: People, now: datetime, role: Role) -> None:
    """Those who may export evidence; the engineer and the auditor are refused, and nothing is on record."""
    if role in who_may(Right.EXPORT_EVIDENCE):
        assert burden_export(incident=worked, by=person(role), now=now).pdf
        return
    with pytest.raises(Refused, match="export_evidence"):
        burden_export(incident=worked, by=person(role), now=now)
    assert not entries(worked.ref).filter(act=LedgerAct.INCIDENT_EXPORT).exists()


def test_a_folder_holds_both_forms_and_their_sums(worked: Incident, person: People, now: datetime, tmp_path: Path) -> None:
    """The sums fit; a folder that exists is refused, and then nothing is on record either."""
    folder = tmp_path / "burden"

    made = burden_write(incident=worked, folder=folder, by=person(Role.COUNSEL), now=now)

    assert made.document == (folder / "burden.json").read_bytes()
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    before = entries(worked.ref).count()
    with pytest.raises(BadInput, match="exists already"):
        burden_write(incident=worked, folder=folder, by=person(Role.COUNSEL), now=now)
    assert before == entries(worked.ref).count()


def test_the_command_writes_it(
    worked: Incident, home: Home, person: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For people the verdict and what is missing, for machines the same as JSON; without the right there is no such incident."""
    monkeypatch.setenv("HEMOSTAT_HOME", str(home.path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "hemostat.console.settings")
    counsel, engineer = (person(role, username=f"the-{role}").username for role in (Role.COUNSEL, Role.ENGINEER))

    def run(name: str, who: str, *more: str) -> Result:
        return CliRunner().invoke(app, ["incident", "burden", worked.ref, str(tmp_path / name), "--as", who, *more])

    assert "No notice was needed" in run("one", counsel).stdout
    told = json.loads(run("two", counsel, "--json").stdout)
    assert ("none_needed", [], worked.ref) == (told["result"], told["missing"], told["incident"])
    assert hashlib.sha256((tmp_path / "two" / "burden.json").read_bytes()).hexdigest() == told["sha256"]
    refused = run("three", engineer)
    assert isinstance(refused.exception, NotFound)
    assert not (tmp_path / "three").exists()


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for part in value.values() for word in _strings(part)]
    if isinstance(value, list):
        return [word for part in value for word in _strings(part)]
    return [value] if isinstance(value, str) else []
