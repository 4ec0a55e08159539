"""Bytes to events: one reader per kind of source."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from hemostat.events.vocabulary import Environment
from hemostat.kernel import BadSettings, Keyring, Settings, Source

from .base import Message, NoOptions, Raw, Reader, ReaderContext, Rejected, options_of
from .kinds import KINDS, Kind
from .probes import PROBE_MARK, probes_apart
from .routes import RouteMap
from .trials import MARK, told_apart, trial_key

__all__ = [
    "KINDS",
    "MAPPINGS",
    "Kind",
    "Message",
    "Raw",
    "Reader",
    "ReaderContext",
    "Rejected",
    "beginnings",
    "check",
    "checked",
    "context_of",
    "options_of",
    "read",
    "reader_of",
    "shopify_source_name",
    "source_named",
    "sources_of",
]

MAPPINGS = "mappings"
"""The folder of a home that holds the mappings of its users."""

_SHOPIFY = "shopify."
_TRIALS = "pseudonym"  # the key out of which that of test events is made


def read(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The records of a message, in order. Raises `BadSettings` when the source's settings use words that are none of ours."""
    return checked(message.source, source)(message, source, context)


def checked(name: str, source: Source) -> Reader:
    """The reader of a source that can be read. Raises `BadSettings` when its settings use words that are none of ours."""
    check(name, source)
    bare = reader_of(source.kind)

    def reader(message: Message, source: Source, context: ReaderContext) -> Iterator[Raw | Rejected]:
        found = bare(message, source, context)
        if PROBE_MARK in message.body:
            found = probes_apart(found, context.trial_key)
        return told_apart(found, message, context.trial_key) if MARK in message.body else found

    return reader


def reader_of(kind: str) -> Reader:
    """The reader of a kind, loaded when it is first asked for."""
    reader: Reader = _module(kind).read
    return reader


def beginnings(kind: str) -> Callable[[bytes], bool]:
    """Whether a line begins a record, of a kind whose records may have several; it is asked for each line, in their order."""
    made = getattr(_module(kind), "beginnings", None) if kind in KINDS else None
    return made() if made else lambda _: True


def check(name: str, source: Source) -> None:
    """The source can be read. Raises `BadSettings` naming the word that is none of ours."""
    if source.kind not in KINDS:
        known = ", ".join(KINDS)
        raise BadSettings(f"Source {name!r} is of an unknown kind: {source.kind!r}.", advice=f"Use one of: {known}.")
    if source.environment == Environment.TEST:
        advice = "Use production, staging or sandbox: what happens in a test of ours is looked at by nobody."
        raise BadSettings(f"Source {name!r} is of the environment 'test'.", advice=advice)
    RouteMap(name, source, secrets=())
    options_of(name, source.options, getattr(_module(source.kind), "Options", NoOptions))


def _module(kind: str) -> ModuleType:
    return import_module(f"hemostat.sources.{KINDS[kind].module}")


def shopify_source_name(settings: Settings, store: str) -> str:
    """The name under which a store's webhooks go: that of the store's own entry among the sources, else `shopify.<store>`."""
    own = (name for name, source in settings.sources.items() if source.kind == "shopify" and source.store == store)
    return next(own, _SHOPIFY + store)


def source_named(settings: Settings, name: str) -> Source:
    """The source that a message names; a store's webhooks need no entry of their own. Raises `BadSettings` for other names."""
    if name in settings.sources:
        return settings.sources[name]
    store = name.removeprefix(_SHOPIFY)
    if name.startswith(_SHOPIFY) and store in settings.shopify_stores:
        return Source(kind="shopify", store=store, environment=settings.kind)
    raise BadSettings(f"The settings name no source {name!r}.", advice="Add it to hemostat.toml under `sources`.")


def sources_of(settings: Settings) -> dict[str, Source]:
    """All sources by name: those that the settings name, and the webhooks of each store without an entry of its own."""
    stores = (shopify_source_name(settings, store) for store in settings.shopify_stores)
    return settings.sources | {name: source_named(settings, name) for name in stores if name not in settings.sources}


def context_of(keyring: Keyring, source: Source) -> ReaderContext:
    """What the reader of a source may know: the secrets of its store's Shopify app, its mapping, and what marks our tests."""
    name = _SHOPIFY + source.store
    return ReaderContext(
        shopify_secrets=tuple(keyring.secrets(name)) if keyring.has(name) else (),
        mapping=_mapping(keyring.folder.parent / MAPPINGS, source),
        trial_key=trial_key(keyring.secret(_TRIALS)) if keyring.has(_TRIALS) else b"",
    )


def _mapping(folder: Path, source: Source) -> bytes:
    """The content of the file that a mapped source names; empty when it cannot be read: its reader says so of each message."""
    name = source.options.get("mapping", "")
    if source.kind != "mapped" or not isinstance(name, str) or Path(name).name != name:
        return b""
    try:
        return (folder / name).read_bytes()
    except OSError:
        return b""
