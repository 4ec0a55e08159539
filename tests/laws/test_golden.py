"""The engine agrees with every worked case of `golden/`."""

import pytest

from hemostat.law import assess
from laws.worked import FOLDER, Case, cases, facts_of, faults


@pytest.mark.parametrize("case", cases(), ids=[case["name"] for case in cases()])
def test_worked_case(case: Case) -> None:
    """Duties, dates, states and holds are those derived without the engine; what is not owed says why."""
    assert [] == list(faults(case, assess(facts_of(case["facts"]))))


def test_every_case_has_its_own_name() -> None:
    """Two cases of one name would hide each other in a report."""
    assert len({case["name"] for case in cases()}) == len(cases())


def test_there_are_enough_cases_and_no_file_is_a_heap() -> None:
    """At least 150 cases; nobody reads a file of more than 600 lines."""
    assert 150 <= len(cases())
    assert {} == {path.name: lines for path in FOLDER.glob("*.yaml") if (lines := len(path.read_text().splitlines())) > 600}
