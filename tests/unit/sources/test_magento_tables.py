"""Rows of Magento's tables as the feed sends them: which act each is, and that nothing of a value leaves the reader."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Auth, Result, Surface
from hemostat.kernel import Source
from hemostat.sources import Message, Raw, ReaderContext, Rejected, read
from hemostat.sources.magento_acts import act_of, ids_of, shown, surface_of, word
from hemostat.sources.magento_content import content_of
from hemostat.sources.magento_schema import TABLES, grants

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SEEN = "2026-11-27T11:59:00Z"


def record(body: bytes) -> Raw | Rejected:
    """What the reader makes of a message."""
    message = Message(seq=1, source="db", received_at=NOW, content_type="application/json", headers={}, body=body)
    (found,) = read(message, Source(kind="magento-tables", store="fernhollow"), ReaderContext())
    return found


def access(table: str, row: dict[str, Any], **more: Any) -> Access:
    """The access that a row tells."""
    found = record(msgspec.json.encode({"table": table, "row": row, **more}))
    assert isinstance(found, Raw)
    return found.access


def logged(**row: Any) -> Access:
    """The access of a row of the action log."""
    return access("magento_logging_event", {"log_id": 7, "time": "2026-11-24T02:10:11Z", "status": "success", **row})


@pytest.mark.parametrize(
    ("code", "action", "act"),
    [
        ("customer", "view", Act.CUSTOMER_READ),
        ("customer", "save", Act.CUSTOMER_UPDATE),
        ("customer", "massDelete", Act.CUSTOMER_DELETE),
        ("customer_groups", "delete", Act.RECORD_DELETE),
        ("customer", "export", Act.EXPORT_RUN),
        ("sales_order", "view", Act.ORDER_READ),
        ("sales_order", "create", Act.ORDER_CREATE),
        ("sales_invoices", "print", Act.EXPORT_RUN),
        ("admin_login", "login", Act.ACCOUNT_LOGIN),
        ("adminhtml_permission_users", "save", Act.ACCOUNT_CHANGE),
        ("adminhtml_permission_roles", "save", Act.ACCESS_GRANT),
        ("integrations", "delete", Act.ACCESS_REVOKE),
        ("cms_blocks", "save", Act.CONTENT_CHANGE),
        ("system_config", "save", Act.CONFIG_CHANGE),
        ("cache_management", "flush", Act.CONFIG_CHANGE),
        ("reports", "view", Act.RECORD_READ),
        ("", "", Act.RECORD_CHANGE),
    ],
)
def test_each_act_of_staff_has_its_word(code: str, action: str, act: Act) -> None:
    """Group and action say what was done."""
    assert act is logged(event_code=code, action=action).act
    assert act is act_of(code, action.lower())


def test_who_was_touched_is_counted_only_for_customers() -> None:
    """One number is the subject, several are counted; numbers of orders name the thing."""
    one = logged(event_code="customer", action="view", info='{"general":"42"}')
    many = logged(event_code="customer", action="massDelete", info='{"general":"1,2, 3"}')
    order = logged(event_code="sales_order", action="view", info="100")
    group = logged(event_code="customer_groups", action="save", info='{"general":"4"}')

    assert (("42", 1, ""), ("", 3, "")) == tuple((e.subject, e.subjects, e.resource_id) for e in (one, many))
    assert (("", 0, "100"), ("", 0, "4")) == tuple((e.subject, e.subjects, e.resource_id) for e in (order, group))
    assert Surface.PATIENT_PORTAL is one.surface
    assert Surface.STOREFRONT is logged(event_code="admin_login", action="login").surface


def test_a_refused_sign_in_is_denied() -> None:
    """A failure is not the act itself, and shows nobody as signed in."""
    found = logged(event_code="admin_login", action="login", status="failure", user="dana", error_message="Locked.")

    assert (Result.DENIED, Auth.NONE, "dana", "login Locked.") == (found.result, found.auth, found.actor, found.message)
    assert 0 == logged(event_code="customer", action="view", status="failure", info="42").subjects


@pytest.mark.parametrize(
    ("ip", "forwarded", "expected"),
    [
        (3405803800, 0, "203.0.113.24"),
        ("3405803800", None, "203.0.113.24"),
        (-889163496, 0, "203.0.113.24"),
        (167772161, 3405803800, "203.0.113.24"),
        (3405803800, 1, "203.0.113.24"),
        (0, 3405803800, "203.0.113.24"),
        (0, 0, ""),
        (None, None, ""),
        (True, False, ""),
        ("x", "", ""),
        (2**70, 0, ""),
        ("2001:db8::1", 0, "2001:db8::1"),
    ],
)
def test_addresses_of_any_spelling_are_read(ip: Any, forwarded: Any, expected: str) -> None:
    """As numbers with or without sign, as text, and behind a proxy; what is none is no address."""
    assert expected == logged(ip=ip, x_forwarded_ip=forwarded).ip


def changed(before: Any, after: Any, model: Any = "Magento\\Customer\\Model\\Customer\\Interceptor") -> tuple[str, ...]:
    """The names of the fields that changed."""
    change = {"source_name": model, "original_data": before, "result_data": after}
    return access("magento_logging_event", {"log_id": 1}, changes=[change]).fields


def test_only_names_of_changed_fields_leave() -> None:
    """Fields that differ, are new or gone; never a value, never Magento's own marks."""
    assert ("customer.dob",) == changed('{"dob":"1980-01-01","sex":1}', '{"dob":"1981-01-01","sex":1}')
    assert ("customer.note",) == changed('{"__was_created":true}', '{"note":"ill"}')
    assert ("customer.note",) == changed('a:1:{s:4:"note";s:3:"ill";}', "a:0:{}")
    assert () == changed('O:8:"stdClass":1:{s:4:"note";s:3:"ill";}', None)
    assert () == changed(None, 5)
    assert (".x",) == changed("{}", '{"x":1}', model=["odd"])
    assert 200 == len(changed("{}", msgspec.json.encode({f"f{number}": 1 for number in range(500)}).decode()))


