"""When a rule is over its budget: by alerts a day, by outcomes, and far over within one day."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.budget import Allowed, Budget, Figures, budgets, budgets_read, far_over_budget, over_budget
from hemostat.kernel import BadInput, content

ALLOWED = Allowed(alarms_a_day=3, precision=0.3)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (Figures(alerts=90, days=30), ""),
        (Figures(alerts=91, days=30), "It raised 3.0 alerts a day in 30 days; its budget is 3."),
        (Figures(alerts=40, days=10), "It raised 4.0 alerts a day in 10 days; its budget is 3."),
        (Figures(alerts=5, days=30, false_alarms=4), ""),
        (
            Figures(alerts=5, days=30, false_alarms=5),
            "Of 5 alerts that were decided in 30 days, 0 were leaks: a precision of 0%; its budget asks for 30%.",
        ),
        (Figures(alerts=9, days=30, leaks=3, false_alarms=6), ""),
        (
            Figures(alerts=9, days=30, leaks=2, false_alarms=7),
            "Of 9 alerts that were decided in 30 days, 2 were leaks: a precision of 22%; its budget asks for 30%.",
        ),
        (Figures(), ""),
    ],
)
def test_over_its_budget_in_words(figures: Figures, words: str) -> None:
    """The number of alerts counts as an average, the outcomes only when there are enough of them."""
    assert words == over_budget(figures, ALLOWED, budgets())


@pytest.mark.parametrize(("last_day", "is_far"), [(30, False), (31, True)])
def test_far_over_its_budget_within_a_day(last_day: int, is_far: bool) -> None:  # noqa: FBT001  # a case
    """More than ten times the alerts of a day within 24 hours."""
    words = far_over_budget(Figures(alerts=last_day, days=30, last_day=last_day), ALLOWED, budgets())

    assert is_far == words.startswith("It raised 31 alerts within 24 hours, more than 10 times its budget of 3 a day.")


NUMBERS = st.integers(0, 50)


@given(alerts=st.integers(0, 500), days=st.integers(1, 30), leaks=NUMBERS, false_alarms=NUMBERS, more=st.integers(1, 50))
def test_a_further_leak_never_puts_a_rule_over(alerts: int, days: int, leaks: int, false_alarms: int, more: int) -> None:
    """When a rule is within its budget, alerts of the same number that turn out to be leaks keep it there."""
    figures = Figures(alerts=alerts, days=days, leaks=leaks, false_alarms=false_alarms)
    better = Figures(alerts=alerts, days=days, leaks=leaks + more, false_alarms=false_alarms)

    if not over_budget(figures, ALLOWED, budgets()) and figures.outcomes >= budgets().outcomes_least:
        assert "" == over_budget(better, ALLOWED, budgets())


def test_a_rule_may_say_a_part_of_its_budget() -> None:
    """What it leaves out is what is usual for its level."""
    usual = budgets().levels["high"]

    assert usual == budgets().of("high", None)
    assert Allowed(alarms_a_day=1, precision=usual.precision) == budgets().of("high", Budget(alarms_a_day=1))
    assert Allowed(alarms_a_day=usual.alarms_a_day, precision=0.0) == budgets().of("high", Budget(precision=0.0))


@pytest.mark.parametrize(
    ("change", "reason"),
    [(("days: 30", "days: often"), r"\$\.days"), (("levels:", "level:"), "level"), (("days: 30", "days: ["), "not YAML")],
)
def test_a_broken_file_is_named(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    """What is wrong, and what to compare it with."""
    path = tmp_path / "budgets.yaml"
    path.write_text((content("budgets") / "budgets.yaml").read_text("utf-8").replace(*change))

    with pytest.raises(BadInput, match=reason) as raised:
        budgets_read(path)

    assert raised.value.advice()
