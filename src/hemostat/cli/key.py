"""`hemostat key`: the keys of a home, one file each."""

import secrets
import sys
from typing import Annotated

import typer

from hemostat.kernel import BadInput, Home, Keyring

app = typer.Typer(no_args_is_help=True, help="Make, show and rotate the keys of systems that talk to this home.")

_SHOWN = ("source.", "target.")
_KEPT = 2  # the newest value and the one before it: long enough for the other side to change over


@app.command()
def new(name: Annotated[str, typer.Argument(help="Like source.edge or target.shop.")]) -> None:
    """Make a fresh key; the one before it counts until the next rotation."""
    keyring = _keyring()
    _known(name, _SHOWN)
    before = list(keyring.secrets(name)) if keyring.has(name) else []
    keyring.put(name, [secrets.token_bytes(32), *before][:_KEPT])
    typer.echo(f"{name} has a new key. See it with `hemostat key show {name}`.", err=True)


@app.command()
def show(name: Annotated[str, typer.Argument(help="Like source.edge.")]) -> None:
    """Print the bearer text that a sender puts behind `Authorization: Bearer`. Keys that seal or sign are never shown."""
    _known(name, _SHOWN)
    typer.echo(_keyring().secret(name).hex())


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="Like shopify.main, the client secret of the store's app, or paging.duty.")],
) -> None:
    """Take a secret of another system from standard input; the one before it verifies while that system changes over.

    The address of a paging channel is such a secret too; of it only the newest counts.
    """
    _known(name, ("shopify.", "magento.", "paging.", "webhook.", "feed.", "sink."))
    keyring = _keyring()
    value = sys.stdin.buffer.read().strip()
    if not value:
        raise BadInput("No secret came on standard input.", advice=f"Pipe it in: `hemostat key set {name} < file`.")
    before = [secret for secret in keyring.secrets(name) if secret != value] if _rotates(name) and keyring.has(name) else []
    keyring.put(name, [value, *before][:_KEPT])
    typer.echo(f"{name} is set; {len(before[:1])} earlier value still counts.", err=True)


def _rotates(name: str) -> bool:
    """Do values of this key overlap while another system changes over? An address is the new one at once."""
    return not name.startswith("paging.")


def _keyring() -> Keyring:
    home = Home.from_environment()
    return home.keyring(home.settings())


def _known(name: str, prefixes: tuple[str, ...]) -> None:
    if not name.startswith(prefixes):
        raise BadInput(f"{name[:60]!r} is not a key for this command.", advice=f"It starts with one of: {', '.join(prefixes)}.")
