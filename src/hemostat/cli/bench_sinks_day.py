"""What `hemostat bench sinks` measures second: a receiver that is away while a day of events comes in, and then gets all of it.

Twice the real worker runs over the same events at the same pace, with alerts planted all the while: once with a receiver that
takes everything, once with one that takes connections and says nothing until all events are in the lake. What is told are ratios
of the second to the first: of the worker's memory, and of the time from planted events to their alert, while the receiver is away
and while it gets what it missed. And the memory of one forwarder alone, over a backlog and one ten times as long.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.kernel import BadInput, Home, Route, Sink, Source, Target

from .bench_mix import messages
from .bench_mix import settings as mix
from .bench_sinks import KEY, allowed, filling, made_home, opened_spool, through_faults
from .bench_watch import peak

if TYPE_CHECKING:
    from hemostat.sandbox.wires.faults import Faults
    from hemostat.sandbox.wires.splunk_hec import SplunkHec

EVENTS = 200_000
"""Events that come in while a receiver is away; a day of a busy store has a million."""

_RATE = 4000  # events a second that come in
_AHEAD = 20_000  # messages that may wait for the lake; then the sender waits as well
_TOGETHER = 50  # messages handed to the spool at a time
_EVERY = 4.0  # seconds between two planted leaks
_LEAK = 60  # calls of one leak
_SILENT = 2.0  # seconds that a receiver which is away holds a request; the sender waits for half of it
_PATIENCE = 900.0  # seconds for anything to happen
_BACKLOG, _TIMES = 20_000, 10
_FORWARDER = """
import sys
from pathlib import Path
from hemostat.cli.bench_sinks_day import forwarded
print(forwarded(Path(sys.argv[1]), sys.argv[2]))
"""


def sinks(events: int = EVENTS) -> dict[str, Any]:
    """Events lost, and repeated without being declared, through ten thousand faults; and what a receiver costs that is away."""
    return {**through_faults(), **day(events)}


def day(events: int = EVENTS) -> dict[str, Any]:
    """A receiver that is away while so many events come in, against one that is there."""
    there, away = _run(events, is_away=False), _run(events, is_away=True)
    few, many = _alone(_BACKLOG), _alone(_BACKLOG * _TIMES)
    figures = {
        "away: events": away["events"],
        "away: lost": there["lost"] + away["lost"],
        "away: ids that came too often": there["undeclared"] + away["undeclared"],
        "away: worker's megabytes": away["megabytes"],
        "away: times those with the receiver there": away["megabytes"] / there["megabytes"],
        "away: seconds to an alert (median)": median(away["waits"]),
        "away: times those with the receiver there (alerts)": median(away["waits"]) / median(there["waits"]),
        "catching up: seconds to an alert (median)": median(away["waits back"]),
        "catching up: times those with the receiver there": median(away["waits back"]) / median(there["waits"]),
        "catching up: events a second": away["events"] / away["seconds back"],
        "catching up: times the pace at which they came": away["events"] / away["seconds back"] / _RATE,
        "forwarder alone: megabytes over a backlog": few,
        "forwarder alone: times those at ten times the backlog": many / few,
    }
    if figures["away: lost"] or figures["away: ids that came too often"]:
        raise BadInput("The bench stopped: events were lost or repeated without being declared.", advice=str(figures))
    return figures


def _run(events: int, *, is_away: bool) -> dict[str, Any]:
    """One run of the worker, with a receiver that is there or away."""
    from hemostat.sandbox.wires.faults import Fault, Faults, receiving  # noqa: PLC0415  # the sandbox is loaded only when asked for
    from hemostat.sandbox.wires.splunk_hec import SplunkHec  # noqa: PLC0415  # same

    faults = Faults(1, share=1.0 if is_away else 0.0, most=10**9, kinds=(Fault.TIMEOUT,))
    twin = SplunkHec(token=KEY, faults=faults, keeps_events=False)
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder, receiving(twin, hang=_SILENT) as url:
        home = _made(Path(folder) / "home", url)
        with _working(home) as pid:
            return _measured(home, pid, twin, faults, events)


def _measured(home: Home, pid: int, twin: "SplunkHec", faults: "Faults", events: int) -> dict[str, Any]:
    planting = _Planting(home)
    planting.leak()  # everything is warm
    planting.waits.clear()
    with planting:
        _feed(home, events)
        _until(lambda: not _waiting(home), "the lake did not take the events")
    waits, planting.waits = planting.waits, []
    faults.stop()
    rows = _ids(home)
    before = twin.ids.total()
    _until(lambda: twin.ids.total() > before or len(twin.ids) >= len(rows), "the receiver was not tried again")
    began = time.monotonic()
    with planting:
        _until(lambda: len(twin.ids) >= len(rows), "the receiver did not get everything")
        seconds = time.monotonic() - began
        _until(lambda: bool(planting.waits), "no alert came")
    rows = _ids(home)
    _until(lambda: len(twin.ids) >= len(rows), "the receiver did not get everything")
    return {
        "events": len(rows),
        "waits": waits,
        "waits back": planting.waits,
        "seconds back": seconds,
        "megabytes": peak(pid),
        **_judged(home, twin, rows),
    }


def _judged(home: Home, twin: "SplunkHec", rows: list[str]) -> dict[str, int]:
    """How many of the events never arrived, and how many came more often than the journal declares."""
    from hemostat.sinks.journal import Journal  # noqa: PLC0415  # loads Arrow

    journal = Journal(home)
    often = allowed(rows, journal.redeliveries("twin"))
    journal.close()
    return {
        "lost": sum(one not in twin.ids for one in rows),
        "undeclared": sum(twin.ids[one] - 1 > often[one] for one in rows) + (len(twin.ids) - len(rows)),
    }


class _Planting:
    """Leaks are planted for as long as the block runs; `waits` are the seconds from each to the row of its alert."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._number = 0
        self._stop = threading.Event()
        self.waits: list[float] = []

    def __enter__(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._plant, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def leak(self) -> None:
        """Unsigned calls for consecutive customers from a new address come in, and their alert is there."""
        from hemostat.lake.spool import Incoming  # noqa: PLC0415  # loads msgpack and the seals

        self._number += 1
        before, now = _alerts(self._home), datetime.now(UTC)
        lines = b"\n".join(_call(self._number, number, now) for number in range(_LEAK))
        one = Incoming(source="care", key=str(self._number), received_at=now, content_type="", headers={}, body=lines)
        began = time.monotonic()
        spool = opened_spool(self._home)
        spool.append([one])
        spool.close()
        _until(lambda: _alerts(self._home) > before, "no alert came")
        self.waits.append(time.monotonic() - began)

    def _plant(self) -> None:
        while not self._stop.is_set():
            self.leak()
            self._stop.wait(_EVERY)


def _call(leak: int, number: int, now: datetime) -> bytes:
    return msgspec.json.encode(
        {
            "time": (now - timedelta(seconds=(_LEAK - number) / 10)).isoformat(),
            "ip": f"203.0.113.{leak % 250 + 1}",
            "asn": 64500 + leak,
            "host": "care-app.fernhollow.example",
            "request": f"GET /api/session?cid={7_000_000 + 1000 * leak + number} HTTP/1.1",
            "status": 200,
        }
    )


def _made(path: Path, url: str) -> Home:
    """A home that reads the mix and the planted calls, and forwards all of it."""
    route = Route(
        prefix="/api/session", surface="storefront", act="session:read", subject="cid", exposes=["email"], signed_by="signature"
    )
    known = mix()
    care = Source(kind="access-log", store="fernhollow", environment="sandbox", routes=[route])
    sink = Sink(kind="splunk", url=url, options={"seconds": _SILENT / 2})
    home = Home(path)
    # The guard of a sandbox lets its processes reach targets only.
    targets = {"twin": Target(url=url)}
    home.create(msgspec.structs.replace(known, sources=known.sources | {"care": care}, sinks={"twin": sink}, targets=targets))
    home.keyring(home.settings()).put("sink.twin", [KEY.encode()])
    return home


@contextmanager
def _working(home: Home) -> Iterator[int]:
    """The real worker serves the home; its process."""
    environment = os.environ | {"HEMOSTAT_HOME": str(home.path)}
    migrate = [sys.executable, "-m", "django", "migrate", "-v0", "--settings", "hemostat.console.settings"]
    subprocess.run(migrate, env=environment, check=True)  # noqa: S603  # our own
    log = (home.logs / "worker.log").open("wb")
    with log, subprocess.Popen([sys.executable, "-m", "hemostat.worker"], env=environment, stderr=log) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def _feed(home: Home, events: int) -> None:
    """The events are in the spool, at their pace, and slower when the lake does not follow."""
    spool, began, sent = opened_spool(home), time.monotonic(), 0
    waiting = []
    for message in messages(events, seed=7):
        waiting.append(message)
        sent += message.body.count(b"\n") + 1
        if len(waiting) >= _TOGETHER:
            spool.append(waiting)
            waiting = []
            _until(lambda: spool.lag().messages < _AHEAD, "the worker does not follow")
            time.sleep(max(0.0, sent / _RATE - (time.monotonic() - began)))
    spool.append(waiting)
    spool.close()


def _waiting(home: Home) -> int:
    spool = opened_spool(home)
    try:
        return int(spool.lag().messages)
    finally:
        spool.close()


def _ids(home: Home) -> list[str]:
    """The ids of all events of the lake, in order."""
    from hemostat.lake.reader import read  # noqa: PLC0415  # loads Arrow

    spool = opened_spool(home)
    try:
        return sorted(read(home, spool.parts(), columns=["event_id"])["event_id"].to_pylist())
    finally:
        spool.close()


def _alerts(home: Home) -> int:
    with sqlite3.connect(f"file:{home.database}?mode=ro", uri=True, timeout=30.0) as database:
        (count,) = database.execute("SELECT count(*) FROM alerts_alert WHERE rule != 'monitoring-gap'").fetchone()
    database.close()
    return int(count)


def _until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise BadInput(f"The bench stopped: {what}.", advice="Run it again; look at the machine's load.")
        time.sleep(0.02)


def _alone(events: int) -> float:
    """The most megabytes of one forwarder, in a process of its own, over a backlog of so many events."""
    from hemostat.lake.compaction import compact  # noqa: PLC0415  # loads Arrow
    from hemostat.sandbox.wires.faults import receiving  # noqa: PLC0415  # the sandbox is loaded only when asked for
    from hemostat.sandbox.wires.splunk_hec import SplunkHec  # noqa: PLC0415  # same

    twin = SplunkHec(token=KEY, keeps_events=False)
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder, receiving(twin) as url:
        home = made_home(Path(folder))
        with filling(home) as put:
            for _ in range(events // 1000):
                put(1000)
        spool = opened_spool(home)
        while compact(home, spool, last_batch=spool.last_batch()):
            pass
        spool.close()
        command = [sys.executable, "-c", _FORWARDER, str(home.path), url]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  # our own program
    if told.returncode or len(twin.ids) != events:
        raise BadInput("The bench stopped: a forwarder failed.", advice="Run it again; look at the machine's load.")
    return float(told.stdout)


def forwarded(path: Path, url: str) -> float:
    """Everything in the lake of the home at `path` has been forwarded by this process; the most megabytes that it held."""
    import pyarrow as pa  # noqa: PLC0415  # a process of its own needs it

    from hemostat.kernel import SystemClock  # noqa: PLC0415  # same
    from hemostat.sinks import forwarder_of  # noqa: PLC0415  # same

    pa.set_memory_pool(pa.system_memory_pool())  # as the worker does
    home = Home(path)
    sink = Sink(kind="splunk", url=url)
    forwarder = forwarder_of("twin", sink, home=home, spool=opened_spool(home), clock=SystemClock())
    while forwarder.poll():
        pass
    forwarder.close()
    return peak(os.getpid())
