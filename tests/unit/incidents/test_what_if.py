"""What would be owed under other facts: the engine's own answer, compared with now, and nothing kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from hemostat.incidents.models import ContractTerm, Duty, Incident, Recomputation
from hemostat.incidents.services import scope_record
from hemostat.incidents.what_if import (
    Changes,
    Neighbour,
    Threshold,
    WhatIf,
    facts_changed,
    facts_now,
    thresholds,
    what_if,
)
from hemostat.kernel import BadInput
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Role

pytestmark = pytest.mark.django_db
People = Callable[..., Person]
TODAY = date(2026, 3, 10)


@pytest.fixture
def counted(incident: Incident, person: People, now: datetime) -> Incident:
    """The incident with 500 people in California and 40 in Texas, whose diagnosis leaked."""
    scope_record(
        incident=incident, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 500, "US-TX": 40}, unknown=0, query="q",
        query_sha256="0" * 64,
    )  # fmt: skip
    incident.refresh_from_db()
    return incident


def asked(incident: Incident, **changes: object) -> WhatIf:
    """The answer to one question."""
    return what_if(incident, Changes(**changes), today=TODAY)  # type: ignore[arg-type]  # fields of the record


def ids(duties: object) -> set[str]:
    """The duties by id."""
    return {getattr(duty, "id", "") or duty.duty.id for duty in duties}  # type: ignore[attr-defined]


def test_nothing_asked_is_nothing_changed(counted: Incident) -> None:
    """The same facts lead to the same duties."""
    found = asked(counted)

    assert ([], [], []) == (found.appears, found.disappears, found.moves)
    assert Duty.objects.filter(owed=True).count() == found.same


def test_one_person_more_brings_the_attorney_general(counted: Incident) -> None:
    """California's Attorney General and the media hear of more than 500; of 500 they do not."""
    found = asked(counted, affected={"US-CA": 501, "US-TX": 40})

    assert {"CA-AG-2026", "HIPAA-MEDIA"} == ids(found.appears)
    assert not found.disappears


def test_a_place_without_people_loses_its_duties(counted: Incident) -> None:
    """What disappears says why, also where the law of the place is not looked at any more."""
    found = asked(counted, affected={"US-CA": 500})

    assert {"Nobody in Texas is affected."} == {
        lifted.because[0] for lifted in found.disappears if lifted.duty.id.startswith("TX")
    }
    assert "TX-IND" in ids(found.disappears)


def test_an_earlier_discovery_moves_limits(counted: Incident) -> None:
    """Every limit that counts from discovery comes as many days earlier, and none later."""
    found = asked(counted, known_at=date(2026, 3, 1))

    moved = {move.after.id: (move.before.due, move.after.due) for move in found.moves}
    assert (date(2026, 4, 9), date(2026, 3, 31)) == moved["CA-IND-2026"]
    assert all(before and after and after <= before for before, after in moved.values())


def test_encryption_with_the_key_safe_lifts_what_it_lifts(counted: Incident) -> None:
    """The reason is the engine's."""
    found = asked(counted, encrypted=True, key_acquired=False)

    reasons = {lifted.duty.id: lifted.because for lifted in found.disappears}
    assert any("encrypted" in sentence for sentence in reasons["CA-IND-2026"])


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"elements": ["name", "email"]}, "HIPAA-IND"),
        ({"accessed": True, "acquired": False}, "CA-IND-2026"),
        ({"harm": False}, "HIPAA-IND"),
    ],
)
def test_other_facts_lift_other_duties(counted: Incident, changes: dict[str, object], gone: str) -> None:
    """Elements that no law reaches, data that were seen and not taken, harm that is not likely."""
    assert gone in ids(asked(counted, **changes).disappears)


def test_people_of_unknown_home_count_in_totals(counted: Incident) -> None:
    """Of 500 people and more HHS hears at once; under 500 once a year."""
    found = asked(counted, affected={"US-CA": 400, "US-TX": 40}, elsewhere=59)

    assert {"HIPAA-HHS-LT500"} <= ids(found.appears)
    assert "HIPAA-HHS-500" in ids(found.disappears)
    assert any(near.place == "" and near.people == 499 for near in found.neighbours)


@pytest.mark.parametrize(
    ("people", "step", "appears", "disappears"),
    [
        (500, 1, {"CA-AG-2026", "HIPAA-MEDIA"}, set()),
        (501, -1, set(), {"CA-AG-2026", "HIPAA-MEDIA"}),
    ],
)
def test_a_count_at_a_threshold_is_pointed_out(
    counted: Incident, people: int, step: int, appears: set[str], disappears: set[str]
) -> None:
    """With what one person more or fewer would change, as the engine answers it."""
    found = asked(counted, affected={"US-CA": people, "US-TX": 40})
    near = [one for one in found.neighbours if (one.place, one.step) == ("US-CA", step)]

    assert [Neighbour] == [type(one) for one in near]
    assert (people, appears, disappears) == (near[0].people, ids(near[0].appears), ids(near[0].disappears))


def test_a_count_far_from_every_threshold_is_not_pointed_out(counted: Incident) -> None:
    """The page speaks up only where one person matters."""
    assert [] == asked(counted, affected={"US-CA": 700, "US-TX": 40}).neighbours


