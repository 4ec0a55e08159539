"""`hemostat up`: start and watch all processes of a home."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hemostat.kernel import Home
from hemostat.kernel.listening import require_free
from hemostat.kernel.supervise import Supervisor

from .django import database_ready


def up(drill: Annotated[str, typer.Option(help="Instead of your own home, run a sandbox with this live drill.")] = "") -> None:
    """Run intake, worker and console, and start again what ends; with --drill, in a sandbox with a leak to answer."""
    from hemostat.exercises.pack import pack_load  # noqa: PLC0415  # the sandbox is loaded only when asked for

    from . import drill as drills  # noqa: PLC0415  # same

    home = Home.from_environment()
    if drill:
        drills.live(pack_load(drill), place=home.path, seed=7, report=home.path / "reports" / "last")
        return
    settings = home.settings()
    require_free(settings.intake.host, settings.intake.port, section="intake")
    require_free(settings.console.host, settings.console.port, section="console")
    database_ready(home)
    supervisor = Supervisor(
        {name: [sys.executable, "-m", f"hemostat.{name}"] for name in ("intake", "worker", "console")},
        environment=os.environ | {"HEMOSTAT_HOME": str(home.path)},
        logs=home.logs,
    )
    stop = drills.interrupted()
    supervisor.start()
    typer.echo(
        f"Console: http://{settings.console.host}:{settings.console.port}   Logs: {Path(home.logs)}   Stop: Ctrl-C", err=True
    )
    stop.wait()
    supervisor.stop()
