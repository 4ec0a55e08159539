"""What the rows say beside dates, entered a second time from the fact base, and where the two entries differ.

`rows.csv` holds what moves no date. `silent_rows.csv` holds the arithmetic of rows that no facts can make a dated duty: remedies,
answers to consumers, roles and triggers that facts have no word for. Nothing else is doubled: worked cases show the rest.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hemostat.law import Row

FOLDER = Path(__file__).parent


@cache
def table(name: str) -> dict[str, dict[str, str]]:
    """The rows of one of the two files, by id."""
    with (FOLDER / name).open(newline="") as lines:
        return {row.pop("id"): row for row in csv.DictReader(lines)}


def differences(rows: Iterable[Row]) -> Iterator[str]:
    """Fields of these rows that are not what the tables say."""
    for row in rows:
        here = _said(row)
        for wanted in (table("rows.csv").get(row.id), table("silent_rows.csv").get(row.id, {})):
            if wanted is None:
                yield f"{row.id} is not in rows.csv"
                continue
            for field, value in wanted.items():
                if here[field] != value:
                    yield f"{row.id}: {field} is {here[field]!r}, wanted {value!r}"


def _said(row: Row) -> dict[str, str]:
    law, rule, clock = row.law, row.rule, row.rule.clock
    fields: dict[str, Any] = {
        "regime": law.regime,
        "kind": rule.kind,
        "recipient": rule.recipient,
        "trigger": clock.trigger,
        "standard": clock.standard,
        "inherits": clock.inherits_from,
        "breach": law.breach,
        "deemed": law.hipaa and law.hipaa.deemed,
        "private": law.private_action and law.private_action.allowed,
        "months": law.credit_monitoring_months,
        "medical": None if law.reaches_medical_verified is None else _yes(flag=law.reaches_medical_verified),
        "seen": _yes(flag=rule.verified.seen),
        "basis": rule.verified.basis,
        "applies_to": rule.applies_to,
        "relation": clock.relation,
        "value": clock.value,
        "unit": clock.unit,
        "operator": rule.threshold.operator,
        "count": rule.threshold.count or None,
        "scope": rule.threshold.scope,
        "from": rule.effective.from_,
        "to": rule.effective.to,
        "least": rule.amount_usd and rule.amount_usd.min,
        "most": rule.amount_usd and rule.amount_usd.max,
        "held": _yes(flag=rule.hold.moves),
        "met": _yes(flag=rule.met_by_hipaa_notice),
        "caps": _yes(flag=clock.not_after_notice),
        "when": rule.when,
        "health_only": law.hipaa and _yes(flag=law.hipaa.health_data_only),
        "harm": law.harm and _yes(flag=law.harm.exempts),
        "encryption": law.encryption and _yes(flag=law.encryption.exempts),
        "reaches": " ".join(sorted(law.reaches or [])),
    }
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def _yes(*, flag: bool) -> str:
    return "yes" if flag else "no"
