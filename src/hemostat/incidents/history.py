"""The history of the clocks: what each computation changed, and the fact that made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from hemostat.kernel import iso

from .law_versions import rows_changed
from .models import Duty, Incident

Snapshot = dict[tuple[str, str], dict[str, Any]]
"""The clocks at one moment: duty and place to what the history watches of them."""

_FIELDS = ("due", "due_at", "met_by")
_NOT_OWED: Mapping[str, Any] = MappingProxyType({"owed": False})


def snapshot(incident: Incident) -> Snapshot:
    """The clocks as they are now."""
    return {
        (duty.duty, duty.jurisdiction): {
            "owed": duty.owed,
            "due": duty.due and duty.due.isoformat(),
            "due_at": duty.due_at and iso(duty.due_at),
            "met_by": duty.met_by,
        }
        for duty in Duty.objects.filter(incident=incident)
    }


def differences(before: Mapping[tuple[str, str], dict[str, Any]], after: Snapshot) -> list[dict[str, Any]]:
    """What is otherwise `after` than `before`, each `{"duty", "jurisdiction", "field", "before", "after"}`, in order.

    A duty that appears, or comes back, is told by its `owed` and its limit; of one that is lifted only `owed` is told.
    """
    changes = []
    for key in sorted(after):
        now_is = after[key]
        was = before[key] if before.get(key, _NOT_OWED)["owed"] else _NOT_OWED
        fields = ("owed", *_FIELDS) if now_is["owed"] else ("owed",)
        changes += [
            {
                "duty": key[0],
                "jurisdiction": key[1],
                "field": field,
                "before": was.get(field) or None,
                "after": now_is[field] or None,
            }
            for field in fields
            if (was.get(field) or None) != (now_is[field] or None)
        ]
    return changes


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One computation of the clocks: the fact that changed, and what came out otherwise than before, as sentences.

    rows: ids of the law's rows that had changed since the computation before. `law` is the digest of the table, shortened.
    """

    at: datetime
    recorded_at: datetime
    by: str
    cause: str
    sentences: list[str]
    rows: list[str]
    warnings: list[str]
    law: str


def history_of(incident: Incident) -> list[Turn]:
    """Every computation of the clocks that had another fact, table or outcome than the one before it; the newest first."""
    names = {(duty.duty, duty.jurisdiction): _name(duty) for duty in Duty.objects.filter(incident=incident)}
    turns: list[Turn] = []
    rows_before: Mapping[str, str] = {}
    for row in incident.recomputations.select_related("law"):
        turns.append(
            Turn(
                at=row.at,
                recorded_at=row.recorded_at,
                by=row.by,
                cause=row.cause,
                sentences=change_sentences(row.changes, names),
                rows=rows_changed(rows_before, row.law.rows) if rows_before else [],
                warnings=row.warnings,
                law=row.law.sha256[:12],
            )
        )
        rows_before = row.law.rows
    return turns[::-1]


def change_sentences(changes: Sequence[Mapping[str, Any]], names: Mapping[tuple[str, str], str]) -> list[str]:
    """One sentence for each duty that came out otherwise; nothing when none did. `names` says what people call a duty."""
    fields: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {}
    for change in changes:
        found = fields.setdefault((change["duty"], change["jurisdiction"]), {})
        found[change["field"]] = (change["before"], change["after"])
    return [f"{names.get(duty, duty[0])} {_outcome(found)}." for duty, found in fields.items()]


def _name(duty: Duty) -> str:
    """The counterparty of a contract; the id of the law's row and whom it tells."""
    return f"Word to {duty.recipient_name}" if duty.contract_id else f"{duty.duty} ({duty.recipient_name})"


def _outcome(found: Mapping[str, tuple[Any, Any]]) -> str:
    if "owed" in found and not found["owed"][1]:
        return "is owed no more"
    parts = []
    if "owed" in found:
        limit = found.get("due", (None, None))[1]
        parts.append(f"is owed, {f'by {limit}' if limit else 'without a date yet'}")
    elif "due" in found:
        parts.append(_moved(*found["due"]))
    elif "due_at" in found:
        parts.append("moves within its last day")
    if "met_by" in found:
        before, after = found["met_by"]
        parts.append(f"is met by {after}" if after else f"is met by {before} no more")
    return " and ".join(parts)


def _moved(before: str | None, after: str | None) -> str:
    if before is None:
        return f"has a date now, {after}"
    return f"moves from {before} to {after}" if after else f"has no date any more; it was {before}"
