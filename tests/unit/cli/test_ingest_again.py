"""`hemostat ingest` on files that change between two runs: each line is counted once, and no line becomes another."""

import fcntl
import gzip
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hemostat.cli import ingest as command
from hemostat.cli.ingest import Summary, chunks
from hemostat.collect import cutting
from hemostat.collect.cutting import CHUNK_LINES
from hemostat.kernel import BadInput, Home, Settings, Source
from hemostat.lake import dead_letters
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import read

Ingest = Callable[..., Summary]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A sandbox home with an access log and an app."""
    made = Home(tmp_path / "home")
    sources = {
        "edge": Source(kind="access-log", store="fernhollow", environment="sandbox"),
        "app": Source(kind="events", store="fernhollow", environment="sandbox"),
    }
    made.create(Settings(kind="sandbox", sources=sources))
    monkeypatch.setenv("HEMOSTAT_HOME", str(made.path))
    return made


@pytest.fixture
def ingest(home: Home, tmp_path: Path) -> Ingest:
    """Read a file of this content as a person does; what the command says came of it."""
    assert home.exists()
    app = typer.Typer()
    app.command()(command.ingest)

    def ingest(content: bytes, *, source: str = "edge") -> Summary:
        path = tmp_path / "access.log"
        path.write_bytes(content)
        result = CliRunner().invoke(app, ["--source", source, "--json", str(path)])
        if result.exception:
            raise result.exception
        return msgspec.json.decode(result.stdout, type=Summary)

    return ingest


def _line(number: int, *, start: bytes = b"203.0.113.24") -> bytes:
    return start + b' - - [02/Mar/2026:14:04:00 +0000] "GET /p/%06d HTTP/1.1" 200 512 "-" "headless"\n' % number


def _log(first: int, last: int) -> bytes:
    return b"".join(_line(number) for number in range(first, last))


def _rows(home: Home) -> int:
    """Events in the lake once everything is drained."""
    tools = Tools(home)
    spool = tools.spool()
    while drain(home, spool, tools=tools):
        pass
    rows = read(home, spool.parts()).num_rows
    spool.close()
    return int(rows)


def _reasons(home: Home) -> list[str]:
    return [one.reason for one in dead_letters.waiting(home.dead_letters, last_batch=10**6)]


def test_a_file_that_has_grown_gives_each_line_once(home: Home, ingest: Ingest) -> None:
    """Also the lines of the last chunk, which was not full at the first reading."""
    assert (1500, 1000, 0, 500) == tuple(ingest(_log(0, end)).lines for end in (1500, 2500, 2500, 3000))

    assert 3000 == _rows(home)


def test_a_file_that_was_cut_short_adds_nothing(home: Home, ingest: Ingest) -> None:
    """An older, shorter copy is known line by line, wherever it ends."""
    assert (2500, 0, 0) == tuple(ingest(_log(0, end)).lines for end in (2500, 1501, 3))

    assert 2500 == _rows(home)


def test_a_file_that_goes_on_otherwise_adds_what_differs(home: Home, ingest: Ingest) -> None:
    """After a shared beginning everything is new, in the middle of a chunk too."""
    ingest(_log(0, 1500))
    other = _log(0, 700) + _log(90_000, 90_300)

    assert (300, 0) == (ingest(other).lines, ingest(other).lines)
    assert 1800 == _rows(home)


def test_files_of_equal_lengths_are_told_apart(home: Home, ingest: Ingest) -> None:
    """What counts is what the lines say, not how long the files are."""
    assert (1500, 1500, 0) == tuple(ingest(_log(first, first + 1500)).lines for first in (0, 50_000, 0))

    assert 3000 == _rows(home)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_end_of_the_last_line_may_come_later(ingest: Ingest, pack: Callable[[bytes], bytes]) -> None:
    """A last line without its end is the same line once the end is there, and with the line ends of another system."""
    whole = _log(0, 12)
    ingest(whole.rstrip(b"\n"))

    assert (0, 1) == (ingest(pack(whole)).lines, ingest(pack((whole + _line(13)).replace(b"\n", b"\r\n"))).lines)


def test_an_array_that_has_grown_adds_its_new_values(home: Home, ingest: Ingest) -> None:
    """Values of a JSON array are known one by one, like lines."""
    events = [msgspec.json.encode({"time": "2026-03-02T12:00:00Z", "act": "page:read", "subject": n}) for n in range(5)]

    assert (3, 2) == tuple(ingest(b"[" + b",\n".join(events[:end]) + b"]", source="app").lines for end in (3, 5))
    assert 5 == _rows(home)


def test_a_file_stays_known_after_its_messages_are_purged(home: Home, ingest: Ingest) -> None:
    """Raw messages go, and the lines stay known for as long as the file is read within the days of a key."""
    ingest(_log(0, 1500))
    _rows(home)
    spool = Tools(home).spool()
    later = datetime.now(UTC) + timedelta(days=1)
    spool.purge(later)

    assert 500 == ingest(_log(0, 2000)).lines
    spool.forget(later)
    spool.purge(later)
    spool.close()
    assert 2000 == ingest(_log(0, 2000)).lines


@given(st.lists(st.lists(st.integers(0, 2), max_size=14), max_size=6), st.integers(1, 5))
def test_each_beginning_is_counted_once(files: Sequence[Sequence[int]], most: int) -> None:
    """Whatever files are read one after the other, what is new in each is what stands behind its longest known beginning."""
    stored: dict[str, bytes] = {}
    seen: set[tuple[int, ...]] = {()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "CHUNK_LINES", most)
        for numbers in files:
            content = b"".join(b"%d\n" % number for number in numbers)
            found = list(chunks(io.BytesIO(content), known=stored.get))
            beginnings = [tuple(numbers[:end]) for end in range(len(numbers) + 1)]

            fresh = sum(chunk.lines for chunk in found if chunk.key not in stored)

            assert sum(one not in seen for one in beginnings) == fresh
            assert content == b"".join(chunk.body for chunk in found)
            for chunk in found:
                stored.setdefault(chunk.key, chunk.marks)
            seen.update(beginnings)


def test_a_second_reader_of_a_source_is_refused(home: Home, ingest: Ingest) -> None:
    """Two at once would take the same lines for new; another source is no matter."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, "care/app": settings.sources["app"]}))
    with (home.path / "ingest-care%2Fapp.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BadInput, match="Another `hemostat ingest` reads for source 'care/app'") as fault:
            ingest(b"{}", source="care/app")
        assert 1 == ingest(_line(1)).lines

    assert "Wait" in fault.value.advice()
    assert 1 == ingest(b"{}", source="care/app").lines


def test_a_long_line_is_one_dead_letter(home: Home, ingest: Ingest) -> None:
    """However long a line is, its end is no line of its own: nobody can forge an event behind a million bytes."""
    forged = _line(666)
    long = b"x" * 1_000_000 + forged

    assert 3 == ingest(_line(1) + long + _line(2)).lines

    assert 2 == _rows(home)
    assert [f"The line has {len(long) - 1:,} bytes."] == _reasons(home)


def test_a_line_without_end_is_refused_with_its_place(home: Home, ingest: Ingest) -> None:
    """What cannot be held in memory as one line is named, and nothing of it is taken for a line."""
    with pytest.raises(BadInput, match="Line 2 has more than 5,000,000 bytes") as fault:
        ingest(_line(1) + b"x" * 5_000_001 + _line(666))

    assert "Take it out" in fault.value.advice()
    assert 0 == _rows(home)


@pytest.mark.parametrize(
    "start",
    [b"[::1]:443 203.0.113.24", b"[2001:db8::1]:443 203.0.113.24", b"[1] x", b"[info] x", b"[02/Mar/2026] x", b"{curly x"],
)
def test_a_log_that_begins_with_a_bracket_is_read_by_line(home: Home, ingest: Ingest, start: bytes) -> None:
    """What parses decides: a line that no JSON value begins with is a line."""
    content = b"\n" + _line(1, start=start) + _line(2)

    assert 2 == ingest(content).lines
    assert [content] == _bodies(home)


def _bodies(home: Home) -> list[bytes]:
    spool = Tools(home).spool()
    plan = spool.plan()
    assert plan
    bodies = [message.body for message in spool.messages(plan)]
    spool.close()
    return bodies


@pytest.mark.parametrize(
    "content",
    [
        b'\n{\n  "time": "2026-03-02T12:00:00Z",\n  "act": "page:read"\n}\n',
        b' [\n  {\n  "time": "2026-03-02T12:00:00Z",\n  "act": "page:read"}\n]\n',
    ],
)
def test_pretty_json_is_one_event(home: Home, ingest: Ingest, content: bytes) -> None:
    """An event that stands on several lines is read as by HTTP."""
    ingest(content, source="app")

    assert (1, []) == (_rows(home), _reasons(home))


@pytest.mark.parametrize("most", [200_000_000, 20])
def test_what_begins_like_json_and_is_none_is_read_by_line(
    home: Home, ingest: Ingest, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """A first line that was cut costs itself, not the lines behind it; also in a file that is too large to be held."""
    monkeypatch.setattr(command, "_LONGEST_ARRAY", most)
    good = b'{"time": "2026-03-02T12:00:00Z", "act": "page:read"}\n'

    assert 4 == ingest(b'{"time": \n' + good * 3, source="app").lines
    assert 2 == ingest(b'{"act": \n{"time":\n', source="app").lines
    assert (3, 3) == (_rows(home), len(_reasons(home)))


def test_blank_lines_are_no_events(home: Home, ingest: Ingest) -> None:
    """A file of nothing but line ends gives nothing, and no error."""
    assert (0, 0) == (ingest(b"\n\r\n").lines, ingest(b"").lines)
    assert (0, []) == (_rows(home), _reasons(home))


def test_a_chunk_is_full_at_its_lines_or_bytes(home: Home, ingest: Ingest) -> None:
    """What is one message stays small, whatever the lines are."""
    assert home.exists()
    assert 3 == ingest(_log(0, 2 * CHUNK_LINES + 1)).messages
    assert 2 == ingest((b"x" * 600_000 + b"\n") * 3).messages
