"""Events, sinks and forwarders that the tests of the sinks make."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from hemostat.events import SCHEMA
from hemostat.kernel import Clock, Home, Sink
from hemostat.lake import writer
from hemostat.lake.spool import Spool
from hemostat.sinks import ways_of
from hemostat.sinks.base import Record, Taken, Unavailable
from hemostat.sinks.runner import Patience, Runner
from unit.lake.made import NOON, incoming, row

TOKEN = "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11"
KEY = "0123456789abcdef0123456789abcdef"


class StoppedClock:
    """A clock that stands at an hour after the events."""

    def now(self) -> datetime:
        """The same moment, always."""
        return NOON + timedelta(hours=1)


def put(home: Home, spool: Spool, rows: list[dict[str, Any]]) -> list[str]:
    """The rows are in the lake as one batch; their ids."""
    spool.append([incoming(source="app", key=f"put-{spool.lag().last_seq}", body=b"-")])
    plan = spool.plan(most=1)
    assert plan is not None
    ids = [f"{plan.first:012d}-{index:05d}" for index in range(len(rows))]
    numbered = [{**row(), "event_id": one, **given} for one, given in zip(ids, rows, strict=True)]
    parts = writer.write(home.lake, batch=plan.batch, table=pa.Table.from_pylist(numbered, schema=SCHEMA))
    spool.written(plan, parts, rejected=0)
    return ids


def filled(home: Home, spool: Spool, *, batches: int, each: int, **given: Any) -> list[str]:
    """So many batches of so many events; their ids."""
    return [one for _ in range(batches) for one in put(home, spool, [given] * each)]


def runner(
    home: Home,
    spool: Spool,
    sink: Sink,
    *,
    name: str = "siem",
    clock: Clock | None = None,
    ticks: Callable[[], float] | None = None,
) -> Runner:
    """What fills the sink, without patience: the next poll tries at once."""
    ways = ways_of(name, sink, home=home)
    timing: dict[str, Any] = {"ticks": ticks} if ticks else {}
    return Runner(
        name,
        home=home,
        spool=spool,
        clock=clock or StoppedClock(),
        only=ways.only,
        channel=ways.make,
        patience=Patience(first=0.0, longest=0.0),
        **timing,
    )


def run(forwarder: Runner, *, polls: int = 200) -> None:
    """Everything is forwarded; a receiver that is away is asked again."""
    for _ in range(polls):
        try:
            if not forwarder.poll():
                return
        except Unavailable:
            continue


def records(count: int, **given: Any) -> list[Record]:
    """So many records as a channel gets them."""
    return [Record.of({**row(), "event_id": f"{number:012d}-00000", **given}) for number in range(1, count + 1)]


def sent(taken: Iterator[Taken]) -> int:
    """How many events were taken."""
    return sum(one.sent for one in taken)


def nothing(_: object) -> Callable[[], None]:
    """Nobody needs to know that records leave, or that they did not arrive."""
    return lambda: None


SOON = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
