"""What `hemostat bench soak` concludes from its samples, and that it runs the whole product. Nothing is asserted about speed."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from hemostat.cli.bench_mix import BEGIN
from hemostat.cli.bench_soak import FORBIDDEN, SAMPLES
from hemostat.cli.bench_soak_marks import Marks
from hemostat.cli.bench_soak_receiver import Refuses, recorded
from hemostat.cli.bench_soak_senders import Door
from hemostat.cli.bench_soak_verdict import LEAST, LIMITS, Sample, verdicts
from hemostat.cli.bench_watch import Held, family, held, peak, peak_reset, resident
from hemostat.kernel import BadInput
from hemostat.lake.spool import Incoming
from hemostat.sandbox.wires.loopback import Asked, Said, served

HOME = {
    "files in the lake": 60.0,
    "other files": 30.0,
    "spool, megabytes": 80.0,
    "database, megabytes": 2.0,
    "baselines, megabytes": 4.0,
    "other databases, megabytes": 1.0,
    "write-ahead logs, megabytes": 20.0,
}
WORKER = Held(own=170.0, resident=250.0, files=19, sockets=3, pipes=2, threads=19)


def series(held_at: Callable[[float], Held], home_at: Callable[[float], Mapping[str, float]] = lambda _: HOME) -> list[Sample]:
    """Samples of one process and a home, made of how far the run is: from 0 to 1."""
    return [
        Sample(events=number * 1000, processes={"worker": held_at(number / SAMPLES)}, home=home_at(number / SAMPLES))
        for number in range(SAMPLES)
    ]


def grown(name: str, value: float) -> Held:
    """The worker with one figure more."""
    return WORKER + Held(**{name: value}) if isinstance(value, float) else WORKER + Held(**{name: int(value)})


def leaking(samples: list[Sample]) -> list[str]:
    """The figures of which too much is held."""
    return [one.name for one in verdicts(samples) if one.leaks]


def test_what_only_swings_leaks_nothing() -> None:
    """Memory that swings by a twelfth, sockets that come and go, and a processor that others use too, are no leak."""
    chance = random.Random(5)  # noqa: S311  # made-up noise

    def swinging(part: float) -> Held:
        cpu = Held(cpu=part * SAMPLES * 0.3 * chance.uniform(0.99, 1.01))
        return grown("own", chance.uniform(0.0, 14.0)) + grown("sockets", chance.randrange(3)) + cpu

    assert [] == leaking(series(swinging, lambda _: {name: value * chance.uniform(0.9, 1.1) for name, value in HOME.items()}))


def test_what_fills_in_the_first_quarter_leaks_nothing() -> None:
    """Caches and windows that are full after a quarter of the run do not count."""
    assert [] == leaking(series(lambda part: grown("own", min(part, 0.25) * 800.0)))


@pytest.mark.parametrize(
    ("name", "most", "figure"),
    [
        ("own", 40.0, "worker: own megabytes"),
        ("files", 9, "worker: open files"),
        ("sockets", 9, "worker: sockets"),
        ("hanging", 9, "worker: sockets that the other side has closed"),
        ("pipes", 9, "worker: pipes"),
        ("threads", 9, "worker: threads"),
    ],
)
def test_what_a_process_holds_more_and_more_of_leaks(name: str, most: float, figure: str) -> None:
    """A figure that rises all the time is named, also when it rises slowly, and no other is."""
    assert [figure] == leaking(series(lambda part: grown(name, most * part if isinstance(most, float) else int(most * part))))


def test_memory_that_rises_by_a_step_halfway_leaks() -> None:
    """What is taken once and never given back is seen as well."""
    assert ["worker: own megabytes"] == leaking(series(lambda part: grown("own", 30.0 if part > 0.5 else 0.0)))


def test_work_that_takes_longer_and_longer_leaks_time() -> None:
    """Looking through more and more for each event is a leak of processor time."""
    assert ["worker: microseconds of an event"] == leaking(series(lambda part: grown("cpu", SAMPLES * (part + 2 * part**2))))


@pytest.mark.parametrize("figure", sorted(HOME.keys() - {"baselines, megabytes"}))
def test_a_home_that_grows_and_grows_leaks(figure: str) -> None:
    """Files and databases may be as large as before, and not twice as large; logs of databases have a size of their own."""
    most = 300.0 if "logs" in figure else 3 * HOME[figure] + 60

    assert [figure] == leaking(series(lambda _: WORKER, lambda part: HOME | {figure: HOME[figure] + most * part}))


def test_baselines_grow_as_the_story_does_and_no_faster() -> None:
    """Eight weeks are learned, of which the story tells eight days: growth in proportion is right, anything beyond it leaks."""
    assert [] == leaking(series(lambda _: WORKER, lambda part: HOME | {"baselines, megabytes": 40 * part}))
    assert ["baselines, megabytes"] == leaking(
        series(lambda _: WORKER, lambda part: HOME | {"baselines, megabytes": 90 * part**2})
    )


def test_each_figure_that_is_looked_at_has_a_limit() -> None:
    """Nothing is measured and not judged, and the other way round."""
    names = {one.name.rpartition(": ")[2] for one in verdicts(series(lambda _: WORKER))}

    assert set(LIMITS) == names
    assert LEAST < SAMPLES


def test_a_process_tells_what_it_holds() -> None:
    """Files, sockets and pipes of a process that we started are counted, with its memory and its children."""
    program = """
