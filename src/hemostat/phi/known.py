"""Whose data is it: matches of the scanner, and digests that networks are sent, are looked up in sets of fingerprints.

What is proof:
1. An e-mail address, a telephone number, a digest of one, or an identifier of a rare form, that somebody of a set has.
2. Two of these of one person, at most `REACH` code points apart in one window, which is a line, a row or an event: name, day of
   birth, address, number. All numbers count as one of them, since one number may go by several names.

A name alone, or a day of birth alone, is no proof.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from .fingerprints import Fingerprints, Hit, Of
from .match import Match
from .traits import Trait
from .views import SOFT_AMPERSAND, SOFT_SPACE, Plain

REACH = 2000
"""Code points between two values that may belong to one record."""

WORDS: Mapping[Of, str] = {"patient": "KNOWN_PATIENT", "canary": "CANARY_PATIENT"}
"""What the column `phi` of an event says where somebody of a set was recognized."""

_IDENTIFIER = (Trait.MRN, Trait.MEMBER_ID, Trait.CUSTOMER_ID)
_TRAITS: Mapping[str, tuple[Trait, ...]] = {
    "EMAIL": (Trait.EMAIL,),
    "PHONE": (Trait.PHONE,),
    "NAME": (Trait.NAME,),
    "DOB": (Trait.DOB,),
    "ADDRESS": (Trait.ADDRESS,),
    "MRN": _IDENTIFIER,
    "MEMBER_ID": _IDENTIFIER,
}
"""What a match of the scanner may be. Systems call one number by several names."""

_DIGEST = re.compile(
    r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=%25[0-9A-Fa-f]{2})|(?<=\\u00[0-9A-Fa-f]{2}))"
    r"(?:(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9A-Za-z])|[0-9A-Za-z+/_-]{43}=?(?![0-9A-Za-z+/_=-]))"
)
_LONG = re.compile(r"[0-9A-Za-z+/_-]{32}")
"""What every digest begins with: most texts have nothing of it, and are looked at no further."""

_DIGESTS = {Trait.HASHED_EMAIL: "EMAIL", Trait.HASHED_PHONE: "PHONE"}
_SPACES = str.maketrans({SOFT_SPACE: " ", SOFT_AMPERSAND: "&"})


class Sighting(NamedTuple):
    """Somebody of a set was recognized, by this trait. Never who."""

    of: Of
    trait: Trait


class Found(NamedTuple):
    """A hit, where it stands in its text, and the match that it belongs to."""

    place: int
    hit: Hit
    match: Match


class Known:
    """Sets of people who are recognized."""

    def __init__(self, sets: Sequence[Fingerprints]) -> None:
        self._sets = sets

    def value(self, trait: Trait, value: str) -> list[Hit]:
        """What a value is to any of the sets."""
        return [hit for one in self._sets for hit in one.hits(trait, value)]

    def identifier(self, value: str) -> list[Hit]:
        """What the identifier of a person is to any of the sets: an address or a number, whatever a system calls people by."""
        return [hit for trait in ((Trait.EMAIL,) if "@" in value else _IDENTIFIER) for hit in self.value(trait, value)]

    def found(self, text: str, matches: Sequence[Match]) -> list[Found]:
        """What the matches in a text, and the digests in it, are to any of the sets, by position."""
        if not matches and not _LONG.search(text):
            return []
        found = [
            Found(match.start, hit, match)
            for match in matches
            for trait in _TRAITS.get(match.entity, ())
            for hit in self.value(trait, _plain(text[match.start : match.end]))
        ]
        found += self._names(text, [match for match in matches if match.entity == "NAME"])
        if _LONG.search(text):
            found += self._digests(text, matches)
        return sorted(found, key=_place)

    def recognized(self, window: Sequence[tuple[str, Sequence[Match]]]) -> list[list[tuple[Match, Sighting | None]]]:
        """The matches in each text of a window, in order, and who was recognized by them. Digests of somebody are matches too."""
        base, owners = 0, []
        all_found: list[Found] = []
        for number, (text, matches) in enumerate(window):
            found = self.found(text, matches)
            all_found += [one._replace(place=one.place + base) for one in found]
            owners += [number] * len(found)
            base += len(text)
        sure: list[dict[Match, Sighting]] = [{} for _ in window]
        for index in proven([(one.place, one.hit) for one in all_found]):
            _, hit, match = all_found[index]
            sure[owners[index]].setdefault(match, Sighting(hit.of, hit.trait))
        return [
            [(match, known.get(match)) for match in sorted({*matches, *known}, key=_start)]
            for (_, matches), known in zip(window, sure, strict=True)
        ]

    def _names(self, text: str, names: Sequence[Match]) -> Iterator[Found]:
        """First and last name in fields of their own, one after the other."""
        for one, other in chain(pairwise(names), zip(names, names[2:], strict=False)):  # a middle name may stand between
            parts = [_plain(text[name.start : name.end]) for name in (one, other)]
            if other.start - one.end <= REACH and not any(" " in part.strip() for part in parts):
                for hit in self.value(Trait.NAME, " ".join(parts)):
                    yield Found(one.start, hit, one)
                    yield Found(other.start, hit, other)

    def _digests(self, text: str, matches: Sequence[Match]) -> Iterator[Found]:
        for digest in _DIGEST.finditer(text):
            start, end = digest.span()
            for trait, entity in _DIGESTS.items():
                for hit in self.value(trait, digest[0]):
                    inside = (match for match in matches if match.start < end and start < match.end)
                    new = Match(start, end, entity, 1.0, "***", "the digest of a value of somebody known")
                    yield Found(start, hit, next(inside, new))


def proven(hits: Sequence[tuple[int, Hit]]) -> set[int]:
    """Which of the hits in a window are proof. Each comes with its place, in order. See the head of this module."""
    sure = {index for index, (_, hit) in enumerate(hits) if hit.alone}
    people: dict[tuple[Of, int], list[int]] = defaultdict(list)
    for index, (_, hit) in enumerate(hits):
        for tag in hit.tags:
            people[hit.of, tag].append(index)
    for indexes in people.values():
        sure.update(_supported(hits, indexes), _supported(hits, reversed(indexes)))
    return sure


def _supported(hits: Sequence[tuple[int, Hit]], indexes: Iterable[int]) -> Iterator[int]:
    """Those of one person's hits to which one of another sort, that comes before them in this order, is in reach."""
    latest: dict[str, int] = {}
    for index in indexes:
        place, hit = hits[index]
        sort = _sort(hit)
        if any(other != sort and abs(place - where) <= REACH for other, where in latest.items()):
            yield index
        latest[sort] = place


def _sort(hit: Hit) -> str:
    """Which of the four things that prove in pairs it is."""
    return "number" if hit.trait in _IDENTIFIER else hit.trait


def words(hits: Sequence[tuple[int, Hit]]) -> set[str]:
    """The words for those hits in a window that are proof. Each comes with its place, in order."""
    return {WORDS[hits[index][1].of] for index in proven(hits)}


def _plain(value: str) -> str:
    """A value without percent-encoding and escapes."""
    (plain,) = Plain([value]).texts or [value]
    return plain.translate(_SPACES)


def _place(found: Found) -> int:
    return found.place


def _start(match: Match) -> tuple[int, int]:
    return match.start, match.end
