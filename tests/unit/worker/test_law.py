"""The worker sees that the law's table is another one than that with which an incident was computed."""

from datetime import UTC, datetime

import pytest

from hemostat.incidents.history import history_of
from hemostat.incidents.models import Incident, LawVersion
from hemostat.incidents.services import clocks_refresh
from hemostat.people.models import Person
from hemostat.worker.loop import Worker

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


@pytest.fixture
def incident(worker: Worker) -> Incident:
    """An open incident with three people of California, computed with the law as it was: another day for its residents."""
    assert worker
    made = Incident.objects.create(
        ref="INC-0001", title="t", surface="storefront", severity=1, commander=Person.objects.create(username="ada"),
        opened_at=NOW, opened_by="ada", recorded_at=NOW, discovered_at=NOW, discovered_how="alert", playbook="",
        affected={"US-CA": 3}, elements=["name", "diagnosis"],
    )  # fmt: skip
    clocks_refresh(incident=made, now=NOW, cause="People counted.")
    law = LawVersion.objects.get()
    LawVersion.objects.update(sha256="0" * 64, rows=law.rows | {"CA-IND-2026": "0" * 64})
    return made


def test_open_incidents_are_computed_again_after_an_update(worker: Worker, incident: Incident) -> None:
    """The first round computes it with the present table and names the row; the next one finds nothing to do."""
    assert not worker.law()
    assert not worker.law()

    assert ["The law's table changed: CA-IND-2026.", "People counted."] == [turn.cause for turn in history_of(incident)]


def test_a_worker_asks_from_its_first_round_on(worker: Worker, incident: Incident) -> None:
    """No wait after a start: an update of the program is a start of the worker."""
    for chore in worker.chores():
        chore.turn()

    assert "CA-IND-2026" in history_of(incident)[0].cause
