"""All patterns in one pass: Hyperscan over many texts at once, telling where a closer look is worth it.

Patterns are ASCII. Texts are joined with a newline and encoded to ASCII with one `?` for each other character, so that a byte
offset is a code point offset whatever the text holds, lone surrogates included.

Where a match begins costs Hyperscan a third of its speed and most of the time to compile. So it tells that only of patterns whose
beginning cannot be read back from their end; the others are matched again by `re`, which is quick where they are known to match.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from .compiling import compiled

Hint = tuple[int, int, int, int]
"""A text by its place in the batch, a pattern by its number, and from where to where it matched (code points)."""

_NEAR, _REACH = 40, 300  # code points before its end in which a pattern that is matched again begins, nearly always and at most


class Pattern(NamedTuple):
    """An expression for Hyperscan, and the same for `re`, which finds its beginning; "" when Hyperscan is to tell that."""

    expression: str
    again: str = ""


class Database:
    """Compiled patterns and words. Expressions may not match a newline, but for one as their last character.

    words: as they are written; where one of them stands, and is no part of another word, is a hint with the number after those of
    the patterns.
    """

    def __init__(self, patterns: Sequence[Pattern], words: Sequence[str]) -> None:
        self._patterns = [_Again(pattern.again) if pattern.again else None for pattern in patterns]
        self._compiled = compiled([pattern.expression for pattern in patterns], [not pattern.again for pattern in patterns])
        self._words = [len(word) for word in words]
        self._word_list = compiled(words, [False] * len(words), literal=True)
        # Hyperscan's scratch space serves one scan at a time.
        self._turn = threading.Lock()

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Where to look, by text and position; several patterns may point to one place."""
        joined = "\n".join(texts)
        if joined.count("\n") >= len(texts):
            # Lines within a text are parted by another character, so that patterns may look across them.
            joined = "\n".join(text.replace("\n", "\x0b") for text in texts)
        found = self._begun(joined, self._scanned(self._compiled, joined))
        hints = list(_placed(found, texts, range(len(texts))))
        # Words begin with a capital letter and stand beside others: most texts of logs, as numbers and addresses, have none.
        if written := [place for place, text in enumerate(texts) if not (text.islower() or text.isalnum())]:
            some = [texts[place] for place in written]
            joined = "\n".join(some)
            if words := self._whole(joined, self._scanned(self._word_list, joined)):
                hints = sorted([*hints, *_placed(words, some, written)], key=_position)
        return hints

    def _scanned(self, compiled: Any, joined: str) -> list[tuple[int, int, int]]:
        """What a scan finds: from where to where, and the number."""
        found: list[tuple[int, int, int]] = []
        if joined:
            with self._turn:
                compiled.scan(joined.encode("ascii", "replace"), match_event_handler=_note, context=found)
        return found

    def _begun(self, joined: str, found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """What was found, each with its beginning, by that."""
        begun = []
        for start, end, number in found:
            again = self._patterns[number]
            if again is None:
                begun.append((start, end, number))
            elif match := again.match(joined, end):
                begun.append((match.start(), end, number))
        begun.sort()
        return begun

    def _whole(self, joined: str, words: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """The words that are no parts of others, by their beginning."""
        number = len(self._patterns)
        whole = []
        for _, end, word in words:
            start = end - self._words[word]
            if not (joined[end : end + 1].isalnum() or (start and joined[start - 1].isalnum())):
                whole.append((start, end, number))
        whole.sort()
        return whole


def _placed(found: Iterable[tuple[int, int, int]], texts: Sequence[str], places: Sequence[int]) -> Iterator[Hint]:
    """What was found in joined texts, by the place of its text, which is in `places`."""
    index, first, after = -1, 0, 0
    for start, end, number in found:
        while start >= after:
            index += 1
            first, after = after, after + len(texts[index]) + 1
        # A pattern may take the newline after a text as its border.
        yield places[index], number, start - first, min(end, after - 1) - first


def _position(hint: Hint) -> tuple[int, int, int, int]:
    place, number, start, end = hint
    return place, start, end, number


class _Again:
    """A pattern for `re`, compiled when it is first needed: most fields never occur."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self._expression})\Z")

    def match(self, joined: str, end: int) -> re.Match[str] | None:
        """Where the pattern matched that ends here, in its own line."""
        low = joined.rfind("\n", max(0, end - _REACH), end - 1) + 1 or max(0, end - _REACH)
        # To look from far away takes ten times as long, and hardly ever finds another beginning.
        near = max(low, end - _NEAR)
        return self._pattern.search(joined, near, end) or (self._pattern.search(joined, low, end) if near > low else None)


def _note(number: int, start: int, end: int, _flags: int, found: Any) -> None:
    found.append((start, end, number))
