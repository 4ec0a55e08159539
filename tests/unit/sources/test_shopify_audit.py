"""Shopify's audit feed: who asked for what, of how many people, as far as it tells."""

import copy
import random
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemostat.events import Access, Act, ActorType, Auth, Result, Surface
from hemostat.kernel import Source
from hemostat.law.elements import elements
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.shopify_graphql import MOST_TEXT, people, shape_of
from hemostat.sources.shopify_requests import ELEMENTS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = Source(kind="shopify-audit", store="fernhollow", environment="sandbox")
ELEMENT: dict[str, Any] = {
    "time": 1_772_445_600,
    "event": {
        "action": "api_request",
        "timestamp": "2026-03-02T10:00:00Z",
        "actor": {
            "actor_type": "app",
            "actor_identifier": 4,
            "actor_metadata": {"app_name": "Care Sync", "ecosystem_category": "private", "api_version_served": "2026-10"},
        },
        "context": {
            "context_type": "network_request",
            "context_identifier": "13493be9-24f2-4eea-b71d-a8acd7af7917",
            "context_metadata": {
                "client_ip": "192.0.2.1",
                "user_agent": "curl/8",
                "response_code": 200,
                "api_request_failed": False,
            },
        },
        "subject": {"subject_type": "shop", "subject_identifier": "fernhollow.myshopify.example"},
        "additional_metadata": {"request_type": "GraphQL", "mutation_names": [], "query": "{shop{id}}", "variables": {}},
    },
}


def element(query: str = "{shop{id}}", variables: Any = None, **event: Any) -> dict[str, Any]:
    """An element of the feed with this query."""
    made = copy.deepcopy(ELEMENT)
    made["event"]["additional_metadata"] |= {"query": query, "variables": variables or {}}
    made["event"] |= event
    return made


