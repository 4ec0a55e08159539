"""A home with two sources, and ways to fill its spool and its lake."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from hemostat.events import SCHEMA
from hemostat.kernel import Home, Route, Settings, Source
from hemostat.lake import writer
from hemostat.lake.spool import Part, Receipt, Spool
from unit.lake.made import incoming

Put = Callable[..., list[Part]]
Send = Callable[..., list[Receipt]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A sandbox home whose `edge` is an access log with the route of the story, and whose `app` speaks our own words."""
    home = Home(tmp_path / "home")
    route = Route(
        prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"], signed_by="signature"
    )
    sources = {
        "edge": Source(kind="access-log", store="fernhollow", environment="sandbox", routes=[route]),
        "app": Source(kind="events", store="fernhollow", environment="sandbox"),
    }
    home.create(Settings(kind="sandbox", sources=sources))
    return home


@pytest.fixture
def spool(home: Home) -> Iterator[Spool]:
    """The spool of the home."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=500_000_000)
    yield spool
    spool.close()


@pytest.fixture
def put(home: Home, spool: Spool) -> Put:
    """Write rows to the lake as one batch, as the pipeline does once they are redacted."""

    def put(rows: Sequence[dict[str, Any]]) -> list[Part]:
        spool.append([incoming(source="app", key=f"put-{spool.lag().last_seq}", body=b"-")])
        plan = spool.plan(most=1)
        assert plan is not None
        numbered = [{"event_id": f"{plan.first:012d}-{index:05d}", **given} for index, given in enumerate(rows)]
        parts = writer.write(home.lake, batch=plan.batch, table=pa.Table.from_pylist(numbered, schema=SCHEMA))
        spool.written(plan, parts, rejected=0)
        return parts

    return put


@pytest.fixture
def send(spool: Spool) -> Send:
    """Put events in our own words into the spool, as one message of the source `app`."""

    def send(*events: dict[str, Any], key: str = "", source: str = "app") -> list[Receipt]:
        body = b"\n".join(msgspec.json.encode(event) for event in events)
        return spool.append([incoming(source=source, key=key or f"key-{spool.lag().last_seq}", body=body)])

    return send
