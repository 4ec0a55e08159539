"""The tables of alerts: what a rule found, joined while it is open; what was kept back, and why; how far detection has come."""

from django.conf import settings
from django.db import models

from hemostat.detect.book import State
from hemostat.detect.finding import Finding


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

KEPT_IDS = 50
"""Ids of events that an alert, or what was kept without one, names."""


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


class RuleDecision(models.Model):
    """How a rule stands, as a person decided, or its budget. The last decision about a rule counts; all of them stay.

    by: who decided, by the name of sign-in, or `budget`. reason: in words, without naming a patient.
    """

    rule = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in State])
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        """Read by rule, the last one first."""

        indexes = (models.Index(fields=("rule", "-id"), name="decisions_by_rule"),)

    def __str__(self) -> str:
        """The rule and how it stands."""
        return f"{self.rule} {self.state}"


class Mute(models.Model):
    """New alerts of a rule that are kept back until a day. What is "" or empty is not limited.

    group: names and values that the group of a finding has to have. findings, events: what it kept back so far.
    ended_at: when it ended, by somebody (ended_by) or, at its end, by itself.
    """

    rule = models.CharField(max_length=100)
    store = models.CharField(max_length=100, blank=True, default="")
    environment = models.CharField(max_length=20, blank=True, default="")
    group = models.JSONField(default=dict)
    reason = models.TextField()
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    findings = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)

    class Meta:
        """Those in force are few, and read with each batch that finds something."""

        indexes = (models.Index(fields=("ended_at", "until"), name="mutes_in_force"),)

    def __str__(self) -> str:
        """The rule and until when."""
        return f"{self.rule} until {self.until:%Y-%m-%d %H:%M}"

    def holds_back(self, finding: Finding) -> bool:
        """Is the finding one of those that it keeps back, as long as it is in force?"""
        return (
            self.rule == finding.rule
            and self.store in {"", finding.store}
            and self.environment in {"", finding.environment}
            and self.group.items() <= finding.group.items()
        )


class Kept(models.Model):
    """What a rule found on one day in one group, and nobody was alerted: the rule was watched only, or a mute kept it back.

    day: by UTC, when it was found. mute: None when the rule was watched. findings, events: so many; people: the most that one
    finding saw; event_ids: of the first events, at most fifty. summary: of the first finding.
    """

    rule = models.CharField(max_length=100)
    key = models.CharField(max_length=500)
    day = models.DateField()
    mute = models.ForeignKey(Mute, null=True, on_delete=models.PROTECT, related_name="kept")
    store = models.CharField(max_length=100)
    environment = models.CharField(max_length=20)
    group = models.JSONField(default=dict)
    findings = models.PositiveBigIntegerField()
    events = models.PositiveBigIntegerField()
    people = models.PositiveBigIntegerField()
    event_ids = models.JSONField(default=list)
    summary = models.TextField()
    first_event_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    found_at = models.DateTimeField()

    class Meta:
        """One row for a key and a day, whether a mute kept it back or the rule was watched."""

        constraints = (
            models.UniqueConstraint(fields=("key", "day", "mute"), name="kept_once_a_day_by_mute"),
            models.UniqueConstraint(fields=("key", "day"), condition=models.Q(mute=None), name="kept_once_a_day"),
        )
        indexes = (models.Index(fields=("rule", "-found_at"), name="kept_by_rule"),)

    def __str__(self) -> str:
        """The rule, the day and how much."""
        return f"{self.rule} {self.day} {self.events}"
