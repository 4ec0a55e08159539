"""Names that people have, as content/phi/names.yaml lists them."""

import unicodedata
from functools import cache
from typing import NamedTuple

import msgspec

from hemostat.kernel import content


class NamesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: words between spaces, and firms between commas."""

    given: str
    words: str
    family: str
    everyday: str
    things: str
    firms: str
    plain: str


class Names(NamedTuple):
    """Sets of words in lowercase without accents; content/phi/names.yaml says what each holds."""

    given: frozenset[str]
    words: frozenset[str]
    family: frozenset[str]
    everyday: frozenset[str]
    things: frozenset[str]
    firms: frozenset[str]
    plain: frozenset[str]


@cache
def names() -> Names:
    """The names that come with Hemostat."""
    import yaml  # noqa: PLC0415  # the scanner's users pay for it at their first scan, not at import

    text = (content("phi") / "names.yaml").read_bytes()
    told = msgspec.convert(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), NamesFile)  # noqa: S506  # both are safe
    words = {name: frozenset(getattr(told, name).split()) for name in Names._fields if name != "firms"}
    return Names(**words, firms=frozenset(told.firms.split(", ")))


def folded(word: str) -> str:
    """A word in lowercase, without accents and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "")
    plain = unicodedata.normalize("NFKD", word.casefold().replace("\u0142", "l"))
    return "".join(letter for letter in plain if letter.isalpha() or letter == "-")
