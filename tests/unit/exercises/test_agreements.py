"""The contracts of a story stand before the leak, give clocks, and change no score."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hemostat.exercises.agreements import agreements_enter
from hemostat.exercises.models import Drill
from hemostat.exercises.results import drill_result
from hemostat.incidents.contracts import contract_retire, contracts_kept
from hemostat.incidents.models import Duty
from hemostat.incidents.services import event_record
from hemostat.people.rights import Role
from unit.console.story import Story
from unit.exercises.conftest import PACK
from unit.exercises.test_results import End

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 3, 10, 13, 40, tzinfo=UTC)


def notices(drill: Drill) -> Any:
    """The score of the duties, and the rows that the report shows."""
    found = drill_result(drill=drill, pack=PACK)
    return found["notices"]["score"], found["duties"]


def test_agreements_are_terms_once(story: Story) -> None:
    """Each agreement of the pack is a term of the compliance officer; a drill that goes on enters none twice."""
    assert story.logins
    agreements_enter(PACK, now=BEFORE)
    agreements_enter(PACK, now=BEFORE)

    signed = PACK.posture.agreements
    assert {one.counterparty for one in signed} == {term.counterparty for term in contracts_kept()}
    assert (len(signed), {story.person(Role.COMPLIANCE)}) == (len(contracts_kept()), {term.by for term in contracts_kept()})


def test_a_pack_without_agreements_enters_none(story: Story) -> None:
    """Nothing is invented."""
    assert story.logins
    bare = msgspec.structs.replace(PACK, posture=msgspec.structs.replace(PACK.posture, agreements=[]))
    agreements_enter(bare, now=BEFORE)

    assert not contracts_kept()


def test_contract_clocks_are_shown_and_not_scored(story: Story, ended: End) -> None:
    """The incident has clocks of contracts from its opening on; score and report are those of the law alone."""
    agreements_enter(PACK, now=BEFORE)
    incident = story.incident_at_work()
    assert 3 == Duty.objects.filter(incident=incident, regime="contract", owed=True).count()
    drill = ended()
    with_contracts = notices(drill)
    for term in contracts_kept():
        contract_retire(term=term, by=story.person(Role.COUNSEL), now=BEFORE)
    score, rows = notices(drill)

    assert with_contracts[0] == score
    assert [row["id"] for row in with_contracts[1]] == [row["id"] for row in rows]
    assert not any(row["id"].startswith("CONTRACT") for row in with_contracts[1])


def test_a_contract_alone_is_no_computed_clock_of_the_law(story: Story, ended: End) -> None:
    """Whoever never counts people has no score for duties, though contracts have clocks."""
    agreements_enter(PACK, now=BEFORE)
    incident = story.incident()
    assert Duty.objects.filter(incident=incident, owed=True).exists()

    assert None is notices(ended())[0]


def test_what_players_say_about_the_facts_moves_no_key(story: Story, ended: End) -> None:
    """An invented hold moves the players' own limits; the key stays, so it costs them the days."""
    incident = story.incident_at_work()
    drill = ended()
    before, _ = notices(drill)
    event_record(
        incident=incident,
        kind="law_enforcement_hold",
        on=incident.opened_at.date(),
        form="written",
        requested_days=90,
        how="Nobody called.",
        by=story.person(Role.COUNSEL),
        now=incident.opened_at,
    )
    after, _ = notices(drill)

    assert set(before["wrong_day"]) < set(after["wrong_day"])
