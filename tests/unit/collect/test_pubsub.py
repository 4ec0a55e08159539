"""A subscription of Pub/Sub, as its strict twin plays it: nothing is lost, nothing counts twice."""

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hemostat.collect import pubsub as room
from hemostat.collect.standing import CannotRead, FeedRefused
from hemostat.kernel import BadSettings, SystemClock
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.google_identity import GoogleIdentity
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sandbox.wires.pubsub import PubSub
from unit.collect.feeding import Fed, Hand

NAME = "projects/fern-hollow/subscriptions/audit"
ACCOUNT = "collector@fern-hollow.iam.gserviceaccount.example"


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    """The key of a service account."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Twin:
    """A subscription that only the service account may read, and a home that reads it."""

    def __init__(self, folder: Path, private_key: rsa.RSAPrivateKey, address: str, **more: Any) -> None:
        self.hand = Hand()
        self.twin = PubSub(NAME, clock=self.hand, account=ACCOUNT, public_key=private_key.public_key())
        self.twin.audience = f"{address}/"
        self.fed = Fed(folder, "pubsub", limit=more.pop("limit", 10**9), subscription=NAME, endpoint=address, **more)
        pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.account = {
            "type": "service_account", "client_email": ACCOUNT, "private_key": pem, "private_key_id": "k1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }  # fmt: skip
        self.fed.put_key(self.account)


@pytest.fixture
def made(tmp_path: Path, private_key: rsa.RSAPrivateKey) -> Iterator[Any]:
    """Makes the two; there is one subscription at a time."""
    twins: list[Twin] = []
    with served(lambda asked: twins[-1].twin.answer(asked)) as address:  # noqa: PLW0108  # the newest twin, when asked

        def make(**more: Any) -> Twin:
            twins.append(Twin(tmp_path, private_key, address, **more))
            return twins[-1]

        yield make
        for each in twins:
            each.fed.close()


def read_all(fed: Fed) -> None:
    """Everything that the subscription hands out now is read."""
    collector = fed.collector()
    while collector.poll():
        pass


def test_messages_are_acknowledged_once_they_are_on_disk(made: Any) -> None:
    """More than one pull; attributes come as headers, but for those that prove something to others."""
    one = made(messages=10)
    attributes = {"X-Shopify-Topic": "audit_events/admin_api_activity", "X-Shopify-Hmac-SHA256": "zz", "Long": "l" * 1025}
    names = [one.twin.publish(b'{"n":%d}' % n, **attributes) for n in range(25)]

    read_all(one.fed)

    kept = one.fed.kept()
    assert {b'{"n":%d}' % n for n in range(25)} == {message.body for message in kept}
    assert {"x-shopify-topic", "pubsub-time"} == set(kept[0].headers)
    assert 0 == one.twin.waiting
    assert 25 == len(names)
    assert [] == one.fed.gaps()


def test_what_is_handed_out_again_counts_once(made: Any) -> None:
    """The acknowledgment fails, the deadline passes, the messages come again under other names; each is there once."""
    one = made()
    for n in range(5):
        one.twin.publish(b'{"n":%d}' % n)
    collector = one.fed.collector()
    for status in (503, 429, 500):
        one.twin.faults[:] = [0, 0, status]  # pull and lease are answered, the acknowledgment is not
        with pytest.raises(CannotRead, match=f"busy: {status}"):
            collector.poll()
        one.twin.lapse()
    collector.poll()

    assert 5 == len(one.fed.kept())
    assert 0 == one.twin.waiting


def test_a_reader_that_died_loses_nothing(made: Any) -> None:
    """What another reader holds is not seen until its deadline has passed; then it comes, and once."""
    one = made()
    one.twin.publish(b"{}")
    httpx_pull = one.fed.collector()
    assert 1 == len(httpx_pull._pulled())  # it dies here, before anything is on disk

    again = one.fed.collector()
    assert not again.poll()
    one.hand.move(11)
    assert again.poll()
    assert [b"{}"] == [message.body for message in one.fed.kept()]


def test_the_lease_is_renewed_before_the_disk_is_asked(made: Any) -> None:
    """A slow disk has the whole lease, not the ten seconds of the subscription."""
    one = made(lease=600)
    one.twin.publish(b"{}")
    one.twin.faults[:] = [0, 0, 503]
    with pytest.raises(CannotRead):
        one.fed.collector().poll()

    one.hand.move(599)
    assert not one.fed.collector().poll()
    one.hand.move(2)
    assert one.fed.collector().poll()


def test_a_full_spool_hands_the_messages_back(made: Any) -> None:
    """They wait as long as the spool says, and none is acknowledged."""
    one = made(limit=1, lease=600)
    one.twin.publish(b"{}")

    with pytest.raises(SpoolFull):
        one.fed.collector().poll()

    assert 1 == one.twin.waiting
    one.hand.move(11)
    assert 1 == len(one.fed.collector()._pulled())


def test_a_stranger_is_refused_and_a_gap_is_open_until_we_are_let_in(made: Any) -> None:
    """A token for another service: 401 opens a gap; a later success closes it, with a token made anew."""
    one = made()
    right, one.twin.audience = one.twin.audience, "https://elsewhere.example/"
    collector = one.fed.collector()
    first = collector._identity.token()

    with pytest.raises(FeedRefused, match="refuses us: 401"):
        collector.poll()
    assert ["refused"] == [gap.kind for gap in one.fed.gaps()]

    one.twin.audience = right
    assert not collector.poll()
    assert [] == one.fed.gaps()
    assert first.count(".") == collector._identity.token().count(".") == 2


def test_without_a_key_nothing_is_shown(made: Any) -> None:
    """An emulator wants no token; the real service refuses us then."""
    one = made()
    (one.fed.home.path / "keys" / "feed.cloud.json").unlink()
    with pytest.raises(FeedRefused, match="401"):
        one.fed.collector().poll()

    open_one = PubSub(NAME, clock=SystemClock())
    open_one.publish(b"{}")
    one.twin = open_one
    assert one.fed.collector().poll()


@pytest.mark.parametrize(
    "key", [b"no json, but long enough", {"client_email": ACCOUNT, "private_key": "-----BEGIN x"}, {"a": "b" * 20}]
)
def test_a_key_that_is_none_is_not_shown(made: Any, key: Any) -> None:
    """The words of the error hold nothing of it."""
    one = made()
    one.fed.put_key(key)

    with pytest.raises(BadSettings, match="is no service account of Google's"):
        one.fed.collector()


def test_data_that_is_not_base64_goes_on_as_it_is(made: Any) -> None:
    """Its reader says that it cannot be read; an answer that is none of Pub/Sub's is told."""
    one = made()
    one.twin.publish(b"x")
    next(iter(one.twin._held.values())).message["data"] = "%%%"
    read_all(one.fed)
    assert [b"%%%"] == [message.body for message in one.fed.kept()]

    one.twin.answer = lambda _: Said(body=b"<html>")
    with pytest.raises(CannotRead, match="is not Pub/Sub"):
        one.fed.collector().poll()


