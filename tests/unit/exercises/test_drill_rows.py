"""A drill's row: started once, moved on, ended once, scored; and who may see it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hemostat.exercises.models import Drill, DrillMode
from hemostat.exercises.pack import pack_load
from hemostat.exercises.selectors import current_drill, drill_for, drill_running, drills
from hemostat.exercises.services import drill_advance, drill_end, drill_prelude_done, drill_score, drill_start
from hemostat.kernel import BadInput, NotFound
from hemostat.people.acts import LedgerAct
from hemostat.people.ledger import entries
from hemostat.people.models import Person
from hemostat.people.rights import Role
from hemostat.people.services import person_create

pytestmark = pytest.mark.django_db
PACK = pack_load("storefront-session-leak")


@pytest.fixture
def drill() -> Drill:
    """A drill that was just started."""
    return drill_start(pack=PACK, seed=7, mode=DrillMode.AUTOPILOT, by="cli")


@pytest.fixture
def person() -> Callable[[Role], Person]:
    """Makes somebody with a role."""
    return lambda role: person_create(
        username=role.value, password="a few random words", roles=[role], by="test", now=PACK.story.start, display_name=""
    )


def acts(ref: str) -> list[str]:
    """What the ledger holds about a drill."""
    return [entry.act for entry in entries(subject=ref)]


def test_starting_again_goes_on(drill: Drill) -> None:
    """A killed conductor that is started with the same arguments finds its drill."""
    assert drill == drill_start(pack=PACK, seed=7, mode=DrillMode.AUTOPILOT, by="cli")
    assert [LedgerAct.EXERCISE_START] == acts(drill.ref)


def test_an_ended_drill_without_a_score_is_not_finished(drill: Drill) -> None:
    """Killed between the end and the score: the next start scores it."""
    drill_end(drill=drill, by="conductor", now=PACK.story.start)

    assert drill == drill_start(pack=PACK, seed=7, mode=DrillMode.AUTOPILOT, by="cli")


def test_a_sandbox_plays_one_story_at_a_time(drill: Drill) -> None:
    """Another seed or another way of playing is refused while one runs."""
    with pytest.raises(BadInput, match=drill.ref):
        drill_start(pack=PACK, seed=8, mode=DrillMode.AUTOPILOT, by="cli")
    with pytest.raises(BadInput, match=drill.ref):
        drill_start(pack=PACK, seed=7, mode=DrillMode.LIVE, by="cli")


def test_the_first_planted_event_is_written_down_once(drill: Drill) -> None:
    """Passing the start of the leak is an entry with the story's moment, however the steps fall."""
    drill_prelude_done(drill=drill)
    for minutes in (-1, 1, 2):
        drill_advance(drill=drill, to=PACK.story.start + timedelta(minutes=minutes))

    assert 1 == acts(drill.ref).count(LedgerAct.EXERCISE_LEAK)
    assert PACK.story.start == entries(subject=drill.ref).get(act=LedgerAct.EXERCISE_LEAK).at
    assert drill.prelude_done


def test_a_drill_ends_once(drill: Drill) -> None:
    """The first end counts, whoever comes second."""
    drill_end(drill=drill, by="tomas", now=PACK.story.start)
    drill_end(drill=drill, by="conductor", now=PACK.story.start + timedelta(minutes=9))

    assert ("tomas", PACK.story.start) == (drill.ended_by, drill.ended_at)
    assert 1 == acts(drill.ref).count(LedgerAct.EXERCISE_END)
    assert drill_running() is None
    assert current_drill() is None


def test_a_score_is_an_entry_of_the_ledger(drill: Drill) -> None:
    """What came out cannot be changed later without a trace."""
    drill_end(drill=drill, by="conductor", now=PACK.story.start)
    drill_score(drill=drill, truth={"people_exposed": 3}, result={"score": {"overall": {"score": 0.9, "rating": "P"}}})

    assert {"score": 0.9, "rating": "P"} == entries(subject=drill.ref).get(act=LedgerAct.EXERCISE_SCORE).payload
    assert drill != drill_start(pack=PACK, seed=7, mode=DrillMode.AUTOPILOT, by="cli")


@pytest.mark.parametrize(("role", "sees"), [(Role.ENGINEER, True), (Role.TRAINING_LEAD, True), (Role.ADMIN, False)])
def test_who_sees_a_drill(drill: Drill, person: Callable[[Role], Person], role: Role, sees: bool) -> None:  # noqa: FBT001  # a table
    """A stranger and a wrong reference get the same answer."""
    somebody = person(role)

    assert ([drill] if sees else []) == list(drills(somebody))
    if sees:
        assert drill == drill_for(somebody, drill.ref)
    else:
        with pytest.raises(NotFound):
            drill_for(somebody, drill.ref)
    with pytest.raises(NotFound):
        drill_for(somebody, "DRL-9999")


def test_players_see_no_truth_while_the_drill_runs(drill: Drill) -> None:
    """The page of a running drill shows what was counted in the lake, nothing of what the twin knows."""
    view = current_drill()

    assert view is not None
    assert (drill.ref, 0, None, []) == (view.ref, view.people_exposed, view.path_open, view.curve)
    assert {"open"} == {expectation.state for expectation in view.expectations}
    assert ("", False) == (view.score, view.has_report)
