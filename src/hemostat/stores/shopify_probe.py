"""Is the connection to a store as it must be? Each question with its answer, in words for whoever sets it up."""

from collections.abc import Collection, Iterator
from typing import Any

from . import shopify_documents as ask
from .checks import Check
from .shopify_admin import ShopifyClient
from .shopify_errors import ShopifyRefused
from .shopify_scopes import SCOPES


def probe(client: ShopifyClient, *, needed: Collection[str] = ()) -> list[Check]:
    """What was found. Scopes that are not `needed` are not missed; without any, all of ours are needed.

    Raises `ShopifyDown` when the store does not answer; a refused token is a check that failed.
    """
    try:
        shop: Any = client.ask(ask.SHOP).get("shop") or {}
        installation: Any = client.ask(ask.INSTALLATION).get("currentAppInstallation") or {}
    except ShopifyRefused as error:
        return [Check(title="The store lets us in", good=False, reason=f"{error} {error.advice()}", must=True)]
    named = str(shop.get("myshopifyDomain", ""))
    granted = {str(scope.get("handle")) for scope in installation.get("accessScopes") or []}
    return [
        Check(title="The store lets us in", good=True, must=True),
        Check(
            title=f"The token is for {client.domain}",
            good=named == client.domain,
            reason="" if named == client.domain else f"It is for {named}.",
            must=True,
        ),
        Check(
            title=f"The store answers with version {client.version}",
            good=not client.drifted,
            reason=f"It answers with {client.served}: the pinned version was retired." if client.drifted else "",
        ),
        *_missing(granted, needed),
        *_too_many(granted),
    ]


def _missing(granted: Collection[str], needed: Collection[str]) -> Iterator[Check]:
    for scope in SCOPES:
        if not needed or scope.handle in needed:
            good = scope.handle in granted or _writing(scope.handle) in granted
            optional = " (can be left out)" if scope.optional else ""
            yield Check(title=f"Scope {scope.handle}{optional}", good=good, reason=scope.reason)


def _too_many(granted: Collection[str]) -> Iterator[Check]:
    """Scopes that the app has and that nothing of ours needs: whoever steals its secret may use them."""
    ours = {scope.handle for scope in SCOPES}
    for handle in sorted(set(granted) - ours):
        enough = handle.replace("write_", "read_", 1)
        reason = f"{enough} is enough: we only read." if enough in ours else "We never use it."
        yield Check(title=f"Scope {handle} is too much", good=False, reason=f"{reason} Whoever steals the secret could.")


def _writing(handle: str) -> str:
    return handle.replace("read_", "write_", 1)
