"""The twin of Shopify's Admin interface refuses what the platform refuses."""

from typing import Any

import msgspec
import pytest

from hemostat.sandbox.wires.loopback import Asked
from hemostat.sandbox.wires.shopify_admin import AdminTwin
from unit.stores.shop_twin import TOKEN, shop, twin

PATH = "/admin/api/2026-10/graphql.json"


def ask(platform: AdminTwin, text: Any = "{shop{id}}", **changes: Any) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to a request."""
    given = {
        "method": "POST",
        "target": PATH,
        "headers": {"x-shopify-access-token": TOKEN, "content-type": "application/json"},
        "body": msgspec.json.encode({"query": text}),
    }
    said = platform.answer(Asked(**(given | changes)))
    return said.status, msgspec.json.decode(said.body)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"target": "/admin/api/2026-10/customers.json"}, 404),
        ({"target": "/admin/api/2031-01/graphql.json"}, 404),
        ({"headers": {"content-type": "application/json"}}, 401),
        ({"method": "GET"}, 400),
        ({"headers": {"x-shopify-access-token": TOKEN, "content-type": "text/plain"}}, 400),
        ({"headers": {"x-shopify-access-token": TOKEN}}, 400),
        ({"body": b"{"}, 400),
        ({"body": b'{"query":7}'}, 400),
        ({"target": "/admin/api/unstable/graphql.json"}, 200),
        ({"target": "/admin/api/2020-01/graphql.json"}, 200),
    ],
)
def test_a_request_must_be_as_the_platform_wants_it(changes: dict[str, Any], status: int) -> None:
    """Wrong address, version, token, method, type or body have their status."""
    assert status == ask(twin(shop()), **changes)[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{", None),
        ("{ nothing }", "undefinedField"),
        ("{ scriptTags { nodes { id } } }", "BAD_REQUEST"),
        ("{ scriptTags(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("{ themes(first: 250) { nodes { files(first: 250) { nodes { size } } } } }", "MAX_COST_EXCEEDED"),
    ],
)
def test_a_document_must_fit_schema_and_price(text: str, code: str | None) -> None:
    """The answer is 200, as GraphQL's is, with the code of the refusal."""
    status, answer = ask(twin(shop()), text)

    assert (200, code) == (status, answer["errors"][0].get("extensions", {}).get("code"))


def test_the_bucket_empties_and_fills() -> None:
    """The price is taken from it; with nothing left the platform throttles, and tells when there will be enough."""
    platform = twin(shop(), most=35.0, flow=1.0)
    text = "{ scriptTags(first: 100) { nodes { id } } }"
    _, first = ask(platform, text)
    _, second = ask(platform, text)

    assert first["data"]["scriptTags"]["nodes"]
    assert "THROTTLED" == second["errors"][0]["extensions"]["code"]
    told = second["extensions"]["cost"]
    assert told["requestedQueryCost"] > told["throttleStatus"]["currentlyAvailable"]
    assert told["actualQueryCost"] is None
    assert [text] == platform.asked


def test_a_page_begins_where_the_last_one_ended() -> None:
    """From the end as well; a search finds what was made since."""
    store = shop()
    store.events = [
        {"__typename": "BasicEvent", "id": f"e{n}", "action": "x", "createdAt": f"2026-03-0{n}T00:00:00Z"} for n in (3, 1, 2)
    ]
    platform = twin(store)
    found = [
        [node["id"] for node in ask(platform, text)[1]["data"]["events"]["nodes"]]
        for text in (
            "{ events(first: 2) { nodes { id } } }",
            '{ events(last: 2, after: "2") { nodes { id } } }',
            "{ events(first: 9, query: \"created_at:>='2026-03-02T00:00:00Z'\") { nodes { id } } }",
        )
    ]

    assert [["e1", "e2"], ["e3"], ["e2", "e3"]] == found


def test_the_versions_that_are_served_are_told() -> None:
    """As the platform lists them."""
    assert [{"handle": "2026-10"}] == ask(twin(shop()), "{ publicApiVersions { handle } }")[1]["data"]["publicApiVersions"]
