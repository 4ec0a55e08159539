"""What the twin remembers, in one SQLite file that its processes share, so that a killed process comes back as it was.

Commits are not forced to the disk: they outlive the process, which is all that a drill needs, and not the machine.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import iso

LEAKY = "2.14"
"""The release that answers on the direct route without asking who calls."""
SOUND = "2.13"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tally (only INTEGER PRIMARY KEY CHECK (only = 1), attempts INTEGER NOT NULL,
    last_at TEXT);
CREATE TABLE IF NOT EXISTS exposures (person INTEGER PRIMARY KEY, at TEXT NOT NULL, jurisdiction TEXT NOT NULL,
    token_key INTEGER NOT NULL, ends INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS documents (person INTEGER PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (jti TEXT PRIMARY KEY, customer TEXT NOT NULL, minted_at TEXT NOT NULL, ends INTEGER NOT NULL,
    token_key INTEGER NOT NULL, login INTEGER NOT NULL, ip TEXT NOT NULL, asn INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deploys (version TEXT NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL, revision TEXT NOT NULL,
    note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tickets (ref TEXT PRIMARY KEY, at TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL);
"""
_BY_STATE = "SELECT jurisdiction, count(*) FROM exposures GROUP BY 1 ORDER BY 2 DESC, 1"
_CURVE = "SELECT substr(at, 1, 16) || 'Z', count(*) FROM exposures GROUP BY 1 ORDER BY 1"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """How the twin stands.

    release: version of the care app that runs.
    require_signature: whether the edge refuses calls of the direct route that the platform did not sign.
    token_key, platform_secret, app_secret: how often each was rotated; the app cannot check what the platform signs while the
    two secrets differ.
    installed: whether the app is still installed in the shop.
    """

    seed: int
    release: str = LEAKY
    require_signature: bool = False
    token_key: int = 0
    platform_secret: int = 0
    app_secret: int = 0
    installed: bool = True

    @property
    def path_open(self) -> bool:
        """Whether the direct route gives people's data to anyone who asks. Uninstalling the app does not close it."""
        return self.release == LEAKY and not self.require_signature


