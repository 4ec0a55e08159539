"""Through hundreds of random faults nothing is lost and all that comes twice is declared. `hemostat bench sinks` does more."""

import os
from pathlib import Path

import pytest

from hemostat.cli.bench_sinks import campaign
from hemostat.sandbox.wires.faults import Fault, Faults

SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))
FAULTS = 40 * int(os.environ.get("HEMOSTAT_SOAK", "3"))


@pytest.mark.parametrize("kind", ["splunk", "splunk with acknowledgment", "datadog", "otlp"])
def test_nothing_is_lost_through_faults_of_all_kinds(kind: str, tmp_path: Path) -> None:
    """503, 429, silence, half answers, cuts before and after, restarts, false acknowledgments, full disks, own restarts."""
    result = campaign(kind, tmp_path, seed=SEED, faults=FAULTS)

    assert FAULTS == result["faults"]
    assert 0 == result["lost"]
    assert 0 == result["undeclared"]
    assert 0 == result["refused"]
    assert result["repeated"] > 0


def test_a_plan_of_faults_is_that_of_its_seed() -> None:
    """The same seed gives the same faults in the same order, as many as asked for, of the kinds asked for."""
    first, second = (Faults(SEED, share=0.5, most=20, kinds=(Fault.BUSY, Fault.HALF)) for _ in range(2))

    plan = [first.next() for _ in range(200)]

    assert plan == [second.next() for _ in range(200)]
    assert {None, Fault.BUSY, Fault.HALF} == set(plan)
    assert 20 == first.met.total()
