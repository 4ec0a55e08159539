"""Feed `pubsub`: a Google Cloud Pub/Sub subscription, pulled over REST. A message is acknowledged once it is on disk.

API: https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions. The key `feed.<source>` holds the JSON of a
service account with the role `roles/pubsub.subscriber`; it signs its own token (RFC 7523), and no other server is asked for one.
Without a key nothing is sent to prove who we are, as an emulator wants it.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import httpx
import msgspec
from msgspec import Meta

from hemostat.kernel import BadSettings
from hemostat.lake.spool import SpoolFull
from hemostat.sources import options_of

from .base import Collector, Item, Post
from .standing import CannotRead, FeedRefused, Standing

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
    """

    subscription: Annotated[str, Meta(pattern=r"^projects/[a-z0-9:.-]+/subscriptions/[A-Za-z][A-Za-z0-9._~+%-]{2,254}\Z")]
    endpoint: str = "https://pubsub.googleapis.com"
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
        self._signer = _signer(post, audience=f"{options.endpoint.rstrip('/')}/")
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
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._signer is not None:
            self._signer.expire()
        raise _refusal(self._post.name, answer.status_code)

    def _proof(self) -> dict[str, str]:
        return {} if self._signer is None else {"authorization": f"Bearer {self._signer.token()}"}


class _Quiet(CannotRead):
    """No answer came within the time that we wait for one."""


class _Signer:
    """A service account that signs its own tokens, an hour each."""

    def __init__(self, information: Mapping[str, Any], *, audience: str) -> None:
        from google.auth import jwt  # noqa: PLC0415  # loaded only where a subscription is read

        self._credentials = jwt.Credentials.from_service_account_info(information, audience=audience)

    def token(self) -> str:
        """A token that is not about to run out."""
        if not self._credentials.valid:
            self._credentials.refresh(None)  # it asks nobody
        token = self._credentials.token
        return token.decode() if isinstance(token, bytes) else token

    def expire(self) -> None:
        """The next token is a new one."""
        self._credentials.token = None


def _signer(post: Post, *, audience: str) -> _Signer | None:
    name = f"feed.{post.name}"
    if not post.keyring.has(name):
        return None
    try:
        return _Signer(msgspec.json.decode(post.keyring.secret(name), type=dict[str, Any]), audience=audience)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, KeyError):
        # Its own words may show the key
        advice = "Put the JSON file of the service account there with `hemostat key put`, as Google made it."
        raise BadSettings(f"The key {name!r} is no service account of Google's.", advice=advice) from None


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
