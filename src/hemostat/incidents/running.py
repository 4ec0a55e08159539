"""Working through the steps of a playbook: people's words, calls to systems, probes and counts.

A call to a system is never made inside a transaction: the step is claimed in one, run outside, and its result kept in another. A
claim that nobody came back from can be taken over after `CLAIM`; who comes back later still finds it taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
from django.db import transaction

from hemostat.kernel import BadInput, HemostatError, SystemClock
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from . import playbook as playbooks
from .clocks import clocks_refresh
from .evidence import evidence_seal
from .executor import Answer, planned, run
from .gates import demand_act
from .lifecycle import decision_record, scope_record
from .models import Evidence, Incident, Step
from .playbook import StepSpec
from .rows import fresh_step, order_of, step_subject, steps_advance
from .scope import Count, counted
from .targets import TargetDown, Targets
from .vocabulary import IncidentState, PathState, StepKind, StepState
from .words import safe_text

CLAIM = timedelta(minutes=2)


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a step: its state, a sentence, what may be written down of each call; `requests` of a dry run."""

    state: StepState
    summary: str
    answers: list[dict[str, Any]] = []
    requests: list[str] = []


@transaction.atomic
def step_complete(*, step: Step, by: Person, now: datetime, answer: Mapping[str, Any]) -> Step:
    """A person's step is done, in their word.

    answer: of a manual step `note`; of a decision `choice` (the key of an option), `rationale` and `facts`.
    Raises `Refused` for another role, `StepOutOfOrder` before its turn, `BadInput` for an unknown choice or a step that is run.
    """
    step = fresh_step(step)
    demand_act(by, step)
    if not StepKind(step.kind).is_human:
        raise BadInput(f"{step.name!r} is executed, not ticked.", advice="Run it; its result shows whether it is done.")
    order_of(step.incident).demand(step.slug)
    if step.kind == StepKind.DECISION:
        result = _decide(step, by=by, now=now, answer=answer)
    else:
        result = {"note": safe_text(str(answer.get("note", "")))}
    _finish(step, by=by, now=now, result=result, act=LedgerAct.STEP_COMPLETE)
    return step


def step_execute(*, step: Step, by: Person, now: datetime, targets: Targets, dry_run: bool = False) -> StepResult:
    """The step has run and its result is on record; or, for a step of two persons, it awaits the second one.

    A step whose call failed, or was not answered as expected, is `failed` and may be run again. A dry run shows the requests and
    changes nothing. Raises `Refused`, `StepOutOfOrder`, and `BadInput` for a step that somebody else runs or did.
    """
    if StepKind(step.kind).is_human:
        raise BadInput(f"{step.name!r} is a person's work.", advice="Do it, then record it.")
    demand_act(by, step)
    spec = playbooks.load(step.incident.playbook).step(step.slug)
    if dry_run:
        return _rehearsal(step, spec, targets)
    claim = _claim(step, by=by, now=now)
    if claim is None:
        return StepResult(state=StepState.AWAITING_SECOND, summary="Somebody else must confirm it first.")
    try:
        return _run(step, spec, claim, by=by, now=now, targets=targets)
    except HemostatError as error:
        return _failed(step, claim, by=by, now=now, summary=str(error))


@transaction.atomic
def step_second(*, step: Step, by: Person, now: datetime) -> Step:
    """A second person has confirmed the step, which may now be executed.

    Raises `Refused` without the right, `BadInput` for the person who asked, and for a step that awaits nobody.
    """
    demand(by, Right.APPROVE)
    step = fresh_step(step)
    if step.state != StepState.AWAITING_SECOND or step.requested_by is None:
        raise BadInput(f"{step.name!r} does not await a second person.", advice="Somebody asks for it first.")
    if step.requested_by == by:
        raise BadInput("The second person is somebody else than the first.", advice="Ask a colleague who may approve.")
    step.state, step.second_by = StepState.READY, by
    step.save(update_fields=["state", "second_by"])
    record(
        act=LedgerAct.STEP_SECOND,
        by=by,
        at=now,
        subject=step_subject(step.incident, step),
        requested_by=step.requested_by.username,
    )
    return step


