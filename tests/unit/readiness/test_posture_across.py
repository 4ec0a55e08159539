"""Checks of posture that events, keys and settings answer, and one whole look with all that there is to ask."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from hemostat.events import SCHEMA, Surface
from hemostat.kernel import BadInput, BadSettings, Feed, Home, Posture, Probe, Settings, Source, content
from hemostat.lake import health, writer
from hemostat.lake.pulse import beats
from hemostat.lake.spool import Spool
from hemostat.phi import patients
from hemostat.readiness.posture import Prober, look, magento
from hemostat.readiness.posture.across import ACROSS, Around, query_log_off
from hemostat.readiness.posture.book import checks, checks_in, together
from hemostat.readiness.posture.looking import every
from hemostat.readiness.posture.probes import PROBES
from hemostat.readiness.posture.verdicts import Answer, Result, Verdict, unknown
from hemostat.sandbox.wires.care_site import PLANTED, CareSite, Site
from hemostat.sandbox.wires.loopback import served
from hemostat.stores.snapshot import Item, Snapshot, snapshot_save
from unit.lake.made import incoming, row
from unit.phi.enrolled import JANE
from unit.readiness.posture_town import magento as magento_store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ZOOM = Source(kind="zoom", store="fern", feed=Feed(kind="zoom"))
LOGS = Source(kind="magento-log", store="oak", feed=Feed(kind="files", options={"paths": ["/srv/oak/var/debug/*.log"]}))
STAGING = Source(kind="access-log", store="fern", environment="staging")


class Town:
    """A home, what its settings name, and ways to fill its lake."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.settings(sources={})

    def settings(self, **settings: Any) -> None:
        """The home has these settings."""
        self.home.create(Settings(kind="sandbox", **settings), keyed=lambda _: False)

    def put(self, *rows: dict[str, Any]) -> None:
        """The lake holds these rows."""
        keyring = self.home.keyring(self.home.settings())
        spool = Spool(self.home.spool, key=keyring.secret("spool"), limit=500_000_000)
        spool.append([incoming(source="any", key=f"k{spool.lag().last_seq}", body=b"-")])
        plan = spool.plan()
        assert plan is not None
        numbered = [
            row(**{"event_id": f"{plan.first:012d}-{i:05d}", "time": NOW - timedelta(hours=2), "learnt": NOW} | one)
            for i, one in enumerate(rows)
        ]
        table = pa.Table.from_pylist(numbered, schema=SCHEMA)
        parts = writer.write(self.home.lake, batch=plan.batch, table=table)
        spool.written(plan, parts, rejected=0, pulse=beats(table, {}))
        spool.close()

    def around(self, **snapshots: Snapshot | None) -> Around:
        """One look at it, with these snapshots."""
        settings = self.home.settings()
        platforms = dict.fromkeys(settings.magento_stores, "magento") | dict.fromkeys(settings.shopify_stores, "shopify")
        return Around(self.home, settings, dict.fromkeys(platforms) | snapshots, platforms, NOW)

    def fingerprints(self, *, made_at: datetime) -> None:
        """The home recognizes one patient."""
        keyring = self.home.keyring(self.home.settings())
        builder = patients.builder(self.home, keyring)
        builder.add(JANE)
        patients.keep(self.home, keyring, builder, name="all", of="patient", at=made_at)

    def say(self, check: str, **snapshots: Snapshot | None) -> Answer:
        """What a check says."""
        return ACROSS[check](self.around(**snapshots))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A home without anything."""
    return Town(tmp_path)


def staging(**more: Any) -> dict[str, Any]:
    """An event of the system for tests."""
    return {"source": "stg", "environment": "staging", "phi": []} | more


def test_real_patients_in_a_system_for_tests(town: Town) -> None:
    """Unknown without fingerprints and without events; with both it holds, until one of them is of a patient."""
    assert "Nobody made fingerprints" in town.say("staging-people").reason
    town.fingerprints(made_at=NOW - timedelta(days=5))
    assert "No event of a system for tests" in town.say("staging-people").reason

    town.put(staging(), staging(phi=["EMAIL"]), {"source": "edge", "environment": "production", "phi": ["KNOWN_PATIENT"]})
    holds = town.say("staging-people")
    assert (Verdict.HOLDS, "2 events of systems for tests since 2026-11-22 were compared.") == (holds.verdict, holds.evidence)

    town.put(staging(phi=["EMAIL", "KNOWN_PATIENT"], path="/admin/customers"))
    (fault,) = town.say("staging-people").faults
    assert ("source stg", "1 event about known patients, last 2026-11-27.") == (fault.where, fault.what)


def test_events_from_before_the_fingerprints_prove_nothing(town: Town) -> None:
    """They were compared with nobody."""
    town.fingerprints(made_at=NOW - timedelta(hours=1))
    town.put(staging())
    assert Verdict.UNKNOWN is town.say("staging-people").verdict


def recording(number: int, **more: Any) -> dict[str, Any]:
    """What the Zoom feed tells of a recording that is shared."""
    told = {"source": "zoom", "act": "access:grant", "operation": "recording.shared_publicly", "severity": 4}
    return told | {"resource_id": f"resource_{number}"} | more


def test_recordings_that_are_open(town: Town) -> None:
    """Unknown without a feed that answers; then it holds but for recordings that nothing guards, each counted once."""
    assert "No feed of Zoom" in town.say("recordings-guarded").reason
    town.settings(sources={"zoom": ZOOM})
    assert "not heard for a day" in town.say("recordings-guarded").reason
    health.heard(town.home, source="zoom", now=NOW - timedelta(days=2), due=NOW)
    assert "not heard for a day" in town.say("recordings-guarded").reason
    health.heard(town.home, source="zoom", now=NOW - timedelta(minutes=5), due=NOW)

    town.put(recording(1, severity=3), recording(2, time=NOW - timedelta(days=3)), recording(3, source="other"))
    assert (Verdict.HOLDS, NOW) == (town.say("recordings-guarded").verdict, town.say("recordings-guarded").taken_at)
    town.put(recording(4), recording(4), recording(5))
    assert ["2 recordings with a link that nothing guards."] == [one.what for one in town.say("recordings-guarded").faults]


def test_the_query_log_of_a_store(town: Town) -> None:
    """Unknown while nobody ships it, and while nothing of it comes; a statement is a fault."""
    town.settings(sources={"oak-log": msgspec.structs.replace(LOGS, feed=None)})
    assert "follows `var/debug`" in query_log_off(town.around(), "oak").reason
    town.settings(sources={"oak-log": LOGS})
    assert "Nothing of the logs of oak" in query_log_off(town.around(), "oak").reason

    town.put({"source": "oak-log", "act": "log:write", "app": "system.log"})
    assert Verdict.HOLDS is query_log_off(town.around(), "oak").verdict
    town.put({"source": "oak-log", "act": "log:write", "app": "db.log"})
    (fault,) = query_log_off(town.around(), "oak").faults
    assert ("store oak", "1 statement were logged.") == (fault.where, fault.what)


def test_keys_that_grow_old(town: Town) -> None:
    """Those with which other systems are asked, by the dates of their files; our own are not among them."""
    assert "no key of another system" in town.say("keys-young").reason
    keyring = town.home.keyring(town.home.settings())
    keyring.put("feed.ask", [b"shpat_fernhollow_test"])
    path = keyring.folder / "feed.ask.json"
    os.utime(path, ((NOW - timedelta(days=90)).timestamp(),) * 2)
    assert (Verdict.HOLDS, "1 key, by the dates of their files.") == (
        town.say("keys-young").verdict,
        town.say("keys-young").evidence,
    )

    os.utime(path, ((NOW - timedelta(days=91)).timestamp(),) * 2)
    (fault,) = town.say("keys-young").faults
    assert ("key feed.ask", "It is 91 days old; 90 are allowed.") == (fault.where, fault.what)


SHOP = Snapshot(
    store="fern",
    platform="shopify",
    taken_at=NOW,
    items=(
        Item(kind="app", id="app-1", title="Ours", facts={"own": True, "scopes": ["read_orders"]}),
        Item(kind="app", id="app-2", title="Reviews", facts={"scopes": ["read_customers"]}),
        Item(kind="app", id="app-3", title="Colors", facts={"scopes": ["read_themes"]}),
    ),
)
OAK = magento_store(Item(kind="integration", id="9", title="Old", facts={"active": False, "resources": ["Magento_Backend::all"]}))


def test_vendors_without_an_agreement(town: Town) -> None:
    """Systems, apps and integrations that reach people, and apps of the audit feed; not our own, and none that cannot."""
    assert "The settings name no store" in town.say("vendors-agreed").reason
    stores: dict[str, Any] = {
        "shopify_stores": {"fern": "fern.myshopify.example"},
        "magento_stores": {"oak": "https://oak.example"},
    }
    audit = Source(kind="shopify-audit", store="fern")
    town.settings(sources={"zoom": ZOOM, "audit": audit}, systems=["booking"], **stores)
    town.put(*({"source": "audit", "store": "fern", "actor_type": "app", "app": app} for app in ("Ours", "ERP sync")))

    found = town.say("vendors-agreed", fern=SHOP, oak=OAK)
    names = ["vendor ERP", "vendor ERP sync", "vendor Reviews", "vendor booking", "vendor zoom"]
    assert names == [fault.where for fault in found.faults]
    assert "5 vendors" in found.evidence

    town.settings(
        sources={"zoom": ZOOM, "audit": audit}, systems=["booking"], **stores,
        posture=Posture(vendors=["ERP", "erp SYNC", "Reviews", "Booking", "Zoom"]),
    )  # fmt: skip
    assert Verdict.HOLDS is town.say("vendors-agreed", fern=SHOP, oak=OAK).verdict
    assert "Of oak nobody shows" in town.say("vendors-agreed", fern=SHOP).reason


def test_a_shop_that_shows_no_other_app_is_unknown(town: Town) -> None:
    """Without the audit feed nobody knows which apps there are."""
    town.settings(sources={}, shopify_stores={"fern": "fern.myshopify.example"}, posture=Posture(vendors=["Reviews"]))
    assert "Of fern nobody shows" in town.say("vendors-agreed", fern=SHOP).reason


def test_every_check_that_is_asked_stands_in_the_content() -> None:
    """And every check of the content is asked; each of the six surfaces has some, and so has each case across them."""
    assert every() == checks().keys()
    assert set(Surface) == {surface for check in checks().values() for surface in check.surfaces}
    assert {"staging", "insider", "trackers", "stolen-token", "vendor"} == {check.case for check in checks().values()} - {""}
    assert all(check.watched_by for check in checks().values())


def test_a_check_that_is_wrong_is_refused(tmp_path: Path) -> None:
    """One that a rule watches which is none, and one that stands twice; the fault names it."""
    text = (content("posture") / "shopify.yaml").read_text()
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("watched_by: [webhook-changed]", "watched_by: [no-such-rule]"))
    with pytest.raises(BadInput, match=r"webhooks-known.*no-such-rule"):
        checks_in(path)
    with pytest.raises(BadInput, match=r"fields-storefront.*twice"):
        together([checks_in(content("posture") / "shopify.yaml")] * 2)


def hurried() -> Prober:
    """One that does not rest between two questions."""
    return Prober(inside=True, mark=str, sleep=lambda _: None)


@pytest.fixture
def whole(town: Town) -> Iterator[tuple[Town, CareSite]]:
    """A home with a store of each platform and addresses, and the site that answers at all of them."""
    site = CareSite(Site(people={"Bearer of the first synthetic person": "1", "Bearer of the second synthetic person": "2"}))
    with served(site) as address:
        town.settings(
            sources={"stg": STAGING, "ask": Source(kind="shopify-admin", store="fern")},
            shopify_stores={"fern": "fern.myshopify.example"},
            magento_stores={"oak": f"{address}/"},
            posture=Posture(
                probes=[
                    Probe(kind="page", surface="patient-portal", url=f"{address}/portal", signed_in=True),
                    Probe(kind="page", surface="telehealth-session", url=f"{address}/visit"),
                    Probe(kind="closed", surface="patient-portal", url=f"{address}/api/closed"),
                    Probe(kind="closed", surface="patient-portal", url="http://127.0.0.1:9/away"),
                ]
            ),
        )
        keyring = town.home.keyring(town.home.settings())
        keyring.put("posture.a", [b"Bearer of the first synthetic person"])
        snapshot_save(town.home, SHOP)
        snapshot_save(town.home, magento_store())
        yield town, site


def by_key(results: list[Result]) -> Mapping[str, Result]:
    """The results by what names them, each once."""
    found = {one.key: one for one in results}
    assert len(found) == len(results)
    return found


def test_a_whole_look_asks_every_check(whole: tuple[Town, CareSite]) -> None:
    """For each store, each surface, and what is about neither; nothing holds without evidence and its moment."""
    town, site = whole
    found = by_key(look(town.home, now=NOW))

    assert every() - {"store-password"} == {one.check for one in found.values()}
    assert all(one.answer.evidence and one.answer.taken_at for one in found.values() if one.answer.verdict is Verdict.HOLDS)
    assert all(one.answer.reason for one in found.values() if one.answer.verdict is Verdict.UNKNOWN)
    assert all(one.answer.faults for one in found.values() if one.answer.verdict is Verdict.FAILS)
    assert Verdict.HOLDS is found["no-store||patient-portal"].answer.verdict
    assert Verdict.HOLDS is found["rest-closed|oak|"].answer.verdict
    assert Verdict.HOLDS is found["anonymous-routes|oak|"].answer.verdict
    assert Verdict.UNKNOWN is found["closed-routes||patient-portal"].answer.verdict  # one of the two is away
    assert "hemostat-probe." in site.asked[0].headers["user-agent"]
    assert PLANTED.encode() not in msgspec.json.encode(list(found.values()))


def test_one_that_fails_is_enough(whole: tuple[Town, CareSite]) -> None:
    """Though another address of the same surface is away."""
    town, site = whole
    site.site = msgspec.structs.replace(site.site, open=True)
    answer = by_key(look(town.home, now=NOW, prober=hurried()))["closed-routes||patient-portal"].answer
    assert (Verdict.FAILS, True) == (answer.verdict, bool(answer.reason))


def test_a_check_that_breaks_hides_no_other(
    whole: tuple[Town, CareSite], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is unknown, by the kind of its error, whose words may hold anything; an error of ours is told in its words."""
    town, _ = whole

    def broken(_: object) -> Answer:
        raise ValueError(PLANTED)

    def refused(_: object) -> Answer:
        raise BadInput("The lake is damaged.", advice="Restore it.")

    monkeypatch.setattr(magento, "CHECKS", {**magento.CHECKS})
    monkeypatch.setitem(magento.CHECKS, "debug-off", broken)  # type: ignore[index]  # a copy made here
    monkeypatch.setitem(ACROSS, "staging-people", refused)  # type: ignore[arg-type]  # it is a dict
    monkeypatch.setattr("hemostat.readiness.posture.looking._OF_PLATFORM", {"shopify": {}, "magento": magento.CHECKS})
    found = by_key(look(town.home, now=NOW, prober=hurried()))

    assert unknown("The check itself failed (ValueError): report the fault.") == found["debug-off|oak|"].answer
    assert unknown("The lake is damaged. Restore it.") == found["staging-people||"].answer
    assert Verdict.HOLDS is found["rest-limited|oak|"].answer.verdict
    assert PLANTED not in "".join(capfd.readouterr())


