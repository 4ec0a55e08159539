"""People in a real database and a real home."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings as DjangoSettings

from hemostat.kernel import Home, Settings
from hemostat.people.models import Person, RoleGrant
from hemostat.people.rights import Role

NOW = datetime(2026, 3, 10, 14, 4, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """One moment of the story."""
    return NOW


@pytest.fixture
def home(tmp_path: Path, settings: DjangoSettings) -> Home:
    """A sandbox home with its keys."""
    made = Home(tmp_path / "home")
    made.create(Settings(kind="sandbox"))
    settings.HOME = made
    return made


@pytest.fixture
def person() -> Callable[..., Person]:
    """Makes a person with roles, straight in the tables: what is tested is never made by what is tested."""

    def make(*roles: Role, username: str = "") -> Person:
        name = username or "-".join(roles) or "nobody"
        made = Person.objects.create(username=name, display_name=name.title(), password=make_password("x"))
        for role in roles:
            RoleGrant.objects.create(person=made, role=role.value, granted_at=NOW, granted_by="test")
        return made

    return make
