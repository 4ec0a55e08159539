"""Splunk's collector gets what it accepts, and each of its answers has one right move."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import trustme

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.faults import Fault, Faults, receiving
from hemostat.sandbox.wires.loopback import Said
from hemostat.sandbox.wires.splunk_hec import SplunkHec
from hemostat.sinks import ways_of
from hemostat.sinks.base import Before, Channel, Misconfigured, Record, Unavailable
from hemostat.sinks.journal import Journal
from hemostat.sinks.splunk import MOVES, Move
from hemostat.sinks.status import probe
from unit.lake.made import NOON
from unit.sinks.made import TOKEN, filled, nothing, put, records, run, runner, sent


@contextmanager
def channel(home: Home, url: str, **options: Any) -> Iterator[Channel]:
    """A channel to the collector."""
    made = ways_of("siem", Sink(kind="splunk", url=url, options={"seconds": 20.0, **options}), home=home).make("")
    yield made
    made.close()


def test_an_event_arrives_with_its_time_in_seconds_and_its_id(home: Home) -> None:
    """The fraction is exact; metadata that nobody set is left to the token."""
    splunk = SplunkHec()
    made = records(2, time=NOON + timedelta(microseconds=123_456))
    with receiving(splunk) as url, channel(home, url, index="hemostat", host="edge-1") as to:
        assert 2 == sent(to.deliver(made, before=nothing))

    first = splunk.events[0]
    assert {
        "time": 1772452800.123456,
        "host": "edge-1",
        "source": "hemostat",
        "sourcetype": "hemostat:ocsf",
    }.items() <= first.items()
    assert made[0].ocsf == first["event"]
    assert made[0].event_id == first["event"]["metadata"]["uid"]


def test_batches_stay_below_a_megabyte_and_a_thousand(home: Home) -> None:
    """The collector's own limit of content is never met."""
    splunk = SplunkHec(largest=1_000_000)
    with receiving(splunk) as url, channel(home, url, max_events=300) as to:
        assert 1000 == sent(to.deliver(records(1000), before=nothing))
        assert 4 == splunk.requests
        assert 60 == sent(to.deliver(records(60, message="x" * 90_000), before=nothing))

    assert 4 + 6 == splunk.requests


def test_a_collector_with_a_smaller_limit_gets_smaller_batches(home: Home) -> None:
    """413 halves; an event that alone is too large is kept in quarantine."""
    splunk = SplunkHec(largest=3_000)
    made = [*records(6), records(7, message="x" * 5_000)[6]]
    with receiving(splunk) as url, channel(home, url) as to:
        taken = list(to.deliver(made, before=nothing))

    assert [one.event_id for one in made[:6]] == list(splunk.ids)
    assert [made[6].event_id] == [one.records[0].event_id for each in taken for one in each.refused]
    assert made[6].position == taken[-1].position


@pytest.mark.parametrize("keeps_prefix", [False, True])
def test_a_bad_event_is_found_and_the_others_arrive(home: Home, spool: Spool, keeps_prefix: bool) -> None:  # noqa: FBT001  # a parameter
    """Whatever the collector does with those in front of it; repetitions are declared."""
    splunk = SplunkHec(keeps_prefix=keeps_prefix)
    ids = filled(home, spool, batches=1, each=40)
    splunk.bad = frozenset({ids[0], ids[17], ids[39]})
    with receiving(splunk) as url:
        forwarder = runner(home, spool, Sink(kind="splunk", url=url))
        run(forwarder)
        forwarder.close()

    journal = Journal(home)
    stream = journal.stream("siem")
    assert set(ids) - splunk.bad == set(splunk.ids)
    assert [*sorted(splunk.bad)] == [kept.first for kept in journal.kept("siem")]
    assert (37, 3) == (stream.sent, stream.refused)
    assert splunk.ids.total() - len(splunk.ids) <= stream.again
    journal.close()


