"""A twin of Google Cloud Pub/Sub: one subscription over REST, with deadlines, redelivery, and doubts about who asks.

It is as strict as https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions says: unknown fields, empty lists
of acknowledgments and deadlines over 600 s are refused, and a token must be signed by the account, for this service, and fresh.
"""

import threading
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from hemostat.kernel import Clock, iso

from .loopback import Asked, Said

_LONGEST_TOKEN = timedelta(hours=1)
_Names = Annotated[list[str], msgspec.Meta(min_length=1)]


class _Pull(msgspec.Struct, forbid_unknown_fields=True):
    maxMessages: Annotated[int, msgspec.Meta(ge=1)]  # noqa: N815  # the name on the wire


class _Acknowledge(msgspec.Struct, forbid_unknown_fields=True):
    ackIds: _Names  # noqa: N815  # the name on the wire


class _Deadline(msgspec.Struct, forbid_unknown_fields=True):
    ackIds: _Names  # noqa: N815  # the name on the wire
    ackDeadlineSeconds: Annotated[int, msgspec.Meta(ge=0, le=600)]  # noqa: N815  # the name on the wire


class _Permissions(msgspec.Struct, forbid_unknown_fields=True):
    permissions: _Names


class _Held(msgspec.Struct):
    """A message that is not acknowledged: until when it is not handed out, and under which names it was."""

    message: dict[str, Any]
    until: datetime | None = None
    deliveries: int = 0


class PubSub:
    """One subscription. `faults` are said once each, before anything else is looked at.

    account, public_key: who may ask, by the address and the key of a service account; "" and None let everybody in.
    tokens: others who may ask, by tokens that Google gave them, each until a moment.
    """

    def __init__(self, subscription: str, *, clock: Clock, account: str = "", public_key: RSAPublicKey | None = None) -> None:
        self.faults: list[int] = []
        self.granted = {"pubsub.subscriptions.consume"}
        self.audience = ""
        self.tokens: dict[str, datetime] = {}
        self._subscription = subscription
        self._clock = clock
        self._account = account
        self._public_key = public_key
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._deadline = 10  # seconds
        self._published = 0

    def publish(self, data: bytes, **attributes: str) -> str:
        """A message waits; its name."""
        with self._lock:
            self._published += 1
            name = str(9_000_000_000 + self._published)
            message = {"data": b64encode(data).decode(), "messageId": name, "publishTime": iso(self._clock.now())}
            self._held[name] = _Held({**message, "attributes": attributes} if attributes else message)
        return name

    @property
    def waiting(self) -> int:
        """How many messages are not acknowledged."""
        return len(self._held)

    def lapse(self) -> None:
        """The deadlines of all that were handed out are over."""
        with self._lock:
            for held in self._held.values():
                held.until = None

    def answer(self, asked: Asked) -> Said:
        """What the service says."""
        with self._lock:
            if self.faults and (status := self.faults.pop(0)):
                return _error(status)
            if self._public_key is not None and not self._is_known(asked.headers.get("authorization", "")):
                return _error(401)
            path, _, verb = asked.target.removeprefix("/v1/").rpartition(":")
            calls = {
                "pull": self._pull,
                "acknowledge": self._acknowledge,
                "modifyAckDeadline": self._modify,
                "testIamPermissions": self._tested,
            }
            if asked.method != "POST" or path != self._subscription or verb not in calls:
                return _error(404)
            try:
                return Said(body=msgspec.json.encode(calls[verb](asked.body)))
            except msgspec.DecodeError:
                return _error(400)

    def _pull(self, body: bytes) -> Mapping[str, Any]:
        most, now = msgspec.json.decode(body, type=_Pull).maxMessages, self._clock.now()
        free = [held for held in self._held.values() if held.until is None or held.until <= now][:most]
        for held in free:
            held.until = now + timedelta(seconds=self._deadline)
            held.deliveries += 1
        found = [{"ackId": f"{held.message['messageId']}:{held.deliveries}", "message": held.message} for held in free]
        return {"receivedMessages": found} if found else {}

    def _acknowledge(self, body: bytes) -> Mapping[str, Any]:
        for name in msgspec.json.decode(body, type=_Acknowledge).ackIds:
            self._held.pop(name.partition(":")[0], None)  # an old name still counts, as far as it goes
        return {}

    def _modify(self, body: bytes) -> Mapping[str, Any]:
        told = msgspec.json.decode(body, type=_Deadline)
        for name in told.ackIds:
            if held := self._held.get(name.partition(":")[0]):
                held.until = self._clock.now() + timedelta(seconds=told.ackDeadlineSeconds)
        return {}

    def _tested(self, body: bytes) -> Mapping[str, Any]:
        """Which of the permissions who asks has: anybody may ask about his own."""
        asked = msgspec.json.decode(body, type=_Permissions).permissions
        held = [one for one in asked if one in self.granted]
        return {"permissions": held} if held else {}

    def _is_known(self, authorization: str) -> bool:
        """Is this a token that the account signed with RS256, for this service, of an hour at most?"""
        scheme, _, token = authorization.partition(" ")
        if self.tokens.get(token, self._clock.now()) > self._clock.now():
            return scheme == "Bearer"
        signed, _, signature = token.rpartition(".")
        try:
            header, claims = (msgspec.json.decode(_plain(part)) for part in signed.split("."))
            assert self._public_key is not None  # noqa: S101  # asked only where there is one
            self._public_key.verify(_plain(signature), signed.encode(), PKCS1v15(), SHA256())
            age = timedelta(seconds=claims["exp"] - claims["iat"])
            fresh = claims["iat"] - 60 <= self._clock.now().timestamp() < claims["exp"] and age <= _LONGEST_TOKEN
            named = (claims["iss"], claims["sub"], claims["aud"]) == (self._account, self._account, self.audience)
        except (ValueError, KeyError, TypeError, InvalidSignature, msgspec.DecodeError):
            return False
        return bool(scheme == "Bearer" and header["alg"] == "RS256" and fresh and named)


def _plain(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _error(status: int) -> Said:
    return Said(status=status, body=msgspec.json.encode({"error": {"code": status, "message": "", "status": ""}}))
