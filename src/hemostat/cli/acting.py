"""Who a command acts for: an act on a record is always somebody's."""

import getpass
from typing import TYPE_CHECKING

from hemostat.kernel import Home

if TYPE_CHECKING:
    from hemostat.people.models import Person
    from hemostat.people.rights import Role


def acting(name: str, home: Home, *, invented: "Role") -> "Person":
    """The person of this sign-in name; without one the system's user, and in a sandbox the invented person of a role.

    Raises `NotFound` when that is nobody. The database must be ready.
    """
    from hemostat.people.selectors import person_acting  # noqa: PLC0415  # needs the database

    role = invented if home.settings().kind == "sandbox" else None
    return person_acting(name, system_user=getpass.getuser(), invented=role)
