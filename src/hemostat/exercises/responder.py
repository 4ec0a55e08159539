"""The scripted responder: one invented person per role, who does the next act of the playbook after a fixed wait.

They use the services that the console's buttons use, with the rights of their role: a headless drill tests the response itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hemostat.alerts.selectors import alerts_open
from hemostat.alerts.services import alert_acknowledge
from hemostat.incidents import playbook as playbooks
from hemostat.incidents.models import Step
from hemostat.incidents.selectors import incidents_here
from hemostat.incidents.services import Targets, incident_open, step_complete, step_execute, step_second
from hemostat.incidents.vocabulary import Lane, StepKind, StepState
from hemostat.kernel import NotFound
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Right, Role

from .pack import Pack
from .scribe import notices_approved, notices_written

_SEVERITY = 1
REVIEW, APPROVE = "review-notices", "approve-notices"
"""The steps of a playbook with which compliance and counsel answer for the notices."""


class Responder:
    """Answers one drill as its playbook says."""

    def __init__(self, pack: Pack, *, targets: Targets) -> None:
        self._waits = pack.autopilot
        self._answers = pack.autopilot.answers
        self._targets = targets

    def act(self, *, now: datetime) -> None:
        """Everything that is due by `now` is done, in the order of the playbook."""
        self._acknowledge(now)
        self._declare(now)
        while any(self._advance(lane, now) for lane in Lane):
            pass

    def _acknowledge(self, now: datetime) -> None:
        engineer = person_of(Role.ENGINEER)
        for alert in alerts_open().filter(acknowledged_at=None).order_by("raised_at", "pk"):
            if now >= alert.raised_at + timedelta(minutes=self._waits.acknowledge):
                alert_acknowledge(alert=alert, by=engineer, now=now)

    def _declare(self, now: datetime) -> None:
        alerts = list(alerts_open().exclude(acknowledged_at=None).order_by("raised_at", "pk"))
        if not alerts or incidents_here().exists():
            return
        if now >= alerts[0].raised_at + timedelta(minutes=self._waits.declare):
            commander = person_of(Role.COMMANDER)
            incident_open(alerts=alerts, by=commander, now=now, severity=_SEVERITY, commander=commander)

    def _advance(self, lane: Lane, now: datetime) -> bool:
        """Is one more step of this lane moved? Each lane does one thing after the other, each after its wait."""
        for step in _open_steps(lane):
            since = max(moment for moment in (step.ready_at, _last_act(step), _asked(step)) if moment)
            if now < since + timedelta(minutes=self._wait(step)):
                return False
            return self._do(step, now)
        return False

    def _do(self, step: Step, now: datetime) -> bool:
        kind = StepKind(step.kind)
        by = person_of(Role(step.role))
        if step.state == StepState.AWAITING_SECOND:
            step_second(step=step, by=_second(step), now=now)
        elif kind.is_human:
            self._notices(step, by, now)
            step_complete(step=step, by=by, now=now, answer=_answer(step))
        else:
            before = step.state
            step_execute(step=step, by=by, now=now, targets=self._targets)
            step.refresh_from_db()
            return step.state not in {before, StepState.FAILED}
        return True

    def _notices(self, step: Step, by: Person, now: datetime) -> None:
        """Whoever says that the notices are reviewed has written them, and whoever approves them has."""
        if step.slug == REVIEW:
            notices_written(incident=step.incident, answers=self._answers, by=by, now=now)
        elif step.slug == APPROVE:
            notices_approved(incident=step.incident, by=by, now=now)

    def _wait(self, step: Step) -> float:
        if step.state == StepState.AWAITING_SECOND:
            return self._waits.second
        return {
            StepKind.EVIDENCE: self._waits.seal,
            StepKind.PROBE: self._waits.probe,
            StepKind.SCOPE: self._waits.scope,
            StepKind.DECISION: self._waits.decide,
        }.get(StepKind(step.kind), self._waits.act)


def person_of(role: Role) -> Person:
    """Somebody who holds the role. Raises `NotFound` when nobody does."""
    person = Person.objects.filter(grants__role=role.value, grants__revoked_at=None, is_active=True).order_by("pk").first()
    if person is None:
        raise NotFound(f"Nobody is {role.label.lower()}.", advice="Make the demonstration people first.")
    return person


def _open_steps(lane: Lane) -> Iterator[Step]:
    states = [StepState.READY, StepState.AWAITING_SECOND, StepState.FAILED]
    for incident in incidents_here():
        yield from incident.steps.filter(lane=lane, state__in=states).select_related("incident").order_by("position")


def _last_act(step: Step) -> datetime | None:
    """When somebody of this lane last did something."""
    done = step.incident.steps.filter(lane=step.lane, done_at__isnull=False).order_by("-done_at").first()
    return done.done_at if done else None


def _asked(step: Step) -> datetime | None:
    """When a second person was asked to confirm the step."""
    asked = entries(subject=f"{step.incident.ref}/step/{step.slug}").filter(act=LedgerAct.STEP_REQUEST).last()
    return asked.at if asked else None


def _second(step: Step) -> Person:
    """Somebody else who may confirm the step: the commander first."""
    holders = [person_of(role) for role in (Role.COMMANDER, Role.ENGINEER)]
    return next(person for person in holders if person != step.requested_by and person.may(Right.APPROVE))


def _answer(step: Step) -> dict[str, object]:
    if step.kind != StepKind.DECISION:
        return {"note": "Done as the playbook says."}
    best = playbooks.load(step.incident.playbook).step(step.slug).best
    assert best is not None  # noqa: S101  # a playbook without a best answer does not load
    return {"choice": best.key, "rationale": best.because, "facts": [f"{step.incident.ref}: {step.incident.discovered_how}"]}
