"""Somebody is told when a sink stops, stands still, refuses or loses, and when it flows again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hemostat.kernel import Home, Retention, Settings, Sink
from hemostat.lake import health
from hemostat.lake.compaction import compact
from hemostat.lake.retention import Expiry
from hemostat.lake.spool import Spool
from hemostat.sinks.base import Refused, Taken
from hemostat.sinks.journal import Journal
from hemostat.sinks.status import states
from hemostat.sinks.tail import Place
from hemostat.sinks.watch import (
    LOST,
    QUARANTINE,
    SETTLED,
    STALLED,
    STOPPED,
    expire_quarantine,
    leaves_the_lake,
    settle,
    wants,
    watch,
)
from unit.lake.made import NOON
from unit.sinks.made import filled, put, records
from unit.sinks.test_runner import Receiving, made_for

SINKS = {"siem": Sink(kind="splunk", url="http://127.0.0.1:9", stalled_minutes=15, quarantine_days=30)}
Watch = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def seen(home: Home, spool: Spool) -> Watch:
    """The kinds and words of the gaps that are open after a look at so many minutes past noon."""

    def look(minutes: float, *, has_settled: bool = True, **sinks: Any) -> list[tuple[str, str]]:
        watch(home, spool, sinks or SINKS, now=NOON + timedelta(minutes=minutes), has_settled=has_settled)
        return sorted((gap.kind, gap.detail) for gap in health.gaps(home, only_open=True))

    return look


def test_a_sink_that_stands_still_is_told_after_its_limit_and_over_when_it_moves(home: Home, spool: Spool, seen: Watch) -> None:
    """What counts is that events wait and the checkpoint does not move; a worker that has just begun tells nothing."""
    assert [] == seen(0)
    filled(home, spool, batches=1, each=6)
    assert [] == seen(1)
    assert [] == seen(15)
    assert [] == seen(16, has_settled=False)
    assert [(STALLED, "siem has taken nothing for 15 minutes while events wait.")] == seen(16)
    journal = Journal(home)
    taken = Taken(position=(1 << 22) | 2, sent=3)
    journal.taken("siem", 0, taken, place=Place(position=taken.position), time=NOON, now=NOON)
    assert [] == seen(17)
    assert [] == seen(31)
    journal.failed("siem", "It is busy.", stopped=False, now=NOON)
    assert [(STALLED, "siem has taken nothing for 15 minutes while events wait: It is busy.")] == seen(32)
    journal.close()


def test_one_that_needs_a_person_is_told_at_once_and_until_it_flows(home: Home, spool: Spool, seen: Watch) -> None:
    """A refused key is no matter of minutes; when the error changes meanwhile, it is still the same trouble."""
    filled(home, spool, batches=1, each=1)
    journal = Journal(home)
    journal.failed("siem", "The token is not known there (code 4).", stopped=True, now=NOON)
    told = [(STOPPED, "siem takes nothing until a person acts: The token is not known there (code 4).")]
    assert told == seen(0, has_settled=False)
    journal.failed("siem", "The token is disabled (code 1).", stopped=True, now=NOON)
    assert told == seen(40)
    journal.taken("siem", 0, Taken(position=1 << 22, sent=1), place=Place(position=1 << 22, batch=1), time=NOON, now=NOON)
    assert [] == seen(41)
    journal.close()


def test_refused_events_are_told_until_they_are_gone_or_settled(home: Home, seen: Watch) -> None:
    """After a person has settled it, only what is refused later is told."""
    journal = Journal(home)
    made = records(4)

    def refuse(one: int) -> None:
        refused = Refused(records=(made[one],), count=1, reason=f"No {one}.")
        taken = Taken(position=made[one].position, sent=0, refused=(refused,))
        journal.taken("siem", 0, taken, place=Place(position=taken.position), time=None, now=NOON)

    refuse(0)
    assert [(QUARANTINE, "siem refused events, which are kept for 30 days: No 0.")] == seen(1)
    (gap,) = health.gaps(home, only_open=True)
    assert gap.kind in SETTLED
    settle(home, gap, now=NOON)
    assert [] == seen(2)
    refuse(1)
    assert [(QUARANTINE, "siem refused events, which are kept for 30 days: No 1.")] == seen(3)
    for kept in journal.kept("siem"):
        journal.released(kept.number, (), NOON)
    assert [] == seen(4)
    journal.close()


def test_what_a_sink_is_no_longer_for_is_over(home: Home, seen: Watch) -> None:
    """A sink that was taken out of the settings troubles nobody; gaps of sources are left alone."""
    journal = Journal(home)
    journal.failed("siem", "No.", stopped=True, now=NOON)
    journal.close()
    health.gap_opened(home, source="edge", kind="silence", detail="storefront", since=NOON, now=NOON)
    assert [STOPPED, "silence"] == sorted((kind for kind, _ in seen(1)), key=["sink-stopped", "silence"].index)
    assert [("silence", "storefront")] == seen(2, other=Sink(kind="files"))


def test_events_that_expire_before_a_sink_had_them_are_told(home: Home, spool: Spool, seen: Watch) -> None:
    """By number, and only those that it wants and has not got; doing it twice counts once."""
    ids = put(home, spool, [{"surface": "checkout"}, {}, {}, {"surface": "checkout"}])
    only = {"only": {"surfaces": ["storefront"]}}
    home.write(
        Settings(
            kind="sandbox",
            sinks={
                "siem": Sink(kind="files", options=only),
                "other": Sink(kind="files", options={"only": {"surfaces": ["?"]}}),
                "none": Sink(kind="files", options={"only": {"surfaces": ["telehealth-session"]}}),
            },
        )
    )
    journal = Journal(home)
    position = (1 << 22) | 1
    journal.taken("siem", 0, Taken(position=position, sent=1), place=Place(position=position), time=NOON, now=NOON)
    later = NOON + timedelta(days=3000)
    expiry = Expiry(home, spool, leaving=lambda part, rows, now: leaves_the_lake(home, part, rows, now))
    (part,) = spool.parts()

    assert 4 == expiry.turn(Retention(), last_batch=1, now=later).done[0].deleted

    (loss,) = journal.lost_by("siem")
    assert ("retention", ids[2], ids[2], 1, later) == (loss.why, loss.first, loss.last, loss.events, loss.at)
    journal.lost("siem", mark=part.path, first=ids[2], last=ids[2], events=1, now=later)
    assert [loss] == journal.lost_by("siem")
    assert [(ids[0], ids[3], 4)] == [(one.first, one.last, one.events) for one in journal.lost_by("other")]
    assert [] == journal.lost_by("none")
    assert [LOST, LOST] == [kind for kind, _ in seen(1, **home.settings().sinks)]
    gap = next(gap for gap in health.gaps(home, only_open=True) if gap.source == "sink.siem")
    assert gap.detail == "siem will never get 1 event: too old for the lake or the quarantine before it had them."
    settle(home, gap, now=NOON)
    assert ["sink.other"] == [one.source for one in health.gaps(home, only_open=True)]
    assert [LOST] == [kind for kind, _ in seen(2, **home.settings().sinks)]
    journal.close()


def test_without_sinks_nothing_is_lost_to_them(home: Home, spool: Spool) -> None:
    """No journal is made for it."""
    filled(home, spool, batches=1, each=2)
    expiry = Expiry(home, spool, leaving=lambda part, rows, now: leaves_the_lake(home, part, rows, now))
    expiry.turn(Retention(), last_batch=1, now=NOON + timedelta(days=3000))
    assert not (home.path / "sinks.sqlite3").exists()


def test_files_that_are_merged_while_a_sink_is_away_are_read_from_what_they_became(home: Home, spool: Spool) -> None:
    """Nothing is lost, nothing comes twice, and nothing is told as lost."""
    receiving = Receiving()
    ids = filled(home, spool, batches=20, each=5)
    runner = made_for(home, spool, receiving)
    receiving.stops_after = 2
    runner.poll()
    assert compact(home, spool, last_batch=spool.last_batch())
    receiving.stops_after = None
    while runner.poll():
        pass

    assert ids == receiving.got
    assert [] == runner._journal.lost_by("siem")
    runner.close()


def test_a_quarantine_has_its_days(home: Home) -> None:
    """What stays longer is gone and counts as lost, with its number; what somebody wants to be offered again waits for that."""
    journal = Journal(home)
    made = records(3)
    for one, at in ((0, 0), (1, 0), (2, 20)):
        refused = Refused(records=(made[one],), count=1, reason="No.")
        taken = Taken(position=made[one].position, sent=0, refused=(refused,))
        journal.taken("siem", 0, taken, place=Place(), time=None, now=NOON + timedelta(days=at))
    journal._db.execute("UPDATE quarantine SET again = 1 WHERE first = ?", (made[1].event_id,))

    expire_quarantine(home, SINKS, now=NOON + timedelta(days=30, minutes=1))

    assert [made[1].event_id, made[2].event_id] == [kept.first for kept in journal.kept("siem")]
    (loss,) = journal.untold()
    assert ("siem", "quarantine", made[0].event_id, 1) == (loss.sink, loss.why, loss.first, loss.events)
    journal.told(loss)
    assert [] == journal.untold()
    journal.close()


def test_a_filter_that_is_written_wrongly_keeps_nothing_back() -> None:
    """Better told too much than too little."""
    assert wants(Sink(kind="files", options={"only": {"phi": True}})).phi
    assert not wants(Sink(kind="files", options={"only": {"cellar": True}})).phi


def test_the_doctor_and_the_list_say_what_a_person_should_do(home: Home, spool: Spool) -> None:
    """A sink that stopped, one that stands still, one that refused; one that looks after itself is not named."""
    filled(home, spool, batches=1, each=2)
    (part,) = spool.parts()
    sinks = {name: Sink(kind="splunk", url="http://127.0.0.1:9") for name in ("stopped", "still", "refused", "young")}
    journal = Journal(home)
    place = Place(position=(1 << 22) | 1, batch=1)
    refused = Refused(records=tuple(records(2)), count=2, reason="Splunk: invalid data format.")
    journal.failed("stopped", "The token is disabled (code 1). Correct the token.", stopped=True, now=NOON)
    journal.taken("refused", 0, Taken(position=place.position, sent=0, refused=(refused,)), place=place, time=None, now=NOON)
    first = Taken(position=1 << 22, sent=1)
    journal.taken("young", 0, first, place=Place(position=first.position), time=NOON, now=NOON + timedelta(hours=1))
    now = NOON + timedelta(hours=1, minutes=2)

    found = {one.name: one for one in states(home, Settings(kind="sandbox", sinks=sinks), spool, now=now)}

    assert "The token is disabled (code 1). Correct the token." == found["stopped"].trouble
    assert "It has taken nothing for 62 minutes while events wait." == found["still"].trouble
    assert found["still"].is_stalled
    assert "Refused: 2 events. Splunk: invalid data format." in found["refused"].trouble
    assert NOON + timedelta(days=30) == found["refused"].goes
    assert ("", None, 1) == (found["young"].trouble, found["young"].goes, found["young"].behind)
    (home.lake / part.path).unlink()
    again = states(home, Settings(kind="sandbox", sinks=sinks), spool, now=now)
    assert [2, 2, 0, 2] == [one.behind for one in again]  # at most: a file that is gone tells no positions
    journal.close()
