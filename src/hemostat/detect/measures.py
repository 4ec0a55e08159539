"""What a window of rows adds up to, kept up to date while rows enter and leave it, and whether that satisfies the rule.

Each costs a row about the same whatever the width of the window, so that a window slides over thousands of rows in milliseconds.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, Protocol


class Row(NamedTuple):
    """An event that a rule of a correlation matched. Rows sort by event time, then by their arrival.

    t: microseconds; seq: number in the order of arrival; place: of the rule within the correlation; value: what is counted or
    summed, None when it is absent, and an event with several has a row for each; who: the person whose data was given out, or "";
    id: None once a finding counted the event.
    """

    t: int
    seq: int
    place: int
    value: str | float | None
    who: str
    id: str | None


class Measure(Protocol):
    """A measure of the rows between `add` and `drop`."""

    def add(self, row: Row) -> None:
        """The row is in the window."""

    def drop(self, row: Row) -> None:
        """The row, which was in the window, has left it."""

    def holds(self) -> bool:
        """Do the rows in the window satisfy the rule?"""


class Tally:
    """How often each thing is in the window. What is not there, None, is no thing."""

    def __init__(self, thing: Callable[[Row], Any], test: Callable[[Mapping[Any, int]], bool]) -> None:
        self._thing, self._test = thing, test
        self._counts: dict[Any, int] = {}

    def add(self, row: Row) -> None:
        """One more of the row's thing."""
        thing = self._thing(row)
        if thing is not None:
            self._counts[thing] = self._counts.get(thing, 0) + 1

    def drop(self, row: Row) -> None:
        """One less; what is gone altogether is not among the things."""
        thing = self._thing(row)
        if thing is not None:
            left = self._counts[thing] - 1
            if left:
                self._counts[thing] = left
            else:
                del self._counts[thing]

    def holds(self) -> bool:
        """Do the things satisfy the test?"""
        return self._test(self._counts)


class Total:
    """Sum, or mean, of the numbers in the window. Exact: a huge number that came and went leaves nothing behind."""

    def __init__(self, test: Callable[[Fraction], bool], *, mean: bool) -> None:
        self._test, self._mean = test, mean
        self._sum, self._count = Fraction(0), 0

    def add(self, row: Row) -> None:
        """The row's number is in the sum."""
        if (number := _number(row)) is not None:
            self._sum += Fraction(number)
            self._count += 1

    def drop(self, row: Row) -> None:
        """The row's number is out of the sum."""
        if (number := _number(row)) is not None:
            self._sum -= Fraction(number)
            self._count -= 1

    def holds(self) -> bool:
        """Does the sum, or the mean, satisfy the test? Without numbers there is neither."""
        return bool(self._count) and self._test(self._sum / self._count if self._mean else self._sum)


class Ranked:
    """A percentile of the numbers in the window; between two of them it lies on the straight line."""

    def __init__(self, test: Callable[[float], bool], *, share: float) -> None:
        self._test, self._share = test, share
        self._numbers: list[float] = []

    def add(self, row: Row) -> None:
        """The row's number has its place."""
        if (number := _number(row)) is not None:
            insort(self._numbers, number)

    def drop(self, row: Row) -> None:
        """The row's number is gone, once."""
        if (number := _number(row)) is not None:
            del self._numbers[bisect_left(self._numbers, number)]

    def holds(self) -> bool:
        """Does the percentile satisfy the test? Without numbers there is none."""
        if not self._numbers:
            return False
        below, rest = divmod((len(self._numbers) - 1) * self._share, 1)
        low = self._numbers[int(below)]
        return self._test(low + rest * (self._numbers[int(below) + 1] - low) if rest else low)


def _number(row: Row) -> float | None:
    """The row's number; what is not finite is none, as in the conditions of rules."""
    return row.value if isinstance(row.value, float) and math.isfinite(row.value) else None
