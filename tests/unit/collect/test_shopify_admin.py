"""The feed `shopify-admin` against a twin of the platform: nothing twice, nothing lost, and what is missing is on record."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from hemostat.kernel import BadSettings
from hemostat.sandbox.wires.loopback import Said
from hemostat.sandbox.wires.shopify_admin import AdminTwin
from hemostat.sources import Raw, Rejected, context_of, read
from hemostat.stores.shopify import ShopifyDown
from hemostat.stores.snapshot import snapshot_latest, snapshots
from unit.collect.feeding import Fed, Hand
from unit.stores.shop_twin import DOMAIN, TOKEN, serving, shop, twin

if TYPE_CHECKING:
    from hemostat.collect import Collector

HERE = "https://hemostat.fernhollow.example/in/shopify/fernhollow"


class Store:
    """A home that asks the twin, and a clock that is moved by hand."""

    def __init__(self, folder: Path, address: str, platform: AdminTwin, **options: Any) -> None:
        self.platform = platform
        self.clock = Hand()
        self.fed = Fed(
            folder, "shopify-admin", reader="shopify-admin", domain=DOMAIN, address=address, settings_every=600, **options
        )
        self.fed.put_key(TOKEN.encode())
        self._collector: Collector | None = None

    def poll(self, *, seconds: float = 0.0, anew: bool = False) -> list[dict[str, Any]]:
        """What came, so many seconds later."""
        self.clock.move(seconds)
        if anew:
            self.close()
        self._collector = self._collector or self.fed.collector(clock=self.clock)
        self._collector.poll()
        return [msgspec.json.decode(message.body) for message in self.fed.kept()]

    def happen(self, number: int, *, ago: float = 0.0) -> None:
        """The timeline has one entry more."""
        at = self.clock.now() - timedelta(seconds=ago)
        self.platform.shop.events.append(
            {
                "__typename": "BasicEvent",
                "id": f"gid://shopify/BasicEvent/{number}",
                "action": "update",
                "createdAt": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "appTitle": None,
                "attributeToApp": False,
                "attributeToUser": True,
                "criticalAlert": False,
                "author": "Robin Doe",
                "subjectId": "gid://shopify/Customer/42",
                "subjectType": "CUSTOMER",
            }
        )

    def gaps(self) -> set[tuple[str, str]]:
        """Kind and detail of each open gap."""
        return {(gap.kind, gap.detail) for gap in self.fed.gaps()}

    def close(self) -> None:
        """The collector has ended."""
        if self._collector:
            self._collector.close()
        self._collector = None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store whose app has all scopes, and webhooks for two topics."""
    platform = twin(shop(), most=10_000.0, flow=10_000.0)
    with serving(platform) as address:
        made = Store(tmp_path, address, platform, webhooks=HERE, topics=["orders/create", "themes/update"])
        yield made
        made.close()
        made.fed.spool.close()


def test_the_timeline_comes_once_and_whole(store: Store) -> None:
    """Page after page, across restarts; entries that show up late are within the overlap."""
    for number in range(230):
        store.happen(number, ago=3600 - number)
    assert 230 == len(store.poll())
    assert [] == store.poll(seconds=60)
    store.happen(1000)
    store.happen(1001, ago=120)

    assert ["gid://shopify/BasicEvent/1001", "gid://shopify/BasicEvent/1000"] == [
        one["node"]["id"] for one in store.poll(seconds=60, anew=True)
    ]
    assert [] == store.poll(seconds=60, anew=True)


def test_bulk_operations_come_with_each_of_their_states(store: Store) -> None:
    """A job that runs, and the same job when it is done, are two messages; asked again they are none."""
    job = {
        "id": "gid://shopify/BulkOperation/5", "type": "QUERY", "status": "RUNNING", "errorCode": None,
        "createdAt": f"{store.clock.now():%Y-%m-%dT%H:%M:%SZ}", "completedAt": None, "objectCount": "0", "rootObjectCount": "0",
        "fileSize": None, "query": "{customers{edges{node{id}}}}",
    }  # fmt: skip
    store.platform.shop.bulk.append(job)
    assert ["RUNNING"] == [one["node"]["status"] for one in store.poll()]
    job |= {"status": "COMPLETED", "rootObjectCount": "412", "completedAt": job["createdAt"]}

    assert ["COMPLETED"] == [one["node"]["status"] for one in store.poll(seconds=1)]
    assert [] == store.poll(seconds=1)


