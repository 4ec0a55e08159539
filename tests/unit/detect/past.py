"""A lake with a past, for tests of back-tests, and rules to be tried over it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pyarrow as pa

from hemostat.detect.rules import RuleSet, load
from hemostat.detect.samples import sample_table
from hemostat.events import SCHEMA
from hemostat.kernel import Home, Settings
from hemostat.lake import writer
from hemostat.lake.spool import Incoming, Spool

START = datetime(2026, 3, 2, tzinfo=UTC)
DENIED, MANY = "5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e01", "5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e02"

ONE = """
    title: A read was denied
    id: 5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e01
    logsource: {product: hemostat}
    detection:
      of: {hemostat.act: "customer:read", status: denied}
      condition: of
"""
TOGETHER = """
    title: Reads that feed
    name: reads
    logsource: {product: hemostat}
    detection:
      of: {hemostat.act: "customer:read"}
      condition: of
    ---
    title: Many reads by one actor
    id: 5f0c2a1e-7d41-4f0e-9a43-1c0f6b2d7e02
    correlation:
      type: event_count
      rules: [reads]
      group-by: [actor.user.uid]
      timespan: 10m
      condition: {gte: 4}
"""


class Lake:
    """A home whose spool takes rows batch by batch, as detection sees them."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path / "home")
        self.home.create(Settings(kind="sandbox"))
        self.spool = Spool(self.home.spool, key=self.home.keyring(self.home.settings()).secret("spool"), limit=10**9)

    def put(self, rows: Sequence[dict[str, Any]]) -> pa.Table:
        """The rows are the next batch of the lake: `at` is minutes after the start, what is not said is empty."""
        key = f"put-{self.spool.lag().last_seq}"
        self.spool.append([Incoming(source="app", key=key, received_at=START, content_type="", headers={}, body=b"-")])
        plan = self.spool.plan(most=1)
        assert plan is not None
        table = table_of(rows, message=plan.first)
        self.spool.written(plan, writer.write(self.home.lake, batch=plan.batch, table=table), rejected=0)
        return table

    def close(self) -> None:
        """The spool is closed."""
        self.spool.close()


def table_of(rows: Sequence[dict[str, Any]], *, message: int = 1) -> pa.Table:
    """Rows of one message: a read of a customer by somebody, or what is given instead."""
    (empty,) = sample_table([{"act": "customer:read", "result": "success", "source": "app"}], start=START).to_pylist()
    made = []
    for index, given in enumerate(rows):
        moment = START + timedelta(minutes=given["at"])
        told = {key: value for key, value in given.items() if key != "at"}
        made.append({**empty, "event_id": f"{message:012d}-{index:05d}", "time": moment, "learnt": moment, **told})
    return pa.Table.from_pylist(made, schema=SCHEMA)


def rules(folder: Path, *texts: str) -> RuleSet:
    """The rules of these texts."""
    path = folder / "tried.yml"
    path.write_text("\n---\n".join(dedent(text) for text in texts), "utf-8")
    found = load(path)
    assert not found.faults
    return found