@pytest.mark.parametrize(
    ("table", "row", "more", "act", "operation"),
    [
        ("admin_user_session", {"id": 1, "user_id": 3, "status": 0}, {}, Act.ACCOUNT_LOGOUT, "signed out"),
        ("admin_user_session", {"id": 1, "user_id": 3, "status": 2}, {}, Act.ACCESS_REVOKE, "signed out by another sign-in"),
        ("admin_user_session", {"id": 1, "user_id": 3, "status": 9}, {}, Act.ACCOUNT_LOGOUT, "session"),
        ("admin_user", {"user_id": 3, "is_active": 1}, {"seen_at": SEEN}, Act.ACCOUNT_CHANGE, "active"),
        ("admin_user", {"user_id": 3}, {"seen_at": SEEN, "gone": True}, Act.ACCOUNT_CHANGE, "gone"),
        ("admin_user_expiration", {"user_id": 3, "expires_at": SEEN}, {}, Act.ACCOUNT_CHANGE, "end set"),
        ("admin_user_expiration", {"user_id": "3"}, {"gone": True}, Act.ACCOUNT_CHANGE, "end removed"),
        ("customer_log", {"log_id": 3, "customer_id": 5, "last_login_at": SEEN}, {}, Act.ACCOUNT_LOGIN, "signed in"),
        ("customer_log", {"log_id": 3, "customer_id": 5, "last_logout_at": SEEN}, {}, Act.ACCOUNT_LOGOUT, "signed out"),
        ("customer_visitor", {"visitor_id": 2**40, "customer_id": 5, "last_visit_at": SEEN}, {}, Act.PAGE_READ, "visit"),
        ("integration", {"integration_id": 3, "status": 2}, {}, Act.ACCESS_GRANT, "integration recreated"),
        ("integration", {"integration_id": 3, "status": 9}, {}, Act.ACCESS_REVOKE, "integration unknown"),
        ("oauth_consumer", {"entity_id": 3}, {}, Act.ACCESS_GRANT, "consumer changed"),
        ("oauth_consumer", {"entity_id": 3}, {"gone": True}, Act.ACCESS_REVOKE, "consumer gone"),
        ("oauth_token", {"entity_id": 3, "revoked": 1}, {}, Act.ACCESS_REVOKE, "token of unknown"),
        ("oauth_token", {"entity_id": "3"}, {"gone": True}, Act.ACCESS_REVOKE, "token of unknown"),
        ("oauth_token_request_log", {"log_id": 3}, {"gone": True}, Act.TOKEN_MINT, "failures cleared"),
        ("authorization_role", {"role_id": 3, "role_type": "U", "user_id": 2}, {}, Act.ACCESS_GRANT, "role of a user"),
        ("authorization_role", {"role_id": 3}, {"gone": True}, Act.ACCESS_REVOKE, "role gone"),
        ("authorization_rule", {"rule_id": 3}, {"gone": True}, Act.ACCESS_REVOKE, ""),
        ("magento_bulk", {"id": 3, "user_type": 2, "user_id": 1, "description": "d\n"}, {}, Act.API_WRITE, "bulk job"),
        ("magento_operation", {"id": 3, "topic_name": "async.orders"}, {}, Act.API_WRITE, "async.orders"),
        ("cms_page", {"page_id": 3, "identifier": "home"}, {}, Act.CONTENT_CHANGE, "home"),
    ],
)
def test_each_table_has_its_words(table: str, row: dict[str, Any], more: dict[str, Any], act: Act, operation: str) -> None:
    """What a row of each table says was done."""
    found = access(table, row, **more)

    assert (act, operation, table) == (found.act, found.operation, found.resource)
    assert found.unique.startswith(f"{table}:")


