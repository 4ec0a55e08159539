"""What the messages of a queue wrap."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.collect import envelopes
from hemostat.collect.envelopes import StoredObject, stored_objects, unwrapped

RECORD = {
    "eventName": "ObjectCreated:Put",
    "s3": {"bucket": {"name": "logs"}, "object": {"key": "a/b+c%28d%29.gz", "size": 3, "eTag": "e1", "versionId": "v1"}},
}
EVENT = {"version": "0", "id": "e-1", "detail-type": "shopifyWebhook", "source": "aws.partner/x", "time": "", "detail": {"a": 1}}


def test_an_eventbridge_event_is_its_detail() -> None:
    """The detail as it came, under the event's own id; type and source beside it, empty ones left out."""
    found = unwrapped(json.dumps(EVENT).encode(), key="sqs:1", unwrap="eventbridge")

    assert ("eventbridge:e-1", b'{"a": 1}') == (found.key, found.body)
    assert {"eventbridge-type": "shopifyWebhook", "eventbridge-source": "aws.partner/x"} == found.headers


def test_an_sns_notification_is_its_message() -> None:
    """The message as text, under the id of the notification."""
    told = {"Type": "Notification", "MessageId": "n-1", "Message": '{"é": 1}', "Timestamp": "2026-03-02T10:00:00Z"}

    found = unwrapped(json.dumps(told).encode(), key="sqs:1", unwrap="sns")

    assert ("sns:n-1", '{"é": 1}'.encode(), {"sns-time": "2026-03-02T10:00:00Z"}) == (found.key, found.body, found.headers)


@pytest.mark.parametrize("unwrap", ["body", "eventbridge", "sns", "s3"])
@given(body=st.binary(max_size=60))
def test_what_is_not_wrapped_goes_on_as_it_is(unwrap: Any, body: bytes) -> None:
    """Whatever comes: it keeps its bytes and the queue's own id, for its reader to judge."""
    found = unwrapped(body, key="sqs:1", unwrap=unwrap)

    assert ("sqs:1", body) == (found.key, found.body)


def test_word_of_a_stored_object() -> None:
    """From S3 itself, by SNS and by EventBridge; only S3 writes its keys as in a URL."""
    thing = StoredObject(bucket="logs", key="a/b c(d).gz", version="v1", etag="e1")
    direct = json.dumps({"Records": [RECORD]})
    by_bridge = {"bucket": {"name": "logs"}, "object": {"key": "a/b c(d).gz", "etag": "e1", "version-id": "v1"}}

    assert [thing] == stored_objects(direct.encode())
    assert [thing] == stored_objects(json.dumps({"Type": "Notification", "MessageId": "n", "Message": direct}).encode())
    assert [thing] == stored_objects(json.dumps({"detail-type": "Object Created", "detail": by_bridge}).encode())
    assert "s3:logs/a/b c(d).gz@v1" == thing.named
    assert "s3:b/k@e" == StoredObject(bucket="b", key="k", etag="e").named


def test_the_test_of_s3_names_no_object() -> None:
    """S3 sends it when notifications are set up; it is no event."""
    assert [] == stored_objects(b'{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}')


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"Records":[]}', b'{"Records":7}', b'{"Records":[7]}',
        b'{"Records":[{"eventName":"ObjectCreated:Put"}]}',
        json.dumps({"Records": [{**RECORD, "eventName": "ObjectRemoved:Delete"}]}).encode(),
        json.dumps({"Records": [{**RECORD, "s3": {"bucket": {"name": 7}, "object": {"key": "k"}}}]}).encode(),
        json.dumps({"Records": [{**RECORD, "s3": {"bucket": {"name": "b"}, "object": {"key": "%ff"}}}]}).encode(),
        b'{"Type":"Notification","Message":7}', b"\xff", b"[" * 100_000,
    ],
)  # fmt: skip
def test_other_words_are_no_word_of_an_object(body: bytes) -> None:
    """Removals, damage and what is no notification at all."""
    assert stored_objects(body) is None


def test_a_header_of_a_sender_is_bounded() -> None:
    """A type of a thousand code points or more is left out."""
    found = unwrapped(json.dumps({**EVENT, "detail-type": "x" * 1025}).encode(), key="k", unwrap="eventbridge")

    assert {"eventbridge-source": "aws.partner/x"} == found.headers
    assert envelopes._LONGEST == 1024
