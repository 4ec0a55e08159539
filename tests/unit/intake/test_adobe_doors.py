"""The doors of Adobe: who is believed, what is told to whom, and that no sale ever waits for us."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.intake.adobe_keys import PublicKeys
from hemostat.intake.answers import Refused
from hemostat.intake.doors import adobe_events, commerce_webhooks
from hemostat.kernel import HemostatError, Source
from hemostat.lake import health
from hemostat.lake.spool import SpoolFull
from hemostat.sandbox.wires.adobe import AdobeEvents, Signer
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sources.adobe_signature import public_key

from .adobe_desk import CLIENT, AdobeDesk, signer

NUMBERS = (f"e-{number}" for number in itertools.count(1))
SUCCESS = {"op": "success"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AdobeDesk]:
    """A door of a sandbox whose keys come from a twin."""
    with ExitStack() as stack:
        yield opened(stack, tmp_path)


def opened(stack: ExitStack, folder: Path, **options: Any) -> AdobeDesk:
    """A door and the host of its keys, until the stack ends."""
    made = AdobeDesk(folder, **options)
    made.keys_at(stack.enter_context(served(made.adobe.keys)))
    stack.callback(made.close)
    return made


def test_an_event_with_both_signatures_is_kept_as_it_came(desk: AdobeDesk) -> None:
    """Its raw bytes, and of its headers only what names the event."""
    number = next(NUMBERS)
    body = desk.adobe.event(number, "observer.customer_login", {"entity_id": 4}, time="2026-11-24T02:10:11Z")

    assert {"accepted": 1, "duplicate": False} == {k: v for k, v in desk.event(number, body).json().items() if k != "seq"}
    (message,) = desk.kept()
    assert (body, "io") == (message.body, message.source)
    assert {"x-adobe-event-id": number, "x-adobe-retry-count": "0"} == message.headers


def test_a_retry_is_one_event(desk: AdobeDesk) -> None:
    """Adobe sends again under the same event id: it counts once."""
    number = next(NUMBERS)
    desk.event(number)
    again = desk.event(number, x_adobe_retry_count="1", x_adobe_delivery_id="other")

    assert again.json()["duplicate"]
    assert 1 == len(desk.kept())


@pytest.mark.parametrize("broken", ["1", "2"])
def test_one_signature_is_enough(desk: AdobeDesk, broken: str) -> None:
    """While Adobe changes its keys one of the two may not fit, or be missing."""
    assert 200 == desk.event(next(NUMBERS), **{f"x_adobe_digital_signature_{broken}": "AAAA"}).status
    assert 200 == desk.event(next(NUMBERS), **{f"x_adobe_digital_signature_{broken}": ""}).status
    assert 200 == desk.event(next(NUMBERS), **{f"x_adobe_public_key{broken}_path": "/prod/keys/none.pem"}).status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_adobe_digital_signature_1": "AAAA", "x_adobe_digital_signature_2": "BBBB"}, 401),
        ({"x_adobe_digital_signature_1": "", "x_adobe_digital_signature_2": ""}, 401),
        ({"x_adobe_public_key1_path": "", "x_adobe_public_key2_path": ""}, 401),
        ({"x_adobe_public_key1_path": "//evil.example/a.pem", "x_adobe_public_key2_path": "https://evil.example/a.pem"}, 401),
        ({"x_adobe_public_key1_path": "@evil.example/a.pem", "x_adobe_public_key2_path": "/../a.pem"}, 401),
        ({"x_adobe_public_key1_path": "/a/b.pem?x", "x_adobe_public_key2_path": "/a/%2e%2e/b.pem"}, 401),
        ({"x_adobe_public_key1_path": "/prod/none.pem", "x_adobe_public_key2_path": "/prod/none.pem"}, 503),
        ({"content_length": "5"}, 400),
    ],
)
def test_what_adobe_did_not_sign_is_refused(desk: AdobeDesk, headers: dict[str, str], status: int) -> None:
    """Forged, unsigned, cut, or signed with a key that lies elsewhere; nothing of it is kept, and no other host is asked."""
    reply = desk.event(next(NUMBERS), **headers)

    assert status == reply.status
    assert [] == desk.kept()
    assert set(desk.adobe.asked) <= {"/prod/none.pem", *desk.adobe.paths}


def test_a_changed_body_is_refused(desk: AdobeDesk) -> None:
    """One bit is enough, and a signature of another event does not help."""
    number = next(NUMBERS)
    body = desk.adobe.event(number, "observer.x", {}, time="2026-11-24T02:10:11Z")
    other = desk.adobe.headers(number, body)

    assert 401 == desk.ask("POST", "/in/adobe-events/io", body + b" ", other).status


def test_events_of_other_clients_are_refused(desk: AdobeDesk) -> None:
    """Adobe signs everybody's events with the same keys: one that is meant for another is not ours, alone or in a batch."""
    ours = desk.adobe.event("e-x", "observer.x", {}, time="2026-11-24T02:10:11Z")
    theirs = ours.replace(CLIENT.encode(), b"fedcba9876543210")

    assert 403 == desk.event(next(NUMBERS), theirs).status
    assert 403 == desk.event(next(NUMBERS), b"[" + ours + b"," + theirs + b"]").status
    assert 403 == desk.event(next(NUMBERS), b"{}").status
    assert 2 == desk.event(next(NUMBERS), b"[" + ours + b"," + ours + b"]").json()["accepted"]


