"""Senders for Splunk's HTTP Event Collector are answered in its words.

Splunk ships no sender for it in Python: the documented wire is spoken with httpx.
"""

import base64
import gzip
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from hemostat.kernel import Source
from unit.intake.door import Door

CHANNEL = "FE0ECFAD-13D5-401B-847D-77833BD77131"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A running door with a source that has acknowledgments and one that has none."""
    sources = {
        "splunk": Source(kind="hec", store="fernhollow"),
        "firehose": Source(kind="hec", store="fernhollow", options={"ack": True}),
    }
    made = Door(tmp_path_factory.mktemp("hec"), sources=sources)
    made.start()
    yield made
    assert 0 == made.stop()


def token(door: Door, source: str = "splunk") -> str:
    """The token of a source as a GUID, the form that senders of Splunk's expect."""
    return str(uuid.UUID(bytes=door.keyring.secret(f"source.{source}")[:16]))


def post(door: Door, path: str, content: bytes, *, source: str = "splunk", **headers: str) -> httpx.Response:
    """One request with the token of a source."""
    given = {"authorization": f"Splunk {token(door, source)}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    url = f"http://127.0.0.1:{door.port}/services/collector{path}"
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=content, headers={name: value for name, value in given.items() if value})


def code(response: httpx.Response) -> tuple[int, int]:
    """Status and reply code."""
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("path", ["", "/event", "/event/1.0", "/1.0"])
def test_events_are_kept_as_they_were_sent(door: Door, path: str) -> None:
    """All addresses of events take envelopes one behind the other, plain or gzip."""
    door.kept()
    body = b'{"time":1772460240.5,"event":"one %s"}{"time":1772460240.5,"event":{"a":1}}' % path.encode()
    reply = post(door, path, gzip.compress(body), content_encoding="gzip")
    assert ((200, 0), {"text": "Success", "code": 0}) == (code(reply), reply.json())
    assert (200, 0) == code(post(door, path, body))
    assert [("splunk", body)] == [(source, kept) for _, source, kept in door.kept()], "a repetition adds nothing"


def test_events_without_a_time_may_come_twice(door: Door) -> None:
    """Without times, equal requests need not be repetitions: both are kept."""
    door.kept()
    for _ in range(2):
        assert (200, 0) == code(post(door, "", b'{"event":"x"}'))
        assert (200, 0) == code(post(door, "/raw?host=web-1&sourcetype=care&token=x", b"one\ntwo\n"))
    assert 4 == len(door.kept())


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("", (401, 2)),
        ("Splunk", (401, 3)),
        ("Digest x", (401, 3)),
        ("Basic !!!", (401, 3)),
        ("Basic " + base64.b64encode(b"user").decode(), (401, 3)),
        ("Splunk 00000000-0000-0000-0000-000000000000", (403, 4)),
        ("Basic " + base64.b64encode(b"x:wrong").decode(), (403, 4)),
    ],
)
def test_strangers_are_not_let_in(door: Door, authorization: str, expected: tuple[int, int]) -> None:
    """Each way of not showing the token has its code."""
    assert expected == code(post(door, "", b'{"event":"x"}', authorization=authorization))


def test_the_token_may_come_as_a_password_but_not_in_the_address(door: Door) -> None:
    """Basic works, as does the key in hexadecimal; in the query it is refused with its own code, since addresses are logged."""
    basic = base64.b64encode(f"x:{token(door)}".encode()).decode()
    assert (200, 0) == code(post(door, "", b'{"event":"x"}', authorization=f"Basic {basic}"))
    hexadecimal = door.keyring.secret("source.splunk").hex()
    assert (200, 0) == code(post(door, "", b'{"event":"x"}', authorization=f"Splunk {hexadecimal}"))
    assert (400, 16) == code(post(door, f"?token={token(door)}", b'{"event":"x"}', authorization=""))


