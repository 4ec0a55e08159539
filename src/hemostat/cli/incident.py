"""`hemostat incident`: the record of an incident, for people and machines outside."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hemostat.kernel import BadInput, Home, clock_for

from .acting import acting
from .django import database_ready

app = typer.Typer(no_args_is_help=True, help="Export the record and the burden-of-proof file of an incident.")


@app.callback()
def group() -> None:
    """Export the record and the burden-of-proof file of an incident."""


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


@app.command()
def burden(
    ref: Annotated[str, typer.Argument(help="Reference of the incident, like INC-0001.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the file; it must not exist yet.")],
    by: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who takes it out: a sign-in name with the right. Else the system's user.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write the proof that every notice was made, or that none was needed, and what is missing (45 CFR 164.414)."""
    home = Home.from_environment()
    database_ready(home)
    from hemostat.incidents.selectors import incident_for  # noqa: PLC0415  # needs the database above
    from hemostat.incidents.services import burden_write  # noqa: PLC0415  # same
    from hemostat.people.rights import Right, Role  # noqa: PLC0415  # same

    person = acting(by, home, invented=Role.COUNSEL)
    found = incident_for(person, ref, need=Right.EXPORT_EVIDENCE)
    made = burden_write(incident=found, folder=folder, by=person, now=clock_for(home.path).now())
    if json:
        told = {"incident": found.ref, "folder": str(folder), "sha256": made.sha256, **made.verdict, "missing": made.missing}
        typer.echo(msgspec.json.encode(told).decode())
    else:
        lines = [made.verdict["sentence"], *(f"- {line}" for line in made.missing), f"It is in {folder}, SHA-256 {made.sha256}."]
        typer.echo("\n".join(lines))