@pytest.mark.parametrize("body", [b"", b"[]", b"[5]", b"5", b"{", b"\xff", b'{"a":' * 5000])
def test_signed_bytes_that_are_no_event_are_refused(desk: AdobeDesk, body: bytes) -> None:
    """Truncated, deep, of another type."""
    assert 400 == desk.event(next(NUMBERS), body).status


def test_without_keys_adobe_is_asked_to_come_again(desk: AdobeDesk) -> None:
    """Adobe repeats what is answered 503: an event is not lost while its keys cannot be had, nor taken on trust."""
    desk.adobe.down = True
    reply = desk.event(next(NUMBERS))

    assert (503, "60") == (reply.status, reply.headers["retry-after"])
    assert [] == desk.kept()


def test_a_full_spool_asks_adobe_to_come_again(tmp_path: Path) -> None:
    """Nothing is acknowledged that is not on disk."""
    with ExitStack() as stack:
        assert 503 == opened(stack, tmp_path, limit=1).event(next(NUMBERS)).status


def test_keys_are_fetched_once_and_not_by_another_address(desk: AdobeDesk) -> None:
    """Many events, one fetch for each key."""
    for _ in range(5):
        desk.event(next(NUMBERS))

    assert [desk.adobe.paths[0]] == desk.adobe.asked


def test_production_takes_its_keys_from_adobe_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address in the settings counts in a sandbox only: nobody can have us trust keys of his own by a line of settings."""
    monkeypatch.setattr(adobe_events, "_HOST", "http://127.0.0.1:9")
    with ExitStack() as stack:
        desk = opened(stack, tmp_path, kind="production")

        assert 503 == desk.event(next(NUMBERS)).status
        assert [] == desk.adobe.asked


def test_a_challenge_is_given_back(desk: AdobeDesk) -> None:
    """Adobe registers the address with a GET; what is no challenge is refused and not repeated."""
    reply = desk.ask("GET", "/in/adobe-events/io", query="challenge=8ec8d794-e0ab")

    assert {"challenge": "8ec8d794-e0ab"} == reply.json()
    assert "application/json" == reply.headers["content-type"]
    for query in ("", "challenge=", "challenge=%3Cscript%3E", f"challenge={'x' * 300}"):
        refused = desk.ask("GET", "/in/adobe-events/io", query=query)
        assert 400 == refused.status
        assert b"script" not in refused.body


@pytest.mark.parametrize(("source", "status"), [("none", 404), ("edge", 404), ("hooks", 404)])
def test_other_sources_do_not_come_in_here(desk: AdobeDesk, source: str, status: int) -> None:
    """The door of Adobe is for sources of that kind."""
    assert status == desk.ask("GET", f"/in/adobe-events/{source}", query="challenge=abc").status
    assert 405 == desk.ask("PUT", "/in/adobe-events/io").status


@pytest.mark.parametrize(
    "url",
    [
        "http://csm.adobe.io/x",
        "https://adobe.io.evil.example/x",
        "https://evil.example/x?.adobe.io",
        "https://evil.example#.adobe.io",
        "https://user@csm.adobe.io/x",
        "https://csm.adobe.io:8443/x",
        "https://csm.adobe.io:x/",
        "https://127.0.0.1/.adobe.io",
        "https://[::1].adobe.io/",
        "https://evil.example\\.adobe.io/",
        "https://adobe.io/x",
        "file:///etc/passwd",
        5,
    ],
)
def test_only_adobes_own_address_is_asked(desk: AdobeDesk, url: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unsigned body cannot make us call anybody else."""
    monkeypatch.setattr(httpx, "AsyncClient", None)

    assert 401 == desk.ask("POST", "/in/adobe-events/io", msgspec.json.encode({"validationUrl": url})).status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"validationUrl":"' + b"x" * 9000 + b'"}'])
