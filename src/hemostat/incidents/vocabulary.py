"""The closed words of a response."""

from enum import StrEnum


class IncidentState(StrEnum):
    """How far the response is."""

    OPEN = "open"
    CONTAINED = "contained"
    CLOSED = "closed"


class PathState(StrEnum):
    """What the last probe said about the way by which the data leaves."""

    UNKNOWN = "unknown"
    OPEN = "open"
    CLOSED = "closed"


class StepKind(StrEnum):
    """What kind of work a step is."""

    MANUAL = "manual"
    HTTP = "http"
    EVIDENCE = "evidence"
    PROBE = "probe"
    DECISION = "decision"
    SCOPE = "scope"

    @property
    def is_human(self) -> bool:
        """Is it completed by a person's word, rather than executed?"""
        return self in {StepKind.MANUAL, StepKind.DECISION}


class Lane(StrEnum):
    """Whose column of the room a step stands in."""

    ENGINEERING = "engineering"
    COMPLIANCE = "compliance"
    COUNSEL = "counsel"


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    READY = "ready"
    AWAITING_SECOND = "awaiting_second"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DutyState(StrEnum):
    """How far the notice of a duty is."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"


class CustodyAct(StrEnum):
    """What was done with an item of evidence."""

    COLLECTED = "collected"
    OPENED = "opened"
    EXPORTED = "exported"
    VERIFIED = "verified"


class Outcome(StrEnum):
    """How an incident ended."""

    BREACH = "breach"
    LOW_PROBABILITY = "low_probability"
    NO_PATIENT_DATA = "no_patient_data"
    FALSE_ALARM = "false_alarm"
    EXERCISE = "exercise"
