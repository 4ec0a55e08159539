"""What Adobe sends: events and webhooks read, and their signatures verified, against twins with real RSA keys."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, Auth, Surface
from hemostat.kernel import BadSettings, Source
from hemostat.sandbox.wires.adobe import AdobeEvents, CommerceStore, Signer
from hemostat.sources import Message, Raw, ReaderContext, Rejected, check, read
from hemostat.sources.adobe_signature import event_signed, public_key, webhook_signed
from hemostat.sources.commerce_records import fields_of, record_of

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CLIENT = "0123456789abcdef"
ADOBE = AdobeEvents(CLIENT)
OPTIONS: dict[str, dict[str, Any]] = {"adobe-events": {"client_id": CLIENT}, "commerce-webhooks": {"public_keys": ["pem"]}}


def records(body: bytes, kind: str = "adobe-events", **headers: str) -> list[Raw | Rejected]:
    """What the reader makes of a message."""
    message = Message(seq=1, source="adobe", received_at=NOW, content_type="application/json", headers=headers, body=body)
    return list(read(message, Source(kind=kind, store="fernhollow", options=OPTIONS[kind]), ReaderContext()))


def one(body: bytes, kind: str = "adobe-events", **headers: str) -> Access:
    """The only access of a message."""
    (found,) = records(body, kind, **headers)
    assert isinstance(found, Raw)
    return found.access


def event(code: str, value: dict[str, Any]) -> Access:
    """The access of one event of I/O Events."""
    return one(ADOBE.event("e-1", code, value, time="2026-11-24T02:10:11Z"))


@pytest.mark.parametrize(
    ("code", "act", "surface"),
    [
        ("observer.customer_save_commit_after", Act.CUSTOMER_UPDATE, Surface.PATIENT_PORTAL),
        ("observer.customer_delete_commit_after", Act.CUSTOMER_DELETE, Surface.PATIENT_PORTAL),
        ("observer.customer_login", Act.ACCOUNT_LOGIN, Surface.PATIENT_PORTAL),
        ("observer.customer_register_success", Act.CUSTOMER_CREATE, Surface.PATIENT_PORTAL),
        ("observer.sales_order_place_after", Act.ORDER_CREATE, Surface.CHECKOUT),
        ("observer.sales_order_save_commit_after", Act.ORDER_UPDATE, Surface.CHECKOUT),
        ("plugin.magento.quote.api.cart_repository.save", Act.ORDER_UPDATE, Surface.CHECKOUT),
        ("observer.admin_user_save_after", Act.ACCOUNT_CHANGE, Surface.STOREFRONT),
        ("observer.cms_block_save_after", Act.CONTENT_CHANGE, Surface.STOREFRONT),
        ("observer.catalog_product_delete_after", Act.RECORD_DELETE, Surface.PRODUCT_CATALOG),
        ("observer.other_thing", Act.RECORD_CHANGE, Surface.STOREFRONT),
        ("observer.other_delete", Act.RECORD_DELETE, Surface.STOREFRONT),
    ],
)
def test_each_event_has_its_act(code: str, act: Act, surface: Surface) -> None:
    """The name of an event says what was done, and where."""
    found = event(code, {"entity_id": "42"})

    assert (act, surface, code, Auth.SIGNED) == (found.act, found.surface, found.operation, found.auth)


def test_the_person_and_the_fields_are_told_and_no_value() -> None:
    """Customer and order events name the customer; fields are names, one level deep."""
    customer = event("observer.customer_save_commit_after", {"entity_id": 42, "email": "a@example.com"})
    order = event("observer.sales_order_save_commit_after", {"entity_id": "9", "customer_id": 42, "items": [{"sku": "s"}]})
    guest = event("observer.sales_order_save_commit_after", {"entity_id": "9"})
    address = event("observer.customer_address_save_after", {"entity_id": "5", "customer_id": "42"})

    assert ("42", 1, "", ("entity_id", "email")) == (customer.subject, customer.subjects, customer.resource_id, customer.fields)
    assert ("42", ("entity_id", "customer_id", "items", "items.sku")) == (order.subject, order.fields)
    assert ("", 0, "9") == (guest.subject, guest.subjects, guest.resource_id)
    assert "42" == address.subject
    assert ("e-1", True) == (customer.request_id, customer.unique.endswith("|e-1"))
    assert datetime(2026, 11, 24, 2, 10, 11, tzinfo=UTC) == customer.time


def test_a_batch_is_read_one_by_one() -> None:
    """Several events of one delivery; a bad one does not take the others along."""
    good = ADOBE.event("e-1", "observer.customer_login", {}, time="2026-11-24T02:10:11Z")
    found = records(b"[" + good + b",5," + good + b"]")

    assert [Raw, Rejected, Raw] == [type(each) for each in found]


def test_a_batch_without_bound_is_cut_and_says_so() -> None:
    """What is too much stands in the dead letters."""
    found = records(b"[" + b",".join([b'{"type":"observer.x"}'] * 2_001) + b"]")

    assert 2_001 == len(found)
    assert isinstance(found[-1], Rejected)


def test_what_is_missing_is_filled_from_the_header_and_the_receipt() -> None:
    """Name from the header, time from the receipt, no identifier when there is none."""
    found = one(b'{"data":"text","time":"soon"}', **{"x-adobe-event-code": "com.adobe.commerce.observer.customer_login"})

    assert (Act.ACCOUNT_LOGIN, NOW, "", "") == (found.act, found.time, found.unique, found.subject)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"5", b"\xff", b'{"type":"observer.x","specversion":"9.0"}', b'{"type":"<b>"}', b"{}", b'{"a":' * 5000],
)
def test_what_is_no_event_is_rejected(body: bytes) -> None:
    """Truncated, of another version, without a name."""
    assert all(isinstance(each, Rejected) for each in records(body))


def test_a_webhook_is_read_with_what_the_subscription_selected() -> None:
    """The name, the record within what wraps it, and the moment of receipt."""
    body = {"eventName": "observer.sales_order_place_before", "data": {"order": {"customer_id": 42, "customer_email": "a"}}}
    found = one(msgspec.json.encode(body), "commerce-webhooks")
    bare = one(b'{"subject":[],"result":{"id":3}}', "commerce-webhooks")

    assert (Act.ORDER_CREATE, "42", ("customer_id", "customer_email"), NOW) == (
        found.act,
        found.subject,
        found.fields,
        found.time,
    )
    assert (Act.RECORD_CHANGE, "", "3") == (bare.act, bare.operation, bare.resource_id)
    for wrong in (b"", b"[]", b"{", b"\xff"):
        assert isinstance(records(wrong, "commerce-webhooks")[0], Rejected)


def test_records_have_bounds() -> None:
    """Neither wrapping without end nor fields without number."""
    assert {} == record_of(5)
    assert {"result": {"a": 1}} == record_of({"data": {"value": {"order": {"result": {"a": 1}}}}})
    assert 200 == len(fields_of({f"f{number}": 1 for number in range(500)}))


def test_either_signature_of_an_event_is_enough() -> None:
    """Both keys sign; one that fits its signature verifies the raw body, and no other body."""
    body = ADOBE.event("e-1", "observer.x", {}, time="2026-11-24T02:10:11Z")
    headers = ADOBE.headers("e-1", body)
    first, second = (public_key(signer.pem) for signer in ADOBE.signers)
    one_, two = headers["x-adobe-digital-signature-1"], headers["x-adobe-digital-signature-2"]

    assert event_signed(body, [(one_, first)])
    assert event_signed(body, [("AAAA", first), (two, second)])
    assert not event_signed(body, [(one_, second), (two, first)])
    assert not event_signed(body + b" ", [(one_, first)])
    assert not event_signed(body, [])


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", "A" * 5000, "\u00e9"])
def test_a_signature_that_is_none_does_not_fit(signature: str) -> None:
    """Text of any kind in its place."""
    assert not event_signed(b"{}", [(signature, public_key(ADOBE.signers[0].pem))])


def test_a_webhook_is_signed_over_the_base64_of_its_body() -> None:
    """As it came, or written again without spaces; with one of the keys; not over the body itself."""
    store, other = CommerceStore(), CommerceStore()
    body = b'{ "eventName" : "x" }'
    keys = [public_key(other.signer.pem), public_key(store.signer.pem)]
    signature = store.headers(body)["x-adobe-commerce-webhook-signature"]
    compact = store.signer.sign(b64encode(b'{"eventName":"x"}'))

    assert webhook_signed(body, signature, keys)
    assert webhook_signed(body, compact, keys)
    assert not webhook_signed(b'{"eventName":"x"}', signature, keys)
    assert not webhook_signed(body, signature, keys[:1])
    assert not webhook_signed(body, store.signer.sign(body), keys)
    assert not webhook_signed(b"no json", signature, keys)
    store.regenerate()
    assert not webhook_signed(body, store.headers(body)["x-adobe-commerce-webhook-signature"], keys)


def pem(key: Any) -> str:
    """A public key as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_only_strong_rsa_keys_are_keys() -> None:
    """Short keys, other kinds and other texts are refused."""
    assert public_key(Signer().pem)
    for wrong in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", pem(Ed25519PrivateKey.generate())):
        with pytest.raises(ValueError, match=r".+"):
            public_key(wrong)
    known, unknown = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010163")
    der = b"".join(b64decode(line) for line in Signer().pem.splitlines()[1:-1]).replace(known, unknown)
    strange = f"-----BEGIN PUBLIC KEY-----\n{b64encode(der).decode()}\n-----END PUBLIC KEY-----"
    with pytest.raises(ValueError, match=r".+"):
        public_key(strange)
    with pytest.raises(ValueError, match="2048"):
        public_key(pem(generate_private_key(public_exponent=65537, key_size=1024)))  # noqa: S505  # that it is weak is the point


