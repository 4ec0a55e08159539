"""What Shopify's webhook topics say was done, where, and to what; and the names of the fields in which patient data stands.

Topics: the enumeration of version 2026-10. What their bodies hold: Shopify's published examples of version 2026-07.
"""

import re
from collections.abc import Iterator
from typing import Any

from hemostat.events.vocabulary import Act, Surface

TOPIC = re.compile(r"[a-z0-9_.]{1,60}(/[a-z0-9_.]{1,60})?")
"""A topic in lower case: `orders/create`, or `customer.tags_added`."""

PRIVACY = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
"""Topics by which a person's rights are claimed; each has a term."""

_CUSTOMER, _ORDER, _RECORD = "customer", "order", "record"
_FAMILIES = {
    _CUSTOMER: (Act.CUSTOMER_CREATE, Act.CUSTOMER_UPDATE, Act.CUSTOMER_DELETE),
    _ORDER: (Act.ORDER_CREATE, Act.ORDER_UPDATE, Act.ORDER_DELETE),
    _RECORD: (Act.RECORD_CREATE, Act.RECORD_CHANGE, Act.RECORD_DELETE),
}
_CREATES = frozenset({"create", "add", "added"})
_DELETES = frozenset({"delete", "destroy", "remove"})
_THINGS: dict[str, tuple[str, Surface | None]] = {
    "customers": (_CUSTOMER, Surface.PATIENT_PORTAL),
    "company_contacts": (_CUSTOMER, Surface.PATIENT_PORTAL),
    "orders": (_ORDER, Surface.CHECKOUT),
    "draft_orders": (_ORDER, Surface.CHECKOUT),
    "checkouts": (_ORDER, Surface.CHECKOUT),
    "carts": (_ORDER, Surface.CHECKOUT),
    "segments": (_RECORD, Surface.PATIENT_PORTAL),
    "customer_groups": (_RECORD, Surface.PATIENT_PORTAL),
    "companies": (_RECORD, Surface.PATIENT_PORTAL),
    "company_locations": (_RECORD, Surface.PATIENT_PORTAL),
    "products": (_RECORD, Surface.PRODUCT_CATALOG),
    "variants": (_RECORD, Surface.PRODUCT_CATALOG),
    "collections": (_RECORD, Surface.PRODUCT_CATALOG),
    "metaobjects": (_RECORD, None),
}
"""Things whose topics tell of making, changing and deleting them: the family of acts, and the surface."""

