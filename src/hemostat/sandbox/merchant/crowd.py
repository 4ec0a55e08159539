"""Two hundred thousand patients who are computed and never kept: a number, a state, a home, papers."""

from bisect import bisect_right
from itertools import accumulate

from hemostat.sandbox.patients import RESIDENTS, Person, Population

from .chance import number

PATIENTS = 200_000
FIRST = 8_000_001
"""The lowest customer number. Each stretch of `STEP` numbers holds one patient, so that whoever counts meets mostly nobody."""

STEP = 5
FIRST_PAPER = 1_000_000
PAPERS = 8
"""Documents of each patient in the portal; their numbers follow each other, patient by patient."""

PANEL = 160
"""Patients of one clinician."""

_STATES = tuple(RESIDENTS)
_ENDS = tuple(accumulate(RESIDENTS.values()))
_PRIME, _OTHER_PRIME = 2_654_435_761, 40_503


class Crowd:
    """Everyone of one seed."""

    def __init__(self, seed: int) -> None:
        self._turn = number("crowd", seed)
        self._seed = seed
        self._population = Population(seed)

    def number(self, place: int) -> int:
        """The customer number of the patient at this place, from 0."""
        return FIRST + place * STEP + self._mixed(place) % STEP

    def place(self, customer: int) -> int | None:
        """The place of the patient with this customer number; None when nobody has it."""
        place = (customer - FIRST) // STEP
        return place if 0 <= place < PATIENTS and self.number(place) == customer else None

    def state(self, place: int) -> str:
        """Where the patient lives, ISO 3166-2."""
        return _STATES[bisect_right(_ENDS, self._mixed(place + PATIENTS) % _ENDS[-1])]

    def residence(self, customer: int) -> str:
        """Where the patient with this customer number lives."""
        return self.state((customer - FIRST) // STEP)

    def person(self, place: int) -> Person:
        """The patient with name, mail, birthday and treatment: of nobody, and marked so."""
        return self._population.anyone(self.number(place), jurisdiction=self.state(place))

    def panel(self, clinician: int, index: int) -> int:
        """The place of one of a clinician's own patients, from 0 to `PANEL` - 1."""
        return (self._mixed(clinician) + index * 1249) % PATIENTS

    def _mixed(self, value: int) -> int:
        mixed = (value * _PRIME + self._turn) & 0xFFFFFFFF
        return (mixed ^ mixed >> 15) * _OTHER_PRIME >> 7


def paper(place: int, index: int) -> int:
    """The number of one of a patient's documents."""
    return FIRST_PAPER + place * PAPERS + index