def test_impersonation_names_the_patient_and_the_member_of_staff() -> None:
    """Staff who act as a patient see all that he sees."""
    found = access("magento_login_as_customer_log", {"log_id": 1, "user_name": "dana", "user_id": 3, "customer_id": 42})

    assert (Act.ACCOUNT_IMPERSONATE, "dana", "42", 1, ActorType.STAFF) == (
        found.act, found.actor, found.subject, found.subjects, found.actor_type,
    )  # fmt: skip


def test_resets_of_staff_and_of_patients_are_told_apart() -> None:
    """A burst of either is enumeration, of different people."""
    staff = access("password_reset_request_event", {"id": 1, "request_type": 1, "account_reference": "d@example.com"})
    patient = access("password_reset_request_event", {"id": 2, "request_type": 0, "account_reference": "p@example.com"})

    assert ("d@example.com", "", Surface.STOREFRONT) == (staff.actor, staff.subject, staff.surface)
    assert ("", "p@example.com", Surface.PATIENT_PORTAL) == (patient.actor, patient.subject, patient.surface)


def test_states_worth_a_look_are_severe_and_told() -> None:
    """Locked users, orphan tokens and revocations."""
    user = access("admin_user", {"user_id": 1, "username": "dana", "failures_num": 6, "lock_expires": "2026-11-24T03:00:00Z"})
    orphan = access("oauth_token", {"entity_id": 5, "type": "access", "user_type": 1})
    patient = access("jwt_auth_revoked", {"user_type_id": 3, "user_id": 42, "revoke_before": 1})
    odd = access("jwt_auth_revoked", {"user_type_id": 7, "user_id": 42, "revoke_before": 1})

    assert "The admin user is inactive. 6 failed sign-ins. Locked until 2026-11-24T03:00:00Z." == user.message
    assert (4, "The token belongs to no integration and to no admin user.") == (orphan.severity, orphan.message)
    assert ("42", "", "tokens of customer") == (patient.subject, patient.actor, patient.operation)
    assert ("", "", "tokens of unknown") == (odd.subject, odd.actor, odd.operation)


@pytest.mark.parametrize(
    ("row", "more", "time"),
    [
        ({"time": "2026-11-24T02:10:11Z"}, {}, datetime(2026, 11, 24, 2, 10, 11, tzinfo=UTC)),
        ({"time": "0000-00-00 00:00:00"}, {}, NOW),
        ({"time": "9999-12-31T00:00:00Z"}, {"seen_at": SEEN}, datetime(2026, 11, 27, 11, 59, tzinfo=UTC)),
        ({"time": 5}, {}, NOW),
        ({}, {}, NOW),
    ],
)
def test_days_that_never_were_are_no_time(row: dict[str, Any], more: dict[str, Any], time: datetime) -> None:
    """The row's own time, else when the feed saw it, else when it came."""
    assert time == access("magento_logging_event", {"log_id": 1, **row}, **more).time


