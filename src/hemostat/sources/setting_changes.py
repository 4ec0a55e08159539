"""A setting of a store that came, went or changed, as the feeds tell it that look at a store's configuration.

A message is one JSON object of ours with `"what": "change"`: the kind of setting, its name, and the names of the facts that are
others than before; never their values.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Unreadable
from .request import moment

_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
_MOST_TEXT = 200
_MOST_FACTS = 40
_GRANTS = frozenset({"scope", "staff", "token", "integration", "role"})
_CONTENT = frozenset({"theme", "theme_file", "script", "pixel"})
_APPS = frozenset({"app", "module"})
_RELEASES = frozenset({"package", "patch"})


def told(change: str, *, at: datetime, kind: str, id: str, title: str, facts: list[str], unique: str) -> bytes:  # noqa: A002  # the word of a snapshot's item
    """The message of a change: `added`, `removed` or `changed`. `unique` is its name within its source."""
    body = {
        "what": "change", "at": at, "change": change, "kind": kind, "id": id, "title": title, "facts": facts, "unique": unique,
    }  # fmt: skip
    return msgspec.json.encode(body, order="deterministic")


def changed(record: Mapping[str, Any], message: Message, source: Source, *, advice: str) -> Access:
    """The access that a change tells. Raises `Unreadable` when it names no kind of setting, or no time."""
    kind, change = word(record, "kind"), word(record, "change")
    if not kind or change not in {"added", "removed", "changed"}:
        raise Unreadable("The change names no kind of setting.", advice=advice)
    facts = record.get("facts")
    names = facts if isinstance(facts, list) else []
    happened = moment(text(record, "at"))
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=_act(kind, change),
        surface=Surface.STOREFRONT if kind in _CONTENT else Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        result=Result.SUCCESS,
        operation=f"{kind}.{change}",
        resource=kind,
        resource_id=text(record, "id"),
        fields=tuple(name for name in names if isinstance(name, str) and _WORD.fullmatch(name))[:_MOST_FACTS],
        message=text(record, "title") if kind != "staff" else "",
        unique=word(record, "unique"),
    )


def _act(kind: str, change: str) -> Act:
    if kind in _GRANTS:
        return Act.ACCESS_REVOKE if change == "removed" else Act.ACCESS_GRANT
    acts = ((_CONTENT, Act.CONTENT_CHANGE), (_APPS, Act.APP_CHANGE), (_RELEASES, Act.RELEASE_DEPLOY))
    return next((act for kinds, act in acts if kind in kinds), Act.CONFIG_CHANGE)


def word(record: Mapping[str, Any], name: str) -> str:
    """A field that holds a word of ours or of a platform; "" for anything else."""
    value = record.get(name)
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def text(record: Mapping[str, Any], name: str) -> str:
    """A field that holds text, cut to what a page can show; "" for anything else."""
    value = record.get(name)
    return value[:_MOST_TEXT] if isinstance(value, str) else ""
