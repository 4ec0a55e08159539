"""Shopify: both signatures, both header families, and what each topic says about whom."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Auth, Environment, Surface
from hemostat.kernel import BadSettings, Home, Intake, Route, Settings, Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, context_of, read, shopify_source_name, source_named
from hemostat.sources.shopify_signature import proxy_signed, webhook_signed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = Source(kind="shopify", store="fernhollow", environment="sandbox")
CUSTOMER = {
    "id": 12345678901234567890,
    "email": "p@example.org",
    "default_address": {"country_code": "US", "province_code": "CA"},
}


def read_one(body: bytes, topic: str = "customers/update", **headers: str) -> Raw | Rejected:
    """What the reader makes of a webhook."""
    given = {"x-shopify-topic": topic, **{name.replace("_", "-"): value for name, value in headers.items()}}
    message = Message(seq=1, source="fernhollow", received_at=NOON, content_type="application/json", headers=given, body=body)
    (record,) = read(message, SHOP, ReaderContext())
    return record


def access(record: object, topic: str = "customers/update", **headers: str) -> Access:
    """The access of a webhook that is good."""
    found = read_one(msgspec.json.encode(record), topic, **headers)
    assert isinstance(found, Raw), found
    return found.access


def test_a_customer_update_tells_whose_data_it_is() -> None:
    """The id stays exact beyond 2^53, the address gives the jurisdiction, the header gives the time."""
    found = access(
        CUSTOMER,
        x_shopify_triggered_at="2026-03-02T10:00:00.877041743Z",
        x_shopify_webhook_id="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        x_shopify_shop_domain="fernhollow.myshopify.example",
    )

    assert ("12345678901234567890", 1, "US-CA") == (found.subject, found.subjects, found.jurisdiction)
    assert (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL, Auth.SIGNED) == (found.act, found.surface, found.auth)
    assert datetime(2026, 3, 2, 10, 0, 0, 877_041, tzinfo=UTC) == found.time
    assert ("fernhollow.myshopify.example", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "customers/update") == (
        found.host, found.request_id, found.message,
    )  # fmt: skip


def test_the_events_family_of_headers_is_read_too() -> None:
    """Headers without the `x-` carry the same; without a time the arrival counts."""
    message = Message(
        seq=1,
        source="fernhollow",
        received_at=NOON,
        content_type="",
        headers={"shopify-topic": "orders/create", "shopify-triggered-at": "soon"},
        body=b'{"customer": {"id": 7}}',
    )
    (found,) = read(message, SHOP, ReaderContext())

    assert isinstance(found, Raw)
    assert (Act.ORDER_CREATE, Surface.CHECKOUT, "7", NOON) == (
        found.access.act, found.access.surface, found.access.subject, found.access.time,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "act"),
    [
        ("customers/create", Act.CUSTOMER_CREATE),
        ("customers/delete", Act.CUSTOMER_DELETE),
        ("customers/data_request", Act.PRIVACY_REQUEST),
        ("customers/redact", Act.PRIVACY_REQUEST),
        ("shop/redact", Act.PRIVACY_REQUEST),
        ("orders/paid", Act.ORDER_UPDATE),
        ("orders/delete", Act.ORDER_DELETE),
        ("app/uninstalled", Act.APP_CHANGE),
        ("bulk_operations/finish", Act.EXPORT_RUN),
        ("themes/publish", Act.CONTENT_CHANGE),
        ("draft_orders/create", Act.ORDER_CREATE),
        ("carts/update", Act.ORDER_UPDATE),
        ("refunds/create", Act.ORDER_UPDATE),
        ("fulfillments/create", Act.ORDER_UPDATE),
        ("segments/delete", Act.RECORD_DELETE),
        ("metaobjects/create", Act.RECORD_CREATE),
        ("metafield_definitions/create", Act.CONFIG_CHANGE),
        ("domains/destroy", Act.CONFIG_CHANGE),
        ("customers_marketing_consent/update", Act.CUSTOMER_UPDATE),
        ("customer_account_settings/update", Act.CONFIG_CHANGE),
        ("finance_app_staff_member/grant", Act.ACCESS_GRANT),
        ("finance_app_staff_member/revoke", Act.ACCESS_REVOKE),
        ("finance_app_staff_member/update", Act.ACCOUNT_CHANGE),
        ("unheard/of", Act.RECORD_CHANGE),
        ("customer.tags_added", Act.CUSTOMER_UPDATE),
        ("customer.joined_segment", Act.CUSTOMER_UPDATE),
        ("CUSTOMERS/CREATE", Act.CUSTOMER_CREATE),
    ],
)
def test_each_topic_has_its_act(topic: str, act: Act) -> None:
    """Topics that have no word of their own are changes of a record."""
    assert act == access({}, topic).act


@pytest.mark.parametrize(
    ("record", "topic", "subject", "jurisdiction"),
    [
        (
            {"id": 1, "customer": {"id": 2, "default_address": {"country_code": "US", "province_code": "TX"}}},
            "orders/create",
            "2",
            "US-TX",
        ),
        ({"id": 1, "shipping_address": {"country_code": "US", "province_code": "NY"}}, "orders/create", "", "US-NY"),
        ({"id": 1, "billing_address": {"country_code": "FR", "province_code": None}}, "orders/create", "", "FR"),
        ({"admin_graphql_api_id": "gid://shopify/Customer/33"}, "customers/update", "33", ""),
        ({"id": "44"}, "customers/update", "44", ""),
        ({"customerId": "gid://shopify/Customer/55", "tags": ["x"]}, "customer.tags_added", "55", ""),
        ({"customerId": 56, "tags": ["x"]}, "customer.tags_removed", "56", ""),
        (
            {"customer_id": None, "admin_graphql_api_customer_id": "gid://shopify/Customer/57"},
            "customer.joined_segment",
            "57",
            "",
        ),
        ({"id": 1, "customer_id": 58}, "customer_payment_methods/create", "58", ""),
        ({"shop_id": "gid://shopify/Shop/1", "customer_id": "gid://shopify/Customer/2"}, "customer.joined_segment", "2", ""),
        ({"customer_id": 61, "email_address": "p@example.org"}, "customers_email_marketing_consent/update", "61", ""),
        ({"id": 62, "phone": None}, "customers_marketing_consent/update", "62", ""),
        ({"customer_admin_graphql_api_id": "gid://shopify/Customer/63"}, "company_contacts/create", "63", ""),
        (
            {"id": 706405506930370000, "admin_graphql_api_id": "gid://shopify/Customer/706405506930370084"},
            "customers/update",
            "706405506930370084",
            "",
        ),
        ({"id": 1, "customer": {"id": 64, "admin_graphql_api_id": "gid://shopify/Order/9"}}, "orders/create", "64", ""),
        ({"id": True, "default_address": []}, "customers/update", "", ""),
        ({"id": 1, "default_address": {"country_code": "Jane"}}, "products/update", "", ""),
    ],
)
def test_person_and_place_are_found_where_they_stand(record: dict[str, Any], topic: str, subject: str, jurisdiction: str) -> None:
    """The customer is the record or is named in it; nothing that looks otherwise passes for an id or a place."""
    found = access(record, topic)

    assert (subject, jurisdiction) == (found.subject, found.jurisdiction)


def test_a_bulk_operation_that_wrote_is_no_export() -> None:
    """Its body says which it was."""
    assert Act.API_WRITE == access({"type": "mutation"}, "bulk_operations/finish").act
    assert Act.EXPORT_RUN == access({"type": "query"}, "bulk_operations/finish").act


def test_a_merge_is_about_two_people() -> None:
    """The account that is kept names the person; the other is gone."""
    record = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
    }
    found = access(record, "customers/merge")

    assert ("1", 2, Act.CUSTOMER_UPDATE) == (found.subject, found.subjects, found.act)


def test_the_names_of_fields_with_patient_data_are_told_and_no_values() -> None:
    """Of the record and of its customer, when something stands in them; a resource and its number come with them."""
    record = {
        "id": 9,
        "note": "takes insulin",
        "note_attributes": [],
        "tags": "diabetes",
        "phone": None,
        "customer": {"id": 2, "email": "jane@example.org"},
        "user_id": 444,
        "app_id": 333,
    }
    found = access(record, "orders/create")

    assert ("note", "tags", "customer.email") == found.fields
    assert ("orders", "9", "444", ActorType.STAFF, "app-333") == (
        found.resource, found.resource_id, found.actor, found.actor_type, found.app,
    )  # fmt: skip
    assert not [word for word in ("insulin", "jane", "diabetes") if word in str(found.fields)]


def test_changed_scopes_are_named() -> None:
    """What was granted and what was taken; anything else in the lists is left out."""
    record = {"previous": ["read_products", "read_orders"], "current": ["read_products", "write_customers", 7, "Jane Roe"]}

    assert ("granted.write_customers", "revoked.read_orders") == access(record, "app/scopes_update").fields
    assert () == access({"previous": 7}, "app/scopes_update").fields


@pytest.mark.parametrize(
    ("topic", "surface"),
    [
        ("fulfillments/update", Surface.CHECKOUT),
        ("products/update", Surface.PRODUCT_CATALOG),
        ("segments/create", Surface.PATIENT_PORTAL),
        ("themes/update", Surface.STOREFRONT),
        ("locations/create", Surface.STOREFRONT),
    ],
)
def test_each_topic_has_its_surface(topic: str, surface: Surface) -> None:
    """A topic that says nothing about it leaves it to the settings."""
    assert surface == access({}, topic).surface


@pytest.mark.parametrize("topic", ["customer.tags_added", "customer.tags_removed", "customer.joined_segment"])
def test_topics_with_a_dot_are_of_the_portal(topic: str) -> None:
    """Tags and segments reveal conditions: they are changes of a person's record, whatever form their topic has."""
    assert Surface.PATIENT_PORTAL == access({}, topic).surface


