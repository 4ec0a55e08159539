"""The batches of the lake once more, in the order in which they were written and with the rows that each had.

Compaction puts the rows of many batches into one file, in the order of time. The number of its message says in which batch a
row came, as long as the plan of that batch is known (`spool.REPLAY`); beyond that the rows of one file count as one batch.

The worker may go on meanwhile: files that it merges while they are read are looked up again in the manifest.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.manifest import plans
from hemostat.lake.reader import DamagedLake, read, standing
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches, encoded

_MESSAGE = 12  # digits of an event's id that are the number of its message

_Waiting = dict[int, list[tuple[str, pa.Table, bool]]]
"""By batch: the folder of a file, its rows of the batch, and whether the batch is sure."""


class _Moved(Exception):
    """The worker has merged the file with others since, or taken out what has expired."""


class Batch(NamedTuple):
    """A batch as it was written. `unsure`: rows of which nobody knows any more in which batch they came."""

    number: int
    rows: pa.Table
    unsure: int


class Replay:
    """The batches that may hold events from `since` on and before `until`, and all between them, with these columns.

    rows: of the files that are read; passed: how many of them came by so far.
    """

    def __init__(self, home: Home, spool: Spool, *, since: datetime, until: datetime, columns: Sequence[str]) -> None:
        self._home = home
        self._spool = spool
        self._columns = sorted({"event_id", *columns})
        self._schema = pa.schema([SCHEMA.field(name) for name in self._columns])
        spans = [batches(part) for part in standing(home, spool.parts(since=since, until=until))]
        self._next = min((first for first, _ in spans), default=1)
        self._last = max((last for _, last in spans), default=0)
        # One more, so that rows of later batches in the same files are told apart from those of the last.
        known = plans(home, first=self._next, last=self._last + 1)
        self._known = [plan.batch for plan in known]
        self._messages = [plan.first for plan in known]
        self.rows = sum(part.rows for part in self._parts())
        self.passed = 0

    def __iter__(self) -> Iterator[Batch | None]:
        """The batches, each once; None after each file that was opened, for whoever works in small turns.

        Raises `DamagedLake` for a file that the manifest names and that is not what was written.
        """
        while self._next <= self._last:
            with suppress(_Moved):
                yield from self._read()

    def _read(self) -> Iterator[Batch | None]:
        """The batches from the next one on, as the manifest stands now."""
        closed = sorted(self._parts(), key=lambda part: (-batches(part)[0], part.path))
        waiting: _Waiting = {}
        while closed or waiting:
            number = min([*waiting, *(batches(part)[0] for part in closed[-1:])])
            while closed and batches(closed[-1])[0] <= number:
                self._open(closed.pop(), waiting)
                yield None
            if number in waiting:
                batch = self._batch(number, waiting.pop(number))
                self._next = number + 1
                self.passed += batch.rows.num_rows
                yield batch
        self._next = self._last + 1

    def _parts(self) -> list[Part]:
        """The files that hold batches which did not come by yet."""
        parts = standing(self._home, self._spool.parts(after_batch=self._next - 1))
        return [part for part in parts if batches(part)[0] <= self._last]

    def _open(self, part: Part, waiting: _Waiting) -> None:
        """The part's rows wait for their batches; rows of batches that came by, or do not come, are passed over."""
        try:
            table = read(self._home, [part], columns=self._columns)
        except DamagedLake as error:
            if part in self._parts():
                raise
            raise _Moved from error
        first, last = batches(part)
        if first == last:
            waiting.setdefault(first, []).append((_folder(part), table, True))
            return
        numbers = self._numbers(table["event_id"], part)
        # Rows of one batch stay in the order of time: the sort is stable.
        order = pc.sort_indices(numbers)
        runs = pc.run_end_encode(numbers.take(order))
        held = pa.table([encoded(name, table[name]).take(order) for name in table.column_names], names=table.column_names)
        start = 0
        for number, stop in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            if self._next <= number <= self._last:
                rows = held.slice(start, stop - start)
                waiting.setdefault(number, []).append((_folder(part), rows, self._is_known(number)))
            else:
                self.passed += stop - start
            start = stop

    def _numbers(self, names: pa.ChunkedArray, part: Part) -> pa.Array:
        """The batch of each row. Where its plan was forgotten, that of the part, but none whose plan is known."""
        messages = pc.utf8_slice_codeunits(names.combine_chunks(), 0, _MESSAGE).dictionary_encode()
        forgotten = min([part.batch, *(number - 1 for number in self._known[:1])])
        places = [bisect_right(self._messages, int(message)) for message in messages.dictionary.to_pylist()]
        found = [self._known[place - 1] if place else forgotten for place in places]
        return pa.array(found, pa.int64()).take(messages.indices)

    def _is_known(self, number: int) -> bool:
        return bool(self._known) and number >= self._known[0]

    def _batch(self, number: int, found: list[tuple[str, pa.Table, bool]]) -> Batch:
        """The batch with its files in the order in which it had them."""
        ordered = sorted(found, key=lambda one: one[0])
        tables = [rows.cast(self._schema) for _, rows, _ in ordered]
        return Batch(number, pa.concat_tables(tables), sum(rows.num_rows for _, rows, is_sure in ordered if not is_sure))


def _folder(part: Part) -> str:
    return part.path.rpartition("/")[0]
