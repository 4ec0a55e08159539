"""The Admin GraphQL interface of Shopify over HTTPS: pinned version, waits reckoned from what each answer says of the bucket.

Contract: https://shopify.dev/docs/api/admin-graphql and https://shopify.dev/docs/api/usage/limits. The size and the pace of the
bucket depend on the plan and change over the years: both are read from `extensions.cost.throttleStatus`, never assumed.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import msgspec

from hemostat.kernel import BadInput
from hemostat.sources.mending import UNREADABLE
from hemostat.sources.shopify import API_VERSION

from .shopify_errors import ShopifyDenied, ShopifyDown, ShopifyRefused
from .shopify_grant import Grant, Lasting

_HOST = re.compile(r"[a-z0-9][a-z0-9-]{0,62}(\.[a-z0-9-]{1,63}){1,4}")
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")
_PATIENCE = httpx.Timeout(30.0, connect=10.0)  # seconds
_MOST_ANSWER = 32_000_000  # bytes; the largest page that we ask for has less than one million
_TRIES = 6
_LONGEST_WAIT = 60.0  # seconds
_LEAST_WAIT = 0.2
_MOST_PAGES = 2_000
_MOST_TEXT = 240
_AGAIN = frozenset({429, 500, 502, 503, 504})
_UNAUTHORIZED = 401
_STATUS = {
    401: ("The store refuses the access token.", "Make a new token for the app, and store it under the feed's key."),
    402: ("The store is frozen for want of payment.", "The owner settles the bill; nothing can be read until then."),
    403: ("The store refuses the app.", "Check in the admin that the app is installed and not suspended."),
    404: ("There is no such store, or no such version of its interface.", "Check the domain, like name.myshopify.com."),
    423: ("The store is locked.", "Ask Shopify Support; nothing can be read until it is open."),
}


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """What Shopify said of the rate limit last: points it holds, points it has now, points that flow in each second."""

    most: float
    now: float
    flow: float

    def wait(self, cost: float) -> float:
        """Seconds until a question of this cost fits in; one that never fits waits until the bucket is full."""
        missing = min(cost, self.most) - self.now
        return min(missing / self.flow, _LONGEST_WAIT) if missing > 0 and self.flow > 0 else 0.0

    def after(self, seconds: float) -> "Bucket":
        """The bucket that long afterwards, when nobody asked."""
        return msgspec.structs.replace(self, now=min(self.most, self.now + seconds * self.flow))


class ShopifyClient:
    """One store, asked by one app. Whoever makes it closes it.

    served: the version that answered last; "" before the first answer. Shopify answers with a later one, and says so in a header
        only, when it has retired the pinned one.
    """

    def __init__(
        self,
        domain: str,
        token: str,
        *,
        client_id: str = "",
        version: str = API_VERSION,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        address: str = "",
    ) -> None:
        """Nothing was asked yet. With a `client_id` the `token` is the app's client secret, for which the store gives tokens.

        `address` is that of a twin on this machine. Raises `BadInput` for what is no store's domain.
        """
        if not _HOST.fullmatch(domain) or not _VERSION.fullmatch(version) or (address and not _LOOPBACK.fullmatch(address)):
            raise BadInput(
                f"Not a store's domain, a version, or a twin's address: {domain[:80]!r}, {version[:20]!r}, {address[:80]!r}.",
                advice="Write the domain like name.myshopify.com, and the version like 2026-10.",
            )
        self.domain = domain
        self.version = version
        self.served = ""
        self.bucket: Bucket | None = None
        base = address or f"https://{domain}"
        self._url = f"{base}/admin/api/{version}/graphql.json"
        self._http = http or httpx.Client(timeout=_PATIENCE, follow_redirects=False)
        self._key = Grant(base, client_id, token, http=self._http) if client_id else Lasting(token)
        self._sleep = sleep
        self._costs: dict[str, float] = {}

    @property
    def drifted(self) -> bool:
        """Does Shopify answer with another version than the pinned one?"""
        return self.served not in ("", self.version)

    def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of the answer. Waits when the bucket has too few points.

        Raises `ShopifyDenied` when the token may not read it, `ShopifyRefused` for other refusals, `ShopifyDown` when the store
        gives no answer after some tries.
        """
        body = msgspec.json.encode({"query": document, "variables": dict(variables or {})})
        for attempt in range(_TRIES):
            if self.bucket:
                self._pause(self.bucket.wait(self._costs.get(document, 0.0)))
            status, headers, content = self._post(body)
            if status in _AGAIN:
                self._pause(_retry_after(headers, attempt))
                continue
            if status == _UNAUTHORIZED and attempt == 0 and self._key.renew():
                continue  # a token ends early when the secret was rotated or the app installed again
            answer = self._answer(status, content)
            self._learn(document, answer)
            errors = _errors(answer)
            if not errors:
                return _mapping(answer.get("data"))
            if _codes(errors) != {"THROTTLED"}:
                raise _refusal(self.domain, errors)
            self._pause(max(_LEAST_WAIT, self.bucket.wait(self._costs[document]) if self.bucket else 2.0**attempt))
        raise ShopifyDown(f"The store {self.domain} had no room for us in {_TRIES} tries.", advice="It is asked again later.")

    def change(self, document: str, variables: Mapping[str, Any], *, root: str) -> dict[str, Any]:
        """What a mutation called `root` answered. Raises `ShopifyRefused` with the first of its `userErrors`, and as `ask`."""
        payload = _mapping(self.ask(document, variables).get(root))
        errors = payload.get("userErrors")
        if errors:
            first = _mapping(errors[0])
            field = ".".join(str(part) for part in first.get("field") or [])
            text = f"The store {self.domain} refused {root} for {field or 'no named field'}: {_plain(first.get('message'))}"
            raise ShopifyRefused(text, advice="Correct what it names.")
        return payload

    def pages(
        self, document: str, path: str, variables: Mapping[str, Any] | None = None, *, most: int = _MOST_PAGES
    ) -> Iterator[dict[str, Any]]:
        """All nodes of the connection at `path`, page after page; the document takes `$after`.

        Raises as `ask`, and `ShopifyRefused` when there are more than `most` pages.
        """
        after: str | None = None
        for _ in range(most):
            found: Any = self.ask(document, {**(variables or {}), "after": after})
            for name in path.split("."):
                found = _mapping(found).get(name)
            connection = _mapping(found)
            yield from (_mapping(node) for node in connection.get("nodes") or [])
            info = _mapping(connection.get("pageInfo"))
            after, last = info.get("endCursor"), after
            if not info.get("hasNextPage") or not after or after == last:
                return
        raise ShopifyRefused(f"{path} of {self.domain} does not end after {most} pages.", advice="Ask for less.")

    def close(self) -> None:
        """The connections are closed."""
        self._http.close()

    def _post(self, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        headers = {"content-type": "application/json", "accept": "application/json", "x-shopify-access-token": self._key.token()}
        try:
            with self._http.stream("POST", self._url, content=body, headers=headers) as response:
                content = bytearray()
                for part in response.iter_bytes():
                    content += part
                    if len(content) > _MOST_ANSWER:
                        raise ShopifyRefused(f"The answer of {self.domain} is too large.", advice="Ask for smaller pages.")
                self.served = response.headers.get("x-shopify-api-version", self.served)[:20]
                return response.status_code, response.headers, bytes(content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Only the kind of the fault: its text may hold what was sent.
            raise ShopifyDown(
                f"The store {self.domain} does not answer: {type(error).__name__}.", advice="It is asked again later."
            ) from None

    def _answer(self, status: int, content: bytes) -> dict[str, Any]:
        if status in _STATUS:
            text, advice = _STATUS[status]
            raise ShopifyRefused(f"{self.domain}: {text}", advice=advice)
        try:
            answer = msgspec.json.decode(content)
        except UNREADABLE:
            answer = None
        if not isinstance(answer, dict):
            raise ShopifyDown(f"The store {self.domain} answered {status} without JSON.", advice="It is asked again later.")
        return answer

    def _learn(self, document: str, answer: dict[str, Any]) -> None:
        """The bucket is as the answer says, and so is the price of the document."""
        cost = _mapping(_mapping(answer.get("extensions")).get("cost"))
        status = _mapping(cost.get("throttleStatus"))
        figures = [status.get(name) for name in ("maximumAvailable", "currentlyAvailable", "restoreRate")]
        if all(isinstance(figure, int | float) for figure in figures):
            most, now, flow = figures
            self.bucket = Bucket(most=most, now=now, flow=flow)  # type: ignore[arg-type]  # numbers, as was just asked
        price = cost.get("requestedQueryCost")
        self._costs[document] = float(price) if isinstance(price, int | float) else 0.0

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)
            if self.bucket:
                self.bucket = self.bucket.after(seconds)


def _retry_after(headers: httpx.Headers, attempt: int) -> float:
    """Seconds that the store asks us to wait, else more with each try."""
    told = headers.get("retry-after", "")
    return min(float(told) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", told) else 2.0**attempt, _LONGEST_WAIT)


def _errors(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of an answer; old parts of the platform write one text instead of a list."""
    errors = answer.get("errors")
    if isinstance(errors, list):
        return [_mapping(error) for error in errors]
    return [{"message": errors}] if errors else []


def _codes(errors: list[dict[str, Any]]) -> set[str]:
    return {str(_mapping(error.get("extensions")).get("code", "")) for error in errors}


def _refusal(domain: str, errors: list[dict[str, Any]]) -> ShopifyRefused:
    denied = next((error for error in errors if _codes([error]) == {"ACCESS_DENIED"}), None)
    if denied:
        return ShopifyDenied(_plain(denied.get("message")), advice="Grant the scope, or leave it: the map shows it as not seen.")
    code = ", ".join(sorted(_codes(errors) - {""})) or "no code"
    text = f"The store {domain} refused the question ({code}): {_plain(errors[0].get('message'))}"
    return ShopifyRefused(text, advice="Compare the pinned version with those that Shopify still serves.")


def _plain(text: object) -> str:
    """The platform's words, cut, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:_MOST_TEXT]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
