"""Helpers make no difference but in time: whether they work, fail or are gone, the rows are those of one process."""

import io
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from hemostat.events import SCHEMA
from hemostat.kernel import Home
from hemostat.lake import crew as crew_room
from hemostat.lake.crew import Crew, Hello, packed, receive, send, unpacked
from hemostat.lake.gathering import Piece, Tools, gather
from hemostat.lake.helper import serve
from hemostat.lake.pipeline import drain, harvest
from hemostat.lake.reader import read
from hemostat.lake.spool import Plan, Spool, Unopened
from unit.lake.conftest import Send
from unit.lake.made import incoming

USUAL = sys.getswitchinterval()
FRAME_OF_NOTHING = (8).to_bytes(8, "little")


@pytest.fixture
def many(home: Home, spool: Spool, send: Send) -> Home:
    """A home whose spool holds forty messages: events, patient data, lines that nobody can read, and one that does not open."""
    for number in range(38):
        send(
            *(
                {"time": "2026-03-02T12:00:00Z", "act": "page:read", "subject": f"{number}-{n}", "message": "mail a@b.example"}
                for n in range(9)
            )
        )
    spool.append([incoming(source="app", key="bad", body=b"bad"), incoming(source="app", key="shut", body=b"{}")])
    spool._db.execute("UPDATE bodies SET sealed = zeroblob(60) WHERE seq = 40")  # as bytes rot
    return home


@pytest.fixture
def helped(many: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Crew, Tools]]:
    """A crew with one helper that is ready, and the tools that it knows."""
    monkeypatch.setattr(crew_room, "FULL", 0)
    monkeypatch.setattr(crew_room, "PATIENCE", 1)
    crew, tools = Crew(helpers=1), Tools(many)
    crew.gather(Plan(batch=1, first=1, last=1), spool, tools)
    _until_ready(crew)
    yield crew, tools
    crew.close()


def _until_ready(crew: Crew) -> None:
    assert _within_a_minute(lambda: crew._helpers[0].is_ready)


def _whole(pieces: list[Piece]) -> tuple[object, ...]:
    """All that pieces say, whatever their borders."""
    rows = [row for piece in pieces for batch in piece.batches for row in batch.to_pylist()]
    return (
        rows,
        sum(piece.messages for piece in pieces),
        sum(piece.size for piece in pieces),
        [one for piece in pieces for one in piece.unread],
        [one for piece in pieces for one in piece.unopened],
    )


def test_a_piece_travels_whole(many: Home, spool: Spool) -> None:
    """Packed and unpacked, a piece says what it said: rows, names, unread lines and messages that do not open."""
    piece = gather(spool.messages(Plan(batch=1, first=1, last=40)), Tools(many))

    again = unpacked(packed(piece))

    assert _whole([piece]) == _whole([again])
    assert piece.names == again.names
    assert all(batch.schema == SCHEMA for batch in again.batches)
    assert (342, 1, 1) == (sum(batch.num_rows for batch in again.batches), len(again.unread), len(again.unopened))
    assert isinstance(again.unopened[0], Unopened)


