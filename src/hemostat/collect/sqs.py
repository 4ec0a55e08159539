"""Feed `sqs`: an Amazon SQS queue, read with long polling. A message is deleted there once it is on disk here.

API: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/. The key `feed.<source>` holds a JSON object with
`access_key_id` and `secret_access_key` (and `session_token`); without it the role of the machine counts. The rights it needs are
`sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility` on the queue, and `s3:GetObject` to fetch objects.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings
from hemostat.sources import options_of

from .base import Collector, Item, Post
from .envelopes import StoredObject, Unwrap, stored_objects, unwrapped
from .parts import DamagedObject, parts, plain
from .standing import CannotRead, FeedRefused, Standing

_BATCH = 10  # the most that SQS hands out
_CHUNK = 262_144
_REGION = re.compile(r"https?://sqs\.([a-z0-9-]+)\.")
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
_BUSY = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Internal|ServiceUnavailable|RequestThrottled|5\d\d")
_LOST = "an object in bucket {bucket} {why}; its notification is among the dead letters"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a queue needs.

    queue: its address. region: "" takes it from the address. endpoint, s3_endpoint: other addresses of the services.
    unwrap: what its messages wrap. wait: seconds of one long poll. visible: seconds for which a message that we hold is hidden.
    largest: bytes of an object, plain.
    """

    queue: str
    region: str = ""
    endpoint: str = ""
    s3_endpoint: str = ""
    unwrap: Unwrap = "body"
    wait: Annotated[int, Meta(ge=0, le=20)] = 8
    visible: Annotated[int, Meta(ge=1, le=43_200)] = 120
    largest: Annotated[int, Meta(ge=1)] = 1_000_000_000


class _Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads a queue. Raises `BadSettings` when an option or the key is not what it should be."""
    return Queue(post, options_of(post.name, options, Options))


class Queue:
    """One queue."""

    every = 1.0

    def __init__(self, post: Post, options: Options) -> None:
        self._post = post
        self._options = options
        self._standing = Standing(post)
        self._clients = _Clients(post, options)

    def poll(self) -> bool:
        """Up to ten messages are on disk and deleted from the queue; were there any? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            messages = self._received()
        if not messages:
            return False
        if self._options.unwrap == "s3":
            self._fetch(messages)
        else:
            self._post.deliver([self._item(message) for message in messages])
            self._delete(messages)
        return True

    def close(self) -> None:
        """Connections are closed."""
        self._clients.close()

    def _received(self) -> list[dict[str, Any]]:
        with self._told():
            answer = self._clients.sqs.receive_message(
                QueueUrl=self._options.queue,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=self._options.wait,
                VisibilityTimeout=self._options.visible,
            )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _item(self, message: Mapping[str, Any]) -> Item:
        return unwrapped(message["Body"].encode(), key=f"sqs:{message['MessageId']}", unwrap=self._options.unwrap)

    def _delete(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """The queue no longer has them. What it keeps in spite of it comes again, and is known as a repetition."""
        entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)]
        with self._told():
            answer = self._clients.sqs.delete_message_batch(QueueUrl=self._options.queue, Entries=entries)
        if failed := answer.get("Failed", []):
            reason = f"The queue of {self._post.name!r} kept {len(failed)} messages that are on disk: {failed[0]['Code']}."
            raise CannotRead(reason, advice="They come again, and are not counted twice.")

    def _fetch(self, messages: list[dict[str, Any]]) -> None:
        """The objects that the messages name are on disk, message by message; what fails comes again."""
        lease = _Lease(self, messages)
        trouble: CannotRead | None = None
        for message in messages:
            try:
                self._fetch_all(message, lease)
            except CannotRead as error:
                trouble = trouble or error
                continue
            self._delete([message])
            lease.over(message)
        if trouble:
            raise trouble

    def _fetch_all(self, message: Mapping[str, Any], lease: "_Lease") -> None:
        whole = self._item(message)
        found = stored_objects(whole.body)
        if found is None:  # the reader says that it cannot be read
            self._post.deliver([whole])
        for thing in found or []:
            try:
                for item in self._parts(thing):
                    self._post.deliver([item])
                    lease.renew()
            except DamagedObject as error:
                self._lost(whole, thing, why="cannot be read whole", error=error)
            except _Gone:
                self._lost(whole, thing, why="was gone before it was read")

    def _parts(self, thing: StoredObject) -> Iterator[Item]:
        """The object's parts, each under a name of its own. Raises `DamagedObject`, `_Gone`, `CannotRead`."""
        more = {"VersionId": thing.version} if thing.version else {}
        with self._told():
            body = self._clients.s3.get_object(Bucket=thing.bucket, Key=thing.key, **more)["Body"]
            try:
                found = parts(plain(body.iter_chunks(_CHUNK), most=self._options.largest))
                for number, (kind, part) in enumerate(found):
                    yield Item(key=f"{thing.named}#{number}", body=part, content_type=kind)
            finally:
                body.close()

    def _lost(self, whole: Item, thing: StoredObject, *, why: str, error: DamagedObject | None = None) -> None:
        """It is on record that an object could not be had: as a gap, and as a message that its reader rejects."""
        self._post.gap("refused", _LOST.format(bucket=thing.bucket, why=why))
        self._post.deliver([whole])
        del error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the service or the wire says, in our words. Raises `CannotRead`, `FeedRefused`, `_Gone`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # loaded only where a queue is read

        try:
            yield
        except ClientError as error:
            raise _refusal(self._post.name, str(error.response.get("Error", {}).get("Code", "unknown"))) from error
        except BotoCoreError as error:
            raise CannotRead(
                f"The queue of {self._post.name!r} is not reached: {type(error).__name__}.", advice="Check region and network."
            ) from error


class _Gone(CannotRead):
    """The object of a notification no longer exists."""


def _refusal(name: str, code: str) -> CannotRead:
    if code in _GONE:
        return _Gone(f"An object of {name!r} no longer exists.")
    if _BUSY.match(code):
        return CannotRead(f"The service behind {name!r} is busy: {code}.")
    advice = f"Check `queue` and the rights of the key `feed.{name}`; `docs/how-to/connect-cloud-logs.md` lists them."
    return FeedRefused(f"The service behind {name!r} refuses us: {code}.", advice=advice)


class _Lease:
    """The messages of a batch stay hidden from other readers while their objects are fetched."""

    def __init__(self, queue: Queue, messages: Sequence[Mapping[str, Any]]) -> None:
        self._queue = queue
        self._held = list(messages)
        self._since = self._now()

    def over(self, message: Mapping[str, Any]) -> None:
        """The message needs no more time."""
        self._held.remove(message)

    def renew(self) -> None:
        """Half of the time is never over without asking for the whole again."""
        visible = self._queue._options.visible  # noqa: SLF001  # a part of the queue
        if self._now() - self._since < timedelta(seconds=visible / 2):
            return
        entries = [
            {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": visible}
            for n, message in enumerate(self._held)
        ]
        with self._queue._told():  # noqa: SLF001  # a part of the queue
            self._queue._clients.sqs.change_message_visibility_batch(  # noqa: SLF001  # a part of the queue
                QueueUrl=self._queue._options.queue, Entries=entries  # noqa: SLF001  # a part of the queue
            )
        self._since = self._now()

    def _now(self) -> datetime:
        return self._queue._post.clock.now()  # noqa: SLF001  # a part of the queue


class _Clients:
    """The clients of the services, made when they are first needed."""