import os, socket, subprocess, sys
held = [open(os.devnull) for _ in range(5)] + [socket.socket() for _ in range(3)] + list(os.pipe())
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print("ready", flush=True)
input()
child.communicate(b"end")
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        found, pids = held(process.pid), list(family(process.pid))
        process.communicate(b"end\n")

    assert 2 == len(pids)
    assert 3 == found.sockets
    assert 5 <= found.files < 5 + 3
    assert 2 <= found.pipes < 2 + 5
    assert 1 == found.threads
    assert 0 < found.own <= found.resident
    assert Held() == held(process.pid)
    assert 0.0 == resident(process.pid) == peak(process.pid)


def test_a_socket_that_the_other_side_has_closed_is_seen() -> None:
    """A connection that nobody closes on this side hangs."""
    before = held(os.getpid()).hanging
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()[:2]) as ours:
        server.accept()[0].close()
        ours.recv(1)

        assert before + 1 == held(os.getpid()).hanging


def test_the_most_memory_since_a_moment_is_known() -> None:
    """What was given back before does not count."""
    peak_reset(os.getpid())
    before = peak(os.getpid())
    content = bytearray(b"x" * 60_000_000)
    assert 50 < peak(os.getpid()) - before
    del content
    peak_reset(os.getpid())
    assert 30 > peak(os.getpid()) - before


def test_what_a_killed_receiver_had_not_confirmed_does_not_count(tmp_path: Path) -> None:
    """The last line of the file of ids counts when it is whole."""
    ids = tmp_path / "ids"
    assert not recorded(ids)
    ids.write_text("000000000001-00000\n000000000001-00001\n000000000001-00001\n0000000000")

    assert {"000000000001-00000": 1, "000000000001-00001": 2} == recorded(ids)


def test_some_events_are_refused_for_good() -> None:
    """Of some messages the first event, and nothing else."""
    refuses = Refuses()
    ids = [f"{seq:012d}-{index:05d}" for seq in range(1, 3000) for index in range(2)]

    assert ["000000000001-00000", "000000001010-00000", "000000002019-00000"] == [uid for uid in ids if uid in refuses]
    assert 7 not in refuses


NOON, EVENING = BEGIN + timedelta(hours=3), BEGIN + timedelta(hours=9)


def test_few_events_of_a_slow_feed_hold_up_the_story() -> None:
    """However much later others have come to the lake, and to the sinks: what was sent at noon is still on its way."""
    marks = Marks()
    marks.sent(NOON, {"edge": 500, "audit": 50})
    marks.sent(EVENING, {"edge": 1000, "audit": 50})
    marks.arrived({"edge": 1000, "audit": 49}, 1049)

    assert NOON == marks.oldest


def test_an_event_has_arrived_when_every_sink_is_done_with_it() -> None:
    """Sinks take events in the order of the lake: they must be done with as many as it held when it had the event."""
    marks = Marks()
    assert marks.oldest is None
    marks.sent(NOON, {"edge": 500, "audit": 50})
    marks.sent(EVENING, {"edge": 1000, "audit": 100})
    marks.arrived({"edge": 700, "audit": 50}, 749)
    assert NOON == marks.oldest
    marks.arrived({"edge": 1000, "audit": 99}, 750)
    assert EVENING == marks.oldest
    marks.arrived({"edge": 1000, "audit": 100}, 1099)
    assert EVENING == marks.oldest
    marks.arrived({"edge": 1000, "audit": 100}, 1100)

    assert marks.oldest is None


def through_the_door(said: Said, count: int) -> tuple[Door, list[bytes]]:
    """So many messages were sent through a door that settled; what of them had arrived by then at an intake that says `said`."""
    found: list[bytes] = []

    def answer(asked: Asked) -> Said:
        time.sleep(0.01)  # so that some wait
        found.append(asked.body)
        return said

    with served(answer) as address:
        door = Door(urlsplit(address).port or 0)
        door.open({"app": b"key"})
        for number in range(count):
            body = str(number).encode()
            door.send(Incoming(source="app", key=f"app-{number}", received_at=BEGIN, content_type="", headers={}, body=body))
        door.settle()
        return door, list(found)


def test_a_door_that_has_settled_has_delivered_all() -> None:
    """Nothing that was sent before can come behind what is sent later."""
    door, found = through_the_door(Said(), 20)
    door.close()

    assert sorted(str(number).encode() for number in range(20)) == sorted(found)


def test_a_door_at_which_a_message_is_refused_settles_and_tells() -> None:
    """Nobody waits for ever for what will never be taken."""
    door, found = through_the_door(Said(status=400), 1)

    assert [b"0"] == found
    with pytest.raises(BadInput, match="400"):
        door.close()


@pytest.mark.slow
def test_a_short_run_loses_nothing(tmp_path: Path) -> None:
    """Some thousand events go through all processes, while receivers fail and are killed: all arrive, and enough was sampled."""
    done = subprocess.run([sys.executable, "-c", _RUN, str(tmp_path)], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    told = msgspec.json.decode((tmp_path / "told.json").read_bytes())

    assert SAMPLES >= len(told["samples"]) >= LEAST
    assert {"intake", "worker", "console"} == set(told["samples"][0]["processes"])
    assert 6_000 <= told["account"]["events"]
    for name in FORBIDDEN:
        assert 0 == told["account"][name], name
    assert 0 < told["account"]["receivers killed"]
    assert 20 < told["account"]["connections of senders"]


_RUN = """
import sys
from pathlib import Path
import msgspec
from hemostat.cli.bench_soak import Run
run = Run(Path(sys.argv[1]), events=6_000, minutes=0.02)
samples = run.play()
(Path(sys.argv[1]) / "told.json").write_bytes(msgspec.json.encode({"samples": samples, "account": run.account()}))
"""
