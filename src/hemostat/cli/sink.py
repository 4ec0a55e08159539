"""`hemostat sink`: the systems that events are forwarded to."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, Home, Settings, Sink, clock_for, content, parse_iso

from .acting import acting
from .django import database_ready

if TYPE_CHECKING:
    from hemostat.lake.spool import Spool

app = typer.Typer(no_args_is_help=True, help="Set up, try out and look after the systems that events are forwarded to.")

_WITH_KEY = frozenset({"splunk", "datadog"})
_READY_MADE = ("splunk", "datadog")

Name = Annotated[str, typer.Argument(help="Name of the sink in hemostat.toml.")]
By = Annotated[str, typer.Option("--as", metavar="NAME", help="Sign-in name of who asks for it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name of your choice, like siem.")],
    kind: Annotated[str, typer.Option(help="splunk, datadog, otlp, syslog or files.")],
    url: Annotated[str, typer.Option(help="Address of the receiver; none for files, and for Datadog's own sites.")] = "",
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, like ack=true or index=hemostat.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="NAME=VALUE,VALUE of the filter, like acts=export:run.")] = None,
    key: Annotated[bool, typer.Option(help="Take a key from standard input for a kind that can do without.")] = False,
    everything: Annotated[bool, typer.Option(help="Begin with the oldest event of the lake rather than with the next.")] = False,
) -> None:
    """Write a sink into hemostat.toml, take its key, send one test event, and say what the receiver said."""
    from hemostat.sinks import ways_of  # noqa: PLC0415  # loads Arrow
    from hemostat.sinks.journal import Journal  # noqa: PLC0415  # same
    from hemostat.sinks.status import newest  # noqa: PLC0415  # same

    home, settings = _home()
    if name in settings.sinks:
        raise BadInput(f"There is a sink {name!r} already.", advice="Change it in hemostat.toml, or choose another name.")
    options: dict[str, Any] = {one: _value(value) for one, value in map(_pair, option or [])}
    if only:
        options["only"] = {one: _listed(one, value) for one, value in map(_pair, only)}
    made = Sink(kind=kind, url=url, options=options)
    if kind in _WITH_KEY or key:
        home.keyring(settings).put(f"sink.{name}", [_secret(kind)])
    ways_of(name, made, home=home)
    journal = Journal(home)
    spool = _spool(home, settings)
    if not everything:
        journal.start(name, newest(home, spool))
    spool.close()
    journal.close()
    home.change(lambda now: msgspec.structs.replace(now, sinks={**now.sinks, name: made}))
    typer.echo(f"The sink {name} is in {home.settings_file.name}; the worker fills it from now on.")
    check(name)


@app.command("list")
def show(json: Json = False) -> None:
    """Show each sink: how far it is, what was sent again, what was refused, and what is in its way."""
    from hemostat.sinks.status import states  # noqa: PLC0415  # loads Arrow

    home, settings = _home()
    spool = _spool(home, settings)
    found = states(home, settings, spool, now=clock_for(home.path).now())
    spool.close()
    if json:
        _print([{**msgspec.to_builtins(one), "lag": one.lag.total_seconds()} for one in found])
        return
    for one in found:
        last = f", last {one.sent_at:%Y-%m-%d %H:%M:%S} UTC" if one.sent_at else ""
        told = f"sent {one.sent:,}{last}; behind {one.behind:,}; sent again {one.again:,}; in quarantine {one.quarantined:,}"
        lost = f"; lost {one.lost:,}" if one.lost else ""
        typer.echo(f"{one.name} ({one.kind}): {one.state}; {told}{lost}.")
        if words := one.error or one.trouble:
            typer.echo(f"    {words}")
        if one.goes:
            typer.echo(f"    The oldest of the quarantine goes on {one.goes:%Y-%m-%d} unless it is offered again.")


@app.command()
def check(name: Name) -> None:
    """Send one test event, after a look at the receiver's health where it tells, and say what its answer is worth."""
    from hemostat.sinks import ways_of  # noqa: PLC0415  # loads Arrow
    from hemostat.sinks.status import PROBE, probe  # noqa: PLC0415  # same

    home, settings = _home()
    meaning = probe(ways_of(name, _sink(settings, name), home=home), now=clock_for(home.path).now())
    typer.echo(f"The sink {name} took the test event {PROBE}: {meaning}.")


