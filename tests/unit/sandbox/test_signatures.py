"""What the twin signs is what the platform signs, and what its own parts check."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.sandbox.signing import (
    Claims,
    client_secret,
    login_cookie,
    login_customer,
    proxy_check,
    proxy_query,
    proxy_signature,
    token_key,
    token_make,
    token_read,
    webhook_signature,
)
from hemostat.sources.shopify_signature import proxy_signed

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)
SECRET = b"hush"
QUERIES = st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)), max_size=5).map(urlencode)


def test_the_signature_is_that_of_the_platforms_manual() -> None:
    """The worked example of "Authenticate app proxies" on shopify.dev comes out the same, with values of one name joined."""
    query = (
        "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1"
        "&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555"
    )

    assert "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb" == proxy_signature(parse_qsl(query), SECRET)


@given(query=QUERIES, customer=st.integers(min_value=1).map(str))
def test_a_signed_query_is_signed_for_whoever_checks_it(query: str, customer: str) -> None:
    """Our check and the one that Hemostat makes of real stores agree on every query that the twin signs."""
    signed = proxy_query(query, secret=SECRET, customer=customer, at=NOW)

    assert "signed" == proxy_check(parse_qsl(signed, keep_blank_values=True), SECRET)
    assert proxy_signed(signed, [SECRET], parameter="signature")


@given(query=QUERIES, more=st.text(min_size=1, max_size=5))
def test_a_changed_query_is_forged(query: str, more: str) -> None:
    """One more letter in the customer's number and the signature no longer holds, nor under another secret."""
    signed = parse_qsl(proxy_query(query, secret=SECRET, customer="1", at=NOW), keep_blank_values=True)
    changed = [(name, value + more if name == "logged_in_customer_id" else value) for name, value in signed]

    assert "forged" == proxy_check(changed, SECRET)
    assert "forged" == proxy_check(signed, b"another")


def test_a_query_without_a_signature_is_unsigned() -> None:
    """Nothing was claimed, so nothing is forged."""
    assert "unsigned" == proxy_check([("cid", "7000001")], SECRET)


def test_a_caller_cannot_name_the_customer_himself() -> None:
    """The platform's own parameters replace what a browser sends under their names."""
    query = proxy_query("cid=2&logged_in_customer_id=2&signature=ab", secret=SECRET, customer="1", at=NOW)

    assert [("logged_in_customer_id", "1")] == [pair for pair in parse_qsl(query) if pair[0] == "logged_in_customer_id"]
    assert "cid=2" in query
    assert "signature=ab&" not in query


def test_webhooks_are_signed_over_the_raw_body() -> None:
    """RFC 4231, test case 2, in base64: the header that the platform sends."""
    assert "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" == webhook_signature(b"what do ya want for nothing?", b"Jefe")


@given(jti=st.text(max_size=20), customer=st.integers(min_value=0), seconds=st.integers(min_value=1, max_value=10**6))
def test_a_care_token_says_what_was_put_in(jti: str, customer: int, seconds: int) -> None:
    """Until it ends, and under its own key only."""
    claims = Claims(jti=jti, sub=str(customer), exp=int(NOW.timestamp()) + seconds, kid=0)
    token = token_make(claims, SECRET)

    assert claims == token_read(token, SECRET, now=NOW)
    assert token_read(token, b"another", now=NOW) is None
    assert token_read(token, SECRET, now=NOW + timedelta(seconds=seconds)) is None


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "not-a-token", "é.é.é"])
def test_other_text_is_no_care_token(token: str) -> None:
    """Whatever is shown, the answer is no and nothing breaks."""
    assert token_read(token, SECRET, now=NOW) is None


def test_a_login_names_its_customer() -> None:
    """The storefront believes only cookies that it made itself."""
    cookie = login_cookie(7, 5_000_001)

    assert "5000001" == login_customer(7, f"theme=dark; {cookie}")
    assert login_customer(7, cookie.replace("5000001", "5000002")) == ""
    assert login_customer(8, cookie) == ""
    assert login_customer(7, "") == ""


def test_secrets_come_from_the_seed_and_change_with_each_rotation() -> None:
    """Same seed, same secrets; each rotation and each purpose has its own."""
    assert client_secret(7, 0) == client_secret(7, 0)
    assert 6 == len(
        {client_secret(7, 0), client_secret(7, 1), client_secret(8, 0), token_key(7, 0), token_key(7, 1), token_key(8, 0)}
    )
