"""`hemostat bench replay`: whole days of the made-up merchant through all that looks at them. Memory stays flat; what it costs.

One process does what the worker does, batch after batch: spool, readers, redaction, lake, rules, baselines. What it spends on
making the merchant's messages does not count.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.kernel import BadInput
from hemostat.kernel.garbage import settled

from .bench_merchant import SEED, Way, step, way
from .bench_watch import peak, peak_reset

if TYPE_CHECKING:
    from hemostat.lake.spool import Incoming

DAYS, VOLUME = 3, 1.0
"""Days that are replayed, and the share of the merchant's visits. Windows of a day are full after the first one."""

_LIMIT_GROWTH = 1.1  # times the memory of the day before
_REPLAY = """
import sys
from pathlib import Path
import msgspec
from hemostat.cli.bench_replay import replayed
print(msgspec.json.encode(replayed(Path(sys.argv[1]), days=int(sys.argv[2]), volume=float(sys.argv[3]))).decode())
"""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day that went through: its events, the most megabytes held in it, processor seconds of each part, bytes in the lake."""

    events: int
    megabytes: float
    seconds: dict[str, float]
    size: int


def replay(days: int = DAYS, *, volume: float = VOLUME) -> dict[str, Any]:
    """Whether the last day needs more memory than the one before it, and what a million events cost."""
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        command = [sys.executable, "-c", _REPLAY, f"{folder}/home", str(days), str(volume)]
        told = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603  # our own program
    if told.returncode:
        raise BadInput("The bench stopped: the replay failed.", advice="What failed stands above.")
    return figures(msgspec.json.decode(told.stdout, type=list[Day]))


def figures(days: list[Day]) -> dict[str, Any]:
    """What the days tell; there must be two at least."""
    millions = sum(day.events for day in days) / 1e6
    spent = sum((Counter(day.seconds) for day in days), Counter[str]())
    growth = days[-1].megabytes / days[-2].megabytes
    return {
        "days": len(days),
        "events": sum(day.events for day in days),
        **{f"megabytes, day {number}": day.megabytes for number, day in enumerate(days, start=1)},
        "last day's memory, times the day's before": growth,
        "share of the limit of 1.1 times": growth / _LIMIT_GROWTH,
        "processor seconds of a million events": spent.total() / millions,
        **{f"of these, {part}": seconds / millions for part, seconds in spent.items()},
        "megabytes of a million events in the lake, not merged": sum(day.size for day in days) / 1e6 / millions,
    }


def replayed(path: Path, *, days: int, volume: float) -> list[Day]:
    """So many days of the merchant went through a home that is made at `path`."""
    import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

    from hemostat.sandbox.merchant import merchant  # noqa: PLC0415  # same
    from hemostat.sandbox.merchant.rhythm import date_of  # noqa: PLC0415  # same

    pa.set_memory_pool(pa.system_memory_pool())  # as the worker does
    told = []
    last = date_of(days - 1)  # what is on its way at its end still counts to it
    with way(path) as opened:
        spent = _Spent(opened)
        settled()  # same
        steps = groupby(merchant(SEED, range(days), volume=volume), key=step)
        for _, day in groupby(steps, key=lambda each: min(each[0].date(), last)):
            for _, together in day:
                spent.take(list(together))
            told.append(spent.day_over())
    return told


class _Spent:
    """What it takes to send messages the whole way."""

    def __init__(self, opened: Way) -> None:
        self._way = opened
        self._begin()

    def take(self, messages: "list[Incoming]") -> None:
        """The messages, which arrive together, are in the lake and were looked at."""
        import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

        from hemostat.lake.pipeline import drain  # noqa: PLC0415  # heavy
        from hemostat.lake.reader import read  # noqa: PLC0415  # same

        home, tools, spool, detector, baselines, columns = self._way
        spool.append(messages)
        while True:
            with self._on("reading, redacting, writing"):
                drained = drain(home, spool, tools=tools)
            if drained is None:
                return
            with self._on("rules"):
                table = read(home, list(drained.parts), columns=columns)
                detector.push(table)
            with self._on("baselines"):
                baselines.take(table, batch=drained.batch, alerted={})
            pa.default_memory_pool().release_unused()
            self._events += drained.rows
            self._size += sum(part.size for part in drained.parts)

    def day_over(self) -> Day:
        """What the day took; the next one begins."""
        day = Day(events=self._events, megabytes=peak(os.getpid()), seconds=dict(self._seconds), size=self._size)
        print(f"{day.events:,} events, {day.megabytes:.0f} MB", file=sys.stderr, flush=True)  # noqa: T201  # a long run tells how far it is
        self._begin()
        return day

    def _begin(self) -> None:
        self._events = self._size = 0
        self._seconds = Counter[str]()
        peak_reset(os.getpid())

    @contextmanager
    def _on(self, part: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self._seconds[part] += time.process_time() - began  # type: ignore[assignment]  # a Counter adds seconds as well
