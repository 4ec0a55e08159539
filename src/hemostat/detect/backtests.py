"""Back-tests that people asked for on the page: the worker runs them one at a time, in short turns, with progress on record.

What a worker had found is in its memory: when it ends in between, the next one begins the back-test anew, and the record says so.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from hemostat.kernel import BadInput, HemostatError, Home, NotFound, from_micros, to_micros
from hemostat.lake.health import database
from hemostat.lake.spool import Spool

from .backtest import Known
from .rules import RuleSet
from .trials import Report, Trial, Version, name_of, reach, rules_of

MOST_WAITING, MOST_KEPT, MOST_BEGUN = 5, 50, 3
"""Back-tests that wait or run, results that are kept, and how often one is begun before it is given up."""

WINDOW_ROWS = 250_000
"""Rows that the windows of one version hold at most: an eighth of what detection has, so that turns and memory stay small."""

TURN = 0.2
"""Seconds of one turn, after which others have theirs; a turn that opens a large file takes longer."""

_NOTED = 1.0  # seconds between two notes of how far it is

_TABLES = """
CREATE TABLE IF NOT EXISTS back_tests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    asked TEXT NOT NULL,                    -- versions and period, as JSON
    kept TEXT NOT NULL,                     -- the same without patient data, which takes its place at the end
    names TEXT NOT NULL,                    -- of the versions, as JSON
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,              -- this and all moments: microseconds since 1970
    begun INTEGER NOT NULL DEFAULT 0,       -- how often
    share REAL NOT NULL DEFAULT 0,          -- that is done, from 0 to 1
    stopped_by TEXT NOT NULL DEFAULT '',
    ended_at INTEGER,
    fault TEXT NOT NULL DEFAULT '',         -- why there is no result, in words of ours
    report TEXT                             -- as JSON
);
"""
_OLDEST = "SELECT min(number) FROM back_tests WHERE ended_at IS NULL"
_OLDEST = "SELECT min(number) FROM back_tests WHERE ended_at IS NULL"
_COLUMNS = "number, asked, names, asked_by, asked_at, begun, share, stopped_by, ended_at, fault, report"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a back-test is to try: one version of rules, or two, over a period."""

    versions: tuple[Version, ...]
    since: datetime
    until: datetime


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One back-test: `share` of it is done, from 0 to 1; it was begun so often.

    names: what people call the versions. fault: why there is no report, "" else.
    """

    number: int
    asked: Asked
    names: tuple[str, ...]
    asked_by: str
    asked_at: datetime
    begun: int
    share: float
    stopped_by: str
    ended_at: datetime | None
    fault: str
    report: Report | None

    @property
    def state(self) -> Literal["waiting", "running", "stopped", "failed", "done"]:
        """Where it stands."""
        if self.ended_at is None:
            return "running" if self.begun else "waiting"
        if self.report is not None:
            return "done"
        return "stopped" if self.stopped_by else "failed"


def backtest_asked(
    home: Home,
    spool: Spool,
    asked: Asked,
    *,
    rules: RuleSet,
    masked: Callable[[str], str],
    by: str,
    now: datetime,
) -> int:
    """The worker will do it, under this number. What was typed stays only until it has ended; then it is as `masked` makes it.

    Raises `BadInput` and `NotFound` for what cannot be tried, as `rules_of` and `reach` do, and when too many wait.
    """
    names = [name_of(version, rules_of(version, rules, masked=masked)) for version in asked.versions]
    safe = [msgspec.structs.replace(version, text=masked(version.text)) for version in asked.versions]
    kept = msgspec.structs.replace(asked, versions=tuple(safe))
    reach(spool, asked.since, asked.until)
    with database(home, _TABLES) as db:
        sql = (
            "INSERT INTO back_tests (asked, kept, names, asked_by, asked_at)"
            " SELECT ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM back_tests WHERE ended_at IS NULL) < ? RETURNING number"
        )
        told = (msgspec.json.encode(one).decode() for one in (asked, kept, names))
        row = db.execute(sql, (*told, by, to_micros(now), MOST_WAITING)).fetchone()
    if row is None:
        raise BadInput(f"{MOST_WAITING} back-tests wait already.", advice="Stop one of them, or ask again when one has ended.")
    return int(row[0])


def backtest_stop(home: Home, number: int, *, by: str, now: datetime) -> bool:
    """The back-test ends without a result; False when it had ended before."""
    with database(home, _TABLES) as db:
        sql = "UPDATE back_tests SET stopped_by = ?, ended_at = ?, asked = kept WHERE number = ? AND ended_at IS NULL"
        return db.execute(sql, (by, to_micros(now), number)).rowcount == 1


def backtests(home: Home) -> list[Record]:
    """All that are on record, the newest first."""
    with database(home, _TABLES) as db:
        return [_record(row) for row in db.execute(f"SELECT {_COLUMNS} FROM back_tests ORDER BY number DESC")]  # noqa: S608  # fixed words


def backtest(home: Home, number: int) -> Record:
    """The back-test of this number. Raises `NotFound`."""
    with database(home, _TABLES) as db:
        row = db.execute(f"SELECT {_COLUMNS} FROM back_tests WHERE number = ?", (number,)).fetchone()  # noqa: S608  # fixed words
    if row is None:
        raise NotFound(f"There is no back-test {number}.", advice="The newest fifty are kept.")
    return _record(row)


class Running:
    """The back-test that the worker is at."""

    def __init__(self, home: Home, number: int, trial: Trial, *, clock: Callable[[], float]) -> None:
        self.number = number
        self.trial = trial
        self._home = home
        self._clock = clock
        self._noted: float | None = None
        self._fault = ""

    def turn(self) -> bool:
        """It went on for one turn; False when there is no more to do: then `end` it."""
        if (self._noted is None or self._clock() - self._noted >= _NOTED) and not self._note():
            return False
        try:
            return self.trial.turn(TURN)
        except HemostatError as error:
            self._fault = f"{error} {error.advice()}".strip()
            return False

    def end(self, known: Iterable[Known], *, now: datetime) -> None:
        """Its result is on record, or why there is none; what was stopped stays as it was. Old results are gone."""
        report = None if self._fault else msgspec.json.encode(self.trial.report(known)).decode()
        self.close()
        with database(self._home, _TABLES) as db:
            sql = (
                "UPDATE back_tests SET ended_at = ?, asked = kept, share = 1, fault = ?, report = ?"
                " WHERE number = ? AND ended_at IS NULL"
            )
            db.execute(sql, (to_micros(now), self._fault, report, self.number))
            db.execute("DELETE FROM back_tests WHERE ended_at IS NOT NULL AND number <= ?", (self.number - MOST_KEPT,))

    def close(self) -> None:
        """The memory is given back."""
        self.trial.close()

    def _note(self) -> bool:
        """How far it is is on record; False when somebody stopped it."""
        self._noted = self._clock()
        with database(self._home, _TABLES) as db:
            sql = "UPDATE back_tests SET share = ? WHERE number = ? AND ended_at IS NULL"
            return db.execute(sql, (self.trial.share, self.number)).rowcount == 1


def backtest_next(
    home: Home,
    spool: Spool,
    *,
    rules: RuleSet,
    masked: Callable[[str], str],
    clock: Callable[[], float],
    now: datetime,
) -> Running | None:
    """The oldest back-test that has not ended is begun, or begun anew; None when none waits, or the oldest cannot be run."""
    with database(home, _TABLES) as db:
        sql = f"UPDATE back_tests SET begun = begun + 1, share = 0 WHERE number = ({_OLDEST}) RETURNING {_COLUMNS}"  # noqa: S608  # fixed words
        row = db.execute(sql).fetchone()
        if row is None:
            return None
        record = _record(row)
        try:
            if record.begun > MOST_BEGUN:
                raise BadInput(
                    f"It was begun {MOST_BEGUN} times and never came to its end.",
                    advice="Try a shorter period, or a simpler rule; the worker's log may say more.",
                )
            versions = [rules_of(version, rules, masked=masked) for version in record.asked.versions]
            since, until = record.asked.since, record.asked.until
            trial = Trial(home, spool, versions, since=since, until=until, clock=clock, window_rows=WINDOW_ROWS)
        except HemostatError as error:
            fault = f"{error} {error.advice()}".strip()
            sql = "UPDATE back_tests SET ended_at = ?, asked = kept, fault = ? WHERE number = ?"
            db.execute(sql, (to_micros(now), fault, record.number))
            return None
    return Running(home, record.number, trial, clock=clock)


def _record(row: Sequence[Any]) -> Record:
    number, asked, names, by, asked_at, begun, share, stopped_by, ended_at, fault, report = row
    return Record(
        number=number,
        asked=msgspec.json.decode(asked, type=Asked),
        names=msgspec.json.decode(names, type=tuple[str, ...]),
        asked_by=by,
        asked_at=from_micros(asked_at),
        begun=begun,
        share=share,
        stopped_by=stopped_by,
        ended_at=None if ended_at is None else from_micros(ended_at),
        fault=fault,
        report=None if report is None else msgspec.json.decode(report, type=Report),
    )
