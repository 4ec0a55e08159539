"""How an app shows a store who it is: with a token that never changes, or with its id and secret, which give one for a day.

Contract: https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant (RFC 6749, section 4.4). Since
January 2026 new apps are made in the Dev Dashboard and have no lasting token; only apps and stores of one organization may ask
so. The words of a refusal are those that libraries for Shopify know; no store was asked.
"""

import time
from collections.abc import Callable

import httpx
import msgspec

from hemostat.kernel import HemostatError
from hemostat.sources.mending import UNREADABLE

from .shopify_errors import ShopifyDown, ShopifyRefused

_EARLY = 600.0  # seconds before its end that a token is no longer used
_MOST = 65_536  # bytes of an answer
_REASONS = {
    "app_not_installed": ("The app is not installed on the store.", "Install it: Dev Dashboard > the app > Home > Install app."),
    "shop_not_permitted": (
        "The store is not of the organization that owns the app.",
        "Make the app in the Dev Dashboard of the organization that owns the store.",
    ),
    "application_cannot_be_found": ("There is no app with this client id.", "Copy it again: Dev Dashboard > the app > Settings."),
}
_WRONG = ("The store does not take client id and secret.", "Copy both again: Dev Dashboard > the app > Settings.")


class _Granted(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    expires_in: float = 86_400.0


class _Refusal(msgspec.Struct, frozen=True, kw_only=True):
    error: str = ""


class Lasting:
    """A token that the store showed once, when the app was made."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """The token."""
        return self._token

    def renew(self) -> bool:
        """Is there another one? There is none."""
        return False


class Grant:
    """A client id and its secret. A token is asked for when it is first needed, and again before it ends."""

    def __init__(
        self, base: str, client_id: str, secret: str, *, http: httpx.Client, tick: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing was asked yet. `base` is the address of the store; `tick` tells seconds that only go up."""
        self._url = f"{base}/admin/oauth/access_token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._http = http
        self._tick = tick
        self._token = ""
        self._ends = 0.0

    def token(self) -> str:
        """A token that holds for some minutes at least. Raises `ShopifyRefused`, `ShopifyDown`."""
        if not self._token or self._tick() >= self._ends:
            self._ask()
        return self._token

    def renew(self) -> bool:
        """The next token is a new one."""
        self._token = ""
        return True

    def _ask(self) -> None:
        try:
            answer = self._http.post(self._url, data=self._form, headers={"accept": "application/json"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Only the kind of the fault: its text may hold what was sent.
            reason = f"The store does not answer: {type(error).__name__}."
            raise ShopifyDown(reason, advice="Check the domain and the network.") from None
        if answer.status_code != httpx.codes.OK:
            raise _refusal(answer)
        try:
            granted = msgspec.json.decode(answer.content[:_MOST], type=_Granted)
        except UNREADABLE:
            raise ShopifyDown("The store answered without a token.", advice="Check the domain.") from None
        self._token = granted.access_token
        self._ends = self._tick() + max(granted.expires_in - _EARLY, 0.0)


def _refusal(answer: httpx.Response) -> HemostatError:
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return ShopifyDown(f"The store answered {answer.status_code}.", advice="Try again later.")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return ShopifyRefused("There is no such store.", advice="Check the domain, like name.myshopify.com.")
    try:
        word = msgspec.json.decode(answer.content[:_MOST], type=_Refusal).error
    except UNREADABLE:
        word = ""
    reason, advice = _REASONS.get(word, _WRONG)
    return ShopifyRefused(reason, advice=advice)
