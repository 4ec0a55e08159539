"""What the feed `shopify-admin` finds: entries of the timeline, bulk operations, changed settings."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Result, Surface
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.shopify_admin import observed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = Source(kind="shopify-admin", store="fernhollow", environment="sandbox", surface="product-catalog")
EVENT: dict[str, Any] = {
    "id": "gid://shopify/BasicEvent/11",
    "action": "update",
    "createdAt": "2026-03-02T10:00:00Z",
    "appTitle": None,
    "attributeToApp": False,
    "attributeToUser": True,
    "criticalAlert": False,
    "author": "Robin Doe",
    "subjectId": "gid://shopify/Customer/42",
    "subjectType": "CUSTOMER",
}
BULK: dict[str, Any] = {
    "id": "gid://shopify/BulkOperation/5",
    "type": "QUERY",
    "status": "COMPLETED",
    "createdAt": "2026-03-02T09:00:00Z",
    "completedAt": "2026-03-02T10:00:00Z",
    "objectCount": "900",
    "rootObjectCount": "412",
    "fileSize": "1048576",
    "query": "{ customers { edges { node { email } } } }",
}


_YEAR = "The time lies in a year that no log of ours can be from."


def read_one(body: bytes) -> Raw | Rejected:
    """What the reader makes of a message."""
    message = Message(seq=1, source="admin", received_at=NOON, content_type="application/json", headers={}, body=body)
    (found,) = read(message, FEED, ReaderContext())
    return found


def access(what: str, **facts: Any) -> Access:
    """The access of a message of the feed."""
    found = read_one(observed(what, at=NOON, **facts))
    assert isinstance(found, Raw), found
    return found.access


def test_an_entry_of_the_timeline_tells_who_changed_whom() -> None:
    """A member of staff is told by name, the customer by number; the entry's id names it for ever."""
    found = access("event", node=EVENT)

    assert (Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL, Result.SUCCESS) == (found.act, found.surface, found.result)
    assert ("Robin Doe", ActorType.STAFF, "42", 1) == (found.actor, found.actor_type, found.subject, found.subjects)
    assert (datetime(2026, 3, 2, 10, tzinfo=UTC), "BasicEvent.11", 1) == (found.time, found.unique, found.severity)


@pytest.mark.parametrize(
    ("kind", "action", "act", "surface"),
    [
        ("CUSTOMER", "create", Act.CUSTOMER_CREATE, Surface.PATIENT_PORTAL),
        ("CUSTOMER", "destroy", Act.CUSTOMER_DELETE, Surface.PATIENT_PORTAL),
        ("ORDER", "edited", Act.ORDER_UPDATE, Surface.CHECKOUT),
        ("DRAFT_ORDER", "create", Act.ORDER_CREATE, Surface.CHECKOUT),
        ("PRODUCT", "published", Act.RECORD_CHANGE, Surface.PRODUCT_CATALOG),
        ("PAGE", "create", Act.CONTENT_CHANGE, Surface.STOREFRONT),
        ("PRICE_RULE", "destroy", Act.RECORD_DELETE, Surface.PRODUCT_CATALOG),
        ("Jane Roe!", "create", Act.RECORD_CREATE, Surface.PRODUCT_CATALOG),
    ],
)
def test_each_subject_has_its_act(kind: str, action: str, act: Act, surface: Surface) -> None:
    """Unknown subjects are records; the source's settings name the surface when the subject does not."""
    found = access("event", node=EVENT | {"subjectType": kind, "action": action})

    assert (act, surface) == (found.act, found.surface)


def test_an_app_is_the_actor_when_no_person_is() -> None:
    """An alert of the platform's own is told as grave."""
    found = access("event", node=EVENT | {"attributeToUser": False, "appTitle": "Flow", "criticalAlert": True})
    nobody = access("event", node=EVENT | {"author": ""})

    assert ("Flow", ActorType.APP, "Flow", 3) == (found.actor, found.actor_type, found.app, found.severity)
    assert ("", ActorType.UNKNOWN) == (nobody.actor, nobody.actor_type)