def test_other_unsigned_bodies_are_refused(desk: AdobeDesk, body: bytes) -> None:
    """Whatever they are."""
    assert 401 == desk.ask("POST", "/in/adobe-events/io", body).status


@pytest.mark.parametrize(("answered", "status"), [(200, 200), (404, 503), (0, 503)])
def test_adobe_is_told_that_its_events_are_wanted(
    desk: AdobeDesk, answered: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that Adobe names is asked once, without following it elsewhere."""
    asked: list[str] = []
    real = httpx.AsyncClient

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if not answered:
            raise httpx.ConnectError("away")
        return httpx.Response(answered)

    # The address is Adobe's own, which no test calls: its place is taken by a transport of httpx.
    monkeypatch.setattr(httpx, "AsyncClient", lambda **options: real(transport=httpx.MockTransport(answer), **options))
    url = "https://csm.adobe.io/csm/validate?id=1&challenge=2"

    assert status == desk.ask("POST", "/in/adobe-events/io", msgspec.json.encode({"validationUrl": url})).status
    assert [url] == asked


class Time:
    """Seconds that pass by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """What has passed."""
        return self.now


def keys_of(answer: Callable[[Asked], Said], time: Time, work: Callable[[PublicKeys], Any]) -> Any:
    """What `work` makes of the keys of a host that answers so."""
    with served(answer) as address:
        return asyncio.run(work(PublicKeys(address, seconds=time)))


def test_a_key_serves_for_a_day_and_is_renewed_before() -> None:
    """Within twelve hours nobody is asked; then the key is renewed, and serves on while that fails; after a day it does not."""
    adobe, time = AdobeEvents(CLIENT, (signer("one"), signer("two"))), Time()

    async def work(keys: PublicKeys) -> None:
        first = await keys.get(adobe.paths[0])
        time.now += 11 * 3600
        assert first is await keys.get(adobe.paths[0])
        assert 1 == len(adobe.asked)
        time.now += 2 * 3600
        adobe.down = True
        assert first is await keys.get(adobe.paths[0])
        assert first is await keys.get(adobe.paths[0])
        assert 2 == len(adobe.asked)
        time.now += 12 * 3600
        with pytest.raises(Refused) as caught:
            await keys.get(adobe.paths[0])
        assert 503 == caught.value.status
        adobe.down = False
        time.now += 61
        assert first is await keys.get(adobe.paths[0])

    keys_of(adobe.keys, time, work)


def test_a_stranger_cannot_have_us_ask_without_end() -> None:
    """Paths that never gave a key are asked for twenty times a minute, each once; a key that is known is still renewed."""
    adobe, time = AdobeEvents(CLIENT, (signer("one"), signer("two"))), Time()

    async def work(keys: PublicKeys) -> None:
        await keys.get(adobe.paths[0])
        for number in range(50):
            for _ in range(2):
                with pytest.raises(Refused):
                    await keys.get(f"/prod/keys/none-{number}.pem")
        assert 20 == len(adobe.asked)
        time.now += 13 * 3600
        await keys.get(adobe.paths[0])

    keys_of(adobe.keys, time, work)


def test_many_at_once_fetch_a_key_once() -> None:
    """Who waits for a key that another fetches gets the same."""
    adobe = AdobeEvents(CLIENT, (signer("one"), signer("two")))

    async def work(keys: PublicKeys) -> None:
        found = await asyncio.gather(*(keys.get(adobe.paths[0]) for _ in range(10)))
        assert 1 == len(set(map(id, found))) == len(adobe.asked)

    keys_of(adobe.keys, Time(), work)


def test_no_more_keys_are_held_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes."""
    monkeypatch.setattr("hemostat.intake.adobe_keys._MOST_KEYS", 2)
    asked: list[str] = []
    time = Time()

    async def work(keys: PublicKeys) -> None:
        for name in ("a", "b", "c", "a"):
            time.now += 1
            await keys.get(f"/{name}.pem")
        assert ["/a.pem", "/b.pem", "/c.pem", "/a.pem"] == asked

    keys_of(lambda one: asked.append(one.target) or Said(body=signer("one").pem.encode()), time, work)


@pytest.mark.parametrize("said", [Said(body=b"x" * 20_000), Said(body=b"no key"), Said(body=b"\xff"), Said(status=302)])
def test_what_is_no_key_is_not_taken_for_one(said: Said) -> None:
    """Huge, damaged, or elsewhere."""

    async def work(keys: PublicKeys) -> None:
        with pytest.raises(Refused) as caught:
            await keys.get("/a.pem")
        assert 503 == caught.value.status

    keys_of(lambda _: said, Time(), work)


def test_a_host_that_is_away_is_no_fault() -> None:
    """Nobody answers."""

    async def work() -> None:
        with pytest.raises(Refused):
            await PublicKeys("http://127.0.0.1:9", seconds=Time()).get("/a.pem")

    asyncio.run(work())


# Commerce webhooks


def hook_body() -> bytes:
    """A body that no test sent before."""
    return msgspec.json.encode({"eventName": "observer.sales_order_place_before", "data": {"n": next(NUMBERS)}})


def test_a_signed_delivery_is_kept_and_the_sale_goes_on(desk: AdobeDesk) -> None:
    """The answer is the operation that changes nothing; two equal deliveries are two events."""
    body = hook_body()

    for _ in range(2):
        reply = desk.hook(body)
        assert (200, SUCCESS, "application/json") == (reply.status, reply.json(), reply.headers["content-type"])
    assert [body, body] == [message.body for message in desk.kept()]
    assert [] == desk.gaps()


def test_what_is_not_signed_is_answered_and_not_kept(desk: AdobeDesk) -> None:
    """Success for the shopper's sake, a gap for ours, closed by the next delivery that is signed."""
    forged = desk.hook(hook_body(), x_adobe_commerce_webhook_signature="AAAA")
    missing = desk.hook(hook_body(), x_adobe_commerce_webhook_signature="")

    assert SUCCESS == forged.json() == missing.json()
    assert [] == desk.kept()
    assert ["refused"] == [gap.kind for gap in desk.gaps()]
    assert 2 == desk.door.desk.metrics.refused["bad_signature"]

    desk.hook(hook_body())
    assert [] == desk.gaps()


def test_a_regenerated_pair_is_a_gap(desk: AdobeDesk) -> None:
    """The old public key is worthless at once: that nothing comes any more is on record, and the old settings are named."""
    desk.store.regenerate()

    assert SUCCESS == desk.hook(hook_body()).json()
    assert "not signed with the key of the settings" in desk.gaps()[0].detail


def test_a_full_spool_does_not_stop_a_sale(tmp_path: Path) -> None:
    """What cannot be kept is lost: the shopper does not pay for it, and the loss is on record."""
    with ExitStack() as stack:
        desk = opened(stack, tmp_path, limit=1)

        assert SUCCESS == desk.hook(hook_body()).json()
        assert "could not be kept" in desk.gaps()[0].detail
        assert 1 == desk.door.desk.metrics.refused["lost"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"x" * 200_000, b'{"a":' * 5000])
