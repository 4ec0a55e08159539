"""Checks of posture that the configuration of a store answers: each with a sound store, a flawed one, and one that is unread."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hemostat.readiness.posture import magento as of_magento
from hemostat.readiness.posture import shopify as of_shopify
from hemostat.readiness.posture.configured import age_of
from hemostat.readiness.posture.verdicts import Answer, Verdict
from hemostat.sandbox.wires.shopify_admin import Shop
from hemostat.stores.snapshot import Item, Snapshot
from unit.readiness.posture_town import MAGENTO, NOW, Break, hook, magento, routes_of, seen, setting, shopify


def field(store: Shop, **access: str) -> None:
    """Who may read the one field of customers."""
    store.fields["CUSTOMER"][0]["access"] |= access


SHOPIFY_FLAWS: dict[str, list[tuple[Break, str]]] = {
    "fields-storefront": [
        (lambda store: field(store, storefront="PUBLIC_READ"), "metafield customer.health.condition: The storefront may read it"),
    ],
    "fields-accounts": [
        (lambda store: field(store, customerAccount="READ"), "Customer accounts may read it, and its name says 'health'"),
        (lambda store: field(store, customerAccount="READ_WRITE"), "Customer accounts may read and write it"),
    ],
    "own-tags": [
        (lambda store: store.scripts[0].update(src="https://connect.facebook.net/x.js"), "loads from connect.facebook.net: Meta"),
    ],
    "app-scopes": [
        (lambda store: store.scopes.add("read_all_orders"), "app Hemostat: Granted and not needed: read_all_orders."),
    ],
    "storefront-tokens": [
        (
            lambda store: store.tokens[0].update(accessScopes=[{"handle": "unauthenticated_read_customers"}]),
            "storefront token 9: It opens data of people: unauthenticated_read_customers.",
        ),
        (lambda store: store.tokens[0].update(createdAt="2026-01-01T00:00:00Z"), "storefront token 9: It is 330 days old"),
    ],
    "webhooks-known": [
        (lambda store: hook(store, "https://them.example/hook"), "webhook orders_create (1): It goes to them.example, a"),
        (lambda store: hook(store, "http://in.fernhollow.example/x"), "It goes to in.fernhollow.example without TLS."),
        (lambda store: hook(store, "pubsub://other:topic"), "It goes to pubsub://other:topic, which the settings do not name."),
    ],
    "store-password": [(lambda store: setattr(store, "locked", False), "store fern: It is a store for tests")],
}  # fmt: skip
"""For each check what breaks it in the twin, and what is said then."""

UNREAD = {"own-tags": "read_script_tags"}
"""Scopes without which the twin shows a section to nobody."""


def faults(answer: Answer | None) -> list[str]:
    """The faults of an answer, each as one text."""
    assert answer is not None
    return [f"{fault.where}: {fault.what}" for fault in answer.faults]


@pytest.fixture(scope="module")
def sound_shop() -> Snapshot:
    """What is read of a Shopify store in which nothing is a fault."""
    return shopify(lambda _: None)


def test_every_check_of_shopify_has_its_flaw() -> None:
    """A check without a state in which it fails proves nothing; who may export Shopify shows to nobody, and it says so."""
    assert of_shopify.CHECKS.keys() == SHOPIFY_FLAWS.keys() | {"staff-exports"}
    exports = of_shopify.CHECKS["staff-exports"](seen(None))
    assert exports is not None
    assert Verdict.UNKNOWN is exports.verdict
    assert "are in no interface: Settings > Users > Roles." in exports.reason


@pytest.mark.parametrize("check", SHOPIFY_FLAWS)
def test_a_sound_shopify_store_holds_with_evidence(check: str, sound_shop: Snapshot) -> None:
    """The twin's store, read through its interface: each check says what was looked at, and when."""
    answer = of_shopify.CHECKS[check](seen(sound_shop))

    assert answer is not None
    assert (Verdict.HOLDS, (), NOW) == (answer.verdict, answer.faults, answer.taken_at)
    assert answer.evidence


