"""The coverage map: every path of a store, with what is known of it, and honest numbers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath
from typing import Any

import pyarrow as pa
import pytest

from hemostat.events import SCHEMA
from hemostat.kernel import BadInput, Home, Route, Settings, Source, content
from hemostat.lake import writer
from hemostat.lake.pulse import beats
from hemostat.lake.spool import Spool
from hemostat.readiness.coverage import CoverageMap, Path, State, coverage, sources_of, stores
from hemostat.readiness.coverage_rules import rule_book, rule_books, systems
from hemostat.readiness.coverage_seen import Named, Seen, Tally, heard
from hemostat.stores.snapshot import Item, Snapshot, Unseen, snapshot_save
from unit.lake.made import incoming, row

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ROUTE = Route(prefix="/api/intake", surface="appointment-flow", act="record:read", exposes=["intake_answers"])


class Town:
    """A home with two stores, and ways to fill its lake."""

    def __init__(self, folder: FilePath) -> None:
        self.home = Home(folder / "home")
        self.sources: dict[str, Source] = {}
        self.write()

    def write(self, **settings: Any) -> None:
        """The settings name both stores and these sources."""
        stores = {"shopify_stores": {"fern": "fern.myshopify.com"}, "magento_stores": {"oak": "https://oak.example"}}
        self.home.create(Settings(kind="sandbox", sources=self.sources, **stores, **settings))
        self.spool = Spool(self.home.spool, key=self.home.keyring(self.home.settings()).secret("spool"), limit=500_000_000)

    def source(self, name: str, kind: str, store: str, **more: Any) -> None:
        """The settings name one more source."""
        self.sources[name] = Source(kind=kind, store=store, **more)
        self.write()

    def put(self, *rows: dict[str, Any]) -> None:
        """The lake holds these rows."""
        self.spool.append([incoming(source="any", key=f"k{self.spool.lag().last_seq}", body=b"-")])
        plan = self.spool.plan()
        assert plan is not None
        numbered = [
            row(**{"event_id": f"{plan.first:012d}-{i:05d}", "time": NOW - timedelta(days=1), "learnt": NOW} | one)
            for i, one in enumerate(rows)
        ]
        table = pa.Table.from_pylist(numbered, schema=SCHEMA)
        parts = writer.write(self.home.lake, batch=plan.batch, table=table)
        self.spool.written(plan, parts, rejected=0, pulse=beats(table, {}))

    def snapshot(self, store: str, platform: str, items: Sequence[Item]) -> None:
        """The configuration of a store was read."""
        unseen = (Unseen(kind="app", reason="Shopify shows an app only itself."),)
        snapshot_save(self.home, Snapshot(store=store, platform=platform, taken_at=NOW, items=tuple(items), unseen=unseen))

    def map(self, store: str) -> CoverageMap:
        """The map now."""
        return coverage(self.home, store, now=NOW)

    def path(self, store: str, name: str) -> Path:
        """One path of the map."""
        return {path.id: path for path in self.map(store).paths}[name]


@pytest.fixture
def town(tmp_path: FilePath) -> Iterator[Town]:
    """Two stores without a source."""
    town = Town(tmp_path)
    yield town
    town.spool.close()


SHOPIFY_ITEMS = (
    Item(kind="app", id="app-1", title="Ours", facts={"own": True, "scopes": ["read_themes"]}),
    Item(kind="app", id="app-2", title="Reviews", facts={"scopes": ["read_orders", "read_themes"]}),
    Item(kind="staff", id="actor_a", title="Member of staff, regular", facts={"active": True, "also": ["actor_b"]}),
    Item(kind="staff", id="actor_c", title="Member of staff, regular", facts={"active": False}),
    Item(
        kind="field", id="customer.care.answers", title="Answers", facts={"storefront": "public_read", "customer_account": "none"}
    ),
    Item(kind="field", id="customer.care.plan", title="Plan", facts={"storefront": "none", "customer_account": "read_write"}),
    Item(kind="webhook", id="7", title="orders/create", facts={"address": "https://us.example/in/shopify/fern"}),
    Item(kind="webhook", id="8", title="orders/create", facts={"address": "https://them.example/hook"}),
    Item(kind="token", id="9", title="Headless", facts={"scopes": ["unauthenticated_read_customers"]}),
    Item(kind="pixel", id="web-1", title="Web pixel"),
)


def test_a_store_without_a_source_has_no_path_that_is_logged(town: Town) -> None:
    """What could be logged is not connected, and says where it is told how; what cannot be logged says why and what instead."""
    found = town.map("fern")

    assert {State.NOT_CONNECTED, State.CANNOT} == {path.state for path in found.paths}
    assert all(path.how_to for path in found.paths if path.state is State.NOT_CONNECTED)
    assert all(path.reason and path.control for path in found.paths if path.state is State.CANNOT)
    assert found.taken_at is None
    assert found.no_system
    assert {0} == {share.percent for share in found.shares if share.of}


def test_each_thing_of_the_snapshot_that_reads_patient_data_is_a_path(town: Town) -> None:
    """Apps by their scopes, staff who are active, fields that are open, webhooks that leave: and nothing else."""
    town.snapshot("fern", "shopify", SHOPIFY_ITEMS)

    found = {path.id: path for path in town.map("fern").paths if ":" in path.id}

    assert {
        "app:app-2", "staff-through-apps:actor_a", "field-public:customer.care.answers", "field-account:customer.care.plan",
        "webhook:8", "token:9", "pixel:web-1",
    } == found.keys()  # fmt: skip
    assert ("name", "email", "phone", "address", "order") == found["app:app-2"].reaches
    assert "Webhook orders/create to https://them.example/hook" == found["webhook:8"].title
    assert 1 == len(town.map("fern").unseen)


def test_an_app_is_logged_when_its_own_events_arrive(town: Town) -> None:
    """By its number or its name; another app's events do not count for it, but show that the feed lives."""
    town.source("audit", "shopify-audit", "fern")
    town.snapshot("fern", "shopify", SHOPIFY_ITEMS)
    assert State.SILENT is town.path("fern", "app:app-2").state
    town.put({"source": "audit", "store": "fern", "app": "Another", "actor": "app-77", "actor_type": "app"})

    quiet = town.path("fern", "app:app-2")
    assert (State.SILENT, 0, 1) == (quiet.state, quiet.events, quiet.feed_events)
    assert State.LOGGED is town.path("fern", "apps-of-others").state
    assert State.LOGGED is town.path("fern", "app-seen:Another").state
    town.put(
        {"source": "audit", "store": "fern", "app": "Reviews", "actor": "app-2", "actor_type": "app"},
        {"source": "audit", "store": "fern", "app": "Reviews", "actor": "actor_b", "actor_type": "staff"},
    )

    loud = town.path("fern", "app:app-2")
    assert (State.LOGGED, 2, NOW - timedelta(days=1)) == (loud.state, loud.events, loud.last)
    staff = town.path("fern", "staff-through-apps:actor_a")
    assert (State.LOGGED, 1) == (staff.state, staff.events)


