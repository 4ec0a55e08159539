"""The legal clocks of an incident: facts from its rows, duties from the law's table, one row per duty that is never deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction

from hemostat.kernel import BadInput
from hemostat.law.elements import elements
from hemostat.law.engine import assess
from hemostat.law.facts import facts_decode
from hemostat.law.rules import rules_load
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.people.rights import Right, demand

from .models import Decision, Duty, Incident
from .rows import fresh_incident
from .vocabulary import DutyState
from .words import safe_text

_NEXT = {
    DutyState.DRAFT: {DutyState.NOT_STARTED, DutyState.DRAFT},
    DutyState.APPROVED: {DutyState.DRAFT},
    DutyState.SENT: {DutyState.APPROVED},
}
DETERMINATION, BREACH = "four-factor-assessment", "breach"
"""The step, and its answer, that determine that a breach happened: some clocks count from it."""


def facts_of(incident: Incident) -> dict[str, Any]:
    """What the law wants to know about an incident, as `hemostat law assess` reads it.

    Days are those of the organization's own zone: a discovery at 23:30 in New York belongs to that day there. Words that the
    law's table does not have are left out; `left_out` names them.
    """
    organization = settings.HOME.settings().organization
    zone = ZoneInfo(organization.zone)
    determined = _determination(incident)
    strange = set(left_out(incident))
    return {
        "entity": {"kinds": organization.kinds},
        "discovery": {
            "known_at": _day(incident.discovered_at, zone),
            "determined_at": _day(determined.at, zone) if determined else None,
        },
        "affected": {place: count for place, count in incident.affected.items() if place not in strange},
        "affected_elsewhere": incident.affected_unknown
        + sum(incident.affected[place] for place in strange & set(incident.affected)),
        "elements": [element for element in incident.elements if element not in strange],
        "encrypted": False,
        "accessed": True,
        "acquired": True,
        "events": _events(incident, zone),
    }


def _determination(incident: Incident) -> Decision | None:
    """The first decision that it is a breach; a decision to wait, or that it is none, starts no clock."""
    steps = incident.steps.filter(slug=DETERMINATION)
    breach = [option["text"] for step in steps for option in step.options if option["key"] == BREACH]
    return Decision.objects.filter(incident=incident, step__in=steps, choice__in=breach).order_by("id").first()


def left_out(incident: Incident) -> list[str]:
    """Words of the incident that the law's table lacks: places outside the country, elements that no law asks for."""
    words, places = {element.id for element in elements()}, set(rules_load().names)
    return sorted({*incident.affected.keys() - places, *set(incident.elements) - words})


@transaction.atomic
def clocks_refresh(*, incident: Incident, now: datetime) -> list[Duty]:
    """The duties follow from the facts as they are now; one that is no longer owed stays, marked so, with the reason.

    Nothing is computed before people were counted. Raises what the law's table raises about facts it does not know.
    """
    if not incident.people and not Duty.objects.filter(incident=incident, owed=True).exists():
        return []
    assessment = _assess(facts_of(incident))
    owed = {(duty["id"], duty["jurisdiction"]): duty for duty in assessment["duties"]}
    for duty in owed.values():
        _duty_write(incident, duty, now=now)
    reasons = {entry["id"]: entry["because"] for entry in assessment["not_owed"]}
    lifted = 0
    for row in Duty.objects.filter(incident=incident, owed=True):
        if (row.duty, row.jurisdiction) not in owed:
            row.owed, row.computed_at = False, now
            row.because = reasons.get(row.duty, ["The facts of the incident no longer lead to this duty."])
            row.save(update_fields=["owed", "because", "computed_at"])
            lifted += 1
    duties = list(Duty.objects.filter(incident=incident))
    record(
        act=LedgerAct.CLOCKS_COMPUTE,
        by="law",
        at=now,
        subject=incident.ref,
        owed={f"{duty}@{place}": found["due"] for (duty, place), found in sorted(owed.items())},
        lifted=lifted,
        warnings=len(assessment["warnings"]),
        left_out=left_out(incident),
    )
    return duties


@transaction.atomic
def duty_mark(*, duty: Duty, by: Person, now: datetime, state: str, ref: str = "") -> Duty:
    """The notice of a duty is drafted, approved or sent; a sent one names its proof, and the clocks that hang on it follow.

    Raises `Refused` without the right, `BadInput` for a step backwards or beside, naming who did the last one.
    """
    demand(by, Right.MARK_DUTIES)
    duty = Duty.objects.select_for_update().select_related("marked_by", "incident").get(pk=duty.pk)
    incident = fresh_incident(duty.incident)
    allowed = _NEXT.get(DutyState(state) if state in set(DutyState) else DutyState.NOT_STARTED, set())
    if duty.state not in allowed:
        who = f" by {duty.marked_by.full_name}" if duty.marked_by else ""
        raise BadInput(
            f"{duty.duty} is {duty.state.replace('_', ' ')}{who}; it cannot become {state[:20]!r} now.",
            advice="The way is draft, approved, sent.",
        )
    if not duty.owed:
        raise BadInput(f"{duty.duty} is not owed: {'; '.join(duty.because)}", advice="Check the scope and the discovery first.")
    if state == DutyState.SENT and not ref.strip():
        raise BadInput(f"A sent notice names its proof: {duty.duty}.", advice="Give the receipt or tracking number.")
    duty.state, duty.marked_at, duty.marked_by = state, now, by
    duty.sent_ref = safe_text(ref, most=200)
    duty.save(update_fields=["state", "marked_at", "marked_by", "sent_ref"])
    record(
        act=LedgerAct.DUTY_MARK,
        by=by,
        at=now,
        subject=incident.ref,
        duty=duty.duty,
        jurisdiction=duty.jurisdiction,
        state=state,
        due=duty.due,
        ref=duty.sent_ref,
    )
    if state == DutyState.SENT:
        clocks_refresh(incident=incident, now=now)
    return duty


def _assess(facts: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.to_builtins(assess(facts_decode(msgspec.json.encode(facts))))
    return answer


def _duty_write(incident: Incident, found: Mapping[str, Any], *, now: datetime) -> None:
    place = found["jurisdiction"]
    Duty.objects.update_or_create(
        incident=incident,
        duty=found["id"],
        jurisdiction=place,
        defaults={
            "regime": found["regime"],
            "recipient": found["recipient"],
            "recipient_name": found["recipient_name"],
            "obligor": found["obligor"],
            "owed": True,
            "due": _date(found["due"]),
            "advised": _date(found["advised"]),
            "wording": found["wording"],
            "trigger": found["trigger"],
            "trigger_on": _date(found["trigger_on"]),
            "citation": found["citation"],
            "because": found["because"],
            "verified": found["verified"],
            "met_by": found["met_by"] or "",
            "people": incident.affected.get(place, incident.people),
            "computed_at": now,
        },
    )


_SENT_EVENTS = {
    ("hipaa", "individuals"): "hipaa_individual_notice_sent",
    ("hipaa", "hhs"): "hhs_notice_sent",
    ("state_breach_statute", "individuals"): "consumer_notice_sent",
}


def _events(incident: Incident, zone: ZoneInfo) -> list[dict[str, Any]]:
    events = []
    for duty in Duty.objects.filter(incident=incident, state=DutyState.SENT):
        kind = _SENT_EVENTS.get((duty.regime, duty.recipient))
        if kind and duty.marked_at:
            event = {"kind": kind, "on": _day(duty.marked_at, zone)}
            events.append(event | {"jurisdiction": duty.jurisdiction} if duty.regime != "hipaa" else event)
    return events


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat()


def _date(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
