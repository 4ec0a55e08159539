"""`hemostat patients`: fingerprints of the merchant's patients, by which their data is recognized where it must not be."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from hemostat.kernel import BadInput, Home, clock_for, iso
from hemostat.phi import patients
from hemostat.phi.fingerprints import Header, Key
from hemostat.phi.persons import Progress as Told
from hemostat.phi.persons import columns_of, persons

app = typer.Typer(
    no_args_is_help=True, help="Recognize the merchant's patients by keyed fingerprints; no value of theirs is kept."
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def fingerprint(
    path: Annotated[str, typer.Argument(metavar="FILE|-", help="CSV with a line of names, or NDJSON; - reads standard input.")],
    columns: Annotated[str, typer.Option(help="WORD=COLUMN,WORD=COLUMN; without it, columns that are named as the words.")] = "",
    name: Annotated[str, typer.Option(help="Name of the set, when several systems have patients.")] = "patients",
    json: Json = False,
) -> None:
    """Make a set of fingerprints from a table with one patient a row, in place of the set of this name.

    Words: email, phone, mrn, member_id, name, first_name, last_name, dob, address, customer_id.
    """
    home = Home.from_environment()
    keyring = home.keyring(home.settings())
    made = patients.builder(home, keyring)
    rows = 0
    with _opened(path) as (file, told):
        for rows, person in enumerate(persons(file, columns_of(columns) if columns else [], told), start=1):  # noqa: B007  # counted
            made.add(person)
    header = patients.keep(home, keyring, made, name=name, of="patient", at=clock_for(home.path).now())
    if json:
        typer.echo(msgspec.json.encode({**_record(header), "rows_without_values": rows - header.people}).decode())
        return
    typer.echo(f"{header.people:,} of {rows:,} rows are in the set {name!r}, generation {header.generation}.")
    for line in _lines(header):
        typer.echo(line)


@app.command()
def status(json: Json = False) -> None:
    """Tell which sets there are, under which key, and how likely chance is to fit. Exits 1 when a set cannot be used."""
    home = Home.from_environment()
    keyring = home.keyring(home.settings())
    checks = [Key(secret).check for secret in keyring.secrets(patients.KEY)] if keyring.has(patients.KEY) else []
    found = [(header, _standing(header, checks)) for _, header in patients.sets(home)]
    if json:
        typer.echo(msgspec.json.encode([{**_record(header), "key": standing} for header, standing in found]).decode())
    elif not found:
        typer.echo("This home recognizes nobody yet. Begin with `hemostat patients fingerprint`.")
    for header, standing in found if not json else ():
        typer.echo(
            f"{header.name}: {header.people:,} people, generation {header.generation}, made {iso(header.made_at)}, {standing} key"
        )
        for line in _lines(header):
            typer.echo(f"  {line}")
    if any(standing == "missing" for _, standing in found):
        raise typer.Exit(1)


@app.command()
def rotate() -> None:
    """Take a new key. Sets that stand count until they are made again; the key before goes with the last of them."""
    from hemostat.sandbox.planted import plant, planted  # noqa: PLC0415  # only here

    home = Home.from_environment()
    keyring = home.keyring(home.settings())
    waiting = [name for name in patients.rotate(home, keyring) if name != patients.CANARIES]
    if canaries := planted(home):
        plant(home, keyring, canaries, at=clock_for(home.path).now())
    if waiting:
        typer.echo(f"Make again with `hemostat patients fingerprint`: {', '.join(waiting)}. Until then the key before stays.")
    else:
        typer.echo("There is a new key, and nothing needs the one before.")


@app.command()
def forget(name: Annotated[str, typer.Argument(help="Name of the set, as the status tells it.")]) -> None:
    """Recognize nobody of a set any more; with the last set the key goes too, so that copies of it are worth nothing."""
    home = Home.from_environment()
    if name == patients.CANARIES:
        raise BadInput("Canaries are forgotten with their list.", advice="Run `hemostat canary-patient forget`.")
    patients.forget(home, home.keyring(home.settings()), name)
    typer.echo(f"The set {name!r} is gone.")


def _standing(header: Header, checks: list[str]) -> str:
    return "missing" if header.check not in checks else "newest" if header.check == checks[0] else "older"


def _record(header: Header) -> dict[str, Any]:
    """What a header tells, without what tells keys apart."""
    return {name: value for name, value in msgspec.to_builtins(header).items() if name != "check"}


def _lines(header: Header) -> Iterator[str]:
    for section in header.sections:
        words = [f"{section.trait}: {section.values:,} values, chance fits one in {_one_in(header.chance[section.trait])}"]
        if section.left_out:
            words.append(f"{section.left_out:,} left out, which too many people share")
        if section.crowded:
            words.append(f"numbers of {', '.join(map(str, section.crowded))} digits are common and no proof alone")
        yield "; ".join(words)


def _one_in(chance: float) -> str:
    return f"{1 / chance:.1e}" if chance else "none"


@contextmanager
def _opened(path: str) -> Iterator[tuple[IO[bytes], Told]]:
    """The table, and whom to tell of bytes read: a bar on standard error, when that is a terminal."""
    words = Console(stderr=True)
    bar = Progress(
        TextColumn("fingerprinting"), BarColumn(), DownloadColumn(), console=words, transient=True, disable=not words.is_terminal
    )
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as file, bar:  # noqa: PTH123  # standard input is no path
            task = bar.add_task("", total=None if path == "-" else os.fstat(file.fileno()).st_size)
            yield file, lambda size: bar.advance(task, size)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", advice="Give a file that you may read, or -.") from error
