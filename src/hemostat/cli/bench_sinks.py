"""What `hemostat bench sinks` measures first: events through ten thousand faults of strict receivers. Nothing may be lost.

Each id is judged for itself: it may arrive once, and once more for each batch with it that the sink's own journal declares as
sent again. A receiver that only refuses cleanly is no excuse: there nothing may be declared, and nothing may come twice.
"""

import random
import sqlite3
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemostat.kernel import BadInput, Home, Settings, Sink, SystemClock

if TYPE_CHECKING:
    from collections import Counter

    from hemostat.sandbox.wires.faults import Fault
    from hemostat.sinks.doubts import Redelivery
    from hemostat.sinks.runner import Runner

_FAULTS = 10_000
_SHARE = 0.6  # of the requests that meet a fault
_SHARE_OF_READS = 0.03  # the same for syslog, where a receiver reads a kilobyte or two at a time
_CLEAN = 10  # one in so many faults comes from a receiver that only refuses cleanly
_WINDOWS = 50  # events a batch of the lake
_HANG = 0.06  # seconds that a receiver says nothing; the sender waits for 0.04
_SETTLES = 5.0  # seconds at most until a receiver has read what had reached its machine
KINDS = ("splunk", "splunk with acknowledgment", "datadog", "otlp", "syslog", "files")
"""The sinks, Splunk in both of its ways."""


