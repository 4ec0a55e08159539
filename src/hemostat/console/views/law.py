"""The table of the law: the country at a glance, one jurisdiction, one row with its sources, and what changed."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hemostat.console.gate import needs, visitor
from hemostat.console.law_map import law_map
from hemostat.console.moment import now
from hemostat.incidents.local_days import local_day
from hemostat.incidents.yearly_log import log_csv, log_of, log_years
from hemostat.kernel import BadInput, NotFound
from hemostat.law.changes import changes, changes_of
from hemostat.law.facts import FEDERAL
from hemostat.law.limits import wording
from hemostat.law.rules import rules_load
from hemostat.law.table import place_read, places_read
from hemostat.people.rights import Right


@needs(Right.SEE)
def index(request: HttpRequest) -> HttpResponse:
    """The country at a glance, as the law stands today."""
    on = _today()
    places = places_read(on=on)
    return render(request, "console/law.html", {"places": places, "map": law_map(places), "federal": FEDERAL, "on": on})


@needs(Right.SEE)
def place(request: HttpRequest, place: str) -> HttpResponse:
    """What one jurisdiction asks today, whom for how many people, and whether somebody saw it in a source."""
    on = _today()
    found = place_read(place, on=on)
    if found is None:
        raise NotFound(f"The table has no jurisdiction {place[:20]!r}.", advice="Codes look like US-CA.")
    rows = [(row, wording(row)) for row in found.rows]
    return render(request, "console/law_place.html", {"place": found, "rows": rows, "on": on})


@needs(Right.SEE)
def row(request: HttpRequest, duty: str) -> HttpResponse:
    """One row as the table holds it, with its sources."""
    try:
        found = rules_load().row(duty)
    except BadInput as error:
        raise NotFound(str(error), advice=error.advice()) from error
    words = {
        "row": found,
        "wording": wording(found),
        "law": found.law,
        "rule": found.rule,
        "changes": changes_of(found.id),
    }
    return render(request, "console/law_row.html", words)


@needs(Right.SEE)
def changed(request: HttpRequest) -> HttpResponse:
    """What changed in the law, the latest first."""
    return render(request, "console/law_changes.html", {"changes": changes(), "on": _today()})


@needs(Right.SEE)
def yearly_log(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The breaches of fewer than 500 people discovered in a year, this one if none is named; also as a file."""
    person = visitor(request)
    asked = year or _today().year
    entries = log_of(person, asked)
    if request.GET.get("as") == "csv":
        name = f"hhs-log-{asked}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(log_csv(entries), content_type="text/csv; charset=utf-8", headers=headers)
    words = {"year": asked, "years": log_years(person), "entries": entries, "on": _today()}
    return render(request, "console/yearly_log.html", words)


def _today() -> date:
    """The day that it is in the zone of the organization."""
    return local_day(now())
