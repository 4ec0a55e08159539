"""Steps run against real consoles: order, second persons, proof, and what stays on record."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import stamina

from hemostat.incidents import executor
from hemostat.incidents.models import Incident, LegalEvent, Step
from hemostat.incidents.order import StepOutOfOrder
from hemostat.incidents.services import (
    StepResult,
    Targets,
    evidence_hand_in,
    evidence_seal,
    path_probe,
    scope_record,
    step_complete,
    step_execute,
    step_second,
)
from hemostat.incidents.targets import OutsideSandbox, TargetDown
from hemostat.incidents.vocabulary import IncidentState, PathState, StepState
from hemostat.kernel import BadInput, BadSettings, Home, Settings, SystemClock, Target
from hemostat.kernel.listening import is_loopback
from hemostat.people.ledger import LedgerAct, chain_verify, entries
from hemostat.people.models import Person
from hemostat.people.rights import RIGHTS, Refused, Right, Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
Steps = Callable[[str], Step]
ENGINEERING = ["seal-logs", "block-direct-host", "probe-direct-host", "seal-release", "seal-route-config"]
ENGINEERING += ["seal-token-ledger", "seal-report", "roll-back"]


@pytest.fixture(autouse=True)
def _no_waiting() -> Any:
    """Tries again without waiting in between."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def run(step: Steps, targets: Targets, person: People, now: datetime) -> Callable[..., StepResult]:
    """Runs steps, one after the other, as the engineer; the result of the last one."""

    def go(*slugs: str, by: Person | None = None) -> StepResult:
        return [step_execute(step=step(slug), by=by or person(Role.ENGINEER), now=now, targets=targets) for slug in slugs][-1]

    return go


def acts(subject: str) -> list[str]:
    """The words of the ledger about a subject, in order."""
    return [entry.act for entry in entries(subject)]


def test_the_whole_containment_in_its_order(
    incident: Incident,
    run: Callable[..., StepResult],
    step: Steps,
    person: People,
    now: datetime,
    consoles: Any,
    targets: Targets,
) -> None:
    """Seal, block, prove, roll back, rotate with two persons, prove all: then, and only then, the incident is contained."""
    assert PathState.OPEN == path_probe(incident=incident, now=now, targets=targets)
    assert StepState.DONE == run(*ENGINEERING).state
    incident.refresh_from_db()
    assert (PathState.UNKNOWN, IncidentState.OPEN) != (incident.path_state, "contained")

    assert StepState.AWAITING_SECOND == run("rotate-token-key").state
    assert 0 == consoles.token_key
    step_second(step=step("rotate-token-key"), by=person(Role.COMMANDER), now=now)
    assert StepState.DONE == run("rotate-token-key").state
    answer = {"choice": "no", "rationale": "not exposed", "facts": ["seal-release"]}
    step_complete(step=step("decide-client-secret"), by=person(Role.ENGINEER), now=now, answer=answer)
    done = run("probe-all-paths")

    incident.refresh_from_db()
    assert [(401, True), (403, True), (401, True)] == [(a["status"], a["passed"]) for a in done.answers if a["path"]]
    assert (PathState.CLOSED, IncidentState.CONTAINED, now) == (incident.path_state, incident.state, incident.contained_at)
    assert LedgerAct.INCIDENT_CONTAIN in acts(incident.ref)
    assert {f"Bearer {targets._keyring.secret('target.twin').hex()}"} == consoles.bearers
    assert 1.0 == incident.decisions.get().credit
    assert chain_verify().seq


def test_nothing_of_an_answer_is_written_down_but_its_hash(incident: Incident, run: Callable[..., StepResult]) -> None:
    """Bodies go into the vault; rows and ledger keep status, size and hash; no token and no query is kept."""
    run(*ENGINEERING[:3])

    kept = json.dumps([entry.payload for entry in entries()]) + json.dumps(list(Step.objects.values_list("result", flat=True)))
    assert "content of" not in kept
    assert "token-of-key-0" not in kept
    assert "signature=ok" not in kept
    assert "GET /api/session" in kept
    assert {"edge-log", "app-log"} == set(incident.evidence.values_list("item", flat=True))