def test_silence_and_closed_ports(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull that is not answered in time found nothing; a port that nobody listens on is told."""
    one = made()
    collector = one.fed.collector()

    def quiet(*_: Any, **__: Any) -> Any:
        raise httpx.ReadTimeout("")

    monkeypatch.setattr(collector._client, "post", quiet)
    assert not collector.poll()

    closed = room.Subscription(collector._post, room.Options(subscription=NAME, endpoint="http://127.0.0.1:9"))
    with pytest.raises(CannotRead, match="not reached: ConnectError"):
        closed.poll()
    closed.close()


def test_the_twin_is_strict() -> None:
    """It refuses what the service refuses: other names, empty lists, long deadlines, unknown fields, forged tokens."""
    twin = PubSub(NAME, clock=SystemClock())

    def status(verb: str, body: Any, *, path: str = NAME, method: str = "POST") -> int:
        return twin.answer(Asked(method=method, target=f"/v1/{path}:{verb}", headers={}, body=json.dumps(body).encode())).status

    assert 200 == status("pull", {"maxMessages": 1})
    assert 400 == status("pull", {"maxMessages": 0})
    assert 400 == status("pull", {"maxMessages": 1, "more": 1})
    assert 400 == status("acknowledge", {"ackIds": []})
    assert 400 == status("modifyAckDeadline", {"ackIds": ["a"], "ackDeadlineSeconds": 601})
    assert 200 == status("modifyAckDeadline", {"ackIds": ["unknown:1"], "ackDeadlineSeconds": 0})
    assert 404 == status("pull", {"maxMessages": 1}, path="projects/p/subscriptions/other")
    assert 404 == status("pull", {"maxMessages": 1}, method="GET")
    assert 404 == status("seek", {})


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer a.b.c", "Bearer ..", "Bearer " + ".".join([b64encode(b"7").decode()] * 3)]
)
def test_the_twin_lets_no_forged_token_in(private_key: rsa.RSAPrivateKey, token: str) -> None:
    """Whatever stands in the header."""
    twin = PubSub(NAME, clock=SystemClock(), account=ACCOUNT, public_key=private_key.public_key())

    said = twin.answer(Asked(method="POST", target=f"/v1/{NAME}:pull", headers={"authorization": token}, body=b"{}"))

    assert 401 == said.status


OTHER = "reader@fern-hollow.iam.gserviceaccount.example"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A machine that runs as a service account: what tells it who it is, the address of that, and its clock."""
    hand = Hand()
    twin = GoogleIdentity(clock=hand, others=frozenset({OTHER}))
    with served(twin.answer) as address:
        monkeypatch.setenv("GCE_METADATA_HOST", address.removeprefix("http://"))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # it must not be asked
        monkeypatch.setenv("NO_PROXY", "")
        yield twin, address, hand


def known_by(one: Twin, tokens: dict[str, Any], hand: Hand) -> Any:
    """The feed of the subscription, which knows these tokens only."""
    if one.fed.source.feed.options.get("identity") != "key":
        (one.fed.home.path / "keys" / "feed.cloud.json").unlink()
    one.twin.tokens = tokens
    one.twin._clock = hand
    one.twin.publish(b"{}")
    collector = one.fed.collector(clock=hand)
    collector._client = httpx.Client(trust_env=False)  # only the machine's own server is near
    return collector


def test_the_machine_itself_may_be_known(made: Any, machine: Any) -> None:
    """GCE, GKE, Cloud Run: the metadata server gives tokens, each for its time, and no proxy is asked for them."""
    twin, _, hand = machine
    one = made(identity="machine")
    collector = known_by(one, twin.machine, hand)

    assert collector.poll()
    assert [b"{}"] == [message.body for message in one.fed.kept()]
    assert not collector.poll()
    assert 1 == len(twin.asked)
    hand.move(3545)
    assert not collector.poll()
    assert 2 == len(twin.asked)
    twin.machine.clear()
    with pytest.raises(FeedRefused, match="401"):
        collector.poll()
    assert not collector.poll()


def test_a_machine_that_is_nobody_is_told(made: Any, machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No account: a refusal and a gap; no metadata server at all, a busy one, one that answers nonsense: asked again."""
    twin, _, hand = machine
    one = made(identity="machine")
    collector = known_by(one, twin.machine, hand)
    twin.is_account = False
    with pytest.raises(FeedRefused, match="has no key, and this machine runs as no service account"):
        collector.poll()
    assert ["refused"] == [gap.kind for gap in one.fed.gaps()]

    with served(lambda _: Said(body=b'{"access_token": true}')) as nonsense:
        monkeypatch.setenv("GCE_METADATA_HOST", nonsense.removeprefix("http://"))
        with pytest.raises(CannotRead, match="is no token of Google's"):
            collector.poll()
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
    with pytest.raises(CannotRead, match=r"no metadata server answers.*ConnectError"):
        collector.poll()


@pytest.mark.parametrize("by", ["machine", "key"])
def test_in_the_name_of_another_account(made: Any, machine: Any, by: str) -> None:
    """Ours has only the right to ask for its tokens; by the machine or by a key."""
    twin, address, hand = machine
    one = made(identity=by, impersonate=OTHER, iam=address)
    twin.knows_keys = by == "key"
    collector = known_by(one, twin.tokens, hand)
    collector._identity._rest._client = httpx.Client(trust_env=False)

    assert collector.poll()
    assert not collector.poll()
    assert 1 == sum(path.endswith(":generateAccessToken") for path in twin.asked)
    hand.move(3600)
    assert not collector.poll()
    assert 2 == sum(path.endswith(":generateAccessToken") for path in twin.asked)
    collector.close()


def test_an_account_that_we_may_not_be(made: Any, machine: Any) -> None:
    """Another one than we may: a refusal and a gap; an answer without an end is no token."""
    twin, address, hand = machine
    one = made(identity="machine", impersonate="somebody@else.example", iam=address)
    collector = known_by(one, twin.tokens, hand)
    collector._identity._rest._client = httpx.Client(trust_env=False)
    with pytest.raises(FeedRefused, match="may not read as the service account"):
        collector.poll()
    assert ["refused"] == [gap.kind for gap in one.fed.gaps()]

    collector._identity._rest.tell = lambda *_: {"accessToken": "t"}
    with pytest.raises(CannotRead, match="is no token of Google's"):
        collector.poll()


def test_who_we_are_follows_from_the_settings(made: Any) -> None:
    """A key, if there is one; at Google else the machine; elsewhere nobody. A key that is wanted and missing is told."""
    one = made()
    assert "Key" == type(one.fed.collector()._identity).__name__
    (one.fed.home.path / "keys" / "feed.cloud.json").unlink()
    assert "Nobody" == type(one.fed.collector()._identity).__name__
    google = room.Options(subscription=NAME)
    assert "Machine" == type(room._identity(one.fed.collector()._post, google)).__name__
    other = made(identity="key")
    (other.fed.home.path / "keys" / "feed.cloud.json").unlink()
    with pytest.raises(BadSettings):
        other.fed.collector()


@pytest.mark.parametrize(
    ("target", "method", "headers", "body", "status"),
    [
        ("/computeMetadata/v1/instance/service-accounts/default/token", "GET", {}, b"", 403),
        ("/computeMetadata/v1/instance/service-accounts/default/token", "GET", {"x-forwarded-for": "a"}, b"", 403),
        ("/computeMetadata/v1/instance/service-accounts/default/token", "POST", {}, b"", 404),
        ("/computeMetadata/v1/project", "GET", {}, b"", 404),
        (f"/v1/projects/-/serviceAccounts/{OTHER}:generateAccessToken", "GET", {}, b"", 404),
        (f"/v1/projects/-/serviceAccounts/{OTHER}:signJwt", "POST", {}, b"", 404),
        (f"/v1/projects/-/serviceAccounts/{OTHER}:generateAccessToken", "POST", {}, b"", 401),
        (f"/v1/projects/-/serviceAccounts/{OTHER}:generateAccessToken", "POST", {"authorization": "Bearer m"}, b"{}", 400),
        ("/v1/projects/-/serviceAccounts/else:generateAccessToken", "POST", {"authorization": "Bearer m"}, b"{}", 403),
        (f"/v1/projects/-/serviceAccounts/{OTHER}:generateAccessToken", "POST", {"authorization": "Bearer n"}, b"{}", 403),
    ],
)
def test_the_twin_of_the_machines_server_is_strict(
    target: str, method: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Without its header nobody is answered, nor who was forwarded; tokens of another want the wide scope."""
    hand = Hand()
    twin = GoogleIdentity(clock=hand, others=frozenset({OTHER}))
    for token, scope in (
        ("m", "https://www.googleapis.com/auth/cloud-platform"),
        ("n", "https://www.googleapis.com/auth/pubsub"),
    ):
        twin.machine[token], twin._scopes[token] = hand.now() + timedelta(hours=1), scope
    flavor = {"metadata-flavor": "Google"} if status != 403 or "x-forwarded-for" in headers else {}

    assert status == twin.answer(Asked(method=method, target=target, headers={**flavor, **headers}, body=body)).status
