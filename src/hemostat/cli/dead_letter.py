"""`hemostat dead-letter`: what could not be read, and a second chance for it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import Home, iso, parse_iso

if TYPE_CHECKING:
    from hemostat.lake.dead_letters import Letter

app = typer.Typer(no_args_is_help=True, help="Show input that could not be read, and offer it again.")


@app.command("list")
def show(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show what could not be read, with its reason and the way out; the input itself stays sealed."""
    from hemostat.lake import dead_letters  # noqa: PLC0415  # loads Arrow
    from hemostat.lake.pipeline import Tools  # noqa: PLC0415  # same

    home = Home.from_environment()
    tools = Tools(home)
    days = timedelta(days=tools.settings.raw_days)
    spool = tools.spool()
    last_batch = spool.last_batch()
    spool.close()
    letters = list(dead_letters.waiting(home.dead_letters, last_batch=last_batch))
    if json:
        names = ("source", "seq", "line", "learnt", "reason", "advice")
        _print([{name: getattr(one, name) for name in names} | {"goes": _goes(one, days)} for one in letters])
        return
    for one in letters:
        place = f"line {one.line}" if one.line else "whole message"
        typer.echo(f"{one.source}, message {one.seq}, {place}: {one.reason} {one.advice} Kept until {_goes(one, days)[:10]}.")
    typer.echo(f"Letters waiting: {len(letters):,}", err=True)


@app.command()
def retry(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Hand back to the spool what can be read now, and leave the rest."""
    from hemostat.lake.pipeline import Tools, retry_letters  # noqa: PLC0415  # loads Arrow

    home = Home.from_environment()
    tools = Tools(home)
    spool = tools.spool()
    tried = retry_letters(spool, tools)
    spool.close()
    if json:
        _print(tried)
    else:
        damaged = f" Of these with a damaged seal: {tried.damaged:,}." if tried.damaged else ""
        typer.echo(f"Back in the spool: {tried.returned:,}. Still unreadable: {tried.kept:,}.{damaged}")


def _goes(one: "Letter", days: timedelta) -> str:
    """When the letter's days are over."""
    return iso(parse_iso(one.learnt) + days)


def _print(document: Any) -> None:
    typer.echo(msgspec.json.encode(document).decode())
