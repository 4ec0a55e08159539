"""What can be read about people."""

from hemostat.kernel import NotFound

from .models import Person
from .rights import Role


def person_named(username: str) -> Person:
    """The person who signs in with this name and is not switched off. Raises `NotFound`."""
    person = Person.objects.prefetch_related("grants").filter(username=username, is_active=True).first()
    if person is None:
        raise NotFound(f"Nobody signs in as {username[:40]!r}.", advice="Check the name.")
    return person


def people_with(role: Role) -> list[Person]:
    """The people who hold a role now, by name."""
    found = Person.objects.filter(grants__role=role.value, grants__revoked_at=None, is_active=True)
    return list(found.prefetch_related("grants").order_by("username"))
