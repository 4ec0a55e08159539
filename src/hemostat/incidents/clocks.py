"""The legal clocks of an incident: duties from the law's table, one row per duty that is never deleted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction

from hemostat.kernel import SystemClock
from hemostat.law.engine import assess
from hemostat.law.facts import FEDERAL, facts_decode
from hemostat.law.rules import Rules
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person

from .contract_duties import CONTRACT, contract_duties
from .history import Snapshot, differences, snapshot
from .law_versions import law_version, rules_now
from .legal_facts import facts_of, left_out
from .models import Duty, Incident, Recomputation
from .reliance import Standing, reliance_warnings, standings
from .remedies import remedies_refresh

CAUSE = 300


@transaction.atomic
def clocks_refresh(
    *, incident: Incident, now: datetime, cause: str, by: Person | str = "law", rules: Rules | None = None
) -> list[Duty]:
    """The duties follow from the facts as they are now; one that is no longer owed stays, marked so, with the reason.

    `cause` is the fact that changed, as a sentence: it stands in the history with what came out otherwise than before.
    Before people were counted only contracts have clocks. Raises what the law's table raises about facts it does not know.
    """
    rules = rules or rules_now()
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    facts = facts_of(incident)
    remedies_refresh(incident=incident, now=now, rules=rules, facts=facts)
    terms, reasons = contract_duties(incident, facts)
    standing = Duty.objects.filter(incident=incident, owed=True)
    is_counted = bool(incident.people) or standing.exclude(regime=CONTRACT).exists()
    if not is_counted and not terms and not standing.exists():
        return []
    before = snapshot(incident)
    assessment = _assess(facts, rules) if is_counted else _NOTHING
    owed = {(duty["id"], duty["jurisdiction"]): duty for duty in [*assessment["duties"], *terms]}
    _duties_write(incident, owed.values(), now=now)
    reasons |= {entry["id"]: entry["because"] for entry in assessment["not_owed"]}
    lifted = _lift(incident, [row for row in standing if (row.duty, row.jurisdiction) not in owed], reasons, now=now)
    judged = standings(incident)
    outdated = [one for one in judged if one.is_outdated]
    _reasons_add(incident, facts, outdated, rules)
    warnings = [*reliance_warnings(judged), *assessment["warnings"]]
    last = Recomputation.objects.filter(incident=incident).last()
    cause = _cause(cause, outdated, before=last.facts if last else {})
    _remember(incident, last, before, facts, warnings, rules, now=now, cause=cause, by=by)
    record(
        act=LedgerAct.CLOCKS_COMPUTE,
        by="law",
        at=now,
        subject=incident.ref,
        cause=cause,
        is_counted=is_counted,
        owed={f"{duty}@{place}": found["due"] for (duty, place), found in sorted(owed.items())},
        lifted=lifted,
        warnings=len(warnings),
        left_out=left_out(incident),
    )
    return list(Duty.objects.filter(incident=incident))


_NOTHING: dict[str, list[Any]] = {"duties": [], "not_owed": [], "warnings": []}


def _lift(incident: Incident, rows: list[Duty], reasons: Mapping[str, list[str]], *, now: datetime) -> int:
    """The rows are owed no more, with the reason; how many they are."""
    for row in rows:
        is_empty = row.jurisdiction != FEDERAL and row.jurisdiction not in incident.affected
        why = "By the latest count nobody who lives there is affected." if is_empty else "The facts no longer lead to this duty."
        row.owed, row.computed_at = False, now
        row.because = reasons.get(row.duty, [why])
        row.save(update_fields=["owed", "because", "computed_at"])
    return len(rows)


def _reasons_add(incident: Incident, facts: dict[str, Any], outdated: Sequence[Standing], rules: Rules) -> None:
    """Each duty that an outdated assessment would lift says why it does not."""
    owed = list(Duty.objects.filter(incident=incident, owed=True).exclude(regime=CONTRACT)) if outdated else []
    for found in outdated:
        lifted = facts | {"harm_in": facts.get("harm_in", {}) | {found.assessment.place: False}}
        left = {(duty["id"], duty["jurisdiction"]) for duty in _assess(lifted, rules)["duties"]}
        for row in owed:
            if (row.duty, row.jurisdiction) not in left:
                row.because.append(found.outdated_words)
                row.save(update_fields=["because"])


def _cause(cause: str, outdated: Sequence[Standing], *, before: Mapping[str, Any]) -> str:
    """The fact that changed, and the assessments that lifted duties up to it and lift none from now on."""
    found = before.get("harm_in", {})
    ended = [one.place_name for one in outdated if found.get(one.assessment.place) is False]
    end = f" The {' and '.join(ended)} assessment was made before this and lifts nothing until it is renewed." if ended else ""
    return f"{cause[: CAUSE - len(end)]}{end}"


def _remember(  # noqa: PLR0913  # each is a field of the record
    incident: Incident,
    last: Recomputation | None,
    before: Snapshot,
    facts: dict[str, Any],
    warnings: list[str],
    rules: Rules,
    *,
    now: datetime,
    cause: str,
    by: Person | str,
) -> None:
    """The history has a row for every computation with other facts, another table or another outcome than the one before."""
    changes = differences(before, snapshot(incident))
    law = law_version(rules, now=now)
    if last and not changes and (last.facts, last.warnings, last.law_id) == (facts, warnings, law.pk):
        return
    Recomputation.objects.create(
        incident=incident,
        at=now,
        recorded_at=SystemClock().now(),
        by=str(by),
        cause=cause,
        facts=facts,
        changes=changes,
        warnings=warnings,
        law=law,
    )


def _assess(facts: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.to_builtins(assess(facts_decode(msgspec.json.encode(facts)), rules=rules))
    return answer


_COMPUTED = (
    "regime", "recipient", "recipient_name", "obligor", "owed", "contract", "due", "due_at", "advised", "wording", "trigger",
    "trigger_on", "citation", "because", "verified", "met_by", "people", "computed_at",
)  # fmt: skip
"""What each computation sets anew; how far the duty is stays as it was."""


def _duties_write(incident: Incident, found: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Each of them is a row as it was found, in one statement: a count can bring a hundred."""
    rows = [
        Duty(
            incident=incident,
            duty=one["id"],
            jurisdiction=one["jurisdiction"],
            regime=one["regime"],
            recipient=one["recipient"],
            recipient_name=one["recipient_name"],
            obligor=one["obligor"],
            owed=True,
            contract=one.get("contract"),
            due=_date(one["due"]),
            due_at=one.get("due_at"),
            advised=_date(one["advised"]),
            wording=one["wording"],
            trigger=one["trigger"],
            trigger_on=_date(one["trigger_on"]),
            citation=one["citation"],
            because=one["because"],
            verified=one["verified"],
            met_by=one["met_by"] or "",
            people=incident.affected.get(one["jurisdiction"], incident.people),
            computed_at=now,
        )
        for one in found
    ]
    Duty.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["incident", "duty", "jurisdiction"], update_fields=_COMPUTED
    )


def _date(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text
