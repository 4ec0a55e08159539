"""The rows of a response. Nothing here holds a patient value: people are numbers, items are hashes, texts are redacted."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from hemostat.incidents.vocabulary import CustodyAct, IncidentState, Lane, Outcome, PathState, StepKind, StepState

if TYPE_CHECKING:
    from hemostat.people.models import Person

PERSON = settings.AUTH_USER_MODEL


def words(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The closed words of a column, as Django wants them."""
    return [(word.value, word.value.replace("_", " ")) for word in kind]


class Incident(models.Model):
    """One leak being worked on: who leads, how bad, what is known, how far.

    discovered_at: first moment at which a workforce member or the detector knew; counsel may decide on an earlier one.
    affected: people by jurisdiction (ISO 3166-2); affected_unknown: counted people whose home nobody knows.
    path_results: what the last probe said about each way out of the data.
    """

    ref = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    surface = models.CharField(max_length=32)
    store = models.CharField(max_length=80, blank=True)
    environment = models.CharField(max_length=20, blank=True)
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=words(IncidentState), default=IncidentState.OPEN)
    commander = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="commands")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    discovered_at = models.DateTimeField()
    discovered_how = models.CharField(max_length=200)
    contained_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=words(Outcome), blank=True)
    playbook = models.CharField(max_length=80)
    alerts = models.ManyToManyField("alerts.Alert", related_name="incidents")
    affected = models.JSONField(default=dict, blank=True)
    affected_unknown = models.PositiveIntegerField(default=0)
    elements = models.JSONField(default=list, blank=True)
    path_state = models.CharField(max_length=8, choices=words(PathState), default=PathState.UNKNOWN)
    path_checked_at = models.DateTimeField(null=True, blank=True)
    path_results = models.JSONField(default=list, blank=True)
    is_exercise = models.BooleanField(default=False)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["-opened_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="severity_1_to_4"),
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_has_a_moment"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def people(self) -> int:
        """People counted so far, wherever they live."""
        known: dict[str, int] = self.affected
        return sum(known.values()) + self.affected_unknown


class Step(models.Model):
    """One step of the playbook in this incident.

    key: id of the step in the CACAO file; slug: its short name; needs: slugs of steps that must be done before;
    needs_sealed: items of evidence that must be in the vault before; seals: items that it seals itself.
    options: answers of a decision, each `{"key", "text"}`; the best one and its credit stay in the playbook.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    slug = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=words(StepKind))
    lane = models.CharField(max_length=12, choices=words(Lane))
    role = models.CharField(max_length=20)
    what = models.TextField(blank=True)
    why = models.TextField(blank=True)
    done_when = models.TextField(blank=True)
    undo = models.TextField(blank=True)
    needs = models.JSONField(default=list, blank=True)
    needs_sealed = models.JSONField(default=list, blank=True)
    seals = models.JSONField(default=list, blank=True)
    destructive = models.BooleanField(default=False)
    reversible = models.BooleanField(default=True)
    two_person = models.BooleanField(default=False)
    question = models.TextField(blank=True)
    options = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=16, choices=words(StepState), default=StepState.WAITING)
    ready_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["incident", "position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["incident", "key"], name="one_step_a_key"),
            models.UniqueConstraint(fields=["incident", "slug"], name="one_step_a_slug"),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="done_has_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.slug}"


class Evidence(models.Model):
    """One item in the vault: the row of the manifest. Size in bytes; `sha256` is of the plain content.

    happened_until: the last moment that the item can tell of, in the story; collected_at: when it was taken, in the story;
    recorded_at: the same moment on the machine.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    item = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=80, default="application/octet-stream")
    how = models.CharField(max_length=300)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="sealed")
    collected_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    collected_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["incident", "id"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["incident", "item"], name="one_item_a_name")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.item}"


class Custody(models.Model):
    """One link of an item's chain of custody: who did what with it, when, why, and what its hash was then."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=10, choices=words(CustodyAct))
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    why = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.act}"


class Decision(models.Model):
    """One question answered by a person: what was chosen, why, on which facts. `credit`, 0 to 1, is what the playbook gives."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    question = models.TextField()
    choice = models.CharField(max_length=200)
    rationale = models.TextField(blank=True)
    facts = models.JSONField(default=list, blank=True)
    credit = models.FloatField(null=True, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.choice}"


class Note(models.Model):
    """One entry that a person wrote. A privileged one is for counsel, and for those whom counsel named."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    privileged = models.BooleanField(default=False)
    named: "models.ManyToManyField[Person, Any]" = models.ManyToManyField(PERSON, blank=True, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.incident_id} note {self.pk}"


class Report(models.Model):
    """One person's word that something is leaking: a ticket, a call, a mail. The earliest one counts as discovery.

    A mistaken report is withdrawn, with the reason; it stays on record and counts no more.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    how = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.how}"


class Exposure(models.Model):
    """How many people were exposed at one moment of the story: a point of the curve."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="exposures")
    at = models.DateTimeField()
    people = models.PositiveIntegerField()

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["incident", "at"], name="one_point_a_moment")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.people}"