def test_a_block_that_does_not_hold_is_seen(incident: Incident, run: Callable[..., StepResult], consoles: Any) -> None:
    """A probe that is answered fails its step, the path is open, and the step can be run again."""
    run("seal-logs", "block-direct-host")
    consoles.signed_only = False

    failed = run("probe-direct-host")

    incident.refresh_from_db()
    assert (StepState.FAILED, PathState.OPEN) == (failed.state, incident.path_state)
    assert "answered GET /api/session with 200; expected 401" in failed.summary
    assert LedgerAct.STEP_FAIL in acts(f"{incident.ref}/step/probe-direct-host")
    consoles.signed_only = True
    assert StepState.DONE == run("probe-direct-host").state
    incident.refresh_from_db()
    assert PathState.UNKNOWN == incident.path_state
    assert [{"path": "unsigned call", "state": "closed"}] == incident.path_results


def test_a_contained_incident_opens_again_when_the_path_does(
    incident: Incident, targets: Targets, consoles: Any, now: datetime
) -> None:
    """Containment is what probes prove: it comes and goes with their answers, and the ledger hears of changes only."""
    consoles.release, consoles.token_key = "2.13", 1
    assert PathState.CLOSED == path_probe(incident=incident, now=now, targets=targets)
    count = len(acts(incident.ref))
    path_probe(incident=incident, now=now + timedelta(seconds=10), targets=targets)
    assert count == len(acts(incident.ref))

    consoles.release = "2.14"
    assert PathState.OPEN == path_probe(incident=incident, now=now, targets=targets)

    incident.refresh_from_db()
    assert (IncidentState.OPEN, None) == (incident.state, incident.contained_at)
    assert [LedgerAct.INCIDENT_CONTAIN, LedgerAct.PROBE_RESULT, LedgerAct.INCIDENT_REOPEN] == acts(incident.ref)[-3:]


def test_an_open_path_is_on_record_though_the_clocks_cannot_follow(
    incident: Incident, targets: Targets, consoles: Any, person: People, now: datetime
) -> None:
    """Facts that the law cannot read, as after an edit of its table, hide nothing that a probe saw."""
    by = person(Role.ENGINEER)
    scope_record(incident=incident, by=by, now=now, people={"US-CA": 3}, unknown=0, query="q", query_sha256="0" * 64)
    consoles.release, consoles.token_key = "2.13", 1
    path_probe(incident=incident, now=now, targets=targets)
    LegalEvent.objects.create(incident=incident, kind="agent_knew", on=date(1980, 1, 1), how="h", at=now, recorded_at=now, by=by)

    consoles.release = "2.14"
    assert PathState.OPEN == path_probe(incident=incident, now=now, targets=targets)

    incident.refresh_from_db()
    assert IncidentState.OPEN == incident.state
    assert LedgerAct.INCIDENT_REOPEN == acts(incident.ref)[-1]


def test_a_path_that_cannot_be_asked_is_unknown_not_closed(
    incident: Incident, targets: Targets, consoles: Any, now: datetime
) -> None:
    """No answer is no proof."""
    consoles.close()

    assert PathState.UNKNOWN == path_probe(incident=incident, now=now, targets=targets)
    incident.refresh_from_db()
    assert {PathState.UNKNOWN} == {path["state"] for path in incident.path_results}


@pytest.mark.parametrize("slug", ["block-direct-host", "roll-back", "rotate-token-key", "probe-all-paths", "count-people"])
def test_a_step_before_its_turn_is_refused_and_calls_nobody(
    run: Callable[..., StepResult], person: People, step: Steps, consoles: Any, slug: str
) -> None:
    """Whatever is missing is named, and no system was called."""
    by = person(Role.ENGINEER)

    with pytest.raises(StepOutOfOrder, match="waits for"):
        run(slug, by=by)
    assert [] == consoles.calls
    assert StepState.WAITING == step(slug).state


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("slug", "right"), [("seal-logs", Right.PRESERVE), ("block-direct-host", Right.CONTAIN)])
def test_who_may_run_a_step(run: Callable[..., StepResult], person: People, role: Role, slug: str, right: Right) -> None:
    """Sealing and containing each take their right, on the same incident."""
    if slug == "block-direct-host":
        run("seal-logs")

    if right in RIGHTS[role]:
        assert StepState.DONE == run(slug, by=person(role)).state
    else:
        with pytest.raises(Refused):
            run(slug, by=person(role))


