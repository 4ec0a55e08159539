"""`hemostat posture`: what would leak, looked at before it does."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from hemostat.events import Surface
from hemostat.kernel import Home, clock_for

if TYPE_CHECKING:
    from hemostat.readiness.posture import Standing

_MARKS = {"holds": "+", "fails": "!", "unknown": "?"}


def posture(
    surface: Annotated[Surface | None, typer.Option(help="Show one surface only.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Look now, and not only at what was found last.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show how every check of posture stands: holds, fails and where, or unknown and why; exits 1 when one fails."""
    from hemostat.readiness.posture import Verdict, kept, last_look, look, remember  # noqa: PLC0415  # loads Arrow and DuckDB
    from hemostat.readiness.posture.report import document, of_surface  # noqa: PLC0415  # same

    home = Home.from_environment()
    home.settings()
    if now:
        at = clock_for(home.path).now()
        remember(home, look(home, now=at), now=at)
    found, looked_at = of_surface(kept(home), surface or ""), last_look(home)
    if json:
        typer.echo(msgspec.json.encode(document(found, looked_at=looked_at)).decode())
    elif looked_at is None:
        typer.echo("Nobody has looked yet: `hemostat posture --now` looks; the worker does once a day.")
    else:
        typer.echo("\n".join([f"looked at {looked_at:%Y-%m-%d %H:%M} UTC", *map(_told, found)]))
    if any(one.result.answer.verdict is Verdict.FAILS for one in found):
        raise typer.Exit(1)


def _told(one: "Standing") -> str:
    from hemostat.readiness.posture import checks  # noqa: PLC0415  # same as above

    check, answer = checks()[one.result.check], one.result.answer
    about = ", ".join(filter(None, [one.result.store, *one.result.surfaces]))
    title = f"Not so: {check.title}" if answer.verdict == "fails" else check.title
    lines = [f"{_MARKS[answer.verdict]} {answer.verdict.upper():<8}{title} ({about})"]
    lines += [f"    {fault.where}: {fault.what}" for fault in answer.faults]
    if answer.verdict == "fails":
        lines.append(f"    do: {check.remedy}")
    if answer.verdict == "unknown":
        lines += [f"    {answer.reason}", f"    do: {check.known_by}"]
    if answer.evidence:
        lines.append(f"    {answer.evidence}")
    return "\n".join(lines)
