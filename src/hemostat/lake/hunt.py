"""Questions to the lake, in SQL, by people: DuckDB over the manifest's files, locked so that a question can only read.

The engine sees one view, `events`. It reaches no file but those of the lake, no network and no setting; a question
has a time and a memory limit.
"""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import overload

import duckdb
import msgspec
import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import BadInput, HemostatError, Home, NotFound, content, iso, parse_iso
from hemostat.lake.reader import DamagedLake, intact, standing, whole
from hemostat.lake.spool import Part, Spool
from hemostat.phi import Pseudonyms

MOST_ROWS = 100_000
"""Rows that an answer may have."""

Value = str | int | float | bool | datetime | None

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "400MB",
    "python_enable_replacements": False,  # a table name never reaches a variable of ours
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_LOCK = "SET temp_directory = ''; SET TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true"
_COMMENT = re.compile(r"--\s*(title|question|surface|parameter|identifier):\s*(.+)")
_IDENTIFIER = re.compile(r"(\w+)\s*\|\s*(actor|person|token|ip|resource)\s*\|\s*(.+)")
_MADE = r"_[a-z2-7]{16}"
_APP = re.compile(r"app-[0-9]{1,20}")
_PARAMETER = re.compile(r"(\w+)\s*\|\s*(\S*)\s*\|\s*(.+)")
_OF_FILES = (duckdb.IOException, duckdb.InvalidInputException, duckdb.FatalException, duckdb.InternalException)
"""What the engine raises when a file is not what it should be; wrong SQL raises others, for the most part."""

_PLACE = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)


class TooLong(HemostatError):
    """A question took longer than it may."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a saved question takes, as text, and what it means when it is left out.

    kind: of the identifier that it is, so that it only ever holds a pseudonym, or the number of an app; "" for other values.
    """

    name: str
    default: str
    meaning: str
    kind: str = ""


class SavedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A question worth keeping. `sha256` is that of `sql`, so that an answer can name the question exactly.

    surface: the surface that it is about, or "" for all.
    """

    name: str
    title: str
    question: str
    surface: str
    parameters: tuple[Parameter, ...]
    sql: str
    sha256: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the lake answered, and to which question with which values."""

    table: pa.Table
    sql: str
    sha256: str
    values: dict[str, str]


