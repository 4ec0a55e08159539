"""`hemostat source test`: one event of a source, from its sending to its row in the lake."""

import time
from datetime import datetime
from typing import Annotated, Any

import httpx
import msgspec
import typer

from hemostat.kernel import BadInput, HemostatError, Home, Settings, clock_for, iso
from hemostat.sources import KINDS, source_named

_SQL = """
SELECT time, learnt, source, store, surface, act, actor, app, result, path
FROM events WHERE source = $source AND learnt >= CAST($since AS TIMESTAMPTZ) ORDER BY learnt DESC, event_id DESC LIMIT 1
"""
_PAUSE = 1.0  # seconds between two looks


class NothingCame(HemostatError):
    """No event arrived while it was waited for."""


def arrival(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    seconds: Annotated[float, typer.Option(min=1, help="How long to wait.")] = 60.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Send a test event through the front door, or wait for a real one, and show its row when it arrives in the lake."""
    from hemostat.readiness.setup_guides import guides  # noqa: PLC0415  # loads the schema's checker

    home = Home.from_environment()
    settings, clock = home.settings(), clock_for(home.path)
    source, since = source_named(settings, name), clock.now()
    guide = guides().guides[source.kind]
    if guide.sample and source.feed is None and KINDS[source.kind].door == "events":
        _send(home, settings, name, guide.sample.replace("{now}", iso(since)))
        typer.echo("Sent, and acknowledged after the commit. Waiting for its row.", err=True)
    else:
        typer.echo(f"Now: {guide.wait or 'let the system do something that it tells of.'} Waiting.", err=True)
    row = _arrived(home, name, since, seconds)
    if json:
        typer.echo(msgspec.json.encode(row).decode())
        return
    typer.echo("It arrived:")
    for column, value in row.items():
        if value not in ("", None):
            typer.echo(f"  {column:<8} {value}")


def _send(home: Home, settings: Settings, name: str, line: str) -> None:
    """The intake has taken the line. Raises `BadInput` when it does not answer, or refuses it."""
    key = home.keyring(settings).secret(f"source.{name}").hex()
    kind = "text/plain" if KINDS[settings.sources[name].kind].text and not line.startswith("{") else "application/x-ndjson"
    url = f"http://{settings.intake.host}:{settings.intake.port}/in/events/{name}"
    try:
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.post(url, content=line, headers={"Authorization": f"Bearer {key}", "Content-Type": kind})
    except httpx.TransportError as error:
        raise BadInput("The intake does not answer.", advice="Start it with `hemostat up`, then try again.") from error
    if not answer.is_success:
        raise BadInput(f"The intake refused the test event with {answer.status_code}.", advice=answer.text[:200])


def _arrived(home: Home, name: str, since: datetime, seconds: float) -> dict[str, Any]:
    """The newest row of the source that was learnt since. Raises `NothingCame`."""
    from hemostat.lake.hunt import Hunt  # noqa: PLC0415  # loads Arrow and DuckDB

    hunt, ends = Hunt(home), time.monotonic() + seconds
    while True:
        found = hunt.query(_SQL, {"source": name, "since": since}).to_pylist()
        if found:
            return dict(found[0])
        if time.monotonic() >= ends:
            raise NothingCame(
                f"No event of {name} reached the lake within {seconds:g} s.",
                advice="Is the worker running (`hemostat up`)? Look at `hemostat dead-letter list`, and at the steps once more.",
            )
        time.sleep(_PAUSE)
