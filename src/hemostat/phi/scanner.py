"""Finding patient data in text.

1. One Hyperscan pass over many texts gives hints: a shape was seen, or the name of a field.
2. Only where a hint points does a recognizer look, check digits and read the words around.
3. Texts with encodings are read a second time in plain words; what is found there is traced back to the original.
4. Of candidates that overlap the best stays; those under the threshold go.

Every step is told by the text alone: the same text has the same matches, whatever stood beside it in the batch.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import msgspec

from . import behind, beside, identifiers, packed, people, segments, tuples
from .database import Database, Pattern
from .dictionary import Dictionary, Field, Term
from .fields import is_heading, is_masked, pattern, term_pattern, value_from, values_after, whole_term
from .match import ENTITIES, MASK, Candidate, Cell, Match, Redacted, Value, resolve, value_of
from .recognizers import RECOGNIZERS, Health, Recognizer
from .tables import cells_within
from .views import SOFT_NEWLINE, Plain

THRESHOLD = 0.5
_BATCH = 128
"""Texts in one pass: all that is found in them stays close at hand."""

_REMEMBERED, _LONGEST_REMEMBERED = 8192, 80  # values in quotes whose verdicts are kept, and code points of one at most
_SPACES = " \t\x1f"
_LONGEST_MASK = max(map(len, ENTITIES)) + 2
_BY_ENTITY = {recognizer.entity: recognizer for recognizer in RECOGNIZERS}
_OF_HEALTH = {recognizer.entity: recognizer for recognizer in RECOGNIZERS if isinstance(recognizer, Health)}
_SHAPES: tuple[tuple[Recognizer, str], ...] = tuple((r, shape) for r in RECOGNIZERS for shape in r.shapes)


class Scanner:
    """Finds and replaces patient data. Cheap to make: the patterns are compiled at the first scan, once per dictionary."""

    def __init__(self, dictionary: Dictionary | None = None, *, threshold: float = THRESHOLD) -> None:
        self._given = dictionary
        self._threshold = threshold

    def scan(self, text: str) -> list[Match]:
        """The matches in a text, by position, none overlapping. Never raises, whatever the text holds."""
        return self.scan_many([text])[0]

    def scan_many(self, texts: Sequence[str]) -> list[list[Match]]:
        """The matches of each text; much faster than one scan each."""
        found: list[list[Match]] = []
        for first in range(0, len(texts), _BATCH):
            batch = texts[first : first + _BATCH]
            candidates = self._candidates(batch)
            found.extend(self._matches(text, candidates.get(index)) for index, text in enumerate(batch))
        return found

    def column(self, name: str) -> Field | None:
        """The field that the name of a column stands for."""
        return self._dictionary.column(name)

    def scan_column(self, name: str, values: Sequence[str]) -> list[list[Match]]:
        """The matches in the values of a column; its name counts as the field of each."""
        field = self.column(name)
        return self.scan_cells(values, [[Cell(field, 0, len(value))] if field else [] for value in values])

    def scan_cells(self, texts: Sequence[str], cells: Sequence[Sequence[Cell]]) -> list[list[Match]]:
        """The matches in each text, of which some stretches are known to be values of fields."""
        found = []
        for text, known, matches in zip(texts, cells, self.scan_many(texts), strict=True):
            told = [candidate for cell in known for candidate in self._of_cell(text, cell)]
            found.append(self._matches(text, [*told, *_again(matches)]) if told else matches)
        return found

    def redact(self, text: str) -> Redacted:
        """The text with each match replaced by its kind, like `[EMAIL]`; a scan of the result finds nothing.

        Replacing one value can bring another to light, that had lost against it; so this goes on until nothing is left.
        """
        matches: list[Match] = []
        shown = text
        while found := self.scan(shown):
            matches = _joined(matches, found)
            shown = _masked(text, matches)
        return Redacted(shown, matches)

    def shortened(self, text: str, most: int) -> str:
        """At most the first `most` code points of the redacted text, not ending in a mask, in which nothing is found.

        A text is redacted as a whole before it is cut: half a value is not recognized any more.
        """
        shown = self.redact(text).text
        while len(shown) > most:
            # What is cut may look like a value, and a mask may be longer than its value; each round leaves fewer letters.
            shown = self.redact(_cut(shown, most)).text
        return shown

    @property
    def _dictionary(self) -> Dictionary:
        return self._given or Dictionary.default()

    @cached_property
    def _patterns(self) -> "_Patterns":
        # Once for each scanner: the hash of a dictionary goes through all of its names.
        return _compiled(self._dictionary)

    def _candidates(self, texts: Sequence[str]) -> dict[int, list[Candidate]]:
        found = self._look(texts)
        plain = Plain(texts)
        for place in plain.places:
            if place in found:
                found[place] = [self._doubted(texts[place], candidate) for candidate in found[place]]
        for number, candidates in self._look(plain.texts).items():
            known = found.setdefault(plain.places[number], [])
            for candidate in candidates:
                start, end = plain.origin(number, candidate.start, candidate.end)
                known.append(candidate._replace(start=start, end=end))
        return found

    def _doubted(self, text: str, candidate: Candidate) -> Candidate:
        """A value right after an escape may have swallowed a part of it, as in `%20jane@`: the plain text knows better."""
        if candidate.start == 0 or text[candidate.start - 1] not in "\\%":
            return candidate
        return candidate._replace(score=max(round(candidate.score - 0.05, 2), self._threshold))

    def _look(self, texts: Sequence[str]) -> dict[int, list[Candidate]]:
        """Candidates by the place of their text."""
        patterns = self._patterns
        threshold = self._threshold
        found: dict[int, list[Candidate]] = {}
        read: set[tuple[int, int]] = set()
        shapes, first_term = len(_SHAPES), patterns.first_term
        candidates: Iterable[Candidate]
        for place, number, start, end in patterns.database.hints(texts):
            text = texts[place]
            known = found.get(place)
            if number < shapes:
                recognizer = _SHAPES[number][0]
                if known and _is_known(known, recognizer.entity, start, end):
                    continue
                candidates = recognizer.shaped(text, start, end)
            elif number < first_term:
                field = patterns.fields[number - shapes]
                # `cell phone` ends as `phone` does: the longer name comes first, and once is enough.
                if (place, end) in read or is_masked(text, start):
                    continue
                read.add((place, end))
                candidates = _in_field(field, text, end)
            else:
                candidates = self._told(patterns, number - first_term, text, start, end)
            for candidate in candidates:
                if candidate.score >= threshold:
                    if known is None:
                        known = found[place] = []
                    known.append(candidate)
        self._look_around(texts, found)
        return found

    def _look_around(self, texts: Sequence[str], found: dict[int, list[Candidate]]) -> None:
        """Adds what cells of tables hold, and what the neighbors of a value say of it."""
        for place, text in enumerate(texts):
            if ("\n" in text or SOFT_NEWLINE in text) and (cells := list(cells_within(text, self.column))):
                found.setdefault(place, []).extend(candidate for cell in cells for candidate in self._of_cell(text, cell))
        for place, known in found.items():
            known.extend([candidate for candidate in behind.told_by(texts[place], known) if candidate.score >= self._threshold])

    def _told(self, patterns: "_Patterns", number: int, text: str, start: int, end: int) -> Iterable[Candidate]:
        """Candidates where a term stands, or the beginning of a structure."""
        if number < len(patterns.terms):
            return _of_term(patterns.terms[number], text, start, end)
        return patterns.readers[number - len(patterns.terms)](self, text, start)

    def tupled(self, named: Iterator[tuples.Named], text: str) -> Iterator[Candidate]:
        """Candidates in values whose names stand apart, as in SQL."""
        for one in named:
            if field := self.column(one.name):
                yield from _of_field(field, text, value_of(field, one.start, one.end, quoted=one.quoted))

    def packed(self, text: str, start: int) -> Iterator[Candidate]:
        """Candidates in a text that stands here in base64."""
        if inner := packed.unpacked(text, start):
            for match in self.scan(inner.text):
                first, last = inner.origin(match.start, match.end)
                yield Candidate(first, last, match.entity, match.score, match.why)

    def _of_cell(self, text: str, cell: Cell) -> list[Candidate]:
        whole = value_of(cell.field, cell.start, cell.end, quoted=True)
        return [c for c in _of_field(cell.field, text, whole) if c.score >= self._threshold]

    def _matches(self, text: str, candidates: list[Candidate] | None) -> list[Match]:
        if not candidates:
            return []
        masks = [mask.span() for mask in MASK.finditer(text)] if "[" in text else []
        if masks:
            # A mask is our own word.
            candidates = [c for c in candidates if not any(start < c.end and c.start < end for start, end in masks)]
        return [
            Match(c.start, c.end, c.entity, c.score, _BY_ENTITY[c.entity].mask(text[c.start : c.end]), c.why)
            for c in resolve(candidates)
        ]


_Reader = Callable[[Scanner, str, int], Iterator[Candidate]]
"""What reads on where a structure was seen."""


class _Patterns(NamedTuple):
    """The shapes, the fields and the terms of a dictionary, and what reads structures, in the order of their numbers."""

    database: Database
    fields: tuple[Field, ...]
    terms: tuple[Term, ...]
    first_term: int
    readers: tuple[_Reader, ...]


@lru_cache(maxsize=8)
def _compiled(dictionary: Dictionary) -> _Patterns:
    fields, terms = dictionary.fields, dictionary.terms
    shapes = [shape for _, shape in _SHAPES]
    structures = _structures()
    told = [*map(Pattern, shapes), *map(pattern, fields), *map(term_pattern, terms), *(seen for seen, _ in structures)]
    readers = (*(read for _, read in structures), _read_person)
    return _Patterns(Database(told, people.first_names()), fields, terms, first_term=len(shapes) + len(fields), readers=readers)


def _structures() -> list[tuple[Pattern, _Reader]]:
    """The patterns of where a structure is seen, and what reads on from there."""
    coded = _by_kind(segments.told_by), _by_kind(identifiers.told_by)
    return [
        (Pattern(segments.HINT), coded[0]),
        (Pattern(segments.CODED), coded[0]),
        *((Pattern(hint), coded[1]) for hint in identifiers.HINTS),
        *((Pattern(hint), _apart(told)) for hint, told in tuples.READERS),
        (Pattern(packed.HINT), lambda scanner, text, start: scanner.packed(text, start)),
        *((hint, lambda _, text, start: beside.told_by(text, start)) for hint in beside.HINTS),
        *((hint, _read_person) for hint in people.ACCENTED),
        (people.INITIALED, lambda _, text, start: people.initialed(text, start)),
    ]


def _read_person(_: Scanner, text: str, start: int) -> Iterator[Candidate]:
    return people.told_by(text, start)


def _apart(named: Callable[[str, int], Iterator[tuples.Named]]) -> _Reader:
    return lambda scanner, text, start: scanner.tupled(named(text, start), text)


def _by_kind(told_by: Callable[[str, int], Iterator[tuple[str, Value]]]) -> _Reader:
    def read(_: Scanner, text: str, start: int) -> Iterator[Candidate]:
        for entity, value in told_by(text, start):
            yield from _BY_ENTITY[entity].fielded(text, value)

    return read


def _in_field(field: Field, text: str, end: int) -> Sequence[Candidate]:
    """Candidates in the values of a field whose name, with the sign behind it, ends here."""
    if text[end - 1] == ":" and not field.prose:
        # Most fields are of JSON, where what is in quotes is easily seen, and an object is no value.
        after = text[end : end + 1]
        if after == "{":
            return ()
        last = text.find('"', end + 1, end + _LONGEST_REMEMBERED) if after == '"' else -1
        told = text[end - 1 : last + 1]
        if last > 0 and "\\" not in told:
            if field.weak:
                return _of_field(field, text, value_of(field, end + 1, last, quoted=True))
            shift = end - 1
            return [
                Candidate(first + shift, stop + shift, entity, score, why)
                for first, stop, entity, score, why in _of_json(field, told)
            ]
    return [candidate for value in values_after(field, text, end) for candidate in _of_field(field, text, value)]


@lru_cache(maxsize=_REMEMBERED)
def _of_json(field: Field, told: str) -> Sequence[Candidate]:
    """Candidates in what stands behind the name of a field in JSON, `:"..."`, by offsets in that.

    Most values come again and again. What is in quotes is judged by itself, except where a weak field needs words around.
    """
    return tuple(_of_field(field, told, value_of(field, len(':"'), len(told) - 1, quoted=True)))


def _of_field(field: Field, text: str, value: Value) -> list[Candidate]:
    """Candidates in the value of a field: of its entity or, where there are none, of the other one.

    Running text goes on after the name of a field: there a value of the other kind must be quoted, or stand behind a sign.
    """
    found = _listed(_BY_ENTITY[field.entity], text, value)
    if (
        not found
        and field.otherwise
        and (value.quoted or text[max(0, value.start - 8) : value.start].rstrip(_SPACES)[-1:] in ("", *":=>|"))
    ):
        found = _listed(_BY_ENTITY[field.otherwise], text, value)
    return found


def _of_term(term: Term, text: str, start: int, end: int) -> Iterable[Candidate]:
    whole = whole_term(text, start, end)
    if whole is None or (term.weak and is_heading(text, whole)):
        return ()
    return _OF_HEALTH[term.entity].termed(text, start, whole, term)


def _listed(recognizer: Recognizer, text: str, value: Value) -> list[Candidate]:
    """Candidates in a value and, where values of this kind come in lists, in those after it."""
    found = list(recognizer.fielded(text, value))
    if (between := recognizer.between) is None:
        return found
    more = found
    while more and (gap := between.match(text, more[-1].end, value.end if value.quoted else len(text))):
        value = value_from(text, value, gap.end())
        more = list(recognizer.fielded(text, value))
        found += more
    return found


def _is_known(known: list[Candidate], entity: str, start: int, end: int) -> bool:
    """Is the last candidate of this kind, and does it hold what was seen? Two shapes often point to one value."""
    last = known[-1]
    return last.entity == entity and last.start <= start and end <= last.end


def _again(matches: list[Match]) -> list[Candidate]:
    return [Candidate(m.start, m.end, m.entity, m.score, m.why) for m in matches]


def _cut(text: str, most: int) -> str:
    """The start of a text, that ends before a mask rather than in it."""
    for mask in MASK.finditer(text, max(0, most - _LONGEST_MASK)):
        if mask.start() < most < mask.end():
            return text[: mask.start()]
    return text[:most]


def _masked(text: str, matches: list[Match]) -> str:
    pieces, done = [], 0
    for match in matches:
        pieces += [text[done : match.start], f"[{match.entity}]"]
        done = match.end
    return "".join([*pieces, text[done:]])


def _joined(known: list[Match], found: list[Match]) -> list[Match]:
    """The known matches and those found in the text with the known ones masked, all by offsets in the original text."""
    joined = list(known)
    for match in found:
        shift = 0
        for mask in known:
            if match.start < mask.start + shift:
                break
            shift += len(mask.entity) + 2 - (mask.end - mask.start)
        joined.append(msgspec.structs.replace(match, start=match.start - shift, end=match.end - shift))
    return sorted(joined, key=lambda match: match.start)
