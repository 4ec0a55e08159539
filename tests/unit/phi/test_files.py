"""Files: lines of any length, gzip, SQLite, Parquet, folders; and the command that scans them."""

import gzip
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from hemostat.cli.scan import scan
from hemostat.kernel import BadInput
from hemostat.phi import Scanner
from hemostat.phi.files import FileMatch, files_under, scan_path, scan_stream

SCANNER = Scanner()


def places(found: Iterator[FileMatch]) -> list[tuple[int, int, int, str]]:
    """Line, start, end and entity of each match."""
    return [(one.line, one.match.start, one.match.end, one.match.entity) for one in found]


def test_lines_are_counted_from_one(tmp_path: Path) -> None:
    """Matches tell the line and the offsets in code points within it, whatever ends the lines."""
    file = tmp_path / "a.log"
    file.write_bytes("clean\r\né😀 jane@x.example\n\nssn 900-12-3456".encode())

    assert places(scan_path(file, SCANNER)) == [(2, 3, 17, "EMAIL"), (4, 4, 15, "SSN")]


def test_what_is_not_utf8_is_read_too() -> None:
    """A byte that is not UTF-8 counts as one replacement character, and a cut character at the end does no harm."""
    stream = io.BytesIO(b"Ren\xe9 jane@x.example\n\xf0\x9f\x98 ssn 900-12-3456 \xf0\x9f")

    assert places(scan_stream("-", stream, SCANNER)) == [(1, 5, 19, "EMAIL"), (2, 6, 17, "SSN")]


