"""What cannot be read is kept, sealed, with its reason, and has a second chance."""

import msgspec
import pytest

from hemostat.kernel import BadInput, DamagedSeal, Home, Source
from hemostat.lake import dead_letters
from hemostat.lake.dead_letters import Letter
from hemostat.lake.pipeline import MOST_LETTERS, Tools, drain, retry_letters
from hemostat.lake.reader import read
from hemostat.lake.spool import Spool
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
