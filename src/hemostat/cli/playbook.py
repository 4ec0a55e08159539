"""`hemostat playbook`: check, draw and run CACAO 2.0 playbooks."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hemostat.kernel import BadInput, Home

app = typer.Typer(no_args_is_help=True, help="Check, show and run CACAO 2.0 playbooks.")

File = Annotated[str, typer.Argument(help="A file, or the name of a playbook of the content.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def group() -> None:
    """Check, show and run CACAO 2.0 playbooks."""


@app.command()
def check(file: File, json: Json = False) -> None:
    """Name every rule that a playbook breaks; exits 1 when it breaks one."""
    from hemostat.incidents.playbook import parse  # noqa: PLC0415  # only this group needs it

    _, faults = parse(_read(file)[1])
    if json:
        typer.echo(msgspec.json.encode({"playbook": file, "faults": faults}).decode())
    else:
        typer.echo("\n".join(f"{fault.rule}: {fault.place}: {fault.message}" for fault in faults) or "The playbook holds.")
    if faults:
        raise typer.Exit(1)


@app.command()
def show(file: File, json: Json = False) -> None:
    """Draw a playbook: its lanes, its steps, what each waits for."""
    from hemostat.incidents.playbook import decode  # noqa: PLC0415  # only this group needs it

    name, data = _read(file)
    playbook = decode(data, name=name)
    if json:
        typer.echo(msgspec.json.encode(playbook).decode())
        return
    typer.echo(f"{playbook.title}\n{playbook.description}")
    for lane in dict.fromkeys(step.part.lane for step in playbook.steps):
        typer.echo(f"\n{lane}")
        for step in (each for each in playbook.steps if each.part.lane is lane):
            marks = [word for word in ("destructive", "two_person") if getattr(step.part, word)]
            typer.echo(f"  {step.slug} ({', '.join([step.part.kind.value, *marks])}): {step.name}")
            if waits := [*step.needs, *(f"sealed {item}" for item in step.part.needs_sealed)]:
                typer.echo(f"      after: {', '.join(waits)}")


@app.command()
def run(
    file: File,
    twin: Annotated[bool, typer.Option("--twin", help="Run against the twin of this sandbox home.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show every request; send none.")] = False,
    json: Json = False,
) -> None:
    """Run the calls of a playbook in their order against the twin, or show them.

    A real incident is worked in its room, where order, evidence and second persons count; this command tries a playbook out.
    Evidence is hashed and forgotten. Exits 1 at the first call that is not answered as expected.
    """
    from hemostat.incidents.playbook import decode  # noqa: PLC0415  # only this group needs it
    from hemostat.incidents.tryout import tryout  # noqa: PLC0415  # same

    if twin == dry_run:
        raise BadInput("Choose --twin or --dry-run.", advice="--dry-run shows the requests and sends none.")
    name, data = _read(file)
    lines = []
    for line in tryout(decode(data, name=name), Home.from_environment(), dry_run=dry_run):
        lines.append(line)
        if not json:
            typer.echo(f"{line.step}: {line.outcome}")
    if json:
        typer.echo(msgspec.json.encode({"playbook": name, "steps": lines}).decode())
    if not all(line.passed for line in lines):
        raise typer.Exit(1)


def _read(file: str) -> tuple[str, bytes]:
    """Name and content of a playbook file. Raises `BadInput` when it cannot be read."""
    from hemostat.kernel import content  # noqa: PLC0415  # a module of the content has the same name

    path = Path(file)
    if not path.is_file() and (content("playbooks") / f"{path.name}.json").is_file():
        path = content("playbooks") / f"{path.name}.json"
    try:
        return path.stem, path.read_bytes()
    except OSError as error:
        raise BadInput(f"The playbook {file[:80]!r} cannot be read: {error.strerror}.") from error
