"""The rows of the legal side of a response: facts, clocks, assessments, contracts, notices. None holds a patient value."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from hemostat.incidents.vocabulary import (
    AssessmentState,
    BreachException,
    ClockPoint,
    Conclusion,
    ContractKind,
    DutyState,
    LegalQuestion,
    NoticeState,
)

from .response import PERSON, Evidence, Incident, words


class LawVersion(models.Model):
    """One state of the law's table with which clocks were computed. rows: id of each row to the SHA-256 of its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()
    rows = models.JSONField(default=dict)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.sha256[:12]


class Recomputation(models.Model):
    """One computation of the clocks of an incident.

    cause: the fact that changed, as a sentence. facts: the document that the law read.
    changes: what came out otherwise than before, each `{"duty", "jurisdiction", "field", "before", "after"}`.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="recomputations")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    cause = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    changes = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    law = models.ForeignKey(LawVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.cause}"


class LegalAnswer(models.Model):
    """One answer to a question that the law asks about the incident. The latest answer counts; the earlier ones stay.

    value: true, false or null (nobody knows) for a yes-or-no question, an ISO date, or a list of words.
    evidence: names of sealed items that bear it out.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="legal_answers")
    question = models.CharField(max_length=30, choices=words(LegalQuestion))
    value = models.JSONField(null=True, blank=True)
    why = models.TextField()
    evidence = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.question}"


class LegalEvent(models.Model):
    """Something that starts, moves or ends a clock; `kind` is a word of the facts document, or `consumer_cure_notice`.

    A hold has `form`, `on` (its first day), and ends `until` a day or after `requested_days`. A mistaken event is withdrawn.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="legal_events")
    kind = models.CharField(max_length=40)
    on = models.DateField()
    jurisdiction = models.CharField(max_length=20, blank=True)
    form = models.CharField(max_length=10, blank=True)
    until = models.DateField(null=True, blank=True)
    requested_days = models.PositiveSmallIntegerField(null=True, blank=True)
    how = models.CharField(max_length=300)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind}"


class ContractTerm(models.Model):
    """A clock that a contract sets: a business associate agreement, a policy, card brand rules, a platform's partner terms.

    value, unit: the period, or None when the contract gives no number. trigger: discovery or determination.
    surfaces: those of the store that it covers, empty for all. elements: it binds only when one of them leaked, empty for always.
    """

    kind = models.CharField(max_length=20, choices=words(ContractKind))
    counterparty = models.CharField(max_length=120)
    clause = models.CharField(max_length=200)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=15, blank=True)
    trigger = models.CharField(max_length=15, default="discovery")
    surfaces = models.JSONField(default=list, blank=True)
    elements = models.JSONField(default=list, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    begins = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["kind", "counterparty", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.counterparty}"


class Duty(models.Model):
    """One duty to tell somebody, as the law table computed it from the facts of the incident.

    A row is never deleted: when the facts change and nothing is owed any more, `owed` is false and `because` says why.
    people: residents of the place that the duty looks at, or everybody when it looks at no place.
    contract: the term that sets the clock, when no law does. due_at: the moment of a limit that is counted in hours.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20, blank=True)
    regime = models.CharField(max_length=60)
    recipient = models.CharField(max_length=60)
    recipient_name = models.CharField(max_length=200)
    obligor = models.CharField(max_length=30)
    owed = models.BooleanField(default=True)
    contract = models.ForeignKey("ContractTerm", on_delete=models.PROTECT, null=True, blank=True, related_name="duties")
    due = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    advised = models.DateField(null=True, blank=True)
    wording = models.TextField(blank=True)
    trigger = models.CharField(max_length=60, blank=True)
    trigger_on = models.DateField(null=True, blank=True)
    citation = models.CharField(max_length=300)
    because = models.JSONField(default=list)
    verified = models.BooleanField(default=False)
    met_by = models.CharField(max_length=60, blank=True)
    people = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, choices=words(DutyState), default=DutyState.NOT_STARTED)
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_ref = models.CharField(max_length=200, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["incident", "due", "duty"]
        verbose_name_plural = "duties"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["incident", "duty", "jurisdiction"], name="one_row_a_duty")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.duty}"