@pytest.mark.parametrize(("check", "flaw", "said"), [(check, *one) for check, some in SHOPIFY_FLAWS.items() for one in some])
def test_a_flaw_of_a_shopify_store_is_named(check: str, flaw: Break, said: str) -> None:
    """With the very thing that is wrong, and no other check fails for it."""
    snapshot = shopify(flaw)
    answers = {name: judge(seen(snapshot)) for name, judge in of_shopify.CHECKS.items()}

    assert [said in fault for fault in faults(answers[check])] == [True]
    assert [check] == [name for name, answer in answers.items() if answer and answer.verdict is Verdict.FAILS]


@pytest.mark.parametrize("check", SHOPIFY_FLAWS)
def test_a_shopify_store_that_nobody_read_is_unknown(check: str) -> None:
    """No snapshot, or one of long ago, is no pass; neither is a section that the token may not read."""
    judge = of_shopify.CHECKS[check]
    old = shopify(lambda _: None)
    for snapshot in (None, msgspec.structs.replace(old, taken_at=NOW - timedelta(days=4))):
        answer = judge(seen(snapshot))
        assert answer is not None
        assert (Verdict.UNKNOWN, True) == (answer.verdict, bool(answer.reason))
    if scope := UNREAD.get(check):
        answer = judge(seen(shopify(lambda store: store.scopes.discard(scope))))
        assert answer is not None
        assert Verdict.UNKNOWN is answer.verdict
        assert scope in answer.reason


def test_a_flaw_counts_though_something_else_is_unread() -> None:
    """What is seen to be wrong is wrong, whatever stays hidden."""

    def broken(store: Shop) -> None:
        store.scopes.discard("read_script_tags")
        store.server_pixel = {
            "id": "gid://shopify/ServerPixel/7",
            "status": "CONNECTED",
            "webhookEndpointAddress": "https://facebook.com/tr",
        }

    answer = of_shopify.CHECKS["own-tags"](seen(shopify(broken)))
    assert ["pixel server-7: It loads from facebook.com: Meta."] == faults(answer)


def test_only_a_store_for_tests_needs_a_password(sound_shop: Snapshot) -> None:
    """Of a store that sells the check says nothing; one is for tests when the settings say so, or all of its sources do."""
    judge = of_shopify.CHECKS["store-password"]
    assert None is judge(seen(sound_shop, staging=[]))

    look = seen(sound_shop, staging=[])
    sources = {name: msgspec.structs.replace(one, environment="staging") for name, one in look.settings.sources.items()}
    assert None is not judge(look._replace(settings=msgspec.structs.replace(look.settings, sources=sources)))


@pytest.mark.parametrize("address", ["https://in.fernhollow.example/x", "https://eu.partner.example/y", "pubsub://ours:audit"])
def test_webhooks_may_go_where_the_settings_say(address: str) -> None:
    """To our own intake, to hosts that are named and what is below them, and to a bus that is named."""
    snapshot = shopify(lambda store: hook(store, address))
    answer = of_shopify.CHECKS["webhooks-known"](seen(snapshot, hosts=["partner.example", "pubsub://ours:audit"]))
    assert [] == faults(answer)


INTEGRATION = next(item for item in MAGENTO if item.kind == "integration")
TOKEN = next(item for item in MAGENTO if item.kind == "token")


def changed(item: Item, **facts: object) -> Item:
    """The same thing with other facts."""
    return msgspec.structs.replace(item, facts=item.facts | facts)  # type: ignore[operator]  # facts of a test


def route(name: str) -> Item:
    """A route of a module that answers everybody."""
    return Item(kind="rest_route", id=name, title=name, facts={"anonymous": True, "module": "V_R"})