def test_a_collector_that_refuses_everything_empties_nothing_into_the_quarantine(home: Home) -> None:
    """That is the fault of the settings: the events wait."""
    splunk = SplunkHec()
    made = records(12)
    splunk.bad = frozenset(one.event_id for one in made)
    with (
        receiving(splunk) as url,
        channel(home, url) as to,
        pytest.raises(Misconfigured, match="refuses every event"),
    ):
        list(to.deliver(made, before=nothing))


@pytest.mark.parametrize("code", sorted(MOVES))
def test_each_code_has_its_move(home: Home, code: int) -> None:
    """Retry, page, cut in two: whatever the table says, nothing counts as taken but by code 0."""
    splunk = SplunkHec()
    splunk.says = code
    move, words = MOVES[code]
    with receiving(splunk) as url, channel(home, url) as to:
        if move is Move.COMMIT:
            assert 1 == sent(to.deliver(records(1), before=nothing))
        elif move is Move.SPLIT:
            (taken,) = to.deliver(records(1), before=nothing)
            assert (0, words) == (taken.sent, taken.refused[0].reason.removeprefix("Splunk: ").removesuffix("."))
        else:
            with pytest.raises(Unavailable if move is Move.LATER else Misconfigured, match=words) as raised:
                list(to.deliver(records(1), before=nothing))
            assert raised.value.advice()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, b'{"text":"Queue at capacity","code":26}', Unavailable),
        (503, b'{"text":"new","code":31}', Unavailable),
        (400, b'{"text":"new","code":31}', Misconfigured),
        (503, b"<html>busy</html>", Unavailable),
        (429, b"", Unavailable),
        (401, b"Unauthorized", Misconfigured),
        (200, b"<html>Welcome to the hotel</html>", Misconfigured),
        (200, b'{"text":"ok","code":"0"}', Misconfigured),
        (302, b'{"text":"Success","code":0}', Misconfigured),
        (201, b'{"text":"Success","code":0}', Misconfigured),
        (200, b"\xff\xfe", Misconfigured),
    ],
)
def test_what_no_collector_says_counts_as_nothing(home: Home, status: int, body: bytes, kind: type[Exception]) -> None:
    """Codes of newer releases and other programs are judged by their status; a captive portal is no collector."""

    class Other(SplunkHec):
        def answer(self, *_: object) -> Said:
            return Said(status=status, body=body)

    with receiving(Other()) as url, channel(home, url) as to, pytest.raises(kind):
        list(to.deliver(records(1), before=nothing))


def test_the_twin_refuses_what_the_real_one_refuses() -> None:
    """Each of its codes, from requests that earn them."""
    splunk = SplunkHec(ack=False)
    with receiving(splunk) as url, httpx.Client(trust_env=False) as client:

        def code(body: str, path: str = "/services/collector/event", **headers: str) -> int:
            sent = {"Authorization": f"Splunk {TOKEN}", **headers}
            answered = client.post(url + path, content=body, headers={k: v for k, v in sent.items() if v})
            return int(answered.json()["code"])

        assert 2 == code("{}", Authorization="")
        assert 3 == code("{}", Authorization="Splunk")
        assert 3 == code("{}", Authorization=f"Bearer {TOKEN}")
        assert 4 == code("{}", Authorization="Splunk 00000000-0000-0000-0000-000000000000")
        assert 5 == code(" \n")
        assert 6 == code("{")
        assert 6 == code('[{"event":"a"}]')
        assert 6 == code('{"event":"a","severity":"high"}')
        assert 6 == code('{"event":"a","time":1772452800123}')
        assert 6 == code('{"event":"a","time":"noon"}')
        assert 6 == code("not gzip", **{"Content-Encoding": "gzip"})
        assert 7 == code('{"event":"a","index":"secret"}')
        assert 11 == code('{"event":"a"}', **{"X-Splunk-Request-Channel": "one"})
        assert 12 == code("{}")
        assert 13 == code('{"event":""}')
        assert 14 == code('{"acks":[0]}', "/services/collector/ack")
        assert 15 == code('{"event":"a","fields":{"a":{"b":1}}}')
        assert 15 == code('{"event":"a","fields":[]}')
        assert 0 == code('{"event":"a","fields":{"a":[1]}}{"event":"b"}\n{"event":{"c":1}}')
        assert 16 == code("{}", "/services/collector/event?token=x")
        assert 404 == code("{}", "/elsewhere")
        assert 17 == client.get(f"{url}/services/collector/health").json()["code"]
        splunk.ack = True
        assert 10 == code('{"event":"a"}')
        assert 10 == code('{"acks":[0]}', "/services/collector/ack")
        channel_id = {"X-Splunk-Request-Channel": "5c7ffbc5-4a2e-4d7c-9bb4-2b2f3a0c5d11"}
        assert 6 == code("{", "/services/collector/ack", **channel_id)
        assert 6 == code("{}", "/services/collector/ack", **channel_id)