@pytest.mark.parametrize(
    ("body", "topic", "reason"),
    [
        (b"[]", "orders/create", "The body is not a JSON object."),
        (b"{", "orders/create", "The body is not JSON in UTF-8."),
        (b'{"a": "\xff"}', "orders/create", "The body is not JSON in UTF-8."),
        (b"[" * 5000, "orders/create", "The body is not JSON in UTF-8."),
        (b"{}", "Jane Roe", "The message names no topic."),
        (b"{}", "", "The message names no topic."),
    ],
)
def test_a_bad_webhook_says_why(body: bytes, topic: str, reason: str) -> None:
    """What is not a webhook of Shopify's becomes a dead letter with its reason."""
    found = read_one(body, topic)

    assert isinstance(found, Rejected)
    assert (reason, body) == (found.reason, found.raw)


@given(st.binary(max_size=100), st.text(max_size=20))
def test_any_bytes_are_read_or_rejected(body: bytes, topic: str) -> None:
    """No input raises."""
    assert isinstance(read_one(body, topic), Raw | Rejected)


def signed(body: bytes, secret: bytes) -> str:
    """Shopify's signature of a webhook."""
    return b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


@given(st.binary(), st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64))
def test_any_of_the_secrets_verifies_a_webhook(body: bytes, new: bytes, old: bytes) -> None:
    """While a secret rotates both count; a changed body or a foreign secret does not."""
    for secret in (new, old):
        assert webhook_signed(body, signed(body, secret), [new, old])
        assert not webhook_signed(body + b" ", signed(body, secret), [new, old])
    assert not webhook_signed(body, signed(body, new + old + b"x"), [new, old])
    assert not webhook_signed(body, "ünicode", [new, old])
    assert not webhook_signed(body, signed(body, new), [])


