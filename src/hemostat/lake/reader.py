"""Events out of the lake: only files that the manifest names, and only when they are whole."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import HemostatError, Home
from hemostat.lake.spool import Part

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
    """The rows of these parts, part after part, with all columns or those asked for. Raises `DamagedLake`.

    A column that a part does not have, since it was written before there was one, has no value (null) in its rows: not known.
    """
    wanted = SCHEMA if columns is None else pa.schema([SCHEMA.field(name) for name in columns])
    tables = [_table(home.lake, part, wanted) for part in standing(home, parts)]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


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
    with undamaged(part):
        # One file, no partition columns from its folders' names: the columns are in the file.
        file = pq.ParquetFile(path)
        told = set(file.schema_arrow.names)
        table = file.read(columns=[name for name in schema.names if name in told])
        columns = [table[name] if name in told else pa.nulls(part.rows, schema.field(name).type) for name in schema.names]
        return pa.table(columns, names=schema.names).cast(schema)


@contextmanager
def undamaged(part: Part) -> Iterator[None]:
    """What is read within is what was written. Raises `DamagedLake` when it cannot be read."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedLake(part.path, "was changed after it was written") from error
