"""The yearly log of breaches of fewer than 500 people, 45 CFR 164.408(c): what is handed to HHS after the year of discovery."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hemostat.people.models import Person

from .legal_facts import elements_of, sent_on
from .local_days import local_day
from .models import Duty
from .selectors import incidents_seen

DUTY, _LETTERS = "HIPAA-HHS-LT500", "HIPAA-IND"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One breach of the log. discovered: the day that the clock counts as its discovery; sent: the day HHS was told of it."""

    ref: str
    surface: str
    discovered: date
    people: int
    elements: list[str]
    due: date | None
    sent: date | None
    is_exercise: bool


def log_years(person: Person) -> list[int]:
    """The years of discovery that have entries which the person may see, the latest first."""
    return sorted({entry.discovered.year for entry in log_of(person)}, reverse=True)


def log_of(person: Person, year: int | None = None) -> list[Entry]:
    """The entries of one year of discovery, or of all, in the order of discovery; a breach of 500 or more is told at once."""
    rows = Duty.objects.filter(duty__in=(DUTY, _LETTERS), owed=True, incident__in=incidents_seen(person))
    duties = list(rows.select_related("incident").prefetch_related("notices__sendings"))
    discovered = {duty.incident_id: duty.trigger_on for duty in duties if duty.duty == _LETTERS}
    entries = [_entry(duty, discovered.get(duty.incident_id)) for duty in duties if duty.duty == DUTY]
    kept = (entry for entry in entries if year is None or entry.discovered.year == year)
    return sorted(kept, key=lambda entry: (entry.discovered, entry.ref))


def log_csv(entries: Iterable[Entry]) -> str:
    """The entries as a table that the portal's form is filled from: one line a breach, no patient value."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["incident", "exercise", "discovered", "people", "where", "kinds of data", "due", "told HHS"])
    for entry in entries:
        exercise, kinds = "yes" if entry.is_exercise else "no", "; ".join(entry.elements)
        row = (entry.ref, exercise, entry.discovered, entry.people, entry.surface, kinds, entry.due, entry.sent or "")
        table.writerow(row)
    return out.getvalue()


def _entry(duty: Duty, discovered: date | None) -> Entry:
    incident = duty.incident
    return Entry(
        ref=incident.ref,
        surface=incident.surface,
        discovered=discovered or local_day(incident.discovered_at),
        people=duty.people,
        elements=elements_of(incident),
        due=duty.due,
        sent=sent_on(duty),
        is_exercise=incident.is_exercise,
    )
