"""The client of a Magento store and the snapshot that it takes, against a twin that is as strict as the platform's OAuth."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemostat.kernel import BadInput, BadSettings, Home, Settings
from hemostat.phi import Pseudonyms
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sandbox.wires.magento_rest import MagentoRest, Store
from hemostat.stores import magento_rest
from hemostat.stores.magento import (
    FILE_KINDS,
    RESOURCES,
    Credentials,
    MagentoClient,
    StoreRefused,
    credentials_of,
    files_read,
    key_name,
    snapshot_take,
)

from .magento_tree import planted

KEYS = Credentials(consumer_key="ck" * 16, consumer_secret="cs" * 16, token="tk" * 16, token_secret="ts" * 16)
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(b"k" * 32)
ROUTES = (
    "/V1/modules",
    "/V1/store/storeConfigs",
    "/V1/cmsBlock/search",
    "/V1/cmsPage/search",
    "/V1/webhooks/list",
    "/V1/eventing/getEventSubscriptions",
)
SKIMMER = '<p>Care</p><script src="https://cdn.evil.example/x.js"></script>'


class Shop:
    """A twin, and clients of it; `slept` are the pauses that they made."""

    def __init__(self, stack: ExitStack) -> None:
        self.store = Store()
        self.twin = MagentoRest(self.store, KEYS)
        self.slept: list[float] = []
        self.address = stack.enter_context(served(self.twin))
        self.http = stack.enter_context(httpx.Client(timeout=10))

    def client(self, keys: Credentials = KEYS) -> MagentoClient:
        """A client that does not really sleep."""
        return MagentoClient.of(self.address, keys, http=self.http, sleep=self.slept.append)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A store without anything in it."""
    with ExitStack() as stack:
        yield Shop(stack)


class Ahead:
    """A clock that goes wrong by so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The wrong time."""
        return datetime.now(UTC) + self._by


def test_a_signed_call_is_answered(shop: Shop) -> None:
    """The four credentials sign what the store accepts, parameters with brackets included."""
    shop.store.modules = ["Magento_Sales"]

    assert ["Magento_Sales"] == shop.client().get("/V1/modules", {"searchCriteria[pageSize]": "5 & more=ü"})


@pytest.mark.parametrize("field", ["consumer_key", "consumer_secret", "token", "token_secret"])
def test_one_wrong_credential_is_refused_without_being_repeated(shop: Shop, field: str) -> None:
    """The store says no once, and neither the error nor its advice shows a credential."""
    wrong = msgspec.structs.replace(KEYS, **{field: "wrong" * 7})

    with pytest.raises(StoreRefused) as caught:
        shop.client(wrong).get("/V1/modules")

    assert 401 == caught.value.status
    assert "credentials" in caught.value.advice()
    assert not {secret for secret in msgspec.structs.asdict(KEYS).values() if secret in f"{caught.value}{caught.value.advice()}"}
    assert 1 == len(shop.twin.calls)


def test_a_clock_far_ahead_is_refused(shop: Shop) -> None:
    """The store takes no request from the future: the advice names the clock."""
    client = MagentoClient(
        shop.address, *msgspec.structs.astuple(KEYS), http=shop.http, sleep=shop.slept.append, clock=Ahead(3600)
    )

    with pytest.raises(StoreRefused) as caught:
        client.get("/V1/modules")

    assert 400 == caught.value.status


def test_a_replayed_request_is_refused_by_the_twin(shop: Shop) -> None:
    """The same nonce counts once: the twin is as strict as the store, and the client makes a new one each time."""
    heard: list[Asked] = []
    with served(lambda asked: heard.append(asked) or shop.twin(asked)) as front:
        MagentoClient.of(front, KEYS, http=shop.http, sleep=shop.slept.append).get("/V1/modules")
        again = shop.http.get(f"{front}/rest/all/V1/modules", headers={"authorization": heard[0].headers["authorization"]})

    assert 401 == again.status_code
    assert "nonce" in again.text


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer " + "tk" * 16, 401),
        ('OAuth oauth_version="2.0"', 400),
        ('OAuth oauth_signature_method="HMAC-SHA1"', 400),
        ('OAuth oauth_signature_method="HMAC-SHA256", oauth_consumer_key="x"', 401),
    ],
)
def test_the_twin_refuses_what_the_store_refuses(shop: Shop, header: str, status: int) -> None:
    """Bearer tokens, other versions, weaker signatures and strangers get no answer."""
    assert status == shop.http.get(f"{shop.address}/rest/all/V1/modules", headers={"authorization": header}).status_code


