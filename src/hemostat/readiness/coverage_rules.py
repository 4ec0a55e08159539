"""The paths by which patient data can be read on each platform, as people keep them in `content/coverage`."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path as FilePath
from typing import Literal

import msgspec

from hemostat.kernel import BadInput, content
from hemostat.kernel.content_files import checked
from hemostat.law import elements
from hemostat.sources import KINDS

By = Literal["feed", "name", "app", "actor", "act", "resource", "path"]


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of source tell of a path, and by what its events are known among theirs.

    by: `feed` takes all their events, `name` those of sources whose name begins with the word of the system.
    like: patterns of SQL's LIKE, for `act`, `resource` and `path`. how_to: the file of `content/setup` that connects it.
    """

    kinds: tuple[str, ...]
    by: By
    how_to: str
    like: tuple[str, ...] = ()


class Cannot(msgspec.Struct, frozen=True, kw_only=True):
    """Why no system can tell of a path, and what is done instead."""

    reason: str
    control: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read patient data. Exactly one of `watched` and `cannot` is given.

    each: one path for each item of this kind in the snapshot; `route` and `app-seen` are not of the snapshot. "" is one path.
    where, unless: facts that an item must have, and must not; `*` stands for anything; `_id` is the item's own.
    reaches: kinds of data; reaches_from: the fact that lists the permissions from which they follow.
    """

    id: str
    title: str
    how: str
    surfaces: tuple[str, ...]
    system: str = ""
    each: str = ""
    where: dict[str, str | bool] = {}
    unless: dict[str, str | bool] = {}
    reaches: tuple[str, ...] = ()
    reaches_from: str = ""
    watched: Watched | None = None
    cannot: Cannot | None = None


class RuleBook(msgspec.Struct, frozen=True, kw_only=True):
    """The paths of one platform, and which permission of it opens which kinds of data."""

    platform: str
    title: str
    paths: tuple[Rule, ...]
    reach: dict[str, tuple[str, ...]] = {}


@cache
def rule_books() -> dict[str, RuleBook]:
    """The paths of every platform, by its word. Raises `BadInput` naming file and place of what is wrong."""
    books = [rule_book(path) for path in sorted(content("coverage").glob("*.yaml"))]
    return {book.platform: book for book in books}


def systems() -> dict[str, str]:
    """The systems beside the stores that the settings may name, each with the title of its first path."""
    found: dict[str, str] = {}
    for rule in rule_books()["system"].paths:
        found.setdefault(rule.system, rule.title)
    return found


def rule_book(path: FilePath) -> RuleBook:
    """The paths in a file. Raises `BadInput`."""
    told = checked(path, schema=content("coverage") / "coverage.schema.json")
    book = msgspec.convert(told, RuleBook)
    for fault in _faults(book):
        raise BadInput(f"{path.name}: {fault}", advice="Correct the file; docs/how-to/read-the-coverage-map.md has the words.")
    return book


def _faults(book: RuleBook) -> Iterator[str]:
    """Words that no other room knows, and ids that stand twice."""
    known = {element.id for element in elements()}
    seen: set[str] = set()
    for rule in book.paths:
        if rule.id in seen:
            yield f"the path {rule.id!r} stands twice."
        seen.add(rule.id)
        if unknown := sorted(set(rule.reaches) - known):
            yield f"the path {rule.id!r} reaches {unknown[0]!r}, which is no element of `hemostat law elements`."
        if rule.watched and (unknown := sorted(set(rule.watched.kinds) - set(KINDS))):
            yield f"the path {rule.id!r} is watched by {unknown[0]!r}, which is no kind of source."
        if rule.watched and rule.watched.by in {"act", "resource", "path"} and not rule.watched.like:
            yield f"the path {rule.id!r} is known by {rule.watched.by}, and does not say like what."
        if book.platform == "system" and not rule.system:
            yield f"the path {rule.id!r} names no system."
    for word, opened in book.reach.items():
        if unknown := sorted(set(opened) - known):
            yield f"{word!r} opens {unknown[0]!r}, which is no element of `hemostat law elements`."