def test_long_lines_are_read_in_pieces() -> None:
    """In a line of five million characters each value is found once at its place, also where two pieces meet."""
    pick = random.Random(5)  # noqa: S311  # a repeatable test
    text, expected = "", []
    for border in range(1, 5):
        # Pieces meet about every 1 MiB; values stand on both sides of it and across it.
        for offset in sorted(pick.sample(range(-20_000, 20_000, 40), 60)):
            place = border * (1 << 20) + offset
            text += "é" * 7 + "x " * ((place - len(text)) // 2)
            expected.append((1, len(text), len(text) + 11, "SSN"))
            text += "900-12-3456 "
    stream = io.BytesIO(text.encode() + b"\njane@x.example")

    assert places(scan_stream("-", stream, SCANNER)) == [*expected, (2, 0, 14, "EMAIL")]


def test_memory_does_not_grow_with_the_file() -> None:
    """Ten times the lines take no more memory."""

    def peak(lines: int) -> int:
        class Lines(io.RawIOBase):
            left = lines

            def readline(self, size: int | None = -1) -> bytes:
                del size
                self.left -= 1
                return b"GET /api/session HTTP/1.1 200 512 and some more of the line\n" if self.left >= 0 else b""

        tracemalloc.start()
        assert list(scan_stream("-", Lines(), SCANNER)) == []
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(100)
    small = peak(5_000)

    assert peak(50_000) < 1.5 * small


def test_binary_files_are_read_by_their_runs_of_text(tmp_path: Path) -> None:
    """In binary content, values in runs of text are found at their place, and random bytes are not mistaken for any."""
    file = tmp_path / "a.bin"
    head = random.Random(3).randbytes(300_000).replace(b"\n", b"x")  # noqa: S311  # a repeatable test
    file.write_bytes(head + b"\0Jane Doe jane@x.example\0" + head)

    found = list(scan_path(file, SCANNER))

    assert [one.match.entity for one in found] == ["EMAIL"]
    text = file.read_bytes().decode("utf-8", "replace")
    assert text[found[0].match.start : found[0].match.end] == "jane@x.example"


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    """A gzip file is read by the lines within, and known by its content."""
    file = tmp_path / "a.log.1"
    file.write_bytes(gzip.compress(b"clean\njane@x.example\n", mtime=0))

    assert places(scan_path(file, SCANNER)) == [(2, 0, 14, "EMAIL")]


def test_sqlite_is_read_by_cells(tmp_path: Path) -> None:
    """Texts and UTF-8 blobs of every table are read with their column as field; numbers and other bytes are not."""
    file = tmp_path / "db.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute('CREATE TABLE "odd ""name" (id INTEGER, first_name TEXT, body BLOB)')
        database.execute("CREATE TABLE empty (x TEXT)")
        row = 'INSERT INTO "odd ""name" VALUES (?, ?, ?)'
        database.execute(row, (1, "Jane", b"\xff\xfe"))
        database.execute(row, (2, None, b"ssn 900-12-3456"))
        database.executemany(row, [(n, "", b"") for n in range(2500)])
        database.execute(row, (2025550198, "", "a\njane@x.example"))
    database.close()

    found = list(scan_path(file, SCANNER))

    assert [(one.cell, one.line, one.match.entity) for one in found] == [
        ('odd "name.first_name', 1, "NAME"),
        ('odd "name.body', 2, "SSN"),
        ('odd "name.body', 2503, "EMAIL"),
    ]
    assert {one.path for one in found} == {str(file)}


def test_parquet_is_read_by_cells(tmp_path: Path) -> None:
    """Strings of every column are read, also within lists and structs; other types are not."""
    file = tmp_path / "a.parquet"
    columns = {
        "n": [1, 2, 3],
        "first_name": ["Jane", None, "token_abcdefgh23456722"],
        "words": [[], ["x", "jane@x.example"], None],
        "deep": [{"ssn": "900-12-3456"}, None, None],
    }
    pq.write_table(pa.table(columns), file)

    assert [(one.cell, one.line, one.match.entity) for one in scan_path(file, SCANNER)] == [
        ("first_name", 1, "NAME"),
        ("words", 2, "EMAIL"),
        ("deep", 1, "SSN"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gz", gzip.compress(b"clean\n" * 1000, mtime=0)[:-20]),
        ("b.gz", b"\x1f\x8b\x08\x00rubbish of more than sixteen bytes"),
        ("a.parquet", b"PAR1 and nothing more of it"),
        ("a.sqlite3", b"SQLite format 3\0 and nothing more of it" * 100),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """A file cut short raises an error that names it and holds nothing of its content."""
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(BadInput, match="cannot be read") as caught:
        list(scan_path(file, SCANNER))

    assert name in str(caught.value)
    assert "rubbish" not in str(caught.value)
    assert "whole" in caught.value.advice()


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    """All regular files below a folder come in order of their names; pipes are left alone."""
    for name in ("b/2.log", "b/1.log", "a.log", ".hidden/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "pipe")

    assert [str(file.relative_to(tmp_path)) for file in files_under(tmp_path)] == ["a.log", ".hidden/c", "b/1.log", "b/2.log"]
    assert list(files_under(tmp_path / "none")) == [tmp_path / "none"]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEMOSTAT_HOME", str(tmp_path / "home"))
    return CliRunner()


def command() -> typer.Typer:
    """The command alone."""
    app = typer.Typer()
    app.command()(scan)
    return app


def test_json_lines_follow_the_form(run: CliRunner) -> None:
    """Each match is one JSON line with the keys of the manual; the exit status is 1."""
    Path("a.log").write_text("x\ncall é 202-555-0198\n", encoding="utf-8")

    told = run.invoke(command(), ["--json", "a.log"])

    assert told.exit_code == 1
    assert [json.loads(line) for line in told.stdout.splitlines()] == [
        {"path": "a.log", "line": 2, "start": 7, "end": 19, "entity": "PHONE", "score": 0.95, "masked": "***"}
    ]


def test_clean_input_exits_zero(run: CliRunner) -> None:
    """Nothing found is exit status 0, and without --json a sentence."""
    Path("a.log").write_text("clean\n", encoding="utf-8")

    assert run.invoke(command(), ["--json", "a.log"]).output == ""
    told = run.invoke(command(), ["a.log", "."])
    assert (told.exit_code, told.stdout) == (0, "Nothing found in 2 files.\n")


def test_standard_input_is_read(run: CliRunner) -> None:
    """The path - is standard input."""
    told = run.invoke(command(), ["--json", "-"], input="jane@x.example\n")

    assert told.exit_code == 1
    assert json.loads(told.stdout)["path"] == "-"


def test_what_cannot_be_read_is_named_and_the_rest_scanned(run: CliRunner) -> None:
    """A missing or damaged file is named on standard error with status 2, after the others were scanned."""
    Path("a.gz").write_bytes(gzip.compress(b"clean\n" * 1000, mtime=0)[:-20])
    Path("b.log").write_text("jane@x.example\n", encoding="utf-8")

    told = run.invoke(command(), ["--json", "gone.log", ".", "a.gz"])

    assert told.exit_code == 2
    assert [json.loads(line)["path"] for line in told.stdout.splitlines()] == ["b.log"]
    assert "hemostat: gone.log cannot be read: No such file or directory." in told.stderr
    assert told.stderr.count("a.gz cannot be read") == 2


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """A folder that cannot be listed is an error that names it."""
    with pytest.raises(BadInput, match="cannot be read"):
        list(files_under(_Unlistable(tmp_path)))


class _Unlistable(type(Path())):  # type: ignore[misc]  # the concrete class of paths depends on the system
    """A folder that is gone when it is listed."""

    def is_dir(self) -> bool:
        """It was one a moment ago."""
        return True

    def __fspath__(self) -> str:
        return str(self / "gone")


def test_the_table_is_calm_and_inert(run: CliRunner) -> None:
    """Without --json there is a table per file and a summary; control characters of a name do not reach the terminal."""
    name = "a\x1b[31m.log"
    Path(name).write_text("jane@x.example\n" * 60 + "ssn 900-12-3456\n", encoding="utf-8")

    told = run.invoke(command(), [name])

    assert told.exit_code == 1
    assert "\x1b" not in told.stdout
    assert "j***@***" in told.stdout
    assert "jane" not in told.stdout
    assert "and 11 more" in told.stdout
    assert told.stdout.splitlines()[-1] == "61 found in 1 file: EMAIL 60, SSN 1."


def test_cells_are_told_with_their_column(run: CliRunner) -> None:
    """A match in a cell tells the column beside the row."""
    pq.write_table(pa.table({"first_name": ["Jane"]}), "a.parquet")

    assert json.loads(run.invoke(command(), ["--json", "a.parquet"]).stdout)["cell"] == "first_name"
    assert "first_name 1:0-4" in run.invoke(command(), ["a.parquet"]).stdout


def test_more_field_names_can_be_given(run: CliRunner, tmp_path: Path) -> None:
    """The fields of the home and of --fields count; a wrong file stops the command."""
    Path("a.log").write_text("vorname=Jane nachname=Doe\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "fields.yaml").write_text("fields: [{entity: NAME, names: [vorname]}]", encoding="utf-8")
    Path("more.yaml").write_text("fields: [{entity: NAME, names: [nachname]}]", encoding="utf-8")
    Path("wrong.yaml").write_text("fields: 1", encoding="utf-8")

    assert len(run.invoke(command(), ["--json", "a.log"]).stdout.splitlines()) == 1
    assert len(run.invoke(command(), ["--json", "--fields", "more.yaml", "a.log"]).stdout.splitlines()) == 2
    with pytest.raises(BadInput, match=r"wrong\.yaml"):
        run.invoke(command(), ["--fields", "wrong.yaml", "a.log"], catch_exceptions=False)


def test_a_closed_pipe_ends_the_command_quietly(tmp_path: Path) -> None:
    """`hemostat scan ... | head` prints no traceback."""
    file = tmp_path / "a.log"
    file.write_text("jane@x.example\n" * 50_000, encoding="utf-8")
    code = "import typer; from hemostat.cli.scan import scan; app = typer.Typer(); app.command()(scan); app()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "--json", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        words = process.stderr.read()

    assert b"Traceback" not in words
