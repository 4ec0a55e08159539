"""From the first alert to the close: who leads, when it was discovered, what was decided. Each service is one transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hemostat.alerts.models import Alert
from hemostat.alerts.services import alerts_close, alerts_take
from hemostat.kernel import BadInput, SystemClock
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from . import playbook as playbooks
from .clocks import clocks_refresh
from .duties import duties_follow
from .models import Decision, Duty, Incident, Note, Report, Step
from .reliance import standings
from .rows import fresh_incident, steps_advance
from .vocabulary import DutyState, IncidentState, Outcome, PathState
from .words import safe_text

HOW = 200
OLDEST_REPORT = timedelta(days=6 * 365)
"""How long before it is recorded somebody can have known: records of it are kept for six years, 45 CFR 164.530(j)."""


@transaction.atomic
def incident_open(
    *, alerts: Sequence[Alert], by: Person, now: datetime, severity: int, commander: Person, title: str = ""
) -> Incident:
    """An incident stands with its commander and the steps of its playbook; the alerts belong to it.

    Discovery is the moment when the earliest alert was raised, until an earlier report is recorded.
    Raises `Refused` unless `by` may triage and `commander` may command; `BadInput` without an alert, for alerts of an incident,
    and for a severity outside 1 to 4.
    """
    demand(by, Right.TRIAGE)
    demand(commander, Right.COMMAND)
    if not alerts:
        raise BadInput("An incident starts from at least one alert.", advice="Choose the alerts that belong together.")
    if severity not in range(1, 5):
        raise BadInput(f"Not a severity: {severity}.", advice="Choose 1 (worst) to 4.")
    for alert in alerts:
        if taken := Incident.objects.filter(alerts=alert).first():
            raise BadInput(
                f"{alert.ref} already belongs to {taken.ref}, opened by {taken.opened_by}.", advice=f"Work in {taken.ref}."
            )
    first = min(alerts, key=lambda alert: alert.raised_at)
    incident = Incident.objects.create(
        ref=_next_ref(),
        title=safe_text(title, most=HOW) or first.title[:HOW],
        surface=first.surface,
        store=first.store,
        environment=first.environment,
        severity=severity,
        commander=commander,
        opened_at=now,
        opened_by=by.username,
        recorded_at=SystemClock().now(),
        discovered_at=first.raised_at,
        discovered_how=f"alert {first.ref}",
        playbook=next((alert.playbook for alert in alerts if alert.playbook in playbooks.names()), ""),
        elements=_elements(first.store, first.surface),
        is_exercise=settings.HOME.settings().kind == "sandbox",
    )
    incident.alerts.set(alerts_take(alerts=alerts, by=by, now=now))
    record(
        act=LedgerAct.INCIDENT_OPEN,
        by=by,
        at=now,
        subject=incident.ref,
        alerts=[alert.ref for alert in alerts],
        severity=severity,
        commander=commander.username,
        playbook=incident.playbook,
        discovered_at=incident.discovered_at,
    )
    _steps_create(incident)
    steps_advance(incident, now=now)
    clocks_refresh(incident=incident, now=now, cause="The incident was opened.", by=by)
    return incident


@transaction.atomic
def discovery_report(*, incident: Incident, by: Person | str, at: datetime, how: str, now: datetime) -> Report:
    """Somebody's word is on record; when it is earlier than what was known, it is the discovery, and the clocks follow.

    Raises `BadInput` for a report from the future, and from so long ago that its year must be a slip of the pen.
    """
    if isinstance(by, Person):
        demand(by, Right.TRIAGE)
    if at > now:
        raise BadInput("A report cannot lie in the future.", advice="Check the zone of the moment.")
    if now - at > OLDEST_REPORT:
        raise BadInput("A report from more than six years ago moves no clock.", advice="Check its year; keep it as an entry.")
    incident = fresh_incident(incident)
    report = Report.objects.create(
        incident=incident, at=at, how=safe_text(how, most=HOW), recorded_at=SystemClock().now(), by=str(by)
    )
    earlier = at < incident.discovered_at
    record(act=LedgerAct.DISCOVERY_REPORT, by=by, at=now, subject=incident.ref, reported_at=at, moves_discovery=earlier)
    if earlier:
        incident.discovered_at, incident.discovered_how = at, report.how
        incident.save(update_fields=["discovered_at", "discovered_how"])
        clocks_refresh(incident=incident, now=now, cause=f"It was known earlier: {report.how}", by=by)
    return report


@transaction.atomic
def report_withdraw(*, report: Report, why: str, by: Person, now: datetime) -> Incident:
    """The report was a mistake: it stays on record and counts no more, and the clocks follow.

    Discovery is the earliest of the alerts and of the reports that still stand; one that was put too early is so put right.
    Raises `Refused` without the right; `BadInput` without a reason, and for a report that was withdrawn before, naming by whom.
    """
    demand(by, Right.DECIDE_LAW)
    report = Report.objects.select_for_update().select_related("withdrawn_by", "incident").get(pk=report.pk)
    incident = fresh_incident(report.incident)
    if report.withdrawn_by:
        raise BadInput(f"This report was withdrawn by {report.withdrawn_by.full_name} before.")
    if not why.strip():
        raise BadInput("A withdrawal says why.", advice="Write what was wrong with the report.")
    report.withdrawn_at, report.withdrawn_by, report.withdrawn_why = now, by, safe_text(why, most=300)
    report.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    before = incident.discovered_at
    incident.discovered_at, incident.discovered_how = _discovery(incident)
    incident.save(update_fields=["discovered_at", "discovered_how"])
    moved = incident.discovered_at != before
    record(
        act=LedgerAct.DISCOVERY_WITHDRAW, by=by, at=now, subject=incident.ref, reported_at=report.at, moves_discovery=moved,
        discovered_at=incident.discovered_at,
    )  # fmt: skip
    clocks_refresh(incident=incident, now=now, cause=f"A report was withdrawn: {report.withdrawn_why}", by=by)
    return incident


def _discovery(incident: Incident) -> tuple[datetime, str]:
    """The first moment of knowledge that is on record and stands, and how it came."""
    alerts = [(alert.raised_at, f"alert {alert.ref}") for alert in incident.alerts.all()]
    reports = [(report.at, report.how) for report in incident.reports.filter(withdrawn_at__isnull=True)]
    return min([*alerts, *reports], key=lambda known: known[0])


@transaction.atomic
def decision_record(  # noqa: PLR0913  # each is a field of the record
    *,
    incident: Incident,
    by: Person,
    now: datetime,
    question: str,
    choice: str,
    rationale: str,
    facts: Sequence[str],
    step: Step | None = None,
    credit: float | None = None,
) -> Decision:
    """The answer is on record with its reasons and the facts that were known. A later answer is a further entry, never a change.

    Raises `BadInput` without a choice.
    """
    if not choice.strip():
        raise BadInput("A decision names what was chosen.", advice="Choose one of the answers.")
    incident = fresh_incident(incident)
    decision = Decision.objects.create(
        incident=incident,
        step=step,
        question=safe_text(question),
        choice=safe_text(choice, most=HOW),
        rationale=safe_text(rationale),
        facts=[safe_text(fact, most=HOW) for fact in facts],
        credit=credit,
        at=now,
        recorded_at=SystemClock().now(),
        by=by,
    )
    record(
        act=LedgerAct.DECISION_RECORD,
        by=by,
        at=now,
        subject=incident.ref,
        decision=decision.pk,
        step=step.slug if step else "",
        choice=decision.choice,
        facts=decision.facts,
        has_rationale=bool(decision.rationale),
        credit=credit,
    )
    clocks_refresh(incident=incident, now=now, cause=f"Decided: {decision.choice}", by=by)
    return decision


@transaction.atomic
def note_add(
    *, incident: Incident, by: Person, now: datetime, text: str, privileged: bool = False, named: Collection[Person] = ()
) -> Note:
    """The entry is on record. A privileged one is written by counsel, who also names who else may read it.

    Raises `Refused` without the right, `BadInput` for an empty text.
    """
    demand(by, Right.PRIVILEGE if privileged else Right.NOTE)
    if not text.strip():
        raise BadInput("A note has a text.")
    incident = fresh_incident(incident)
    note = Note.objects.create(
        incident=incident, text=safe_text(text), privileged=privileged, at=now, recorded_at=SystemClock().now(), by=by
    )
    note.named.set(named)
    record(act=LedgerAct.NOTE_ADD, by=by, at=now, subject=incident.ref, note=note.pk)
    return note


@transaction.atomic
def scope_record(
    *,
    incident: Incident,
    by: Person,
    now: datetime,
    people: Mapping[str, int],
    unknown: int,
    query: str,
    query_sha256: str,
) -> Incident:
    """The incident holds how many people, by where they live, with the query that counted them; the clocks follow.

    Raises `BadInput` for a negative count.
    """
    demand(by, Right.SCOPE)
    if unknown < 0 or any(count < 0 for count in people.values()):
        raise BadInput("A count of people is not negative.")
    incident = fresh_incident(incident)
    incident.affected = {place: count for place, count in sorted(people.items()) if count}
    incident.affected_unknown = unknown
    incident.save(update_fields=["affected", "affected_unknown"])
    record(
        act=LedgerAct.SCOPE_RECORD,
        by=by,
        at=now,
        subject=incident.ref,
        people=incident.affected,
        unknown=unknown,
        total=incident.people,
        query=query,
        query_sha256=query_sha256,
    )
    clocks_refresh(incident=incident, now=now, cause=f"People counted: {incident.people:,}.", by=by)
    if duties_follow(incident.duties.filter(notices__isnull=False).distinct(), by=by, now=now):
        clocks_refresh(incident=incident, now=now, cause="The count moved how many of the people were told.", by=by)
    return incident


@transaction.atomic
def hand_over(*, incident: Incident, by: Person, to: Person, now: datetime) -> Incident:
    """Somebody else commands. Raises `Refused` unless a commander hands over, `BadInput` when nothing would change."""
    demand(by, Right.COMMAND)
    demand(to, Right.COMMAND)
    incident = fresh_incident(incident)
    if incident.commander == to:
        raise BadInput(f"{to.full_name} already commands {incident.ref}.")
    before, incident.commander = incident.commander, to
    incident.save(update_fields=["commander"])
    record(act=LedgerAct.INCIDENT_HANDOVER, by=by, at=now, subject=incident.ref, before=before.username, after=to.username)
    return incident


@transaction.atomic
def incident_close(*, incident: Incident, by: Person, now: datetime, outcome: str) -> Incident:
    """The incident is closed with an outcome, and new findings raise new alerts.

    Raises `BadInput` while the path is open, while a duty that is owed has not been met, and for a low probability without an
    approved assessment of today's facts; a false alarm closes anyway, and so does an exercise, which nothing else may be called.
    """
    demand(by, Right.COMMAND)
    incident = fresh_incident(incident)
    if outcome not in set(Outcome):
        raise BadInput(f"Not an outcome: {outcome[:40]!r}.", advice=f"Choose one of {', '.join(Outcome)}.")
    if outcome == Outcome.EXERCISE and not incident.is_exercise:
        raise BadInput(f"{incident.ref} is not an exercise.", advice="Choose what it was.")
    if outcome not in {Outcome.FALSE_ALARM, Outcome.EXERCISE}:
        _demand_finished(incident)
    if outcome == Outcome.LOW_PROBABILITY:
        _demand_assessed(incident)
    incident.state, incident.closed_at, incident.outcome = IncidentState.CLOSED, now, outcome
    incident.save(update_fields=["state", "closed_at", "outcome"])
    alerts_close(alerts=incident.alerts.all())
    record(act=LedgerAct.INCIDENT_CLOSE, by=by, at=now, subject=incident.ref, outcome=outcome)
    return incident


def _demand_finished(incident: Incident) -> None:
    if incident.path_state != PathState.CLOSED:
        raise BadInput(
            f"The path of {incident.ref} is {incident.path_state}.", advice="Close the path and prove it with a probe."
        )
    open_duties = Duty.objects.filter(incident=incident, owed=True, met_by="").exclude(state=DutyState.SENT)
    if waiting := open_duties.values_list("duty", flat=True)[:5]:
        raise BadInput(
            f"{incident.ref} still owes {', '.join(waiting)}.", advice="Send these notices, or record why nothing is owed."
        )


def _demand_assessed(incident: Incident) -> None:
    """The law presumes a breach, 45 CFR 164.402(2), unless a documented assessment shows otherwise."""
    clearing = [found for found in standings(incident) if found.lifts or found.is_outdated]
    if not clearing:
        raise BadInput(
            f"No approved assessment shows that {incident.ref} was of low probability.",
            advice="Write one under Assessment; a second person approves it.",
        )
    if old := next((found for found in clearing if found.must_renew), None):
        raise BadInput(
            f"The {old.place_name} assessment was made before new facts: {' '.join(old.since)}",
            advice="Renew it under Assessment.",
        )


def _elements(store: str, surface: str) -> list[str]:
    """Kinds of patient data that the settings say this surface of the store answers with."""
    home = settings.HOME.settings()
    routes = (route for source in home.sources.values() if source.store in {store, ""} or not store for route in source.routes)
    return sorted({element for route in routes if route.surface == surface for element in route.exposes})


def _steps_create(incident: Incident) -> None:
    for position, spec in enumerate(playbooks.load(incident.playbook).steps):
        part = spec.part
        Step.objects.create(
            incident=incident,
            position=position,
            key=spec.key,
            slug=spec.slug,
            name=spec.name,
            kind=part.kind,
            lane=part.lane,
            role=part.role,
            what=spec.what,
            why=part.why,
            done_when=part.done_when,
            undo=part.undo,
            needs=list(spec.needs),
            needs_sealed=list(part.needs_sealed),
            seals=list(spec.seals),
            destructive=part.destructive,
            reversible=part.reversible,
            two_person=part.two_person,
            question=part.question,
            options=[{"key": option.key, "text": option.text} for option in part.options],
        )


def _next_ref() -> str:
    last = Incident.objects.order_by("-pk").values_list("ref", flat=True).first()
    return f"INC-{int(last.removeprefix('INC-')) + 1 if last else 1:04d}"
