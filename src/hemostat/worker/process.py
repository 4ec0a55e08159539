"""The worker as a process of its own."""

import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from hemostat.kernel import HemostatError, Home, log
from hemostat.kernel.garbage import settled


class AlreadyRunning(HemostatError):
    """Another worker serves this home."""


def serve(home: Home, *, hour: float = 3600.0) -> None:
    """Work for `home` until SIGTERM or SIGINT. Raises `AlreadyRunning` when another worker does.

    hour: seconds from one hourly upkeep to the next.
    """
    log.configure("worker")
    os.environ["HEMOSTAT_HOME"] = str(home.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hemostat.console.settings")
    import django  # noqa: PLC0415  # needs the environment above

    django.setup()
    # The allocator of the system gives memory back between batches; Arrow's own keeps what the largest batch took.
    pa.set_memory_pool(pa.system_memory_pool())
    from hemostat.worker.loop import run  # noqa: PLC0415  # same: it loads the tables

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settled()
    with only_worker(home):
        log.get().info("worker.started")
        run(home, stop=stop, hour=hour)
        log.get().info("worker.stopped")


@contextmanager
def only_worker(home: Home) -> Iterator[None]:
    """Nobody else works for this home meanwhile. The lock ends with the process, however it ends. Raises `AlreadyRunning`."""
    with (home.path / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"Another worker serves {home.path}.", advice="Stop it first, or use it.") from error
        yield
