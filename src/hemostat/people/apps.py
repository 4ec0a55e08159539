"""How Django knows this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, roles, and the ledger."""

    name = "hemostat.people"
    label = "people"
    verbose_name = "People"
