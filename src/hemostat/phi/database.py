"""All patterns in one pass: Hyperscan over many texts at once, telling where a closer look is worth it.

Patterns are ASCII. Texts are joined with a newline and encoded to ASCII with one `?` for each other character, so that a byte
offset is a code point offset whatever the text holds, lone surrogates included.
"""

import threading
from collections.abc import Sequence
from typing import Any

Hint = tuple[int, int, int, int]
"""A text by its place in the batch, a pattern by its number, and from where to where it matched (code points)."""


class Database:
    """Compiled patterns. Expressions may not match a newline, but for one as their last character."""

    def __init__(self, expressions: Sequence[str]) -> None:
        import hyperscan  # noqa: PLC0415  # compiled code that only scanning needs

        self._compiled = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._compiled.compile(
            expressions=[expression.encode() for expression in expressions],
            ids=list(range(len(expressions))),
            flags=[hyperscan.HS_FLAG_SOM_LEFTMOST] * len(expressions),
        )
        # Hyperscan's scratch space serves one scan at a time.
        self._turn = threading.Lock()

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Where to look, by text and position; several patterns may point to one place."""
        joined = "\n".join(texts)
        found: list[tuple[int, int, int]] = []
        if joined:
            with self._turn:
                self._compiled.scan(joined.encode("ascii", "replace"), match_event_handler=_note, context=found)
        if not found:
            return []
        found.sort()
        hints: list[Hint] = []
        place, first, after = -1, 0, 0
        for start, end, number in found:
            while start >= after:
                place += 1
                first, after = after, after + len(texts[place]) + 1
            # A pattern may take the newline after a text as its border.
            hints.append((place, number, start - first, min(end, after - 1) - first))
        return hints


def _note(number: int, start: int, end: int, _flags: int, found: Any) -> None:
    found.append((start, end, number))
