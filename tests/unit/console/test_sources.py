"""How each source is doing, from the manifest alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from hemostat.console.sources import grouped, stream, summary
from hemostat.kernel import Source, iso
from hemostat.lake import dead_letters, errands, health
from hemostat.lake.beats import Beat
from hemostat.lake.dead_letters import Letter
from hemostat.lake.health import Gap
from hemostat.lake.life import Arrived, canary_sent, signs_arrived
from hemostat.lake.pipeline import Tools
from hemostat.lake.spool import Lag, Part
from hemostat.people.rights import Role
from hemostat.sources.signs import Sign
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


def gap(kind: str, **given: Any) -> Gap:
    """A gap of the edge log that is open."""
    return Gap(**{"source": "edge", "kind": kind, "detail": "storefront", "since": NOW, "found_at": NOW} | given)


def beat(**given: Any) -> Beat:
    """A quarter of an hour in which the edge log said something."""
    counts = {"events": 10, "duplicates": 0, "late": 0, "ahead": 0, "skew_least": 100, "skew_usual": 2400}
    moments = dict.fromkeys(("slot", "first", "last", "newest"), NOW)
    return Beat(**{"source": "edge", "surface": "storefront"} | counts | moments | given)


@pytest.mark.parametrize(("gaps", "state"), [([], "quiet"), (["skew"], "quiet"), (["skew", "silence"], "silent")])
def test_only_its_own_rhythm_makes_a_source_silent(gaps: list[str], state: str) -> None:
    """Without an event for long it is quiet; silent when the watch over its rhythm says so, and the gaps are counted."""
    last = [part(NOW - timedelta(hours=9))]

    row = summary(SOURCES, parts=last, lag=lag(), gaps=[gap(kind) for kind in gaps], now=NOW).rows[0]

    assert (state, len(gaps)) == (row.state, len(row.gaps))


@pytest.mark.parametrize(
    ("least", "usual", "clock"),
    [
        (100, 2400, "received after 2.4 s"),
        (100, 600_000, "received after 10 min"),
        (100, 3 * 86_400_000, "received after 3 d"),
        (-7_300_000, 2400, "clock ahead by 2 h"),
        (None, None, ""),
    ],
)
def test_a_row_tells_of_clock_late_and_repeated_events(least: int | None, usual: int | None, clock: str) -> None:
    """The least tells whether a clock runs ahead, the usual how long events take; shares count the last day."""
    beats = [beat(late=3, duplicates=2, skew_least=least, skew_usual=usual), beat(skew_least=least, skew_usual=usual)]

    row = summary(SOURCES, parts=[], lag=lag(), beats=beats, now=NOW).rows[0]

    assert (15, 2, clock) == (row.late, row.duplicates, row.clock)


@pytest.mark.parametrize(
    ("gaps", "late", "troubles"),
    [
        ([], 0, []),
        ([], 5, ["late"]),
        (["silence", "silence", "path"], 0, ["silent", "way broken"]),
        (["skew", "heartbeat", "sequence", "subscription"], 0, ["clock ahead", "not heard", "events lost", "subscription"]),
    ],
)
def test_what_is_wrong_is_said_in_a_word(gaps: list[str], late: int, troubles: list[str]) -> None:
    """Each once; and sources in trouble stand before the others."""
    found = [gap(kind, source="app") for kind in gaps]
    rows = summary(SOURCES, parts=[], lag=lag(), gaps=found, beats=[beat(source="app", late=late)], now=NOW).rows

    by_name = {row.name: row for row in rows}
    assert (troubles, []) == (by_name["app"].troubles, by_name["edge"].troubles)
    assert ("app" if troubles else "edge") == rows[0].name


def test_a_row_tells_who_was_heard_and_how_our_door_fares(story: Story, visit: Callable[[Role], Client]) -> None:
    """A heartbeat, a canary that came back and one that did not."""
    lake_filled(story.home, {})
    signs_arrived(story.home, [Arrived(source="edge", at=NOW, sign=Sign())])
    for source in ("edge", "care-app"):
        canary_sent(story.home, source=source, token="a" * 32, now=NOW)
    signs_arrived(story.home, [Arrived(source="edge", at=NOW, sign=Sign(token="a" * 32))])

    page = visit(Role.AUDITOR).get("/sources/").content.decode()

    assert "heard <time" in page
    assert "tried <time" in page
    assert "no way since" in page
    assert "nothing known" in page
    assert "Read them again" not in page


def letter(reason: str, minute: int) -> Letter:
    """A dead letter of the edge log."""
    learnt = iso(NOW + timedelta(minutes=minute))
    return Letter(
        batch=1, position=minute, source="edge", seq=1, line=1, learnt=learnt, reason=reason, advice="Mend it.", sealed=""
    )


def test_dead_letters_are_counted_by_reason() -> None:
    """The most frequent first, each with the oldest letter and the day on which that one goes."""
    found = grouped([letter("No time.", 5), letter("No JSON.", 7), letter("No time.", 2)], days=timedelta(days=3))

    assert [("No time.", 2), ("No JSON.", 1)] == [(one.reason, one.count) for one in found]
    assert (NOW + timedelta(minutes=2), NOW + timedelta(minutes=2, days=3)) == (found[0].oldest, found[0].goes)


def test_the_page_shows_gaps_and_letters(story: Story, visit: Callable[[Role], Client]) -> None:
    """Open gaps stand in words with what to do, closed ones below; unreadable input with its reason and what can be done."""
    for source, kind, detail in (("edge", "silence", "storefront"), ("edge", "skew", "x"), ("edge", "sequence", "rows 4 to 9")):
        health.gap_opened(story.home, source=source, kind=kind, detail=detail, since=NOW, now=NOW)
    health.gap_closed(story.home, source="edge", kind="skew", detail="x", now=NOW)
    dead_letters.write(story.home.dead_letters, 1, [msgspec.structs.replace(letter("<b>No</b> time.", 1), position=0)])
    lake_filled(story.home, {})

    page = visit(Role.ENGINEER).get("/sources/").content.decode()

    assert "has said nothing about storefront" in page
    assert "rows 4 to 9" in page
    assert ">closed<" in page
    assert "&lt;b&gt;No&lt;/b&gt; time." in page
    assert "Does the system run" in page
    assert "A person settles it in its alert." in page
    assert "Read them again" in page


def test_the_rhythm_counts_the_last_day_only() -> None:
    """Yesterday's events before this hour, and those from the future of the story, are not part of the rhythm."""
    beats = [
        beat(events=3),
        beat(events=4, last=NOW - timedelta(hours=23)),
        beat(last=NOW - timedelta(days=2)),
        beat(last=NOW + timedelta(hours=1)),
    ]

    row = summary(SOURCES, parts=[], lag=lag(), beats=beats, now=NOW).rows[0]

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


