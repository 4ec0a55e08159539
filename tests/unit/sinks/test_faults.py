"""Through hundreds of random faults nothing is lost and all that comes twice is declared. `hemostat bench sinks` does more."""

import os

import pytest

from hemostat.cli.bench_sinks import KINDS, allowed, campaign
from hemostat.sandbox.wires.faults import Fault, Faults
from hemostat.sinks.base import position_of
from hemostat.sinks.doubts import Redelivery
from unit.lake.made import NOON

SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))
FAULTS = 20 * int(os.environ.get("HEMOSTAT_SOAK", "2"))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_through_faults_of_all_kinds(kind: str) -> None:
    """503, 429, silence, half answers, cuts before and after, restarts, false acknowledgments, full disks, own restarts.

    No id comes more often than the batches with it that the journal declares as sent again.
    """
    result = campaign(kind, seed=SEED, faults=FAULTS)

    assert FAULTS == result["faults"]
    assert 0 == result["lost"]
    assert 0 == result["undeclared"]
    assert 0 == result["refused"]
    assert (kind == "files") == (result["declared as sent again"] == 0)


@pytest.mark.parametrize("kind", ["splunk", "splunk with acknowledgment", "datadog", "otlp"])
def test_a_clean_refusal_is_no_licence_to_repeat(kind: str) -> None:
    """A receiver that says that it took nothing has nothing twice later, and nothing is declared as sent again."""
    result = campaign(kind, seed=SEED, faults=FAULTS // 4, clean=True)

    assert (0, 0, 0, 0) == tuple(result[name] for name in ("lost", "undeclared", "repeated", "declared as sent again"))


def test_the_judge_sees_an_id_that_came_once_too_often() -> None:
    """It is judged by id: what was declared for another one excuses nothing."""
    ids = [f"{number:012d}-00000" for number in range(1, 6)]
    declared = [Redelivery(stream=0, first=position_of(ids[1]), last=position_of(ids[3]), events=3, at=NOON)]

    assert {ids[0]: 0, ids[1]: 1, ids[2]: 1, ids[3]: 1, ids[4]: 0} == allowed(ids, declared)


def test_a_plan_of_faults_is_that_of_its_seed() -> None:
    """The same seed gives the same faults in the same order, as many as asked for, of the kinds asked for."""
    first, second = (Faults(SEED, share=0.5, most=20, kinds=(Fault.BUSY, Fault.HALF)) for _ in range(2))

    plan = [first.next() for _ in range(200)]

    assert plan == [second.next() for _ in range(200)]
    assert {None, Fault.BUSY, Fault.HALF} == set(plan)
    assert 20 == first.met.total()
