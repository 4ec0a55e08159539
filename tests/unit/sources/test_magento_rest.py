"""Changes of a store's configuration: read as accesses, or rejected with a reason."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.vocabulary import Act, Surface
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CHANGE = {
    "what": "change",
    "at": "2026-11-27T11:00:00Z",
    "change": "added",
    "kind": "module",
    "id": "Vendor_X",
    "unique": "change.1",
}


def told(body: bytes) -> Raw | Rejected:
    """What the reader makes of a message."""
    message = Message(seq=1, source="look", received_at=NOW, content_type="application/json", headers={}, body=body)
    (found,) = read(message, Source(kind="magento-rest", store="oak", surface="checkout"), ReaderContext())
    return found


@pytest.mark.parametrize(
    ("kind", "change", "act", "surface"),
    [
        ("module", "added", Act.APP_CHANGE, Surface.CHECKOUT),
        ("package", "changed", Act.RELEASE_DEPLOY, Surface.CHECKOUT),
        ("patch", "removed", Act.RELEASE_DEPLOY, Surface.CHECKOUT),
        ("script", "changed", Act.CONTENT_CHANGE, Surface.STOREFRONT),
        ("integration", "added", Act.ACCESS_GRANT, Surface.CHECKOUT),
        ("role", "removed", Act.ACCESS_REVOKE, Surface.CHECKOUT),
        ("webhook", "added", Act.CONFIG_CHANGE, Surface.CHECKOUT),
        ("route", "added", Act.CONFIG_CHANGE, Surface.CHECKOUT),
    ],
)
def test_each_kind_of_setting_has_its_act(kind: str, change: str, act: Act, surface: Surface) -> None:
    """What a change of it means for who can reach what."""
    found = told(msgspec.json.encode({**CHANGE, "kind": kind, "change": change}))

    assert isinstance(found, Raw)
    access = found.access
    assert (act, surface, f"{kind}.{change}", "Vendor_X", "change.1", "oak") == (
        access.act, access.surface, access.operation, access.resource_id, access.unique, access.store,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff", b"[" * 5000, b'{"what":"event"}',
        *(
            msgspec.json.encode({**CHANGE, **wrong})
            for wrong in (
                {"kind": 5}, {"kind": "a b"}, {"change": "renamed"}, {"change": ["x"]}, {"at": "yesterday"},
                {"at": "9999-01-01T00:00:00Z"}, {"at": "0001-01-01T00:00:00Z"}, {"at": 5},
            )
        ),
    ],
)  # fmt: skip
def test_what_is_no_change_is_rejected(body: bytes) -> None:
    """Truncated, deep, of other types, and of times that no log of ours is from."""
    assert isinstance(told(body), Rejected)


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=300) | st.lists(st.text(max_size=80), max_size=60)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No bytes make a fault."""
    assert isinstance(told(body), Raw | Rejected)


@given(st.dictionaries(st.sampled_from(sorted({*CHANGE, "facts", "title"})), ANYTHING))
def test_any_values_are_read_or_rejected(given_: dict[str, Any]) -> None:
    """Fields of any type make no fault, and texts stay short."""
    found = told(msgspec.json.encode({**CHANGE, **given_}))

    assert isinstance(found, Rejected) or (len(found.access.message) <= 200 and len(found.access.fields) <= 40)
