"""Making people and giving them roles. Each service is one transaction and one or more entries of the ledger."""

import hmac
import os
import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import transaction

from hemostat.kernel import BadInput, Home

from .ledger import LedgerAct, record
from .models import Person, RoleGrant
from .rights import Role

MINIMUM_PASSWORD = 12
SETUP_TOKEN = "setup-token"  # noqa: S105  # the name of a file


class DemoLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in of the demonstration: shown once, kept nowhere."""

    username: str
    password: str
    role: Role
    full_name: str


_DEMO = (
    ("mara", "Mara Reyes", Role.ENGINEER),
    ("colin", "Colin Brandt", Role.COMPLIANCE),
    ("priya", "Priya Nair", Role.COUNSEL),
    ("ada", "Ada Okafor", Role.COMMANDER),
    ("tomas", "Tomas Lindqvist", Role.TRAINING_LEAD),
    ("june", "June Castellano", Role.AUDITOR),
    ("root", "Robin Tanaka", Role.ADMIN),
)


@transaction.atomic
def person_create(
    *, username: str, password: str, roles: Collection[Role], by: Person | str, now: datetime, display_name: str = ""
) -> Person:
    """The person exists with these roles. Raises `BadInput` for a name in use or a weak password."""
    if Person.objects.filter(username=username).exists():
        raise BadInput(f"The name {username!r} is taken.", advice="Choose another name to sign in with.")
    _password_check(password)
    person = Person(username=username, display_name=display_name)
    person.set_password(password)
    try:
        person.full_clean()
    except ValidationError as error:
        raise BadInput(f"This person cannot be made: {'; '.join(error.messages)}") from error
    person.save()
    record(act=LedgerAct.PERSON_CREATE, by=by, at=now, subject=f"person/{username}")
    for role in sorted(roles):
        role_grant(person=person, role=role, by=by, now=now)
    return person


@transaction.atomic
def role_grant(*, person: Person, role: Role, by: Person | str, now: datetime) -> RoleGrant:
    """The person holds the role. Raises `BadInput` when they already do."""
    if role in person.roles:
        raise BadInput(f"{person.username} already is {role.label.lower()}.")
    grant = RoleGrant.objects.create(person=person, role=role.value, granted_at=now, granted_by=str(by))
    record(act=LedgerAct.ROLE_GRANT, by=by, at=now, subject=f"person/{person.username}", role=role.value)
    return grant


@transaction.atomic
def role_revoke(*, person: Person, role: Role, by: Person | str, now: datetime) -> None:
    """The person no longer holds the role; that they held it stays on record. Raises `BadInput` when they did not."""
    changed = RoleGrant.objects.filter(person=person, role=role.value, revoked_at=None).update(revoked_at=now, revoked_by=str(by))
    if not changed:
        raise BadInput(f"{person.username} is not {role.label.lower()}.")
    record(act=LedgerAct.ROLE_REVOKE, by=by, at=now, subject=f"person/{person.username}", role=role.value)


def setup_token_create(home: Home) -> Path | None:
    """A file that only its owner may read holds the one-time token of the first sign-in; None once there are people."""
    if Person.objects.exists():
        return None
    path = home.path / SETUP_TOKEN
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path


@transaction.atomic
def first_admin_create(*, token: str, username: str, password: str, now: datetime, display_name: str = "") -> Person:
    """The first person exists, is administrator, and the token is burned.

    Raises `BadInput` when somebody already exists, or for a token that is not the one in the file.
    """
    path = settings.HOME.path / SETUP_TOKEN
    if Person.objects.exists():
        raise BadInput("This installation already has people.", advice="Ask an administrator for a sign-in.")
    expected = path.read_text().strip() if path.exists() else ""
    if not expected or not hmac.compare_digest(expected.encode(), token.strip().encode()):
        raise BadInput("This is not the setup token.", advice=f"It is in the file {SETUP_TOKEN} of the home, on the server.")
    person = person_create(
        username=username, password=password, roles=[Role.ADMIN], by="setup", now=now, display_name=display_name
    )
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return person


def sessions_forget() -> None:
    """Sign-ins that have run out by the machine's clock are gone: Django itself leaves them in the database for good."""
    SessionStore.clear_expired()


@transaction.atomic
def demo_people_create(*, now: datetime) -> list[DemoLogin]:
    """One invented person per role exists, each with a fresh password that is told here and never again.

    Raises `BadInput` outside a sandbox home. Those who exist already get a new password.
    """
    if settings.HOME.settings().kind != "sandbox":
        raise BadInput("Demonstration people belong into a sandbox home only.", advice="Make a sandbox with `hemostat drill`.")
    logins = []
    for username, full_name, role in _DEMO:
        password = secrets.token_urlsafe(12)
        person = Person.objects.filter(username=username).first()
        if person is None:
            person_create(username=username, password=password, roles=[role], by="setup", now=now, display_name=full_name)
        else:
            person.set_password(password)
            person.save(update_fields=["password"])
        logins.append(DemoLogin(username=username, password=password, role=role, full_name=full_name))
    return logins


def _password_check(password: str) -> None:
    if len(password) < MINIMUM_PASSWORD:
        raise BadInput(f"A password has at least {MINIMUM_PASSWORD} characters.", advice="Use a few random words.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), advice="Use a few random words.") from error
