"""When the law's table or the settings change, every open incident that they touch is computed again and says so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from hemostat.kernel import BadInput, log
from hemostat.law.rules import Rules
from hemostat.people.ledger import LedgerAct, record

from .clocks import clocks_refresh
from .law_versions import law_version, rows_changed, rules_now
from .legal_facts import facts_of
from .models import Duty, Incident, LawVersion, Recomputation
from .vocabulary import IncidentState

NAMED = 8
"""Rows that a cause names; the history has all of them."""


def law_rerun(*, now: datetime, rules: Rules | None = None) -> list[Incident]:
    """Every open incident whose clocks stand on another table or on other facts than those of now is computed again.

    The ledger and the history of each name the rows that changed; the history names the facts, such as the kinds of the
    organization in the settings. Gives the incidents that were computed again; one whose facts the new table does not know keeps
    its clocks, the log says why, and the others follow.
    """
    open_ones = list(Incident.objects.exclude(state=IncidentState.CLOSED).order_by("pk"))
    if not open_ones:
        return []
    rules = rules or rules_now()
    law = law_version(rules, now=now)
    return [incident for incident in open_ones if _rerun(incident, law, rules, now=now)]


def _rerun(incident: Incident, law: LawVersion, rules: Rules, *, now: datetime) -> bool:
    try:
        return _computed_again(incident, law, rules, now=now)
    except BadInput as error:
        log.get().error("law.rerun", incident=incident.ref, error=str(error))
        return False


@transaction.atomic
def _computed_again(incident: Incident, law: LawVersion, rules: Rules, *, now: datetime) -> bool:
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    cause = "" if incident.state == IncidentState.CLOSED else _cause(incident, law, now=now)
    if cause:
        clocks_refresh(incident=incident, now=now, cause=cause, rules=rules)
    return bool(cause)


def _cause(incident: Incident, law: LawVersion, *, now: datetime) -> str:
    """Why the clocks must be computed again; empty when they need not. A change of the law is told to the ledger."""
    last = Recomputation.objects.filter(incident=incident).select_related("law").last()
    if last is None:
        # Computed by a version that kept no history: it begins here.
        return "The history of these clocks begins." if Duty.objects.filter(incident=incident).exists() else ""
    if last.law_id != law.pk:
        rows = rows_changed(last.law.rows, law.rows)
        before, after = last.law.sha256, law.sha256
        record(act=LedgerAct.LAW_CHANGE, by="law", at=now, subject=incident.ref, rows=rows, before=before, after=after)
        return change_cause(rows)
    if fields := fields_changed(last.facts, facts_of(incident)):
        return f"Changed outside of the room, as by the settings: {', '.join(fields)}."
    return ""


def change_cause(rows: list[str]) -> str:
    """The change of the law as the cause of a computation."""
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return f"The law's table changed: {', '.join(rows[:NAMED])}{more}."


def fields_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields of the facts that differ, in order; one that is missing is one that nobody answered."""
    fields = []
    for name in sorted(before.keys() | after.keys()):
        was, now_is = before.get(name), after.get(name)
        if isinstance(was, Mapping) and isinstance(now_is, Mapping) and name != "affected":
            fields += [f"{name}.{part}" for part in fields_changed(was, now_is)]
        elif (was or None) != (now_is or None) or (was is False) != (now_is is False):
            fields.append(name)
    return fields