def test_what_passes_by_itself_is_tried_again(shop: Shop) -> None:
    """Busy and broken answers are waited for, each attempt signed anew; the fifth is the last."""
    shop.store.faults = [503, 429, 500, 502]

    assert [] == shop.client().get("/V1/modules")
    assert [1.0, 2.0, 4.0, 8.0] == shop.slept

    shop.store.faults = [503] * 5
    with pytest.raises(StoreRefused) as caught:
        shop.client().get("/V1/modules")
    assert 503 == caught.value.status


def test_the_pause_is_the_one_that_the_store_asks_for(shop: Shop) -> None:
    """Retry-After counts, up to a minute."""
    answers = iter(
        [Said(status=429, headers={"retry-after": "7"}), Said(status=429, headers={"retry-after": "9999"}), Said(body=b"[]")]
    )
    with served(lambda _: next(answers)) as address:
        MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).get("/V1/modules")

    assert [7.0, 60.0] == shop.slept


def test_a_store_that_is_away_is_told(shop: Shop) -> None:
    """No answer at all has the status 0."""
    client = MagentoClient.of("http://127.0.0.1:9", KEYS, http=shop.http, sleep=shop.slept.append)

    with pytest.raises(StoreRefused) as caught:
        client.get("/V1/modules")

    assert 0 == caught.value.status


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe", b"[" * 5000])
def test_an_answer_that_is_none_is_told(shop: Shop, body: bytes) -> None:
    """A page in front of the store is not taken for the store."""
    with served(lambda _: Said(body=body)) as address, pytest.raises(StoreRefused):
        MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).get("/V1/modules")


def test_a_huge_answer_is_not_read_to_its_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a bound, whatever the other side sends."""
    monkeypatch.setattr(magento_rest, "_MOST_BYTES", 1000)
    with served(lambda _: Said(body=b" " * 5000)) as address, pytest.raises(BadInput):
        MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).get("/V1/modules")


def test_redirects_are_not_followed(shop: Shop) -> None:
    """A signed call goes to the store and nowhere else."""
    with (
        served(lambda _: Said(status=302, headers={"location": f"{shop.address}/rest/all/V1/modules"})) as address,
        pytest.raises(StoreRefused),
    ):
        MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).get("/V1/modules")

    assert [] == shop.twin.calls


@pytest.mark.parametrize("address", ["http://shop.example", "ftp://shop.example", "shop.example", "https://", ""])
def test_an_address_without_tls_is_none(shop: Shop, address: str) -> None:
    """Only this machine may be asked without TLS."""
    with pytest.raises(BadSettings):
        MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append)


@given(count=st.integers(0, 40), size=st.integers(1, 15))
def test_every_item_comes_once_whatever_the_size_of_a_page(count: int, size: int) -> None:
    """Pages end where the items end, though beyond its last page the store repeats it for ever."""
    twin = MagentoRest(Store(blocks=[{"id": number} for number in range(count)]), KEYS)

    def answered(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        said = twin(Asked(method=request.method, target=target, headers=headers, body=b""))
        return httpx.Response(said.status, content=said.body)

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        client = MagentoClient.of("http://127.0.0.1:1", KEYS, http=http, sleep=lambda _: None)
        found = [item["id"] for item in client.pages("/V1/cmsBlock/search", size=size)]

    assert list(range(count)) == found


@pytest.mark.parametrize("body", [b"[]", b'{"items":7}', b'{"items":[],"total_count":"x"}'])
def test_a_search_that_is_none_is_told(shop: Shop, body: bytes) -> None:
    """What is no search result is not taken for an empty one."""
    with served(lambda _: Said(body=body)) as address, pytest.raises(StoreRefused):
        list(MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).pages("/V1/cmsBlock/search"))


def test_a_search_without_end_ends(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that claims ever more items is given up."""
    monkeypatch.setattr(magento_rest, "_MOST_PAGES", 3)
    endless = msgspec.json.encode({"items": [{"id": 1}], "total_count": 10**9})
    with served(lambda _: Said(body=endless)) as address, pytest.raises(StoreRefused):
        list(MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append).pages("/V1/cmsBlock/search", size=1))


