"""What is remembered of each actor: counts by hour and day, who was reached lately, and what was done before.

One SQLite file. A batch changes it in one transaction, together with the number of the batch and what was found in it: a batch
that comes again changes nothing, and is answered as it was. Whoever is in it is there as a pseudonym, or as a number made of one.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hemostat.events import ActorType, Surface
from hemostat.kernel import owners_file

from .finding import Finding
from .limits import Limits
from .reach import Reach
from .sketches import ENGINE, Sketches

DAY, WEEK = 24, 168
"""Hours."""

_ARE_ONE = frozenset({ActorType.APP, ActorType.SYSTEM})  # on whatever surface: people's work differs by it
_PERSON, _ROUTE = 0, 1
_MARKS_KEPT = WEEK + DAY  # hours: what the longest window asks for, and what comes late
_PEERS = 50  # looked at, of a group
_SHUFFLE = (2_654_435_761, 2**32)
"""Multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4): neighbors in number lie far apart."""
_PATIENCE = 30.0  # seconds to wait for another process's transaction
_TABLES = """
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    batch INTEGER NOT NULL,                 -- the last one that was taken
    findings BLOB NOT NULL,                 -- in that batch
    newest INTEGER NOT NULL                 -- hour that anybody was active in; hours count from 1970
);
CREATE TABLE IF NOT EXISTS actors (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,             -- who, in one text of pseudonyms and words
    peers TEXT NOT NULL,                    -- store, environment, surface and role, and the program of staff
    role TEXT NOT NULL,
    first INTEGER NOT NULL,                 -- hour
    last INTEGER NOT NULL,                  -- hour
    judged INTEGER NOT NULL                 -- hour before which the slow windows were looked at
);
CREATE INDEX IF NOT EXISTS actors_by_peers ON actors (peers, first);
CREATE INDEX IF NOT EXISTS actors_by_role ON actors (role, last);
CREATE TABLE IF NOT EXISTS hours (
    actor INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    events INTEGER NOT NULL,
    records INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    unnamed INTEGER NOT NULL,               -- people that were told as a number only
    exports INTEGER NOT NULL,
    people INTEGER NOT NULL,                -- different ones, and the unnamed
    routes INTEGER NOT NULL,                -- different ones
    news INTEGER NOT NULL,                  -- did something happen for the first time?
    told INTEGER NOT NULL,                  -- events that findings have counted
    frozen INTEGER NOT NULL,                -- it alarmed, or an alarm was open: nothing is learned from it
    PRIMARY KEY (actor, hour)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
    actor INTEGER NOT NULL,
    day INTEGER NOT NULL,
    day_people INTEGER NOT NULL,
    week_people INTEGER,                    -- in the seven days that end with it; NULL when the actor was not known before them
    frozen INTEGER NOT NULL,
    PRIMARY KEY (actor, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (
    actor INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    kind INTEGER NOT NULL,                  -- person or route
    what INTEGER NOT NULL,
    last INTEGER NOT NULL,                  -- minute
    PRIMARY KEY (actor, hour, kind, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sketches (
    actor INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    registers BLOB NOT NULL,                -- of the people of an hour who are too many for marks
    engine TEXT NOT NULL,
    PRIMARY KEY (actor, hour)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (
    actor INTEGER NOT NULL,
    kind TEXT NOT NULL,
    what INTEGER NOT NULL,
    PRIMARY KEY (actor, kind, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    actor INTEGER NOT NULL,
    kind TEXT NOT NULL,
    what INTEGER NOT NULL,                  -- pairs that alarmed: known only when that proves harmless
    hour INTEGER NOT NULL,                  -- the last one
    PRIMARY KEY (actor, kind, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS released (alert TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_OF_ACTORS = ("hours", "days", "marks", "sketches", "pairs", "waiting")


class Known(NamedTuple):
    """An actor on record: its number, its group of peers, and the first hour in which it was seen."""

    id: int
    peers: str
    first: int


class Added(NamedTuple):
    """What a batch told of an actor and an hour is counted; `news` are the kinds of what it did for the first time."""

    known: Known
    reach: Reach
    news: frozenset[str]


class Hour(NamedTuple):
    """What an actor reached in an hour, and how many of its events findings have counted."""

    actor: int
    hour: int
    people: int
    records: int
    bytes: int
    routes: int
    exports: int
    events: int
    unnamed: int
    news: bool
    told: int


_HOUR = ", ".join(f"h.{name}" for name in Hour._fields)


class Past:
    """The file at `path`, made when it is not there. A commit has reached the disk when it returns."""

    def __init__(self, path: Path, limits: Limits) -> None:
        owners_file(path)
        self._limits = limits
        self._sketches = Sketches()
        self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)
        self._db.execute("INSERT OR IGNORE INTO state VALUES (1, 0, ?, 0)", (msgspec.json.encode([]),))
        self._db.execute("DELETE FROM sketches WHERE engine <> ?", (ENGINE,))

    @property
    def batch(self) -> int:
        """The last batch that was taken; 0 before the first."""
        return int(self._value("SELECT batch FROM state"))

    @property
    def newest(self) -> int:
        """The newest hour that anybody was active in; 0 before the first."""
        return int(self._value("SELECT newest FROM state"))

    def findings(self) -> list[Finding]:
        """What was found in the last batch that was taken."""
        return msgspec.json.decode(self._value("SELECT findings FROM state"), type=list[Finding])

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """What is done within is kept together, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            yield

    def taken(self, batch: int, findings: Sequence[Finding], *, newest: int) -> None:
        """The batch was taken, and this was found in it. With each new hour, what nobody asks for any more is gone."""
        if newest > self.newest:
            self._forget(newest)
        self._db.execute("UPDATE state SET batch = ?, findings = ?, newest = ?", (batch, msgspec.json.encode(findings), newest))

    def add(self, one: Reach, *, frozen: bool) -> Added:
        """What the actor reached is counted; nothing is learned from this hour when it is frozen."""
        known = self._known(one)
        news = self._news(known, one)
        self._db.execute(
            "INSERT INTO hours VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0, ?) ON CONFLICT DO UPDATE SET"
            " events = events + excluded.events, records = records + excluded.records, bytes = bytes + excluded.bytes,"
            " unnamed = unnamed + excluded.unnamed, exports = exports + excluded.exports, news = max(news, excluded.news),"
            " frozen = max(frozen, excluded.frozen)",
            (known.id, one.hour, one.events, one.records, one.bytes, one.unnamed, one.exports, bool(news), frozen),
        )
        people = self._people(known.id, one)
        routes = self._marked(known.id, one.hour, _ROUTE, one.routes)
        self._db.execute(
            "UPDATE hours SET people = unnamed + ?, routes = ? WHERE actor = ? AND hour = ?", (people, routes, known.id, one.hour)
        )
        return Added(known, one, news)

    def hour(self, actor: int, hour: int) -> Hour:
        """What the actor reached in that hour, which must be on record."""
        (told,) = self._hours("h.actor = ? AND h.hour = ?", actor, hour)
        return told

    def hours(self, actor: int, *, before: int) -> list[Hour]:
        """The active hours of the actor before that hour from which something is learned, the oldest first."""
        since = before - self._limits.hours_back
        return self._hours("h.actor = ? AND h.hour >= ? AND h.hour < ? AND NOT h.frozen", actor, since, before)

    def peers(self, group: str, *, but: int, known_before: int) -> list[int]:
        """Actors of a group that were known at that hour, without one; of more than fifty always the same fifty.

        Chance takes them: who begins earliest in the day is known for longest, and does other work than the rest.
        """
        sql = "SELECT id FROM actors WHERE peers = ? AND id <> ? AND first <= ? ORDER BY id * ? % ?, id LIMIT ?"
        return [one for (one,) in self._rows(sql, group, but, known_before, *_SHUFFLE, _PEERS)]

    def active(self, group: str, *, hour: int) -> list[Hour]:
        """What actors of a group reached in that hour, fifty of them at most."""
        where = "h.hour = ? AND h.actor IN (SELECT id FROM actors WHERE peers = ? AND first < ? AND last >= ?)"
        return self._hours(f"{where} ORDER BY h.actor LIMIT {_PEERS}", hour, group, hour, hour)

    def people(self, actor: int, *, last: int, hours: int, all_hours: bool = False) -> int:
        """How many different people the actor reached in so many hours, of which this is the last.

        Frozen ones are left out, unless all are asked for: they were told already.
        """
        place: tuple[int, ...] = (actor, last - hours, last)
        where = "WHERE actor = ? AND hour > ? AND hour <= ?"
        if not all_hours:
            where += f" AND hour NOT IN (SELECT hour FROM hours {where} AND frozen)"  # noqa: S608  # our own words
            place = (*place, *place)
        unnamed = int(self._value(f"SELECT coalesce(sum(unnamed), 0) FROM hours {where}", *place))  # noqa: S608  # our own words
        listed = f"FROM marks {where} AND kind = {_PERSON}"
        sketches = [one for (one,) in self._rows(f"SELECT registers FROM sketches {where}", *place)]  # noqa: S608  # same
        if not sketches:
            return unnamed + int(self._value(f"SELECT count(DISTINCT what) {listed}", *place))
        rest = self._sketches.of(what for (what,) in self._rows(f"SELECT DISTINCT what {listed}", *place))
        return unnamed + self._sketches.count([*sketches, rest])

    def lately(self, actor: int, *, minute: int) -> int:
        """How many different people, of those that were told by name, the actor reached in the sixty minutes up to this one."""
        hour = minute // 60
        sql = "SELECT count(DISTINCT what) FROM marks WHERE actor = ? AND hour IN (?, ?) AND kind = ? AND last > ?"
        return int(self._value(sql, actor, hour - 1, hour, _PERSON, minute - 60))

    def days(self, actor: int, *, before: int, hours: int) -> list[int]:
        """How many people the actor reached on each active day before that one, or with `hours` of a week in the week up to it.

        A day, or a week with a day in it, from which nothing is learned is left out.
        """
        since = before - self._limits.weeks * 7
        column, reach = ("day_people", 1) if hours == DAY else ("week_people", 7)
        sql = (
            f"SELECT {column} FROM days d WHERE actor = ? AND day >= ? AND day < ? AND {column} IS NOT NULL AND NOT EXISTS"  # noqa: S608  # our own words
            " (SELECT 1 FROM days f WHERE f.actor = d.actor AND f.day > d.day - ? AND f.day <= d.day AND f.frozen) ORDER BY day"
        )
        return [people for (people,) in self._rows(sql, actor, since, before, reach)]

    def day_over(self, known: Known, day: int) -> None:
        """What the actor reached on a day, and in the seven days that end with it, is on record, if it was not before."""
        last = day * DAY + DAY - 1
        people = self.people(known.id, last=last, hours=DAY, all_hours=True)
        week = self.people(known.id, last=last, hours=WEEK, all_hours=True) if known.first <= last - WEEK else None
        frozen = self._value("SELECT max(frozen) FROM hours WHERE actor = ? AND hour BETWEEN ? AND ?", known.id, day * DAY, last)
        self._db.execute("INSERT OR IGNORE INTO days VALUES (?, ?, ?, ?, ?)", (known.id, day, people, week, frozen))

    def judged(self, actor: int) -> int:
        """The last hour before which the slow windows of the actor were looked at."""
        return int(self._value("SELECT judged FROM actors WHERE id = ?", actor))

    def judge(self, actor: int, hour: int) -> None:
        """The slow windows of the actor were looked at before this hour."""
        self._db.execute("UPDATE actors SET judged = ? WHERE id = ?", (hour, actor))

    def freeze(self, actor: int, hour: int) -> None:
        """Nothing is learned from the hour."""
        self._db.execute("UPDATE hours SET frozen = 1 WHERE actor = ? AND hour = ?", (actor, hour))

    def tell(self, actor: int, hour: int) -> None:
        """All events of the hour are told."""
        self._db.execute("UPDATE hours SET told = events WHERE actor = ? AND hour = ?", (actor, hour))

    def release(self, alert: str, place: str, *, first: int, last: int) -> None:
        """The hours of the actor from `first` to `last` may be learned from: an alert proved harmless. Each alert counts once."""
        if self._db.execute("INSERT OR IGNORE INTO released VALUES (?)", (alert,)).rowcount:
            who = "actor = (SELECT id FROM actors WHERE place = ?)"
            self._db.execute(f"UPDATE hours SET frozen = 0 WHERE {who} AND hour BETWEEN ? AND ?", (place, first, last))  # noqa: S608  # our own words
            pairs = f"FROM waiting WHERE {who} AND hour BETWEEN ? AND ?"
            self._db.execute(f"INSERT OR IGNORE INTO pairs SELECT actor, kind, what {pairs}", (place, first, last))
            self._db.execute(f"DELETE {pairs}", (place, first, last))
            span = (place, first // DAY, last // DAY)
            self._db.execute(f"UPDATE days SET frozen = 0 WHERE {who} AND day BETWEEN ? AND ?", span)  # noqa: S608  # same

    def close(self) -> None:
        """The file is closed."""
        self._sketches.close()
        self._db.close()

    def _known(self, one: Reach) -> Known:
        actor = one.actor
        self._db.execute(
            "INSERT INTO actors (place, peers, role, first, last, judged) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE"
            " SET peers = excluded.peers, first = min(first, excluded.first), last = max(last, excluded.last)",
            (actor.place, actor.peers, actor.role, one.hour, one.hour, one.hour),
        )
        (row,) = self._rows("SELECT id, peers, first FROM actors WHERE place = ?", actor.place)
        return Known(*row)

    def _news(self, known: Known, one: Reach) -> frozenset[str]:
        """Kinds of what the actor did for the first time, once it was known for long enough to be surprising.

        What alarms is not learned: it is news until somebody says that it was harmless. What an app did on one surface is known
        on all of them: who has its token begins where the app never was.
        """
        kin = self._kin(known, one)
        room = self._limits.pairs_per_actor - int(self._value("SELECT count(*) FROM pairs WHERE actor = ?", known.id))
        is_known = min(first for _, first in kin) <= one.hour - self._limits.learning
        alarming = {first.pair for first in self._limits.firsts if is_known and one.actor.role in first.roles}
        new = set()
        for kind, what in sorted(one.pairs):
            if room <= 0:
                break
            if kind in alarming:
                sql = "SELECT count(*) FROM pairs WHERE actor = ? AND kind = ? AND what = ?"
                if not any(self._value(sql, actor, kind, what) for actor, _ in kin):
                    sql = "INSERT INTO waiting VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET hour = max(hour, excluded.hour)"
                    self._db.execute(sql, (known.id, kind, what, one.hour))
                    new.add(kind)
            elif self._db.execute("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)", (known.id, kind, what)).rowcount:
                room -= 1
                new.add(kind)
        return frozenset(new) if is_known else frozenset()

    def _kin(self, known: Known, one: Reach) -> list[tuple[int, int]]:
        """The actor's number and first hour; of an app those on all surfaces."""
        if one.actor.role not in _ARE_ONE:
            return [(known.id, known.first)]
        places = [one.actor._replace(surface=surface).place for surface in {one.actor.surface, *Surface}]
        asked = ", ".join("?" * len(places))
        return self._rows(f"SELECT id, first FROM actors WHERE place IN ({asked})", *places)  # noqa: S608  # question marks alone

    def _people(self, actor: int, one: Reach) -> int:
        """How many different people the actor has reached in the hour, those of the batch included."""
        sql = "SELECT registers FROM sketches WHERE actor = ? AND hour = ?"
        sketches = [registers for (registers,) in self._rows(sql, actor, one.hour)]
        people: Iterable[int] = one.people
        if not sketches:
            listed = self._marked(actor, one.hour, _PERSON, one.people)
            if listed <= self._limits.exact_people:
                return listed
            sql = "DELETE FROM marks WHERE actor = ? AND hour = ? AND kind = ? RETURNING what"
            people = [what for (what,) in self._rows(sql, actor, one.hour, _PERSON)]
        sketch = self._sketches.joined([*sketches, self._sketches.of(people)])
        self._db.execute("INSERT OR REPLACE INTO sketches VALUES (?, ?, ?, ?)", (actor, one.hour, sketch, ENGINE))
        return self._sketches.count([sketch])

    def _marked(self, actor: int, hour: int, kind: int, marks: Mapping[int, int]) -> int:
        """The marks are kept, each once; how many there are of their kind in the hour."""
        self._db.executemany(
            "INSERT INTO marks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            [(actor, hour, kind, what, last) for what, last in marks.items()],
        )
        return int(self._value("SELECT count(*) FROM marks WHERE actor = ? AND hour = ? AND kind = ?", actor, hour, kind))

    def _forget(self, newest: int) -> None:
        """Actors over the bound of their role are gone; with each new day, so is what is too old."""
        for (role,) in self._rows("SELECT DISTINCT role FROM actors"):
            most = self._limits.actors_per_role
            over = "SELECT id FROM actors WHERE role = ? ORDER BY last DESC, id LIMIT -1 OFFSET ?"
            self._remove(self._rows(over, role, most))
        if newest // DAY > self.newest // DAY:
            self._days_over(newest // DAY - 1)
            floor = newest - self._limits.hours_back
            self._remove(self._rows("SELECT id FROM actors WHERE last < ?", floor))
            self._db.execute("DELETE FROM hours WHERE hour < ?", (floor,))
            self._db.execute("DELETE FROM days WHERE day < ?", (floor // DAY,))
            self._db.execute("DELETE FROM waiting WHERE hour < ?", (floor,))
            for table in ("marks", "sketches"):
                self._db.execute(f"DELETE FROM {table} WHERE hour < ?", (newest - _MARKS_KEPT,))  # noqa: S608  # our own words

    def _days_over(self, day: int) -> None:
        """The last days of those that were not active since before that day are on record, while their marks are there."""
        sql = (
            "SELECT id, peers, first, last FROM actors a WHERE last < ?"
            " AND NOT EXISTS (SELECT 1 FROM days WHERE actor = a.id AND day = a.last / ?)"
        )
        for actor, peers, first, last in self._rows(sql, day * DAY, DAY):
            self.day_over(Known(actor, peers, first), last // DAY)

    def _remove(self, actors: Sequence[tuple[int]]) -> None:
        for table in _OF_ACTORS:
            self._db.executemany(f"DELETE FROM {table} WHERE actor = ?", actors)  # noqa: S608  # our own words
        self._db.executemany("DELETE FROM actors WHERE id = ?", actors)

    def _hours(self, where: str, *values: object) -> list[Hour]:
        return [Hour(*row) for row in self._rows(f"SELECT {_HOUR} FROM hours h WHERE {where}", *values)]  # noqa: S608  # same

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self._db.execute(sql, values).fetchall()

    def _value(self, sql: str, *values: object) -> Any:
        ((value,),) = self._rows(sql, *values)
        return value
