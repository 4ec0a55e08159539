"""The spool keeps what it acknowledged, hands out each message once, and says when it is full."""

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.lake import spool as spool_room
from hemostat.lake.spool import DamagedSpool, Incoming, NotPlanned, Part, Plan, Receipt, Spool, SpoolFull, Unopened
from hemostat.sources import Message

KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROOMY = 100_000_000


def incoming(key: str, *, source: str = "edge", body: bytes = b"a line", minutes: int = 0) -> Incoming:
    """A message as the door would make it."""
    return Incoming(
        source=source,
        key=key,
        received_at=NOON + timedelta(minutes=minutes),
        content_type="text/plain",
        headers={"x-shopify-topic": "orders/create"},
        body=body,
    )


def part(batch: int, name: str, *, first: int = 0, last: int = 10) -> Part:
    """A file of the lake with events from `first` to `last` minutes after noon."""
    return Part(
        batch=batch,
        path=f"day=2026-03-02/source=edge/{name}.parquet",
        source="edge",
        day="2026-03-02",
        rows=7,
        size=1234,
        sha256="ab" * 32,
        first_time=NOON + timedelta(minutes=first),
        last_time=NOON + timedelta(minutes=last),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the spool lies."""
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    """An empty spool with room."""
    made = Spool(path, key=KEY, limit=ROOMY)
    yield made
    made.close()


def test_messages_come_back_as_they_were_given(spool: Spool) -> None:
    """What goes in comes out, numbered from 1 in order."""
    receipts = spool.append([incoming("a", body=b"\x00\xff"), incoming("b", body=b"")])

    assert [Receipt(seq=1, duplicate=False), Receipt(seq=2, duplicate=False)] == receipts
    plan = spool.plan()
    assert plan == Plan(batch=1, first=1, last=2)
    first, second = spool.messages(plan)
    assert (1, "edge", NOON, "text/plain", b"\x00\xff") == (
        first.seq, first.source, first.received_at, first.content_type, first.body,
    )  # fmt: skip
    assert {"x-shopify-topic": "orders/create"} == first.headers
    assert b"" == second.body


def test_what_is_acknowledged_is_synced(spool: Spool) -> None:
    """A commit returns when the disk has it. No test cuts the power: it asks the connection; 2 is FULL."""
    asked = [spool._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert ["wal", 2] == asked


def test_a_duplicate_gets_the_number_of_the_first(spool: Spool) -> None:
    """The same key twice is one message, in one batch or in two; another source's key is another message."""
    first, again = spool.append([incoming("a"), incoming("a")])
    (later,) = spool.append([incoming("a")])
    (other,) = spool.append([incoming("a", source="care-app")])

    assert not first.duplicate
    assert Receipt(seq=first.seq, duplicate=True) == again == later
    assert not other.duplicate
    assert 2 == spool.lag().messages


def test_a_reused_key_is_told_from_a_repetition(spool: Spool) -> None:
    """Another body under a known key is not kept, and the receipt says so."""
    spool.append([incoming("a", body=b"one")])

    (receipt,) = spool.append([incoming("a", body=b"two")])

    assert Receipt(seq=1, duplicate=True, differs=True) == receipt


def test_nothing_that_was_sent_is_readable_on_the_disk(spool: Spool, path: Path) -> None:
    """Body, headers and idempotency key are sealed or hashed, in the file and in its side files."""
    spool.append([incoming("key-of-jane-roe", body=b"jane.roe@example.org")])

    files = [file.read_bytes() for file in path.parent.iterdir()]

    assert len(files) > 1
    assert not any(word in content for word in (b"jane", b"orders/create") for content in files)


def test_only_its_owner_may_read_the_spool(spool: Spool, path: Path) -> None:
    """The file and its side files are closed to group and others."""
    spool.append([incoming("a")])

    assert [0] * 3 == [stat.S_IMODE(file.stat().st_mode) & 0o077 for file in path.parent.iterdir()]


def test_another_key_opens_nothing(spool: Spool, path: Path) -> None:
    """A body sealed under one key does not open under another, and never gives garbage."""
    spool.append([incoming("a")])
    other = Spool(path, key=bytes(32), limit=ROOMY)
    plan = other.plan()
    assert plan

    (found,) = other.messages(plan)

    assert isinstance(found, Unopened)
    assert (1, "edge", NOON) == (found.seq, found.source, found.received_at)
    other.close()


def test_a_damaged_body_does_not_hide_the_others(spool: Spool, path: Path) -> None:
    """Each message is opened by itself: one that was changed on the disk is given as it stands there."""
    spool.append([incoming("a"), incoming("b"), incoming("c")])
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("UPDATE bodies SET sealed = x'00112233' WHERE seq = 2")
    stranger.close()
    plan = spool.plan()
    assert plan

    first, second, third = spool.messages(plan)

    assert [Message, Unopened, Message] == [type(one) for one in (first, second, third)]
    assert bytes.fromhex("00112233") == second.sealed


def test_an_unwritten_plan_is_handed_out_again(spool: Spool, path: Path) -> None:
    """A plan is durable: new messages do not widen it, and another process gets the same."""
    spool.append([incoming("a")])
    plan = spool.plan()
    spool.append([incoming("b")])
    other = Spool(path, key=KEY, limit=ROOMY)

    assert plan == spool.plan() == other.plan() == Plan(batch=1, first=1, last=1)
    other.close()


def test_a_written_plan_makes_room_for_the_next(spool: Spool) -> None:
    """After `written` the files belong to the lake and the next plan starts behind the last."""
    spool.append([incoming("a"), incoming("b")])
    plan = spool.plan(most=1)
    assert plan == Plan(batch=1, first=1, last=1)

    spool.written(plan, [part(1, "one")], rejected=3)

    assert [part(1, "one")] == spool.parts()
    assert 1 == spool.last_batch()
    assert Plan(batch=2, first=2, last=2) == spool.plan()


def test_nothing_waiting_gives_no_plan(spool: Spool) -> None:
    """An empty spool, or one whose messages are all in the lake, has no plan."""
    assert spool.plan() is None
    spool.append([incoming("a")])
    plan = spool.plan()
    assert plan
    spool.written(plan, [], rejected=0)
    assert spool.plan() is None


@pytest.mark.parametrize(("most", "most_bytes", "last"), [(2, 10**9, 2), (100, 25, 2), (100, 5, 1), (100, 30, 3)])
def test_a_plan_is_bounded(spool: Spool, most: int, most_bytes: int, last: int) -> None:
    """By messages and by bytes, but one message always goes, however large."""
    spool.append([incoming(str(number), body=b"ten bytes!") for number in range(5)])

    assert Plan(batch=1, first=1, last=last) == spool.plan(most=most, most_bytes=most_bytes)


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    ("most", "most_bytes", "last"), [(2, 10**9, 2), (5, 10**9, 5), (100, 25, 2), (4, 40, 4), (100, 10**9, 5)]
)
def test_a_plan_is_the_same_in_whatever_steps_sizes_are_read(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, steps: int, most: int, most_bytes: int, last: int
) -> None:
    """How many sizes are read at a time decides nothing: a plan takes what fits."""
    monkeypatch.setattr(spool_room, "_SIZES", steps)
    spool.append([incoming(str(number), body=b"ten bytes!") for number in range(5)])

    assert Plan(batch=1, first=1, last=last) == spool.plan(most=most, most_bytes=most_bytes)