def test_of_content_only_what_it_is_made_of_is_told() -> None:
    """Hash, hosts, and whether there is a script."""
    made = msgspec.to_builtins(content_of('<a href="https://x.example/a">ill</a><img src=//b.example/i onerror=alert(1)>'))
    found = access("core_config_data", {"config_id": 1, "path": "design/head/includes", "content": made})

    assert (Act.CONTENT_CHANGE, 3) == (found.act, found.severity)
    assert f"It holds a script. It names b.example, x.example. Hash {made['sha256'][:16]}." == found.message
    assert "" == access("cms_block", {"block_id": 1, "content": {"hosts": "odd", "code": "yes", "sha256": 5}}).message


@pytest.mark.parametrize(
    ("text", "code", "hosts"),
    [
        ("", False, []),
        ("<p>plain</p>", False, []),
        ("new WebSocket('wss://s.example/x')", True, ["s.example"]),
        ("eval(atob('x'))", True, []),
        ('<script src="https://[bad/x"></script>', True, []),
        ('<script src="https://CDN.example:8443/x"></script>', True, ["cdn.example"]),
        ('<form action="//pay.example/x">', False, ["pay.example"]),
        ('<script src="https://ü.example/x"></script>', True, []),
    ],
)
def test_contents_are_taken_apart(text: str, *, code: bool, hosts: list[str]) -> None:
    """Scripts, sockets and addresses of any spelling."""
    made = content_of(text)

    assert (code, hosts) == (made.code, made.hosts)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"table":"customer_entity","row":{}}',
        b'{"table":"admin_user"}',
        b'{"table":5,"row":{}}',
        b'{"table":"admin_user","row":' + b"[" * 5000,
        b'{"table":"admin_user","row":{},"seen_at":5}',
    ],
)
def test_what_is_no_row_is_rejected(body: bytes) -> None:
    """Truncated, deep, of another table or of another shape."""
    assert isinstance(record(body), Rejected)


def test_the_grants_of_the_manual_are_those_of_the_code() -> None:
    """What a person pastes into the database is what the feed reads, and holds no secret."""
    page = Path("docs/reference/magento.md").read_text()
    expected = grants("magento", "'hemostat'@'10.0.0.5'")

    assert all(grant in page for grant in expected)
    assert page.count("GRANT SELECT") == len(expected) == len({table.name for table in TABLES}) + 1
    assert not [word for word in ("`password`", "`token`", "`secret`", "`key`", "`email`") if word in "".join(expected)]


def test_every_table_of_the_feed_has_a_reader() -> None:
    """What the feed reads can be read."""
    assert all(isinstance(record(msgspec.json.encode({"table": table.name, "row": {}})), Raw) for table in TABLES)


ODD = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)
ANYTHING = ODD | st.lists(ODD, max_size=3) | st.dictionaries(st.text(max_size=5), ODD, max_size=3)
NAMES = sorted({column for table in TABLES for column in table.columns})


@given(
    table=st.sampled_from([table.name for table in TABLES]),
    row=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=12),
    changes=st.lists(st.dictionaries(st.sampled_from(["source_name", "original_data", "result_data"]), ANYTHING), max_size=3),
)
def test_any_values_are_read_or_rejected(table: str, row: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    """Columns of any type make no fault."""
    assert isinstance(record(msgspec.json.encode({"table": table, "row": row, "changes": changes})), Raw | Rejected)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    """No bytes make a fault."""
    assert isinstance(record(body), Raw | Rejected)


def test_the_small_words_have_bounds() -> None:
    """Names are names, numbers are numbers, and texts are short."""
    assert ("customer", "", "", "") == (word("Magento\\Customer"), word(5), word("a b"), word("\\"))
    assert ["1", "2"] == ids_of({"general": {"a": {"b": "1,2,x"}}, "other": "9"})
    assert [] == ids_of({"a": {"b": {"c": {"d": "1"}}}, "e": 1.5, "f": True})
    assert ["7"] == ids_of({"": 7})
    assert 10_000 == len(ids_of({"": ",".join(map(str, range(20_000)))}))
    assert ("a b", 200) == (shown("a\x00b"), len(shown("x" * 999)))
    assert None is surface_of("reports")
