"""What an event of Adobe Commerce says, whether it came by I/O Events or by a webhook: its name, and the record that it is about.

Names are those of `bin/magento events:list:all`; which of them an instance has is up to its version and modules.
"""

import re
from collections.abc import Mapping
from typing import Any

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Environment, Result, Surface
from hemostat.kernel import Source

from .base import Message
from .request import Moment

_NAME = re.compile(r"[a-z][a-z0-9_.]{0,200}")
_MOST_FIELDS = 200
_FRONT = ("com.adobe.commerce.", "com.adobe.commerceconnector.")
_RULES = (
    # a word of the name, in the order in which they are tried; what it is to save and to delete such a thing; the surface
    ("admin_user_authenticate", Act.ACCOUNT_LOGIN, Act.ACCOUNT_LOGIN, None),
    ("admin_user", Act.ACCOUNT_CHANGE, Act.ACCOUNT_CHANGE, None),
    ("authorization_role", Act.ACCESS_GRANT, Act.ACCESS_REVOKE, None),
    ("integration", Act.ACCESS_GRANT, Act.ACCESS_REVOKE, None),
    ("oauth_token", Act.TOKEN_MINT, Act.ACCESS_REVOKE, None),
    ("customer_login", Act.ACCOUNT_LOGIN, Act.ACCOUNT_LOGIN, Surface.PATIENT_PORTAL),
    ("customer_logout", Act.ACCOUNT_LOGOUT, Act.ACCOUNT_LOGOUT, Surface.PATIENT_PORTAL),
    ("customer_register", Act.CUSTOMER_CREATE, Act.CUSTOMER_DELETE, Surface.PATIENT_PORTAL),
    ("customer_group", Act.RECORD_CHANGE, Act.RECORD_DELETE, Surface.PATIENT_PORTAL),
    ("customer", Act.CUSTOMER_UPDATE, Act.CUSTOMER_DELETE, Surface.PATIENT_PORTAL),
    ("sales_order_place", Act.ORDER_CREATE, Act.ORDER_DELETE, Surface.CHECKOUT),
    ("sales", Act.ORDER_UPDATE, Act.ORDER_DELETE, Surface.CHECKOUT),
    ("quote", Act.ORDER_UPDATE, Act.ORDER_DELETE, Surface.CHECKOUT),
    ("checkout", Act.ORDER_UPDATE, Act.ORDER_DELETE, Surface.CHECKOUT),
    ("cms", Act.CONTENT_CHANGE, Act.CONTENT_CHANGE, None),
    ("config", Act.CONFIG_CHANGE, Act.CONFIG_CHANGE, None),
    ("catalog", Act.RECORD_CHANGE, Act.RECORD_DELETE, Surface.PRODUCT_CATALOG),
)


def name_of(text: object) -> str:
    """The name of an event without Adobe's front; "" for text that is no name."""
    if not isinstance(text, str):
        return ""
    name = text.lower()
    for front in _FRONT:
        name = name.removeprefix(front)
    return name if _NAME.fullmatch(name) else ""


def access_of(
    name: str, record: Mapping[str, Any], message: Message, source: Source, *, happened: Moment, app: str, number: str = ""
) -> Access:
    """The access that an event of this name tells about a record. `number`: what Adobe names the event, "" when it does not."""
    subject = person_of(name, record)
    act, surface = act_of(name)
    return Access(
        time=happened.time,
        offset_minutes=happened.offset_minutes,
        act=act,
        surface=surface or Surface(source.surface),
        store=source.store,
        environment=Environment(source.environment),
        source=message.source,
        actor_type=ActorType.SYSTEM,
        auth=Auth.SIGNED,
        app=app,
        result=Result.SUCCESS,
        subject=subject,
        subjects=1 if subject else 0,
        operation=name,
        resource=name.partition(".")[2] or name,
        resource_id="" if subject else number_of(record.get("entity_id", record.get("id"))),
        fields=fields_of(record),
        request_id=number,
        unique=f"adobe:{number}" if number else "",
    )


def act_of(name: str) -> tuple[Act, Surface | None]:
    """What was done when an event of this name was sent, and the surface it belongs to; None when that is the source's."""
    words = re.sub(r"[.]", "_", name)
    for word, saved, deleted, surface in _RULES:
        if word in words:
            return (deleted if "delete" in words else saved), surface
    return (Act.RECORD_DELETE if "delete" in words else Act.RECORD_CHANGE), None


def person_of(name: str, record: Mapping[str, Any]) -> str:
    """The number of the customer whose data the record holds; "" when it names none."""
    of_customer = "customer" in name and "customer_group" not in name and "customer_address" not in name
    found = record.get("customer_id")
    if found is None and of_customer:
        found = record.get("entity_id", record.get("id"))
    return number_of(found)


def number_of(value: object) -> str:
    """A whole number, as one or as digits, as text; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and re.fullmatch(r"[0-9]{1,20}", value) else ""


def fields_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a record's fields, with those one level below as `address.street`; never their values."""
    names: list[str] = []
    for field, value in record.items():
        names.append(str(field))
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            names += [f"{field}.{below}" for below in inner]
        if len(names) >= _MOST_FIELDS:
            break
    return tuple(names[:_MOST_FIELDS])


def record_of(data: object) -> Mapping[str, Any]:
    """The record itself, out of what wraps it: `value`, `data_object`, `order`, `customer`, `subject`, `result`."""
    for _ in range(3):
        if not isinstance(data, dict):
            return {}
        inner = next((data[word] for word in _WRAPPERS if isinstance(data.get(word), dict)), None)
        if inner is None:
            return data
        data = inner
    return data if isinstance(data, dict) else {}


_WRAPPERS = ("value", "data_object", "data", "order", "quote", "customer", "object", "subject", "result")
