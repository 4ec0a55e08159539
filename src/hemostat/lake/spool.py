"""The spool: every acknowledged message, sealed, until it is in the lake; and the manifest of the lake's files.

The way from here to the lake is exactly once, whatever is killed when:

1. `append` commits messages; only then are they acknowledged.
2. `plan` fixes a range of messages under a batch number, durably. An unwritten plan is handed out again, unchanged.
3. The lake writes files whose names depend on the batch number only.
4. `written` commits the files' names and the end of the plan together. Readers read only files that are named here.

One SQLite file in WAL mode with `synchronous=FULL`: a commit has reached the disk when it returns.
"""

import contextlib
import errno
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hemostat.kernel import DamagedSeal, HemostatError, from_micros, owners_file, seal, to_micros, unseal
from hemostat.lake import beats
from hemostat.lake.beats import Beat
from hemostat.sources.base import Message

_TABLES = (
    """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, also after a purge
    source TEXT NOT NULL,
    key BLOB NOT NULL UNIQUE,               -- keyed hash of source and idempotency key
    digest BLOB NOT NULL,                   -- keyed hash of the body: tells a repetition from a reused key
    received_at INTEGER NOT NULL,           -- microseconds since 1970
    size INTEGER NOT NULL                   -- of the plain body, in bytes
);
CREATE TABLE IF NOT EXISTS bodies (seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS plans (
    batch INTEGER PRIMARY KEY AUTOINCREMENT,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS parts (
    path TEXT PRIMARY KEY,
    batch INTEGER NOT NULL,
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    rows INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS parts_by_batch ON parts (batch);
CREATE INDEX IF NOT EXISTS parts_by_time ON parts (last_time);
CREATE TABLE IF NOT EXISTS marks (
    seq INTEGER PRIMARY KEY,
    marks BLOB NOT NULL,                    -- of each line of a message from a file
    seen_at INTEGER NOT NULL                -- when a file was last read that holds it, microseconds since 1970
);
CREATE TABLE IF NOT EXISTS places (
    name TEXT PRIMARY KEY,                  -- of a feed that we read ourselves
    place TEXT NOT NULL,                    -- how far it was read: a cursor, in the feed's own words
    moved_at INTEGER NOT NULL               -- microseconds since 1970
);
CREATE TABLE IF NOT EXISTS seen (
    period INTEGER NOT NULL,                -- of receipt, in periods of 30 days since 1970, so that old names go together
    name BLOB NOT NULL,                     -- keyed hash of what names a record within its source
    batch INTEGER NOT NULL,                 -- that has the record
    PRIMARY KEY (period, name)
) WITHOUT ROWID;
"""
    + beats.TABLE
)
_PATIENCE = 30.0  # seconds to wait for another process's transaction
_FETCH = 200  # messages read at a time, so that no read keeps the WAL from being folded back
_SIZES = 1000  # messages whose sizes are read at a time: few plans take more
_AT_ONCE = 2047  # bytes: over more of them hashing lets another thread take over, which costs more than what it spares
_ROW = 200  # bytes that a message takes besides its body
_PAGE = 8192  # bytes: of 4096 a webhook of 2 KB would leave almost half empty
_FULL_RETRY, _BUSY_RETRY = 10, 1  # seconds
_NOWHERE: Mapping[str, tuple[str, datetime]] = {}
_NO_NAMES: Mapping[bytes, datetime] = {}
# Each period by a step in the index, instead of a look at every name.
_PERIODS = (
    "WITH RECURSIVE p(period) AS (SELECT min(period) FROM seen UNION ALL"
    " SELECT (SELECT min(period) FROM seen WHERE period > p.period) FROM p WHERE p.period IS NOT NULL)"
    " SELECT period FROM p WHERE period IS NOT NULL"
)
_PERIOD = 30 * 86_400_000_000  # microseconds
_ASKED = 500  # names looked for at a time
_FORGET = 10_000  # keys forgotten in one transaction, so that no sender waits for long

