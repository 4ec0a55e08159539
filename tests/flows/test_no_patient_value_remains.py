"""PHI-free by construction: our own scanner over everything that a drill leaves behind finds no patient value."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemostat.kernel import Home
from hemostat.lake.spool import Plan, Spool
from hemostat.phi import Scanner
from hemostat.phi.files import scan_path
from hemostat.sandbox.patients import Population

from .conftest import Run

pytestmark = pytest.mark.slow
NOT_PATIENTS = {"people_person.display_name", "people_person.password", "incidents_duty.recipient_name"}
"""Cells that name those who respond and the authorities that are told."""


def ours(run: Run) -> Iterator[Path]:
    """What the product keeps or prints; the twin's own folder is the merchant's system, not ours."""
    for path in (*sorted(run.home.rglob("*")), *sorted(run.report.rglob("*"))):
        inside = path.relative_to(run.home).parts[0] if path.is_relative_to(run.home) else "out"
        if path.is_file() and inside not in {"twin", "keys"} and path.suffix != ".pdf":
            yield path


def test_our_scanner_finds_no_patient_value_in_what_a_drill_leaves(answered: Run) -> None:
    """Logs, databases, lake, vault, dead letters and report."""
    scanner = Scanner()
    found = [
        f"{path.name}:{found.line} {found.cell} {found.match.entity} {found.match.masked} {found.match.why}"
        for path in ours(answered)
        for found in scan_path(path, scanner)
        if found.cell not in NOT_PATIENTS
    ]

    assert [] == found


def test_no_synthetic_person_can_be_read_in_what_a_drill_leaves(answered: Run) -> None:
    """The same without trusting our scanner: names of mail boxes and phone numbers of the exposed stand nowhere, byte by byte."""
    people = list(Population(7).reachable())[:200]
    values = [value.encode() for person in people for value in (person.email, person.phone)]
    leaks = [path.name for path in ours(answered) if any(value in path.read_bytes() for value in values)]

    assert [] == leaks


def test_both_can_fail(answered: Run) -> None:
    """What the twin's people are called was really sent to us: the spool holds it, sealed, and unsealed it is found at once."""
    home = Home(answered.home)
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    first = next(iter(Population(7).reachable()))
    bodies = [message.body for message in spool.messages(Plan(batch=1, first=1, last=9000))]

    assert any(first.email.encode() in body for body in bodies)
    sent = next(body for body in bodies if first.email.encode() in body)
    assert {"EMAIL", "PHONE", "NAME"} <= {match.entity for match in Scanner().scan(sent.decode())}
