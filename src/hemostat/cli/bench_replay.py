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
from typing import Any

import msgspec

from hemostat.kernel import BadInput, Home
from hemostat.kernel.garbage import settled

from .bench_detectors import SEED, step
from .bench_watch import peak, peak_reset

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

    from hemostat.sandbox.merchant import STORE, merchant, settings  # noqa: PLC0415  # same
    from hemostat.sandbox.merchant.rhythm import date_of  # noqa: PLC0415  # same
    from hemostat.sandbox.signing import client_secret  # noqa: PLC0415  # same

    pa.set_memory_pool(pa.system_memory_pool())  # as the worker does
    home = Home(path)
    home.create(settings(environment="production"))
    home.keyring(home.settings()).put(f"shopify.{STORE}", [client_secret(SEED, 0)])
    way = _Way(home)
    settled()  # same
    messages = ((message, ()) for message in merchant(SEED, range(days), volume=volume))
    told = []
    last = date_of(days - 1)  # what is on its way at its end still counts to it
    for _, day in groupby(groupby(messages, key=step), key=lambda each: min(each[0].date(), last)):
        for _, together in day:
            way.take([message for message, _ in together])
        told.append(way.day_over())
    way.close()
    return told


class _Way:
    """All that messages go through, and what that takes."""

    def __init__(self, home: Home) -> None:
        from hemostat.detect import Baselines, Detector, limits, load  # noqa: PLC0415  # heavy
        from hemostat.kernel import content  # noqa: PLC0415  # same
        from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # same

        self._home = home
        self._tools = Tools(home)
        self._spool = self._tools.spool()
        self._detector = Detector(load(content("rules")))
        self._baselines = Baselines(home.baselines, limits())
        self._columns = sorted({*self._detector.columns, *Baselines.columns})
        self._begin()

    def take(self, messages: list[Any]) -> None:
        """The messages, which arrive together, are in the lake and were looked at."""
        import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

        from hemostat.lake.pipeline import drain  # noqa: PLC0415  # heavy
        from hemostat.lake.reader import read  # noqa: PLC0415  # same

        self._spool.append(messages)
        while True:
            with self._spent("reading, redacting, writing"):
                drained = drain(self._home, self._spool, tools=self._tools)
            if drained is None:
                return
            with self._spent("rules"):
                table = read(self._home, list(drained.parts), columns=self._columns)
                self._detector.push(table)
            with self._spent("baselines"):
                self._baselines.take(table, batch=drained.batch, alerted={})
            pa.default_memory_pool().release_unused()
            self._events += drained.rows
            self._size += sum(part.size for part in drained.parts)

    def day_over(self) -> Day:
        """What the day took; the next one begins."""
        day = Day(events=self._events, megabytes=peak(os.getpid()), seconds=dict(self._seconds), size=self._size)
        print(f"{day.events:,} events, {day.megabytes:.0f} MB", file=sys.stderr, flush=True)  # noqa: T201  # a long run tells how far it is
        self._begin()
        return day

    def close(self) -> None:
        """Everything is closed."""
        self._detector.close()
        self._baselines.close()
        self._spool.close()

    def _begin(self) -> None:
        self._events = self._size = 0
        self._seconds = Counter[str]()
        peak_reset(os.getpid())

    @contextmanager
    def _spent(self, part: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self._seconds[part] += time.process_time() - began  # type: ignore[assignment]  # a Counter adds seconds as well
