"""All patterns in one pass: Hyperscan over many texts at once, telling where a closer look is worth it.

Patterns are ASCII. Texts are joined with a newline and encoded to ASCII with one `?` for each other character, so that a byte
offset is a code point offset whatever the text holds, lone surrogates included.

Where a match begins costs Hyperscan a third of its speed and most of the time to compile. So it tells that only of patterns whose
beginning cannot be read back from their end; the others are matched again by `re`, which is quick where they are known to match.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from .compiling import compiled

Hint = tuple[int, int, int, int]
"""A text by its place in the batch, a pattern by its number, and from where to where it matched (code points)."""

_NEAR, _REACH = 40, 300  # code points before its end in which a pattern that is matched again begins, nearly always and at most
_REMEMBERED = 4096  # pieces of text of which is known where a pattern begins in them: names of fields come again and again
_BITS = 24
_MASK = (1 << _BITS) - 1
"""What was found is packed into one number: where it begins, how long it is, and of which pattern, with so many bits for each."""


class Pattern(NamedTuple):
    """An expression for Hyperscan, and the same for `re`, which finds its beginning; "" when Hyperscan is to tell that.

    reach: code points before its end of which this is sure: where the pattern begins within them, it begins nowhere before;
    0 when that can be said of none.
    stands: told a text and from where to where it matched there, does that stand for anything? It may look at one code point
    before, and at none behind. None when what matched always does.
    hides: is a shorter one that ends where this one does passed over?
    """

    expression: str
    again: str = ""
    reach: int = 0
    stands: Callable[[str, int, int], bool] | None = None
    hides: bool = False


class Database:
    """Compiled patterns and words. Expressions may not match a newline, but for one as their last character.

    words: as they are written; where one of them stands, and is no part of another word, is a hint with the number after those of
    the patterns.
    """

    def __init__(self, patterns: Sequence[Pattern], words: Sequence[str]) -> None:
        self._patterns = [_Again(pattern) if pattern.again else None for pattern in patterns]
        self._length = lru_cache(maxsize=_REMEMBERED)(_Again.length_in)
        self._compiled = compiled([pattern.expression for pattern in patterns], [not pattern.again for pattern in patterns])
        self._words = [len(word) for word in words]
        self._word_list = compiled(words, [False] * len(words), literal=True)
        # Hyperscan's scratch space serves one scan at a time.
        self._turn = threading.Lock()

    def hints(self, texts: Sequence[str]) -> Iterator[Hint]:
        """Where to look, by text and position; several patterns may point to one place."""
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            # Lines within a text are parted by another character, so that patterns may look across them.
            joined = "\n".join(text.replace("\n", "\x0b") for text in texts)
        coded = joined.encode("ascii", "replace")
        found = self._begun(joined, self._scanned(self._compiled, coded))
        found += self._whole(joined, self._scanned(self._word_list, coded))
        found.sort()
        return _placed(found, texts)

    def _scanned(self, compiled: Any, coded: bytes) -> Iterator[tuple[int, int, int]]:
        """What a scan finds: the number, and from where to where."""
        found: list[int] = []
        if coded:
            with self._turn:
                compiled.scan(coded, match_event_handler=_note, context=found)
        told = iter(found)
        return zip(told, told, told, strict=True)

    def _begun(self, joined: str, found: Iterable[tuple[int, int, int]]) -> list[int]:
        """What was found and stands for something, with its beginning."""
        begun: list[int] = []
        patterns, length_in = self._patterns, self._length
        named_end = longest = 0
        for number, start, end in found:
            again = patterns[number]
            if again is None:
                begun.append(_packed(start, end, number))
                continue
            reach = again.reach
            length = length_in(again, joined[end - reach if end > reach else 0 : end]) if reach else 0
            length = length or again.length_that_stands(joined, end)
            if length <= 0 or (end == named_end and length < longest):
                continue
            begun.append(_packed(end - length, end, number))
            if again.hides and joined[end - length - 1 : end - length] != "[":
                # A shorter name that ends here is passed over as well, unless this one may be a mask.
                named_end, longest = end, length
        return begun

    def _whole(self, joined: str, words: Iterable[tuple[int, int, int]]) -> list[int]:
        """The words that are no parts of others, by their beginning."""
        number, lengths = len(self._patterns), self._words
        whole = []
        for word, _, end in words:
            start = end - lengths[word]
            if not (joined[end : end + 1].isalnum() or (start and joined[start - 1].isalnum())):
                whole.append(_packed(start, end, number))
        return whole


def _packed(start: int, end: int, number: int) -> int:
    """What was found, as one number that sorts as the three do: thousands of tuples would keep the garbage collector busy."""
    return (start << _BITS | end - start) << _BITS | number


def _placed(found: Iterable[int], texts: Sequence[str]) -> Iterator[Hint]:
    """What was found in joined texts, by the place of its text."""
    index, first, after = -1, 0, 0
    for told in found:
        start = told >> 2 * _BITS
        end = start + (told >> _BITS & _MASK)
        while start >= after:
            index += 1
            first, after = after, after + len(texts[index]) + 1
        # A pattern may take the newline after a text as its border.
        yield index, told & _MASK, start - first, (end if end < after else after - 1) - first


class _Again:
    """A pattern for `re`, compiled when it is first needed: most fields never occur."""

    def __init__(self, pattern: Pattern) -> None:
        self._expression = pattern.again
        self.stands = pattern.stands
        self.hides = pattern.hides
        self.reach = pattern.reach

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self._expression})\Z")

    def length(self, joined: str, end: int) -> int:
        """The length of what the pattern matched that ends here, in its own line; 0 when it did not."""
        low = joined.rfind("\n", max(0, end - _REACH), end - 1) + 1 or max(0, end - _REACH)
        # To look from far away takes ten times as long, and hardly ever finds another beginning.
        near = max(low, end - _NEAR)
        found = self._pattern.search(joined, near, end) or (self._pattern.search(joined, low, end) if near > low else None)
        return end - found.start() if found else 0

    def length_that_stands(self, joined: str, end: int) -> int:
        """The same; negative when it stands for nothing."""
        length = self.length(joined, end)
        return length if not length or self.stands is None or self.stands(joined, end - length, end) else -length

    def length_in(self, told: str) -> int:
        """The same of what ends a piece of text, as long as the reach; 0 also when what stands before that may count."""
        length = self.length_that_stands(told, len(told))
        return length if abs(length) < self.reach else 0


def _note(number: int, start: int, end: int, _flags: int, found: Any) -> None:
    found += (number, start, end)
