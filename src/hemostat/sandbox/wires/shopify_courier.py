"""A twin of Shopify's delivery of webhooks: signed, with five seconds of patience and eight tries more; then nothing comes again.

Contract: https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks. The pauses between tries are exponential over
four hours; their exact lengths are not published.
"""

import time
from collections.abc import Callable
from datetime import datetime

import httpx
import msgspec

from hemostat.kernel import iso
from hemostat.sandbox.signing import webhook_signature
from hemostat.sources.shopify import API_VERSION

RETRIES = 8
PAUSES = tuple(14_400.0 * 2**number / (2**RETRIES - 1) for number in range(RETRIES))
"""Seconds before each further try; together four hours."""

_PATIENCE = httpx.Timeout(5.0, connect=1.0)
_OK, _REDIRECTS = 200, 300


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook for one subscription. `id` is the same in each try; `event` is shared by all subscriptions that were told."""

    id: str
    event: str
    topic: str
    body: bytes
    at: datetime
    version: str = API_VERSION


class Courier:
    """Delivers to one address. `lost` hears of a topic whose delivery failed for good: its subscription is deleted."""

    def __init__(
        self,
        uri: str,
        *,
        shop: str,
        secret: bytes,
        lost: Callable[[str], None],
        family: str = "x-shopify-",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._uri = uri
        self._shop = shop
        self._secret = secret
        self._lost = lost
        self._family = family
        self._sleep = sleep
        self._http = httpx.Client(timeout=_PATIENCE, follow_redirects=False)

    def deliver(self, delivery: Delivery) -> list[int]:
        """The statuses that were answered, try after try; 0 stands for no answer in time. After the last `lost` has heard."""
        statuses: list[int] = []
        for pause in (0.0, *PAUSES):
            if pause:
                self._sleep(pause)
            statuses.append(self._try(delivery))
            if _OK <= statuses[-1] < _REDIRECTS:
                return statuses
        self._lost(delivery.topic)
        return statuses

    def close(self) -> None:
        """The connections are closed."""
        self._http.close()

    def _try(self, delivery: Delivery) -> int:
        facts = {
            "topic": delivery.topic,
            "hmac-sha256": webhook_signature(delivery.body, self._secret),
            "shop-domain": self._shop,
            "api-version": delivery.version,
            "webhook-id": delivery.id,
            "event-id": delivery.event,
            "triggered-at": iso(delivery.at),
        }
        headers = {"content-type": "application/json", **{self._family + name: value for name, value in facts.items()}}
        try:
            return self._http.post(self._uri, content=delivery.body, headers=headers).status_code
        except httpx.HTTPError:
            return 0
