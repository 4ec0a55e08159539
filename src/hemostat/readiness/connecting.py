"""Connecting a system: its settings and keys are made, taken away, or their secrets changed, each on record in the ledger.

Commands and pages both come through here: there is no second way to change what is connected. Needs the database.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import msgspec
from django.db import transaction

from hemostat.kernel import BadInput, Feed, Home, NotFound, Settings, Source
from hemostat.people.ledger import LedgerAct, record
from hemostat.people.models import Person
from hemostat.sources import KINDS, check
from hemostat.sources.doors import comes_in, has_own_key

from .setup_guides import Ask, Guide, Way, guides

KEPT = 2
"""Values of a rotated secret that count: the newest, and the one before it, long enough for the other side to change over."""

_NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]{0,79}")
_PUBLIC = re.compile(r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_DOORS = {"hec": "/services/collector", "otlp": "/in/otlp/{name}/v1/logs", "none": "", "shopify": "/in/shopify/{store}"}
_NOWHERE = "https://YOUR-INTAKE"


class BadAnswer(BadInput):
    """An answer is missing, or is not what it must be. `name` is that of the question."""

    def __init__(self, name: str, message: str, *, advice: str) -> None:
        super().__init__(message, advice=advice)
        self.name = name


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to connect. answers: by the name of the question; those to secrets among them.

    environment: what runs there; "" for what the home is. public: the address under which others reach the intake; "" for that of
        the settings.
    """

    kind: str
    store: str
    name: str = ""
    way: str = ""
    environment: str = ""
    public: str = ""
    answers: dict[str, str] = {}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be made: the source, the store's address, and keys by name. Nothing is written yet.

    used: answers that are used while the source is set up, and kept nowhere. words: what stands for the names in the steps.
    """

    kind: str
    name: str
    way: str
    guide: Guide
    source: Source
    domain: str
    keys: dict[str, bytes]
    used: dict[str, str]
    words: dict[str, str]
    public: str

    @property
    def has_own_key(self) -> bool:
        """Does its sender show a bearer key of ours?"""
        return has_own_key(self.source)

    @property
    def by(self) -> Way:
        """How its events come in."""
        return guides().ways[self.way]

    @property
    def address(self) -> str:
        """Where its sender sends to; "" when nobody does."""
        return self.words["address"] if comes_in(self.source) else ""


def planned(settings: Settings, wish: Wish) -> Plan:
    """What would be made. Raises `NotFound` for an unknown kind, `BadAnswer`, `BadInput` and `BadSettings` for what cannot be."""
    known = guides()
    kind = known.kind(wish.kind)
    guide = known.guides[kind]
    way = wish.way or guide.ways[0]
    if way not in guide.ways:
        raise BadInput(f"{kind} does not come in by {way!r}.", advice=f"Use one of: {', '.join(guide.ways)}.")
    name = wish.name or f"{kind}-{wish.store}"
    _require_name("store", wish.store)
    _require_free(settings, name)
    if wish.public and not _PUBLIC.fullmatch(wish.public):
        raise BadAnswer("public", "The public address is not one.", advice="Write it like https://in.example.com.")
    words = words_of(settings, kind, name=name, store=wish.store, public=wish.public)
    answers = _answered(known.asks(kind, way), wish.answers, words)
    options, feed = ({ask.name: value for ask, value in answers.items() if ask.to == to and value} for to in ("option", "feed"))
    source = Source(
        kind=kind,
        store=wish.store,
        environment=wish.environment or settings.kind,
        options=options,
        feed=Feed(kind=known.ways[way].feed, options=_typed(feed)) if known.ways[way].feed else None,
    )
    check(name, source)
    return Plan(
        kind=kind,
        name=name,
        way=way,
        guide=guide,
        source=source,
        domain=next((str(value) for ask, value in answers.items() if ask.to == "store"), ""),
        keys=_keys(answers, words),
        used={ask.name: str(value) for ask, value in answers.items() if ask.to == "api"},
        words=words,
        public=wish.public,
    )


def connect(home: Home, plan: Plan, *, by: Person | str, now: datetime) -> None:
    """The source is in the settings, its keys are there, and the ledger says who connected it. Raises `BadInput`.

    The keys come first: a source whose key is missing would refuse everybody.
    """
    told = {"kind": plan.kind, "store": plan.source.store, "way": plan.way, "keys": sorted(plan.keys)}

    def made(settings: Settings) -> Settings:
        _require_free(settings, plan.name)
        _require_same(settings, plan)
        keyring = home.keyring(settings)
        if plan.has_own_key:
            keyring.ensure(f"source.{plan.name}")
        for name, value in plan.keys.items():
            before = keyring.secrets(name) if keyring.has(name) else []
            keyring.put(name, [value, *(one for one in before if one != value)][:KEPT])
        return _with(settings, plan)

    on_record(LedgerAct.SOURCE_ADD, partial(home.change, made), plan.name, by=by, now=now, **told)


def disconnect(home: Home, name: str, *, by: Person | str, now: datetime) -> Source:
    """The source is no longer taken, and the ledger says who took it away; its events and keys stay. Raises `NotFound`."""
    source = home.settings().sources.get(name)
    if source is None:
        raise NotFound(f"There is no source {name!r}.", advice="`hemostat source list` shows them.")

    def made(settings: Settings) -> Settings:
        rest = {key: one for key, one in settings.sources.items() if key != name}
        shops = dict(settings.shopify_stores)
        if source.kind == "shopify" and not any((one.kind, one.store) == ("shopify", source.store) for one in rest.values()):
            shops.pop(source.store, None)  # else its webhooks would be taken all the same
        return msgspec.structs.replace(settings, sources=rest, shopify_stores=shops)

    told = {"kind": source.kind, "store": source.store}
    on_record(LedgerAct.SOURCE_REMOVE, partial(home.change, made), name, by=by, now=now, **told)
    return source


def secrets_of(settings: Settings, name: str) -> dict[str, Ask]:
    """The secrets of a source that come from its system, by the question; those that are empty were never given.

    Raises `NotFound`.
    """
    source = settings.sources.get(name)
    if source is None:
        raise NotFound(f"There is no source {name!r}.", advice="`hemostat source list` shows them.")
    known = guides()
    way = next(
        (way for way in known.guides[source.kind].ways if known.ways[way].feed == (source.feed.kind if source.feed else "")),
        known.guides[source.kind].ways[0],
    )
    return {ask.name: ask for ask in known.asks(source.kind, way) if ask.key}


def _with(settings: Settings, plan: Plan) -> Settings:
    store = {plan.source.store: plan.domain} if plan.domain else {}
    changes = {
        "sources": settings.sources | {plan.name: plan.source},
        "shopify_stores": settings.shopify_stores | (store if plan.guide.platform == "shopify" else {}),
        "magento_stores": settings.magento_stores | (store if plan.guide.platform == "magento" else {}),
    }
    if plan.public:
        changes["intake"] = msgspec.structs.replace(settings.intake, public=plan.public.rstrip("/"))
    return msgspec.structs.replace(settings, **changes)


def words_of(settings: Settings, kind: str, *, name: str, store: str, public: str = "") -> dict[str, str]:
    """What stands for the names in the steps of a guide."""
    door = KINDS[kind].door
    words = {"name": name, "store": store, "intake": (public or settings.intake.public).rstrip("/") or _NOWHERE}
    return words | {"address": words["intake"] + _DOORS.get(door, "/in/{door}/{name}").format(door=door, **words)}


def _answered(asks: tuple[Ask, ...], given: Mapping[str, str], words: Mapping[str, str]) -> dict[Ask, str | list[str]]:
    """What each question is answered with. Raises `BadAnswer`."""
    if unknown := sorted(set(given) - {ask.name for ask in asks}):
        names = ", ".join(ask.name for ask in asks) or "none"
        raise BadAnswer(unknown[0], f"{unknown[0]!r} is no answer that can be given.", advice=f"It takes: {names}.")
    return {ask: answer_of(ask, given.get(ask.name, ""), words) for ask in asks}


def answer_of(ask: Ask, text: str, words: Mapping[str, str]) -> str | list[str]:
    """What an answer means; its default when it is empty. Raises `BadAnswer`."""
    text = text.strip() or ask.default.format(**words)
    if not text and not ask.optional:
        raise BadAnswer(ask.name, f"{ask.question}: no answer.", advice=f"Answer {ask.name}.")
    if text and ask.pattern and not re.fullmatch(ask.pattern, text):
        # The answer is not repeated: it may be a secret in the wrong place.
        advice = f"Write it like {ask.like}." if ask.like else "Read the question once more."
        raise BadAnswer(ask.name, f"{ask.question}: this is not one.", advice=advice)
    return [one.strip() for one in text.split(",") if one.strip()] if ask.list else text


def _typed(feed: dict[str, str | list[str]]) -> dict[str, str | list[str] | int | bool]:
    """The options with numbers and truths as such; nothing else that can be answered looks like one."""
    words = {"true": True, "false": False}
    return {
        name: int(value) if isinstance(value, str) and value.isdecimal() and name == "port" else words.get(str(value), value)
        for name, value in feed.items()
    }


def _keys(answers: Mapping[Ask, str | list[str]], words: Mapping[str, str]) -> dict[str, bytes]:
    """The keys that the answers make: whole ones, and JSON objects of their fields. Raises `BadAnswer` for half an object."""
    found: dict[str, bytes] = {}
    objects: dict[str, dict[Ask, str]] = {}
    for ask, value in answers.items():
        name = ask.key.format(**words)
        if ask.field:
            objects.setdefault(name, {})[ask] = str(value)
        elif name and value:
            found[name] = str(value).encode()
    for name, parts in objects.items():
        if any(parts.values()):
            if missing := next((ask for ask, value in parts.items() if not value), None):
                advice = "Give all fields of the key, or none of them."
                raise BadAnswer(missing.name, f"{missing.question}: no answer.", advice=advice)
            found[name] = msgspec.json.encode({ask.field: value for ask, value in parts.items()})
    return found


def _require_free(settings: Settings, name: str) -> None:
    _require_name("source", name)
    if name in settings.sources:
        raise BadAnswer("name", f"There is a source {name!r} already.", advice="Give another name, or remove it first.")


def _require_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        advice = "Use small letters, digits, dots and dashes."
        raise BadAnswer("name" if what == "source" else "store", f"Not a name for a {what}: {name[:60]!r}.", advice=advice)


def _require_same(settings: Settings, plan: Plan) -> None:
    """A store keeps its address: another one would be another store, and the names of its sources would lie."""
    known = settings.shopify_stores if plan.guide.platform == "shopify" else settings.magento_stores
    before = known.get(plan.source.store, "")
    if plan.domain and before and before != plan.domain:
        advice = "Give the other store another name."
        raise BadAnswer("store", f"The store {plan.source.store!r} is {before} already.", advice=advice)


def on_record(
    act: LedgerAct, do: Callable[[], object], name: str, *, by: Person | str, now: datetime, **told: object
) -> None:  # fmt: skip
    """It is done, and stands in the ledger. It comes last: when the ledger cannot be written nothing is done."""
    with transaction.atomic():
        record(act=act, by=by, at=now, subject=f"source/{name}", **told)
        do()
