"""Who we are to Google: by the key of a service account, by the machine that runs as one, or in the name of another.

A key signs its own tokens (RFC 7523), and no server is asked. The machine is asked at the metadata server of Compute Engine, GKE
and Cloud Run: https://cloud.google.com/compute/docs/metadata/overview; where that is stands in no setting, only in Google's own
variable `GCE_METADATA_HOST`, and no proxy is asked for it. Tokens of another account: https://cloud.google.com/iam/docs/reference/
credentials/rest/v1/projects.serviceAccounts/generateAccessToken. Other files that Google's libraries know (users, federations of
workload identities) are not read.
"""

import os
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from hemostat.kernel import BadSettings
from hemostat.sources.base import Unreadable
from hemostat.sources.documents import number, text
from hemostat.sources.request import rfc3339

from .base import Post
from .rest import Missing, Rest
from .standing import CannotRead, FeedRefused

PUBSUB = "https://www.googleapis.com/auth/pubsub"
ANYTHING = "https://www.googleapis.com/auth/cloud-platform"
"""Scopes of a token; the second is what it takes to ask for tokens of another account."""

_METADATA = "metadata.google.internal"
_TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token"  # noqa: S105  # a path
_EARLY = timedelta(seconds=60)  # before its end a token is taken for over
_HOUR = timedelta(hours=1)


class Identity(Protocol):
    """Somebody whom Google knows."""

    def token(self) -> str:
        """A token that is not about to run out; "" when nothing is shown. Raises `CannotRead`, `FeedRefused`."""

    def expire(self) -> None:
        """The next token is a new one."""

    def close(self) -> None:
        """Connections are closed."""


class Nobody:
    """Nothing is shown, as an emulator wants it."""

    def token(self) -> str:
        """Nothing."""
        return ""

    def expire(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to close."""


class Key(Nobody):
    """A service account that signs its own tokens, an hour each. Raises `BadSettings` when the key is none."""

    def __init__(self, post: Post, *, audience: str) -> None:
        from google.auth import jwt  # noqa: PLC0415  # loaded only where a subscription is read

        name = f"feed.{post.name}"
        try:
            information = msgspec.json.decode(post.keyring.secret(name), type=dict[str, Any])
            self._credentials = jwt.Credentials.from_service_account_info(information, audience=audience)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, KeyError):
            # Its own words may show the key
            advice = "Put the JSON file of the service account there with `hemostat key set`, as Google made it."
            raise BadSettings(f"The key {name!r} is no service account of Google's.", advice=advice) from None

    def token(self) -> str:
        """A token for the audience."""
        if not self._credentials.valid:
            self._credentials.refresh(None)  # it asks nobody
        token = self._credentials.token
        return token.decode() if isinstance(token, bytes) else token

    def expire(self) -> None:
        """The next token is a new one."""
        self._credentials.token = None


class _Asked(ABC):
    """Tokens that a server is asked for, and kept until they are about to run out."""

    def __init__(self, post: Post, *, advice: str, is_near: bool = False) -> None:
        self._post = post
        self._rest = Rest(post, advice=advice, is_near=is_near)
        self._token = ""
        self._over: datetime | None = None

    def token(self) -> str:
        """A token that is not about to run out. Raises `CannotRead`, `FeedRefused`."""
        now = self._post.clock.now()
        if not self._token or self._over is None or now >= self._over:
            self._token, end = self._asked(now)
            if not self._token:
                reason = f"What answers for {self._post.name!r} is no token of Google's."
                raise CannotRead(reason, advice="It is asked again by itself.")
            self._over = end - _EARLY
        return self._token

    def expire(self) -> None:
        """The next token is a new one."""
        self._token = ""

    def close(self) -> None:
        """Connections are closed."""
        self._rest.close()

    @abstractmethod
    def _asked(self, now: datetime) -> tuple[str, datetime]:
        """A token, and when it runs out; "" for an answer that holds none. Raises `CannotRead`, `FeedRefused`."""


class Machine(_Asked):
    """The service account that this machine, or this pod, runs as."""

    def __init__(self, post: Post, *, scope: str) -> None:
        self._advice = f"Let this machine run as a service account, or put a key into `feed.{post.name}`."
        super().__init__(post, advice=self._advice, is_near=True)
        self._scope = scope

    def _asked(self, now: datetime) -> tuple[str, datetime]:
        host = os.environ.get("GCE_METADATA_HOST") or _METADATA
        try:
            found = self._rest.get(f"http://{host}{_TOKEN}", {"metadata-flavor": "Google"}, {"scopes": self._scope})
        except (Missing, FeedRefused) as error:
            reason = f"The feed of {self._post.name!r} has no key, and this machine runs as no service account."
            raise FeedRefused(reason, advice=error.advice()) from error
        except CannotRead as error:
            reason = f"The feed of {self._post.name!r} has no key, and no metadata server answers. {error}"
            raise CannotRead(reason, advice=self._advice) from error
        return text(found, "access_token"), now + timedelta(seconds=min(number(found, "expires_in"), _HOUR.total_seconds()))


class Impersonated(_Asked):
    """Another service account, for which ours has the role `roles/iam.serviceAccountTokenCreator`."""

    def __init__(self, post: Post, own: Identity, *, account: str, scope: str, iam: str) -> None:
        advice = f"Give the role roles/iam.serviceAccountTokenCreator on {account} to who we are, and switch the IAM API on."
        super().__init__(post, advice=advice)
        self._own = own
        self._account = account
        self._scope = scope
        self._address = f"{iam.rstrip('/')}/v1/projects/-/serviceAccounts/{quote(account)}:generateAccessToken"

    def close(self) -> None:
        """Connections are closed."""
        super().close()
        self._own.close()

    def _asked(self, now: datetime) -> tuple[str, datetime]:
        headers = {"authorization": f"Bearer {self._own.token()}"}
        try:
            found = self._rest.tell(self._address, headers, {"scope": [self._scope], "lifetime": "3600s"})
        except (Missing, FeedRefused) as error:
            self._own.expire()
            reason = f"The feed of {self._post.name!r} may not read as the service account of its options."
            raise FeedRefused(reason, advice=error.advice()) from error
        try:
            return text(found, "accessToken"), min(rfc3339(text(found, "expireTime")).time, now + _HOUR)
        except Unreadable:
            return "", now
