"""Which changed constants does no worked case notice? `scripts/mutants` runs everything; a test runs a sample.

`survivors.yaml` lists the changes that cannot be noticed, each with its reason. A change that nobody noticed and that is not
listed is a hole in the cases; a listed one that was noticed, or that is no change any more, is a stale excuse. Both fail.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from laws.code_mutants import MODULES, code_changes, code_noticed
from laws.row_mutants import changes, noticed

_LISTED = Path(__file__).parent / "survivors.yaml"


@dataclass(frozen=True)
class Mutant:
    """One change and the question whether anything notices it."""

    label: str
    is_noticed: Callable[[], bool]


@cache
def listed() -> dict[str, str]:
    """The changes that are known to change no answer, with the reason of each."""
    groups = yaml.safe_load(_LISTED.read_text())["survivors"]
    return {label: group["because"] for group in groups for label in group["changes"]}


@cache
def of_rows() -> list[Mutant]:
    """The changes of the rows."""
    return [Mutant(change.label, lambda change=change: noticed(change)) for change in changes()]


@cache
def of_code(modules: tuple[str, ...] = MODULES) -> list[Mutant]:
    """The changes of the engine."""
    return [Mutant(change.label, lambda change=change: code_noticed(change)) for change in code_changes(modules)]


def sample(mutants: Sequence[Mutant], count: int, seed: str) -> list[Mutant]:
    """Some of them, the same for the same seed."""
    return random.Random(seed).sample(mutants, min(count, len(mutants)))  # noqa: S311  # a draw, no secret


def complaints(mutants: Iterable[Mutant], tell: Callable[[str], None] = lambda _: None) -> list[str]:
    """What is wrong with these: changes that nobody noticed and that have no reason, and reasons that no longer hold."""
    wrong = []
    for mutant in mutants:
        found = mutant.is_noticed()
        if found == (mutant.label in listed()):
            wrong.append(f"{mutant.label}: {'listed as a survivor, but noticed' if found else 'nobody noticed'}")
            tell(wrong[-1])
    return wrong


def gone(mutants: Iterable[Mutant]) -> list[str]:
    """Listed changes that are none any more."""
    known = {mutant.label for mutant in mutants}
    return [f"{label}: listed as a survivor, but there is no such change" for label in listed() if label not in known]


def main(words: Sequence[str]) -> int:
    """0 when everything was noticed, or is listed with a reason. Prints each fault as it is found, and the numbers."""
    parser = argparse.ArgumentParser(prog="scripts/mutants", description="Change the law bit by bit; see who notices.")
    parser.add_argument("--only", choices=["rows", "code"], help="the rows of content/law, or the code of the engine")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N of each, not all")
    parser.add_argument("--seed", default="1", help="which sample")
    asked = parser.parse_args(words)
    sets = {"rows": of_rows, "code": of_code}
    whole = [(name, make()) for name, make in sets.items() if asked.only in (None, name)]
    wrong = [] if asked.only else gone(mutant for _, mutants in whole for mutant in mutants)
    for complaint in wrong:
        print(complaint)  # noqa: T201  # this is a program
    for name, mutants in whole:
        tried = sample(mutants, asked.sample, asked.seed) if asked.sample else mutants
        faults = complaints(tried, tell=lambda line: print(line, flush=True))  # noqa: T201  # as it goes
        excused = sum(mutant.label in listed() for mutant in tried)
        print(f"{name}: {len(tried)} of {len(mutants)} changes tried, {excused} excused, {len(faults)} faults")  # noqa: T201
        wrong += faults
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
