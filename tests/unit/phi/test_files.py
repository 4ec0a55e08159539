"""Files: lines of any length, gzip, SQLite, Parquet, folders; and the command that scans them."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from hemostat.cli.scan import scan
from hemostat.kernel import BadInput
from hemostat.phi import Scanner
from hemostat.phi.files import FileMatch, Look, files_under, scan_input, scan_path, scan_stream

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

    assert places(scan_stream("-", stream, Look(SCANNER))) == [(1, 5, 19, "EMAIL"), (2, 6, 17, "SSN")]


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

    assert places(scan_stream("-", stream, Look(SCANNER))) == [*expected, (2, 0, 14, "EMAIL")]


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
        assert list(scan_stream("-", Lines(), Look(SCANNER))) == []
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

    assert [one.match.entity for one in found] == ["NAME", "EMAIL"]
    text = file.read_bytes().decode("utf-8", "replace")
    assert [text[one.match.start : one.match.end] for one in found] == ["Jane Doe", "jane@x.example"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_packed_text_is_unpacked(tmp_path: Path, pack: Callable[[bytes], bytes], encoding: str) -> None:
    """A packed file is read by the lines within, and known by its content."""
    file = tmp_path / "a.log.1"
    file.write_bytes(pack("clean\njane@x.example\n".encode(encoding)))

    assert places(scan_path(file, SCANNER)) == [(2, 0, 14, "EMAIL")]


TABLE = """\ufefffirst_name~"Last Name"~dob~ssn~MRN~notes
Jané~"Doe, ""JD"" Quinn"~1980-02-03~900123456~A0012345~"fine
and~ also jane@x.example"~x
 Ann ~""~~"900123457"~~~~
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "A.TSV"])
def test_cells_of_a_table_belong_to_their_columns(tmp_path: Path, name: str, delimiter: str) -> None:
    """Below a line of names each value counts as that field, at its place in the line, also after a value of two lines."""
    file = tmp_path / name
    file.write_text(TABLE.replace("~", delimiter), encoding="utf-8")

    assert places(scan_path(file, SCANNER)) == [
        (2, 0, 4, "NAME"),
        (2, 6, 23, "NAME"),
        (2, 25, 35, "DOB"),
        (2, 36, 45, "SSN"),
        (2, 46, 54, "MRN"),
        (3, 10, 24, "EMAIL"),
        (4, 1, 4, "NAME"),
        (4, 11, 20, "SSN"),
    ]


