"""The curve of people exposed: points of the story, kept as they were counted."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from hemostat.kernel import BadInput

from .models import Exposure, Incident


class Point(NamedTuple):
    """How many people were exposed at a moment of the story."""

    at: datetime
    people: int


def exposure_points(incident: Incident) -> list[Point]:
    """The curve as it was counted, from the first event on, when nobody was exposed yet; empty when nobody was counted."""
    points = [Point(at, people) for at, people in incident.exposures.values_list("at", "people")]
    starts = [at for at in incident.alerts.values_list("first_event_at", flat=True) if points and at < points[0].at]
    return [*(Point(at, 0) for at in sorted(starts)[:1]), *points]


@transaction.atomic
def exposure_record(*, incident: Incident, at: datetime, people: int) -> Exposure:
    """The curve has a point at this moment of the story; a second count for the same moment replaces the first.

    Points that change nothing are not ledger entries: the count that matters is recorded by `scope_record`.
    Raises `BadInput` for a negative count.
    """
    if people < 0:
        raise BadInput("A count of people is not negative.")
    point, _ = Exposure.objects.update_or_create(incident=incident, at=at, defaults={"people": people})
    return point
