"""Moments at the edge of a request: what time it is, by the clock of the home, and which one a person wrote."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from hemostat.detect.budget import budgets
from hemostat.kernel import BadInput, clock_for


def now() -> datetime:
    """The present of this home, aware, in UTC; story time when a drill runs."""
    return clock_for(settings.HOME.path).now()


def ends_offered(at: datetime, *, usual: timedelta) -> dict[str, str | int]:
    """What a form for the end of a mute offers: the usual end, the last one, and after how many days that is."""
    most = budgets().mute_days_most
    return {"until": f"{at + usual:%Y-%m-%dT%H:%M}", "last": f"{at + timedelta(days=most):%Y-%m-%dT%H:%M}", "most": most}


def moment_of(text: str) -> datetime:
    """The moment that a field of a form holds, in UTC. Raises `BadInput`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("The end is not given as a date and a time.", advice="Write it like 2026-03-02T14:00, in UTC.") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