REPLAY = timedelta(days=90)
"""How long a repetition is known as one."""


class SpoolFull(HemostatError):
    """The spool takes nothing now. What was acknowledged is safe; come back after `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: int, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.retry_after = retry_after


class DamagedSpool(HemostatError):
    """The spool's file cannot be read as what it should be."""


class NotPlanned(HemostatError):
    """Something was reported as written that is not the plan under way."""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One message before it has a number. `key` names it within its source: the same key twice is one message.

    `marks` tell the lines of a message from a file, so that a file that has grown or shrunk is known line by line.
    """

    source: str
    key: str
    received_at: datetime
    content_type: str
    headers: dict[str, str]
    body: bytes
    marks: bytes = b""


class Unopened(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose body does not open with the spool's key; `sealed` is what stands in the spool, as it stands there."""

    seq: int
    source: str
    received_at: datetime
    sealed: bytes


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The message is on disk under `seq`.

    duplicate: it was there already. differs: under this key another body was there; the new one was not kept.
    """

    seq: int
    duplicate: bool
    differs: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Messages `first` to `last`, both included, go to the lake as `batch`."""

    batch: int
    first: int
    last: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the lake: `path` within the lake, `size` in bytes, and the span of its events."""

    batch: int
    path: str
    source: str
    day: str
    rows: int
    size: int
    sha256: str
    first_time: datetime
    last_time: datetime


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How far the lake is behind: messages that are not in it yet, and since when the oldest of them waits."""

    messages: int
    oldest: datetime | None
    last_seq: int
    last_batch: int


