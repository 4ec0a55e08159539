"""The feed of a store's tables, read from a real MariaDB through an account that holds the grants of the guide and no others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import trustme

from hemostat.collect import collector_of, magento_tables
from hemostat.events.access import Access
from hemostat.events.vocabulary import Act, ActorType, Result, Surface
from hemostat.kernel import BadSettings, Feed, HemostatError, Settings, Source, SystemClock
from hemostat.phi import Pseudonyms
from hemostat.readiness.connecting import Wish, planned
from hemostat.readiness.trying import tried
from hemostat.sandbox.wires.loopback import served
from hemostat.sandbox.wires.magento_rest import MagentoRest, Store
from hemostat.sources import Raw, ReaderContext, read
from hemostat.sources.magento_schema import grants
from hemostat.stores.magento import FILE_KINDS, Credentials, MagentoClient, snapshot_take
from hemostat.stores.magento_database import Database, Unreachable, text_of
from hemostat.stores.snapshot import Snapshot, snapshot_latest

from . import mariadb
from .feeding import Fed, Hand

pytestmark = pytest.mark.skipif(mariadb.SERVER is None or mariadb.INSTALL is None, reason=mariadb.MISSING)

WHO = f"'{mariadb.USER}'@'127.0.0.1'"
KEYS = Credentials(consumer_key="c" * 32, consumer_secret="s" * 32, token="t" * 32, token_secret="u" * 32)
NO_CONTEXT = ReaderContext()
PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mariadb.MariaDb]:
    """One server for all tests of this file."""
    made = mariadb.MariaDb(tmp_path_factory.mktemp("mariadb"))
    yield made
    made.close()


@pytest.fixture
def store(server: mariadb.MariaDb) -> mariadb.MariaDb:
    """The empty database of an Adobe Commerce store, and an account with the grants of the guide."""
    server.store()
    for grant in grants(mariadb.NAME, WHO):
        server.sql(grant)
    return server


@pytest.fixture
def fed(store: mariadb.MariaDb, tmp_path: Path) -> Iterator[Fed]:
    """A home that is fed by the database."""
    made = feeding(store, tmp_path)
    yield made
    made.close()


def feeding(server: mariadb.MariaDb, folder: Path, **options: Any) -> Fed:
    """A home with a source that the feed fills."""
    made = Fed(
        folder,
        "magento-tables",
        reader="magento-tables",
        **{
            "host": "127.0.0.1",
            "port": server.port,
            "user": mariadb.USER,
            "database": mariadb.NAME,
            "tls": False,
            **options,
        },
    )
    made.put_key(mariadb.PASSWORD.encode())
    return made


def polled(fed: Fed, *, clock: Hand | None = None) -> list[Access]:
    """The events that came since the last time, read as the worker reads them; a restart lies between any two polls."""
    collector = fed.collector(clock=clock)
    while collector.poll():
        pass
    collector.close()
    found = [record for message in fed.kept() for record in read(message, fed.source, NO_CONTEXT)]
    assert all(isinstance(record, Raw) for record in found)
    return [record.access for record in found if isinstance(record, Raw)]


def test_an_act_of_staff_arrives_with_what_it_changed(store: mariadb.MariaDb, fed: Fed) -> None:
    """Integer address, JSON changes, the person and the moment, in UTC though the server lives five hours east of it."""
    number = store.insert(
        "magento_logging_event",
        ip=3405803800,
        x_forwarded_ip=0,
        event_code="customer",
        time="2026-11-24 02:10:11",
        action="save",
        info='{"general":"42"}',
        status="success",
        user="dana",
        user_id=3,
        fullaction="customer_index_save",
    )
    store.insert(
        "magento_logging_event_changes",
        source_name="Magento\\Customer\\Model\\Customer",
        event_id=number,
        source_id=42,
        original_data='{"email":"a@example.com","firstname":"A"}',
        result_data='{"email":"b@example.com","firstname":"A"}',
    )

    (event,) = polled(fed)

    assert datetime(2026, 11, 24, 2, 10, 11, tzinfo=UTC) == event.time
    assert (Act.CUSTOMER_UPDATE, "dana", "203.0.113.24", "42", 1) == (
        event.act,
        event.actor,
        event.ip,
        event.subject,
        event.subjects,
    )
    assert ("customer.email",) == event.fields
    assert "example.com" not in f"{event.message}{event.fields}{event.operation}"
    assert [] == polled(fed)


def test_serialized_changes_of_older_releases_are_read(store: mariadb.MariaDb, fed: Fed) -> None:
    """PHP-serialized arrays say the same as JSON."""
    number = store.insert(
        "magento_logging_event",
        ip=1,
        event_code="sales_order",
        action="view",
        info='a:1:{s:7:"general";s:3:"100";}',
        status="success",
    )
    store.insert(
        "magento_logging_event_changes",
        source_name="Magento\\Sales\\Model\\Order",
        event_id=number,
        original_data='a:1:{s:6:"status";s:3:"new";}',
        result_data='a:1:{s:6:"status";s:4:"done";}',
    )

    (event,) = polled(fed)

    assert (Act.ORDER_READ, "100", ("order.status",)) == (event.act, event.resource_id, event.fields)


def test_rows_written_late_with_a_smaller_number_are_found(store: mariadb.MariaDb, fed: Fed) -> None:
    """A transaction that began first may be committed last: its row has the smaller number, and is not missed."""
    clock = Hand()
    store.insert("password_reset_request_event", id=5, request_type=0, account_reference="five", ip="192.0.2.5")
    first = polled(fed, clock=clock)
    store.insert("password_reset_request_event", id=4, request_type=0, account_reference="four", ip="192.0.2.4")
    clock.move(60)
    second = polled(fed, clock=clock)

    assert (["five"], ["four"]) == ([event.subject for event in first], [event.subject for event in second])


def test_what_is_settled_is_not_read_again(store: mariadb.MariaDb, fed: Fed) -> None:
    """After twenty minutes of polls the place has moved past what was read, so that no later loss of keys can count it twice."""
    clock = Hand()
    store.insert("magento_login_as_customer_log", user_id=3, user_name="dana", customer_id=42, customer_email="x@example.com")
    polled(fed, clock=clock)
    for _ in range(3):
        clock.move(700)
        polled(fed, clock=clock)

    place = msgspec.json.decode(fed.spool.place("cloud/magento_login_as_customer_log"))

    assert (1, 1) == (place["low"], place["high"])


def test_a_backlog_is_read_in_batches_and_in_whole(store: mariadb.MariaDb, fed: Fed) -> None:
    """More rows than one batch come in several polls, each once, and a restart between them costs nothing."""
    rows = ", ".join(f"(0, 'person{number}', '192.0.2.1')" for number in range(1203))
    store.sql(f"INSERT INTO password_reset_request_event (request_type, account_reference, ip) VALUES {rows}")  # noqa: S608  # our own numbers

    assert fed.collector().poll()
    assert fed.collector().poll()
    assert not fed.collector().poll()
    found = [
        record.access for message in fed.kept() for record in read(message, fed.source, NO_CONTEXT) if isinstance(record, Raw)
    ]

    assert {f"person{number}" for number in range(1203)} == {event.subject for event in found}
    assert 1203 == len(found) == len({event.unique for event in found})


def test_many_changes_within_one_second_are_all_read(store: mariadb.MariaDb, fed: Fed) -> None:
    """A batch that ends within a second takes the rest of that second along."""
    rows = ", ".join(f"({number}, 1, '2026-11-24 02:10:11', '2026-11-24 02:10:11')" for number in range(1, 1300))
    store.sql(f"INSERT INTO admin_user_session (user_id, status, created_at, updated_at) VALUES {rows}")  # noqa: S608  # our own numbers

    found = polled(fed)

    assert 1299 == len({event.actor for event in found})


def test_removed_rows_are_a_gap_that_names_them(store: mariadb.MariaDb, fed: Fed) -> None:
    """Rotation that overtook us is told with the numbers that are missing."""
    for _ in range(10):
        store.insert("magento_logging_event", event_code="customer", action="view", status="success")
    polled(fed)
    store.sql("INSERT INTO magento_logging_event (log_id, event_code, action, status) VALUES (31, 'customer', 'view', 'success')")
    store.sql("DELETE FROM magento_logging_event WHERE log_id < 31")

    assert 1 == len(polled(fed))
    assert ["magento_logging_event: rows 11 to 30 were removed before they were read"] == [
        gap.detail for gap in fed.gaps() if gap.kind == "sequence"
    ]


def test_numbers_that_begin_again_are_told_and_read(store: mariadb.MariaDb, fed: Fed) -> None:
    """A table that was emptied and filled anew, or restored from a backup, is read from its beginning."""
    for _ in range(5):
        store.insert("password_reset_request_event", request_type=0, account_reference="old", ip="192.0.2.1")
    polled(fed)
    store.sql("TRUNCATE password_reset_request_event")
    store.insert("password_reset_request_event", id=3, request_type=0, account_reference="new", ip="192.0.2.1")

    polled(fed)

    assert any("ends at 3, and was read up to 5" in gap.detail for gap in fed.gaps())


def test_what_was_there_is_no_news_and_what_changes_is(store: mariadb.MariaDb, fed: Fed) -> None:
    """Integrations, tokens, roles, users and revocations: only what is new, changed or gone since watching began."""
    store.insert("admin_user", username="dana", email="d@example.com", password="secret-hash")
    kept = store.insert("integration", name="ERP", status=1, consumer_id=1, endpoint="")
    assert [] == polled(fed)

    store.sql("UPDATE integration SET status = 0 WHERE integration_id = %s", [kept])
    store.insert("integration", name="Exporter", status=1, consumer_id=2, endpoint="")
    store.insert("oauth_token", consumer_id=2, type="access", token="tok", secret="sec", user_type=1)
    store.insert("oauth_token", customer_id=9, type="access", token="tok", secret="sec", user_type=3)
    store.insert("oauth_token_request_log", user_name="dana", user_type=2, failures_count=6)
    store.insert("jwt_auth_revoked", user_type_id=2, user_id=1, revoke_before=1764000000)
    store.insert("authorization_role", parent_id=0, role_type="G", user_id=0, user_type="2", role_name="All")
    store.insert("authorization_rule", role_id=1, resource_id="Magento_Backend::all", permission="allow")
    store.sql("UPDATE admin_user SET is_active = 0")
    found = {(event.resource, event.operation): event for event in polled(fed)}

    assert {
        ("admin_user", "inactive"): Act.ACCOUNT_CHANGE,
        ("integration", "integration inactive"): Act.ACCESS_REVOKE,
        ("integration", "integration active"): Act.ACCESS_GRANT,
        ("oauth_token", "access of integration"): Act.TOKEN_MINT,
        ("oauth_token_request_log", "token refused"): Act.TOKEN_MINT,
        ("jwt_auth_revoked", "tokens of admin"): Act.ACCESS_REVOKE,
        ("authorization_role", "role"): Act.ACCESS_GRANT,
        ("authorization_rule", "Magento_Backend::all"): Act.ACCESS_GRANT,
    } == {name: event.act for name, event in found.items()}
    assert Result.DENIED is found["oauth_token_request_log", "token refused"].result
    assert "dana" == found["jwt_auth_revoked", "tokens of admin"].actor

    store.sql("DELETE FROM integration WHERE name = 'Exporter'")
    (gone,) = polled(fed)
    assert (Act.ACCESS_REVOKE, "integration gone", "2") == (gone.act, gone.operation, gone.resource_id)


def test_a_session_has_the_name_that_the_action_log_has(store: mariadb.MariaDb, fed: Fed) -> None:
    """One person, one name, whatever table tells of him."""
    number = store.insert("admin_user", username="dana")
    session = store.insert("admin_user_session", user_id=number, status=1, ip="198.51.100.7", updated_at="2026-11-24 02:00:00")
    (login,) = polled(fed)
    store.sql("UPDATE admin_user_session SET status = 3, updated_at = '2026-11-24 03:00:00' WHERE id = %s", [session])
    (forced,) = polled(fed)

    assert (Act.ACCOUNT_LOGIN, "dana", "198.51.100.7") == (login.act, login.actor, login.ip)
    assert (Act.ACCESS_REVOKE, "dana") == (forced.act, forced.actor)


def test_a_skimmer_is_seen_and_the_content_stays_in_the_store(store: mariadb.MariaDb, fed: Fed) -> None:
    """Of blocks and page settings come hash, hosts and whether there is a script; of other settings that they changed."""
    script = "<script src='//cdn.evil.example/s.js'></script>"
    store.insert(
        "cms_block", identifier="footer", title="Footer", content=f"patient words {script}", update_time="2026-11-24 02:00:00"
    )
    store.insert("core_config_data", path="design/head/includes", value=script, updated_at="2026-11-24 02:00:00")
    store.insert("core_config_data", path="payment/x/private_key", value="very secret", updated_at="2026-11-24 02:00:00")
    store.insert("core_config_data", path="payment/x/debug", value="1", updated_at="2026-11-24 02:00:00")

    collector = fed.collector()
    collector.poll()
    messages = fed.kept()
    found = {
        record.access.operation: record.access
        for m in messages
        for record in read(m, fed.source, NO_CONTEXT)
        if isinstance(record, Raw)
    }

    assert not [m for m in messages if b"patient words" in m.body or b"very secret" in m.body]
    assert Act.CONTENT_CHANGE is found["footer"].act is found["design/head/includes"].act
    assert "cdn.evil.example" in found["footer"].message
    assert 3 == found["design/head/includes"].severity
    assert (Act.CONFIG_CHANGE, "It is now 1.") == (found["payment/x/debug"].act, found["payment/x/debug"].message)
    assert "" == found["payment/x/private_key"].message


def test_a_moment_that_has_not_come_hides_nothing(store: mariadb.MariaDb, fed: Fed) -> None:
    """A row from the future does not move the place: what happens until then is still found."""
    store.insert("cms_page", identifier="odd", content="", update_time="2037-01-01 00:00:00")
    first = polled(fed)
    store.insert("cms_page", identifier="now", content="", update_time="2026-11-24 02:00:00")
    second = polled(fed)

    assert (["odd"], ["now"]) == ([event.operation for event in first], [event.operation for event in second])


def test_open_source_lacks_the_action_log_and_that_is_no_gap(server: mariadb.MariaDb, tmp_path: Path) -> None:
    """Tables of Adobe Commerce alone may be missing; one that both editions have may not, and its gap closes when it is there."""
    server.store(prefix="m2_", without=(*mariadb.COMMERCE, "jwt_auth_revoked"))
    server.sql(f"GRANT SELECT ON {mariadb.NAME}.* TO {WHO}")
    fed = feeding(server, tmp_path, prefix="m2_")
    server.insert("m2_password_reset_request_event", request_type=1, account_reference="dana", ip="192.0.2.1")

    (event,) = polled(fed)

    assert ("dana", "") == (event.actor, event.subject)
    assert ["jwt_auth_revoked"] == [gap.detail.split(":")[0] for gap in fed.gaps()]
    server.sql(f"CREATE TABLE {mariadb.NAME}.m2_jwt_auth_revoked ({mariadb.TABLES['jwt_auth_revoked']})")
    polled(fed)
    assert [] == fed.gaps()
    fed.close()


def test_a_table_too_large_to_compare_is_a_gap(store: mariadb.MariaDb, fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not compared is told."""
    monkeypatch.setattr(magento_tables, "_MOST_WHOLE", 3)
    for number in range(5):
        store.insert("authorization_rule", role_id=1, resource_id=f"r{number}", permission="allow")
    polled(fed)

    assert any("more than 3 rows" in gap.detail for gap in fed.gaps())


