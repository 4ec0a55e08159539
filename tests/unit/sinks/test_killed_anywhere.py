"""SIGKILL at any moment of forwarding: nothing is lost, and whatever comes twice was declared."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hemostat.kernel import Home
from hemostat.lake.compaction import compact
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.datadog import DatadogLogs
from hemostat.sandbox.wires.faults import Fault, Faults, receiving
from hemostat.sandbox.wires.splunk_hec import SplunkHec
from hemostat.sinks.journal import Journal
from unit.sinks.made import KEY, TOKEN, filled
from unit.sinks.test_files import ids_in

KILLS = int(os.environ.get("HEMOSTAT_SOAK", "3"))
SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))

FORWARDER = """
import json, sys, time
from pathlib import Path
from hemostat.kernel import Home, Sink, SystemClock
from hemostat.lake.spool import Spool
from hemostat.sinks import ways_of
from hemostat.sinks.base import Unavailable
from hemostat.sinks.runner import Patience, Runner

home = Home(Path(sys.argv[1]))
spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=1_000_000_000)
ways = ways_of("siem", Sink(kind=sys.argv[2], url=sys.argv[3], options=json.loads(sys.argv[4])), home=home)
runner = Runner("siem", home=home, spool=spool, clock=SystemClock(), only=ways.only, channel=ways.make,
                patience=Patience(first=0.001, longest=0.01))
print("ready", flush=True)
idle = 0
while idle < 40:
    try:
        idle = 0 if runner.poll() else idle + 1
    except Unavailable:
        idle = 0
    if idle:
        time.sleep(0.01)
"""


def _forwarder(home: Home, kind: str, url: str, options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FORWARDER, str(home.path), kind, url, options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()
    return process


def _killed_often(home: Home, spool: Spool, kind: str, url: str, options: str) -> list[str]:
    """Events are forwarded by processes that are killed, while files of the lake are merged; the ids of all."""
    chance = random.Random(SEED)  # noqa: S311  # moments to kill at, no secret
    ids: list[str] = []
    for _ in range(KILLS):
        ids += filled(home, spool, batches=10, each=20)
        with _forwarder(home, kind, url, options) as process:
            time.sleep(chance.uniform(0.0, 0.25))
            compact(home, spool, last_batch=spool.last_batch())
            process.kill()
    with _forwarder(home, kind, url, options) as process:
        assert 0 == process.wait()
    return ids


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["acknowledged", "datadog"])
def test_whatever_is_killed_when_each_event_arrives(home: Home, spool: Spool, kind: str) -> None:
    """The receivers fail as well; the repetitions are those that the journal names."""
    faults = Faults(SEED, share=0.2, most=200, kinds=tuple(fault for fault in Fault if fault is not Fault.TIMEOUT))
    twin = DatadogLogs(faults=faults) if kind == "datadog" else SplunkHec(faults=faults, ack=True)
    home.keyring(home.settings()).put("sink.siem", [(KEY if kind == "datadog" else TOKEN).encode()])
    options = '{"max_events": 15, "ack": true, "ack_seconds": 0.3}' if kind == "acknowledged" else '{"max_events": 15}'
    with receiving(twin) as url:
        ids = _killed_often(home, spool, "splunk" if kind == "acknowledged" else kind, url, options)

    journal = Journal(home)
    stream = journal.stream("siem")
    arrived = twin.ids
    assert set(ids) == set(arrived)
    assert arrived.total() - len(arrived) <= stream.again
    assert len(ids) == stream.sent
    assert [] == journal.kept("siem")
    journal.close()


@pytest.mark.slow
def test_files_hold_each_event_once_whatever_is_killed_when(home: Home, spool: Spool) -> None:
    """No repetition at all: what was not acknowledged is cut off."""
    ids = _killed_often(home, spool, "files", "", '{"folder": "out", "megabytes": 0.05}')

    assert ids == ids_in(Path(home.path / "out"))
