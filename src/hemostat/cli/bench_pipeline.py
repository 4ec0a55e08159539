"""`hemostat bench pipeline`: from a full spool to the lake with the scan, over the mix that `bench_mix` describes.

Processor time is counted, of all processes that take part: what else the machine does moves it little, unlike the seconds.
The events come in rounds: one process fills the spool, another drains it, merges small files and forgets the bodies, as the
worker does. So the memory is that of draining alone, and the disk holds one round of raw messages and the lake.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemostat.kernel import BadInput, Home
from hemostat.kernel.garbage import settled

from .bench_mix import BEGIN, messages, settings
from .bench_watch import family, peak, peak_reset, quarters

if TYPE_CHECKING:
    from hemostat.lake.compaction import Sweeper
    from hemostat.lake.spool import Spool

EVENTS = 1_200_000
"""Events without a word of the caller's: enough that files which still wait to be merged weigh little."""

_LEAST, _MOST, _ROUND = 4, 20, 300_000  # rounds, and events of one unless there would be too many
_LIMIT_RATE, _CORES = 40_000, 2  # events a second on so many cores
_LIMIT_BYTES = 45.0  # of an event in the lake
_LIMIT_GROWTH = 1.1  # times the memory of earlier rounds
_TOGETHER = 200  # messages that are handed to the spool at a time
_LATER = timedelta(days=3650)  # when all bodies are old enough to be forgotten
_FILL = """
import sys
from pathlib import Path
from hemostat.cli.bench_pipeline import fill
fill(Path(sys.argv[1]), after=int(sys.argv[2]), events=int(sys.argv[3]))
"""
_DRAIN = """
import json, sys
from pathlib import Path
from hemostat.cli.bench_pipeline import drained
print(json.dumps(drained(Path(sys.argv[1]), events=int(sys.argv[2]))))
"""


def pipeline(events: int = EVENTS) -> dict[str, Any]:
    """Events a second from the spool to the lake, what each costs in processor time and bytes, and whether memory stays flat."""
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        found = json.loads(_told(_DRAIN, str(Path(folder) / "home"), str(events)))
    micros = 1e6 * found["processor seconds"] / found["events"]
    early, late = quarters(found["megabytes"])
    return {
        "events": found["events"],
        "events a second": found["events"] / found["seconds"],
        "processor microseconds of an event": micros,
        "share of the limit of 50 microseconds": micros * _LIMIT_RATE / _CORES / 1e6,
        "bytes of an event as written": found["bytes written"] / found["events"],
        "bytes of an event when compact": found["bytes compact"] / found["events"],
        "share of the limit of 45 bytes": found["bytes compact"] / found["events"] / _LIMIT_BYTES,
        "rounds": len(found["megabytes"]),
        "most resident megabytes": max(found["megabytes"]),
        "last quarter's memory, times the second's": late / early,
        "share of the limit of 1.1 times": late / early / _LIMIT_GROWTH,
    }


def _told(program: str, *arguments: str) -> str:
    """What a program of our own prints."""
    command = [sys.executable, "-c", program, *arguments]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  # our own program
    if told.returncode:
        raise BadInput("The bench stopped: the pipeline failed.", advice="What failed stands above.")
    return told.stdout


def fill(path: Path, *, after: int, events: int) -> None:
    """The spool of the home at `path` holds so many events of the mix more; `after` so many there were."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # a process of its own needs it

    spool = Tools(Home(path)).spool()
    waiting = []
    for message in messages(events, seed=7, after=after):
        waiting.append(message)
        if len(waiting) == _TOGETHER:
            spool.append(waiting)
            waiting = []
    spool.append(waiting)
    spool.close()


def drained(path: Path, *, events: int) -> dict[str, Any]:
    """So many events of the mix, or a few more, went through a home that is made at `path`; the figures of it."""
    import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

    from hemostat.lake.compaction import Sweeper  # noqa: PLC0415  # same
    from hemostat.lake.crew import Crew  # noqa: PLC0415  # same
    from hemostat.lake.pipeline import Tools, drain  # noqa: PLC0415  # same

    pa.set_memory_pool(pa.system_memory_pool())  # as the worker does
    home = Home(path)
    home.create(settings())
    tools, crew = Tools(home), Crew()
    spool = tools.spool()
    sweeper = Sweeper(home, spool)
    tools.scanner.scan("ready")
    settled()  # same
    work, beside, rows, written, megabytes = _Spent(), _Spent(), 0, 0, []

    def drain_all() -> None:
        nonlocal rows, written
        while found := drain(home, spool, tools=tools, crew=crew):
            rows += found.rows
            written += sum(part.size for part in found.parts)
            pa.default_memory_pool().release_unused()

    rounds = max(_LEAST, min(_MOST, events // _ROUND))
    began = _spent()
    for number in range(rounds):
        first, last = events * number // rounds, events * (number + 1) // rounds
        beside.on(lambda first=first, last=last: _told(_FILL, str(path), str(first), str(last - first)))  # type: ignore[misc]
        work.on(drain_all)
        beside.on(lambda: _upkeep(home, spool, sweeper))
        megabytes.append(_peak())
        print(f"{rows:,} events, {megabytes[-1]:.0f} MB", file=sys.stderr, flush=True)  # noqa: T201  # a long run tells how far it is
    crew.close()  # only then the processor time of helpers is known
    return {
        "events": rows,
        "seconds": work.seconds,
        "processor seconds": _spent() - began - beside.cpu,
        "bytes written": written,
        "bytes compact": sum(part.size for part in spool.parts()),
        "megabytes": megabytes,
    }


def _upkeep(home: Home, spool: "Spool", sweeper: "Sweeper") -> None:
    """Small files are merged, those that they were are gone, and so are the bodies of what is in the lake."""
    from hemostat.lake.compaction import compact  # noqa: PLC0415  # a process of its own needs it

    while compact(home, spool, last_batch=spool.last_batch()):
        pass
    for _ in range(2):
        sweeper.sweep()
    spool.purge(BEGIN + _LATER)


def _peak() -> float:
    """The most megabytes that this process and its helpers held since they were asked last."""
    pids = list(family(os.getpid()))
    found = sum(map(peak, pids))
    for pid in pids:
        peak_reset(pid)
    return found


class _Spent:
    """Seconds, and processor seconds, that some pieces of work took."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def on(self, work: Callable[[], object]) -> None:
        """The work is done, and what it took is counted."""
        began, spent = time.monotonic(), _spent()
        work()
        self.seconds += time.monotonic() - began
        self.cpu += _spent() - spent


def _spent() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