def test_an_act_with_too_many_changes_is_a_gap(store: mariadb.MariaDb, fed: Fed, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not read along is told."""
    monkeypatch.setattr(magento_tables, "_MOST_WHOLE", 2)
    number = store.insert("magento_logging_event", event_code="customer", action="massUpdate", status="success")
    for _ in range(3):
        store.insert("magento_logging_event_changes", event_id=number, source_name="x", original_data="{}", result_data="{}")
    polled(fed)

    assert any("changed more than we take in" in gap.detail for gap in fed.gaps())


@pytest.mark.parametrize("grant", ["GRANT ALL ON magento.*", "GRANT SELECT, UPDATE ON magento.*", "GRANT FILE ON *.*"])
def test_an_account_that_may_write_is_refused(store: mariadb.MariaDb, fed: Fed, grant: str) -> None:
    """We do not hold a credential that could change a patient's row."""
    store.sql(f"{grant} TO {WHO}")

    with pytest.raises(BadSettings) as caught:
        fed.collector().poll()

    assert "more than read" in str(caught.value)
    assert mariadb.PASSWORD not in f"{caught.value}{caught.value.advice()}"


def test_an_account_that_may_hand_on_its_rights_is_refused(store: mariadb.MariaDb, fed: Fed) -> None:
    """Nor one that could make another."""
    store.sql(f"GRANT SELECT ON magento.* TO {WHO} WITH GRANT OPTION")

    with pytest.raises(BadSettings):
        fed.collector().poll()


def test_the_grants_of_the_guide_hide_every_secret(store: mariadb.MariaDb) -> None:
    """Passwords, keys and tokens cannot be read, even if somebody asks for them."""
    database = opened(store)

    for table, column in (("admin_user", "password"), ("oauth_token", "token"), ("oauth_consumer", "secret")):
        with pytest.raises(Unreachable):
            database.rows(f"SELECT `{column}` FROM `{table}`")  # noqa: S608  # our own words
    database.close()


def opened(server: mariadb.MariaDb, **options: Any) -> Database:
    """The database as the account sees it."""
    given: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "user": mariadb.USER, "password": mariadb.PASSWORD}
    return Database(**{**given, "database": mariadb.NAME, "tls": False, **options})


