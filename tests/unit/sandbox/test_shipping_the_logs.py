"""Everything the twin logs reaches intake once, whatever happens in between."""

import json
import threading
from collections.abc import Iterator

import msgspec
import pytest

from hemostat.kernel import Home, replace_file
from hemostat.lake.spool import Spool
from hemostat.sandbox.feed import Feed
from hemostat.sandbox.homes import STORE, STORY_BEGINS, twin_folder
from hemostat.sandbox.shipper import Checkpoint, Refused, Shipper
from hemostat.sandbox.state import TwinState
from hemostat.sandbox.wire import Unreachable
from unit.sandbox.conftest import SEED, Peer, Start, said_ok

FEED = Feed(SEED, STORY_BEGINS)


@pytest.fixture
def shipper(home: Home) -> Iterator[Shipper]:
    """Ships the home's logs, little by little."""
    shipper = Shipper(home, patience=10, most=2_000)
    yield shipper
    shipper.close()


def logged(home: Home, name: str, count: int, *, width: int = 60) -> bytes:
    """The log gains `count` lines; the whole log is returned."""
    path = twin_folder(home) / name
    with path.open("ab") as file:
        for number in range(count):
            file.write(json.dumps({"n": number, "fill": "x" * width}).encode() + b"\n")
    return path.read_bytes()


def acknowledged(home: Home, source: str) -> bytes:
    """All lines that intake has acknowledged for this source, in order."""
    return b"".join(body.rstrip(b"\n") + b"\n" for body in bodies(home, source))


def bodies(home: Home, source: str) -> list[bytes]:
    """All messages that intake has acknowledged for this source, in order."""
    spool = Spool(home.spool, key=home.keyring(home.settings()).secret("spool"), limit=10**9)
    plan = spool.plan(most=10**6)
    found = [message.body for message in spool.messages(plan) if message.source == source] if plan else []
    spool.close()
    return found


def redirected(home: Home, peer: Peer) -> None:
    """The home's intake is the scripted peer from now on."""
    settings = home.settings()
    home.write(msgspec.structs.replace(settings, intake=msgspec.structs.replace(settings.intake, port=peer.port)))


def test_whole_lines_arrive_once_and_in_order(home: Home, shipper: Shipper, start: Start) -> None:
    """Both logs in ranges of a limited size, the last line too, and nothing twice when nothing is new."""
    start("intake")
    edge, app = logged(home, "edge.log", 100), logged(home, "app.log", 30)

    assert {"edge": 100, "care-app": 32} == shipper.ship().lines
    assert {"edge": 0, "care-app": 0} == shipper.ship().lines
    assert 0 == shipper.waiting()
    more = logged(home, "edge.log", 5)
    assert 5 == shipper.ship().lines["edge"]
    assert edge == more[: len(edge)]
    assert more == acknowledged(home, "edge")
    assert app == acknowledged(home, "care-app")


def test_a_line_under_way_waits_for_its_end(home: Home, shipper: Shipper, start: Start) -> None:
    """Half a line is not sent; a line longer than a range goes alone."""
    start("intake")
    path = twin_folder(home) / "edge.log"
    path.write_bytes(b'{"whole":1}\n{"ha')
    assert 1 == shipper.ship().lines["edge"]
    assert 0 == shipper.ship().lines["edge"]
    assert 4 == shipper.waiting()
    path.write_bytes(b'{"whole":1}\n{"half":"' + b"x" * 5_000)
    assert 0 == shipper.ship().lines["edge"]
    path.write_bytes(b'{"whole":1}\n{"half":"' + b"x" * 5_000 + b'"}\n{"n":1}\n')
    assert 2 == shipper.ship().lines["edge"]
    assert path.read_bytes() == acknowledged(home, "edge")


def test_a_kill_between_answer_and_note_repeats_the_very_same_range(home: Home, shipper: Shipper, start: Start) -> None:
    """The range was planned before it was sent: sent again it is a duplicate to intake, though the log has grown since."""
    start("intake")
    first = logged(home, "edge.log", 10)
    shipper.ship()
    replace_file(
        twin_folder(home) / "shipper.json",
        msgspec.json.encode({"edge.log": Checkpoint(done=0, planned=len(first)), "app.log": Checkpoint()}),
    )
    whole = logged(home, "edge.log", 10)
    again = Shipper(home, patience=10)

    assert 20 == again.ship().lines["edge"]
    assert whole == acknowledged(home, "edge")
    again.close()


