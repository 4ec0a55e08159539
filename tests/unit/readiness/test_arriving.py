"""A test event goes through the real door as its vendor sends it, is seen in the lake, and counts for nobody."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import trustme

from hemostat.detect import Detector
from hemostat.events import real
from hemostat.kernel import Home, Source, clock_for
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.reader import read
from hemostat.readiness import arriving
from hemostat.readiness.coverage_seen import seen
from hemostat.readiness.reaching import door_checked, fault_of
from hemostat.readiness.setup_guides import guides
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sources import KINDS, Message, Raw, Rejected, context_of
from hemostat.sources import read as records_of
from hemostat.sources.trials import mark, trial_key
from unit.detect.test_detector import S1, attack, batch
from unit.intake.door import SHOP, Door

PUBLIC = "https://in.example/in/twilio/calls"
SOURCES = {
    "events": Source(kind="events", store="fernhollow"),
    "edge-log": Source(kind="access-log", store="fernhollow"),
    "magento-edge": Source(kind="magento-access", store="oak"),
    "magento-logs": Source(kind="magento-log", store="oak"),
    "net": Source(kind="syslog", store="fernhollow"),
    "wall": Source(kind="cef", store="fernhollow"),
    "emr": Source(kind="fhir-audit", store="fernhollow"),
    "pacs": Source(kind="atna", store="fernhollow"),
    "shop": Source(kind="shopify", store="fernhollow"),
    "visits": Source(kind="zoom", store="fernhollow"),
    "calls": Source(kind="twilio", store="fernhollow", options={"url": PUBLIC}),
    "spans": Source(kind="otlp", store="fernhollow"),
    "splunk": Source(kind="hec", store="fernhollow", options={"ack": True}),
}
CANNOT = {
    "adobe": Source(kind="adobe-events", store="oak", options={"client_id": "0123456789abcdef"}),
    "hooks": Source(kind="commerce-webhooks", store="oak", options={"public_keys": ["pem"]}),
    "own": Source(kind="mapped", store="oak", options={"mapping": "m.yaml"}),
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A running intake with a source for every door."""
    made = Door(tmp_path_factory.mktemp("arriving"), sources=SOURCES | CANNOT)
    for name in ("visits", "calls"):
        made.keyring.put(f"webhook.{name}", [b"a secret of the vendor's"])
    made.start()
    yield made
    assert 0 == made.stop()


@pytest.fixture
def sent(door: Door) -> Iterator[datetime]:
    """Since when; afterwards nothing waits in the spool."""
    yield clock_for(door.home.path).now()
    _drained(door.home)


def _drained(home: Home) -> int:
    """What waits is in the lake; how many rows."""
    tools = Tools(home)
    spool = tools.spool()
    rows = 0
    while done := drain(home, spool, tools=tools):
        rows += done.rows
    spool.close()
    return rows


@pytest.mark.parametrize("name", SOURCES)
def test_a_test_event_arrives_and_counts_for_nobody(door: Door, sent: datetime, name: str) -> None:
    """Taken by the door as the vendor's, one row, of the environment `test`, that names nobody."""
    arriving.send(door.home, door.settings, name, now=sent)

    assert 1 == _drained(door.home)
    row = arriving.found(door.home, name, since=sent, test=True)
    assert row is not None
    assert (name, "test", "") == (row["source"], row["environment"], row["actor"] or "")
    assert row["learnt"] >= sent
    assert arriving.found(door.home, name, since=sent, test=False) is None


def test_no_test_event_is_found_by_the_map_the_detector_or_the_pulse(door: Door, sent: datetime) -> None:
    """The coverage map sees no event, the detector no row, and the pulse of the source does not beat."""
    arriving.send(door.home, door.settings, "events", now=sent)
    _drained(door.home)

    tools = Tools(door.home)
    spool = tools.spool()
    table = read(door.home, spool.parts())
    beats = [beat for beat in spool.pulse(sent - timedelta(days=1)) if beat.events]
    spool.close()
    found = seen(
        door.home, "fernhollow", patterns=["/hemostat-test%"], since=sent - timedelta(days=1), now=sent + timedelta(days=1)
    )
    assert (0, 0, []) == (found.feed(SOURCES).events, len(found.paths), beats)
    assert table.num_rows > 0
    assert 0 == real(table).num_rows


def test_no_rule_finds_anything_in_tests_of_ours() -> None:
    """A leak that rings the bell is silence when all of it is marked as a test, also in what is looked back at."""
    leak = [row | {"environment": "production"} for row in attack(200)]
    tests = [row | {"environment": "test"} for row in attack(200)]
    for rows, rings in ((leak, True), (tests, False)):
        detector = Detector(S1)
        detector.warm(batch(tests))
        assert rings is bool(detector.push(batch(rows)))
        detector.close()


def test_every_kind_that_can_be_tested_is(door: Door) -> None:
    """Each kind that comes in by a door has a test event here, or a reason why only its system can send one."""
    tested = {source.kind for source in (SOURCES | CANNOT).values()}
    untested = {
        name for name in KINDS if name not in tested and "door" in guides().guides[name].ways and guides().guides[name].sample
    }

    assert set() == untested
    for name in CANNOT:
        with pytest.raises(arriving.CannotSend) as error:
            arriving.send(door.home, door.settings, name, now=datetime.now(tz=UTC))
        assert error.value.advice()