class Hunt:
    """Questions to the lake of `home`. Each question sees the lake as the manifest is when it is asked."""

    def __init__(self, home: Home, *, seconds: float = 30.0) -> None:
        self._home = home
        self._seconds = seconds

    def query(
        self,
        sql: str,
        params: Sequence[Value] | Mapping[str, Value] = (),
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pa.Table:
        """The answer to one SELECT over the view `events`.

        since, until: the question is about events of this period only; files that hold none of it are not opened.

        Raises `BadInput` for anything else and for wrong SQL, with the place; `TooLong` after the time limit;
        `DamagedLake` when a file of the lake is not what was written.
        """
        parts = self._parts(since, until)
        with self._engine(parts) as engine:
            _only_reads(engine, sql)
            timer = threading.Timer(self._seconds, engine.interrupt)
            timer.start()
            try:
                return _answer(engine, sql, params)
            except duckdb.InterruptException as error:
                raise TooLong(
                    f"The question took longer than {self._seconds:g} s.",
                    advice="Narrow it by time or surface, or aggregate earlier.",
                ) from error
            except duckdb.Error as error:
                raise self._damage(error, parts) or _bad_sql(_located(engine, sql, params) or str(error)) from error
            finally:
                timer.cancel()

    def run(self, name: str, **values: str | datetime) -> Answer:
        """The answer to a saved question. Values that are left out have their defaults.

        Raises `NotFound` for an unknown question, `BadInput` for an unknown value and for an identifier that is no pseudonym,
        and what `query` raises.
        """
        saved = self.saved(name)
        known = {parameter.name: parameter.default for parameter in saved.parameters}
        if unknown := sorted(values.keys() - known.keys()):
            raise BadInput(
                f"The saved question {name!r} takes no {', '.join(unknown)}.",
                advice=f"It takes: {', '.join(known) or 'nothing'}.",
            )
        given = known | {key: iso(value) if isinstance(value, datetime) else str(value) for key, value in values.items()}
        for parameter in saved.parameters:
            if parameter.kind and not _is_made(parameter.kind, given[parameter.name]):
                raise BadInput(
                    f"The value {parameter.name!r} of {name!r} is an identifier: only its pseudonym may stand here.",
                    advice=f"Type it on the page, or let `--identify {parameter.name}` ask for it.",
                )
        since, until = (_moment_or_none(given.get(word, "")) for word in ("since", "until"))
        table = self.query(saved.sql, given, since=since, until=until)
        return Answer(table=table, sql=saved.sql, sha256=saved.sha256, values=given)

    def pseudonym(self, kind: str, typed: str) -> str:
        """What stands in the lake for an identifier that a person typed; a pseudonym, or the number of an app, is itself."""
        word = typed.strip()
        if _is_made(kind, word):
            return word
        key = self._home.keyring(self._home.settings()).secret("pseudonym")
        return Pseudonyms(key).of(kind, word.lower() if "@" in word else word)

    @overload
    def saved(self) -> list[SavedQuery]: ...

    @overload
    def saved(self, name: str) -> SavedQuery: ...

    def saved(self, name: str | None = None) -> list[SavedQuery] | SavedQuery:
        """The saved question of this name, or all of them, by name.

        Raises `NotFound` for an unknown name, `BadInput` for a file whose front comments are incomplete.
        """
        found = {path.stem: path for path in sorted(content("hunts").glob("*.sql"))}
        if name is None:
            return [saved_query(path) for path in found.values()]
        if name not in found:
            raise NotFound(f"There is no saved question {name!r}.", advice="`hemostat hunt --list` shows those that there are.")
        return saved_query(found[name])

    def _parts(self, since: datetime | None, until: datetime | None) -> list[Part]:
        settings = self._home.settings()
        key = self._home.keyring(settings).secret("spool")
        spool = Spool(self._home.spool, key=key, limit=settings.intake.spool_limit)
        try:
            return spool.parts(since=since, until=until)
        finally:
            spool.close()

    @contextlib.contextmanager
    def _engine(self, parts: Sequence[Part]) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(":memory:", config=_CONFIG) as engine:
            # Its own reader passes over what cannot fit; it may open these files and nothing else.
            paths = [str(whole(self._home.lake, part)) for part in standing(self._home, parts)]
            engine.register("no_events", SCHEMA.empty_table())
            # A question looks into the head of each file more than once.
            engine.execute("SET parquet_metadata_cache = true")
            try:
                engine.execute(f"CREATE VIEW events AS {_view(paths)}")
            except duckdb.Error as error:
                raise self._damage(error, parts) or error from error
            engine.execute("SET allowed_paths = $1", [paths])
            engine.execute(_LOCK)
            yield engine

    def _damage(self, error: duckdb.Error, parts: Sequence[Part]) -> DamagedLake | None:
        """What is wrong with the lake, when it is a file that the engine complains of."""
        if isinstance(error, _OF_FILES):
            try:
                intact(self._home, parts)
            except DamagedLake as damaged:
                return damaged
        return None


def _view(paths: Sequence[str]) -> str:
    """The events of some files, with all columns of today, also those that a file of an earlier version lacks."""
    if not paths:
        return "FROM no_events"
    names = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    told = f"SELECT * FROM read_parquet([{names}], union_by_name = true, hive_partitioning = false)"  # noqa: S608  # files of ours
    return f"{told} UNION ALL BY NAME FROM no_events"


def _only_reads(engine: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Nothing, when `sql` is one statement that reads. The engine's lock holds without this; this says so in words."""
    try:
        statements = engine.extract_statements(sql)
    except duckdb.Error as error:
        raise _bad_sql(str(error)) from error
    if len(statements) != 1 or statements[0].type not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
        raise BadInput("A question is one SELECT statement.", advice="The lake is read-only; the view is called `events`.")


def _answer(engine: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Value] | Mapping[str, Value]) -> pa.Table:
    reader = engine.sql(sql, params=params).to_arrow_reader(10_000)
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows > MOST_ROWS:
            raise BadInput(f"The answer has more than {MOST_ROWS:,} rows.", advice="Aggregate, or add a LIMIT.")
    return pa.Table.from_batches(batches, schema=reader.schema)


def _located(engine: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Value] | Mapping[str, Value]) -> str:
    """The engine's complaint with its place, which it tells only when it plans; "" when planning finds nothing wrong."""
    try:
        engine.execute(f"EXPLAIN {sql}", params)
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


def saved_query(path: Path) -> SavedQuery:
    """The saved question in a file. Raises `BadInput` when its front comments are incomplete."""
    sql = path.read_text(encoding="utf-8")
    front: dict[str, list[str]] = {"title": [], "question": [], "surface": [], "parameter": [], "identifier": []}
    for line in sql.splitlines():
        if found := _COMMENT.fullmatch(line):
            front[found[1]].append(found[2])
    if not front["title"] or not front["question"]:
        raise BadInput(
            f"The saved question {path.name} has no title or no question.", advice="Add `-- title:` and `-- question:`."
        )
    return SavedQuery(
        name=path.stem,
        title=front["title"][0],
        question=" ".join(front["question"]),
        surface=next(iter(front["surface"]), ""),
        parameters=(
            *(_identifier(path, text) for text in front["identifier"]),
            *(_parameter(path, text) for text in front["parameter"]),
        ),
        sql=sql,
        sha256=hashlib.sha256(sql.encode()).hexdigest(),
    )


def _parameter(path: Path, text: str) -> Parameter:
    if found := _PARAMETER.fullmatch(text):
        return Parameter(name=found[1], default=found[2], meaning=found[3])
    raise BadInput(
        f"The saved question {path.name} has an unreadable parameter.", advice="Write `-- parameter: name | default | meaning`."
    )


def _identifier(path: Path, text: str) -> Parameter:
    if found := _IDENTIFIER.fullmatch(text):
        return Parameter(name=found[1], default="", meaning=found[3], kind=found[2])
    raise BadInput(
        f"The saved question {path.name} has an unreadable identifier.", advice="Write `-- identifier: name | kind | meaning`."
    )


def _is_made(kind: str, word: str) -> bool:
    """Is this a pseudonym of its kind, nothing, or the number of an app?"""
    return not word or re.fullmatch(kind + _MADE, word) is not None or (kind == "actor" and _APP.fullmatch(word) is not None)


def _moment_or_none(text: str) -> datetime | None:
    """The moment, to look only at files that can hold it; None when it is none, which the question itself complains of."""
    try:
        return parse_iso(text)
    except (BadInput, OverflowError):
        return None
