"""Who there is: the questions that pages ask about people."""

from hemostat.people.models import Person
from hemostat.people.rights import Right, Role, who_may


def has_people() -> bool:
    """Has anybody been made yet?"""
    return Person.objects.exists()


def people() -> list[Person]:
    """Everybody, by name, with the roles at hand."""
    return list(Person.objects.prefetch_related("grants").order_by("username"))


def holders(right: Right) -> list[Person]:
    """Those whose roles hold a right now, by name."""
    roles = [role.value for role in who_may(right)]
    found = Person.objects.filter(is_active=True, grants__role__in=roles, grants__revoked_at=None)
    return list(found.distinct().prefetch_related("grants").order_by("username"))


def first_with(role: Role) -> Person | None:
    """The person who has held a role for longest; None when nobody does."""
    return Person.objects.filter(is_active=True, grants__role=role.value, grants__revoked_at=None).order_by("grants__id").first()
