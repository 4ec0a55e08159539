"""The lake from a position on, in the order in which events became known, some thousands at a time.

Compaction puts the files of many batches into one that carries the newest number. So a position is that of an event, not of a
file: whatever lies in which file meanwhile, the next events are those with the next positions. Only their ids are read from every
file that may hold some; whole rows are read of the few that are next. Files are sorted by time, so that to find some rows all of
a file is decoded: therefore more are read than one window takes, and kept as Arrow, which is small, until their turn comes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.reader import DamagedLake, standing, whole
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches

from .base import Record, positions_of
from .only import Only

WINDOW = 2000
"""Events that are in memory at once, at most."""

_AHEAD = 8 * WINDOW  # events read at once
_COUNTED = 300_000  # rows that are looked into to count what is behind
_ROWS = 4000  # rows decoded at a time
_REMEMBERED = 4_000_000  # positions of opened files that are kept: the next reading opens the same ones; eight bytes each


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sink is: everything up to `position` is done; batches up to `batch` need not be looked at again."""

    position: int = 0
    batch: int = 0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The next events: those that the sink wants, and the place behind all that were looked at."""

    records: list[Record]
    place: Place
    looked_at: int


class _Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """What was read behind position `after`: the positions that were looked at, and of them the rows that the sink wants."""

    after: int
    looked_at: pa.Int64Array
    wanted_at: pa.Int64Array
    rows: pa.Table

    def covers(self, position: int) -> bool:
        """Are the next events behind `position` among these?"""
        return len(self.looked_at) > 0 and self.after <= position < self.looked_at[-1].as_py()


_NOTHING = _Ahead(after=0, looked_at=pa.array([], pa.int64()), wanted_at=pa.array([], pa.int64()), rows=SCHEMA.empty_table())


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
        self._ahead = _NOTHING

    def after(self, place: Place, *, upto: int | None = None, most: int = WINDOW) -> Window:
        """The next events behind `place`, at most `most` of them, none behind `upto`. Raises `DamagedLake`."""
        parts = sorted(self._parts(place.batch), key=lambda part: batches(part)[0])
        if not self._ahead.covers(place.position):
            self._ahead = self._read(parts, place.position, upto=upto)
        ahead = self._ahead
        looked_at = _behind(ahead.looked_at, place.position)[:most]
        if not len(looked_at):
            self._ahead = _NOTHING  # a sink that has everything holds no memory
            return Window(records=[], place=self._floor(parts, place, place.position), looked_at=0)
        last = looked_at[-1].as_py()
        inside = pc.and_(pc.greater(ahead.wanted_at, place.position), pc.less_equal(ahead.wanted_at, last))
        records = [Record.of(row) for row in ahead.rows.filter(inside).to_pylist()]
        return Window(records=records, place=self._floor(parts, place, last), looked_at=len(looked_at))

    def behind(self, place: Place) -> int:
        """How many events lie behind `place` at most: some files are looked into, of others all rows count."""
        count = looked_into = 0
        for part in sorted(self._parts(place.batch), key=lambda part: batches(part)[0]):
            looked_into += part.rows
            count += self._rows_behind(part, place.position) if looked_into <= _COUNTED else part.rows
        return count

    def _rows_behind(self, part: Part, position: int) -> int:
        try:
            return len(_behind(self._positions(part), position))
        except DamagedLake:
            return part.rows

    def _parts(self, after_batch: int) -> list[Part]:
        return standing(self._home, self._spool.parts(after_batch=after_batch, since=self._since, until=self._until))

    def _read(self, parts: Sequence[Part], position: int, *, upto: int | None) -> _Ahead:
        """The next events behind `position`, as many as are read at once."""
        found, opened = self._next(parts, position, upto=upto, most=_AHEAD)
        if not found:
            return _NOTHING
        rows = pa.concat_tables([SCHEMA.empty_table(), *(table for part in opened for table in self._rows(part, found))])
        wanted_at = positions_of(rows["event_id"])
        order = pc.sort_indices(wanted_at)
        looked_at = pa.array(found, pa.int64())
        return _Ahead(after=position, looked_at=looked_at, wanted_at=wanted_at.take(order), rows=rows.take(order))

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
            while self._known and sum(map(len, self._known.values())) + part.rows > _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            table = _open(self._home.lake, part)
            try:
                ids = table.read(columns=["event_id"])["event_id"]
            except (pa.ArrowException, OSError) as error:
                raise DamagedLake(part.path, "was changed after it was written") from error
            found = positions_of(ids)
            self._known[part.path] = found.take(pc.sort_indices(found))
        return self._known[part.path]

    def _rows(self, part: Part, found: Sequence[int]) -> Iterator[pa.Table]:
        """The rows of a part from the first to the last of these positions, that the sink wants."""
        known, first, last = self._positions(part), found[0], found[-1]
        inside = pc.and_(pc.greater_equal(known, first), pc.less_equal(known, last))
        if not pc.any(inside).as_py():
            return
        for batch in _open(self._home.lake, part).iter_batches(batch_size=_ROWS):
            positions = positions_of(batch["event_id"])
            mask = pc.and_(pc.greater_equal(positions, first), pc.less_equal(positions, last))
            table = _conform(pa.Table.from_batches([batch]).filter(mask))
            yield self._only.wanted(table, since=self._since, until=self._until)

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


def _behind(sorted_positions: pa.Int64Array, position: int) -> pa.Int64Array:
    return sorted_positions.filter(pc.greater(sorted_positions, position))


def _is_open(sorted_positions: pa.Int64Array, position: int) -> bool:
    return len(sorted_positions) > 0 and sorted_positions[-1].as_py() > position
