"""What `hemostat bench sinks` measures: events through ten thousand faults of strict receivers. Nothing may be lost."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemostat.kernel import BadInput, Home, Settings, Sink, SystemClock

if TYPE_CHECKING:
    from collections import Counter

_FAULTS = 10_000
_SHARE = 0.6  # of the requests that meet a fault
_WINDOWS = 50  # events a batch of the lake
_HANG = 0.06  # seconds that a receiver says nothing; the sender waits for 0.04
_KINDS = ("splunk", "splunk with acknowledgment", "datadog", "otlp")


def sinks() -> dict[str, Any]:
    """Events lost, repeated without being declared, and how many arrived, through ten thousand faults of each strict receiver."""
    figures: dict[str, Any] = {}
    for number, kind in enumerate(_KINDS):
        with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
            result = campaign(kind, Path(folder), seed=number, faults=_FAULTS // len(_KINDS))
        for name, value in result.items():
            figures[f"{kind}: {name}"] = value
    if any(value for name, value in figures.items() if name.endswith(("lost", "undeclared"))):
        raise BadInput("The bench stopped: events were lost or repeated without being declared.", advice=str(figures))
    return {"faults": _total(figures, "faults"), "lost": 0, "undeclared": 0, **figures}


def campaign(kind: str, folder: Path, *, seed: int, faults: int) -> dict[str, Any]:
    """Events are forwarded to a strict twin until it has failed `faults` times, and then to the end; what came of it.

    At each seventh failure another forwarder takes over, which knows only what the journal says.
    """
    from hemostat.sandbox.wires.faults import Fault, Faults, receiving  # noqa: PLC0415  # the sandbox is loaded only when asked for

    acks = (Fault.ACK_FALSE,) if "acknowledgment" in kind else ()
    plan = Faults(seed, share=_SHARE, most=faults, kinds=(*(one for one in Fault if one is not Fault.ACK_FALSE), *acks))
    home, twin = _home(folder), _twin(kind, plan)
    began, ids = time.monotonic(), set[str]()
    with receiving(twin, hang=_HANG) as url, _lake(home) as put:
        sink = _sink(kind, url)
        while plan.met.total() < faults:
            ids |= put(_WINDOWS)
            _forward(home, sink)
        plan.stop()
        _forward(home, sink)
    return {**_account(home, twin.ids, ids), "faults": plan.met.total(), "seconds": time.monotonic() - began}


def _account(home: Home, arrived: "Counter[str]", ids: set[str]) -> dict[str, int]:
    """What was lost, what came more often than the journal says, and what came."""
    from hemostat.sinks.journal import Journal  # noqa: PLC0415  # loads Arrow

    journal = Journal(home)
    stream = journal.stream("twin")
    journal.close()
    repeated = arrived.total() - len(arrived)
    return {
        "events": len(ids),
        "lost": len(ids - arrived.keys()),
        "undeclared": max(0, repeated - stream.again) + len(arrived.keys() - ids),
        "repeated": repeated,
        "declared as sent again": stream.again,
        "refused": stream.refused,
    }


def _forward(home: Home, sink: Sink) -> None:
    """Everything that is in the lake has been forwarded, over as many failures as it takes."""
    from hemostat.sinks import ways_of  # noqa: PLC0415  # loads Arrow
    from hemostat.sinks.base import Misconfigured, Unavailable  # noqa: PLC0415  # same
    from hemostat.sinks.runner import Patience, Runner  # noqa: PLC0415  # same

    ways = ways_of("twin", sink, home=home)
    spool = _spool(home)
    failures = idle = 0

    def made() -> Runner:
        patience = Patience(first=0.0, longest=0.0)
        return Runner(
            "twin",
            home=home,
            spool=spool,
            clock=SystemClock(),
            only=ways.only,
            channel=ways.make,
            patience=patience,
            ticks=_jumps(),
        )

    runner = made()
    while idle < 3 or _behind(home):  # noqa: PLR2004  # an acknowledgment may still be on its way
        try:
            idle = 0 if runner.poll() else idle + 1
        except (Unavailable, Misconfigured):
            failures += 1
            if failures % 7 == 0:
                runner.close()
                runner = made()
    runner.close()
    spool.close()


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

    spool = _spool(home)
    journal = Journal(home)
    try:
        return bool(journal.stream("twin").batch < spool.last_batch())
    finally:
        journal.close()
        spool.close()


def _spool(home: Home) -> Any:
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # loads msgpack and the seals

    return Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=1_000_000_000)


@contextmanager
def _lake(home: Home) -> Iterator[Callable[[int], set[str]]]:
    """Puts so many made-up events into the lake as one batch, and gives their ids."""
    import pyarrow as pa  # noqa: PLC0415  # heavy

    from hemostat.events import SCHEMA  # noqa: PLC0415  # same
    from hemostat.lake import writer  # noqa: PLC0415  # same
    from hemostat.lake.spool import Incoming  # noqa: PLC0415  # same

    spool, now = _spool(home), datetime.now(UTC)
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


def _home(folder: Path) -> Home:
    home = Home(folder / "home")
    home.create(Settings(kind="sandbox"))
    home.keyring(home.settings()).put("sink.twin", [_KEY.encode()])
    return home


def _twin(kind: str, plan: Any) -> Any:
    from hemostat.sandbox.wires.datadog import DatadogLogs  # noqa: PLC0415  # the sandbox is loaded only when asked for
    from hemostat.sandbox.wires.otlp_logs import OtlpLogs  # noqa: PLC0415  # same
    from hemostat.sandbox.wires.splunk_hec import SplunkHec  # noqa: PLC0415  # same

    if kind == "datadog":
        return DatadogLogs(key=_KEY, faults=plan)
    if kind == "otlp":
        return OtlpLogs(token=_KEY, faults=plan)
    return SplunkHec(token=_KEY, ack="acknowledgment" in kind, faults=plan)


def _sink(kind: str, url: str) -> Sink:
    options: dict[str, Any] = {"seconds": 0.04, "max_events": 10}
    if "acknowledgment" in kind:
        options |= {"ack": True, "ack_seconds": 0.2}
    return Sink(kind=kind.partition(" ")[0], url=url, options=options)


def _total(figures: dict[str, Any], name: str) -> int:
    return sum(value for figure, value in figures.items() if figure.endswith(f": {name}"))


_KEY = "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11"
_BLANK: dict[str, Any] = {
    "string": "",
    "int32": 0,
    "int64": 0,
    "bool": False,
    "list<item: string>": [],
    "list<element: string>": [],
}
