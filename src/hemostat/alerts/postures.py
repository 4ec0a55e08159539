"""Alerts about checks of posture that held and fail now. They end when the check holds again, by themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hemostat.detect.finding import Finding
from hemostat.kernel import iso
from hemostat.people.ledger import LedgerAct, record

from .models import OPEN, Alert, AlertState
from .services import alert_raised

POSTURE = "posture-"
"""How the rule, so to say, of these alerts begins; the id of the check follows."""


@transaction.atomic
def postures_raise(*, fallen: Sequence[Finding], now: datetime) -> list[Alert]:
    """Every check that fell has its alert, once: one that was settled is not raised again before the check held again.

    fallen: all that have not held again. An alert about any other ends: that stands in it and in the ledger, and closes it,
    unless an incident has it. The alerts that were raised are returned.
    """
    known = set(Alert.objects.filter(rule__startswith=POSTURE).values_list("key", flat=True))
    raised = [alert_raised(finding, now=now) for finding in fallen if finding.key not in known]
    keys = {finding.key for finding in fallen}
    for alert in Alert.objects.filter(rule__startswith=POSTURE, state__in=OPEN).exclude(key__in=keys):
        if "over" not in alert.group:
            alert.group["over"] = iso(now)
            alert.last_event_at = now
            alert.state = alert.state if alert.state == AlertState.INCIDENT else AlertState.CLOSED
            alert.save(update_fields=["group", "last_event_at", "state"])
            record(act=LedgerAct.POSTURE_CLOSE, by="worker", at=now, subject=alert.ref, over=alert.group["over"])
    return raised
