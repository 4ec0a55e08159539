"""The public keys with which Adobe signs its events: fetched by path from one host, and kept for at most a day.

A caller names the path in a header: he may choose which key of that host counts, and nothing else.
"""

import asyncio
import re
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hemostat.sources.adobe_signature import public_key

from .answers import Refused, try_later

_PATH = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,80}){1,6}\.pem")
_KEEP = 24 * 3600.0
_RENEW = 12 * 3600.0
_AGAIN = 60.0  # seconds for which a key that could not be had is not asked for again
_MOST_BYTES = 16_384
_MOST_A_MINUTE = 20  # keys that were never had: a stranger may name as many as he likes
_TIMEOUT = 4.0
_MOST_KEYS = 64


class PublicKeys:
    """The keys of one host. `seconds` tells the time that passes, of any beginning."""

    def __init__(self, host: str, *, seconds: Callable[[], float]) -> None:
        self._host = host
        self._seconds = seconds
        self._keys: dict[str, tuple[float, RSAPublicKey]] = {}
        self._missing: dict[str, float] = {}
        self._asked: list[float] = []
        self._lock = asyncio.Lock()

    async def get(self, path: str) -> RSAPublicKey:
        """The key at a path of the host. Raises `Refused`: 401 for a path that is none, 503 when it cannot be had now."""
        if not _PATH.fullmatch(path):
            advice = "Only Adobe's own deliveries are taken."
            raise Refused(401, "bad_signature", "The path of the public key is none.", advice=advice)
        known = self._kept(path)
        if known is not None:
            return known
        async with self._lock:  # who came first has fetched it for all
            known = self._kept(path)
            return known if known is not None else await self._fetched(path)

    def _kept(self, path: str) -> RSAPublicKey | None:
        """The key, if it was fetched in the last hours; nearing its day it is fetched again, and serves while that fails."""
        if path not in self._keys:
            return None
        since, key = self._keys[path]
        age = self._seconds() - since
        is_missed = self._seconds() - self._missing.get(path, -_KEEP) < _AGAIN
        return key if age < _RENEW or (age < _KEEP and is_missed) else None

    async def _fetched(self, path: str) -> RSAPublicKey:
        now = self._seconds()
        self._asked = [moment for moment in self._asked if now - moment < _AGAIN]
        if now - self._missing.get(path, -_KEEP) < _AGAIN or (path not in self._keys and len(self._asked) >= _MOST_A_MINUTE):
            raise _unreachable()
        self._asked.append(now)
        key = await self._asked_for(path)
        if key is None:
            self._missing = {name: moment for name, moment in self._missing.items() if now - moment < _AGAIN} | {path: now}
            old = self._kept(path)
            if old is None:
                raise _unreachable()
            return old
        if len(self._keys) >= _MOST_KEYS:
            self._keys.pop(min(self._keys, key=lambda name: self._keys[name][0]))
        self._keys[path] = (now, key)
        return key

    async def _asked_for(self, path: str) -> RSAPublicKey | None:
        """The key that the host has at a path; None when it has none, or does not answer in time."""
        import httpx  # noqa: PLC0415  # only an intake that takes Adobe's events loads a client

        try:
            async with (
                httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client,
                client.stream("GET", self._host + path) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    return None
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        return None
            return public_key(body.decode("ascii"))
        except (httpx.HTTPError, ValueError):
            return None


def _unreachable() -> Refused:
    advice = "Send again later; let the intake reach static.adobeioevents.com by https."
    return try_later("no_public_key", "The public key cannot be had now.", advice=advice, seconds=60)