def read_all(body: Any, **headers: str) -> list[Raw | Rejected]:
    """What the reader makes of a message."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    message = Message(seq=1, source="audit", received_at=NOON, content_type="application/json", headers=kept, body=raw)
    return list(read(message, FEED, ReaderContext()))


def access(*elements: dict[str, Any]) -> Access:
    """The access of the first of these elements."""
    found = read_all({"events": elements})[0]
    assert isinstance(found, Raw), found
    return found.access


def asked(query: str, **variables: Any) -> Access:
    """The access of a query."""
    return access(element(query, variables))


def test_an_element_tells_app_request_and_network() -> None:
    """All that the feed says stands where the vocabulary has a place for it."""
    found = access(element("query q($n: Int) { customers(first: $n) { nodes { email } } }", {"n": 25}))

    assert (Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, Auth.TOKEN) == (found.act, found.surface, found.auth)
    assert ("app-4", ActorType.APP, "Care Sync") == (found.actor, found.actor_type, found.app)
    assert ("192.0.2.1", "curl/8", 200, Result.SUCCESS) == (found.ip, found.user_agent, found.status, found.result)
    assert (datetime(2026, 3, 2, 10, tzinfo=UTC), "fernhollow.myshopify.example") == (found.time, found.host)
    assert (25, True, "customers", ("customers.email",)) == (found.subjects, found.estimated, found.resource, found.fields)
    assert ("customer_id", "email") == found.elements
    assert found.unique.startswith("13493be9-24f2-4eea-b71d-a8acd7af7917.")


def test_a_member_of_staff_is_the_actor_and_the_app_is_named_too() -> None:
    """The address is in small letters, so that one person has one pseudonym."""
    actor = {**ELEMENT["event"]["actor"], "on_behalf_of": {"user_email": " Dev@Example.com "}}

    found = access(element(actor=actor))

    assert ("dev@example.com", ActorType.STAFF, "Care Sync") == (found.actor, found.actor_type, found.app)


@pytest.mark.parametrize(
    ("query", "variables", "act", "subjects", "resource"),
    [
        ("{shop{id}}", {}, Act.API_READ, 0, "shop"),
        ("{orders(first:null){nodes{id}}}", {}, Act.ORDER_READ, 1, "orders"),
        ("{nodes(ids:1){... on Customer{id}}}", {}, Act.CUSTOMER_READ, 1, "customer"),
        ("{customer(id:7){email}}", {}, Act.CUSTOMER_READ, 1, "customer"),
        ("{products(first:250){nodes{id}}}", {}, Act.API_READ, 0, "products"),
        ("{orders(last:10){edges{node{id}}}}", {}, Act.ORDER_READ, 10, "orders"),
        ("{orders{edges{node{id}}}}", {}, Act.ORDER_READ, 1, "orders"),
        ("query($n:Int=50){draftOrders(first:$n){nodes{note2}}}", {}, Act.ORDER_READ, 50, "draftOrders"),
        ("query($n:Int=50){draftOrders(first:$n){nodes{note2}}}", {"n": 7}, Act.ORDER_READ, 7, "draftOrders"),
        ("query($n:Int){orders(first:$n){nodes{id}}}", {"n": "many"}, Act.ORDER_READ, 1, "orders"),
        ("query($n:Int){orders(first:$n){nodes{id}}}", {"n": -5}, Act.ORDER_READ, 0, "orders"),
        ("query($n:Int){orders(first:$n){nodes{id}}}", {"n": 10**30}, Act.ORDER_READ, 2**40, "orders"),
        ("{abandonedCheckouts(first:3){nodes{id}}}", {}, Act.ORDER_READ, 3, "abandonedCheckouts"),
        ("{a:customers(first:2){nodes{id}} b:customers(first:3){nodes{id}}}", {}, Act.CUSTOMER_READ, 5, "customers"),
        ("{customers(first:5){nodes{orders(first:9){nodes{id}}}}}", {}, Act.CUSTOMER_READ, 5, "customers"),
        ("{companies(first:4){nodes{contacts(first:6){nodes{customer{id}}}}}}", {}, Act.CUSTOMER_READ, 24, "companies"),
        ("{customerSegmentMembers(first:1000,segmentId:1){x}}", {}, Act.CUSTOMER_READ, 1000, "customerSegmentMembers"),
        ('{shopifyqlQuery(query:"FROM x"){tableData{rows}}}', {}, Act.QUERY_RUN, 0, "shopifyqlQuery"),
        ('{metaobjects(type:"intake",first:9){nodes{id}}}', {}, Act.RECORD_READ, 0, "metaobjects"),
        ("{files(first:9){nodes{id}}}", {}, Act.RECORD_READ, 0, "files"),
        ("{nodes(ids:[1,2,3]){... on Customer{email}}}", {}, Act.CUSTOMER_READ, 3, "customer"),
        ("query($i:[ID!]!){nodes(ids:$i){...f}} fragment f on Order{id}", {"i": ["a", "b"]}, Act.ORDER_READ, 2, "order"),
        ("query($i:[ID!]!){nodes(ids:$i){... on Order{id}}}", {"i": 7}, Act.ORDER_READ, 1, "order"),
        ("{node(id:1){... on Customer{email}}}", {}, Act.CUSTOMER_READ, 1, "customer"),
        ("{nodes(ids:[1]){... on Product{id}}}", {}, Act.API_READ, 0, "nodes"),
        ("{nodes(ids:[1])}", {}, Act.API_READ, 0, "nodes"),
        ("query{...f} fragment f on QueryRoot{customers(first:8){nodes{...g}}} fragment g on Customer{phone ...g}",
         {}, Act.CUSTOMER_READ, 8, "customers"),
        ("mutation{customerDelete(input:{id:1}){userErrors{message}}}", {}, Act.CUSTOMER_DELETE, 0, "customerDelete"),
        ("mutation{customerUpdate(input:{id:1}){customer{id email}}}", {}, Act.CUSTOMER_UPDATE, 1, "customerUpdate"),
        ("mutation{storefrontAccessTokenCreate(input:{}){shop{id}}}", {}, Act.TOKEN_MINT, 0, "storefrontAccessTokenCreate"),
        ("mutation{scriptTagCreate(input:{}){userErrors{message}}}", {}, Act.CONTENT_CHANGE, 0, "scriptTagCreate"),
        ("mutation{bulkOperationRunMutation(mutation:1){x}}", {}, Act.API_WRITE, 0, "bulkOperationRunMutation"),
        ("mutation{inventoryAdjust{x}}", {}, Act.API_WRITE, 0, "inventoryAdjust"),
        ("subscription{x}", {}, Act.API_READ, 0, "x"),
    ],
)  # fmt: skip
def test_each_query_has_its_act_and_size(query: str, variables: dict[str, Any], act: Act, subjects: int, resource: str) -> None:
    """The worst root names the act; the nearest way to people counts them, by literal, variable, default or list."""
    found = asked(query, **variables)

    assert (act, subjects, resource, subjects > 0) == (found.act, found.subjects, found.resource, found.estimated)


def test_a_bulk_query_is_an_export_whatever_it_is_wrapped_in() -> None:
    """The document within names the data, from a literal or a variable; how many people it gives nobody knows."""
    inner = '{ customers { edges { node { id email metafield(namespace: "health", key: "condition") { value } } } } }'
    for query, variables in (
        (f'mutation {{ bulkOperationRunQuery(query: """{inner}""") {{ userErrors {{ message }} }} }}', {}),
        ("mutation($q: String!) { bulkOperationRunQuery(query: $q) { userErrors { message } } }", {"q": inner}),
    ):
        found = asked(query, **variables)
        assert (Act.EXPORT_RUN, Surface.PATIENT_PORTAL, "customers", 0, True) == (
            found.act, found.surface, found.resource, found.subjects, found.estimated,
        )  # fmt: skip
        assert "customers.metafield.health.condition" in found.fields
        assert "email" in found.elements
        assert "bulkOperationRunQuery" == found.operation
    unread = asked("mutation($q: String!) { bulkOperationRunQuery(query: $q) { x } }", q="{ customers {")
    assert (Act.EXPORT_RUN, "The query could not be read to its end." in unread.message) == (unread.act, True)
    missing = asked("mutation($q: String!) { bulkOperationRunQuery(query: $q) { x } }", q=None)
    assert Act.EXPORT_RUN == missing.act
    assert Act.EXPORT_RUN == asked("mutation { bulkOperationRunQuery { x } }").act


def test_one_patient_is_named_by_id_and_not_kept() -> None:
    """By a literal or by a variable; the next query without an id names nobody."""
    literal = asked('{customer(id:"gid://shopify/Customer/42"){email note}}')
    variable = asked("query($c:ID!){customer(id:$c){email}}", c="gid://shopify/Customer/43")

    assert ("42", "43", 1) == (literal.subject, variable.subject, variable.subjects)
    assert ("customer.email", "customer.note") == literal.fields
    assert "" == asked("query($c:ID!){customer(id:$c){email}}", c=7).subject
    assert "" == asked("{customers(first:1){nodes{id}}}").subject


def test_no_value_of_a_query_reaches_a_field() -> None:
    """Search terms and arguments may name a patient: only names that the schema could have are told."""
    found = asked(
        '{roe:customers(first:1,query:"email:jane@example.org"){nodes{metafield(namespace:"jane roe",key:"k"){value}}}}'
    )

    told = f"{found.fields} {found.operation} {found.resource} {found.message}"
    assert not [word for word in ("jane", "roe") if word in told]


@pytest.mark.parametrize(
    "query",
    [
        "{" * 50_000,
        "{a" * 2_000 + "}" * 2_000,
        "query{" + "".join(f"a{n}:customers(first:1){{id}} " for n in range(5_000)) + "}",
        "query{...f0}" + "".join(f"fragment f{n} on Q{{...f{n + 1} ...f{n + 1}}}" for n in range(60)) + "fragment f60 on Q{x}",
        "{" + "...on Q{" * 60 + "x" + "}" * 61,
        "x" * (MOST_TEXT + 1),
        "#" * 150_000,
        "not graphql",
        "",
        "fragment f on Q{x}",
        "type Q{x:Int}",
        "\ud800",
    ],
)  # fmt: skip
def test_a_hostile_query_is_bounded_and_said_to_be_unread(query: str) -> None:
    """Whoever writes the query cannot hold up the worker, nor hide: the event is there, and says that it was not read."""
    raw = shape_of(query)
    assert not raw.read
    if "\ud800" not in query:
        found = asked(query)
        assert (True, True) == (found.estimated, "could not be read" in found.message)


def test_a_mutation_that_is_hidden_in_unreadable_text_is_still_named() -> None:
    """The feed names mutations itself."""
    hidden = element("{{{{")
    hidden["event"]["additional_metadata"]["mutation_names"] = ["bulkOperationRunQuery", "x y", 7]

    found = access(hidden)

    assert (Act.EXPORT_RUN, "bulkOperationRunQuery") == (found.act, found.operation)
    del hidden["event"]["additional_metadata"]["query"]
    assert Act.EXPORT_RUN == access(hidden).act
    del hidden["event"]["additional_metadata"]["mutation_names"]
    assert (Act.API_READ, True) == (access(hidden).act, access(hidden).estimated)


@pytest.mark.parametrize(
    ("target", "method", "act", "subjects", "resource", "subject"),
    [
        ("/admin/api/2026-10/customers.json?limit=250", "GET", Act.CUSTOMER_READ, 250, "customers", ""),
        ("/admin/api/2026-10/customers.json?limit=9999", "", Act.CUSTOMER_READ, 250, "customers", ""),
        ("/admin/api/2026-10/customers.json?limit=x", "GET", Act.CUSTOMER_READ, 50, "customers", ""),
        ("/admin/api/2026-10/customers/77.json", "GET", Act.CUSTOMER_READ, 1, "customers", "77"),
        ("/admin/api/2026-10/customers/search.json", "GET", Act.CUSTOMER_READ, 50, "customers", ""),
        ("/admin/api/2026-10/customers/count.json", "GET", Act.CUSTOMER_READ, 0, "customers", ""),
        ("/admin/api/2026-10/customers/77/orders.json", "GET", Act.ORDER_READ, 50, "orders", "77"),
        ("https://x.myshopify.com/admin/orders.json", "get", Act.ORDER_READ, 50, "orders", ""),
        ("api/2026-10/products.json", "GET", Act.API_READ, 0, "products", ""),
        ("/admin/api/2026-10/customers/77.json", "DELETE", Act.CUSTOMER_DELETE, 0, "customers", "77"),
        ("/admin/api/2026-10/themes/1/assets.json", "PUT", Act.API_WRITE, 0, "themes", ""),
        ("/elsewhere", "GET", Act.API_READ, 0, "", ""),
    ],
)
def test_a_rest_call_is_read_from_its_address(
    target: str, method: str, act: Act, subjects: int, resource: str, subject: str
) -> None:
    """The form of REST elements is a guess: what the address tells is told."""
    made = element()
    made["event"]["additional_metadata"] = {"request_type": "REST", "path": target, "method": method}

    found = access(made)

    assert (act, subjects, resource, subject) == (found.act, found.subjects, found.resource, found.subject)
    assert (target == "/elsewhere") == ("not one of the Admin API" in found.message)


@pytest.mark.parametrize(
    ("facts", "codes", "result", "subjects"),
    [
        ({"response_code": 200}, [], Result.SUCCESS, 5),
        ({"response_code": 200}, ["access_denied"], Result.DENIED, 0),
        ({"response_code": 200, "api_request_failed": True}, [], Result.ERROR, 0),
        ({"response_code": 403, "api_request_failed": True}, [], Result.DENIED, 0),
        ({"response_code": 500}, None, Result.ERROR, 0),
        ({"response_code": True}, "x", Result.UNKNOWN, 5),
        ({"response_code": 10**30}, [], Result.UNKNOWN, 5),
    ],
)
def test_what_was_refused_reached_nobody(facts: Any, codes: Any, result: Result, subjects: int) -> None:
    """GraphQL answers 200 to what it refuses: the codes tell."""
    made = element("{customers(first:5){nodes{id}}}", context={"context_metadata": facts})
    made["event"]["additional_metadata"]["error_codes"] = codes

    found = access(made)

    assert (result, subjects) == (found.result, found.subjects)


def test_the_wrapping_of_a_bus_comes_off() -> None:
    """Bare, as EventBridge's detail, and as the whole event; the bus says when it took it."""
    batch = {"events": [ELEMENT]}
    detail = {"payload": batch, "metadata": {"X-Shopify-Topic": "audit_events/admin_api_activity", "X-Shopify-Odd": 7}}
    whole = {"detail": detail, "time": "2026-03-02T10:00:03Z"}

    found = [*read_all(batch), *read_all(detail, eventbridge_time="2026-03-02T10:00:03Z"), *read_all(whole)]

    assert 3 == len([one for one in found if isinstance(one, Raw)])
    sent = [one.access.sent for one in found if isinstance(one, Raw)]
    taken = datetime(2026, 3, 2, 10, 0, 3, tzinfo=UTC)
    assert [None, taken, taken] == sent
    assert 1 == len({one.access.unique for one in found if isinstance(one, Raw)})
    (odd,) = read_all({**whole, "time": "soon"})
    assert isinstance(odd, Raw)
    assert odd.access.sent is None


