"""From the spool to the lake: every acknowledged event, once, with nothing in it that names a person."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.kernel import Home, Source
from hemostat.lake.pipeline import Drained, Tools, drain
from hemostat.lake.reader import read
from hemostat.lake.spool import Spool
from hemostat.phi import Scanner
from hemostat.sources import Message, Raw, Rejected, reader_of
from unit.lake.conftest import Send
from unit.lake.made import NOON, incoming


def _event(**given: Any) -> dict[str, Any]:
    return {"time": "2026-03-02T12:00:00Z", "act": "session:read"} | given


def _drain_all(home: Home, spool: Spool) -> list[Drained]:
    tools, done = Tools(home), []
    while drained := drain(home, spool, tools=tools):
        done.append(drained)
    return done


def _line(path: str, *, agent: str = "headless", status: int = 200) -> bytes:
    return f'203.0.113.24 - - [02/Mar/2026:07:00:00 -0500] "GET {path} HTTP/1.1" {status} 1600 "-" "{agent}"'.encode()


def test_nothing_waits_nothing_happens(home: Home, spool: Spool) -> None:
    """An empty spool gives no batch and no file."""
    assert drain(home, spool) is None
    assert [] == list(home.lake.iterdir())


def test_a_log_line_becomes_an_event(home: Home, spool: Spool) -> None:
    """The route map says what was exposed, the signature that was missing, and both clocks are kept."""
    spool.append([incoming(source="edge", key="1", body=_line("/api/session?cid=7000001"))])

    (drained,) = _drain_all(home, spool)

    (row,) = read(home, spool.parts()).to_pylist()
    assert (1, 1, 1, 0) == (drained.batch, drained.messages, drained.rows, drained.rejected)
    assert ("session:read", "unsigned", ["email"], ["cid"], -300) == (
        row["act"], row["auth"], row["elements"], row["query_keys"], row["offset_minutes"],
    )  # fmt: skip
    assert (NOON, NOON + timedelta(seconds=9)) == (row["time"], row["learnt"])
    assert "7000001" not in str(row)


def test_a_message_sent_twice_is_in_the_lake_once(home: Home, spool: Spool, send: Send) -> None:
    """The second of two messages with one key adds nothing."""
    send(_event(), key="same")
    send(_event(), key="same")

    _drain_all(home, spool)

    assert 1 == read(home, spool.parts()).num_rows


def test_events_out_of_order_lie_in_the_days_when_they_happened(home: Home, spool: Spool, send: Send) -> None:
    """A late event goes to its own day, learnt today."""
    send(_event(time="2026-03-03T00:10:00Z"), _event(time="2026-02-01T00:00:00Z"), _event(time="2026-03-02T23:59:00Z"))

    (drained,) = _drain_all(home, spool)

    assert ["2026-02-01", "2026-03-02", "2026-03-03"] == [part.day for part in drained.parts]


def test_the_same_spool_gives_the_same_files(home: Home, spool: Spool, send: Send, tmp_path: Path) -> None:
    """Two runs over copies of one spool write byte-identical lakes."""
    for n in range(30):
        send(_event(subject=str(n), time=f"2026-03-0{1 + n % 3}T12:00:00Z", message="mail jane.roe@example.com"))
    spool.close()
    twin = Home(tmp_path / "twin")
    shutil.copytree(home.path, twin.path)

    lakes = []
    for one in (home, twin):
        own = Tools(one).spool()
        _drain_all(one, own)
        lakes.append({part.path: hashlib.sha256((one.lake / part.path).read_bytes()).hexdigest() for part in own.parts()})
        own.close()

    assert lakes[0] == lakes[1]
    assert 3 == len(lakes[0])


def test_an_interrupted_run_is_repeated_into_the_same_files(
    home: Home, spool: Spool, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends after its files and before its manifest shows nothing; the next run gives the same batch."""
    send(_event())

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(spool, "written", cut)
        with pytest.raises(KeyboardInterrupt):
            drain(home, spool)
    left = {path: path.read_bytes() for path in home.lake.rglob("*.parquet")}
    assert 1 == len(left)
    assert 0 == read(home, spool.parts()).num_rows

    _drain_all(home, spool)

    assert left == {path: path.read_bytes() for path in home.lake.rglob("*.parquet")}
    assert 1 == read(home, spool.parts()).num_rows


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b"\xff\xfe\x00", b"\x00" * 100, b"[" * 10_000, b'{"time":', b"<?php", b"\x1b]0;x\x07"]
)
@pytest.mark.parametrize("source", ["edge", "app"])
def test_rubbish_never_stops_the_pipeline(home: Home, spool: Spool, send: Send, source: str, body: bytes) -> None:
    """Whatever a message holds, the one behind it arrives."""
    spool.append([incoming(source=source, key="rubbish", body=body)])
    send(_event())

    _drain_all(home, spool)

    assert 1 == read(home, spool.parts()).num_rows
    assert 0 == spool.lag().messages


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "<?php system($_GET[0]); ?>", "\u202etxt", "\u0000\u001b[2J"])
def test_hostile_lines_are_inert_in_the_lake(home: Home, spool: Spool, send: Send, hostile: str) -> None:
    """Tags and code stay letters; control characters are spelled out."""
    send(_event(user_agent=hostile, message=hostile))

    _drain_all(home, spool)

    (row,) = read(home, spool.parts()).to_pylist()
    assert row["message"].isprintable()
    assert row["user_agent"] == row["message"]