def test_a_mark_is_worth_nothing_in_other_hands(door: Door, sent: datetime) -> None:
    """A mark of another source, an old one, one beside another record and a forged one leave their events as they are."""
    key = trial_key(door.keyring.secret("pseudonym"))
    marks = {
        "other": mark("edge-log", sent, key),
        "old": mark("events", sent - timedelta(minutes=11), key),
        "forged": mark("events", sent, b"another key"),
    }
    line = b'{"time": "2026-11-27T12:00:00Z", "act": "page:read", "environment": "%b", "message": "%b"}'
    source = SOURCES["events"]

    def environments(body: bytes) -> list[str]:
        message = Message(seq=1, source="events", received_at=sent, content_type="application/x-ndjson", headers={}, body=body)
        found = list(records_of(message, source, context_of(door.keyring, source)))
        return [str(one.access.environment) for one in found if isinstance(one, Raw)]

    for word in marks.values():
        assert ["staging"] == environments(line % (b"staging", word.encode()))
    good = mark("events", sent, key).encode()
    assert ["production"] == environments(line % (b"test", b"no mark"))
    assert ["staging", "staging"] == environments(b"\n".join([line % (b"staging", good)] * 2))
    assert ["test"] == environments(line % (b"staging", good))


@pytest.mark.parametrize("size", [10, 20_000])
def test_a_large_or_broken_message_with_a_mark_is_read_as_any(door: Door, sent: datetime, size: int) -> None:
    """It is no test, and what cannot be read is rejected as always."""
    word = mark("events", sent, trial_key(door.keyring.secret("pseudonym"))).encode()
    message = Message(seq=1, source="events", received_at=sent, content_type="", headers={}, body=word + b"x" * size)

    (found,) = records_of(message, SOURCES["events"], context_of(door.keyring, SOURCES["events"]))

    assert isinstance(found, Rejected)


def test_what_is_wrong_is_said(door: Door, sent: datetime, tmp_path: Path) -> None:
    """Another key, another home and a full intake are told apart; nothing of a stranger's answer is repeated."""
    other = Home(tmp_path / "other")
    other.create(msgspec.structs.replace(door.settings, shopify_stores={"fernhollow": SHOP}))
    for name in ("visits", "calls"):
        other.keyring(door.settings).put(f"webhook.{name}", [b"not the secret of the vendor"])
    other.keyring(door.settings).put("shopify.fernhollow", [b"not the secret of the app"])
    for name in ("events", "shop", "visits", "calls", "spans", "splunk"):
        with pytest.raises(arriving.NotTaken, match="does not take the key"):
            arriving.send(other, door.settings, name, now=sent)
    with pytest.raises(arriving.NotTaken, match="its clock is not ours"):
        arriving.send(door.home, door.settings, "visits", now=sent - timedelta(hours=1))
    unknown = msgspec.structs.replace(door.settings, sources={"stranger": SOURCES["events"]})
    other.create(unknown)
    with pytest.raises(arriving.NotTaken, match="Nothing is received"):
        arriving.send(other, unknown, "stranger", now=sent)
    for status, word in ((503, "no room"), (500, "answered 500")):
        with served(lambda _, status=status: Said(status=status, body=b"<b>patient 7</b>")) as address:  # type: ignore[misc]
            with pytest.raises(arriving.NotTaken, match=word) as error:
                arriving.send(door.home, door.settings, "events", now=sent, base=address)
            assert "patient" not in f"{error.value} {error.value.advice()}"
    with pytest.raises(arriving.NotTaken, match="not reached"):
        arriving.send(door.home, door.settings, "events", now=sent, base="http://127.0.0.1:9")


def test_what_is_in_the_way_is_said(door: Door, sent: datetime) -> None:
    """Messages that nobody has taken yet, then a record that could not be read, then nothing."""
    assert arriving.in_the_way(door.home, "events", since=sent) is None
    door.send(b'{"no": "event"}', source="events", kind="application/json")
    assert "wait for the worker" in str(arriving.in_the_way(door.home, "events", since=sent))
    _drained(door.home)
    assert "could not be read" in str(arriving.in_the_way(door.home, "events", since=sent))
    assert arriving.in_the_way(door.home, "edge-log", since=sent) is None


def test_whether_the_intake_is_reached(door: Door) -> None:
    """On this machine and under its public address; what answers there must be ours."""
    (here,) = door_checked(door.settings)
    assert here.good

    def wrong(_: Asked) -> Said:
        return Said(body=b"hello")

    with served(wrong) as address:
        settings = msgspec.structs.replace(door.settings, intake=msgspec.structs.replace(door.settings.intake, public=address))
        _, public = door_checked(settings)
    assert "not as our intake does" in public.reason
    nowhere = msgspec.structs.replace(door.settings, intake=msgspec.structs.replace(door.settings.intake, port=9))
    assert not door_checked(nowhere)[0].good


@contextmanager
def speaking_tls() -> Iterator[str]:
    """A server on loopback whose certificate comes from an authority that nobody knows; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever hangs up is meant to
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_fault_of_tls_is_said(door: Door, sent: datetime) -> None:
    """A certificate that nobody trusts, and an address that speaks no TLS at all; the key is sent to neither."""
    with speaking_tls() as address, pytest.raises(arriving.NotTaken, match="not one that others trust"):
        arriving.send(door.home, door.settings, "events", now=sent, base=address)
    with pytest.raises(arriving.NotTaken, match="does not speak TLS"):
        arriving.send(door.home, door.settings, "events", now=sent, base=f"https://127.0.0.1:{door.port}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired", "expired"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate is not yet valid", "clock"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "others trust"),
        ("[SSL: WRONG_VERSION_NUMBER]", "does not speak TLS"),
        ("", "Nothing answers"),
    ],
)
def test_a_fault_of_a_connection_is_told_in_words(text: str, told: str) -> None:
    """What it says of TLS is a sentence; nothing else of its text is repeated."""
    assert told in fault_of(OSError(text))
