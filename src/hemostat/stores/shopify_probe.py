"""Is the connection to a store as it must be? Each question with its answer, in words for whoever sets it up."""

from typing import Any

import msgspec

from . import shopify_documents as ask
from .shopify_admin import ShopifyClient, ShopifyRefused
from .shopify_scopes import SCOPES


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: is it well, and what follows if it is not. `must`: nothing works without it."""

    title: str
    good: bool
    reason: str = ""
    must: bool = False


def probe(client: ShopifyClient) -> list[Check]:
    """What was found. Raises `ShopifyDown` when the store does not answer; a refused token is a check that failed."""
    try:
        shop: Any = client.ask(ask.SHOP).get("shop") or {}
        installation: Any = client.ask(ask.INSTALLATION).get("currentAppInstallation") or {}
    except ShopifyRefused as error:
        return [Check(title="The store takes the access token", good=False, reason=f"{error} {error.advice()}", must=True)]
    named = str(shop.get("myshopifyDomain", ""))
    granted = {scope.get("handle") for scope in installation.get("accessScopes") or []}
    return [
        Check(title="The store takes the access token", good=True, must=True),
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
        *(
            Check(
                title=f"Scope {scope.handle}",
                good=scope.handle in granted or scope.handle.replace("read_", "write_", 1) in granted,
                reason=scope.reason,
            )
            for scope in SCOPES
        ),
    ]
