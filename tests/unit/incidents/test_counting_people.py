"""Counting people by saved questions: what a question must give, and what is kept of it."""

import json
from collections.abc import Callable

import msgspec
import pytest

from hemostat.incidents import playbook as playbooks
from hemostat.incidents.playbook import StepSpec
from hemostat.incidents.scope import counted
from hemostat.kernel import BadInput, NotFound

pytestmark = pytest.mark.usefixtures("home")


def spec(**changes: object) -> StepSpec:
    """The counting step of S1, with changes."""
    step = playbooks.load("storefront-session-leak").step("count-people")
    return msgspec.structs.replace(step, part=msgspec.structs.replace(step.part, **changes))


def test_a_count_carries_its_question_so_that_it_can_be_repeated(leaked: Callable[..., None]) -> None:
    """Number of people by place, the exact SQL, its hash and its values are in the document that becomes evidence."""
    leaked(CA=2, NY=1, unknown=3)

    by_state, exposed = counted(spec())

    assert ({"US-CA": 2, "US-NY": 1}, 3) == (by_state.people, by_state.unknown)
    assert ({}, 0) == (exposed.people, exposed.unknown)
    document = json.loads(by_state.document)
    assert by_state.query_sha256 == document["query_sha256"]
    assert "/api/session" == document["values"]["path"]
    assert "SELECT" in document["sql"]
    assert {"hunt", "query_sha256", "rows", "people", "unknown"} == set(by_state.record())


def test_an_empty_lake_counts_nobody() -> None:
    """No events, no people, and no error."""
    assert [{}, {}] == [count.people for count in counted(spec())]


def test_a_question_that_does_not_count_people_by_place_is_refused(leaked: Callable[..., None]) -> None:
    """A step that records the answer of another question is told which columns are missing."""
    leaked(CA=1)

    with pytest.raises(BadInput, match="has no column"):
        counted(spec(hunts=("unsigned_calls",), records="unsigned_calls"))
    with pytest.raises(NotFound):
        counted(spec(hunts=("nothing",), records="nothing"))