def test_a_lost_connection_is_an_error_of_ours_and_then_made_anew(store: mariadb.MariaDb, fed: Fed) -> None:
    """The server may end connections as it likes: the next poll reads on."""
    collector = fed.collector()
    collector.poll()
    for row in store.sql("SELECT id FROM information_schema.processlist WHERE user = %s", [mariadb.USER]):
        store.sql(f"KILL {row[0]}")
    store.insert("password_reset_request_event", request_type=0, account_reference="after", ip="192.0.2.1")

    with pytest.raises(HemostatError):
        collector.poll()
    collector.poll()

    assert 1 == len(fed.kept())


def test_a_wrong_password_is_told_without_it(fed: Fed) -> None:
    """The database's own words are left out; the right one counts without a restart."""
    fed.put_key(b"a wrong password!")

    collector = fed.collector()
    with pytest.raises(Unreachable) as caught:
        collector.poll()

    assert "1045" in str(caught.value)
    assert "wrong password!" not in str(caught.value)
    fed.put_key(mariadb.PASSWORD.encode())
    assert not collector.poll()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "options",
    [{"host": "db.example"}, {"database": "a`b"}, {"prefix": "x;y"}, {"tls": True, "ca": "/nowhere/ca.pem"}],
)
def test_settings_that_cannot_be_right_are_refused(server: mariadb.MariaDb, options: dict[str, Any]) -> None:
    """No plain connection to another machine, no name that could be a statement, no authority that is not there."""
    with pytest.raises(BadSettings):
        opened(server, **options)


