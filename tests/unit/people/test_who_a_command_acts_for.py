"""Who a command acts for when nobody is named."""

import pytest

from hemostat.kernel import NotFound
from hemostat.people.rights import Role
from hemostat.people.selectors import person_acting
from hemostat.people.services import person_create
from hemostat.sandbox.homes import STORY_BEGINS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somebody() -> None:
    """Two people: the system knows one of them."""
    for username, role in (("dana", Role.ENGINEER), ("priya", Role.COUNSEL)):
        person_create(
            username=username, password="a few random words", roles=[role], by="test", now=STORY_BEGINS, display_name=""
        )


@pytest.mark.parametrize(
    ("given", "system_user", "invented", "acts"),
    [
        ("priya", "dana", None, "priya"),
        ("", "dana", None, "dana"),
        ("", "dana", Role.COUNSEL, "priya"),
        ("", "dana", Role.AUDITOR, "dana"),
    ],
    ids=["the one named", "the user of the system", "an invented person in a sandbox", "a sandbox without one"],
)
def test_who_acts(given: str, system_user: str, invented: Role | None, acts: str) -> None:
    """A name goes first, then in a sandbox whoever holds the role there, then the user of the system."""
    assert acts == person_acting(given, system_user=system_user, invented=invented).username


@pytest.mark.parametrize("invented", [None, Role.AUDITOR])
def test_nobody_acts_for_a_stranger(invented: Role | None) -> None:
    """An act is always somebody's; who is not known names a person."""
    with pytest.raises(NotFound, match="root") as caught:
        person_acting("", system_user="root", invented=invented)

    assert "--as NAME" in caught.value.advice()
