"""PHI-free by construction: our own scanner over everything that a drill leaves behind finds no patient value."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hemostat.kernel import Home
from hemostat.lake.spool import Plan, Spool
from hemostat.law.notices.files import library
from hemostat.phi import Scanner
from hemostat.phi.files import scan_path
from hemostat.sandbox.patients import Population

from .conftest import Run

pytestmark = pytest.mark.slow
NOT_PATIENTS = {
    "people_person.display_name", "people_person.password", "incidents_duty.recipient_name", "incidents_notice.sections",
}  # fmt: skip
"""Cells that name those who respond and the authorities that are told; the text of notices is looked at by itself."""
BY_WHOM = ("incidents_duty.because", "NAME")
"""Whoever entered a contract is named in the reason of its duties."""


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
        if found.cell not in NOT_PATIENTS and (found.cell, found.match.entity) != BY_WHOM and path.name != "hemostat.toml"
    ]

    assert [] == found


def test_notices_and_settings_name_the_organization_and_offices_alone(answered: Run) -> None:
    """Without the contact data of the organization and of the offices that letters list, nothing is left to find."""
    organization = Home(answered.home).settings().organization
    contacts = [one for contact in library().contacts.values() for one in (contact.phone, contact.address, contact.website)]
    own = [organization.phone, organization.email, organization.address, organization.website, *filter(None, contacts)]
    with closing(sqlite3.connect(answered.home / "db.sqlite3")) as database:
        texts = [text for (text,) in database.execute("SELECT sections FROM incidents_notice")]
    texts.append((answered.home / "hemostat.toml").read_text())

    assert len(texts) > 10
    assert any(organization.phone in text for text in texts)
    for text in texts:
        for value in own:
            text = text.replace(value, "")  # noqa: PLW2901  # the text without what is known
        assert [] == Scanner().scan(text)


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