@pytest.mark.parametrize(
    ("most", "most_bytes", "last"),
    [(2, 10**9, 3), (4, 10**9, 5), (100, 25, 3), (100, 5, 2), (100, 40, None), (100, 39, 4), (5, 99, None)],
)
def test_the_next_plan_is_told_when_it_is_certain(spool: Spool, most: int, most_bytes: int, last: int | None) -> None:
    """It is told when nothing that arrives meanwhile can widen it, and then comes as it was told."""
    spool.append([incoming(str(number), body=b"ten bytes!") for number in range(5)])
    plan = spool.plan(most=1)
    assert plan

    foretold = spool.following(plan, most=most, most_bytes=most_bytes)

    assert (last and Plan(batch=2, first=2, last=last)) == foretold
    spool.append([incoming("late")])
    spool.written(plan, [], rejected=0)
    if last:
        assert foretold == spool.plan(most=most, most_bytes=most_bytes)


def test_nothing_follows_the_last_plan(spool: Spool) -> None:
    """When all that waits is in the plan under way, no next one is told."""
    spool.append([incoming("a")])
    plan = spool.plan()
    assert plan

    assert spool.following(plan) is None


def test_being_behind_counts_what_waits(spool: Spool) -> None:
    """More messages than so many wait, or they do not; what is in the lake does not wait."""
    spool.append([incoming("a"), incoming("b")])
    assert spool.is_behind(0)
    assert spool.is_behind(1)
    assert not spool.is_behind(2)

    plan = spool.plan(most=1)
    assert plan
    spool.written(plan, [], rejected=0)

    assert spool.is_behind(0)
    assert not spool.is_behind(1)


