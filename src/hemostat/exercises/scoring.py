"""From measures to marks: pure arithmetic, every point traceable to ledger entries.

A time, a count or a share becomes a score between 0 and 1: full at the target, none at the limit, straight in between.
Scores add up by weight: expectation, capability, role, run. A critical expectation that failed caps its capability; a crossed
red line caps the run.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from .pack import Expectation, Pack, PlayerRole

_FULL, _SOME, _MAJOR = 0.80, 0.66, 0.50
_CAP = 0.65


class Rating(StrEnum):
    """The four ratings of HSEEP (2020): performed without, with some, with major challenges; unable to be performed."""

    P = "P"
    S = "S"
    M = "M"
    U = "U"

    @classmethod
    def of(cls, score: float) -> "Rating":
        """The rating of a score: P from 80 %, S from 66 %, M from 50 %, else U."""
        if score >= _FULL:
            return cls.P
        if score >= _SOME:
            return cls.S
        return cls.M if score >= _MAJOR else cls.U

    @property
    def words(self) -> str:
        """The rating in plain words."""
        return {
            "P": "done without challenges",
            "S": "done with some challenges",
            "M": "done with major challenges",
            "U": "not done",
        }[self.value]


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: a value in its unit, or None when it never came to pass, and the ledger entries behind it."""

    value: float | None
    unit: str
    entries: tuple[int, ...] = ()
    note: str = ""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One expectation with what was measured and the score it earned."""

    id: str
    text: str
    capability: str
    who: tuple[str, ...]
    value: float | None
    unit: str
    target: float
    limit: float
    weight: int
    critical: bool
    score: float
    rating: Rating
    entries: tuple[int, ...]
    note: str


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """A score rolled up, with its rating; `capped` says why it stands lower than its parts."""

    score: float
    rating: Rating
    capped: str = ""


class Scorecard(msgspec.Struct, frozen=True, kw_only=True):
    """All marks of a run and what they add up to."""

    marks: tuple[Mark, ...]
    capabilities: dict[str, Grade]
    roles: dict[str, Grade]
    overall: Grade
    red_lines: tuple[str, ...]


# What each role answers for, in percent of its own score.
ROLE_WEIGHTS: Mapping[PlayerRole, Mapping[str, int]] = {
    "engineer": {"detect": 25, "contain": 30, "evidence": 20, "scope": 15, "coordinate": 10},
    "compliance": {"detect": 5, "contain": 5, "evidence": 15, "scope": 20, "determine": 20, "notify": 25, "coordinate": 10},
    "counsel": {"contain": 5, "evidence": 15, "scope": 10, "determine": 30, "notify": 30, "coordinate": 10},
    "commander": {"detect": 10, "contain": 20, "evidence": 5, "scope": 15, "determine": 10, "notify": 10, "coordinate": 30},
}


def points(value: float | None, *, target: float, limit: float) -> float:
    """The score of a value: 1 at the target or better, 0 at the limit or worse, straight between; 0 for what never happened."""
    if value is None:
        return 0.0
    return min(1.0, max(0.0, (limit - value) / (limit - target)))


def score(pack: Pack, measures: Mapping[str, Measure]) -> Scorecard:
    """The scorecard of a run of `pack` in which `measures` were measured."""
    marks = tuple(_mark(expectation, measures[expectation.measure]) for expectation in pack.expectations)
    crossed = tuple(line.text for line in pack.red_lines if measures[line.measure].value != 0)
    capabilities = {
        name: _capability(m for m in marks if m.capability == name) for name in dict.fromkeys(m.capability for m in marks)
    }
    whole = _mean((mark.score, mark.weight) for mark in marks)
    return Scorecard(
        marks=marks,
        capabilities=capabilities,
        roles={role: _role(weights, capabilities) for role, weights in ROLE_WEIGHTS.items()},
        overall=_grade(whole, cap=f"a red line was crossed: {crossed[0]}" if crossed else ""),
        red_lines=crossed,
    )


def _mark(expectation: Expectation, measure: Measure) -> Mark:
    earned = round(points(measure.value, target=expectation.target, limit=expectation.limit), 4)
    return Mark(
        id=expectation.id,
        text=expectation.text,
        capability=expectation.capability,
        who=tuple(expectation.who),
        value=measure.value,
        unit=measure.unit,
        target=expectation.target,
        limit=expectation.limit,
        weight=expectation.weight,
        critical=expectation.critical,
        score=earned,
        rating=Rating.of(earned),
        entries=measure.entries,
        note=measure.note,
    )


def _capability(marks: Iterable[Mark]) -> Grade:
    parts = list(marks)
    failed = next((mark for mark in parts if mark.critical and mark.rating is Rating.U), None)
    whole = _mean((mark.score, mark.weight) for mark in parts)
    return _grade(whole, cap=f"critical and not done: {failed.text}" if failed else "")


def _role(weights: Mapping[str, int], capabilities: Mapping[str, Grade]) -> Grade:
    return _grade(_mean((capabilities[name].score, weight) for name, weight in weights.items() if name in capabilities))


def _grade(whole: float, *, cap: str = "") -> Grade:
    final = round(min(whole, _CAP) if cap else whole, 4)
    return Grade(score=final, rating=Rating.of(final), capped=cap if whole > final else "")


def _mean(parts: Iterable[tuple[float, int]]) -> float:
    pairs = list(parts)
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else 0.0
