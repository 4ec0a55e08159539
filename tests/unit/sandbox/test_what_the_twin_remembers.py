"""The twin's memory: shared by its processes, and there again after each of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hemostat.kernel import Home
from hemostat.sandbox.homes import twin_folder
from hemostat.sandbox.logfile import LogFile
from hemostat.sandbox.state import SOUND, Minted, TwinState

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


def minted(customer: int, *, number: int = 1, at: datetime = NOW) -> Minted:
    """A token of the leak for this customer."""
    ends = int((at + timedelta(days=1)).timestamp())
    return Minted(jti=f"{customer}-{number}", customer=str(customer), at=at, ends=ends, login=False, ip="203.0.113.24", asn=64500)


def test_a_change_is_seen_by_the_other_processes(home: Home, state: TwinState) -> None:
    """The edge need not be told that the admin switched its rule on: it sees it with the next call."""
    other = TwinState(twin_folder(home))
    assert other.facts.path_open

    state.change(require_signature=True)

    assert not other.facts.path_open
    assert not state.facts.path_open
    other.close()


def test_the_path_is_open_only_in_the_leaky_release_without_the_rule(state: TwinState) -> None:
    """Either act closes it; uninstalling the app does not."""
    assert state.facts.path_open
    assert state.change(installed=False).path_open
    assert not state.change(release=SOUND).path_open
    assert not state.change(release=SOUND, require_signature=True).path_open


def test_beginning_again_changes_nothing(state: TwinState) -> None:
    """A twin begins once."""
    state.change(token_key=3)

    state.begin(99)

    assert (7, 3) == (state.facts.seed, state.facts.token_key)


def test_a_change_that_cannot_be_made_changes_nothing(state: TwinState) -> None:
    """After an error within a transaction the twin stands as before, and can be changed again."""
    with pytest.raises(TypeError):
        state.change(no_such_fact=1)

    assert 1 == state.change(token_key=1).token_key


def test_people_are_counted_once(state: TwinState) -> None:
    """Two answers about one person are one exposed person, since the first; her newest token is the one that lives."""
    state.token_add(minted(7_000_001), exposed="US-CA")
    state.token_add(minted(7_000_001, number=2, at=NOW + timedelta(minutes=5)), exposed="US-CA")
    state.token_add(minted(7_000_009), exposed="US-VT")
    state.token_add(minted(5_000_001), exposed="")
    state.attempt_add(at=NOW)
    truth = state.truth(now=NOW)

    assert 2 == truth["people_exposed"]
    assert {"US-CA": 1, "US-VT": 1} == truth["exposed_by_state"]
    assert 2 == truth["tokens_live"]
    assert 1 == truth["attempts"]
    assert [("2026-03-10T14:00Z", 2)] == truth["curve"]
    assert 4 == len(state.ledger())


def test_tokens_die_with_their_key_or_their_day(state: TwinState) -> None:
    """A rotation kills all of them at once, a day kills each."""
    state.token_add(minted(7_000_001), exposed="US-CA")

    assert 0 == state.truth(now=NOW + timedelta(days=1))["tokens_live"]
    state.change(token_key=1)
    assert 0 == state.truth(now=NOW)["tokens_live"]
    assert 1 == state.truth(now=NOW)["people_exposed"]


def test_documents_count_for_exposed_people_only(state: TwinState) -> None:
    """A customer who reads her own papers is no loss, however often."""
    state.token_add(minted(7_000_001), exposed="US-CA")
    for customer in (7_000_001, 7_000_001, 5_000_001):
        state.document_add(customer, at=NOW)

    assert 1 == state.truth(now=NOW)["portal_documents"]


def test_the_truth_says_when_each_thing_first_happened(state: TwinState) -> None:
    """What never happened has no moment; the flawed release was there from the start."""
    before = state.truth(now=NOW)
    state.token_add(minted(7_000_001), exposed="US-CA")
    for minutes in (9, 5):
        at = NOW + timedelta(minutes=minutes)
        state.document_add(7_000_001, at=at)
        state.attempt_add(at=at)
        state.ticket_add(ref=str(minutes), at=at, sender="a customer", subject="s", text="t")
    after = state.truth(now=NOW)

    names = ("deployed", "document_read", "reported", "last_attempt")
    deployed = "2026-03-10T07:48:00.000000Z"
    assert [deployed, None, None, None] == [before[name] for name in names]
    nine, five = "2026-03-10T14:09:00.000000Z", "2026-03-10T14:05:00.000000Z"
    assert [deployed, nine, five, nine] == [after[name] for name in names]


def test_an_uninstalled_app_keeps_no_ledger(state: TwinState) -> None:
    """What leaks afterwards still counts, and leaves no proof."""
    state.change(installed=False)
    state.token_add(minted(7_000_001), exposed="US-CA")

    assert [] == state.ledger()
    assert 1 == state.truth(now=NOW)["people_exposed"]


def test_a_ticket_arrives_once(state: TwinState) -> None:
    """The same letter delivered twice is one letter."""
    for _ in range(2):
        state.ticket_add(ref="5521", at=NOW, sender="a customer", subject="s", text="t")

    assert ["5521"] == [ticket["ref"] for ticket in state.tickets()]


def test_a_torn_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    """A log that was cut within a line goes on with a line of its own."""
    path = tmp_path / "a.log"
    path.write_bytes(b'{"whole":1}\n{"to')
    log = LogFile(path)
    log.append({"next": 1})
    log.close()

    assert b'{"whole":1}\n{"to\n{"next":1}\n' == path.read_bytes()


def test_a_whole_log_is_only_appended_to(tmp_path: Path) -> None:
    """Opening a log changes nothing in it; its size is what it holds."""
    path = tmp_path / "a.log"
    for number in range(2):
        log = LogFile(path)
        log.append({"n": number})
        assert path.stat().st_size == log.size
        log.close()

    assert b'{"n":0}\n{"n":1}\n' == path.read_bytes()
