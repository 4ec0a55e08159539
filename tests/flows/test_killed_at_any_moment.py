"""Whatever is killed, and whenever: what was acknowledged is in the lake once, the run goes on, the ledger holds."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from hemostat.kernel import Home
from hemostat.lake.spool import Spool

from .conftest import Run, command, environment

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HEMOSTAT_SOAK", "8"))


class Drill:
    """A drill that is started again, by the same command, whenever it was killed as a whole."""

    def __init__(self, folder: Path) -> None:
        self.home, self.report = folder / "home", folder / "out"
        self.printed = folder / "printed.json"
        self.words = folder / "words.txt"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """The command, in the background."""
        with self.printed.open("wb") as out, self.words.open("ab") as words:
            return subprocess.Popen(
                command("--autopilot", "--seed", "7", home=self.home, report=self.report),
                env=environment(self.home),
                stdout=out,
                stderr=words,
            )

    def kill_one(self, draw: random.Random) -> str | None:
        """One process of the drill, the conductor among them, is killed; None when the drill has ended."""
        try:
            whole = psutil.Process(self.process.pid)
            victim = draw.choice([whole, *whole.children(recursive=True)])
            name = "conductor" if victim == whole else " ".join(victim.cmdline()[2:4])
            victim.kill()
        except psutil.NoSuchProcess:
            return None
        if victim.pid == self.process.pid:
            self.process.wait()
            self.process = self.start()
        return name


def rows_by_source(home: Home) -> tuple[Counter[str], int, int]:
    """Rows of the lake by source, and how many event ids there are, all and distinct: read with DuckDB alone."""
    settings = home.settings()
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    files = [str(home.lake / part.path) for part in spool.parts()]
    rows = duckdb.connect().execute("SELECT source, event_id FROM read_parquet(?)", [files]).fetchall()
    return Counter(source for source, _ in rows), len(rows), len({event for _, event in rows})


def lines(path: Path) -> int:
    """How many whole lines a log of the twin has."""
    return path.read_bytes().count(b"\n")


def scores(result: dict[str, Any]) -> dict[str, Any]:
    """What must be the same for the same seed and the same acts."""
    return {
        "overall": result["score"]["overall"],
        "marks": {mark["id"]: (mark["value"], mark["score"]) for mark in result["score"]["marks"]},
        "people": result["people"]["by_jurisdiction"],
        "duties": [(duty["id"], duty["due"]) for duty in result["duties"]],
    }


def test_a_drill_survives_kills_at_random_moments(tmp_path: Path, answered: Run) -> None:
    """Kills of intake, worker, twin and conductor lose nothing, double nothing, and do not change a score."""
    draw = random.Random(f"kills-{KILLS}")  # noqa: S311  # moments, not secrets
    drill = Drill(tmp_path)
    killed = []
    while len(killed) < KILLS and drill.process.poll() is None:
        time.sleep(draw.uniform(1.0, 5.0))
        if name := drill.kill_one(draw):
            killed.append(name)
    status = drill.process.wait(timeout=600)

    assert 0 == status, (killed, drill.words.read_text()[-3000:])
    assert len(killed) == KILLS, "the drill ended before all kills were made"
    home = Home(drill.home)
    by_source, rows, distinct = rows_by_source(home)
    assert rows == distinct, killed
    assert lines(drill.home / "twin" / "edge.log") == by_source["edge"], killed
    assert lines(drill.home / "twin" / "app.log") == by_source["care-app"], killed
    assert 8_914 == by_source["fernhollow"], killed
    assert scores(answered.result) == scores(json.loads(drill.printed.read_text())), killed
    verified = subprocess.run(
        [sys.executable, "-m", "hemostat", "ledger", "verify"],
        env=environment(drill.home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == verified.returncode, verified.stderr


def test_the_same_seed_gives_the_same_people_in_another_process(answered: Run, unanswered: Run) -> None:
    """Those who were exposed until the path was closed are the first of those who are exposed when nobody closes it."""
    for place, people in answered.result["people"]["by_jurisdiction"].items():
        assert people <= unanswered.result["people"]["by_jurisdiction"][place]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_drill_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Somebody who presses Ctrl-C is left with nothing to clean up, and can go on later."""
    drill = Drill(tmp_path)
    deadline = time.monotonic() + 60
    while not (children := psutil.Process(drill.process.pid).children(recursive=True)) and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(2)
    children = psutil.Process(drill.process.pid).children(recursive=True)

    drill.process.send_signal(number)
    drill.process.wait(timeout=60)

    _, alive = psutil.wait_procs(children, timeout=15)
    assert [] == [process.cmdline() for process in alive]
