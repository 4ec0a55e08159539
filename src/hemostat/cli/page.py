"""`hemostat page`: try out whether the people on call can be reached."""

from typing import Annotated

import typer

from hemostat.kernel import BadInput, Home
from hemostat.oncall.paging import EXERCISE, channels
from hemostat.oncall.paging import page as send

Names = Annotated[list[str] | None, typer.Argument(help="Channels to try; all of them when none is named.", metavar="CHANNEL")]

_MESSAGE = "Hemostat: this is a test page. Nothing has happened."


def page(names: Names = None) -> None:
    """Send a test page to each channel, and say which took it; exit status 1 when one did not. A sandbox sends nothing."""
    home = Home.from_environment()
    known = channels(home.settings())
    if not known:
        raise BadInput(
            "This home has no paging channel.", advice="Name one in `[paging] channels`, and set its key `paging.NAME`."
        )
    if EXERCISE in known:
        typer.echo("A sandbox pages nobody; what it would send is recorded as exercise.")
        return
    if strange := sorted(set(names or ()) - set(known)):
        raise BadInput(f"No channel is called {strange[0][:40]!r}.", advice=f"The channels are: {', '.join(known)}.")
    deliveries = send(home, _MESSAGE, to=names or None)
    for delivery in deliveries:
        typer.echo(f"{delivery.channel}: {'took the page' if delivery.taken else delivery.why}")
    if not all(delivery.taken for delivery in deliveries):
        raise typer.Exit(1)