_CHANGES: dict[str, tuple[Act, Surface | None]] = {
    "customer": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "customers_email_marketing_consent": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "customers_marketing_consent": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "customers_whats_app_marketing_consent": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "customer_payment_methods": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "company_contact_roles": (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
    "customer_account_settings": (Act.CONFIG_CHANGE, Surface.PATIENT_PORTAL),
    "order_transactions": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "tender_transactions": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "refunds": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "returns": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "fulfillments": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "disputes": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "shipping_addresses": (Act.ORDER_UPDATE, Surface.CHECKOUT),
    "app": (Act.APP_CHANGE, None),
    "app_subscriptions": (Act.APP_CHANGE, None),
    "themes": (Act.CONTENT_CHANGE, Surface.STOREFRONT),
    "metafield_definitions": (Act.CONFIG_CHANGE, None),
    "domains": (Act.CONFIG_CHANGE, Surface.STOREFRONT),
    "shop": (Act.CONFIG_CHANGE, Surface.STOREFRONT),
    "locations": (Act.CONFIG_CHANGE, None),
    "channels": (Act.CONFIG_CHANGE, None),
    "markets": (Act.CONFIG_CHANGE, None),
    "locales": (Act.CONFIG_CHANGE, None),
    "product_publications": (Act.CONFIG_CHANGE, Surface.PRODUCT_CATALOG),
    "bulk_operations": (Act.EXPORT_RUN, None),
}
"""Things that are always changed, whatever the verb of the topic."""

_STAFF = {
    "grant": Act.ACCESS_GRANT,
    "revoke": Act.ACCESS_REVOKE,
    "delete": Act.ACCESS_REVOKE,
}

PATIENT_FIELDS = frozenset(
    {
        "email", "contact_email", "email_address", "phone", "phone_number", "first_name", "last_name", "name", "display_name",
        "default_address", "addresses", "shipping_address", "billing_address", "company", "note", "note_attributes", "tags",
        "properties", "line_items", "custom_attributes", "metafields", "client_details", "browser_ip", "landing_site",
        "referring_site", "payment_details", "payment_instrument", "multipass_identifier", "state", "query", "fields",
        "email_marketing_consent", "sms_marketing_consent", "whats_app_marketing_consent", "order_status_url", "token",
        "cart_token", "orders_requested", "orders_to_redact", "reason", "evidence_due_by",
    }
)  # fmt: skip
"""Names that are told when they are in a body: what stands there is, or reveals, a patient's."""

_SCOPE = re.compile(r"[a-z_]{1,60}")
_MOST_FIELDS = 40


def thing_of(topic: str) -> str:
    """What a topic is about: `customer` of `customer.tags_added`, `orders` of `orders/create`."""
    return re.split(r"[/.]", topic, maxsplit=1)[0]


def act_of(topic: str) -> Act:
    """What a topic says was done; `record:change` for topics that have no word of their own."""
    if topic in PRIVACY:
        return Act.PRIVACY_REQUEST
    thing, verb = thing_of(topic), topic.rpartition("/")[2]
    if thing in _THINGS:
        created, changed, deleted = _FAMILIES[_THINGS[thing][0]]
        return created if verb in _CREATES else deleted if verb in _DELETES else changed
    if thing == "finance_app_staff_member":
        return _STAFF.get(verb, Act.ACCOUNT_CHANGE)
    if thing.startswith("fulfillment"):
        return Act.ORDER_UPDATE
    return _CHANGES.get(thing, (Act.RECORD_CHANGE, None))[0]


def bulk_act(record: dict[str, Any]) -> Act:
    """What a bulk operation of ours did: it reads the store out unless its body says that it wrote."""
    return Act.API_WRITE if record.get("type") == "mutation" else Act.EXPORT_RUN


def surface_of(topic: str) -> Surface | None:
    """Where a topic happens; None when that is for the source's settings to say."""
    thing = thing_of(topic)
    if thing.startswith("fulfillment"):
        return Surface.CHECKOUT
    return _THINGS.get(thing, _CHANGES.get(thing, (Act.RECORD_CHANGE, None)))[1]


def fields_of(record: dict[str, Any], topic: str) -> tuple[str, ...]:
    """Names of the fields of a body in which patient data stands, and the scopes that were granted or taken; never a value."""
    names = dict.fromkeys((*_patient_fields(record), *_customer_fields(record), *_scopes(record, topic)))
    return tuple(names)[:_MOST_FIELDS]


def _patient_fields(record: dict[str, Any]) -> Iterator[str]:
    return (name for name, value in record.items() if name in PATIENT_FIELDS and value not in (None, "", [], {}))


def _customer_fields(record: dict[str, Any]) -> Iterator[str]:
    customer = record.get("customer")
    return (f"customer.{name}" for name in _patient_fields(customer)) if isinstance(customer, dict) else iter(())


def _scopes(record: dict[str, Any], topic: str) -> Iterator[str]:
    """What `app/scopes_update` adds and takes away."""
    if topic != "app/scopes_update":
        return
    before, after = (_words(record.get(name)) for name in ("previous", "current"))
    yield from (f"granted.{scope}" for scope in sorted(after - before))
    yield from (f"revoked.{scope}" for scope in sorted(before - after))


def _words(value: object) -> set[str]:
    return {word for word in value if isinstance(word, str) and _SCOPE.fullmatch(word)} if isinstance(value, list) else set()
