"""Moments, spans, counts and hostile text, as pages show them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.console.templatetags import wording

AT = datetime(2026, 3, 10, 14, 4, 2, tzinfo=UTC)


@given(st.text())
def test_inert_text_has_no_character_that_acts(text: str) -> None:
    """Whatever comes in, nothing that comes out moves a cursor, hides a letter or turns a line around."""
    assert wording.inert(text).isprintable()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("\x1b[31m", "\\u{1b}[31m"), ("a\u202eb", "a\\u{202e}b"), ("x\x00", "x\\u{0}"), ("é ☂", "é ☂"), ("a\u200bb", "a\\u{200b}b")],
)
def test_what_acts_is_shown_as_its_code(raw: str, shown: str) -> None:
    """A reader sees that something was there, and what."""
    assert shown == wording.inert(raw)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (12, "12 s"),
        (60, "1 min"),
        (125, "2 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_spans_are_said_in_two_units(seconds: int, words: str) -> None:
    """People say three days and four hours, not 273,600 seconds."""
    assert words == wording.span(timedelta(seconds=seconds))
    assert words == wording.span(float(seconds))


def test_moments_say_when_in_utc() -> None:
    """Each moment is a `time` element that machines read, with all of it on hover."""
    shown = wording.moment(AT, "second")

    assert ">14:04:02<" in shown
    assert 'datetime="2026-03-10T14:04:02.000000Z"' in shown
    assert "—" == wording.moment(None)
    assert "10:04 New York" == wording.local(AT, "America/New_York")


def test_how_long_ago() -> None:
    """Ago is counted from the moment of the page."""
    assert "29 min" == wording.since(AT, AT + timedelta(minutes=29, seconds=58))
    assert "" == wording.since(None, AT)


def test_words_of_closed_lists_are_read_as_words() -> None:
    """No underscore reaches a reader; an unknown word has the plain tone."""
    assert "Awaiting second" == wording.headed("awaiting_second")
    assert ("late", "plain") == (wording.tone("NEW"), wording.tone("whatever"))


def test_counts_and_sizes() -> None:
    """Counts have separators; an unknown one is a dash; sizes have a unit."""
    assert ("1,124", "—") == (wording.count(1124), wording.count(None))
    assert ["13 bytes", "1.5 kB", "2.0 MB", "3.0 GB"] == [wording.size(n) for n in (13, 1500, 2_000_000, 3_000_000_000)]
    assert 3 == wording.absolute(-3)


def test_long_identifiers_are_shortened_in_the_middle_and_can_be_copied() -> None:
    """The whole hash is one click away; a short one is left alone."""
    long = wording.middle("9f2c" * 16)

    assert "9f2c9f2c…9f2c" in long
    assert f'data-copy="{"9f2c" * 16}"' in long
    assert "<code>short</code>" == wording.middle("short")


def test_cells_of_an_answer() -> None:
    """An answer shows moments in UTC, lists in a row, and nothing for nothing."""
    assert ["", "2026-03-10 14:04:02", "a, b", "7"] == [wording.cell(value) for value in (None, AT, ["a", "b"], 7)]
    assert "" == wording.get({}, "missing")


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        (datetime(2026, 4, 10, 3, 59, 59, tzinfo=UTC), "America/New_York", "23:59:59 = 10 Apr 03:59:59 UTC"),
        (datetime(2026, 3, 10, 14, 4, tzinfo=UTC), "America/New_York", "10:04 = 14:04 UTC"),
        (datetime(2026, 3, 10, 14, 4, 2, tzinfo=UTC), "Pacific/Guam", "00:04:02 = 10 Mar 14:04:02 UTC"),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), "UTC", "23:00 = 23:00 UTC"),
    ],
)
def test_both_clocks_of_a_moment(at: datetime, zone: str, words: str) -> None:
    """The wall of the legal entity beside UTC, and the day there when it is another."""
    assert words == wording.both_clocks(at, zone)


def test_the_day_of_a_moment_is_that_of_the_wall() -> None:
    """02:00 in UTC is still the evening before in New York."""
    assert "9 Mar 22:00 New York" == wording.local(datetime(2026, 3, 10, 2, tzinfo=UTC), "America/New_York")
    assert "9 Mar 2026" == wording.local_day(datetime(2026, 3, 10, 2, tzinfo=UTC), "America/New_York")


def test_a_zone_is_called_by_its_city() -> None:
    """As people call it."""
    assert "New York" == wording.city("America/New_York")


def test_points_of_clocks_have_words_and_tones() -> None:
    """A warning is near; the rest is late."""
    points = ("warn", "escalate", "limit", "passed")

    assert ["warning", "escalated", "last day", "limit passed"] == [wording.point_word(point) for point in points]
    assert ["near", "late", "late", "late"] == [wording.tone(point) for point in points]
