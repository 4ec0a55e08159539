"""The client of Shopify's Admin interface, against a twin that is as strict as the platform."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from graphql import build_schema, parse, validate
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sandbox.wires.shopify_admin import AdminTwin
from hemostat.stores import shopify_documents
from hemostat.stores.shopify import (
    SCOPES,
    TOPICS,
    Bucket,
    ShopifyDenied,
    ShopifyDown,
    ShopifyRefused,
    missing,
    probe,
    scopes,
    subscribe,
    subscriptions,
    topic_word,
)

from .shop_twin import SCHEMA, TOKEN, Timer, client, close_clients, serving, shop, twin

DOCUMENTS = {name: text for name, text in vars(shopify_documents).items() if name.isupper()}
HERE = "https://hemostat.fernhollow.example/in/shopify/fernhollow"


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Connections end with the test."""
    yield
    close_clients()


@pytest.fixture
def timer() -> Timer:
    """Time that passes when the client waits."""
    return Timer()


@pytest.fixture
def platform(timer: Timer) -> AdminTwin:
    """The store's twin."""
    return twin(shop(), timer)


@pytest.fixture
def address(platform: AdminTwin) -> Iterator[str]:
    """Where the twin answers."""
    with serving(platform) as address:
        yield address


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_fits_the_published_schema(name: str) -> None:
    """What we ask for is there, in the version that we pin."""
    assert [] == validate(build_schema(SCHEMA), parse(DOCUMENTS[name]))


def test_no_document_asks_for_a_person_or_a_secret() -> None:
    """Configuration is asked for, never a customer, an order or the value of a token."""
    words = set(re.findall(r"[A-Za-z]+", " ".join(DOCUMENTS.values())))

    assert not words & {
        "customers",
        "customer",
        "orders",
        "order",
        "accessToken",
        "firstName",
        "lastName",
        "phone",
        "message",
    } - {"message"}


def test_an_answer_tells_version_and_bucket(address: str, timer: Timer) -> None:
    """After an answer the client knows which version served it, and how full the bucket is."""
    asking = client(address, timer)

    found = asking.ask(shopify_documents.SHOP)

    assert "fernhollow.myshopify.example" == found["shop"]["myshopifyDomain"]
    assert ("2026-10", False) == (asking.served, asking.drifted)
    assert asking.bucket
    assert (2000, 100) == (asking.bucket.most, asking.bucket.flow)
    asking.close()


def test_pages_follow_one_another_to_the_end(address: str, timer: Timer) -> None:
    """All nodes come, once and in order, and the client waits as the bucket asks, not longer than it must."""
    asking = client(address, timer)

    names = [
        node["filename"]
        for node in asking.pages(shopify_documents.THEME_FILES, "theme.files", {"theme": "gid://shopify/OnlineStoreTheme/31"})
    ]

    assert [f"assets/{n}.js" for n in range(260)] == names


def test_an_empty_bucket_is_waited_for(timer: Timer) -> None:
    """Asked over and over, the platform throttles and the client waits until it does not: nothing is lost, little is waited."""
    platform = twin(shop(), timer, most=60.0, flow=10.0)
    with serving(platform) as address:
        asking = client(address, timer)
        for _ in range(12):
            assert asking.ask(shopify_documents.STAFF)

    assert 12 == len(platform.asked)
    price = 2 + 3 * 100 / 10
    assert sum(timer.waits) == pytest.approx((12 * price - 60) / 10, abs=1.0)
    assert max(timer.waits) < 10


def test_a_question_of_unknown_price_is_asked_again(timer: Timer) -> None:
    """A client that comes to an empty bucket is told its price, waits for that, and gets its answer."""
    platform = twin(shop(), timer, most=60.0, flow=10.0)
    with serving(platform) as address:
        first = client(address, timer)
        while not timer.waits:
            first.ask(shopify_documents.STAFF)
        timer.waits.clear()

        assert client(address, timer).ask(shopify_documents.STAFF)
    assert len(timer.waits) == 1


