"""`hemostat bench soak`: a day of a busy store, compressed, through the whole product. Nothing may leak.

A busy store makes a million events a day: 12 a second on average. So many run within minutes through the real processes: the
intake, the worker with a rotated log, a queue and two sinks, and a console that is asked for pages. The story's clock moves with
the events, over `DAYS` days, and what is kept for a day only expires within the run: so the second quarter of it has all that the
last one has. Senders connect anew all the time; receivers fail, are killed and come back, and refuse events for good. What each
process and the home hold is looked at after equal amounts of work; `bench_soak_verdict` says what it may be.
"""

import os
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hemostat.kernel import BadInput, Console, Feed, Home, Intake, Retention, Settings, Sink, SystemClock, Target
from hemostat.kernel.supervise import Supervisor
from hemostat.kernel.time import ExerciseClock
from hemostat.sinks.losses import RETENTION

from .bench_mix import BEGIN, messages
from .bench_mix import settings as mix
from .bench_soak_marks import Marks
from .bench_watch import Held, family, held
from .django import database_ready

if TYPE_CHECKING:
    from .bench_soak_verdict import Sample, Verdict

EVENTS, MINUTES = 1_000_000, 5.0
"""Events of a busy store's day, and the minutes in which they are to be sent; a slower machine takes longer."""

DAYS = 8
"""Days of the story: what is kept for a day, and rules that look back for one, are in balance from the second quarter on."""

SAMPLES = 80
"""How often is looked at what is held."""

