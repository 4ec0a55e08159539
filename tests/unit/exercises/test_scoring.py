"""Marks are arithmetic: monotone, bounded, traceable, and capped where something critical failed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.exercises.measures import MEASURES
from hemostat.exercises.pack import Pack, pack_load
from hemostat.exercises.scoring import ROLE_WEIGHTS, Measure, Rating, points, score

PACK = pack_load("storefront-session-leak")
values = st.floats(-10, 100_000) | st.none()


def measures(**changed: float | None) -> dict[str, Measure]:
    """A run in which everything was at its target, but for what is changed."""
    wanted = {expectation.measure: expectation.target for expectation in PACK.expectations}
    perfect: dict[str, float | None] = {name: wanted.get(name, 0.0) for name in MEASURES}
    return {name: Measure(value=value, unit="", entries=(1,)) for name, value in (perfect | changed).items()}


@given(value=values, target=st.floats(0, 1000), gap=st.floats(0.001, 1000), higher=st.booleans())
def test_points_stay_between_nothing_and_everything(value: float | None, target: float, gap: float, higher: bool) -> None:  # noqa: FBT001  # drawn
    """No value earns less than 0 or more than 1, whichever way is better."""
    assert 0.0 <= points(value, target=target, limit=target - gap if higher else target + gap) <= 1.0


@given(one=st.floats(0, 5000), other=st.floats(0, 5000))
def test_faster_never_earns_less(one: float, other: float) -> None:
    """Time turns into points without jumps the wrong way."""
    early, late = sorted((one, other))

    assert points(early, target=300, limit=1800) >= points(late, target=300, limit=1800)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, 0.0), (0, 1.0), (300, 1.0), (1050, 0.5), (1800, 0.0), (9999, 0.0)],
)
def test_points_are_full_at_the_target_and_none_at_the_limit(value: float | None, expected: float) -> None:
    """The straight line between them, by hand."""
    assert expected == points(value, target=300, limit=1800)


@pytest.mark.parametrize(
    ("earned", "rating"),
    [(1.0, "P"), (0.8, "P"), (0.79, "S"), (0.66, "S"), (0.65, "M"), (0.5, "M"), (0.49, "U"), (0.0, "U")],
)
def test_ratings_follow_their_bands(earned: float, rating: str) -> None:
    """P from 80, S from 66, M from 50, else U; each has words."""
    assert rating == Rating.of(earned)
    assert Rating(rating).words


def test_a_perfect_run_is_perfect() -> None:
    """Everything at its target gives full marks everywhere and crosses no red line."""
    card = score(PACK, measures())

    assert (1.0, Rating.P, "") == (card.overall.score, card.overall.rating, card.overall.capped)
    assert all(grade.score == 1.0 for grade in (*card.capabilities.values(), *card.roles.values()))
    assert () == card.red_lines


def test_every_mark_names_the_entries_behind_it() -> None:
    """A point can be traced to the ledger."""
    assert all(mark.entries == (1,) for mark in score(PACK, measures()).marks)


def test_a_failed_critical_expectation_caps_its_capability() -> None:
    """A team that never closes the path has not contained, however good the rest was."""
    card = score(PACK, measures(time_to_contain=None))

    assert Rating.M >= card.capabilities["contain"].rating
    assert card.capabilities["contain"].score <= 0.65
    assert "path is closed" in card.capabilities["contain"].capped or card.capabilities["contain"].score < 0.65


@pytest.mark.parametrize("line", ["path_open_at_end", "evidence_destroyed"])
def test_a_crossed_red_line_caps_the_run(line: str) -> None:
    """An open path or destroyed proof cannot be outweighed."""
    card = score(PACK, measures(**{line: 1.0}))

    assert 0.65 == card.overall.score
    assert "red line" in card.overall.capped
    assert 1 == len(card.red_lines)


@given(data=st.data())
def test_doing_worse_in_one_thing_never_raises_the_whole(data: st.DataObject) -> None:
    """The whole is monotone in its parts."""
    expectation = data.draw(st.sampled_from(PACK.expectations))
    share = data.draw(st.floats(0, 1))
    value = expectation.target + (expectation.limit - expectation.target) * share

    worse = score(PACK, measures(**{expectation.measure: value}))

    assert worse.overall.score <= 1.0
    assert all(worse.roles[role].score <= 1.0 for role in ROLE_WEIGHTS)
    assert worse.overall.score == pytest.approx(
        1 - share * expectation.weight / sum(e.weight for e in PACK.expectations), abs=0.001
    )


def test_role_weights_are_percents() -> None:
    """Each role answers for a whole."""
    assert all(sum(weights.values()) == 100 for weights in ROLE_WEIGHTS.values())


def test_the_pack_has_a_hash_that_follows_its_content() -> None:
    """A result says against which content it was scored."""
    import msgspec  # noqa: PLC0415  # only here

    changed: Pack = msgspec.structs.replace(PACK, title="another")

    assert PACK.sha256 == pack_load("storefront-session-leak").sha256
    assert changed.sha256 != PACK.sha256