class Minted(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the token ledger."""

    jti: str
    customer: str
    at: datetime
    ends: int
    login: bool
    ip: str
    asn: int


class TwinState:
    """The twin's memory, as one process sees it. `folder` is the twin's folder within the home."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(folder / "twin.sqlite3", isolation_level=None, timeout=10, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)
        self._version = -1
        self._facts: Facts | None = None

    def begin(self, seed: int) -> None:
        """The twin has its first state, made from `seed`; one that has begun stays as it is."""
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO facts VALUES (1, ?)", (msgspec.json.encode(Facts(seed=seed)).decode(),))
            self._db.execute("INSERT OR IGNORE INTO tally VALUES (1, 0, NULL)")

    @property
    def facts(self) -> Facts:
        """How the twin stands now, whichever process changed it."""
        # data_version moves when another connection commits; our own changes go through `change`
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if self._facts is None or version != self._version:
            self._version = version
            self._facts = msgspec.json.decode(self._db.execute("SELECT value FROM facts").fetchone()[0], type=Facts)
        return self._facts

    def change(self, **fields: Any) -> Facts:
        """The twin stands as before but for `fields`."""
        with self._transaction():
            self._facts = None
            facts = msgspec.structs.replace(self.facts, **fields)
            self._db.execute("UPDATE facts SET value = ?", (msgspec.json.encode(facts).decode(),))
        self._facts = facts
        return facts

    def attempt_add(self, *, at: datetime) -> None:
        """One more unsigned call of the direct route is counted, whatever it was answered."""
        self._db.execute("UPDATE tally SET attempts = attempts + 1, last_at = max(coalesce(last_at, ''), ?)", (iso(at),))

    def token_add(self, token: Minted, *, exposed: str = "") -> None:
        """The ledger has the token. `exposed` is where its person lives when someone else was given it and her data."""
        facts = self.facts
        with self._transaction():
            if facts.installed:
                self._db.execute(
                    "INSERT OR IGNORE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (token.jti, token.customer, iso(token.at), token.ends, facts.token_key, token.login, token.ip, token.asn),
                )
            if exposed:
                self._db.execute(
                    "INSERT INTO exposures VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET token_key = excluded.token_key, ends = excluded.ends",
                    (int(token.customer), iso(token.at), exposed, facts.token_key, token.ends),
                )

    def document_add(self, customer: int, *, at: datetime) -> None:
        """An exposed person's portal documents were read at `at`; for others nothing changes."""
        self._db.execute("INSERT OR IGNORE INTO documents SELECT person, ? FROM exposures WHERE person = ?", (iso(at), customer))

    def deploy_add(self, *, version: str, at: datetime, author: str, revision: str, note: str) -> None:
        """The deploy record has one more line."""
        self._db.execute("INSERT INTO deploys VALUES (?, ?, ?, ?, ?)", (version, iso(at), author, revision, note))

    def ticket_add(self, *, ref: str, at: datetime, sender: str, subject: str, text: str) -> None:
        """The mailbox has the ticket, once."""
        self._db.execute("INSERT OR IGNORE INTO tickets VALUES (?, ?, ?, ?, ?)", (ref, iso(at), sender, subject, text))

    def ledger_destroy(self) -> None:
        """The token ledger is empty, as after an uninstall."""
        self._db.execute("DELETE FROM ledger")

    def deploys(self) -> list[dict[str, Any]]:
        """All deploys, oldest first."""
        return self._rows("SELECT * FROM deploys ORDER BY at, rowid")

    def tickets(self) -> list[dict[str, Any]]:
        """All tickets, oldest first."""
        return self._rows("SELECT * FROM tickets ORDER BY at, ref")

    def ledger(self) -> list[dict[str, Any]]:
        """All tokens that were made, oldest first."""
        return self._rows("SELECT * FROM ledger ORDER BY minted_at, jti")

    def truth(self, *, now: datetime) -> dict[str, Any]:
        """What really leaked so far: what only the exercise may know.

        `people_exposed` counts people, `attempts` counts calls, `curve` has the people first exposed within each minute.
        `deployed`, `document_read`, `reported` and `last_attempt` are the first moments of the flawed release, of a portal
        document that went out and of a letter about the leak, and the last moment of an unsigned call; None for what never was.
        """
        facts = self.facts
        by_state = dict(self._db.execute(_BY_STATE).fetchall())
        live = self._db.execute(
            "SELECT count(*) FROM exposures WHERE token_key = ? AND ends > ?", (facts.token_key, int(now.timestamp()))
        ).fetchone()[0]
        attempts, last_attempt = self._db.execute("SELECT attempts, last_at FROM tally").fetchone()
        return {
            "people_exposed": sum(by_state.values()),
            "attempts": attempts,
            "path_open": facts.path_open,
            "client_secret_rotated": facts.platform_secret > 0,
            "app_uninstalled": not facts.installed,
            "exposed_by_state": by_state,
            "tokens_live": live,
            "portal_documents": self._db.execute("SELECT count(*) FROM documents").fetchone()[0],
            "curve": self._db.execute(_CURVE).fetchall(),
            "deployed": self._first("deploys", where=f"version = '{LEAKY}'"),
            "document_read": self._first("documents"),
            "reported": self._first("tickets"),
            "last_attempt": last_attempt,
        }

    def close(self) -> None:
        """The file is closed."""
        self._db.close()

    def _first(self, table: str, *, where: str = "true") -> str | None:
        moment: str | None = self._db.execute(f"SELECT min(at) FROM {table} WHERE {where}").fetchone()[0]  # noqa: S608  # our words
        return moment

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        cursor = self._db.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
