"""`hemostat source test`: one event of a source, from its sending to its row in the lake."""

import time
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer

from hemostat.kernel import HemostatError, Home, clock_for
from hemostat.sources import source_named

_PAUSE = 0.5  # seconds between two looks


class NothingCame(HemostatError):
    """No event arrived while it was waited for."""


def arrival(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    seconds: Annotated[float, typer.Option(min=1, help="How long to wait.")] = 60.0,
    public: Annotated[
        bool, typer.Option("--public", help="Send to the public address of the intake, through its proxy.")
    ] = False,
    real: Annotated[bool, typer.Option("--real", help="Send nothing: wait for a real event.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Send a test event through the front door, signed as its vendor signs, and show its row when it is in the lake.

    It is marked as a test: it counts for nobody, and raises no alert. Where only the system itself can send, a real event is
    waited for.
    """
    home = Home.from_environment()
    from hemostat.readiness.arriving import CannotSend, send  # noqa: PLC0415  # loads Arrow
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    settings, clock = home.settings(), clock_for(home.path)
    source, since, is_test = source_named(settings, name), clock.now(), not real
    guide = guides().guides[source.kind]
    if is_test:
        try:
            send(home, settings, name, now=since, base=settings.intake.public if public else "")
            typer.echo("Sent, and acknowledged after the commit. Waiting for its row.", err=True)
        except CannotSend as error:
            is_test = False
            typer.echo(str(error), err=True)
    if not is_test:
        typer.echo(f"Now: {guide.wait or 'let the system do something that it tells of.'} Waiting.", err=True)
    row = _arrived(home, name, since, seconds, test=is_test)
    if json:
        typer.echo(msgspec.json.encode(row).decode())
        return
    typer.echo("It arrived:")
    for column, value in row.items():
        if value not in ("", None):
            typer.echo(f"  {column:<11} {value}")
    if is_test:
        typer.echo("It is marked as a test: it counts for nobody.")


def _arrived(home: Home, name: str, since: datetime, seconds: float, *, test: bool) -> dict[str, Any]:
    """The newest row of the source that was learnt since. Raises `NothingCame`, and what stands in the way."""
    from hemostat.readiness.arriving import found, in_the_way  # noqa: PLC0415  # loads Arrow
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loaded already

    ends = time.monotonic() + seconds
    while not (row := found(home, name, since=since, test=test)):
        if time.monotonic() >= ends:
            if (trouble := in_the_way(home, name, since=since)) is not None:
                raise trouble
            kind = source_named(home.settings(), name).kind
            quiet = " ".join(guides().needs.kinds[kind].quiet)
            advice = f"{quiet} Is the worker running (`hemostat up`)?".strip()
            raise NothingCame(f"No event of {name} reached the lake within {seconds:g} s.", advice=advice)
        time.sleep(_PAUSE)
    return row