def test_with_acknowledgment_events_count_when_they_are_indexed(home: Home, spool: Spool) -> None:
    """Requests fly together, and land in order."""
    splunk = SplunkHec(ack=True)
    ids = filled(home, spool, batches=3, each=30)
    with receiving(splunk) as url:
        forwarder = runner(home, spool, Sink(kind="splunk", url=url, options={"ack": True, "max_events": 7}))
        run(forwarder)
        forwarder.close()

    assert ids == [event["event"]["metadata"]["uid"] for event in splunk.events]
    assert 1 == max(splunk.ids.values())


def test_who_stops_listening_hears_the_rest_later(home: Home) -> None:
    """What landed while nobody listened is told at the next delivery, and nothing is sent twice."""
    splunk = SplunkHec(ack=True)
    made = records(6)
    with receiving(splunk) as url, channel(home, url, ack=True, max_events=2) as to:
        first = next(iter(to.deliver(made, before=nothing)))
        rest = list(to.deliver(made[2:], before=nothing))

    assert [made[1].position, made[3].position, made[5].position] == [first.position, *(one.position for one in rest)]
    assert 1 == max(splunk.ids.values())


def test_a_probe_that_is_never_acknowledged_says_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up after a while."""
    monkeypatch.setattr("hemostat.sinks.splunk._STAY", 0.05)
    monkeypatch.setattr("hemostat.sinks.status._STAY", 0.3)
    splunk = SplunkHec(ack=True, faults=Faults(0, share=1.0, most=9, kinds=(Fault.ACK_FALSE,)))
    with receiving(splunk) as url, pytest.raises(Unavailable, match="was not acknowledged"):
        probe(ways_of("siem", Sink(kind="splunk", url=url, options={"ack": True}), home=home), now=NOON)


def test_what_is_never_acknowledged_is_sent_again_after_its_deadline(home: Home, spool: Spool) -> None:
    """Over a new channel; the repetition is declared."""
    splunk = SplunkHec(ack=True, faults=Faults(3, share=1.0, most=1, kinds=(Fault.ACK_FALSE,)))
    ids = filled(home, spool, batches=1, each=5)
    with receiving(splunk) as url:
        sink = Sink(kind="splunk", url=url, options={"ack": True, "ack_seconds": 0.3})
        forwarder = runner(home, spool, sink)
        with pytest.raises(Unavailable, match="did not acknowledge within"):
            any(forwarder.poll() for _ in range(5))
        run(forwarder)
        forwarder.close()

    journal = Journal(home)
    assert set(ids) == set(splunk.ids)
    assert 5 == journal.stream("siem").again
    journal.close()


@pytest.mark.parametrize(
    ("code", "ack", "kind", "words"),
    [
        (18, False, Unavailable, "queues are full"),
        (19, True, Unavailable, "acknowledgment is not available"),
        (20, True, Unavailable, "queues are full and acknowledgment"),
        (21, False, Misconfigured, "the token is invalid"),
        (22, False, Misconfigured, "the token is disabled"),
    ],
)
def test_after_an_outage_the_collector_is_asked_before_a_backlog_is_sent(
    home: Home,
    code: int,
    ack: bool,  # noqa: FBT001  # a case
    kind: type[Exception],
    words: str,
) -> None:
    """One that is not well is spared the events; nothing counts as sent. When it is well again they come."""
    splunk = SplunkHec(ack=ack, keeps_events=False)
    splunk.health = code
    left: list[str] = []
    with receiving(splunk) as url, channel(home, url, ack=ack) as to:
        with pytest.raises(kind, match=words):
            list(to.deliver(records(3), before=noting(left)))
        assert (0, []) == (splunk.requests, left)
        splunk.health = 17
        assert 3 == sent(to.deliver(records(3), before=nothing)) == len(splunk.ids)
    assert [] == splunk.events


@pytest.mark.parametrize(("code", "status"), [(19, 0), (None, 404), (99, 503)])
def test_what_says_nothing_about_the_collector_holds_up_nothing(home: Home, code: int | None, status: int) -> None:
    """Without acknowledgment its service may be away; a proxy that passes events only knows no health."""
    splunk = SplunkHec()
    splunk.health = code
    splunk.health_status = status
    with receiving(splunk) as url, channel(home, url) as to:
        assert 3 == sent(to.deliver(records(3), before=nothing))


def noting(left: list[str]) -> Before:
    """Keeps the ids of what leaves."""

    def before(few: Sequence[Record]) -> Callable[[], None]:
        left.extend(one.event_id for one in few)
        return lambda: None

    return before


def test_what_flies_is_not_sent_again_while_it_may_land(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same records from the checkpoint on are offered at each poll; only what is not under way leaves."""
    monkeypatch.setattr("hemostat.sinks.splunk._STAY", 0.2)
    splunk = SplunkHec(ack=True)
    made = records(12)
    left: list[str] = []
    with receiving(splunk) as url, channel(home, url, ack=True, max_events=2, ack_seconds=60.0) as to:
        splunk.faults = Faults(0, share=1.0, most=1, kinds=(Fault.ACK_FALSE,))
        first = list(to.deliver(made, before=noting(left)))
        again = list(to.deliver(made, before=noting(left)))

    assert [] == first == again
    assert [one.event_id for one in made[:8]] == left


