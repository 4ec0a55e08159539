"""`hemostat ledger`: prove that the record was not changed."""

from typing import Annotated

import msgspec
import typer

from hemostat.kernel import Home

from .django import database_ready

app = typer.Typer(no_args_is_help=True, help="Verify the ledger.")


@app.callback()
def group() -> None:
    """Verify the ledger."""


@app.command()
def verify(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Recompute every hash and check every signature; a broken chain names its first wrong entry and exits 2."""
    database_ready(Home.from_environment())
    from hemostat.people.ledger import chain_verify, unsigned  # noqa: PLC0415  # needs the database above

    verified, tail = chain_verify(), unsigned()
    if json:
        typer.echo(msgspec.json.encode({**msgspec.structs.asdict(verified), "unsigned": tail}).decode())
    else:
        typer.echo(f"{verified.seq} entries hold, {verified.checkpoints} signatures fit. Head: {verified.hash}")
        typer.echo(f"Entries at the end that no signature covers yet: {tail}.")
