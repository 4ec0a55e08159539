"""Moments at the edge of a request: what time it is, by the clock of the home, and which one a person wrote."""

from datetime import UTC, datetime

from django.conf import settings

from hemostat.kernel import BadInput, clock_for


def now() -> datetime:
    """The present of this home, aware, in UTC; story time when a drill runs."""
    return clock_for(settings.HOME.path).now()


def moment_of(text: str) -> datetime:
    """The moment that a field of a form holds, in UTC. Raises `BadInput`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("The end is not given as a date and a time.", advice="Write it like 2026-03-02T14:00, in UTC.") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