def test_a_canary_is_nobody(home: Home, spool: Spool, send: Send) -> None:
    """Our own probes ask for numbers of nobody: the call is in the lake, and no person is counted for it."""
    home.write(msgspec.structs.replace(home.settings(), canaries=["4999999"]))
    send(_event(subject="4999999", subjects=1), _event(subject="5000001", subjects=1))

    _drain_all(home, spool)
    rows = read(home, spool.parts()).to_pylist()

    assert sorted((bool(row["subject"]), row["subjects"]) for row in rows) == [(False, 0), (True, 1)]


@pytest.fixture
def odd_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Message], Iterator[Raw | Rejected]]], None]:
    """Put a reader of another make among ours, as a plug-in or a fault in one of ours would be."""

    def put(reader: Callable[[Message], Iterator[Raw | Rejected]]) -> None:
        monkeypatch.setattr("hemostat.sources.reader_of", lambda _kind: lambda message, *_: reader(message))

    return put


def test_a_fault_in_a_reader_costs_one_message(home: Home, spool: Spool, send: Send, odd_reader: Callable[..., None]) -> None:
    """A reader that fails half way leaves a letter with the whole message, and no half message in the lake."""

    def fails(message: Message) -> Iterator[Raw | Rejected]:
        yield from reader_of("events")(message, Source(kind="events", store="s"), None)  # type: ignore[arg-type]  # it asks for nothing
        raise ZeroDivisionError

    odd_reader(fails)
    send(_event())

    (drained,) = _drain_all(home, spool)

    assert (0, 1) == (drained.rows, drained.rejected)
    assert b"ZeroDivisionError" in (home.dead_letters / "batch-000000000001.ndjson").read_bytes()


def test_a_record_that_no_column_holds_costs_one_record(
    home: Home, spool: Spool, send: Send, odd_reader: Callable[..., None]
) -> None:
    """One impossible number among many events becomes a letter; the others are in the lake."""

    def exaggerates(message: Message) -> Iterator[Raw | Rejected]:
        for one in reader_of("events")(message, Source(kind="events", store="s"), None):  # type: ignore[arg-type]  # it asks for nothing
            assert isinstance(one, Raw)
            access = msgspec.structs.replace(one.access, status=2**80) if one.line == 4 else one.access
            yield msgspec.structs.replace(one, access=access)

    odd_reader(exaggerates)
    send(*[_event()] * 9)

    (drained,) = _drain_all(home, spool)

    assert (8, 1) == (drained.rows, drained.rejected)
    letter = msgspec.json.decode((home.dead_letters / "batch-000000000001.ndjson").read_bytes())
    assert 4 == letter["line"]
    assert letter["reason"].startswith("The record cannot become a row")


def test_more_records_than_one_chunk_are_all_there(home: Home, spool: Spool, send: Send) -> None:
    """Messages larger than what is redacted at a time arrive whole."""
    send(*[_event(subject=str(n)) for n in range(9000)])
    send(*[_event(subject=str(n)) for n in range(9000, 9500)])

    _drain_all(home, spool)

    table = read(home, spool.parts())
    assert (9500, 9500) == (table.num_rows, len(set(table["event_id"].to_pylist())))
    assert 9500 == len(set(table["subject"].to_pylist()))


PATIENT_DATA = [
    "jane.roe@example.com", "123-45-6789", "(415) 555-2671", "4111 1111 1111 1111", "dob=1980-02-03", "first_name=Margaret",
    "MRN: 00482913", "patient_name: Margaret Holloway", ("Bearer eyJhbGciOiJIUzI1NiJ9."
    "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    "diagnosis E11.9", "shpat_" + "0123456789abcdef" * 2, "session_id=9f86d081884c7d659a2feaa0c55ad015",
]  # fmt: skip


def test_our_own_scanner_finds_nothing_in_the_lake(home: Home, spool: Spool, send: Send) -> None:
    """Lines full of patient data leave none of it in the lake's files or the dead-letter files, and say what they held."""
    for text in PATIENT_DATA:
        fields = ("path", "query", "user_agent", "message", "host", "request_id", "actor", "subject", "token")
        send(*[_event(**{field: f"/{text}" if field == "path" else text}) for field in fields], _event(act=text))
        path = f"/{text}".replace(" ", "%20")
        spool.append([incoming(source="edge", key=text, body=_line(path, agent=text) + b"\n" + text.encode())])

    _drain_all(home, spool)

    table, scanner = read(home, spool.parts()), Scanner()
    assert 10 * len(PATIENT_DATA) == table.num_rows
    columns = {name: scanner.scan_many([str(value) for value in table[name].to_pylist()]) for name in table.column_names}
    lines = [line for path in home.dead_letters.glob("*.ndjson") for line in path.read_text().splitlines()]
    assert [] == [name for name, found in columns.items() if any(found)]
    assert not any(scanner.scan_many([str(msgspec.json.decode(line) | {"sealed": ""}) for line in lines]))
    assert {"EMAIL", "SSN", "PHONE", "PAN"} <= {entity for found in table["phi"].to_pylist() for entity in found}