def test_another_topic_on_the_bus_is_read_as_a_webhook() -> None:
    """A store may send all its webhooks to one bus."""
    payload = {"id": 7, "email": "p@example.org"}
    wrapped = {"detail": {"payload": payload, "metadata": {"X-Shopify-Topic": "customers/update"}}}

    (found,) = read_all(wrapped)
    assert isinstance(found, Raw)
    assert (Act.CUSTOMER_UPDATE, "7", ("email",)) == (found.access.act, found.access.subject, found.access.fields)
    (same,) = read_all(payload, x_shopify_topic="customers/update")
    assert isinstance(same, Raw)


def test_a_batch_keeps_its_good_elements() -> None:
    """Each element is an access or a dead letter of its own."""
    timeless = element(timestamp="yesterday")
    timeless["time"] = None
    by_number = element(timestamp=None)
    ancient = element(timestamp="0001-01-01T00:00:00Z")
    ancient["time"] = 10**40

    found = read_all({"events": [ELEMENT, 7, {"event": {}}, timeless, by_number, ancient]})

    assert [True, False, False, False, True, False] == [isinstance(one, Raw) for one in found]
    assert [1, 2, 3, 4, 5, 6] == [one.line for one in found]
    last = found[4]
    assert isinstance(last, Raw)
    assert datetime(2026, 3, 2, 10, tzinfo=UTC) == last.access.time


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[]", "The body is not a JSON object."),
        (b"{", "The body is not JSON in UTF-8."),
        (b'{"a":"\xff"}', "The body is not JSON in UTF-8."),
        (b'{"events":' + b"[" * 100_000, "The body is not JSON in UTF-8."),
        (b'{"events":[]}', "The message holds no list of events."),
        (b'{"events":{}}', "The message holds no list of events."),
        (b'{"detail":{"payload":[]}}', "The message holds no list of events."),
    ],
)
def test_a_bad_message_is_one_dead_letter(body: bytes, reason: str) -> None:
    """With its reason and its bytes."""
    (found,) = read_all(body)

    assert isinstance(found, Rejected)
    assert (reason, body) == (found.reason, found.raw)