@pytest.mark.parametrize("answers", [True, False])
def test_a_number_of_before_a_restart_is_not_taken_for_one_after_it(home: Home, spool: Spool, answers: bool) -> None:  # noqa: FBT001  # a parameter
    """A collector that started anew counts from 0 again: its word about 0 is not about the request that it has forgotten."""

    class Restarting(SplunkHec):
        def answer(self, sent: Any, fault: Any) -> Said:
            if self.requests == 1 and not sent.target.endswith("/ack"):
                self.restart()
            return super().answer(sent, fault)

    class SecondIsCut(Faults):
        count = 0

        def next(self) -> Fault | None:
            self.count += 1
            return Fault.CUT_AFTER if self.count == 2 and not answers else None

    splunk = Restarting(ack=True, faults=SecondIsCut(0, share=0, most=0))
    ids = filled(home, spool, batches=1, each=2)
    with receiving(splunk) as url:
        sink = Sink(kind="splunk", url=url, options={"ack": True, "max_events": 1, "ack_seconds": 5.0})
        forwarder = runner(home, spool, sink)
        run(forwarder)
        forwarder.close()

    assert set(ids) == set(splunk.ids)


def test_refused_events_land_with_the_others(home: Home) -> None:
    """In the order of the events, also when a refused one is the last or stands alone."""
    splunk = SplunkHec(ack=True)
    made = records(5)
    splunk.bad = frozenset({made[2].event_id, made[4].event_id})
    with receiving(splunk) as url, channel(home, url, ack=True, max_events=2) as to:
        taken = list(to.deliver(made, before=nothing))

    assert made[4].position == taken[-1].position
    assert 3 == sum(one.sent for one in taken)
    assert 2 == sum(len(one.refused) for one in taken)


