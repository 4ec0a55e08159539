"""`hemostat source snapshot`: what a store is configured to be, read now, whatever the feed's interval is."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer

from hemostat.kernel import BadInput, Home, clock_for
from hemostat.stores.snapshot import Snapshot, snapshots

if TYPE_CHECKING:
    from hemostat.collect.magento_rest import MagentoRest
    from hemostat.collect.shopify_admin import ShopifyAdmin

_FEEDS = ("shopify-admin", "magento-rest")


def snapshot(
    name: Annotated[str, typer.Argument(help="A source whose feed is of the kind shopify-admin or magento-rest.")],
    files: Annotated[
        Path | None,
        typer.Option(help="Magento: folder of the installation, or of a copy of its files.", exists=True, file_okay=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the snapshot as one JSON document.")] = False,
) -> None:
    """Read the configuration of a store now, and keep it: who and what can reach its data, and what could not be seen.

    What changed since the last time becomes events, as it does when the worker looks.
    """
    home = Home.from_environment()
    taken = _taken(home, name, files)
    if json:
        typer.echo(msgspec.json.encode(taken).decode())
        return
    for kind, number in sorted(Counter(item.kind for item in taken.items).items()):
        typer.echo(f"{number:>6,} {kind}")
    for part in taken.unseen:
        typer.echo(f"not seen: {part.kind}: {part.reason}")
    typer.echo(f"The newest snapshot of {taken.store} is {snapshots(home, taken.store)[-1].name}.")


def _taken(home: Home, name: str, files: Path | None) -> Snapshot:
    """The snapshot, kept, and its changes in the spool. Raises `BadInput`, and what the feed raises."""
    from hemostat.collect import collector_of  # noqa: PLC0415  # loads the store's client
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # as above
    from hemostat.sources import source_named  # noqa: PLC0415  # as above

    settings = home.settings()
    source = source_named(settings, name)
    if source.feed is None or source.feed.kind not in _FEEDS:
        raise BadInput(
            f"The source {name!r} does not look at the configuration of a store.",
            advice=f"Name one whose feed is of the kind {' or '.join(_FEEDS)}, or add one with `hemostat source add`.",
        )
    if files is not None and source.feed.kind != "magento-rest":
        raise BadInput("Only a Magento store has files that can be read.", advice="Leave --files out.")
    spool = Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)
    try:
        collector = collector_of(name, source, home=home, spool=spool, clock=clock_for(home.path))
        try:
            if files is not None:
                return cast("MagentoRest", collector).snapshot(files)
            return cast("MagentoRest | ShopifyAdmin", collector).snapshot()
        finally:
            collector.close()
    finally:
        spool.close()