def test_a_plan_is_written_once(spool: Spool) -> None:
    """Reporting a plan twice, or one that was never made, is refused and changes nothing."""
    spool.append([incoming("a")])
    plan = spool.plan()
    assert plan
    spool.written(plan, [part(1, "one")], rejected=0)

    for wrong in (plan, Plan(batch=9, first=1, last=1)):
        with pytest.raises(NotPlanned):
            spool.written(wrong, [part(1, "two")], rejected=0)
    assert [part(1, "one")] == spool.parts()


def test_files_and_the_end_of_the_plan_are_kept_together(spool: Spool) -> None:
    """When a file cannot be entered, the plan stays open: there is no half of it."""
    spool.append([incoming("a")])
    plan = spool.plan()
    assert plan

    with pytest.raises(sqlite3.IntegrityError):  # the same path twice breaks the manifest's primary key
        spool.written(plan, [part(1, "one"), part(1, "one")], rejected=0)

    assert [] == spool.parts()
    assert plan == spool.plan()


def test_parts_are_found_by_batch_and_time(spool: Spool) -> None:
    """A part is asked for by the batch it came after, or by a span that its events may touch."""
    for number in (1, 2, 3):
        spool.append([incoming(str(number))])
        plan = spool.plan()
        assert plan
        spool.written(plan, [part(plan.batch, str(number), first=number * 10, last=number * 10 + 5)], rejected=0)

    def found(**asked: object) -> list[int]:
        return [one.batch for one in spool.parts(**asked)]  # type: ignore[arg-type]  # spelled out below

    assert [1, 2, 3] == found()
    assert [2, 3] == found(after_batch=1)
    assert [2, 3] == found(since=NOON + timedelta(minutes=25))
    assert [1] == found(until=NOON + timedelta(minutes=20))
    assert [2] == found(since=NOON + timedelta(minutes=16), until=NOON + timedelta(minutes=30))


def test_lag_counts_what_is_not_in_the_lake(spool: Spool) -> None:
    """Waiting messages and the arrival of the oldest; a planned message still waits."""
    assert (0, None, 0, 0) == (spool.lag().messages, spool.lag().oldest, spool.lag().last_seq, spool.lag().last_batch)
    spool.append([incoming("a", minutes=1), incoming("b", minutes=2)])
    plan = spool.plan(most=1)
    assert plan
    assert 2 == spool.lag().messages

    spool.written(plan, [], rejected=0)

    lag = spool.lag()
    assert (1, NOON + timedelta(minutes=2), 2, 1) == (lag.messages, lag.oldest, lag.last_seq, lag.last_batch)


def test_purge_takes_old_bodies_and_leaves_their_keys(spool: Spool) -> None:
    """A body goes when it is old and in the lake; what still waits stays, and a duplicate stays known."""
    spool.append([incoming("old", minutes=0), incoming("new", minutes=60)])
    plan = spool.plan()
    assert plan
    spool.written(plan, [], rejected=0)
    spool.append([incoming("waiting", minutes=0)])

    assert 1 == spool.purge(NOON + timedelta(minutes=30))

    assert [2] == [message.seq for message in spool.messages(plan)]
    assert Receipt(seq=1, duplicate=True) == spool.append([incoming("old")])[0]
    waiting = spool.plan()
    assert waiting
    assert [3] == [message.seq for message in spool.messages(waiting)]


def _written(spool: Spool) -> None:
    while plan := spool.plan():
        spool.written(plan, [], rejected=0)


