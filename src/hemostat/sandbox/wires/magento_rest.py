"""A twin of a Magento store's REST interface: it refuses what Magento's OAuth refuses, and knows the routes of a snapshot.

Checked are the version, the signature method, the time (at most ten minutes ahead), the nonce (once for each consumer), consumer
and token, and the signature over method, address and parameters. A time long past is let in, as by Magento's own code: only the
nonce stands against a replay. A resource that is not ticked is answered 401, as are credentials that nobody knows: so the error
processor of Magento's web API has it.
"""

import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import msgspec

from hemostat.kernel import to_micros
from hemostat.stores.magento_rest import Credentials

from .loopback import Asked, Said

_AHEAD = 600
_PART = re.compile(r'\s*([A-Za-z_]+)="([^"]*)"\s*')
_MOST_PAGE = 300

Refusal = tuple[int, str]


class Store(msgspec.Struct, kw_only=True):
    """What the twin holds. limited: is the largest page of 300 enforced? missing: routes that this edition does not have.

    denied: routes that the integration may not read. faults: statuses that the next calls get, before anything is looked at.
    maintenance: is the store in maintenance? Then everybody gets its page, in HTML.
    """

    modules: list[str] = []
    views: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    webhooks: list[dict[str, Any]] = []
    subscriptions: list[dict[str, Any]] = []
    limited: bool = False
    missing: list[str] = []
    denied: list[str] = []
    faults: list[int] = []
    maintenance: bool = False


class MagentoRest:
    """Answers signed GET requests for `/rest/<store>/V1/...`."""

    def __init__(self, store: Store, credentials: Credentials) -> None:
        self.store = store
        self.calls: list[str] = []
        self._keys = credentials
        self._nonces: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        """What the store says to one request."""
        self.calls.append(asked.target)
        if self.store.maintenance:
            return Said(status=503, body=b"<html><h1>Service Temporarily Unavailable</h1></html>", content_type="text/html")
        if self.store.faults:
            return _said(self.store.faults.pop(0), "Please try again later.")
        refusal = self._refusal(asked)
        if refusal is not None:
            return _said(*refusal)
        path, _, query = asked.target.partition("?")
        found = re.fullmatch(r"/rest/[a-z0-9_]+(/V1/.+)", path)
        route = found[1] if found else ""
        if route in self.store.denied:
            return _said(401, "The consumer isn't authorized to access %resources.")
        answer = self._answer(route, dict(parse_qsl(query, keep_blank_values=True)))
        return _said(404, "Request does not match any route.") if answer is None else answer

    def _refusal(self, asked: Asked) -> Refusal | None:
        """Why the signature of a request does not count; None when it does."""
        scheme, _, rest = asked.headers.get("authorization", "").partition(" ")
        if scheme != "OAuth":
            return 401, "The consumer isn't authorized to access %resources."
        given = {name: unquote(value) for name, value in _PART.findall(rest)}
        checks: tuple[tuple[bool, int, str], ...] = (
            (given.get("oauth_version", "1.0") == "1.0", 400, "The OAuth version is not supported."),
            (given.get("oauth_signature_method") == "HMAC-SHA256", 400, "Signature method is not supported."),
            (
                given.get("oauth_consumer_key") == self._keys.consumer_key,
                401,
                "A consumer having the specified key does not exist",
            ),
            (given.get("oauth_token") == self._keys.token, 401, "Specified token does not exist"),
            (_in_time(given.get("oauth_timestamp", "")), 400, "Incorrect timestamp value in the oauth_timestamp parameter"),
            (self._is_new(given.get("oauth_nonce", "")), 401, "The nonce is already being used by the consumer."),
            (given.get("oauth_signature") == self._signature(asked, given), 401, "The signature is invalid."),
        )
        return next(((status, reason) for right, status, reason in checks if not right), None)

    def _is_new(self, nonce: str) -> bool:
        new = bool(nonce) and nonce not in self._nonces
        self._nonces.add(nonce)
        return new

    def _signature(self, asked: Asked, given: dict[str, str]) -> str:
        """The signature that the request must have: RFC 5849, section 3.4, with SHA-256 in place of SHA-1."""
        path, _, text = asked.target.partition("?")
        pairs = [(name, value) for name, value in given.items() if name not in {"oauth_signature", "realm"}]
        escaped = sorted((_escaped(name), _escaped(value)) for name, value in [*parse_qsl(text, keep_blank_values=True), *pairs])
        parameters = "&".join(f"{name}={value}" for name, value in escaped)
        address = f"http://{asked.headers['host']}{path}"
        signed = "&".join(map(_escaped, (asked.method, address, parameters)))
        key = f"{_escaped(self._keys.consumer_secret)}&{_escaped(self._keys.token_secret)}"
        return b64encode(hmac.digest(key.encode(), signed.encode(), "sha256")).decode()

    def _answer(self, route: str, query: dict[str, str]) -> Said | None:
        if route in self.store.missing:
            return None
        plain: dict[str, Any] = {
            "/V1/modules": self.store.modules,
            "/V1/store/storeConfigs": self.store.views,
            "/V1/webhooks/list": self.store.webhooks,
            "/V1/eventing/getEventSubscriptions": self.store.subscriptions,
        }
        if route in plain:
            return Said(body=msgspec.json.encode(plain[route]))
        searches = {"/V1/cmsBlock/search": self.store.blocks, "/V1/cmsPage/search": self.store.pages}
        return self._page(searches[route], query) if route in searches else None

    def _page(self, items: list[dict[str, Any]], query: dict[str, str]) -> Said:
        """One page of a search; beyond the last page comes the last one again, as in Magento."""
        if not any(name.startswith("searchCriteria") for name in query):
            return _said(400, '"%fieldName" is required. Enter and try again.')
        size = int(query.get("searchCriteria[pageSize]", "0")) or len(items) or 1
        if self.store.limited and size > _MOST_PAGE:
            return _said(400, "Maximum SearchCriteria pageSize is %max")
        last = max(1, -(-len(items) // size))
        page = min(max(1, int(query.get("searchCriteria[currentPage]", "1"))), last)
        part = items[(page - 1) * size : page * size]
        return Said(body=msgspec.json.encode({"items": part, "search_criteria": {}, "total_count": len(items)}))


def _in_time(stamp: str) -> bool:
    return stamp.isdecimal() and 0 < int(stamp) <= to_micros(datetime.now(UTC)) // 1_000_000 + _AHEAD


def _escaped(text: str) -> str:
    """RFC 5849, section 3.6."""
    return quote(text, safe="~")


def _said(status: int, message: str) -> Said:
    return Said(status=status, body=msgspec.json.encode({"message": message}))
