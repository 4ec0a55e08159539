"""The time is read once, in UTC, and a story may have its own."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput, ClockFace, ExerciseClock, SystemClock, clock_for, from_micros, iso, parse_iso, to_micros

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
moments = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive


def test_the_system_clock_is_aware_and_utc() -> None:
    """Nobody is handed a time without a zone."""
    assert timedelta(0) == SystemClock().now().utcoffset()


def test_a_home_without_a_story_lives_by_the_machine(tmp_path: Path) -> None:
    """Only a sandbox has an exercise clock."""
    assert isinstance(clock_for(tmp_path), SystemClock)


def test_a_stopped_story_shows_what_it_was_set_to(tmp_path: Path) -> None:
    """A clock with factor 0 stands still, so that a headless drill gives the same times on any machine."""
    ExerciseClock(tmp_path / "clock.json").set(NOON, factor=0)

    assert NOON == clock_for(tmp_path).now()


@given(seconds=st.integers(0, 100_000), factor=st.floats(0, 600))
def test_a_running_story_moves_by_its_factor(seconds: int, factor: float) -> None:
    """Story time is machine time, stretched."""
    face = ClockFace(shows=NOON, read_at=NOON, factor=factor)

    assert NOON + timedelta(seconds=seconds) * factor == face.at(NOON + timedelta(seconds=seconds))


def test_a_running_clock_does_not_go_back(tmp_path: Path) -> None:
    """Two readings keep their order."""
    clock = ExerciseClock(tmp_path / "clock.json")
    clock.set(NOON, factor=60)

    assert clock.now() <= clock.now()


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"shows": 1}'])
def test_a_damaged_clock_says_so(tmp_path: Path, content: bytes | None) -> None:
    """A sandbox with a broken clock stops instead of guessing the time."""
    path = tmp_path / "clock.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput, match=r"clock\.json"):
        ExerciseClock(path).now()


@given(moment=moments)
def test_a_moment_survives_being_written(moment: datetime) -> None:
    """Text and integers keep microseconds and zone."""
    assert moment == parse_iso(iso(moment))
    assert moment == from_micros(to_micros(moment))


@given(one=moments, other=moments)
def test_written_moments_sort_as_moments_do(one: datetime, other: datetime) -> None:
    """A table sorted by text is sorted by time."""
    assert (one < other) == (iso(one) < iso(other))


def test_an_offset_is_taken_to_utc() -> None:
    """The same moment has one text."""
    assert "2026-03-10T17:00:00.000000Z" == iso(datetime(2026, 3, 10, 12, tzinfo=timezone(timedelta(hours=-5))))


def test_a_moment_without_a_zone_is_refused_both_ways() -> None:
    """Nobody guesses a zone."""
    with pytest.raises(BadInput):
        iso(datetime(2026, 3, 10, 12))  # noqa: DTZ001  # the fault under test
    with pytest.raises(BadInput, match="without a zone"):
        parse_iso("2026-03-10T12:00:00")


def test_other_text_is_no_moment() -> None:
    """The message names the text and the way to write it."""
    with pytest.raises(BadInput, match="yesterday") as caught:
        parse_iso("yesterday")

    assert "2026-03-02T14:04:00Z" in caught.value.advice()