def test_no_body_stops_a_sale(desk: AdobeDesk, body: bytes) -> None:
    """Huge, deep, truncated, of another type: signed by the store, answered with success, and on record."""
    assert SUCCESS == desk.hook(body).json()
    assert [] == desk.kept()
    assert 1 == len(desk.gaps())


def test_wrong_settings_do_not_stop_a_sale(desk: AdobeDesk) -> None:
    """Options that are none, keys that are none, and settings that cannot be read at all."""
    settings = desk.home.settings()
    for options in ({"public_keys": ["no key"]}, {}, {"public_keys": 5}):
        source = Source(kind="commerce-webhooks", store="s", options=dict(options))
        desk.home.write(msgspec.structs.replace(settings, sources={"hooks": source}))
        assert SUCCESS == desk.hook(hook_body()).json()
    desk.home.settings_file.write_text("not toml [")
    assert SUCCESS == desk.hook(hook_body()).json()


def test_another_method_does_not_stop_a_sale_and_a_wrong_address_is_told(desk: AdobeDesk) -> None:
    """Only an address that no source has is an error: it stands in nobody's shop."""
    assert SUCCESS == desk.ask("GET", "/in/commerce-webhooks/hooks").json()
    assert 404 == desk.ask("POST", "/in/commerce-webhooks/none").status
    assert 404 == desk.ask("POST", "/in/commerce-webhooks/io").status


