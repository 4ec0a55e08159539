"""Checks across surfaces: what events of the lake, the settings and the keys of this home tell."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from hemostat.events import Environment
from hemostat.kernel import Home, Settings
from hemostat.lake import health
from hemostat.lake.hunt import Hunt
from hemostat.phi import patients
from hemostat.phi.known import WORDS
from hemostat.readiness.coverage_rules import rule_books
from hemostat.stores.snapshot import Item, Snapshot

from .configured import counted, words_of
from .verdicts import Answer, Fault, judged, unknown

_PEOPLE_DAYS = timedelta(days=30)
_ZOOM_DAYS = timedelta(days=2)  # the feed tells of each open recording once a day
_DAY = timedelta(days=1)
_SEVERE = 4  # of an event about a recording that nothing guards
_KEYS = ("feed.", "magento.", "shopify.", "target.", "sink.")
_VENDORS = frozenset({"zoom", "twilio"})
_NAMED = 10
_TESTS = (Environment.STAGING.value, Environment.SANDBOX.value)
_STAGING = f"""
SELECT source, count(*) AS events, count(*) FILTER (WHERE list_contains(phi, '{WORDS["patient"]}')) AS known,
       max(time) FILTER (WHERE list_contains(phi, '{WORDS["patient"]}')) AS last
