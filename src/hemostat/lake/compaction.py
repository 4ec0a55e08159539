"""Many small files become few: a question opens every file, so their number must not grow with time.

1. Neighbors of one day and source, small and all detected, are read and written as one file, sorted like every other.
   A part that a person gave up parts its neighbors: a file that spanned it could never be written again.
   What is left of a day that is over becomes one file, or few: nothing much will come to it any more.
2. The manifest names the new file instead of the old ones, in one transaction.
3. The old files are swept up later, when nobody can still be reading them.

Killed anywhere, either the old files count or the new one. The new file is a function of the same messages: it can be repaired.
"""

from collections.abc import Sequence
from itertools import accumulate, groupby

from hemostat.kernel import Home
from hemostat.lake.manifest import replaced
from hemostat.lake.merging import in_order
from hemostat.lake.reader import given_up
from hemostat.lake.repair import strays
from hemostat.lake.spool import Part, Spool
from hemostat.lake.writer import batches, keep, part_of

TOGETHER = 16
"""Neighbors of a size class that make one file."""

AT_LEAST = 3
"""Neighbors that make one file when they fill it."""

SIZES = (1_000, 16_000)
"""Size classes, in rows: a file counts as small as long as it has fewer; of a day that is over, as long as it has room."""

MOST_ROWS = 250_000
"""Rows of one file at most: what is merged is in memory at once, and the worker is to stay small.

The more rows share their words, the fewer bytes each takes.
"""


def compact(home: Home, spool: Spool, *, last_batch: int, over: str = "") -> list[Part]:
    """Runs of small files from batches up to `last_batch` are one file each; the new parts.

    over: days before this one, as `2026-03-10`, are over. Raises `DamagedLake` when one of the files is not what was written;
    then nothing of its run has changed.
    """
    done = []
    parts = [part for part in spool.parts() if part.batch <= last_batch]
    lost = given_up(home)
    for (day, _, gone), neighbors in groupby(
        sorted(parts, key=_order), key=lambda part: (part.day, part.source, part.path in lost)
    ):
        if not gone and (run := _run(list(neighbors), is_over=day < over)):
            done.append(_merge(home, run))
    return done


class Sweeper:
    """Removes files that the manifest no longer names, once they were seen unnamed in two sweeps."""

    def __init__(self, home: Home, spool: Spool) -> None:
        self._home = home
        self._spool = spool
        self._seen: frozenset[str] = frozenset()

    def sweep(self) -> int:
        """Files that were unnamed at the sweep before are gone; how many."""
        now = frozenset(strays(self._home, self._spool))
        gone = now & self._seen
        for path in gone:
            (self._home.lake / path).unlink()
        self._seen = now - gone
        return len(gone)


def _order(part: Part) -> tuple[str, str, int]:
    return part.day, part.source, part.batch


def _run(neighbors: Sequence[Part], *, is_over: bool) -> list[Part]:
    """The first run of neighbors worth a file of its own, of the smallest size class that has one."""
    sizes, worth = ((*SIZES, MOST_ROWS), _last_run) if is_over else (SIZES, _long_run)
    for size in sizes:
        for small, group in groupby(neighbors, key=lambda part: part.rows < size):
            if small and (run := worth(list(group))):
                return run
    return []


def _long_run(parts: Sequence[Part]) -> list[Part]:
    """As many of the parts as fit together, if they are many or fill a file; else none."""
    run = _fitting(parts)
    is_full = len(run) < len(parts)
    return run if len(run) >= TOGETHER or (is_full and len(run) >= AT_LEAST) else []


def _last_run(parts: Sequence[Part]) -> list[Part]:
    """Neighbors that fit together, of which none has more rows than all the others; else none.

    So a row is written again only into a file twice as large: what trickles in late does not move a large file each time.
    """
    run = _fitting(parts)
    if not run:
        return []
    largest = max(run, key=lambda part: part.rows)
    if 2 * largest.rows <= sum(part.rows for part in run):
        return run
    at = parts.index(largest)
    return _last_run(parts[:at]) or _last_run(parts[at + 1 :])


def _fitting(parts: Sequence[Part]) -> list[Part]:
    """As many of the parts, from the first on, as fit into one file."""
    reach = accumulate(part.rows for part in parts)
    return [part for part, rows in zip(parts, reach, strict=True) if rows <= MOST_ROWS]


def _merge(home: Home, run: Sequence[Part]) -> Part:
    first, _ = batches(run[0])
    rows = in_order(home, run)
    new, content = part_of(batch=run[-1].batch, first=first, day=run[0].day, source=run[0].source, rows=rows)
    keep(home.lake / new.path, content)
    replaced(home, run, new)
    return new