def test_another_machine_without_tls_must_be_meant_so(tmp_path: Path) -> None:
    """One word says it, and no other: nobody comes to it by leaving something out."""
    at: dict[str, Any] = {"host": "db.example", "port": 3306, "user": "u", "password": "p", "database": "magento"}

    with pytest.raises(BadSettings, match="TLS"):
        Database(**at, tls=False)
    Database(**at, tls="insecure").close()
    fed = Fed(
        tmp_path, "magento-tables", reader="magento-tables", host="db.example", user="u", database="magento", tls="insecure"
    )
    fed.put_key(mariadb.PASSWORD.encode())
    fed.collector().close()
    fed.close()


def test_a_connection_is_encrypted_and_checked_against_the_authority(store: mariadb.MariaDb, tmp_path: Path) -> None:
    """An account that may only come by TLS is read, through the feed too; the server itself says what it speaks."""
    store.sql(f"ALTER USER {WHO} REQUIRE SSL")
    database = opened(store, tls=True, ca=str(store.ca))

    (row,) = database.rows("SHOW SESSION STATUS LIKE 'Ssl_version'")

    assert row["Value"].startswith("TLSv1.")
    database.close()
    fed = feeding(store, tmp_path, tls=True, ca=str(store.ca))
    store.insert("password_reset_request_event", request_type=0, account_reference="someone", ip="192.0.2.1")
    assert 1 == len(polled(fed))
    fed.close()


