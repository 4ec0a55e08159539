"""What time it is: read once at the edge of each request, from the clock of the home."""

from datetime import datetime

from django.conf import settings

from hemostat.kernel import clock_for


def now() -> datetime:
    """The present of this home, aware, in UTC; story time when a drill runs."""
    return clock_for(settings.HOME.path).now()
