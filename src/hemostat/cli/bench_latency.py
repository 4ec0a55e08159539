"""`hemostat bench latency`: from the arrival of planted events at the door to the row of their alert."""

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from hemostat.kernel import BadInput, Home, Settings
from hemostat.kernel.supervise import Supervisor

from .django import database_ready

_TRIALS = 15
_ORDINARY_RATE = 500  # events a second beside the planted ones
_LIMIT = 2.0  # seconds from the first planted event's arrival to the alert's row


def latency() -> dict[str, Any]:
    """Seconds from the arrival of planted events to the alert's row, beside 500 ordinary events a second."""
    with _running() as (home, settings):
        stop = threading.Event()
        ordinary = threading.Thread(target=_ordinary, args=(home, settings, stop), daemon=True)
        ordinary.start()
        try:
            time.sleep(3)  # the first batches warm everything up
            waits = [_plant(home, settings, trial) for trial in range(_TRIALS)]
        finally:
            stop.set()
            ordinary.join()
    middle = median(waits)
    return {
        "trials": _TRIALS,
        "ordinary events a second": _ORDINARY_RATE,
        "median seconds to the alert's row": middle,
        "slowest seconds": max(waits),
        "share of the limit of 2 s (median)": middle / _LIMIT,
    }


@contextmanager
def _running() -> Iterator[tuple[Home, Settings]]:
    """A fresh sandbox home with the real intake and the real worker over it."""
    from hemostat.sandbox.homes import sandbox_home_create  # noqa: PLC0415  # the sandbox is loaded only when asked for

    folder = Path(tempfile.mkdtemp(prefix="hemostat-bench-"))
    home = sandbox_home_create(folder / "home", seed=1, ports=None)
    (home.path / "clock.json").unlink(missing_ok=True)  # this bench lives by the machine's clock
    database_ready(home)
    supervisor = Supervisor(
        {name: [sys.executable, "-m", f"hemostat.{name}"] for name in ("intake", "worker")},
        environment=os.environ | {"HEMOSTAT_HOME": str(home.path)},
        logs=home.logs,
    )
    settings = home.settings()
    supervisor.start()
    try:
        _until(lambda: _healthy(settings), "the intake does not answer")
        yield home, settings
    finally:
        supervisor.stop()
        shutil.rmtree(folder)


def _plant(home: Home, settings: Settings, trial: int) -> float:
    """Seconds from just before the planted calls are sent until the row of their alert can be read."""
    before = _alerts(home)
    lines = [_line(5_000_000 + trial * 1000 + number, f"203.0.113.{trial + 1}", signed=False) for number in range(30)]
    started = time.monotonic()
    _post(home, settings, httpx.Client(trust_env=False), lines)
    _until(lambda: _alerts(home) > before, "no alert came")
    waited = time.monotonic() - started
    time.sleep(0.5)
    return waited


def _ordinary(home: Home, settings: Settings, stop: threading.Event) -> None:
    client, number = httpx.Client(trust_env=False), 0
    while not stop.is_set():
        began = time.monotonic()
        lines = [
            _line(number + one, f"198.51.{(number + one) // 250 % 250}.{(number + one) % 250}", signed=True) for one in range(50)
        ]
        _post(home, settings, client, lines)
        number += len(lines)
        stop.wait(max(0.0, len(lines) / _ORDINARY_RATE - (time.monotonic() - began)))


def _post(home: Home, settings: Settings, client: httpx.Client, lines: list[str]) -> None:
    key = home.keyring(settings).secret("source.edge").hex()
    url = f"http://{settings.intake.host}:{settings.intake.port}/in/events/edge"
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    client.post(url, content="\n".join(lines), headers=headers, timeout=30).raise_for_status()


def _line(number: int, address: str, *, signed: bool) -> str:
    query = f"cid={number}&shop=fernhollow.myshopify.com" + (
        f"&logged_in_customer_id={number}&signature={'0' * 64}" if signed else ""
    )
    return json.dumps(
        {
            "time": datetime.now(UTC).isoformat(),
            "remote_addr": address,
            "asn": 64500,
            "host": "care-app.fernhollow.example",
            "method": "GET",
            "uri": f"/api/session?{query}",
            "status": 200,
            "bytes": 812,
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
            "request_id": f"{number:032x}",
        }
    )


def _alerts(home: Home) -> int:
    with sqlite3.connect(f"file:{home.database}?mode=ro", uri=True) as database:
        (count,) = database.execute("SELECT count(*) FROM alerts_alert").fetchone()
    database.close()
    return int(count)


def _healthy(settings: Settings) -> bool:
    try:
        return httpx.get(f"http://{settings.intake.host}:{settings.intake.port}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not true():
        if time.monotonic() > deadline:
            raise BadInput(f"The bench stopped: {what}.", advice="Run it again; look at the machine's load.")
        time.sleep(0.01)
