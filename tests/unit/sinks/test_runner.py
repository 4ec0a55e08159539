"""The checkpoint moves after the acknowledgement and never before; what may have arrived is known; what is refused is kept."""

import itertools
import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from hemostat.kernel import BadSettings, Home, Sink
from hemostat.kernel.listening import is_loopback
from hemostat.lake.spool import Spool
from hemostat.sinks import forwarder_of, ways_of
from hemostat.sinks.base import Before, Channel, Misconfigured, Record, Refused, Taken, Unavailable
from hemostat.sinks.cutting import by_requests, taken
from hemostat.sinks.journal import Journal
from hemostat.sinks.only import Only
from hemostat.sinks.runner import Patience, Runner
from hemostat.sinks.tail import Place
from unit.lake.made import NOON
from unit.sinks.made import SOON, StoppedClock, filled, put, records, run


class Receiving:
    """A channel that takes three events at a time, and does what it is told."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.bad: set[str] = set()
        self.fails: list[Exception] = []
        self.stops_after: int | None = None
        self.closed = 0

    def deliver(self, records: Sequence[Record], *, before: Before) -> Iterator[Taken]:
        """Three at a time; the next failure comes after they arrived and before they are acknowledged."""
        for number, few in enumerate(by_requests(records, [1] * len(records), most=3, most_bytes=3)):
            if self.stops_after == number:
                return
            before(few)
            self.got += [one.event_id for one in few if one.event_id not in self.bad]
            if self.fails:
                raise self.fails.pop(0)
            yield taken(few, [Refused(records=(one,), count=1, reason="No.") for one in few if one.event_id in self.bad])

    def close(self) -> None:
        """Counted."""
        self.closed += 1


@pytest.fixture
def receiving() -> Receiving:
    """The receiver."""
    return Receiving()


@pytest.fixture
def forwarder(home: Home, spool: Spool, receiving: Receiving) -> Iterator[Runner]:
    """What fills it."""
    made = made_for(home, spool, receiving)
    yield made
    made.close()


def made_for(home: Home, spool: Spool, channel: Channel, *, only: Only | None = None) -> Runner:
    """A runner without patience."""
    return Runner(
        "siem",
        home=home,
        spool=spool,
        clock=StoppedClock(),
        only=only or Only(),
        channel=lambda _: channel,
        patience=Patience(first=0, longest=0),
        ticks=itertools.count(0.0, 1000.0).__next__,
    )


def test_everything_arrives_once_and_in_order(home: Home, spool: Spool, forwarder: Runner, receiving: Receiving) -> None:
    """And the journal says when, and up to which event."""
    ids = filled(home, spool, batches=5, each=4)

    run(forwarder)

    journal = Journal(home)
    assert ids == receiving.got
    assert (20, 0, 0) == tuple(getattr(journal.stream("siem"), name) for name in ("sent", "again", "refused"))
    assert NOON == journal.condition("siem").event_time
    assert SOON == journal.condition("siem").sent_at
    journal.close()


def test_nothing_unacknowledged_is_skipped_and_each_repetition_is_declared(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """Three events arrived, the acknowledgement did not: they come again, and are counted."""
    ids = filled(home, spool, batches=2, each=5)
    receiving.fails = [Unavailable("Gone."), Unavailable("Gone.")]

    run(forwarder)

    journal = Journal(home)
    assert ids == sorted(set(receiving.got))
    assert len(receiving.got) - len(ids) == journal.stream("siem").again == 6
    journal.close()


def test_one_that_was_killed_goes_on_from_the_checkpoint(home: Home, spool: Spool, receiving: Receiving) -> None:
    """What it had sent without an acknowledgement comes again, and is counted as that by the next one."""
    ids = filled(home, spool, batches=2, each=5)
    receiving.fails = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        made_for(home, spool, receiving).poll()

    later = made_for(home, spool, receiving)
    run(later)

    assert ids == sorted(set(receiving.got))
    assert 3 == later._journal.stream("siem").again
    later.close()


def test_a_receiver_that_takes_a_part_gets_the_rest_later(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """Nothing moves while it takes nothing, and then it is not asked again at once."""
    ids = filled(home, spool, batches=2, each=5)
    receiving.stops_after = 1
    assert forwarder.poll()
    receiving.stops_after = 0
    assert not forwarder.poll()
    receiving.stops_after = None

    run(forwarder)

    assert ids == receiving.got


def test_refused_events_are_kept_and_can_be_tried_again(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """They hold up nobody; a second try that fails keeps them with a higher count, one that works lets them go."""
    ids = filled(home, spool, batches=1, each=8)
    receiving.bad = {ids[1], ids[6]}
    run(forwarder)
    journal = Journal(home)

    assert [(ids[1], 1), (ids[6], 1)] == [(kept.first, kept.tries) for kept in journal.kept("siem")]
    assert (6, 2) == (journal.stream("siem").sent, journal.stream("siem").refused)
    receiving.bad = {ids[6]}
    assert 2 == journal.retry("siem")
    run(forwarder)

    assert [(ids[6], 2, "No.", False)] == [(one.first, one.tries, one.reason, one.again) for one in journal.kept("siem")]
    assert ids[1] in receiving.got
    journal.close()


def test_a_second_try_may_take_several_polls(home: Home, forwarder: Runner, receiving: Receiving) -> None:
    """What was acknowledged of an entry is not sent again; the entry goes when all of it was."""
    journal = Journal(home)
    made = records(7)
    journal.taken(
        "siem",
        0,
        Taken(position=made[-1].position, sent=0, refused=(Refused(records=tuple(made), count=2, reason="Some."),)),
        place=Place(position=made[-1].position),
        time=None,
        now=NOON,
    )
    journal.retry("siem")
    receiving.stops_after = 1

    for _ in range(4):
        forwarder.poll()
        receiving.stops_after = 1

    assert [record.event_id for record in made] == receiving.got
    assert [] == journal.kept("siem")
    journal.close()


def test_a_period_is_sent_again_beside_the_lake_as_it_grows(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """Only what was sent before counts: later events come by themselves, once."""
    ids = put(home, spool, [{"time": NOON + timedelta(minutes=minute)} for minute in range(6)])
    run(forwarder)
    journal = Journal(home)
    asked = journal.replay("siem", since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=4), now=SOON)
    later = put(home, spool, [{"time": NOON + timedelta(minutes=2)}])

    run(forwarder)

    assert sorted([*ids, *later, *ids[1:4]]) == sorted(receiving.got)
    done = journal.stream("siem", asked.number)
    assert (3, SOON, asked.number) == (done.sent, done.done_at, 1)
    assert [done] == journal.streams("siem")
    journal.close()


def test_a_period_is_done_when_the_receiver_has_all_of_it(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """A receiver that takes a part gets the rest with the next poll."""
    ids = filled(home, spool, batches=1, each=5)
    run(forwarder)
    journal = Journal(home)
    journal.replay("siem", since=NOON - timedelta(days=1), until=SOON + timedelta(days=1), now=SOON)
    receiving.stops_after = 1

    forwarder.poll()

    assert journal.streams("siem")[0].done_at is None
    receiving.stops_after = None
    run(forwarder)
    assert journal.streams("siem")[0].done_at == SOON
    assert ids * 2 == receiving.got
    journal.close()


def test_a_period_without_events_is_done_at_once(home: Home, forwarder: Runner) -> None:
    """Nothing waits for it."""
    journal = Journal(home)
    journal.replay("siem", since=NOON, until=SOON, now=SOON)

    run(forwarder)

    assert SOON == journal.streams("siem")[0].done_at
    journal.close()


def test_events_that_the_sink_does_not_want_are_passed(home: Home, spool: Spool, receiving: Receiving) -> None:
    """The checkpoint moves over them, also when no event of a window is wanted."""
    put(home, spool, [{"surface": "checkout"}] * 3)
    forwarder = made_for(home, spool, receiving, only=Only(surfaces=["storefront"]))  # type: ignore[list-item]  # a word of the settings

    run(forwarder)
    first = forwarder._journal.stream("siem")
    ids = put(home, spool, [{}, {"surface": "checkout"}])
    run(forwarder)

    assert ids[:1] == receiving.got
    assert 1 == first.batch
    assert 2 == forwarder._journal.stream("siem").batch
    forwarder.close()


def test_a_failure_is_on_record_in_words_until_it_goes_well(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """It says whether a person is needed; the next success clears it."""
    filled(home, spool, batches=1, each=1)
    receiving.fails = [Unavailable("It is busy."), Misconfigured("The key is wrong.", advice="Correct it.")]
    with pytest.raises(Unavailable):
        forwarder.poll()
    busy = forwarder._journal.condition("siem")
    with pytest.raises(Misconfigured):
        forwarder.poll()
    wrong = forwarder._journal.condition("siem")

    run(forwarder)

    assert ("It is busy. Nothing is lost: it is tried again by itself.", False, 1) == (busy.error, busy.stopped, busy.failures)
    assert ("The key is wrong. Correct it.", True, 2) == (wrong.error, wrong.stopped, wrong.failures)
    well = forwarder._journal.condition("siem")
    assert ("", False, 0) == (well.error, well.stopped, well.failures)


def test_after_a_failure_it_waits_as_long_as_it_was_asked(home: Home, spool: Spool, receiving: Receiving) -> None:
    """A poll before that does nothing, and says that nothing waits."""
    now = [0.0]
    filled(home, spool, batches=1, each=1)
    receiving.fails = [Unavailable("Later.", after=40.0)]
    forwarder = Runner(
        "siem", home=home, spool=spool, clock=StoppedClock(), only=Only(), channel=lambda _: receiving, ticks=lambda: now[0]
    )
    with pytest.raises(Unavailable):
        forwarder.poll()

    now[0] = 39.0
    assert not forwarder.poll()
    assert 1 == len(receiving.got)
    now[0] = 45.0
    assert forwarder.poll()
    forwarder.close()
    assert 1 == receiving.closed


def test_patience_grows_with_each_failure_and_is_never_the_same() -> None:
    """Doubling up to a minute, half as much more or less by chance; what the receiver asks for is the least."""
    patience = Patience(chance=random.Random(1))  # noqa: S311  # no secret
    waits = [patience.after(None) for _ in range(12)]
    patience.over()

    assert all(0.25 * 2**number <= wait <= 0.75 * 2**number for number, wait in enumerate(waits[:6]))
    assert all(30 <= wait <= 90 for wait in waits[7:])
    assert len(set(waits)) == len(waits)
    assert patience.after(None) <= 0.75
    assert 100 <= patience.after(100.0) <= 110


def test_a_journal_that_cannot_be_written_loses_nothing(
    home: Home, spool: Spool, forwarder: Runner, receiving: Receiving
) -> None:
    """The failure is told, and what it could not note is sent again."""
    ids = filled(home, spool, batches=1, each=3)
    journal = forwarder._journal
    journal._db.execute("CREATE TRIGGER full BEFORE UPDATE OF sent ON streams BEGIN SELECT RAISE(ABORT, 'full'); END")
    journal._db.execute("CREATE TRIGGER too BEFORE INSERT ON conditions BEGIN SELECT RAISE(ABORT, 'full'); END")

    with pytest.raises(sqlite3.Error):
        forwarder.poll()
    journal._db.execute("DROP TRIGGER full")
    journal._db.execute("DROP TRIGGER too")
    run(forwarder)

    assert ids * 2 == receiving.got
    assert 3 == journal.stream("siem").again


def test_a_new_sink_can_begin_at_the_present(home: Home, spool: Spool, forwarder: Runner, receiving: Receiving) -> None:
    """A sink that has sent something is not moved."""
    filled(home, spool, batches=2, each=3)
    journal = Journal(home)
    journal.start("siem", Place(position=(2 << 22) | 5, batch=2))
    ids = put(home, spool, [{}])
    run(forwarder)
    journal.start("siem", Place(position=0, batch=0))

    assert ids == receiving.got
    assert 3 == journal.stream("siem").batch
    journal.close()


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        (Sink(kind="carrier-pigeon"), "unknown kind"),
        (Sink(kind="splunk", url="http://127.0.0.1:1", options={"indx": "main"}), "indx"),
        (Sink(kind="splunk", url="http://127.0.0.1:1", options={"only": {"surfaces": ["cellar"]}}), "cellar"),
        (Sink(kind="splunk", url="http://127.0.0.1:1", options={"only": {"min_severity": 9}}), "<= 6"),
        (Sink(kind="splunk", url="http://127.0.0.1:1", options={"seconds": 0}), "> 0"),
        (Sink(kind="splunk", url="ftp://127.0.0.1"), "address"),
        (Sink(kind="splunk", url="http://user:key@127.0.0.1"), "address"),
        (Sink(kind="splunk", url="https://splunk.example"), "sandbox"),
        (Sink(kind="splunk", url="https://127.0.0.1", options={"ca": "/nowhere.pem"}), "ca"),
        (Sink(kind="otlp", url="http://203.0.113.9:4318"), "sandbox"),
        (Sink(kind="datadog", options={"site": "datadog.example"}), "no site"),
        (Sink(kind="datadog"), "sandbox"),
        (Sink(kind="syslog", url="udp://127.0.0.1:514"), "syslog"),
        (Sink(kind="syslog", url="tcp://127.0.0.1"), "syslog"),
        (Sink(kind="syslog", url="tcp://127.0.0.1:99999"), "syslog"),
        (Sink(kind="files", options={}), "folder"),
        (Sink(kind="files", url="http://127.0.0.1", options={"folder": "out"}), "no address"),
        (Sink(kind="files", options={"folder": "/tmp/elsewhere"}), "out of it"),  # noqa: S108  # is refused
    ],
)
def test_wrong_settings_are_named_before_anything_is_sent(home: Home, sink: Sink, words: str) -> None:
    """With the way out."""
    with pytest.raises(BadSettings, match=words) as raised:
        ways_of("siem", sink, home=home).make("")
    assert raised.value.advice()


def test_each_kind_of_sink_has_a_forwarder(home: Home, spool: Spool) -> None:
    """It polls an empty lake without a word to anybody."""
    for kind, url, options in (
        ("splunk", "http://127.0.0.1:9", {}),
        ("datadog", "http://127.0.0.1:9", {}),
        ("otlp", "http://127.0.0.1:9", {}),
        ("syslog", "tcp://127.0.0.1:9", {}),
        ("files", "", {"folder": "out"}),
    ):
        made = forwarder_of("siem", Sink(kind=kind, url=url, options=options), home=home, spool=spool, clock=StoppedClock())
        assert not made.poll()
        made.close()


def test_what_is_on_this_machine() -> None:
    """Addresses of loopback, and its name."""
    assert [True, True, True, False, False] == [
        is_loopback(url)
        for url in ("http://127.9.9.9:1", "tcp://[::1]:5", "http://localhost", "http://203.0.113.1", "http://shop.example")
    ]
