"""Intake and worker are killed at random moments while two sources send late, twice and in any order: nothing shows of it.

Each record has a name. Afterwards the lake has every name once, and pulse and gaps are those of a run in which nothing was
killed.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import ExerciseClock, Home, Source
from hemostat.kernel.supervise import MODEST
from hemostat.lake import health
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import read
from hemostat.lake.spool import Incoming
from hemostat.lake.watch import watch
from unit.intake.door import NDJSON, Door
from unit.worker.test_process import SERVE, TABLES

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("HEMOSTAT_SOAK", "3"))
SEED = int(os.environ.get("HEMOSTAT_SEED", "7"))
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
APP, TRAIL = 240, 240  # records of each source
SOURCES = {
    "app": Source(kind="events", store="fernhollow"),
    "trail": Source(kind="cloudtrail", store="fernhollow", surface="telehealth-session"),
}


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a sender, under its own key."""

    source: str
    key: str
    body: bytes


def happened(chance: random.Random) -> datetime:
    """Mostly just now, sometimes hours ago, and now and then by a clock that runs ahead."""
    return NOW - timedelta(seconds=chance.choice([1, 2, 30, 60, 7_200, 90_000, -900]) + chance.random())


def of_app(number: int, chance: random.Random) -> dict[str, Any]:
    """A record of an app in our own words; nothing but its message tells it from a repetition."""
    return {"time": happened(chance).isoformat(), "act": "record:read", "request_id": f"app-{number}", "subject": str(number)}


def of_trail(number: int, chance: random.Random) -> dict[str, Any]:
    """A record that its source names: it is known in whatever message it comes."""
    return {
        "eventTime": happened(chance).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventName": "GetObject",
        "eventID": f"event-{number}",
        "requestID": f"trail-{number}",
        "requestParameters": {"bucketName": "recordings", "key": f"visit-{number}"},
    }


