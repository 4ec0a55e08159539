"""Many senders at once, a full spool, a slow sender, an end in the middle: what was acknowledged is there, once."""

import contextlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hemostat.kernel import parse_iso
from hemostat.kernel.time import ExerciseClock
from unit.intake.door import LINE, TEXT, Door

SENDERS = 64


def post_many(door: Door, sender: int, stop: threading.Event, acknowledged: list[bytes], *, most: int) -> None:
    """Post until told to stop; each body that was answered with 200 is noted. Every third is sent twice."""
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=120)
    headers = {**door.bearer("edge"), "content-type": TEXT}
    for number in range(most):
        body = LINE.replace(b"7000001", b"%d-%d" % (sender, number))
        for _ in range(2 if number % 3 == 0 else 1):
            if stop.is_set():
                connection.close()
                return
            try:
                connection.request("POST", "/in/events/edge", body, headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                return
            assert 200 == response.status
        acknowledged.append(body)
    connection.close()


def at_work(acknowledged: list[bytes]) -> None:
    """The first message has been acknowledged, however busy the machine is."""
    for _ in range(6000):
        if acknowledged:
            return
        time.sleep(0.02)
    pytest.fail("nothing was acknowledged")


@pytest.mark.slow
def test_sixty_four_senders_at_once(fresh: Callable[..., Door]) -> None:
    """Every message of every connection is there exactly once, and their commits were shared."""
    door = fresh()
    acknowledged: list[bytes] = []

    with ThreadPoolExecutor(SENDERS) as senders:
        for sender in range(SENDERS):
            senders.submit(post_many, door, sender, threading.Event(), acknowledged, most=12)

    assert SENDERS * 12 == len(acknowledged)
    commits = door.metric("commit_seconds_count")
    bodies = [body for _, _, body in door.kept()]
    assert sorted(acknowledged) == sorted(bodies)
    assert commits < SENDERS * 16


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_killed_in_flight(fresh: Callable[..., Door], seed: int) -> None:
    """SIGKILL while many send: all that was acknowledged is there once, and the door opens again on what it has."""
    door = fresh()
    stop = threading.Event()
    acknowledged: list[bytes] = []
    with ThreadPoolExecutor(16) as senders:
        for sender in range(16):
            senders.submit(post_many, door, sender, stop, acknowledged, most=100_000)
        at_work(acknowledged)
        time.sleep(random.Random(seed).uniform(0, 0.6))  # noqa: S311  # a moment of a test
        door.stop(signal.SIGKILL)
        stop.set()

    assert acknowledged
    door.start()
    assert {"accepted": 0, "duplicate": True} == {
        name: value for name, value in door.send(acknowledged[0]).json().items() if name != "seq"
    }
    bodies = [body for _, _, body in door.kept()]
    assert len(bodies) == len(set(bodies))
    assert set(acknowledged) <= set(bodies)


def test_asked_to_stop_it_finishes_its_work(fresh: Callable[..., Door]) -> None:
    """SIGTERM while many send: the process ends by itself with 0, and all that was acknowledged is there once."""
    door = fresh()
    stop = threading.Event()
    acknowledged: list[bytes] = []
    with ThreadPoolExecutor(8) as senders:
        for sender in range(8):
            senders.submit(post_many, door, sender, stop, acknowledged, most=100_000)
        at_work(acknowledged)
        time.sleep(0.1)
        status = door.stop()
        stop.set()

    assert 0 == status
    bodies = [body for _, _, body in door.kept()]
    assert len(bodies) == len(set(bodies))
    assert acknowledged
    assert set(acknowledged) <= set(bodies)
    log = door.log.read_text()
    assert '"event": "intake.open"' in log
    assert '"event": "intake.closed"' in log
    assert "/in/events" not in log


def test_a_full_spool_asks_to_come_back(fresh: Callable[..., Door]) -> None:
    """At the limit: 503 with Retry-After and advice, the door stays open, and nothing acknowledged is lost."""
    door = fresh(spool_limit=150_000)
    taken = 0
    for number in range(20):
        reply = door.send(LINE.replace(b"7000001", b"%d" % number) * 200)
        if 200 != reply.status:
            break
        taken += 1

    assert (503, "spool_full", "10") == (reply.status, reply.json()["error"], reply.headers["retry-after"])
    assert "worker" in reply.json()["advice"]
    assert 0 < taken == len(door.kept())
    assert 200 == door.get("/healthz").status


def test_strangers_take_no_room_from_those_with_a_key(fresh: Callable[..., Door]) -> None:
    """Webhooks that stall, not yet known to be signed, keep waiting neither who has a key nor true deliveries from elsewhere."""
    door = fresh(limit=5_000_000)
    head = "POST /in/shopify/fernhollow HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000\r\n{}\r\n\r\n"
    signature = "x-shopify-hmac-sha256: AAAA"
    strangers = [stalled(door, head.format(signature).encode() + b"x" * 1_100_000) for _ in range(14)]
    at_its_limit(door)

    assert 200 == door.send(LINE * 40_000).status
    assert 200 == door.webhook(b'{"n":"%b"}' % (b"x" * 2_000_000), sender="127.0.0.2").status
    with socket.create_connection(("127.0.0.1", door.port), timeout=120) as unsigned:
        unsigned.sendall(head.format("x-nothing: x").encode())
        assert b" 401 " in unsigned.recv(1000)
    for stranger in strangers:
        stranger.close()


def stalled(door: Door, sent: bytes) -> socket.socket:
    """A connection on which all of `sent` was sent, or as much as the door took before it refused."""
    wire = socket.create_connection(("127.0.0.1", door.port), timeout=120)
    with contextlib.suppress(OSError):
        wire.sendall(sent)
    return wire


def at_its_limit(door: Door) -> None:
    """The door holds as much of what one stranger sends as it ever does, and has refused some."""
    for _ in range(6000):
        if door.metric("held_bytes") > 6_500_000 and b'refused_total{reason="busy"}' in door.get("/metrics").body:
            return
        time.sleep(0.02)
    pytest.fail("the strangers' bodies did not arrive")


def test_the_story_clock_is_the_clock_of_a_drill(fresh: Callable[..., Door]) -> None:
    """In a home with an exercise clock a message is received when the story says."""
    door = fresh()
    door.stop()
    noon = parse_iso("2026-03-10T14:00:00Z")
    ExerciseClock(door.home.path / "clock.json").set(noon, factor=0)
    door.start()
    door.send(LINE)

    spool = door.spool()
    assert noon == spool.lag().oldest
    spool.close()


def test_two_doors_do_not_share_a_port(fresh: Callable[..., Door]) -> None:
    """A second intake on the same address ends with an error that names it, rather than taking half of the messages."""
    door = fresh()
    second = subprocess.run(
        [sys.executable, "-m", "hemostat", "serve", "intake"],
        env=os.environ | {"HEMOSTAT_HOME": str(door.home.path), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 2 == second.returncode
    assert f"Cannot listen on 127.0.0.1:{door.port}" in second.stderr


def test_the_hot_door_stays_small() -> None:
    """The process knows neither Arrow, nor DuckDB, nor Django, nor the scanner."""
    code = "import sys, hemostat.intake.app, hemostat.intake.server; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "hemostat.lake.spool" in loaded
    assert "hemostat.law.elements" not in loaded
    assert not {"pyarrow", "duckdb", "django", "hyperscan", "numpy"} & {name.partition(".")[0] for name in loaded}
