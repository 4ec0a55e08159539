"""`hemostat hunt`: ask the lake."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hemostat.kernel import BadInput, Home, iso

if TYPE_CHECKING:
    from hemostat.lake.hunt import Hunt, Searched


def hunt(
    sql: Annotated[str, typer.Argument(help="One SELECT over the view `events`.")] = "",
    saved: Annotated[str, typer.Option("--saved", metavar="NAME", help="Ask a saved question instead.")] = "",
    value: Annotated[
        list[str] | None, typer.Option("--value", metavar="NAME=VALUE", help="A value of the saved question.")
    ] = None,
    identify: Annotated[
        list[str] | None,
        typer.Option(
            "--identify",
            metavar="NAME",
            help="Ask for an identifier of the saved question, without showing it, or take a line of standard input.",
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the saved questions.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Query the lake, read-only, in SQL or by a saved question."""
    from hemostat.lake.hunt import Hunt  # noqa: PLC0415  # loads Arrow and DuckDB

    engine = Hunt(Home.from_environment())
    if list_:
        _show_list(engine.saved(), json=json)
    elif bool(sql) == bool(saved):
        raise BadInput("Give either SQL or --saved NAME.", advice="`hemostat hunt --list` shows the saved questions.")
    elif saved:
        answer = engine.run(saved, **_values(value or []), **_identified(engine, saved, identify or []))
        _show(answer.table, engine.searched(answer.values), json=json, sql=answer.sql, sha256=answer.sha256, values=answer.values)
    else:
        _show(engine.query(sql), engine.searched({}), json=json, sql=sql)


def _values(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if bad := [name for name, mark, _ in pairs if not mark]:
        raise BadInput(f"Not NAME=VALUE: {bad[0]!r}.", advice="Write it like --value since=2026-03-02T14:00:00Z.")
    return {name: value for name, _, value in pairs}


def _identified(engine: "Hunt", saved: str, names: list[str]) -> dict[str, str]:
    """A pseudonym for each identifier that was typed: what was typed stands in no argument, no history and no log."""
    kinds = {parameter.name: parameter.kind for parameter in engine.saved(saved).parameters if parameter.kind}
    if unknown := [name for name in names if name not in kinds]:
        raise BadInput(f"{saved!r} takes no identifier {unknown[0]!r}.", advice=f"It takes: {', '.join(kinds) or 'none'}.")
    return {name: engine.pseudonym(kinds[name], _typed(name)) for name in names}


def _typed(name: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{name} (is not shown): ")
    return sys.stdin.readline()


def _show(table: Any, searched: "Searched", *, json: bool, **about: object) -> None:
    import msgspec  # noqa: PLC0415  # only here

    if json:
        document = {**about, "columns": table.column_names, "rows": table.to_pylist()}
        typer.echo(msgspec.json.encode(document, enc_hook=str).decode())
        return
    shown = Table(*table.column_names)
    for row in table.to_pylist():
        shown.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    Console(markup=False, highlight=False).print(shown)
    period = f" from {iso(searched.first)} to {iso(searched.last)}" if searched.first and searched.last else ""
    told = f"Rows: {table.num_rows:,}. Searched {searched.events:,} events{period} in {searched.files:,} files."
    Console(stderr=True, highlight=False).print(told)


def _show_list(queries: Any, *, json: bool) -> None:
    import msgspec  # noqa: PLC0415  # only here

    if json:
        typer.echo(msgspec.json.encode(queries).decode())
        return
    for query in queries:
        typer.echo(f"{query.name}: {query.title}\n    {query.question}")
        for parameter in query.parameters:
            option = f"--identify {parameter.name}" if parameter.kind else f"--value {parameter.name}={parameter.default}"
            typer.echo(f"    {option}  {parameter.meaning}")