@pytest.fixture
def unread_line(story: Story) -> str:
    """A dead letter of the edge log waits; its reason."""
    dead_letters.write(story.home.dead_letters, 1, [msgspec.structs.replace(letter("No time.", -1), position=0)])
    lake_filled(story.home, {})
    return "No time."


NOTE = "The vendor sent its test lines to us by mistake."


@pytest.mark.parametrize(
    ("act", "said", "stands"),
    [
        ("retry", "1 letter of edge will be read again now.", "being read again"),
        ("keep", "They stay as they are until their days are over", "Kept by "),
        ("discard", "1 letter will be destroyed now; the ledger keeps why.", "being destroyed"),
    ],
)
def test_letters_are_decided_about_on_the_page(
    unread_line: str, visit: Callable[[Role], Client], act: str, said: str, stands: str
) -> None:
    """Each act says what it does, and the page says how it stands; who follows the page hears of it by itself."""
    browser = visit(Role.ENGINEER)
    etag = browser.get("/sources/pulse/")["ETag"]
    assert 304 == browser.get("/sources/pulse/", headers={"If-None-Match": etag}).status_code

    given = {"source": "edge", "reason": unread_line, "note": NOTE}
    page = browser.post(f"/sources/letters/{act}/", given, follow=True).content.decode()

    assert said in page
    assert stands in page
    assert stands in browser.get("/sources/pulse/", headers={"If-None-Match": etag}).content.decode()


def test_what_the_worker_did_with_letters_is_said(story: Story, visit: Callable[[Role], Client], unread_line: str) -> None:
    """For an hour: how many, how many stay, or why it was given up."""
    given = {"source": "edge", "reason": unread_line, "note": NOTE}
    visit(Role.COMPLIANCE).post("/sources/letters/retry/", given)
    spool = Tools(story.home).spool()
    doing = errands.errand_next(story.home, spool)
    assert doing is not None
    doing.turn()
    doing.errand = msgspec.structs.replace(doing.errand, fault="A hold keeps it.")
    doing.end(NOW)
    spool.close()

    page = visit(Role.COMMANDER).get("/sources/").content.decode()
    assert "Read again: 1 of edge (No time.)" in page
    assert "1 could still not be read; given up: A hold keeps it." in page
    assert "Engineers and compliance officers decide about them." in page


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.COMMANDER, Role.AUDITOR, Role.TRAINING_LEAD, Role.ADMIN])
def test_others_find_no_such_act(story: Story, visit: Callable[[Role], Client], unread_line: str, role: Role) -> None:
    """The gate answers as for an address that does not exist, and nothing is done."""
    for act in ("retry", "keep", "discard"):
        given = {"source": "edge", "reason": unread_line, "note": NOTE}
        assert 404 == visit(role).post(f"/sources/letters/{act}/", given).status_code
    assert [] == errands.errands(story.home, since=NOW)
    assert {} == errands.kept_letters(story.home)
