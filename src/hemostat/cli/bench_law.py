"""`hemostat bench law`: how long the whole country takes to assess, and how long the server takes for the pages that show it.

The pages are served in a process of their own, since a process knows one home.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from hemostat.kernel import BadInput
from hemostat.law import Discovery, Entity, Facts, assess, rules_load

from .django import database_ready

_ASSESSMENTS, _ASSESSMENT_LIMIT = 200, 20.0  # milliseconds of one assessment of every jurisdiction
_VISITS, _PAGE_LIMIT = 20, 150.0  # milliseconds that the server takes for a page
_KNOWN = date(2026, 3, 2)
_PEOPLE = 600  # of each place: above most counts
_MEASURE = """
import json, sys
from pathlib import Path
from hemostat.cli.bench_law import pages_measured
print(json.dumps(pages_measured(Path(sys.argv[1]))))
"""
_ELEMENTS = ["name", "ssn", "diagnosis"]  # what every law counts, between them


def law() -> dict[str, Any]:
    """Milliseconds of an assessment of all 55 jurisdictions, and of each page of the law in the room, against their limits."""
    facts = Facts(
        entity=Entity(kinds=["hipaa_covered_entity"]),
        discovery=Discovery(known_at=_KNOWN),
        affected=_everywhere(),
        elements=_ELEMENTS,
    )
    assessed = _milliseconds(lambda: assess(facts), times=_ASSESSMENTS)
    figures: dict[str, Any] = {
        "duties of all jurisdictions": len(assess(facts).duties),
        "median milliseconds of an assessment": median(assessed),
        "least milliseconds of an assessment": min(assessed),
        "share of the limit of 20 ms (median)": median(assessed) / _ASSESSMENT_LIMIT,
        "share of the limit of 20 ms (least)": min(assessed) / _ASSESSMENT_LIMIT,
    }
    return figures | _pages()


def _everywhere() -> dict[str, int]:
    return {place: _PEOPLE for place in rules_load().names if place != "US"}


def _milliseconds(work: Callable[[], object], *, times: int) -> list[float]:
    """Processor time of each of so many runs, after one that warms everything up; what else the machine does counts little."""
    work()
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - started))
    return spent


def _pages() -> dict[str, float]:
    """The figures of the pages, measured in a process of their own over a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        command = [sys.executable, "-c", _MEASURE, folder]
        told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own program
    if told.returncode:
        raise BadInput("The bench stopped: the pages of the law could not be served.", advice=told.stderr.strip()[-300:])
    found: dict[str, float] = json.loads(told.stdout)
    return found


def pages_measured(folder: Path) -> dict[str, float]:
    """The median milliseconds that the server takes for each page of the law in the room, and its share of 150 ms.

    A sandbox home in `folder` holds one incident with 600 people in each of the 54 places, so that every clock is on the page.
    """
    from hemostat.sandbox.homes import sandbox_home_create  # noqa: PLC0415  # the sandbox is loaded only when asked for

    home = sandbox_home_create(folder / "home", seed=1, ports=None)
    database_ready(home)
    from django.test import Client  # noqa: PLC0415  # after Django knows its home
    from django.urls import reverse  # noqa: PLC0415  # same

    person, incident = _incident_everywhere()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person)
    clock = incident.duties.filter(owed=True, due__isnull=False).earliest("due")
    figures: dict[str, float] = {"clocks in the room": incident.duties.filter(owed=True).count()}
    for name, address in {
        "room": reverse("incident", args=[incident.ref]),
        "facts": reverse("facts", args=[incident.ref]),
        "what-if": reverse("what_if", args=[incident.ref]),
        "one clock": reverse("clock", args=[incident.ref, clock.pk]),
    }.items():
        if client.get(address).status_code != 200:  # noqa: PLR2004  # what a page answers
            raise BadInput(f"The page {name} does not answer.", advice="Look at it in a drill.")
        middle = median(_milliseconds(partial(client.get, address), times=_VISITS))
        figures[f"median milliseconds of the page {name}"] = middle
        figures[f"share of the limit of 150 ms, page {name}"] = middle / _PAGE_LIMIT
    return figures


def _incident_everywhere() -> tuple[Any, Any]:
    """The compliance officer, and an incident whose people live in every place."""
    from hemostat.alerts.services import alerts_raise  # noqa: PLC0415  # after Django knows its home
    from hemostat.detect.finding import Finding  # noqa: PLC0415  # same
    from hemostat.incidents.answers import answer_record  # noqa: PLC0415  # same
    from hemostat.incidents.selectors import incident_for  # noqa: PLC0415  # same
    from hemostat.incidents.services import incident_open, scope_record  # noqa: PLC0415  # same
    from hemostat.incidents.vocabulary import LegalQuestion  # noqa: PLC0415  # same
    from hemostat.people.models import Person  # noqa: PLC0415  # same
    from hemostat.people.rights import Role  # noqa: PLC0415  # same
    from hemostat.people.services import demo_people_create  # noqa: PLC0415  # same

    at = datetime(_KNOWN.year, _KNOWN.month, _KNOWN.day, 14, tzinfo=UTC)
    names = {login.role: login.username for login in demo_people_create(now=at)}
    people = {role: Person.objects.get(username=name) for role, name in names.items()}
    found = Finding(
        key="session-unsigned-calls:203.0.113.0/24", rule="session-unsigned-calls", title="Unsigned calls", level="high",
        surface="storefront", playbook="storefront-session-leak", store="fernhollow", environment="sandbox", group={}, events=1,
        people=1, event_ids=(), first_time=at, last_time=at, summary="Calls without a signature.",
    )  # fmt: skip
    alerts = alerts_raise(findings=[found], batch=1, now=at)
    incident = incident_open(alerts=alerts, by=people[Role.ENGINEER], now=at, severity=1, commander=people[Role.COMMANDER])
    scope_record(
        incident=incident,
        by=people[Role.COMPLIANCE],
        now=at,
        people=_everywhere(),
        unknown=0,
        query="bench",
        query_sha256="0" * 64,
    )
    leaked = sorted({*incident.elements, *_ELEMENTS})
    counsel = people[Role.COUNSEL]
    answer_record(
        incident=incident, question=LegalQuestion.ELEMENTS, value=leaked, why="A bench.", evidence=[], by=counsel, now=at
    )
    return people[Role.COMPLIANCE], incident_for(people[Role.COMPLIANCE], incident.ref)
