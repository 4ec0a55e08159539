"""A queue of Amazon's, as moto's server plays it: nothing is lost, nothing counts twice, whoever is killed when."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from hemostat.collect import aws
from hemostat.collect import parts as parts_room
from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.kernel import BadSettings
from hemostat.lake.pipeline import drain
from hemostat.lake.reader import read
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.loopback import Asked, Said, served
from unit.collect.feeding import Fed, Hand
from unit.collect.moto_cloud import KEY, Cloud
from unit.sources.test_shopify_audit import element


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """One server for all tests."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    cloud = Cloud(f"http://{host}:{port}")
    yield cloud
    cloud.close()
    server.stop()


@pytest.fixture
def fed(tmp_path: Path, cloud: Cloud) -> Iterator[Callable[..., tuple[Fed, str]]]:
    """Makes a home that reads a queue of its own."""
    homes: list[Fed] = []

    def make(**options: Any) -> tuple[Fed, str]:
        queue = cloud.queue()
        limit, reader = options.pop("limit", 10**9), options.pop("reader", "events")
        endpoints = {"endpoint": cloud.address, "s3_endpoint": cloud.address} | options
        given = {"queue": queue, "region": "us-east-1", "wait": 0, **endpoints}
        made = Fed(tmp_path, "sqs", limit=limit, reader=reader, **given)
        made.put_key(KEY)
        homes.append(made)
        return made, queue

    yield make
    for home in homes:
        home.close()


def read_all(fed: Fed) -> None:
    """Everything that the queue hands out now is read."""
    collector = fed.collector()
    while collector.poll():
        pass


def test_messages_are_deleted_once_they_are_on_disk(fed: Any, cloud: Cloud) -> None:
    """More than one batch: each body is in the spool once, and the queue is empty."""
    home, queue = fed()
    cloud.send(queue, *(f'{{"n":{n}}}' for n in range(23)))

    read_all(home)

    assert {f'{{"n":{n}}}'.encode() for n in range(23)} == {message.body for message in home.kept()}
    assert 0 == cloud.left(queue)
    assert [] == home.gaps()


def test_a_full_spool_leaves_the_messages_in_the_queue(fed: Any, cloud: Cloud) -> None:
    """Nothing is deleted that is not on disk."""
    home, queue = fed(limit=1)
    cloud.send(queue, "{}", "{}")

    with pytest.raises(SpoolFull):
        home.collector().poll()

    assert 2 == cloud.left(queue)


def test_a_deletion_that_fails_brings_no_duplicate(fed: Any, cloud: Cloud) -> None:
    """The service fails at the deletion: the message comes again, is known, and is then deleted."""
    refusals = [500, 500]
    with served(lambda asked: passed_on(asked, cloud, refusals)) as address:
        home, queue = fed(visible=1, endpoint=address)
        cloud.send(queue, '{"n":1}')
        collector = home.collector()
        for _ in range(2):
            with pytest.raises(CannotRead, match="busy"):
                poll_until(collector)
        poll_until(collector)

    assert [b'{"n":1}'] == [message.body for message in home.kept()]
    assert 0 == cloud.left(queue)


