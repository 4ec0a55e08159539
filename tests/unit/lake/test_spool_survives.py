"""Killed writers and full disks: what was acknowledged is there afterwards."""

import errno
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hemostat.lake.spool import Incoming, Spool, SpoolFull
from unit.lake.disks import small_disk, write_until_full

KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from hemostat.lake.spool import Incoming, Spool

spool = Spool(Path(sys.argv[1]), key=bytes(range(32)), limit=10**9)
noon, number = datetime(2026, 3, 2, 12, tzinfo=UTC), int(sys.argv[2])
while True:
    keys = [str(number + index) for index in range(7)]
    common = {"source": "edge", "received_at": noon, "content_type": "", "headers": {}}
    batch = [Incoming(key=key, body=key.encode() * 50, **common) for key in keys]
    receipts = spool.append(batch)
    print(*[f"{receipt.seq}:{key}" for receipt, key in zip(receipts, keys)], flush=True)
    number += 7
"""


def bodies(spool: Spool) -> dict[int, bytes]:
    """Every message that the spool can still give, by number."""
    found: dict[int, bytes] = {}
    while plan := spool.plan():
        for message in spool.messages(plan):
            assert message.seq not in found
            found[message.seq] = message.body
        spool.written(plan, [], rejected=0)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path, seed: int) -> None:
    """SIGKILL at a random moment: each receipt that was handed out names a message that is there, whole, once."""
    path = tmp_path / "spool.sqlite3"
    draw = random.Random(seed)  # noqa: S311  # moments of a test
    acknowledged: dict[int, str] = {}
    for turn in range(2):  # the second writer starts on what the first one left
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(turn * 1_000_000)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout
        for _ in range(draw.randrange(1, 40)):
            pairs = writer.stdout.readline().split()
            acknowledged.update((int(seq), key) for seq, _, key in (pair.partition(":") for pair in pairs))
        if draw.random() < 0.5:  # half of the time in the middle of a commit rather than after a line
            os.kill(writer.pid, signal.SIGSTOP)
        os.kill(writer.pid, signal.SIGKILL)
        rest, _ = writer.communicate()
        whole = rest.rpartition("\n")[0].split()
        acknowledged.update((int(seq), key) for seq, _, key in (pair.partition(":") for pair in whole))

    spool = Spool(path, key=KEY, limit=10**9)
    found = bodies(spool)
    spool.close()

    assert len(acknowledged) >= 14
    assert {seq: key.encode() * 50 for seq, key in acknowledged.items()} == {seq: found[seq] for seq in acknowledged}
    assert len(found) == len(set(found.values()))


def fill(spool: Spool) -> tuple[list[int], SpoolFull]:
    """Append until the spool refuses; the numbers that it acknowledged, and the refusal."""
    kept: list[int] = []
    for number in range(1000):
        message = Incoming(source="edge", key=str(number), received_at=NOON, content_type="", headers={}, body=b"x" * 10_000)
        try:
            kept += [receipt.seq for receipt in spool.append([message])]
        except SpoolFull as refusal:
            return kept, refusal
    pytest.fail("the disk never filled")


def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    """When the disk is full the spool refuses; what it acknowledged is there, and with room again it goes on.

    Run on a tmpfs of 1 MB where this user may mount one (root), else against SQLite's own limit of pages.
    """
    with small_disk() as disk:
        path = (disk or tmp_path) / "spool.sqlite3"
        spool = Spool(path, key=KEY, limit=10**9)
        ballast = path.with_name("ballast")
        if disk:
            ballast.write_bytes(bytes(300_000))
        else:
            spool._db.execute("PRAGMA max_page_count=60")  # stands in for the disk's end

        kept, refusal = fill(spool)

        assert "takes nothing more" in str(refusal)
        assert "Free some space" in refusal.advice()
        assert refusal.retry_after > 0
        assert len(kept) > 3
        spool.close()
        ballast.unlink(missing_ok=True)
        again = Spool(path, key=KEY, limit=10**9)
        message = Incoming(source="edge", key="after", received_at=NOON, content_type="", headers={}, body=b"y")
        assert not again.append([message])[0].duplicate
        assert set(kept) < set(bodies(again))
        again.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_or_a_quota_that_is_used_up_is_a_refusal(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of either is told in our words. Here it is said in its place: filling a disk takes root."""

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(SpoolFull, match="takes nothing more"):
        Spool(tmp_path / "spool.sqlite3", key=KEY, limit=10**9)


@pytest.mark.parametrize("inodes", [1, 100])
def test_no_room_for_even_the_file_is_a_refusal(inodes: int) -> None:
    """A disk without a free block, or without room for another file, refuses the opening of a spool in the same words."""
    with small_disk(inodes=inodes) as disk:
        if disk is None:
            pytest.skip("not run: this user may not mount a tmpfs")
        if inodes > 1:
            write_until_full(disk / "ballast")

        with pytest.raises(SpoolFull, match="takes nothing more"):
            Spool(disk / "spool.sqlite3", key=KEY, limit=10**9)
