"""One headless drill for all tests that look at what it left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

DRILL = "storefront-session-leak"


class Run(NamedTuple):
    """A finished drill: its result as printed, its home, its report folder, and what it told people meanwhile."""

    result: dict[str, Any]
    home: Path
    report: Path
    words: str


def command(*options: str, home: Path, report: Path) -> list[str]:
    """The command line of a drill in its own sandbox."""
    return [
        sys.executable,
        "-m",
        "hemostat",
        "drill",
        "run",
        DRILL,
        "--json",
        "--home",
        str(home),
        "--report",
        str(report),
        *options,
    ]


def environment(home: Path) -> dict[str, str]:
    """What a newcomer's shell would give."""
    return os.environ | {"HEMOSTAT_HOME": str(home)}


def play(folder: Path, *options: str) -> Run:
    """A drill from its command line to its printed result."""
    home, report = folder / "home", folder / "out"
    done = subprocess.run(
        command(*options, home=home, report=report),
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Run(json.loads(done.stdout), home, report, done.stderr)


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The drill, answered by the scripted responder."""
    return play(tmp_path_factory.mktemp("answered"), "--autopilot", "--seed", "7")


@pytest.fixture(scope="session")
def unanswered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The drill with nobody responding."""
    return play(tmp_path_factory.mktemp("unanswered"), "--nobody", "--seed", "7")
