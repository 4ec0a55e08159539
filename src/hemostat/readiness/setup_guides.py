"""How a person connects each kind of source, step by step, as people keep it in `content/setup`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from hemostat.collect import FEEDS
from hemostat.kernel import BadInput, content
from hemostat.sources import KINDS

from .content_files import checked


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must be known. `to`: option, feed, store, or `key:` and the name of a key: a secret.

    file: the answer names a file, whose text counts.
    """

    name: str
    question: str
    to: str
    default: str = ""
    list: bool = False
    file: bool = False
    optional: bool = False

    @property
    def secret(self) -> bool:
        """May it stand in no argument, no history and no settings?"""
        return self.to.startswith("key:")


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How events come in. `feed`: the kind of feed that Hemostat reads itself; "" when the system sends."""

    title: str
    feed: str = ""
    asks: tuple[Ask, ...] = ()
    steps: tuple[str, ...] = ()


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source. `sample`: a line that can be sent as a test event; `wait`: what makes a real one come instead."""

    title: str
    ways: tuple[str, ...]
    steps: tuple[str, ...]
    platform: str = ""
    asks: tuple[Ask, ...] = ()
    wait: str = ""
    sample: str = ""
    unverified: str = ""


class Guides(msgspec.Struct, frozen=True, kw_only=True):
    """All ways, and all kinds of sources."""

    ways: dict[str, Way]
    guides: dict[str, Guide]


@cache
def guides() -> Guides:
    """The guides of this version. Raises `BadInput` naming file and place of what is wrong."""
    return guides_read(content("setup") / "sources.yaml")


def guides_read(path: Path) -> Guides:
    """The guides in a file. Raises `BadInput`."""
    found = msgspec.convert(checked(path, schema=content("setup") / "setup.schema.json"), Guides)
    for fault in _faults(found):
        raise BadInput(f"{path.name}: {fault}", advice="Correct the file.")
    return found


def filled(text: str, words: Mapping[str, str]) -> str:
    """A step with the words of this source."""
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def _faults(found: Guides) -> Iterator[str]:
    """Words that no other room knows, and kinds without a guide."""
    if missing := sorted(set(KINDS) - set(found.guides)):
        yield f"the kind {missing[0]!r} has no guide."
    if unknown := sorted(set(found.guides) - set(KINDS)):
        yield f"{unknown[0]!r} is no kind of source."
    for name, way in found.ways.items():
        if way.feed and way.feed not in FEEDS:
            yield f"the way {name!r} names {way.feed!r}, which is no kind of feed."
    for name, guide in found.guides.items():
        if unknown := sorted(set(guide.ways) - set(found.ways)):
            yield f"the guide {name!r} names {unknown[0]!r}, which is no way."
