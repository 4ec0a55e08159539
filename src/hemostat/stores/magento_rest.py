"""The REST interface of a Magento or Adobe Commerce store, read with an integration's four credentials.

Every call is signed by OAuth 1.0a (RFC 5849) with HMAC-SHA256: from 2.4.4 on an integration's token is no bearer token unless the
store was told so. Contract: https://developer.adobe.com/commerce/webapi/rest/ (routes and ACL of 2.4.6 to 2.4.9).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA256
from oauthlib.oauth1 import Client as Signer

from hemostat.kernel import BadInput, BadSettings, Clock, HemostatError, Keyring, SystemClock, to_micros
from hemostat.sources.mending import UNREADABLE

_ATTEMPTS = 5
_LONGEST_PAUSE = 60.0
_AGAIN = frozenset({429, 500, 502, 503, 504})
_MOST_BYTES = 20_000_000
_MOST_PAGES = 1000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGE = 100
"""Items a page: a store may refuse more than 300, and one without that limit would send everything at once."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Magento shows once when an integration is activated."""

    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the store answered; `again` is its Retry-After."""

    status: int
    again: str
    body: bytes


class StoreRefused(HemostatError):
    """The store did not do what was asked; `status` is what it answered, 0 when it did not answer at all."""

    def __init__(self, message: str, *, advice: str, status: int) -> None:
        super().__init__(message, advice=advice)
        self.status = status


def key_name(store: str) -> str:
    """The key that holds a store's credentials, as one JSON object."""
    return f"magento.{store}"


def credentials_of(keyring: Keyring, store: str) -> Credentials:
    """The credentials of a store. Raises `BadSettings` when there are none, or they are not four texts."""
    try:
        return msgspec.json.decode(keyring.secret(key_name(store)), type=Credentials)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"The key {key_name(store)!r} does not hold the four credentials of an integration.",
            advice="Give consumer_key, consumer_secret, token and token_secret as one JSON object.",
        ) from error