def path_probe(*, incident: Incident, now: datetime, targets: Targets) -> str:
    """What the probes of the playbook say about the ways out: `open`, `closed`, or `unknown` when one cannot be asked.

    The incident keeps it. It is contained once the path is closed, and open again when the path is.
    """
    found: dict[str, str] = dict.fromkeys(_path_names(incident), PathState.UNKNOWN)
    with suppress(TargetDown, BadInput):
        for spec in _fullest_probes(incident):
            found |= _paths(run(spec, _variables(incident, targets), targets))
    return _path_keep(incident, found, by="probe", now=now)


def _fullest_probes(incident: Incident) -> list[StepSpec]:
    """The probe steps of the playbook, without those whose paths a later one probes too."""
    chosen: list[StepSpec] = []
    seen: set[str] = set()
    for spec in reversed(playbooks.load(incident.playbook).steps):
        paths = {command.part.path for command in spec.commands if command.part.path}
        if spec.part.kind is StepKind.PROBE and not paths <= seen:
            chosen.append(spec)
            seen |= paths
    return chosen


def _paths(answers: Iterable[Answer]) -> dict[str, str]:
    """What probes say about each path: closed when the answer is the expected one."""
    return {
        answer.call.command.part.path: PathState.CLOSED if answer.passed else PathState.OPEN
        for answer in answers
        if answer.call.command.part.path
    }


def _decide(step: Step, *, by: Person, now: datetime, answer: Mapping[str, Any]) -> dict[str, Any]:
    spec = playbooks.load(step.incident.playbook).step(step.slug)
    chosen = next((option for option in spec.part.options if option.key == answer.get("choice")), None)
    if chosen is None:
        keys = ", ".join(option.key for option in spec.part.options)
        raise BadInput(f"Not an answer to {step.name!r}.", advice=f"Choose one of: {keys}.")
    decision = decision_record(
        incident=step.incident,
        by=by,
        now=now,
        question=step.question,
        choice=chosen.text,
        rationale=str(answer.get("rationale", "")),
        facts=[str(fact) for fact in answer.get("facts", [])],
        step=step,
        credit=chosen.credit,
    )
    return {"choice": chosen.key, "decision": decision.pk}


def _rehearsal(step: Step, spec: StepSpec, targets: Targets) -> StepResult:
    if spec.part.kind is StepKind.SCOPE:
        requests = [f"hunt {hunt}" for hunt in spec.part.hunts]
    else:
        calls = planned(spec, _variables(step.incident, targets))
        requests = [f"{call.method} {targets.url(call.target)}{call.path} {call.content}".rstrip() for call in calls]
    return StepResult(state=StepState(step.state), summary="Nothing was sent.", requests=requests)


@transaction.atomic
def _claim(step: Step, *, by: Person, now: datetime) -> datetime | None:
    """The moment of the machine since which the step runs in this person's name; None when it awaits a second person instead."""
    step = fresh_step(step)
    order_of(step.incident).demand(step.slug)
    machine = SystemClock().now()
    if step.state == StepState.RUNNING and step.claimed_at and machine - step.claimed_at < CLAIM:
        who = step.requested_by.full_name if step.requested_by else "somebody"
        raise BadInput(f"{step.name!r} is being run by {who}.", advice="Wait for the result.")
    if step.state == StepState.AWAITING_SECOND and step.requested_by:
        raise BadInput(f"{step.name!r} awaits a second person, asked for by {step.requested_by.full_name}.")
    subject = step_subject(step.incident, step)
    if step.two_person and step.second_by is None:
        step.state, step.requested_by = StepState.AWAITING_SECOND, by
        step.save(update_fields=["state", "requested_by"])
        record(act=LedgerAct.STEP_REQUEST, by=by, at=now, subject=subject)
        return None
    if step.second_by == by:
        raise BadInput("Who confirmed a step does not run it as well.", advice="The person who asked for it runs it.")
    step.state, step.requested_by, step.started_at, step.claimed_at = StepState.RUNNING, by, now, machine
    step.save(update_fields=["state", "requested_by", "started_at", "claimed_at"])
    return machine


def _held(step: Step, claim: datetime) -> Step:
    """The step, still run by who claimed it then. Raises `BadInput` when somebody took it over meanwhile."""
    step = fresh_step(step)
    if step.state != StepState.RUNNING or step.claimed_at != claim:
        raise BadInput(
            f"{step.name!r} was taken over while it ran; this answer came too late.", advice="Look at the other result."
        )
    return step


