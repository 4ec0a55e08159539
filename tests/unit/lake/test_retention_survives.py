"""SIGKILL while events expire: what may stay stays, what must go goes, each event counts once, and no leftover remains."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from hemostat.kernel import Home
from hemostat.lake.holds import Reach, hold_place, hold_release, holds
from hemostat.lake.hunt import Hunt
from hemostat.lake.reader import DamagedLake
from hemostat.lake.repair import check, strays
from hemostat.lake.retention import expired
from hemostat.lake.spool import Spool
from unit.lake.conftest import Put
from unit.lake.made import NOON, row

KILLS = int(os.environ.get("HEMOSTAT_SOAK", "16"))
SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))
ACTORS = 8

# One process that has everything loaded; each line that it reads makes it fork a worker, which can be killed and costs little.
CLEANER = """
import os, sys
from datetime import datetime, timedelta
from pathlib import Path
from hemostat.kernel import Home, Retention
from hemostat.lake import retention
from hemostat.lake.compaction import Sweeper, compact
from hemostat.lake.pipeline import Tools

retention.AT_ONCE = 1  # more moments at which to be killed
home, noon = Home(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])

def work():
    spool = Tools(home).spool()
    expiry, sweeper = retention.Expiry(home, spool), Sweeper(home, spool)
    policy = Retention(access=1000, account=500, traffic=100, log=50)
    more = True
    while more:
        turn = expiry.turn(policy, last_batch=spool.last_batch(), now=noon + timedelta(days=60))
        print(os.getpid(), flush=True)
        merged = compact(home, spool, last_batch=spool.last_batch())
        sweeper.sweep()
        more = turn.more or bool(turn.done) or bool(merged)
    sweeper.sweep()

while sys.stdin.readline():
    pid = os.fork()
    if not pid:
        work()
        os._exit(0)
    sys.stdin.readline()  # until then its number is nobody else's
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Cleaner:
    """Starts workers that delete what has expired, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, turns: int = 1) -> int:
        """The number of the new worker's process, which has done so many turns and goes on, or has no more to do."""
        self._tell()
        numbers = [self._line() for _ in range(turns)]
        return numbers[0]

    def ended(self) -> int:
        """How the worker ended: 0 when it was done, or minus the signal."""
        self._tell()
        while (number := self._line()) > 0:
            pass
        return number

    def _tell(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def _line(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def cleaner(home: Home) -> Iterator[Cleaner]:
    """A cleaner of this home, gone afterwards."""
    command = [sys.executable, "-c", CLEANER, str(home.path), NOON.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Cleaner(process)
        assert process.stdin is not None
        process.stdin.close()


def answered(home: Home, actor: str = "") -> Counter[str]:
    """Requests that the lake tells of, of one actor or of all; asked again when a file was swept up in between."""
    while True:
        try:
            table = Hunt(home).query("SELECT request_id FROM events WHERE $1 IN ('', actor)", [actor])
        except DamagedLake:
            continue
        return Counter(table["request_id"].to_pylist())


def some_rows(turn: int, chance: random.Random) -> Iterator[list[dict[str, object]]]:
    """Three batches: two of which a part has expired, and one of which all has."""
    for batch in range(3):
        yield [
            row(
                request_id=f"{act}-{turn}-{batch}-{number}",
                act=act,
                actor=f"actor-{chance.randrange(ACTORS)}",
                time=NOON + timedelta(seconds=number),
            )
            for number, act in enumerate(["log:write", "log:write" if batch else "session:read"] * 3)
        ]


@pytest.mark.slow
def test_whatever_is_killed_when_only_what_may_go_is_gone(home: Home, spool: Spool, put: Put) -> None:
    """After kills at random moments, with holds placed meanwhile: nothing twice, nothing kept is gone, nothing is left over."""
    chance = random.Random(SEED)  # noqa: S311  # moments to kill at, no secret
    put_in: set[str] = set()
    held: set[str] = set()
    killed_at_work = 0
    with cleaner(home) as workers:
        for turn in range(KILLS):
            for rows in some_rows(turn, chance):
                put(rows)
                put_in |= {str(one["request_id"]) for one in rows}
            worker = workers.start(chance.randrange(1, 3))
            time.sleep(chance.uniform(0, 0.05))
            if turn % 4 == 1:
                actor = f"actor-{turn // 4 % ACTORS}"
                hold_place(home, Reach(actor=actor), reason="Case 7", by="counsel", now=NOON)
                held |= set(answered(home, actor))
                time.sleep(chance.uniform(0, 0.03))
            os.kill(worker, signal.SIGKILL)
            killed_at_work += workers.ended() == -signal.SIGKILL

            there = answered(home)
            young = {name for name in put_in if not name.startswith("log:")}
            assert 1 == max(there.values())
            assert young | held <= there.keys() <= put_in
            assert [] == check(home, spool)

        workers.start()
        assert 0 == workers.ended()
        assert killed_at_work
        under_hold = {one.reach.actor for one in holds(home, in_force=True)}
        left = Hunt(home).query("SELECT actor FROM events WHERE act = 'log:write'")["actor"].to_pylist()
        assert set(left) <= under_hold
        assert held <= answered(home).keys()
        assert [] == strays(home, spool)

        for one in holds(home, in_force=True):
            hold_release(home, one.number, reason="The case is settled", by="counsel", now=NOON)
        workers.start()
        assert 0 == workers.ended()

    assert Counter(young) == answered(home)
    assert len(put_in) - len(young) == sum(one.deleted for one in expired(home))
    assert [] == strays(home, spool) == check(home, spool)
