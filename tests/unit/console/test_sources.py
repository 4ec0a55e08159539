"""How each source is doing, from the manifest alone."""

from datetime import datetime, timedelta

import pytest

from hemostat.console.sources import stream, summary
from hemostat.kernel import Source
from hemostat.lake.spool import Lag, Part
from unit.console.home import NOW
from unit.console.story import Story, lake_filled

SOURCES = {"edge": Source(kind="access-log", store="fernhollow"), "app": Source(kind="events", store="fernhollow")}


def part(last: datetime, *, rows: int = 10, source: str = "edge") -> Part:
    """A file of the lake that ends at `last`."""
    return Part(
        batch=1, path="p", source=source, day="2026-03-10", rows=rows, size=1, sha256="0", first_time=last, last_time=last
    )


def lag(oldest: datetime | None = None) -> Lag:
    """What waits for the lake."""
    return Lag(messages=1 if oldest else 0, oldest=oldest, last_seq=1, last_batch=1)


def test_a_source_is_live_or_was_never_heard() -> None:
    """Five minutes without an event are nothing to speak of."""
    rows = summary(SOURCES, parts=[part(NOW - timedelta(minutes=5))], lag=lag(), now=NOW).rows

    assert ["live", "none yet"] == [row.state for row in rows]


@pytest.mark.parametrize(("hours", "state"), [(11, "quiet"), (12, "silent")])
def test_only_a_steady_source_falls_silent(hours: int, state: str) -> None:
    """Without an event for long, a source that spoke in half the hours of its day is silent; one that seldom speaks is quiet."""
    last = NOW - timedelta(hours=9)
    parts = [part(last - timedelta(hours=n)) for n in range(hours)]
    older = [part(last - timedelta(hours=30 + n)) for n in range(24)]

    assert state == summary(SOURCES, parts=[*older, *parts], lag=lag(), now=NOW).rows[0].state


def test_the_rhythm_counts_the_last_day_only() -> None:
    """Yesterday's events before this hour, and those from the future of the story, are not part of the rhythm."""
    parts = [
        part(NOW, rows=3),
        part(NOW - timedelta(hours=23), rows=4),
        part(NOW - timedelta(days=2)),
        part(NOW + timedelta(hours=1)),
    ]

    row = summary(SOURCES, parts=parts, lag=lag(), now=NOW).rows[0]

    assert (7, 3, 24) == (row.events, row.rhythm[-1], len(row.rhythm))
    assert "Events of the last 24 hours: 7" in row.picture


def test_a_message_that_waits_long_means_behind() -> None:
    """Two minutes without reaching the lake are said."""
    assert summary({}, parts=[], lag=lag(NOW - timedelta(minutes=2)), now=NOW).is_behind
    assert not summary({}, parts=[], lag=lag(NOW - timedelta(seconds=2)), now=NOW).is_behind


def test_the_stream_of_a_home(story: Story) -> None:
    """The page reads the real manifest of its home."""
    lake_filled(story.home, {}, {})

    found = stream(NOW)

    assert [("edge", 2, "live"), ("care-app", 0, "none yet")] == [(row.name, row.events, row.state) for row in found.rows]
    assert 0 == found.waiting
