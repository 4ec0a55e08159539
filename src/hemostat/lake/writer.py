"""Rows to Parquet files, by day and source, each written once.

The names depend on the batch alone and the bytes on the rows alone: after a crash the same rows end up in the same files.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.lake.spool import Part

_LEVEL = 1  # zstd: what is left after the encodings hardly shrinks at higher levels, and text of chance digits even grows
_GROUP = 250_000  # rows
_ENCODINGS = {
    # Numbers that count on, in the order of time.
    "event_id": "DELTA_BYTE_ARRAY",
    "time": "DELTA_BINARY_PACKED",
    "learnt": "DELTA_BINARY_PACKED",
    # Words of chance digits that never come again: their lengths apart, a digit takes no more than its bits.
    "request_id": "DELTA_LENGTH_BYTE_ARRAY",
    "raw_mac": "DELTA_LENGTH_BYTE_ARRAY",
    "bytes": "PLAIN",
}
"""Encodings (Parquet format, Encodings.md) of the columns for which a dictionary costs more than it saves; others have one."""

WORDS = frozenset(field.name for field in SCHEMA if pa.types.is_string(field.type)) - _ENCODINGS.keys()
"""Columns of words that come again."""

_ORDER = ("source", "time", "event_id")
"""Columns by which the rows of a day are in order."""

_DICTIONARY = 16_000_000  # bytes of the words of a column
_FEW = 127  # words that a byte tells apart
_STATISTICS = ["time", "learnt", "event_id"]
"""Columns whose least and greatest values stand in the file, for engines that pass over what cannot fit."""


def write(lake: Path, *, batch: int, table: pa.Table) -> list[Part]:
    """Every row of `table` is on disk in one file per day and source; the parts describe the files, in order of their paths."""
    parts = []
    for part, content in parts_of(batch=batch, table=table):
        keep(lake / part.path, content)
        parts.append(part)
    return parts


def parts_of(*, batch: int, table: pa.Table, first: int | None = None) -> list[tuple[Part, bytes]]:
    """The files of a batch, or of the batches from `first` on, not yet written: what the manifest says of each, and its bytes.

    Rows are sorted by time.
    """
    days = pc.cast(pc.floor_temporal(table["time"], unit="day"), pa.date32())
    keys = pa.table({"day": days, **{name: table[name] for name in _ORDER}})
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    counts = keys.group_by(["day", "source"], use_threads=False).aggregate([([], "count_all")])
    files = sorted(zip(*(counts[name].to_pylist() for name in ("day", "source", "count_all")), strict=True))
    each = _apart(table, order, [count for *_, count in files])
    return [
        part_of(batch=batch, first=first, day=day.isoformat(), source=source, rows=rows)
        for (day, source, _), rows in zip(files, each, strict=True)
    ]


def _apart(table: pa.Table, order: pa.Array, counts: Sequence[int]) -> list[pa.Table]:
    """The rows in this order, so many in each table.

    Column by column, with its words held once: whole rows are not in memory a second time.
    """
    starts = list(accumulate(counts, initial=0))[:-1]
    columns: list[list[pa.Array]] = [[] for _ in counts]
    for name in table.column_names:
        column = _whole(table[name]).take(order)
        for own, start, count in zip(columns, starts, counts, strict=True):
            own.append(encoded(name, column.slice(start, count)))
    return [pa.table(own, names=table.column_names) for own in columns]


def part_of(*, batch: int, first: int | None, day: str, source: str, rows: pa.Table) -> tuple[Part, bytes]:
    """The file of rows of one day and source, which are in the order of time: what the manifest says of it, and its bytes.

    The bytes depend on the rows alone: not on how they lie in memory, with each word or with words that come again held once.
    """
    name = f"batch-{batch:012d}.parquet" if first in (None, batch) else f"batch-{first:012d}-{batch:012d}.parquet"
    sink = pa.BufferOutputStream()
    pq.write_table(
        _encoded(rows),
        sink,
        compression="zstd",
        compression_level=_LEVEL,
        row_group_size=_GROUP,
        use_dictionary=[path for path in _paths(rows.schema) if path not in _ENCODINGS],
        column_encoding=_ENCODINGS,
        dictionary_pagesize_limit=_DICTIONARY,
        write_statistics=_STATISTICS,
        # Without the Arrow schema inside, other engines read plain strings (Spark Connect servers refuse dictionary types).
        store_schema=False,
    )
    content = sink.getvalue().to_pybytes()
    times = rows["time"]
    part = Part(
        batch=batch,
        path=f"day={day}/source={quote(source, safe='')}/{name}",
        source=source,
        day=day,
        rows=rows.num_rows,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        first_time=times[0].as_py(),
        last_time=times[-1].as_py(),
    )
    return part, content


def _paths(schema: pa.Schema) -> list[str]:
    """What Parquet calls each column."""
    return [f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema]


def _encoded(rows: pa.Table) -> pa.Table:
    """The rows with the words of each column that has such held once, in the order in which they come."""
    return pa.table([encoded(name, rows[name]) for name in rows.column_names], names=rows.column_names)


def encoded(name: str, column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column of this name in one piece, with the words held once when it has such."""
    return _narrow(_held_once(_whole(column))) if name in WORDS else _whole(column)


def _held_once(whole: pa.Array) -> pa.DictionaryArray:
    """The column with each of its words once, in the order in which they come, and nothing else that could show in a file."""
    if not pa.types.is_dictionary(whole.type):
        return whole.dictionary_encode()
    used = pc.drop_null(pc.unique(whole.indices))
    if used.equals(pa.array(range(len(whole.dictionary)), used.type)):
        return whole
    return pa.DictionaryArray.from_arrays(pc.index_in(whole.indices, value_set=used), whole.dictionary.take(used))


def _narrow(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same with a byte for each row where that is enough, as for most columns; the file is the same, the memory a quarter."""
    if len(column.dictionary) > _FEW:
        return column
    return pa.DictionaryArray.from_arrays(column.indices.cast(pa.int8()), column.dictionary)


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column in one piece, which is not copied when it is that already."""
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def batches(part: Part) -> tuple[int, int]:
    """The first and the last batch whose rows the part holds, as its name says."""
    numbers = [int(number) for number in re.findall(r"\d{12}", part.path.rpartition("/")[2])]
    return numbers[0], numbers[-1]


def keep(path: Path, content: bytes) -> None:
    """The file holds `content`, also when the power goes; before that it does not exist, or holds what it held."""
    made = _missing_folders(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    for folder in (path.parent, *(folder.parent for folder in made)):
        _sync_folder(folder)


def drop(path: Path) -> None:
    """The file is gone, with its draft, also when the power goes."""
    if path.parent.exists():
        for one in (path, _draft(path)):
            one.unlink(missing_ok=True)
        _sync_folder(path.parent)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.draft")


def _missing_folders(folder: Path) -> list[Path]:
    """The folder and those above it that do not exist yet."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