class ClockAlarm(models.Model):
    """One point of a clock that was reached.

    limit_at: the last lawful moment that the clock had then: a limit that moves gets alarms of its own.
    told: the channels that took the page about it; paged_at: when the first of them did, in the latest round of pages.
    """

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="alarms")
    point = models.CharField(max_length=10, choices=words(ClockPoint))
    limit_at = models.DateTimeField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    told = models.JSONField(default=list, blank=True)
    paged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["duty", "point", "limit_at"], name="one_alarm_a_point"),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.point}"


class CalendarFeed(models.Model):
    """A secret address at which one person's calendar reads the days of the clocks. Only the hash of the secret is kept."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"


class Assessment(models.Model):
    """One assessment of whether notice is owed: under HIPAA (`place` is US), or by the harm test of a state.

    group: whom it is about, "everybody" or a named part; `people` how many these are, when counted.
    whole: it is about everybody, so its conclusion, once approved, decides about duties.
    exception: the exception to the definition of a breach that is claimed, 45 CFR 164.402(1), with `exception_why`.
    factors: each of the four of 164.402(2), or the test of a state, as `{"risk", "why", "evidence": [names of sealed items]}`;
    the elements of an exception beside them with `holds`; `told` where a state asks for more than a finding.
    A later assessment of the same group replaces an earlier one; none is deleted.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assessments")
    place = models.CharField(max_length=20, default="US")
    group = models.CharField(max_length=120, default="everybody")
    whole = models.BooleanField(default=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    exception = models.CharField(max_length=30, choices=words(BreachException), blank=True)
    exception_why = models.TextField(blank=True)
    factors = models.JSONField(default=dict, blank=True)
    conclusion = models.CharField(max_length=20, choices=words(Conclusion))
    reasons = models.TextField()
    state = models.CharField(max_length=10, choices=words(AssessmentState), default=AssessmentState.SUBMITTED)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_why = models.TextField(blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state="submitted") | Q(decided_at__isnull=False), name="decided_has_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.place} {self.conclusion}"


class Notice(models.Model):
    """One letter, form or field sheet: drafted from the facts, approved by compliance and by counsel, sent.

    template: its id in `content/law/notices`. answers: what people filled in, by field. sections: the text as it stands now.
    edits: parts of the text that a person wrote over what was drafted, by heading; they stay when the rest is drafted again.
    missing: what the rule asks for and the text lacks. grade: US school grade needed to read it; None for a sheet of fields.
    evidence: the sealed item that holds the text, for a notice that was written elsewhere.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notices")
    duties: "models.ManyToManyField[Duty, Any]" = models.ManyToManyField(Duty, related_name="notices")
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=5, default="en")
    jurisdiction = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200)
    answers = models.JSONField(default=dict, blank=True)
    sections = models.JSONField(default=list, blank=True)
    edits = models.JSONField(default=dict, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    missing = models.JSONField(default=list, blank=True)
    grade = models.FloatField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=words(NoticeState), default=NoticeState.DRAFT)
    version = models.PositiveSmallIntegerField(default=1)
    text_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["incident", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.template}"


class NoticeApproval(models.Model):
    """One profession's word that this text may go out. It holds for exactly the text with this hash.

    why: the reason to approve a text that lacks something or reads hard; empty when it lacks nothing.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="approvals")
    role = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["notice", "role", "text_sha256"], name="one_approval_a_role_and_text"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.role}"


class Sending(models.Model):
    """The record that a notice went out: how, on which day, to how many, with which proof. In an exercise nothing went out.

    why: what explains a record that is out of the ordinary: more people than were counted, a day before the approvals.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sendings")
    method = models.CharField(max_length=40)
    on = models.DateField()
    people = models.PositiveIntegerField()
    proof = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_exercise = models.BooleanField(default=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.on}"


class RemedyTask(models.Model):
    """One thing owed to people beside the notice, such as credit monitoring: a task with a day and a proof.

    A row is never deleted: when the facts change and it is not owed any more, `owed` is false and `because` says why.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="remedies")
    remedy = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    because = models.JSONField(default=list)
    citation = models.CharField(max_length=300)
    verified = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    due = models.DateField(null=True, blank=True)
    owed = models.BooleanField(default=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proof = models.CharField(max_length=200, blank=True)
    computed_at = models.DateTimeField()

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["incident", "due", "remedy"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["incident", "remedy", "jurisdiction"], name="one_row_a_remedy"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.remedy}"
