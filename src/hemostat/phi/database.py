"""All patterns in one pass: Hyperscan over many texts at once, telling where a closer look is worth it.

Patterns are ASCII. Texts are joined with a newline and encoded to ASCII with one `?` for each other character, so that a byte
offset is a code point offset whatever the text holds, lone surrogates included.

Where a match begins costs Hyperscan a third of its speed and most of the time to compile. So it tells that only of patterns whose
beginning cannot be read back from their end; the others are matched again by `re`, which is quick where they are known to match.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

Hint = tuple[int, int, int, int]
"""A text by its place in the batch, a pattern by its number, and from where to where it matched (code points)."""

_REACH = 300  # code points before its end in which a pattern that is matched again begins


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
        self._compiled = _compiled([pattern.expression for pattern in patterns], [not pattern.again for pattern in patterns])
        self._words = [len(word) for word in words]
        self._word_list = _compiled(words, [False] * len(words), literal=True)
        # Hyperscan's scratch space serves one scan at a time.
        self._turn = threading.Lock()

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Where to look, by text and position; several patterns may point to one place."""
        # Lines within a text are parted by another character, so that patterns may look across them.
        joined = "\n".join(text.replace("\n", "\x0b") for text in texts)
        found: list[tuple[int, int, int]] = []
        words: list[tuple[int, int, int]] = []
        if joined:
            plain = joined.encode("ascii", "replace")
            with self._turn:
                self._compiled.scan(plain, match_event_handler=_note, context=found)
                self._word_list.scan(plain, match_event_handler=_note, context=words)
        if not found and not words:
            return []
        seen = [*self._begun(joined, found), *self._whole(joined, words)]
        seen.sort()
        hints: list[Hint] = []
        place, first, after = -1, 0, 0
        for start, end, number in seen:
            while start >= after:
                place += 1
                first, after = after, after + len(texts[place]) + 1
            # A pattern may take the newline after a text as its border.
            hints.append((place, number, start - first, min(end, after - 1) - first))
        return hints

    def _begun(self, joined: str, found: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        """What was found, each with its beginning."""
        for start, end, number in found:
            again = self._patterns[number]
            if again is None:
                yield start, end, number
            elif match := again.pattern.search(joined, max(0, end - _REACH, joined.rfind("\n", 0, end - 1) + 1), end):
                yield match.start(), end, number

    def _whole(self, joined: str, words: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
        """The words that are no parts of others."""
        number = len(self._patterns)
        for _, end, word in words:
            start = end - self._words[word]
            if not (joined[end : end + 1].isalnum() or (start and joined[start - 1].isalnum())):
                yield start, end, number


class _Again:
    """A pattern for `re`, compiled when it is first needed: most fields never occur."""

    def __init__(self, expression: str) -> None:
        self._expression = expression

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self._expression})\Z")


def _compiled(expressions: Sequence[str], tell_start: Sequence[bool], *, literal: bool = False) -> Any:
    import hyperscan  # noqa: PLC0415  # compiled code that only scanning needs

    compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    compiled.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        flags=[hyperscan.HS_FLAG_SOM_LEFTMOST if told else 0 for told in tell_start],
        literal=literal,
    )
    return compiled


def _note(number: int, start: int, end: int, _flags: int, found: Any) -> None:
    found.append((start, end, number))
