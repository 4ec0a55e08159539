"""How a person connects each kind of source, step by step, as people keep it in `content/setup`."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from hemostat.collect import FEEDS
from hemostat.kernel import BadInput, NotFound, content
from hemostat.kernel.content_files import checked
from hemostat.sources import KINDS

from .setup_needs import Needs


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must be known. `to`: option, feed, store, api, or `key:` and the name of a key: a secret.

    `api` is used while the source is set up, and kept nowhere. A key may be a JSON object: `#` and a field of it follow then.
    file: the answer names a file, whose text counts. pattern: what the whole answer must be like; like: an example of one.
    rare: nobody is asked, it can only be given. hidden: a secret that is kept nowhere.
    """

    name: str
    question: str
    to: str
    default: str = ""
    list: bool = False
    file: bool = False
    optional: bool = False
    pattern: str = ""
    like: str = ""
    rare: bool = False
    hidden: bool = False

    @property
    def secret(self) -> bool:
        """May it stand in no argument, no history and no settings?"""
        return self.hidden or self.to.startswith("key:")

    @property
    def key(self) -> str:
        """The name of its key, in which {name} and {store} stand for those of the source; "" when it is none."""
        return self.to.removeprefix("key:").partition("#")[0] if self.to.startswith("key:") else ""

    @property
    def field(self) -> str:
        """The field of that key, which is a JSON object then; "" when it is the whole key."""
        return self.to.partition("#")[2]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How events come in. `feed`: the kind of feed that Hemostat reads itself; "" when the system sends."""

    title: str
    feed: str = ""
    asks: tuple[Ask, ...] = ()
    steps: tuple[str, ...] = ()


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source. `sample`: a line that can be sent as a test event; `wait`: what makes a real one come instead.

    called: other names under which people look for it.
    """

    title: str
    ways: tuple[str, ...]
    steps: tuple[str, ...]
    platform: str = ""
    asks: tuple[Ask, ...] = ()
    wait: str = ""
    sample: str = ""
    unverified: str = ""
    called: tuple[str, ...] = ()


class Guides(msgspec.Struct, frozen=True, kw_only=True):
    """All ways, and all kinds of sources; `needs` is what they give, and the least that they are allowed."""

    ways: dict[str, Way]
    guides: dict[str, Guide]
    needs: Needs

    def kind(self, name: str) -> str:
        """The kind that people call so. Raises `NotFound`."""
        found = next((kind for kind, guide in self.guides.items() if name in (kind, *guide.called)), "")
        if not found:
            raise NotFound(f"There is no kind of source {name!r}.", advice=f"Use one of: {', '.join(self.guides)}.")
        return found

    def asks(self, kind: str, way: str) -> tuple[Ask, ...]:
        """What must be known of a source of this kind that comes in this way."""
        return (*self.guides[kind].asks, *self.ways[way].asks)


@cache
def guides() -> Guides:
    """The guides of this version. Raises `BadInput` naming file and place of what is wrong."""
    return guides_read(content("setup") / "sources.yaml")


def guides_read(path: Path, needs: Path | None = None) -> Guides:
    """The guides in a file, with what they need. Raises `BadInput`."""
    needs = needs or content("setup") / "needs.yaml"
    told = checked(path, schema=content("setup") / "setup.schema.json")
    told["needs"] = checked(needs, schema=content("setup") / "needs.schema.json")
    found = msgspec.convert(told, Guides)
    for fault in _faults(found):
        raise BadInput(f"{path.name}: {fault}", advice="Correct the file.")
    for fault in _lacks(found):
        raise BadInput(f"{needs.name}: {fault}", advice="Correct the file.")
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


def _lacks(found: Guides) -> Iterator[str]:
    """Kinds and ways of which it is not said what they need."""
    yield from found.needs.faults()
    for name in sorted(set(found.ways) ^ set(found.needs.ways)):
        yield f"the way {name!r} stands in one of the two files only."
    for name in sorted(set(found.guides) ^ set(found.needs.kinds)):
        yield f"the kind {name!r} stands in one of the two files only."
    for name, guide in found.guides.items():
        for way in guide.ways:
            if name in found.needs.kinds and way in found.needs.ways and not found.needs.of(name, way):
                yield f"{name!r} by {way!r} lacks the least that it is allowed."
