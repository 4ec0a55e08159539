"""What the journal keeps at rest and what it declares: by batch, before it leaves, and taken back when nothing arrived."""

import sqlite3
from datetime import timedelta

import msgspec

from hemostat.kernel import Home
from hemostat.sinks.base import Refused, Taken
from hemostat.sinks.journal import RETRY, Journal
from hemostat.sinks.tail import Place
from unit.lake.made import NOON
from unit.sinks.made import records


def test_only_what_may_have_arrived_is_declared_when_it_leaves_again(home: Home) -> None:
    """A batch in doubt that is sent in other pieces is declared in the runs that were in doubt, and only those."""
    journal = Journal(home)
    made = records(10)
    journal.sending("siem", 0, made[2:4], NOON)
    journal.sending("siem", 0, made[6:8], NOON)

    journal.sending("siem", 0, made, NOON)

    told = [(one.first, one.last, one.events) for one in journal.redeliveries("siem")]
    assert [(made[2].position, made[3].position, 2), (made[6].position, made[7].position, 2)] == told
    assert 4 == journal.stream("siem").again
    journal.close()


def test_a_clean_refusal_takes_back_what_was_noted_and_nothing_else(home: Home) -> None:
    """An earlier doubt about the same batch stays: that one may have arrived."""
    journal = Journal(home)
    made = records(3)
    journal.sending("siem", 0, made, NOON)()
    journal.sending("siem", 0, made, NOON)
    assert [] == journal.redeliveries("siem")
    journal.sending("siem", 0, made, NOON)()
    assert ([], 0) == (journal.redeliveries("siem"), journal.stream("siem").again)

    journal.sending("siem", 0, made, NOON)

    assert [3] == [one.events for one in journal.redeliveries("siem")]
    journal.close()


def test_what_the_receiver_has_is_in_doubt_no_longer(home: Home) -> None:
    """A later repetition of the period is another stream, with doubts of its own, which end with it."""
    journal = Journal(home)
    made = records(4)
    journal.sending("siem", 0, made, NOON)
    taken = Taken(position=made[-1].position, sent=4)
    journal.taken("siem", 0, taken, place=Place(position=taken.position), time=NOON, now=NOON)
    journal.replay("siem", since=NOON, until=NOON + timedelta(days=1), now=NOON)
    journal.sending("siem", 1, made, NOON)
    journal.done("siem", 1, NOON)
    journal.sending("siem", 1, made, NOON)

    assert [] == journal.redeliveries("siem")
    journal.close()


def refused_by(journal: Journal, count: int, of: int) -> None:
    """So many of so many events are refused, and the receiver does not say which."""
    made = records(of)
    refused = Refused(records=tuple(made), count=count, reason="No.")
    journal.taken("siem", 0, Taken(position=1, sent=0, refused=(refused,)), place=Place(position=1), time=None, now=NOON)


def test_what_is_offered_again_out_of_the_quarantine_is_declared_when_some_of_it_was_taken(home: Home) -> None:
    """Of a batch that was refused whole nothing was taken; of one that was refused in part nobody knows."""
    journal = Journal(home)
    refused_by(journal, 3, of=3)
    journal.sending("siem", RETRY, records(3), NOON)()
    assert [] == journal.redeliveries("siem")
    refused_by(journal, 1, of=3)

    journal.sending("siem", RETRY, records(3), NOON)

    assert [(RETRY, 3)] == [(one.stream, one.events) for one in journal.redeliveries("siem")]
    for kept in journal.kept("siem"):
        journal.released(kept.number, (), NOON)
    journal.released(99, (), NOON)
    journal.sending("siem", RETRY, records(3), NOON)
    assert 1 == len(journal.redeliveries("siem"))
    journal.expire("siem", NOON + timedelta(days=1), NOON)
    assert [] == journal.redeliveries("siem")
    journal.close()


def test_the_quarantine_is_sealed_at_rest(home: Home) -> None:
    """Neither a pseudonym nor an id of a record stands in the file; whoever has the spool's key reads it."""
    journal = Journal(home)
    refused_by(journal, 2, of=2)
    journal.retry("siem")
    made = records(2)
    (sealed,) = [row[0] for row in journal._db.execute("SELECT records FROM quarantine")]

    assert made[0].act.encode() not in sealed
    wanted = journal.wanted("siem")
    assert wanted is not None
    assert made == wanted[1]
    journal.close()


def test_a_journal_of_an_earlier_version_is_sealed_and_its_tries_are_in_doubt(home: Home) -> None:
    """Once; what it holds can be offered again as before."""
    journal = Journal(home)
    refused_by(journal, 1, of=1)
    made = records(6)
    plain = msgspec.msgpack.encode(tuple(made[:1]))
    db = journal._db
    db.execute("UPDATE quarantine SET records = ?", (plain,))
    db.execute("UPDATE streams SET position = ?, tried = ?", (made[1].position, made[3].position))
    db.execute("DELETE FROM doubts")
    db.execute("PRAGMA user_version = 0")
    journal.close()

    journal = Journal(home)

    with sqlite3.connect(home.path / "sinks.sqlite3") as read:
        assert plain != read.execute("SELECT records FROM quarantine").fetchone()[0]
    read.close()
    journal.retry("siem")
    assert made[:1] == (journal.wanted("siem") or (0, []))[1]
    journal.sending("siem", 0, made, NOON)
    assert [(made[2].position, made[3].position)] == [(one.first, one.last) for one in journal.redeliveries("siem")]
    journal.close()
