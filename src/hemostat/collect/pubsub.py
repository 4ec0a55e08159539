"""Feed `pubsub`: a Google Cloud Pub/Sub subscription, pulled over REST. A message is acknowledged once it is on disk.

API: https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions. Who we are is shown by a service account with
the role `roles/pubsub.subscriber`: by its key, by the machine that runs as it, or in the name of another (`google`).
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import httpx
import msgspec
from msgspec import Meta

from hemostat.lake.spool import SpoolFull
from hemostat.sources import options_of

from . import google
from .base import Collector, Item, Post
from .standing import CannotRead, FeedRefused, Standing

_GOOGLE = "https://pubsub.googleapis.com"
_CONNECT, _READ = 5.0, 30.0  # seconds; a pull waits on the other side until there is something, or for a while
_BUSY = frozenset({408, 409, 429, 499, 500, 502, 503, 504})
_LONGEST = 1024  # code points of a header's value
_KEPT = 40  # attributes of a message
_UNFIT = ("hmac", "signature", "authorization", "token", "secret")
"""Attributes of these names are not kept: they prove to others who sent the message, and to us nothing."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a subscription needs.

    subscription: `projects/PROJECT/subscriptions/NAME`. endpoint: another address of the service.
    messages: most of one pull. lease: seconds for which what we pulled is not handed out again.
    identity: how we show who we are; "" is the key, if there is one, else at Google the machine, and elsewhere nothing.
    impersonate: address of the service account in whose name we read. iam: where its tokens are asked for.
    """

    subscription: Annotated[str, Meta(pattern=r"^projects/[a-z0-9:.-]+/subscriptions/[A-Za-z][A-Za-z0-9._~+%-]{2,254}\Z")]
    endpoint: str = _GOOGLE
    identity: Literal["", "key", "machine", "none"] = ""
    impersonate: Annotated[str, Meta(pattern=r"^([A-Za-z0-9._-]+@[A-Za-z0-9.-]+)?\Z")] = ""
    iam: Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")] = "https://iamcredentials.googleapis.com"
    messages: Annotated[int, Meta(ge=1, le=1000)] = 200
    lease: Annotated[int, Meta(ge=10, le=600)] = 60


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    messageId: str  # noqa: N815  # the name on the wire
    data: str = ""
    attributes: dict[str, str] = {}
    publishTime: str = ""  # noqa: N815  # the name on the wire


class _Received(msgspec.Struct, frozen=True, kw_only=True):
    ackId: str  # noqa: N815  # the name on the wire
    message: _Message


class _Pulled(msgspec.Struct, frozen=True, kw_only=True):
    receivedMessages: list[_Received] = []  # noqa: N815  # the name on the wire


def collector(post: Post, options: Mapping[str, Any]) -> Collector:
    """Reads a subscription. Raises `BadSettings` when an option or the key is not what it should be."""
    return Subscription(post, options_of(post.name, options, Options))


class Subscription:
    """One subscription."""

    every = 1.0

    def __init__(self, post: Post, options: Options) -> None:
        self._post = post
        self._options = options
        self._standing = Standing(post)
        self._address = f"{options.endpoint.rstrip('/')}/v1/{options.subscription}"
        self._identity = _identity(post, options)
        self._client = httpx.Client(timeout=httpx.Timeout(_READ, connect=_CONNECT), follow_redirects=False)

    def poll(self) -> bool:
        """The messages of one pull are on disk and acknowledged; were there any? Raises `CannotRead`, `SpoolFull`."""
        with self._standing.told():
            found = self._pulled()
            if not found:
                return False
            names = [each.ackId for each in found]
            self._tell("modifyAckDeadline", {"ackIds": names, "ackDeadlineSeconds": self._options.lease})
            try:
                self._post.deliver([_item(each.message) for each in found])
            except SpoolFull as error:
                # They come again when there may be room, not after the whole lease
                self._tell("modifyAckDeadline", {"ackIds": names, "ackDeadlineSeconds": error.retry_after})
                raise
            self._tell("acknowledge", {"ackIds": names})
        return True

    def close(self) -> None:
        """Connections are closed."""
        self._client.close()
        self._identity.close()

    def _pulled(self) -> Sequence[_Received]:
        try:
            answer = self._tell("pull", {"maxMessages": self._options.messages})
        except _Quiet:
            return ()
        try:
            return msgspec.json.decode(answer, type=_Pulled).receivedMessages
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise CannotRead(f"What answers for {self._post.name!r} is not Pub/Sub.", advice="Check `endpoint`.") from None

    def _tell(self, verb: str, what: Mapping[str, Any]) -> bytes:
        """The answer to a call. Raises `CannotRead`, `FeedRefused`."""
        try:
            answer = self._client.post(f"{self._address}:{verb}", json=what, headers=self._proof())
        except httpx.ReadTimeout as error:
            raise _Quiet(f"Nothing came from {self._post.name!r} in time.", advice="It is asked again by itself.") from error
        except httpx.HTTPError as error:
            reason = f"The subscription of {self._post.name!r} is not reached: {type(error).__name__}."
            raise CannotRead(reason, advice="Check `endpoint` and the network.") from error
        if answer.status_code == httpx.codes.OK:
            return answer.content
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._identity.expire()
        raise _refusal(self._post.name, answer.status_code)

    def _proof(self) -> dict[str, str]:
        token = self._identity.token()
        return {"authorization": f"Bearer {token}"} if token else {}


class _Quiet(CannotRead):
    """No answer came within the time that we wait for one."""


def _identity(post: Post, options: Options) -> google.Identity:
    """Who we are to the service. Raises `BadSettings` when the key is none."""
    has = post.keyring.has(f"feed.{post.name}")
    way = options.identity or ("key" if has else "machine" if options.endpoint == _GOOGLE else "none")
    asked = options.iam if options.impersonate else options.endpoint
    own: google.Identity
    if way == "key":
        own = google.Key(post, audience=f"{asked.rstrip('/')}/")
    elif way == "machine":
        own = google.Machine(post, scope=google.ANYTHING if options.impersonate else google.PUBSUB)
    else:
        own = google.Nobody()
    if not options.impersonate:
        return own
    return google.Impersonated(post, own, account=options.impersonate, scope=google.PUBSUB, iam=options.iam)


def _item(message: _Message) -> Item:
    """A message under the name that Pub/Sub gave it. Data that is not base64 goes on as it is: the reader says so."""
    try:
        body = b64decode(message.data, validate=True)
    except ValueError:
        body = message.data.encode()
    named = {name.lower(): value for name, value in list(message.attributes.items())[:_KEPT] if len(value) <= _LONGEST}
    headers = {name: value for name, value in named.items() if not any(word in name for word in _UNFIT)}
    return Item(key=f"pubsub:{message.messageId}", body=body, headers=headers | {"pubsub-time": message.publishTime})


def _refusal(name: str, status: int) -> CannotRead:
    if status in _BUSY:
        return CannotRead(f"The service behind {name!r} is busy: {status}.", advice="It is asked again by itself.")
    advice = f"Check `subscription`, and the key `feed.{name}`: it needs the role roles/pubsub.subscriber."
    return FeedRefused(f"The service behind {name!r} refuses us: {status}.", advice=advice)
