"""What can be read about alerts, behind the one gate."""

from typing import TYPE_CHECKING

from hemostat.detect.backtest import Known
from hemostat.kernel import NotFound

from .models import OPEN, Alert, AlertOutcome, AlertState, DetectCursor

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from hemostat.people.models import Person
    from hemostat.people.rights import Right


def alert_for(person: "Person", ref: str, *, need: "Right") -> Alert:
    """The alert, if `person` may have it for `need`.

    Raises `NotFound` for a stranger and for a wrong reference alike: that an alert exists is itself a secret.
    """
    alert = Alert.objects.select_related("acknowledged_by", "dismissed_by").filter(ref=ref).first()
    if alert is None or not person.may(need):
        raise NotFound(f"There is no alert {ref[:16]!r} for you.", advice="Check the reference, or ask an admin for the right.")
    return alert


def alerts_open() -> "QuerySet[Alert]":
    """Alerts that nobody has dismissed or closed, the newest first."""
    return Alert.objects.filter(state__in=OPEN).select_related("acknowledged_by").order_by("-raised_at", "-pk")


def alerts_settled() -> "QuerySet[Alert]":
    """Alerts that were dismissed or whose incident is closed, the last one raised first."""
    settled = Alert.objects.exclude(state__in=OPEN).select_related("dismissed_by").prefetch_related("incidents")
    return settled.order_by("-raised_at", "-pk")


def alerts_of(rule: str, *, most: int) -> list[Alert]:
    """The alerts of a rule, the last one raised first."""
    return list(Alert.objects.filter(rule=rule).order_by("-raised_at", "-pk")[:most])


def alerts_to_page(*, raised_until: "datetime") -> list[Alert]:
    """The alerts that wake somebody, raised until then, that nobody has taken up and that are not over; the oldest first."""
    found = Alert.objects.filter(wakes=True, state=AlertState.NEW, raised_at__lte=raised_until).order_by("pk")
    return [alert for alert in found if "over" not in alert.group]


def open_since(rule: str) -> dict[str, "datetime"]:
    """The keys of the open alerts whose rule begins with this word, each with the time of its first event."""
    return dict(Alert.objects.filter(rule__startswith=rule, state__in=OPEN).values_list("key", "first_event_at"))


def harmless(rule: str) -> list[Alert]:
    """The alerts whose rule begins with this word and that were dismissed because what happened was normal, the oldest first."""
    normal = (AlertOutcome.FALSE_POSITIVE, AlertOutcome.EXPECTED_ACTIVITY)
    return list(Alert.objects.filter(rule__startswith=rule, state=AlertState.DISMISSED, outcome__in=normal).order_by("pk"))


def outcomes(rules: "Collection[str]", *, since: "datetime", until: "datetime") -> list[Known]:
    """What became of the alerts of these rules that tell of events in the period.

    An alert was right when it became an incident, and wrong when it was dismissed because what happened was normal. Others,
    and those dismissed as a duplicate or a test, say nothing about the rule.
    """
    found = Alert.objects.filter(rule__in=rules, last_event_at__gte=since, first_event_at__lt=until).order_by("pk")
    return [
        Known(
            key=alert.key,
            first=alert.first_event_at,
            last=alert.last_event_at,
            outcome="incident"
            if alert.state in {AlertState.INCIDENT, AlertState.CLOSED}
            else "dismissed"
            if alert.outcome in {AlertOutcome.FALSE_POSITIVE, AlertOutcome.EXPECTED_ACTIVITY}
            else "open",
        )
        for alert in found
    ]


def last_detected_batch() -> int:
    """The last batch of the lake whose findings are kept; 0 before the first one."""
    return DetectCursor.objects.values_list("batch", flat=True).order_by("pk").first() or 0
