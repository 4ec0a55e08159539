"""Rows of the lake about invented people at work, for tests of what is normal."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from hemostat.detect.reach import COLUMNS
from hemostat.detect.samples import sample_table
from hemostat.events import SCHEMA

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""

HOUR, DAY = 3600, 86_400

Row = dict[str, Any]

(_EMPTY,) = sample_table(
    [{"act": "customer:read", "result": "success", "actor_type": "staff", "path": "/customers/{n}"}], start=START
).to_pylist()
_SCHEMA = pa.schema([SCHEMA.field(name) for name in COLUMNS])


def table(rows: Iterable[Row]) -> pa.Table:
    """The rows with the columns that baselines read; `at` is seconds after the start, what is not said is empty."""
    made = []
    for number, row in enumerate(rows):
        moment = START + timedelta(seconds=row["at"])
        full = {**_EMPTY, "event_id": f"e{row['at']:.3f}-{number}", "time": moment, "learnt": moment, **row}
        made.append({name: full[name] for name in COLUMNS})
    return pa.Table.from_pylist(made, schema=_SCHEMA)


def views(actor: str, at: Iterable[float], *, people: Iterator[int] | None = None, **more: Any) -> list[Row]:
    """Somebody looks at a patient at each of these moments: at one after the other, or at those whose numbers are given."""
    return [
        {"at": moment, "actor": actor, "subject": f"subject_{next(people) if people else n}", **more}
        for n, moment in enumerate(at)
    ]


def shift(random: Random, day: int, *, mean: float, deviation: float, start: float = 22, hours: float = 8) -> list[float]:
    """Moments of a shift that begins at hour `start` of the day, about `mean` of them."""
    count = max(0, round(random.gauss(mean, deviation)))
    return sorted(day * DAY + (start + random.uniform(0, hours)) * HOUR for _ in range(count))


def strangers(random: Random) -> Iterator[int]:
    """Numbers of patients, anybody's."""
    while True:
        yield random.randrange(100_000)