def test_a_certificate_that_does_not_fit_is_refused(store: mariadb.MariaDb, tmp_path: Path) -> None:
    """Of an authority that we do not know, and for another name: the error says so, and shows no password."""
    strange = tmp_path / "strange.pem"
    trustme.CA().cert_pem.write_to_path(strange)
    wrong: tuple[dict[str, Any], ...] = ({"ca": str(strange)}, {"ca": ""}, {"ca": str(store.ca), "host": "localhost"})

    for options in wrong:
        with pytest.raises(Unreachable) as caught:
            opened(store, tls=True, **options).rows("SELECT 1")
        assert "certificate" in str(caught.value)
        assert mariadb.PASSWORD not in f"{caught.value}{caught.value.advice()}"


def test_whoever_takes_the_offer_of_tls_away_hears_nothing(store: mariadb.MariaDb) -> None:
    """Who asked for TLS gets it or nothing: neither name nor password was said to a server that offers none."""
    with mariadb.downgraded(store.port) as (port, said):
        database = opened(store, tls=True, ca=str(store.ca), port=port)
        with pytest.raises(Unreachable) as caught:
            database.rows("SELECT 1")

    assert "offers no TLS" in str(caught.value)
    assert bytearray() == said


def ago(minutes: float) -> str:
    """A moment so many minutes ago, as the database takes it."""
    return f"{SystemClock().now() - timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"