def test_a_damaged_snapshot_is_said(whole: tuple[Town, CareSite]) -> None:
    """For the checks of that store; the others have their answers."""
    town, _ = whole
    for path in (town.home.path / "snapshots" / "oak").glob("*.json"):
        path.write_text("{")
    found = by_key(look(town.home, now=NOW, prober=hurried()))
    assert "is damaged" in found["debug-off|oak|"].answer.reason
    assert Verdict.UNKNOWN is not found["fields-storefront|fern|"].answer.verdict


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (Probe(kind="page", surface="shop", url="https://a.example"), "for the surface 'shop'"),
        (Probe(kind="owned", surface="patient-portal", url="https://a.example"), "has no `other`"),
        (Probe(kind="page", surface="checkout", url="https://a.example", other="https://b.example"), "has an `other`"),
    ],
)
def test_wrong_addresses_are_named(town: Town, probe: Probe, said: str) -> None:
    """Before anything is asked."""
    town.settings(posture=Posture(probes=[probe]))
    with pytest.raises(BadSettings, match=said):
        look(town.home, now=NOW)


def test_every_surface_has_a_check_that_can_hold(town: Town) -> None:
    """Each of the six surfaces is asked about, also in a home that has no store."""
    results = look(town.home, now=NOW, prober=hurried())
    assert set(Surface) == {surface for one in results for surface in one.surfaces}
    assert {surface for check in PROBES for surface in checks()[check].surfaces} == set(Surface)
