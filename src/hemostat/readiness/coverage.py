"""The coverage map of a store: every path by which patient data can be read, and whether its events arrive.

The paths follow from the newest snapshot of the store's configuration, from the settings, and from the rules of
`content/coverage`; what arrived is asked of the lake. Nothing here reads a clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from hemostat.events import Surface
from hemostat.kernel import Home, Settings, Source
from hemostat.stores.snapshot import Item, Snapshot, Unseen, snapshot_latest

from .coverage_rules import Rule, RuleBook, Watched, rule_books
from .coverage_seen import Seen, Tally, seen

DAYS = 30
"""Days within which an event must have arrived."""

_TAKERS = {"shopify": "shopify-admin", "magento": "magento-rest"}
"""The kinds of source that take a snapshot of each platform."""

_NOT_OF_A_SNAPSHOT = frozenset({"route", "app-seen"})
_THINGS = {
    "app": "installed apps",
    "staff": "members of staff",
    "token": "access tokens",
    "field": "data fields that pages can show",
    "pixel": "tracking pixels",
    "script": "scripts and content blocks",
    "webhook": "webhooks to other systems",
    "integration": "integrations",
    "module": "modules",
    "setting": "settings that open data",
}
_SHORT = 16  # characters of a pseudonym that tell one from another


class State(StrEnum):
    """What is known of a path."""

    LOGGED = "logged"
    SILENT = "silent"
    NOT_CONNECTED = "not connected"
    CANNOT = "cannot be logged"


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read patient data of a store.

    reaches: kinds of data, words of `hemostat law elements`. sources: those that tell of it, if any are set up.
    by: "feed" when it is judged by all events of its sources, else by what of its own events is known.
    events, last: in the last days. heard: the newest event of its sources ever, which tells how long they are silent.
    """

    id: str
    title: str
    how: str
    surfaces: tuple[str, ...]
    reaches: tuple[str, ...]
    state: State
    by: str = ""
    sources: tuple[str, ...] = ()
    events: int = 0
    last: datetime | None = None
    heard: datetime | None = None
    feed_events: int = 0
    kinds: tuple[str, ...] = ()
    how_to: str = ""
    reason: str = ""
    control: str = ""


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one surface is watched. Paths that no system can log are apart: they are in no denominator."""

    surface: str
    logged: int
    silent: int
    not_connected: int
    cannot: int

    @property
    def of(self) -> int:
        """Paths that could be logged."""
        return self.logged + self.silent + self.not_connected

    @property
    def percent(self) -> int | None:
        """Of these, how many are logged, rounded down; None when there is no such path."""
        return 100 * self.logged // self.of if self.of else None


class CoverageMap(msgspec.Struct, frozen=True, kw_only=True):
    """All paths of one store as they are at `at`; `taken_at` is when its configuration was read, None when it never was.

    unknown: things of the store by which its data can be read, and which nobody has looked at: without a snapshot the numbers
        are those of the other paths only. taker: the kind of source that takes a snapshot; taken_by: the one that does, if any.
    """

    store: str
    platform: str
    at: datetime
    days: int
    taken_at: datetime | None
    paths: tuple[Path, ...]
    unseen: tuple[Unseen, ...]
    no_system: bool
    unknown: tuple[str, ...] = ()
    taker: str = ""
    taken_by: str = ""

    @property
    def shares(self) -> tuple[Share, ...]:
        """Each surface in the order of the vocabulary."""
        return tuple(_share(surface, [path for path in self.paths if surface in path.surfaces]) for surface in Surface)

    @property
    def whole(self) -> Share:
        """The whole store, each path once."""
        return _share("", self.paths)

    def document(self) -> dict[str, Any]:
        """The map as JSON has it, with the numbers."""
        shares = [
            {**msgspec.to_builtins(share), "of": share.of, "percent": share.percent} for share in (self.whole, *self.shares)
        ]
        return {**msgspec.to_builtins(self), "whole": shares[0], "shares": shares[1:]}


def stores(settings: Settings) -> dict[str, str]:
    """The stores that the settings name, each with its platform: shopify, magento, or "" for one that only has sources."""
    named = dict.fromkeys(sorted({source.store for source in settings.sources.values()}), "")
    return named | dict.fromkeys(settings.magento_stores, "magento") | dict.fromkeys(settings.shopify_stores, "shopify")


def coverage(
    home: Home, store: str, *, now: datetime, days: int = DAYS, heard: Mapping[str, datetime] | None = None
) -> CoverageMap:
    """The map of a store of the settings. `heard`: the newest event of each source ever, if it is known.

    Raises `BadInput` when the snapshot is damaged or a rule is wrong, and what the lake raises when it cannot be asked.
    """
    settings = home.settings()
    snapshot = snapshot_latest(home, store)
    platform = stores(settings).get(store, "") or (snapshot.platform if snapshot else "")
    sources = sources_of(settings, store)
    patterns = sorted(
        {like for _, rule, item in _wanted(settings, store, platform, snapshot, Seen()) for like in _like(rule, item)}
    )
    found = seen(home, store, patterns=patterns, since=now - timedelta(days=days), now=now)
    paths = [
        _path(book, rule, item, sources, found, heard or {})
        for book, rule, item in _wanted(settings, store, platform, snapshot, found)
    ]
    return CoverageMap(
        store=store,
        platform=platform,
        at=now,
        days=days,
        taken_at=snapshot.taken_at if snapshot else None,
        paths=tuple(path for path in paths if path),
        unseen=snapshot.unseen if snapshot else (),
        no_system=not _systems(settings, sources),
        unknown=() if snapshot else _unknown(platform),
        taker=_TAKERS.get(platform, ""),
        taken_by=next((name for name, source in sources.items() if source.kind == _TAKERS.get(platform)), ""),
    )


def _unknown(platform: str) -> tuple[str, ...]:
    """What only a snapshot tells of a platform, as people call it."""
    rules = rule_books()[platform].paths if platform in rule_books() else ()
    kinds = dict.fromkeys(rule.each for rule in rules if rule.each and rule.each not in _NOT_OF_A_SNAPSHOT)
    return tuple(_THINGS.get(kind, kind) for kind in kinds)


def sources_of(settings: Settings, store: str) -> dict[str, Source]:
    """The sources that tell of a store, also its Shopify webhooks, which need no entry of their own."""
    found = {name: source for name, source in settings.sources.items() if source.store == store}
    if store in settings.shopify_stores and not any(source.kind == "shopify" for source in found.values()):
        found[f"shopify.{store}"] = Source(kind="shopify", store=store, environment=settings.kind)
    return found


def _wanted(
    settings: Settings, store: str, platform: str, snapshot: Snapshot | None, found: Seen
) -> Iterator[tuple[RuleBook, Rule, Item | None]]:
    """Each rule of the store's platform and of its systems, with each thing that it is about."""
    sources = sources_of(settings, store)
    books = rule_books()
    systems = _systems(settings, sources)
    for book in (books[name] for name in (platform, "system") if name in books):
        for rule in book.paths:
            if not rule.system or rule.system in systems:
                yield from ((book, rule, item) for item in _items(rule, sources, snapshot, found))


