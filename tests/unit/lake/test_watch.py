"""Silences, clocks that run ahead and feeds that do not answer are gaps while they last, and no longer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from hemostat.kernel import Feed, Home, Source
from hemostat.lake import health
from hemostat.lake.beats import SLOT, Beat
from hemostat.lake.health import Gap
from hemostat.lake.life import Arrived, canary_sent, signs_arrived
from hemostat.lake.spool import Spool
from hemostat.lake.watch import EVERY_DOOR, ON_THE_WAY, SENDER, todo, told, watch
from hemostat.sources.signs import Sign
from unit.lake.made import NOON, incoming

DAYS = 9
FED = Source(kind="events", store="fernhollow", feed=Feed(kind="queue"))
SOURCES = {"edge": Source(kind="access-log", store="fernhollow"), "app": FED}


def beat(slot: datetime, *, source: str = "edge", ahead: int = 0) -> Beat:
    """A steady quarter of an hour."""
    last = slot + SLOT - timedelta(seconds=1)
    return Beat(
        source=source,
        surface="checkout",
        slot=slot,
        events=15,
        duplicates=0,
        late=0,
        ahead=ahead,
        first=slot,
        last=last,
        newest=last,
        skew_least=0,
        skew_usual=0,
    )


def counted(spool: Spool, beats: Sequence[Beat]) -> None:
    """The beats stand in the spool."""
    spool.append([incoming(source="app", key=f"key-{spool.lag().last_seq}", body=b"-")])
    plan = spool.plan()
    assert plan is not None
    spool.written(plan, [], rejected=0, pulse=beats)


def steady(until: datetime, *, source: str = "edge") -> list[Beat]:
    """Days of beats before a moment."""
    return [beat(until - n * SLOT, source=source) for n in range(1, DAYS * 96)]


def open_gaps(home: Home) -> list[tuple[str, str, str]]:
    """What is open now."""
    return sorted((gap.source, gap.kind, gap.detail) for gap in health.gaps(home, only_open=True))


def test_a_silence_opens_a_gap_once_and_speech_closes_it(home: Home, spool: Spool) -> None:
    """Since the last word, per surface; it is the same gap however often one looks, and the record of it stays."""
    counted(spool, steady(NOON))
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=50))
    assert [] == open_gaps(home)

    for hours in (2, 3):
        watch(home, spool, SOURCES, now=NOON + timedelta(hours=hours))
    assert [("edge", "silence", "checkout")] == open_gaps(home)
    assert NOON - timedelta(seconds=1) == health.gaps(home)[0].since

    counted(spool, [beat(NOON + timedelta(hours=3))])
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=3, minutes=20))
    assert [NOON + timedelta(hours=3, minutes=20)] == [gap.closed_at for gap in health.gaps(home)]


def test_a_source_that_dies_as_a_whole_is_one_gap(home: Home, spool: Spool) -> None:
    """Not one for each surface. What was silent before keeps its own gap, and what stays silent gets one."""
    for surface, until in (("checkout", NOON), ("storefront", NOON), ("patient-portal", NOON - timedelta(hours=6))):
        counted(spool, [msgspec.structs.replace(one, surface=surface) for one in steady(until)])
    watch(home, spool, SOURCES, now=NOON)
    assert [("edge", "silence", "patient-portal")] == open_gaps(home)

    watch(home, spool, SOURCES, now=NOON + timedelta(hours=2))
    assert [("edge", "silence", "any surface"), ("edge", "silence", "patient-portal")] == open_gaps(home)

    counted(spool, [beat(NOON + timedelta(hours=2))])
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=2, minutes=30))
    assert [("edge", "silence", "patient-portal"), ("edge", "silence", "storefront")] == open_gaps(home)


def test_many_quiet_surfaces_make_a_source_that_is_missed_soon(home: Home, spool: Spool) -> None:
    """Each of them speaks too seldom to be missed within hours; together they do not."""
    surfaces = ("checkout", "storefront", "patient-portal", "appointment-flow")
    for place, surface in enumerate(surfaces):
        own = [one for number, one in enumerate(steady(NOON)) if number % 4 == place]
        counted(spool, [msgspec.structs.replace(one, surface=surface, events=3) for one in own])
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=2))
    assert [("edge", "silence", "any surface")] == open_gaps(home)


def test_what_waits_for_the_lake_is_no_silence(home: Home, spool: Spool) -> None:
    """While the worker is behind, nobody is silent for what was not counted yet."""
    counted(spool, steady(NOON))
    spool.append([incoming(source="edge", key="waits", body=b"-", received_at=NOON + timedelta(minutes=5))])
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=3))
    assert [] == open_gaps(home)


def test_a_clock_that_runs_ahead_is_a_gap_for_an_hour(home: Home, spool: Spool) -> None:
    """It opens with the first event from the future, and closes when none came for an hour."""
    counted(spool, [beat(NOON, ahead=2), beat(NOON + SLOT, ahead=1), beat(NOON + 2 * SLOT)])
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=40))
    assert [("edge", "skew", "events from the future")] == open_gaps(home)
    assert NOON == health.gaps(home)[0].since
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=2))
    assert [] == open_gaps(home)


def test_a_feed_that_stopped_answering_is_a_gap(home: Home, spool: Spool) -> None:
    """From its last answer, once it is overdue; a feed that never answered is not missed."""
    health.heard(home, source="app", now=NOON, due=NOON + timedelta(minutes=15))
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=15))
    assert [] == open_gaps(home)
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=16))
    assert [("app", "heartbeat", "queue")] == open_gaps(home)
    health.heard(home, source="app", now=NOON + timedelta(minutes=17), due=NOON + timedelta(minutes=32))
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=18))
    assert [] == open_gaps(home)


def test_a_sender_that_speaks_is_not_missed_for_its_heartbeat(home: Home, spool: Spool) -> None:
    """Events are signs of life too; what waits for the lake may be one. Only when nothing at all comes is it a gap."""
    signs_arrived(home, [Arrived(source="edge", at=NOON - timedelta(hours=1), sign=Sign(every=60))])
    counted(spool, [beat(NOON), beat(NOON - SLOT)])
    last = NOON + SLOT - timedelta(seconds=1)

    watch(home, spool, SOURCES, now=last + timedelta(minutes=15))
    assert [] == open_gaps(home)
    watch(home, spool, SOURCES, now=last + timedelta(minutes=16))
    assert [("edge", "heartbeat", "sender")] == open_gaps(home)
    assert last == health.gaps(home)[0].since

    spool.append([incoming(source="edge", key="waits", body=b"-", received_at=last + timedelta(minutes=14))])
    watch(home, spool, SOURCES, now=last + timedelta(minutes=17))
    assert [] == open_gaps(home)


def test_a_canary_that_does_not_come_back_is_a_gap(home: Home, spool: Spool) -> None:
    """After three minutes; it keeps its name when the fault becomes another one, and is closed by the next that comes."""
    canary_sent(home, source="app", token="a" * 32, now=NOON, fault="")
    watch(home, spool, SOURCES, now=NOON + ON_THE_WAY)
    assert [] == open_gaps(home)
    for fault in ("", "the door answered 502"):
        canary_sent(home, source="app", token="b" * 32, now=NOON + ON_THE_WAY, fault=fault)
        watch(home, spool, SOURCES, now=NOON + ON_THE_WAY + timedelta(seconds=1))
        assert [("app", "path", "it was taken, and has not reached the lake")] == open_gaps(home)
    assert NOON == health.gaps(home)[0].since

    signs_arrived(home, [Arrived(source="app", at=NOON + ON_THE_WAY, sign=Sign(token="b" * 32))])
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=1))
    assert [] == open_gaps(home)


def test_when_no_canary_comes_back_it_is_one_gap(home: Home, spool: Spool) -> None:
    """Not one for each door: the intake is down, or the worker. A door whose own way was broken before keeps its gap."""
    for source in ("app", "edge"):
        canary_sent(home, source=source, token="a" * 32, now=NOON + timedelta(hours=source == "edge"))
    signs_arrived(home, [Arrived(source="edge", at=NOON, sign=Sign(token="a" * 32))])
    watch(home, spool, SOURCES, now=NOON + timedelta(minutes=5))
    assert [("app", "path", "it was taken, and has not reached the lake")] == open_gaps(home)

    down = NOON + timedelta(hours=2)
    for source in ("app", "edge"):
        canary_sent(home, source=source, token="b" * 32, now=down, fault="the door cannot be reached")
    watch(home, spool, SOURCES, now=down + timedelta(minutes=4))
    assert [
        ("app", "path", "it was taken, and has not reached the lake"),
        ("every door", "path", "the door cannot be reached"),
    ] == open_gaps(home)

    signs_arrived(home, [Arrived(source="edge", at=NOON, sign=Sign(token="b" * 32))])
    watch(home, spool, SOURCES, now=down + timedelta(minutes=5))
    assert ["app"] == [source for source, *_ in open_gaps(home)]
    for source in ("app", "edge"):
        signs_arrived(home, [Arrived(source=source, at=NOON, sign=Sign(token="b" * 32))])
    watch(home, spool, SOURCES, now=down + timedelta(minutes=6))
    assert [] == open_gaps(home)


def test_gaps_of_others_stay_and_those_of_dropped_sources_go(home: Home, spool: Spool) -> None:
    """What a collector found is closed by the collector; a source that is no longer named is missed no more."""
    counted(spool, steady(NOON, source="gone"))
    for source in ("app", "gone"):
        health.gap_opened(home, source=source, kind="subscription", detail="orders", since=NOON, now=NOON)
    watch(home, spool, SOURCES, now=NOON + timedelta(hours=3))
    assert [("app", "subscription", "orders")] == open_gaps(home)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("silence", "nothing about x"),
        ("skew", "clock runs ahead"),
        ("heartbeat", "does not answer"),
        ("path", "is broken on our side"),
        ("sequence", "(sequence): x"),
    ],
)
def test_each_gap_is_told_in_a_sentence(kind: str, words: str) -> None:
    """People read what it means, not a code alone."""
    gap = Gap(source="edge", kind=kind, detail="x", since=NOON, found_at=NOON)
    assert words in told(gap)
    assert todo(gap).endswith(".")
    assert told(gap).startswith(("edge", "The feed of edge", "The way from the door of edge"))


def test_when_nothing_comes_through_that_is_told_as_such() -> None:
    """There is no source of that name."""
    assert "No canary comes from any door" in told(Gap(source=EVERY_DOOR, kind="path", detail="x", since=NOON, found_at=NOON))


def test_a_dead_sender_is_told_as_one() -> None:
    """It is not a feed of ours."""
    assert "The sender of edge" in told(Gap(source="edge", kind="heartbeat", detail=SENDER, since=NOON, found_at=NOON))
