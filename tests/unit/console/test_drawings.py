"""Pictures are arithmetic: the same numbers give the same picture, and nothing in a label can leave its text."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.drawings import (
    Deadline,
    Moment,
    bar,
    ceiling,
    clock_line,
    columns,
    exposure_curve,
    short_number,
    sparkline,
    stack,
    ticks,
)

START = datetime(2026, 3, 10, 14, tzinfo=UTC)
CURVE = [(START, 0), (START + timedelta(minutes=10), 400), (START + timedelta(minutes=30), 1124)]


def texts(svg: str) -> list[str]:
    """All words of a picture; it must be well-formed for that."""
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag == "text"]  # noqa: S314  # our own picture


def test_the_curve_shows_acts_forecast_and_a_description() -> None:
    """A reader sees the acts on the curve and the price of doing nothing; a listener hears the same."""
    acts = [Moment(at=START + timedelta(minutes=4), label="alert"), Moment(at=START + timedelta(minutes=7), label="acknowledged")]
    svg = exposure_curve(curve=CURVE, acts=acts, forecast=[(START + timedelta(minutes=60), 2180)])

    assert {"14:04 alert", "14:07 acknowledged", "if nothing is done: 2,180 by 15:00"} <= set(texts(svg))
    assert "1,124 people. 14:04 alert. 14:07 acknowledged. If nothing is done: 2,180 by 15:00." in svg
    assert 'role="img"' in svg


def test_a_forecast_from_before_is_a_line_of_its_own() -> None:
    """After the leak was stopped, what would have happened is drawn from where it left the curve."""
    later, end = (START + timedelta(minutes=5), 200), (START + timedelta(minutes=60), 6914)

    own, joined = (exposure_curve(curve=CURVE, forecast=forecast) for forecast in ([later, end], [end]))

    assert (1, 0) == tuple(len(re.findall(r'class="forecast" d="M112\.\d', svg)) for svg in (own, joined))


def test_a_curve_without_a_count_is_no_picture() -> None:
    """Nothing is drawn before anybody was counted."""
    assert "" == exposure_curve(curve=[])


def test_a_single_point_is_drawn() -> None:
    """The first count is a curve already, however short."""
    assert "1,000" not in texts(exposure_curve(curve=[(START, 3)]))


def test_labels_never_leave_their_text() -> None:
    """A title from outside cannot become markup of the picture."""
    act = Moment(at=START, label="<script>alert(1)</script>")

    svg = exposure_curve(curve=CURVE, acts=[act])

    assert "<script>" not in svg
    assert any("<script>" in text for text in texts(svg))


def test_crowded_acts_keep_their_line_and_lose_their_words() -> None:
    """Five acts in one minute get four rows of words; the fifth keeps its mark, and the description has them all."""
    acts = [Moment(at=START + timedelta(seconds=n), label=f"a long word for act {n} of this minute") for n in range(5)]

    svg = exposure_curve(curve=CURVE, acts=acts)

    assert 4 == sum("a long word" in text for text in texts(svg))
    assert 5 == len(re.findall(r'class="act"', svg))
    assert "act 4" in svg


def test_words_near_the_right_edge_run_left() -> None:
    """An act at the very end of the curve is labeled inside the picture."""
    svg = exposure_curve(curve=CURVE, acts=[Moment(at=CURVE[-1][0], label="contained")])

    assert 'text-anchor="end">14:30 contained' in svg


def test_a_curve_of_days_is_labeled_by_day() -> None:
    """Hours say nothing on a curve of a week."""
    svg = exposure_curve(curve=[(START, 0), (START + timedelta(days=6), 40)])

    assert "12 Mar" in texts(svg)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 10), (10, 10), (11, 20), (21, 25), (26, 50), (51, 100), (1124, 2000), (2400, 2500)]
)
def test_the_axis_ends_at_a_round_number(value: int, top: int) -> None:
    """The axis is labeled with numbers that people can say."""
    assert top == ceiling(value)


@given(st.integers(0, 10**9))
def test_the_axis_always_holds_the_curve(value: int) -> None:
    """No count is drawn above the picture."""
    assert value <= ceiling(value)


@given(
    st.datetimes(timezones=st.just(UTC), min_value=START.replace(year=2000, tzinfo=None)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=400)),
    st.integers(2, 9),
)
def test_ticks_lie_within_their_range(first: datetime, reach: timedelta, most: int) -> None:
    """Labels of the time axis stay on it, and never crowd."""
    found = ticks(first, first + reach, most=most)

    assert len(found) <= most
    assert all(first <= tick <= first + reach for tick in found)


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 300)), max_size=30), st.integers(1, 5))
def test_words_in_one_row_never_overlap(spans: list[tuple[float, float]], rows: int) -> None:
    """Labels stay apart, or give way."""
    ordered = sorted((start, start + length) for start, length in spans)
    placed = stack(ordered, rows=rows)

    for row in range(rows):
        own = [span for span, place in zip(ordered, placed, strict=True) if place == row]
        assert all(before[1] <= after[0] for before, after in pairwise(own))


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (950, "950"), (1000, "1k"), (1500, "1.5k"), (1234, "1.23k"), (3_000_000, "3M")]
)
def test_counts_on_the_axis_are_short(value: int, words: str) -> None:
    """The axis has room for four characters."""
    assert words == short_number(value)


def test_the_line_of_clocks_tells_each_day_and_its_tone() -> None:
    """Each day stands on the line with its words, the most pressing tone first."""
    first = Deadline(on=date(2026, 4, 9), label="residents CA", tone="near")
    second = Deadline(on=date(2026, 4, 9), label="attorney general CA", tone="late")
    third = Deadline(on=date(2026, 4, 9), label="media CA", tone="ok")
    svg = clock_line(deadlines=[first, second, third], start=date(2026, 3, 10), today=date(2026, 3, 20))

    assert {"9 Apr", "residents CA", "+ 2 more", "30 d", "today"} <= set(texts(svg))
    assert 'class="mark late"' in svg
    assert "9 Apr 2026: media CA" in svg


def test_no_deadline_no_line() -> None:
    """An empty line would look like nothing is due; nothing is drawn instead."""
    assert "" == clock_line(deadlines=[], start=date(2026, 3, 10), today=date(2026, 3, 10))


def test_far_days_are_gathered_at_the_edge() -> None:
    """A report that is due next year does not squeeze those of next month."""
    near, far = (Deadline(on=day, label="x", tone="plain") for day in (date(2026, 3, 20), date(2027, 3, 1)))

    svg = clock_line(deadlines=[near, far], start=date(2026, 3, 10), today=date(2026, 3, 15))

    assert {"1 later,", "next 1 Mar 2027"} <= set(texts(svg))


def test_a_crowded_line_keeps_the_marks() -> None:
    """Days without room for words still have their mark: the table says the rest."""
    crowd = [
        Deadline(on=date(2026, 5, 1) + timedelta(days=n), label="a rather long recipient of a notice", tone="ok")
        for n in range(5)
    ]

    svg = clock_line(deadlines=crowd, start=date(2026, 3, 10), today=date(2026, 3, 10))

    assert 5 == svg.count("<circle")
    assert 3 == sum("a rather long" in text for text in texts(svg))


def test_a_line_whose_last_day_has_passed_goes_on_to_today() -> None:
    """Today is not drawn onto the last day: that would look as if there were still time."""
    limit = Deadline(on=date(2026, 3, 30), label="limit", tone="late")
    words = [
        texts(clock_line(deadlines=[limit], start=date(2026, 3, 10), today=day)) for day in (date(2026, 4, 4), date(2027, 1, 1))
    ]

    for told in words:
        assert "20 d" in told
        assert "today" in told


def test_a_rhythm_is_a_line_with_words() -> None:
    """A small line says by its label what it shows; one value is no rhythm."""
    assert 'aria-label="calm &lt;b&gt;"' in sparkline([1, 5, 2], words="calm <b>")
    assert "" == sparkline([3], words="calm")


def test_today_stands_alone_on_the_line() -> None:
    """On the day of a limit the word today is not written over the distance of that day."""
    limit = Deadline(on=date(2026, 3, 30), label="attorney general VT", tone="near")
    far = Deadline(on=date(2026, 5, 9), label="everybody affected", tone="plain")
    words = {
        day: texts(clock_line(deadlines=[limit, far], start=date(2026, 3, 10), today=date(2026, 3, day))) for day in (20, 30)
    }

    assert "20 d" in words[20]
    assert "20 d" not in words[30]
    assert "today" in words[30]


def test_a_bar_is_as_long_as_its_share() -> None:
    """Half as much is half as long; nothing and less is no length; what says the number stands beside it."""
    widths = [re.findall(r' width="([^"]+)" height="14"/', bar(value, most))[0] for value, most in ((5, 10), (0, 0), (-3, 10))]

    assert ["160.0", "0.0", "0.0"] == widths
    assert "aria-hidden" in bar(1, 2)


def test_a_course_has_a_column_for_each_step_that_has_something() -> None:
    """Empty steps are gaps; the highest column is the most; what is drawn is said; a single step is no course."""
    svg = columns([0, 3, 0, 6], words="6 <b>")
    found = [(rect.get("x"), rect.get("height")) for rect in ET.fromstring(svg).iter("rect")]  # noqa: S314  # our own picture

    assert [("160.0", "44.0"), ("480.0", "88.0")] == found
    assert 'aria-label="6 &lt;b&gt;"' in svg
    assert "" == columns([3], words="calm")
    assert 300 == columns([1] * 300, words="many").count('width="2.1"')


def test_courses_beside_each_other_share_a_scale() -> None:
    """The greatest count of both sets the height of each."""
    heights = [
        [rect.get("height") for rect in ET.fromstring(columns(values, words="w", most=6)).iter("rect")]  # noqa: S314  # our own picture
        for values in ([0, 3], [6, 3])
    ]
    assert [["44.0"], ["88.0", "44.0"]] == heights
