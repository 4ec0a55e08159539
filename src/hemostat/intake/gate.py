"""Who may send: the sources and stores of the settings, and their keys, as they are on disk now."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from hemostat.kernel import Home, Settings, Source
from hemostat.sources import KINDS, shopify_source_name
from hemostat.sources.shopify_signature import webhook_signed

from .answers import Refused

T = TypeVar("T")


class Fresh(Generic[T]):
    """What a file says, read again only when the file has changed."""

    def __init__(self, path: Path, read: Callable[[], T]) -> None:
        self._path = path
        self._read = read
        self._seen: tuple[int, int, int] | None = None
        self._value: T

    def get(self) -> T:
        """What the file says now. Raises what reading it raises."""
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        except FileNotFoundError:
            seen = None
        if seen is None or seen != self._seen:
            self._value = self._read()
            self._seen = seen
        return self._value


class Gate:
    """The senders that a home knows. A changed source, key or secret counts from the next request on."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._settings = Fresh(home.settings_file, home.settings)
        self._secrets: dict[str, Fresh[Sequence[bytes]]] = {}

    def settings(self) -> Settings:
        """The settings as they are now. Raises `BadSettings`."""
        return self._settings.get()

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
        # In hexadecimal, or in base64 as the key's file shows it. All are compared, also after a hit.
        expected = [text for secret in self._key(f"source.{name}") for text in (secret.hex().encode(), b64encode(secret))]
        same = [hmac.compare_digest(one, key) for one in expected]
        if scheme.lower() != "bearer" or not any(same):
            reason = "The bearer key is not the one of this source." if authorization else "The bearer key is missing."
            advice = f"Send `Authorization: Bearer KEY`; `hemostat key show source.{name}` prints KEY."
            raise Refused(401, "unauthorized", reason, advice=advice, headers={"www-authenticate": "Bearer"})

    def store(self, store: str) -> str:
        """The source name under which the webhooks of `store` go. Raises `Refused` (404)."""
        if store not in self.settings().shopify_stores:
            advice = "Add it to hemostat.toml under `shopify_stores`, or correct the address."
            raise Refused(404, "unknown_store", "No store of this name.", advice=advice)
        return shopify_source_name(self.settings(), store)

    def signature(self, store: str, body: bytes, signature: str) -> None:
        """Shopify signed `body` with a secret of this store's app. Raises `Refused` (401), or `BadSettings` without a secret."""
        if not webhook_signed(body, signature, self._key(f"shopify.{store}")):
            raise _unsigned("The signature does not fit the body.")

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