def test_options_are_checked() -> None:
    """A source of events names its client, one of webhooks its keys."""
    check("a", Source(kind="adobe-events", store="s", options={"client_id": CLIENT}))
    check("c", Source(kind="commerce-webhooks", store="s", options={"public_keys": ["pem"]}))
    for kind, options in (
        ("adobe-events", {}),
        ("commerce-webhooks", {"public_keys": []}),
        ("adobe-events", {"client_id": "a b"}),
    ):
        with pytest.raises(BadSettings):
            check("a", Source(kind=kind, store="s", options=dict(options)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(["type", "data", "time", "eventid", "specversion", "eventName", "value", "subject", "customer_id"])


@given(st.dictionaries(FIELDS, JSON, max_size=8), st.sampled_from(["adobe-events", "commerce-webhooks"]))
def test_any_event_is_read_or_rejected(found: dict[str, Any], kind: str) -> None:
    """Fields of any type make no fault."""
    assert all(isinstance(each, Raw | Rejected) for each in records(msgspec.json.encode(found), kind))


@given(st.binary(max_size=200), st.sampled_from(["adobe-events", "commerce-webhooks"]))
def test_any_bytes_are_read_or_rejected(body: bytes, kind: str) -> None:
    """No bytes make a fault."""
    assert all(isinstance(each, Raw | Rejected) for each in records(body, kind))