def test_what_the_queue_keeps_is_said(fed: Any, cloud: Cloud) -> None:
    """A deletion that answers 200 and names failures is no success."""
    answer = json.dumps({"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}], "Successful": []}).encode()
    with served(lambda asked: passed_on(asked, cloud, [200], answer=answer)) as address:
        home, queue = fed(endpoint=address)
        cloud.send(queue, "{}")
        with pytest.raises(CannotRead, match="kept 1 messages that are on disk: InternalError"):
            home.collector().poll()


def passed_on(asked: Asked, cloud: Cloud, statuses: list[int], *, answer: bytes = b"{}") -> Said:
    """What moto answers, but for deletions: they get `statuses` first."""
    import httpx  # noqa: PLC0415  # only here

    if "DeleteMessageBatch" in asked.headers.get("x-amz-target", "") and statuses:
        return Said(status=statuses.pop(0), body=answer, content_type="application/x-amz-json-1.0")
    headers = {name: value for name, value in asked.headers.items() if name not in {"host", "content-length", "accept-encoding"}}
    found = httpx.request(asked.method, cloud.address + asked.target, content=asked.body, headers=headers)
    return Said(status=found.status_code, body=found.content, content_type=found.headers["content-type"])


def poll_until(collector: Any) -> None:
    """The feed is asked until it had something."""
    deadline = time.monotonic() + 30
    while not collector.poll():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_event_that_comes_in_two_messages_is_one(fed: Any, cloud: Cloud) -> None:
    """EventBridge may send an event twice: its own id names it."""
    home, queue = fed(unwrap="eventbridge")
    event = json.dumps({"id": "e-1", "detail-type": "t", "detail": {"events": []}})
    cloud.send(queue, event, event)

    read_all(home)

    (message,) = home.kept()
    assert (b'{"events": []}', {"eventbridge-type": "t"}) == (message.body, message.headers)


def test_objects_are_fetched_in_parts(fed: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed records and plain lines, in parts; word of the same object again adds nothing."""
    monkeypatch.setattr(parts_room, "PART", 2000)
    home, queue = fed(unwrap="s3")
    records = [{"eventID": str(n), "pad": "p" * 50} for n in range(200)]
    lines = b"".join(b"line %d of a log\n" % n for n in range(300))
    trail = cloud.store("trail.json.gz", gzip.compress(json.dumps({"Records": records}).encode()))
    cloud.send(queue, trail, cloud.store("access/log 1", lines), trail)

    read_all(home)

    kept = home.kept()
    told = [json.loads(line) for each in kept if "ndjson" in each.content_type for line in each.body.split(b"\n")]
    assert sorted(records, key=str) == sorted(told, key=str)
    assert lines == b"".join(each.body for each in kept if each.content_type == "text/plain")
    assert max(len(each.body) for each in kept) <= 2000
    assert 0 == cloud.left(queue)


def test_an_object_that_cannot_be_had_is_a_gap_and_a_dead_letter(fed: Any, cloud: Cloud) -> None:
    """Gone, or damaged: its notification is kept for the reader to reject, a gap is open, and the others come through."""
    home, queue = fed(unwrap="s3")
    gone = json.dumps(
        {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "logs"}, "object": {"key": "x"}}}]}
    )
    damaged = cloud.store("damaged.gz", gzip.compress(b"some lines\n" * 50)[:-4])
    cloud.send(queue, gone, damaged, cloud.store("good", b"good\n"), '{"Event":"s3:TestEvent"}', "no notification")

    read_all(home)

    bodies = [message.body for message in home.kept()]
    assert {gone.encode(), damaged.encode(), b"good\n", b"no notification"} <= set(bodies)
    assert {
        "An object in the bucket logs was not read. It no longer exists.",
        "An object in the bucket logs was not read. It was cut short.",
    } == {gap.detail for gap in home.gaps()}
    assert 0 == cloud.left(queue)


def test_an_object_of_another_bucket_holds_up_nobody(fed: Any, cloud: Cloud) -> None:
    """A bucket that refuses us: its message stays in the queue, the others are read, and it is told."""
    home, queue = fed(unwrap="s3")
    refused = json.dumps(
        {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "nil"}, "object": {"key": "x"}}}]}
    )
    cloud.send(queue, refused, cloud.store("good", b"good 2\n"))

    with pytest.raises(FeedRefused, match="NoSuchBucket"):
        read_all(home)

    assert [b"good 2\n"] == [message.body for message in home.kept()]
    assert 1 == cloud.left(queue)
    assert ["refused"] == [gap.kind for gap in home.gaps()]


def test_a_long_object_keeps_its_message_hidden(fed: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the time is over between two parts: the queue is asked to hide the messages for longer."""
    monkeypatch.setattr(parts_room, "PART", 100)
    asked: list[str] = []

    def watch(request: Asked) -> Said:
        asked.append(request.headers.get("x-amz-target", ""))
        return passed_on(request, cloud, [])

    with served(watch) as address:
        home, queue = fed(unwrap="s3", endpoint=address)
        cloud.send(queue, cloud.store("long", b"line\n" * 100))
        hand = Hand()
        collector = home.collector(clock=hand)
        deliver = collector._post.deliver  # type: ignore[attr-defined]  # the time between two parts passes there

        def slow(*items: Any, **more: Any) -> Any:
            hand.move(70)
            return deliver(*items, **more)

        monkeypatch.setattr(collector._post, "deliver", slow)  # type: ignore[attr-defined]
        collector.poll()

    assert b"line\n" * 100 == b"".join(message.body for message in home.kept())
    assert any("ChangeMessageVisibilityBatch" in target for target in asked)


def test_a_queue_that_is_not_there_is_a_gap_until_it_is(fed: Any, cloud: Cloud) -> None:
    """No such queue: the feed says so, and a gap stays open until it is read again."""
    home, queue = fed()
    cloud.sqs.delete_queue(QueueUrl=queue)
    collector = home.collector()

    with pytest.raises(FeedRefused, match=r"refuses us: .*NonExistentQueue"):
        collector.poll()
    assert ["refused"] == [gap.kind for gap in home.gaps()]

    cloud.sqs.create_queue(QueueName=queue.rpartition("/")[2])
    assert not collector.poll()
    assert [] == home.gaps()


def test_a_service_that_is_not_reached_is_told(fed: Any) -> None:
    """A closed port is no refusal: it is asked again."""
    home, _ = fed(endpoint="http://127.0.0.1:9")

    with pytest.raises(CannotRead, match="not reached: EndpointConnectionError"):
        home.collector().poll()
    assert [] == home.gaps()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"region": "", "queue": "http://queue.internal/1/audit"}, "names no region"),
        ({"unwrap": "zip"}, "The options of 'cloud'"),
        ({"wait": 21}, "The options of 'cloud'"),
        ({"password": "x"}, "The options of 'cloud'"),
    ],
)
def test_wrong_options_are_named(fed: Any, options: dict[str, Any], reason: str) -> None:
    """Before anything is asked."""
    home, _ = fed(**options)

    with pytest.raises(BadSettings, match=reason):
        home.collector()


