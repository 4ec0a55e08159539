"""What a queue's message wraps: nothing, an EventBridge event, an SNS notification, or word of objects stored in S3.

EventBridge: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
SNS to SQS: https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
The names of the fields were not compared with a live queue.
"""

from typing import Any, Literal
from urllib.parse import unquote_plus

import msgspec

from hemostat.sources.mending import UNREADABLE

from .base import Item

Unwrap = Literal["body", "eventbridge", "sns", "s3"]

_LONGEST = 1024  # code points of a header's value


class StoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object in S3, as a notification names it. `etag` and `version` tell its content from another under the same key."""

    bucket: str
    key: str
    version: str = ""
    etag: str = ""

    @property
    def named(self) -> str:
        """What names this content of this object."""
        return f"s3:{self.bucket}/{self.key}@{self.version or self.etag}"


class _EventBridge(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    detail: msgspec.Raw
    detail_type: str = msgspec.field(name="detail-type", default="")
    source: str = ""
    time: str = ""


class _Notification(msgspec.Struct, frozen=True, kw_only=True):
    Type: Literal["Notification"]
    MessageId: str
    Message: str
    Timestamp: str = ""


_EVENT = msgspec.json.Decoder(_EventBridge)
_NOTIFICATION = msgspec.json.Decoder(_Notification)
_ANY = msgspec.json.Decoder(dict[str, Any])


def unwrapped(body: bytes, *, key: str, unwrap: Unwrap) -> Item:
    """What the message holds, under the name that its first sender gave it; as it is when it is not so wrapped.

    A sender that sends twice gives it the same name: the second is known as a repetition. Whether what is not wrapped as
    the options say can be read, the source's reader says.
    """
    try:
        if unwrap == "eventbridge":
            event = _EVENT.decode(body)
            headers = {"eventbridge-type": event.detail_type, "eventbridge-source": event.source, "eventbridge-time": event.time}
            return Item(key=f"eventbridge:{event.id}", body=bytes(event.detail), headers=_kept(headers))
        if unwrap == "sns":
            told = _NOTIFICATION.decode(body)
            return Item(key=f"sns:{told.MessageId}", body=told.Message.encode(), headers=_kept({"sns-time": told.Timestamp}))
    except UNREADABLE:
        pass  # it goes on as it is
    return Item(key=key, body=body)


def stored_objects(body: bytes) -> list[StoredObject] | None:
    """The objects of which a message says that they were stored; None when it says something else.

    The notification may come from S3 itself, by SNS, or by EventBridge. The test that S3 sends when it is set up names none.
    """
    try:
        found = _ANY.decode(body)
        if found.get("Type") == "Notification":
            found = _ANY.decode(found["Message"])
        if found.get("Event") == "s3:TestEvent":
            return []
        if found.get("detail-type") == "Object Created":
            return [_stored(found["detail"], encoded=False)]
        records = found["Records"]
        if not records or not all(record["eventName"].startswith("ObjectCreated:") for record in records):
            return None
        return [_stored(record["s3"], encoded=True) for record in records]
    except (*UNREADABLE, KeyError, TypeError, AttributeError, ValueError):
        return None


def _stored(told: dict[str, Any], *, encoded: bool) -> StoredObject:
    thing = told["object"]
    key = unquote_plus(thing["key"], errors="strict") if encoded else thing["key"]
    version = thing.get("versionId", thing.get("version-id", ""))
    values = {"bucket": told["bucket"]["name"], "key": key, "version": version, "etag": thing.get("eTag", thing.get("etag", ""))}
    return msgspec.convert(values, type=StoredObject)


def _kept(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if 0 < len(value) <= _LONGEST}