def test_a_bulk_operation_tells_how_much_it_gave() -> None:
    """Counts come as text of any length; what is no count is none."""
    found = access("bulk", node=BULK)
    odd = access("bulk", node=BULK | {"rootObjectCount": "9" * 40, "type": "MUTATION", "status": "RUNNING", "completedAt": None})
    shop = access("bulk", node=BULK | {"query": "{ products { edges { node { id } } } }", "status": "FAILED"})

    assert (Act.EXPORT_RUN, 412, 1_048_576, False) == (found.act, found.subjects, found.bytes, found.estimated)
    assert ("customers", ("customers.email",), Result.SUCCESS) == (found.resource, found.fields, found.result)
    assert "BulkOperation.5.COMPLETED" == found.unique
    assert (0, Result.UNKNOWN, 9, Act.API_WRITE) == (odd.subjects, odd.result, odd.time.hour, odd.act)
    assert (0, Result.ERROR, Surface.PRODUCT_CATALOG) == (shop.subjects, shop.result, shop.surface)


@pytest.mark.parametrize(
    ("kind", "change", "act"),
    [
        ("scope", "added", Act.ACCESS_GRANT),
        ("staff", "changed", Act.ACCESS_GRANT),
        ("token", "removed", Act.ACCESS_REVOKE),
        ("theme_file", "changed", Act.CONTENT_CHANGE),
        ("app", "changed", Act.APP_CHANGE),
        ("field", "changed", Act.CONFIG_CHANGE),
    ],
)
def test_each_change_of_a_setting_has_its_act(kind: str, change: str, act: Act) -> None:
    """The thing's id and the names of what changed are told, never the values."""
    found = access("change", kind=kind, change=change, id="x/1", title="Dawn", facts=["md5", 7, "no name!"], unique="change.1")

    assert (act, kind, "x/1", ("md5",), f"{kind}.{change}", "change.1") == (
        found.act, found.resource, found.resource_id, found.fields, found.operation, found.unique,
    )  # fmt: skip
    assert ("" if kind == "staff" else "Dawn") == found.message
    assert () == access("change", kind=kind, change=change, id="x", facts={"a": 1}).fields


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "The body is not JSON in UTF-8."),
        (b"[" * 100_000, "The body is not JSON in UTF-8."),
        (b'"\xff"', "The body is not JSON in UTF-8."),
        (b"[]", "The body is of no kind that the feed makes."),
        (b'{"what":"other"}', "The body is of no kind that the feed makes."),
        (b'{"what":"event"}', "The time is not one that we know."),
        (b'{"what":"event","node":{"createdAt":"0001-01-01T00:00:00Z"}}', _YEAR),
        (b'{"what":"event","node":{"createdAt":"9999-01-01T00:00:00Z"}}', _YEAR),
        (b'{"what":"change","kind":"app","change":"eaten"}', "The change names no kind of setting."),
        (b'{"what":"change","kind":"a b","change":"added"}', "The change names no kind of setting."),
    ],
)
def test_a_bad_message_says_why(body: bytes, reason: str) -> None:
    """With its bytes, as a dead letter."""
    found = read_one(body)

    assert isinstance(found, Rejected)
    assert (reason, body) == (found.reason, found.raw)


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=3), max_size=2)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No input raises."""
    assert isinstance(read_one(body), Raw | Rejected)


@given(st.sampled_from(["event", "bulk", "change"]), st.dictionaries(st.sampled_from([*EVENT, *BULK]), _VALUES), _VALUES)
def test_any_values_are_read_or_rejected(what: str, node: dict[str, Any], value: Any) -> None:
    """Whatever stands in the place of a field."""
    good = {"createdAt": "2026-03-02T10:00:00Z"}
    body = msgspec.json.encode({"what": what, "node": good | node, "kind": value, "change": "added", "facts": value, "at": NOON})

    assert isinstance(read_one(body), Raw | Rejected)
