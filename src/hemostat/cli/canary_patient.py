"""`hemostat canary-patient`: people who do not exist, to plant in production; one that is seen elsewhere is proof of a leak."""

import csv
import secrets
import sys
from typing import Annotated

import msgspec
import typer

from hemostat.kernel import Home, clock_for
from hemostat.sandbox import planted

app = typer.Typer(no_args_is_help=True, help="Make people who do not exist, to plant in production and to recognize elsewhere.")


@app.command()
def make(count: Annotated[int, typer.Argument(min=1, max=planted.MOST, help="How many.")]) -> None:
    """Make more canary patients, and recognize them from now on. Print them with `hemostat canary-patient list`."""
    home = Home.from_environment()
    canaries = [*planted.planted(home), *planted.draw(count, secrets.randbelow)]
    planted.plant(home, home.keyring(home.settings()), canaries, at=clock_for(home.path).now())
    typer.echo(f"{count:,} made, {len(canaries):,} in all. Plant them in production: `hemostat canary-patient list`.")


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Print the canary patients, as CSV to import where real patients are. They are invented: nobody has these values."""
    canaries = msgspec.to_builtins(planted.planted(Home.from_environment()))
    if json:
        typer.echo(msgspec.json.encode(canaries).decode())
        return
    table = csv.DictWriter(sys.stdout, [field.name for field in msgspec.structs.fields(planted.Planted)], lineterminator="\n")
    table.writeheader()
    table.writerows(canaries)


@app.command()
def forget() -> None:
    """Recognize no canary patient any more, and drop their list. Take them out of production too."""
    home = Home.from_environment()
    typer.echo(f"{planted.uproot(home, home.keyring(home.settings())):,} canary patients are forgotten.")
