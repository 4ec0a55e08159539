"""`hemostat vocabulary`: the words of the merchant's own store that hold or tell of patient data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from hemostat.kernel import BadInput, Home

app = typer.Typer(no_args_is_help=True, help="Words of your own store that hold patient data, or tell of somebody's health.")

_NOTE = """\
# Proposals for {file}: take what tells of somebody's health, and leave out the rest.
# A field is the name of a value about a person; terms are words that count wherever they stand.
"""


@app.command()
def suggest(
    products: Annotated[
        list[Path] | None,
        typer.Argument(metavar="EXPORT...", help="Product exports of Shopify or Magento, as CSV, or one JSON object a line."),
    ] = None,
    marked: Annotated[
        list[str] | None, typer.Option(help="A collection or category that tells of health, whatever its name; may be repeated.")
    ] = None,
    store: Annotated[str, typer.Option(help="A store whose newest snapshot names its own fields (metafields).")] = "",
) -> None:
    """Propose words for HOME/fields.yaml, each with its reason: products and fields that tell of somebody's health.

    What is printed has the form of that file. Nothing is written: a person decides.
    """
    from hemostat.phi.catalogue import Proposal, as_yaml, of_fields, of_products  # noqa: PLC0415  # compiles the scanner's patterns
    from hemostat.phi.persons import table_rows  # noqa: PLC0415  # same

    if not products and not store:
        raise BadInput("There is nothing to look at.", advice="Name a product export, or a store with --store.")
    home = Home.from_environment()
    found: list[Proposal] = list(of_fields(_fields(home, store))) if store else []
    for path in products or ():
        try:
            with path.open("rb") as stream:
                rows = table_rows(stream)[1]
                next(rows)  # the names
                found += of_products(rows, marked=marked or ())
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}.", advice="Check the path.") from error
    typer.echo(_NOTE.format(file=home.fields_file) + "\n".join(as_yaml(found)))


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A file in the form of HOME/fields.yaml; without it, that file.")] = None,
) -> None:
    """Check a file of your own words: its form, and that the scanner can look for each of them."""
    from hemostat.phi import Dictionary, Scanner  # noqa: PLC0415  # compiles its patterns

    path = file or Home.from_environment().fields_file
    own = Dictionary.read(path)
    Scanner(Dictionary.complete().extended(own)).scan("ready")
    typer.echo(f"{path.name}: {len(own.fields):,} names of fields and {len(own.terms):,} terms can be looked for.")


def _fields(home: Home, store: str) -> Iterator[tuple[str, str]]:
    """The store's own fields by name and title. Raises `BadInput` when no snapshot was taken."""
    from hemostat.stores.snapshot import snapshot_latest  # noqa: PLC0415  # only this needs it

    snapshot = snapshot_latest(home, store)
    if snapshot is None:
        raise BadInput(f"No snapshot of {store!r} was taken.", advice="Take one with `hemostat source snapshot`.")
    return ((item.id, item.title) for item in snapshot.of("field"))
