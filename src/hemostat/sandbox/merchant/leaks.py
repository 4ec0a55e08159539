"""Planted leaks: eleven kinds at three strengths, and what only the judge may know of them.

The kinds are those of published cases, as `docs/reference/simulator.md` names them. How many people a leak exposes and how long
it takes is invented, so that a loud one is over within hours and a slow one hides for days in what its actor does anyway.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter

import msgspec

from hemostat.kernel import BadInput, from_micros, to_micros

from .chance import chance, number
from .crowd import PATIENTS
from .rhythm import HOUR, MINUTE, begins

_STRIDE = 7919  # a prime: people of one leak live all over the crowd
_SLOWEST = 10  # days


class Kind(StrEnum):
    """What kind of leak: six of the surfaces, and five that cross them."""

    STOREFRONT_SESSION = "S1"
    CATALOG_MODULE = "S2"
    PAYMENT_LOGS = "S3"
    PORTAL_PAPERS = "S4"
    APPOINTMENT_LOGS = "S5"
    RECORDINGS = "S6"
    STAGING = "X1"
    INSIDER = "X2"
    PIXELS = "X3"
    STOLEN_TOKEN = "X4"  # noqa: S105  # a kind of leak, not a secret
    VENDOR = "X5"


class Strength(StrEnum):
    """How hard a leak pulls."""

    LOUD = "loud"
    MEDIUM = "medium"
    SLOW = "slow"


SIZES: Mapping[Kind, tuple[tuple[int, float], tuple[int, float], tuple[int, float]]] = {
    Kind.STOREFRONT_SESSION: ((1_500, 1), (500, 8), (150, 72)),
    Kind.CATALOG_MODULE: ((4_500, 1), (1_500, 8), (240, 72)),
    Kind.PAYMENT_LOGS: ((2_400, 4), (800, 24), (200, 96)),
    Kind.PORTAL_PAPERS: ((2_000, 1), (600, 8), (150, 72)),
    Kind.APPOINTMENT_LOGS: ((2_400, 2), (800, 12), (240, 72)),
    Kind.RECORDINGS: ((388, 3), (120, 12), (40, 72)),
    Kind.STAGING: ((900, 4), (360, 24), (90, 96)),
    Kind.INSIDER: ((3_214, 2), (700, 8), (120, 144)),
    Kind.PIXELS: ((2_200, 8), (700, 24), (200, 96)),
    Kind.STOLEN_TOKEN: ((5_000, 1), (1_500, 8), (300, 72)),
    Kind.VENDOR: ((2_500, 3), (800, 12), (240, 72)),
}
"""People and hours of each kind: loud, medium, slow."""


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """One leak that is to be planted.

    start: when it begins; an insider waits for her shifts of the days after. people, hours: 0 for those of `SIZES`.
    """

    kind: Kind
    strength: Strength
    start: datetime
    people: int = 0
    hours: float = 0

    @property
    def campaign(self) -> str:
        """What names the leak in the truth."""
        return f"{self.kind}-{self.strength}-{self.start.astimezone(UTC):%Y%m%dT%H%M}"

    @property
    def size(self) -> tuple[int, float]:
        """How many people it exposes, and within how many hours."""
        people, hours = SIZES[self.kind][tuple(Strength).index(self.strength)]
        return self.people or people, self.hours or hours


def planted(seed: int, days: range, *, warm: int = 0) -> tuple[Leak, ...]:
    """All kinds at all strengths, spread over the days after the first `warm`, which are left for learning.

    Raises `BadInput` when there are not ten more days for the slowest to end in.
    """
    first, last = days.start + warm, days.stop - _SLOWEST
    if last < first:
        raise BadInput(f"{len(days)} days are too few for leaks after {warm}.", advice=f"Give at least {warm + _SLOWEST} days.")
    leaks = [
        Leak(kind=kind, strength=strength, start=_moment(seed, f"{kind}.{strength}", first, last))
        for kind in Kind
        for strength in Strength
    ]
    return tuple(sorted(leaks, key=attrgetter("start", "campaign")))


def _moment(seed: int, name: str, first: int, last: int) -> datetime:
    """A minute within the days, the last one included."""
    draw = chance(seed, "leak", name)
    return from_micros(begins(draw.randint(first, last)) + draw.randrange(24 * 60) * MINUTE)


def spaced(leak: Leak, draw: random.Random, count: int) -> list[int]:
    """So many moments, evenly over the leak, each with a tremor."""
    start, length = to_micros(leak.start), int(leak.size[1] * HOUR)
    return [start + int(length * (index + draw.random()) / count) for index in range(count)]


def victims(leak: Leak) -> list[int]:
    """The places of the people whom the leak exposes, each once."""
    first = number("victims", leak.campaign) % PATIENTS
    return [(first + index * _STRIDE) % PATIENTS for index in range(leak.size[0])]
