"""Requests by which a person's rights over his data are claimed, as platforms pass them on. No row names the person."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from hemostat.incidents.vocabulary import PrivacyAsked, PrivacyPoint, PrivacyState

from .response import PERSON, Incident, words


class PrivacyRequest(models.Model):
    """One request, its term, and what was decided about it. It is never carried out, nor put off, but by a person.

    event_id: the event that brought it; its first part is the number of the sealed message that names the person.
    subject: the pseudonym of the person, as events carry it; "" for a whole shop.
    due_at: 30 days after it came. hold: the incident whose evidence it would destroy, with `basis`, why the law lets us keep it.
    how: how it was carried out, and where.
    """

    event_id = models.CharField(max_length=40, unique=True)
    store = models.CharField(max_length=80)
    asked = models.CharField(max_length=20, choices=words(PrivacyAsked))
    subject = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=words(PrivacyState), default=PrivacyState.OPEN)
    hold = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="deferred_requests")
    basis = models.TextField(blank=True)
    how = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["due_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(state="deferred") | (Q(hold__isnull=False) & ~Q(basis="")), name="deferred_has_a_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"privacy/{self.pk} {self.asked}"

    @property
    def message_number(self) -> int:
        """The number of the sealed message in the spool."""
        return int(self.event_id.partition("-")[0])


class PrivacyAlarm(models.Model):
    """One point of a request's clock that was reached while it was open.

    told: the channels that took the page about it; paged_at: when the first of them did.
    """

    request = models.ForeignKey(PrivacyRequest, on_delete=models.PROTECT, related_name="alarms")
    point = models.CharField(max_length=10, choices=words(PrivacyPoint))
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    told = models.JSONField(default=list, blank=True)
    paged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """How the table is kept."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["request", "point"], name="one_privacy_alarm_a_point"),
        ]

    def __str__(self) -> str:
        return f"privacy/{self.request_id} {self.point}"
