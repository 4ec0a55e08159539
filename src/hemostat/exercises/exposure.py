"""The leak meter: how many people are exposed by now, counted in the lake by the question that the playbook's scope step asks."""

from datetime import datetime

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.models import Incident
from hemostat.incidents.playbook import StepSpec
from hemostat.incidents.selectors import incidents_here
from hemostat.incidents.services import Targets, exposure_record, path_probe
from hemostat.incidents.vocabulary import IncidentState, StepKind
from hemostat.kernel import Home
from hemostat.lake.hunt import Hunt


def meter_read(*, home: Home, targets: Targets, now: datetime) -> None:
    """Each incident under way has a point on its curve for `now`, and knows whether its path is open."""
    hunt = Hunt(home)
    for incident in incidents_here().exclude(state=IncidentState.CLOSED):
        spec = scope_step(incident)
        if spec is not None:
            answer = hunt.run(spec.part.records, **spec.part.hunt_values)
            exposure_record(incident=incident, at=now, people=sum(row["people"] for row in answer.table.to_pylist()))
        path_probe(incident=incident, now=now, targets=targets)


def scope_step(incident: Incident) -> StepSpec | None:
    """The step of the incident's playbook that counts people, if it has one."""
    steps = playbooks.load(incident.playbook).steps
    return next((step for step in steps if step.part.kind is StepKind.SCOPE and step.part.records), None)