def test_a_customer_is_seen_to_sign_in_again_and_to_leave(store: mariadb.MariaDb, fed: Fed) -> None:
    """The one row of a customer is overwritten: each sign-in and each sign-out that we see is an event of its own."""
    clock = Hand()
    times = [ago(300), ago(200), ago(100)]
    store.insert("customer_log", customer_id=42, last_login_at=times[0])
    store.insert("customer_log", customer_id=43, last_login_at=ago(3000))
    (first,) = polled(fed, clock=clock)
    store.sql("UPDATE customer_log SET last_logout_at = %s, last_login_at = %s WHERE customer_id = 42", times[1:])
    clock.move(2000)
    found = polled(fed, clock=clock)
    clock.move(2000)

    assert (Act.ACCOUNT_LOGIN, "42", "42", 1, ActorType.PERSON) == (
        first.act, first.actor, first.subject, first.subjects, first.actor_type,
    )  # fmt: skip
    assert Surface.PATIENT_PORTAL is first.surface
    assert [(Act.ACCOUNT_LOGIN, times[2]), (Act.ACCOUNT_LOGOUT, times[1])] == [
        (event.act, f"{event.time:%Y-%m-%d %H:%M:%S}") for event in found
    ]
    assert [] == polled(fed, clock=clock)


def test_a_moment_that_may_not_be_read_is_a_gap_of_its_own(server: mariadb.MariaDb, tmp_path: Path) -> None:
    """Half of a grant is half of what a table tells: the sign-ins are read, and of the sign-outs it is said that they are not."""
    server.store()
    for grant in grants(mariadb.NAME, WHO):
        server.sql(grant.replace(", `last_logout_at`", ""))
    fed = feeding(server, tmp_path)
    server.insert("customer_log", customer_id=42, last_login_at=ago(20), last_logout_at=ago(10))

    assert [Act.ACCOUNT_LOGIN] == [event.act for event in polled(fed)]
    assert ["customer_log.last_logout_at"] == [gap.detail.split(":")[0] for gap in fed.gaps()]
    fed.close()


def test_a_visit_is_told_each_time_it_is_written_and_guests_are_nobody(store: mariadb.MariaDb, fed: Fed) -> None:
    """The row of a session is written again by each request that sends something; sessions of guests concern no patient."""
    store.insert("customer_visitor", last_visit_at=ago(9))
    number = store.insert("customer_visitor", customer_id=42, last_visit_at=ago(9))
    (first,) = polled(fed)
    store.sql("UPDATE customer_visitor SET last_visit_at = %s", [ago(4)])
    (second,) = polled(fed)

    assert [(Act.PAGE_READ, "42", str(number))] * 2 == [
        (event.act, event.subject, event.resource_id) for event in (first, second)
    ]
    assert first.time < second.time
    assert first.unique != second.unique


def test_a_batch_of_visits_within_one_second_leaves_guests_out(store: mariadb.MariaDb, fed: Fed) -> None:
    """What is taken along from the last second of a batch is chosen as the batch was."""
    moment = ago(9)
    rows = ", ".join(f"({'NULL' if number % 2 else number + 1}, '{moment}')" for number in range(1300))
    store.sql(f"INSERT INTO customer_visitor (customer_id, last_visit_at) VALUES {rows}")  # noqa: S608  # our own numbers

    found = polled(fed)

    assert 650 == len(found) == len({event.subject for event in found})


