"""Duties follow the facts of an incident; none is ever deleted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from hemostat.incidents.models import Duty, Incident
from hemostat.incidents.services import clocks_refresh, decision_record, facts_of, scope_record, step_complete
from hemostat.people.ledger import LedgerAct, entries
from hemostat.people.models import Person
from hemostat.people.rights import Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]


@pytest.fixture
def count(incident: Incident, person: People, now: datetime) -> Callable[..., None]:
    """Records how many people, by where they live."""

    def put(people: dict[str, int], unknown: int = 0) -> None:
        scope_record(
            incident=incident,
            by=person(Role.COMPLIANCE),
            now=now,
            people=people,
            unknown=unknown,
            query="q",
            query_sha256="0" * 64,
        )

    return put


def owed(recipient: str, jurisdiction: str = "US-CA") -> Duty | None:
    """The duty towards a recipient of a place, if it is owed."""
    return Duty.objects.filter(recipient=recipient, jurisdiction=jurisdiction, regime="state_breach_statute", owed=True).first()


def test_nothing_is_computed_before_people_are_counted(incident: Incident, now: datetime) -> None:
    """An incident without a count has no clocks, and the ledger is not told of any."""
    assert [] == clocks_refresh(incident=incident, now=now, cause="Looked again.")
    assert not entries(incident.ref).filter(act=LedgerAct.CLOCKS_COMPUTE).exists()


@pytest.mark.parametrize(("people", "is_owed"), [(500, False), (501, True)])
def test_californias_attorney_general_hears_of_more_than_500(count: Callable[..., None], people: int, is_owed: bool) -> None:  # noqa: FBT001  # expected
    """Residents are told within 30 calendar days; the Attorney General gets a sample when they are more than 500."""
    count({"US-CA": people})

    residents = owed("individuals")
    assert residents is not None
    assert (date(2026, 4, 9), people) == (residents.due, residents.people)
    assert "1798.82" in residents.citation
    assert residents.because
    assert is_owed == (owed("attorney_general") is not None)


def test_a_duty_that_is_lifted_stays_with_its_reason(incident: Incident, count: Callable[..., None]) -> None:
    """A corrected count lifts a duty; the row stays and says why; a further correction brings it back."""
    count({"US-CA": 600})
    before = set(Duty.objects.values_list("pk", flat=True))
    count({"US-CA": 400})

    lifted = Duty.objects.get(recipient="attorney_general", jurisdiction="US-CA", regime="state_breach_statute")
    assert not lifted.owed
    assert lifted.because
    assert before <= set(Duty.objects.values_list("pk", flat=True))
    count({"US-CA": 600})
    assert owed("attorney_general") is not None
    last = entries(incident.ref).filter(act=LedgerAct.CLOCKS_COMPUTE).last()
    assert last is not None
    assert "shoe_size" in last.payload["left_out"]


def test_places_and_elements_that_no_law_of_the_table_knows_are_left_out(incident: Incident, count: Callable[..., None]) -> None:
    """A count abroad is kept and shown, and does not stop the clocks at home."""
    count({"US-CA": 5, "CA-ON": 7}, unknown=2)

    incident.refresh_from_db()
    assert ({"US-CA": 5}, 9) == (facts_of(incident)["affected"], facts_of(incident)["affected_elsewhere"])
    assert "shoe_size" not in facts_of(incident)["elements"]
    assert 14 == incident.people
    assert owed("individuals") is not None


def test_people_of_unknown_residence_start_federal_clocks(count: Callable[..., None]) -> None:
    """800 people of whom nobody knows where they live are told, and HHS within 60 days; a recount to nobody lifts that."""
    count({}, unknown=800)
    federal = set(Duty.objects.filter(owed=True).values_list("duty", flat=True))
    count({})

    assert {"HIPAA-IND", "HIPAA-HHS-500"} <= federal
    assert not Duty.objects.filter(owed=True).exclude(duty__in=["PCI-BRAND"]).exists()


@pytest.mark.parametrize("choice", ["wait", "low"])
def test_only_a_breach_is_a_determination(incident: Incident, person: People, now: datetime, choice: str) -> None:
    """Waiting, or finding none, starts no clock that counts from a determination, and so moves no limit."""
    incident.steps.filter(slug="count-people").update(state="done", done_at=now)
    step_complete(
        step=incident.steps.get(slug="four-factor-assessment"), by=person(Role.COMPLIANCE), now=now, answer={"choice": choice}
    )

    assert facts_of(incident)["discovery"]["determined_at"] is None


def test_the_day_of_discovery_is_the_day_where_the_organization_is(incident: Incident) -> None:
    """02:30 in UTC is still the evening before in New York."""
    Incident.objects.update(discovered_at=datetime(2026, 3, 11, 2, 30, tzinfo=UTC))
    incident.refresh_from_db()

    assert "2026-03-10" == facts_of(incident)["discovery"]["known_at"]


def test_the_assessment_is_the_determination(incident: Incident, person: People, now: datetime) -> None:
    """Clocks that count from a determination get the day of the four-factor decision; the first one counts."""
    step = incident.steps.get(slug="four-factor-assessment")
    incident.steps.filter(slug="count-people").update(state="done", done_at=now)
    step_complete(step=step, by=person(Role.COMPLIANCE), now=now + timedelta(days=2), answer={"choice": "breach"})
    decision_record(
        incident=incident,
        by=person(Role.COUNSEL),
        now=now + timedelta(days=5),
        question="x",
        choice="y",
        rationale="",
        facts=[],
        step=step,
    )

    assert "2026-03-12" == facts_of(incident)["discovery"]["determined_at"]


def test_a_notice_to_hhs_counts_for_the_whole_country(incident: Incident, count: Callable[..., None], now: datetime) -> None:
    """A federal notice that was sent is an event without a place; other notices start no clock."""
    count({"US-CA": 600})
    Duty.objects.filter(regime="hipaa", recipient="hhs").update(state="sent", marked_at=now)
    Duty.objects.filter(recipient="attorney_general").update(state="sent", marked_at=now)

    assert [{"kind": "hhs_notice_sent", "on": "2026-03-10"}] == facts_of(incident)["events"]
