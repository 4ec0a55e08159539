"""How loud and how wrong a rule may be before somebody must look at it, as data and as arithmetic.

Defaults go by the level of a rule and are in `content/budgets`; a rule may say its own under `hemostat: budget:`.
"""

from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from hemostat.kernel import content
from hemostat.kernel.content_files import checked


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule may cost. None leaves it to the default of the rule's level.

    alarms_a_day: alerts that it may raise, a day. precision: the least share of leaks among its alerts that were decided.
    """

    alarms_a_day: Annotated[float, msgspec.Meta(gt=0)] | None = None
    precision: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class Allowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The budget of one level, whole."""

    alarms_a_day: float
    precision: float


class Budgets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All defaults; `content/budgets/budgets.yaml` says what each is for."""

    days: int
    least_days: int
    outcomes_least: int
    far_over: float
    mute_days_most: int
    levels: dict[str, Allowed]

    def of(self, level: str, own: Budget | None) -> Allowed:
        """The budget of a rule of this level that says this about itself."""
        usual = self.levels[level]
        if own is None:
            return usual
        return Allowed(
            alarms_a_day=usual.alarms_a_day if own.alarms_a_day is None else own.alarms_a_day,
            precision=usual.precision if own.precision is None else own.precision,
        )


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule did. `alerts` were raised in `days` days, `last_day` of them in the last 24 hours.

    leaks: those that became incidents; false_alarms: those dismissed as false positives; at_work: those whose incident is open.
    """

    alerts: int = 0
    days: int = 1
    last_day: int = 0
    leaks: int = 0
    false_alarms: int = 0
    at_work: int = 0

    @property
    def a_day(self) -> float:
        """Alerts a day."""
        return self.alerts / self.days

    @property
    def outcomes(self) -> int:
        """Alerts of which somebody decided whether they were a leak."""
        return self.leaks + self.false_alarms

    @property
    def precision(self) -> float | None:
        """The share of leaks among those that were decided; None when none was."""
        return self.leaks / self.outcomes if self.outcomes else None


def over_budget(figures: Figures, allowed: Allowed, budgets: Budgets) -> str:
    """In words, how a rule is over its budget; empty when it is not. Precision counts with enough outcomes only."""
    if figures.precision is not None and figures.outcomes >= budgets.outcomes_least and figures.precision < allowed.precision:
        return (
            f"Of {figures.outcomes} alerts that were decided in {figures.days} days, {figures.leaks} were leaks:"
            f" a precision of {figures.precision:.0%}; its budget asks for {allowed.precision:.0%}."
        )
    if figures.a_day > allowed.alarms_a_day:
        return f"It raised {figures.a_day:.1f} alerts a day in {figures.days} days; its budget is {allowed.alarms_a_day:g}."
    return ""


def far_over_budget(figures: Figures, allowed: Allowed, budgets: Budgets) -> str:
    """In words, how a rule is so far over its budget within one day that nobody should wait; empty when it is not."""
    if figures.last_day <= budgets.far_over * allowed.alarms_a_day:
        return ""
    return (
        f"It raised {figures.last_day} alerts within 24 hours, more than {budgets.far_over:g} times its budget of"
        f" {allowed.alarms_a_day:g} a day."
    )


def budgets_read(path: Path) -> Budgets:
    """The budgets in a YAML file that has its schema beside it. Raises `BadInput` that names the place of the fault."""
    return msgspec.convert(checked(path, schema=content("budgets") / "budgets.schema.json"), Budgets)


@cache
def budgets() -> Budgets:
    """The budgets that come with Hemostat."""
    return budgets_read(content("budgets") / "budgets.yaml")
