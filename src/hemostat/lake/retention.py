"""Events that are older than their class may be leave the lake; what a legal hold keeps stays.

1. A part whose rows are all expired leaves the manifest. One that has expired rows among others is written anew without them.
2. The manifest names the new file instead of the old one in one transaction, which asks for the holds once more: a hold that
   was placed meanwhile wins, and the part is looked at again later.
3. The old files are swept up like all that the manifest no longer names.

Killed anywhere, either the old file counts or the new one. Only parts that were detected are touched.
"""

import re
import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hemostat.events import Act
from hemostat.kernel import Home, Retention, from_micros, to_micros
from hemostat.lake.holds import Hold, holds, holds_in, kept
from hemostat.lake.manifest import exchange, put_in, taken_out
from hemostat.lake.reader import DamagedLake, given_up, read
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches, drop, keep, parts_of

AT_ONCE = 20
"""Parts that are opened in one turn: deleting is in no hurry, detection is."""

_COLUMNS = ("time", "source", "store", "actor", "act", "subject", "subjects", "elements", "phi")
_TOLD = ("event_id", "surface", "environment", "severity")
"""What besides is told of rows that are about to go, to whoever still waits for them."""

Leaving = Callable[[Part, pa.Table, datetime], None]
"""Is told which rows of a part are about to be deleted, and when."""

_LOG = frozenset({Act.LOG_WRITE})
_ACCOUNT = frozenset(
    act for act in Act if act.thing in {"account", "access", "config", "content", "app", "release", "privacy", "token"}
)
_TRAFFIC = frozenset({Act.PAGE_READ, Act.API_READ, Act.API_WRITE})
_NEVER = datetime.max.replace(tzinfo=UTC)
_TABLE = """
CREATE TABLE IF NOT EXISTS expired (
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    deleted INTEGER NOT NULL,               -- rows
    kept INTEGER NOT NULL,                  -- rows of the same file that are not expired
    held INTEGER NOT NULL                   -- rows that would be gone but for a hold
)
"""


