"""What can be done to an incident, in one place: the front door to the topic modules of this room."""

from .clocks import clocks_refresh
from .duties import duty_mark
from .evidence import CustodyFault, custody_verify, evidence_open, evidence_seal, evidence_verify
from .exposure import exposure_record
from .legal_facts import facts_of
from .lifecycle import (
    decision_record,
    discovery_report,
    hand_over,
    incident_close,
    incident_open,
    note_add,
    scope_record,
)
from .order import StepOutOfOrder
from .running import StepResult, evidence_hand_in, path_probe, step_complete, step_execute, step_second
from .targets import TargetDown, Targets

__all__ = [
    "CustodyFault",
    "StepOutOfOrder",
    "StepResult",
    "TargetDown",
    "Targets",
    "clocks_refresh",
    "custody_verify",
    "decision_record",
    "discovery_report",
    "duty_mark",
    "evidence_hand_in",
    "evidence_open",
    "evidence_seal",
    "evidence_verify",
    "exposure_record",
    "facts_of",
    "hand_over",
    "incident_close",
    "incident_open",
    "note_add",
    "path_probe",
    "scope_record",
    "step_complete",
    "step_execute",
    "step_second",
]
