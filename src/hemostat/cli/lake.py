"""`hemostat lake`: is every event still there, and can what is damaged be written again?"""

from typing import Annotated, Any

import msgspec
import typer

from hemostat.kernel import Home

app = typer.Typer(no_args_is_help=True, help="Check and repair the lake's files.")


@app.command()
def check(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Compare every file of the lake with the manifest; exits 1 when one is missing, cut short or changed."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.repair import check as damage_of  # noqa: PLC0415  # same
    from hemostat.lake.repair import strays  # noqa: PLC0415  # same

    home = Home.from_environment()
    spool = Tools(home).spool()
    found, leftovers, files = damage_of(home, spool), strays(home, spool), len(spool.parts())
    spool.close()
    if json:
        _print({"files": files, "damaged": [{"path": one.part.path, "what": one.what} for one in found], "strays": leftovers})
    else:
        for one in found:
            typer.echo(one.what)
        typer.echo(
            f"{files:,} files, {len(found):,} damaged; {len(leftovers):,} leftovers of interrupted runs, which nobody reads."
        )
    if found:
        raise typer.Exit(1)


@app.command()
def repair(
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help="Give up what cannot be written again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write damaged files again from the spool, or say what is lost; exits 1 when something is lost and not given up."""
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.repair import repair as repair_all  # noqa: PLC0415  # same

    home = Home.from_environment()
    spool = Tools(home).spool()
    done = repair_all(home, spool, accept_loss=accept_loss)
    spool.close()
    if json:
        _print([{"path": one.part.path, "rows": one.part.rows, "repaired": one.repaired, "what": one.what} for one in done])
    else:
        for one in done:
            typer.echo(f"{one.part.path}: {one.what}")
        typer.echo(f"{sum(one.repaired for one in done):,} of {len(done):,} damaged files repaired.")
    if not accept_loss and not all(one.repaired for one in done):
        raise typer.Exit(1)


def _print(document: Any) -> None:
    typer.echo(msgspec.json.encode(document).decode())
