"""What the lake tells of the paths: which apps, people, acts and addresses its events of the last days name."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from fnmatch import translate
from functools import cache
from typing import Any

import msgspec

from hemostat.kernel import Home
from hemostat.lake.hunt import Hunt, Value
from hemostat.lake.spool import REPLAY, Spool

_MOST = 50_000
_NAMES = f"""
SELECT source, app, CASE WHEN actor_type IN ('app', 'staff', 'system') THEN actor ELSE '' END AS actor, act, resource,
       count(*) AS events, max(time) AS last
FROM events
WHERE time >= CAST($since AS TIMESTAMPTZ) AND time <= CAST($now AS TIMESTAMPTZ) AND store = $store AND environment <> 'test'
GROUP BY ALL
ORDER BY events DESC
LIMIT {_MOST}
"""  # noqa: S608  # a number of our own
_PATHS = """
WITH asked AS (SELECT unnest(string_split($patterns, chr(10))) AS pattern),
     told AS (
         SELECT source, path, count(*) AS events, max(time) AS last
         FROM events
         WHERE time >= CAST($since AS TIMESTAMPTZ) AND time <= CAST($now AS TIMESTAMPTZ) AND store = $store AND path <> ''
           AND environment <> 'test'
         GROUP BY ALL
     )
SELECT source, pattern, CAST(sum(events) AS BIGINT) AS events, max(last) AS last
FROM told JOIN asked ON path LIKE pattern
GROUP BY ALL
"""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many events, and when the newest of them happened."""

    events: int = 0
    last: datetime | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        known = [last for last in (self.last, other.last) if last]
        return Tally(events=self.events + other.events, last=max(known, default=None))


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one source that name the same app, actor, act and resource."""

    source: str
    app: str = ""
    actor: str = ""
    act: str = ""
    resource: str = ""
    tally: Tally


class Under(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one source whose path is like a pattern."""

    source: str
    pattern: str
    tally: Tally


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one store in the last days, by what they name, and by what their paths are like."""

    names: tuple[Named, ...] = ()
    paths: tuple[Under, ...] = ()

    def feed(self, sources: Collection[str]) -> Tally:
        """All events of these sources."""
        return _sum(row.tally for row in self.names if row.source in sources)

    def named(self, sources: Collection[str], by: str, words: Collection[str]) -> Tally:
        """Events of these sources whose actor, or app as well when `by` says so, is one of the words."""
        wanted = {word for word in words if word}
        return _sum(
            row.tally
            for row in self.names
            if row.source in sources and (row.actor in wanted or (by == "app" and row.app in wanted))
        )

    def like(self, sources: Collection[str], by: str, patterns: Sequence[str]) -> Tally:
        """Events of these sources whose act, or resource, is like one of the patterns."""
        return _sum(
            row.tally
            for row in self.names
            if row.source in sources and any(_pattern(one).match(row.act if by == "act" else row.resource) for one in patterns)
        )

    def under(self, sources: Collection[str], patterns: Sequence[str]) -> Tally:
        """Events of these sources whose path is like one of the patterns; one that is like two counts twice."""
        return _sum(row.tally for row in self.paths if row.source in sources and row.pattern in patterns)

    def apps(self, sources: Collection[str]) -> set[str]:
        """The apps that events of these sources name."""
        return {row.app for row in self.names if row.source in sources and row.app}


def seen(home: Home, store: str, *, patterns: Sequence[str], since: datetime, now: datetime) -> Seen:
    """What the lake holds about a store from `since` to `now`. Raises what `Hunt.query` raises."""
    hunt = Hunt(home, seconds=60)
    values: dict[str, Value] = {"since": since, "now": now, "store": store}
    names = hunt.query(_NAMES, values, since=since).to_pylist()
    paths = hunt.query(_PATHS, values | {"patterns": "\n".join(patterns)}, since=since).to_pylist() if patterns else []
    return Seen(
        names=tuple(Named(tally=_tally(row), **row) for row in names),
        paths=tuple(Under(tally=_tally(row), **row) for row in paths),
    )


def _tally(row: dict[str, Any]) -> Tally:
    """The count and the moment of a row, taken out of it."""
    return Tally(events=row.pop("events"), last=row.pop("last"))


def heard(home: Home, *, now: datetime) -> dict[str, datetime]:
    """The newest event of each source that has any; one from the future counts as of now.

    Tests of ours do not count: no pulse beats for them, so nothing is newer than what beat last. What came before pulses go back
    is told by the manifest alone.
    """
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    try:
        beats, parts = spool.heard(), spool.parts()
    finally:
        spool.close()
    received: dict[str, datetime] = {}
    for (source, _), last in beats.items():
        received[source] = max(received.get(source, last), last)
    found: dict[str, datetime] = {}
    for part in parts:
        if part.source in received or part.last_time < now - REPLAY:
            newest = min(part.last_time, received.get(part.source, now), now)
            found[part.source] = max(found.get(part.source, newest), newest)
    return found


@cache
def _pattern(like: str) -> re.Pattern[str]:
    return re.compile(translate(like.replace("%", "*")))


def _sum(tallies: Iterator[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total += tally
    return total