def test_keys_are_forgotten_when_their_days_are_over(spool: Spool) -> None:
    """An old key whose body is gone leaves nothing behind; a young one, one with a body and one that waits stay known."""
    spool.append([incoming("old"), incoming("young", minutes=60)])
    _written(spool)
    spool.append([incoming("with body")])
    _written(spool)
    spool.append([incoming("waiting")])
    spool._db.execute("DELETE FROM bodies WHERE seq IN (1, 2)")  # what a purge would do, but for the third

    assert 1 == spool.forget(NOON + timedelta(minutes=30))

    receipts = spool.append([incoming("old"), incoming("young", minutes=60), incoming("with body"), incoming("waiting")])
    assert [False, True, True, True] == [receipt.duplicate for receipt in receipts]
    assert 5 == receipts[0].seq


def test_a_spool_does_not_fill_up_with_keys(path: Path) -> None:
    """However many messages pass, once they are purged and forgotten the spool is as small as before, and numbers go on."""
    spool = Spool(path, key=KEY, limit=ROOMY)
    before = spool.used()
    for turn in range(30):
        spool.append([incoming(f"{turn}-{number}") for number in range(400)])
        _written(spool)

    spool.purge(NOON + timedelta(days=1))
    used = spool.used()
    assert 12_000 == spool.forget(NOON + timedelta(days=1))

    assert before == spool.used() < used
    lag = spool.lag()
    assert (0, 12_000, 30) == (lag.messages, lag.last_seq, lag.last_batch)
    assert 12_001 == spool.append([incoming("0-0")])[0].seq
    assert Plan(batch=31, first=12_001, last=12_001) == spool.plan()
    spool.close()


def test_a_spool_of_an_older_make_learns_to_mark(path: Path) -> None:
    """What was made before there were marks is opened as it is, and takes them from then on."""
    old = Spool(path, key=KEY, limit=ROOMY)
    old.append([incoming("before")])
    old._db.executescript("DROP TABLE marks; DROP TABLE places; DROP TABLE seen; DROP TABLE pulse")
    old.close()

    spool = Spool(path, key=KEY, limit=ROOMY)

    assert spool.append([incoming("before")])[0].duplicate
    spool.append([msgspec.structs.replace(incoming("a"), marks=b"12345678")])
    assert (None, b"12345678", None) == tuple(spool.marks("edge", key) for key in ("before", "a", "never"))
    spool.close()


def test_keys_of_a_file_stay_while_the_file_is_read(spool: Spool) -> None:
    """The lines of a file that is read again and again stay known, however old the first of them are."""
    old, again = incoming("a"), incoming("a", minutes=60)
    spool.append([msgspec.structs.replace(old, marks=b"12345678")])
    _written(spool)
    spool.append([msgspec.structs.replace(again, marks=b"12345678")])
    spool.purge(NOON + timedelta(days=1))

    assert 0 == spool.forget(NOON + timedelta(minutes=30))
    assert b"12345678" == spool.marks("edge", "a")
    assert 1 == spool.forget(NOON + timedelta(minutes=90))
    assert spool.marks("edge", "a") is None


def test_a_full_spool_refuses_and_keeps_what_it_has(path: Path) -> None:
    """Over the limit nothing of a batch is kept, the sender is told when to come back, and a purge makes room."""
    spool = Spool(path, key=KEY, limit=300_000)
    spool.append([incoming("a", body=b"x" * 100_000)])

    with pytest.raises(SpoolFull, match="limit of 300,000 bytes") as refusal:
        spool.append([incoming("small"), incoming("b", body=b"x" * 100_000)])

    assert refusal.value.retry_after > 0
    assert "worker" in refusal.value.advice()
    assert 1 == spool.lag().messages
    plan = spool.plan()
    assert plan
    spool.written(plan, [], rejected=0)
    spool.purge(NOON + timedelta(days=1))
    assert not spool.append([incoming("b", body=b"x" * 100_000)])[0].duplicate
    assert spool.used() < 300_000
    spool.close()


def test_many_messages_are_read_in_pieces(spool: Spool) -> None:
    """A plan of more messages than one read takes gives each of them once, in order."""
    spool.append([incoming(str(number)) for number in range(450)])
    plan = spool.plan()
    assert plan

    assert list(range(1, 451)) == [message.seq for message in spool.messages(plan)]


