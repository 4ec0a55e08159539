"""The clocks as pages show them: how pressing, who has the alarm, who was not told, what changed last."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hemostat.incidents.clock_view import Clock, changes_by_clock, clocks_seen, last_change_of, waiting_of
from hemostat.incidents.models import ClockAlarm, Duty, Incident, LawVersion, Recomputation
from hemostat.incidents.services import alarms_acknowledge, scope_record
from hemostat.incidents.vocabulary import DutyState
from hemostat.people.models import Person
from hemostat.people.rights import Role
from unit.incidents.turns import alarms_told

pytestmark = pytest.mark.django_db
People = Callable[..., Person]


@pytest.fixture
def counted(incident: Incident, person: People, now: datetime) -> Incident:
    """The incident with 600 people in California, counted on 10 March."""
    scope_record(
        incident=incident, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 600}, unknown=0, query="q", query_sha256="0" * 64
    )
    return incident


def california(incident: Incident, now: datetime) -> Clock:
    """The clock of California's residents: due on 9 April."""
    duties = list(incident.duties.select_related("contract"))
    return next(clock for clock in clocks_seen(incident, duties, now=now) if clock.duty.duty == "CA-IND-2026")


@pytest.mark.parametrize(
    ("days", "left", "urgency"),
    [(0, 30, "ok"), (21, 9, "ok"), (22, 8, "near"), (23, 7, "near"), (30, 0, "near"), (31, -1, "late"), (90, -60, "late")],
)
def test_a_clock_is_near_from_its_escalation_on_and_late_from_the_day_after(
    counted: Incident, now: datetime, days: int, left: int, urgency: str
) -> None:
    """The last day is not late."""
    clock = california(counted, now + timedelta(days=days))

    assert (left, urgency) == (clock.days_left, clock.urgency)


@pytest.mark.parametrize("met", [{"state": DutyState.SENT}, {"met_by": "HIPAA-IND"}])
def test_a_met_clock_is_never_late(counted: Incident, now: datetime, met: dict[str, str]) -> None:
    """Nor has it points, or an alarm that waits."""
    alarms_told(now=now + timedelta(days=40))
    Duty.objects.filter(duty="CA-IND-2026").update(**met)
    clock = california(counted, now + timedelta(days=90))

    assert ("met", None, None, False) == (clock.urgency, clock.points, clock.alarm, clock.waits)


def test_a_clock_without_a_limit_is_open_and_comes_last(counted: Incident, now: datetime) -> None:
    """The copy for the Attorney General has no day before residents are told."""
    clocks = clocks_seen(counted, list(counted.duties.select_related("contract")), now=now)

    assert clocks[-1].duty.due is None
    assert ("open", None) == (clocks[-1].urgency, clocks[-1].days_left)
    limits = [clock.duty.due for clock in clocks if clock.duty.due]
    assert sorted(limits) == limits


def test_what_waits_is_counted_in_words(counted: Incident, person: People, now: datetime) -> None:
    """By point, the gravest first; near while they are warnings only; nothing once somebody has them."""

    def waiting(at: datetime) -> Any:
        return waiting_of(clocks_seen(counted, list(counted.duties.select_related("contract")), now=at))

    assert waiting(now) is None
    at = now + timedelta(days=15)
    alarms_told(now=at)
    assert (1, "1 clock at its warning point", "near", True) == tuple(
        getattr(waiting(at), name) for name in ("count", "words", "urgency", "is_exercise")
    )
    at = now + timedelta(days=23)
    alarms_told(now=at)
    assert "late" == waiting(at).urgency
    ClockAlarm.objects.update(told=[])
    assert ("exercise",) == waiting(at).untold
    alarms_acknowledge(incident=counted, by=person(Role.COMPLIANCE), now=at)
    assert waiting(at) is None


def change(field: str, before: object, after: object) -> dict[str, object]:
    """One change of the clock of California's residents, as the history keeps it."""
    return {"duty": "CA-IND-2026", "jurisdiction": "US-CA", "field": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ([change("owed", None, True), change("due", None, "2026-04-09")], "it is owed"),
        ([change("owed", True, None)], "it is no longer owed"),
        ([change("due", "2026-04-09", "2026-04-05")], "its limit moved from 9 Apr 2026 to 5 Apr 2026"),
        ([change("due", "2026-04-09", None)], "its limit moved from 9 Apr 2026 to no date"),
        (
            [
                change("due", "2026-03-13", "2026-03-12"),
                change("due_at", "2026-03-13T14:04:00.000000Z", "2026-03-12T09:30:00.000000Z"),
            ],
            "its limit moved from 13 Mar 2026 14:04 UTC to 12 Mar 2026 09:30 UTC",
        ),
        ([change("met_by", None, "HIPAA-IND")], "it is met by HIPAA-IND"),
        ([change("met_by", "HIPAA-IND", None)], "it is no longer met by HIPAA-IND"),
    ],
)
def test_a_change_is_said_in_words(counted: Incident, now: datetime, changes: list[dict[str, object]], what: str) -> None:
    """The latest change of a clock comes first, with the fact that made it."""
    Recomputation.objects.create(
        incident=counted,
        at=now,
        recorded_at=now,
        by="law",
        cause="A fact changed.",
        changes=changes,
        law=LawVersion.objects.get(),
    )
    (latest, first) = changes_by_clock(counted)["CA-IND-2026", "US-CA"]

    assert (what, "A fact changed.", now, "law") == (latest.what, latest.cause, latest.at, latest.by)
    assert "it is owed" == first.what
    assert latest == california(counted, now).changed
    assert [latest] == changes_by_clock(counted, newest=1)["CA-IND-2026", "US-CA"]


def test_the_last_change_counts_the_clocks_that_it_changed(counted: Incident, person: People, now: datetime) -> None:
    """A further count brings one more duty, and changes nothing of the others; before any there is none."""

    def seen(at: datetime) -> list[Clock]:
        return clocks_seen(counted, list(counted.duties.select_related("contract")), now=at)

    first = last_change_of(seen(now))
    assert first is not None
    assert (now, len(seen(now))) == (first.at, first.clocks)
    later = now + timedelta(hours=1)
    scope_record(
        incident=counted, by=person(Role.COMPLIANCE), now=later, people={"US-CA": 600, "US-TX": 5}, unknown=0, query="q",
        query_sha256="0" * 64,
    )  # fmt: skip
    second = last_change_of(seen(later))
    assert second is not None
    assert later == second.at
    assert 1 <= second.clocks < first.clocks
    assert "605" in second.cause
    assert last_change_of([]) is None
