"""Group commit: shared by those who wait, bounded, and answered only afterwards."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hemostat.intake.answers import Refused
from hemostat.intake.app import Door
from hemostat.intake.committer import MOST_MESSAGES, Committer
from hemostat.kernel import Home, Settings, Source, SystemClock
from hemostat.lake.spool import Incoming, Receipt, Spool, SpoolFull
from unit.intake.rsgi import FakeWire, head

KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def incoming(number: int, *, size: int = 10) -> Incoming:
    """A message of `size` bytes."""
    return Incoming(source="edge", key=str(number), received_at=NOON, content_type="", headers={}, body=b"x" * size)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """An empty spool of 30 MB."""
    made = Spool(tmp_path / "spool.sqlite3", key=KEY, limit=30_000_000)
    yield made
    made.close()


def test_those_who_wait_together_are_committed_together(spool: Spool) -> None:
    """More messages than one commit takes need few commits, and each gets its own number in order."""
    commits: list[float] = []

    async def story() -> list[Receipt]:
        committer = Committer(spool, committed=commits.append)
        waiting = asyncio.ensure_future(asyncio.sleep(0))
        committer.start()
        receipts = await asyncio.gather(*[committer.submit(incoming(number)) for number in range(MOST_MESSAGES + 100)])
        await waiting
        assert committer.is_alive()
        await committer.stop()
        assert not committer.is_alive()
        return receipts

    receipts = asyncio.run(story())

    assert list(range(1, MOST_MESSAGES + 101)) == [receipt.seq for receipt in receipts]
    assert 2 <= len(commits) < 100
    assert all(seconds >= 0 for seconds in commits)


def test_a_busy_door_waits_for_more(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """When several came together, those that come soon afterwards share a transaction, though none of them waited for it."""
    monkeypatch.setattr("hemostat.intake.committer._GATHER", 2.0)
    commits: list[float] = []

    async def story() -> None:
        committer = Committer(spool, committed=commits.append)
        committer.start()
        await asyncio.gather(committer.submit(incoming(0)), committer.submit(incoming(1)))
        first = committer.submit(incoming(2))
        await asyncio.sleep(0.01)
        await asyncio.gather(first, committer.submit(incoming(3)))
        await committer.stop()

    asyncio.run(story())

    assert 2 == len(commits)


def test_a_lonely_message_waits_for_nobody(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one message came alone, the next is committed at once."""
    monkeypatch.setattr("hemostat.intake.committer._GATHER", 600.0)

    async def story() -> None:
        committer = Committer(spool, committed=lambda _: None)
        committer.start()
        for number in range(3):
            await asyncio.wait_for(committer.submit(incoming(number)), 60)
        await committer.stop()

    asyncio.run(story())

    assert 3 == spool.lag().messages


def test_large_messages_are_committed_apart(spool: Spool) -> None:
    """A commit is bounded by bytes too, so that a few large messages do not hold up the rest for long."""
    commits: list[float] = []

    async def story() -> None:
        committer = Committer(spool, committed=commits.append)
        committer.start()
        await asyncio.gather(*[committer.submit(incoming(number, size=9_000_000)) for number in range(3)])
        await committer.stop()

    asyncio.run(story())

    assert len(commits) >= 2
    assert 3 == spool.lag().messages


def test_stopping_commits_what_waits(spool: Spool) -> None:
    """What was submitted before the end was asked for is committed and answered."""

    async def story() -> list[Receipt]:
        committer = Committer(spool, committed=lambda _: None)
        spool._lock.acquire()  # the first commit cannot begin, so the others and the end queue up behind it
        committer.start()
        answers = [asyncio.ensure_future(committer.submit(incoming(0)))]
        await asyncio.sleep(0.05)
        answers += [asyncio.ensure_future(committer.submit(incoming(number))) for number in (1, 2)]
        await asyncio.sleep(0)
        end = asyncio.ensure_future(committer.stop())
        await asyncio.sleep(0.05)
        spool._lock.release()
        await end
        return await asyncio.gather(*answers)

    assert [1, 2, 3] == [receipt.seq for receipt in asyncio.run(story())]


def test_a_sender_that_hung_up_disturbs_nobody(spool: Spool) -> None:
    """A message whose sender is gone is kept, and the next one is answered."""

    async def story() -> Receipt:
        committer = Committer(spool, committed=lambda _: None)
        spool._lock.acquire()  # holds the commit up until the sender is gone
        committer.start()
        gone = asyncio.ensure_future(committer.submit(incoming(1)))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        spool._lock.release()
        receipt = await committer.submit(incoming(2))
        await committer.stop()
        return receipt

    assert 2 == asyncio.run(story()).seq


def test_a_refusal_reaches_its_senders_and_the_thread_goes_on(spool: Spool) -> None:
    """A full spool is told to those whose messages it could not take; a smaller message is taken afterwards."""

    async def story() -> tuple[object, Receipt]:
        committer = Committer(spool, committed=lambda _: None)
        committer.start()
        (refused,) = await asyncio.gather(committer.submit(incoming(1, size=31_000_000)), return_exceptions=True)
        taken = await committer.submit(incoming(2))
        await committer.stop()
        return refused, taken

    refused, taken = asyncio.run(story())

    assert isinstance(refused, SpoolFull)
    assert 1 == taken.seq


def test_a_fault_of_ours_does_not_end_the_thread(spool: Spool) -> None:
    """Even an error that nobody foresaw is told, rather than leaving senders without an answer for ever."""

    async def story() -> object:
        committer = Committer(spool, committed=lambda _: None)
        committer.start()
        spool.close()
        (fault,) = await asyncio.gather(committer.submit(incoming(1)), return_exceptions=True)
        assert committer.is_alive()
        await committer.stop()
        return fault

    assert isinstance(asyncio.run(story()), sqlite3.ProgrammingError)


def test_a_door_without_its_writer_is_not_healthy(spool: Spool, tmp_path: Path) -> None:
    """When the writer has ended the watchers hear of it."""
    home = Home(tmp_path / "home")
    home.create(Settings(kind="sandbox"))

    async def story() -> None:
        door = Door(home, spool, clock=SystemClock())
        await door.start()
        assert 200 == door._health().status
        await door.stop()
        with pytest.raises(Refused, match="does not run") as refusal:
            door._health()
        assert 503 == refusal.value.status

    asyncio.run(story())


def test_too_many_under_way_are_asked_to_come_back(spool: Spool, tmp_path: Path) -> None:
    """Beyond the most that may be under way a sender hears so at once, before his body is taken; the others are kept."""
    home = Home(tmp_path / "home")
    settings = Settings(kind="sandbox", sources={"edge": Source(kind="access-log", store="fernhollow")})
    home.create(settings)
    key = home.keyring(settings).secret("source.edge").hex()

    async def story() -> list[FakeWire]:
        door = Door(home, spool, clock=SystemClock(), most=3)
        await door.start()
        wires = [FakeWire(b"line %d" % number) for number in range(8)]
        given = [("authorization", f"Bearer {key}"), ("content-type", "text/plain"), ("content-length", "6")]
        await asyncio.gather(*[door(head(path="/in/events/edge", headers=given), wire) for wire in wires])
        await door.stop()
        return wires

    wires = asyncio.run(story())

    assert [200] * 3 + [503] * 5 == sorted(wire.status for wire in wires)
    assert 3 == spool.lag().messages
    assert {"1"} == {dict(wire.headers)["retry-after"] for wire in wires if wire.status == 503}
