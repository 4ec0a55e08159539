"""Changing the secrets of a source while events keep coming: the old value counts on until the one after it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import msgspec

from hemostat.kernel import Home, Keyring, Settings
from hemostat.people.ledger import LedgerAct
from hemostat.people.models import Person
from hemostat.sources.doors import has_own_key

from .connecting import KEPT, BadAnswer, on_record, secrets_of, words_of
from .setup_guides import Ask

_LENGTH = 32  # bytes of a bearer key


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed. keys: by name, those of other sources of the store that held the same secret among them.

    fresh: is a new bearer key of ours among them, which its sender must be given? feeds: sources whose feed starts again with it.
    """

    keys: tuple[str, ...]
    fresh: bool
    feeds: tuple[str, ...]


def rotate(home: Home, name: str, given: Mapping[str, str], *, by: Person | str, now: datetime) -> Rotated:
    """The secrets of a source are new, and the ledger says who changed them. Without any given its bearer key is a fresh one.

    Raises `NotFound` for an unknown source, `BadAnswer` when it has no such secret, or needs one from its system.
    """
    settings = home.settings()
    keyring, asks = home.keyring(settings), secrets_of(settings, name)
    source = settings.sources[name]
    if not given:
        if not has_own_key(source):
            needed = ", ".join(asks) or "none: it has no secret"
            raise BadAnswer("secret", f"{name} has no key of ours.", advice=f"Change it in its system, then give: {needed}.")
        values = {f"source.{name}": secrets.token_bytes(_LENGTH)}
    else:
        values = _values(settings, keyring, name, asks, given)
    changed = {**values, **_same(settings, keyring, name, values)}
    feeds = tuple(
        one for one, other in settings.sources.items() if other.feed and {f"feed.{one}", f"magento.{other.store}"} & set(changed)
    )
    on_record(
        LedgerAct.SOURCE_ROTATE, partial(_put, keyring, changed), name, by=by, now=now, keys=sorted(changed), kind=source.kind
    )
    return Rotated(keys=tuple(sorted(changed)), fresh=not given, feeds=feeds)


def _values(
    settings: Settings, keyring: Keyring, name: str, asks: Mapping[str, Ask], given: Mapping[str, str]
) -> dict[str, bytes]:
    """The new value of each key that is given anew; fields of an object that are not given stay. Raises `BadAnswer`."""
    source = settings.sources[name]
    words = words_of(settings, source.kind, name=name, store=source.store)
    found: dict[str, bytes] = {}
    objects: dict[str, dict[str, str]] = {}
    for answer, value in given.items():
        ask = asks.get(answer)
        if ask is None or not value.strip():
            known = ", ".join(asks) or "none"
            raise BadAnswer(answer, f"{answer[:60]!r} is no secret of {name}, or is empty.", advice=f"It has: {known}.")
        key = ask.key.format(**words)
        if ask.field:
            before = msgspec.json.decode(keyring.secret(key), type=dict[str, str]) if keyring.has(key) else {}
            objects.setdefault(key, before)[ask.field] = value.strip()
        else:
            found[key] = value.strip().encode()
    return found | {key: msgspec.json.encode(fields) for key, fields in objects.items()}


def _same(settings: Settings, keyring: Keyring, name: str, values: Mapping[str, bytes]) -> dict[str, bytes]:
    """Keys of other sources of the store that hold the same secret: Shopify signs with what also asks for tokens."""
    store = settings.sources[name].store
    others = [f"shopify.{store}", *(f"feed.{one}" for one, source in settings.sources.items() if source.store == store)]
    found: dict[str, bytes] = {}
    for key, value in values.items():
        before = keyring.secret(key) if keyring.has(key) else None
        found |= {
            other: value for other in others if other not in values and keyring.has(other) and keyring.secret(other) == before
        }
    return found


def _put(keyring: Keyring, changed: Mapping[str, bytes]) -> None:
    for key, value in changed.items():
        before = [one for one in keyring.secrets(key) if one != value] if keyring.has(key) else []
        keyring.put(key, [value, *before][:KEPT])