def test_the_end_of_an_account_is_told_when_it_moves_or_goes(store: mariadb.MariaDb, fed: Fed) -> None:
    """An account that was to end and no longer does is worth a look; it has the name that it has elsewhere."""
    number = store.insert("admin_user", username="dana")
    assert [] == polled(fed)
    store.insert("admin_user_expiration", user_id=number, expires_at="2026-12-01 00:00:00")
    (set_,) = polled(fed)
    store.sql("DELETE FROM admin_user_expiration")
    (gone,) = polled(fed)

    assert (Act.ACCOUNT_CHANGE, "dana", "end set", 3) == (set_.act, set_.actor, set_.operation, set_.severity)
    assert "2026-12-01" in set_.message
    assert (Act.ACCOUNT_CHANGE, "dana", "end removed") == (gone.act, gone.actor, gone.operation)


def test_a_role_is_looked_through(store: mariadb.MariaDb) -> None:
    """An account may have its rights by a role; columns of any type come as JSON can say them, and a second close is none."""
    store.sql("DROP ROLE IF EXISTS reading")
    store.sql("CREATE ROLE reading")
    store.sql(f"GRANT reading TO {WHO}")
    database = opened(store, prefix="magento_")

    (row,) = database.rows("SELECT TIMESTAMP'2026-11-24 02:10:11.5' AS t, 1.5 AS d, x'ff' AS b, NULL AS n")

    assert ["2026-11-24T02:10:11.500000Z", "1.5", "\\xff", None] == [text_of(value) for value in row.values()]
    assert {"logging_event", "operation", "bulk"} <= set(database.columns())
    assert "admin_user" not in database.columns()
    database.close()
    database.close()


def test_staff_without_names_have_their_numbers(store: mariadb.MariaDb, fed: Fed) -> None:
    """Without the table of admin users a session has the number of its user."""
    store.sql("DROP TABLE admin_user")
    store.insert("admin_user_session", user_id=3, status=1, updated_at="2026-11-24 02:00:00")

    assert ["3"] == [event.actor for event in polled(fed)]


def test_writing_is_impossible_even_for_a_wrong_statement(store: mariadb.MariaDb) -> None:
    """The session itself is read-only."""
    database = opened(store)

    with pytest.raises(Unreachable):
        database.rows("CREATE TEMPORARY TABLE t (a INT)")


@pytest.mark.parametrize("option", [{"port": 0}, {"every": 0}, {"other": 1}, {"host": 5}])
def test_options_are_checked(store: mariadb.MariaDb, tmp_path: Path, option: dict[str, Any]) -> None:
    """A wrong option is named when the feed is made."""
    fed = feeding(store, tmp_path, **option)

    with pytest.raises(BadSettings):
        fed.collector()
    fed.close()


def snapshot_with(database: Database) -> Snapshot:
    """The snapshot of a store that shows nothing by REST."""
    with served(MagentoRest(Store(), KEYS)) as address, httpx.Client() as http:
        client = MagentoClient.of(address, KEYS, http=http, sleep=lambda _: None)
        return snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=datetime(2026, 11, 27, tzinfo=UTC), database=database)