def through_faults() -> dict[str, Any]:
    """Events lost, repeated without being declared, and how many arrived, through ten thousand faults of each strict receiver."""
    figures: dict[str, Any] = {}
    each = -(-_FAULTS // len(KINDS))
    for number, kind in enumerate(KINDS):
        refusals = each // _CLEAN if kind in _REFUSE else 0
        for name, value in campaign(kind, seed=number, faults=each - refusals).items():
            figures[f"{kind}: {name}"] = value
        if refusals:
            clean = campaign(kind, seed=number, faults=refusals, clean=True)
            figures[f"{kind}: faults"] += clean["faults"]
            for name in ("lost", "undeclared", "declared as sent again"):
                figures[f"{kind}, clean refusals: {name}"] = clean[name]
    bad = ("lost", "undeclared", "clean refusals: declared as sent again")
    if any(value for name, value in figures.items() if name.endswith(bad)):
        raise BadInput("The bench stopped: events were lost or repeated without being declared.", advice=str(figures))
    return {"faults": _total(figures, "faults"), "lost": 0, "ids that came too often": 0, **figures}


def campaign(kind: str, *, seed: int, faults: int, clean: bool = False) -> dict[str, Any]:
    """Events are forwarded to a strict twin until it has failed `faults` times, and then to the end; what came of it.

    At each seventh failure another forwarder takes over, which knows only what the journal says.
    clean: the receiver only refuses, and keeps nothing of what it refuses.
    """
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        home = made_home(Path(folder))
        if kind == "files":
            return _files(home, seed=seed, faults=faults)
        return _network(kind, home, seed=seed, faults=faults, clean=clean)


def _network(kind: str, home: Home, *, seed: int, faults: int, clean: bool) -> dict[str, Any]:
    from hemostat.sandbox.wires.faults import Faults  # noqa: PLC0415  # the sandbox is loaded only when asked for

    share = _SHARE if kind != "syslog" else _SHARE_OF_READS
    plan = Faults(seed, share=share, most=faults, kinds=_faults_of(kind, clean=clean))
    twin, began, ids = _twin(kind, plan), time.monotonic(), set[str]()
    with _receiving(kind, twin) as url, filling(home) as put:
        sink = _sink(kind, url, patient=clean)
        while plan.met.total() < faults:
            ids |= put(_WINDOWS)
            _forward(home, sink, restarts=not clean)
        plan.stop()
        _forward(home, sink, restarts=not clean)
        leave = time.monotonic() + _SETTLES
        while ids - twin.ids.keys() and time.monotonic() < leave:
            time.sleep(0.01)  # what has reached the machine is still being read
    return {**_account(home, twin.ids, ids), "faults": plan.met.total(), "seconds": time.monotonic() - began}


def _files(home: Home, *, seed: int, faults: int) -> dict[str, Any]:
    """The faults of a folder: a journal on a full disk, a line that a crash cut short, a forwarder that is gone."""
    chance = random.Random(seed)  # noqa: S311  # a plan of faults, no secret
    folder, began, ids, met = home.path / "out", time.monotonic(), set[str](), 0
    sink = Sink(kind="files", options={"folder": "out", "megabytes": 0.05})
    folder.mkdir()
    with filling(home) as put:
        runner = _runner(home, sink)
        while met < faults:
            ids |= put(_WINDOWS)
            match chance.choice(("full", "torn", "gone")):
                case "full":
                    with _journal_full(home):
                        _turn(runner)
                case "torn":
                    runner.close()
                    with (folder / "events.part").open("ab") as part:
                        part.write(b'{"metadata":{"uid":"0000')
                    runner = _runner(home, sink)
                case _:
                    runner.close()
                    runner = _runner(home, sink)
            met += 1
            if chance.random() > _SHARE:
                _turn(runner)
        runner.close()
        _forward(home, sink)
    return {**_account(home, _in_files(folder), ids), "faults": met, "seconds": time.monotonic() - began}


def _in_files(folder: Path) -> "Counter[str]":
    from collections import Counter  # noqa: PLC0415  # only here

    import msgspec  # noqa: PLC0415  # only here

    lines = [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines()]
    return Counter(msgspec.json.decode(line)["metadata"]["uid"] for line in lines)


@contextmanager
def _journal_full(home: Home) -> Iterator[None]:
    """The journal takes no acknowledgment, as on a disk that is full."""
    with sqlite3.connect(home.path / "sinks.sqlite3", isolation_level=None) as db:
        db.execute("CREATE TRIGGER full BEFORE UPDATE OF sent ON streams BEGIN SELECT RAISE(ABORT, 'full'); END")
        try:
            yield
        finally:
            db.execute("DROP TRIGGER full")
    db.close()


def _turn(runner: "Runner") -> None:
    from hemostat.sinks.base import NotTaken  # noqa: PLC0415  # loads Arrow

    try:
        runner.poll()
    except (NotTaken, sqlite3.Error):
        return


def _account(home: Home, arrived: "Counter[str]", ids: set[str]) -> dict[str, int]:
    """What was lost, which ids came more often than the journal declares, and what came."""
    from hemostat.sinks.journal import Journal  # noqa: PLC0415  # loads Arrow

    journal = Journal(home)
    stream, declared = journal.stream("twin"), journal.redeliveries("twin")
    journal.close()
    often = allowed(sorted(ids), declared)
    return {
        "events": len(ids),
        "lost": len(ids - arrived.keys()),
        "undeclared": sum(arrived[one] - 1 > often[one] for one in ids) + len(arrived.keys() - ids),
        "repeated": arrived.total() - len(arrived),
        "declared as sent again": stream.again,
        "batches declared": len(declared),
        "refused": stream.refused,
    }


def allowed(ids: list[str], declared: "list[Redelivery]") -> dict[str, int]:
    """How often each of the ids, which are in order, was sent again, as the declarations say."""
    from hemostat.sinks.base import position_of  # noqa: PLC0415  # loads Arrow

    positions = [position_of(one) for one in ids]
    steps = [0] * (len(ids) + 1)
    for one in declared:
        steps[bisect_left(positions, one.first)] += 1
        steps[bisect_right(positions, one.last)] -= 1
    return dict(zip(ids, accumulate(steps), strict=False))


def _forward(home: Home, sink: Sink, *, restarts: bool = True) -> None:
    """Everything that is in the lake has been forwarded, over as many failures as it takes."""
    from hemostat.sinks.base import NotTaken  # noqa: PLC0415  # loads Arrow

    failures = idle = 0
    runner = _runner(home, sink)
    while idle < 3 or _behind(home):  # noqa: PLR2004  # an acknowledgment may still be on its way
        try:
            idle = 0 if runner.poll() else idle + 1
        except NotTaken:
            failures += 1
            if restarts and failures % 7 == 0:
                runner.close()
                runner = _runner(home, sink)
    runner.close()


def _runner(home: Home, sink: Sink) -> "Runner":
    """A forwarder that knows only what the journal says, and has no patience."""
    from hemostat.sinks import ways_of  # noqa: PLC0415  # loads Arrow
    from hemostat.sinks.runner import Patience, Runner  # noqa: PLC0415  # same

    ways = ways_of("twin", sink, home=home)
    patience = Patience(first=0.0, longest=0.0)
    return Runner(
        "twin",
        home=home,
        spool=opened_spool(home),
        clock=SystemClock(),
        only=ways.only,
        channel=ways.make,
        patience=patience,
        ticks=_jumps(),
    )


def _jumps() -> Callable[[], float]:
    """A clock on which every pause is over by the next look."""
    moment = 0.0

    def tick() -> float:
        nonlocal moment
        moment += 10_000.0
        return moment

    return tick


def _behind(home: Home) -> bool:
    from hemostat.sinks.journal import Journal  # noqa: PLC0415  # loads Arrow

    spool = opened_spool(home)
    journal = Journal(home)
    try:
        return bool(journal.stream("twin").batch < spool.last_batch())
    finally:
        journal.close()
        spool.close()


def opened_spool(home: Home) -> Any:
    """The spool of a home, with room for all that a bench makes."""
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # loads msgpack and the seals

    return Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=1_000_000_000)


