"""What was made of words that came lately, so that it need not be made again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """What `make` makes of words, remembered for those that came lately.

    At most twice `most` words are remembered beside those of one call, none of more than `longest` code points: memory stays
    bounded whatever callers send. `make` is handed distinct words and must answer by each word alone.
    """

    def __init__(self, make: Callable[[Sequence[str]], Iterable[Made]], *, most: int, longest: int = 256) -> None:
        self._make = make
        self._most = most
        self._longest = longest
        # A word that was not asked for while a whole generation came is forgotten.
        self._young: dict[str, Made] = {}
        self._old: dict[str, Made] = {}

    def all(self, words: Iterable[str]) -> dict[str, Made]:
        """What is made of each of the words, which are distinct."""
        found: dict[str, Made] = {}
        unknown = []
        young, old = self._young, self._old
        for word in words:
            if word in young:
                found[word] = young[word]
            elif word in old:
                found[word] = young[word] = old[word]
            else:
                unknown.append(word)
        if unknown:
            made = dict(zip(unknown, self._make(unknown), strict=True))
            found |= made
            young.update({word: one for word, one in made.items() if len(word) <= self._longest})
        if len(young) > self._most:
            self._old, self._young = young, {}
        return found