@pytest.mark.slow
def test_a_helper_makes_no_difference(helped: tuple[Crew, Tools], spool: Spool) -> None:
    """Pieces that a helper made and pieces made here are, together, what one process makes, in the same order."""
    crew, tools = helped
    plan = Plan(batch=1, first=1, last=40)

    pieces = crew.gather(plan, spool, tools)

    assert crew_room.PIECES * 2 == len(pieces)
    assert _whole([gather(spool.messages(plan), tools)]) == _whole(pieces)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_helper_that_is_gone_costs_nothing(
    helped: tuple[Crew, Tools], spool: Spool, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    """Killed or stopped, a helper is given up, and its pieces are made here."""
    crew, tools = helped
    monkeypatch.setattr(crew_room, "_ANSWER", 0.2)
    monkeypatch.setattr(crew_room, "_ENDING", 0.2)
    plan = Plan(batch=1, first=1, last=40)
    crew._helpers[0]._process.send_signal(how)

    twice = [_whole(crew.gather(plan, spool, tools)) for _ in range(2)]

    assert [_whole([gather(spool.messages(plan), tools)])] * 2 == twice
    assert not crew._helpers[0].is_ready


@pytest.mark.slow
def test_a_helper_that_tells_nonsense_is_given_up(
    helped: tuple[Crew, Tools], spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is no piece counts as none: the piece is made here, and the helper is not asked again."""
    crew, tools = helped
    plan = Plan(batch=1, first=1, last=40)
    monkeypatch.setattr(crew_room, "unpacked", lambda _: msgspec.msgpack.decode(b"nonsense", type=int))

    pieces = crew.gather(plan, spool, tools)

    assert _whole([gather(spool.messages(plan), tools)]) == _whole(pieces)
    assert not crew._helpers[0].is_ready


FIRST, SECOND = Plan(batch=1, first=1, last=20), Plan(batch=2, first=21, last=40)


@pytest.mark.slow
def test_helpers_go_on_with_the_plan_that_comes_next(helped: tuple[Crew, Tools], spool: Spool) -> None:
    """While this process does something else, they do the whole plan that was foretold; it is the same as if done in its turn."""
    crew, tools = helped

    crew.gather(FIRST, spool, tools, following=lambda _: SECOND)
    ahead = crew._ahead
    assert ahead is not None
    assert _within_a_minute(ahead.is_done)
    pieces = crew.gather(SECOND, spool, tools)

    assert pieces == ahead.pieces()
    assert _whole([gather(spool.messages(SECOND), tools)]) == _whole(pieces)
    assert crew._ahead is None


@pytest.mark.slow
def test_what_was_done_ahead_in_vain_is_dropped(helped: tuple[Crew, Tools], spool: Spool) -> None:
    """When another plan comes than was foretold, it is read, and nothing of the foretold one is told."""
    crew, tools = helped
    plan = Plan(batch=2, first=21, last=30)

    crew.gather(FIRST, spool, tools, following=lambda _: SECOND)
    pieces = crew.gather(plan, spool, tools)

    assert _whole([gather(spool.messages(plan), tools)]) == _whole(pieces)


@pytest.mark.slow
def test_nobody_waits_idly_for_the_last_piece_of_a_plan(
    helped: tuple[Crew, Tools], spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper that does not come to an end is waited for with work on the next plan, and then given up, without a loss."""
    crew, tools = helped
    monkeypatch.setattr(crew_room, "_ANSWER", 0.2)
    crew._helpers[0]._process.send_signal(signal.SIGSTOP)

    first = crew.gather(FIRST, spool, tools, following=lambda _: SECOND)
    ahead = crew._ahead

    assert ahead is not None
    assert ahead.is_done()
    assert _whole([gather(spool.messages(FIRST), tools)]) == _whole(first)
    assert not crew._helpers[0].is_ready
    second = crew.gather(SECOND, spool, tools)
    assert _whole([gather(spool.messages(SECOND), tools)]) == _whole(second)
    assert crew._ahead is None


@pytest.mark.slow
def test_a_plan_that_fails_is_begun_anew(helped: tuple[Crew, Tools], spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """When this process cannot read its part, it says so, nobody works on, and the same plan can be gathered afterwards."""
    crew, tools = helped
    with monkeypatch.context() as broken:
        broken.setattr(crew_room, "gather", _fails)
        with pytest.raises(OSError, match="no disk"):
            crew.gather(FIRST, spool, tools, following=lambda _: SECOND)
    assert crew._ahead is None

    pieces = crew.gather(FIRST, spool, tools)

    assert _whole([gather(spool.messages(FIRST), tools)]) == _whole(pieces)


def _fails(*_: object) -> Piece:
    message = "no disk"
    raise OSError(message)


def _within_a_minute(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.mark.slow
def test_a_crew_drains_as_one_process_does(helped: tuple[Crew, Tools], many: Home, spool: Spool) -> None:
    """With helpers each event is in the lake once, and each bad line is a letter."""
    crew, tools = helped

    drained = drain(many, spool, tools=tools, crew=crew)

    assert drained is not None
    assert (40, 342, 2) == (drained.messages, drained.rows, drained.rejected)
    table = read(many, spool.parts())
    alone = harvest(Plan(batch=1, first=1, last=40), spool, Tools(many)).table
    assert sorted(alone.to_pylist(), key=lambda row: row["event_id"]) == sorted(
        table.to_pylist(), key=lambda row: row["event_id"]
    )


def test_a_small_stream_has_no_helpers(many: Home, spool: Spool) -> None:
    """As long as plans do not come full, no process is started."""
    crew, tools = Crew(), Tools(many)

    for _ in range(crew_room.PATIENCE + 1):
        crew.gather(Plan(batch=1, first=1, last=40), spool, tools)

    assert [] == crew._helpers


@pytest.mark.slow
def test_helpers_end_when_it_is_calm(helped: tuple[Crew, Tools], spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some plans that were not full the helper's process is gone."""
    crew, tools = helped
    process = crew._helpers[0]._process
    monkeypatch.setattr(crew_room, "FULL", 10**9)

    for _ in range(crew_room.CALM):
        crew.gather(Plan(batch=1, first=1, last=1), spool, tools)

    assert [] == crew._helpers
    assert 0 == process.poll()


@pytest.mark.slow
def test_threads_take_turns_sooner_while_there_are_helpers(helped: tuple[Crew, Tools]) -> None:
    """Whoever hands a piece to a helper need not wait long for the interpreter, and afterwards all is as before."""
    assert 0.0005 == pytest.approx(sys.getswitchinterval())

    helped[0].close()

    assert USUAL == sys.getswitchinterval()


def test_helpers_know_the_settings_of_their_time(helped: tuple[Crew, Tools], many: Home, spool: Spool) -> None:
    """When the settings have changed, the helper that knows the old ones ends before anything is read."""
    crew, _ = helped
    process = crew._helpers[0]._process

    crew.gather(Plan(batch=1, first=1, last=1), spool, Tools(many))

    assert 0 == process.poll()


def test_a_helper_without_a_home_is_never_ready(home: Home, tmp_path: Path) -> None:
    """A helper that cannot begin ends, and is not waited for."""
    hello = msgspec.msgpack.encode(Hello(home=str(tmp_path / "none"), settings=home.settings()))
    helper = crew_room._Helper(hello)
    helper._process.wait(60)
    job = crew_room._Job(Plan(batch=1, first=1, last=1), 1)

    helper.help_with(job)
    helper.close()

    assert not helper.is_ready
    assert job.wait(0)
    assert not job.is_done()


@pytest.mark.slow
def test_a_helper_that_does_not_end_is_ended(helped: tuple[Crew, Tools], monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the middle of nothing, it is gone after `close` all the same."""
    crew, _ = helped
    monkeypatch.setattr(crew_room, "_ENDING", 0.2)
    process = crew._helpers[0]._process
    process.send_signal(signal.SIGSTOP)

    crew.close()

    assert -signal.SIGKILL == process.poll()


@pytest.mark.slow
def test_a_helper_that_has_died_takes_nothing(helped: tuple[Crew, Tools]) -> None:
    """What it is given after its end is left to others."""
    crew, _ = helped
    helper = crew._helpers[0]
    helper._process.kill()
    helper._process.wait(60)
    job = crew_room._Job(FIRST, 1)

    helper.help_with(job)

    assert _within_a_minute(lambda: not helper.is_ready)
    assert job.wait(60)
    assert not job.is_done()


def _served(home: Home, *frames: bytes) -> list[bytes]:
    asked, told = io.BytesIO(), io.BytesIO()
    send(asked, msgspec.msgpack.encode(Hello(home=str(home.path), settings=home.settings())))
    for frame in frames:
        send(asked, frame)
    asked.seek(0)
    serve(asked, told)
    told.seek(0)
    heard = []
    while (frame := receive(told)) is not None:
        heard.append(frame)
    return heard


def test_a_helper_answers_piece_by_piece(many: Home, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It greets, answers what it is asked for, and says nothing where it cannot; then it ends."""
    tasks = [Plan(batch=1, first=first, last=first + 19) for first in (1, 21)]

    ready, first, second = _served(many, *map(msgspec.msgpack.encode, tasks))

    assert b"ready" == ready
    assert _whole([gather(spool.messages(Plan(batch=1, first=1, last=40)), Tools(many))]) == _whole(
        list(map(unpacked, (first, second)))
    )

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("hemostat.lake.helper.gather", fails)
    assert [b"ready", b""] == _served(many, msgspec.msgpack.encode(tasks[0]))


def test_a_helper_that_is_told_nothing_ends() -> None:
    """Whoever started it is gone already: it says nothing."""
    told = io.BytesIO()

    serve(io.BytesIO(), told)

    assert b"" == told.getvalue()


@pytest.mark.parametrize("cut", [b"", b"\1\2", FRAME_OF_NOTHING, FRAME_OF_NOTHING + b"half"])
def test_half_a_frame_is_the_end(cut: bytes) -> None:
    """A stream that ends within a frame has ended."""
    assert receive(io.BytesIO(cut)) is None
