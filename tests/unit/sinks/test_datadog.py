"""Datadog gets what it keeps whole: nothing is cut, nothing is silently moved in time, each answer has one right move."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v2.api.logs_api import LogsApi
from datadog_api_client.v2.model.content_encoding import ContentEncoding
from datadog_api_client.v2.model.http_log import HTTPLog
from datadog_api_client.v2.model.http_log_item import HTTPLogItem

from hemostat.kernel import BadSettings, Home, Sink
from hemostat.lake.spool import Spool
from hemostat.sandbox.wires.datadog import DatadogLogs
from hemostat.sandbox.wires.faults import receiving
from hemostat.sinks import ways_of
from hemostat.sinks.base import Channel, Misconfigured, Record, Taken, Unavailable
from hemostat.sinks.journal import Journal
from unit.sinks.made import KEY, filled, nothing, put, records, run, runner, sent

NOW = datetime.now(UTC)


@contextmanager
def channel(home: Home, url: str, **options: Any) -> Iterator[Channel]:
    """A channel to the intake."""
    made = ways_of("dog", Sink(kind="datadog", url=url, options={"seconds": 2.0, **options}), home=home).make("")
    yield made
    made.close()


def recent(count: int, **given: Any) -> list[Record]:
    """Records of just now."""
    return records(count, time=NOW, **given)


def test_a_log_has_its_time_its_tags_and_the_whole_record(home: Home) -> None:
    """And its id, by which one that came twice is known."""
    dog = DatadogLogs()
    made = recent(1)
    with receiving(dog) as url, channel(home, url, service="leaks", tags=["team:privacy"]) as to:
        assert 1 == sent(to.deliver(made, before=nothing))

    (log,) = dog.logs
    assert made[0].ocsf == log["ocsf"]
    assert int(NOW.timestamp() * 1000) == log["timestamp"]
    assert "env:sandbox,store:fernhollow,surface:storefront,team:privacy" == log["ddtags"]
    assert ("hemostat", "leaks", made[0].event_id) == (log["ddsource"], log["service"], log["event_id"])
    assert "session:read on storefront (success)" == log["message"]


def test_a_request_holds_no_more_than_the_intake_takes(home: Home) -> None:
    """A thousand logs and five megabytes."""
    dog = DatadogLogs()
    with receiving(dog) as url, channel(home, url) as to:
        assert 2001 == sent(to.deliver(recent(2001), before=nothing))
        assert 3 == dog.requests
        assert 20 == sent(to.deliver(recent(20, message="x" * 800_000), before=nothing))

    assert 0 == dog.cut
    assert 2021 == len(dog.logs)


@pytest.mark.parametrize("text", ["x", '"', "\x01", "\u00e9", "\U0001f4a9"])
def test_a_log_that_the_intake_would_cut_goes_in_parts(home: Home, text: str) -> None:
    """They share its id, are counted, and give the whole record when they are put together."""
    dog = DatadogLogs()
    made = [*recent(2, message="small"), recent(3, message=text * 1_300_000)[2]]
    with receiving(dog) as url, channel(home, url) as to:
        taken = list(to.deliver(made, before=nothing))

    assert 0 == dog.cut
    assert 3 == sum(one.sent for one in taken)
    assert made[2].ocsf == dog.whole()[made[2].event_id]
    assert len(dog.logs) > 3


def test_an_event_of_more_parts_than_a_request_takes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes in several requests, and counts when all of it was taken."""
    monkeypatch.setattr("hemostat.sinks.datadog._PIECE", 900)
    dog = DatadogLogs()
    made = recent(1, message="x" * 1_200_000)
    with receiving(dog) as url, channel(home, url) as to:
        assert 1 == sent(to.deliver(made, before=nothing))

    assert 2 == dog.requests
    assert made[0].ocsf == dog.whole()[made[0].event_id]