STAFF = tuple(Item(kind="staff", id=f"actor_{n}", facts={"active": True, "role": "2"}) for n in range(3))
MAGENTO_FLAWS: dict[str, list[tuple[Snapshot, str]]] = {
    "anonymous-routes": [
        (
            magento(route("GET /V1/refill/lookup/:sku")),
            "GET /V1/refill/lookup/:sku: Module V_R answers everybody here, and takes a value that can be counted through.",
        ),
        (
            magento(route("GET /V1/all/patients")),
            "and is about people.",
        ),
    ],
    "wide-integrations": [
        (magento(changed(INTEGRATION, resources=["Magento_Backend::all"])), "integration ERP: It holds Magento_Backend::all"),
    ],
    "tokens-old": [
        (magento(changed(TOKEN, created="2026-02-01T00:00:00Z")), "token 7: of consumer 3: it is 299 days old; 90 are allowed."),
        (magento(changed(TOKEN, created="2026-02-01 00:00:00", of_staff=True)), "token 7: of a member of staff: it is 299"),
    ],
    "debug-off": [
        (magento(setting("payment/card/debug", "1")), "setting payment/card/debug: It is on, in default:0."),
        (magento(setting("dev/debug/debug_logging", "1", "stores:2")), "setting dev/debug/debug_logging: It is on, in stores:2."),
    ],
    "rest-limited": [
        (magento(setting("webapi/validation/input_limit_enabled", "0")), "input_limit_enabled: It is off in some scope."),
        (
            magento(without=("graphql/validation/input_limit_enabled@default:0",)),
            "setting graphql/validation/input_limit_enabled: Nobody has set it",
        ),
    ],
    "admin-guards": [
        (magento(setting("oauth/consumer/enable_integration_as_bearer", "1")), "taken without a signature"),
        (magento(setting("admin/security/use_form_key", "0")), "not protected against other sites"),
        (magento(setting("admin/security/admin_account_sharing", "1")), "used twice at once"),
        (magento(setting("admin/security/session_lifetime", "7200")), "more than an hour"),
        (magento(setting("web/secure/use_in_adminhtml", "0")), "without TLS"),
        (magento(setting("oauth/access_token_lifetime/admin", "25")), "lives for more than a day"),
        (magento(setting("webapi/jwtauth/customer_expiration", "1441")), "lives for more than a day"),
    ],
    "webhook-hosts": [
        (magento(changed(INTEGRATION, host="them.example")), "integration ERP: Data goes to them.example"),
        (magento(Item(kind="webhook", id="w", title="ship", facts={"host": "them.example"})), "webhook ship: Data goes to them"),
    ],
    "content-tags": [
        (
            magento(Item(kind="script", id="cmsBlock:1", title="footer", facts={"active": True, "hosts": ["www.clarity.ms"]})),
            "cmsBlock:1 (footer): It names www.clarity.ms: Microsoft Clarity.",
        ),
    ],
    "staff-exports": [(magento(*STAFF), "store oak: 4 active members of staff may; 3 are allowed.")],
}  # fmt: skip
HIDING = {
    "anonymous-routes": "rest_route", "wide-integrations": "integration", "tokens-old": "token", "debug-off": "setting",
    "rest-limited": "setting", "admin-guards": "setting", "webhook-hosts": "webhook", "content-tags": "script",
    "staff-exports": "role",
}  # fmt: skip


def test_every_check_of_magento_has_its_flaw() -> None:
    """And a kind of item without which nobody can know."""
    assert of_magento.CHECKS.keys() == MAGENTO_FLAWS.keys() == HIDING.keys()


@pytest.mark.parametrize("check", MAGENTO_FLAWS)
def test_a_sound_magento_store_holds_with_evidence(check: str) -> None:
    """Each check says what was looked at, and of when that is."""
    answer = of_magento.CHECKS[check](seen(magento(), "oak"))

    assert answer is not None
    assert (Verdict.HOLDS, NOW - timedelta(hours=1)) == (answer.verdict, answer.taken_at)
    assert answer.evidence


