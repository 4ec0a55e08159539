"""People with and without rights, and findings to raise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hemostat.detect import Finding
from hemostat.people.models import Person, RoleGrant
from hemostat.people.rights import Role

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """When the services are called."""
    return NOW


@pytest.fixture
def person(db: None) -> Callable[[str], Person]:  # noqa: ARG001  # pytest-django's switch
    """Makes a person of a role; an empty role makes a stranger."""

    def make(role: str) -> Person:
        made = Person.objects.create_user(username=role or "stranger")
        if role:
            RoleGrant.objects.create(person=made, role=Role(role).value, granted_at=NOW, granted_by="test")
        return made

    return make


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """Makes a finding; `at` is minutes before now."""

    def make(key: str = "rule|fernhollow", *, at: float = 5, **more: Any) -> Finding:
        moment = NOW - timedelta(minutes=at)
        told = {
            "key": key, "rule": "rule", "title": "A rule", "level": "high", "surface": "storefront",
            "playbook": "storefront-session-leak", "store": "fernhollow", "environment": "sandbox", "group": {"ip": "ip_a"},
            "events": 20, "people": 3, "event_ids": ("e1", "e2"), "first_time": moment, "last_time": moment,
            "summary": "20 events",
        }  # fmt: skip
        return Finding(**(told | more))

    return make
