"""Shopify webhooks: one message, one event. The signature was checked at the door, over the raw bytes.

Contract: https://shopify.dev/docs/api/webhooks. Ids are whole numbers beyond 2^53 and stay exact. Where the person stands in a
body was compared with Shopify's published examples of version 2026-07: `customer.tags_added` says `customerId`,
`customer.joined_segment` says `customer_id`, `customers/merge` names the account that was kept and the one that is gone.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hemostat.events.access import Access
from hemostat.events.vocabulary import ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message, Raw, ReaderContext, Rejected, Unreadable, attempt, json_object
from .request import Moment, host_name, identifier, moment
from .shopify_topics import TOPIC, act_of, bulk_act, fields_of, surface_of, thing_of

API_VERSION = "2026-10"
"""The version of Shopify's interfaces that we were written for: calls and webhook subscriptions pin it."""

FAMILIES = ("x-shopify-", "shopify-")
"""The two families of header names, webhooks first, then Events."""

_COUNTRY, _PROVINCE = re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z0-9]{1,3}")
_CUSTOMER_IDS = (
    "customer_id",
    "customerId",
    "admin_graphql_api_customer_id",
    "customer_admin_graphql_api_id",
    "admin_graphql_api_customer_kept_id",
)
_CONSENT = "customers_marketing_consent"
"""Its body says `id` for the customer, as those of `customers/` do."""

_STAFF_IDS = ("created_by_staff_id", "user_id")
_APP_IDS = ("created_by_app_id", "app_id")
_LONGEST = 128  # code points of an id
_ADDRESSES = ("default_address", "shipping_address", "billing_address")
_ADVICE = "Compare the delivery in the app's webhook log with this record; Shopify sends JSON objects."


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a store's webhooks. `api_version`: the version in which its app subscribes to them."""

    api_version: str = API_VERSION


def header(headers: dict[str, str], name: str) -> str:
    """A header of either family, as `topic` or `webhook-id`; "" when neither is there. Names are lowercase."""
    return next((headers[family + name] for family in FAMILIES if family + name in headers), "")


def read(message: Message, source: Source, _context: ReaderContext) -> Iterator[Raw | Rejected]:
    """The event of a webhook."""
    yield attempt(1, message.body, lambda body: access_of(json_object(body, advice=_ADVICE), message.headers, message, source))


def access_of(record: dict[str, Any], headers: dict[str, str], message: Message, source: Source) -> Access:
    """The access that a webhook's body and headers tell. Raises `Unreadable` when they name no topic."""
    topic = header(headers, "topic").lower()
    if not TOPIC.fullmatch(topic):
        raise Unreadable("The message names no topic.", advice=_ADVICE)
    person = _person(record, topic)
    subject = _id(person, "/Customer/")
    happened = _happened(headers, message)
    staff = next(filter(None, (_number(record.get(name)) for name in _STAFF_IDS)), "")
    app = next(filter(None, (_number(record.get(name)) for name in _APP_IDS)), "")
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=bulk_act(record) if topic == "bulk_operations/finish" else act_of(topic),
        surface=surface_of(topic) or Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor=staff,
        actor_type=ActorType.STAFF if staff else ActorType.UNKNOWN,
        auth=Auth.SIGNED,
        host=host_name(header(headers, "shop-domain")),
        result=Result.SUCCESS,
        subject=subject,
        subjects=(2 if topic == "customers/merge" else 1) if subject else 0,
        jurisdiction=_jurisdiction(person) or _jurisdiction(record),
        app=f"app-{app}" if app else "",
        resource=thing_of(topic),
        resource_id=_id(record, "/"),
        fields=fields_of(record, topic),
        request_id=identifier(header(headers, "webhook-id")),
        message=topic,
    )


def _happened(headers: dict[str, str], message: Message) -> Moment:
    """When Shopify says it happened, else when it reached us."""
    try:
        return moment(header(headers, "triggered-at"))
    except Unreadable:
        return Moment(time=message.received_at)


def _person(record: dict[str, Any], topic: str) -> dict[str, Any]:
    """The customer whose data it is: the record itself, or the one it names."""
    customer = record.get("customer")
    if isinstance(customer, dict):
        return customer
    named = next((record[name] for name in _CUSTOMER_IDS if record.get(name)), None)
    if named is None and thing_of(topic) in {"customers", _CONSENT}:
        return record
    return {"id": named}


def _id(record: dict[str, Any], kind: str) -> str:
    """The number of a record: that of its global id if it is of this kind, since published numbers are often rounded."""
    gid = record.get("admin_graphql_api_id")
    if isinstance(gid, str) and kind in gid:
        return _number(gid)
    return _number(record.get("id"))


def _number(value: object) -> str:
    """An id as text: a whole number, or the last part of a global id; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.rpartition("/")[2].partition("?")[0][:_LONGEST] if isinstance(value, str) else ""


def _jurisdiction(record: dict[str, Any]) -> str:
    """Where an address of the record lies, ISO 3166-2; "" when it has none."""
    for name in _ADDRESSES:
        address = record.get(name)
        if isinstance(address, dict):
            country, province = str(address.get("country_code")), str(address.get("province_code"))
            if _COUNTRY.fullmatch(country):
                return f"{country}-{province}" if _PROVINCE.fullmatch(province) else country
    return ""
