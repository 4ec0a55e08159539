"""Stores as checks of posture meet them: a Shopify store from its twin, a Magento store item by item, and ways to break each."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hemostat.kernel import Intake, Posture, Settings, Source
from hemostat.phi import Pseudonyms
from hemostat.readiness.posture.configured import Look
from hemostat.sandbox.wires.shopify_admin import Shop
from hemostat.stores.magento_files import files_read
from hemostat.stores.shopify import snapshot_take
from hemostat.stores.snapshot import Item, Snapshot, Unseen
from unit.stores.magento_tree import planted, write
from unit.stores.shop_twin import ALL, client, close_clients, serving, shop, twin

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
KNOWN_HOOK = "https://in.fernhollow.example/in/shopify/fern"
SETTINGS = Settings(
    intake=Intake(public="https://in.fernhollow.example"),
    shopify_stores={"fern": "fern.myshopify.example"},
    magento_stores={"oak": "https://oak.example"},
    sources={
        "fern": Source(kind="shopify", store="fern"),
        "ask": Source(kind="shopify-admin", store="fern"),
        "oak": Source(kind="magento-rest", store="oak"),
    },
    posture=Posture(hosts=["partner.example"], staging=["fern"]),
)
Break = Callable[[Shop], None]


def sound(store: Shop) -> None:
    """Nothing of the store is a fault."""
    store.scopes = set(ALL) - {"read_audit_events"}
    store.locked = True
    store.tokens[0] |= {
        "createdAt": "2026-11-01T00:00:00Z",
        "accessScopes": [{"handle": "unauthenticated_read_product_listings"}],
    }
    store.fields["CUSTOMER"][0]["access"] |= {"storefront": "NONE", "customerAccount": "NONE"}
    store.scripts[0]["src"] = "https://cdn.partner.example/a.js"
    hook(store, KNOWN_HOOK)


def hook(store: Shop, uri: str) -> None:
    """The app has one subscription, to this address."""
    store.subscriptions[:] = [
        {
            "id": "gid://shopify/WebhookSubscription/1", "topic": "ORDERS_CREATE", "uri": uri, "includeFields": ["id"],
            "filter": None, "format": "JSON", "name": None, "apiVersion": {"handle": "2026-10"},
        }
    ]  # fmt: skip


def shopify(broken: Break) -> Snapshot:
    """What is read of a sound store after somebody broke something."""
    store = shop()
    sound(store)
    broken(store)
    try:
        with serving(twin(store, most=10_000.0, flow=10_000.0)) as address:
            return snapshot_take(client(address), store="fern", pseudonyms=Pseudonyms(b"k" * 32), now=NOW)
    finally:
        close_clients()


def seen(snapshot: Snapshot | None, store: str = "fern", **posture: Any) -> Look:
    """One look at a store, with these settings changed."""
    settings = msgspec.structs.replace(SETTINGS, posture=msgspec.structs.replace(SETTINGS.posture, **posture))
    return Look(store, settings, snapshot, NOW)


MAGENTO = (
    Item(
        kind="rest_route", id="GET /V1/export/report", title="GET /V1/export/report", facts={"anonymous": False, "module": "V_E"}
    ),
    Item(kind="integration", id="1", title="ERP", facts={"active": True, "resources": ["Magento_Sales::sales"], "host": ""}),
    Item(
        kind="token",
        id="7",
        title="access",
        facts={"revoked": False, "of_staff": False, "consumer": 3, "created": "2026-11-01T00:00:00Z"},
    ),
    Item(kind="setting", id="payment/card/debug@default:0", title="payment/card/debug", facts={"value": "0"}),
    Item(kind="setting", id="webapi/validation/input_limit_enabled@default:0", facts={"value": "1"}),
    Item(kind="setting", id="graphql/validation/input_limit_enabled@default:0", facts={"value": "1"}),
    Item(kind="webhook", id="event:order", title="order", facts={"destination": "default"}),
    Item(kind="script", id="cmsBlock:1", title="footer", facts={"active": True, "code": False, "hosts": ["cdn.partner.example"]}),
    Item(kind="role", id="2", title="Support", facts={"resources": ["Magento_Customer::customer"]}),
    Item(kind="staff", id="actor_a", facts={"active": True, "role": "2"}),
)
"""A Magento store in which nothing is a fault, as its database, its files and its interface tell."""


def magento(*more: Item, without: tuple[str, ...] = (), unseen: tuple[str, ...] = ()) -> Snapshot:
    """A sound store with these items, some of them in place of others of the same kind and id."""
    items = {(item.kind, item.id): item for item in (*MAGENTO, *more) if item.id not in without}
    hidden = tuple(Unseen(kind=kind, reason=f"Nobody may read {kind}.") for kind in unseen)
    return Snapshot(
        store="oak", platform="magento", taken_at=NOW - timedelta(hours=1), items=tuple(items.values()), unseen=hidden
    )


def setting(path: str, value: str, scope: str = "default:0") -> Item:
    """A setting of the store."""
    return Item(kind="setting", id=f"{path}@{scope}", title=path, facts={"value": value})


def routes_of(folder: Path, routes: Mapping[str, str]) -> Snapshot:
    """What the files of an installation tell whose module has these routes, each with its permission."""
    root = planted(folder)
    listed = "".join(
        f'<route url="{url}" method="GET"><resources><resource ref="{ref}"/></resources></route>' for url, ref in routes.items()
    )
    write(root, "vendor/vendor-co/module-export/src/etc/webapi.xml", f"<routes>{listed}</routes>")
    found = files_read(root)
    return Snapshot(store="oak", platform="magento", taken_at=NOW, items=found.items, unseen=())
