"""A queue of Amazon's, as moto's server plays it: nothing is lost, nothing counts twice, whoever is killed when."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto.server import ThreadedMotoServer

from hemostat.collect import aws
from hemostat.collect import parts as parts_room
from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.kernel import BadSettings
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.loopback import Asked, Said, served
from unit.collect.feeding import Fed, Hand

KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "example-secret-of-nobody"}
CREDENTIALS = {"aws_access_key_id": KEY["access_key_id"], "aws_secret_access_key": KEY["secret_access_key"]}


class Cloud:
    """moto's server, with a queue and a bucket."""

    def __init__(self, address: str) -> None:
        self.address = address
        session = botocore.session.Session()
        given = {"region_name": "us-east-1", "endpoint_url": address, **CREDENTIALS}
        self.sqs = session.create_client("sqs", **given)
        self.s3 = session.create_client("s3", config=botocore.config.Config(s3={"addressing_style": "path"}), **given)
        self.s3.create_bucket(Bucket="logs")
        self._made = 0

    def queue(self) -> str:
        """A queue of its own for each test."""
        self._made += 1
        address: str = self.sqs.create_queue(QueueName=f"audit-{self._made}")["QueueUrl"]
        return address

    def send(self, queue: str, *bodies: str) -> None:
        """The queue has these messages."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=queue, MessageBody=body)

    def left(self, queue: str) -> int:
        """How many messages the queue still has, seen or not."""
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=wanted)["Attributes"]
        return sum(int(value) for value in found.values())

    def store(self, key: str, body: bytes) -> str:
        """The bucket has the object; the notification of it."""
        etag = self.s3.put_object(Bucket="logs", Key=key, Body=body)["ETag"].strip('"')
        thing = {"bucket": {"name": "logs"}, "object": {"key": key, "eTag": etag}}
        return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": thing}]})


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """One server for all tests."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    cloud = Cloud(f"http://{host}:{port}")
    yield cloud
    cloud.sqs.close()
    cloud.s3.close()
    server.stop()


@pytest.fixture
def fed(tmp_path: Path, cloud: Cloud) -> Iterator[Callable[..., tuple[Fed, str]]]:
    """Makes a home that reads a queue of its own."""
    homes: list[Fed] = []

    def make(**options: Any) -> tuple[Fed, str]:
        queue = cloud.queue()
        limit = options.pop("limit", 10**9)
        endpoints = {"endpoint": cloud.address, "s3_endpoint": cloud.address} | options
        given = {"queue": queue, "region": "us-east-1", "wait": 0, **endpoints}
        made = Fed(tmp_path, "sqs", limit=limit, **given)
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
    """The process that reads is killed again and again while messages come; at the end each is in the spool once."""
    home, queue = fed(visible=1)
    environment = {**os.environ, "HEMOSTAT_HOME": str(home.home.path)}
    for turn in range(4):
        reader = subprocess.Popen([sys.executable, "-c", READER, str(home.home.path)], env=environment, stdout=subprocess.PIPE)
        assert reader.stdout is not None
        assert b"ready\n" == reader.stdout.readline()
        cloud.send(queue, *(f'{{"n":{turn * 30 + n}}}' for n in range(30)))
        time.sleep(0.02 * turn)
        reader.send_signal(signal.SIGKILL)
        reader.wait(30)
        reader.stdout.close()
    time.sleep(1.1)  # what the dead held comes again after a second

    read_all(home)

    bodies = [message.body for message in home.kept()]
    assert 120 == len(bodies) == len(set(bodies))
    assert 0 == cloud.left(queue)
