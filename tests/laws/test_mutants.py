"""No changed constant of the law goes unnoticed: a sample of the changes, drawn anew each day and whenever the law changes."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from hemostat.kernel import content
from laws.code_mutants import SOURCES, CodeChange, code_noticed
from laws.mutants import Mutant, complaints, gone, listed, main, of_code, of_rows, sample
from laws.row_mutants import Change, noticed
from laws.worked import FOLDER


def seed() -> str:
    """Given in the environment, or taken from the day and what the sample is about, so that the days add up to all."""
    files = [*content("law").glob("us*.yaml"), *FOLDER.glob("*.yaml"), *SOURCES.glob("*.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files, key=lambda path: path.name)))
    return os.environ.get("HEMOSTAT_MUTANTS_SEED", f"{datetime.now(UTC):%Y-%m-%d}-{digest.hexdigest()[:12]}")


@pytest.mark.parametrize(("mutants", "count"), [(of_rows, 150), (of_code, 1)], ids=["rows", "code"])
def test_a_sample_of_changes_is_noticed(mutants: Callable[[], list[Mutant]], count: int) -> None:
    """Each is noticed by a worked case, or is listed with the reason why it cannot be; the seed is in the message."""
    drawn_by = seed()
    assert [] == complaints(sample(mutants(), count, drawn_by)), f"HEMOSTAT_MUTANTS_SEED={drawn_by}"


def test_every_excuse_is_about_a_change_that_exists() -> None:
    """A listed survivor is one of the changes that are tried, and each has a reason."""
    assert [] == gone([*of_rows(), *of_code()])
    assert all(len(because) > 20 for because in listed().values())


@pytest.mark.slow
def test_nothing_is_noticed_where_nothing_changed() -> None:
    """The rows and the code as they stand pass every case: else each change would seem noticed."""
    assert not noticed(Change("US-CA", "CA-IND-2026", ("name",), "California"))
    assert not code_noticed(CodeChange("days", "as it stands", (SOURCES / "days.py").read_text()))


def test_labels_are_unique() -> None:
    """A label names one change, so that an excuse excuses one change."""
    labels = [mutant.label for mutant in [*of_rows(), *of_code()]]
    assert len(labels) == len(set(labels))


def test_the_program_tells_what_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    """It prints how many changes were tried and ends well when all were noticed."""
    assert 0 == main(["--only", "rows", "--sample", "5", "--seed", "x"])
    assert "rows: 5 of " in capsys.readouterr().out


def test_a_change_that_nobody_notices_is_told() -> None:
    """A survivor without a reason is a fault, and so is an excuse that was noticed, or that is about nothing."""
    told: list[str] = []
    excused = next(iter(listed()))
    faults = complaints([Mutant("new.yaml: X: y -> 1", lambda: False), Mutant(excused, lambda: True)], told.append)

    assert ["new.yaml: X: y -> 1: nobody noticed", f"{excused}: listed as a survivor, but noticed"] == faults
    assert faults == told
    assert len(listed()) == len(gone([]))
