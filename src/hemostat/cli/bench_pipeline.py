"""`hemostat bench pipeline`: from a full spool to the lake with the scan, over the mix that `bench_mix` describes.

Processor time is counted, of all processes that take part: what else the machine does moves it little, unlike the seconds.
The spool is filled by one process and drained by another, so that the memory is that of draining alone.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hemostat.kernel import BadInput, Home

from .bench_mix import messages, settings

_EVENTS, _TIMES = 300_000, 4  # enough that files which still wait to be merged weigh little
_LIMIT_RATE, _CORES = 40_000, 2  # events a second on so many cores
_LIMIT_BYTES = 45.0  # of an event in the lake
_TOGETHER = 200  # messages that are handed to the spool at a time
_FILL = """
import sys
from pathlib import Path
from hemostat.cli.bench_pipeline import fill
fill(Path(sys.argv[1]), int(sys.argv[2]))
"""
_DRAIN = """
import json, sys
from pathlib import Path
from hemostat.cli.bench_pipeline import drained
print(json.dumps(drained(Path(sys.argv[1]))))
"""


def pipeline() -> dict[str, Any]:
    """Events a second from the spool to the lake, what each costs in processor time and bytes, and whether memory stays flat."""
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        few = _measured(Path(folder) / "few", _EVENTS)
        many = _measured(Path(folder) / "many", _EVENTS * _TIMES)
    micros = 1e6 * many["processor seconds"] / many["events"]
    return {
        "events": many["events"],
        "events a second": many["events"] / many["seconds"],
        "processor microseconds of an event": micros,
        "share of the limit of 50 microseconds": micros * _LIMIT_RATE / _CORES / 1e6,
        "bytes of an event as written": many["bytes written"] / many["events"],
        "bytes of an event when compact": many["bytes compact"] / many["events"],
        "share of the limit of 45 bytes": many["bytes compact"] / many["events"] / _LIMIT_BYTES,
        "most resident megabytes": many["megabytes"],
        "times that of a quarter of the events": many["megabytes"] / few["megabytes"],
    }


def _measured(path: Path, events: int) -> dict[str, Any]:
    """The figures of draining so many events of the mix into the home at `path`, which is made."""
    _told(_FILL, str(path), str(events))
    found: dict[str, Any] = json.loads(_told(_DRAIN, str(path)))
    return found


def _told(program: str, *arguments: str) -> str:
    """What a program of our own prints."""
    command = [sys.executable, "-c", program, *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own program
    if told.returncode:
        raise BadInput("The bench stopped: the pipeline failed.", advice=told.stderr.strip()[-300:])
    return told.stdout


def fill(path: Path, events: int) -> None:
    """A home at `path` whose spool holds so many events of the mix."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # a process of its own needs it

    home = Home(path)
    home.create(settings())
    spool = Tools(home).spool()
    waiting = []
    for message in messages(events, seed=7):
        waiting.append(message)
        if len(waiting) == _TOGETHER:
            spool.append(waiting)
            waiting = []
    spool.append(waiting)
    spool.close()


def drained(path: Path) -> dict[str, Any]:
    """Everything that waits in the spool of the home at `path` is in the lake, and the lake is compact; the figures of it."""
    import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

    from hemostat.lake.compaction import compact  # noqa: PLC0415  # same
    from hemostat.lake.crew import Crew  # noqa: PLC0415  # same
    from hemostat.lake.pipeline import Tools, drain  # noqa: PLC0415  # same

    pa.set_memory_pool(pa.system_memory_pool())  # as the worker does
    home = Home(path)
    tools, crew = Tools(home), Crew()
    spool = tools.spool()
    tools.scanner.scan("ready")
    before, began, rows = _spent(), time.monotonic(), 0
    while found := drain(home, spool, tools=tools, crew=crew):
        rows += found.rows
        pa.default_memory_pool().release_unused()
    seconds = time.monotonic() - began
    crew.close()
    spent = _spent() - before
    written = sum(part.size for part in spool.parts())
    megabytes = sum(resource.getrusage(who).ru_maxrss / 1000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    while compact(home, spool, last_batch=spool.last_batch()):
        pass
    return {
        "events": rows,
        "seconds": seconds,
        "processor seconds": spent,
        "bytes written": written,
        "bytes compact": sum(part.size for part in spool.parts()),
        "megabytes": megabytes,
    }


def _spent() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
