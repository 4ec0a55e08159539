"""What the worker does beside its round: each feed that is read and each sink that is filled has a thread of its own.

So have the canaries, and the looks at posture. A queue that hangs, or a sink that is down for a day, holds up nobody else:
neither detection nor one another.
"""

import math
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from hemostat.collect import collector_of
from hemostat.kernel import Home, Settings, Sink, Source, clock_for, log
from hemostat.lake import health
from hemostat.lake.spool import Spool
from hemostat.sinks import forwarder_of
from hemostat.worker.canaries import Canaries
from hemostat.worker.chores import Chore, described
from hemostat.worker.postures import Postures

_STOPPING = 10.0  # seconds that a thread has to end
_PAUSE = 30.0  # seconds until wrong options are looked at again
_TICK = 1.0  # seconds at most that a thread waits without looking whether it should end
_MINUTE = 60.0  # seconds
_UNANSWERED = timedelta(minutes=15)  # that a feed may fail to answer before events may be missing; longer for those asked seldom


class Work(Protocol):
    """One feed that is read, one sink that is filled, the canaries, or the looks at posture."""

    every: float

    def poll(self) -> bool:
        """What could be done now is done; True when more waits."""

    def close(self) -> None:
        """Connections are closed."""


class Answering:
    """A feed of which it is kept that it answered, once a minute at most, and by when it should answer again."""

    def __init__(self, work: Work, heard: Callable[[timedelta], None]) -> None:
        self.every = work.every
        self._work = work
        self._heard = heard
        self._told = -math.inf

    def poll(self) -> bool:
        """What could be done now is done, and the feed was heard; True when more waits."""
        more = self._work.poll()
        if time.monotonic() - self._told >= _MINUTE:
            self._heard(max(_UNANSWERED, 3 * timedelta(seconds=self.every)))
            self._told = time.monotonic()
        return more

    def close(self) -> None:
        """Connections are closed."""
        self._work.close()


class Side:
    """One thread that does one piece of work over and over until it is stopped."""

    def __init__(self, name: str, make: Callable[[], Work]) -> None:
        self._name = name
        self._make = make
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """It ends after what it is doing."""
        self._stop.set()

    def join(self) -> None:
        """It has ended, or had its time."""
        self._thread.join(_STOPPING)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                work = self._make()
            except Exception as error:  # noqa: BLE001  # the thread's edge: wrong options are told, and a later correction is seen
                log.get().error("worker.failed", step=self._name, error=described(error))
                self._stop.wait(_PAUSE)
                continue
            chore = Chore(self._name, work.poll, every=work.every)
            while not self._stop.is_set():
                if not chore.turn():
                    self._stop.wait(min(_TICK, work.every))
            work.close()


class Sides:
    """All sides of a worker, as its settings name them."""

    def __init__(self, home: Home, spool: Spool) -> None:
        self._home = home
        self._spool = spool
        self._running: dict[str, tuple[object, Side]] = {}

    def tend(self, settings: Settings) -> None:
        """Each feed and sink of `settings`, posture, and the canaries in production have their threads; others have ended."""
        wanted = self._wanted(settings)
        changed = [name for name, (was, _) in self._running.items() if name not in wanted or wanted[name][0] != was]
        _end([self._running.pop(name)[1] for name in changed])
        for name, (told, make) in wanted.items():
            if name not in self._running:
                self._running[name] = (told, Side(name, make))

    def _answering(self, name: str, source: Source) -> Work:
        home, clock = self._home, clock_for(self._home.path)

        def heard(patience: timedelta) -> None:
            health.heard(home, source=name, now=clock.now(), due=clock.now() + patience)

        return Answering(collector_of(name, source, home=home, spool=self._spool, clock=clock), heard)

    def _forwarding(self, name: str, sink: Sink) -> Work:
        return forwarder_of(name, sink, home=self._home, spool=self._spool, clock=clock_for(self._home.path))

    def close(self) -> None:
        """All have ended."""
        _end([side for _, side in self._running.values()])
        self._running.clear()

    def _wanted(self, settings: Settings) -> dict[str, tuple[object, Callable[[], Work]]]:
        """Each piece of work by name: what the settings say of it, and how to make it."""
        wanted: dict[str, tuple[object, Callable[[], Work]]] = {}
        # A sandbox must be the same each time it is played, to the number of each message.
        if settings.kind == "production" and settings.intake.canary_minutes:
            wanted["canaries"] = settings.intake, partial(Canaries, self._home, clock=clock_for(self._home.path))
        if settings.posture.minutes != 0:
            wanted["posture"] = settings.posture, partial(Postures, self._home, clock=clock_for(self._home.path))
        for name, source in settings.sources.items():
            if source.feed is not None:
                wanted[f"feed.{name}"] = (source, self._keys_are(name, source)), partial(self._answering, name, source)
        for name, sink in settings.sinks.items():
            wanted[f"sink.{name}"] = sink, partial(self._forwarding, name, sink)
        return wanted

    def _keys_are(self, name: str, source: Source) -> tuple[int, ...]:
        """When the keys of a feed were changed last: one that was made before goes on with the old ones."""
        paths = (self._home.path / "keys" / f"{key}.json" for key in (f"feed.{name}", f"magento.{source.store}"))
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def _end(sides: list[Side]) -> None:
    for side in sides:
        side.ask_to_stop()
    for side in sides:
        side.join()
