"""A record that arrives again, in whatever message, is in the lake once, whatever is killed when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hemostat.events import Access, Act, Surface
from hemostat.kernel import Home, parse_iso
from hemostat.lake import dead_letters, gathering, redaction
from hemostat.lake.pipeline import Tools, drain, harvest, retry_letters
from hemostat.lake.reader import read
from hemostat.lake.repair import check, repair
from hemostat.lake.spool import REPLAY, Spool
from hemostat.phi import Scanner
from hemostat.sources import Message, Raw, Rejected
from unit.lake.made import NOON, incoming

SCANNER = Scanner()


@pytest.fixture
def tools(home: Home) -> Tools:
    """What draining needs, with a scanner that is made once."""
    return Tools(home, scanner=SCANNER)


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader whose records are named: each line is a name and a moment, or cannot be read."""

    def reading(message: Message, *_: object) -> Iterator[Raw | Rejected]:
        for number, line in enumerate(message.body.decode().splitlines(), start=1):
            unique, _, time = line.partition(" ")
            access = Access(
                time=parse_iso(time) if time else NOON, act=Act.API_READ, unique=unique.strip("-"), surface=Surface.CHECKOUT
            )
            yield Raw(line=number, raw=line.encode(), access=access)

    monkeypatch.setattr(gathering, "_read", reading)


def sent(spool: Spool, *lines: str, source: str = "app", at: datetime = NOON) -> None:
    """One message with these records is in the spool."""
    key = f"{source}-{spool.lag().last_seq}"
    spool.append([incoming(source=source, key=key, body="\n".join(lines).encode(), received_at=at)])


def drained(home: Home, spool: Spool, tools: Tools) -> tuple[int, int]:
    """All that waits is in the lake: how many rows came, and how many records came again."""
    rows = again = 0
    while done := drain(home, spool, tools=tools):
        rows, again = rows + done.rows, again + done.duplicates
    return rows, again


def test_a_record_counts_once_in_whatever_message(home: Home, spool: Spool, tools: Tools) -> None:
    """Within a message, in another one of its batch, and in a later batch it is the same record, and is counted as again."""
    sent(spool, "a", "b", "a")
    sent(spool, "b", "c")
    assert (3, 2) == drained(home, spool, tools)
    sent(spool, "a", "d")
    assert (1, 1) == drained(home, spool, tools)
    assert 4 == read(home, spool.parts()).num_rows
    assert (3, 4) == (sum(beat.duplicates for beat in spool.pulse(NOON)), sum(beat.events for beat in spool.pulse(NOON)))


def test_names_belong_to_their_source_and_nameless_records_all_count(home: Home, spool: Spool, tools: Tools) -> None:
    """Two sources may use one name for two records; a record without a name is never taken for another."""
    sent(spool, "a", "-", "-")
    sent(spool, "a", "-", source="edge")
    assert (5, 0) == drained(home, spool, tools)


def test_a_batch_that_is_done_again_finds_the_same(home: Home, spool: Spool, tools: Tools) -> None:
    """Killed before the manifest, a plan gives the same rows again; written, it can still be made again to mend its file."""
    sent(spool, "a")
    drained(home, spool, tools)
    sent(spool, "a", "b", "b")
    plan = spool.plan()
    assert plan is not None
    first, second = (harvest(plan, spool, tools) for _ in range(2))
    assert first.table.equals(second.table)
    assert 1 == first.table.num_rows
    drained(home, spool, tools)
    assert harvest(plan, spool, tools).table.equals(first.table)

    path = home.lake / spool.parts(after_batch=plan.batch - 1)[0].path
    path.unlink()
    assert [True] == [one.repaired for one in repair(home, spool)]
    assert [] == check(home, spool)


