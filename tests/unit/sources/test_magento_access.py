"""Magento's access log: what each address means, and that nothing of a line is lost."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Surface
from hemostat.kernel import BadSettings, Route, Source
from hemostat.sources import KINDS, Message, Raw, ReaderContext, Rejected, check, read
from hemostat.sources.magento_routes import ACLS

KEY = "0123456789abcdef" * 4


def record(line: bytes, **source: Any) -> list[Raw | Rejected]:
    """What the reader makes of a message."""
    message = Message(seq=1, source="edge", received_at=datetime.now(UTC), content_type="text/plain", headers={}, body=line)
    return list(read(message, Source(kind="magento-access", store="fernhollow", **source), ReaderContext()))


def access(request: str, *, status: int = 200, size: int = 5000, extra: str = "", **source: Any) -> Access:
    """The access of one request."""
    line = f'203.0.113.9 - - [02/Mar/2026:14:04:00 +0000] "{request} HTTP/1.1" {status} {size} "-" "python-requests/2.3"{extra}\n'
    (found,) = record(line.encode(), **source)
    assert isinstance(found, Raw)
    return found.access


@pytest.mark.parametrize(
    ("request_line", "act", "surface", "resource"),
    [
        ("GET /rest/default/V1/customers/search?searchCriteria", Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, "customer"),
        ("GET /rest/V1/customers/42", Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, "customer"),
        ("GET /index.php/rest/all/V1/orders/items", Act.ORDER_READ, Surface.CHECKOUT, "order_item"),
        ("GET /rest/all/V1/orders/7", Act.ORDER_READ, Surface.CHECKOUT, "order"),
        ("POST /rest/V1/orders/7/hold", Act.ORDER_UPDATE, Surface.CHECKOUT, "order"),
        ("PUT /rest/V1/guest-carts/abc/order", Act.ORDER_CREATE, Surface.CHECKOUT, "cart"),
        ("POST /rest/V1/guest-carts/abc/estimate-shipping-methods", Act.ORDER_UPDATE, Surface.CHECKOUT, "cart"),
        ("POST /rest/V1/guest-carts/abc/items", Act.ORDER_UPDATE, Surface.CHECKOUT, "cart"),
        ("POST /rest/V1/integration/admin/token", Act.TOKEN_MINT, Surface.STOREFRONT, "token"),
        ("POST /rest/V1/integration/customer/token", Act.TOKEN_MINT, Surface.PATIENT_PORTAL, "token"),
        ("POST /rest/V1/customers/42/token", Act.ACCOUNT_IMPERSONATE, Surface.PATIENT_PORTAL, "token"),
        ("POST /rest/V1/customers/isEmailAvailable", Act.RECORD_SEARCH, Surface.PATIENT_PORTAL, "customer"),
        ("PUT /rest/V1/cmsBlock/3", Act.CONTENT_CHANGE, Surface.STOREFRONT, "cms_block"),
        ("POST /rest/V1/webhooks/subscribe", Act.CONFIG_CHANGE, Surface.STOREFRONT, "webhook"),
        ("GET /rest/V1/vendorthing/5", Act.API_READ, Surface.STOREFRONT, "vendorthing"),
        ("POST /rest/V1/vendorthing/5", Act.API_WRITE, Surface.STOREFRONT, "vendorthing"),
        ("GET /rest/V1/", Act.API_READ, Surface.STOREFRONT, "other"),
        ("POST /graphql", Act.QUERY_RUN, Surface.STOREFRONT, "graphql"),
        ("GET /en/graphql?query={products{sku}}", Act.PAGE_READ, Surface.PRODUCT_CATALOG, "graphql"),
        ("GET /graphql?query=%7Bcustomer%7Bemail%7D%7D", Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, "graphql"),
        ("GET /graphql?hash=5", Act.API_READ, Surface.STOREFRONT, "graphql"),
        ("POST /customer/address_file/upload", Act.OBJECT_WRITE, Surface.PATIENT_PORTAL, "file"),
        ("GET /en/customer/section/load/?sections=cart", Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, "customer_section"),
        ("GET /sales/order/view/order_id/9/", Act.ORDER_READ, Surface.PATIENT_PORTAL, "order"),
        ("GET /sales/order/print/order_id/9/", Act.ORDER_READ, Surface.PATIENT_PORTAL, "order"),
        ("GET /loginascustomer/login/?secret=x", Act.ACCOUNT_IMPERSONATE, Surface.PATIENT_PORTAL, "customer"),
        (f"GET /admin/customer/index/edit/id/7/key/{KEY}/", Act.CUSTOMER_READ, Surface.PATIENT_PORTAL, "customer"),
        ("POST /admin/cms/block/save/", Act.CONTENT_CHANGE, Surface.STOREFRONT, "cms_block"),
        ("POST /admin/admin/system_config/save/section/web/", Act.CONFIG_CHANGE, Surface.STOREFRONT, "config"),
        ("GET /admin/reports/report_customer/exportTotalsCsv/", Act.EXPORT_RUN, Surface.STOREFRONT, "reports"),
        ("GET /admin/sales/order/pdfinvoices/", Act.EXPORT_RUN, Surface.STOREFRONT, "sales"),
        ("GET /admin/", Act.PAGE_READ, Surface.STOREFRONT, "admin"),
        ("POST /admin/", Act.PAGE_WRITE, Surface.STOREFRONT, "admin"),
        ("GET /fever-syrup.html", Act.PAGE_READ, Surface.STOREFRONT, ""),
        ("GET /", Act.PAGE_READ, Surface.STOREFRONT, ""),
        ("GET /index.php", Act.PAGE_READ, Surface.STOREFRONT, ""),
    ],
)
def test_each_address_has_its_meaning(request_line: str, act: Act, surface: Surface, resource: str) -> None:
    """Routes of REST, GraphQL, admin and account pages, with or without store view and index.php."""
    found = access(request_line)

    assert (act, surface, resource) == (found.act, found.surface, found.resource)


def test_the_operation_is_the_route_and_its_permission() -> None:
    """The template of the code and its ACL, so that all calls of one kind are one."""
    assert "GET /V1/customers/{id} [Magento_Customer::customer]" == access("GET /rest/fr/V1/customers/42").operation
    assert "POST /async/bulk/V1/customers [anonymous]" == access("POST /rest/all/async/bulk/V1/customers").operation
    assert "Runs later, as a bulk job." == access("POST /rest/all/async/bulk/V1/customers").message
    assert "Runs later." == access("POST /rest/all/async/V1/customers").message
    assert all(ACLS.values())


def test_a_person_in_the_path_is_the_subject() -> None:
    """A customer's number counts as one person; what is no number does not."""
    found = access("GET /rest/V1/customers/42")
    assert ("42", 1, False, ("name", "email", "dob", "address", "phone")) == (
        found.subject,
        found.subjects,
        found.estimated,
        found.elements,
    )
    assert "customer.email" in found.fields
    assert "" == access("GET /rest/V1/customers/a%27--").subject
    assert ("", "77") == (access("GET /rest/V1/orders/77").subject, access("GET /rest/V1/orders/77").resource_id)


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_nothing_was_read_when_nothing_was_sent(status: int) -> None:
    """Errors and redirects to the sign-in page carry no data, and show no staff."""
    found = access("GET /admin/mui/export/gridToCsv/?namespace=customer_listing", status=status, size=90_000)

    assert (Act.EXPORT_RUN, 0, (), ActorType.UNKNOWN) == (found.act, found.subjects, found.elements, found.actor_type)
    assert 0 == access("GET /rest/V1/customers/42", status=status).subjects
    assert () == access("HEAD /rest/V1/customers/42").elements