FROM events
WHERE time >= CAST($since AS TIMESTAMPTZ) AND time <= CAST($now AS TIMESTAMPTZ) AND environment IN {_TESTS}
GROUP BY source ORDER BY source
"""  # noqa: S608  # words of our own
_OPEN = f"""
SELECT source, count(DISTINCT resource_id) AS recordings
FROM events
WHERE time >= CAST($since AS TIMESTAMPTZ) AND operation = 'recording.shared_publicly' AND severity >= {_SEVERE}
GROUP BY source ORDER BY source
"""  # noqa: S608  # a number of our own
_LINES = """
SELECT count(*) AS lines, count(*) FILTER (WHERE app = 'db.log') AS statements
FROM events
WHERE time >= CAST($since AS TIMESTAMPTZ) AND source = $source
"""
_APPS = """
SELECT DISTINCT app FROM events
WHERE time >= CAST($since AS TIMESTAMPTZ) AND source = $source AND actor_type = 'app' AND app <> ''
ORDER BY app LIMIT 200
"""


class Around(NamedTuple):
    """One look at what concerns no single address, at `now`; the newest snapshot of each store, None where there is none."""

    home: Home
    settings: Settings
    snapshots: Mapping[str, Snapshot | None]
    platforms: Mapping[str, str]
    now: datetime

    def hunt(self) -> Hunt:
        """Questions to the lake."""
        return Hunt(self.home, seconds=60)

    def sources(self, kind: str, store: str = "") -> list[str]:
        """The sources of a kind, of one store or of all."""
        return [name for name, one in self.settings.sources.items() if one.kind == kind and store in {"", one.store}]


def _staging_people(around: Around) -> Answer:
    made = [header.made_at for _, header in patients.sets(around.home) if header.of == "patient"]
    if not made:
        return unknown("Nobody made fingerprints of the patients, so none can be recognized.")
    # What happened before the fingerprints were made was compared with nothing.
    since = max(around.now - _PEOPLE_DAYS, min(made))
    rows = around.hunt().query(_STAGING, {"since": since, "now": around.now}, since=since).to_pylist()
    if not rows:
        return unknown(f"No event of a system for tests arrived since {since:%Y-%m-%d}.")
    faults = [
        Fault(
            where=f"source {row['source']}",
            what=f"{counted(row['known'], 'event')} about known patients, last {row['last']:%Y-%m-%d}.",
        )
        for row in rows
        if row["known"]
    ]
    events = sum(row["events"] for row in rows)
    return judged(faults, f"{counted(events, 'event')} of systems for tests since {since:%Y-%m-%d} were compared.", at=around.now)


def _recordings_guarded(around: Around) -> Answer:
    feeds = [name for name in around.sources("zoom") if around.settings.sources[name].feed]
    if not feeds:
        return unknown("No feed of Zoom is set up.")
    beats = health.heartbeats(around.home)
    for name in feeds:
        if name not in beats or around.now - beats[name].at > _DAY:
            return unknown(f"The feed {name} was not heard for a day.")
    since = around.now - _ZOOM_DAYS
    rows = around.hunt().query(_OPEN, {"since": since}, since=since).to_pylist()
    faults = [
        Fault(
            where=f"Zoom, source {row['source']}",
            what=f"{counted(row['recordings'], 'recording')} with a link that nothing guards.",
        )
        for row in rows
        if row["source"] in feeds
    ]
    return judged(
        faults, f"{', '.join(feeds)} answered within a day, and told of its recordings since {since:%Y-%m-%d}.", at=around.now
    )


def query_log_off(around: Around, store: str) -> Answer:
    """Does a Magento store log its database? Only who ships that log can know."""
    feeds = {name: around.settings.sources[name].feed for name in around.sources("magento-log", store)}
    told = [name for name, feed in feeds.items() if feed and any("debug" in path for path in feed.options.get("paths", []))]
    if not told:
        return unknown(f"No source of kind `magento-log` of {store} follows `var/debug`.")
    since = around.now - _DAY
    rows = [around.hunt().query(_LINES, {"since": since, "source": name}, since=since).to_pylist()[0] for name in told]
    lines, statements = (sum(row[name] for row in rows) for name in ("lines", "statements"))
    if not lines:
        return unknown(f"Nothing of the logs of {store} arrived within a day.")
    faults = [Fault(where=f"store {store}", what=f"{counted(statements, 'statement')} were logged.")] if statements else []
    return judged(faults, f"{counted(lines, 'line')} of its logs arrived within a day.", at=around.now)


def _keys_young(around: Around) -> Answer:
    days = around.settings.posture.token_days
    folder = around.home.keyring(around.settings).folder
    made = {
        path.stem: datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in sorted(folder.glob("*.json"))
        if path.name.startswith(_KEYS)
    }
    if not made:
        return unknown("This home has no key of another system.")
    ages = {name: (around.now - at).days for name, at in made.items()}
    faults = [
        Fault(where=f"key {name}", what=f"It is {age} days old; {days} are allowed.") for name, age in ages.items() if age > days
    ]
    return judged(faults, f"{counted(len(made), 'key')}, by the dates of their files.", at=around.now)


def _vendors_agreed(around: Around) -> Answer:
    found = dict(_vendors(around))
    known = {name.lower() for name in around.settings.posture.vendors}
    faults = [
        Fault(where=f"vendor {name}", what=f"{how}; `posture.vendors` does not name it.")
        for name, how in sorted(found.items())
        if name.lower() not in known
    ]
    hidden = [
        store
        for store, platform in around.platforms.items()
        if around.snapshots[store] is None or (platform == "shopify" and not around.sources("shopify-audit", store))
    ]
    if not faults and hidden:
        return unknown(f"Of {', '.join(hidden)} nobody shows which apps there are: snapshot or audit feed is missing.")
    if not found:
        return unknown("The settings name no store, and no system beside it.")
    named = ", ".join(sorted(found)[:_NAMED])
    return judged(faults, f"{counted(len(found), 'vendor')} that reach patient data: {named}.", at=around.now)


def _vendors(around: Around) -> Iterator[tuple[str, str]]:
    """Who reaches patient data, and by what: systems beside the stores, apps, and integrations."""
    kinds = {source.kind for source in around.settings.sources.values()} & _VENDORS
    yield from ((name, "A system that holds patient data") for name in sorted(kinds | set(around.settings.systems)))
    own: set[str] = set()
    for store, snapshot in around.snapshots.items():
        for item in snapshot.items if snapshot else ():
            if item.facts.get("own") is True:
                own |= {item.id, item.title}
            elif _reaches(item, around.platforms[store]):
                yield item.title or item.id, f"An {item.kind} of {store} that may read people"
    since = around.now - _PEOPLE_DAYS
    for source in around.sources("shopify-audit"):
        rows = around.hunt().query(_APPS, {"since": since, "source": source}, since=since).to_pylist()
        yield from ((row["app"], f"An app in the audit feed {source}") for row in rows if row["app"] not in own)


def _reaches(item: Item, platform: str) -> bool:
    """Is it an app or an active integration, with a permission that opens data of people?"""
    if item.kind not in {"app", "integration"} or item.facts.get("active") is False or platform not in rule_books():
        return False
    granted = words_of(item.facts.get("scopes" if item.kind == "app" else "resources"))
    return any(fnmatchcase(word, pattern) for word in granted for pattern in rule_books()[platform].reach)


ACROSS: Mapping[str, Callable[[Around], Answer]] = {
    "staging-people": _staging_people,
    "recordings-guarded": _recordings_guarded,
    "keys-young": _keys_young,
    "vendors-agreed": _vendors_agreed,
}
"""The checks that are about no store and no address."""