@pytest.mark.parametrize("days", [31, -1])
def test_old_and_future_events_do_not_count(town: Town, days: int) -> None:
    """Only the last days count: an event from the future proves nothing."""
    town.source("audit", "shopify-audit", "fern")
    town.put({"source": "audit", "store": "fern", "app": "Reviews", "time": NOW - timedelta(days=days)})

    assert State.SILENT is town.path("fern", "apps-of-others").state


def test_events_of_another_store_or_source_do_not_count(town: Town) -> None:
    """The same words elsewhere are not this store's."""
    town.source("audit", "shopify-audit", "fern")
    town.put({"source": "audit", "store": "oak"}, {"source": "edge", "store": "fern"})

    assert State.SILENT is town.path("fern", "bulk").state


def test_magento_paths_are_known_by_their_addresses(town: Town) -> None:
    """A call for customers says nothing about orders; staff are known by their own rows in the action log."""
    town.source("web", "magento-access", "oak")
    town.source("tables", "magento-tables", "oak")
    items = (
        Item(kind="staff", id="actor_x", facts={"active": True}),
        Item(kind="module", id="Vendor_Reviews", title="Vendor_Reviews", facts={"own": False}),
        Item(kind="module", id="Magento_Sales", title="Magento_Sales", facts={"own": True}),
        Item(kind="integration", id="3", title="ERP", facts={"active": True, "resources": ["Magento_Sales::actions_view"]}),
        Item(kind="integration", id="4", title="CMS", facts={"active": True, "resources": ["Magento_Cms::page"]}),
        Item(kind="setting", id="payment/card/debug@default:0", title="payment/card/debug", facts={"value": "1"}),
        Item(kind="setting", id="payment/other/debug@default:0", title="payment/other/debug", facts={"value": "0"}),
    )
    town.snapshot("oak", "magento", items)
    town.put(
        {"source": "web", "store": "oak", "path": "/rest/default/V1/customers/{n}"},
        {"source": "tables", "store": "oak", "actor": "actor_x", "actor_type": "staff", "path": ""},
    )

    found = {path.id: path for path in town.map("oak").paths}

    assert State.LOGGED is found["rest-customers"].state
    assert State.SILENT is found["rest-orders"].state
    assert State.LOGGED is found["staff:actor_x"].state
    assert State.CANNOT is found["module:Vendor_Reviews"].state
    assert State.NOT_CONNECTED is found["payment-debug:payment/card/debug@default:0"].state
    assert ("name", "email", "phone", "address", "order") == found["integration:3"].reaches
    assert not {"module:Magento_Sales", "integration:4", "payment-debug:payment/other/debug@default:0"} & found.keys()


