"""`hemostat evidence`: take evidence out as a bag, and check a bag."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hemostat.kernel import Home, clock_for

from .acting import acting
from .django import database_ready

app = typer.Typer(no_args_is_help=True, help="Export evidence as a bag, and verify bags.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def group() -> None:
    """Export evidence as a bag, and verify bags."""


@app.command()
def export(
    incident: Annotated[str, typer.Argument(help="Reference of the incident, like INC-0001.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the bag; it must not exist yet.")],
    by: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who takes it out: a sign-in name with the right. Else the system's user.")
    ] = "",
    json: Json = False,
) -> None:
    """Write the evidence of an incident as a BagIt bag that carries its own checker."""
    home = Home.from_environment()
    database_ready(home)
    from hemostat.incidents.bag import evidence_export  # noqa: PLC0415  # needs the database above
    from hemostat.incidents.selectors import incident_for  # noqa: PLC0415  # same
    from hemostat.people.rights import Right, Role  # noqa: PLC0415  # same

    person = acting(by, home, invented=Role.COUNSEL)
    found = incident_for(person, incident, need=Right.EXPORT_EVIDENCE)
    bag = evidence_export(incident=found, folder=folder, by=person, now=clock_for(home.path).now())
    if json:
        typer.echo(msgspec.json.encode({"incident": found.ref, "bag": str(bag), "items": found.evidence.count()}).decode())
    else:
        typer.echo(f"{found.evidence.count()} items of {found.ref} are in {bag}. Check it anywhere: python3 {bag / 'verify.py'}")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a bag.")],
    json: Json = False,
) -> None:
    """Check every hash, the custody, the ledger's chain and its signature; exits 1 and names each fault."""
    from hemostat.incidents.bag_verify import verify as bag_faults  # noqa: PLC0415  # only this command needs it

    said: list[str] = []
    faults = bag_faults(folder.resolve(), said.append)
    if json:
        typer.echo(msgspec.json.encode({"bag": str(folder), "holds": not faults, "faults": faults, "said": said}).decode())
    else:
        typer.echo(
            "\n".join([*said, *(f"FAULT {fault}" for fault in faults), "The bag does NOT hold." if faults else "The bag holds."])
        )
    if faults:
        raise typer.Exit(1)
