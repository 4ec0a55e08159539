"""What answers a question: DuckDB over some files of the lake, locked so that it can only read.

It sees one view, `events`. It opens these files and no other, reaches no network, changes no setting and writes nothing, not even
in its own memory. A question has limits of time, memory and rows.

What costs as much as a short question is done once for all questions about the same files, or not at all:

1. The engine is opened and locked once; each question has a connection and a transaction of its own, which only reads.
2. The columns are those of the newest file, when it has all of today's: nobody looks into the others before they are read.
3. A question that then meets a file of an earlier version without one of its columns is asked again over all columns of all
   files, for which each file is opened beforehand. Rows of such a file have no value (null) there.
"""

import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from hemostat.events import SCHEMA
from hemostat.kernel import BadInput, HemostatError, Home
from hemostat.lake.reader import DamagedLake, intact, standing, whole
from hemostat.lake.spool import Part

MOST_ROWS = 100_000
"""Rows that an answer may have."""

THREADS, MEMORY = 2, "400MB"
"""What a question may take of the machine."""

Value = str | int | float | bool | datetime | None
Values = Sequence[Value] | Mapping[str, Value]

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": THREADS,
    "memory_limit": MEMORY,
    "python_enable_replacements": False,  # a table name never reaches a variable of ours
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# A question looks into the head of each file more than once. GLOBAL: for all connections, not for this one only.
_SET = "SET GLOBAL parquet_metadata_cache = true; SET GLOBAL TimeZone = 'UTC'; SET GLOBAL temp_directory = ''"
_TELL = "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0"
_LOCK = "SET GLOBAL enable_external_access = false; SET GLOBAL lock_configuration = true"
_OF_FILES = (duckdb.IOException, duckdb.InvalidInputException, duckdb.FatalException, duckdb.InternalException)
"""What the engine raises when a file is not what it should be; wrong SQL raises others, for the most part."""

_ENDED = "It was ended before there was an answer."
_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)
_UNLIKE = "schema mismatch in glob"
_BATCH = 10_000  # rows that are taken at a time


class TooLong(HemostatError):
    """A question took longer than it may."""


class Ended(HemostatError):
    """Whoever asked a question put an end to it."""


