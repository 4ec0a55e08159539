"""What happens to alerts. Each service is one transaction, and each act is an entry of the ledger."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from hemostat.detect.finding import Finding
from hemostat.events.vocabulary import Environment, Surface
from hemostat.kernel import BadInput, Source, iso
from hemostat.lake.health import SINK, Gap
from hemostat.lake.watch import ANYTHING, EVERY_DOOR, HEARTBEAT, PATH, SEQUENCE, SILENCE, SKEW, told
from hemostat.people.ledger import LedgerAct, record
from hemostat.sinks.watch import LOST, QUARANTINE, STALLED, STOPPED

from .models import KEPT_IDS, OPEN, Alert, AlertOutcome, AlertState, DetectCursor
from .mutes import keep, mute_over, mutes_in_force

if TYPE_CHECKING:
    from hemostat.people.models import Person

MONITORING_GAP = "monitoring-gap"
"""The rule, so to say, of alerts that tell of events which may be missing."""

_GAP_TITLES = {
    SILENCE: "Source fell silent",
    SKEW: "Clock runs ahead",
    HEARTBEAT: "Source is not heard",
    PATH: "Way to the lake is broken",
    SEQUENCE: "Events are lost",
    STOPPED: "Forwarding stopped",
    STALLED: "Forwarding stands still",
    QUARANTINE: "Events refused by",
    LOST: "Events lost to",
}

_MILD = frozenset({SKEW, "version", QUARANTINE})
"""Kinds of gaps in which everything still comes, or is kept."""


@transaction.atomic
def alerts_raise(
    *, findings: Sequence[Finding], batch: int, now: datetime, watched: Collection[str] = frozenset()
) -> list[Alert]:
    """The findings of one batch are in the table, and the cursor stands at the batch: both or neither.

    A finding joins the open alert with its key, whatever was decided about its rule since: somebody is at work on it. Else it is
    kept without an alert when its rule is one of `watched` or a mute in force holds it back, and raises a new one when not.
    A batch that was already taken changes nothing, so that the worker may repeat it after a crash. The alerts that were raised or
    joined are returned, each once.
    """
    cursor, _ = DetectCursor.objects.select_for_update().get_or_create(pk=1)
    if batch <= cursor.batch:
        return []
    touched: dict[str, Alert] = {}
    mutes = mutes_in_force(now) if findings else []
    for finding in findings:
        alert = touched.get(finding.key) or Alert.objects.filter(key=finding.key, state__in=OPEN).first()
        if alert:
            touched[finding.key] = _join(alert, finding)
        elif finding.rule in watched:
            keep(finding, mute=None, now=now)
        elif mute := mute_over(finding, mutes):
            keep(finding, mute=mute, now=now)
        else:
            touched[finding.key] = alert_raised(finding, now=now)
    cursor.batch = batch
    cursor.save(update_fields=["batch"])
    return list(touched.values())


@transaction.atomic
def gaps_raise(*, gaps: Sequence[Gap], sources: Mapping[str, Source], now: datetime, sinks: Collection[str] = ()) -> list[Alert]:
    """Every open gap of these sources and sinks has its alert, once: one that was settled is not raised again while it is open.

    The end of a gap stands in its alert and in the ledger, and closes the alert, unless an incident has it. A loss that nothing
    can end ends, for the list of gaps, when its alert is settled. The alerts that were raised are returned.
    """
    known = dict(Alert.objects.filter(rule=MONITORING_GAP).values_list("key", "state"))
    raised = [
        alert_raised(_gap_finding(gap, sources.get(gap.source)), now=now, wakes=gap_wakes(gap, sources.get(gap.source)))
        for gap in gaps
        if gap.closed_at is None and gap.source in {*sources, *sinks, EVERY_DOOR} and _gap_key(gap) not in known
    ]
    ends = {_gap_key(gap): gap.closed_at for gap in gaps if gap.closed_at is not None}
    for alert in Alert.objects.filter(rule=MONITORING_GAP, state__in=OPEN, key__in=ends):
        if "over" not in alert.group:
            alert.group["over"] = iso(ends[alert.key])
            alert.last_event_at = ends[alert.key]
            alert.state = alert.state if alert.state == AlertState.INCIDENT else AlertState.CLOSED
            alert.save(update_fields=["group", "last_event_at", "state"])
            record(act=LedgerAct.GAP_CLOSE, by="worker", at=now, subject=alert.ref, over=alert.group["over"])
    return raised


def gap_wakes(gap: Gap, source: Source | None) -> bool:
    """Must somebody be paged about the gap? When events of a production system may be missing, now or for good.

    Not for a clock that is off or another version, where everything still comes; not when the catalog of products, on which
    nobody is named, has no visitors; and not for what is forwarded: it is all in the lake.
    """
    if gap.source == EVERY_DOOR:
        return True
    if source is None or source.environment != Environment.PRODUCTION or gap.kind in _MILD:
        return False
    return not (gap.kind == SILENCE and gap.detail == Surface.PRODUCT_CATALOG)


def gaps_settled(gaps: Sequence[Gap]) -> list[Gap]:
    """The open gaps whose alerts a person has settled."""
    settled = set(Alert.objects.filter(rule=MONITORING_GAP).exclude(state__in=OPEN).values_list("key", flat=True))
    return [gap for gap in gaps if gap.closed_at is None and _gap_key(gap) in settled]


@transaction.atomic
def alerts_paged(numbers: Sequence[int], *, channels: Sequence[str], now: datetime) -> None:
    """These channels took a page about the alerts of these numbers; the ledger says so of each."""
    for alert in Alert.objects.filter(pk__in=numbers).order_by("pk"):
        alert.told = sorted({*alert.told, *channels})
        alert.paged_at = alert.paged_at or now
        alert.save(update_fields=["told", "paged_at"])
        record(act=LedgerAct.PAGE_SEND, by="watch", at=now, subject=alert.ref, channels=list(channels))


@transaction.atomic
def alert_acknowledge(*, alert: Alert, by: "Person", now: datetime) -> Alert:
    """Somebody has seen the alert and looks into it. The first one counts: a second acknowledgment changes nothing.

    Raises `BadInput` when the alert was dismissed or closed.
    """
    alert = _locked(alert)
    if not alert.is_open:
        raise BadInput(f"{alert.ref} is {alert.state}; nobody can acknowledge it.", advice="A new finding raises a new alert.")
    if alert.acknowledged_at:
        return alert
    alert.state, alert.acknowledged_at, alert.acknowledged_by = AlertState.ACKNOWLEDGED, now, by
    alert.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    record(act=LedgerAct.ALERT_ACKNOWLEDGE, by=by, at=now, subject=alert.ref)
    return alert


@transaction.atomic
def alert_dismiss(*, alert: Alert, by: "Person", now: datetime, outcome: str, note: str) -> Alert:
    """The alert is settled without an incident, with a reason of the closed list and a note that explains it.

    Raises `BadInput` for another reason, an empty note, or an alert that is not new or acknowledged.
    """
    alert = _locked(alert)
    if alert.state not in {AlertState.NEW, AlertState.ACKNOWLEDGED}:
        raise BadInput(f"{alert.ref} is {alert.state}; it cannot be dismissed.", advice="Settle its incident instead.")
    if outcome not in AlertOutcome.values:
        raise BadInput(
            f"Not a reason for dismissal: {outcome[:40]!r}.", advice=f"Choose one of {', '.join(AlertOutcome.values)}."
        )
    if not note.strip():
        raise BadInput(f"{alert.ref} cannot be dismissed without a note.", advice="Say in a sentence how you know.")
    alert.state, alert.outcome, alert.outcome_note = AlertState.DISMISSED, outcome, note.strip()
    alert.dismissed_at, alert.dismissed_by = now, by
    alert.save(update_fields=["state", "outcome", "outcome_note", "dismissed_at", "dismissed_by"])
    record(act=LedgerAct.ALERT_DISMISS, by=by, at=now, subject=alert.ref, outcome=outcome)
    return alert


@transaction.atomic
def alerts_take(*, alerts: Iterable[Alert], by: "Person", now: datetime) -> list[Alert]:
    """The alerts belong to an incident now; those that nobody had acknowledged are acknowledged by the same person.

    Raises `BadInput` for an alert that is dismissed or closed. The incident's own entry in the ledger names them.
    """
    taken = []
    for given in alerts:
        alert = alert_acknowledge(alert=given, by=by, now=now)
        alert.state = AlertState.INCIDENT
        alert.save(update_fields=["state"])
        taken.append(alert)
    return taken


@transaction.atomic
def alerts_close(*, alerts: Iterable[Alert]) -> None:
    """The incident of these alerts is closed: what a rule finds from now on raises new ones."""
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts], state=AlertState.INCIDENT).update(state=AlertState.CLOSED)


def _locked(alert: Alert) -> Alert:
    return Alert.objects.select_for_update().get(pk=alert.pk)


def alert_raised(finding: Finding, *, now: datetime, wakes: bool = False) -> Alert:
    """A new alert of this finding, and its entry in the ledger. It belongs into the transaction of a service."""
    alert = Alert.objects.create(
        ref=_next_ref(),
        key=finding.key,
        rule=finding.rule,
        title=finding.title,
        level=finding.level,
        surface=finding.surface,
        playbook=finding.playbook,
        store=finding.store,
        environment=finding.environment,
        group=finding.group,
        events=finding.events,
        people=finding.people,
        event_ids=list(finding.event_ids[:KEPT_IDS]),
        summary=finding.summary,
        first_event_at=finding.first_time,
        last_event_at=finding.last_time,
        raised_at=now,
        wakes=wakes,
    )
    record(
        act=LedgerAct.ALERT_RAISE, by="detect", at=now, subject=alert.ref, rule=alert.rule, level=alert.level, events=alert.events
    )
    return alert


def _gap_finding(gap: Gap, source: Source | None) -> Finding:
    """What an alert says of a gap. One of a sink, or of every door, is about no store and no surface: it touches all."""
    return Finding(
        key=_gap_key(gap),
        rule=MONITORING_GAP,
        title=f"{_GAP_TITLES.get(gap.kind, 'Events may be missing')}: {gap.source.removeprefix(SINK)}",
        level="medium" if gap.kind in _MILD else "high",
        surface=gap.detail if gap.kind == SILENCE and gap.detail != ANYTHING else source.surface if source else "",
        playbook="",
        store=source.store if source else "",
        environment=source.environment if source else "",
        group={"source": gap.source, "gap": gap.kind},
        events=0,
        people=0,
        event_ids=(),
        first_time=gap.since,
        last_time=gap.found_at,
        summary=gap.detail if gap.source.startswith(SINK) else told(gap),
    )


def _gap_key(gap: Gap) -> str:
    return f"{MONITORING_GAP}|{gap.source}|{gap.kind}|{iso(gap.found_at)}|{gap.detail}"[:500]


def _join(alert: Alert, finding: Finding) -> Alert:
    alert.events += finding.events
    alert.people = max(alert.people, finding.people)
    alert.event_ids = list(dict.fromkeys([*alert.event_ids, *finding.event_ids]))[:KEPT_IDS]
    alert.first_event_at = min(alert.first_event_at, finding.first_time)
    alert.last_event_at = max(alert.last_event_at, finding.last_time)
    alert.save(update_fields=["events", "people", "event_ids", "first_event_at", "last_event_at"])
    return alert


def _next_ref() -> str:
    last = Alert.objects.order_by("-pk").values_list("ref", flat=True).first()
    return f"ALR-{int(last.removeprefix('ALR-')) + 1 if last else 1:04d}"
