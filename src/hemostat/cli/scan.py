"""`hemostat scan`: find patient data in files; a gate for continuous integration."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from hemostat.kernel import BadInput, Home
from hemostat.phi import Dictionary, Scanner, patients
from hemostat.phi.files import FileMatch, files_under, scan_input, scan_path
from hemostat.phi.foreign import Foreign
from hemostat.phi.known import Known
from hemostat.phi.meaning import Meaning, meaning

from .recognizers import foreign

FOUND, UNREADABLE = 1, 2
_MOST_SHOWN = 50
"""Matches of one file in the table; the rest is counted."""


def scan(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document per match and line.")] = False,
    fields: Annotated[Path | None, typer.Option("--fields", help="More field names, in the form of HOME/fields.yaml.")] = None,
    known: Annotated[bool, typer.Option("--patients", help="Tell what is of people whose fingerprints this home has.")] = False,
    recognizers: Annotated[
        list[str] | None,
        typer.Option(help="Recognizers of Presidio: a YAML file of its kind, a Python file or a module; may be repeated."),
    ] = None,
) -> None:
    """Find patient data in files. Exit status: 0 nothing found, 1 something found, 2 a file could not be read.

    Text is read by lines, also from gzip, bzip2 and xz; SQLite databases and Parquet files by cells. Values are never printed.
    What cannot be looked into, such as a ZIP archive, counts as not read.
    """
    run = _Run(Scanner(_dictionary(fields)), _people() if known else None, foreign(recognizers or ()))
    if json:
        for found, told in _meant(run.matches(paths)):
            record = _record(found, told) | (_sighted(found) if known else {})
            sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")
        sys.stdout.buffer.flush()
    else:
        _show(run, paths)
    run.tell_faults()
    if run.unreadable:
        raise typer.Exit(UNREADABLE)
    if run.counts:
        raise typer.Exit(FOUND)


class _Run:
    """One scan of all paths: what was found, and what could not be read."""

    def __init__(self, scanner: Scanner, known: Known | None, foreign: Foreign | None) -> None:
        self._scanner = scanner
        self.known = known
        self._foreign = foreign
        self.recognized: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.files = 0
        self.unreadable = 0
        self._words = Console(stderr=True, highlight=False, markup=False)

    def matches(self, paths: Iterable[str]) -> Iterator[FileMatch]:
        """All matches, file after file. A file that cannot be read is named on standard error, and the rest still scanned."""
        with self._progress() as progress:
            task = progress.add_task("scanning", total=None)
            for path in paths:
                for found in self._of_path(path, progress, task):
                    self.counts[found.match.entity] += 1
                    if found.known:
                        self.recognized[found.known.of] += 1
                    yield found

    def _of_path(self, path: str, progress: Progress, task: object) -> Iterator[FileMatch]:
        def advance(size: int) -> None:
            progress.advance(task, size)  # type: ignore[arg-type]

        if path == "-":
            yield from self._of_file(
                scan_input("-", sys.stdin.buffer, self._scanner, advance, known=self.known, foreign=self._foreign)
            )
            return
        for file in files_under(Path(path), self._name):
            yield from self._of_file(scan_path(file, self._scanner, advance, known=self.known, foreign=self._foreign))

    def _of_file(self, found: Iterator[FileMatch]) -> Iterator[FileMatch]:
        self.files += 1
        try:
            yield from found
        except BadInput as error:
            self._name(error)

    def tell_faults(self) -> None:
        """What recognizers of other people could not do is named on standard error, and counts as not read."""
        for fault, count in self._foreign.faults.items() if self._foreign else ():
            advice = "What it would have found there is missing; everything else was looked for."
            self._name(BadInput(f"The recognizer {fault}, on {count:,} texts.", advice=advice))

    def _name(self, error: BadInput) -> None:
        self.unreadable += 1
        self._words.print(_inert(f"hemostat: {error}"), style="bold", soft_wrap=True)
        self._words.print(error.advice(), soft_wrap=True)

    def _progress(self) -> Progress:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
        return Progress(*columns, console=self._words, transient=True, disable=not self._words.is_terminal)


def _dictionary(fields: Path | None) -> Dictionary:
    """Our field names and terms, those of the home, and those of the file given, each over the ones before."""
    dictionary = Dictionary.complete()
    of_home = Home.from_environment().fields_file
    for file in (of_home if of_home.exists() else None, fields):
        if file:
            dictionary = dictionary.extended(Dictionary.read(file))
    return dictionary


def _people() -> Known:
    """Whom this home recognizes. Raises `BadInput` when it is nobody."""
    home = Home.from_environment()
    known = patients.known(home, home.keyring(home.settings()))
    if known is None:
        raise BadInput("This home recognizes nobody yet.", advice="Begin with `hemostat patients fingerprint`.")
    return known


def _meant(found: Iterable[FileMatch]) -> Iterator[tuple[FileMatch, Meaning]]:
    """Each match, with what all those of its line or row mean together."""
    for _, line in groupby(found, key=lambda one: (one.path, one.line)):
        together = list(line)
        told = meaning({one.match.entity for one in together})
        if any(one.match.own for one in together):
            told = msgspec.structs.replace(told, because=f"{told.because}; by a word of your own")
        yield from ((one, told) for one in together)


def _record(found: FileMatch, told: Meaning) -> dict[str, object]:
    match = found.match
    record: dict[str, object] = {
        "path": found.path.encode(errors="replace").decode(),
        "line": found.line,
        "start": match.start,
        "end": match.end,
        "entity": match.entity,
        "score": match.score,
        "masked": match.masked,
        "phi": told.phi,
        "because": told.because,
    }
    return {**record, "cell": found.cell} if found.cell else record


def _sighted(found: FileMatch) -> dict[str, object]:
    """Whether it is somebody's who is known, and by what; never whose."""
    if found.known is None:
        return {"known": False}
    return {"known": True, "known_as": found.known.of, "known_by": found.known.trait}


