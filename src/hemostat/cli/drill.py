"""`hemostat drill`: play a leak on a twin of the store, with people or with a scripted responder."""

import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from hemostat.exercises.pack import Pack, pack_load, pack_names
from hemostat.kernel import BadInput, Home
from hemostat.sandbox.homes import Ports, sandbox_home_create, sandbox_home_renew

from .django import database_ready

if TYPE_CHECKING:
    from hemostat.people.services import DemoLogin

app = typer.Typer(no_args_is_help=True, help="Play a leak on a twin of the store.")
_words = Console(stderr=True, highlight=False, markup=False)


@app.command("list")
def list_drills(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """The drills that are installed."""
    packs = [pack_load(name) for name in pack_names()]
    if json:
        typer.echo(
            msgspec.json.encode(
                [{"id": p.id, "version": p.version, "surface": p.surface, "title": p.title, "minutes": p.minutes} for p in packs]
            ).decode()
        )
        return
    for pack in packs:
        typer.echo(f"{pack.id}  {pack.version}  {pack.surface}  {pack.minutes} min\n    {pack.title}")


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="A drill of `hemostat drill list`.")],
    autopilot: Annotated[bool, typer.Option("--autopilot", help="Headless, with the scripted responder.")] = False,
    nobody: Annotated[bool, typer.Option("--nobody", help="Headless, and nobody responds: shows the whole leak.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people, calls and, headless, scores.")] = 7,
    report: Annotated[Path, typer.Option(help="Folder for report.html, report.pdf and result.json.")] = Path("out"),
    home: Annotated[Path | None, typer.Option(help="Sandbox home; an interrupted drill in it goes on.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")] = False,
) -> None:
    """Run one drill and write its after-action report.

    Without --autopilot people play it in the console, whose address and sign-ins are printed.
    """
    if autopilot and nobody:
        raise typer.BadParameter("Choose one of --autopilot and --nobody.")
    pack = pack_load(name)
    place = (home or Path("build") / "drills" / f"{name}-{seed}").resolve()
    headless = autopilot or nobody
    result = (
        _headless(pack, place=place, seed=seed, answered=autopilot, report=report)
        if headless
        else live(pack, place=place, seed=seed, report=report)
    )
    if result is None:
        return
    if json:
        typer.echo(msgspec.json.encode(result).decode())
    else:
        _show(result, report)


def live(pack: Pack, *, place: Path, seed: int, report: Path) -> dict[str, Any] | None:
    """People have played the drill in the sandbox home `place`; None when they stopped before its end."""
    home = sandbox_ready(place, seed=seed)
    database_ready(home)
    from hemostat.exercises.playing import play_live  # noqa: PLC0415  # needs the database above

    stop = interrupted()
    return play_live(
        home=home,
        pack=pack,
        seed=seed,
        folder=report,
        say=_words.print,
        invite=lambda logins: _invite(home, logins),
        stopped=stop.is_set,
        wait=stop.wait,
    )


def _headless(pack: Pack, *, place: Path, seed: int, answered: bool, report: Path) -> dict[str, Any]:
    started = time.monotonic()
    home = sandbox_ready(place, seed=seed)
    database_ready(home)
    from hemostat.exercises.models import DrillMode  # noqa: PLC0415  # needs the database above
    from hemostat.exercises.playing import play_headless  # noqa: PLC0415  # same

    mode = DrillMode.AUTOPILOT if answered else DrillMode.NOBODY
    result = play_headless(home=home, pack=pack, seed=seed, mode=mode, folder=report, say=_words.print)
    _words.print(f"done in {time.monotonic() - started:.0f} s")
    return result


def sandbox_ready(place: Path, *, seed: int) -> Home:
    """A sandbox home at `place`: the one with an unfinished drill, or one as new. Only what Hemostat made is ever replaced.

    Raises `BadInput` for a production home, a folder of somebody's own, a home in use, and one whose drills cannot be read.
    """
    home = Home(place)
    if not home.exists():
        return sandbox_home_create(place, seed=seed, ports=Ports.claimed())
    if home.settings().kind != "sandbox":
        raise BadInput(f"{place} is a production home; a drill needs a sandbox.", advice="Name another folder with --home.")
    with _alone(home):
        return home if _unfinished(home) else sandbox_home_renew(home, seed=seed, ports=Ports.claimed())


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Nobody works in the home meanwhile. Raises `BadInput` when somebody does."""
    from hemostat.worker.process import AlreadyRunning, only_worker  # noqa: PLC0415  # listing drills needs no worker

    try:
        with only_worker(home):
            yield
    except AlreadyRunning as error:
        raise BadInput(
            f"{home.path} is in use: its worker runs.",
            advice="Stop the drill that runs there, or name another folder with --home.",
        ) from error


def _unfinished(home: Home) -> bool:
    """Is there a drill that still runs, or has no score yet? The database may be of another version: two plain questions.

    Raises `BadInput` when they cannot be answered.
    """
    if not home.database.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{home.database.as_uri()}?mode=ro", uri=True)) as database:
            # Killed before its first tables were made, a home has no drill yet
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'exercises_drill'").fetchone():
                return False
            (count,) = database.execute(
                "SELECT count(*) FROM exercises_drill WHERE state = 'running' OR result = '{}'"
            ).fetchone()
    except sqlite3.Error as error:
        raise BadInput(
            f"Whether a drill is unfinished in {home.path} cannot be read: {error}.",
            advice="Remove the folder yourself, or name another one with --home.",
        ) from error
    return bool(count)


def interrupted() -> threading.Event:
    """Set when somebody asks this process to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _invite(home: Home, logins: Sequence["DemoLogin"]) -> None:
    console = home.settings().console
    table = Table(title=f"Join at http://{console.host}:{console.port}", title_justify="left", title_style="bold")
    for column in ("role", "person", "user name", "password"):
        table.add_column(column)
    for login in logins:
        table.add_row(login.role.label, login.full_name, login.username, login.password)
    _words.print(table)


def _show(result: Mapping[str, Any], report: Path) -> None:
    score, people = result["score"], result["people"]
    table = Table(
        title=f"{result['title']}: {score['overall']['score']:.0%} ({score['overall']['rating']})", title_justify="left"
    )
    for column in ("expectation", "measured", "score"):
        table.add_column(column)
    for mark in score["marks"]:
        table.add_row(mark["text"], mark["shown"], f"{mark['score']:.0%} {mark['rating']}")
    Console(highlight=False).print(table)
    typer.echo(
        f"{people['exposed']:,} people were exposed; with nobody responding it would have been {people['ground_truth']:,}."
    )
    typer.echo(f"Report: {report / 'report.html'} and {report / 'report.pdf'}")
