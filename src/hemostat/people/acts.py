"""The closed words of the ledger."""

from enum import StrEnum


class LedgerAct(StrEnum):
    """What was done, as `thing:verb`."""

    ALERT_RAISE = "alert:raise"
    ALERT_JOIN = "alert:join"
    ALERT_ACKNOWLEDGE = "alert:acknowledge"
    ALERT_DISMISS = "alert:dismiss"
    INCIDENT_OPEN = "incident:open"
    INCIDENT_CONTAIN = "incident:contain"
    INCIDENT_REOPEN = "incident:reopen"
    INCIDENT_CLOSE = "incident:close"
    INCIDENT_HANDOVER = "incident:handover"
    INCIDENT_EXPORT = "incident:export"
    STEP_READY = "step:ready"
    STEP_COMPLETE = "step:complete"
    STEP_EXECUTE = "step:execute"
    STEP_FAIL = "step:fail"
    STEP_REQUEST = "step:request"
    STEP_SECOND = "step:second"
    EVIDENCE_SEAL = "evidence:seal"
    EVIDENCE_OPEN = "evidence:open"
    EVIDENCE_VERIFY = "evidence:verify"
    EVIDENCE_EXPORT = "evidence:export"
    PROBE_RESULT = "probe:result"
    SCOPE_RECORD = "scope:record"
    DISCOVERY_REPORT = "discovery:report"
    DECISION_RECORD = "decision:record"
    CLOCKS_COMPUTE = "clocks:compute"
    DUTY_MARK = "duty:mark"
    NOTE_ADD = "note:add"
    EXERCISE_START = "exercise:start"
    EXERCISE_END = "exercise:end"
    EXERCISE_INJECT = "exercise:inject"
    EXERCISE_ACT = "exercise:act"
    EXERCISE_LEAK = "exercise:leak"
    EXERCISE_SCORE = "exercise:score"
    PERSON_CREATE = "person:create"
    ROLE_GRANT = "role:grant"
    ROLE_REVOKE = "role:revoke"
    LOGIN_OK = "login:ok"
    LOGIN_FAIL = "login:fail"
    LOGOUT_OK = "logout:ok"
    RULE_FAULT = "rule:fault"
    SOURCE_FAULT = "source:fault"
    HUNT_RUN = "hunt:run"
    LEDGER_CHECKPOINT = "ledger:checkpoint"

    @property
    def thing(self) -> str:
        """What it was done to."""
        return self.value.partition(":")[0]

    @property
    def verb(self) -> str:
        """What was done."""
        return self.value.partition(":")[2]