def test_a_disk_that_hangs_does_not_hold_up_a_sale(desk: AdobeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a moment success is said, whatever the disk does."""
    monkeypatch.setattr(commerce_webhooks, "LONGEST", 0.05)

    async def never(*_: Any, **__: Any) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(desk.door.desk.committer, "submit", never)

    assert SUCCESS == desk.hook(hook_body()).json()
    assert "could not be kept" in desk.gaps()[0].detail


def test_a_record_that_cannot_be_written_does_not_hold_up_a_sale(desk: AdobeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the record of gaps stands in the way; it is written with the next delivery."""

    def broken(*_: Any, **__: Any) -> None:
        raise SpoolFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(health, "gap_opened", broken)
        assert SUCCESS == desk.hook(hook_body(), x_adobe_commerce_webhook_signature="AAAA").json()
    assert [] == desk.gaps()
    desk.hook(hook_body(), x_adobe_commerce_webhook_signature="AAAA")
    assert 1 == len(desk.gaps())
    assert issubclass(SpoolFull, HemostatError)


@given(body=st.binary(max_size=100), header=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40))
def test_no_bytes_make_a_fault(tmp_path_factory: pytest.TempPathFactory, body: bytes, header: str) -> None:
    """Bodies and signatures of any kind, at both doors: refused or answered with success, never a fault of ours."""
    found = _shared(tmp_path_factory)

    io = found.ask(
        "POST", "/in/adobe-events/io", body, {"x-adobe-digital-signature-1": header, "x-adobe-public-key1-path": header}
    )
    assert io.status in {400, 401, 403}
    assert SUCCESS == found.ask("POST", "/in/commerce-webhooks/hooks", body, {commerce_webhooks.HEADER: header}).json()


_SHARED: list[AdobeDesk] = []


def _shared(factory: pytest.TempPathFactory) -> AdobeDesk:
    """One door for all examples."""
    if not _SHARED:
        _SHARED.append(AdobeDesk(factory.mktemp("shared")))
    return _SHARED[0]


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    """The shared door ends with the file."""
    yield
    while _SHARED:
        _SHARED.pop().close()


def test_the_twin_signs_what_our_verifier_takes() -> None:
    """The twin's keys are real ones."""
    assert public_key(Signer().pem).key_size == 2048