def _run(step: Step, spec: StepSpec, claim: datetime, *, by: Person, now: datetime, targets: Targets) -> StepResult:
    if spec.part.kind is StepKind.SCOPE:
        return _scope_keep(step, spec, claim, counted(spec), by=by, now=now)
    answers = []
    for answer in run(spec, _variables(step.incident, targets), targets):
        answers.append(answer)
        if not answer.passed and spec.part.kind is not StepKind.PROBE:
            break
    return _answers_keep(step, spec, claim, answers, by=by, now=now)


@transaction.atomic
def _answers_keep(
    step: Step, spec: StepSpec, claim: datetime, answers: Sequence[Answer], *, by: Person, now: datetime
) -> StepResult:
    step = _held(step, claim)
    records = [answer.record() for answer in answers]
    if spec.part.kind is StepKind.PROBE:
        _path_keep(step.incident, _paths(answers), by=by, now=now, from_step=step)
    if not all(answer.passed for answer in answers):
        failed = next(answer for answer in answers if not answer.passed)
        return _failed(step, claim, by=by, now=now, summary=_unexpected(failed), answers=records)
    if spec.part.kind is StepKind.EVIDENCE:
        _seal_answers(step, answers, by=by, now=now)
    _finish(step, by=by, now=now, result={"answers": records}, act=LedgerAct.STEP_EXECUTE)
    return StepResult(state=StepState.DONE, summary=f"{step.name}: done.", answers=records)


def _seal_answers(step: Step, answers: Sequence[Answer], *, by: Person, now: datetime) -> None:
    for answer in answers:
        part = answer.call.command.part
        evidence_seal(
            incident=step.incident,
            item=_free_name(step.incident, part.seals),
            content=answer.content,
            how=f"{answer.call.line} on {answer.call.target}, status {answer.status}",
            by=by,
            now=now,
            title=part.title,
            media_type=answer.media_type,
            step=step,
        )


def evidence_hand_in(*, incident: Incident, item: str, content: bytes, how: str, by: Person, now: datetime) -> Evidence:
    """What a person collected lies sealed in the vault, as `evidence_seal` does it.

    Raises `BadInput` for the name of an item that a step of the playbook collects itself, unless the step has failed: what waits
    for that item waits for the system's own answer.
    """
    step = next((step for step in incident.steps.exclude(state=StepState.FAILED) if item in step.seals), None)
    if step is not None:
        raise BadInput(
            f"The step {step.name!r} seals {item!r} itself.", advice="Run it; if it fails, seal by hand. Or choose another name."
        )
    return evidence_seal(incident=incident, item=item, content=content, how=how, by=by, now=now)