class Spool:
    """The spool in the file `path`, sealed with `key`, of at most `limit` bytes. Safe to share between threads."""

    def __init__(self, path: Path, *, key: bytes, limit: int) -> None:
        self._path = path
        self._key = key
        self._hash = hashlib.blake2b(key=key, digest_size=16)
        self._limit = limit
        self._lock = threading.RLock()
        with self._refusing():
            # SQLite gives its side files the same mode.
            owners_file(path)
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._db.execute(f"PRAGMA page_size={_PAGE}")  # of a new file; of an old one it stays
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA journal_size_limit=67108864")
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'pulse'").fetchone():
                self._db.executescript(_TABLES)

    def append(self, batch: Sequence[Incoming], *, places: Mapping[str, tuple[str, datetime]] = _NOWHERE) -> list[Receipt]:
        """All messages of `batch` are on disk, in one transaction; one receipt each, in their order.

        places: how far feeds were read with this batch, and when; kept in the same transaction, so that a feed is read on
        from just behind what is in the spool, whatever is killed when.

        Raises `SpoolFull` when there is no room; then none of them is kept.
        """
        sealed = [self._seal(incoming) for incoming in batch]
        rows = [self._row(incoming) for incoming in batch]
        size = sum(len(body) + len(one.marks) + _ROW for one, body in zip(batch, sealed, strict=True))
        with self._transaction() as db:
            if size > self._limit - self._used():
                raise SpoolFull(
                    f"The spool {self._path.name} has reached its limit of {self._limit:,} bytes.",
                    retry_after=_FULL_RETRY,
                    advice="Start the worker so that messages reach the lake, shorten `raw_days`, or raise `spool_limit`.",
                )
            if places:
                db.executemany(
                    "INSERT OR REPLACE INTO places VALUES (?, ?, ?)",
                    [(name, place, to_micros(at)) for name, (place, at) in places.items()],
                )
            receipts = _receipts(db, rows)
            new = [number for number, receipt in enumerate(receipts) if not receipt.duplicate]
            db.executemany("INSERT INTO bodies VALUES (?, ?)", [(receipts[n].seq, sealed[n]) for n in new])
            marked = [(receipts[n].seq, batch[n].marks, rows[n][3]) for n in new if batch[n].marks]
            db.executemany("INSERT INTO marks VALUES (?, ?, ?)", marked)
            return receipts

    def place(self, name: str) -> str:
        """How far the feed of this name was read; "" when it never was."""
        rows = self._read("SELECT place FROM places WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def plan(self, *, most: int = 5000, most_bytes: int = 64_000_000) -> Plan | None:
        """The plan that is not written yet, if there is one; else the next, fixed durably; None when nothing waits.

        A plan holds at most `most` messages and `most_bytes` bytes of bodies, but always one message.
        """
        if (found := self._open_plan()) or not self._waiting(1):
            return found
        with self._transaction() as db:
            if found := self._open_plan():  # another process was quicker
                return found
            fit = self._fitting(self._written_up_to(), most=most, most_bytes=most_bytes)
            row = db.execute("INSERT INTO plans (first, last) VALUES (?, ?) RETURNING batch", (fit.first, fit.last)).fetchone()
            return Plan(batch=row[0], first=fit.first, last=fit.last)

    def following(self, plan: Plan, *, most: int = 5000, most_bytes: int = 64_000_000) -> Plan | None:
        """The plan that `plan` with these limits gives once this one is written, if what arrives until then cannot change it."""
        fit = self._fitting(plan.last, most=most, most_bytes=most_bytes)
        return Plan(batch=plan.batch + 1, first=fit.first, last=fit.last) if fit.is_full else None

    def messages(self, plan: Plan) -> Iterator[Message | Unopened]:
        """The messages of a plan, in order, also those that do not open; those whose bodies were purged are left out."""
        after = plan.first - 1
        sql = (
            "SELECT m.seq, m.source, m.received_at, b.sealed FROM messages m JOIN bodies b ON b.seq = m.seq"
            " WHERE m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?"
        )
        while rows := self._read(sql, after, plan.last, _FETCH):
            yield from (self._opened(*row) for row in rows)
            after = rows[-1][0]

    def name(self, source: str, unique: str) -> bytes:
        """What names a record of a source, hashed: the same for the same record in whatever message."""
        return self._digest(b"record\0" + _named(source, unique))

    def seen(self, names: Sequence[bytes], *, before: int) -> set[bytes]:
        """Those of the names that a batch before this one has."""
        periods = [row[0] for row in self._read(_PERIODS)] if names else []
        found: set[bytes] = set()
        for start in range(0, len(names) if periods else 0, _ASKED):
            asked = names[start : start + _ASKED]
            marks = ", ".join("?" * len(asked))
            sql = f"SELECT name FROM seen WHERE period = ? AND batch < ? AND name IN ({marks})"  # noqa: S608  # question marks only
            found.update(row[0] for period in periods for row in self._read(sql, period, before, *asked))
        return found

    def written(
        self,
        plan: Plan,
        parts: Sequence[Part],
        *,
        rejected: int,
        names: Mapping[bytes, datetime] = _NO_NAMES,
        pulse: Sequence[Beat] = (),
    ) -> None:
        """The plan is done and its files belong to the lake, in one transaction.

        names: what `name` gave for the records that are rows now, and when they were received. pulse: what arrived when.

        Raises `NotPlanned` when this is not the plan under way, for instance because it was written before.
        """
        with self._transaction() as db:
            sql = "UPDATE plans SET written = 1, rejected = ? WHERE batch = ? AND first = ? AND last = ? AND written = 0"
            if db.execute(sql, (rejected, plan.batch, plan.first, plan.last)).rowcount != 1:
                raise NotPlanned(f"Batch {plan.batch} is not under way.", advice="Ask `plan` for the one that is.")
            db.executemany("INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [_part_row(part) for part in parts])
            db.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)",
                [(to_micros(at) // _PERIOD, name, plan.batch) for name, at in sorted(names.items())],
            )
            beats.add(db, pulse)

    def pulse(self, since: datetime, *, source: str | None = None, surface: str | None = None) -> list[Beat]:
        """The beats of all sources, or of one and one of its surfaces, in slots from `since` on, by source, surface and time."""
        sql = (
            "SELECT * FROM pulse WHERE (? IS NULL OR source = ?) AND (? IS NULL OR surface = ?) AND slot >= ?"
            " ORDER BY source, surface, slot"
        )
        return [beats.of(row) for row in self._read(sql, source, source, surface, surface, to_micros(since))]

    def heard(self) -> dict[tuple[str, str], datetime]:
        """When each source was heard last about each surface, as far back as the pulse goes."""
        rows = self._read("SELECT source, surface, max(last) FROM pulse GROUP BY source, surface")
        return {(source, surface): from_micros(last) for source, surface, last in rows}

    def parts(self, *, after_batch: int = 0, since: datetime | None = None, until: datetime | None = None) -> list[Part]:
        """The files of the lake from batches after `after_batch` that may hold events from `since` on and before `until`."""
        rows = self._read(
            "SELECT path, batch, source, day, rows, size, sha256, first_time, last_time FROM parts"
            " WHERE batch > ? AND (? IS NULL OR last_time >= ?) AND (? IS NULL OR first_time < ?) ORDER BY batch, path",
            after_batch,
            *[since and to_micros(since)] * 2,
            *[until and to_micros(until)] * 2,
        )
        return [_part(row) for row in rows]

    def lag(self) -> Lag:
        """What waits for the lake now."""
        with self._lock:
            done = self._written_up_to()
            count, oldest = self._read("SELECT count(*), min(received_at) FROM messages WHERE seq > ?", done)[0]
            last_seq = self._read("SELECT coalesce(max(seq), ?) FROM messages", done)[0][0]
            moment = None if oldest is None else from_micros(oldest)
            return Lag(messages=count, oldest=moment, last_seq=last_seq, last_batch=self.last_batch())

    def is_behind(self, messages: int) -> bool:
        """Do more messages than so many wait for the lake? Quick also when millions do, which `lag` is not."""
        return len(self._waiting(messages + 1)) > messages

    def last_batch(self) -> int:
        """The newest batch that is in the lake; 0 when there is none."""
        return int(self._read("SELECT coalesce(max(batch), 0) FROM plans WHERE written = 1")[0][0])

    def used(self) -> int:
        """Bytes that the spool holds now, of its limit."""
        with self._lock:
            return self._used()

    def purge(self, before: datetime, *, held: Callable[[], Collection[str]] = frozenset) -> int:
        """Bodies received before `before` are gone if they are in the lake; how many. Keys stay, so duplicates stay known.

        held: sources whose bodies stay; asked while nobody else can write, so that no hold is overlooked.
        """
        # Looked for beforehand: whoever sends does not wait while the messages of months are looked through.
        first = self._read("SELECT coalesce(min(seq), 0) FROM bodies")[0][0]
        wanted = "SELECT coalesce(max(seq), 0) FROM messages WHERE seq BETWEEN ? AND ? AND received_at < ?"
        last = self._read(wanted, first, self._written_up_to(), to_micros(before))[0][0]
        with self._transaction() as db:
            sql = (
                "DELETE FROM bodies WHERE seq IN (SELECT seq FROM messages WHERE seq BETWEEN ? AND ? AND received_at < ?"
                " AND source NOT IN (SELECT value FROM json_each(?)))"
            )
            sources = msgspec.json.encode(sorted(held())).decode()
            return db.execute(sql, (first, last, to_micros(before), sources)).rowcount

    def marks(self, source: str, key: str) -> bytes | None:
        """The marks of the message under this key; None when there is none, or it came without."""
        sql = "SELECT marks FROM marks JOIN messages USING (seq) WHERE key = ?"
        rows = self._read(sql, self._digest(_named(source, key)))
        return rows[0][0] if rows else None

    def forget(self, before: datetime) -> int:
        """Keys of messages received before `before` are gone where the bodies are, and the plans that had only such; how many.

        A message from a file stays known as long as a file that holds it was read since. Names of records and the pulse go too.
        """
        sql = (
            "SELECT seq FROM messages m WHERE seq > ? AND seq <= ? AND received_at < ?"
            " AND NOT EXISTS (SELECT 1 FROM bodies b WHERE b.seq = m.seq)"
            " AND NOT EXISTS (SELECT 1 FROM marks k WHERE k.seq = m.seq AND k.seen_at >= ?)"
            " ORDER BY seq LIMIT ?"
        )
        forgotten = after = 0
        while seqs := self._read(sql, after, self._written_up_to(), to_micros(before), to_micros(before), _FORGET):
            with self._transaction() as db:
                # A file may have been read since: then its marks are younger by now, and stay with the key.
                db.executemany("DELETE FROM marks WHERE seq = ? AND seen_at < ?", [(seq, to_micros(before)) for (seq,) in seqs])
                db.executemany("DELETE FROM messages WHERE seq = ? AND seq NOT IN (SELECT seq FROM marks)", seqs)
            after = seqs[-1][0]
            forgotten += len(seqs)
        with self._transaction() as db:
            db.execute("DELETE FROM seen WHERE period < ?", (to_micros(before) // _PERIOD,))
            db.execute("DELETE FROM pulse WHERE slot < ?", (to_micros(before),))
            # The newest written plan stays: it says how far the lake is.
            db.execute(
                "DELETE FROM plans WHERE written = 1 AND batch < ? AND last < (SELECT coalesce(min(seq), ?) FROM messages)",
                (self.last_batch(), self._written_up_to()),
            )
        return forgotten

    def close(self) -> None:
        """The file is closed; the spool cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def _seal(self, incoming: Incoming) -> bytes:
        plain = msgspec.msgpack.encode((incoming.content_type, incoming.headers, incoming.body))
        return seal(self._key, plain, place=_place(incoming.source))

    def _row(self, incoming: Incoming) -> "_Row":
        key = self._digest(_named(incoming.source, incoming.key))
        return (incoming.source, key, self._digest(incoming.body), to_micros(incoming.received_at), len(incoming.body))

    def _opened(self, seq: int, source: str, received_at: int, sealed: bytes) -> Message | Unopened:
        moment = from_micros(received_at)
        try:
            content_type, headers, body = _OPEN.decode(unseal(self._key, sealed, place=_place(source)))
        except DamagedSeal:
            return Unopened(seq=seq, source=source, received_at=moment, sealed=sealed)
        return Message(seq=seq, source=source, received_at=moment, content_type=content_type, headers=headers, body=body)

    def _digest(self, content: bytes) -> bytes:
        keyed = self._hash.copy()
        keyed.update(content[:_AT_ONCE])
        keyed.update(content[_AT_ONCE:])
        return keyed.digest()

    def _open_plan(self) -> Plan | None:
        # Only the newest can be under way; written ones pile up for ninety days, and are not looked through.
        rows = self._read("SELECT batch, first, last FROM plans WHERE batch = (SELECT max(batch) FROM plans) AND written = 0")
        return Plan(batch=rows[0][0], first=rows[0][1], last=rows[0][2]) if rows else None

    def _waiting(self, most: int) -> list[Any]:
        return self._after(self._written_up_to(), most)

    def _after(self, seq: int, most: int) -> list[Any]:
        return self._read("SELECT seq, size FROM messages WHERE seq > ? ORDER BY seq LIMIT ?", seq, most)

    def _fitting(self, after: int, *, most: int, most_bytes: int) -> "_Fit":
        """The next messages after one of this number that fit, of which one always does; numbers of zero when none waits."""
        first = last = size = count = 0
        while rows := self._after(last or after, min(_SIZES, most - count)):
            for seq, more in rows:
                size += more
                if first and size > most_bytes:
                    return _Fit(first, last, is_full=True)
                first, last = first or seq, seq
            count += len(rows)
        return _Fit(first, last, is_full=count == most)

    def _written_up_to(self) -> int:
        rows = self._read("SELECT last FROM plans WHERE written = 1 ORDER BY batch DESC LIMIT 1")
        return int(rows[0][0]) if rows else 0

    def _used(self) -> int:
        total, free, size = (self._read(f"PRAGMA {name}")[0][0] for name in ("page_count", "freelist_count", "page_size"))
        return int((total - free) * size)

    def _read(self, sql: str, *values: object) -> list[Any]:
        with self._lock, self._refusing():
            return self._db.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything within is kept together, or nothing is."""
        with self._lock, self._refusing():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:  # a full disk may already have ended it
                    self._db.execute("ROLLBACK")

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """What SQLite says about the disk, in our words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise self._refusal(error) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:  # the narrower ones are faults of our own
                raise
            raise DamagedSpool(f"The spool {self._path.name} is damaged: {error}.", advice=_DAMAGED) from error
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                message = f"The disk under {self._path.name} takes nothing more: {error.strerror}."
                raise SpoolFull(message, retry_after=_FULL_RETRY, advice=_NO_ROOM) from error
            raise DamagedSpool(f"The spool {self._path.name} cannot be used: {error.strerror}.", advice=_DAMAGED) from error

    def _refusal(self, error: sqlite3.OperationalError) -> HemostatError:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return SpoolFull(f"Another process holds {self._path.name}.", retry_after=_BUSY_RETRY, advice="Try again.")
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            message = f"The disk under {self._path.name} takes nothing more: {error}."
            return SpoolFull(message, retry_after=_FULL_RETRY, advice=_NO_ROOM)
        return DamagedSpool(f"The spool {self._path.name} cannot be used: {error}.", advice=_DAMAGED)


_OPEN = msgspec.msgpack.Decoder(tuple[str, dict[str, str], bytes])
_NO_ROOM = "Free some space on its disk. Nothing that was acknowledged is lost."
_DAMAGED = "Check that the file and its folder belong to this user; if it is damaged, keep it and restore the newest backup."


class _Fit(NamedTuple):
    """The first and the last number of messages that one plan takes; is there room for no other?"""

    first: int
    last: int
    is_full: bool


_Row = tuple[str, bytes, bytes, int, int]  # of `messages`, without its number


def _receipts(db: sqlite3.Connection, rows: Sequence[_Row]) -> list[Receipt]:
    """The rows are in `messages`, but for those whose key was there; a receipt for each."""
    last = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'").fetchone()[0]
    numbered = list(enumerate(rows, start=last + 1))
    sql = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
    if db.executemany(sql, [(seq, *row) for seq, row in numbered]).rowcount == len(rows):
        return [Receipt(seq=seq, duplicate=False) for seq, _ in numbered]
    new = {seq for (seq,) in db.execute("SELECT seq FROM messages WHERE seq > ?", (last,))}
    return [Receipt(seq=seq, duplicate=False) if seq in new else _known(db, row) for seq, row in numbered]


def _known(db: sqlite3.Connection, row: _Row) -> Receipt:
    """The receipt of a message whose key was there already; of its marks it is known that they were seen."""
    _, key, digest, seen_at, _ = row
    seq, known = db.execute("SELECT seq, digest FROM messages WHERE key = ?", (key,)).fetchone()
    db.execute("UPDATE marks SET seen_at = max(seen_at, ?) WHERE seq = ?", (seen_at, seq))
    return Receipt(seq=seq, duplicate=True, differs=known != digest)


def _place(source: str) -> bytes:
    """Where a sealed body belongs: it does not open under the name of another source."""
    return b"spool:" + source.encode()


def _named(source: str, key: str) -> bytes:
    """What names a message among those of all sources."""
    return source.encode() + b"\0" + key.encode(errors="surrogateescape")


def _part_row(part: Part) -> tuple[object, ...]:
    times = (to_micros(part.first_time), to_micros(part.last_time))
    return (part.path, part.batch, part.source, part.day, part.rows, part.size, part.sha256, *times)


def _part(row: tuple[Any, ...]) -> Part:
    path, batch, source, day, rows, size, sha256, first, last = row
    return Part(
        batch=batch,
        path=path,
        source=source,
        day=day,
        rows=rows,
        size=size,
        sha256=sha256,
        first_time=from_micros(first),
        last_time=from_micros(last),
    )