class MagentoClient:
    """Signed calls to one store. `base_url` is that of the site, with https unless it is on this machine.

    Raises `BadSettings` for any other address: the answers tell how the store is guarded.
    """

    def __init__(
        self,
        base_url: str,
        consumer_key: str,
        consumer_secret: str,
        token: str,
        token_secret: str,
        *,
        http: httpx.Client,
        sleep: Callable[[float], None],
        clock: Clock | None = None,
    ) -> None:
        parts = urlsplit(base_url)
        if not parts.hostname or parts.scheme not in {"https", "http"}:
            raise BadSettings("The address of the store is not one.", advice="Write it like https://shop.example.")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise BadSettings("The address of the store is not https.", advice="Write it like https://shop.example.")
        self._base = base_url.rstrip("/")
        self._keys = Credentials(
            consumer_key=consumer_key, consumer_secret=consumer_secret, token=token, token_secret=token_secret
        )
        self._http = http
        self._sleep = sleep
        self._clock = clock or SystemClock()

    @classmethod
    def of(cls, base_url: str, keys: Credentials, *, http: httpx.Client, sleep: Callable[[float], None]) -> "MagentoClient":
        """A client with the credentials of a keyring. Raises `BadSettings` for an address that is none."""
        secrets = (keys.consumer_key, keys.consumer_secret, keys.token, keys.token_secret)
        return cls(base_url, *secrets, http=http, sleep=sleep)

    def get(self, route: str, parameters: Mapping[str, str] | None = None, *, scope: str = "all") -> Any:
        """What `GET /rest/<scope><route>` answers, decoded. `route` begins with `/V1/`.

        What passes by itself (429, 5xx, no connection) is tried five times. Raises `StoreRefused`.
        """
        query = f"?{urlencode(parameters)}" if parameters else ""
        url = f"{self._base}/rest/{scope}{route}{query}"
        for attempt in range(1, _ATTEMPTS + 1):
            answer = self._ask(url)
            if answer is not None and answer.status not in _AGAIN:
                return _decoded(answer, route)
            if attempt < _ATTEMPTS:
                self._sleep(_pause(answer, attempt))
        if answer is None:
            advice = "Look whether the store is up, and whether this machine may reach it."
            raise StoreRefused(f"The store does not answer at {route}.", advice=advice, status=0)
        raise _refusal(answer.status, route)

    def pages(self, route: str, *, size: int = PAGE) -> Iterator[dict[str, Any]]:
        """Every item of a search, page by page; a store that never says how many there are ends with a short page.

        Raises `StoreRefused`, also for an answer that is no search result.
        """
        page, seen = 1, 0
        while True:
            asked = {"searchCriteria[pageSize]": str(size), "searchCriteria[currentPage]": str(page)}
            answer = self.get(route, asked)
            items = answer.get("items") if isinstance(answer, dict) else None
            total = answer.get("total_count", 0) if isinstance(answer, dict) else 0
            if not isinstance(items, list) or not isinstance(total, int):
                raise _not_understood(route, 200)
            yield from (item for item in items if isinstance(item, dict))
            seen += len(items)
            # Beyond the last page Magento repeats the last one for ever.
            if len(items) < size or seen >= total:
                return
            page += 1
            if page > _MOST_PAGES:
                raise _not_understood(route, 200)

    def _ask(self, url: str) -> _Answer | None:
        """One signed call; None when no answer came. Each attempt has a nonce of its own: the store refuses one it has seen."""
        stamp = str(to_micros(self._clock.now()) // 1_000_000)
        signer = Signer(
            self._keys.consumer_key,
            client_secret=self._keys.consumer_secret,
            resource_owner_key=self._keys.token,
            resource_owner_secret=self._keys.token_secret,
            signature_method=SIGNATURE_HMAC_SHA256,
            timestamp=stamp,
        )
        _, headers, _ = signer.sign(url, http_method="GET")
        sent = {**headers, "accept": "application/json"}
        try:
            with self._http.stream("GET", url, headers=sent, follow_redirects=False) as answer:
                return _Answer(status=answer.status_code, again=answer.headers.get("retry-after", ""), body=_read(answer))
        except (httpx.TransportError, httpx.DecodingError):
            return None


def _read(answer: httpx.Response) -> bytes:
    """The body, of which no more is read than we can use. Raises `BadInput` when it is longer."""
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise BadInput("An answer of the store is too large.", advice="Ask for fewer items a page.")
        parts.append(part)
    return b"".join(parts)


def _pause(answer: _Answer | None, attempt: int) -> float:
    """Seconds to wait: what the store asks for, else twice as long each time."""
    asked = answer.again if answer is not None else ""
    return min(float(asked) if asked.isascii() and asked.isdigit() else 2.0 ** (attempt - 1), _LONGEST_PAUSE)


def _decoded(answer: _Answer, route: str) -> Any:
    if answer.status != httpx.codes.OK:
        raise _refusal(answer.status, route)
    try:
        return msgspec.json.decode(answer.body)
    except UNREADABLE as error:
        raise _not_understood(route, answer.status) from error


def _not_understood(route: str, status: int) -> StoreRefused:
    advice = "Look whether the address is that of the store, and not of a page in front of it."
    return StoreRefused(f"The answer at {route} is not what the store's interface says.", advice=advice, status=status)


def _refusal(status: int, route: str) -> StoreRefused:
    """The store's answer in words; its own text is left out, since it may repeat credentials."""
    advice = {
        400: "Check the clock of this machine: the store takes no request from ten minutes ahead.",
        401: "Check the four credentials, and whether the integration is active and its resources are ticked.",
        403: "Tick the resource for the integration under System > Integrations, and authorize it again.",
        404: "This version or edition of the store has no such route, or the address is not that of the store.",
        429: "The store, or what stands before it, limits how often it is asked; it is asked again later.",
        503: "The store is in maintenance, or too busy; it is asked again later. `bin/magento maintenance:status` says which.",
    }.get(status, "Try again later; the store's own log says more.")
    return StoreRefused(f"The store answered {status} at {route}.", advice=advice, status=status)