class Expired(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one part: rows that are gone, rows that are not old enough, and rows that only a hold kept."""

    at: datetime
    source: str
    day: str
    deleted: int
    kept: int
    held: int


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn did: what became of parts, which could not be read, and whether further parts wait."""

    done: tuple[Expired, ...]
    damaged: tuple[str, ...]
    more: bool


class Expiry:
    """Deletes what has expired, some parts a turn. What it learnt about a part it remembers while it lives."""

    def __init__(self, home: Home, spool: Spool, *, leaving: Leaving = lambda _part, _rows, _now: None) -> None:
        self._home = home
        self._spool = spool
        self._leaving = leaving
        self._next: dict[str, datetime] = {}
        self._known: tuple[Retention, tuple[Hold, ...]] | None = None

    def turn(self, policy: Retention, *, last_batch: int, now: datetime) -> Turn:
        """Some expired rows of batches up to `last_batch` are gone. A damaged part is left as it is, and tried again in a day."""
        in_force = tuple(holds(self._home, in_force=True))
        if self._known != (policy, in_force):
            self._known = (policy, in_force)
            self._next = {}
        due = self._due(policy, last_batch=last_batch, now=now)
        done, damaged = [], []
        for part in due[:AT_ONCE]:
            try:
                done.append(self._look(part, policy, in_force, now=now))
            except DamagedLake as error:
                self._next[part.path] = now + timedelta(days=1)
                damaged.append(str(error))
        return Turn(done=tuple(one for one in done if one), damaged=tuple(damaged), more=len(due) > AT_ONCE)

    def _due(self, policy: Retention, *, last_batch: int, now: datetime) -> list[Part]:
        first_end = now - timedelta(days=min(msgspec.structs.astuple(policy)))
        parts = [part for part in self._spool.parts(until=first_end + timedelta.resolution) if part.batch <= last_batch]
        lost = given_up(self._home)
        self._next = {part.path: self._next[part.path] for part in parts if part.path in self._next}
        return [part for part in parts if part.path not in lost and self._next.get(part.path, now) <= now]

    def _look(self, part: Part, policy: Retention, in_force: Sequence[Hold], *, now: datetime) -> Expired | None:
        table = read(self._home, [part], columns=(*_COLUMNS, *_TOLD))
        ends = _ends(table, policy)
        old = pc.less_equal(ends, pa.scalar(now, pa.timestamp("us", tz="UTC")))
        held = pc.and_(old, kept(table, in_force))
        gone = pc.and_not(old, held)
        count = _count(gone)
        if count:
            found = Expired(
                at=now, source=part.source, day=part.day, deleted=count, kept=table.num_rows - count, held=_count(held)
            )
            self._leaving(part, table.filter(gone), now)
            return found if self._delete(part, gone, found, in_force) else None
        ahead = pc.min(pc.filter(ends, pc.invert(old))).as_py()
        self._next[part.path] = ahead or _NEVER
        return None

    def _delete(self, part: Part, gone: pa.Array, found: Expired, in_force: Sequence[Hold]) -> bool:
        """The rows are gone, unless a hold was placed or the part replaced meanwhile: then it is looked at again."""
        new = self._rest(part, gone) if found.kept else None
        with exchange(self._home) as db:
            if _in_force(db) != tuple(in_force) or not taken_out(db, [part]):
                if new:
                    drop(self._home.lake / new.path)
                return False
            if new:
                put_in(db, new)
            db.execute(_TABLE)
            values = (to_micros(found.at), found.source, found.day, found.deleted, found.kept, found.held)
            db.execute("INSERT INTO expired VALUES (?, ?, ?, ?, ?, ?)", values)
        return True

    def _rest(self, part: Part, gone: pa.Array) -> Part:
        """What stays of a part, on disk under a name of its own; the manifest does not name it yet."""
        first, last = batches(part)
        table = read(self._home, [part]).filter(pc.invert(gone))
        ((new, content),) = parts_of(batch=last, first=first, table=table)
        new = msgspec.structs.replace(new, path=_next_name(part.path))
        keep(self._home.lake / new.path, content)
        return new


def expired(home: Home) -> list[Expired]:
    """What was deleted so far, the newest first."""
    with exchange(home) as db:
        db.execute(_TABLE)
        rows = db.execute("SELECT at, source, day, deleted, kept, held FROM expired ORDER BY rowid DESC").fetchall()
    return [
        Expired(at=from_micros(at), source=source, day=day, deleted=deleted, kept=rest, held=held)
        for at, source, day, deleted, rest, held in rows
    ]


def _ends(table: pa.Table, policy: Retention) -> pa.Array:
    """For each row the moment from which on it may be deleted."""
    act = table["act"]
    nobody = pc.and_(pc.equal(table["subject"], ""), pc.equal(table["subjects"], 0))
    nothing = pc.and_(_empty(table["elements"]), _empty(table["phi"]))
    days = pc.case_when(
        pc.make_struct(_among(act, _LOG), _among(act, _ACCOUNT), pc.and_(_among(act, _TRAFFIC), pc.and_(nobody, nothing))),
        *(pa.scalar(timedelta(days=days), pa.duration("us")) for days in (policy.log, policy.account, policy.traffic)),
        pa.scalar(timedelta(days=policy.access), pa.duration("us")),
    )
    return pc.add(table["time"], days)


def _among(column: pa.ChunkedArray, acts: Collection[Act]) -> pa.Array:
    return pc.is_in(column, pa.array(sorted(acts), pa.string()))


def _empty(column: pa.ChunkedArray) -> pa.Array:
    return pc.equal(pc.fill_null(pc.list_value_length(column), 0), 0)


def _count(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _in_force(db: sqlite3.Connection) -> tuple[Hold, ...]:
    return tuple(hold for hold in holds_in(db) if hold.released_at is None)


def _next_name(path: str) -> str:
    """The name of the next writing of a part: the batches that it holds stay in it."""
    found = re.fullmatch(r"(.+?)(?:-rest(\d{4}))?\.parquet", path)
    number = int(found[2] or 0) + 1 if found else 1
    return f"{found[1] if found else path}-rest{number:04d}.parquet"
