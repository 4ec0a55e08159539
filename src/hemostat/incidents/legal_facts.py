"""What the law wants to know about an incident, from its rows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from hemostat.law.elements import elements
from hemostat.law.rules import rules_load

from .models import Decision, Duty, Incident
from .vocabulary import DutyState

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
