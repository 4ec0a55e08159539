"""Each process of a drill is run as a drill runs it, up to the point at which it would serve; there it tries to leave."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hemostat.kernel import Home
from hemostat.sandbox.processes import twin_commands

# Each program: what stands in for serving, then what a drill starts.
_TRY = """
import asyncio, runpy, socket, sys
def leave(*_, **__):
    try:
        socket.socket().connect(("192.0.2.1", 80))
    except Exception as error:
        print(type(error).__name__)
    sys.exit()
"""
_MODULES = {
    "intake": "import hemostat.intake.server as room\nroom.serve = leave\n",
    "worker": "import hemostat.worker.process as room\nroom.serve = leave\n",
    "console": "import hemostat.console.server as room\nroom.serve = leave\n",
}
_PAGES = "from hemostat.console.server import application\napplication()\nleave()\n"
_CONDUCTOR = """
from hemostat.kernel.supervise import Supervisor
Supervisor.start = leave
sys.argv = ["hemostat", "drill", "run", "storefront-session-leak", "--autopilot", "--home", sys.argv[1]]
runpy.run_module("hemostat", run_name="__main__")
"""


def tried(home: Home, program: str, *words: str) -> str:
    """What the process says when it tries to leave."""
    done = subprocess.run(
        [sys.executable, "-c", _TRY + program, *words],
        env=os.environ | {"HEMOSTAT_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "hemostat.console.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def refused(home: Home) -> list[tuple[str, int]]:
    """Which places the guard's log says were asked for."""
    lines = (home.path / "guard.ndjson").read_bytes().splitlines()
    return [(line["host"], line["port"]) for line in map(msgspec.json.decode, lines)]


@pytest.mark.parametrize("name", _MODULES)
def test_a_process_of_the_product_is_guarded(home: Home, name: str) -> None:
    """Started by the command of a drill, over a sandbox home, it cannot leave."""
    assert "GuardRefusal\n" == tried(home, f"{_MODULES[name]}runpy.run_module('hemostat.{name}', run_name='__main__')\n")
    assert [("192.0.2.1", 80)] == refused(home)


def test_the_process_that_answers_for_the_console_is_guarded(home: Home) -> None:
    """The server answers from a process that it starts itself, and that one makes the calls of playbooks."""
    assert "GuardRefusal\n" == tried(home, _PAGES)
    assert [("192.0.2.1", 80)] == refused(home)


@pytest.mark.parametrize("name", twin_commands(Home(Path())))
def test_a_process_of_the_twin_is_guarded(home: Home, name: str) -> None:
    """The merchant's systems cannot leave either."""
    _, _, module, *words = twin_commands(home)[name]
    program = f"asyncio.run = leave\nsys.argv[0] = 'twin'\nrunpy.run_module('{module}', run_name='__main__')\n"

    assert "GuardRefusal\n" == tried(home, program, *words)
    assert [("192.0.2.1", 80)] == refused(home)


@pytest.mark.slow
def test_the_process_that_plays_the_story_is_guarded(tmp_path: Path) -> None:
    """It makes the calls of the scripted responder, and starts all others."""
    home = Home(tmp_path / "home")

    assert "GuardRefusal\n" == tried(home, _CONDUCTOR, str(home.path))
    assert [("192.0.2.1", 80)] == refused(home)
