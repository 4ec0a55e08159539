"""Alerts about checks of posture that held and fail now. They end when the check holds again, by themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from hemostat.detect.finding import Finding
from hemostat.kernel import iso
from hemostat.people.ledger import LedgerAct, record

from .models import OPEN, Alert, AlertState, Kept, Mute
from .mutes import keep, mute_make, mute_over, mutes_in_force
from .services import alert_raised

if TYPE_CHECKING:
    from hemostat.people.models import Person

POSTURE = "posture-"
"""How the rule, so to say, of these alerts begins; the id of the check follows."""


def check_accept(*, check: str, store: str, surface: str, by: "Person", now: datetime, until: datetime, reason: str) -> Mute:
    """A check that fails is accepted until then, for a reason: meanwhile its fall raises no alert, afterwards it does.

    Raises `Refused` for somebody who may not, and `BadInput` without a reason, for an end that is not ahead or too far.
    """
    group = {"surface": surface}
    return mute_make(rule=POSTURE + check, store=store, group=group, by=by, now=now, until=until, reason=reason)


def checks_accepted(now: datetime) -> dict[tuple[str, str, str], Mute]:
    """What is accepted at this moment, by check, store and surface."""
    of_checks = (mute for mute in mutes_in_force(now) if mute.rule.startswith(POSTURE))
    return {(mute.rule.removeprefix(POSTURE), mute.store, mute.group["surface"]): mute for mute in of_checks}


@transaction.atomic
def postures_raise(*, fallen: Sequence[Finding], now: datetime) -> list[Alert]:
    """Every check that fell has its alert, once: one that was settled is not raised again before the check held again.

    One that somebody accepted, with a mute, is kept without an alert until the acceptance ends; then it is raised.
    fallen: all that have not held again. An alert about any other ends: that stands in it and in the ledger, and closes it,
    unless an incident has it. The alerts that were raised are returned.
    """
    known = set(Alert.objects.filter(rule__startswith=POSTURE).values_list("key", flat=True))
    raised = [alert_raised(finding, now=now) for finding in _untold(fallen, known, now=now)]
    keys = {finding.key for finding in fallen}
    for alert in Alert.objects.filter(rule__startswith=POSTURE, state__in=OPEN).exclude(key__in=keys):
        if "over" not in alert.group:
            alert.group["over"] = iso(now)
            alert.last_event_at = now
            alert.state = alert.state if alert.state == AlertState.INCIDENT else AlertState.CLOSED
            alert.save(update_fields=["group", "last_event_at", "state"])
            record(act=LedgerAct.POSTURE_CLOSE, by="worker", at=now, subject=alert.ref, over=alert.group["over"])
    return raised


def _untold(fallen: Sequence[Finding], known: Collection[str], *, now: datetime) -> list[Finding]:
    """Those that have no alert and are not accepted; an acceptance counts once what it keeps back."""
    untold, mutes = [], mutes_in_force(now)
    for finding in fallen:
        if finding.key in known:
            continue
        if mute := mute_over(finding, mutes):
            _keep_once(finding, mute, now=now)
        else:
            untold.append(finding)
    return untold


def _keep_once(finding: Finding, mute: Mute, *, now: datetime) -> None:
    if not Kept.objects.filter(key=finding.key, mute=mute).exists():
        keep(finding, mute=mute, now=now)
