"""Programs of other makers, where `scripts/interop` puts them or the environment says; a test without one is not run."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import Home, Settings, Sink
from hemostat.sinks import ways_of
from hemostat.sinks.base import Record
from unit.sinks.made import TOKEN, nothing

_ROOT = Path(__file__).parents[2]


def tenzir() -> str:
    """Where the program is. Skips the test when it is nowhere."""
    here = os.environ.get("HEMOSTAT_TENZIR") or str(_ROOT / "build/interop/bin/tenzir")
    if not Path(here).exists():
        pytest.skip("not run: no Tenzir here (scripts/interop installs it, or HEMOSTAT_TENZIR names it)")
    return here


def rsyslogd() -> str:
    """Same."""
    here = os.environ.get("HEMOSTAT_RSYSLOGD") or shutil.which("rsyslogd", path=f"{os.environ['PATH']}:/usr/sbin") or ""
    if not here:
        pytest.skip("not run: no rsyslog here (scripts/interop installs it where it may, or HEMOSTAT_RSYSLOGD names it)")
    return here


def port() -> int:
    """A port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(number: int) -> bool:
    """Does somebody take connections there, in good time?"""
    return waits(lambda: _connects(number))


def waits(true: Callable[[], bool]) -> bool:
    """Does it become true in good time?"""
    return any(true() or time.sleep(0.1) for _ in range(300))


@contextmanager
def running(command: list[str], folder: Path, *, listening: int) -> Iterator[Path]:
    """The program runs in `folder` until the end of the block; gives the file with what it printed."""
    said = folder / "said"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    with (
        said.open("wb") as out,
        (folder / "words").open("wb") as words,
        subprocess.Popen(command, stdout=out, stderr=words, cwd=folder, env=environment) as process,
    ):
        try:
            assert listens(listening), (folder / "words").read_text()
            yield said
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def deliver(folder: Path, sink: Sink, records: list[Record]) -> int:
    """How many of the records a sink delivers."""
    home = Home(folder / "home")
    home.create(Settings(kind="sandbox"))
    home.keyring(home.settings()).put("sink.siem", [TOKEN.encode()])
    channel = ways_of("siem", sink, home=home).make("")
    try:
        return sum(taken.sent for taken in channel.deliver(records, before=nothing))
    finally:
        channel.close()


def lines(said: Path) -> list[dict[str, Any]]:
    """The JSON lines that a program has printed so far."""
    return [msgspec.json.decode(line) for line in said.read_bytes().splitlines() if line.startswith(b"{")]


def _connects(number: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", number), timeout=1).close()
    except OSError:
        return False
    return True
