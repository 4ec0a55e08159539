"""What cannot be read is kept, sealed, with its reason, and has a second chance."""

import os
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hemostat.kernel import BadInput, DamagedSeal, Home, Source
from hemostat.lake import dead_letters
from hemostat.lake.dead_letters import Letter
from hemostat.lake.pipeline import MOST_LETTERS, Tools, drain, retry_letters
from hemostat.lake.reader import read
from hemostat.lake.spool import Spool
from hemostat.sources import Message, Raw, Rejected, reader_of
from unit.lake.conftest import Send
from unit.lake.made import NOON, incoming

EVENT = {"time": "2026-03-02T12:00:00Z", "act": "page:read", "path": "/"}


def _waiting(home: Home, spool: Spool) -> list[Letter]:
    return list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))


def _send_body(spool: Spool, body: bytes, *, source: str = "app", key: str = "k") -> None:
    spool.append([incoming(source=source, key=key, body=body)])


def test_a_bad_line_is_a_letter_and_the_good_ones_are_events(home: Home, spool: Spool) -> None:
    """One bad line of three costs one line."""
    body = b"\n".join([msgspec.json.encode(EVENT), b"not json", msgspec.json.encode(EVENT)])
    _send_body(spool, body)

    drained = drain(home, spool)

    assert drained is not None
    assert (1, 2, 1) == (drained.messages, drained.rows, drained.rejected)
    (letter,) = _waiting(home, spool)
    assert ("app", 1, 2) == (letter.source, letter.seq, letter.line)
    assert letter.reason
    assert letter.advice


def test_a_letter_shows_no_raw_text_and_opens_with_the_key(home: Home, spool: Spool) -> None:
    """The file holds words of ours; the line itself is sealed for its source."""
    _send_body(spool, b'{"time": "jane.roe@example.com"}')
    drain(home, spool)
    (letter,) = _waiting(home, spool)
    key = Tools(home).spool_key

    assert b"jane" not in (home.dead_letters / "batch-000000000001.ndjson").read_bytes()
    assert b'{"time": "jane.roe@example.com"}' == dead_letters.content(letter, key=key).body
    with pytest.raises(DamagedSeal):
        dead_letters.content(msgspec.structs.replace(letter, source="edge"), key=key)


def test_an_unknown_source_is_a_letter_not_a_stop(home: Home, spool: Spool, send: Send) -> None:
    """A source that the settings lost does not hold up the others; its messages wait for it."""
    send(EVENT, source="gone")
    send(EVENT)

    drained = drain(home, spool)

    assert drained is not None
    assert (2, 1, 1) == (drained.messages, drained.rows, drained.rejected)
    (letter,) = _waiting(home, spool)
    assert (0, "The settings name no source 'gone'.") == (letter.line, letter.reason)
    assert "hemostat dead-letter retry" in letter.advice


def test_a_source_that_is_put_right_gets_its_events(home: Home, spool: Spool, send: Send) -> None:
    """Retried letters become events once, with the time at which we learnt of them first."""
    send(EVENT, EVENT, source="gone")
    drain(home, spool)
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, "gone": Source(kind="events", store="x")}))
    tools = Tools(home)

    assert (1, 0) == ((tried := retry_letters(spool, tools)).returned, tried.kept)
    assert (0, 0) == ((again := retry_letters(spool, tools)).returned, again.kept)
    drain(home, spool, tools=tools)

    table = read(home, spool.parts())
    assert ["gone", "gone"] == table["source"].to_pylist()
    assert {NOON.replace(second=9)} == set(table["learnt"].to_pylist())
    assert [] == _waiting(home, spool)


