"""What can be done to an incident, in one place: the front door to the topic modules of this room."""

from .alarms import alarm_acknowledge, alarms_acknowledge, alarms_raise, pages_record
from .answers import answer_record, count_by_hand, event_record, event_withdraw, hold_end
from .assessments import assessment_decide, assessment_submit
from .burden import Burden, burden_export, burden_write
from .clocks import clocks_refresh
from .contracts import contract_retire, contract_write
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
    report_withdraw,
    scope_record,
)
from .local_days import local_day
from .notices import (
    NoticeChanged,
    notice_approve,
    notice_draft,
    notice_edit,
    notice_fill_others,
    notice_send,
    notice_taken_out,
    notice_withdraw,
    notices_draft_owed,
)
from .order import StepOutOfOrder
from .remedies import remedy_done
from .running import StepResult, evidence_hand_in, path_probe, step_complete, step_execute, step_second
from .targets import TargetDown, Targets

__all__ = [
    "Burden",
    "CustodyFault",
    "NoticeChanged",
    "StepOutOfOrder",
    "StepResult",
    "TargetDown",
    "Targets",
    "alarm_acknowledge",
    "alarms_acknowledge",
    "alarms_raise",
    "answer_record",
    "assessment_decide",
    "assessment_submit",
    "burden_export",
    "burden_write",
    "clocks_refresh",
    "contract_retire",
    "contract_write",
    "count_by_hand",
    "custody_verify",
    "decision_record",
    "discovery_report",
    "event_record",
    "event_withdraw",
    "evidence_hand_in",
    "evidence_open",
    "evidence_seal",
    "evidence_verify",
    "exposure_record",
    "facts_of",
    "hand_over",
    "hold_end",
    "incident_close",
    "incident_open",
    "local_day",
    "note_add",
    "notice_approve",
    "notice_draft",
    "notice_edit",
    "notice_fill_others",
    "notice_send",
    "notice_taken_out",
    "notice_withdraw",
    "notices_draft_owed",
    "pages_record",
    "path_probe",
    "remedy_done",
    "report_withdraw",
    "scope_record",
    "step_complete",
    "step_execute",
    "step_second",
]