def test_a_bucket_that_never_fills_is_given_up(timer: Timer) -> None:
    """A store that never has room is down for us, after a bounded time."""
    throttled = msgspec.json.encode({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]})
    with served(lambda _: Said(body=throttled)) as address, pytest.raises(ShopifyDown, match="no room"):
        client(address, timer).ask("{shop{id}}")

    assert sum(timer.waits) < 600


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_store_that_is_busy_is_asked_again(address: str, platform: AdminTwin, timer: Timer, status: int) -> None:
    """The pause is the one that the store asks for, or our own."""
    platform.instead[:] = [Said(status=status, headers={"retry-after": "2.0"}), Said(status=status, headers={"retry-after": "x"})]

    assert client(address, timer).ask(shopify_documents.SHOP)
    assert [2.0, 2.0] == timer.waits


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (Said(status=401), ShopifyRefused, "access token"),
        (Said(status=402), ShopifyRefused, "frozen"),
        (Said(status=403), ShopifyRefused, "refuses the app"),
        (Said(status=404), ShopifyRefused, "no such store"),
        (Said(status=423), ShopifyRefused, "locked"),
        (Said(status=302), ShopifyDown, "302 without JSON"),
        (Said(body=b"<html>"), ShopifyDown, "without JSON"),
        (Said(body=b"[" * 100_000), ShopifyDown, "without JSON"),
        (Said(body=b'"\xff"'), ShopifyDown, "without JSON"),
        (Said(body=b'{"errors":"Unavailable Shop"}'), ShopifyRefused, "Unavailable Shop"),
        (Said(body=b'{"errors":[7]}'), ShopifyRefused, "no code"),
        (Said(body=b'{"errors":[{"message":"a\\u0000b","extensions":{"code":"ACCESS_DENIED"}}]}'), ShopifyDenied, "a b"),
        (Said(body=b" " * 33_000_000), ShopifyRefused, "too large"),
    ],
)
def test_each_bad_answer_has_its_error(said: Said, kind: type[Exception], text: str, timer: Timer) -> None:
    """It names the store or the platform's reason, and never the token."""
    with served(lambda _: said) as address, pytest.raises(kind, match=text) as raised:
        client(address, timer).ask("{shop{id}}")

    assert TOKEN not in str(raised.value)


def test_a_store_that_cannot_be_reached_is_down(timer: Timer) -> None:
    """The error names the fault's kind, and nothing that was sent."""
    with pytest.raises(ShopifyDown, match="ConnectError") as raised:
        client("http://127.0.0.1:9", timer).ask("{shop{id}}")

    assert TOKEN not in str(raised.value)


def test_the_token_goes_to_this_store_only(timer: Timer) -> None:
    """A redirect is not followed: whoever stands there would get the token."""
    seen: list[Asked] = []

    def elsewhere(asked: Asked) -> Said:
        seen.append(asked)
        return Said(body=b"{}")

    with (
        served(elsewhere) as there,
        served(lambda _: Said(status=307, headers={"location": there})) as address,
        pytest.raises(ShopifyDown),
    ):
        client(address, timer).ask("{shop{id}}")

    assert [] == seen


@pytest.mark.parametrize(
    ("domain", "version", "address"),
    [
        ("a b", "2026-10", ""),
        ("https://x.myshopify.com", "2026-10", ""),
        ("x.myshopify.com/admin", "2026-10", ""),
        ("x.myshopify.com", "latest", ""),
        ("x.myshopify.com", "2026-10", "https://evil.example"),
        ("x.myshopify.com", "2026-10", "http://10.0.0.1:80"),
    ],
)
def test_only_a_stores_domain_is_asked(domain: str, version: str, address: str) -> None:
    """Anything else could send the token elsewhere."""
    from hemostat.stores.shopify import ShopifyClient  # noqa: PLC0415  # only here

    with pytest.raises(BadInput):
        ShopifyClient(domain, "t", version=version, address=address)


def test_a_retired_version_is_seen(address: str, platform: AdminTwin, timer: Timer) -> None:
    """The platform falls forward and says so in a header only; the client notices."""
    platform.versions = ["2027-01", "2027-04"]
    asking = client(address, timer)

    asking.ask(shopify_documents.SHOP)

    assert ("2027-01", True) == (asking.served, asking.drifted)


def test_a_refused_question_names_its_code(address: str, timer: Timer) -> None:
    """A field that a version no longer has is told with the platform's code."""
    with pytest.raises(ShopifyRefused, match="undefinedField"):
        client(address, timer).ask("{ shop { nothing } }")
    with pytest.raises(ShopifyRefused, match="MAX_COST_EXCEEDED"):
        client(address, timer).ask("{ themes(first: 250) { nodes { files(first: 250) { nodes { filename } } } } }")


def test_a_feed_without_end_is_given_up(timer: Timer) -> None:
    """A platform that repeats a page ends the reading; one that always has more ends it too."""
    again = msgspec.json.encode({"data": {"x": {"nodes": [{}], "pageInfo": {"hasNextPage": True, "endCursor": "c"}}}})
    with served(lambda _: Said(body=again)) as address:
        assert 2 == len(list(client(address, timer).pages("{x}", "x")))
    turn = iter(range(10**9))

    def more(_: Asked) -> Said:
        page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": str(next(turn))}}
        return Said(body=msgspec.json.encode({"data": {"x": page}}))

    with served(more) as address, pytest.raises(ShopifyRefused, match="does not end"):
        list(client(address, timer).pages("{x}", "x", most=5))


