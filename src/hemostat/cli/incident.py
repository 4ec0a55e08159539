"""`hemostat incident`: the record of an incident, for people and machines outside."""

from typing import Annotated

import msgspec
import typer

from hemostat.kernel import BadInput, Home, clock_for

from .acting import acting
from .django import database_ready

app = typer.Typer(no_args_is_help=True, help="Export the record of an incident.")


@app.callback()
def group() -> None:
    """Export the record of an incident."""


@app.command()
def export(
    ref: Annotated[str, typer.Argument(help="Reference of the incident, like INC-0001.")],
    by: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who asks; notes they may not read stay out. Else the system's user.")
    ] = "",
    format_: Annotated[str, typer.Option("--format", help="Only json in this version.")] = "json",
) -> None:
    """Print the whole record: steps, evidence list, duties, decisions, notes, and the ledger entries behind them."""
    if format_ != "json":
        raise BadInput(f"The format {format_[:20]!r} is not supported by this version.", advice="Use --format json.")
    home = Home.from_environment()
    database_ready(home)
    from hemostat.incidents.record import incident_record  # noqa: PLC0415  # needs the database above
    from hemostat.incidents.selectors import incident_for  # noqa: PLC0415  # same
    from hemostat.people.rights import Right, Role  # noqa: PLC0415  # same

    person = acting(by, home, invented=Role.AUDITOR)
    found = incident_for(person, ref, need=Right.SEE)
    record = incident_record(incident=found, by=person, now=clock_for(home.path).now())
    typer.echo(msgspec.json.format(msgspec.json.encode(record), indent=2).decode())
