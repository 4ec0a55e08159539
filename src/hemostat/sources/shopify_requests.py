"""What one call of Shopify's Admin API asked for, in our words: from the text of a query, or from the address of a REST call."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from hemostat.events.vocabulary import Act, Surface

from .request import method_name, split_target
from .shopify_graphql import people, shape_of, subject

ELEMENTS = {
    "email": "email", "emailAddress": "email", "defaultEmailAddress": "email", "contactEmail": "email",
    "phone": "phone", "phoneNumber": "phone", "defaultPhoneNumber": "phone", "smsMarketingPhone": "phone",
    "firstName": "first_name", "lastName": "last_name", "displayName": "name",
    "address": "address", "addresses": "address", "addressesV2": "address", "address1": "address", "address2": "address",
    "defaultAddress": "address", "billingAddress": "address", "shippingAddress": "address", "zip": "address", "city": "address",
    "formatted": "address", "formattedArea": "address", "latitude": "geolocation", "longitude": "geolocation",
    "clientIp": "ip_address", "last4": "card_last4", "lastDigits": "card_last4", "taxId": "tax_id",
    "customers": "customer_id", "customer": "customer_id", "orders": "order", "order": "order", "draftOrders": "order",
    "draftOrder": "order", "abandonedCheckouts": "order",
}  # fmt: skip
"""Kinds of patient data by the names of fields; `note`, attributes and metafields may hold any kind, and are told as fields."""

_READS: tuple[tuple[frozenset[str], Act, str], ...] = (
    (
        frozenset({"customers", "customer", "customerByIdentifier", "customerSegmentMembers", "customerMergePreview"}),
        Act.CUSTOMER_READ,
        Surface.PATIENT_PORTAL,
    ),
    (frozenset({"companies", "company", "companyContact", "companyLocations"}), Act.CUSTOMER_READ, Surface.PATIENT_PORTAL),
    (
        frozenset({"orders", "order", "orderByIdentifier", "draftOrders", "draftOrder", "abandonedCheckouts", "returns"}),
        Act.ORDER_READ,
        Surface.CHECKOUT,
    ),
    (frozenset({"shopifyqlQuery"}), Act.QUERY_RUN, ""),
    (frozenset({"metaobjects", "metaobject", "metaobjectByHandle", "files", "segments"}), Act.RECORD_READ, ""),
)
"""Roots whose answers hold patient data, the worst first."""

_WRITES: tuple[tuple[str, Act], ...] = (
    (r"bulkOperationRunQuery", Act.EXPORT_RUN),
    (r"(storefrontAccessToken|delegateAccessToken)Create", Act.TOKEN_MINT),
    (r"app(Uninstall|RevokeAccessScopes)|(storefront|delegate)AccessToken(Delete|Destroy)", Act.ACCESS_REVOKE),
    (r"customer(Request|Cancel)DataErasure|dataSaleOptOut", Act.PRIVACY_REQUEST),
    (r"customer(Create|Set)", Act.CUSTOMER_CREATE),
    (r"customerDelete", Act.CUSTOMER_DELETE),
    (r"customer.*|company.*", Act.CUSTOMER_UPDATE),
    (r"(order|draftOrder)Create.*", Act.ORDER_CREATE),
    (r"(order|draftOrder|draftOrders?Bulk)Delete", Act.ORDER_DELETE),
    (r"(order|draftOrder|refund|return|fulfillment).*", Act.ORDER_UPDATE),
    (r"(theme|scriptTag|webPixel|serverPixel|page|article|blog|file|urlRedirect|checkoutBranding).*", Act.CONTENT_CHANGE),
    (r"(webhookSubscription|eventBridge|pubSub|metafieldDefinition|metaobjectDefinition|privacy|consentPolicy|publi).*",
     Act.CONFIG_CHANGE),
    (r"(metafield|metaobject)s?Delete", Act.RECORD_DELETE),
    (r"(metafield|metaobject|tag).*", Act.RECORD_CHANGE),
)  # fmt: skip
"""Mutations by the form of their names, the first that fits; others write something that is no word of ours."""

_WRITE_FORMS = tuple((re.compile(form), act) for form, act in _WRITES)
_REST = re.compile(r"/admin(?:/api/(?:[0-9]{4}-[0-9]{2}|unstable))?/([a-z_]{1,40})(?:/([^/?]{1,40}))?(?:/([a-z_]{1,40}))?.*")
_REST_READS = {
    "customers": (Act.CUSTOMER_READ, Surface.PATIENT_PORTAL),
    "customer_saved_searches": (Act.CUSTOMER_READ, Surface.PATIENT_PORTAL),
    "orders": (Act.ORDER_READ, Surface.CHECKOUT),
    "draft_orders": (Act.ORDER_READ, Surface.CHECKOUT),
    "checkouts": (Act.ORDER_READ, Surface.CHECKOUT),
}
_REST_WRITES = {
    ("customers", "POST"): Act.CUSTOMER_CREATE,
    ("customers", "PUT"): Act.CUSTOMER_UPDATE,
    ("customers", "DELETE"): Act.CUSTOMER_DELETE,
    ("orders", "POST"): Act.ORDER_CREATE,
    ("orders", "PUT"): Act.ORDER_UPDATE,
    ("orders", "DELETE"): Act.ORDER_DELETE,
    ("draft_orders", "POST"): Act.ORDER_CREATE,
    ("draft_orders", "PUT"): Act.ORDER_UPDATE,
    ("draft_orders", "DELETE"): Act.ORDER_DELETE,
}
_PERSON = ("customer_id", "name", "email", "phone", "address")
_REST_ELEMENTS = {"customers": _PERSON, "orders": (*_PERSON, "order"), "draft_orders": (*_PERSON, "order"), "checkouts": _PERSON}
"""What a record of REST holds: it comes whole unless `fields` names less."""

_REST_PAGE = 50  # records on a page of REST when the call names no limit
_REST_MOST = 250
_MOST_NAMES = 6
_UNREAD = "The query could not be read to its end."


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a call asked for. people: at most, reckoned. fields: names. remark: what was odd."""

    act: Act
    surface: str = ""
    operation: str = ""
    resource: str = ""
    fields: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    people: int = 0
    subject: str = ""
    estimated: bool = False
    method: str = ""
    path: str = ""
    query: str = ""
    remark: str = ""