def test_the_region_stands_in_the_address() -> None:
    """In the new form of a queue's address and in the old one."""
    assert "eu-west-1" == aws._region_of("cloud", "https://sqs.eu-west-1.amazonaws.com/1/audit")
    assert "eu-west-1" == aws._region_of("cloud", "https://eu-west-1.queue.amazonaws.com/1/audit")


def test_a_key_that_is_none_is_not_shown(fed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of the error hold nothing of the key; without a key the machine's role counts."""
    home, _ = fed()
    home.put_key({"access_key_id": "AKIA-shown", "wrong": "field-of-somebody"})
    with pytest.raises(BadSettings, match="is no access key") as caught:
        home.collector()
    assert "AKIA" not in str(caught.value) + caught.value.advice()

    (home.home.path / "keys" / "feed.cloud.json").unlink()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(FeedRefused, match="no key, and the machine has no role"):
        home.collector().poll()


def batch(*numbers: int) -> dict[str, Any]:
    """What Shopify puts on its bus: a batch of the audit feed, with metadata beside it."""
    events = [
        element("{customers(first:5){nodes{email}}}", context={"context_identifier": f"c-{n}", "context_metadata": {}})
        for n in numbers
    ]
    return {"payload": {"events": events}, "metadata": {"X-Shopify-Topic": "audit_events/admin_api_activity"}}


def test_shopifys_audit_feed_by_eventbridge_is_in_the_lake(fed: Any, cloud: Cloud) -> None:
    """Bus, rule, queue, spool, lake: each access once, though the bus sent an event twice; other senders are not let through."""
    home, queue = fed(unwrap="eventbridge", reader="shopify-audit")
    bus = cloud.bus(queue)
    cloud.publish(bus, *(batch(3 * n, 3 * n + 1, 3 * n + 2) for n in range(8)))
    cloud.publish(bus, batch(99), source="somebody.else")
    (first,) = cloud.sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0)["Messages"]
    cloud.send(queue, first["Body"])
    # What Shopify doubts to have sent it puts into another event
    cloud.publish(bus, batch(0, 1, 50))

    read_all(home)
    while drain(home.home, home.spool):
        pass

    rows = read(home.home, home.spool.parts()).to_pylist()
    assert 25 == len(rows)
    assert {("customer:read", 5, True)} == {(row["act"], row["subjects"], row["estimated"]) for row in rows}
    assert all(row["skew_ms"] is not None for row in rows)
    assert (0, []) == (cloud.left(queue), home.gaps())


