"""The score of duties by hand: what was found, on which day, what the notices say, for how many people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.exercises.notices import WEIGHTS, notice_score

KEY = {"CA-IND@US-CA": "2026-04-09", "HIPAA-IND@US": "2026-05-09", "PLAT@": None}
LETTERS = {"CA-IND@US-CA": 1.0, "HIPAA-IND@US": 1.0}
days = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from(["2026-04-09", "2026-05-09"]) | st.none())


@pytest.mark.parametrize(
    ("found", "error", "score", "words"),
    [
        (KEY, 0.0, 1.0, ""),
        (KEY, 0.5, 0.95, ""),
        (KEY, None, 0.9, ""),
        (KEY, 7.0, 0.9, ""),
        (KEY | {"HIPAA-IND@US": "2026-05-11"}, 0.0, 0.9333, "wrong day: HIPAA-IND@US"),
        (KEY | {"X@US-TX": None}, 0.0, 0.9687, "not owed: X@US-TX"),
        ({"CA-IND@US-CA": "2026-04-09", "PLAT@": None}, 0.0, 0.7905, "missed: HIPAA-IND@US"),
        ({}, None, 0.2, "missed: CA-IND@US-CA, HIPAA-IND@US, PLAT@"),
    ],
)
def test_what_an_answer_earns(found: dict[str, str | None], error: float | None, score: float, words: str) -> None:
    """0.5 F2 + 0.2 days + 0.2 content + 0.1 people; what cost points is named."""
    answer = notice_score(found=found, key=KEY, letters=LETTERS, count_error=error)

    assert (score, words, 1.0) == (answer.score, answer.words, answer.content)


@pytest.mark.parametrize(
    ("letters", "content", "words"),
    [
        ({}, 1.0, ""),
        ({"A@": 0.0, "B@": 0.0}, 0.0, "notice missing or incomplete: A@, B@"),
        ({"B@": 0.5, "A@": 1.0}, 0.75, "notice missing or incomplete: B@"),
    ],
)
def test_what_the_notices_earn(letters: dict[str, float], content: float, words: str) -> None:
    """Their mean, a fifth of the whole; one that was never written earns nothing and is named."""
    answer = notice_score(found=KEY, key=KEY, letters=letters, count_error=0.0)

    assert (content, round(0.8 + 0.2 * content, 4), words) == (answer.content, answer.score, answer.words)


def test_where_nothing_is_owed_an_invented_duty_is_wrong() -> None:
    """Finding nothing is right then."""
    assert 1.0 == notice_score(found={}, key={}, letters={}, count_error=0.0).score
    assert 0.0 == notice_score(found={"X@": None}, key={}, letters={}, count_error=0.0).duties


@given(found=days, key=days, letters=st.dictionaries(st.sampled_from("ABC"), st.floats(0, 1)), error=st.none() | st.floats(0, 9))
def test_a_score_is_a_share_and_full_only_for_the_key(
    found: dict[str, str | None], key: dict[str, str | None], letters: dict[str, float], error: float | None
) -> None:
    """Nothing but the very key and the very count earns everything."""
    answer = notice_score(found=found, key=key, letters=letters, count_error=error)

    assert 0.0 <= answer.score <= 1.0
    assert (answer.duties == 1.0 and answer.days == 1.0) == (found == key)


def test_weights_add_up() -> None:
    """To a whole."""
    assert 1.0 == pytest.approx(sum(WEIGHTS.values()))
