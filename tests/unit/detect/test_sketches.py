"""Crowds are counted by the library's sketch, also when it was kept between batches."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.detect.sketches import Sketches

NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40)


def test_a_crowd_is_counted_within_a_tenth() -> None:
    """Fifty thousand people in ten batches that overlap are fifty thousand, give or take a few of a hundred."""
    sketches = Sketches()
    kept = sketches.of(range(10_000))
    for start in range(4_000, 44_000, 4_000):
        kept = sketches.joined([kept, sketches.of(range(start, start + 10_000))])

    assert 1024 == len(kept)
    assert abs(sketches.count([kept]) - 50_000) < 5_000
    assert sketches.count([kept]) == sketches.count([sketches.of(range(50_000))])
    sketches.close()


@settings(max_examples=10, deadline=None)
@given(NUMBERS, NUMBERS)
def test_a_sketch_does_not_remember_the_order(one: list[int], other: list[int]) -> None:
    """However the numbers are split and repeated, the sketch is the same, and nobody is counted twice."""
    sketches = Sketches()
    a, b = sketches.of(one), sketches.of(other)

    assert sketches.of([*other, *one, *one]) == sketches.joined([a, b]) == sketches.joined([b, a, b])
    assert sketches.count([a, b, a]) == sketches.count([sketches.joined([a, b])])


def test_nobody_is_nobody() -> None:
    """The sketch of an empty crowd counts none, and adds nothing to another one."""
    sketches = Sketches()

    assert 0 == sketches.count([sketches.of([])])
    assert 3 == sketches.count([sketches.of([]), sketches.of([1, 2, 3])])