@contextmanager
def filling(home: Home) -> Iterator[Callable[[int], set[str]]]:
    """Puts so many made-up events into the lake as one batch, and gives their ids."""
    import pyarrow as pa  # noqa: PLC0415  # heavy

    from hemostat.events import SCHEMA  # noqa: PLC0415  # same
    from hemostat.lake import writer  # noqa: PLC0415  # same
    from hemostat.lake.spool import Incoming  # noqa: PLC0415  # same

    spool, now = opened_spool(home), datetime.now(UTC)
    row = {name: _BLANK.get(str(kind)) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)}
    told = {
        "class_uid": 4002,
        "activity_id": 3,
        "time": now,
        "learnt": now,
        "source": "app",
        "store": "fernhollow",
        "environment": "sandbox",
        "surface": "storefront",
        "act": "session:read",
        "actor_type": "unknown",
        "auth": "unsigned",
        "method": "GET",
        "result": "success",
        "severity": 1,
    }

    def put(count: int) -> set[str]:
        number = spool.lag().last_seq + 1
        spool.append([Incoming(source="app", key=str(number), received_at=now, content_type="text/plain", headers={}, body=b"-")])
        plan = spool.plan(most=1)
        ids = [f"{plan.first:012d}-{index:05d}" for index in range(count)]
        table = pa.Table.from_pylist([{**row, **told, "event_id": one} for one in ids], schema=SCHEMA)
        spool.written(plan, writer.write(home.lake, batch=plan.batch, table=table), rejected=0)
        return set(ids)

    try:
        yield put
    finally:
        spool.close()


def made_home(folder: Path) -> Home:
    """A home below the folder, with the key of its sink `twin`."""
    home = Home(folder / "home")
    home.create(Settings(kind="sandbox"))
    home.keyring(home.settings()).put("sink.twin", [KEY.encode()])
    return home


def _faults_of(kind: str, *, clean: bool) -> "tuple[Fault, ...]":
    """What goes wrong with a receiver of this kind."""
    from hemostat.sandbox.wires.faults import Fault  # noqa: PLC0415  # the sandbox is loaded only when asked for

    if clean:
        return (Fault.BUSY, Fault.THROTTLED)
    if kind == "syslog":
        return (Fault.TIMEOUT, Fault.HALF)
    return tuple(one for one in Fault if one is not Fault.ACK_FALSE or "acknowledgment" in kind)


@contextmanager
def _receiving(kind: str, twin: Any) -> Iterator[str]:
    """The address at which the twin receives."""
    from hemostat.sandbox.wires.faults import receiving  # noqa: PLC0415  # the sandbox is loaded only when asked for
    from hemostat.sandbox.wires.syslog_tcp import listening  # noqa: PLC0415  # same

    if kind == "syslog":
        with listening(twin) as port:
            yield f"tcp://127.0.0.1:{port}"
        return
    with receiving(twin, hang=_HANG) as url:
        yield url


def _twin(kind: str, plan: Any) -> Any:
    from hemostat.sandbox.wires.datadog import DatadogLogs  # noqa: PLC0415  # the sandbox is loaded only when asked for
    from hemostat.sandbox.wires.otlp_logs import OtlpLogs  # noqa: PLC0415  # same
    from hemostat.sandbox.wires.splunk_hec import SplunkHec  # noqa: PLC0415  # same
    from hemostat.sandbox.wires.syslog_tcp import SyslogTcp  # noqa: PLC0415  # same

    if kind == "syslog":
        return SyslogTcp(faults=plan, hang=_HANG)
    if kind == "datadog":
        return DatadogLogs(key=KEY, faults=plan)
    if kind == "otlp":
        return OtlpLogs(token=KEY, faults=plan)
    return SplunkHec(token=KEY, ack="acknowledgment" in kind, faults=plan)


def _sink(kind: str, url: str, *, patient: bool) -> Sink:
    options: dict[str, Any] = {"seconds": 10.0 if patient else 0.04} | ({} if kind == "syslog" else {"max_events": 10})
    if "acknowledgment" in kind:
        options |= {"ack": True, "ack_seconds": 60.0 if patient else 0.2}
    return Sink(kind=kind.partition(" ")[0], url=url, options=options)


def _total(figures: dict[str, Any], name: str) -> int:
    return sum(value for figure, value in figures.items() if figure.endswith(f": {name}"))


_REFUSE = frozenset({"splunk", "splunk with acknowledgment", "datadog", "otlp"})
"""Kinds whose receivers can say that they take nothing."""

KEY = "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11"
_BLANK: dict[str, Any] = {
    "string": "",
    "int32": 0,
    "int64": 0,
    "bool": False,
    "list<item: string>": [],
    "list<element: string>": [],
}
