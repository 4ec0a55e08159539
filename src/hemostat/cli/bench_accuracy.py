"""`hemostat bench accuracy`: what the scanner, and scanners of other makers, find of what is there, over labelled texts.

A value counts as found when one match of its kind covers it by half of what both cover together (intersection over union). A line
without any value alarms when something other than an IP address is found in it: callers stand in every log.

A peer is judged over all our entities and over those alone that it claims to know; beside the latter stands what ours does there.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import msgspec

from . import peers
from .corpora import (
    Labelled,
    Span,
    bedside,
    care,
    clinicline,
    commerce,
    crossroads,
    exchange,
    frontdesk,
    merchandise,
    storehouse,
)

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
    "exchange": exchange.lines,
    "bedside": bedside.lines,
    "clinicline": clinicline.lines,
    "merchandise": merchandise.lines,
    "crossroads": crossroads.lines,
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


def accuracy(lines: int = LINES) -> dict[str, Any]:
    """Precision, recall and F1 of each entity on each corpus and of all together, and how many clean lines alarm; peers too."""
    from hemostat.phi import Dictionary, Scanner  # noqa: PLC0415  # compiles its patterns

    scanner = Scanner(Dictionary.complete())
    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        beside, figures["peers"] = _peers(stack)
        for name, corpus in CORPORA.items():
            texts = list(corpus(lines, seed=_SEED))
            found = [
                [Span(match.start, match.end, match.entity) for match in matches]
                for matches in scanner.scan_many([one.text for one in texts])
            ]
            scores = scored(texts, found)
            figures |= {
                f"{name}: lines": len(texts),
                **_figures(name, scores),
                f"{name}: share of the goal of 0.90": scores.together.f1 / _LEAST_F1,
                f"{name}: share of the limit of 0.03": scores.alarms / _MOST_ALARMS,
            }
            for peer in beside:
                figures |= _beside(name, peer, texts, found)
    return figures


def _peers(stack: ExitStack) -> tuple[list[peers.Peer], str]:
    """The peers, which run as long as the stack is open, and what they are, or why there are none."""
    interpreter = peers.python()
    if interpreter is None:
        return [], f"not run: {', '.join(one.title for one in peers.KINDS.values())}; {peers.INSTALL}"
    started = [stack.enter_context(peers.started(name, interpreter)) for name in peers.KINDS]
    return started, ", ".join(f"{peers.KINDS[one.name].title} {one.version}" for one in started)


def _beside(corpus: str, peer: peers.Peer, texts: Sequence[Labelled], ours: Sequence[Sequence[Span]]) -> dict[str, Any]:
    """How right a peer is about the texts of a corpus, and how right ours is about the entities that the peer claims to know."""
    kinds = peers.KINDS[peer.name]
    answer = peer.scan([one.text for one in texts])
    found = [peers.read_as(kinds, text, told) for text, told in zip(texts, answer.found, strict=True)]
    label = f"{corpus}, {kinds.title}"
    claimed, same = (_narrowed(texts, some, kinds.claimed) for some in (found, ours))
    return {
        **_figures(label, scored(texts, found)),
        f"{label}: entities that it claims": len(kinds.claimed),
        f"{label}: micro F1 over these": claimed.together.f1,
        f"{label}: micro precision over these": claimed.together.precision,
        f"{label}: micro recall over these": claimed.together.recall,
        f"{label}: micro F1 of ours over these": same.together.f1,
        f"{label}: lines a processor second": len(texts) / answer.seconds,
    }


def _narrowed(texts: Sequence[Labelled], found: Sequence[Sequence[Span]], entities: Collection[str]) -> Scores:
    """How right the matches are about these entities alone."""

    def some(spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(span for span in spans if span.entity in entities)

    return scored(
        [Labelled(text=one.text, form=one.form, spans=some(one.spans)) for one in texts], [some(matches) for matches in found]
    )


def _figures(label: str, scores: Scores) -> dict[str, Any]:
    return {
        f"{label}: micro F1": scores.together.f1,
        f"{label}: micro precision": scores.together.precision,
        f"{label}: micro recall": scores.together.recall,
        f"{label}: clean lines that alarm": scores.alarms,
        **{f"{label}: {entity}": _told(score) for entity, score in scores.entities.items()},
    }


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