def test_a_changed_setting_is_an_event_and_a_new_snapshot(store: Store) -> None:
    """A skimmer in a theme's file, a scope more and a member of staff less; the first look only remembers."""
    shop_ = store.platform.shop
    assert [] == store.poll()
    assert [] == store.poll(seconds=700)
    assert 1 == len(snapshots(store.fed.home, "fernhollow"))
    shop_.files["gid://shopify/OnlineStoreTheme/31"][7]["checksumMd5"] = "f" * 32
    shop_.scopes |= {"write_customers"}
    gone = shop_.staff.pop()
    assert [] == store.poll(seconds=60)

    found = store.poll(seconds=700)

    told = {(one["kind"], one["change"], tuple(one["facts"])) for one in found}
    assert {
        ("theme_file", "changed", ("md5",)),
        ("scope", "added", ("app", "optional", "writes")),
        ("app", "changed", ("scopes",)),
        ("staff", "removed", ()),
    } == told
    assert gone["email"] not in str(found)
    latest = snapshot_latest(store.fed.home, "fernhollow")
    assert latest
    assert 1 == len(latest.of("staff"))
    assert [] == store.poll(seconds=700)
    assert 2 == len(snapshots(store.fed.home, "fernhollow"))
    store.poll(seconds=90_000)
    assert 3 == len(snapshots(store.fed.home, "fernhollow"))


