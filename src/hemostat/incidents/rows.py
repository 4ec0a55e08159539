"""How the services read and change the rows of one incident: fresh, inside their transaction, one step of the order at a time."""

from collections.abc import Iterable
from datetime import datetime

from hemostat.kernel import BadInput, iso
from hemostat.people.ledger import LedgerAct, record

from .models import Evidence, Incident, Step
from .order import Order, Planned
from .vocabulary import IncidentState, StepState


def fresh_incident(incident: Incident) -> Incident:
    """The incident as it is now, to be changed in this transaction. Raises `BadInput` when it is closed."""
    now_is = Incident.objects.select_for_update().get(pk=incident.pk)
    if now_is.state == IncidentState.CLOSED:
        raise BadInput(f"{now_is.ref} was closed {_when(now_is.closed_at)}.", advice="Open a new incident for a new leak.")
    return now_is


def fresh_step(step: Step) -> Step:
    """The step as it is now, to be changed in this transaction. Raises `BadInput` when it is done, naming who did it."""
    now_is = Step.objects.select_for_update().select_related("done_by", "requested_by", "incident").get(pk=step.pk)
    if now_is.state == StepState.DONE:
        who = now_is.done_by.full_name if now_is.done_by else "nobody"
        raise BadInput(
            f"{now_is.name!r} was already done by {who} {_when(now_is.done_at)}.", advice="Nothing was changed; see its result."
        )
    fresh_incident(now_is.incident)
    return now_is


def order_of(incident: Incident, steps: Iterable[Step] | None = None) -> Order:
    """The order of an incident as it stands now; `steps` are all of its steps, if somebody has just read them."""
    planned = [
        Planned(
            slug=step.slug,
            name=step.name,
            state=StepState(step.state),
            needs=tuple(step.needs),
            needs_sealed=tuple(step.needs_sealed),
        )
        for step in (Step.objects.filter(incident=incident) if steps is None else steps)
    ]
    return Order(planned, sealed=Evidence.objects.filter(incident=incident).values_list("item", flat=True))


def steps_advance(incident: Incident, *, now: datetime) -> list[Step]:
    """Every waiting step whose turn has come is ready, and the ledger says so."""
    ready = list(Step.objects.filter(incident=incident, slug__in=order_of(incident).newly_ready()))
    for step in ready:
        step.state, step.ready_at = StepState.READY, now
        step.save(update_fields=["state", "ready_at"])
        record(act=LedgerAct.STEP_READY, by="playbook", at=now, subject=step_subject(incident, step), lane=step.lane)
    return ready


def step_subject(incident: Incident, step: Step) -> str:
    """How the ledger calls a step."""
    return f"{incident.ref}/step/{step.slug}"


def _when(moment: datetime | None) -> str:
    return f"at {iso(moment)}" if moment else ""
