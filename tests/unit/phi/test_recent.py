"""What is remembered of words is what is made of them, and no more of it than may be."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from hemostat.phi import Recent


class _Maker:
    """Makes capitals, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, words: Sequence[str]) -> list[str]:
        self.asked += words
        return [word.upper() for word in words]


@given(st.lists(st.sets(st.text("abc", max_size=3), max_size=9), max_size=12))
def test_a_word_gives_what_is_made_of_it(calls: list[set[str]]) -> None:
    """Whatever was asked before, each word of a call gives what the maker makes of it."""
    recent = Recent(_Maker(), most=4)

    for words in calls:
        assert {word: word.upper() for word in words} == recent.all(words)


def test_a_word_that_comes_again_is_not_made_again() -> None:
    """Words are made once as long as they keep coming, however many others come between."""
    maker = _Maker()
    recent = Recent(maker, most=2)

    for other in range(20):
        recent.all(["often", str(other)])

    assert 1 == maker.asked.count("often")


def test_what_does_not_come_any_more_is_forgotten() -> None:
    """Memory holds two generations of words, not all that ever came."""
    maker = _Maker()
    recent = Recent(maker, most=2)

    for word in ("once", *map(str, range(10)), "once"):
        recent.all([word])

    assert 2 == maker.asked.count("once")


def test_long_words_are_not_remembered() -> None:
    """A sender of long texts cannot fill the memory with them."""
    maker = _Maker()
    recent = Recent(maker, most=9, longest=3)

    for _ in range(2):
        assert {"long": "LONG"} == recent.all(["long"])

    assert ["long", "long"] == maker.asked