def test_a_refused_range_stays_planned(home: Home, start: Start) -> None:
    """A wrong key is said so, nothing is lost, and the right key delivers."""
    start("intake")
    edge = logged(home, "edge.log", 3)
    keyring = home.keyring(home.settings())
    right = keyring.secret("source.edge")
    keyring.put("source.edge", [b"wrong, and of the right length"])
    stranger = Shipper(home)
    keyring.put("source.edge", [right])

    with pytest.raises(Refused, match="401") as caught:
        stranger.ship()
    assert "key" in caught.value.advice()
    assert len(edge) <= stranger.waiting()
    stranger.close()
    friend = Shipper(home)
    assert 3 == friend.ship().lines["edge"]
    friend.close()


def test_each_range_goes_under_its_own_key(home: Home, peer: Peer) -> None:
    """File and first byte name it; a busy intake is asked again under the same name."""
    redirected(home, peer)
    (twin_folder(home) / "app.log").unlink()
    edge = logged(home, "edge.log", 2, width=5)
    shipper = Shipper(home, most=len(edge) // 2)
    peer.script = [said_ok(b"", status="503 Service Unavailable", more="Retry-After: 0\r\n")]
    shipper.ship()

    assert [b"edge.log:0", b"edge.log:0", b"edge.log:%d" % (len(edge) // 2)] == [
        headers[b"idempotency-key"] for headers in peer.headers
    ]
    assert edge == peer.bodies[1] + peer.bodies[2]
    shipper.close()


def test_a_destroyed_log_has_nothing_more_to_send(home: Home, shipper: Shipper, start: Start) -> None:
    """After an uninstall the app's log is gone; the edge's log goes on."""
    start("intake")
    shipper.ship()
    (twin_folder(home) / "app.log").unlink()
    logged(home, "edge.log", 1)

    assert {"edge": 1, "care-app": 0} == shipper.ship().lines
    assert 0 == shipper.waiting()


def test_the_shipper_runs_until_it_is_stopped(home: Home, start: Start) -> None:
    """It bears an intake that is away, sends when it is back, and once more at the end."""
    edge = logged(home, "edge.log", 3)
    shipper, stop = Shipper(home, patience=0.05), threading.Event()
    running = threading.Thread(target=shipper.run, args=(stop,), kwargs={"pause": 0.01})
    running.start()
    start("intake")
    stop.set()
    running.join()

    assert edge == acknowledged(home, "edge")
    shipper.close()


def test_an_intake_that_stays_away_is_said_so(home: Home) -> None:
    """When patience is out the caller learns it; what is planned stays planned."""
    shipper = Shipper(home, patience=0.05)
    stop = threading.Event()
    stop.set()

    with pytest.raises(Unreachable):
        shipper.run(stop)
    assert 0 < shipper.waiting()
    shipper.close()


def test_customers_are_told_to_hemostat(home: Home, shipper: Shipper, start: Start) -> None:
    """Signed webhooks are acknowledged; the same deliveries again are no fault and no second message."""
    start("intake")
    webhooks = list(FEED.customers())[:300]

    assert 300 == shipper.customers(webhooks)
    assert 300 == shipper.customers(webhooks)
    assert sorted(webhook.body for webhook in webhooks) == sorted(bodies(home, STORE))


def test_a_rotated_secret_breaks_the_webhooks(shipper: Shipper, state: TwinState, start: Start) -> None:
    """The platform signs with the new secret, intake knows the old one only: refused, and said so."""
    start("intake")
    state.change(platform_secret=1)

    with pytest.raises(Refused, match="401") as caught:
        shipper.customers(list(FEED.customers())[:20])
    assert "secret" in caught.value.advice()


def test_an_uninstalled_app_has_no_webhooks(shipper: Shipper, state: TwinState) -> None:
    """Nothing is sent, so nothing is acknowledged."""
    state.change(installed=False)

    assert 0 == shipper.customers(list(FEED.customers())[:20])
