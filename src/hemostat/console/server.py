"""The console as a process: Granian serves the WSGI application with a few threads, until it is asked to stop.

Addresses are not logged: a query string may name a person.
"""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from hemostat.kernel import Home
from hemostat.kernel.listening import require_free
from hemostat.sandbox.guard import guard_home

THREADS = 4
_GRACE = 5
_PR_SET_PDEATHSIG = 1


def serve(home: Home) -> None:
    """Nothing is served any more: the process was asked to stop (SIGINT or SIGTERM) and the last answers were given.

    Raises `BadSettings` when the home or the address cannot be used.
    """
    settings = home.settings()
    require_free(settings.console.host, settings.console.port, section="console")
    os.environ["HEMOSTAT_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hemostat.console.settings"
    Server(
        "hemostat.console.server:application",
        factory=True,
        address=settings.console.host,
        port=settings.console.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
    ).serve()


def application() -> Callable[..., Any]:
    """The application, in the process of Granian's that answers; it ends with the one that started it, however that ends.

    Over a sandbox home it is guarded: this process, not the one that started it, makes the calls of playbooks.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os._exit(1)
    guard_home(Home.from_environment())
    from .wsgi import application as pages  # noqa: PLC0415  # only the process that answers carries Django

    return pages