@pytest.mark.parametrize(
    ("body", "expected", "number"),
    [
        (b"", 5, None),
        (b"[]", 6, 0),
        (b'{"event":"x"}nonsense', 6, 1),
        (b'{"event":"x","time":"soon"}', 6, 0),
        (b'{"event":"x"}{"a":1}', 12, 1),
        (b'{"event":""}', 13, 0),
        (b'{"event":"x","fields":{"a":{}}}', 15, 0),
    ],
)
def test_bad_events_are_told_by_number(door: Door, body: bytes, expected: int, number: int | None) -> None:
    """The first that cannot be taken is named, and nothing of the request is kept."""
    door.kept()
    reply = post(door, "", body)
    assert (400, expected) == code(reply)
    assert number == reply.json().get("invalid-event-number")
    assert [] == door.kept()


def test_raw_needs_a_line(door: Door) -> None:
    """A raw request without one has no data."""
    assert (400, 5) == code(post(door, "/raw", b"\n\n"))


def test_acknowledgments_are_honest(door: Door) -> None:
    """A number is true only for a request of its channel that is on disk; all else is false."""
    door.kept()
    first = post(door, "", b'{"event":"a"}', source="firehose", x_splunk_request_channel=CHANNEL)
    second = post(door, f"/raw?channel={CHANNEL.lower()}", b"b", source="firehose")
    assert (0, 1) == (first.json()["ackId"], second.json()["ackId"])
    assert 2 == len(door.kept())
    reply = post(door, f"/ack?channel={CHANNEL}", b'{"acks":[0,1,2,-1]}', source="firehose")
    assert {"acks": {"0": True, "1": True, "2": False, "-1": False}} == reply.json()
    other = post(door, f"/ack?channel={uuid.uuid4()}", b'{"acks":[0]}', source="firehose")
    assert {"acks": {"0": False}} == other.json()


def test_channels_are_asked_for(door: Door) -> None:
    """With acknowledgments there must be a channel, a GUID; without them they are not to be asked for."""
    body = b'{"event":"a"}'
    assert (400, 10) == code(post(door, "", body, source="firehose"))
    assert (400, 11) == code(post(door, "?channel=7", body, source="firehose"))
    assert (400, 14) == code(post(door, f"/ack?channel={CHANNEL}", b'{"acks":[0]}'))
    assert (400, 6) == code(post(door, f"/ack?channel={CHANNEL}", b"[0]", source="firehose"))
    assert (200, 0) == code(post(door, f"?channel={CHANNEL}", body))


def test_health(door: Door) -> None:
    """Healthy without a token, and with the right one; a wrong one is told."""
    url = f"http://127.0.0.1:{door.port}/services/collector/health"
    with httpx.Client(trust_env=False) as client:
        assert (200, 17) == code(client.get(url))
        assert (200, 17) == code(client.get(f"{url}/1.0", headers={"authorization": f"Splunk {token(door)}"}))
        assert (400, 21) == code(client.get(url, headers={"authorization": "Splunk nobody"}))
        assert 405 == client.put(url).status_code
        assert 405 == client.get(f"http://127.0.0.1:{door.port}/services/collector").status_code


def test_too_much(door: Door) -> None:
    """A body over the limit is 413, before and after gzip."""
    assert 413 == post(door, "", b" " * 200_001).status_code
    assert 413 == post(door, "", gzip.compress(b" " * 2_000_000), content_encoding="gzip").status_code


def test_a_full_spool_is_busy(tmp_path_factory: pytest.TempPathFactory) -> None:
    """503 with code 9 and Retry-After, and nothing is lost: the sender keeps it. Health says so too."""
    made = Door(tmp_path_factory.mktemp("full"), spool_limit=30_000, sources={"splunk": Source(kind="hec", store="s")})
    made.start()
    try:
        reply = post(made, "", msgspec.json.encode({"event": "x" * 100_000}))
        assert (503, 9) == code(reply)
        assert 1 <= int(reply.headers["retry-after"])
        with httpx.Client(trust_env=False) as client:
            assert (503, 18) == code(client.get(f"http://127.0.0.1:{made.port}/services/collector/health"))
    finally:
        assert 0 == made.stop()


def test_channels_are_bounded() -> None:
    """Of a channel that was forgotten every number is unknown, so that its sender sends again."""
    from hemostat.intake.channels import Channels  # noqa: PLC0415  # only here

    channels: Any = Channels(most=2)
    assert [0, 0, 1, 0] == [channels.kept("s", one) for one in ("a", "b", "a", "c")]
    assert [True, False, True] == [channels.is_kept("s", one, 0) for one in ("a", "b", "c")]
