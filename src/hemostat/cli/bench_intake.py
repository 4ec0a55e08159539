"""`hemostat bench intake`: the hot door against a bare handler with the same HMAC and group commit, in the same run.

The servers have one core for themselves and the load has another, so that neither is measured by what the other leaves it.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import msgspec

from hemostat.kernel import BadInput, Home, Intake, Settings
from hemostat.lake.spool import Spool
from hemostat.sources.base import Message

_ROUNDS = 5
_SECONDS = 3.0  # of one round
_CONNECTIONS = 64
_OVERLOAD_CONNECTIONS = 1800
_TIMES = 2.0  # the rate that one process sustains
_OVERLOAD_SECONDS = 10.0
_SHOPIFY = 5.0  # seconds that Shopify waits for an answer
_CPU_LIMIT, _P99_LIMIT = 1.2, 1.5
_ROOM = 4_000_000_000  # bytes of the spool
_MEGABYTE = 1024  # of what the kernel counts in kilobytes
_PATIENCE = 30.0  # seconds for a server to answer


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server under load: its process, its port, and the address that takes webhooks."""

    pid: int
    port: int
    path: str
    secret: bytes


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What one round of load told: CPU seconds of the server, and what the load counted."""

    cpu: float
    told: dict[str, Any]

    @property
    def each(self) -> float:
        """Microseconds of the server's CPU a webhook."""
        return self.cpu / int(self.told["all_answered"]) * 1e6

    @property
    def rate(self) -> float:
        """Answers a second."""
        return int(self.told["answered"]) / float(self.told["took"])

    @property
    def acknowledged(self) -> list[str]:
        """The delivery ids of those that were answered with 200."""
        process, numbers = self.told["acknowledged"]
        return [f"{process}-{number}" for number in numbers]


def intake() -> dict[str, Any]:
    """CPU a signed 2 KB webhook and p99 at 64 connections against the bare peer; then twice the rate that was sustained."""
    folder = Path(tempfile.mkdtemp(prefix="hemostat-bench-"))
    try:
        with _door(folder) as (ours, home), _peer(folder) as bare:
            for server in (ours, bare):
                _load(server, seconds=1.0)  # warm
            rounds = [(_load(ours), _load(bare)) for _ in range(_ROUNDS)]
            # The rate is measured right before: a minute ago the machine may have been another.
            sustained = _load(ours, seconds=_OVERLOAD_SECONDS / 2).rate
            before = _memory(ours.pid)
            over = _load(ours, connections=_OVERLOAD_CONNECTIONS, seconds=_OVERLOAD_SECONDS, rate=_TIMES * sustained)
            grown = _memory(ours.pid) - before
        kept = _kept(home)
    finally:
        shutil.rmtree(folder)
    lost = [name for one in (*(mine for mine, _ in rounds), over) for name in one.acknowledged if name not in kept]
    return _figures(rounds) | _overload(over, sustained) | {"overload: megabytes more": grown, "acknowledged and lost": len(lost)}


def _figures(rounds: list[tuple[Round, Round]]) -> dict[str, Any]:
    mine, theirs = [mine for mine, _ in rounds], [theirs for _, theirs in rounds]
    cpu = median(one.each for one in mine) / median(one.each for one in theirs)
    p99 = median(float(one.told["p99"]) for one in mine) / median(float(one.told["p99"]) for one in theirs)
    return {
        "CPU microseconds a webhook": median(one.each for one in mine),
        "the same of the bare handler": median(one.each for one in theirs),
        "times the bare handler's CPU": cpu,
        "share of the limit of 1.2": cpu / _CPU_LIMIT,
        "p99 at 64 connections, milliseconds": median(float(one.told["p99"]) for one in mine) * 1e3,
        "times the bare handler's p99": p99,
        "share of the limit of 1.5": p99 / _P99_LIMIT,
        "webhooks a second, 64 connections": median(one.rate for one in mine),
    }


