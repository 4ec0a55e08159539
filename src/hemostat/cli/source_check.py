"""`hemostat source check`: what a source's reader makes of a sample, before anything of it is sent."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from hemostat.kernel import BadInput, Home, Source, clock_for, iso
from hemostat.sources import KINDS, MAPPINGS, Message, Raw, ReaderContext, Rejected, checked, context_of, source_named
from hemostat.sources.mapping import SUFFIXES, compiled

_MOST = 50_000_000  # bytes of a sample
_SHOWN = 20  # records and faults that are shown one by one
_WORDS = ("act", "surface", "environment", "result", "auth", "actor_type")
"""Fields whose values are words of ours: they can be shown."""


def check(
    name: Annotated[str, typer.Argument(metavar="NAME|MAPPING", help="A source of hemostat.toml, or a mapping file.")],
    sample: Annotated[
        Path, typer.Argument(metavar="SAMPLE", help="A file with some of the system's records.", exists=True, dir_okay=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read a sample as the source would be read, and say what came of each record; exit status 1 when one was not read.

    Nothing is kept, and no value of a record is shown: only which fields were found, and words of ours.
    """
    body = sample.read_bytes()
    if len(body) > _MOST:
        raise BadInput(f"The sample has more than {_MOST:,} bytes.", advice="Take some of its records.")
    found = _read(name, body)
    told = [_record(each) if isinstance(each, Raw) else _fault(each) for each in found]
    rejected = sum(isinstance(each, Rejected) for each in found)
    if as_json:
        typer.echo(msgspec.json.encode({"records": len(found) - rejected, "rejected": rejected, "told": told}).decode())
    else:
        _print(told, rejected)
    if rejected or not found:
        raise typer.Exit(1)


def _read(name: str, body: bytes) -> list[Raw | Rejected]:
    """What the reader makes of the sample. Raises `BadInput`, `BadMapping`, `BadSettings`."""
    home, path = Home.from_environment(), Path(name)
    if path.suffix in SUFFIXES:
        path = path if path.exists() else home.path / MAPPINGS / name
        try:
            mapping = path.read_bytes()
        except OSError as error:
            reason = f"The mapping {path.name} cannot be read: {error.strerror}."
            raise BadInput(reason, advice=f"Give its path, or put it into the folder `{MAPPINGS}` of the home.") from error
        compiled(path.name, mapping)
        name = "sample"
        source = Source(kind="mapped", store="sample", options={"mapping": f"mapping{path.suffix}"})
        context = ReaderContext(mapping=mapping)
    else:
        settings = home.settings()
        source = source_named(settings, name)
        context = context_of(home.keyring(settings), source)
        if source.kind == "mapped" and not context.mapping:
            raise BadInput(f"The mapping of {name!r} is missing.", advice=f"Put it into the folder `{MAPPINGS}` of the home.")
    kind = "text/plain" if KINDS[source.kind].text else "application/json"
    message = Message(seq=0, source=name, received_at=clock_for(home.path).now(), content_type=kind, headers={}, body=body)
    return list(checked(name, source)(message, source, context))


def _record(each: Raw) -> dict[str, Any]:
    access = each.access
    filled = [name for name in access.__struct_fields__ if getattr(access, name) not in ("", 0, (), None, False)]
    words = {name: str(getattr(access, name)) for name in _WORDS}
    touched = {"subjects": access.subjects, "elements": list(access.elements), "fields": len(access.fields)}
    return {"line": each.line, "time": iso(access.time), **words, **touched, "filled": filled}


def _fault(each: Rejected) -> dict[str, Any]:
    return {"line": each.line, "reason": each.reason, "advice": each.advice}


def _print(told: list[dict[str, Any]], rejected: int) -> None:
    typer.echo(f"{len(told) - rejected} records were read, {rejected} were not.")
    acts = Counter(each["act"] for each in told if "act" in each)
    surfaces = Counter(each["surface"] for each in told if "surface" in each)
    filled = Counter(name for each in told for name in each.get("filled", ()))
    if acts:
        typer.echo(f"Acts: {_counted(acts)}")
        typer.echo(f"Surfaces: {_counted(surfaces)}")
        typer.echo(_touched(told))
        typer.echo("Fields: " + ", ".join(f"{name} ({count})" for name, count in sorted(filled.items())))
    for each in [each for each in told if "reason" in each][:_SHOWN]:
        typer.echo(f"Line {each['line']}: {each['reason']} {each['advice']}")
    if rejected > _SHOWN:
        typer.echo(f"And {rejected - _SHOWN} more.")


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"{word} ({count})" for word, count in words.most_common())


def _touched(told: list[dict[str, Any]]) -> str:
    """Whose data, and which: numbers, and words of ours, for names of fields are the sender's."""
    elements = Counter(word for each in told for word in each.get("elements", ()))
    subjects, fields = (sum(each.get(name, 0) for each in told) for name in ("subjects", "fields"))
    kinds = f"; kinds of patient data: {_counted(elements)}" if elements else ""
    return f"Touched: {subjects} subjects, {fields} data fields{kinds}"
