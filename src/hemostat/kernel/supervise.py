"""Starting several processes, keeping them alive, and stopping them together."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import log

_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8  # of glibc's malloc.h
MODEST = {"MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Environment of our processes: they have few threads and many short-lived tables, and fewer arenas keep them a third smaller."""
_POLL = 0.2
_GRACE = 8.0
_LONGEST_PAUSE = 5.0


class Supervisor:
    """Some named commands that run while this process does.

    A command that ends is started again, sooner or later as it fails more or less often. When this process dies, whatever the
    reason, the kernel ends its children: none is left behind to write into the home.
    """

    def __init__(
        self, commands: Mapping[str, Sequence[str]], *, environment: Mapping[str, str], logs: Path, grace: float = _GRACE
    ) -> None:
        """grace: seconds from the request to end until those that have not are killed."""
        self._commands = dict(commands)
        self._environment = MODEST | dict(environment)
        self._logs = logs
        self._grace = grace
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._starts: dict[str, list[float]] = {name: [] for name in commands}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._watch = threading.Thread(target=self._keep_alive, name="supervisor", daemon=True)

    def start(self) -> None:
        """All commands run from now on."""
        self._watch.start()
        while len(self._running) < len(self._commands) and not self._stopping.is_set():
            time.sleep(_POLL / 10)

    def pids(self) -> dict[str, int]:
        """The process of each command at this moment."""
        with self._lock:
            return {name: process.pid for name, process in self._running.items()}

    def restarts(self) -> int:
        """How many times a command had to be started again."""
        return sum(max(0, len(starts) - 1) for starts in self._starts.values())

    def stop(self) -> None:
        """No command runs any more; each was asked first and killed only when it did not end."""
        self._stopping.set()
        self._watch.join()

    def _keep_alive(self) -> None:
        # The kernel's parent-death signal follows the thread that started a child: one thread starts them all and outlives them.
        while not self._stopping.is_set():
            for name in self._commands:
                process = self._running.get(name)
                if process is None or (process.poll() is not None and self._may_restart(name)):
                    self._launch(name, before=process)
            self._stopping.wait(_POLL)
        self._end_all()

    def _end_all(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _may_restart(self, name: str) -> bool:
        recent = [moment for moment in self._starts[name] if time.monotonic() - moment < 60]  # noqa: PLR2004  # a minute
        pause = min(_LONGEST_PAUSE, 0.1 * 2 ** len(recent[1:]))
        return bool(time.monotonic() - self._starts[name][-1] >= pause)

    def _launch(self, name: str, *, before: subprocess.Popen[bytes] | None) -> None:
        if before is not None:
            log.get().warning("process.ended", path=name, status=before.returncode)
        with (self._logs / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  # our own commands, no shell
                self._commands[name],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C at the terminal is for this process, which then ends its children in order
                preexec_fn=die_with_parent,  # noqa: PLW1509  # one prctl call, no lock is taken between fork and exec
            )
        self._starts[name].append(time.monotonic())
        with self._lock:
            self._running[name] = process


def memory_modest() -> None:
    """This process takes memory sparingly from now on. To be called before Arrow is loaded; harmless elsewhere."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", MODEST["ARROW_DEFAULT_MEMORY_POOL"])
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, int(MODEST["MALLOC_ARENA_MAX"]))


def die_with_parent() -> None:
    """This process is killed by the kernel when the one that started it ends, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
