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


class LegalQuestion(StrEnum):
    """What the law asks about an incident and only people can answer."""

    ENCRYPTED = "encrypted"
    KEY_ACQUIRED = "key_acquired"
    ACCESSED = "accessed"
    ACQUIRED = "acquired"
    SHOULD_HAVE_KNOWN_AT = "should_have_known_at"
    KINDS = "kinds"
    AGENT_OF_COVERED_ENTITY = "agent_of_covered_entity"
    DFS_LICENSEE = "dfs_licensee"
    LISTED_COMPANY = "listed_company"
    ELEMENTS = "elements"


class BreachException(StrEnum):
    """The exceptions to the definition of a breach, 45 CFR 164.402(1)."""

    GOOD_FAITH_ACCESS = "good_faith_access"
    INADVERTENT_DISCLOSURE = "inadvertent_disclosure"
    UNABLE_TO_RETAIN = "unable_to_retain"


class Factor(StrEnum):
    """What a risk assessment weighs: the four of 45 CFR 164.402(2), and the test of a state."""

    NATURE = "nature"
    RECIPIENT = "recipient"
    ACQUIRED = "acquired"
    MITIGATION = "mitigation"
    STATE_TEST = "state_test"


class Risk(StrEnum):
    """How much one factor speaks for harm."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Conclusion(StrEnum):
    """What an assessment comes to."""

    BREACH = "breach"
    LOW_PROBABILITY = "low_probability"
    EXCEPTION = "exception"


class AssessmentState(StrEnum):
    """How far an assessment is."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class ContractKind(StrEnum):
    """With whom a contract sets a clock."""

    BUSINESS_ASSOCIATE = "business_associate"
    INSURER = "insurer"
    CARD_BRAND = "card_brand"
    PLATFORM = "platform"
    CUSTOMER = "customer"
    OTHER = "other"


class ClockPoint(StrEnum):
    """The moments of a clock at which people are told."""

    WARN = "warn"
    ESCALATE = "escalate"
    LIMIT = "limit"
    PASSED = "passed"


class SendMethod(StrEnum):
    """How a notice went out."""

    MAIL = "mail"
    EMAIL = "email"
    PORTAL = "portal"
    PHONE = "phone"
    WEBSITE = "website"
    MEDIA = "media"
    HAND = "by_hand"


class NoticeState(StrEnum):
    """How far a notice is."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class PrivacyAsked(StrEnum):
    """What a privacy request of a platform asks for."""

    ACCESS = "access"
    ERASURE = "erasure"
    SHOP_ERASURE = "shop_erasure"


class PrivacyPoint(StrEnum):
    """A point of the clock of a privacy request: a week before its limit, two days before it, behind it."""

    WEEK = "week"
    DAYS = "days"
    OVERDUE = "overdue"


class PrivacyState(StrEnum):
    """How a privacy request stands."""

    OPEN = "open"
    DEFERRED = "deferred"
    DONE = "done"
