"""Events out of the lake: only files that the manifest names, and only when they are whole."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import HemostatError, Home
from hemostat.lake.spool import Part

if TYPE_CHECKING:
    from pyarrow.dataset import Dataset

LOST = "lost.json"
"""File in the lake that lists the parts which a person gave up with `hemostat lake repair --accept-loss`."""


class DamagedLake(HemostatError):
    """A file of the lake is not what was written: `path` names it, within the lake."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(
            f"The lake file {path} {what}.", advice="Run `hemostat lake repair`: it writes the file again from the spool."
        )
        self.path = path


def read(home: Home, parts: Sequence[Part], *, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of these parts, part after part, with all columns or those asked for. Raises `DamagedLake`."""
    wanted = SCHEMA if columns is None else pa.schema([SCHEMA.field(name) for name in columns])
    tables = [_table(home.lake, part, wanted) for part in standing(home, parts)]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


def dataset(home: Home, parts: Sequence[Part]) -> "Dataset":
    """The rows of these parts as a dataset that engines scan lazily.

    Raises `DamagedLake` when a file is missing or has another length than was written.
    """
    import pyarrow.dataset as ds  # noqa: PLC0415  # seven megabytes that only questions need

    paths = [str(whole(home.lake, part)) for part in standing(home, parts)]
    return ds.dataset(paths, schema=SCHEMA, format="parquet")


def whole(lake: Path, part: Part) -> Path:
    """Where the part's file is. Raises `DamagedLake` when it is missing or has another length than was written."""
    path = lake / part.path
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DamagedLake(part.path, "is missing") from error
    if size != part.size:
        raise DamagedLake(part.path, f"has {size:,} bytes, {part.size:,} were written")
    return path


def intact(home: Home, parts: Sequence[Part]) -> None:
    """Nothing, when every file is byte for byte what was written. Raises `DamagedLake` for the first that is not."""
    for part in standing(home, parts):
        unchanged(home.lake, part)


def unchanged(lake: Path, part: Part) -> None:
    """Nothing, when the part's file is byte for byte what was written. Raises `DamagedLake`."""
    with whole(lake, part).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
            raise DamagedLake(part.path, "was changed after it was written")


def standing(home: Home, parts: Sequence[Part]) -> list[Part]:
    """The parts without those that a person gave up."""
    lost = given_up(home)
    return [part for part in parts if part.path not in lost]


def given_up(home: Home) -> frozenset[str]:
    """Paths of the parts that a person gave up, within the lake."""
    path = home.lake / LOST
    return frozenset(msgspec.json.decode(path.read_bytes(), type=list[str])) if path.exists() else frozenset()


def _table(lake: Path, part: Part, schema: pa.Schema) -> pa.Table:
    path = whole(lake, part)
    try:
        # One file, no partition columns from its folders' names: the columns are in the file.
        return pq.ParquetFile(path).read(columns=schema.names).cast(schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedLake(part.path, "was changed after it was written") from error