def test_a_route_of_the_settings_is_a_path_of_its_own_surface(town: Town) -> None:
    """It reaches what the settings say, and is logged when a call under it arrives."""
    town.source("edge", "access-log", "fern", routes=[ROUTE])
    town.put({"source": "edge", "store": "fern", "path": "/api/intake/{n}"})

    path = town.path("fern", "route:/api/intake")

    assert (State.LOGGED, ("appointment-flow",), ("intake_answers",)) == (path.state, path.surfaces, path.reaches)


def test_systems_count_when_they_are_declared_or_connected(town: Town) -> None:
    """A vendor that nobody named makes no path; one that is named and has no source is not connected."""
    assert not any(path.id.startswith(("zoom", "twilio")) for path in town.map("fern").paths)
    town.write(systems=["zoom", "doxy-me"])

    assert State.NOT_CONNECTED is town.path("fern", "zoom-recordings").state
    assert State.CANNOT is town.path("fern", "doxy-me").state
    assert not town.map("fern").no_system
    town.source("calls", "twilio", "fern")
    assert State.SILENT is town.path("fern", "twilio-calls").state


def test_the_number_of_a_surface_leaves_out_what_cannot_be_logged(town: Town) -> None:
    """Logged of what could be logged, rounded down; what cannot be logged stands apart, and a path counts once in the whole."""
    town.source("audit", "shopify-audit", "fern")
    town.put({"source": "audit", "store": "fern", "app": "Reviews"})
    town.source("edge", "access-log", "fern", routes=[ROUTE])

    found = town.map("fern")
    shares = {share.surface: share for share in found.shares}

    flow = shares["appointment-flow"]
    assert (0, 1, 0, 0) == (flow.percent, flow.silent, flow.logged, flow.cannot)
    assert shares["product-catalog"].percent is None
    assert len(found.paths) == found.whole.of + found.whole.cannot
    assert 100 * 3 // 4 == found.whole.percent