def test_the_snapshot_takes_from_the_tables_what_rest_does_not_show(store: mariadb.MariaDb) -> None:
    """Integrations with their resources, staff as pseudonyms, roles, tokens and the settings that guard the data."""
    store.insert("admin_user", username="dana", email="d@example.com")
    store.insert("authorization_role", parent_id=0, role_type="G", user_id=0, user_type="2", role_name="Care team")
    store.insert("authorization_role", parent_id=1, role_type="U", user_id=1, user_type="2", role_name="dana")
    store.insert("authorization_role", parent_id=0, role_type="U", user_id=5, user_type="1", role_name="ERP 5")
    store.insert("authorization_rule", role_id=1, resource_id="Magento_Customer::customer", permission="allow")
    store.insert("authorization_rule", role_id=3, resource_id="Magento_Sales::actions_view", permission="allow")
    store.insert("authorization_rule", role_id=3, resource_id="Magento_Sales::hold", permission="deny")
    store.insert("integration", integration_id=5, name="ERP", status=1, consumer_id=1, endpoint="https://erp.example/cb")
    store.insert("oauth_token", consumer_id=1, type="access", token="tok-value", secret="sec", user_type=1)
    store.insert("core_config_data", path="oauth/consumer/enable_integration_as_bearer", value="1")
    store.insert("core_config_data", path="payment/x/private_key", value="very secret")
    database = opened(store)

    found = snapshot_with(database)

    (integration,) = found.of("integration")
    assert (["Magento_Sales::actions_view"], "erp.example", True) == tuple(
        integration.facts[f] for f in ("resources", "host", "active")
    )
    (staff,) = found.of("staff")
    assert (PSEUDONYMS.of("actor", "dana"), "1") == (staff.id, staff.facts["role"])
    assert ["Magento_Customer::customer"] == found.of("role")[0].facts["resources"]
    assert {"revoked": False, "consumer": 1, "of_staff": False} == {
        name: value for name, value in found.of("token")[0].facts.items() if name != "created"
    }
    assert ["oauth/consumer/enable_integration_as_bearer@default:0"] == [item.id for item in found.of("setting")]
    assert not [word for word in ("'dana", "tok-value", "very secret") if word in str(found)]
    assert FILE_KINDS == {part.kind for part in found.unseen}

    for table in ("integration", "oauth_token", "core_config_data", "admin_user", "authorization_role"):
        store.sql(f"DROP TABLE {table}")
    blind = snapshot_with(database)
    assert {"integration", "token", "setting", "staff", "role"} == {part.kind for part in blind.unseen} - FILE_KINDS
    database.close()


def test_the_feed_that_looks_takes_the_tables_along(store: mariadb.MariaDb, fed: Fed) -> None:
    """It finds the store's own source of tables; what that tells row by row is in the snapshot, and told of by it alone."""
    store.insert("integration", integration_id=5, name="ERP", status=1, consumer_id=1, endpoint="https://erp.example/cb")
    twin = MagentoRest(Store(modules=["Magento_Sales"]), KEYS)
    with served(twin) as address:
        settings = fed.home.settings()
        looking = Source(kind="magento-rest", store="fernhollow", feed=Feed(kind="magento-rest", options={"url": address}))
        fed.home.write(msgspec.structs.replace(settings, sources={**settings.sources, "look": looking}))
        fed.keyring.put("magento.fernhollow", [msgspec.json.encode(KEYS)])
        collector = collector_of("look", looking, home=fed.home, spool=fed.spool, clock=Hand())
        collector.poll()
        store.sql("UPDATE integration SET status = 0")
        twin.store.modules.append("Vendor_New")
        collector.poll()
        collector.close()

    latest = snapshot_latest(fed.home, "fernhollow")
    assert latest
    assert [False] == [item.facts["active"] for item in latest.of("integration")]
    assert ["module"] == [msgspec.json.decode(message.body)["kind"] for message in fed.kept()]


def test_the_set_up_asks_the_same_account(store: mariadb.MariaDb) -> None:
    """It gets in and sees each table; without a grant that table is named, and an account that may write is refused."""
    answers = {
        "host": "127.0.0.1", "port": str(store.port), "user": mariadb.USER, "database": mariadb.NAME, "tls": "false",
        "password": mariadb.PASSWORD,
    }  # fmt: skip
    wish = Wish(kind="magento-tables", store="fernhollow", answers=answers)

    assert [] == [check for check in tried(Settings(), planned(Settings(), wish)) if not check.good]
    store.sql(f"REVOKE SELECT (`id`, `user_id`, `status`) ON `{mariadb.NAME}`.`admin_user_session` FROM {WHO}")  # noqa: S608  # our own names
    both = "`last_login_at`, `last_logout_at`"
    store.sql(f"REVOKE SELECT ({both}) ON `{mariadb.NAME}`.`customer_log` FROM {WHO}")  # noqa: S608  # same
    store.sql(f"REVOKE ALL PRIVILEGES ON `{mariadb.NAME}`.`cms_block` FROM {WHO}")
    (session, customers, block) = [check for check in tried(Settings(), planned(Settings(), wish)) if not check.good]
    assert ("Table admin_user_session", "Columns are missing: id, status, user_id.") == (session.title, session.reason)
    assert "Columns are missing: last_login_at, last_logout_at." == customers.reason  # read in two ways, told once
    assert "Table cms_block" == block.title
    store.sql(f"GRANT INSERT ON `{mariadb.NAME}`.`cms_block` TO {WHO}")
    (refused,) = tried(Settings(), planned(Settings(), wish))
    assert refused.must
    assert not refused.good
