"""A thousand members of staff: who they are, when they work, how much they look at, and from where.

Shifts, rates and shares are invented, but for the night shift of support: 38 customers a shift with a standard deviation of 9,
and a ticket in 96 of 100, are those of the drill about an insider.
"""

from collections.abc import Iterator
from itertools import accumulate

import msgspec

from .chance import chance, number, overdispersed, share
from .networks import Caller, office, remote
from .rhythm import HOUR, Quirk, begins, is_holiday, weekday

STAFF = 1_000
_NEW, _FIRST_DAYS = 0.09, 84  # share of newcomers, and the days over which they come
_MOVED = 0.03
_AWAY, _LEAVE = 0.06, 14  # share on leave, and days of one
_TRAVELS, _WEEK = 0.02, 7
_AT_HOME = 0.4
_ON_HOLIDAYS = 0.15
_PAUSE = 0.06  # of a shift, half an hour either way
_LETTERS = "abcdefghijklmnoprstuvw"
_SYLLABLES = ("ash", "bel", "cor", "dun", "esk", "fen", "gar", "hol", "ing", "jor", "kel", "lin", "mar", "nor", "oak", "pel")


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of work.

    begins, lasts: of the shift, in hours UTC; no shift goes over midnight. week: share at work on each day from Monday on.
    acts: records that are looked at in a shift, on average; shape: of the negative binomial around it, small for uneven days.
    """

    name: str
    people: int
    begins: float
    lasts: float
    week: tuple[float, float, float]
    acts: float
    shape: float

    def at_work(self, day: int) -> float:
        """The share at work on this day."""
        workday, saturday, sunday = self.week
        found = (workday, workday, workday, workday, workday, saturday, sunday)[weekday(day)]
        return found * (_ON_HOLIDAYS if is_holiday(day) and workday != saturday else 1.0)


ROLES = (
    Role(name="support-day", people=190, begins=13, lasts=8.5, week=(0.8, 0.35, 0.3), acts=42, shape=9),
    Role(name="support-night", people=60, begins=2, lasts=8.5, week=(0.72, 0.72, 0.72), acts=38, shape=33),
    Role(name="pharmacist", people=120, begins=14, lasts=8.5, week=(0.8, 0.5, 0.2), acts=70, shape=12),
    Role(name="clinician", people=260, begins=13.5, lasts=9, week=(0.75, 0.15, 0.08), acts=40, shape=6),
    Role(name="marketing", people=70, begins=14, lasts=8, week=(0.85, 0.02, 0.02), acts=10, shape=4),
    Role(name="finance", people=60, begins=14, lasts=8, week=(0.85, 0.02, 0.01), acts=18, shape=5),
    Role(name="engineer", people=180, begins=14.5, lasts=9, week=(0.8, 0.06, 0.05), acts=14, shape=2.5),
    Role(name="it-admin", people=60, begins=12, lasts=9, week=(0.8, 0.1, 0.1), acts=9, shape=3),
)
_ENDS = tuple(accumulate(role.people for role in ROLES))


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """One member of staff on one day. name: as systems know her. pace: her own factor on the acts of her role."""

    number: int
    name: str
    role: Role
    pace: float
    caller: Caller


class Staff:
    """All members of staff of one seed, with those peculiarities of theirs that are switched on."""

    def __init__(self, seed: int, quirks: frozenset[Quirk]) -> None:
        self._seed = seed
        self._quirks = quirks

    def name(self, actor: int) -> str:
        """The address of an actor; the role does not show in it."""
        turn = number(self._seed, "name", actor)
        parts = (_SYLLABLES[turn >> shift & 15] for shift in (8, 16, 24))
        return f"{_LETTERS[turn % len(_LETTERS)]}.{''.join(parts)}{actor}@fernhollow.example"

    def role(self, actor: int, day: int) -> Role:
        """What an actor works as on this day."""
        place = next(place for place, end in enumerate(_ENDS) if actor < end)
        moved = Quirk.NEW_ROLES in self._quirks and self._share("moved", actor) < _MOVED
        if moved and day >= self._number("moves", actor) % _FIRST_DAYS:
            place = (place + 2) % len(ROLES)
        return ROLES[place]

    def joined(self, actor: int) -> int:
        """The first day of an actor; 0 for those who were there before."""
        is_new = Quirk.NEWCOMERS in self._quirks and self._share("new", actor) < _NEW
        return 1 + self._number("joins", actor) % _FIRST_DAYS if is_new else 0

    def is_at_work(self, actor: int, day: int) -> bool:
        """Does this actor work on this day?"""
        if day < self.joined(actor):
            return False
        if Quirk.LEAVE in self._quirks and self._share("leave", actor, day // _LEAVE) < _AWAY:
            return False
        return self._share("work", actor, day) < self.role(actor, day).at_work(day)

    def on(self, actor: int, day: int) -> Actor:
        """The actor as she is on this day."""
        travels = Quirk.TRAVEL in self._quirks and self._share("travel", actor, day // _WEEK) < _TRAVELS
        if travels:
            caller = remote(actor, 1 + day // _WEEK)
        else:
            caller = remote(actor) if self._share("home", actor, weekday(day)) < _AT_HOME else office(actor)
        pace = chance(self._seed, "pace", actor).lognormvariate(0, 0.25)
        return Actor(number=actor, name=self.name(actor), role=self.role(actor, day), pace=pace, caller=caller)

    def at_work(self, day: int) -> Iterator[Actor]:
        """Everyone who works on this day, by number."""
        return (self.on(actor, day) for actor in range(STAFF) if self.is_at_work(actor, day))

    def moments(self, actor: Actor, day: int, *, factor: float = 1.0) -> list[int]:
        """When the actor looks at something on this day: within the shift, less around its middle."""
        draw = chance(self._seed, "moments", actor.number, day)
        count = overdispersed(draw, actor.role.acts * actor.pace * factor, actor.role.shape)
        start, length = shift(actor.role, day)
        return sorted(start + int(length * _without_lunch(draw.random())) for _ in range(count))

    def _share(self, *words: object) -> float:
        return share(self._seed, *words)

    def _number(self, *words: object) -> int:
        return number(self._seed, *words)


def shift(role: Role, day: int) -> tuple[int, int]:
    """When the shift of a role begins on this day, and how long it lasts, in microseconds."""
    return begins(day) + int(role.begins * HOUR), int(role.lasts * HOUR)


def _without_lunch(place: float) -> float:
    """A place in the shift; three of four that lie around its middle are moved into its first half."""
    in_pause = abs(place - 0.5) < _PAUSE and int(place * 4_000) % 4
    return place - 0.3 if in_pause else place
