"""Rows to Parquet files, by day and source, each written once.

The names depend on the batch alone and the bytes on the rows alone: after a crash the same rows end up in the same files.
"""

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hemostat.lake.spool import Part

_LEVEL = 3  # zstd: the knee of size against time
_GROUP = 250_000  # rows


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
    name = f"batch-{batch:012d}.parquet" if first in (None, batch) else f"batch-{first:012d}-{batch:012d}.parquet"
    days = pc.cast(pc.floor_temporal(table["time"], unit="day"), pa.date32())
    table = table.append_column("day", days).sort_by(
        [("day", "ascending"), ("source", "ascending"), ("time", "ascending"), ("event_id", "ascending")]
    )
    counts = table.group_by(["day", "source"], use_threads=False).aggregate([([], "count_all")])
    files = sorted(zip(*(counts[name].to_pylist() for name in ("day", "source", "count_all")), strict=True))
    rows, start = table.drop_columns("day"), 0
    built = []
    for day, source, count in files:
        folder = f"day={day.isoformat()}/source={quote(source, safe='')}"
        built.append(_part(f"{folder}/{name}", batch, day, source, rows.slice(start, count)))
        start += count
    return built


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


def _part(path: str, batch: int, day: date, source: str, rows: pa.Table) -> tuple[Part, bytes]:
    sink = pa.BufferOutputStream()
    # Without the Arrow schema inside, other engines read plain strings (Spark Connect servers refuse dictionary types).
    pq.write_table(rows, sink, compression="zstd", compression_level=_LEVEL, row_group_size=_GROUP, store_schema=False)
    content = sink.getvalue().to_pybytes()
    times = rows["time"]
    part = Part(
        batch=batch,
        path=path,
        source=source,
        day=day.isoformat(),
        rows=rows.num_rows,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        first_time=times[0].as_py(),
        last_time=times[-1].as_py(),
    )
    return part, content


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
