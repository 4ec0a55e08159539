"""`hemostat bench hunt`: each saved question over many events, against DuckDB alone on the same files."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from hemostat.kernel import Home, Settings

_EVENTS = 10_000_000
_BATCH = 250_000
_LIMIT = 1.5
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SPAN = timedelta(days=90)
_PEOPLE, _ACTORS, _TOKENS, _NETS = 200_000, 300, 2_000, 500
_ACTS = ("customer:read", "order:read", "session:read", "page:read", "export:run", "customer:update", "log:write")
_WEIGHTS = (20, 20, 25, 25, 1, 4, 5)


def hunt() -> dict[str, Any]:
    """Seconds of each saved question, and the ratio to raw DuckDB. `HEMOSTAT_BENCH_EVENTS` says over how many events."""
    events = int(os.environ.get("HEMOSTAT_BENCH_EVENTS", _EVENTS))
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        home = Home(Path(folder) / "home")
        home.create(Settings(kind="sandbox"))
        files = _filled(home, events)
        figures: dict[str, Any] = {"events": events, "files": len(files)}
        worst = 0.0
        for name, ours, theirs in _questions(home, files):
            ratio = ours / theirs
            figures[f"{name}: seconds"], figures[f"{name}: times raw DuckDB"] = ours, ratio
            worst = max(worst, ratio)
        return figures | {"worst ratio": worst, "share of the limit of 1.5": worst / _LIMIT}


def _questions(home: Home, files: list[str]) -> Iterator[tuple[str, float, float]]:
    """Each saved question, the seconds that it takes us, and those that it takes DuckDB alone."""
    import duckdb  # noqa: PLC0415  # only this bench needs it

    from hemostat.lake.hunt import Hunt  # noqa: PLC0415  # same

    engine = Hunt(home, seconds=600)
    values = {"actor": _word("actor", 7), "patient": _word("person", 4711), "token": _word("token", 99)}
    for saved in engine.saved():
        given = {one.name: values.get(one.name, one.default) for one in saved.parameters}
        ours = _best(lambda name=saved.name, given=given: engine.run(name, **given))  # type: ignore[misc]  # bound now
        with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "400MB"}) as raw:
            raw.execute("SET TimeZone = 'UTC'")
            raw.execute(f"CREATE VIEW events AS SELECT * FROM read_parquet({files!r}, hive_partitioning = false)")  # noqa: S608  # files of ours
            theirs = _best(lambda sql=saved.sql, given=given: raw.sql(sql, params=given).to_arrow_table())  # type: ignore[misc]  # same
        yield saved.name, ours, theirs


def _best(work: Callable[[], object]) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def _filled(home: Home, events: int) -> list[str]:
    """The lake holds so many made events, written as the pipeline writes them; its files."""
    from hemostat.lake import writer  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # same
    from hemostat.lake.spool import Incoming  # noqa: PLC0415  # same

    chance = random.Random(4)  # noqa: S311  # the same events each time, nothing secret
    with closing(Tools(home).spool()) as spool:
        for first in range(0, events, _BATCH):
            body = b"%d" % first
            spool.append([Incoming(source="edge", key=str(first), received_at=_START, content_type="", headers={}, body=body)])
            plan = spool.plan(most=1)
            if plan is None:
                raise AssertionError  # a message was just appended
            table = _table(first, min(_BATCH, events - first), events, chance)
            spool.written(plan, writer.write(home.lake, batch=plan.batch, table=table), rejected=0)
        return [str(home.lake / part.path) for part in spool.parts()]


def _table(first: int, count: int, events: int, chance: random.Random) -> pa.Table:
    """Made events in the order of time: a few actors, many people, some tokens and networks."""
    from hemostat.events import SCHEMA  # noqa: PLC0415  # loads Arrow

    def pick(kind: str, most: int, *, share: float = 1.0) -> list[str]:
        words = [_word(kind, number) for number in range(min(most, 5000))] if most <= _TOKENS else None
        return [
            ("" if chance.random() >= share else words[chance.randrange(most)] if words else _word(kind, chance.randrange(most)))
            for _ in range(count)
        ]

    step = _SPAN / events
    times = [_START + step * (first + number) for number in range(count)]
    acts = chance.choices(_ACTS, _WEIGHTS, k=count)
    nets = [f"203.0.{number % 250}.0/24" for number in (chance.randrange(_NETS) for _ in range(count))]
    columns: dict[str, list[Any]] = {
        "event_id": [f"{first + number:012d}-00000" for number in range(count)],
        "time": times, "learnt": times, "act": acts, "subject": pick("person", _PEOPLE, share=0.7),
        "actor": pick("actor", _ACTORS, share=0.5), "token": pick("token", _TOKENS, share=0.3), "src_net": nets,
        "auth": chance.choices(["signed", "unsigned", "token", "login"], [60, 5, 25, 10], k=count),
        "result": chance.choices(["success", "denied", "not_found"], [90, 6, 4], k=count),
        "path": chance.choices(["/api/session", "/rest/V1/customers/{n}", "/rest/V1/orders/{n}", "/"], k=count),
        "bytes": [chance.randrange(200, 9000) for _ in range(count)],
        "elements": [["name", "email"] if act != "page:read" else [] for act in acts],
    }  # fmt: skip
    fixed = {
        "source": "edge", "store": "fernhollow", "environment": "sandbox", "surface": "storefront", "actor_type": "staff",
        "host": "care.fernhollow.example", "method": "GET", "status": 200, "subjects": 1, "estimated": False, "asn": 64500,
        "app": "", "resource": "customer", "operation": "", "class_uid": 6005, "activity_id": 1, "offset_minutes": 0,
        "severity": 1,
    }  # fmt: skip
    empty: dict[str, list[str]] = {"query_keys": [], "fields": [], "phi": []}
    arrays = []
    for field in SCHEMA:
        value = (
            columns.get(field.name)
            or [fixed.get(field.name, empty.get(field.name, None if field.name == "skew_ms" else ""))] * count
        )
        arrays.append(pa.array(value, field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _word(kind: str, number: int) -> str:
    """A made pseudonym."""
    digits = "abcdefghijklmnopqrstuvwxyz234567"
    return f"{kind}_" + "".join(digits[number >> (5 * place) & 31] for place in range(16))
