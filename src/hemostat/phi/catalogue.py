"""Words of a merchant's own catalogue that tell of somebody's health: proposals for HOME/fields.yaml, for a person to judge.

A product tells of health when somebody marked one of its collections or categories, or when their names, or its own, hold a word
of our vocabulary. Its title, its handle and its number are then words too: who bought `Dream Kit No. 3` may have said what for.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .dictionary import Dictionary, spelled, split_words
from .scanner import Scanner

_TITLE = ("title", "name")
_WORDS = ("handle", "urlkey", "sku", "variantsku")
_GROUPS = ("collection", "collections", "categories", "category", "productcategory", "type", "producttype", "tags")
_HEALTH = re.compile(
    r"(?i)diagnos|condition|symptom|health|medic|prescri|\brx\b|dosage|treatment|therap|allerg|pregnan|fertil|intake|quiz|\bdx\b"
)
_DRUG = re.compile(r"(?i)medic|prescri|\brx\b|dosage|drug")
_BETWEEN_GROUPS = re.compile(r"[,;|/>]")
_SHORTEST, _LONGEST = 3, 64
_ALONE = 8
"""Letters of a single word that may stand alone: a shorter one means other things too."""


class Proposal(NamedTuple):
    """One word, or name of a field, that tells of health: what it is, and why somebody should think so."""

    text: str
    entity: str
    why: str
    is_field: bool = False
    weak: bool = False


def of_products(rows: Iterable[Mapping[str, Any]], *, marked: Collection[str] = ()) -> Iterator[Proposal]:
    """The words of products that tell of health, each once, and the names of what was marked.

    rows: of a product export of Shopify's or Magento's, or of any table with such columns. marked: names of collections and
    categories of which a person says that they tell of health.
    """
    judge = _Judge(marked)
    seen = {spelled(term.text) for term in Dictionary.complete().terms}
    for name in marked:
        yield from _proposed(name, "CONDITION", "it is marked", seen)
    # An export has a row for each variant, and only the first says what the product is in.
    last: tuple[str, str] | None = None
    for row in rows:
        told = {spelled(name): _text(value) for name, value in row.items() if name and value}
        title = next((told[name] for name in _TITLE if name in told), "")
        if title:
            groups = [part.strip() for name in _GROUPS for part in _BETWEEN_GROUPS.split(told.get(name, ""))]
            last = judge.verdict(title, filter(None, groups))
        if last is None:
            continue
        for text in filter(None, (title, *(told.get(name, "") for name in _WORDS))):
            yield from _proposed(text, *last, seen)


def of_fields(names: Iterable[tuple[str, str]]) -> Iterator[Proposal]:
    """The names of a store's own fields that tell of health and that we do not know, each once.

    names: of each field its name, like `customer.health.sleep_score`, and what people call it.
    """
    known = Dictionary.default()
    seen = set[str]()
    for name, title in names:
        key = " ".join(split_words(name.rpartition(".")[2])).lower()
        words = " ".join((*split_words(name), title))
        if _HEALTH.search(words) and key not in seen and known.column(key) is None and len(spelled(key)) >= 2:  # noqa: PLR2004  # as the schema
            seen.add(key)
            entity = "MEDICATION" if _DRUG.search(words) else "CONDITION"
            yield Proposal(key, entity, f"the field {name}", is_field=True)


def as_yaml(found: Iterable[Proposal]) -> Iterator[str]:
    """The proposals as lines of a file in the form of HOME/fields.yaml, each with its reason behind it."""
    kept = list(found)
    for key, of_key, names in (("fields", True, "names"), ("terms", False, "terms")):
        blocks = sorted({(one.entity, one.weak) for one in kept if one.is_field is of_key})
        if blocks:
            yield f"{key}:"
        for entity, weak in blocks:
            yield f"  - entity: {entity}"
            if weak:
                yield "    weak: true"
            yield f"    {names}:"
            for one in kept:
                if (one.is_field, one.entity, one.weak) == (of_key, entity, weak):
                    # JSON's texts are YAML's too, whatever is in them.
                    yield f"      - {json.dumps(one.text, ensure_ascii=False)}  # {_line(one.why)}"


def _line(text: str) -> str:
    """A text on one line, without signs that a terminal would act on."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(value: Any) -> str:
    """A cell as text: the parts of a list with commas between, "" for what is no text and no number."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).strip() if isinstance(value, str | int) else ""


class _Judge:
    """Says of a product whether it tells of health, and by what."""

    def __init__(self, marked: Collection[str]) -> None:
        self._marked = {spelled(name) for name in marked}
        self._scanner = Scanner(Dictionary.complete())

    def verdict(self, title: str, groups: Iterable[str]) -> tuple[str, str] | None:
        """What the product tells, and why; None when nothing."""
        for group in groups:
            if spelled(group) in self._marked:
                return "CONDITION", f"in {group}, which is marked"
            if entity := self._entity(group):
                return entity, f"in {group}"
        entity = self._entity(title)
        return (entity, "its title") if entity else None

    def _entity(self, text: str) -> str:
        # A word that needs a word of care beside it has one here: the shop sells what it names.
        found = {match.entity for match in self._scanner.scan(f"treatment: {text}")}
        return next((entity for entity in ("CONDITION", "MEDICATION") if entity in found), "")


def _proposed(text: str, entity: str, why: str, seen: set[str]) -> Iterator[Proposal]:
    """The text as a proposal, unless it was seen or cannot be looked for: numbers alone mean other things too."""
    key = spelled(text)
    if key not in seen and _SHORTEST <= len(key) <= len(text) <= _LONGEST and not key.isdecimal() and text.isprintable():
        seen.add(key)
        yield Proposal(text, entity, why, weak=len(split_words(text)) == 1 and len(text) < _ALONE)