@pytest.mark.parametrize(
    ("query", "size", "expected"),
    [
        ("searchCriteria[pageSize]=100", 900_000, 100),
        ("searchCriteria%5BpageSize%5D=100", 9_120, 10),
        ("searchCriteria[page_size]=300", 10**6, 300),
        ("search_criteria[page_size]=50", 10**6, 50),
        ("searchCriteria[pageSize]=301", 900_120, 1000),
        ("searchCriteria[pageSize]=99999999999", 900_120, 1000),
        ("searchCriteria[pageSize]=0", 900_120, 1000),
        ("searchCriteria[pageSize]=x", 900_120, 1000),
        ("searchCriteria", 900_120, 1000),
        ("", 130, 1),
        ("", 100, 0),
    ],
)
def test_people_of_a_search_are_reckoned(query: str, size: int, expected: int) -> None:
    """At most the page; from the bytes when there is no page, or one larger than Magento's own limit."""
    found = access(f"GET /rest/V1/customers/search?{query}", size=size)

    assert (expected, expected > 0) == (found.subjects, found.estimated)


def test_how_the_pages_were_walked_is_told() -> None:
    """The number of the page, and that no page was asked for, are words of the message."""
    assert "Asked for 100 a page. Page 7." == (
        access("GET /rest/V1/orders?searchCriteria[pageSize]=100&searchCriteria[currentPage]=7").message
    )
    assert "Asked for everything on one page." == access("GET /rest/V1/orders?searchCriteria").message
    assert "" == access("GET /rest/V1/orders/7").message


