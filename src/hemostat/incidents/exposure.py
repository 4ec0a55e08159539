"""The curve of people exposed: points of the story, kept as they were counted."""

from datetime import datetime

from django.db import transaction

from hemostat.kernel import BadInput

from .models import Exposure, Incident


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
