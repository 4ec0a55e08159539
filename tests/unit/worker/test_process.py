"""The worker as a process: alone on its home, small, ended by a signal, and none the worse for being killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import psutil
import pytest

from hemostat.kernel import Home
from hemostat.kernel.supervise import MODEST
from hemostat.lake.pipeline import Tools
from hemostat.lake.reader import read
from hemostat.lake.spool import Incoming, Spool
from hemostat.worker.process import AlreadyRunning, only_worker

pytestmark = pytest.mark.slow
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
KILLS = int(os.environ.get("HEMOSTAT_SOAK", "3"))
MOST_MEMORY = 170_000_000
"""Bytes of its own. Code of libraries is apart: how much of it lies in memory is the system's choice, and differs by machine."""

TABLES = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0, interactive=False)
"""
SERVE = """
from hemostat.kernel import Home
from hemostat.worker.process import serve
serve(Home.from_environment())
"""
STATE = f"""{TABLES}
import json
from hemostat.alerts.models import Alert
from hemostat.alerts.selectors import last_detected_batch
from hemostat.people.ledger import chain_verify
alerts = [[alert.title, alert.events] for alert in Alert.objects.order_by("pk")]
print(json.dumps({{"batch": last_detected_batch(), "alerts": alerts, "entries": chain_verify().seq}}))
"""

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    """Start a worker of the home in a process of its own."""
    running: list[subprocess.Popen[str]] = []
    subprocess.run([sys.executable, "-c", TABLES], env=_environment(home), check=True)

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", SERVE], env=_environment(home), stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield start
    for process in running:
        if process.returncode is None:
            process.kill()
            process.communicate()


def _environment(home: Home) -> dict[str, str]:
    own = {"HEMOSTAT_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "hemostat.console.settings"}
    return {**os.environ, **MODEST, **own}  # as the supervisor starts it


def _line(number: int, *, ordinary: bool = False) -> bytes:
    target = f"/products/{number}" if ordinary else f"/api/session?cid={7_000_000 + number}"
    return msgspec.json.encode(
        {
            "time": (START + timedelta(milliseconds=300 * number)).isoformat(),
            "ip": "203.0.113.24",
            "host": "care-app.fernhollow.example",
            "request": f"GET {target} HTTP/1.1",
            "status": 200 if number % 5 == 0 else 404,
        }
    )


def _send(spool: Spool, first: int, count: int, *, size: int = 10, ordinary: bool = False) -> None:
    spool.append(
        [
            Incoming(
                source="edge",
                key=str(n),
                received_at=START + timedelta(milliseconds=300 * (n + size)),
                content_type="",
                headers={},
                body=b"\n".join(_line(m, ordinary=ordinary) for m in range(n, n + size)),
            )
            for n in range(first, first + count, size)
        ]
    )


def _wait(holds: Callable[[], bool]) -> None:
    for _ in range(3000):  # a bound, not a measure: other tests and their processes share the machine
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen within 150 s.")


def _state(home: Home) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", STATE], env=_environment(home), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_a_worker_stops_when_asked(spool: Spool, start: Start) -> None:
    """SIGTERM ends it in order, with the log saying so and no patient's number in it."""
    process = start()
    _send(spool, 0, 40)
    _wait(lambda: spool.last_batch() == 1)

    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=120)

    assert 0 == process.returncode
    assert ["worker.started", "worker.stopped"] == [events[0] for events in (_events(log), _events(log)[::-1])]
    assert "70000" not in log


def _events(log: str) -> list[str]:
    return [json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")]


def test_a_second_worker_is_refused(home: Home) -> None:
    """Two workers on one home would write the same batch; the second hears so."""
    with only_worker(home), pytest.raises(AlreadyRunning, match="Another worker serves"), only_worker(home):
        pass
    with only_worker(home):
        pass


def test_a_busy_worker_stays_small(home: Home, spool: Spool, start: Start) -> None:
    """After a hundred thousand ordinary events and a leak of a thousand, it has less than 170 MB of its own."""
    for first in range(0, 100_000, 10_000):
        _send(spool, first, 10_000, size=100, ordinary=True)
    _send(spool, 100_000, 1_000)
    process = start()

    _wait(lambda: spool.lag().messages == 0)
    _wait(lambda: _state(home)["batch"] == spool.last_batch())

    assert psutil.Process(process.pid).memory_full_info().uss < MOST_MEMORY


def test_a_killed_worker_leaves_no_event_and_no_alert_twice(home: Home, spool: Spool, start: Start) -> None:
    """Killed at random moments under load, it ends with each event once and each alert once, and a ledger that holds."""
    chance = random.Random(7)  # noqa: S311  # moments to kill at, no secret
    sent = 0
    for _ in range(KILLS):
        process = start()
        before = spool.last_batch()
        for _ in range(5):
            _send(spool, sent, 200)
            sent += 200
            time.sleep(0.05)
        _wait(lambda before=before: spool.last_batch() > before)
        time.sleep(chance.uniform(0, 0.6))
        process.kill()
        process.communicate()

    process = start()
    _wait(lambda: spool.lag().messages == 0)
    _wait(lambda: _state(home)["batch"] == spool.last_batch())
    process.terminate()
    process.communicate()

    table = read(home, spool.parts())
    expected = {Tools(home).pseudonyms.of("person", str(7_000_000 + n)) for n in range(sent)}
    assert Counter(expected) == Counter(table["subject"].to_pylist())
    state = _state(home)
    alerts = dict(state["alerts"])  # type: ignore[call-overload]  # pairs of title and events
    assert len(alerts) == len(state["alerts"])  # type: ignore[arg-type]  # the same list
    assert sent == next(events for title, events in alerts.items() if title.startswith("Session route answers"))