def test_a_limited_store_still_answers(shop: Shop) -> None:
    """Our pages fit the largest that a store with the limit allows."""
    shop.store.limited = True
    shop.store.blocks = [{"id": number} for number in range(250)]

    assert 250 == len(list(shop.client().pages("/V1/cmsBlock/search")))
    for wrong in ({}, {"searchCriteria[pageSize]": "500"}):
        with pytest.raises(StoreRefused) as caught:
            shop.client().get("/V1/cmsBlock/search", wrong)
        assert 400 == caught.value.status


def test_the_snapshot_holds_what_rest_shows(shop: Shop) -> None:
    """Modules, addresses, contents, webhooks and subscriptions are items; what REST cannot show is named with its reason."""
    shop.store.modules = ["Magento_Sales", "Vendor_Export"]
    shop.store.views = [{"id": 1, "code": "default", "base_url": "https://shop.example/"}]
    shop.store.blocks = [{"id": 7, "identifier": "footer", "active": True, "content": SKIMMER}, {"id": 8}]
    shop.store.webhooks = [
        {
            "webhook_method": "observer.sales_order_place_before",
            "webhook_type": "after",
            "batch_name": "b",
            "hook_name": "h",
            "url": "https://elsewhere.example/hook?key=secret",
            "required": True,
            "timeout": 2000,
            "fields": [{"name": "data.customer_email"}],
        }
    ]
    shop.store.subscriptions = [
        {"name": "observer.customer_login", "fields": [{"name": "email"}], "hipaa_audit_required": True, "destination": "default"}
    ]

    found = snapshot_take(shop.client(), store="fernhollow", pseudonyms=PSEUDONYMS, now=NOW)

    assert ("magento", NOW) == (found.platform, found.taken_at)
    assert [("Magento_Sales", True), ("Vendor_Export", False)] == [(one.id, one.facts["own"]) for one in found.of("module")]
    footer, empty = found.of("script")
    assert ("cmsBlock:7", True, ["cdn.evil.example"]) == (footer.id, footer.facts["code"], footer.facts["hosts"])
    assert (False, []) == (empty.facts["code"], empty.facts["hosts"])
    event, hook = found.of("webhook")
    assert ("event:observer.customer_login", True, ["email"]) == (event.id, event.facts["hipaa_audit"], event.facts["fields"])
    assert ("elsewhere.example", True, 2000) == (hook.facts["host"], hook.facts["required"], hook.facts["timeout_ms"])
    assert "secret" not in str(found)
    unseen = {part.kind: part.reason for part in found.unseen}
    assert {"integration", "token", "staff", "role", "setting"} == unseen.keys() - FILE_KINDS
    assert all("no REST route" in unseen[kind] and "System >" in unseen[kind] for kind in ("integration", "staff", "role"))
    assert all("--files" in unseen[kind] for kind in FILE_KINDS)
    assert list(found.items) == sorted(found.items, key=lambda item: (item.kind, item.id))


def test_what_an_edition_lacks_or_denies_is_unseen(shop: Shop) -> None:
    """Open Source has no webhooks, and a box that is not ticked is told as such: neither stops the snapshot."""
    shop.store.missing = ["/V1/webhooks/list", "/V1/eventing/getEventSubscriptions"]
    shop.store.denied = ["/V1/modules"]

    unseen = {part.kind: part.reason for part in snapshot_take(shop.client(), store="s", pseudonyms=PSEUDONYMS, now=NOW).unseen}

    assert "no such route" in unseen["webhook"]
    assert "not ticked" in unseen["module"]


