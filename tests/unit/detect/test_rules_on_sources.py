"""The rules that ship, over what sources really send: from the bytes, through readers, redaction and lake, to findings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hemostat.detect import Detector
from hemostat.detect.rules import shipped
from hemostat.kernel import Home
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import read
from hemostat.phi import Scanner
from unit.detect.wires import CARD, HEALTH, NOON, Wire, numbers, settings

RULES = shipped()
Found = Callable[[Wire], set[str]]
Story = Callable[[Wire], None]


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    """One for all of them: it takes a moment to make."""
    return Scanner()


@pytest.fixture
def found(tmp_path: Path, scanner: Scanner) -> Found:
    """The titles of the rules that fire when these messages have gone the whole way; fails when a line cannot be read."""

    def run(wire: Wire) -> set[str]:
        home = Home(tmp_path / "home")
        home.create(settings())
        tools = Tools(home, scanner=scanner)
        spool = tools.spool()
        spool.append(wire.messages)
        rejected = 0
        while drained := drain(home, spool, tools=tools):
            rejected += drained.rejected
        detector = Detector(RULES)
        findings = detector.push(read(home, spool.parts(), columns=detector.columns))
        detector.close()
        spool.close()
        assert 0 == rejected
        return {finding.title for finding in findings}

    return run


# --- D1: bulk export by an app ---


def _bulk_burst(wire: Wire) -> None:
    for _ in range(5):
        wire.exports(HEALTH, after=4)


def _survey(wire: Wire) -> None:
    wire.asks("{ __schema { types { name } } }")
    wire.asks("{ customersCount { count } ordersCount { count } }", after=60)


def _paging(wire: Wire) -> None:
    for _ in range(40):
        wire.asks("{ customers(first: 250) { nodes { email } } }", after=10)


def _bulk_result(wire: Wire) -> None:
    node = {
        "id": "gid://shopify/BulkOperation/7",
        "status": "COMPLETED",
        "type": "QUERY",
        "createdAt": f"{NOON:%Y-%m-%dT%H:%M:%SZ}",
        "completedAt": f"{NOON:%Y-%m-%dT%H:%M:%SZ}",
        "query": "{ customers { edges { node { email } } } }",
        "rootObjectCount": "58904",
        "fileSize": "386000000",
    }
    wire.send("admin", {"what": "bulk", "node": node})


def _rest_paging(wire: Wire) -> None:
    for page in range(1, 35):
        target = f"GET /rest/V1/customers/search?searchCriteria[pageSize]=300&searchCriteria[currentPage]={page}"
        wire.visits(target, size=270_120, after=9, extra=" credential_hash=9f86d081884c7d65")


# --- D2: staff ---


def _staff_views(wire: Wire) -> None:
    for customer in numbers(61):
        wire.views(customer, after=14)


def _staff_views_a_shift(wire: Wire) -> None:
    for customer in numbers(120):
        wire.views(customer, after=230)


def _views_without_a_ticket(wire: Wire) -> None:
    for customer in numbers(10):
        path, who = f"/console/customers/{customer}", {"actor": "r.okafor", "actor_type": "staff", "auth": "login"}
        wire.tells("customer:read", after=1500, path=path, subject=customer, status=200, **who)


def _staff_views_by_access_log(wire: Wire) -> None:
    for customer in numbers(61):
        wire.visits(f"GET /admin/customer/index/edit/id/{customer}/key/{'a1' * 32}/", after=14)


def _staff_export(wire: Wire) -> None:
    target = "GET /admin/mui/export/gridToCsv/?namespace=customer_listing&filters[placeholder]=true&filters[tag]=x"
    wire.visits(target, size=742_620)


def _impersonation(wire: Wire) -> None:
    for number, customer in enumerate(numbers(5)):
        row = {"log_id": number, "time": f"{NOON:%Y-%m-%d} 12:{number:02}:00Z", "user_name": "r.okafor", "customer_id": customer}
        wire.row("magento_login_as_customer_log", row)


def _impersonation_by_rest(wire: Wire) -> None:
    for customer in numbers(5):
        wire.visits(f"POST /rest/V1/customers/{customer}/token", extra=" credential_hash=9f86d081884c7d65")


# --- D3: walks ---


def _portal_walk(wire: Wire) -> None:
    for patient in range(9_000_001, 9_000_053):
        wire.tells("document:read", ip="203.0.113.24", subject=patient, status=200, after=2)


def _guest_carts(wire: Wire) -> None:
    for cart in numbers(31):
        wire.visits(f"GET /rest/V1/guest-carts/{cart}", after=5)


def _probing(wire: Wire) -> None:
    for _ in range(50):
        wire.visits("POST /rest/V1/customers/isEmailAvailable", after=3)


# --- D4: whose data it is ---


def _one_login(wire: Wire) -> None:
    for patient in numbers(4):
        wire.tells("document:read", actor="p-88213", actor_type="person", auth="login", subject=patient, result="success")


def _one_token(wire: Wire) -> None:
    for place, patient in enumerate(numbers(6)):
        told = {"auth": "token", "token": "t-1", "subject": patient, "result": "success", "ip": f"198.51.100.{place + 1}"}
        wire.tells("document:read", after=20, **told)


def _records_by_login(wire: Wire) -> None:
    for patient in numbers(61):
        wire.charted(patient, after=30)


# --- D5: without a login ---


def _anonymous_route(wire: Wire) -> None:
    for _ in range(3):
        wire.visits("GET /api/chart?patient=1", source="edge")


def _module_route(wire: Wire) -> None:
    for sku in numbers(20):
        wire.visits(f"GET /rest/V1/refill/lookup/{sku}", after=0.6)


def _public_file(wire: Wire) -> None:
    wire.visits("GET /media/refill/export_20260302.csv", size=3_100_000)


def _open_buckets(wire: Wire) -> None:
    wire.fetches("applogs", "2026/03/02/11.json.gz")
    wire.fetches("visits", "a.mp4")
    wire.fetches("documents", "a.pdf")
    wire.google("storage.objects.get")


# --- D6: logs ---


def _card_in_log(wire: Wire) -> None:
    wire.logs(f'request {{"card_number": "{CARD}"}}', channel="payment")


def _people_in_logs(wire: Wire) -> None:
    for source in ("payments", "booking", "app"):
        for _ in range(10):
            wire.logs('body {"patient_name": "Mara Quill", "dob": "1980-02-03"}', source=source, after=60)


def _secret_in_log(wire: Wire) -> None:
    wire.logs(f"deploying with shpat_{'0a1b' * 8}", source="app", channel="ci")


def _data_in_address(wire: Wire) -> None:
    for _ in range(10):
        wire.visits("GET /booking/confirm?dob=1980-02-03&slot=9", source="edge", after=100)


def _query_log(wire: Wire) -> None:
    for number in range(10):
        text = f"## {number} ## QUERY\nSQL: INSERT INTO `sales_order_address` (`region`) VALUES ('x')\n"  # noqa: S608  # a log
        wire.send("payments", text.encode(), after=5)


# --- D7: drift ---


def _debug_on(wire: Wire) -> None:
    wire.row("core_config_data", {"config_id": 5, "path": "payment/example_gateway/debug", "value": "1"})


def _guard_lowered(wire: Wire) -> None:
    wire.row("core_config_data", {"config_id": 6, "path": "oauth/consumer/enable_integration_as_bearer", "value": "1"})


def _buckets_opened(wire: Wire) -> None:
    wire.cloud("PutBucketPolicy")
    wire.google("storage.setIamPermissions", "deploy@fernhollow.example")
    wire.fetches("documents", "-", operation="REST.PUT.ACL", requester="arn:aws:iam::123456789012:user/dev")


def _log_stopped(wire: Wire) -> None:
    wire.cloud("StopLogging", source="visits-trail")


def _scopes(wire: Wire) -> None:
    headers = {
        "x-shopify-topic": "app/scopes_update",
        "x-shopify-webhook-id": "w1",
        "x-shopify-shop-domain": "f.myshopify.example",
    }
    wire.send("hooks", {"id": 7, "previous": ["read_themes"], "current": ["read_themes", "read_customers"]}, headers=headers)


def _integration(wire: Wire) -> None:
    wire.row("integration", {"integration_id": 4, "name": "reports", "status": 1})


def _nobodys_token(wire: Wire) -> None:
    wire.row(
        "oauth_token", {"entity_id": 9, "consumer_id": None, "admin_id": None, "type": "access", "revoked": 0, "user_type": 1}
    )


def _webhook(wire: Wire) -> None:
    wire.changes("webhook", "added", ["host", "url_sha256"])
    mutation = 'webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/1") { deletedWebhookSubscriptionId }'
    wire.asks(f"mutation {{ {mutation} }}")


def _script(wire: Wire) -> None:
    made = {"code": True, "hosts": ["collect.example"], "sha256": "0f" * 32}
    wire.row(
        "cms_block", {"block_id": 3, "identifier": "checkout_notice", "update_time": "2026-03-02 12:00:00Z", "content": made}
    )
    wire.changes("script", "changed", ["code", "hosts", "sha256"])
    wire.asks('mutation { scriptTagCreate(input: {src: "https://collect.example/x.js"}) { scriptTag { id } } }')


def _cms_by_rest(wire: Wire) -> None:
    wire.visits("PUT /rest/V1/cmsBlock/3", extra=" credential_hash=9f86d081884c7d65")


def _route_added(wire: Wire) -> None:
    wire.changes("rest_route", "added", ["anonymous", "module", "path", "resources"], title="GET /V1/refill/lookup/:sku")


def _password_gone(wire: Wire) -> None:
    wire.changes("policy", "changed", ["enabled"], source="admin", title="Password of the online store")


# --- D8: tokens ---


def _revoked(wire: Wire) -> None:
    wire.visits("POST /rest/V1/integration/customer/revoke-customer-token", extra=" credential_hash=9f86d081884c7d65")
    wire.visits("GET /rest/V1/customers/me", extra=" credential_hash=9f86d081884c7d65", after=600)


def _revoked_by_app(wire: Wire) -> None:
    wire.tells("access:revoke", token="t-1")
    wire.tells("document:read", auth="token", token="t-1", subject=9_000_001, status=200)


# --- D9 and D10: test systems, advertising ---


def _crawled(wire: Wire) -> None:
    for page in range(5):
        wire.visits(
            f"GET /page-{page}.html", source="staging", agent="Mozilla/5.0 (compatible; Googlebot/2.1)", extra=" host=s.example"
        )


def _shown_in_staging(wire: Wire) -> None:
    for place in range(5):
        extra = " host=stg-shop.fernhollow.example"
        wire.visits("GET /customer/account", source="staging", ip=f"198.18.{place}.7", after=3000, extra=extra)


def _asked_of_staging(wire: Wire) -> None:
    for place in range(3):
        extra = " host=stg-shop.fernhollow.example"
        wire.visits(f"GET /admin_test/customers?id={place}", source="staging", ip=f"198.18.{place}.7", after=3000, extra=extra)


def _pixel(wire: Wire) -> None:
    wire.visits("GET /tr?id=1&ev=Schedule&ud[em]=0f0f", source="egress", extra=" host=www.facebook.com")


def _telling_address(wire: Wire) -> None:
    for _ in range(10):
        wire.visits("GET /booking/confirm?condition=x&step=2&em=0f", source="edge", after=100)


# --- D11: recordings ---


def _link_shared(wire: Wire) -> None:
    for place in range(3):
        wire.fetches("visits", "a.mp4", ip=f"198.18.{place}.7", link="0f0f", after=600)


def _link_of_each(wire: Wire) -> None:
    for place in range(4):
        wire.fetches("visits", "a.mp4", ip=f"198.18.{place}.7", link=f"0f0f{place}", after=600)


def _fetched_in_number(wire: Wire) -> None:
    for place in range(10):
        wire.fetches("visits", f"{place}.mp4", link=f"0f0f{place}", after=60)


def _opened_in_number(wire: Wire) -> None:
    for place in range(10):
        wire.zoom("view", {"uuid": f"u{place}", "email": "v@fernhollow.example", "type": "by_view"}, after=120)


def _downloaded(wire: Wire) -> None:
    for place in range(3):
        wire.zoom("view", {"uuid": "u1", "email": f"v{place}@fernhollow.example", "type": "by_download"}, after=600)


def _open_to_all(wire: Wire) -> None:
    wire.zoom("settings", {"uuid": "u1", "host_id": "h1", "share_recording": "publicly", "viewer_download": True})


LOGS = {
    "Patient data is written into a log of checkout",
    "Patient data is written into a log of bookings",
    "Patient data is written into a log of the store",
}
TABLE: list[tuple[Story, set[str]]] = [
    (_bulk_burst, {"One app starts several bulk operations at once", "Bulk operation asks for health data of people"}),
    (_survey, {"App surveys the store before it reads"}),
    (_paging, {"One app pages through the records of very many people"}),
    (_bulk_result, {"Bulk operation gave out the data of very many people"}),
    (_rest_paging, {"One address pages through Magento's customers or orders"}),
    (_staff_views, {"One member of staff opens a customer a minute"}),
    (_staff_views_a_shift, {"One member of staff opens very many customers in a shift"}),
    (_views_without_a_ticket, {"One member of staff opens customers without tickets"}),
    (_staff_views_by_access_log, {"One session of the admin opens a customer a minute"}),
    (_staff_export, {"Staff exported a list of very many people", "Staff exported people by what they are treated for"}),
    (_impersonation, {"One member of staff signs in as many customers"}),
    (_impersonation_by_rest, {"One address takes tokens of many customers"}),
    (_portal_walk, {"One address walks through the records of the portal"}),
    (_guest_carts, {"One address reads the carts of many guests"}),
    (_probing, {"One address asks who is a customer"}),
    (_one_login, {"One login reads the records of several people"}),
    (_one_token, {"One token reads the records of several people", "One token used from many addresses"}),
    (_records_by_login, {"One login reads the records of a patient a minute"}),
    (_anonymous_route, {"Route with data of people answers without a login"}),
    (_module_route, {"One address calls the route of a module over and over"}),
    (_public_file, {"Table, dump or log fetched from a public folder"}),
    (
        _open_buckets,
        {
            "Object of the booking service read without signing in",
            "Recording read without signing in",
            "Document of the store read without signing in",
        },
    ),
    (_card_in_log, {"Card number written into a log"}),
    (_people_in_logs, LOGS),
    (_secret_in_log, {"Secret written into a log"}),
    (_data_in_address, {"Patient data travels in addresses"}),
    (_query_log, {"The store logs its database in production"}),
    (_debug_on, {"Debug logging of a payment method or the store switched on"}),
    (_guard_lowered, {"A setting that guards the store's data was lowered"}),
    (
        _buckets_opened,
        {
            "Who may read a bucket of the store or the booking service was changed",
            "Who may read a bucket with recordings was changed",
        },
    ),
    (_log_stopped, {"The log of who reads a bucket was stopped or changed"}),
    (_scopes, {"An app may read more of people than before"}),
    (_integration, {"An integration was added, switched on or given other rights"}),
    (_nobodys_token, {"A token that belongs to nobody"}),
    (_webhook, {"Where the store sends its data was changed"}),
    (_script, {"A script was put into pages or checkout"}),
    (_cms_by_rest, {"Content of the store written by its interface"}),
    (_route_added, {"A module added a route, or changed who may call it"}),
    (_password_gone, {"The password of a whole store was switched on or off"}),
    (_revoked, {"A revoked token is still accepted"}),
    (_revoked_by_app, {"A revoked token is still accepted"}),
    (_crawled, {"Search engines index a test store"}),
    (_shown_in_staging, {"A test system shows people to several networks"}),
    (_asked_of_staging, {"A test system is asked for people from several networks"}),
    (_pixel, {"Identity or health sent to an advertising network"}),
    (_telling_address, {"Addresses say who is treated for what"}),
    (_link_shared, {"One link to a recording is used from several networks"}),
    (_link_of_each, {"One recording is fetched by signed links from several networks"}),
    (_fetched_in_number, {"One address fetches many recordings"}),
    (_opened_in_number, {"One viewer opens many recordings"}),
    (_downloaded, {"One recording is downloaded by several people"}),
    (_open_to_all, {"A recording is open to whoever has its link"}),
]


@pytest.mark.parametrize(("story", "expected"), TABLE, ids=lambda one: getattr(one, "__name__", "").strip("_"))
def test_what_a_source_sends_fires_its_rules(story: Story, expected: set[str], found: Found) -> None:
    """The rules that are meant for it fire on what the sources tell of a leak, and no others do."""
    wire = Wire()
    story(wire)

    assert expected == found(wire)


OF_KNOWN_PEOPLE = {"Data of a real patient outside production", "Canary patient seen outside production, or on the way out"}


def test_every_rule_is_fired_by_some_source() -> None:
    """No rule waits for what no source can tell; those of the storefront's session are shown by the drill.

    Those of known people wait for sets of fingerprints, and are shown with them.
    """
    fired = set().union(*(expected for _, expected in TABLE))
    raising = {rule.title: rule.ours.playbook for rule in (*(one for one in RULES.rules if one.alerts), *RULES.correlations)}

    assert {title for title, playbook in raising.items() if not playbook} == fired | OF_KNOWN_PEOPLE


# --- an ordinary day ---


def _shop(wire: Wire) -> None:
    """Shoppers, the nightly sync, a migration of products, and what marketing does."""
    for shopper in range(60):
        ip = f"198.18.{shopper}.7"
        for target in (
            "GET /",
            "GET /fever-syrup.html",
            "GET /media/catalog/product/a/b/syrup.jpg",
            "GET /customer/section/load",
        ):
            wire.visits(target, ip=ip)
        wire.visits("POST /rest/V1/customers/isEmailAvailable", ip=ip)
        wire.visits(f"GET /rest/V1/guest-carts/c{shopper}", ip=ip)
        wire.visits("GET /newsletter/confirm?email=x@patients.example", ip=ip)
    wire.visits("GET /media/feed/shopping.csv", agent="Googlebot/2.1")
    for page in range(1, 21):
        target = f"GET /rest/V1/orders?searchCriteria[pageSize]=100&searchCriteria[currentPage]={page}"
        wire.visits(target, ip="192.0.2.40", size=600_120, extra=" credential_hash=5e884898da280471")
        wire.asks("{ orders(first: 100) { nodes { id email } } }", app=7)
    wire.exports("orders { edges { node { id shippingAddress { zip } } } }", app=7)
    wire.exports("customers { edges { node { email } } }", app=8, after=3600)
    for product in range(40):
        wire.visits(f"GET /rest/V1/products/sku-{product}", ip="192.0.2.41", extra=" credential_hash=5e884898da280471")


def _staff(wire: Wire) -> None:
    """A shift of support, the month-end list of finance, an editor, and a look at the settings."""
    for customer in numbers(38):
        wire.views(customer, user="support", after=700)
    for place, customer in enumerate(numbers(30)):
        wire.views(customer, user=f"colleague-{place % 6}", after=15)
    target = "GET /admin/mui/export/gridToCsv/?namespace=sales_order_grid&filters[placeholder]=true&filters[created_at][from]=x"
    wire.visits(target, size=300_000)
    wire.visits("POST /admin/cms/block/save/", status=302)
    wire.row("cms_page", {"page_id": 2, "identifier": "hours", "update_time": "2026-03-02 12:00:00Z", "content": {"code": False}})
    wire.row("core_config_data", {"config_id": 5, "path": "payment/example_gateway/debug", "value": "0"})
    wire.row("integration", {"integration_id": 4, "name": "old", "status": 0})
    wire.changes("theme_file", "changed", ["md5"], source="admin")
    wire.changes("package", "changed", ["version"])
    for customer in numbers(2):
        row = {"log_id": customer, "user_name": "support", "customer_id": customer}
        wire.row("magento_login_as_customer_log", row, after=2000)


def _care(wire: Wire) -> None:
    """Patients and parents at the portal, clinicians at records, recordings watched and kept."""
    for patient in numbers(30):
        own = {
            "actor": f"p{patient}",
            "actor_type": "person",
            "auth": "login",
            "subject": patient,
            "ip": f"198.18.{patient % 90}.9",
        }
        for _ in range(3):
            wire.tells("document:read", result="success", **own)
        wire.tells("document:read", auth="token", token=f"t{patient}", subject=patient, ip="198.18.1.1", result="success")
    for child in numbers(3):
        wire.tells("document:read", actor="parent", actor_type="person", auth="login", subject=child, result="success")
    for patient in numbers(20):
        wire.charted(patient, after=600)
        wire.searched("Patient?_count=20")
    for place in range(15):
        for _ in range(4):
            wire.fetches("visits", f"{place}.mp4", ip=f"198.18.{place}.7", link=f"l{place}", status=206)
    for place in range(6):
        wire.zoom("view", {"uuid": f"u{place}", "email": "clinician@fernhollow.example", "type": "by_view"}, after=1800)
    for name in ("patient@patients.example", "clinician@fernhollow.example"):
        wire.zoom("view", {"uuid": "u1", "email": name, "type": "by_download"})
    wire.zoom("settings", {"uuid": "u1", "host_id": "h1", "share_recording": "publicly", "passcode": True})


def _systems(wire: Wire) -> None:
    """Logs as they should be, shippers and backups, a refused change, and testers in their office."""
    backup = "arn:aws:iam::123456789012:user/backup"
    for hour in range(24):
        wire.fetches("applogs", f"{hour}.gz", requester=backup, operation="REST.PUT.OBJECT", after=60)
        wire.fetches("visits", f"{hour}.mp4", requester=backup)
        wire.fetches("documents", f"{hour}.pdf", status=403)
        wire.logs("order placed, mail sent to x@patients.example")
        wire.logs("slot confirmed", source="booking")
        wire.logs("cache warmed in 12 ms", source="app", level="INFO")
        wire.visits("GET /customer/account", source="staging", ip="192.0.2.9", extra=" host=stg-shop.fernhollow.example")
    wire.cloud("PutBucketPolicy", error="AccessDenied")
    wire.cloud("PutBucketLifecycle")
    wire.cloud("GetBucketPolicy", readOnly=True)
    wire.google("storage.objects.get", "clinician@fernhollow.example")
    wire.visits("GET /collect?v=2&tid=1&dl=x", source="egress", extra=" host=www.google-analytics.com")


@pytest.mark.parametrize("day", [_shop, _staff, _care, _systems], ids=lambda day: day.__name__.strip("_"))
def test_an_ordinary_day_fires_nothing(day: Story, found: Found) -> None:
    """What shoppers, staff, patients and systems do on a day without a leak raises no finding."""
    wire = Wire()
    day(wire)

    assert set() == found(wire)
