"""Canaries go through each door as a sender's message does, are seen in the lake, and become no event; a broken way is told."""

import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import msgspec
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hemostat.kernel import Feed, Home, Intake, Settings, Source, SyslogPort, SystemClock
from hemostat.lake import dead_letters, health, life
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.watch import EVERY_DOOR, ON_THE_WAY, SENDER, watch
from hemostat.sources import sources_of
from hemostat.worker.canaries import Canaries, tried_sources
from unit.intake.door import Door, free_port

STORE = {"store": "fernhollow"}
PUBLIC = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
SOURCES = {
    "otel": Source(kind="otlp", options={"format": "access-log"}, **STORE),
    "splunk": Source(kind="hec", options={"ack": True, "format": "events"}, **STORE),
    "visits": Source(kind="zoom", **STORE),
    "calls": Source(kind="twilio", options={"url": "https://in.fernhollow.example/in/twilio/calls"}, **STORE),
    "near": Source(kind="twilio", **STORE),
    "audit": Source(kind="fhir-audit", **STORE),
    "commerce": Source(kind="adobe-events", options={"client_id": "client-of-the-store"}, **STORE),
    "hooks": Source(kind="commerce-webhooks", options={"public_keys": [PUBLIC]}, **STORE),
    "net": Source(kind="syslog", **STORE),
    "fence": Source(kind="cef", **STORE),
    "mutual": Source(kind="syslog", **STORE),
    "polled": Source(kind="events", feed=Feed(kind="sqs"), **STORE),
    "admin": Source(kind="shopify-admin", **STORE),
}
TRIED = {"edge", "app", "shopify.fernhollow", *SOURCES} - {"mutual", "polled", "admin"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A running intake with a source behind each kind of door."""
    folder = tmp_path_factory.mktemp("canaries")
    (folder / "home").mkdir()
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "home" / "server.pem"))
    ports = [
        SyslogPort(port=free_port(), source="net", framing="octet-counting", certificate="server.pem"),
        SyslogPort(port=free_port(), source="fence", framing="lf"),
        SyslogPort(port=free_port(), source="mutual", framing="lf", certificate="server.pem", clients="server.pem"),
    ]
    made = Door(folder, sources=SOURCES, syslog=ports)
    for name in ("visits", "calls", "near"):
        made.keyring.put(f"webhook.{name}", [f"the secret of {name}".encode()])
    made.start()
    yield made
    made.stop()


@pytest.fixture
def home(door: Door) -> Iterator[Home]:
    """The home of the door, with its settings as they were before the test."""
    yield door.home
    door.home.write(door.settings)


def changed(home: Home, **intake: object) -> Settings:
    """The home's settings say something else of the intake."""
    settings = home.settings()
    news = msgspec.structs.replace(settings, intake=msgspec.structs.replace(settings.intake, **intake))
    home.write(news)
    return news


def polled(home: Home) -> dict[str, life.Canary]:
    """One canary went through each door, and what came was drained."""
    canaries = Canaries(home, clock=SystemClock())
    for _ in range(2):  # the second time none is due
        assert canaries.poll() is False
    canaries.close()
    return life.canaries(home)


def rows_after(home: Home, *, wanted: int) -> int:
    """Rows in the lake when this many canaries have come back, or when none came for long."""
    spool = Tools(home).spool()
    ends = time.monotonic() + 10
    while sum(one.missing_since is None for one in life.canaries(home).values()) < wanted and time.monotonic() < ends:
        drain(home, spool) or time.sleep(0.05)
    rows = sum(part.rows for part in spool.parts())
    assert [] == list(dead_letters.waiting(home.dead_letters, last_batch=spool.last_batch()))
    spool.close()
    return rows


@pytest.mark.slow
def test_each_door_is_tried_to_the_lake_and_nothing_becomes_an_event(home: Home) -> None:
    """All that are sent to us, in whatever format they speak otherwise; signed as their senders sign."""
    found = polled(home)

    assert set(found) == TRIED
    assert {} == {name: one.fault for name, one in found.items() if one.fault}
    # Nobody but Adobe can sign as Adobe: these two are tried to the door.
    assert {"commerce", "hooks"} <= {name for name, one in found.items() if one.missing_since is None}
    assert 0 == rows_after(home, wanted=len(TRIED))
    assert {None} == {one.missing_since for one in life.canaries(home).values()}
    assert all(one.seen_at == one.sent_at for one in life.canaries(home).values())


@pytest.mark.slow
def test_a_broken_way_is_a_gap_until_a_canary_comes_back(home: Home, door: Door) -> None:
    """A proxy that is down or wrong, and a certificate that nobody trusts, are told after minutes; the end is told as well."""
    sources = sources_of(home.settings())
    changed(home, public=f"http://127.0.0.1:{free_port()}")
    assert "the door cannot be reached" == polled(home)["edge"].fault
    changed(home, public=f"http://127.0.0.1:{door.port}/elsewhere")
    assert "the door answered 404" == polled(home)["edge"].fault
    changed(home, public=f"https://127.0.0.1:{door.settings.intake.syslog[0].port}")
    assert "its certificate is not trusted" == polled(home)["edge"].fault
    now = SystemClock().now()
    spool = Tools(home).spool()

    watch(home, spool, sources, now=now)
    assert [] == health.gaps(home, only_open=True)
    watch(home, spool, sources, now=now + ON_THE_WAY)
    told = {gap.source: gap.detail for gap in health.gaps(home, only_open=True) if gap.kind == "path"}
    # Syslog has a port of its own: whether its canaries had come back by now is another matter.
    assert {"its certificate is not trusted"} == {told[name] for name in told.keys() - {"net", "fence"}}
    assert told.keys() - {"net", "fence"} in ({EVERY_DOOR}, TRIED - {"net", "fence"})

    changed(home, public="")
    found = polled(home)
    assert {""} == {one.fault for one in found.values()}
    rows_after(home, wanted=len(TRIED))
    watch(home, spool, sources, now=now + ON_THE_WAY)
    assert [] == health.gaps(home, only_open=True)
    spool.close()


@pytest.mark.slow
def test_a_heartbeat_counts_and_is_no_event(home: Home, door: Door) -> None:
    """The same bytes count each time; when neither it nor an event comes for long, the sender is missed."""
    before = rows_after(home, wanted=0)
    spool, started = Tools(home).spool(), SystemClock().now()
    for _ in range(2):
        reply = httpx.post(
            f"http://127.0.0.1:{door.port}/in/events/edge",
            content=b"hemostat heartbeat every 600\n",
            headers={"authorization": f"Bearer {door.keyring.secret('source.edge').hex()}", "content-type": "text/plain"},
            trust_env=False,
        )
        assert (200, False) == (reply.status_code, reply.json()["duplicate"])
    while "edge" not in health.heartbeats(home):
        drain(home, spool) or time.sleep(0.05)
    assert before == rows_after(home, wanted=0)

    beat = health.heartbeats(home)["edge"]
    assert started <= beat.at <= SystemClock().now()
    assert timedelta(minutes=30) == beat.due - beat.at
    life.canaries_forget(home, but=())
    watch(home, spool, sources_of(home.settings()), now=beat.due)
    assert [] == health.gaps(home, only_open=True)
    watch(home, spool, sources_of(home.settings()), now=beat.due + timedelta(seconds=1))
    assert [("edge", "heartbeat", SENDER)] == [(gap.source, gap.kind, gap.detail) for gap in health.gaps(home, only_open=True)]
    spool.close()


def test_who_need_not_send_is_tried_when_its_secret_is_there(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A store that is only asked, or a vendor that we ask; and of two entries for one store's webhooks the first has them all."""
    shopify = Source(kind="shopify", **STORE)
    settings = Settings(
        sources={
            "first": shopify,
            "second": shopify,
            "asked": Source(kind="zoom", feed=Feed(kind="zoom"), **STORE),
            "journal": Source(kind="adobe-events", feed=Feed(kind="adobe-journal"), **STORE),
            "odd": Source(kind="none of ours", **STORE),
        },
        shopify_stores={"fernhollow": "f.example", "other": "o.example"},
    )
    home = Home(tmp_path_factory.mktemp("secrets") / "home")
    home.create(settings)
    keyring = home.keyring(settings)
    assert ["first", "journal"] == tried_sources(settings, keyring)
    for name in ("shopify.other", "webhook.asked"):
        keyring.put(name, [b"a secret that is long enough"])
    assert ["first", "asked", "journal", "shopify.other"] == tried_sources(settings, keyring)


@pytest.mark.parametrize(
    ("intake", "fault"),
    [
        (Intake(host="::1", port=1), "the door cannot be reached"),
        (Intake(public="https://127.0.0.1:1"), "the door cannot be reached"),
        (Intake(public="http://[broken"), "the door cannot be reached"),
        (Intake(syslog=[SyslogPort(port=1, source="edge", framing="lf")]), "the port of syslog cannot be reached"),
    ],
)
def test_what_is_in_the_way_is_told_in_our_words(tmp_path_factory: pytest.TempPathFactory, intake: Intake, fault: str) -> None:
    """Without an address; the first canary that failed says since when, and a later one is sent within a minute."""
    home = Home(tmp_path_factory.mktemp("faults") / "home")
    home.create(Settings(sources={"edge": Source(kind="access-log", **STORE)}, intake=intake))

    one = polled(home)["edge"]

    assert (fault, one.sent_at) == (one.fault, one.missing_since)
    assert one.missing_since == polled(home)["edge"].missing_since
    assert polled(home)["edge"].seen_at is None


def test_a_source_without_its_key_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is missing on our side is named."""
    home = Home(tmp_path_factory.mktemp("keyless") / "home")
    home.create(Settings(sources={"visits": Source(kind="zoom", **STORE)}))
    assert "The key 'webhook.visits' is missing." == polled(home)["visits"].fault
