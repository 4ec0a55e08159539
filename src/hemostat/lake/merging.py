"""The rows of many parts as one, in little memory: what compaction writes as one file.

They are read column by column, and words that come again are held once, as dictionaries: a third of what whole rows take.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake.reader import standing, undamaged, whole
from hemostat.lake.spool import Part
from hemostat.lake.writer import WORDS, encoded

File = tuple[Part, pq.ParquetFile]

_HELD_ONCE = pa.dictionary(pa.int32(), pa.string())


def in_order(home: Home, parts: Sequence[Part]) -> pa.Table:
    """All rows of these parts in the order of time, with all their columns, also those that only another release knows.

    Where a part does not have a column, its rows have no value (null). Raises `DamagedLake`.
    """
    with ExitStack() as held:
        files = [(part, held.enter_context(_opened(home.lake, part))) for part in standing(home, parts)]
        keys = pa.table({name: _column(files, SCHEMA.field(name)) for name in ("time", "event_id")})
        order = pc.sort_indices(keys, sort_keys=[("time", "ascending"), ("event_id", "ascending")])
        del keys
        pa.default_memory_pool().release_unused()  # what sorting took, before the columns take theirs
        fields = [*SCHEMA, *_others(files)]
        return pa.table([_ordered(files, field, order) for field in fields], names=[field.name for field in fields])


def _opened(lake: Path, part: Part) -> pq.ParquetFile:
    path = whole(lake, part)
    with undamaged(part):
        told = pq.read_metadata(path)
        words = [name for name in told.schema.to_arrow_schema().names if name in WORDS]
        return pq.ParquetFile(path, metadata=told, read_dictionary=words, pre_buffer=False)


def _others(files: Sequence[File]) -> list[pa.Field]:
    """Columns of the files that are none of ours, by name."""
    found = {field.name: field for _, file in files for field in file.schema_arrow if field.name not in SCHEMA.names}
    return [found[name] for name in sorted(found)]


def _ordered(files: Sequence[File], field: pa.Field, order: pa.Array) -> pa.Array:
    return encoded(field.name, _column(files, field).take(order))


def _column(files: Sequence[File], field: pa.Field) -> pa.ChunkedArray:
    """One column of all files."""
    wanted = _HELD_ONCE if field.name in WORDS else field.type
    chunks: list[pa.Array] = []
    for part, file in files:
        if field.name not in file.schema_arrow.names:
            chunks.append(pa.nulls(part.rows, wanted))
            continue
        with undamaged(part):
            told = file.read(columns=[field.name], use_threads=False)[field.name]
            chunks += (told if told.type == wanted else told.cast(wanted)).chunks
    column = pa.chunked_array(chunks, wanted)
    return pa.table({field.name: column}).unify_dictionaries()[field.name]
