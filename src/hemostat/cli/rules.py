"""`hemostat rules`: which rules there are and how they stand, and what is wrong with those that somebody writes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from hemostat.kernel import Home

from .django import database_ready

if TYPE_CHECKING:
    from hemostat.detect import Book, Known, State

app = typer.Typer(no_args_is_help=True, help="List the rules, and check those of your own.")


@app.callback()
def group() -> None:
    """List the rules, and check those of your own."""


@app.command("list")
def listed(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List all rules of this home: state, level, surface, title, and where each stands."""
    from hemostat.detect import book_of  # noqa: PLC0415  # loads pySigma and DuckDB

    home = Home.from_environment()
    decided = _decided(home)
    rows = sorted(
        (_row(one, decided.get(one.id)) for one in book_of(home.rules).known.values()),
        key=lambda row: (row["state"], row["title"]),
    )
    if json:
        typer.echo(msgspec.json.encode({"rules": rows}).decode())
        return
    for row in rows:
        typer.echo(f"{row['state']:<9}{row['level']:<14}{row['surface'] or '-':<19}{row['title']} ({row['file'] or 'baselines'})")


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(help="File or folder of rules; without it, the folder `rules` of the home.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read, compile and prove rules by their samples; exits 1 and names the place and the way out when one is wrong."""
    from hemostat.detect.book import book_read  # noqa: PLC0415  # loads pySigma and DuckDB

    found = book_read(path or Home.from_environment().rules)
    own = [one for one in found.known.values() if one.own]
    wrong = list(_wrong(found))
    if json:
        typer.echo(msgspec.json.encode({"rules": len(own), "wrong": wrong}).decode())
    else:
        for one in wrong:
            typer.echo(f"{one['file']}: {one['rule']}: {one['reason']}\n  {one['advice']}")
        typer.echo(f"{len(own)} rules can be used, {len(wrong)} faults.")
    if wrong:
        raise typer.Exit(1)


def _wrong(found: "Book") -> "list[dict[str, str]]":
    """What is wrong, file by file: rules that cannot be used, and those that alert nobody before they prove themselves."""
    faults = [
        {"file": fault.path.name, "rule": fault.title, "reason": fault.reason, "advice": fault.advice()} for fault in found.faults
    ]
    doubted = [one for one in found.known.values() if one.proof.doubts]
    return faults + [
        {"file": one.place, "rule": one.title, "reason": "; ".join(one.proof.doubts), "advice": _UNPROVED} for one in doubted
    ]


_UNPROVED = "It runs and alerts nobody. Correct the rule or its samples under `hemostat: samples:`."


def _decided(home: Home) -> "dict[str, State]":
    """What people and budgets decided; nothing where there is no home."""
    if not home.exists():
        return {}
    database_ready(home)
    from hemostat.alerts.standing import states  # noqa: PLC0415  # needs the database above

    return states()


def _row(one: "Known", decided: "State | None") -> dict[str, str | bool]:
    return {
        "id": one.id,
        "title": one.title,
        "state": one.state(decided).value,
        "level": one.level,
        "surface": one.surface,
        "own": one.own,
        "file": one.place,
    }
