"""The limits of what is usual, as data: `content/baselines`."""

from functools import cache
from pathlib import Path

import msgspec

from hemostat.kernel import content
from hemostat.kernel.content_files import checked


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is counted in an hour, from which count on it may alarm, and the rule, so to say, of its alarms.

    ceiling: the count at which an actor without a past alarms; None for never.
    """

    name: str
    rule: str
    title: str
    level: str
    unit: str
    least: int
    ceiling: int | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A longer window in which different patients are counted. own_least: windows of an actor's own that are compared."""

    name: str
    hours: int
    rule: str
    title: str
    level: str
    least: int
    own_least: int


class First(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that alarms when an actor of one of these roles does it for the first time; `says` is its verb."""

    pair: str
    rule: str
    title: str
    level: str
    roles: tuple[str, ...]
    says: str


class Hourly(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many spreads alarm in an hour, with and without something new beside them, and the least spread."""

    deviation: float
    deviation_with_news: float
    spread_least: float


class Slowly(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many spreads alarm in a longer window, and the least spread."""

    deviation: float
    spread_least: float


class Strangers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many people, in an hour and in a day, may be shown by one service what is not theirs, however unusual that is."""

    hour: Measure
    day: Window


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All limits; `content/baselines/baselines.yaml` says what each is for."""

    weeks: int
    learning_days: int
    same_hours_least: int
    own_hours_least: int
    peers_least: int
    peer_values_least: int
    lift_peers_least: int
    actors_per_role: int
    exact_people: int
    pairs_per_actor: int
    hour: Hourly
    slow: Slowly
    measures: tuple[Measure, ...]
    windows: tuple[Window, ...]
    firsts: tuple[First, ...]
    strangers: Strangers

    @property
    def rules(self) -> tuple[Measure | Window | First, ...]:
        """All that can alarm, each with the rule, so to say, of its alarms."""
        return (*self.measures, *self.windows, *self.firsts, self.strangers.hour, self.strangers.day)

    @property
    def hours_back(self) -> int:
        """How many hours back the past counts."""
        return self.weeks * 168

    @property
    def learning(self) -> int:
        """How many hours an actor must be known before something can be the first of its kind."""
        return self.learning_days * 24


def limits_read(path: Path) -> Limits:
    """The limits in a YAML file that has its schema beside it. Raises `BadInput` that names the place of the fault."""
    return msgspec.convert(checked(path, schema=content("baselines") / "baselines.schema.json"), Limits)


@cache
def limits() -> Limits:
    """The limits that come with Hemostat."""
    return limits_read(content("baselines") / "baselines.yaml")
