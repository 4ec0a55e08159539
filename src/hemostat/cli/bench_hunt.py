"""`hemostat bench hunt`: each saved question over many events, against DuckDB alone on the same files.

The peer is a connection of its own with the threads, memory and caches that a question of ours has, without its lock. Both ask
the same SQL with the same values, in turn, and must answer the same. Warm: they have the files open, as when a step of a playbook
asks several questions. Cold: they start from nothing, and the system holds none of the files' pages.

Seconds are those of the clock, which what else the machine does moves; processor time, of all threads, moves little.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.kernel import BadInput, Home, Settings

from .bench_mix import settings

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from hemostat.lake.hunt import Hunt, SavedQuery

EVENTS = 1_000_000
"""Events that are asked about, unless said otherwise."""

_DAYS = 90
_LIMIT = 1.5
_WARM, _COLD = 5, 3  # repeats
_SOMEBODY = 10  # the rank, by events, of whom questions about one actor, patient and token ask for

Ask = Callable[[], "pa.Table"]


def hunt(events: int = EVENTS) -> dict[str, Any]:
    """Seconds of each saved question over so many events of 90 days, and the ratio to raw DuckDB."""
    from . import bench_lake  # noqa: PLC0415  # loads Arrow

    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        home = Home(Path(folder) / "home")
        home.create(_leaking(settings()))
        began = time.monotonic()
        files = bench_lake.filled(home, events=events, days=_DAYS, seed=4)
        figures: dict[str, Any] = {
            "events": events,
            "lake": bench_lake.HOW,
            "days": _DAYS,
            "files": len(files),
            "bytes of an event": sum(Path(file).stat().st_size for file in files) / events,
            "seconds to make the lake": time.monotonic() - began,
        }
        worst: dict[str, float] = {}
        for saved, rows, how, ours, ratios in _compared(home, files):
            figures[f"{saved}: rows"] = rows
            figures[f"{saved}, {how}: seconds"] = ours
            for what, ratio in ratios.items():
                figures[f"{saved}, {how}: times raw DuckDB, {what}"] = ratio
                worst[f"{how}, {what}"] = max(worst.get(f"{how}, {what}", 0.0), ratio)
    figures |= {f"worst ratio ({what})": ratio for what, ratio in worst.items()}
    return figures | {
        **{f"share of the limit of 1.5 ({what})": ratio / _LIMIT for what, ratio in worst.items()},
        "most resident megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def _leaking(mix: Settings) -> Settings:
    """The mix with a route that should be signed and never is: the questions about a leak find one."""
    edge = mix.sources["edge"]
    routes = [
        msgspec.structs.replace(route, signed_by="signature") if route.act == "session:read" else route for route in edge.routes
    ]
    return msgspec.structs.replace(mix, sources=mix.sources | {"edge": msgspec.structs.replace(edge, routes=routes)})


def _compared(home: Home, files: list[str]) -> Iterator[tuple[str, int, str, float, dict[str, float]]]:
    """Of each saved question, warm and cold: its rows, our median seconds, and how many times those of DuckDB alone it takes."""
    from hemostat.lake.hunt import Hunt  # noqa: PLC0415  # loads Arrow and DuckDB

    hunt = Hunt(home, seconds=600)
    values = {word: _somebody(hunt, column) for word, column in _IDENTIFIERS.items()}
    with closing(_peer(files)) as peer:
        for saved in hunt.saved():
            given = {one.name: values.get(one.name, one.default) for one in saved.parameters}
            ours, theirs = _pair(home, files, saved, given)
            rows = _alike(saved.name, hunt.run(saved.name, **given).table, _told(peer, saved, given))
            warm = _times(lambda: hunt.run(saved.name, **given).table, lambda: _told(peer, saved, given), _WARM)  # noqa: B023  # run at once
            yield saved.name, rows, "warm", *warm
            yield saved.name, rows, "cold", *_times(ours, theirs, _COLD, before=lambda: _forgotten(files))


_IDENTIFIERS = {"actor": "actor", "patient": "subject", "token": "token"}


def _pair(home: Home, files: list[str], saved: "SavedQuery", given: dict[str, str]) -> tuple[Ask, Ask]:
    """The question asked from nothing, by us and by DuckDB alone."""
    from hemostat.lake.hunt import Hunt  # noqa: PLC0415  # loads Arrow and DuckDB

    def theirs() -> "pa.Table":
        with closing(_peer(files)) as peer:
            return _told(peer, saved, given)

    return lambda: Hunt(home, seconds=600).run(saved.name, **given).table, theirs


def _peer(files: list[str]) -> "duckdb.DuckDBPyConnection":
    """DuckDB alone over the files."""
    import duckdb  # noqa: PLC0415  # only this bench needs it

    from hemostat.lake.engine import MEMORY, THREADS  # noqa: PLC0415  # loads Arrow and DuckDB

    peer = duckdb.connect(":memory:", config={"threads": THREADS, "memory_limit": MEMORY})
    peer.execute("SET TimeZone = 'UTC'; SET temp_directory = ''; SET parquet_metadata_cache = true")
    peer.execute(f"CREATE VIEW events AS FROM read_parquet({files!r}, hive_partitioning = false)")
    return peer


def _told(peer: "duckdb.DuckDBPyConnection", saved: "SavedQuery", given: dict[str, str]) -> "pa.Table":
    return peer.sql(saved.sql, params=given).to_arrow_table()


def _somebody(hunt: "Hunt", column: str) -> str:
    """An identifier that has many events, but not the most."""
    sql = f"SELECT {column} AS word FROM events WHERE {column} <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {_SOMEBODY}"  # noqa: S608  # our own words
    return str(hunt.query(sql)["word"].to_pylist()[-1])


def _alike(name: str, ours: "pa.Table", theirs: "pa.Table") -> int:
    """How many rows both answers have. Raises `BadInput` when the answers differ."""
    if ours.to_pylist() != theirs.to_pylist():
        raise BadInput(f"The bench stopped: {name} has another answer than raw DuckDB.", advice="Report this as a fault.")
    return int(ours.num_rows)


def _times(ours: Ask, theirs: Ask, repeats: int, *, before: Callable[[], None] = lambda: None) -> tuple[float, dict[str, float]]:
    """Our median seconds, and the medians of the ratios when both are asked in turn."""
    pairs = []
    for _ in range(repeats):
        spent = []
        for ask in (ours, theirs):
            before()
            began, busy = time.perf_counter(), time.process_time()
            ask()
            spent.append((time.perf_counter() - began, time.process_time() - busy))
        pairs.append(spent)
    ratios = {
        what: median(one[0][place] / one[1][place] for one in pairs) for place, what in enumerate(("seconds", "processor time"))
    }
    return median(one[0][0] for one in pairs), ratios


def _forgotten(files: list[str]) -> None:
    """The system holds no page of the files."""
    for file in files:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
