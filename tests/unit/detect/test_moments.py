"""Texts as moments, in Python and in SQL."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.detect.moments import micros, moment_sql

MOMENT = 1_772_460_240_000_000  # 2026-03-02T14:04:00Z
LEAP = 1_483_228_800_000_000  # the midnight after 2016-12-31T23:59:60Z

_KNOWN = [
    ("2026-03-02T14:04:00Z", MOMENT),
    ("2026-03-02T09:04:00-05:00", MOMENT),
    ("2026-03-02 14:04:00", MOMENT),
    ("2026-03-02 14:04:00 UTC", MOMENT),
    ("2026-03-02T14:04:00.123456789Z", MOMENT + 123_456),
    (str(MOMENT // 10**6), MOMENT),
    (str(MOMENT // 10**3), MOMENT),
    (str(MOMENT), MOMENT),
    (str(MOMENT * 1000), MOMENT),
    (f"{MOMENT // 10**6}.5", MOMENT + 500_000),
    # digits that read as a date are no number
    ("20260302", MOMENT - 844 * 60 * 10**6),
    ("20260302140400", MOMENT),
    ("20261302", 20_261_302 * 10**6),
    ("99991231", 99_991_231 * 10**6),
    # logs and mail
    ("02/Mar/2026:14:04:00 +0000", MOMENT),
    ("02/Mar/2026:09:04:00 -0500", MOMENT),
    ("Mon, 02 Mar 2026 14:04:00 +0000", MOMENT),
    ("Mon, 02 Mar 2026 14:04:00 GMT", MOMENT),
    ("2 Mar 2026 09:04:00 -0500", MOMENT),
    ("soon", None),
    ("-5", None),
    ("nan", None),
    ("1e300", None),
    ("", None),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *_KNOWN,
        ("20260302T140400Z", MOMENT),
        # a leap second is the next second, whatever the form
        ("2016-12-31T23:59:60Z", LEAP),
        ("2016-12-31T23:59:60.5Z", LEAP + 500_000),
        ("2016-12-31 18:59:60-05:00", LEAP),
        ("20161231235960", LEAP),
        ("31/Dec/2016:23:59:60 +0000", LEAP),
        ("Sat, 31 Dec 2016 23:59:60 +0000", LEAP),
        ("2026-03-02T14:04:00.123460Z", MOMENT + 123_460),
        ("2026-03-02T14:60", None),
        ("Mon, 02 Mar 2026 14:04:00 +9999", None),
        (["2026-03-02T14:04:00Z"], None),
        (None, None),
    ],
)
def test_moments(text: Any, expected: int | None) -> None:
    """Texts of the usual forms, dates without signs, and numbers from seconds to nanoseconds are read; all else is no moment."""
    assert expected == micros(text)


@pytest.mark.parametrize(("text", "expected"), _KNOWN)
def test_the_database_reads_the_same_moments(text: str, expected: int | None) -> None:
    """A rule that asks for the hour of a field sees the moment by which correlations would go."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")

    found = database.execute(f"SELECT epoch_us({moment_sql('v')}) FROM (SELECT ? AS v)", [text]).fetchone()  # noqa: S608  # the SQL under test

    assert (expected,) == found


@given(st.text(max_size=30) | st.text("0123456789T:-+/ ,.Mar", max_size=30) | st.integers().map(str))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    """Nothing that can stand where a time is expected makes reading fail."""
    assert isinstance(micros(text), int | None)


def test_a_moment_is_that_of_the_calendar() -> None:
    """The numbers of these tests are the moments that they say."""
    assert datetime(2026, 3, 2, 14, 4, tzinfo=UTC).timestamp() * 10**6 == MOMENT
    assert datetime(2017, 1, 1, tzinfo=UTC).timestamp() * 10**6 == LEAP
