"""What a Shopify store is configured to be, as its token sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from hemostat.phi import Pseudonyms
from hemostat.stores.shopify import ShopifyRefused, snapshot_take
from hemostat.stores.shopify_snapshot import HIDDEN, SECTIONS, staff_pseudonym
from hemostat.stores.snapshot import Snapshot

from .shop_twin import ALL, client, close_clients, serving, shop, twin

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Connections end with the test."""
    yield
    close_clients()


def taken(scopes: frozenset[str] = ALL, *, token: str | None = None) -> Snapshot:
    """The snapshot of the store with these scopes granted."""
    store = shop()
    store.scopes = set(scopes)
    store.subscriptions.append(
        {
            "id": "gid://shopify/WebhookSubscription/1",
            "topic": "ORDERS_CREATE",
            "uri": "https://hooks.example/secret?key=hush",
            "includeFields": ["id"],
            "filter": None,
            "format": "JSON",
            "name": None,
            "apiVersion": {"handle": "2026-10"},
        }
    )
    with serving(twin(store)) as address:
        asking = client(address) if token is None else client(address, token=token)
        return snapshot_take(asking, store="fernhollow", pseudonyms=PSEUDONYMS, now=NOW)


def test_every_section_is_in_the_snapshot() -> None:
    """With all scopes there is something of each kind, and only what no app can see is unseen."""
    found = taken()

    kinds = {item.kind for item in found.items}
    assert {kind for kind, _ in SECTIONS} | {"app", "scope", "theme_file"} == kinds
    assert HIDDEN == found.unseen
    assert 260 == len(found.of("theme_file"))
    assert ("2026-10", "shopify", "fernhollow") == (found.version, found.platform, found.store)
    assert sorted(found.items, key=lambda item: (item.kind, item.id)) == list(found.items)
    (field,) = found.of("field")
    assert ("customer.health.condition", "public_read", "read") == (
        field.id, field.facts["storefront"], field.facts["customer_account"],
    )  # fmt: skip


def test_staff_are_the_pseudonyms_that_events_carry() -> None:
    """No name and no address is in the snapshot; the word of a member of staff is that of the audit feed's address."""
    found = taken()

    assert {staff_pseudonym(PSEUDONYMS, f"staff{n}@fernhollow.example") for n in (1, 2)} == {x.id for x in found.of("staff")}
    assert PSEUDONYMS.of("actor", "staff1@fernhollow.example") in {x.id for x in found.of("staff")}
    text = msgspec.json.encode(found).decode().lower()
    assert not {word for word in ("staff1@", "never-asked-for", "hush", "u:p@") if word in text}


@pytest.mark.parametrize(
    ("scope", "kind"),
    [
        ("read_users", "staff"),
        ("read_script_tags", "script"),
        ("read_pixels", "pixel"),
        ("read_themes", "theme"),
        ("read_publications", "integration"),
        ("read_privacy_settings", "policy"),
    ],
)
def test_a_section_that_is_denied_is_unseen_with_the_reason(scope: str, kind: str) -> None:
    """It hides no other section, and the reason is the platform's, with the scope that is missing."""
    found = taken(ALL - {scope})

    denied = [unseen for unseen in found.unseen if unseen not in HIDDEN]
    assert {kind} == {unseen.kind for unseen in denied}
    assert all(scope in unseen.reason for unseen in denied)
    assert len(found.items) > 5


def test_a_refused_token_takes_no_snapshot() -> None:
    """A snapshot in which all is unseen would read as a store without anything."""
    with pytest.raises(ShopifyRefused, match="access token"):
        taken(token="shpat_wrong")