def test_how_long_a_feed_is_silent_is_told(town: Town) -> None:
    """The newest event of its sources ever, when the caller knows it."""
    town.source("audit", "shopify-audit", "fern")
    heard = {"audit": NOW - timedelta(days=90)}

    path = next(path for path in coverage(town.home, "fern", now=NOW, heard=heard).paths if path.id == "bulk")

    assert (State.SILENT, NOW - timedelta(days=90)) == (path.state, path.heard)


def test_stores_are_those_of_the_settings(town: Town) -> None:
    """Also a store that only has sources; webhooks of Shopify need no entry of their own."""
    town.source("app", "events", "third")

    assert {"fern": "shopify", "oak": "magento", "third": ""} == stores(town.home.settings())
    assert {"shopify.fern"} == sources_of(town.home.settings(), "fern").keys()
    assert () == town.map("third").paths


def test_every_rule_is_well_formed() -> None:
    """The books load, and every system has a title."""
    assert {"shopify", "magento", "system"} == rule_books().keys()
    assert {"zoom", "doxy-me"} <= systems().keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("by: app,", "by: luck,"),
        ("[name, email, order]", "[name, shoe_size]"),
        ("[shopify-audit], by: app", "[carrier-pigeon], by: app"),
        ("by: app,", "by: path,"),
        ("id: app-seen", "id: app"),
        ("  read_files: [medical_document]", "  read_files: [shoe_size]"),
        ("platform: shopify", "platform: system"),
        ("paths:", "paths: {"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: FilePath, old: str, new: str) -> None:
    """A word that nobody knows, an id that stands twice, a rule without its pattern: the file and the place are told."""
    path = tmp_path / "shopify.yaml"
    text = (content("coverage") / "shopify.yaml").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))

    with pytest.raises(BadInput, match=r"shopify\.yaml"):
        rule_book(path)


def test_events_are_known_by_act_and_resource() -> None:
    """Patterns are those of SQL's LIKE; other sources do not count."""
    rows = (
        Named(source="a", act="export:run", resource="customers", tally=Tally(events=2, last=NOW)),
        Named(source="b", act="export:run", resource="orders", tally=Tally(events=5, last=NOW)),
    )
    found = Seen(names=rows)

    assert 2 == found.like({"a"}, "act", ["export:%"]).events
    assert 5 == found.like({"a", "b"}, "resource", ["order%"]).events
    assert 0 == found.like({"a"}, "resource", ["order%"]).events


def test_without_a_snapshot_it_is_said_what_is_not_known(town: Town) -> None:
    """The things that nobody looked at, and who would; with a snapshot there are none. A store without a platform has none."""
    shop, oak = town.map("fern"), town.map("oak")

    assert {"members of staff", "scripts and content blocks"} <= set(shop.unknown) & set(oak.unknown)
    assert ("shopify-admin", "", "magento-rest") == (shop.taker, shop.taken_by, oak.taker)
    town.source("looking", "shopify-admin", "fern")
    town.snapshot("fern", "shopify", [])
    assert ((), "looking") == (town.map("fern").unknown, town.map("fern").taken_by)
    town.source("only", "events", "elm")
    assert ((), "") == (town.map("elm").unknown, town.map("elm").taker)
    assert "members of staff" in oak.document()["unknown"]


def test_the_newest_event_of_each_source_is_known(town: Town) -> None:
    """As the manifest tells it; one from the future counts as of now, and no test of ours is newer than the last real receipt."""
    old = {"time": NOW - timedelta(days=400)}
    town.put({"source": "a", "learnt": NOW - timedelta(minutes=5)}, {"source": "b", "time": NOW + timedelta(days=9)})
    town.put({"source": "a", "time": NOW + timedelta(days=2), "learnt": NOW + timedelta(days=2), "environment": "test"})
    town.put({"source": "tried", "environment": "test"})
    town.put({"source": "a", "surface": "checkout", "learnt": NOW - timedelta(hours=1)} | old)

    assert {"a": NOW - timedelta(minutes=5), "b": NOW} == heard(town.home, now=NOW)
    assert town.map("fern").document()["whole"]["of"] == town.map("fern").whole.of