def _systems(settings: Settings, sources: Mapping[str, Source]) -> set[str]:
    """The systems beside the stores that the settings name, or whose own kind of source is set up."""
    kinds = {source.kind for source in sources.values()}
    own = {
        rule.system
        for rule in rule_books()["system"].paths
        if rule.watched and rule.watched.by != "name" and kinds & set(rule.watched.kinds)
    }
    return own | set(settings.systems)


def _items(rule: Rule, sources: Mapping[str, Source], snapshot: Snapshot | None, found: Seen) -> Iterator[Item | None]:
    if not rule.each:
        yield None
    elif rule.each == "route":
        yield from _routes(sources)
    elif rule.each == "app-seen":
        yield from _apps_seen(rule, sources, snapshot, found)
    elif snapshot:
        yield from (item for item in snapshot.of(rule.each) if _fits(item, rule))


def _routes(sources: Mapping[str, Source]) -> Iterator[Item]:
    for name, source in sources.items():
        for route in source.routes:
            facts: dict[str, str | int | bool | list[str] | None] = {
                "exposes": list(route.exposes), "surface": route.surface, "host": name,
            }  # fmt: skip
            yield Item(kind="route", id=route.prefix, title=route.prefix, facts=facts)


def _apps_seen(rule: Rule, sources: Mapping[str, Source], snapshot: Snapshot | None, found: Seen) -> Iterator[Item]:
    """Apps that events name and the snapshot does not."""
    listed = {word for item in (snapshot.of("app") if snapshot else ()) for word in (item.id, item.title)}
    feeds = _feeds(rule, sources)
    yield from (Item(kind="app-seen", id=app, title=app) for app in sorted(found.apps(feeds)) if app not in listed)


