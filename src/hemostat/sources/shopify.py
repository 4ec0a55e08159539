"""Shopify webhooks: one message, one event. The signature was checked at the door, over the raw bytes.

Contract: https://shopify.dev/docs/api/webhooks. Ids are whole numbers beyond 2^53 and stay exact.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt
from .request import Moment, host_name, identifier, moment

API_VERSION = "2026-10"
"""The version of Shopify's interfaces that we were written for: calls and webhook subscriptions pin it."""

FAMILIES = ("x-shopify-", "shopify-")
"""The two families of header names, webhooks first, then Events."""

_ACTS = {
    "customers/create": Act.CUSTOMER_CREATE,
    "customers/update": Act.CUSTOMER_UPDATE,
    "customers/enable": Act.CUSTOMER_UPDATE,
    "customers/disable": Act.CUSTOMER_UPDATE,
    "customers/merge": Act.CUSTOMER_UPDATE,
    "customers/delete": Act.CUSTOMER_DELETE,
    "customers/data_request": Act.PRIVACY_REQUEST,
    "customers/redact": Act.PRIVACY_REQUEST,
    "shop/redact": Act.PRIVACY_REQUEST,
    "orders/create": Act.ORDER_CREATE,
    "orders/delete": Act.ORDER_DELETE,
    "app/uninstalled": Act.APP_CHANGE,
    "app/scopes_update": Act.APP_CHANGE,
    "bulk_operations/finish": Act.EXPORT_RUN,
}
_SURFACES = {
    "customer": Surface.PATIENT_PORTAL,
    "customers": Surface.PATIENT_PORTAL,
    "orders": Surface.CHECKOUT,
    "draft_orders": Surface.CHECKOUT,
    "checkouts": Surface.CHECKOUT,
    "carts": Surface.CHECKOUT,
    "refunds": Surface.CHECKOUT,
    "order_transactions": Surface.CHECKOUT,
    "products": Surface.PRODUCT_CATALOG,
    "collections": Surface.PRODUCT_CATALOG,
}
TOPIC = re.compile(r"[a-z0-9_.]{1,60}(/[a-z0-9_.]{1,60})?")
"""A topic in lower case: `orders/create`, or `customer.tags_added`."""

_COUNTRY, _PROVINCE = re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z0-9]{1,3}")
_CUSTOMER_IDS = ("customer_id", "customerId", "admin_graphql_api_customer_id")
_ADDRESSES = ("default_address", "shipping_address", "billing_address")
_ADVICE = "Compare the delivery in the app's webhook log with this record; Shopify sends JSON objects."


def header(headers: dict[str, str], name: str) -> str:
    """A header of either family, as `topic` or `webhook-id`; "" when neither is there. Names are lowercase."""
    return next((headers[family + name] for family in FAMILIES if family + name in headers), "")


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a webhook."""
    yield attempt(1, message.body, lambda body: _access(body, message, source))


def act_of(topic: str) -> Act:
    """What a topic says was done; `record:change` for topics that have no word of their own."""
    others = {"orders": Act.ORDER_UPDATE, "customer": Act.CUSTOMER_UPDATE}
    return _ACTS.get(topic, others.get(_thing(topic), Act.RECORD_CHANGE))


def _thing(topic: str) -> str:
    """What a topic is about: `customer` of `customer.tags_added`, `orders` of `orders/create`."""
    return re.split(r"[/.]", topic, maxsplit=1)[0]


def _access(body: bytes, message: Message, source: Source) -> Access:
    record = _object(body)
    topic = header(message.headers, "topic").lower()
    if not TOPIC.fullmatch(topic):
        raise Unreadable("The message names no topic.", advice=_ADVICE)
    person = _person(record, topic)
    subject = _id(person)
    happened = _happened(message)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act_of(topic),
        surface=_SURFACES.get(_thing(topic), Surface(source.surface)),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        auth=Auth.SIGNED,
        host=host_name(header(message.headers, "shop-domain")),
        result=Result.SUCCESS,
        subject=subject,
        subjects=1 if subject else 0,
        jurisdiction=_jurisdiction(person) or _jurisdiction(record),
        request_id=identifier(header(message.headers, "webhook-id")),
        message=topic,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        record = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("The body is not JSON in UTF-8.", advice=_ADVICE) from error
    if not isinstance(record, dict):
        raise Unreadable("The body is not a JSON object.", advice=_ADVICE)
    return record


def _happened(message: Message) -> Moment:
    """When Shopify says it happened, else when it reached us."""
    try:
        return moment(header(message.headers, "triggered-at"))
    except Unreadable:
        return Moment(time=message.received_at)


def _person(record: dict[str, Any], topic: str) -> dict[str, Any]:
    """The customer whose data it is: the record itself, or the one it names."""
    customer = record.get("customer")
    if isinstance(customer, dict):
        return customer
    if topic.startswith("customers/"):
        return record
    return {"id": next((record[name] for name in _CUSTOMER_IDS if record.get(name)), None)}


def _id(person: dict[str, Any]) -> str:
    number = person.get("id")
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    text = person.get("admin_graphql_api_id", number)
    return text.rpartition("/")[2] if isinstance(text, str) else ""


def _jurisdiction(record: dict[str, Any]) -> str:
    """Where an address of the record lies, ISO 3166-2; "" when it has none."""
    for name in _ADDRESSES:
        address = record.get(name)
        if isinstance(address, dict):
            country, province = str(address.get("country_code")), str(address.get("province_code"))
            if _COUNTRY.fullmatch(country):
                return f"{country}-{province}" if _PROVINCE.fullmatch(province) else country
    return ""
