"""A sink that hangs or is away delays no alert and loses nothing: it gets everything when it is back."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from hemostat.alerts.models import Alert
from hemostat.kernel import Home, Sink
from hemostat.lake.reader import read
from hemostat.lake.spool import Incoming, Spool
from hemostat.sandbox.wires.faults import Fault, Faults, receiving
from hemostat.sandbox.wires.splunk_hec import SplunkHec
from hemostat.sinks.journal import Journal
from hemostat.worker.loop import Worker

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def waits(true: Callable[[], bool]) -> bool:
    """Does it become true in good time?"""
    return any(true() or time.sleep(0.02) for _ in range(750))


def leak(spool: Spool, first: int, count: int) -> None:
    """Unsigned calls for consecutive customers are in the spool."""
    lines = [
        msgspec.json.encode(
            {
                "time": (START + timedelta(seconds=2 * n)).isoformat(),
                "ip": "203.0.113.24",
                "asn": 64500,
                "host": "care-app.fernhollow.example",
                "request": f"GET /api/session?cid={7_000_000 + n} HTTP/1.1",
                "status": 200,
            }
        )
        for n in range(first, first + count)
    ]
    received = START + timedelta(seconds=2 * (first + count))
    body = b"\n".join(lines)
    spool.append([Incoming(source="edge", key=str(first), received_at=received, content_type="", headers={}, body=body)])


@pytest.mark.django_db
def test_alerts_come_while_a_sink_hangs_and_the_sink_gets_all_of_it_later(home: Home, spool: Spool, worker: Worker) -> None:
    """The receiver takes connections and says nothing; the worker's round is that of a day without a sink."""
    splunk = SplunkHec(faults=Faults(0, share=1.0, most=1_000, kinds=(Fault.TIMEOUT,)))
    home.keyring(home.settings()).put("sink.siem", [splunk.token.encode()])
    with receiving(splunk, hang=30.0) as url:
        sink = Sink(kind="splunk", url=url, options={"seconds": 0.5})
        home.write(msgspec.structs.replace(home.settings(), sinks={"siem": sink}))
        leak(spool, 0, 20)
        worker.drain()
        worker.sides()
        assert waits(lambda: splunk.faults.met.total() > 0)

        leak(spool, 20, 40)
        worker.drain()
        while worker.detect():
            pass

        assert Alert.objects.exists()
        assert not splunk.ids
        splunk.faults.stop()
        events = read(home, spool.parts())["event_id"].to_pylist()
        assert waits(lambda: set(events) == set(splunk.ids))
        worker.close()

    journal = Journal(home)
    assert len(events) == journal.stream("siem").sent
    journal.close()
