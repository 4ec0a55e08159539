"""The tables of alerts: what a rule found, joined as long as it is open, and how far detection has come."""

from django.conf import settings
from django.db import models


class AlertState(models.TextChoices):
    """Where an alert stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    INCIDENT = "incident"
    CLOSED = "closed"


class AlertOutcome(models.TextChoices):
    """Why an alert was dismissed. The list is closed, so that reasons can be counted."""

    FALSE_POSITIVE = "false_positive"
    EXPECTED_ACTIVITY = "expected_activity"
    DUPLICATE = "duplicate"
    TEST = "test"


OPEN = (AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.INCIDENT)
"""States in which a further finding with the same key joins the alert instead of raising another one."""


class Alert(models.Model):
    """All findings of one rule about one group, from the first until the alert is dismissed or its incident is closed.

    key: rule and group of the findings; at most one open alert has it.
    events: matching events so far; people: the most distinct people that one finding saw.
    event_ids: ids in the lake of the first events, at most fifty.
    summary: what the first finding saw, which is why the alert was raised.
    first_event_at, last_event_at: when it happened; raised_at: when it was raised, by the clock of the home;
    recorded_at: the same by the clock of the machine.
    wakes: must somebody be paged about it? told: the channels that took its page, the first of them at paged_at.
    """

    ref = models.CharField(max_length=16, unique=True)
    key = models.CharField(max_length=500)
    rule = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    level = models.CharField(max_length=20)
    surface = models.CharField(max_length=40)
    playbook = models.CharField(max_length=100)
    store = models.CharField(max_length=100)
    environment = models.CharField(max_length=20)
    state = models.CharField(max_length=16, choices=AlertState.choices, default=AlertState.NEW)
    group = models.JSONField(default=dict)
    events = models.PositiveBigIntegerField()
    people = models.PositiveBigIntegerField()
    event_ids = models.JSONField(default=list)
    summary = models.TextField()
    first_event_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=24, choices=AlertOutcome.choices, blank=True, default="")
    outcome_note = models.TextField(blank=True, default="")
    wakes = models.BooleanField(default=False)
    told = models.JSONField(default=list)
    paged_at = models.DateTimeField(null=True)

    class Meta:
        """Open alerts are unique by key; the list is read by state and time."""

        constraints = (
            models.UniqueConstraint(fields=("key",), condition=models.Q(state__in=OPEN), name="one_open_alert_per_key"),
        )
        indexes = (models.Index(fields=("state", "-raised_at"), name="alerts_by_state_and_time"),)

    def __str__(self) -> str:
        """The reference and what was found."""
        return f"{self.ref} {self.title}"

    @property
    def is_open(self) -> bool:
        """Does a further finding join this alert?"""
        return self.state in OPEN


class DetectCursor(models.Model):
    """The last batch of the lake whose findings are in the table of alerts. There is one row."""

    batch = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        """How far detection has come."""
        return f"batch {self.batch}"
