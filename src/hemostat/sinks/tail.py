"""The lake from a position on, in the order in which events became known, some thousands at a time.

Compaction puts the files of many batches into one that carries the newest number. So a position is that of an event, not of a
file: whatever lies in which file meanwhile, the next events are those with the next positions. Only their ids are read from every
file that may hold some; whole rows are read of the few that are next.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.reader import DamagedLake, standing, whole
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches

from .base import INDEX_BITS, Record, position_of
from .only import Only

WINDOW = 2000
"""Events that are in memory at once, at most."""

_ROWS = 4000  # rows decoded at a time
_REMEMBERED = 64  # files whose positions are kept: a window opens the same ones as the window before


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sink is: everything up to `position` is done; batches up to `batch` need not be looked at again."""

    position: int = 0
    batch: int = 0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The next events: those that the sink wants, and the place behind all that were looked at."""

    records: list[Record]
    place: Place
    looked_at: int


class Tail:
    """The events of a lake that a sink wants, from any place on. `since` and `until` bound the time of the events."""

    def __init__(
        self, home: Home, spool: Spool, only: Only, *, since: datetime | None = None, until: datetime | None = None
    ) -> None:
        self._home = home
        self._spool = spool
        self._only = only
        self._since = since
        self._until = until
        self._known: dict[str, pa.Int64Array] = {}

    def after(self, place: Place, *, upto: int | None = None, most: int = WINDOW) -> Window:
        """The next events behind `place`, at most `most` of them, none behind `upto`. Raises `DamagedLake`."""
        parts = sorted(self._parts(place.batch), key=lambda part: batches(part)[0])
        found, opened = self._next(parts, place.position, upto=upto, most=most)
        if not found:
            return Window(records=[], place=self._floor(parts, place, place.position), looked_at=0)
        rows = [row for part in opened for row in self._rows(part, found[0], found[-1])]
        rows.sort(key=lambda row: position_of(row["event_id"]))
        records = [Record.of(row) for row in rows]
        return Window(records=records, place=self._floor(parts, place, found[-1]), looked_at=len(found))

    def behind(self, place: Place) -> int:
        """How many events lie behind `place` at most: whole files are counted where the manifest alone can tell."""
        count = 0
        for part in self._parts(place.batch):
            known = self._known.get(part.path)
            count += part.rows if known is None else len(_behind(known, place.position))
        return count

    def _parts(self, after_batch: int) -> list[Part]:
        return standing(self._home, self._spool.parts(after_batch=after_batch, since=self._since, until=self._until))

    def _next(self, parts: Sequence[Part], position: int, *, upto: int | None, most: int) -> tuple[list[int], list[Part]]:
        """The next positions, in order, and the files they are in. One whose batches come later than enough others stays shut."""
        opened: list[Part] = []
        gathered: list[int] = []
        sure = 0  # of those gathered, how many nothing in a later file can come before
        waiting: list[tuple[int, int]] = []
        for part in parts:
            first, last = batches(part)
            sure += sum(count for end, count in waiting if end < first)
            waiting = [(end, count) for end, count in waiting if end >= first]
            if sure >= most:
                break
            found = _behind(self._positions(part), position).to_pylist()[:most]
            gathered += found
            opened.append(part)
            waiting.append((last, len(found)))
        gathered.sort()
        return [one for one in gathered[:most] if upto is None or one <= upto], opened

    def _positions(self, part: Part) -> pa.Int64Array:
        """The positions of a part's events, sorted."""
        if part.path not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            table = _open(self._home.lake, part)
            try:
                ids = table.read(columns=["event_id"])["event_id"]
            except (pa.ArrowException, OSError) as error:
                raise DamagedLake(part.path, "was changed after it was written") from error
            found = _as_positions(ids)
            self._known[part.path] = found.take(pc.sort_indices(found))
        return self._known[part.path]

    def _rows(self, part: Part, first: int, last: int) -> Iterator[dict[str, Any]]:
        """The rows of a part from position `first` to `last`, that the sink wants."""
        known = self._positions(part)
        inside = pc.and_(pc.greater_equal(known, first), pc.less_equal(known, last))
        if not pc.any(inside).as_py():
            return
        for batch in _open(self._home.lake, part).iter_batches(batch_size=_ROWS):
            positions = _as_positions(batch["event_id"])
            mask = pc.and_(pc.greater_equal(positions, first), pc.less_equal(positions, last))
            table = _conform(pa.Table.from_batches([batch]).filter(mask))
            yield from self._only.wanted(table, since=self._since, until=self._until).to_pylist()

    def _floor(self, parts: Sequence[Part], place: Place, position: int) -> Place:
        """The place at `position`; batches all of whose events are done are not looked at again."""
        open_ = [part.batch for part in parts if part.path not in self._known or _is_open(self._known[part.path], position)]
        batch = min(open_) - 1 if open_ else max((part.batch for part in parts), default=place.batch)
        return Place(position=position, batch=max(batch, place.batch))


def _open(lake: Path, part: Part) -> pq.ParquetFile:
    path = whole(lake, part)
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise DamagedLake(part.path, "was changed after it was written") from error


def _conform(table: pa.Table) -> pa.Table:
    """The table with the columns of today; a file from before a column existed has none of its values."""
    names = set(table.column_names)
    columns = [
        table[field.name].cast(field.type) if field.name in names else pa.nulls(table.num_rows, field.type) for field in SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _as_positions(ids: Any) -> pa.Int64Array:
    """`position_of`, for a whole column."""
    if isinstance(ids, pa.ChunkedArray):
        ids = ids.combine_chunks()
    pieces = pc.split_pattern(ids, "-", max_splits=1)
    seq = pc.cast(pc.list_element(pieces, 0), pa.int64())
    return pc.bit_wise_or(pc.shift_left(seq, INDEX_BITS), pc.cast(pc.list_element(pieces, 1), pa.int64()))


def _behind(sorted_positions: pa.Int64Array, position: int) -> pa.Int64Array:
    return sorted_positions.filter(pc.greater(sorted_positions, position))


def _is_open(sorted_positions: pa.Int64Array, position: int) -> bool:
    return len(sorted_positions) > 0 and sorted_positions[-1].as_py() > position
