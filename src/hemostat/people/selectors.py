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


def person_acting(username: str, *, system_user: str, invented: Role | None) -> Person:
    """Who a command acts for: the person of this name; without a name, the one who signs in as the system's user.

    invented: in a sandbox the role whose invented person acts instead: nobody there is a user of the system; None elsewhere.
    Raises `NotFound` when that is nobody.
    """
    if username:
        return person_named(username)
    if invented and (found := people_with(invented)):
        return found[0]
    try:
        return person_named(system_user)
    except NotFound as error:
        raise NotFound(f"Nobody signs in as {system_user[:40]!r}.", advice="Name who acts with --as NAME.") from error


def people_with(role: Role) -> list[Person]:
    """The people who hold a role now, by name."""
    found = Person.objects.filter(grants__role=role.value, grants__revoked_at=None, is_active=True)
    return list(found.prefetch_related("grants").order_by("username"))
