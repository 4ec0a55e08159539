"""Trying a playbook out without an incident: its calls in their order, against the twin of a sandbox or not at all."""

from collections.abc import Iterator

import msgspec

from hemostat.kernel import BadInput, HemostatError, Home

from .executor import planned, run
from .order import Order, Planned
from .playbook import Playbook, StepSpec
from .targets import Targets
from .vocabulary import StepKind, StepState


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What one step did, or would do."""

    step: str
    passed: bool
    outcome: str
    requests: list[str] = []


def tryout(playbook: Playbook, home: Home, *, dry_run: bool) -> Iterator[Tried]:
    """Each step in an order that the playbook allows; stops after the first that fails.

    Steps of persons and counts are passed over: there is nobody to ask and no lake to count. Raises `BadInput` outside a sandbox
    unless nothing is sent.
    """
    settings = home.settings()
    if settings.kind != "sandbox" and not dry_run:
        raise BadInput("A playbook is tried out in a sandbox only.", advice="Work a real incident in its room.")
    targets = Targets(home, settings)
    variables = playbook.variables | targets.variables()
    for spec in in_order(playbook):
        tried = _try(spec, variables, targets, dry_run=dry_run)
        yield tried
        if not tried.passed:
            return


def in_order(playbook: Playbook) -> list[StepSpec]:
    """The steps so that each comes after all that it needs, otherwise as people read them."""
    done: list[StepSpec] = []
    waiting = list(playbook.steps)
    while waiting:
        sealed = {item for step in done for item in step.seals}
        states = [_planned(step, StepState.DONE) for step in done] + [_planned(step, StepState.WAITING) for step in waiting]
        free = Order(states, sealed=sealed).newly_ready()
        if not free:
            raise BadInput(f"{waiting[0].slug} of {playbook.name} waits for evidence that nothing before it seals.")
        chosen = next(step for step in waiting if step.slug == free[0])
        done.append(chosen)
        waiting.remove(chosen)
    return done


def _planned(step: StepSpec, state: StepState) -> Planned:
    return Planned(slug=step.slug, name=step.name, state=state, needs=step.needs, needs_sealed=step.part.needs_sealed)


def _try(spec: StepSpec, variables: dict[str, str], targets: Targets, *, dry_run: bool) -> Tried:
    if spec.part.kind.is_human or spec.part.kind is StepKind.SCOPE:
        return Tried(step=spec.slug, passed=True, outcome="a person's step" if spec.part.kind.is_human else "a count in the lake")
    if dry_run:
        requests = [
            f"{call.method} {targets.url(call.target)}{call.path} {call.content}".rstrip() for call in planned(spec, variables)
        ]
        return Tried(step=spec.slug, passed=True, outcome="; ".join(requests), requests=requests)
    answers = []
    try:
        for answer in run(spec, variables, targets):
            answers.append(answer)
            if not answer.passed:
                break
    except HemostatError as error:
        return Tried(step=spec.slug, passed=False, outcome=str(error))
    said = "; ".join(f"{answer.call.line} {answer.status} sha256 {answer.sha256[:12]}" for answer in answers)
    return Tried(step=spec.slug, passed=answers[-1].passed, outcome=said, requests=[answer.call.line for answer in answers])
