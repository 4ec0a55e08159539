"""Who may send: the sources and stores of the settings, and their keys, as they are on disk now."""

import hmac
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from hemostat.kernel import BadSettings, Home, Settings, Source
from hemostat.sources import KINDS, shopify_source_name
from hemostat.sources.shopify_signature import webhook_signed

from .answers import Refused

T = TypeVar("T")


_LOOK = 0.001  # seconds between two looks at a file: the many requests of a busy moment share one


class Fresh(Generic[T]):
    """What a file says, read again only when the file has changed."""

    def __init__(self, path: Path, read: Callable[[], T]) -> None:
        self._path = path
        self._read = read
        self._until = 0.0
        self._seen: tuple[int, int, int] | None = None
        self._value: T

    def get(self) -> T:
        """What the file says, or said within the last millisecond. Raises what reading it raises."""
        now = time.monotonic()
        if now < self._until:
            return self._value
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        except FileNotFoundError:
            seen = None
        if seen is None or seen != self._seen:
            self._value = self._read()
            self._seen = seen
        self._until = now + _LOOK
        return self._value


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """A Shopify store: the source name under which its webhooks go, and its myshopify domain in lowercase."""

    name: str
    domain: str


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, and what is asked of them with each webhook."""

    settings: Settings
    stores: Mapping[str, Store]


class Gate:
    """The senders that a home knows. A changed source, key or secret counts within a millisecond."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known = Fresh(home.settings_file, self._read)
        self._secrets: dict[str, Fresh[Sequence[bytes]]] = {}

    def settings(self) -> Settings:
        """The settings as they are now. Raises `BadSettings`."""
        return self._known.get().settings

    def _read(self) -> _Known:
        settings = self._home.settings()
        stores = {
            store: Store(name=shopify_source_name(settings, store), domain=domain.lower())
            for store, domain in settings.shopify_stores.items()
        }
        return _Known(settings=settings, stores=stores)

    def source(self, name: str, *, door: str = "events") -> Source:
        """The source of this name, if it comes in by `door`. Raises `Refused` (404)."""
        source = self.settings().sources.get(name)
        if source is None or source.kind not in KINDS or KINDS[source.kind].door != door:
            raise Refused(
                404, "unknown_source", "No source of this name.", advice="Add it to hemostat.toml, or correct the address."
            )
        return source

    def bearer(self, name: str, authorization: str) -> None:
        """The sender holds the key of source `name`. Raises `Refused` (401), or `BadSettings` when the source has no key."""
        scheme, _, given = authorization.partition(" ")
        key = given.strip().encode(errors="replace")
        if not self._is_key(name, key) or scheme.lower() != "bearer":
            reason = "The bearer key is not the one of this source." if authorization else "The bearer key is missing."
            advice = f"Send `Authorization: Bearer KEY`; `hemostat key show source.{name}` prints KEY."
            raise Refused(401, "unauthorized", reason, advice=advice, headers={"www-authenticate": "Bearer"})

    def holder(self, door: str, key: str) -> str:
        """The source that comes in by `door` and whose key this is; "" when there is none.

        Raises `BadSettings` when there is none, and the key of a source that comes in by this door cannot be used.
        """
        given, found, fault = key.strip().encode(errors="replace"), "", None
        for name, source in self.settings().sources.items():
            if source.kind not in KINDS or KINDS[source.kind].door != door:
                continue
            try:
                found = name if self._is_key(name, given) else found  # all are compared, also after a hit
            except BadSettings as error:
                fault = error
        if not found and fault:
            raise fault
        return found

    def _is_key(self, name: str, given: bytes) -> bool:
        """Is this the key of source `name`: in hexadecimal, in base64 as its file shows it, or its head as a GUID?"""
        expected = [
            text
            for secret in self._key(f"source.{name}")
            for text in (secret.hex().encode(), b64encode(secret), str(uuid.UUID(bytes=secret[:16])).encode())
        ]
        # All are compared, also after a hit.
        return any([hmac.compare_digest(one, given) for one in expected])  # noqa: C419  # a list: each is compared

    def store(self, name: str) -> Store:
        """The Shopify store of this name. Raises `Refused` (404)."""
        store = self._known.get().stores.get(name)
        if store is None:
            advice = "Add it to hemostat.toml under `shopify_stores`, or correct the address."
            raise Refused(404, "unknown_store", "No store of this name.", advice=advice)
        return store

    def signature(self, store: str, body: bytes, signature: str) -> None:
        """Shopify signed `body` with a secret of this store's app. Raises `Refused` (401), or `BadSettings` without a secret."""
        if not webhook_signed(body, signature, self._key(f"shopify.{store}")):
            raise _unsigned("The signature does not fit the body.")

    def webhook_secrets(self, name: str) -> Sequence[bytes]:
        """What the sender of source `name` signs with, newest first: the key `webhook.<name>`. Raises `BadSettings`."""
        return self._key(f"webhook.{name}")

    def _key(self, name: str) -> Sequence[bytes]:
        if name not in self._secrets:
            keyring = self._home.keyring(self.settings())
            self._secrets[name] = Fresh(self._home.path / "keys" / f"{name}.json", lambda: keyring.secrets(name))
        return self._secrets[name].get()


def require_signature(signature: str) -> None:
    """There is a signature, right or wrong: a body without one need not be taken. Raises `Refused` (401)."""
    if not signature:
        raise _unsigned("The signature is missing.")


def _unsigned(reason: str) -> Refused:
    advice = "Check that the app's client secret is the one in the keys, and that nothing on the way changes the body."
    return Refused(401, "bad_signature", reason, advice=advice)