def test_an_event_that_is_too_old_says_so(home: Home, spool: Spool) -> None:
    """Datadog takes no time of yesterday: the log has none, is marked, keeps the true one inside, and is counted."""
    dog = DatadogLogs()
    put(home, spool, [{"time": NOW - timedelta(days=2)}, {"time": NOW}, {"time": NOW - timedelta(hours=19)}])
    with receiving(dog) as url:
        forwarder = runner(home, spool, Sink(kind="datadog", url=url), name="dog")
        run(forwarder)
        forwarder.close()

    old, new, other = sorted(dog.logs, key=lambda log: log["event_id"])
    assert "timestamp" not in old
    assert "timestamp" in new
    assert (NOW - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M") == old["happened_at"][:16]
    assert old["late"]
    assert other["late"]
    assert int((NOW - timedelta(days=2)).timestamp() * 1000) == old["ocsf"]["time"]
    journal = Journal(home)
    assert 2 == journal.stream("dog").late
    journal.close()


def test_a_bad_log_is_found_and_the_others_arrive(home: Home, spool: Spool) -> None:
    """400 halves, until the bad one stands alone."""
    dog = DatadogLogs()
    ids = filled(home, spool, batches=1, each=21, time=NOW)
    dog.bad = frozenset({ids[3], ids[20]})
    with receiving(dog) as url:
        forwarder = runner(home, spool, Sink(kind="datadog", url=url), name="dog")
        run(forwarder)
        forwarder.close()

    journal = Journal(home)
    assert set(ids) - dog.bad == set(dog.ids)
    assert sorted(dog.bad) == [kept.first for kept in journal.kept("dog")]
    journal.close()


@pytest.mark.parametrize(
    ("status", "headers", "kind", "after"),
    [
        (401, {}, Misconfigured, None),
        (403, {}, Misconfigured, None),
        (404, {}, Misconfigured, None),
        (200, {}, Misconfigured, None),
        (302, {}, Misconfigured, None),
        (408, {}, Unavailable, None),
        (429, {}, Unavailable, None),
        (429, {"x-ratelimit-reset": "17"}, Unavailable, 17.0),
        (429, {"retry-after": "9"}, Unavailable, 9.0),
        (429, {"x-ratelimit-reset": "soon"}, Unavailable, None),
        (429, {"x-ratelimit-reset": "99999999"}, Unavailable, 3600.0),
        (500, {}, Unavailable, None),
        (503, {}, Unavailable, None),
        (508, {}, Unavailable, None),
    ],
)
def test_each_status_has_its_move(
    home: Home, status: int, headers: dict[str, str], kind: type[Exception], after: float | None
) -> None:
    """Only 202 counts; what must be corrected is told from what passes, and how long to wait is believed within an hour."""
    dog = DatadogLogs()
    dog.says = (status, headers)
    with receiving(dog) as url, channel(home, url) as to, pytest.raises(kind) as raised:
        list(to.deliver(recent(1), before=nothing))
    assert after == getattr(raised.value, "after", None)


@pytest.mark.parametrize(("status", "words"), [(400, "invalid format"), (413, "larger")])
def test_a_log_that_is_refused_alone_is_kept(home: Home, status: int, words: str) -> None:
    """With the reason; more of them in a row are the fault of the settings."""
    dog = DatadogLogs()
    dog.says = (status, {})
    with receiving(dog) as url, channel(home, url) as to:
        (taken,) = to.deliver(recent(1), before=nothing)
        assert isinstance(taken, Taken)
        assert words in taken.refused[0].reason
        with pytest.raises(Misconfigured, match="refuses every event"):
            list(to.deliver(recent(8), before=nothing))


def test_a_key_that_is_no_key_is_told_before_it_is_sent(home: Home) -> None:
    """A line break from a file, or bytes of another kind."""
    home.keyring(home.settings()).put("sink.dog", [b"0123456789abcdef\n0123"])
    with pytest.raises(BadSettings, match="no key"):
        ways_of("dog", Sink(kind="datadog", url="http://127.0.0.1:9"), home=home)


def test_the_twin_is_what_the_maker_of_the_real_one_expects() -> None:
    """Datadog's own client delivers to it, compressed or not, and is refused with a wrong key."""
    dog = DatadogLogs()
    with receiving(dog) as url:
        for key, encoding in ((KEY, ContentEncoding.GZIP), (KEY, ContentEncoding.DEFLATE), (KEY, ContentEncoding.IDENTITY)):
            answer = _theirs(url, key).submit_log(
                HTTPLog([HTTPLogItem(message=f"one {number}", ddsource="t", ddtags="env:x") for number in range(50)]),
                content_encoding=encoding,
            )
            assert {} == answer
        with pytest.raises(Exception, match="403"):
            _theirs(url, "f" * 32).submit_log(HTTPLog([HTTPLogItem(message="one")]))

    assert 150 == len(dog.logs)


def test_the_twin_refuses_what_the_real_one_refuses() -> None:
    """And cuts what is too long, while it says 202."""
    dog = DatadogLogs()
    with receiving(dog) as url, httpx.Client(trust_env=False) as client:

        def status(body: bytes, path: str = "/api/v2/logs", **headers: str) -> int:
            return client.post(url + path, content=body, headers={"DD-API-KEY": KEY, **headers}).status_code

        assert 401 == client.post(f"{url}/api/v2/logs", content=b"{}").status_code
        assert 404 == status(b"{}", "/v1/input")
        assert 400 == status(b"{")
        assert 400 == status(b"[]")
        assert 400 == status(b"[1]")
        assert 400 == status(b'{"message":"a","ddtags":["x"]}')
        assert 400 == status(b"none", **{"Content-Encoding": "gzip"})
        assert 400 == status(b"{}", **{"Content-Encoding": "br"})
        assert 413 == status(b" " * 5_000_001)
        assert 413 == status(msgspec.json.encode([{"message": "x"}] * 1001))
        assert 202 == status(msgspec.json.encode({"message": "x" * 1_100_000}))
    assert 1 == dog.cut


def _theirs(url: str, key: str) -> LogsApi:
    configuration = Configuration(host=url, api_key={"apiKeyAuth": key})
    return LogsApi(ApiClient(configuration))
