"""Feed `sqs`: an Amazon SQS queue, read with long polling. A message is deleted there once it is on disk here.

The key `feed.<source>` holds a JSON object with `access_key_id` and `secret_access_key` (and `session_token`); without it the
role of the machine counts. The rights it needs are `sqs:ReceiveMessage`, `sqs:DeleteMessage` and `sqs:ChangeMessageVisibility`
on the queue, and `s3:GetObject` where objects are fetched.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hemostat.sources import options_of

from .aws import Gone, Message, Services
from .base import Collector, Item, Post
from .envelopes import StoredObject, Unwrap, stored_objects, unwrapped
from .parts import DamagedObject, parts, plain
from .standing import CannotRead, Standing


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
        self._services = Services(
            post,
            queue=options.queue,
            region=options.region,
            endpoint=options.endpoint,
            s3_endpoint=options.s3_endpoint,
        )

    def poll(self) -> bool:
        """Up to ten messages are on disk and deleted from the queue; were there any? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            messages = self._services.received(wait=self._options.wait, visible=self._options.visible)
            if messages and self._options.unwrap == "s3":
                self._fetch(messages)
            elif messages:
                self._post.deliver([self._item(message) for message in messages])
                self._services.delete(messages)
        return bool(messages)

    def close(self) -> None:
        """Connections are closed."""
        self._services.close()

    def _item(self, message: Message) -> Item:
        return unwrapped(message["Body"].encode(), key=f"sqs:{message['MessageId']}", unwrap=self._options.unwrap)

    def _fetch(self, messages: Sequence[Message]) -> None:
        """The objects that the messages name are on disk; a message whose object cannot be had now comes again."""
        waiting = list(messages)
        trouble: CannotRead | None = None
        renewed = self._post.clock.now()
        for message in messages:
            try:
                for item in self._items(message):
                    self._post.deliver([item])
                    # The others must not be handed out to anybody else while a large object is read
                    if (now := self._post.clock.now()) - renewed > timedelta(seconds=self._options.visible / 2):
                        self._services.hide(waiting, seconds=self._options.visible)
                        renewed = now
                self._services.delete([message])
            except CannotRead as error:
                trouble = trouble or error
            waiting.remove(message)
        if trouble:
            raise trouble

    def _items(self, message: Message) -> Iterator[Item]:
        whole = self._item(message)
        found = stored_objects(whole.body)
        if found is None:
            yield whole  # the reader says that it cannot be read
        for thing in found or []:
            yield from self._parts(thing, whole)

    def _parts(self, thing: StoredObject, whole: Item) -> Iterator[Item]:
        """The object's parts, each under its own name. What cannot be had is a gap, and its notification goes to the reader."""
        try:
            for number, (kind, part) in enumerate(parts(plain(self._services.bytes_of(thing), most=self._options.largest))):
                yield Item(key=f"{thing.named}#{number}", body=part, content_type=kind)
        except (DamagedObject, Gone) as error:
            self._post.gap("refused", f"An object in the bucket {thing.bucket} was not read. {error}")
            yield whole
