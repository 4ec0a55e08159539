"""The score of duties by hand: what was found, on which day, for how many people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.exercises.notices import NOT_MEASURED, WEIGHTS, notice_score

KEY = {"CA-IND@US-CA": "2026-04-09", "HIPAA-IND@US": "2026-05-09", "PLAT@": None}
days = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from(["2026-04-09", "2026-05-09"]) | st.none())


@pytest.mark.parametrize(
    ("found", "error", "score", "words"),
    [
        (KEY, 0.0, 1.0, ""),
        (KEY, 0.5, 0.9375, ""),
        (KEY, None, 0.875, ""),
        (KEY, 7.0, 0.875, ""),
        (KEY | {"HIPAA-IND@US": "2026-05-11"}, 0.0, 0.9167, "wrong day: HIPAA-IND@US; "),
        (KEY | {"X@US-TX": None}, 0.0, 0.9609, "not owed: X@US-TX; "),
        ({"CA-IND@US-CA": "2026-04-09", "PLAT@": None}, 0.0, 0.7381, "missed: HIPAA-IND@US; "),
        ({}, None, 0.0, "missed: CA-IND@US-CA, HIPAA-IND@US, PLAT@; "),
    ],
)
def test_what_an_answer_earns(found: dict[str, str | None], error: float | None, score: float, words: str) -> None:
    """(0.5 F2 + 0.2 days + 0.1 people) / 0.8; what cost points is named, and so is what nobody looked at."""
    answer = notice_score(found=found, key=KEY, count_error=error)

    assert (score, f"{words}{NOT_MEASURED}", None) == (answer.score, answer.words, answer.content)


def test_where_nothing_is_owed_an_invented_duty_is_wrong() -> None:
    """Finding nothing is right then."""
    assert 1.0 == notice_score(found={}, key={}, count_error=0.0).score
    assert 0.0 == notice_score(found={"X@": None}, key={}, count_error=0.0).duties


@given(found=days, key=days, error=st.none() | st.floats(0, 9))
def test_a_score_is_a_share_and_full_only_for_the_key(
    found: dict[str, str | None], key: dict[str, str | None], error: float | None
) -> None:
    """Nothing but the very key and the very count earns everything."""
    answer = notice_score(found=found, key=key, count_error=error)

    assert 0.0 <= answer.score <= 1.0
    assert (answer.duties == 1.0 and answer.days == 1.0) == (found == key)


def test_weights_add_up() -> None:
    """To a whole, with the part that is not measured."""
    assert 1.0 == pytest.approx(sum(WEIGHTS.values()))