def _show(run: _Run, paths: Iterable[str]) -> None:
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDTH)
    for path, found in groupby(run.matches(paths), key=lambda match: match.path):
        _show_file(console, path, found, known=run.known is not None)
    total = sum(run.counts.values())
    files = f"{run.files} file{'s' if run.files != 1 else ''}"
    if not total:
        console.print(f"Nothing found in {files}.")
        return
    kinds = ", ".join(f"{entity} {count:,}" for entity, count in sorted(run.counts.items()))
    console.print(f"{total:,} found in {files}: {kinds}.", soft_wrap=True)
    if run.known:
        of = run.recognized
        console.print(f"Of these {of['patient']:,} are of known patients, {of['canary']:,} of canaries.", soft_wrap=True)


_WIDTH = 120
"""Columns of a table that goes to a file or a pipe."""


def _show_file(console: Console, path: str, found: Iterable[FileMatch], *, known: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("place", "entity", "score", "masked", "PHI", *(("known",) if known else ()), "why"):
        table.add_column(name, justify="right" if name == "score" else "left")
    more = 0
    for shown, (one, told) in enumerate(_meant(found)):
        if shown >= _MOST_SHOWN:
            more += 1
            continue
        match = one.match
        place = f"{one.cell + ' ' if one.cell else ''}{one.line}:{match.start}-{match.end}"
        sighted = [f"{one.known.of} by {one.known.trait}" if one.known else ""] if known else []
        phi = "yes" if told.phi else ""
        table.add_row(_inert(place), match.entity, f"{match.score:.2f}", _inert(match.masked), phi, *sighted, match.why)
    console.print(_inert(path), style="bold", soft_wrap=True)
    console.print(table)
    if more:
        console.print(f"and {more:,} more", style="dim")
    console.print()


def _inert(told: str) -> Text:
    """Text from a file or its name, without characters that move a cursor or set a color."""
    return Text("".join(c if c.isprintable() else "\ufffd" for c in told))
