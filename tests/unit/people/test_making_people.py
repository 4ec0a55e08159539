"""People, their roles, the first administrator, the demonstration."""

import stat
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django import Settings as DjangoSettings

from hemostat.kernel import BadInput, Home, NotFound, Settings
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import LedgerCheckpoint, LedgerEntry, Person, RoleGrant
from hemostat.people.rights import Right, Role
from hemostat.people.selectors import people_with, person_named
from hemostat.people.services import (
    demo_people_create,
    first_admin_create,
    person_create,
    role_grant,
    role_revoke,
    setup_token_create,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
GOOD = "correct horse battery"


def test_a_person_signs_in_and_holds_the_roles(now: datetime) -> None:
    """A made person has the password and the roles, and the ledger says who made them."""
    mara = person_create(username="mara", password=GOOD, roles=[Role.ENGINEER, Role.COMMANDER], by="setup", now=now)

    assert mara.check_password(GOOD)
    assert {Role.ENGINEER, Role.COMMANDER} == mara.roles
    assert [LedgerAct.PERSON_CREATE, LedgerAct.ROLE_GRANT, LedgerAct.ROLE_GRANT] == [e.act for e in entries("person/mara")]
    assert "mara" == mara.full_name == str(mara)


@pytest.mark.parametrize(
    ("username", "password"), [("mara", "short"), ("mara", ""), ("not a name!", GOOD), ("x" * 151, GOOD), ("taken", GOOD)]
)
def test_an_unfit_person_is_refused_whole(now: datetime, username: str, password: str) -> None:
    """A weak password, an unfit name and a name in use each leave no person behind."""
    person_create(username="taken", password=GOOD, roles=[], by="setup", now=now)
    before = Person.objects.count(), LedgerEntry.objects.count()

    with pytest.raises(BadInput):
        person_create(username=username, password=password, roles=[Role.ADMIN], by="setup", now=now)

    assert before == (Person.objects.count(), LedgerEntry.objects.count())


def test_a_password_that_the_rules_of_the_console_refuse_is_refused(now: datetime, settings: DjangoSettings) -> None:
    """The validators of the console's settings count here too."""
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"}]

    with pytest.raises(BadInput, match="numeric"):
        person_create(username="mara", password="123456789012345", roles=[], by="setup", now=now)


def test_a_role_is_given_once_and_taken_once(now: datetime, person: Callable[..., Person]) -> None:
    """A second grant and a second revocation are refused; that the role was held stays on record."""
    mara = person()
    grant = role_grant(person=mara, role=Role.ENGINEER, by=person(Role.ADMIN), now=now)
    with pytest.raises(BadInput, match="already"):
        role_grant(person=mara, role=Role.ENGINEER, by="test", now=now)

    role_revoke(person=mara, role=Role.ENGINEER, by="test", now=now + timedelta(days=1))

    assert frozenset() == mara.roles
    assert not mara.may(Right.CONTAIN)
    assert "admin" == RoleGrant.objects.get(pk=grant.pk).granted_by
    assert str(grant) == "nobody engineer"
    with pytest.raises(BadInput, match="is not"):
        role_revoke(person=mara, role=Role.ENGINEER, by="test", now=now)


def test_the_tables_themselves_refuse_two_open_grants_and_unknown_roles(person: Callable[..., Person], now: datetime) -> None:
    """The database holds what it can hold, whoever writes to it."""
    mara = person(Role.ENGINEER)

    for role in (Role.ENGINEER.value, "wizard"):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(person=mara, role=role, granted_at=now, granted_by="test")


def test_the_first_administrator_needs_the_token_and_burns_it(
    home: Home, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Only who can read the file becomes the first administrator, and only once."""
    path = setup_token_create(home)
    assert path is not None
    assert setup_token_create(home) == path
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)

    for wrong in ("", "guess", path.read_text() + "x"):
        with pytest.raises(BadInput, match="setup token"):
            first_admin_create(token=wrong, username="root", password=GOOD, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        admin = first_admin_create(token=path.read_text(), username="root", password=GOOD, now=now)

    assert {Role.ADMIN} == admin.roles
    assert not path.exists()
    assert setup_token_create(home) is None
    with pytest.raises(BadInput, match="already has people"):
        first_admin_create(token="any", username="second", password=GOOD, now=now)


def test_without_a_token_file_nobody_becomes_administrator(now: datetime) -> None:
    """An empty token never fits a missing file."""
    with pytest.raises(BadInput, match="setup token"):
        first_admin_create(token="", username="root", password=GOOD, now=now)


def test_the_demonstration_has_one_person_per_role(now: datetime) -> None:
    """Each role has one invented person; a second call gives fresh passwords to the same people."""
    first = demo_people_create(now=now)
    again = demo_people_create(now=now)

    assert set(Role) == {login.role for login in first}
    assert [login.username for login in first] == [login.username for login in again]
    assert not {login.password for login in first} & {login.password for login in again}
    for login in again:
        person = Person.objects.get(username=login.username)
        assert person.check_password(login.password)
        assert {login.role} == person.roles
        assert login.full_name == person.full_name


def test_the_demonstration_stays_out_of_production(home: Home, now: datetime) -> None:
    """Invented people with printed passwords never exist beside real data."""
    home.write(Settings(kind="production"))

    with pytest.raises(BadInput, match="sandbox"):
        demo_people_create(now=now)
    assert not Person.objects.exists()


def test_people_are_found_by_name_and_by_role(person: Callable[..., Person]) -> None:
    """A name that nobody has and a person who was switched off get the same answer."""
    mara, gone = person(Role.ENGINEER), person(Role.ENGINEER, username="gone")
    gone.is_active = False
    gone.save()

    assert mara == person_named("engineer")
    assert [mara] == people_with(Role.ENGINEER)
    for name in ("gone", "never"):
        with pytest.raises(NotFound, match="Nobody signs in"):
            person_named(name)


def test_rows_say_what_they_are(person: Callable[..., Person]) -> None:
    """The short text of a row names it."""
    assert "Engineer" == person(Role.ENGINEER).full_name
    assert "checkpoint 7" == str(LedgerCheckpoint(seq=7))
    assert "7 note:add INC-0001" == str(LedgerEntry(seq=7, act="note:add", subject="INC-0001"))
