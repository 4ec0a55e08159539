"""The rows of a response: what people do in `response`, what the law asks in `law`."""

from .law import (
    Assessment,
    CalendarFeed,
    ClockAlarm,
    ContractTerm,
    Duty,
    LawVersion,
    LegalAnswer,
    LegalEvent,
    Notice,
    NoticeApproval,
    Recomputation,
    RemedyTask,
    Sending,
)
from .privacy import PrivacyAlarm, PrivacyRequest
from .response import PERSON, Custody, Decision, Evidence, Exposure, Incident, Note, Report, Step

__all__ = [
    "PERSON",
    "Assessment",
    "CalendarFeed",
    "ClockAlarm",
    "ContractTerm",
    "Custody",
    "Decision",
    "Duty",
    "Evidence",
    "Exposure",
    "Incident",
    "LawVersion",
    "LegalAnswer",
    "LegalEvent",
    "Note",
    "Notice",
    "NoticeApproval",
    "PrivacyAlarm",
    "PrivacyRequest",
    "Recomputation",
    "RemedyTask",
    "Report",
    "Sending",
    "Step",
]