def test_processes_may_open_a_new_spool_together(path: Path) -> None:
    """Intake and worker start at the same moment on a new home: both get a usable spool."""
    faults: list[BaseException] = []

    def open_and_write(name: str) -> None:
        try:
            spool = Spool(path, key=KEY, limit=ROOMY)
            spool.append([incoming(name)])
            spool.close()
        except BaseException as fault:  # noqa: BLE001  # a thread's fault is asserted below
            faults.append(fault)

    threads = [threading.Thread(target=open_and_write, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == faults
    spool = Spool(path, key=KEY, limit=ROOMY)
    assert 8 == spool.lag().messages
    spool.close()


def test_a_second_worker_gets_the_plan_of_the_first(spool: Spool, path: Path) -> None:
    """Two that plan at the same moment agree: the second waits for the first one's transaction and takes over its plan."""
    spool.append([incoming(str(number)) for number in range(50)])
    quicker = sqlite3.connect(path, isolation_level=None)
    quicker.execute("BEGIN IMMEDIATE")
    plans: list[Plan | None] = []
    second = threading.Thread(target=lambda: plans.append(spool.plan(most=10)))
    second.start()
    time.sleep(0.2)  # it has seen that no plan is open, and waits
    quicker.execute("INSERT INTO plans (first, last) VALUES (1, 30)")
    quicker.execute("COMMIT")
    second.join()
    quicker.close()

    assert [Plan(batch=1, first=1, last=30)] == plans


def test_a_locked_spool_asks_to_come_back(spool: Spool, path: Path) -> None:
    """Another process that holds the file too long is a reason to come back, not a fault."""
    spool._db.execute("PRAGMA busy_timeout=10")  # the 30 s of patience are too long for a test
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(SpoolFull, match="Another process") as refusal:
        spool.append([incoming("a")])

    holder.close()
    assert 1 == refusal.value.retry_after
    assert not spool.append([incoming("a")])[0].duplicate


@pytest.mark.parametrize("content", [b"this is not a database, but it is long enough to be taken for one" * 20])
def test_a_file_that_is_no_spool_is_named(path: Path, content: bytes) -> None:
    """A damaged file is an error that names it and the way out."""
    path.write_bytes(content)

    with pytest.raises(DamagedSpool, match=r"spool\.sqlite3") as fault:
        Spool(path, key=KEY, limit=ROOMY)

    assert "backup" in fault.value.advice()


def test_a_database_of_another_program_is_named(path: Path) -> None:
    """A database that is not a spool is an error of ours, not a riddle of SQLite's."""
    stranger = sqlite3.connect(path)
    stranger.executescript("CREATE TABLE pulse (a)")
    stranger.close()
    spool = Spool(path, key=KEY, limit=ROOMY)

    with pytest.raises(DamagedSpool, match="no such table"):
        spool.lag()

    spool.close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A spool that cannot be made says why."""
    with pytest.raises(DamagedSpool, match="No such file"):
        Spool(tmp_path / "nowhere" / "spool.sqlite3", key=KEY, limit=ROOMY)


def test_a_closed_spool_says_so(spool: Spool) -> None:
    """After `close` nothing works any more, and the error is SQLite's own: it is a fault of ours."""
    spool.close()

    with pytest.raises(sqlite3.ProgrammingError):
        spool.lag()


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=8), most=st.integers(1, 5))
def test_each_key_reaches_the_lake_once(tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]], most: int) -> None:
    """Whatever is repeated and however it is planned, the plans hold each first message once, in order."""
    spool = Spool(tmp_path_factory.mktemp("spool") / "spool.sqlite3", key=KEY, limit=ROOMY)
    seen: list[bytes] = []
    for batch in batches:
        spool.append([incoming(str(key), body=str(key).encode()) for key in batch])
        if plan := spool.plan(most=most):
            seen += [message.body for message in spool.messages(plan)]
            spool.written(plan, [], rejected=0)
    while plan := spool.plan(most=most):
        seen += [message.body for message in spool.messages(plan)]
        spool.written(plan, [], rejected=0)
    spool.close()

    assert [str(key).encode() for key in dict.fromkeys(key for batch in batches for key in batch)] == seen
