"""What a Magento or Adobe Commerce store is configured to be: by REST what REST shows, from the database what only it holds.

Magento has no REST route that lists integrations, admin users, roles, tokens or settings: they come from the read-only account
of the database, or are named as unseen, with that reason.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hemostat.phi import Pseudonyms

from .magento_database import Database, Unreachable
from .magento_rest import Credentials, MagentoClient, StoreRefused, credentials_of, key_name
from .snapshot import Fact, Item, Snapshot, Unseen

__all__ = [
    "RESOURCES",
    "Credentials",
    "MagentoClient",
    "Resource",
    "StoreRefused",
    "credentials_of",
    "key_name",
    "snapshot_take",
]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One box to tick for the integration under Resource Access: its name in the code, and why Hemostat asks for it."""

    acl: str
    reason: str


RESOURCES: tuple[Resource, ...] = (
    Resource(acl="Magento_Backend::store", reason="Names of the store views and the addresses that they answer at."),
    Resource(acl="Magento_Backend::admin", reason="The list of modules: code of others runs in each of them."),
    Resource(acl="Magento_Cms::block", reason="Hashes of the blocks: where scripts that skim payment pages are put."),
    Resource(acl="Magento_Cms::page", reason="Hashes of the pages, for the same reason."),
    Resource(
        acl="Magento_AdobeCommerceWebhooks::webhooks_list",
        reason="Adobe Commerce 2.4.8 on: to which hosts the store sends data while it works.",
    ),
    Resource(
        acl="Magento_AdobeCommerceEventsClient::event_subscriptions",
        reason="Adobe Commerce: which events, with which fields, the store tells to Adobe I/O.",
    ),
)
"""The least that a snapshot needs: nothing that reads a customer or an order, and nothing that writes."""

_NO_ROUTE = (
    ("integration", "Magento has no REST route that lists integrations; they are read from the database."),
    ("token", "Magento has no REST route that lists tokens; they are read from the database."),
    ("staff", "Magento has no REST route that lists admin users; they are read from the database."),
    ("role", "Magento has no REST route that lists roles; they are read from the database."),
    ("setting", "Magento has no REST route that lists settings; they are read from the database."),
)
_EXTRAS = "This edition or version of the store has no such route, or its module is off."
_DENIED = "The integration may not read it: its resource is not ticked, or was not authorized again."
_SCRIPT_SOURCE = re.compile(r"""<(?:script|iframe|img|link)\b[^>]{0,2000}?\b(?:src|href)\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_ACTIVE_CODE = re.compile(r"<script\b|\beval\s*\(|\batob\s*\(|\bWebSocket\b|\bfromCharCode\b", re.IGNORECASE)

Part = Callable[[], Iterator[Item]]


def snapshot_take(
    client: MagentoClient, *, store: str, pseudonyms: Pseudonyms, now: datetime, database: Database | None = None
) -> Snapshot:
    """The store's configuration at `now`; what could not be read is named as unseen, with its reason.

    database: the read-only account, for what REST does not show; None when there is none. Staff are pseudonyms, as in events.
    Raises `StoreRefused` when the store does not answer, or does not know the credentials: then nothing could be seen at all.
    """
    items: list[Item] = []
    unseen: list[Unseen] = []
    parts: tuple[tuple[str, Part], ...] = (
        ("module", lambda: _modules(client)),
        ("host", lambda: _hosts(client)),
        ("content", lambda: _contents(client)),
        ("webhook", lambda: _webhooks(client)),
        ("subscription", lambda: _subscriptions(client)),
    )
    for kind, read in parts:
        try:
            items += list(read())
        except StoreRefused as error:
            if error.status not in {403, 404}:
                raise
            unseen.append(Unseen(kind=kind, reason=_EXTRAS if error.status == 404 else _DENIED))  # noqa: PLR2004  # not found
    if database is None:
        unseen += [Unseen(kind=kind, reason=reason) for kind, reason in _NO_ROUTE]
    else:
        _from_tables(database, pseudonyms, items, unseen)
    ordered = tuple(sorted(items, key=lambda item: (item.kind, item.id)))
    return Snapshot(store=store, platform="magento", taken_at=now, items=ordered, unseen=tuple(unseen))