def test_two_persons_are_two_persons(
    run: Callable[..., StepResult], step: Steps, person: People, now: datetime, consoles: Any
) -> None:
    """Neither the one who asked confirms, nor the one who confirmed runs; nobody without the right confirms."""
    run(*ENGINEERING)
    with pytest.raises(BadInput, match="does not await"):
        step_second(step=step("rotate-token-key"), by=person(Role.COMMANDER), now=now)
    run("rotate-token-key")
    with pytest.raises(BadInput, match="awaits a second person, asked for by Engineer"):
        run("rotate-token-key")
    with pytest.raises(BadInput, match="somebody else"):
        step_second(step=step("rotate-token-key"), by=person(Role.ENGINEER), now=now)
    with pytest.raises(Refused):
        step_second(step=step("rotate-token-key"), by=person(Role.COUNSEL), now=now)

    other = person(Role.ENGINEER, username="other")
    step_second(step=step("rotate-token-key"), by=other, now=now)

    with pytest.raises(BadInput, match="does not run it"):
        run("rotate-token-key", by=other)
    assert 0 == consoles.token_key
    assert StepState.DONE == run("rotate-token-key").state
    execute = entries("INC-0001/step/rotate-token-key").get(act=LedgerAct.STEP_EXECUTE)
    assert ("engineer", "other", True) == (execute.actor, execute.payload["second"], execute.payload["destructive"])


def test_a_done_step_stays_done_and_names_who_did_it(run: Callable[..., StepResult], person: People, consoles: Any) -> None:
    """A second run is refused with the name of the first, and calls nobody."""
    run("seal-logs")
    before = list(consoles.calls)

    with pytest.raises(BadInput, match="already done by Engineer"):
        run("seal-logs", by=person(Role.COMPLIANCE))
    assert before == consoles.calls


def test_two_people_do_not_run_one_step_at_once(run: Callable[..., StepResult], person: People, now: datetime) -> None:
    """A step that somebody runs is not run by another, until it is clear that nobody comes back."""
    Step.objects.filter(slug="seal-logs").update(
        state=StepState.RUNNING, requested_by=person(Role.ENGINEER), claimed_at=SystemClock().now(), started_at=now
    )
    with pytest.raises(BadInput, match="is being run by Engineer"):
        run("seal-logs", by=person(Role.COMPLIANCE))

    Step.objects.filter(slug="seal-logs").update(claimed_at=SystemClock().now() - timedelta(minutes=3))

    assert StepState.DONE == run("seal-logs", by=person(Role.COMPLIANCE)).state


@pytest.mark.parametrize("broken", [False, True], ids=["answered", "failed"])
def test_who_comes_back_late_changes_nothing(
    run: Callable[..., StepResult],
    incident: Incident,
    consoles: Any,
    person: People,
    monkeypatch: pytest.MonkeyPatch,
    broken: bool,  # noqa: FBT001  # a case
) -> None:
    """A step that was taken over while it ran belongs to the second person; what the first one brings is only in the ledger."""
    consoles.broken |= {"/admin/edge-log"} if broken else set()

    def taken_over(*given: Any) -> Any:
        answers = list(executor.run(*given))
        Step.objects.filter(slug="seal-logs").update(requested_by=person(Role.COMPLIANCE), claimed_at=SystemClock().now())
        return answers

    monkeypatch.setattr("hemostat.incidents.running.run", taken_over)
    late = run("seal-logs")

    step = Step.objects.get(slug="seal-logs")
    assert (StepState.RUNNING, StepState.RUNNING, person(Role.COMPLIANCE)) == (late.state, step.state, step.requested_by)
    assert not incident.evidence.exists()
    assert LedgerAct.STEP_FAIL == acts(f"{incident.ref}/step/seal-logs")[-1]


