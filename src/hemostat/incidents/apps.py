"""How Django knows this room."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Incidents and all that belongs to them."""

    name = "hemostat.incidents"
    label = "incidents"
    verbose_name = "Incidents"
