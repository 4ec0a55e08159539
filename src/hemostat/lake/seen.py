"""Which records are in the lake already: a record that arrives again, in whatever message, is counted and not kept twice.

A source names its records (`Access.unique`). The names of a batch's rows are kept, as keyed hashes, in the transaction that makes
the batch part of the lake; so a batch that is done again, after a kill or to repair a file, finds what it found the first time.
A record that became a dead letter is not seen: when it comes back mended, it is new.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from hemostat.lake.spool import Spool

Arrival = tuple[str, str, datetime]
"""Source, surface and moment of receipt."""


class Sightings:
    """The names of one batch's records as they come by."""

    def __init__(self, spool: Spool, batch: int) -> None:
        self._spool = spool
        self._batch = batch
        self._own: dict[bytes, datetime] = {}
        self.again: Counter[Arrival] = Counter()

    @property
    def names(self) -> dict[bytes, datetime]:
        """The hashed names of the rows of this batch, each with the moment of its receipt."""
        return self._own

    def fresh(self, rows: pa.RecordBatch, names: Sequence[str]) -> pa.RecordBatch:
        """The rows that no earlier batch has, and this one not yet, in their order; the others are counted.

        names: of each row, what names its record; "" when nothing does.
        """
        if not any(names):
            return rows
        told = [rows[column].to_pylist() for column in ("source", "surface", "learnt")]
        hashed = [self._spool.name(source, name) if name else b"" for source, name in zip(told[0], names, strict=True)]
        before = self._spool.seen(sorted({name for name in hashed if name}), before=self._batch)
        kept = []
        for place, (name, arrival) in enumerate(zip(hashed, zip(*told, strict=True), strict=True)):
            if name and (name in before or name in self._own):
                self.again[arrival] += 1
                continue
            if name:
                self._own[name] = arrival[2]
            kept.append(place)
        return rows if len(kept) == len(names) else rows.take(pa.array(kept, pa.int64()))
