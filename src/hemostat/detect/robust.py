"""What is usual and how far a count is from it, by statistics that a few odd hours do not move."""

from collections.abc import Sequence
from math import ceil, expm1, log1p
from statistics import median
from typing import NamedTuple

SCALED = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution (Rousseeuw and Croux, JASA 88, 1993, section 1)."""


HIGH = 0.95
"""The share of all counts that are no higher than a high one."""


class Usual(NamedTuple):
    """Median and spread of log(1 + count), natural logarithms, of how many counts, and what is high among them.

    spread: median distance from the median, scaled by `SCALED`; 0 when more than half of the counts are equal.
    high: the least that `HIGH` of the counts do not exceed.
    """

    center: float
    spread: float
    values: int
    high: float

    @property
    def typical(self) -> float:
        """The usual count."""
        return expm1(self.center)

    @property
    def highest_usual(self) -> float:
        """The high count."""
        return expm1(self.high)

    def deviation(self, count: float, *, spread_least: float, lift: float = 0.0, is_own: bool = True) -> float:
        """By how many spreads, each at least `spread_least`, the count lies above the usual one, or what is high for others.

        lift: by how much the peers are above their own usual counts now; that much is the day's, and not the actor's.
        is_own: are these the actor's own counts? Those of others say little of what is usual for him, unless he is beyond them.
        """
        return (log1p(count) - (self.center if is_own else self.high) - lift) / max(self.spread, spread_least)


def usual(counts: Sequence[float]) -> Usual:
    """What is usual by these counts, at least one."""
    logs = sorted(log1p(count) for count in counts)
    center = median(logs)
    spread = SCALED * median(abs(one - center) for one in logs)
    return Usual(center, spread, len(logs), logs[ceil(HIGH * len(logs)) - 1])


def lift(counts: Sequence[tuple[float, Usual]], *, elapsed: float = 1.0) -> float:
    """By how much, in natural logarithms, the middle one of these actors is above his own usual count; never below 0.

    counts: what each has now, and what is usual for him in a whole window. elapsed: the part of the window that is over.
    """
    return max(0.0, median(log1p(count) - log1p(usual.typical * elapsed) for count, usual in counts))