def asked(metadata: dict[str, Any]) -> Asked:
    """What the call asked for, as `additional_metadata` of the audit feed tells it."""
    text = metadata.get("query")
    if isinstance(text, str) and str(metadata.get("request_type", "")).lower() in ("", "graphql"):
        return _graphql(text, mapping(metadata.get("variables")), _names(metadata.get("mutation_names")))
    target = next((value for name in ("path", "url", "resource") if isinstance(value := metadata.get(name), str)), "")
    method = next((value for name in ("method", "request_method") if isinstance(value := metadata.get(name), str)), "")
    if target:
        return _rest(target, method_name(method))
    names = _names(metadata.get("mutation_names"))
    return Asked(act=_write_act(names) if names else Act.API_READ, operation=" ".join(names), estimated=True, remark=_UNREAD)


def mapping(value: object) -> dict[str, Any]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _graphql(text: str, variables: dict[str, Any], mutations: tuple[str, ...]) -> Asked:
    shape = shape_of(text)
    inner = [*shape.bulk, *(shape_of(value) for name in shape.bulk_variables if isinstance(value := variables.get(name), str))]
    roots = tuple(dict.fromkeys((*shape.roots, *mutations)))
    writes = shape.writes or bool(mutations)
    shapes = (shape, *inner)
    read = tuple(dict.fromkeys(root for one in shapes for root in one.roots))
    known = _read_act(read)
    act = _write_act(roots) if writes else known[0]
    fields = tuple(dict.fromkeys(field for one in shapes for field in one.fields))
    counted = 0 if inner else people(shape, variables)
    return Asked(
        act=act,
        surface=known[1],
        operation=" ".join(roots[:_MOST_NAMES]),
        resource=known[2] or (roots[0] if roots else ""),
        fields=fields,
        elements=elements_of((*read, *fields)),
        people=counted,
        subject=subject(shape, variables),
        estimated=bool(counted) or bool(inner) or act is Act.EXPORT_RUN or not shape.read,
        remark="" if all(one.read for one in shapes) else _UNREAD,
    )


def elements_of(names: Iterable[str]) -> tuple[str, ...]:
    """The kinds of patient data that fields of these names hold, in the order of the names."""
    parts = (part for name in names for part in name.split("."))
    return tuple(dict.fromkeys(ELEMENTS[part] for part in parts if part in ELEMENTS))


def _read_act(roots: tuple[str, ...]) -> tuple[Act, str, str]:
    """Act, surface and resource of the worst root; the resource is "" when no root holds patient data."""
    for names, act, surface in _READS:
        if found := next((root for root in roots if root in names), ""):
            return act, surface, found
    return Act.API_READ, "", ""


def _write_act(names: tuple[str, ...]) -> Act:
    """The act of the worst mutation; the table's order tells which is worse."""
    for form, act in _WRITE_FORMS:
        if any(form.fullmatch(name) for name in names):
            return act
    return Act.API_WRITE


def _rest(target: str, method: str) -> Asked:
    parts = split_target(target if target.startswith(("/", "http://", "https://")) else f"/admin/{target}")
    found = _REST.fullmatch(parts["path"].removesuffix(".json"))
    thing, number, under = found.groups() if found else ("", None, None)
    of = under if under in _REST_READS else thing
    if method in ("", "GET", "HEAD"):
        act, surface = _REST_READS.get(of, (Act.API_READ, ""))
    else:
        act, surface = _REST_WRITES.get((thing, method), Act.API_WRITE), _REST_READS.get(of, (None, ""))[1]
    counts = act in {Act.CUSTOMER_READ, Act.ORDER_READ} and number != "count" and under != "count"
    one = bool(number) and number != "search" and of == thing
    amount = (1 if one else _limit(parts["query"])) if counts else 0
    return Asked(
        act=act,
        surface=surface,
        operation=f"{method} {thing}".strip(),
        resource=of,
        elements=_REST_ELEMENTS.get(of, ()) if amount else (),
        people=amount,
        subject=number if thing == "customers" and number and number.isdecimal() else "",
        estimated=bool(amount),
        method=method,
        path=parts["path"],
        query=parts["query"],
        remark="" if found else "The address is not one of the Admin API.",
    )


def _limit(query: str) -> int:
    """How many records a page of REST may hold at most."""
    told = next((value for name, value in parse_qsl(query, errors="replace") if name == "limit"), "")
    return min(int(told), _REST_MOST) if re.fullmatch(r"[0-9]{1,6}", told) else _REST_PAGE


def _names(value: object) -> tuple[str, ...]:
    """Names of mutations as the feed lists them."""
    listed = value if isinstance(value, list) else []
    return tuple(name for name in listed if isinstance(name, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,80}", name))[:20]
