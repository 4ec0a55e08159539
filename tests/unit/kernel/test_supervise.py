"""Processes are started, kept alive, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hemostat.kernel.supervise import Supervisor, memory_modest

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def until(true: Callable[[], object]) -> None:
    """Wait, within reason, for something to become true."""
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def alive(pid: int) -> bool:
    """Does the process run (a zombie does not)?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_comes_back_and_all_end_together(tmp_path: Path) -> None:
    """Whatever is killed, the product goes on; when it is stopped, nothing stays."""
    supervisor = Supervisor({"one": SLEEPER, "two": SLEEPER}, environment=os.environ, logs=tmp_path)
    supervisor.start()
    until(lambda: "up" in (tmp_path / "one.log").read_text())
    before = supervisor.pids()

    os.kill(before["one"], signal.SIGKILL)
    until(lambda: supervisor.pids()["one"] != before["one"])

    after = supervisor.pids()
    assert before["two"] == after["two"]
    assert 1 == supervisor.restarts()
    supervisor.stop()
    assert not any(alive(pid) for pid in after.values())


def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    """Stopping takes a bounded time."""
    supervisor = Supervisor({"stubborn": STUBBORN}, environment=os.environ, logs=tmp_path)
    supervisor.start()
    until(lambda: "up" in (tmp_path / "stubborn.log").read_text())
    pid = supervisor.pids()["stubborn"]

    supervisor.stop()

    assert not alive(pid)


def test_a_process_may_be_made_modest() -> None:
    """Asking for less memory changes nothing else, and may be asked twice."""
    memory_modest()
    memory_modest()

    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"]


def test_children_die_with_their_supervisor(tmp_path: Path) -> None:
    """A killed supervisor leaves nobody behind to write into the home."""
    program = (
        "import os, sys, time; from pathlib import Path; from hemostat.kernel.supervise import Supervisor\n"
        f"s = Supervisor({{'child': {SLEEPER!r}}}, environment=os.environ, logs=Path({str(tmp_path)!r})); s.start()\n"
        "print(s.pids()['child'], flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    until(lambda: not alive(child))