@pytest.mark.parametrize(("check", "snapshot", "said"), [(check, *one) for check, some in MAGENTO_FLAWS.items() for one in some])
def test_a_flaw_of_a_magento_store_is_named(check: str, snapshot: Snapshot, said: str) -> None:
    """With the very thing that is wrong, and no other check fails for it."""
    answers = {name: judge(seen(snapshot, "oak")) for name, judge in of_magento.CHECKS.items()}

    assert [said in fault for fault in faults(answers[check])] == [True]
    assert [check] == [name for name, answer in answers.items() if answer and answer.verdict is Verdict.FAILS]


@pytest.mark.parametrize("check", MAGENTO_FLAWS)
def test_a_magento_store_that_nobody_read_is_unknown(check: str) -> None:
    """Without a snapshot, and when what it asks about could not be read; the reason is the snapshot's own."""
    judge, kind = of_magento.CHECKS[check], HIDING[check]
    sound = msgspec.structs.replace(magento(unseen=(kind,)), items=tuple(item for item in MAGENTO if item.kind != kind))
    if check == "rest-limited":  # what nobody set is off as delivered: that needs the settings, and they are not there
        sound = magento(unseen=(kind,))

    for snapshot in (None, sound):
        answer = judge(seen(snapshot, "oak"))
        assert answer is not None
        assert Verdict.UNKNOWN is answer.verdict
    assert answer is not None
    assert f"Nobody may read {kind}." == answer.reason


@pytest.mark.parametrize(
    ("item", "check"),
    [
        (changed(INTEGRATION, active=False, resources=["Magento_Backend::all"], host="them.example"), "wide-integrations"),
        (changed(INTEGRATION, active=False, resources=["Magento_Backend::all"], host="them.example"), "webhook-hosts"),
        (changed(TOKEN, revoked=True, created="2020-01-01T00:00:00Z"), "tokens-old"),
        (changed(TOKEN, created=""), "tokens-old"),
        (Item(kind="script", id="cmsBlock:9", facts={"active": False, "hosts": ["facebook.com"]}), "content-tags"),
        (Item(kind="rest_route", id="POST /V1/news", facts={"anonymous": True, "module": "V_N"}), "anonymous-routes"),
        (setting("admin/security/session_lifetime", "as long as it takes"), "admin-guards"),
        (setting("oauth/access_token_lifetime/customer", "24"), "admin-guards"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_no_fault(item: Item, check: str) -> None:
    """What is off, revoked, without an age, or about nobody."""
    assert [] == faults(of_magento.CHECKS[check](seen(magento(item), "oak")))


def test_routes_are_those_of_the_files(tmp_path: Path) -> None:
    """Read from the module's own `webapi.xml`: the anonymous one with a number fails, the one with a permission does not."""
    judge = of_magento.CHECKS["anonymous-routes"]
    flawed = routes_of(tmp_path / "flawed", {"/V1/export/status/:id": "anonymous", "/V1/export/patients": "Vendor_Export::all"})

    (fault,) = faults(judge(seen(flawed, "oak")))
    assert fault.startswith("GET /V1/export/status/:id: Module Vendor_Export answers everybody here")
    sound = routes_of(tmp_path / "sound", {"/V1/export/status/:id": "Vendor_Export::all"})
    assert [] == faults(judge(seen(sound, "oak")))


def test_many_faults_are_counted(sound_shop: Snapshot) -> None:
    """Twenty are named; of the rest it is said how many there are."""
    tokens = tuple(changed(TOKEN, created="2020-01-01T00:00:00Z") for _ in range(1))
    many = tuple(msgspec.structs.replace(tokens[0], id=str(number)) for number in range(25))
    found = faults(of_magento.CHECKS["tokens-old"](seen(magento(*many), "oak")))

    assert 21 == len(found)
    assert found[-1].startswith("5 more: ")
    assert sound_shop.of("token")


def test_the_age_of_a_token_is_told_in_either_form() -> None:
    """With a zone, and as Magento writes it, without; what is no moment has no age."""
    ages = [
        age_of(Item(kind="token", id="1", facts={"created": told}), NOW)
        for told in ("2026-11-17T12:00:00+00:00", "2026-11-17 12:00:00", "-")
    ]
    assert [10, 10, None] == ages
