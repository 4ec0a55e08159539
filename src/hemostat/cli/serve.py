"""`hemostat serve`: one process of the product, in the foreground."""

import typer

from hemostat.kernel import Home

app = typer.Typer(no_args_is_help=True, help="Run one process in the foreground: intake, worker or console.")


@app.command()
def intake() -> None:
    """Take events in: the hot door."""
    from hemostat.intake.server import serve  # noqa: PLC0415  # each process loads only its own room

    serve(_home())


@app.command()
def worker() -> None:
    """Turn what was taken in into the lake, findings and alerts."""
    from hemostat.worker.process import serve  # noqa: PLC0415  # each process loads only its own room

    serve(_home())


@app.command()
def console() -> None:
    """Show the pages."""
    from hemostat.console.server import serve  # noqa: PLC0415  # each process loads only its own room

    serve(_home())


def _home() -> Home:
    """The home, and if it is a sandbox, this process guarded."""
    from hemostat.sandbox.guard import guard_home  # noqa: PLC0415  # only a process that serves needs it

    home = Home.from_environment()
    guard_home(home)
    return home
