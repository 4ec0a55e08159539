"""SIGKILL at any moment: every acknowledged event is in the lake exactly once, and no leftover is read."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from hemostat.kernel import Home
from hemostat.lake import dead_letters
from hemostat.lake.pipeline import Tools
from hemostat.lake.reader import read
from hemostat.lake.repair import check
from hemostat.lake.spool import Incoming, Spool
from unit.lake.made import NOON, incoming

KILLS = int(os.environ.get("HEMOSTAT_SOAK", "12"))
SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))

DRAINER = """
import sys
from pathlib import Path
from hemostat.kernel import Home
from hemostat.lake import pipeline

pipeline.MOST_MESSAGES = 5  # many small plans: more moments at which to be killed
home = Home(Path(sys.argv[1]))
tools = pipeline.Tools(home)
tools.scanner.scan("ready")
spool = tools.spool()
print("ready", flush=True)
while pipeline.drain(home, spool, tools=tools):
    pass
"""


def _message(number: int) -> Incoming:
    """Message `number`: three events on two days, each with a subject of its own, and one line that cannot be read."""
    events = [
        {"time": (NOON + timedelta(days=n % 2)).isoformat(), "act": "session:read", "subject": f"{number}-{n}"} for n in range(3)
    ]
    return incoming(source="app", key=str(number), body=b"\n".join([*map(msgspec.json.encode, events), b"bad"]))


def _drainer(home: Home) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", DRAINER, str(home.path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()
    return process


@pytest.mark.slow
def test_whatever_is_killed_when_each_event_is_there_once(home: Home, spool: Spool) -> None:
    """After many kills at random moments and one run to the end, the lake holds what was acknowledged: no more, no less."""
    chance = random.Random(SEED)  # noqa: S311  # moments to kill at, no secret
    acknowledged = 0
    killed_at_work = 0
    for _ in range(KILLS):
        more = [_message(n) for n in range(acknowledged, acknowledged + 60)]
        # A sender that heard no answer sends again: half of the messages come twice.
        spool.append(more + more[::2])
        acknowledged += len(more)
        with _drainer(home) as process:
            time.sleep(chance.uniform(0, 0.12))
            killed_at_work += process.poll() is None
            process.kill()

    with _drainer(home) as process:
        assert 0 == process.wait()

    assert killed_at_work
    parts = spool.parts()
    table = read(home, parts)
    expected = {Tools(home).pseudonyms.of("person", f"{n}-{m}") for n in range(acknowledged) for m in range(3)}
    assert Counter(expected) == Counter(table["subject"].to_pylist())
    assert table.num_rows == len(set(table["event_id"].to_pylist()))
    assert [] == check(home, spool)
    letters = list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))
    assert acknowledged == len({letter.seq for letter in letters}) == len(letters)
    assert 0 == spool.lag().messages