def test_a_failed_call_can_be_repeated_and_seals_nothing_twice(
    incident: Incident, run: Callable[..., StepResult], person: People, now: datetime, consoles: Any
) -> None:
    """A step of several calls stops at the first that fails; what is in the vault stays, the answer lies beside it."""
    consoles.broken.add("/admin/app-log")
    failed = run("seal-logs")
    assert (StepState.FAILED, 0) == (failed.state, incident.evidence.count())
    evidence_seal(incident=incident, item="edge-log", content=b"by hand", how="by hand", by=person(Role.ENGINEER), now=now)
    consoles.broken.clear()

    assert StepState.DONE == run("seal-logs").state

    assert 7 == incident.evidence.get(item="edge-log").size
    assert "seal-logs" == incident.evidence.get(item="edge-log-2").custody.get().why
    assert "seal-logs" == incident.evidence.get(item="app-log").custody.get().why


def test_a_get_is_tried_again_and_a_post_never(run: Callable[..., StepResult], consoles: Any) -> None:
    """A lost connection repeats a reading call; a changing call is left to a person, who looks first."""
    consoles.silent = 2
    assert StepState.DONE == run("seal-logs").state
    assert 3 == consoles.calls.count("GET /admin/edge-log")

    consoles.silent = 1
    failed = run("block-direct-host")

    assert (StepState.FAILED, 1) == (failed.state, consoles.calls.count("POST /admin/edge/rules"))
    assert "twin did not answer POST /admin/edge/rules" in failed.summary
    assert StepState.DONE == run("block-direct-host").state


