"""The legal clocks of an incident: duties from the law's table, one row per duty that is never deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction

from hemostat.law.engine import assess
from hemostat.law.facts import facts_decode
from hemostat.people.ledger import LedgerAct, record

from .legal_facts import facts_of, left_out
from .models import Duty, Incident


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


def _date(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
