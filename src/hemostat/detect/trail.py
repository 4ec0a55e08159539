"""Who asked for the next number: the steps of a walk through identifiers, seen through pseudonyms."""

import pyarrow as pa

from .fields import MICROS
from .windows import LATE, believed

REACH = 10 * 60 * MICROS
"""How long a step waits for the next one, in microseconds."""


_SWEEP = 5_000  # steps: looking through all of them more often costs more than it frees


class Trail:
    """Remembers, for `REACH`, which address asked for whom, and knows a request for the number after it.

    Stores and environments are never mixed.
    """

    def __init__(self) -> None:
        # (store, environment, address, pseudonym of the number that would come next) -> when it was asked, latest last
        self._expected: dict[tuple[str, str, str, str], int] = {}
        self._latest = 0
        self._swept = 0

    def follow(self, batch: pa.Table) -> pa.Array:
        """For each row, `true` or `false`: did the address, within `REACH` before, ask the same store for the number one less?

        Rows count in the order of their arrival: a step that arrives after the next one was not before it.
        """
        answers = []
        columns = (batch[name].to_pylist() for name in ("store", "environment", "src_ip", "subject", "subject_next", "t"))
        for store, environment, address, subject, following, t in zip(*columns, strict=True):
            before = self._expected.get((store, environment, address, subject)) if address and subject else None
            answers.append("true" if before is not None and 0 <= t - before <= REACH else "false")
            if address and following:
                place = (store, environment, address, following)
                self._expected[place] = max(t, self._expected.get(place, t))
        self._sweep(batch)
        return pa.array(answers, pa.string())

    def _sweep(self, batch: pa.Table) -> None:
        """What is out of reach is forgotten as soon as as much has come again."""
        self._latest = max(self._latest, believed(batch) or 0)
        if len(self._expected) < 2 * self._swept + _SWEEP:
            return
        floor = self._latest - REACH - LATE
        self._expected = {place: t for place, t in self._expected.items() if t >= floor}
        self._swept = len(self._expected)
