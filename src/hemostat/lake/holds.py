"""Legal holds: what must not be deleted, however old it is, until somebody lets it go.

Holds lie in the spool's database, beside the manifest: what deletes events asks for the holds in the transaction that deletes.
"""

import sqlite3
from collections.abc import Collection
from datetime import datetime

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from hemostat.kernel import BadInput, Home, NotFound, from_micros, to_micros
from hemostat.lake.manifest import opened

_TABLE = """
CREATE TABLE IF NOT EXISTS holds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    reason TEXT NOT NULL,
    incident TEXT NOT NULL,
    store TEXT NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,                    -- a pseudonym, or the name of an app
    since INTEGER,                          -- of the events' time, microseconds since 1970
    until INTEGER,
    placed_by TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    released_by TEXT NOT NULL DEFAULT '',
    released_at INTEGER,
    release_reason TEXT NOT NULL DEFAULT ''
)
"""
_COLUMNS = (
    "number, reason, incident, store, source, actor, since, until, placed_by, placed_at, released_by, released_at, release_reason"
)


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Which events a hold keeps: those that fit all of it. What is "" or None fits every event; `until` is the moment after."""

    store: str = ""
    source: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold: what it keeps, why, for which incident if any, who placed it, and who let it go."""

    number: int
    reach: Reach
    reason: str
    incident: str
    placed_by: str
    placed_at: datetime
    released_by: str = ""
    released_at: datetime | None = None
    release_reason: str = ""


def hold_place(home: Home, reach: Reach, *, reason: str, by: str, now: datetime, incident: str = "") -> Hold:
    """The hold stands: nothing within its reach is deleted from now on. Raises `BadInput` without reason or period."""
    if not reason.strip():
        raise BadInput("A hold needs a reason.", advice="Say why the events must stay, without naming a patient.")
    if reach.since and reach.until and reach.since >= reach.until:
        raise BadInput("The period of the hold ends before it begins.", advice="Give the earlier moment first.")
    values = (
        reason.strip(), incident, reach.store, reach.source, reach.actor,
        reach.since and to_micros(reach.since), reach.until and to_micros(reach.until), by, to_micros(now),
    )  # fmt: skip
    with opened(home) as db:
        db.execute(_TABLE)
        sql = (
            "INSERT INTO holds (reason, incident, store, source, actor, since, until, placed_by, placed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number"
        )
        (number,) = db.execute(sql, values).fetchone()
    return hold_of(home, number)


def hold_release(home: Home, number: int, *, reason: str, by: str, now: datetime) -> Hold:
    """The hold no longer keeps anything. Raises `NotFound` when none of this number is in force, `BadInput` without a reason."""
    if not reason.strip():
        raise BadInput("Letting a hold go needs a reason.", advice="Say who decided it, and why.")
    with opened(home) as db:
        db.execute(_TABLE)
        sql = "UPDATE holds SET released_by = ?, released_at = ?, release_reason = ? WHERE number = ? AND released_at IS NULL"
        if db.execute(sql, (by, to_micros(now), reason.strip(), number)).rowcount != 1:
            raise NotFound(f"No hold {number} is in force.", advice="`hemostat lake holds` shows those that are.")
    return hold_of(home, number)


def hold_of(home: Home, number: int) -> Hold:
    """The hold of this number. Raises `NotFound`."""
    for hold in holds(home):
        if hold.number == number:
            return hold
    raise NotFound(f"There is no hold {number}.", advice="`hemostat lake holds` shows those that there are.")


def holds(home: Home, *, in_force: bool = False) -> list[Hold]:
    """The holds on record, the newest first."""
    with opened(home) as db:
        return [hold for hold in holds_in(db) if not in_force or hold.released_at is None]


def holds_in(db: sqlite3.Connection) -> list[Hold]:
    """The holds in an open database: within a transaction nobody can place one meanwhile."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'holds'").fetchone():
        return []
    return [_hold(row) for row in db.execute(f"SELECT {_COLUMNS} FROM holds ORDER BY number DESC")]  # noqa: S608  # fixed words


def sources_under_hold(home: Home) -> set[str]:
    """The sources of which a hold keeps something: their raw messages stay too, whatever they hold."""
    settings = home.settings()
    stores = {name: source.store for name, source in settings.sources.items()}
    stores |= {f"shopify.{store}": store for store in settings.shopify_stores}
    return {
        name
        for hold in holds(home, in_force=True)
        # A source that the settings no longer name may still have messages in the spool.
        for name, store in ({hold.reach.source: hold.reach.store} | stores if hold.reach.source else stores).items()
        if hold.reach.source in {"", name} and hold.reach.store in {"", store}
    }


def kept(table: pa.Table, in_force: Collection[Hold]) -> pa.ChunkedArray | pa.Array:
    """For each row: does a hold keep it? The table has the columns time, source, store and actor."""
    found = pa.array([False] * table.num_rows)
    for hold in in_force:
        found = pc.or_(found, _within(table, hold.reach))
    return found


def _within(table: pa.Table, reach: Reach) -> pa.Array:
    fits = pa.array([True] * table.num_rows)
    for name in ("store", "source", "actor"):
        if word := getattr(reach, name):
            fits = pc.and_(fits, pc.equal(table[name], word))
    if reach.since:
        fits = pc.and_(fits, pc.greater_equal(table["time"], _moment(reach.since)))
    if reach.until:
        fits = pc.and_(fits, pc.less(table["time"], _moment(reach.until)))
    return fits


def _moment(at: datetime) -> pa.Scalar:
    return pa.scalar(at, pa.timestamp("us", tz="UTC"))


def _hold(row: tuple[object, ...]) -> Hold:
    number, reason, incident, store, source, actor, since, until, placed_by, placed_at, released_by, released_at, why = row
    return Hold(
        number=int(str(number)),
        reach=Reach(store=str(store), source=str(source), actor=str(actor), since=_at(since), until=_at(until)),
        reason=str(reason),
        incident=str(incident),
        placed_by=str(placed_by),
        placed_at=from_micros(int(str(placed_at))),
        released_by=str(released_by),
        released_at=_at(released_at),
        release_reason=str(why),
    )


def _at(micros: object) -> datetime | None:
    return None if micros is None else from_micros(int(str(micros)))
