"""`hemostat ingest`: files and streams into the spool, the same content once, and clear words when it cannot be."""

import gzip
import io
from collections import Counter
from functools import partial
from pathlib import Path

import msgspec
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from hemostat.cli import ingest as command
from hemostat.cli.ingest import TOGETHER, chunks
from hemostat.collect.cutting import CHUNK_LINES
from hemostat.kernel import BadInput, Home, Intake, Settings, Source
from hemostat.lake.spool import Spool, SpoolFull
from hemostat.sources import Message, Raw, ReaderContext, read
from unit.intake.door import LINE
from unit.sources.reading import NOON
from unit.sources.test_atna import patient, told, who


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with an access log, an app and a store; its spool holds 1.5 MB."""
    made = Home(tmp_path / "home")
    sources = {
        "edge": Source(kind="access-log", store="fernhollow", environment="production"),
        "app": Source(kind="events", store="fernhollow"),
        "shop": Source(kind="shopify", store="fernhollow"),
    }
    made.create(Settings(intake=Intake(spool_limit=1_500_000), sources=sources))
    monkeypatch.setenv("HEMOSTAT_HOME", str(made.path))
    return made


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    """The command as a person runs it; errors that we raise on purpose come through."""
    app = typer.Typer()
    app.command()(command.ingest)
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def kept(home: Home) -> list[tuple[str, bytes]]:
    """Source and body of all messages."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=10**9)
    plan = spool.plan()
    found = [(message.source, message.body) for message in spool.messages(plan)] if plan else []
    spool.close()
    return found


def test_a_file_is_read_once(home: Home, tmp_path: Path) -> None:
    """Its lines are in the spool after the first run; a second run adds nothing and says so."""
    path = tmp_path / "access.log"
    path.write_bytes(LINE * 3 + b"\nbad line")

    first = run("--source", "edge", "--store", "fernhollow", "--env", "production", str(path))
    second = run("--source", "edge", str(path))

    assert "4 lines in 1 messages for source edge.\n" == first.stdout
    assert "Nothing new: everything in it was read before (1 messages).\n" == second.stdout
    assert [("edge", LINE * 3 + b"\nbad line")] == kept(home)


@pytest.mark.usefixtures("home")
def test_a_file_that_has_grown_adds_what_is_new(tmp_path: Path) -> None:
    """Whole chunks that were read before are known, in a compressed copy too."""
    path = tmp_path / "access.log"
    path.write_bytes(LINE * CHUNK_LINES)
    run("--source", "edge", str(path))
    grown = tmp_path / "access.log.gz"
    grown.write_bytes(gzip.compress(LINE * (CHUNK_LINES + 5)))

    result = run("--source", "edge", "--json", str(grown))

    assert {
        "source": "edge",
        "lines": 5,
        "messages": 1,
        "duplicates": 1,
        "bytes": len(LINE) * (CHUNK_LINES + 5),
    } == msgspec.json.decode(result.stdout)


def test_messages_of_several_lines_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit repository's export: no chunk ends within a message, whatever stands before its root."""
    source = Source(kind="atna", store="fernhollow")
    made = Home(tmp_path / "archive")
    made.create(Settings(sources={"pacs": source}))
    monkeypatch.setenv("HEMOSTAT_HOME", str(made.path))
    bare = told("110110", "R", who("kim", asking="true"), patient("1")).replace(b"><", b">\n<")
    root = bare.partition(b"\n")[2]
    header = b"<85>1 2026-03-02T10:00:00Z pacs archive 77 IHE+RFC-3881 - "
    path = tmp_path / "export.xml"
    path.write_bytes(b"\n".join([bare, root, header + bare, header + root] * (CHUNK_LINES // 10)))

    run("--source", "pacs", str(path))

    bodies = [body for _, body in kept(made)]
    assert 1 < len(bodies)
    message = partial(Message, seq=1, source="pacs", received_at=NOON, content_type="text/plain", headers={})
    found = [one for body in bodies for one in read(message(body=body), source, ReaderContext())]
    assert {Raw: 4 * (CHUNK_LINES // 10)} == dict(Counter(type(one) for one in found))


def test_standard_input_is_read(home: Home) -> None:
    """With - for a path; JSON arrays become lines."""
    result = run("--source", "app", "-", stdin=b'[{"a": 1},\n {"b":\n 2}]')

    assert "2 lines in 1 messages for source app.\n" == result.stdout
    assert [("app", b'{"a": 1}\n{"b":  2}')] == kept(home)


@pytest.mark.parametrize(
    ("arguments", "content", "words"),
    [
        (["--source", "nobody"], LINE, "No source is named 'nobody'; known: app, edge, shop"),
        (["--source", "shop"], LINE, "takes webhooks only"),
        (["--source", "edge", "--store", "other"], LINE, "is of store 'fernhollow', not 'other'"),
        (["--source", "edge", "--env", "staging"], LINE, "is of environment 'production', not 'staging'"),
        (["--source", "edge"], None, "access.log: No such file or directory"),
        (["--source", "edge"], gzip.compress(LINE * 5000, mtime=0)[:-20], "damaged or was cut short"),
        (["--source", "edge"], b"\x1f\x8bthis is not gzip", "damaged or was cut short"),
        (["--source", "app"], b"[1, 2", "not a JSON array"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_cannot_be_read_is_named(tmp_path: Path, arguments: list[str], content: bytes | None, words: str) -> None:
    """The message names file or source, the advice the way out."""
    path = tmp_path / "access.log"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput, match=words) as fault:
        run(*arguments, str(path))

    assert fault.value.advice()


@pytest.mark.usefixtures("home")
def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Naming a folder is a mistake with a message of its own."""
    with pytest.raises(BadInput, match="Is a directory"):
        run("--source", "edge", str(tmp_path))


def test_a_full_spool_stops_the_reading(home: Home, tmp_path: Path) -> None:
    """What fitted stays and is counted on standard error; the rest can be read again later without doubling anything."""
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(LINE.replace(b"7000001", b"%d" % number) for number in range(40 * CHUNK_LINES)))

    with pytest.raises(SpoolFull):
        run("--source", "edge", str(path))

    assert TOGETHER == len(kept(home))


@pytest.mark.usefixtures("home")
def test_an_array_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JSON array must be held whole, so it may not be of any size."""
    monkeypatch.setattr(command, "_LONGEST_ARRAY", 10)
    path = tmp_path / "events.json"
    path.write_bytes(b"[1,\n2,3,4,5,6,7,8,9]")

    with pytest.raises(BadInput, match="too large"):
        run("--source", "app", str(path))


def test_an_interrupted_standard_input_is_read_raw(home: Home) -> None:
    """Bytes that are not UTF-8 pass through untouched: the reader of the source judges them."""
    run("--source", "edge", "-", stdin=b"\xff\xfe line\n")

    assert [("edge", b"\xff\xfe line\n")] == kept(home)


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"[", b"")), max_size=30))
def test_chunks_hold_the_file(lines: list[bytes]) -> None:
    """Joined, the chunks are the file; their keys differ; equal files give equal keys."""
    content = b"\n".join(lines)

    found = list(chunks(io.BytesIO(content)))

    assert content == b"".join(chunk.body for chunk in found)
    assert [chunk.key for chunk in found] == [chunk.key for chunk in chunks(io.BytesIO(content))]
    assert len(found) == len({chunk.key for chunk in found})