@pytest.mark.parametrize(
    ("serves", "wants", "words"), [(True, False, "set ack = true"), (False, True, "gives no acknowledgment")]
)
def test_acknowledgment_must_be_the_same_on_both_sides(home: Home, serves: bool, wants: bool, words: str) -> None:  # noqa: FBT001  # parameters
    """Else the error names the option."""
    with receiving(SplunkHec(ack=serves)) as url, channel(home, url, ack=wants) as to:
        with pytest.raises(Misconfigured, match=words) as raised:
            list(to.deliver(records(1), before=nothing))
        assert raised.value.advice()


def test_an_answer_about_acknowledgments_that_is_none_is_not_believed(home: Home) -> None:
    """Neither another code nor a success without any acknowledgment lets events count as taken."""

    class Odd(SplunkHec):
        says_of_acks = b'{"text":"Success","code":0}'

        def answer(self, sent: Any, fault: Any) -> Said:
            return Said(body=self.says_of_acks) if sent.target.endswith("/ack") else super().answer(sent, fault)

    splunk = Odd(ack=True)
    with receiving(splunk) as url, channel(home, url, ack=True) as to:
        with pytest.raises(Misconfigured):
            list(to.deliver(records(1), before=nothing))
        splunk.says_of_acks = b'{"text":"Success","code":0,"ackId":7}'
        with pytest.raises(Unavailable):
            list(to.deliver(records(1), before=nothing))


def test_a_collector_that_is_away_or_hangs_is_told_from_one_that_says_no(home: Home) -> None:
    """The words name the machine, never the key."""
    quiet = SplunkHec(faults=Faults(0, share=1.0, most=9, kinds=(Fault.TIMEOUT,)))
    told = pytest.raises(Unavailable, match="did not answer within")
    with receiving(quiet, hang=1.0) as url, channel(home, url, seconds=0.2) as to, told:
        list(to.deliver(records(1), before=nothing))
    with channel(home, url) as to, pytest.raises(Unavailable, match="cannot be reached") as raised:
        list(to.deliver(records(1), before=nothing))
    assert TOKEN not in f"{raised.value} {raised.value.advice()}"


@pytest.mark.parametrize("endless", [b"x" * 65_536, b"x"])
def test_an_answer_without_an_end_is_cut_off(home: Home, endless: bytes) -> None:
    """Too large or too slow: memory and time are bounded."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while not stop.wait(0.0 if len(endless) > 1 else 0.05):
                    connection.sendall(endless)
            except OSError:
                return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    told = pytest.raises(Unavailable, match="does not come to the end")
    with channel(home, f"http://127.0.0.1:{server.getsockname()[1]}", seconds=0.2) as to, told:
        list(to.deliver(records(1), before=nothing))
    stop.set()
    thread.join()
    server.close()


def test_a_certificate_of_a_stranger_is_not_trusted_until_it_is_named(home: Home, tmp_path: Any) -> None:
    """The words name the option; with it the events arrive."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    splunk = SplunkHec()
    with receiving(splunk, tls=context) as url:
        with channel(home, url) as to, pytest.raises(Unavailable, match="name its issuer with the option ca"):
            list(to.deliver(records(1), before=nothing))
        with channel(home, url, ca=str(tmp_path / "ca.pem")) as to:
            assert 1 == sent(to.deliver(records(1), before=nothing))


def test_nothing_of_a_patient_leaves(home: Home, spool: Spool) -> None:
    """A record is what the lake holds: pseudonyms and masks; the raw columns do not exist."""
    splunk = SplunkHec()
    put(home, spool, [{"subject": "person_abcdefgh"}])
    with receiving(splunk) as url:
        forwarder = runner(home, spool, Sink(kind="splunk", url=url))
        run(forwarder)
        forwarder.close()

    assert "person_abcdefgh" in json.dumps(splunk.events)
    assert splunk.events[0]["event"]["metadata"]["product"]["name"] == "Hemostat"
