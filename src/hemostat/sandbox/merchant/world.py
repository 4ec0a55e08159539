"""The merchant as everything else sees it: one seed, one size, and the peculiarities that are switched on."""

from functools import cached_property

from hemostat.sandbox.signing import client_secret

from .crowd import Crowd
from .rhythm import ALL, Quirk, runs
from .staff import Staff


class World:
    """One merchant. volume: factor on what patients do; staff, apps and leaks stay as they are.

    An actor's day must look the same at any volume, since false alarms are counted by actor and day.
    """

    def __init__(self, seed: int, *, volume: float = 1.0, quirks: frozenset[Quirk] = ALL) -> None:
        self.seed = seed
        self.volume = volume
        self.quirks = quirks
        self.crowd = Crowd(seed)
        self.staff = Staff(seed, quirks)

    @cached_property
    def secret(self) -> bytes:
        """The secret that signs what the platform's proxy passes on."""
        return client_secret(self.seed, 0)

    def has(self, quirk: Quirk, day: int) -> bool:
        """Is this peculiarity switched on, and seen on that day?"""
        return quirk in self.quirks and runs(quirk, day)