def test_a_table_may_be_packed_and_may_have_no_names(tmp_path: Path) -> None:
    """The name below the ending of the packing decides; lines without names above them stand for themselves."""
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,ssn\n1,900123456\n2,x\n", mtime=0))
    (tmp_path / "b.csv").write_bytes(b"1,900123456\n2,900-12-3456\n")

    assert places(scan_path(tmp_path / "a.csv.gz", SCANNER)) == [(2, 2, 11, "SSN")]
    assert places(scan_path(tmp_path / "b.csv", SCANNER)) == [(2, 2, 13, "SSN")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_read(tmp_path: Path, encoding: str) -> None:
    """Text in units of two or four bytes is read by lines, with offsets in code points, marked as such or plainly so."""
    text = "clean\r\né😀 jane@x.example\n" + "x" * 70_000 + "\nssn 900-12-3456"
    file = tmp_path / "a.txt"
    file.write_bytes(text.encode(encoding))

    assert places(scan_path(file, SCANNER)) == [(2, 3, 17, "EMAIL"), (4, 4, 15, "SSN")]


def test_big_endian_text_and_a_cut_character_are_read(tmp_path: Path) -> None:
    """The mark of the byte order decides, and half a character at the end does no harm."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xfe\xff" + "jane@x.example".encode("utf-16-be") + b"\xd8")

    assert places(scan_path(file, SCANNER)) == [(1, 0, 14, "EMAIL")]


@pytest.mark.parametrize(
    "start", [b"\xff\xfe\x00\xdc", b"\x01\x00" * 60, b"\x00\x01" * 60, b"a\x00" * 3, b"\xff\xfe" + b"\x00\xd8" * 8]
)
def test_what_only_looks_wide_is_read_as_binary(tmp_path: Path, start: bytes) -> None:
    """Bytes that are no such text, or too few, leave the runs of plain text to be found."""
    file = tmp_path / "a.bin"
    file.write_bytes(start + b"\x00jane@x.example and more\x00")

    assert [entity for *_, entity in places(scan_path(file, SCANNER))] == ["EMAIL"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04" + b"\x14\x00" * 40, "a ZIP archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(gzip.compress(b"jane@x.example", mtime=0), mtime=0), "packed more than once"),
        (gzip.compress(b"SQLite format 3\0" * 10, mtime=0), "a database or Parquet file within a stream"),
        (gzip.compress(b"PK\x03\x04", mtime=0), "a ZIP archive"),
    ],
)
def test_what_cannot_be_looked_into_is_said(tmp_path: Path, content: bytes, kind: str) -> None:
    """A file whose content stays hidden is never taken for a clean one."""
    file = tmp_path / "a"
    file.write_bytes(content)

    with pytest.raises(BadInput, match=f"a was not looked at: it is {kind}") as caught:
        list(scan_path(file, SCANNER))

    assert "scan" in caught.value.advice()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_pipe_is_read_like_a_file(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """What comes through a named pipe can be read only once, and is read whole."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = pack(b"jane@x.example\n" + b"clean\n" * 50_000 + b"ssn 900-12-3456\n")
    writer = threading.Thread(target=pipe.write_bytes, args=[content])
    writer.start()

    assert places(scan_path(pipe, SCANNER)) == [(1, 0, 14, "EMAIL"), (50_002, 4, 15, "SSN")]
    writer.join()


def test_a_stream_is_known_by_its_content_too() -> None:
    """Standard input may be packed; damage in it is told like that of a file."""
    packed = gzip.compress(b"jane@x.example\n" * 9, mtime=0)

    assert len(list(scan_input("-", io.BytesIO(packed), SCANNER))) == 9
    with pytest.raises(BadInput, match="- cannot be read"):
        list(scan_input("-", io.BytesIO(packed[:-9]), SCANNER))


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


def test_numbers_and_dates_count_where_the_column_says_so(tmp_path: Path) -> None:
    """In a column named for patient data whole numbers and dates are read as they would be written; elsewhere they are not."""
    ssn, npi, born = 900123456, 1234567893, date(1980, 2, 3)
    file = tmp_path / "db.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE t (ssn INTEGER, npi REAL, other INTEGER)")
        database.execute("INSERT INTO t VALUES (?, ?, ?), (1, 1.5, 2)", (ssn, npi, ssn))
    database.close()
    columns = {
        "ssn": [ssn, None],
        "npi": [float(npi), float("nan")],
        "dob": [born, None],
        "birth_date": [datetime(1980, 2, 3, tzinfo=UTC), None],
        "mrn": [Decimal("123456.00"), Decimal("1.50")],
        "patient_number": [True, False],
        "updated": [born, born],
        "n": [ssn, ssn],
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")

    assert [(one.cell, one.line, one.match.end) for one in scan_path(file, SCANNER)] == [("t.ssn", 1, 9), ("t.npi", 1, 10)]
    assert [(one.cell, one.line, one.match.entity) for one in scan_path(tmp_path / "a.parquet", SCANNER)] == [
        ("ssn", 1, "SSN"),
        ("npi", 1, "NPI"),
        ("dob", 1, "DOB"),
        ("birth_date", 1, "DOB"),
        ("mrn", 1, "MRN"),
    ]


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
        ("a.bz2", bz2.compress(b"clean\n" * 1000)[:-20]),
        ("a.xz", lzma.compress(b"clean\n" * 1000)[:-20]),
        ("b.xz", lzma.compress(b"clean\n" * 1000)[:20] + b"rubbish" * 20),
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

    refused: list[BadInput] = []
    files = [str(file.relative_to(tmp_path)) for file in files_under(tmp_path, refused.append)]

    assert files == ["a.log", ".hidden/c", "b/1.log", "b/2.log"]
    assert list(files_under(tmp_path / "none", refused.append)) == [tmp_path / "none"]
    assert list(files_under(tmp_path / ("n" * 300), refused.append)) == [tmp_path / ("n" * 300)]
    assert refused == []


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
        {
            "path": "a.log",
            "line": 2,
            "start": 7,
            "end": 19,
            "entity": "PHONE",
            "score": 0.95,
            "masked": "***",
            "phi": False,
            "because": "telephone number (45 CFR 164.514(b)(2)(i)(D)), and nothing here of anybody's health",
        }
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


def test_a_folder_that_cannot_be_listed_is_named_and_the_rest_walked(tmp_path: Path) -> None:
    """A folder that is gone when its turn comes, and a link that leads nowhere, are told; the files after them still come."""
    for name in ("a.log", "b/1.log", "c/1.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "0").symlink_to("n" * 300)
    refused: list[BadInput] = []
    found = []

    for file in files_under(tmp_path, refused.append):
        found.append(str(file.relative_to(tmp_path)))
        if found == ["a.log"]:
            shutil.rmtree(tmp_path / "b")

    assert found == ["a.log", "c/1.log"]
    assert [str(one) for one in refused] == [
        f"{tmp_path}/0 cannot be read: File name too long.",
        f"{tmp_path}/b cannot be read: No such file or directory.",
    ]


def test_what_cannot_be_looked_into_is_not_clean(run: CliRunner) -> None:
    """An archive is named on standard error with status 2; so is one on standard input."""
    Path("a.zip").write_bytes(b"PK\x03\x04 and more")

    for told in (run.invoke(command(), ["--json", "a.zip"]), run.invoke(command(), ["--json", "-"], input="PK\x03\x04")):
        assert told.exit_code == 2
        assert "was not looked at: it is a ZIP archive." in told.stderr


def test_a_hostile_name_in_an_error_is_inert(run: CliRunner) -> None:
    """Control characters of a name do not reach the terminal with the error either."""
    told = run.invoke(command(), ["a\x1b[31m.log"])

    assert told.exit_code == 2
    assert "\x1b" not in told.stderr


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
    Path("a.log").write_text("navn=Jane etternavn=Doe\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "fields.yaml").write_text("fields: [{entity: NAME, names: [navn]}]", encoding="utf-8")
    Path("more.yaml").write_text("fields: [{entity: NAME, names: [etternavn]}]", encoding="utf-8")
    Path("wrong.yaml").write_text("fields: 1", encoding="utf-8")

    assert len(run.invoke(command(), ["--json", "a.log"]).stdout.splitlines()) == 1
    assert len(run.invoke(command(), ["--json", "--fields", "more.yaml", "a.log"]).stdout.splitlines()) == 2
    with pytest.raises(BadInput, match=r"wrong\.yaml"):
        run.invoke(command(), ["--fields", "wrong.yaml", "a.log"], catch_exceptions=False)


def test_a_word_of_the_users_own_is_said_to_be_one(run: CliRunner, tmp_path: Path) -> None:
    """What rests on a word of the home's file says so, in JSON and in the table; what rests on ours does not."""
    Path("a.log").write_text("jane@x.example ordered dream kit\njane@x.example has asthma\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "fields.yaml").write_text("terms: [{entity: CONDITION, terms: [dream kit]}]", encoding="utf-8")

    told = [json.loads(line)["because"] for line in run.invoke(command(), ["--json", "a.log"]).stdout.splitlines()]

    assert [True, True, False, False] == [one.endswith("; by a word of your own") for one in told]
    assert "a word of your own" in run.invoke(command(), ["a.log"]).stdout


SHEET = r"""
recognizers:
  - {name: Chart, supported_entity: CHART, patterns: [{regex: '\bch-\d{4}\b', score: 0.7}]}
  - UsSsnRecognizer
"""
CODE = """
from collections import namedtuple
Found = namedtuple("Found", "entity_type start end score")
class Nurse:
    name = "nurses"
    def analyze(self, text, entities, nlp_artifacts):
        if "bad" in text:
            raise ValueError(text)
        at = text.find("Nurse")
        return [Found("NURSE", at, at + 5, 0.9)] if at >= 0 else []
"""


def test_recognizers_of_presidio_may_be_added(run: CliRunner) -> None:
    """Those of a file and of code find beside ours; what cannot be used is named, and so is what code could not do: status 2."""
    Path("own.yaml").write_text(SHEET, encoding="utf-8")
    Path("own.py").write_text(CODE, encoding="utf-8")
    Path("a.log").write_text("ch-1234 jane@x.example\nNurse\n", encoding="utf-8")
    Path("b.log").write_text("bad jane@x.example\n", encoding="utf-8")
    both = ["--json", "--recognizers", "own.yaml", "--recognizers", "own.py"]

    told = run.invoke(command(), [*both, "a.log"])
    assert (told.exit_code, ["CHART", "EMAIL", "NURSE"]) == (1, [json.loads(line)["entity"] for line in told.stdout.splitlines()])
    assert "recognizer left out: UsSsnRecognizer" in told.stderr
    told = run.invoke(command(), [*both, "b.log"])
    assert (told.exit_code, ["EMAIL"]) == (2, [json.loads(line)["entity"] for line in told.stdout.splitlines()])
    assert "hemostat: The recognizer nurses: ValueError, on 1 texts." in told.stderr
    assert "jane" not in told.stderr


def test_recognizers_that_cannot_be_loaded_stop_the_command(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module is named by its name too, a list in it counts alone; what is not there, or breaks, is bad input."""
    Path("a.log").write_text("Nurse\n", encoding="utf-8")
    Path("listed.py").write_text(f"{CODE}\nRECOGNIZERS = [Nurse()]\n", encoding="utf-8")
    Path("empty.py").write_text("", encoding="utf-8")
    Path("broken.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.syspath_prepend(".")

    told = run.invoke(command(), ["--json", "--recognizers", "listed", "a.log"])
    assert ["NURSE"] == [json.loads(line)["entity"] for line in told.stdout.splitlines()]
    for name, words in (
        ("empty.py", "no recognizer"),
        ("broken.py", "ZeroDivisionError"),
        ("gone.py", "gone"),
        ("a.log", "No module"),
    ):
        with pytest.raises(BadInput, match=words):
            run.invoke(command(), ["--recognizers", name, "a.log"], catch_exceptions=False)


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