def _free_name(incident: Incident, item: str) -> str:
    """The name of the item, numbered when something lies sealed under it already: what a step collects is never dropped."""
    taken = set(incident.evidence.values_list("item", flat=True))
    names = (item if number == 1 else f"{item}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


@transaction.atomic
def _scope_keep(step: Step, spec: StepSpec, claim: datetime, counts: Sequence[Count], *, by: Person, now: datetime) -> StepResult:
    step = _held(step, claim)
    for found, item in zip(counts, spec.seals, strict=True):
        evidence_seal(
            incident=step.incident,
            item=_free_name(step.incident, item),
            content=found.document,
            how=f"saved hunt {found.hunt}, query sha256 {found.query_sha256}",
            by=by,
            now=now,
            title=found.title,
            media_type="application/json",
            step=step,
        )
        if found.hunt == spec.part.records:
            scope_record(
                incident=step.incident,
                by=by,
                now=now,
                people=found.people,
                unknown=found.unknown,
                query=found.hunt,
                query_sha256=found.query_sha256,
            )
    records = [found.record() for found in counts]
    _finish(step, by=by, now=now, result={"hunts": records}, act=LedgerAct.STEP_EXECUTE)
    return StepResult(state=StepState.DONE, summary=f"{step.name}: done.", answers=records)


def _finish(step: Step, *, by: Person, now: datetime, result: dict[str, Any], act: LedgerAct) -> None:
    """The step is done, and those that waited for it are ready."""
    step.state, step.done_at, step.done_by, step.result = StepState.DONE, now, by, result
    step.claimed_at = None
    step.save(update_fields=["state", "done_at", "done_by", "result", "claimed_at"])
    second = step.second_by.username if step.second_by else ""
    record(
        act=act,
        by=by,
        at=now,
        subject=step_subject(step.incident, step),
        kind=step.kind,
        destructive=step.destructive,
        second=second,
        result=result,
    )
    steps_advance(step.incident, now=now)


@transaction.atomic
def _failed(
    step: Step, claim: datetime, *, by: Person, now: datetime, summary: str, answers: list[dict[str, Any]] | None = None
) -> StepResult:
    """The step did not do what it should; it may be run again, unless somebody else runs or did it meanwhile."""
    step = fresh_step(step)
    result = {"reason": summary, "answers": answers or []}
    if step.state == StepState.RUNNING and step.claimed_at == claim:
        step.state, step.claimed_at, step.result = StepState.FAILED, None, result
        step.save(update_fields=["state", "claimed_at", "result"])
    record(act=LedgerAct.STEP_FAIL, by=by, at=now, subject=step_subject(step.incident, step), **result)
    return StepResult(state=StepState(step.state), summary=summary, answers=answers or [])


@transaction.atomic
def _path_keep(
    incident: Incident, found: Mapping[str, str], *, by: Person | str, now: datetime, from_step: Step | None = None
) -> str:
    """The incident holds the newest answer of each path, and what they say together; the ledger hears of every change."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    before = {result["path"]: result["state"] for result in incident.path_results}
    paths = before | dict(found)
    state = path_state(paths, expected=_path_names(incident))
    incident.path_results = [{"path": path, "state": value} for path, value in paths.items()]
    changed = state != incident.path_state
    incident.path_state, incident.path_checked_at = state, now
    incident.save(update_fields=["path_results", "path_state", "path_checked_at"])
    if changed or from_step or paths != before:
        step = from_step.slug if from_step else ""
        record(act=LedgerAct.PROBE_RESULT, by=by, at=now, subject=incident.ref, state=state, paths=paths, step=step)
    _contain(incident, by=by, now=now)
    return state


def path_state(paths: Mapping[str, str], *, expected: Sequence[str]) -> PathState:
    """Open when one way is open; closed when every way of the playbook is proven closed; else unknown."""
    if PathState.OPEN in paths.values():
        return PathState.OPEN
    closed = expected and all(paths.get(path) == PathState.CLOSED for path in expected)
    return PathState.CLOSED if closed else PathState.UNKNOWN


def _path_names(incident: Incident) -> list[str]:
    steps = playbooks.load(incident.playbook).steps
    return list(dict.fromkeys(c.part.path for s in steps if s.part.kind is StepKind.PROBE for c in s.commands if c.part.path))


def _contain(incident: Incident, *, by: Person | str, now: datetime) -> None:
    """Contained is what a probe has proven, never what somebody said."""
    if incident.state == IncidentState.OPEN and incident.path_state == PathState.CLOSED:
        incident.state, incident.contained_at = IncidentState.CONTAINED, now
        incident.save(update_fields=["state", "contained_at"])
        record(act=LedgerAct.INCIDENT_CONTAIN, by=by, at=now, subject=incident.ref)
    elif incident.state == IncidentState.CONTAINED and incident.path_state == PathState.OPEN:
        incident.state, incident.contained_at = IncidentState.OPEN, None
        incident.save(update_fields=["state", "contained_at"])
        record(act=LedgerAct.INCIDENT_REOPEN, by=by, at=now, subject=incident.ref)
        # What a probe saw stands whatever the clocks say; if they cannot follow, the next round of the law logs why.
        with suppress(BadInput):
            clocks_refresh(incident=incident, now=now, cause="A way out was found open again.", by=by)


def _variables(incident: Incident, targets: Targets) -> dict[str, str]:
    return playbooks.load(incident.playbook).variables | targets.variables()


def _unexpected(answer: Answer) -> str:
    expected = ", ".join(map(str, answer.call.command.part.expects)) or "200 to 299"
    return f"{answer.call.target} answered {answer.call.line} with {answer.status}; expected {expected}."
