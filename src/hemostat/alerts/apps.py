"""Django's name for the room."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Findings joined into alerts."""

    name = "hemostat.alerts"
    verbose_name = "Alerts"