@pytest.mark.parametrize(
    ("path", "operation", "resource", "subjects"),
    [
        ("/mui/export/gridToCsv/?namespace=customer_listing", "mui/export/gridToCsv customer_listing", "customer", 400),
        ("/mui/export/gridToXml/?namespace=customer_listing", "mui/export/gridToXml customer_listing", "customer", 100),
        (f"/mui/export/gridToCsv/key/{KEY}/?namespace=sales_order_grid", "mui/export/gridToCsv sales_order_grid", "order", 285),
        ("/mui/export/gridToCsv/namespace/customer_listing/", "mui/export/gridToCsv customer_listing", "customer", 400),
        ("/mui/export/gridToCsv/?namespace=vendor_grid", "mui/export/gridToCsv vendor_grid", "vendor_grid", 0),
        ("/mui/export/gridToCsv/?namespace=<b>", "mui/export/gridToCsv", "grid", 0),
        ("/mui/export/gridToCsv", "mui/export/gridToCsv", "grid", 0),
    ],
)
def test_grid_exports_are_exports(path: str, operation: str, resource: str, subjects: int) -> None:
    """The blind spot of the action log: who exported which grid, and about how many people."""
    found = access(f"GET /backstage{path}", size=100_120, options={"admin": "backstage"})

    assert (Act.EXPORT_RUN, operation, resource, subjects) == (found.act, found.operation, found.resource, found.subjects)
    assert ActorType.STAFF is found.actor_type


def test_a_grid_that_is_looked_at_is_a_read() -> None:
    """The rows of a grid on the screen, reckoned too."""
    found = access("GET /admin/mui/index/render/?namespace=customer_listing&paging[pageSize]=200", size=100_120)

    assert (Act.CUSTOMER_READ, 100, True) == (found.act, found.subjects, found.estimated)


def test_secrets_in_addresses_are_tokens() -> None:
    """The key of the admin and the token of a reset become pseudonyms, not parts of a path."""
    assert (KEY, Auth.TOKEN) == (
        access(f"GET /admin/customer/index/index/key/{KEY}/").token,
        access(f"GET /admin/x/y/key/{KEY}/").auth,
    )
    assert "s3cret" == access("GET /rest/V1/customers/42/password/resetLinkToken/s3cret").token


def test_what_the_edge_adds_is_read() -> None:
    """The GraphQL operation and the hash of the credential, from a combined line and from JSON."""
    found = access("POST /graphql", extra=" graphql_operation=customerOrders credential_hash=9f86d081884c7d65")
    assert (Act.ORDER_READ, "customerOrders", "9f86d081884c7d65", Auth.TOKEN) == (
        found.act,
        found.operation,
        found.token,
        found.auth,
    )
    line = (
        b'{"time":"2026-03-02T14:04:00Z","request_uri":"/graphql","request_method":"POST","status":200,'
        b'"graphql_operation":"generateCustomerTokenAsAdmin","credential_hash":"abc123"}'
    )
    (one,) = record(line)
    assert isinstance(one, Raw)
    assert (Act.ACCOUNT_IMPERSONATE, "abc123") == (one.access.act, one.access.token)
    assert "abc" == access("GET /x.html", extra=" credential_hash=abc").token


def test_the_merchants_own_map_goes_first() -> None:
    """A route of the settings keeps its act, its person and its elements; Magento's words are added."""
    own = Route(prefix="/rest/V1/orders", surface="appointment-flow", act="record:read", exposes=["appointment"], subject="who")
    found = access("GET /rest/V1/orders/7?who=12", routes=[own])

    assert (Act.RECORD_READ, Surface.APPOINTMENT_FLOW, ("appointment",), "12", 1) == (
        found.act,
        found.surface,
        found.elements,
        found.subject,
        found.subjects,
    )
    assert ("order", "7") == (found.resource, found.resource_id)


@pytest.mark.parametrize(
    "line",
    [
        "POST /graphql?styles%5Bx%5D=1",
        "POST /rest/V1/guest-carts/abc/estimate-shipping-methods?x={{var}}",
        "PUT /rest/default/V1/guest-carts/9/order",
    ],
)
def test_marks_of_attacks_stay_in_the_line(line: str) -> None:
    """Query, path and agent are as they came: rules look for them."""
    found = access(line)

    assert line.partition("?")[2] == found.query
    assert "python-requests/2.3" == found.user_agent
    assert line.split(" ")[1].partition("?")[0] == found.path


def test_options_are_checked() -> None:
    """The admin's address is one word."""
    check("edge", Source(kind="magento-access", store="s", options={"admin": "backstage_7"}))
    for wrong in ({"admin": "a/b"}, {"admin": ""}, {"other": 1}):
        with pytest.raises(BadSettings):
            check("edge", Source(kind="magento-access", store="s", options=wrong))
    assert KINDS["magento-access"].text


@given(
    path=st.text(max_size=60), query=st.text(max_size=60), method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "X"])
)
def test_any_address_under_rest_and_admin_is_read(path: str, query: str, method: str) -> None:
    """Whatever a caller writes behind /rest, /admin and /graphql, there is a record or a rejection."""
    for front in ("/rest/", "/rest/all/V1/", "/admin/", "/graphql", "/customer/"):
        target = f"{front}{quote(path, safe='/%')}?{quote(query, safe='=&[]%')}"
        line = f'192.0.2.1 - - [02/Mar/2026:14:04:00 +0000] "{method} {target} HTTP/1.1" 200 900 "-" "x"'.encode()
        assert all(isinstance(one, Raw | Rejected) for one in record(line))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No bytes make a fault."""
    assert all(isinstance(one, Raw | Rejected) for one in record(body))
