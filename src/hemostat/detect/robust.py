"""What is usual and how far a count is from it, by statistics that a few odd hours do not move."""

from collections.abc import Sequence
from math import expm1, log1p
from statistics import median
from typing import NamedTuple

SCALED = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution (Rousseeuw and Croux, JASA 88, 1993, section 1)."""


class Usual(NamedTuple):
    """Median and spread of log(1 + count), natural logarithms, and of how many counts.

    spread: median distance from the median, scaled by `SCALED`; 0 when more than half of the counts are equal.
    """

    center: float
    spread: float
    values: int

    @property
    def typical(self) -> float:
        """The usual count."""
        return expm1(self.center)

    def deviation(self, count: float, *, spread_least: float, lift: float = 0.0) -> float:
        """By how many spreads, each at least `spread_least`, the count lies above the usual one.

        lift: by how much the peers are above their own usual counts now; that much is the day's, and not the actor's.
        """
        return (log1p(count) - self.center - lift) / max(self.spread, spread_least)


def usual(counts: Sequence[float]) -> Usual:
    """What is usual by these counts, at least one."""
    logs = [log1p(count) for count in counts]
    center = median(logs)
    return Usual(center, SCALED * median(abs(one - center) for one in logs), len(logs))


def lift(counts: Sequence[tuple[float, Usual]], *, elapsed: float = 1.0) -> float:
    """By how much, in natural logarithms, the middle one of these actors is above his own usual count; never below 0.

    counts: what each has now, and what is usual for him in a whole window. elapsed: the part of the window that is over.
    """
    return max(0.0, median(log1p(count) - log1p(usual.typical * elapsed) for count, usual in counts))
