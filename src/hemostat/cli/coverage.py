"""`hemostat coverage`: which paths to patient data are watched."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from hemostat.kernel import Home, NotFound, clock_for

if TYPE_CHECKING:
    from hemostat.readiness.coverage import CoverageMap, Path, Share


def coverage(
    store: Annotated[str, typer.Option(help="Name of one store; all of them when left out.")] = "",
    days: Annotated[int, typer.Option(min=1, help="Days within which an event must have arrived.")] = 30,
    systems: Annotated[bool, typer.Option("--systems", help="Show the words for `systems` in hemostat.toml.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List every path by which patient data can be read, and whether its events arrive; exits 1 when one is silent."""
    from hemostat.readiness.coverage import State, stores  # noqa: PLC0415  # loads Arrow and DuckDB
    from hemostat.readiness.coverage import coverage as map_of  # noqa: PLC0415  # same
    from hemostat.readiness.coverage_rules import systems as known_systems  # noqa: PLC0415  # same
    from hemostat.readiness.coverage_seen import heard  # noqa: PLC0415  # same

    if systems:
        words = known_systems()
        typer.echo(
            msgspec.json.encode(words).decode() if json else "\n".join(f"{word}: {title}" for word, title in words.items())
        )
        return
    home = Home.from_environment()
    now, known = clock_for(home.path).now(), stores(home.settings())
    if store and store not in known:
        raise NotFound(f"The settings name no store {store!r}.", advice=f"They name: {', '.join(known) or 'none yet'}.")
    last = heard(home, now=now)
    maps = [map_of(home, name, now=now, days=days, heard=last) for name in ([store] if store else known)]
    if json:
        typer.echo(msgspec.json.encode({"maps": [one.document() for one in maps]}).decode())
    else:
        typer.echo("\n\n".join(map(_told, maps)) or "No store is set up: `hemostat source add` connects one.")
    if any(path.state is State.SILENT for one in maps for path in one.paths):
        raise typer.Exit(1)


def _told(found: "CoverageMap") -> str:
    read = f"configuration of {found.taken_at:%Y-%m-%d %H:%M} UTC" if found.taken_at else "configuration never read"
    lines = [
        f"{found.store} ({found.platform or 'no platform'}), last {found.days} days, {read}",
        _number("all paths", found.whole),
    ]
    if found.unknown:
        how = f"hemostat source snapshot {found.taken_by}" if found.taken_by else f"hemostat source add {found.taker}"
        lines.append(f"  not known yet, and in no number: {', '.join(found.unknown)}. Look at them: {how}")
    lines += [_number(share.surface, share) for share in found.shares if share.of or share.cannot]
    return "\n".join([*lines, "", *map(_line, found.paths)])


def _number(name: str, share: "Share") -> str:
    percent = "     -" if share.percent is None else f"{share.percent:4} %"
    return f"  {name:<20}{percent}  {share.logged} of {share.of} logged; {share.cannot} cannot be logged"


def _line(path: "Path") -> str:
    more = f", {path.events:,} events, newest {path.last:%Y-%m-%d %H:%M} UTC" if path.last else ""
    todo = f": hemostat source add {path.how_to}" if path.state == "not connected" else f": {path.reason}" if path.reason else ""
    return f"  {path.state.upper():<17} {path.title}{more}{todo}"