def test_a_record_that_became_a_letter_is_new_when_it_comes_back(
    home: Home, spool: Spool, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not become a row is not seen: mended, it is in the lake."""
    real = redaction.rows

    def failing(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(gathering, "rows", failing)
    sent(spool, "a")
    assert (0, 0) == drained(home, spool, tools)
    monkeypatch.setattr(gathering, "rows", real)

    assert 1 == retry_letters(spool, tools).returned
    assert (1, 0) == drained(home, spool, tools)
    assert [] == list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))


def test_names_are_forgotten_with_their_period_and_never_before(home: Home, spool: Spool, tools: Tools) -> None:
    """A name is known for the time of a replay at least, over several periods, and gone a period later; so is the pulse."""
    later = NOON + timedelta(days=70)
    sent(spool, "a")
    drained(home, spool, tools)
    sent(spool, "b", at=later)
    sent(spool, "a", "b", at=later)
    assert (1, 2) == drained(home, spool, tools)

    spool.forget(NOON + REPLAY - REPLAY)
    assert {spool.name("app", "a")} == spool.seen([spool.name("app", "a")], before=99)
    spool.forget(NOON + timedelta(days=31))
    assert set() == spool.seen([spool.name("app", "a")], before=99)
    assert {spool.name("app", "b")} == spool.seen([spool.name("app", "b")], before=99)
    assert [later.date()] == [beat.slot.date() for beat in spool.pulse(NOON - timedelta(days=1))]


def test_many_names_are_found(home: Home, spool: Spool, tools: Tools) -> None:
    """More names than are looked for at a time."""
    sent(spool, *(f"n{n}" for n in range(1200)))
    assert (1200, 0) == drained(home, spool, tools)
    sent(spool, *(f"n{n}" for n in range(600, 1300)))
    assert (100, 600) == drained(home, spool, tools)


def test_names_stand_nowhere_in_clear(home: Home, spool: Spool, tools: Tools) -> None:
    """A name may hold anything; the spool keeps its keyed hash."""
    sent(spool, "patient-7000001")
    drained(home, spool, tools)
    files = [home.spool, home.spool.with_name(home.spool.name + "-wal")]
    assert all(b"patient-7000001" not in file.read_bytes() for file in files if file.exists())


def test_late_and_disordered_events_land_in_their_own_day(home: Home, spool: Spool, tools: Tools) -> None:
    """The day of a file is that of the event, whenever it came; lateness and clocks that run ahead are counted by receipt."""
    days = ["2026-03-02T11:59:59Z", "2026-02-27T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-02T12:06:00Z"]
    sent(spool, *(f"n{n} {time}" for n, time in enumerate(days)))

    assert (4, 0) == drained(home, spool, tools)

    assert {"2026-02-27": 1, "2026-03-01": 1, "2026-03-02": 2} == {part.day: part.rows for part in spool.parts()}
    (beat,) = spool.pulse(NOON)
    assert ("app", "checkout", 4, 2, 1) == (beat.source, beat.surface, beat.events, beat.late, beat.ahead)
    assert NOON + timedelta(minutes=6) == beat.newest
    assert -360_000 == beat.skew_least


def test_beats_of_several_batches_are_one(home: Home, spool: Spool, tools: Tools) -> None:
    """What is counted in a slot adds up, batch after batch; the moments and the least reach as far as any of them."""
    for minute, skew in ((1, 10), (2, 40), (3, 25)):
        at = NOON + timedelta(minutes=minute)
        sent(spool, f"m{minute} {(at - timedelta(seconds=skew)).isoformat()}", at=at)
        drained(home, spool, tools)
    sent(spool, "m1", at=NOON + timedelta(minutes=4))
    drained(home, spool, tools)

    (beat,) = spool.pulse(NOON)

    expected: dict[str, Any] = {"events": 3, "duplicates": 1, "skew_least": 10_000, "skew_usual": 25_000}
    assert expected == {name: getattr(beat, name) for name in expected}
    assert (NOON + timedelta(minutes=1), NOON + timedelta(minutes=4)) == (beat.first, beat.last)
    assert {("app", "checkout"): beat.last} == spool.heard()


def test_a_slot_of_duplicates_only_has_no_clock(home: Home, spool: Spool, tools: Tools) -> None:
    """A repetition is a sign of life that says nothing about clocks, also when more of them come."""
    sent(spool, "a", at=NOON)
    drained(home, spool, tools)
    for _ in range(2):
        sent(spool, "a", at=NOON + timedelta(hours=1))
        drained(home, spool, tools)

    beat = spool.pulse(NOON + timedelta(hours=1), source="app", surface="checkout")[0]

    assert (0, 2, None, None) == (beat.events, beat.duplicates, beat.skew_least, beat.skew_usual)
    assert [] == spool.pulse(NOON, source="edge")
    assert msgspec.structs.asdict(beat)["first"] == NOON + timedelta(hours=1)
