"""`hemostat bench accuracy`: what the scanner finds of what is there, over labelled texts that its authors had not seen.

A value counts as found when one match of its kind covers it by half of what both cover together (intersection over union). A line
without any value alarms when something other than an IP address is found in it: callers stand in every log.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .corpora import Labelled, Span, care, commerce, frontdesk, storehouse

LINES = 4_000
"""Lines of each corpus."""

_SEED = 2026
_LEAST_OVERLAP = 0.5
_LEAST_F1, _MOST_ALARMS = 0.90, 0.03  # what we mean to hold on texts that nobody of us has seen
_QUIET = frozenset({"IP"})
CORPORA: Mapping[str, Callable[..., Iterator[Labelled]]] = {
    "commerce": commerce.lines,
    "care": care.lines,
    "storehouse": storehouse.lines,
    "frontdesk": frontdesk.lines,
}
"""The corpora by name."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How many values there were, how many matches were told, and how many of them were right."""

    there: int
    told: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the matches that are right; 1 when there are none."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """The share of the values that are found; 1 when there are none."""
        return self.right / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.there + self.told) if self.there + self.told else 1.0


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """Of one corpus: the score of each entity and of all together, and the share of clean lines that alarm."""

    entities: Mapping[str, Score]
    together: Score
    alarms: float


def accuracy() -> dict[str, Any]:
    """Precision, recall and F1 of each entity on each corpus, of all together, and how many clean lines alarm."""
    from hemostat.phi import Dictionary, Scanner  # noqa: PLC0415  # compiles its patterns

    scanner = Scanner(Dictionary.complete())
    figures: dict[str, Any] = {}
    for name, lines in CORPORA.items():
        texts = list(lines(LINES, seed=_SEED))
        found = [
            [Span(match.start, match.end, match.entity) for match in matches]
            for matches in scanner.scan_many([one.text for one in texts])
        ]
        scores = scored(texts, found)
        figures |= {
            f"{name}: lines": len(texts),
            f"{name}: micro F1": scores.together.f1,
            f"{name}: micro precision": scores.together.precision,
            f"{name}: micro recall": scores.together.recall,
            f"{name}: share of the goal of 0.90": scores.together.f1 / _LEAST_F1,
            f"{name}: clean lines that alarm": scores.alarms,
            f"{name}: share of the limit of 0.03": scores.alarms / _MOST_ALARMS,
            **{f"{name}: {entity}": _told(score) for entity, score in scores.entities.items()},
        }
    return figures


def scored(texts: Sequence[Labelled], found: Sequence[Sequence[Span]]) -> Scores:
    """How right the matches of each text are. Raises `ValueError` when there are more texts than lists of matches, or fewer."""
    there, told, right = Counter[str](), Counter[str](), Counter[str]()
    clean = alarms = 0
    for text, matches in zip(texts, found, strict=True):
        there.update(span.entity for span in text.spans)
        told.update(match.entity for match in matches)
        right.update(_right(text.spans, matches))
        if not text.spans:
            clean += 1
            alarms += any(match.entity not in _QUIET for match in matches)
    return Scores(
        entities={name: Score(there=there[name], told=told[name], right=right[name]) for name in sorted(there | told)},
        together=Score(there=there.total(), told=told.total(), right=right.total()),
        alarms=alarms / clean if clean else 0.0,
    )


def _right(values: Sequence[Span], matches: Sequence[Span]) -> list[str]:
    """The entities of the values that are found; each match finds one value at most."""
    left, right = list(matches), []
    for value in values:
        same = [match for match in left if match.entity == value.entity and _overlap(value, match) >= _LEAST_OVERLAP]
        if same:
            left.remove(max(same, key=lambda match: _overlap(value, match)))
            right.append(value.entity)
    return right


def _overlap(one: Span, other: Span) -> float:
    """Intersection over union."""
    both = min(one.end, other.end) - max(one.start, other.start)
    return max(0, both) / (max(one.end, other.end) - min(one.start, other.start))


def _told(score: Score) -> str:
    return f"P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  of {score.there:,}"