def story() -> list[Sent]:
    """All messages in the order in which they go out: shuffled, a third of them twice, and records of one in others besides."""
    chance = random.Random(SEED)  # noqa: S311  # a story that can be told again
    lines = {
        "app": [msgspec.json.encode(of_app(number, chance)) for number in range(APP)],
        "trail": [msgspec.json.encode(of_trail(number, chance)) for number in range(TRAIL)],
    }
    lines["trail"] += chance.sample(lines["trail"], TRAIL // 3)
    made = []
    for source, own in lines.items():
        chance.shuffle(own)
        made += [Sent(source=source, key=f"{source}-{at}", body=b"\n".join(own[at : at + 5])) for at in range(0, len(own), 5)]
    made += chance.sample(made, len(made) // 3)
    chance.shuffle(made)
    return made


def without_kills(home: Home, sent: Sequence[Sent]) -> None:
    """The same messages, one after the other, in one process that nothing happens to."""
    tools = Tools(home)
    spool = tools.spool()
    for one in sent:
        kept = Incoming(source=one.source, key=f"key:{one.key}", received_at=NOW, content_type=NDJSON, headers={}, body=one.body)
        spool.append([kept])
    while drain(home, spool, tools=tools):
        pass
    spool.close()


class Lines:
    """The sender: each message that is let go is repeated until it is acknowledged."""

    def __init__(self, door: Door, sent: Sequence[Sent]) -> None:
        self.door = door
        self.sent = sent
        self.done = self.let_go = 0
        self.over = False
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def close(self) -> None:
        """Nothing is sent any more."""
        self.over = True
        self.thread.join()

    def _run(self) -> None:
        while not self.over and self.done < len(self.sent):
            one, status = self.sent[self.done], 0
            if self.done < self.let_go:
                with suppress(OSError, HTTPException):
                    status = self.door.send(one.body, source=one.source, kind=NDJSON, idempotency_key=one.key).status
            if status == 200:
                self.done += 1
            else:
                time.sleep(0.01)


class Storm:
    """A door, a worker, a sender between them, and somebody who kills."""

    def __init__(self, door: Door, sent: Sequence[Sent]) -> None:
        self.door = door
        self.environment = {**os.environ, **MODEST, "HEMOSTAT_HOME": str(door.home.path)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "hemostat.console.settings"
        subprocess.run([sys.executable, "-c", TABLES], env=self.environment, check=True)
        door.start()
        self.spool = door.spool()
        self.worker = self._worker()
        self.lines = Lines(door, sent)

    def kill_intake(self, after: float) -> bool:
        """While messages come; did some of them still have to?"""
        time.sleep(after)
        self.door.stop(signal.SIGKILL)
        was_busy = self.lines.done < self.lines.let_go
        self.door.start()
        return was_busy

    def kill_worker(self, after: float) -> bool:
        """Soon after it has written something; did it have more to do?"""
        before = self.spool.last_batch()
        _until(lambda: self.spool.last_batch() > before)
        time.sleep(after)
        self.worker.kill()
        self.worker.wait()
        was_busy = self.spool.lag().messages > 0
        self.worker = self._worker()
        return was_busy

    def close(self) -> None:
        """No process and no thread is left."""
        self.lines.close()
        self.worker.kill()
        self.worker.wait()
        self.spool.close()
        self.door.stop()

    def _worker(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", SERVE], env=self.environment, stderr=subprocess.DEVNULL)


def told(home: Home) -> dict[str, Any]:
    """What the lake, the pulse and the watch say; the usual delay is left out, which is weighed by how the batches were cut."""
    spool = Tools(home).spool()
    watch(home, spool, SOURCES, now=NOW + timedelta(minutes=20))
    rows = read(home, spool.parts(), columns=("source", "request_id"))
    beats = [msgspec.structs.asdict(beat) | {"skew_usual": None} for beat in spool.pulse(NOW - timedelta(days=30))]
    spool.close()
    return {
        "names": Counter(zip(rows["source"].to_pylist(), rows["request_id"].to_pylist(), strict=True)),
        "pulse": beats,
        "gaps": [(gap.source, gap.kind, gap.detail, gap.since, gap.closed_at) for gap in health.gaps(home)],
    }


def test_kills_leave_no_trace(tmp_path: Path) -> None:
    """Every record by name once; late, repeated and early ones counted as without kills; the same gaps since the same moments."""
    door, chance, sent = Door(tmp_path, sources=SOURCES), random.Random(SEED), story()  # noqa: S311  # moments to kill at
    quiet = msgspec.structs.replace(door.settings.intake, canary_minutes=0)
    door.home.write(msgspec.structs.replace(door.settings, intake=quiet))
    ExerciseClock(door.home.path / "clock.json").set(NOW, factor=0)
    calm = Home(tmp_path / "calm")
    shutil.copytree(door.home.path, calm.path)
    storm, busy = Storm(door, sent), Counter[str]()
    try:
        for number in range(KILLS):
            storm.lines.let_go = len(sent) * (number + 1) // (KILLS + 1)
            kill = storm.kill_intake if number % 2 else storm.kill_worker
            busy[kill.__name__] += kill(chance.uniform(0, 0.1))
        storm.lines.let_go = len(sent)
        _until(lambda: storm.lines.done == len(sent) and not storm.spool.lag().messages)
    finally:
        storm.close()

    without_kills(calm, sent)
    expected, found = told(calm), told(door.home)
    assert APP + TRAIL == len(expected["names"]) == expected["names"].total()
    assert expected == found, busy
    assert {"app", "trail"} == {source for source, kind, *_ in found["gaps"] if kind == "skew"}
    assert sum(beat["duplicates"] for beat in found["pulse"]) == TRAIL // 3
    assert busy.total(), "nobody was at work when it was killed"


def _until(holds: Any) -> None:
    for _ in range(6000):  # a bound, not a measure
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("It did not happen within 120 s.")