def test_a_crash_before_the_snapshot_tells_no_change_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages are in the spool and the snapshot is not: asked again, the changes have the same names."""
    store.poll()
    store.platform.shop.scopes |= {"write_customers"}

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hemostat.collect.setting_changes.snapshot_save", crash)
        with pytest.raises(KeyboardInterrupt):
            store.poll(seconds=700)

    assert {"scope", "app"} == {one["kind"] for one in store.poll(seconds=700, anew=True)}
    assert [] == store.poll(seconds=700)


def test_dropped_webhooks_are_a_gap_until_they_are_back(store: Store) -> None:
    """The first time they are simply made; dropped, they are made again, and the gap closes when the store lists them."""
    store.poll()
    made = store.platform.shop.subscriptions
    assert ["ORDERS_CREATE", "THEMES_UPDATE"] == sorted(one["topic"] for one in made)
    assert set() == store.gaps()
    store.poll(seconds=700)
    store.platform.shop.drop("ORDERS_CREATE")

    store.poll(seconds=700)

    assert ["ORDERS_CREATE", "THEMES_UPDATE"] == sorted(one["topic"] for one in made)
    assert {("subscription", "orders/create")} == store.gaps()
    (gap,) = store.fed.gaps()
    assert gap.since < gap.found_at
    store.poll(seconds=700)
    assert set() == store.gaps()


def test_a_webhook_that_cannot_be_made_stays_a_gap(store: Store) -> None:
    """Without the scope the platform refuses, and goes on refusing; all else is read."""
    store.platform.shop.scopes -= {"read_orders"}

    store.poll()
    store.poll(seconds=700)

    assert {("subscription", "orders/create")} == store.gaps()
    store.platform.shop.scopes |= {"read_orders"}
    store.poll(seconds=700)
    store.poll(seconds=700)
    assert set() == store.gaps()


def test_the_audit_feed_is_mended_at_its_own_address(tmp_path: Path) -> None:
    """It goes to a bus; without an address for webhooks only that is looked after."""
    platform = twin(shop(), most=10_000.0, flow=10_000.0)
    with serving(platform) as address:
        store = Store(tmp_path, address, platform, audit="pubsub://project:topic")
        store.poll()
        assert [("AUDIT_EVENTS_ADMIN_API_ACTIVITY", "pubsub://project:topic")] == [
            (one["topic"], one["uri"]) for one in platform.shop.subscriptions
        ]
        store.close()
        store.fed.spool.close()


def test_without_addresses_no_webhook_is_made(tmp_path: Path) -> None:
    """A feed that is only to read changes nothing in the store."""
    platform = twin(shop(), most=10_000.0, flow=10_000.0)
    with serving(platform) as address:
        store = Store(tmp_path, address, platform)
        store.poll()
        assert [] == platform.shop.subscriptions
        store.close()
        store.fed.spool.close()


def test_a_section_that_is_lost_is_a_gap_and_no_removal(store: Store) -> None:
    """A token that may no longer read staff does not make the staff be gone."""
    store.poll()
    store.platform.shop.scopes -= {"read_users"}

    found = store.poll(seconds=700)

    assert {"scope", "app"} == {one["kind"] for one in found}
    assert {("refused", "settings: staff")} == store.gaps()
    store.platform.shop.scopes |= {"read_users"}
    store.poll(seconds=700)
    assert set() == store.gaps()


def test_a_section_that_never_could_be_read_is_no_gap(store: Store) -> None:
    """The snapshot says that it is not seen, and why; nothing was lost."""
    store.platform.shop.scopes -= {"read_users"}

    store.poll()
    store.poll(seconds=700)

    assert set() == store.gaps()
    latest = snapshot_latest(store.fed.home, "fernhollow")
    assert latest
    assert any("read_users" in unseen.reason for unseen in latest.unseen)


def test_a_refused_token_is_a_gap_until_it_is_taken_again(store: Store) -> None:
    """The error names no secret; the twin takes the token again and the gap closes."""
    refusal = Said(status=401, body=b'{"errors":"[API] Invalid API key or access token"}')
    store.platform.instead[:] = [refusal]

    with pytest.raises(Exception, match="refuses the access token") as raised:
        store.poll()

    assert TOKEN not in str(raised.value)
    assert {"refused"} == {kind for kind, _ in store.gaps()}
    store.poll(seconds=60)
    assert set() == store.gaps()


def test_a_timeline_that_is_denied_hides_nothing_else(store: Store) -> None:
    """Settings and webhooks are looked after all the same; the gap closes when it can be read."""
    denied = b'{"errors":[{"message":"Access denied for events field.","extensions":{"code":"ACCESS_DENIED"}}]}'
    store.platform.instead[:] = [Said(body=denied)]

    store.poll()

    assert {("refused", "timeline")} == store.gaps()
    assert 2 == len(store.platform.shop.subscriptions)
    store.poll(seconds=60)
    assert set() == store.gaps()


def test_a_store_that_is_down_loses_nothing(store: Store) -> None:
    """What happened meanwhile comes with the next look."""
    store.poll()
    store.happen(5)
    store.platform.instead[:] = [Said(status=200, body=b"<html>maintenance</html>")]
    with pytest.raises(ShopifyDown):
        store.poll(seconds=60)

    assert 1 == len(store.poll(seconds=60))


def test_a_retired_version_is_a_gap(store: Store) -> None:
    """Until the pinned version is one that the platform serves."""
    store.poll()
    store.platform.versions = ["2027-01", "2027-04"]
    store.poll(seconds=60)
    assert {("version", "the interface is not answered in version 2026-10")} == store.gaps()

    store.platform.versions = ["2026-10"]
    store.poll(seconds=60)

    assert set() == store.gaps()


def test_what_the_feed_makes_its_reader_reads(store: Store) -> None:
    """Every message of the feed is an access of the kind `shopify-admin`."""
    store.poll()
    store.happen(1)
    store.platform.shop.scopes |= {"write_customers"}
    store.clock.move(700)
    store.poll()
    source = store.fed.source
    store.happen(2)
    collector = store.fed.collector(clock=store.clock)
    collector.poll()
    collector.close()

    messages = store.fed.kept()
    found: list[Raw | Rejected] = [
        one for message in messages for one in read(message, source, context_of(store.fed.keyring, source))
    ]

    assert len(messages) == len(found) > 0
    assert all(isinstance(one, Raw) for one in found)


def test_a_key_that_is_no_token_is_told(tmp_path: Path) -> None:
    """Bytes that are no text cannot be sent in a header."""
    fed = Fed(tmp_path, "shopify-admin", reader="shopify-admin", domain=DOMAIN)
    fed.put_key(b"\xff" * 32)

    with pytest.raises(BadSettings, match="no token or secret"):
        fed.collector()
    fed.spool.close()
