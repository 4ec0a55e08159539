"""One drill from its start, or from where it was interrupted, to its report."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hemostat.kernel import Home
from hemostat.people.services import DemoLogin, demo_people_create
from hemostat.sandbox.guard import guard_environment, guard_home
from hemostat.sandbox.processes import twin_commands

from .agreements import agreements_enter
from .conductor import Conductor, Say
from .models import Drill, DrillMode
from .pack import Pack
from .report import report_write
from .responder import Responder
from .results import drill_result
from .services import drill_start

Invite = Callable[[Sequence[DemoLogin]], None]


def play_headless(*, home: Home, pack: Pack, seed: int, mode: DrillMode, folder: Path, say: Say) -> dict[str, Any]:
    """The drill has been played by the scripted responder, or by nobody; its report is in `folder`, its result returned."""
    drill = drill_start(pack=pack, seed=seed, mode=mode, by="cli")
    demo_people_create(now=drill.started_at)
    agreements_enter(pack, now=drill.started_at)
    conductor = _conductor(home, pack, drill, say)
    answered = mode == DrillMode.AUTOPILOT
    minutes = pack.story.end_minutes if answered else pack.story.unanswered_minutes
    with conductor.running():
        conductor.prelude()
        responder = Responder(pack, targets=conductor.targets) if answered else None
        conductor.autopilot(responder, until=pack.story.start + timedelta(minutes=minutes))
        result = drill_result(drill=drill, pack=pack)
    _reports(home, drill, pack, folder)
    return result


def play_live(
    *,
    home: Home,
    pack: Pack,
    seed: int,
    folder: Path,
    say: Say,
    invite: Invite,
    stopped: Callable[[], bool],
    wait: Callable[[], object],
) -> dict[str, Any] | None:
    """The drill has been played by people, its report is in `folder`, and the console stayed up until `wait` returned.

    None when somebody stopped before the end: the same command goes on from there.
    """
    drill = drill_start(pack=pack, seed=seed, mode=DrillMode.LIVE, by="cli")
    logins = demo_people_create(now=drill.started_at)
    agreements_enter(pack, now=drill.started_at)
    conductor = _conductor(home, pack, drill, say, "console")
    with conductor.running():
        conductor.prelude()
        invite(logins)
        until = pack.story.start + timedelta(minutes=pack.story.end_minutes)
        if not conductor.live(until=until, factor=pack.story.live_factor, stopped=stopped):
            return None
        result = drill_result(drill=drill, pack=pack)
        _reports(home, drill, pack, folder)
        say("the drill is over; the console stays up until you press Ctrl-C")
        wait()
    return result


def _conductor(home: Home, pack: Pack, drill: Drill, say: Say, *more: str) -> Conductor:
    guard_home(home)
    commands = {name: [sys.executable, "-m", f"hemostat.{name}"] for name in ("intake", "worker", *more)} | twin_commands(home)
    environment = guard_environment(os.environ) | {"HEMOSTAT_HOME": str(home.path)}
    say(f"{drill.ref}: {pack.title} (seed {drill.seed}, home {home.path.name})")
    return Conductor(home=home, pack=pack, drill=drill, commands=commands, environment=environment, say=say)


def _reports(home: Home, drill: Drill, pack: Pack, folder: Path) -> None:
    """The report lies where it was asked for, and in the home, where the console finds it."""
    for place in (folder, home.path / "reports" / drill.ref):
        report_write(drill=drill, pack=pack, folder=place)