def test_missing_webhooks_are_made_again(address: str, platform: AdminTwin, timer: Timer) -> None:
    """What the platform dropped is found missing, made with few fields, and then there."""
    asking = client(address, timer)
    platform.shop.scopes |= {"read_orders"}
    assert ["orders/create", "customers/update"] == missing(subscriptions(asking), ["orders/create", "customers/update"], HERE)

    made = subscribe(asking, "orders/create", HERE)
    subscribe(asking, "themes/update", HERE)
    subscribe(asking, "carts/update", HERE)

    listed = subscriptions(asking)
    assert ["ORDERS_CREATE", "THEMES_UPDATE", "CARTS_UPDATE"] == [one.topic for one in listed]
    assert (made, HERE, "2026-10") == (listed[0].id, listed[0].uri, listed[0].version)
    assert "customer.id" in platform.shop.subscriptions[0]["includeFields"]
    assert ["customers/update"] == missing(listed, ["orders/create", "customers/update"], HERE)
    assert ["orders/create"] == missing(listed, ["orders/create"], HERE + "/other")


@pytest.mark.parametrize(
    ("topic", "uri", "text"),
    [
        ("audit_events/admin_api_activity", HERE, "not supported"),
        ("orders/create", "http://plain.example", "invalid"),
        ("customers/create", HERE, "cannot create"),
    ],
)
def test_a_refused_subscription_says_why(
    address: str, platform: AdminTwin, timer: Timer, topic: str, uri: str, text: str
) -> None:
    """The platform's own reason is in the error: wrong address, wrong transport, missing scope."""
    platform.shop.scopes -= {"read_customers"}
    with pytest.raises(ShopifyRefused, match=text):
        subscribe(client(address, timer), topic, uri)


def test_a_second_subscription_to_the_same_is_refused(address: str, timer: Timer) -> None:
    """So that each webhook comes once."""
    asking = client(address, timer)
    subscribe(asking, "orders/create", HERE)

    with pytest.raises(ShopifyRefused, match="already"):
        subscribe(asking, "orders/create", HERE)


def test_every_topic_of_ours_is_a_word_of_the_platform() -> None:
    """The schema's enumeration holds each."""
    words = build_schema(SCHEMA).type_map["WebhookSubscriptionTopic"].values  # type: ignore[attr-defined]  # it is an enumeration

    assert set() == {topic_word(topic.name) for topic in TOPICS} - words.keys()


def test_the_probe_says_what_is_missing(address: str, platform: AdminTwin, timer: Timer) -> None:
    """Each scope that was not granted is named with its reason; the rest is well."""
    platform.shop.scopes = {scope.handle for scope in scopes()} - {"read_users", "read_orders"} | {"write_orders"}

    found = probe(client(address, timer))

    wrong = [check.title for check in found if not check.good]
    assert ["Scope read_users (can be left out)", "Scope write_orders is too much"] == wrong
    assert all(check.reason for check in found if not check.good)


def test_the_probe_of_a_wrong_token_or_store(address: str, platform: AdminTwin, timer: Timer) -> None:
    """A refused token ends the questions; a token of another store and a retired version are told."""
    (refused,) = probe(client(address, timer, token="shpat_wrong"))
    assert (False, True) == (refused.good, refused.must)

    platform.shop.domain = "other.myshopify.example"
    platform.versions = ["2027-01"]
    found = {check.title: check for check in probe(client(address, timer))}
    assert "It is for other.myshopify.example." == found["The token is for fernhollow.myshopify.example"].reason
    assert not found["The store answers with version 2026-10"].good


def test_each_scope_reads_only() -> None:
    """None of the scopes that we ask for lets us change anything, and each has its reason."""
    assert all(scope.handle.startswith("read_") and scope.reason.endswith(".") for scope in SCOPES)
    assert len({scope.handle for scope in SCOPES}) == len(SCOPES)


@given(st.floats(0, 1e6), st.floats(-1e3, 1e6), st.floats(0, 1e4), st.floats(0, 1e6))
def test_a_wait_is_never_endless(most: float, now: float, flow: float, cost: float) -> None:
    """Whatever the platform says of its bucket, the wait lies between nothing and a minute."""
    assert 0 <= Bucket(most=most, now=now, flow=flow).wait(cost) <= 60


def test_the_page_names_every_scope_and_counts_the_topics() -> None:
    """Whoever sets a store up reads there what to grant, and why."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "connect-shopify.md").read_text()

    assert [] == [scope.handle for scope in SCOPES if f"`{scope.handle}`" not in page]
    assert f"a list of {len(TOPICS)} " in page
