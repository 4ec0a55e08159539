"""Questions to the lake, in SQL, by people: DuckDB over the manifest's files, locked so that a question can only read.

`engine.py` answers; here is what is asked, by whom it is not known, and about which files.
"""

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import overload

import msgspec
import pyarrow as pa

from hemostat.kernel import BadInput, Home, NotFound, content, iso, parse_iso
from hemostat.lake.engine import MOST_ROWS, Asking, Ended, Engine, TooLong, Value, paths_of
from hemostat.lake.spool import Part, Spool
from hemostat.phi import Pseudonyms

__all__ = [
    "MOST_ROWS",
    "Answer",
    "Asking",
    "Ended",
    "Hunt",
    "Parameter",
    "SavedQuery",
    "Searched",
    "TooLong",
    "Value",
    "saved_query",
]

_COMMENT = re.compile(r"--\s*(title|question|surface|parameter|identifier|column|bars|course):\s*(.+)")
_IDENTIFIER = re.compile(r"(\w+)\s*\|\s*(actor|person|token|ip|resource)\s*\|\s*(.+)")
_MADE = r"_[a-z2-7]{16}"
_APP = re.compile(r"app-[0-9]{1,20}")
_COLUMN = re.compile(r"(\w+)\s*\|\s*(.+)")
_PARAMETER = re.compile(r"(\w+)\s*\|\s*(\S*)\s*\|\s*(.+)")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a saved question takes, as text, and what it means when it is left out.

    kind: of the identifier that it is, so that it only ever holds a pseudonym, or the number of an app; "" for other values.
    """

    name: str
    default: str
    meaning: str
    kind: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the answer, and what it means."""

    name: str
    meaning: str


class SavedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A question worth keeping. `sha256` is that of `sql`, so that an answer can name the question exactly.

    surface: the surface that it is about, or "" for all. columns: what those of the answer mean, as far as somebody said.
    bars: the column that a picture shows as bars, and those of which the first that is not empty names each bar; () for none.
    course: the column that a picture shows over time, and that of the time; () for none.
    """

    name: str
    title: str
    question: str
    surface: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Shown, ...]
    bars: tuple[str, ...]
    course: tuple[str, ...]
    sql: str
    sha256: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the lake answered, and to which question with which values."""

    table: pa.Table
    sql: str
    sha256: str
    values: dict[str, str]


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer was looked for: files and their events, and when the first and the last of these happened, if any did."""

    files: int
    events: int
    first: datetime | None
    last: datetime | None


class Hunt:
    """Questions to the lake of `home`. Each question sees the lake as the manifest is when it is asked.

    seconds: that a question may take. asking: for somebody who waits and may put an end to all of them.
    """

    def __init__(self, home: Home, *, seconds: float = 30.0, asking: Asking | None = None) -> None:
        self._home = home
        self._seconds = seconds
        self._asking = asking
        self._lock = threading.Lock()
        self._last: tuple[list[str], Engine] | None = None

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

        Raises `BadInput` for anything else and for wrong SQL, with the place; `TooLong` after the time limit; `Ended`;
        `DamagedLake` when a file of the lake is not what was written.
        """
        return self._engine(self._parts(since, until)).ask(sql, params, seconds=self._seconds, asking=self._asking)

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
        since, until = _period(given)
        table = self.query(saved.sql, given, since=since, until=until)
        return Answer(table=table, sql=saved.sql, sha256=saved.sha256, values=given)

    def searched(self, values: Mapping[str, str]) -> Searched:
        """Where a question with these values looks for its answer: in the files that can hold events of its period."""
        parts = self._parts(*_period(values))
        return Searched(
            files=len(parts),
            events=sum(part.rows for part in parts),
            first=min((part.first_time for part in parts), default=None),
            last=max((part.last_time for part in parts), default=None),
        )

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

    def _engine(self, parts: Sequence[Part]) -> Engine:
        """The engine for these parts: that of the last question when it was about the same files, which are still whole."""
        paths = paths_of(self._home, parts)
        with self._lock:
            if self._last is None or self._last[0] != paths:
                self._last = (paths, Engine(self._home, parts, paths))
            return self._last[1]


def saved_query(path: Path) -> SavedQuery:
    """The saved question in a file. Raises `BadInput` when its front comments are incomplete."""
    sql = path.read_text(encoding="utf-8")
    front = defaultdict[str, list[str]](list)
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
        columns=tuple(_column(path, text) for text in front["column"]),
        bars=_drawn(path, front["bars"], least=2, most=9),
        course=_drawn(path, front["course"], least=2, most=2),
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


def _column(path: Path, text: str) -> Shown:
    if found := _COLUMN.fullmatch(text):
        return Shown(name=found[1], meaning=found[2])
    raise BadInput(f"The saved question {path.name} has an unreadable column.", advice="Write `-- column: name | meaning`.")


def _drawn(path: Path, told: Sequence[str], *, least: int, most: int) -> tuple[str, ...]:
    """The columns that a picture shows; () when there is none to be drawn."""
    names = tuple(" ".join(told).split())
    if names and not least <= len(names) <= most:
        raise BadInput(
            f"The saved question {path.name} has an unreadable picture.",
            advice="Write `-- bars: value label`, or `-- course: value time`.",
        )
    return names


def _is_made(kind: str, word: str) -> bool:
    """Is this a pseudonym of its kind, nothing, or the number of an app?"""
    return not word or re.fullmatch(kind + _MADE, word) is not None or (kind == "actor" and _APP.fullmatch(word) is not None)


def _period(values: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """The first moment and the one after the last, as far as the values say."""
    return _moment_or_none(values.get("since", "")), _moment_or_none(values.get("until", ""))


def _moment_or_none(text: str) -> datetime | None:
    """The moment, to look only at files that can hold it; None when it is none, which the question itself complains of."""
    try:
        return parse_iso(text)
    except (BadInput, OverflowError):
        return None
