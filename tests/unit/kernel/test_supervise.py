"""Processes are started, kept alive, and never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from hemostat.kernel.supervise import Supervisor, memory_modest

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
POLITE = [
    sys.executable,
    "-c",
    """if True:
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked"))
        print("up", flush=True)
        time.sleep(60)
    """,
]


Supervise = Callable[..., Supervisor]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Starts commands by name; whatever becomes of the test, none outlives it."""
    started: list[Supervisor] = []

    def start(*, grace: float = 8, **commands: Sequence[str]) -> Supervisor:
        started.append(Supervisor(commands, environment=os.environ, logs=tmp_path, grace=grace))
        started[-1].start()
        return started[-1]

    yield start
    for supervisor in started:
        supervisor.stop()


def until(true: Callable[[], object]) -> None:
    """Wait, within reason, for something to become true."""
    for _ in range(2400):
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


def test_a_killed_process_comes_back_and_all_end_together(supervise: Supervise, tmp_path: Path) -> None:
    """Whatever is killed, the product goes on; when it is stopped, nothing stays."""
    supervisor = supervise(one=SLEEPER, two=SLEEPER)
    until(lambda: "up" in (tmp_path / "one.log").read_text())
    before = supervisor.pids()

    os.kill(before["one"], signal.SIGKILL)
    until(lambda: supervisor.pids()["one"] != before["one"])

    after = supervisor.pids()
    assert before["two"] == after["two"]
    assert 1 == supervisor.restarts()
    supervisor.stop()
    assert not any(alive(pid) for pid in after.values())


def test_a_process_that_will_not_end_is_killed(supervise: Supervise, tmp_path: Path) -> None:
    """Stopping takes a bounded time."""
    supervisor = supervise(stubborn=STUBBORN, grace=0.5)
    until(lambda: "up" in (tmp_path / "stubborn.log").read_text())
    pid = supervisor.pids()["stubborn"]

    supervisor.stop()

    assert not alive(pid)


def test_a_process_is_asked_to_end_before_it_is_killed(supervise: Supervise, tmp_path: Path) -> None:
    """What a process does at its end, it can still do."""
    supervisor = supervise(polite=POLITE)
    until(lambda: "up" in (tmp_path / "polite.log").read_text())

    supervisor.stop()

    assert "asked" in (tmp_path / "polite.log").read_text()


def test_an_interrupt_at_the_terminal_is_for_the_supervisor_alone(supervise: Supervise) -> None:
    """Ctrl-C goes to the foreground group of the terminal; the children are not in it."""
    pid = supervise(one=SLEEPER).pids()["one"]

    assert os.getpgid(pid) != os.getpgid(0)


def test_a_process_may_be_made_modest() -> None:
    """Asking for less memory changes nothing else, and may be asked twice."""
    memory_modest()
    memory_modest()

    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"]


def test_another_c_library_takes_memory_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the C library has no such switch, nothing is asked and nothing fails."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    memory_modest()


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


def test_dying_with_the_parent_changes_nothing_while_it_lives() -> None:
    """A process with a parent goes on after it asked to be ended with it."""
    assert "goes on" == child("die_with_parent(); print('goes on', end='')").stdout


def test_an_orphan_ends_at_once() -> None:
    """A parent that died before its child could ask to be ended with it leaves the child to end itself."""
    done = child("os.getppid = lambda: 1; die_with_parent(); print('goes on')")  # what the kernel says to an orphan

    assert (1, "") == (done.returncode, done.stdout)


def child(program: str) -> subprocess.CompletedProcess[str]:
    """A program that ran in a process of its own, which may do to itself what it likes."""
    imports = "import os; from hemostat.kernel.supervise import die_with_parent; "
    return subprocess.run([sys.executable, "-c", imports + program], capture_output=True, text=True, check=False)
