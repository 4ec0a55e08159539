"""Names that people have, as content/phi/names.yaml and world_names.yaml list them."""

import unicodedata
from functools import cache
from typing import NamedTuple, TypeVar

import msgspec

from hemostat.kernel import content

T = TypeVar("T")


class NamesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: words between spaces, and firms between commas."""

    given: str
    words: str
    family: str
    everyday: str
    things: str
    firms: str
    plain: str
    both: str


class WorldFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Further names, between spaces."""

    given: str
    family: str


class Names(NamedTuple):
    """Sets of words in lowercase without accents; content/phi/names.yaml says what each holds."""

    given: frozenset[str]
    words: frozenset[str]
    family: frozenset[str]
    everyday: frozenset[str]
    things: frozenset[str]
    firms: frozenset[str]
    plain: frozenset[str]
    both: frozenset[str]

    def is_family_alone(self, word: str) -> bool:
        """Is it a family name, and hardly anything else?"""
        # One set after the other: their union would be made anew for each word that is asked about.
        return word in self.family and not (word in self.everyday or word in self.words or word in self.things)


@cache
def names() -> Names:
    """The names that come with Hemostat."""
    told, world = _read("names.yaml", NamesFile), _read("world_names.yaml", WorldFile)
    words = {name: frozenset(getattr(told, name).split()) for name in Names._fields if name != "firms"}
    further = {name: words[name].union(getattr(world, name).split()) for name in WorldFile.__struct_fields__}
    return Names(**words | further, firms=frozenset(told.firms.split(", ")))


def _read(name: str, kind: type[T]) -> T:
    from hemostat.kernel.yamls import yaml_document  # noqa: PLC0415  # the scanner's users pay at their first scan, not at import

    return msgspec.convert(yaml_document((content("phi") / name).read_bytes()), kind)


def folded(word: str) -> str:
    """A word in lowercase, without accents and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "")
    plain = unicodedata.normalize("NFKD", word.casefold().replace("\u0142", "l"))
    return "".join(letter for letter in plain if letter.isalpha() or letter == "-")
