"""The table of the law as people read it: what each jurisdiction asks on a given day."""

from dataclasses import dataclass
from datetime import date

from .facts import FEDERAL
from .limits import wording
from .rules import Row, Rules, rules_load

_STATE = "state_breach_statute"


@dataclass(frozen=True, slots=True)
class Place:
    """One jurisdiction on one day.

    days: calendar days to tell residents, None when its law gives no number. health: a leak of health data alone is enough.
    unchecked: rows in force whose deadline nobody has seen in a source yet.
    """

    code: str
    name: str
    days: int | None
    wording: str
    health: bool
    rows: tuple[Row, ...]
    unchecked: int


def place_read(code: str, *, on: date, rules: Rules | None = None) -> Place | None:
    """The jurisdiction of this code as its law stands on the day; None when the table has no such jurisdiction."""
    rules = rules or rules_load()
    if code not in rules.names:
        return None
    rows = tuple(row for row in rules.of(code) if row.rule.effective.holds(on))
    letters = next((row for row in rows if row.law.regime == _STATE and row.rule.recipient == "individuals"), None)
    return Place(
        code=code,
        name=rules.names[code],
        days=letters.rule.clock.value if letters else None,
        wording=wording(letters) if letters else "",
        health=bool(letters and "medical" in (letters.law.reaches or ())),
        rows=rows,
        unchecked=sum(not row.rule.verified.seen for row in rows),
    )


def places_read(*, on: date, rules: Rules | None = None) -> list[Place]:
    """Every jurisdiction but the federal one, by name, as its law stands on the day."""
    rules = rules or rules_load()
    found = (place_read(code, on=on, rules=rules) for code in rules.names if code != FEDERAL)
    return sorted((place for place in found if place), key=lambda place: place.name)