def test_the_documented_proxy_query_verifies() -> None:
    """The example of Shopify's manual: several values of one name are joined by commas."""
    query = (
        "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1&path_prefix=%2Fapps%2Fawesome_reviews"
        "&timestamp=1317327555&signature=4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"
    )

    assert proxy_signed(query, [b"other", b"hush"])
    assert not proxy_signed(query.replace("customer_id=1", "customer_id=2"), [b"hush"])
    assert not proxy_signed(query + "&signature=0", [b"hush"])
    assert not proxy_signed("extra=1", [b"hush"])


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).filter(lambda name: name != "signature"),
        st.lists(st.text(max_size=8), min_size=1, max_size=3),
        max_size=5,
    )
)
def test_any_proxy_query_that_was_signed_verifies(values: dict[str, list[str]]) -> None:
    """Signing by the rule and checking agree, whatever names and values hold."""
    message = "".join(sorted(f"{name}={','.join(each)}" for name, each in values.items()))
    signature = hmac.new(b"hush", message.encode(), hashlib.sha256).hexdigest()

    assert proxy_signed(urlencode({**values, "signature": signature}, doseq=True), [b"hush"])
    assert not proxy_signed(urlencode({**values, "signature": signature[:-1]}, doseq=True), [b"hush"])


@pytest.mark.parametrize(("secret", "auth"), [(b"hush", Auth.SIGNED), (b"wrong", Auth.FORGED), (None, Auth.SIGNED)])
def test_a_logged_proxy_signature_is_checked_when_there_is_a_secret(secret: bytes | None, auth: Auth) -> None:
    """With the store's secret a forged signature is told from a real one; without, its presence has to do."""
    route = Route(prefix="/api", surface="storefront", act="session:read", signed_by="signature")
    source = Source(kind="access-log", store="fernhollow", routes=[route])
    digest = hmac.new(b"hush", b"a=1", hashlib.sha256).hexdigest()
    line = f'::1 - - [02/Mar/2026:14:04:00 +0000] "GET /api?a=1&signature={digest} HTTP/1.1" 200 1'
    message = Message(seq=1, source="edge", received_at=NOON, content_type="", headers={}, body=line.encode())

    (found,) = read(message, source, ReaderContext(shopify_secrets=[secret] if secret else []))

    assert isinstance(found, Raw)
    assert auth == found.access.auth


def test_a_store_needs_no_entry_among_the_sources(tmp_path: Any) -> None:
    """Webhooks of a store go under its own name, or under that of the source that is made for it."""
    bare = Settings(kind="sandbox", intake=Intake(), shopify_stores={"fernhollow": "f.myshopify.example"})
    named = Settings(
        sources={"fern": Source(kind="shopify", store="fernhollow"), "edge": SHOP}, shopify_stores=bare.shopify_stores
    )

    assert "shopify.fernhollow" == shopify_source_name(bare, "fernhollow")
    assert "fern" == shopify_source_name(named, "fernhollow")
    found = source_named(bare, "shopify.fernhollow")
    assert ("shopify", "fernhollow", Environment.SANDBOX) == (found.kind, found.store, found.environment)
    assert "fernhollow" == source_named(named, "fern").store
    for unknown in ("shopify.other", "edge"):
        with pytest.raises(BadSettings, match=unknown):
            source_named(bare, unknown)
    home = Home(tmp_path)
    home.create(bare)
    assert () == context_of(home.keyring(bare), found).shopify_secrets
    new, old = b"new client secret", b"old client secret"
    home.keyring(bare).put("shopify.fernhollow", [new, old])
    assert (new, old) == context_of(home.keyring(bare), found).shopify_secrets
