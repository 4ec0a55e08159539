"""What slides: a measure that rows enter and leave is that of the rows which are in the window."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from statistics import mean, quantiles

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemostat.detect.measures import Measure, Ranked, Row, Tally, Total
from hemostat.detect.rules import RuleSet

Numbers = Sequence[float | str | None]


def rows(values: Numbers) -> list[Row]:
    """A row for each value, a second apart."""
    return [Row(t=n, seq=n, place=0, value=value, who="", id=str(n)) for n, value in enumerate(values)]


def slid(measure: Measure, values: Numbers, *, width: int) -> list[bool]:
    """Does each window of so many rows satisfy the measure?"""
    made = rows(values)
    answers = []
    for n, row in enumerate(made):
        measure.add(row)
        if n >= width:
            measure.drop(made[n - width])
        answers.append(measure.holds())
    return answers


def windows(values: Numbers, *, width: int) -> list[list[float]]:
    """The numbers of each window."""
    return [
        [value for value in values[max(0, n - width + 1) : n + 1] if isinstance(value, float)] for n in range(len(values))
    ]  # fmt: skip


def median(numbers: list[float]) -> float:
    """The second reading of a percentile of fifty."""
    return quantiles(numbers, n=2, method="inclusive")[0] if len(numbers) > 1 else numbers[0]


@settings(max_examples=40)
@given(
    values=st.lists(st.none() | st.just("much") | st.integers(-50, 50).map(float), max_size=30),
    width=st.integers(1, 8),
    least=st.integers(-20, 20),
)
@pytest.mark.parametrize(
    ("made", "second"),
    [
        (lambda test: Total(test, mean=False), sum),
        (lambda test: Total(test, mean=True), mean),
        (lambda test: Ranked(test, share=0.5), median),
    ],
    ids=["sum", "mean", "median"],
)
def test_numbers_agree_with_a_second_reading(
    made: Callable[..., Measure], second: Callable[[list[float]], float], values: Numbers, width: int, least: int
) -> None:
    """Sum, mean and median of the numbers in a window, whatever came and went; without numbers nothing holds."""
    measure = made(lambda number: number >= least)

    expected = [bool(numbers) and second(numbers) >= least for numbers in windows(values, width=width)]

    assert expected == slid(measure, values, width=width)


@given(values=st.lists(st.none() | st.sampled_from("abc"), max_size=30), width=st.integers(1, 6))
def test_things_are_counted_while_they_are_there(values: Numbers, width: int) -> None:
    """How many different things are in the window; what is absent is no thing."""
    measure = Tally(attrgetter("value"), lambda counts: len(counts) >= 2)

    expected = [len({*values[max(0, n - width + 1) : n + 1]} - {None}) >= 2 for n in range(len(values))]

    assert expected == slid(measure, values, width=width)


def test_a_huge_number_leaves_nothing_behind() -> None:
    """When it has left the window, the sum is that of the small ones."""
    assert [True, True, False] == slid(Total(lambda total: total > 1, mean=False), [1e300, 0.5, 0.25], width=2)


def test_what_is_not_finite_is_no_number() -> None:
    """Neither infinity nor `nan` takes part."""
    values = [float("inf"), float("nan"), 1.0]

    assert [False, False, True] == slid(Total(lambda total: total == 1, mean=False), values, width=2)
    assert [False, False, True] == slid(Ranked(lambda number: number == 1, share=0.9), values, width=2)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.sampled_from("uv")), min_size=1, max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=5),
)
@pytest.mark.parametrize(
    "correlation",
    [
        "type: event_count, rules: [a], group-by: [ip], timespan: 6s, condition: {gte: 3}",
        "type: temporal, rules: [a, b], group-by: [ip], timespan: 6s",
    ],
)
def test_batches_find_together_what_one_batch_finds(
    rules_of: Callable[[str], RuleSet], split: Callable[..., set[str]], correlation: str, events: list[tuple[int, str, str]],
    cuts: list[int],
) -> None:  # fmt: skip
    """Out of order and cut anywhere: each event is told once, and the events are those of a single batch."""
    simple = "".join(
        f"title: {name}\nname: {name}\nlogsource: {{category: test}}\ndetection: {{s: {{kind: {name}}}, condition: s}}\n---\n"
        for name in "ab"
    )
    rules = rules_of(f"{simple}title: Together\ncorrelation: {{{correlation}}}\n")
    made = [{"time": 1_700_000_000 + at, "kind": kind, "ip": ip} for at, kind, ip in events]

    assert split(rules, made, cuts=[]) == split(rules, made, cuts=cuts)
