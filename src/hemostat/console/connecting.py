"""What the pages that connect a system show: cards, the fields of a form, and how far a new source has come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from hemostat.console.moment import now
from hemostat.kernel import Feed, HemostatError, Settings, Source
from hemostat.people.ledger import LedgerAct, entries
from hemostat.readiness.arriving import Received, found, in_the_way, received
from hemostat.readiness.connecting import words_of
from hemostat.readiness.coverage import stores
from hemostat.readiness.setup_guides import Ask, Guide, filled, guides
from hemostat.readiness.setup_needs import GROUPS, Need, Ready
from hemostat.readiness.trial_events import trial_of, why_not
from hemostat.sources.doors import comes_in, has_own_key

_LATELY, _LONG_AGO = timedelta(hours=1), timedelta(days=3650)
_CHOICE = re.compile(r"[a-z0-9-]+(\|[a-z0-9-]+)+")
_PARTS = re.compile(r"(?<=\?) |: |; ")
MINE = ("name", "store", "environment", "public")
"""Questions that every kind asks."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One kind that can be connected, and the sources of it that already are."""

    kind: str
    title: str
    gives: str
    surfaces: tuple[str, ...]
    connected: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Kinds that people look for in one place."""

    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of the form. A secret never has a value: what was typed is not shown again."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    like: str = ""
    error: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False
    optional: bool = False
    long: bool = False


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One kind, one way in: what to read, what to copy, what to fill in."""

    kind: str
    guide: Guide
    gives: str
    surfaces: tuple[str, ...]
    way: str
    ways: tuple[tuple[str, str], ...]
    words: dict[str, str]
    address: str
    needs: tuple[Need, ...]
    ready: tuple[Ready, ...]
    steps: tuple[str, ...]
    fields: tuple[Field, ...]
    rare: tuple[Field, ...]
    known_stores: tuple[str, ...]
    environments: tuple[str, ...]
    key: str
    mine: dict[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How far a source has come: its real events, our test event of the last hour, and what is in the way of both."""

    real: Received | None
    test: dict[str, Any] | None
    trouble: HemostatError | None
    since: datetime
    can_test: bool
    why_not: str
    wait: str
    quiet: tuple[str, ...]


def groups() -> tuple[Group, ...]:
    """All kinds, in their groups."""
    known, sources = guides(), settings.HOME.settings().sources
    made: dict[str, list[Card]] = {group: [] for group in GROUPS}
    for kind, guide in known.guides.items():
        needs = known.needs.kinds[kind]
        connected = tuple(name for name, one in sources.items() if one.kind == kind)
        made[needs.group].append(
            Card(kind=kind, title=guide.title, gives=needs.gives, surfaces=needs.surfaces, connected=connected)
        )
    return tuple(Group(title=title, cards=tuple(made[group])) for group, title in GROUPS.items())


def walk(kind: str, given: Mapping[str, str], *, errors: Mapping[str, str] | None = None) -> Walk:
    """The page of a kind, with what was given so far. Raises `NotFound` for a kind that there is not."""
    known, here, errors = guides(), settings.HOME.settings(), errors or {}
    kind = known.kind(kind)
    guide, needs = known.guides[kind], known.needs.kinds[kind]
    way = given.get("way", "") if given.get("way", "") in guide.ways else guide.ways[0]
    store = given.get("store", "").strip() or next(iter(stores(here)), "main")
    name = given.get("name", "").strip() or f"{kind}-{store}"
    public = given.get("public", here.intake.public).strip()
    words = words_of(here, kind, name=name, store=store, public=public)
    asks = known.asks(kind, way)
    feed = known.ways[way].feed
    one = Source(kind=kind, store=store, feed=Feed(kind=feed) if feed else None)
    return Walk(
        kind=kind,
        guide=guide,
        gives=needs.gives,
        surfaces=needs.surfaces,
        way=way,
        ways=tuple((each, known.ways[each].title) for each in guide.ways),
        words=words,
        address=words["address"] if comes_in(one) else "",
        needs=tuple(_with(need, words) for need in known.needs.of(kind, way)),
        ready=known.needs.ways[way].ready,
        steps=tuple(filled(step, words) for step in (*guide.steps, *known.ways[way].steps)),
        fields=tuple(_field(ask, given, errors, words) for ask in asks if not ask.rare),
        rare=tuple(_field(ask, given, errors, words) for ask in asks if ask.rare),
        known_stores=tuple(stores(here)),
        environments=("sandbox",) if here.kind == "sandbox" else ("production", "staging", "sandbox"),
        key=f"source.{name}" if has_own_key(one) else "",
        mine={
            each: Field(name=each, label=each, value=value, error=errors.get(each, ""))
            for each, value in (
                ("name", name),
                ("store", store),
                ("environment", given.get("environment", "")),
                ("public", public),
            )
        },
    )


def arrival(name: str, known: Settings) -> Arrival:
    """How far a source of the settings has come, since it was connected."""
    home, source, at = settings.HOME, known.sources[name], now()
    added = entries(f"source/{name}").filter(act=LedgerAct.SOURCE_ADD.value).last()
    since = added.at if added else at - _LONG_AGO
    real = received(home, name, since=since)
    test = found(home, name, since=max(since, at - _LATELY), test=True)
    guide = guides().guides[source.kind]
    can_test = _can_test(name, known, at)
    return Arrival(
        real=real,
        test=test,
        trouble=None if real else in_the_way(home, name, since=since),
        since=since,
        can_test=can_test,
        why_not="" if can_test else why_not(known, name),
        wait=filled(guide.wait, words_of(known, source.kind, name=name, store=source.store)),
        quiet=_quiet(name, source, known),
    )


def _can_test(name: str, known: Settings, at: datetime) -> bool:
    try:
        return trial_of(settings.HOME, known, name, now=at) is not None
    except HemostatError:
        return True  # its key is missing: the test says so


def _quiet(name: str, source: Source, known: Settings) -> tuple[str, ...]:
    """What to look at when nothing comes."""
    told = guides()
    words = words_of(known, source.kind, name=name, store=source.store)
    feed = source.feed.kind if source.feed else ""
    ways = [way for way in told.guides[source.kind].ways if told.ways[way].feed == feed] or [told.guides[source.kind].ways[0]]
    hints = (*told.needs.kinds[source.kind].quiet, *told.needs.ways[ways[0]].quiet)
    return tuple(filled(hint, words) for hint in hints)


def _with(need: Need, words: dict[str, str]) -> Need:
    return Need(grant=filled(need.grant, words), what=need.what, reason=need.reason, optional=need.optional)


def _field(ask: Ask, given: Mapping[str, str], errors: Mapping[str, str], words: Mapping[str, str]) -> Field:
    label, _, hint = _PARTS.sub("\n", ask.question, count=1).partition("\n")
    return Field(
        name=ask.name,
        label=label,
        hint=hint[:1].upper() + hint[1:],
        value="" if ask.secret else given.get(f"answer-{ask.name}", ask.default.format(**words)),
        like=ask.like,
        error=errors.get(ask.name, ""),
        choices=tuple(ask.pattern.split("|")) if _CHOICE.fullmatch(ask.pattern) else (),
        secret=ask.secret,
        optional=ask.optional or bool(ask.default),
        long=ask.file,
    )
