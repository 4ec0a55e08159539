"""Signs of life that reached the lake: heartbeats of senders, and the canaries that we sent through our own doors.

A canary proves the whole way, from the address that senders know to the manifest of the lake; one that does not come back in good
time tells that something of ours is broken: a proxy, a certificate, a key, a process. Of each source the newest one is known.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from hemostat.kernel import Home, from_micros, to_micros
from hemostat.lake.health import database, heard
from hemostat.sources.signs import Sign

LEAST_PATIENCE = timedelta(minutes=15)
"""A sender is not missed before this has passed since its heartbeat, nor before three of its heartbeats are missing."""

_TABLE = """
CREATE TABLE IF NOT EXISTS canaries (
    source TEXT PRIMARY KEY,
    token TEXT NOT NULL,                    -- of the newest one
    sent_at INTEGER NOT NULL,               -- microseconds since 1970
    missing_since INTEGER,                  -- when the first was sent of those that have not come yet
    seen_at INTEGER,                        -- when the last one that came was sent
    fault TEXT NOT NULL                     -- why the door did not take the newest one; '' when it did
);
"""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A sign of life of a source, and when it was received."""

    source: str
    at: datetime
    sign: Sign


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """The canaries of one source.

    sent_at: the newest. missing_since: when the first was sent of those that have not come; None when the newest came.
    seen_at: when the last one that came was sent. fault: why the door did not take the newest one, "" when it did.
    """

    sent_at: datetime
    missing_since: datetime | None
    seen_at: datetime | None
    fault: str


def signs_arrived(home: Home, signs: Iterable[Arrived]) -> None:
    """Heartbeats were heard, and canaries have come back. A token that is not the newest of its source changes nothing."""
    beats: dict[str, Arrived] = {}
    for one in signs:
        if one.sign.token:
            _came_back(home, one)
        elif one.source not in beats or beats[one.source].at <= one.at:
            beats[one.source] = one
    for source, one in beats.items():
        heard(home, source=source, now=one.at, due=one.at + max(LEAST_PATIENCE, 3 * timedelta(seconds=one.sign.every)))


def canary_sent(home: Home, *, source: str, token: str, now: datetime, fault: str = "") -> None:
    """A canary is on its way, or was not taken for the reason that `fault` says in a few words of ours."""
    with database(home, _TABLE) as db:
        db.execute(
            "INSERT INTO canaries VALUES (?, ?, ?, ?, NULL, ?) ON CONFLICT (source) DO UPDATE SET token = excluded.token,"
            " sent_at = excluded.sent_at, missing_since = coalesce(missing_since, excluded.sent_at), fault = excluded.fault",
            (source, token, to_micros(now), to_micros(now), fault),
        )


def canaries(home: Home) -> dict[str, Canary]:
    """The canaries of each source to which one was ever sent."""
    with database(home, _TABLE) as db:
        rows = db.execute("SELECT source, sent_at, missing_since, seen_at, fault FROM canaries").fetchall()
    return {
        source: Canary(sent_at=from_micros(sent), missing_since=_moment(missing), seen_at=_moment(seen), fault=fault)
        for source, sent, missing, seen, fault in rows
    }


def canaries_forget(home: Home, *, but: Iterable[str]) -> None:
    """Only the canaries of these sources are known: no other is sent any more."""
    with database(home, _TABLE) as db:
        kept = msgspec.json.encode(sorted(but)).decode()
        db.execute("DELETE FROM canaries WHERE source NOT IN (SELECT value FROM json_each(?))", (kept,))


def _came_back(home: Home, one: Arrived) -> None:
    with database(home, _TABLE) as db:
        db.execute(
            "UPDATE canaries SET missing_since = NULL, seen_at = sent_at, fault = '' WHERE source = ? AND token = ?",
            (one.source, one.sign.token),
        )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
