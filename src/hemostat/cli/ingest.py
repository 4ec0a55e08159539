"""`hemostat ingest`: a file or a stream into the spool, in chunks of lines; the same content twice adds nothing."""

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from hemostat.collect.cutting import LONGEST_LINE, Chunk, Cutter, alone, beginning
from hemostat.intake import bodies
from hemostat.intake.answers import Refused
from hemostat.kernel import BadInput, HemostatError, Home, Settings, clock_for
from hemostat.lake.spool import Incoming, Receipt, Spool
from hemostat.sources import beginnings
from hemostat.sources.mending import UNREADABLE

TOGETHER = 8  # chunks in one transaction
_LONGEST_ARRAY = 200_000_000  # bytes of a JSON array, which must be read whole
_TAKE_OUT = "Take it out and read the file again: what is in the spool is not added twice."
_GZIP = b"\x1f\x8b"


class Summary(msgspec.Struct, kw_only=True):
    """What came of reading a file: new lines and messages, and messages that were there already."""

    source: str
    lines: int = 0
    messages: int = 0
    duplicates: int = 0
    bytes: int = 0


def ingest(
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="File to read, plain or gzip; - reads standard input.")],
    source: Annotated[str, typer.Option(help="Name of the source in hemostat.toml.")],
    store: Annotated[str, typer.Option(help="Refuse unless the source belongs to this store.")] = "",
    env: Annotated[str, typer.Option(help="Refuse unless the source is of this environment.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read log lines or events from a file into the spool; a bad line goes to the dead letters with its reason."""
    home = Home.from_environment()
    settings = home.settings()
    _require(settings, source, store, env)
    secret = home.keyring(settings).secret("spool")
    spool = Spool(home.spool, key=secret, limit=settings.intake.spool_limit)
    summary = Summary(source=source)
    try:
        with alone(home, source), _opened(path) as (file, size):
            starts = beginnings(settings.sources[source].kind)
            found = chunks(file, known=partial(spool.marks, source), secret=secret, starts=starts)
            _read(found, size, spool, summary, clock_for(home.path).now())
    except HemostatError:
        if summary.bytes:
            _tell(summary, json=False, err=True)
        raise
    finally:
        spool.close()
    _tell(summary, json=json)


def chunks(
    file: BinaryIO,
    *,
    known: Callable[[str], bytes | None] = lambda _: None,
    secret: bytes = b"",
    starts: Callable[[bytes], bool] = lambda _: True,
) -> Iterator[Chunk]:
    """The lines of a file, some at a time. A JSON array gives one line for each of its values.

    `known` gives the marks of the message under a key, if there is one. Lines stay with the one before them that `starts` their
    record. Raises `BadInput` when a JSON array cannot be read or is too large, or when a line is longer than any log's.
    """
    cutter = Cutter(beginning(secret), known=known, starts=starts)
    for number, line in enumerate(_lines(file), start=1):
        if len(line) > LONGEST_LINE:
            raise BadInput(f"Line {number:,} has more than {LONGEST_LINE:,} bytes.", advice=_TAKE_OUT)
        if chunk := cutter.add(line):
            yield chunk
    if chunk := cutter.end():
        yield chunk


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, or the values of its JSON document, as what its first line that is not blank can be read as."""
    for line in (plain := _plain(file)):
        if line.strip() and _opens_document(line):
            yield from _document(line, file)
            break
        yield line
        if line.strip():
            break
    yield from plain


def _plain(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long so much that it shows."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line


def _opens_document(line: bytes) -> bool:
    """Is this a JSON array, or the first line of a JSON value of several lines?"""
    if line.lstrip()[:1] not in (b"[", b"{"):
        return False
    try:
        return isinstance(msgspec.json.decode(line), list)
    except UNREADABLE as error:
        return "truncated" in str(error)


def _document(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    """The values of a JSON array, or one value, on one line each; what begins like an object and is none stays as it is."""
    content = first + file.read(_LONGEST_ARRAY)
    is_array = content.lstrip().startswith(b"[")
    if len(content) > _LONGEST_ARRAY:
        if is_array:
            raise BadInput("The JSON array is too large to be read whole.", advice="Make lines of it: jq -c '.[]' FILE")
        yield from io.BytesIO(content + file.readline(LONGEST_LINE + 1))
        return
    try:
        content, _ = bodies.json_lines(content)
    except Refused as refused:
        if is_array:
            raise BadInput(refused.reason, advice=refused.advice) from refused
    yield from io.BytesIO(content)


def _require(settings: Settings, name: str, store: str, environment: str) -> None:
    """The source can be read from a file, and is the one that the caller thinks it is. Raises `BadInput`."""
    found = settings.sources.get(name)
    if found is None:
        snippet = f'[sources.{name}]\nkind = "access-log"\nstore = "{store or "your-store"}"'
        known = ", ".join(sorted(settings.sources)) or "none yet"
        raise BadInput(f"No source is named {name!r}; known: {known}.", advice=f"Add this to hemostat.toml:\n{snippet}")
    if found.kind == "shopify":
        raise BadInput(f"Source {name!r} takes webhooks only.", advice="Send them to /in/shopify/STORE.")
    _same("store", name, found.store, store)
    _same("environment", name, found.environment, environment)


def _same(what: str, name: str, actual: str, wanted: str) -> None:
    if wanted and wanted != actual:
        raise BadInput(
            f"Source {name!r} is of {what} {actual!r}, not {wanted!r}.", advice=f"Name another source, or correct its {what}."
        )


@contextmanager
def _opened(path: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """The content without its compression, and the size of the file as it is. Raises `BadInput` when it cannot be read."""
    try:
        with _source_file(path) as file:
            size = None if path == "-" else Path(path).stat().st_size
            if file.peek(2)[:2] == _GZIP:
                with gzip.open(file) as unpacked:
                    yield unpacked, None  # type: ignore[misc]  # a GzipFile reads like any binary file
            else:
                yield file, size
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        advice = "Get the whole file and read it again: what is in the spool is not added twice."
        raise BadInput(f"{path}: the gzip data is damaged or was cut short.", advice=advice) from error
    except OSError as error:
        raise BadInput(
            f"{path}: {error.strerror}.", advice="Name a file that this user can read, or - for standard input."
        ) from error


@contextmanager
def _source_file(path: str) -> Iterator[io.BufferedReader]:
    if path == "-":
        stdin = io.BufferedReader(cast("Any", sys.stdin.buffer))  # which may be any stream; we need to peek
        yield stdin
        stdin.detach()
        return
    with Path(path).open("rb") as file:
        yield file


def _read(found: Iterator[Chunk], size: int | None, spool: Spool, summary: Summary, now: datetime) -> None:
    """All chunks are in the spool, and `summary` counts them as they come."""
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=size)
        together: list[Chunk] = []
        for chunk in found:
            together.append(chunk)
            if len(together) == TOGETHER:
                _append(together, spool, summary, now)
                progress.update(task, completed=summary.bytes)
                together = []
        _append(together, spool, summary, now)


def _append(together: list[Chunk], spool: Spool, summary: Summary, now: datetime) -> None:
    common: dict[str, Any] = {"source": summary.source, "received_at": now, "content_type": "text/plain", "headers": {}}
    batch = [Incoming(key=chunk.key, body=chunk.body, marks=chunk.marks, **common) for chunk in together]
    for chunk, receipt in zip(together, spool.append(batch), strict=True):
        _count(chunk, receipt, summary)


def _count(chunk: Chunk, receipt: Receipt, summary: Summary) -> None:
    summary.bytes += len(chunk.body)
    if receipt.duplicate:
        summary.duplicates += 1
        return
    summary.messages += 1
    summary.lines += chunk.lines


def _tell(summary: Summary, *, json: bool, err: bool = False) -> None:
    if json:
        text = msgspec.json.encode(summary).decode()
    elif summary.duplicates and not summary.messages:
        text = f"Nothing new: everything in it was read before ({summary.duplicates:,} messages)."
    else:
        known = f"; {summary.duplicates:,} messages were there already" if summary.duplicates else ""
        text = f"{summary.lines:,} lines in {summary.messages:,} messages for source {summary.source}{known}."
    typer.echo(text, err=err)