@pytest.mark.parametrize("limit", ["_TOGETHER", "MOST_BYTES"])
def test_many_letters_go_back_in_parts(home: Home, spool: Spool, send: Send, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Each part is in the spool before the next is read, and all of them give their events once."""
    for number in range(5):
        send({**EVENT, "path": f"/{number}"}, source="late")
    drain(home, spool)
    tools = _known(home, "late")
    monkeypatch.setattr(f"hemostat.lake.pipeline.{limit}", 2)
    parts: list[int] = []
    append = spool.append
    monkeypatch.setattr(spool, "append", lambda batch: parts.append(len(batch)) or append(batch))

    assert 5 == retry_letters(spool, tools).returned

    assert parts == ([2, 2, 1] if limit == "_TOGETHER" else [1, 1, 1, 1, 1])
    while drain(home, spool, tools=tools):
        pass
    assert 5 == read(home, spool.parts()).num_rows
    assert [] == _waiting(home, spool)


def test_a_retry_that_was_interrupted_gives_no_second_event(home: Home, spool: Spool) -> None:
    """A letter that went back but was not marked goes back again as the same message."""
    _send_body(spool, b"bad")
    drain(home, spool)
    (letter,) = _waiting(home, spool)
    held = dead_letters.content(letter, key=Tools(home).spool_key)

    first, second = (spool.append([dead_letters.incoming(letter, held)])[0] for _ in range(2))

    assert (first.seq, False, True) == (second.seq, first.duplicate, second.duplicate)


def test_what_still_cannot_be_read_stays(home: Home, spool: Spool) -> None:
    """A retry without a cure changes nothing."""
    _send_body(spool, b"bad")
    drain(home, spool)
    before = _waiting(home, spool)

    tried = retry_letters(spool, Tools(home))

    assert (0, 1) == (tried.returned, tried.kept)
    assert before == _waiting(home, spool)


def test_a_flood_of_bad_lines_shares_one_letter(home: Home, spool: Spool) -> None:
    """A message of rubbish costs a bounded number of letters, and no line of it is lost."""
    _send_body(spool, b"\n".join(b"bad %d" % n for n in range(MOST_LETTERS + 500)))

    drained = drain(home, spool)

    assert drained is not None
    assert MOST_LETTERS + 1 == drained.rejected
    last = _waiting(home, spool)[-1]
    assert "500 further lines of this message cannot be read either." == last.reason
    assert 500 == len(dead_letters.content(last, key=Tools(home).spool_key).body.splitlines())


def test_letters_of_an_unwritten_batch_do_not_count(home: Home, spool: Spool) -> None:
    """What a killed run left is not offered until its batch is written."""
    _send_body(spool, b"bad")
    drain(home, spool)

    assert [] == list(dead_letters.waiting(home.dead_letters, last_batch=0))


def test_a_damaged_file_is_named(home: Home, spool: Spool) -> None:
    """A dead-letter file cut short is told, with the way out."""
    _send_body(spool, b"bad")
    drain(home, spool)
    path = home.dead_letters / "batch-000000000001.ndjson"
    path.write_bytes(path.read_bytes()[:50])

    with pytest.raises(BadInput, match=r"batch-000000000001\.ndjson is damaged"):
        _waiting(home, spool)


def _known(home: Home, name: str) -> Tools:
    """What draining needs once the settings name the source."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, sources={**settings.sources, name: Source(kind="events", store="x")}))
    return Tools(home)


def test_letters_of_a_killed_run_go_when_its_batch_is_repeated_without_any(
    home: Home, spool: Spool, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that a killed run could not read and the repetition can is an event once, also after a retry."""
    send(EVENT, source="late")

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(spool, "written", cut)
        with pytest.raises(KeyboardInterrupt):
            drain(home, spool)
    assert [] != list(home.dead_letters.iterdir())
    (home.dead_letters / ".batch-000000000001.ndjson.draft").write_bytes(b"half a letter of another killed run")
    tools = _known(home, "late")

    drain(home, spool, tools=tools)

    assert [] == list(home.dead_letters.iterdir())
    assert 0 == retry_letters(spool, tools).returned
    assert drain(home, spool, tools=tools) is None
    assert 1 == read(home, spool.parts()).num_rows


def test_a_home_without_the_folder_of_letters_works(home: Home, spool: Spool, send: Send) -> None:
    """A backup may leave empty folders out: nothing to remove is no reason to stop, and the first letter makes the folder."""
    home.dead_letters.rmdir()
    send(EVENT)
    drain(home, spool)
    _send_body(spool, b"bad")
    drain(home, spool)

    assert (1, 1) == (read(home, spool.parts()).num_rows, len(_waiting(home, spool)))


def _swap_body(home: Home, sealed: bytes, seq: int) -> bytes:
    """Put other bytes in place of a sealed body; the former ones."""
    with sqlite3.connect(home.spool) as db:
        ((before,),) = db.execute("SELECT sealed FROM bodies WHERE seq = ?", (seq,)).fetchall()
        db.execute("UPDATE bodies SET sealed = ? WHERE seq = ?", (sealed, seq))
    db.close()
    return bytes(before)


def test_a_damaged_body_is_a_letter_and_the_others_are_events(home: Home, spool: Spool, send: Send) -> None:
    """One message that does not open stops nobody; its letter keeps the sealed bytes as they are, and says so."""
    for _ in range(3):
        send(EVENT)
    _swap_body(home, b"damaged bytes", 2)

    drained = drain(home, spool)

    assert drained is not None
    assert (3, 2, 1) == (drained.messages, drained.rows, drained.rejected)
    assert list(drained.unopened) == _waiting(home, spool)
    (letter,) = drained.unopened
    assert ("app", 2, 0) == (letter.source, letter.seq, letter.line)
    assert "does not open" in letter.reason
    assert b"damaged bytes" == b64decode(letter.sealed)


def test_a_body_sealed_with_another_key_has_a_second_chance(home: Home, spool: Spool, send: Send) -> None:
    """When the spool's key is put right, a retry opens what did not open before."""
    send(EVENT)
    keyring = home.keyring(home.settings())
    right = keyring.secret("spool")
    keyring.put("spool", [bytes(32)])
    wrong = Tools(home).spool()
    drained = drain(home, wrong, tools=Tools(home))
    wrong.close()
    assert drained is not None
    assert 1 == len(drained.unopened)
    assert 1 == retry_letters(spool, Tools(home)).damaged
    keyring.put("spool", [right])

    tried = retry_letters(spool, Tools(home))
    drain(home, spool)

    assert (1, 0, 0) == (tried.returned, tried.kept, tried.damaged)
    assert 1 == read(home, spool.parts()).num_rows


def _files(home: Home) -> list[str]:
    return sorted(path.name for path in home.dead_letters.iterdir())


def test_letters_go_when_the_days_of_raw_input_are_over(home: Home, spool: Spool, send: Send) -> None:
    """Old letters are gone with the list of what was handed back, younger ones of the same batch stay; then these go as well."""
    send(EVENT, source="late")
    drain(home, spool)
    retry_letters(spool, _known(home, "late"))
    spool.append(
        [
            incoming(source="app", key="old", body=b"bad"),
            incoming(source="app", key="young", body=b"bad", received_at=NOON + timedelta(days=2)),
        ]
    )
    drain(home, spool)
    assert 3 == len(_files(home))

    def purge(days: int) -> int:
        return dead_letters.purge(home.dead_letters, NOON + timedelta(days=days), last_batch=spool.last_batch())

    assert (0, 3) == (purge(0), len(_files(home)))
    assert (2, ["batch-000000000002.ndjson"]) == (purge(1), _files(home))
    assert ["young"] == [_key_of(spool, letter) for letter in _waiting(home, spool)]
    assert (0, 1, []) == (purge(2), purge(3), _files(home))


def _key_of(spool: Spool, letter: Letter) -> str:
    """The key under which the letter's message came: the same key again gives its number."""
    return next(
        key for key in ("old", "young") if spool.append([incoming(source="app", key=key, body=b"bad")])[0].seq == letter.seq
    )


def test_what_is_not_written_yet_is_not_purged(home: Home, spool: Spool) -> None:
    """The letters of a batch under way are its own matter; a list without its letters is a leftover, and goes."""
    _send_body(spool, b"bad")
    drain(home, spool)
    (home.dead_letters / "batch-000000000009.done").write_bytes(b"[0]")

    assert 0 == dead_letters.purge(home.dead_letters, NOON + timedelta(days=9), last_batch=0)
    assert ["batch-000000000001.ndjson"] == _files(home)


def test_a_damaged_file_of_letters_goes_by_the_day_of_the_file(home: Home, spool: Spool) -> None:
    """Raw input in a file that tells no time does not stay for ever, nor does it keep the other files from going."""
    for key in ("a", "b"):
        _send_body(spool, b"bad", key=key)
        drain(home, spool)
    path = home.dead_letters / "batch-000000000001.ndjson"
    path.write_bytes(b"\xff")

    def purge(days: int) -> int:
        return dead_letters.purge(home.dead_letters, NOON + timedelta(days=days), last_batch=spool.last_batch())

    def date(days: int) -> None:
        os.utime(path, ((NOON + timedelta(days=days)).timestamp(),) * 2)

    date(5)
    assert (1, [path.name]) == (purge(5), _files(home))
    assert (1, []) == (purge(6), _files(home))


def test_a_letter_that_was_purged_meanwhile_is_passed_over(home: Home, spool: Spool) -> None:
    """A list that was begun before a purge ends in peace."""
    for key in ("a", "b"):
        _send_body(spool, b"bad", key=key)
        drain(home, spool)
    letters = dead_letters.waiting(home.dead_letters, last_batch=2)
    next(letters)
    (home.dead_letters / "batch-000000000002.ndjson").unlink()

    assert [] == list(letters)


def test_a_record_that_cannot_become_a_row_stays_a_letter(
    home: Home, spool: Spool, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry that would only bring the same letter again returns nothing, however often it is asked."""
    real = reader_of("events")

    def exaggerates(message: Message, *rest: Any) -> Iterator[Raw | Rejected]:
        for one in real(message, *rest):
            assert isinstance(one, Raw)
            yield msgspec.structs.replace(one, access=msgspec.structs.replace(one.access, status=2**80))

    monkeypatch.setattr("hemostat.sources.reader_of", lambda _kind: exaggerates)
    send(EVENT)
    drain(home, spool)

    for _ in range(3):
        tried = retry_letters(spool, Tools(home))
        assert (0, 1, 0) == (tried.returned, tried.kept, tried.damaged)
    assert drain(home, spool) is None


def _changed(home: Home, spool: Spool, change: Callable[[Letter], Letter]) -> None:
    """The first letter stands otherwise in its file."""
    first, *rest = _waiting(home, spool)
    dead_letters.write(home.dead_letters, first.batch, [change(first), *rest])


@pytest.mark.parametrize("fields", [{"sealed": "AAAA"}, {"sealed": "A"}, {"learnt": "yesterday"}])
def test_a_damaged_letter_does_not_hold_up_the_others(home: Home, spool: Spool, send: Send, fields: dict[str, str]) -> None:
    """What can be handed back goes back; the damaged letter stays and is counted."""
    send(EVENT, source="late")
    send(EVENT, source="late")
    drain(home, spool)
    _changed(home, spool, lambda letter: msgspec.structs.replace(letter, **fields))

    tried = retry_letters(spool, _known(home, "late"))

    assert (1, 1, 1) == (tried.returned, tried.kept, tried.damaged)
    assert [0] == [letter.position for letter in _waiting(home, spool)]


@pytest.mark.parametrize("content", [b"[0", b"{}", b'["\xff"]'])
def test_a_damaged_list_of_what_was_handed_back_is_named(home: Home, spool: Spool, content: bytes) -> None:
    """The error names the file, and its way out is safe: without the list a second handing back adds nothing."""
    _send_body(spool, b"bad")
    drain(home, spool)
    (home.dead_letters / "batch-000000000001.done").write_bytes(content)

    with pytest.raises(BadInput, match=r"batch-000000000001\.done is damaged") as fault:
        retry_letters(spool, Tools(home))

    assert "Move it away" in fault.value.advice()