def test_events_are_hidden_until_they_are_on_disk(fed: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a batch is on its way to the disk nobody else sees it; it is deleted after the commit; without one it comes again."""
    home, queue = fed(unwrap="eventbridge", visible=1)
    cloud.publish(cloud.bus(queue), *(batch(n) for n in range(12)))
    collector = home.collector()
    seen: list[tuple[int, int]] = []
    append = home.spool.append

    def watched(*given: Any, **more: Any) -> Any:
        others = cloud.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        seen.append((len(others), cloud.left(queue)))
        if len(seen) == 1:
            raise SpoolFull("Full for a moment.", retry_after=1, advice="")
        return append(*given, **more)

    monkeypatch.setattr(home.spool, "append", watched)
    with pytest.raises(SpoolFull):
        collector.poll()
    for _ in range(2):
        poll_until(collector)
    while cloud.left(queue):
        poll_until(collector)

    assert (2, 12) == seen[0]
    assert all(left for _, left in seen)
    assert 12 == len(home.kept())


class Role:
    """What tells a process on a machine of Amazon's its role; whoever does not show what he should is not answered."""

    def __init__(self, *, seconds: int = 7200) -> None:
        self.asked: list[str] = []
        self._seconds = seconds

    def answer(self, asked: Asked) -> Said:
        """The credentials of a container, or of an instance by its second protocol."""
        self.asked.append(asked.target)
        shown = asked.headers.get("authorization"), asked.headers.get("x-aws-ec2-metadata-token")
        if asked.target == "/latest/api/token":
            return Said(body=b"session", content_type="text/plain", headers={"x-aws-ec2-metadata-token-ttl-seconds": "21600"})
        if shown not in {("of-the-container", None), (None, "session")}:
            return Said(status=401)
        if asked.target.endswith("/security-credentials/"):
            return Said(body=b"reader", content_type="text/plain")
        end = datetime.now(UTC) + timedelta(seconds=self._seconds)
        role = {"Code": "Success", "AccessKeyId": "ASIAROLE", "SecretAccessKey": "s" * 20, "Token": "of-the-role"}
        return Said(body=json.dumps({**role, "Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}"}).encode())


@contextmanager
def by_role(make: Any, cloud: Cloud) -> Iterator[tuple[Fed, str, list[str]]]:
    """A home without a key, whose queue is asked through here: what its requests were signed with."""
    signed: list[str] = []

    def watch(asked: Asked) -> Said:
        who = asked.headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
        signed.append(f"{who} {asked.headers.get('x-amz-security-token', '')[:11]}")
        return passed_on(asked, cloud, [])

    with served(watch) as address:
        home, queue = make(endpoint=address)
        (home.home.path / "keys" / "feed.cloud.json").unlink()
        cloud.send(queue, "{}")
        yield home, queue, signed


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of Amazon's of whoever runs the tests, and no metadata server."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize("way", ["container", "instance"])
def test_the_role_of_the_machine(fed: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """ECS, EKS and EC2: without a key the role counts, with its session's token; one that is about to end is asked for again."""
    role = Role(seconds=300)
    with served(role.answer) as address:
        if way == "container":
            monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{address}/role")
            monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of-the-container")
        else:
            monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
            monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with by_role(fed, cloud) as (home, queue, signed):
            assert home.collector().poll()

    assert [b"{}"] == [message.body for message in home.kept()]
    assert {"ASIAROLE of-the-role"} == set(signed)
    asked = len([target for target in role.asked if target.endswith(("/role", "/reader"))])
    assert asked >= (2 if way == "container" else 1)  # an instance's role is stretched by botocore itself
    assert 0 == cloud.left(queue)


@pytest.mark.usefixtures("machine")
def test_the_identity_of_a_pod(fed: Any, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EKS: a token in a file is changed for a role at STS."""
    (tmp_path / "token").write_text("token of a pod")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", cloud.address)
    with by_role(fed, cloud) as (home, _, signed):
        assert home.collector().poll()

    assert all(one.startswith("ASIA") and len(one) > len("ASIA") + 12 for one in signed)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://elsewhere.example/role"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.169.254.elsewhere.example/role"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/role"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"),
        ("AWS_PROFILE", "nobody"),
    ],
)
def test_a_role_that_cannot_be_had(fed: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Over plain HTTP only this machine and Amazon's own addresses are asked; whatever fails is told, and asked again."""
    home, _ = fed()
    (home.home.path / "keys" / "feed.cloud.json").unlink()
    monkeypatch.setenv(name, value)  # moto's server lives here too: it is not asked from now on
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader")
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's patience with the address of a role

    with pytest.raises(CannotRead) as caught:
        home.collector().poll()
    assert "elsewhere" not in str(caught.value)
    assert "cloud" in str(caught.value)


READER = """
import sys, time
from pathlib import Path
from hemostat.collect import collector_of
from hemostat.kernel import Home, SystemClock
from hemostat.lake.spool import Spool
home = Home(Path(sys.argv[1]))
spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=10**9)
collector = collector_of("cloud", home.settings().sources["cloud"], home=home, spool=spool, clock=SystemClock())
print("ready", flush=True)
while True:
    collector.poll() or time.sleep(0.02)
"""


@pytest.mark.slow
def test_killed_anywhere_nothing_is_lost_and_nothing_counts_twice(fed: Any, cloud: Cloud) -> None:
    """The process that reads is killed again and again while a bus fills its queue; at the end each is in the spool once."""
    home, queue = fed(visible=1, unwrap="eventbridge")
    bus = cloud.bus(queue)
    environment = {**os.environ, "HEMOSTAT_HOME": str(home.home.path)}
    for turn in range(4):
        reader = subprocess.Popen([sys.executable, "-c", READER, str(home.home.path)], env=environment, stdout=subprocess.PIPE)
        assert reader.stdout is not None
        assert b"ready\n" == reader.stdout.readline()
        cloud.publish(bus, *({"n": turn * 30 + n} for n in range(30)))
        time.sleep(0.02 * turn)
        reader.send_signal(signal.SIGKILL)
        reader.wait(30)
        reader.stdout.close()
    time.sleep(1.1)  # what the dead held comes again after a second

    read_all(home)

    bodies = [message.body for message in home.kept()]
    assert 120 == len(bodies) == len(set(bodies))
    assert 0 == cloud.left(queue)
