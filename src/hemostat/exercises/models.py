"""The rows of a drill: which pack was run, how far the story is, what came out."""

from typing import Any, ClassVar

from django.db import models


class DrillState(models.TextChoices):
    """Where a run stands."""

    RUNNING = "running", "running"
    ENDED = "ended", "ended"


class DrillMode(models.TextChoices):
    """Who responds: people in the console, or the scripted responder."""

    LIVE = "live", "played by people"
    AUTOPILOT = "autopilot", "scripted responder"
    NOBODY = "nobody", "nobody responds"


class Drill(models.Model):
    """One live-fire run of a pack. All moments are moments of the story but `recorded_at`.

    step_at: the story up to here has been played, taken in, detected and answered; a killed run goes on from here.
    truth: what the twin says was really lost, when the run ended.
    result: the scorecard and every figure, with the ledger entries behind it.
    """

    ref = models.CharField(max_length=20, unique=True)
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=20)
    pack_sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    surface = models.CharField(max_length=30)
    seed = models.BigIntegerField()
    mode = models.CharField(max_length=10, choices=DrillMode)
    state = models.CharField(max_length=10, choices=DrillState, default=DrillState.RUNNING)
    started_at = models.DateTimeField()
    leak_at = models.DateTimeField()
    step_at = models.DateTimeField()
    prelude_done = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    truth = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[Any]] = [
            # A sandbox has one story clock, so it plays one story at a time.
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="one_running_drill"),
        ]

    def __str__(self) -> str:
        return self.ref
