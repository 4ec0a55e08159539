"""The exercises room as a Django app."""

from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    """Drills and what people did in them."""

    name = "hemostat.exercises"
    label = "exercises"
    default_auto_field = "django.db.models.BigAutoField"