def test_an_answer_without_end_is_refused(run: Callable[..., StepResult], monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer larger than the limit fails the step instead of filling the memory."""
    monkeypatch.setattr(executor, "LARGEST_ANSWER", 10)

    assert "more than 10 bytes" in run("seal-logs").summary


def test_a_console_without_the_expected_member_fails_the_probe(
    run: Callable[..., StepResult], consoles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the material for a probe is incomplete, the probe says so and proves nothing."""
    run("seal-logs", "block-direct-host")
    monkeypatch.setattr(consoles, "_canary", lambda: (200, {"something": "else"}))

    assert "lacks unsigned" in run("probe-direct-host").summary

    consoles.broken.add("/admin/canary")
    assert "has no value yet" in run("probe-direct-host").summary


def test_a_dry_run_shows_everything_and_sends_nothing(
    step: Steps, targets: Targets, person: People, now: datetime, consoles: Any
) -> None:
    """Every request is shown with its content; what the run will learn keeps its name."""
    by = person(Role.ENGINEER)
    shown = {
        slug: step_execute(step=step(slug), by=by, now=now, targets=targets, dry_run=True)
        for slug in ("block-direct-host", "probe-all-paths", "count-people")
    }

    assert [f'POST {consoles.url}/admin/edge/rules {{"rule": "require-signature", "on": true}}'] == shown[
        "block-direct-host"
    ].requests
    assert f"GET {consoles.url}<__portal_path__>" == shown["probe-all-paths"].requests[-1]
    assert ["hunt people_by_state", "hunt people_exposed"] == shown["count-people"].requests
    assert [] == consoles.calls
    assert StepState.WAITING == step("block-direct-host").state


@pytest.mark.parametrize(
    ("slug", "answer", "problem"),
    [
        ("discovery-day", {"choice": "yesterday"}, "Not an answer"),
        ("discovery-day", {}, "Not an answer"),
        ("seal-logs", {}, "not ticked"),
    ],
)
def test_an_unfit_word_completes_nothing(
    step: Steps, person: People, now: datetime, slug: str, answer: dict[str, str], problem: str
) -> None:
    """A choice that is not offered and a machine's step are refused."""
    by = person(Role.COUNSEL if slug == "discovery-day" else Role.ENGINEER)

    with pytest.raises(BadInput, match=problem):
        step_complete(step=step(slug), by=by, now=now, answer=answer)
    assert StepState.READY == step(slug).state


def test_a_persons_step_belongs_to_its_role(step: Steps, person: People, targets: Targets, now: datetime) -> None:
    """Another role with the right to work is refused; the right one is on record; a person's step is never executed."""
    with pytest.raises(Refused, match="belongs to the role counsel"):
        step_complete(step=step("open-privilege"), by=person(Role.COMPLIANCE), now=now, answer={})
    with pytest.raises(Refused):
        step_complete(step=step("open-privilege"), by=person(Role.AUDITOR), now=now, answer={})
    with pytest.raises(BadInput, match="person's work"):
        step_execute(step=step("open-privilege"), by=person(Role.COUNSEL), now=now, targets=targets)
    with pytest.raises(StepOutOfOrder):
        step_complete(step=step("approve-notices"), by=person(Role.COUNSEL), now=now, answer={})

    done = step_complete(step=step("open-privilege"), by=person(Role.COUNSEL), now=now, answer={"note": "call 555-867-5309"})

    assert StepState.DONE == done.state
    assert "867-5309" not in done.result["note"]


def test_people_are_counted_in_the_lake_not_attempts(
    incident: Incident, run: Callable[..., StepResult], leaked: Callable[..., None], person: People
) -> None:
    """Answered people by where they live; refused attempts and repeated answers do not count; the query is in the vault."""
    leaked(CA=3, TX=2, unknown=1)
    run(*ENGINEERING[:3])

    result = run("count-people", by=person(Role.COMPLIANCE))

    incident.refresh_from_db()
    assert ({"US-CA": 3, "US-TX": 2}, 1, 6) == (incident.affected, incident.affected_unknown, incident.people)
    scope = entries(incident.ref).get(act=LedgerAct.SCOPE_RECORD)
    assert (6, "people_by_state") == (scope.payload["total"], scope.payload["query"])
    assert scope.payload["query_sha256"] == result.answers[0]["query_sha256"]
    assert {"hunt-people-by-state", "hunt-people-exposed"} <= set(incident.evidence.values_list("item", flat=True))
    assert incident.duties.filter(owed=True).exists()


def test_a_count_that_was_sealed_by_hand_is_not_replaced(
    incident: Incident, run: Callable[..., StepResult], leaked: Callable[..., None], person: People, now: datetime
) -> None:
    """Evidence under the name stays; the count is recorded and sealed all the same."""
    leaked(CA=1)
    run(*ENGINEERING[:3])
    evidence_seal(incident=incident, item="hunt-people-exposed", content=b"x", how="by hand", by=person(Role.ENGINEER), now=now)

    assert StepState.DONE == run("count-people").state
    assert 1 == incident.evidence.get(item="hunt-people-exposed").size
    assert 1 < incident.evidence.get(item="hunt-people-exposed-2").size


def test_what_a_step_seals_is_not_handed_in_before_it(
    incident: Incident, run: Callable[..., StepResult], person: People, now: datetime, consoles: Any
) -> None:
    """What waits for an item waits for the system's own answer; by hand it comes only when the step has failed."""
    given = {"incident": incident, "content": b"junk", "how": "by hand", "by": person(Role.ENGINEER), "now": now}
    with pytest.raises(BadInput, match="seals 'edge-log' itself"):
        evidence_hand_in(item="edge-log", **given)
    assert "screenshot" == evidence_hand_in(item="screenshot", **given).item

    consoles.broken.add("/admin/edge-log")
    run("seal-logs")

    assert "edge-log" == evidence_hand_in(item="edge-log", **given).item


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:1", True), ("http://localhost/x", True), ("http://[::1]:80", True), ("http://127.9.9.9", True),
        ("https://example.com", False), ("http://10.0.0.1", False), ("http://localhost.example.com", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_what_counts_as_this_machine(url: str, is_local: bool) -> None:  # noqa: FBT001  # an expected value
    """Loopback numbers and the one name; every other name could lead anywhere."""
    assert is_local == is_loopback(url)


def test_a_sandbox_calls_nothing_outside_and_production_may(home: Home) -> None:
    """The same target is refused in a sandbox, and made a client in production."""
    elsewhere = {"twin": Target(url="http://192.0.2.1:9")}
    with (
        pytest.raises(OutsideSandbox, match="not on this machine"),
        Targets(home, Settings(kind="sandbox", targets=elsewhere)).client("twin"),
    ):
        raise AssertionError("no client is made")
    with pytest.raises(BadSettings, match="no target 'moon'"):
        Targets.of(home).url("moon")

    production = Home(home.path.parent / "production")
    production.create(Settings(kind="production", targets=elsewhere))
    with Targets.of(production).client("twin") as client:
        assert "Authorization" not in client.headers
    assert "did not answer" not in str(TargetDown("x"))