class Asking:
    """A question on its way, for whoever waits for the answer: how far it is, and an end to it."""

    def __init__(self) -> None:
        self.is_ended = False
        self._connection: duckdb.DuckDBPyConnection | None = None

    def end(self) -> None:
        """The question is not answered any more, if it was not yet, and neither is the next."""
        self.is_ended = True
        connection = self._connection
        if connection:
            with suppress(duckdb.Error):  # it was answered, and is closed, in this moment
                connection.interrupt()

    def share(self) -> float | None:
        """How much of it is done, from 0 to 1, as the engine reckons; None when it does not know."""
        connection, done = self._connection, -1.0
        if connection:
            with suppress(duckdb.Error):  # same
                done = connection.query_progress()
        return min(done / 100, 1) if done >= 0 else None

    @contextmanager
    def begun(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """The question is asked on this connection. Raises `Ended` when it was ended before."""
        self._connection = connection
        try:
            if self.is_ended:
                raise Ended(_ENDED)
            yield
        finally:
            self._connection = None


class Engine:
    """Answers questions about `parts` of the lake of `home`, whose files are `paths`. Safe to share between threads.

    Raises `DamagedLake` when a file is not what was written.
    """

    def __init__(self, home: Home, parts: Sequence[Part], paths: Sequence[str]) -> None:
        self._home = home
        self._parts = parts
        self._paths = paths
        self._changing = threading.Lock()
        self._is_plain = bool(paths) and _has_all(paths[-1])
        self._db = duckdb.connect(":memory:", config=_CONFIG)
        try:
            self._db.execute(_SET)
            self._look()
            # A setting of one connection, and no connection can set anything later.
            self._telling: duckdb.DuckDBPyConnection | None = self._db.cursor()
            self._telling.execute(_TELL)
            self._db.execute("SET GLOBAL allowed_paths = $1", [paths])
            self._db.execute(_LOCK)
        except duckdb.Error as error:
            raise self._damage(error) or error from error

    def ask(self, sql: str, values: Values, *, seconds: float, asking: Asking | None = None) -> pa.Table:
        """The answer to one SELECT over the view `events`.

        asking: knows from now on how the question goes; only that of the engine's first question tells how much is done.

        Raises `BadInput` for anything else, for wrong SQL, with the place, and for an answer of more than `MOST_ROWS` rows;
        `TooLong` after so many seconds; `Ended`; `DamagedLake` when a file of the lake is not what was written.
        """
        asking = asking or Asking()
        with self._connected() as connection, asking.begun(connection), _within(seconds, connection):
            _only_reads(connection, sql)
            try:
                return self._told(connection, sql, values)
            except duckdb.InterruptException as error:
                if asking.is_ended:
                    raise Ended(_ENDED) from error
                raise TooLong(
                    f"The question took longer than {seconds:g} s.", advice="Narrow it by time or surface, or aggregate earlier."
                ) from error
            except duckdb.Error as error:
                raise self._damage(error) or _bad_sql(_located(connection, sql, values) or str(error)) from error

    def _connected(self) -> duckdb.DuckDBPyConnection:
        """A connection for one question."""
        with self._changing:
            found, self._telling = self._telling, None
        return found or self._db.cursor()

    def _told(self, connection: duckdb.DuckDBPyConnection, sql: str, values: Values) -> pa.Table:
        try:
            with _reading(connection):
                return _answer(connection, sql, values)
        except duckdb.InvalidInputException as error:
            if _UNLIKE not in str(error):
                raise
        with self._changing:
            self._is_plain = False
            self._look()
        with _reading(connection):
            return _answer(connection, sql, values)

    def _look(self) -> None:
        """The view is there."""
        if self._is_plain:
            *others, newest = self._paths
            told = f"FROM read_parquet({_listed([newest, *others])}, hive_partitioning = false)"
        else:
            self._db.register("_told", SCHEMA.empty_table())
            self._db.execute("CREATE TABLE IF NOT EXISTS no_events AS FROM _told")
            self._db.unregister("_told")
            told = "FROM no_events"
            if self._paths:
                all_columns = f"FROM read_parquet({_listed(self._paths)}, union_by_name = true, hive_partitioning = false)"
                told = f"{all_columns} UNION ALL BY NAME {told}"
        self._db.execute(f"CREATE OR REPLACE VIEW events AS {told}")

    def _damage(self, error: duckdb.Error) -> DamagedLake | None:
        """What is wrong with the lake, when it is a file that the engine complains of."""
        try:
            # What is missing could be a folder, thinks the engine, and looks for it where it may not.
            if isinstance(error, duckdb.PermissionException):
                paths_of(self._home, self._parts)
            elif isinstance(error, _OF_FILES):
                intact(self._home, self._parts)
        except DamagedLake as damaged:
            return damaged
        return None


def paths_of(home: Home, parts: Sequence[Part]) -> list[str]:
    """Where the files of the parts are that nobody gave up. Raises `DamagedLake` when one is missing or of another length."""
    lake, found = str(home.lake), []
    for part in standing(home, parts):
        path = f"{lake}/{part.path}"
        try:
            is_whole = os.stat(path).st_size == part.size  # noqa: PTH116  # there are thousands, and a Path costs more than the call
        except OSError:
            is_whole = False
        found.append(path if is_whole else str(whole(home.lake, part)))
    return found


def _has_all(path: str) -> bool:
    """Does the file have all columns of today, in a way that its head tells?"""
    try:
        return set(SCHEMA.names) <= set(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError):
        return False


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"


@contextmanager
def _within(seconds: float, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is asked within is interrupted after so many seconds."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _reading(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is asked within can write nothing, not even what `EXPLAIN ANALYZE` runs."""
    connection.execute("BEGIN TRANSACTION READ ONLY")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _only_reads(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Nothing, when `sql` is one statement that reads. The engine's lock holds without this; this says so in words."""
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise _bad_sql(str(error)) from error
    if len(statements) != 1 or statements[0].type not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
        raise BadInput("A question is one SELECT statement.", advice="The lake is read-only; the view is called `events`.")


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, values: Values) -> pa.Table:
    batches, rows = [], 0
    # Closed before the transaction ends: an open answer is still part of it.
    with connection.sql(sql, params=values).to_arrow_reader(_BATCH) as reader:
        for batch in reader:
            batches.append(batch)
            rows += batch.num_rows
            if rows > MOST_ROWS:
                raise BadInput(f"The answer has more than {MOST_ROWS:,} rows.", advice="Aggregate, or add a LIMIT.")
        return pa.Table.from_batches(batches, schema=reader.schema)


def _located(connection: duckdb.DuckDBPyConnection, sql: str, values: Values) -> str:
    """The engine's complaint with its place, which it tells only when it plans; "" when planning finds nothing wrong."""
    try:
        connection.execute(f"EXPLAIN {sql}", values)
    except duckdb.ParserException:
        return ""  # it explains already
    except duckdb.Error as error:
        return str(error)
    return ""


def _bad_sql(text: str) -> BadInput:
    found = _PLACE.search(text)
    place = ""
    if found:
        before = found[3].removeprefix(" " * len(f"LINE {found[1]}: "))
        shift = len("EXPLAIN ") if found[2].startswith("EXPLAIN ") else 0
        place = f" (line {found[1]}, column {len(before) - shift + 1})"
    return BadInput(f"{text.partition(chr(10))[0]}{place}", advice="`DESCRIBE events` shows the columns.")
