"""OpenTelemetry receivers get protobuf that they read, and what they refuse in part is kept for a person to decide."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from hemostat.kernel import Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.faults import receiving
from hemostat.sandbox.wires.loopback import Said
from hemostat.sandbox.wires.otlp_logs import OtlpLogs
from hemostat.sinks import ways_of
from hemostat.sinks.base import Channel, Misconfigured, Unavailable
from hemostat.sinks.journal import RETRY, Journal
from unit.sinks.made import TOKEN, filled, nothing, records, run, runner, sent


@contextmanager
def channel(home: Home, url: str, name: str = "siem", **options: Any) -> Iterator[Channel]:
    """A channel to the receiver."""
    made = ways_of(name, Sink(kind="otlp", url=url, options={"seconds": 2.0, **options}), home=home).make("")
    yield made
    made.close()


def plain(value: Any) -> Any:
    """An AnyValue in our words."""
    match value.WhichOneof("value"):
        case "kvlist_value":
            return {pair.key: plain(pair.value) for pair in value.kvlist_value.values}
        case "array_value":
            return [plain(one) for one in value.array_value.values]
        case kind:
            return getattr(value, kind)


def test_a_log_record_holds_the_whole_event(home: Home) -> None:
    """Its body is the OCSF record, its id an attribute, its severity that of OpenTelemetry."""
    receiver = OtlpLogs(token=TOKEN)
    made = records(3, severity=4, estimated=True)
    with receiving(receiver) as url, channel(home, url) as to:
        assert 3 == sent(to.deliver(made, before=nothing))

    log = receiver.logs[0]
    assert made[0].ocsf == plain(log.body)
    assert made[0].event_id == next(iter(receiver.ids))
    assert 1772452800 * 10**9 == log.time_unix_nano
    assert 17 == log.severity_number
    assert "session:read" == next(one.value.string_value for one in log.attributes if one.key == "event.name")


def test_an_event_from_before_1970_has_no_time_of_the_envelope(home: Home) -> None:
    """The field is unsigned; the true time stays in the record."""
    receiver = OtlpLogs()
    made = records(1, time=datetime(1969, 7, 20, tzinfo=UTC))
    with receiving(receiver) as url, channel(home, url, name="open") as to:
        assert 1 == sent(to.deliver(made, before=nothing))

    assert 0 == receiver.logs[0].time_unix_nano
    assert made[0].ocsf["time"] == plain(receiver.logs[0].body)["time"]


def test_what_is_refused_in_part_is_kept_whole_and_not_sent_again_by_itself(home: Home, spool: Spool) -> None:
    """The receiver says only how many. A person may have all of them sent again; the repetition is declared."""
    receiver = OtlpLogs()
    ids = filled(home, spool, batches=1, each=10)
    receiver.bad = frozenset({ids[2], ids[3], ids[8]})
    with receiving(receiver) as url:
        forwarder = runner(home, spool, Sink(kind="otlp", url=url, options={"max_events": 5}))
        run(forwarder)
        journal = Journal(home)
        before = journal.kept("siem")
        receiver.bad = frozenset()
        journal.retry("siem")
        run(forwarder)
        forwarder.close()

    assert [(ids[0], ids[4], 5, 2), (ids[5], ids[9], 5, 1)] == [(k.first, k.last, k.events, k.refused) for k in before]
    stream = journal.stream("siem")
    assert (7, 3, 0) == (stream.sent, stream.refused, stream.again)
    assert 10 == journal.stream("siem", RETRY).again
    assert [5, 5] == [one.events for one in journal.redeliveries("siem")]
    assert set(ids) == set(receiver.ids)
    assert [] == journal.kept("siem")
    journal.close()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "after"),
    [
        (429, {"retry-after": "7"}, Unavailable, 7.0),
        (502, {}, Unavailable, None),
        (503, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, Unavailable, None),
        (504, {}, Unavailable, None),
        (500, {}, Misconfigured, None),
        (401, {}, Misconfigured, None),
        (404, {}, Misconfigured, None),
        (307, {}, Misconfigured, None),
    ],
)
def test_each_status_has_its_move(
    home: Home, status: int, headers: dict[str, str], kind: type[Exception], after: float | None
) -> None:
    """Exactly four are worth a quick try."""
    receiver = OtlpLogs()
    receiver.says = (status, headers)
    with receiving(receiver) as url, channel(home, url) as to, pytest.raises(kind) as raised:
        list(to.deliver(records(1), before=nothing))
    assert after == getattr(raised.value, "after", None)


@pytest.mark.parametrize(("status", "words"), [(400, "cannot read"), (413, "larger")])
def test_a_record_that_is_refused_alone_is_kept(home: Home, status: int, words: str) -> None:
    """With the reason."""
    receiver = OtlpLogs()
    receiver.says = (status, {})
    with receiving(receiver) as url, channel(home, url) as to:
        (taken,) = to.deliver(records(1), before=nothing)
    assert words in taken.refused[0].reason


def test_a_receiver_with_a_smaller_limit_gets_smaller_requests(home: Home) -> None:
    """413 halves."""
    receiver = OtlpLogs(largest=6_000)
    with receiving(receiver) as url, channel(home, url) as to:
        assert 20 == sent(to.deliver(records(20), before=nothing))
    assert 20 == len(receiver.logs)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Said(body=b"<html>", content_type="text/html"), "another language"),
        (Said(body=b"\xff\xff\xff", content_type="application/x-protobuf"), "not OTLP"),
    ],
)
def test_a_success_of_another_program_is_none(home: Home, answer: Said, words: str) -> None:
    """Nothing counts as taken by it."""

    class Other(OtlpLogs):
        def answer(self, *_: object) -> Said:
            return answer

    with receiving(Other()) as url, channel(home, url) as to, pytest.raises(Misconfigured, match=words):
        list(to.deliver(records(1), before=nothing))


def test_a_warning_without_a_number_refuses_nothing(home: Home) -> None:
    """And a number above that of the records, or below none, is not believed."""

    class Warner(OtlpLogs):
        number = 0

        def answer(self, *_: object) -> Said:
            response = ExportLogsServiceResponse()
            response.partial_success.rejected_log_records = self.number
            response.partial_success.error_message = "slow down"
            return Said(body=response.SerializeToString(), content_type="application/x-protobuf")

    receiver = Warner()
    with receiving(receiver) as url, channel(home, url) as to:
        (taken,) = to.deliver(records(2), before=nothing)
        receiver.number = 99
        (more,) = to.deliver(records(2), before=nothing)
        receiver.number = -3
        (fewer,) = to.deliver(records(2), before=nothing)

    assert (2, ()) == (taken.sent, taken.refused)
    assert (0, 2) == (more.sent, more.refused[0].count)
    assert (2, ()) == (fewer.sent, fewer.refused)


def test_the_twin_refuses_what_a_real_one_refuses() -> None:
    """Another path, another language, another key, and what is no protobuf."""
    receiver = OtlpLogs(token=TOKEN, largest=1000)
    with receiving(receiver) as url, httpx.Client(trust_env=False) as client:

        def status(body: bytes, path: str = "/v1/logs", **headers: str) -> int:
            common = {"authorization": f"Bearer {TOKEN}", "content-type": "application/x-protobuf"}
            return client.post(url + path, content=body, headers={**common, **headers}).status_code

        assert 200 == status(b"")
        assert 200 == status(gzip.compress(b""), **{"content-encoding": "gzip"})
        assert 400 == status(b"\xff\xff")
        assert 400 == status(b"none", **{"content-encoding": "gzip"})
        assert 413 == status(b"\x0a" * 1001)
        assert 401 == status(b"", authorization="Bearer x")
        assert 404 == status(b"", "/logs")
        assert 415 == status(b"", **{"content-type": "text/plain"})
