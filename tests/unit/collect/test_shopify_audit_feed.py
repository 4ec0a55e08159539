"""Shopify's audit feed from a bus into the lake: each access once, with nobody's name in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hemostat.collect.envelopes import unwrapped
from hemostat.lake.pipeline import drain
from hemostat.lake.reader import read
from hemostat.sandbox.wires.loopback import served
from hemostat.sandbox.wires.pubsub import PubSub
from hemostat.sources import Message, Raw, ReaderContext
from hemostat.sources import read as read_message
from unit.collect.feeding import Fed, Hand
from unit.sources.test_shopify_audit import FEED, NOON, element

NAME = "projects/fern-hollow/subscriptions/audit"
STAFF = {"actor_type": "app", "actor_identifier": 4, "on_behalf_of": {"user_email": "robin@fernhollow.example"}}
BATCH = {
    "events": [
        element("{customers(first:250){nodes{email}}}", actor=STAFF),
        element(
            "{orders(first:10){nodes{note}}}", context={"context_identifier": "c-2", "context_metadata": {"response_code": 200}}
        ),
        7,
    ]
}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[tuple[Fed, PubSub]]:
    """A home that reads the subscription, and the subscription."""
    twin = PubSub(NAME, clock=Hand())
    with served(twin.answer) as address:
        fed = Fed(tmp_path, "pubsub", reader="shopify-audit", subscription=NAME, endpoint=address)
        yield fed, twin
        fed.close()


def rows(fed: Fed) -> list[dict[str, Any]]:
    """What lies in the lake after everything was read."""
    collector = fed.collector()
    while collector.poll():
        pass
    collector.close()
    while drain(fed.home, fed.spool):
        pass
    return read(fed.home, fed.spool.parts()).to_pylist()


def test_a_batch_from_pubsub_is_in_the_lake(made: tuple[Fed, PubSub]) -> None:
    """Two accesses and a dead letter; the bus says when it took it, which shows the skew; staff are pseudonyms."""
    fed, twin = made
    twin.publish(msgspec.json.encode(BATCH), **{"X-Shopify-Topic": "audit_events/admin_api_activity"})

    found = sorted(rows(fed), key=lambda row: str(row["act"]))

    assert [("customer:read", 250, True), ("order:read", 10, True)] == [
        (row["act"], row["subjects"], row["estimated"]) for row in found
    ]
    assert ["customers.email"] == found[0]["fields"]
    assert found[0]["actor"].startswith("actor_")
    assert ("staff", "app") == (found[0]["actor_type"], found[1]["actor_type"])
    assert all(row["skew_ms"] is not None for row in found)
    assert "robin" not in str(found)
    assert 1 == len(list(fed.home.dead_letters.glob("**/*")))


def test_the_same_access_in_another_batch_counts_once(made: tuple[Fed, PubSub]) -> None:
    """The platform sends what it doubts to have sent: the request and its content name the access."""
    fed, twin = made
    twin.publish(msgspec.json.encode({"events": BATCH["events"][:1]}))
    assert 1 == len(rows(fed))
    twin.publish(msgspec.json.encode({"events": BATCH["events"][:2]}))

    assert 2 == len(rows(fed))


def test_a_batch_from_eventbridge_is_read_as_the_queue_unwraps_it() -> None:
    """The detail of the event holds payload and metadata."""
    detail = {"payload": BATCH, "metadata": {"X-Shopify-Topic": "audit_events/admin_api_activity"}}
    event = {"id": "e-1", "detail-type": "shopifyWebhook", "source": "aws.partner/shopify.com", "time": "2026-03-02T10:00:03Z"}
    item = unwrapped(msgspec.json.encode({**event, "detail": detail}), key="k", unwrap="eventbridge")
    message = Message(
        seq=1, source="audit", received_at=NOON, content_type="application/json", headers=dict(item.headers), body=item.body
    )

    found = list(read_message(message, FEED, ReaderContext()))

    assert [True, True, False] == [isinstance(one, Raw) for one in found]
    assert isinstance(found[0], Raw)
    assert found[0].access.sent