def test_nobody_cannot_be_fewer(counted: Incident) -> None:
    """One person at a threshold of nobody is no negative count."""
    found = asked(counted, affected={}, elsewhere=0)

    assert {-1} != {near.step for near in found.neighbours}
    assert found.facts.affected == {}


def test_contracts_move_with_the_discovery(counted: Incident, person: People, now: datetime) -> None:
    """A contract of hours keeps its hour while the day stays, and is told from noon of another day."""
    ContractTerm.objects.create(
        kind="insurer", counterparty="Harbor Mutual", clause="4.1", value=72, unit="hours", at=now, by=person(Role.COUNSEL)
    )
    (move,) = [one for one in asked(counted, known_at=date(2026, 3, 20)).moves if one.after.due_at]

    assert counted.discovered_at + timedelta(hours=72) == move.before.due_at
    assert datetime(2026, 3, 23, 16, tzinfo=UTC) == move.after.due_at


def test_a_contract_that_would_not_bind_says_why(counted: Incident, person: People, now: datetime) -> None:
    """It binds when a card number leaked: without one it disappears with the contract's own reason."""
    ContractTerm.objects.create(
        kind="card_brand", counterparty="Acquirer", clause="9", value=3, unit="calendar_days", elements=["diagnosis"], at=now,
        by=person(Role.COUNSEL),
    )  # fmt: skip
    scope_record(
        incident=counted, by=person(Role.COMPLIANCE), now=now, people={"US-CA": 500, "US-TX": 40}, unknown=0, query="q",
        query_sha256="0" * 64,
    )  # fmt: skip
    found = asked(counted, elements=["name", "ssn"])

    (lifted,) = [one for one in found.disappears if one.duty.id.startswith("CONTRACT")]
    assert "none did" in lifted.because[0]


def test_nothing_is_kept(counted: Incident) -> None:
    """Neither a duty nor an entry of the ledger, nor a row of the history."""
    before = (list(Duty.objects.values()), entries().count(), Recomputation.objects.count())
    asked(counted, affected={"US-NY": 9000}, known_at=date(2026, 1, 1), elements=["ssn", "name"])

    assert before == (list(Duty.objects.values()), entries().count(), Recomputation.objects.count())
    counted.refresh_from_db()
    assert {"US-CA": 500, "US-TX": 40} == counted.affected


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"affected": {"US-XX": 5}}, "US-XX"),
        ({"elements": ["shoe_size"]}, "shoe_size"),
        ({"known_at": date(1950, 1, 1)}, "known_at"),
    ],
)
def test_facts_that_cannot_be_used_are_named(counted: Incident, changes: dict[str, object], named: str) -> None:
    """An unknown place or element, or a year that must be a slip, is an error that names it."""
    with pytest.raises(BadInput, match=named):
        asked(counted, **changes)


def test_a_discovery_in_the_future_is_warned_of(counted: Incident) -> None:
    """It can be asked, since it is only a question; it is said."""
    assert any("future" in warning or "2026-06-01" in warning for warning in asked(counted, known_at=date(2026, 6, 1)).warnings)


def at(rows: list[Threshold], duty: str) -> list[tuple[int, bool]]:
    """The answers of one row."""
    return [(answer.people, answer.owed) for row in rows if row.duty == duty for answer in row.answers]


def test_just_under_at_and_just_over(counted: Incident) -> None:
    """MORE than 500 in California and for the media, 500 OR MORE for HHS, and its opposite for the yearly log."""
    rows = thresholds(facts_now(counted), "US-CA")

    assert [(499, False), (500, False), (501, True)] == at(rows, "CA-AG-2026") == at(rows, "HIPAA-MEDIA")
    assert [(499, False), (500, True), (501, True)] == at(rows, "HIPAA-HHS-500")
    assert [(499, True), (500, False), (501, False)] == at(rows, "HIPAA-HHS-LT500")


def test_a_federal_clock_is_asked_where_most_people_live(counted: Incident) -> None:
    """Federal thresholds are the same wherever people live; before anybody is counted they are asked all the same."""
    assert at(thresholds(facts_now(counted), "US"), "HIPAA-HHS-500") == [(499, False), (500, True), (501, True)]
    Incident.objects.filter(pk=counted.pk).update(affected={})
    counted.refresh_from_db()
    assert at(thresholds(facts_now(counted), "US"), "HIPAA-HHS-500") == [(499, False), (500, True), (501, True)]


def test_the_ftc_is_told_at_no_number_while_hipaa_governs(counted: Incident) -> None:
    """The table says why instead of leaving the row out; rows that are no longer law do not stand there."""
    rows = {row.duty: row for row in thresholds(facts_now(counted), "US-CA")}

    assert "HIPAA" in rows["FTC-FTC-2024"].why_not
    assert "FTC-FTC-2010" not in rows
    assert "CA-AG-2025" not in rows


def test_a_row_that_no_number_brings_is_left_out(counted: Incident) -> None:
    """Contact data alone bring nobody's attorney general, however many people it is."""
    facts = facts_changed(facts_now(counted), Changes(elements=["email"]))

    assert "CA-AG-2026" not in {row.duty for row in thresholds(facts, "US-CA")}