def _overload(over: Round, sustained: float) -> dict[str, Any]:
    """What came of more than one process can take."""
    statuses, slowest = over.told["statuses"], float(over.told["slowest"])
    shed = int(statuses.get("503", 0))
    return {
        "sustained right before, webhooks a second": sustained,
        "overload: fell due a second": int(over.told["due"]) / float(over.told["took"]),
        "overload: times the sustained rate": int(over.told["due"]) / float(over.told["took"]) / sustained,
        "overload: times the sustained rate, answered": over.rate / sustained,
        "overload: acknowledged": int(statuses.get("200", 0)),
        "overload: asked to come back (503)": shed,
        "overload: share of those": shed / sum(statuses.values()),
        "overload: other answers": sum(count for status, count in statuses.items() if status not in {"200", "503"}),
        "overload: never sent or never answered": int(over.told["never_sent"]) + int(over.told["never_answered"]),
        "overload: median answer, seconds since due": float(over.told["p50"]),
        "overload: slowest answer, seconds since due": slowest,
        "overload: share of Shopify's 5 s": slowest / _SHOPIFY,
    }


def _load(server: Server, *, connections: int = _CONNECTIONS, seconds: float = _SECONDS, rate: float = 0.0) -> Round:
    """One round of load, from a process of its own."""
    words = [server.port, server.path, server.secret.hex(), connections, seconds, rate, _cores()[1]]
    command = [sys.executable, "-m", "hemostat.cli.bench_load", *map(str, words)]
    before = _cpu(server.pid)
    done = subprocess.run(command, capture_output=True, check=False, timeout=seconds + 60)  # noqa: S603  # our own
    cpu = _cpu(server.pid) - before
    if done.returncode:
        raise BadInput("The bench stopped: the load failed.", advice=done.stderr.decode(errors="replace")[-300:])
    return Round(cpu=cpu, told=json.loads(done.stdout))


def _cpu(pid: int) -> float:
    """Seconds that all threads of a process have used, in user mode and in the kernel."""
    # Finer than the clock ticks of /proc/PID/stat. No thread ends in between.
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def _memory(pid: int) -> float:
    """Megabytes that a process has had at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / _MEGABYTE


def _cores() -> tuple[int, int]:
    """The core of the servers and that of the load: the same where there is but one."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[-1]


@contextmanager
def _door(folder: Path) -> Iterator[tuple[Server, Home]]:
    """The real intake over a home of its own, with one store."""
    port, secret = _free_port(), secrets.token_bytes(32)
    home = Home(folder / "home")
    settings = Settings(intake=Intake(port=port, spool_limit=_ROOM), shopify_stores={"bench": "bench.myshopify.example"})
    home.create(settings)
    home.keyring(settings).put("shopify.bench", [secret])
    with _process(["-m", "hemostat.intake"], folder / "intake.log", {"HEMOSTAT_HOME": str(home.path)}) as pid:
        _until(port)
        yield Server(pid=pid, port=port, path="/in/shopify/bench", secret=secret), home


@contextmanager
def _peer(folder: Path) -> Iterator[Server]:
    """The bare handler."""
    port, secret = _free_port(), secrets.token_bytes(32)
    words = ["-m", "hemostat.cli.bench_peer", str(port), str(folder / "peer.sqlite3"), secret.hex()]
    with _process(words, folder / "peer.log", {}) as pid:
        _until(port)
        yield Server(pid=pid, port=port, path="/", secret=secret)


@contextmanager
def _process(words: list[str], log: Path, environment: dict[str, str]) -> Iterator[int]:
    with (
        log.open("wb") as out,
        subprocess.Popen(  # noqa: S603  # our own
            [sys.executable, *words], env=os.environ | environment, stdout=out, stderr=out
        ) as process,
    ):
        try:
            os.sched_setaffinity(process.pid, {_cores()[0]})  # its threads begin with what it has
            yield process.pid
        finally:
            process.terminate()


def _until(port: int) -> None:
    """Somebody answers on the port. Raises `BadInput` when nobody does in time."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=_PATIENCE)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise BadInput("The bench stopped: a server does not answer.", advice="Try again on a quieter machine.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _kept(home: Home) -> set[str]:
    """The delivery ids of the messages in the spool."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=_ROOM)
    kept: set[str] = set()
    try:
        while plan := spool.plan():
            kept.update(one.headers["x-shopify-webhook-id"] for one in spool.messages(plan) if isinstance(one, Message))
            spool.written(plan, [], rejected=0)
    finally:
        spool.close()
    return kept