_ROTATE = 40_000  # lines of the access log
_STEP = timedelta(days=1 / 32)  # of the story's clock, at least
_LATEST = timedelta(days=1 / 2)  # of the story, in which an event comes to all sinks: well before it expires
_EVENTS_A_PAGE = 1_000
_HOURS = 100  # rounds of the hourly upkeep in a run
_LEAST_HOUR = 1.0  # seconds
_STILL = 180.0  # seconds without any progress after which the run is given up
_SINKS = ("splunk", "datadog")
_KILLED_AT = {SAMPLES // 3: "splunk", SAMPLES // 2: "datadog", 2 * SAMPLES // 3: "splunk"}  # receivers, at these samples
_SUBSCRIPTION = "projects/bench/subscriptions/audit"
_LOOK_AT = "Try again on a quieter machine."
_WORKER = """
import sys
from hemostat.kernel import Home
from hemostat.sandbox.guard import guard_home
from hemostat.worker.process import serve
home = Home.from_environment()
guard_home(home)
serve(home, hour=float(sys.argv[1]))
"""
_WORK = ("worker.compacted", "worker.swept", "worker.expired", "worker.purged", "worker.alert")
"""Lines of the worker's log without which something that could leak was not at work."""


def soak(events: int = EVENTS, minutes: float = MINUTES) -> dict[str, Any]:
    """What each process and the home held in the second and the last quarter of the run, and what became of the events.

    Raises `BadInput` when something leaks, is lost, or was not at work.
    """
    from .bench_soak_verdict import verdicts  # noqa: PLC0415  # as all that only this bench needs

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hemostat-bench-") as folder:
        run = Run(Path(folder), events=events, minutes=minutes)
        samples = run.play()
        account = run.account()
    found = verdicts(samples)
    took = time.monotonic() - began
    figures = {"minutes": took / 60, "times a day's pace": events / EVENTS * 86_400 / took, **account, **_told(found)}
    faults = [f"{one.name} grow" for one in found if one.leaks] + [name for name in FORBIDDEN if account[name]]
    faults += [f"nothing of {word}" for word in _WORK if not account[word]]
    if faults:
        raise BadInput(f"The bench stopped: {'; '.join(faults)}.", advice=_lines(figures))
    return figures


FORBIDDEN = (
    *(f"{sink}: {fault}" for sink in _SINKS for fault in ("lost", "repeated and not declared")),
    "restarts of our processes",
    "not in the lake",
    "pages that failed",
)
"""What no run may have any of."""


def _lines(figures: Mapping[str, Any]) -> str:
    return "\n".join(
        f"  {name:<70} {value:,.3f}" if isinstance(value, float) else f"  {name:<70} {value:,}" for name, value in figures.items()
    )


def _told(found: "list[Verdict]") -> dict[str, float]:
    figures: dict[str, float] = {}
    for one in found:
        figures |= {
            f"{one.name}, then": one.early,
            f"{one.name}, at the end": one.late,
            f"{one.name}, share of the limit": one.share,
        }
    return figures


class Run:
    """One run of the product in a folder of its own, with all that sends to it and receives from it."""

    def __init__(self, folder: Path, *, events: int, minutes: float) -> None:
        from hemostat.sandbox.wires.pubsub import PubSub  # noqa: PLC0415  # as all that only this bench needs

        from .bench_soak_senders import Door, Log, Pages  # noqa: PLC0415  # same

        self._folder = folder
        self._events = events
        self._seconds = minutes * 60
        self._ports = dict(zip(("intake", "console", *_SINKS), _free_ports(2 + len(_SINKS)), strict=True))
        self._log = Log(folder / "edge", lines=_ROTATE)
        self._feed = PubSub(_SUBSCRIPTION, clock=SystemClock())
        self._door = Door(self._ports["intake"])
        self._pages = Pages(self._ports["console"])
        self._marks = Marks()
        self._sent = Counter[str]()
        self._restarts = self._killed = 0

    def play(self) -> "list[Sample]":
        """All events were sent, and are in the lake and with the receivers; what was held on the way."""
        from hemostat.sandbox.wires.loopback import served  # noqa: PLC0415  # as all that only this bench needs

        from .bench_soak_senders import carriers  # noqa: PLC0415  # same

        with ExitStack() as held_open:
            self._furnish(held_open.enter_context(served(self._feed.answer)))
            held_open.callback(self._spool.close)
            held_open.callback(self._journal.close)
            self._receivers = held_open.enter_context(_running(self._receiving(), self.home))
            self._product = held_open.enter_context(_running(self._working(), self.home))
            _until_open(self._ports["intake"], self._ports["console"])
            self._ways = carriers(self._log, self._feed, self._door)
            self._door.open(self._keys)
            self._pages.open()
            samples = list(self._steps())
            self._door.close()
            self._wait(lambda: min(self._seen().total(), self._done()) < self._sent.total())
            self._pages.close()
            self._restarts, self._killed = self._product.restarts(), self._receivers.restarts()
            self._quarantined = {sink: self._journal.stream(sink).refused for sink in _SINKS}
            self._in_lake, self._again = self._seen().total(), {sink: self._journal.stream(sink).again for sink in _SINKS}
        return samples

    def account(self) -> dict[str, Any]:
        """What became of the events, and what else happened."""
        from .bench_soak_receiver import recorded  # noqa: PLC0415  # as all that only this bench needs

        told: dict[str, Any] = {
            "events": self._sent.total(),
            "not in the lake": self._sent.total() - self._in_lake,
            "connections of senders": self._door.connections,
            "slowest answer to a sender, seconds": self._door.slowest,
            "rotations of the log": self._log.rotations,
            "pages": self._pages.asked,
            "sessions": self._pages.sessions,
            "pages that failed": self._pages.failed,
            "receivers killed": self._killed,
            "restarts of our processes": self._restarts,
        }
        for sink in _SINKS:
            ids = recorded(self._folder / f"{sink}.ids")
            told |= {
                f"{sink}: lost": max(0, self._in_lake - len(ids) - self._quarantined[sink]),
                f"{sink}: refused for good": self._quarantined[sink],
                f"{sink}: repeated and not declared": max(0, ids.total() - len(ids) - self._again[sink]),
            }
        done = Counter(_events(self.home.logs / "worker.log"))
        return told | {word: done[word] for word in _WORK} | {"failures in the log of the worker": done["worker.failed"]}

    def _furnish(self, feed: str) -> None:
        """The home is made, with its keys, its story clock, its database and its people."""
        from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # as all that only this bench needs
        from hemostat.sinks.journal import Journal  # noqa: PLC0415  # same

        from .bench_soak_receiver import KEY  # noqa: PLC0415  # same

        self.home = Home(self._folder / "home")
        settings = _settings(self._ports, feed, self._folder)
        self.home.create(settings)
        keyring = self.home.keyring(settings)
        keyring.ensure("shopify.clinic")
        for sink in _SINKS:
            keyring.put(f"sink.{sink}", [KEY.encode()])
        self._keys = {"app": keyring.secret("source.app"), "shopify.clinic": keyring.secret("shopify.clinic")}
        self._clock = ExerciseClock(self.home.path / "clock.json")
        self._clock.set(BEGIN, factor=0)
        database_ready(self.home)
        from hemostat.people.services import demo_people_create  # noqa: PLC0415  # needs Django

        demo_people_create(now=BEGIN)
        self._spool, self._journal = Tools(self.home).spool(), Journal(self.home)

    def _working(self) -> dict[str, list[str]]:
        hour = max(_LEAST_HOUR, self._seconds / _HOURS)
        own = {name: [sys.executable, "-m", f"hemostat.{name}"] for name in ("intake", "console")}
        return own | {"worker": [sys.executable, "-c", _WORKER, str(hour)]}

    def _receiving(self) -> dict[str, list[str]]:
        program = [sys.executable, "-m", "hemostat.cli.bench_soak_receiver"]
        return {sink: [*program, sink, str(self._ports[sink]), str(self._folder / f"{sink}.ids")] for sink in _SINKS}

    def _steps(self) -> Iterator["Sample"]:
        """The events are sent at their pace; a sample after each step, and now and then a receiver is killed."""
        began, now, last, taken = time.monotonic(), BEGIN, BEGIN, 0
        for message in messages(self._events, seed=7, rate=self._events / (DAYS * 86_400)):
            if message.received_at - now >= _STEP:
                # All that was sent is older than this message, also when that one alone makes most of a day's events.
                self._door.settle()
                self._marks.sent(last, self._sent)
                self._wait(partial(self._is_late, message.received_at))
                sent = self._sent.total()
                time.sleep(max(0.0, self._seconds * sent / self._events - (time.monotonic() - began)))
                if sent >= self._events * (taken + 1) / SAMPLES:
                    taken += 1
                    if taken in _KILLED_AT:
                        os.kill(self._receivers.pids()[_KILLED_AT[taken]], signal.SIGKILL)
                    yield self._sample()
                now = message.received_at
                self._clock.set(now, factor=0)
            self._ways[message.source](message)
            last = message.received_at
            self._sent[message.source] += message.body.count(b"\n") + 1
            self._pages.due = self._sent.total() // _EVENTS_A_PAGE

    def _sample(self) -> "Sample":
        from .bench_soak_verdict import Sample  # noqa: PLC0415  # as all that only this bench needs

        pids = self._product.pids()
        processes = {name: held(pid) for name, pid in pids.items()}
        # The console's pages are answered by a process that its server started; helpers of the worker come and go.
        processes["console"] = sum(map(held, family(pids["console"])), Held())
        return Sample(events=self._sent.total(), processes=processes, home=_contents(self.home))

    def _seen(self) -> Counter[str]:
        """Events of each source that the worker has put into the lake."""
        seen = Counter[str]()
        for beat in self._spool.pulse(BEGIN - timedelta(days=1)):
            seen[beat.source] += beat.events
        return seen

    def _done(self) -> int:
        """Events with which every sink is done: it has taken them, refused them, or will never get them."""
        return min(self._done_by(sink) for sink in _SINKS)

    def _done_by(self, sink: str) -> int:
        stream = self._journal.stream(sink)
        lost = sum(loss.events for loss in self._journal.lost_by(sink) if loss.why == RETENTION)
        return stream.sent + stream.refused + lost

    def _is_late(self, moment: datetime) -> bool:
        """Is something that was sent long before a moment of the story still on its way?"""
        self._marks.arrived(self._seen(), self._done())
        oldest = self._marks.oldest
        return oldest is not None and oldest <= moment - _LATEST

    def _wait(self, waiting: Callable[[], bool]) -> None:
        """It is no longer so. Raises `BadInput` when nothing moves any more."""
        moved, last = time.monotonic(), tuple[int, ...]()
        while waiting():
            now = (self._seen().total(), *(self._done_by(sink) for sink in _SINKS))
            if now != last:
                moved, last = time.monotonic(), now
            if time.monotonic() - moved > _STILL:
                sent = self._sent.total()
                raise BadInput(f"The bench stopped: {sent:,} events were sent, and stand at {now}.", advice=_LOOK_AT)
            time.sleep(0.1)


def _settings(ports: Mapping[str, int], feed: str, folder: Path) -> Settings:
    """Those of a sandbox whose sources, sinks and pages are ours, and in which everything is kept for one day."""
    plain = mix()
    fed = {
        "edge": Feed(kind="files", options={"paths": [f"{folder}/edge/access.log*"], "every": 0.2}),
        "audit": Feed(kind="pubsub", options={"subscription": _SUBSCRIPTION, "endpoint": feed}),
    }
    urls = {sink: f"http://127.0.0.1:{ports[sink]}" for sink in _SINKS}
    options = {"splunk": {"ack": True, "seconds": 5.0}, "datadog": {"seconds": 5.0}}
    return msgspec.structs.replace(
        plain,
        intake=Intake(port=ports["intake"]),
        console=Console(port=ports["console"], demo=True),
        sources={name: msgspec.structs.replace(source, feed=fed.get(name)) for name, source in plain.sources.items()},
        sinks={sink: Sink(kind=sink, url=urls[sink], options=options[sink]) for sink in _SINKS},
        targets={name: Target(url=url) for name, url in {**urls, "feed": feed}.items()},
        raw_days=1,
        retention=Retention(access=1, account=1, traffic=1, log=1),
    )


@contextmanager
def _running(commands: Mapping[str, list[str]], home: Home) -> Iterator[Supervisor]:
    supervisor = Supervisor(commands, environment=os.environ | {"HEMOSTAT_HOME": str(home.path)}, logs=home.logs)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


def _until_open(*ports: int) -> None:
    """Somebody takes connections on each port. Raises `BadInput` when nobody does in time."""
    deadline = time.monotonic() + _STILL
    for port in ports:
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if time.monotonic() > deadline:
                raise BadInput("The bench stopped: a server does not answer.", advice=_LOOK_AT)
            time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held_open:
        probes = [held_open.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _contents(home: Home) -> dict[str, float]:
    """How many files the home holds, and how large its databases are."""
    files = [(path, _size(path)) for path in home.path.rglob("*") if not path.is_dir()]
    parts = sum(path.is_relative_to(home.lake) for path, _ in files)

    def megabytes(*suffixes: str) -> float:
        return sum(size for path, size in files if path.name.endswith(suffixes)) / 1e6

    spool, database, baselines = megabytes("spool.sqlite3"), megabytes("db.sqlite3"), megabytes(home.baselines.name)
    return {
        "files in the lake": parts,
        "other files": len(files) - parts,
        "spool, megabytes": spool,
        "database, megabytes": database,
        "baselines, megabytes": baselines,
        "other databases, megabytes": megabytes(".sqlite3") - spool - database - baselines,
        "write-ahead logs, megabytes": megabytes("-wal"),
    }


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0  # it is gone


def _events(log: Path) -> Iterator[str]:
    """What each line of a log tells of."""
    for line in log.read_text().splitlines():
        with suppress(msgspec.DecodeError):
            yield str(msgspec.json.decode(line, type=dict[str, Any]).get("event", ""))
