"""`hemostat bench`: how fast the product is, as ratios against named limits or peers in the same run."""

import json as jsonlib
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hemostat.kernel import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

BENCHES = {
    "latency": "bench_latency",
    "intake": "bench_intake",
    "scan": "bench_scan",
    "accuracy": "bench_accuracy",
    "arrow": "bench_arrow",
    "rules": "bench_rules",
    "detectors": "bench_detectors",
    "replay": "bench_replay",
    "drill": "bench_drill",
    "law": "bench_law",
    "hunt": "bench_hunt",
    "pipeline": "bench_pipeline",
    "sinks": "bench_sinks_day",
    "soak": "bench_soak",
}
"""Name -> module with the function of that name. One is loaded when it is asked for: other commands start in half the time."""

_SIZED = frozenset({"arrow", "rules", "hunt", "pipeline", "sinks", "soak"})


def bench(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(BENCHES)}; all when left out.")] = "",
    events: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Events of arrow, rules, hunt, pipeline, sinks and soak; each has a number of its own without.",
            min=1,
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Minutes in which soak sends its events; a slow machine takes longer.", min=0.01)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure speed. Figures of one machine and one moment: compare ratios, not seconds."""
    if name and name not in BENCHES:
        raise BadInput(f"There is no bench {name!r}.", advice=f"These exist: {', '.join(BENCHES)}.")
    results = {one: _run(one, events=events, minutes=minutes) for one in BENCHES if not name or one == name}
    if json:
        typer.echo(jsonlib.dumps(results))
        return
    for one, figures in results.items():
        typer.echo(one)
        for figure, value in figures.items():
            told = f"{value:>12,.3f}" if isinstance(value, float) else f"{value:>12,}" if isinstance(value, int) else value
            typer.echo(f"  {figure:<48} {told}")


def _run(name: str, *, events: int | None, minutes: float | None) -> dict[str, Any]:
    """The figures of one bench, with what was given of its size."""
    run: Callable[..., dict[str, Any]] = getattr(import_module(f".{BENCHES[name]}", __package__), name)
    given = {"events": events if name in _SIZED else None, "minutes": minutes if name == "soak" else None}
    return run(**{option: value for option, value in given.items() if value is not None})