def _fits(item: Item, rule: Rule) -> bool:
    def has(name: str, wanted: str | bool) -> bool:  # noqa: FBT001  # a value from the rules
        value = item.id if name == "_id" else item.facts.get(name)
        return fnmatchcase(str(value), wanted) if isinstance(wanted, str) else value is wanted

    return all(has(*pair) for pair in rule.where.items()) and not any(has(*pair) for pair in rule.unless.items())


def _path(
    book: RuleBook, rule: Rule, item: Item | None, sources: Mapping[str, Source], found: Seen, heard: Mapping[str, datetime]
) -> Path | None:
    """What is known of one path; None when the thing's permissions open no patient data."""
    reaches = _reaches(book, rule, item)
    if not reaches:
        return None
    told = _words(item)
    bare = Path(
        id=f"{rule.id}:{item.id}" if item else rule.id,
        title=_filled(rule.title, told),
        how=_filled(rule.how, told),
        surfaces=(str(item.facts["surface"]),) if item and item.kind == "route" else rule.surfaces,
        reaches=reaches,
        state=State.CANNOT,
        reason=rule.cannot.reason if rule.cannot else "",
        control=rule.cannot.control if rule.cannot else "",
    )
    return bare if rule.watched is None else _judged(bare, rule, rule.watched, item, sources, found, heard)


def _judged(
    bare: Path,
    rule: Rule,
    watched: Watched,
    item: Item | None,
    sources: Mapping[str, Source],
    found: Seen,
    heard: Mapping[str, datetime],
) -> Path:
    feeds = _feeds(rule, sources)
    tally = _tally(watched, _like(rule, item), item, feeds, found)
    state = State.NOT_CONNECTED if not feeds else State.LOGGED if tally.events else State.SILENT
    return msgspec.structs.replace(
        bare,
        state=state,
        by=watched.by,
        sources=feeds,
        events=tally.events,
        last=tally.last,
        heard=max((heard[name] for name in feeds if name in heard), default=None),
        feed_events=found.feed(feeds).events,
        kinds=watched.kinds,
        how_to=watched.how_to,
    )


def _tally(watched: Watched, like: Sequence[str], item: Item | None, feeds: Sequence[str], found: Seen) -> Tally:
    if watched.by in {"feed", "name"}:
        return found.feed(feeds)
    if watched.by == "path":
        return found.under(feeds, like)
    if watched.by in {"act", "resource"}:
        return found.like(feeds, watched.by, like)
    if item is None:
        return Tally()
    also = item.facts.get("also")
    return found.named(feeds, watched.by, [item.id, item.title, *(also if isinstance(also, list) else [])])


def _feeds(rule: Rule, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The sources that tell of a path."""
    watched = rule.watched
    if watched is None:
        return ()
    named = rule.system if watched.by == "name" else ""
    return tuple(name for name, source in sources.items() if source.kind in watched.kinds and name.startswith(named))


def _like(rule: Rule, item: Item | None) -> list[str]:
    return [_filled(like, _words(item)) for like in (rule.watched.like if rule.watched else ())]


def _reaches(book: RuleBook, rule: Rule, item: Item | None) -> tuple[str, ...]:
    """The kinds of data that a path opens: those of the rule, or of the permissions of its thing."""
    if not rule.reaches_from:
        return rule.reaches
    listed = item.facts.get(rule.reaches_from) if item else None
    granted = listed if isinstance(listed, list) else []
    if item and item.kind == "route":
        return tuple(granted)
    opened = (book.reach[pattern] for pattern in book.reach if any(fnmatchcase(word, pattern) for word in granted))
    return tuple(dict.fromkeys(word for words in opened for word in words))


def _words(item: Item | None) -> dict[str, str]:
    if item is None:
        return {}
    facts = {name: str(value) for name, value in item.facts.items() if isinstance(value, str | int)}
    return facts | {"id": item.id, "title": item.title or item.id, "short": item.id[:_SHORT]}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def _share(surface: str, paths: Sequence[Path]) -> Share:
    count = {state: sum(path.state is state for path in paths) for state in State}
    return Share(
        surface=str(surface),
        logged=count[State.LOGGED],
        silent=count[State.SILENT],
        not_connected=count[State.NOT_CONNECTED],
        cannot=count[State.CANNOT],
    )