def test_an_actor_that_is_no_app_is_told_as_it_is() -> None:
    """An app without a number has no name that others could not take; another kind of actor keeps its identifier."""
    app = access(element(actor={"actor_type": "app", "actor_identifier": "x y", "actor_metadata": {"app_name": "A"}}))
    other = access(element(actor={"actor_type": "user", "actor_identifier": 12}))

    assert ("", ActorType.APP, "A") == (app.actor, app.actor_type, app.app)
    assert ("12", ActorType.UNKNOWN) == (other.actor, other.actor_type)


def test_every_element_is_a_word_of_the_law() -> None:
    """What a field is mapped to, the law knows."""
    assert set(ELEMENTS.values()) <= {element.id for element in elements()}


def test_many_different_texts_are_read_each_as_it_is() -> None:
    """The memory of shapes is bounded, and what is read after it was emptied is the same."""
    order = list(range(2_100))
    random.Random(7).shuffle(order)  # noqa: S311  # an order for a test

    assert order == [people(shape_of(f"{{customers(first:{n}){{nodes{{id}}}}}}"), {}) for n in order]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No input raises."""
    assert all(isinstance(one, Raw | Rejected) for one in read_all(body))


@settings(max_examples=150)
@given(
    _JSON, st.sampled_from(["actor", "context", "subject", "additional_metadata", "timestamp", "action"]), st.text(max_size=40)
)
def test_any_values_in_an_event_are_read_or_rejected(value: Any, part: str, query: str) -> None:
    """Whatever stands in the place of a part, or of the query."""
    made = element(query)
    made["event"][part] = value
    body = msgspec.json.encode({"events": [made]})

    assert all(isinstance(one, Raw | Rejected) for one in read_all(body))