@app.command()
def replay(
    name: Name,
    since: Annotated[str, typer.Option("--from", help="Events from this moment on, like 2026-03-02T14:00:00Z.")],
    until: Annotated[str, typer.Option("--to", help="Events before this moment.")],
    by: By = "",
) -> None:
    """Have the worker send the events of a period once more; each carries the id that it had before."""
    home, settings = _home()
    _sink(settings, name)
    first, last = parse_iso(since), parse_iso(until)
    database_ready(home)
    from hemostat.incidents.forwarding import sink_replay  # noqa: PLC0415  # needs the database above
    from hemostat.people.rights import Role  # noqa: PLC0415  # same

    person = acting(by, home, invented=Role.ENGINEER)
    asked = sink_replay(home=home, name=name, since=first, until=last, by=person, now=clock_for(home.path).now())
    typer.echo(f"Repetition {asked.number} of the sink {name} is on its way. See it with `hemostat sink list --json`.")


@app.command()
def retry(name: Name, by: By = "") -> None:
    """Have the worker offer what the receiver refused once more, after something was corrected there."""
    home, settings = _home()
    _sink(settings, name)
    database_ready(home)
    from hemostat.incidents.forwarding import sink_retry  # noqa: PLC0415  # needs the database above
    from hemostat.people.rights import Role  # noqa: PLC0415  # same

    person = acting(by, home, invented=Role.ENGINEER)
    count = sink_retry(home=home, name=name, by=person, now=clock_for(home.path).now())
    typer.echo(f"To be offered once more: {count:,}.")


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help="splunk or datadog.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet.")],
) -> None:
    """Write ready-made content for a receiver: dashboards, searches, monitors, and how its fields are read."""
    if kind not in _READY_MADE:
        raise BadInput(f"There is nothing ready-made for {kind!r}.", advice=f"There is for: {', '.join(_READY_MADE)}.")
    if folder.exists():
        raise BadInput(f"{folder} exists.", advice="Name a folder that does not exist yet; nothing is overwritten.")
    shutil.copytree(content("forwarding") / kind, folder)
    count = sum(path.is_file() for path in folder.rglob("*"))
    typer.echo(f"{count} files in {folder}. How to use them: docs/how-to/forward-to-{kind}.md.")


def _home() -> tuple[Home, Settings]:
    home = Home.from_environment()
    return home, home.settings()


def _spool(home: Home, settings: Settings) -> "Spool":
    from hemostat.lake.spool import Spool  # noqa: PLC0415  # only here

    return Spool(home.spool, key=home.keyring(settings).secret("spool"), limit=settings.intake.spool_limit)


def _sink(settings: Settings, name: str) -> Sink:
    if name not in settings.sinks:
        known = ", ".join(sorted(settings.sinks)) or "none yet"
        raise BadInput(f"No sink is named {name!r}; known: {known}.", advice="Make one with `hemostat sink add`.")
    return settings.sinks[name]


def _secret(kind: str) -> bytes:
    """The key of the receiver: asked for where a person sits, else from standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Key of {kind}", hide_input=True)).strip().encode()
    return sys.stdin.buffer.read().strip()


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise BadInput(f"Not NAME=VALUE: {text[:60]!r}.", advice="Write it like index=hemostat.")
    return name, value


def _value(text: str) -> Any:
    """A number, a switch or a list where the text is JSON for one, else the text."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _listed(name: str, text: str) -> Any:
    """The value of one condition of the filter."""
    return _value(text) if name in {"min_severity", "phi"} else text.split(",")


def _print(document: Any) -> None:
    typer.echo(msgspec.json.encode(document).decode())
