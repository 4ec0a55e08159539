"""The record of an incident as one document: everything that the reader may see, and the ledger entries behind it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from hemostat.kernel import iso
from hemostat.people.ledger import LedgerAct, entries, record
from hemostat.people.models import Person

from .models import Incident, Notice
from .selectors import notes_seen

_HIDDEN = {"id", "incident", "step", "evidence", "alerts", "named", "notice"}


@transaction.atomic
def incident_record(*, incident: Incident, by: Person, now: datetime) -> dict[str, Any]:
    """The record as `by` may read it; that it was taken out is on record. Moments are RFC 3339 in UTC."""
    record(act=LedgerAct.INCIDENT_EXPORT, by=by, at=now, subject=incident.ref, format="json")
    notes = {note.pk: note for note in notes_seen(by, incident)}
    return {
        "incident": _plain(incident)
        | {"alerts": list(incident.alerts.order_by("pk").values_list("ref", flat=True)), "people": incident.people},
        "steps": [_plain(step) for step in incident.steps.all()],
        "evidence": [
            _plain(item) | {"custody": [_plain(link) for link in item.custody.all()]}
            for item in incident.evidence.prefetch_related("custody")
        ],
        "duties": [_plain(duty) for duty in incident.duties.all()],
        "remedies": [_plain(task) for task in incident.remedies.select_related("done_by")],
        "assessments": [_plain(assessment) for assessment in incident.assessments.all()],
        "notices": [_notice(notice) for notice in incident.notices.select_related("by", "edited_by", "withdrawn_by")],
        "decisions": [_plain(decision) for decision in incident.decisions.all()],
        "answers": [_plain(answer) | {"evidence": answer.evidence} for answer in incident.legal_answers.select_related("by")],
        "events": [_plain(event) for event in incident.legal_events.select_related("by", "withdrawn_by")],
        "clock_history": [_plain(row) | {"law": row.law.sha256} for row in incident.recomputations.select_related("law")],
        "reports": [_plain(report) for report in incident.reports.all()],
        "notes": [_plain(note) for note in notes.values()],
        "exposure": [_plain(point) for point in incident.exposures.all()],
        "ledger": [
            {"seq": row.seq, "at": iso(row.at), "recorded_at": iso(row.recorded_at), "actor": row.actor, "act": row.act,
             "subject": row.subject, "payload": row.payload, "hash": row.hash}
            for row in entries(incident.ref)
            if row.act != LedgerAct.NOTE_ADD or row.payload["note"] in notes
        ],
    }  # fmt: skip


def _notice(notice: Notice) -> dict[str, Any]:
    """A notice with its text, whom it serves, who approved which text, and how it went out."""
    return _plain(notice) | {
        "duties": [f"{duty.duty}@{duty.jurisdiction}" for duty in notice.duties.all()],
        "sealed": notice.evidence.item if notice.evidence else "",
        "approvals": [_plain(approval) for approval in notice.approvals.select_related("by")],
        "sendings": [
            _plain(sending) | {"sealed": sending.evidence.item if sending.evidence else ""}
            for sending in notice.sendings.select_related("by", "evidence")
        ],
    }


def _plain(row: Model) -> dict[str, Any]:
    """The fields of a row as JSON knows them; people by the name that they sign in with."""
    found = {}
    for field in row._meta.concrete_fields:  # noqa: SLF001  # Django documents it
        if field.name in _HIDDEN:
            continue
        value = getattr(row, field.name)
        if isinstance(value, Person):
            value = value.username
        elif isinstance(value, Model):
            value = str(value)
        found[field.name] = iso(value) if isinstance(value, datetime) else value
    return found
