"""What is usual, against numbers worked out by hand and against a plain reference."""

from math import log, log1p
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.robust import Usual, lift, usual

COUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("counts", "typical", "spread"),
    [
        ([7], 7, 0),
        ([3, 3, 3, 500], 3, 0),
        ([0, 0, 9], 0, 0),
        ([1, 3, 7], 3, 1.4826 * log(2)),  # log1p: log 2, log 4, log 8
        ([0, 1, 3, 7, 15], 3, 1.4826 * log(2)),
        ([1, 3, 7, 15], 4.656854249492381, 1.4826 * log(2)),  # between 4 and 8: sqrt(32) - 1; distances log 2 / 2 and 3 log 2 / 2
    ],
)
def test_what_is_usual(counts: list[int], typical: float, spread: float) -> None:
    """Median and scaled distance are those that one gets by hand."""
    found = usual(counts)

    assert (pytest.approx(typical), pytest.approx(spread), len(counts)) == (found.typical, found.spread, found.values)


@given(COUNTS)
def test_it_is_the_median_of_the_logarithms(counts: list[int]) -> None:
    """For all counts, the center and the spread are the plain medians that they are said to be."""
    center = median(log1p(count) for count in counts)
    found = usual(counts)

    assert found.center == pytest.approx(center)
    assert found.spread == pytest.approx(1.4826 * median(abs(log1p(count) - center) for count in counts))


@given(COUNTS, st.randoms())
def test_the_order_does_not_matter(counts: list[int], random: st.DataObject) -> None:
    """What is usual is the same in whatever order it was seen."""
    mixed = counts[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random

    assert usual(counts) == usual(mixed)


@given(st.lists(st.integers(10, 20), min_size=9, max_size=40), st.integers(0, 10**9))
def test_a_few_odd_hours_do_not_move_it(counts: list[int], odd: int) -> None:
    """With one odd value among ten, what is usual stays within what the others are."""
    assert min(counts) - 1e-6 <= usual([*counts, odd]).typical <= max(counts) + 1e-6


@given(COUNTS, st.integers(1, 1000))
def test_scaling_shifts_the_center_alone(counts: list[int], factor: int) -> None:
    """When every count plus one is so many times larger, the spread and all deviations stay."""
    scaled = [(count + 1) * factor - 1 for count in counts]
    one, other = usual(counts), usual(scaled)

    assert other.spread == pytest.approx(one.spread, abs=1e-9)
    assert other.center == pytest.approx(one.center + log(factor))
    assert other.deviation((50 + 1) * factor - 1, spread_least=0.3) == pytest.approx(
        one.deviation(50, spread_least=0.3), abs=1e-6
    )


def test_a_deviation_has_a_least_spread_and_leaves_out_the_day() -> None:
    """A steady actor deviates by spreads of the least size; what all peers do more of is not counted."""
    steady, wide = usual([3] * 20), usual([0, 1, 3, 7, 15])

    assert steady.deviation(15, spread_least=0.5) == pytest.approx(log(4) / 0.5)
    assert wide.deviation(15, spread_least=0.5) == pytest.approx(log(4) / (1.4826 * log(2)))
    assert steady.deviation(15, spread_least=0.5, lift=log(4)) == pytest.approx(0)


def test_the_day_is_what_the_middle_one_does() -> None:
    """Three of five actors at four times their usual are a day of four times; one of five is none; less than usual is none."""
    at = Usual(log(10), 0.0, 30, log(20))  # nine is usual

    assert lift([(39, at), (39, at), (39, at), (9, at), (9, at)]) == pytest.approx(log(4))
    assert lift([(4000, at), (9, at), (9, at), (9, at), (9, at)]) == 0
    assert lift([(0, at)] * 5) == 0


def test_the_day_is_seen_before_it_is_over() -> None:
    """Half an hour into it, half of the usual count is what is usual."""
    at = Usual(log(10), 0.0, 30, log(20))

    assert lift([(21, at)] * 5, elapsed=0.5) == pytest.approx(log(22 / 5.5))
