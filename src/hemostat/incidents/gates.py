"""Who may work a step of each kind."""

from hemostat.people.models import Person
from hemostat.people.rights import Refused, Right, Role, demand

from .models import Step
from .vocabulary import StepKind

RIGHT_OF_KIND = {
    StepKind.MANUAL: Right.WORK,
    StepKind.DECISION: Right.WORK,
    StepKind.HTTP: Right.CONTAIN,
    StepKind.EVIDENCE: Right.PRESERVE,
    StepKind.PROBE: Right.CONTAIN,
    StepKind.SCOPE: Right.SCOPE,
}


def may_act(person: Person, step: Step) -> bool:
    """May this person complete or run this step? A person's work belongs to the role that it names."""
    kind = StepKind(step.kind)
    if kind.is_human and Role(step.role) not in person.roles:
        return False
    return person.may(RIGHT_OF_KIND[kind]) and step.second_by != person


def demand_act(person: Person, step: Step) -> None:
    """Nothing, when the person may work the step. Raises `Refused`, which names whom to ask."""
    kind = StepKind(step.kind)
    demand(person, RIGHT_OF_KIND[kind])
    if kind.is_human and Role(step.role) not in person.roles:
        raise Refused(f"{step.name!r} belongs to the role {step.role}.", advice=f"Ask: {Role(step.role).label.lower()}.")