def test_wrong_credentials_make_no_empty_snapshot(shop: Shop) -> None:
    """A store that does not know us is an error: an empty snapshot would say that nothing is there."""
    with pytest.raises(StoreRefused):
        snapshot_take(shop.client(msgspec.structs.replace(KEYS, token="x" * 32)), store="s", pseudonyms=PSEUDONYMS, now=NOW)


@pytest.mark.parametrize("away", ["denied", "missing"])
def test_a_store_that_shows_nothing_makes_no_empty_snapshot(shop: Shop, away: str) -> None:
    """No resource ticked, or the address of another site: each is an error, and none says that the store has nothing."""
    setattr(shop.store, away, list(ROUTES))

    with pytest.raises(StoreRefused):
        snapshot_take(shop.client(), store="s", pseudonyms=PSEUDONYMS, now=NOW)


def test_what_files_show_stands_until_they_are_read_again(shop: Shop, tmp_path: Path) -> None:
    """Files come by hand, REST by itself: what came by hand stays, with its day, and is replaced when it comes again."""
    root = planted(tmp_path)
    shop.store.modules = ["Magento_Sales"]
    client = shop.client()
    first = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW, files=files_read(root))
    later = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW + timedelta(days=2), before=first)

    assert "2.4.9-p1" == first.version == later.version
    assert [(item.kind, item.id) for item in first.items if item.kind in FILE_KINDS] == [
        (item.kind, item.id) for item in later.items if item.kind in FILE_KINDS
    ]
    (day,) = [part.reason for part in later.unseen if part.kind == "files"]
    assert "as it was on 2026-11-27" in day
    assert {"Magento_Sales"} == {item.id for item in later.of("module")}

    (root / "vendor/vendor-co/module-export/src/etc/webapi.xml").unlink()
    again = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW, files=files_read(root), before=later)
    assert () == again.of("rest_route")


def test_modules_of_the_files_stand_in_for_those_that_rest_hides(shop: Shop, tmp_path: Path) -> None:
    """The resource that shows the modules is a large one: without it app/etc/config.php names them, and goes on doing so."""
    shop.store.denied = ["/V1/modules"]
    client = shop.client()
    first = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW, files=files_read(planted(tmp_path)))
    later = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW, before=first)

    assert ["Magento_Sales", "Vendor_Export", "Vendor_Gone"] == [item.id for item in later.of("module")]
    assert [item.id for item in first.of("module")] == [item.id for item in later.of("module")]
    assert "module" in {part.kind for part in later.unseen}


@pytest.mark.parametrize("answer", [b"{}", b"[1, null, []]", b'"text"', b"7", b'{"items":[]}', b"[{}]"])
def test_answers_of_odd_shape_make_no_fault(shop: Shop, answer: bytes) -> None:
    """Whatever JSON comes back, there is a snapshot or an error of ours."""
    with served(lambda _: Said(body=answer)) as address:
        client = MagentoClient.of(address, KEYS, http=shop.http, sleep=shop.slept.append)
        try:
            found = snapshot_take(client, store="s", pseudonyms=PSEUDONYMS, now=NOW)
        except StoreRefused:
            return
    assert found.store == "s"


def test_each_resource_has_its_reason_and_none_reads_a_person() -> None:
    """The least scopes: no customers, no orders, nothing that writes."""
    assert all(resource.reason for resource in RESOURCES)
    assert not {resource.acl for resource in RESOURCES if "Customer" in resource.acl or "Sales" in resource.acl}


def test_credentials_are_one_object_in_the_keyring(tmp_path: Path) -> None:
    """The four texts come back; anything else is told by the key's name alone."""
    home = Home(tmp_path / "home")
    home.create(Settings())
    keyring = home.keyring(home.settings())
    keyring.put(key_name("fernhollow"), [msgspec.json.encode(KEYS)])

    assert KEYS == credentials_of(keyring, "fernhollow")

    for wrong in (b'{"consumer_key":"x" ,', b'{"consumer_key":"only-one-of-four"}', b"\xff" * 32):
        keyring.put(key_name("fernhollow"), [wrong])
        with pytest.raises(BadSettings):
            credentials_of(keyring, "fernhollow")
