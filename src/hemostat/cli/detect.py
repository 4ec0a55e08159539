"""`hemostat detect`: Sigma rules over a file of events."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, content

if TYPE_CHECKING:
    from hemostat.detect.engine import Hit
    from hemostat.detect.rules import RuleSet

_ALL = 2**40  # ids of a hit: as many as there are
_FEW = 5  # line numbers that a message names


def detect(
    rules: Annotated[Path | None, typer.Option(help="Folder or file of Sigma rules; without it, those of Hemostat.")] = None,
    events: Annotated[Path, typer.Option(help="File of events, one JSON object a line; - reads standard input.")] = Path("-"),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Run Sigma rules and correlations over events and print what they find.

    Keys within objects are joined with dots. Correlations go by the time in `time`, `@timestamp` or `timestamp`. Rules and lines
    that cannot be used are named on standard error; the others are not kept from working.
    """
    from hemostat.detect.rules import load  # noqa: PLC0415  # loads pySigma and DuckDB

    place = rules or content("rules")
    ruleset = load(place)
    for fault in ruleset.faults:
        typer.echo(f"rule left out: {fault}", err=True)
    if not ruleset.rules:
        raise BadInput(
            f"There are no rules at {place} that can be used.",
            advice="Name a folder or a file of Sigma rules (*.yml, *.yaml), and correct those that were left out.",
        )
    for hit in _found(ruleset, events):
        typer.echo(_as_json(hit) if json else _as_words(hit))


def _found(ruleset: "RuleSet", events: Path) -> "list[Hit]":
    """The hits, by their first line."""
    from hemostat.detect.engine import Engine  # noqa: PLC0415  # loads pySigma and DuckDB
    from hemostat.detect.lines import read_lines  # noqa: PLC0415  # loads Arrow

    try:
        with sys.stdin.buffer if str(events) == "-" else events.open("rb") as stream:
            lines = read_lines(stream, wanted=ruleset.fields(), texts=ruleset.everywhere)
    except OSError as error:
        raise BadInput(
            f"The events at {events} cannot be read: {error.strerror}.", advice="Name a file of JSON lines."
        ) from error
    for bad in lines.bad:
        typer.echo(f"line {bad.line} left out: {bad.reason}", err=True)
    if lines.untimed and ruleset.correlations:
        named = ", ".join(map(str, lines.untimed[:_FEW]))
        typer.echo(f"{len(lines.untimed)} events without a time take no part in correlations: lines {named}", err=True)
    most = max(1, lines.table.num_rows) * 1000
    engine = Engine(ruleset, fields=lines.fields, texts=lines.texts, keep=_ALL, window_rows=most, by_alert=False)
    return sorted(engine.push(lines.table), key=lambda hit: (int(hit.ids[0]), hit.rule.id))


def _as_json(hit: "Hit") -> str:
    from hemostat.detect.rules import CorrelationRule  # noqa: PLC0415  # loads pySigma and DuckDB

    lines = [int(number) for number in hit.ids]
    if isinstance(hit.rule, CorrelationRule):
        return _encoded({"rule": hit.rule.id, "group": hit.group, "lines": lines})
    return "\n".join(_encoded({"rule": hit.rule.id, "line": line}) for line in lines)


def _as_words(hit: "Hit") -> str:
    lines = ", ".join(hit.ids)
    about = "".join(f", {name} {value}" for name, value in hit.group.items())
    return f"{hit.rule.title} ({hit.rule.level}{about}): line{'s' if len(hit.ids) > 1 else ''} {lines}"


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()
