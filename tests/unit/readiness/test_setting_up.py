"""Setting a source up: the system is asked, what can be made is made, secrets are kept where they belong, and it is on record."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hemostat.kernel import BadInput, BadSettings, Home, NotFound, Settings, SystemClock
from hemostat.people.ledger import entries
from hemostat.readiness.arriving import NotTaken, send
from hemostat.readiness.connecting import BadAnswer, Wish, disconnect, planned
from hemostat.readiness.rotating import rotate
from hemostat.readiness.setting_up import NotConnected, Outcome, set_up
from hemostat.readiness.setup_guides import Ask, guides
from hemostat.sandbox.wires import magento_rest as magento
from hemostat.sandbox.wires.loopback import Asked, Said, served
from hemostat.sandbox.wires.pubsub import PubSub
from hemostat.sandbox.wires.shopify_admin import AdminTwin
from hemostat.sandbox.wires.twilio_api import TwilioAccount
from hemostat.sources import KINDS
from hemostat.stores.magento_rest import Credentials
from hemostat.stores.shopify import TOPICS, ShopifyClient, ShopifyDown, ShopifyRefused
from unit.stores.shop_twin import DOMAIN, TOKEN, Timer, shop, twin

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLIENT, SECRET = "0123456789abcdef0123456789abcdef", "shpss_0123456789abcdef"
KEYS = Credentials(consumer_key="ck" * 16, consumer_secret="cs" * 16, token="tk" * 16, token_secret="ts" * 16)
PUBLIC = "https://in.fern.example"
NEEDED = {"read_customers", "read_orders", "read_draft_orders", "read_themes", "read_content"}
SUBSCRIPTION = "projects/fern-hollow/subscriptions/audit"


@pytest.fixture
def home(db: None, tmp_path: Path) -> Home:  # noqa: ARG001  # the ledger is in the database
    """An empty production home."""
    home = Home(tmp_path / "home")
    home.create(Settings())
    return home


@pytest.fixture
def platform() -> AdminTwin:
    """The store's twin, and the app of the Dev Dashboard with the scopes that its webhooks need."""
    made = twin(shop())
    made.app.client_id, made.app.secret = CLIENT, SECRET
    made.shop.scopes = NEEDED | set(guides().needs.kinds["shopify-admin"].scopes)
    return made


@pytest.fixture
def address(platform: AdminTwin) -> Iterator[str]:
    """Where the twin answers."""
    with served(platform.answer) as address:
        yield address


@pytest.fixture
def add(home: Home) -> Callable[..., Outcome]:
    """Set a source up."""

    def adding(kind: str, *, asked: bool = True, public: str = "", **answers: str) -> Outcome:
        wish = Wish(kind=kind, store="fern", public=public, way=answers.pop("way", ""), answers=answers)
        return set_up(home, wish, by="system:tester", now=NOW, asked=asked)

    return adding


Add = Callable[..., Outcome]


def faults(outcome: Outcome) -> dict[str, str]:
    """What was not well, with its reason."""
    return {check.title: check.reason for check in outcome.checks if not check.good}


def everything(home: Home) -> str:
    """The settings and the ledger."""
    return home.settings_file.read_text() + repr([entry.payload for entry in entries()])


def test_shopify_is_set_up_by_its_client_id_and_secret(add: Add, home: Home, platform: AdminTwin, address: str) -> None:
    """The store lets the app in, each webhook goes to our address, the Admin API is asked from then on; no secret is in sight."""
    platform.shop.scopes |= {"write_orders", "read_products", "read_audit_events"}
    outcome = add("shopify", public=PUBLIC + "/", domain=DOMAIN, secret=SECRET, client_id=CLIENT, address=address)

    assert {"Scope read_products is too much", "Scope write_orders is too much"} == faults(outcome).keys()
    assert "read_orders is enough" in faults(outcome)["Scope write_orders is too much"]
    assert outcome.webhooks is not None
    assert len(TOPICS) == len(outcome.webhooks.made) == len(platform.shop.subscriptions)
    assert {f"{PUBLIC}/in/shopify/fern"} == {one["uri"] for one in platform.shop.subscriptions}
    settings, keys = home.settings(), home.keyring(home.settings())
    assert (PUBLIC, {"fern": DOMAIN}) == (settings.intake.public, settings.shopify_stores)
    assert {"shopify-fern", "shopify-admin-fern"} == set(settings.sources)
    assert SECRET.encode() == keys.secret("shopify.fern") == keys.secret("feed.shopify-admin-fern")
    feed = settings.sources["shopify-admin-fern"].feed
    assert feed is not None
    assert {"domain": DOMAIN, "client_id": CLIENT, "webhooks": f"{PUBLIC}/in/shopify/fern", "address": address} == feed.options
    assert SECRET not in everything(home)
    assert ["source:add", "source:add"] == [entry.act for entry in entries()]


def test_an_app_of_before_is_set_up_by_its_token(add: Add, home: Home, platform: AdminTwin, address: str) -> None:
    """Its token is kept for the feed alone; whoever wants no feed gets none, and the token is kept nowhere."""
    outcome = add("shopify", public=PUBLIC, domain=DOMAIN, secret=SECRET, token=TOKEN, watch="no", address=address)

    assert outcome.webhooks
    assert (len(TOPICS), "") == (len(platform.shop.subscriptions), outcome.also)
    assert {"shopify-fern"} == set(home.settings().sources)
    assert not [path for path in (home.path / "keys").iterdir() if TOKEN in path.read_text()]
    platform.shop.scopes = set(NEEDED)
    again = add("shopify-admin", domain=DOMAIN, token=TOKEN, address=address)
    assert "Scope read_pixels" in faults(again)
    assert TOKEN.encode() == home.keyring(home.settings()).secret("feed.shopify-admin-fern")


def test_webhooks_that_are_refused_are_told_with_the_reason(add: Add, platform: AdminTwin, address: str) -> None:
    """A missing scope is named with what is lost without it; what is there already is not made twice, others stay untouched."""
    platform.shop.scopes -= {"read_orders"}
    theirs = {
        "topic": "ORDERS_CREATE",
        "uri": "https://else.example/hook?key=1",
        "id": "gid://x/1",
        "apiVersion": {"handle": "2026-10"},
    }
    there = {"topic": "SHOP_UPDATE", "uri": f"{PUBLIC}/in/shopify/fern", "id": "gid://x/2", "apiVersion": {"handle": "2026-10"}}
    platform.shop.subscriptions += [
        {"includeFields": [], "filter": None, "format": "JSON", "name": None} | one for one in (theirs, there)
    ]

    outcome = add("shopify", public=PUBLIC, domain=DOMAIN, secret=SECRET, client_id=CLIENT, address=address)

    assert "notes and properties" in faults(outcome)["Scope read_orders"]
    assert outcome.webhooks
    assert {"orders/create", "orders/edited", "orders/delete"} == outcome.webhooks.refused.keys()
    assert (("shop/update",), ("https://else.example/hook",)) == (outcome.webhooks.there, outcome.webhooks.elsewhere)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"secret": "shpss_wrong_wrong_wrong"}, "does not take client id and secret"),
        ({"client_id": "f" * 32}, "no app with this client id"),
        ({"domain": "other.myshopify.example"}, "It is for"),
    ],
)
def test_what_a_store_refuses_changes_nothing(
    add: Add, home: Home, platform: AdminTwin, address: str, change: dict[str, str], told: str
) -> None:
    """The reason and the place where it is put right are said, and neither settings, keys nor ledger have changed."""
    before = home.settings_file.read_bytes(), sorted((home.path / "keys").iterdir())
    given = {"domain": DOMAIN, "secret": SECRET, "client_id": CLIENT, "address": address} | change

    with pytest.raises(NotConnected) as error:
        add("shopify", public=PUBLIC, **given)

    assert told in error.value.advice()
    assert before == (home.settings_file.read_bytes(), sorted((home.path / "keys").iterdir()))
    assert [] == list(entries())
    platform.app.installed = False
    with pytest.raises(NotConnected) as error:
        add("shopify", public=PUBLIC, domain=DOMAIN, secret=SECRET, client_id=CLIENT, address=address)
    assert "Install app" in error.value.advice()


def test_what_cannot_be_subscribed_now_is_tried_again_by_the_feed(add: Add, home: Home, platform: AdminTwin) -> None:
    """The source is connected, its trouble is told, and the feed that mends webhooks is there; a second one is not made."""

    def answer(asked: Asked) -> Said:
        return Said(status=401) if b"HemostatSubscriptions" in asked.body else platform.answer(asked)

    with served(answer) as address:
        given = {"domain": DOMAIN, "secret": SECRET, "client_id": CLIENT, "address": address}
        outcome = add("shopify", public=PUBLIC, **given)
        disconnect(home, "shopify-fern", by="t", now=NOW)
        again = add("shopify", public=PUBLIC, **given)

    assert "refuses the access token" in outcome.trouble
    assert (None, "shopify-admin-fern", "") == (outcome.webhooks, outcome.also, again.also)


@pytest.mark.parametrize("change", [{"method": "GET"}, {"headers": {}}, {"body": b"grant_type=password"}])
def test_the_twin_gives_no_token_to_who_asks_otherwise(platform: AdminTwin, change: dict[str, Any]) -> None:
    """Only a form that is posted, with the one kind of grant."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    asked = {"method": "POST", "target": "/admin/oauth/access_token", "headers": form, "body": b"grant_type=client_credentials"}

    assert b"invalid_request" in platform.answer(Asked(**asked | change)).body


def test_webhooks_need_a_public_address(add: Add, home: Home, address: str) -> None:
    """It is asked for before anything is written; without client id and token nothing is subscribed and none is needed."""
    given = {"domain": DOMAIN, "secret": SECRET, "address": address}
    for public in ("", "http://127.0.0.1:9"):
        with pytest.raises(BadAnswer) as error:
            add("shopify", public=public, client_id=CLIENT, **given)
        assert "public" == error.value.name
    assert add("shopify", **given).webhooks is None
    assert {"shopify-fern"} == set(home.settings().sources)


def test_a_token_of_a_day_is_renewed(platform: AdminTwin, address: str) -> None:
    """Before it ends, and when the store has forgotten it; a refusal that stays is told, and nothing of the secret."""
    timer = Timer()
    client = ShopifyClient(DOMAIN, SECRET, client_id=CLIENT, address=address, sleep=timer.sleep)
    client.ask("{ shop { id } }")
    client.ask("{ shop { id } }")
    assert 1 == len(platform.app.granted)
    platform.app.granted.clear()
    platform.app.LIVES = 1.0  # type: ignore[misc]  # of this one only
    client.ask("{ shop { id } }")
    client.ask("{ shop { id } }")
    assert 2 == len(platform.app.granted), "the token of a second is not used twice"
    platform.app.secret = "another"
    with pytest.raises(ShopifyRefused) as error:
        client.ask("{ shop { id } }")
    assert SECRET not in f"{error.value} {error.value.advice()}"
    client.close()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said(status=503), ShopifyDown),
        (Said(status=429), ShopifyDown),
        (Said(status=404), ShopifyRefused),
        (Said(status=400, body=b"<html>"), ShopifyRefused),
        (Said(status=200, body=b"<html>"), ShopifyDown),
    ],
)
def test_who_answers_oddly_to_a_question_for_a_token(said: Said, error: type[Exception]) -> None:
    """It is told whether asking again may help."""
    with served(lambda _: said) as address:
        client = ShopifyClient(DOMAIN, SECRET, client_id=CLIENT, address=address)
        with pytest.raises(error):
            client.ask("{ shop { id } }")
        client.close()
    with pytest.raises(ShopifyDown):
        ShopifyClient(DOMAIN, SECRET, client_id=CLIENT, address="http://127.0.0.1:9").ask("{ shop { id } }")


def _magento(**store: Any) -> magento.MagentoRest:
    return magento.MagentoRest(magento.Store(**store), KEYS)


MAGENTO = msgspec.to_builtins(KEYS)


def test_magento_is_set_up_by_its_four_texts(add: Add, home: Home) -> None:
    """They are one key, the store has its address, and each resource that is not ticked is named."""
    with served(_magento(denied=["/V1/modules", "/V1/webhooks/list"], missing=["/V1/eventing/getEventSubscriptions"])) as url:
        outcome = add("magento", url=url, **MAGENTO)

    assert {"Resource Magento_Backend::admin"} == faults(outcome).keys()
    assert "magento-rest-fern" == outcome.plan.name
    settings = home.settings()
    assert ({"fern": url}, {}) == (settings.magento_stores, settings.sources["magento-rest-fern"].options)
    assert KEYS == msgspec.json.decode(home.keyring(settings).secret("magento.fern"), type=Credentials)
    assert not any(text in everything(home) for text in MAGENTO.values())


def test_a_magento_store_that_knows_none_of_them_is_not_set_up(add: Add, home: Home) -> None:
    """Neither with wrong credentials nor when it does not answer; half of a key is asked for again."""
    with served(_magento()) as url, pytest.raises(NotConnected, match="takes the signature"):
        add("magento", url=url, **MAGENTO | {"token": "xx" * 16})
    with pytest.raises(NotConnected, match="can be asked"):
        add("magento", url="http://127.0.0.1:9", **MAGENTO)
    with pytest.raises(BadAnswer, match="token"):
        add("magento", url="http://127.0.0.1:9", **MAGENTO | {"token": ""})
    assert {} == home.settings().sources


class Queue:
    """A queue of Amazon's that refuses some calls, as its JSON protocol does."""

    def __init__(self, *, denied: tuple[str, ...] = (), code: str = "AccessDeniedException", **attributes: str) -> None:
        self.denied = denied
        self.code = code
        self.attributes = attributes

    def __call__(self, asked: Asked) -> Said:
        """The answer to one call."""
        action = asked.headers["x-amz-target"].rpartition(".")[2]
        if action in self.denied:
            return Said(
                status=400, body=msgspec.json.encode({"__type": f"com.amazon.coral.service#{self.code}", "message": "no"})
            )
        if action in {"DeleteMessage", "ChangeMessageVisibility"}:
            return Said(status=400, body=b'{"__type": "com.amazonaws.sqs#ReceiptHandleIsInvalid", "message": ""}')
        return Said(body=msgspec.json.encode({"Attributes": self.attributes} if action == "GetQueueAttributes" else {}))


AWS = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "example-secret-of-nobody"}


@pytest.mark.parametrize("action", ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"])
def test_a_missing_permission_of_a_queue_is_named(add: Add, home: Home, action: str) -> None:
    """As Amazon writes it, and nothing is set up."""
    with served(Queue(denied=(action,))) as url, pytest.raises(NotConnected, match=f"Permission sqs:{action}"):
        add("cloudtrail", queue=f"{url}/1/trail", unwrap="s3", endpoint=url, **AWS)
    assert {} == home.settings().sources


def test_a_queue_is_set_up_and_its_habits_are_told(add: Add, home: Home) -> None:
    """Four days and no dead-letter queue are told; the key is one object; without the right to look nothing is told."""
    with served(Queue(MessageRetentionPeriod="345600")) as url:
        outcome = add("cloudtrail", queue=f"{url}/1/trail", unwrap="s3", endpoint=url, **AWS)
        assert {"Messages wait 4 days", "A dead-letter queue"} == faults(outcome).keys()
        assert AWS == msgspec.json.decode(home.keyring(home.settings()).secret("feed.cloudtrail-fern"))
    with served(Queue(denied=("GetQueueAttributes",))) as url:
        assert {} == faults(add("s3-access-log", queue=f"{url}/1/trail", unwrap="s3", endpoint=url, **AWS))


@pytest.mark.parametrize(
    ("code", "told"), [("InvalidClientTokenId", "knows the key"), ("QueueDoesNotExist", "queue is there"), ("", "queue is there")]
)
def test_a_queue_that_knows_us_not(add: Add, code: str, told: str) -> None:
    """A wrong key, a wrong address and silence are told apart."""
    with served(Queue(denied=("ReceiveMessage",), code=code)) as url, pytest.raises(NotConnected, match=told):
        add("events", way="sqs", queue=f"{url}/1/q", endpoint=url if code else "http://127.0.0.1:9", **AWS)


@pytest.fixture(scope="module")
def account() -> tuple[rsa.RSAPrivateKey, str]:
    """A service account: its key, and its file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = {
        "type": "service_account", "client_email": "us@fern-hollow.example", "private_key": pem, "private_key_id": "k",
        "token_uri": "https://oauth2.googleapis.com/token",
    }  # fmt: skip
    return key, msgspec.json.encode(file).decode()


def test_a_subscription_is_asked_for_its_permission(add: Add, account: tuple[rsa.RSAPrivateKey, str], home: Home) -> None:
    """Nothing is pulled for it; a missing role, another project, a stranger and a key that is none are told apart."""
    key, file = account
    service = PubSub(SUBSCRIPTION, clock=SystemClock(), account="us@fern-hollow.example", public_key=key.public_key())
    service.publish(b"x")
    with served(service.answer) as url:
        service.audience = f"{url}/"
        given = {"subscription": SUBSCRIPTION, "endpoint": url, "credentials": file}
        service.granted = set()
        with pytest.raises(NotConnected, match=r"pubsub\.subscriptions\.consume"):
            add("gcs-audit", **given)
        with pytest.raises(NotConnected, match="subscription is there"):
            add("gcs-audit", **given | {"subscription": SUBSCRIPTION + "-2"})
        with pytest.raises(NotConnected, match="knows the account"):
            add("gcs-audit", **given | {"credentials": ""})
        with pytest.raises(NotConnected) as error:
            add("gcs-audit", **given | {"credentials": '{"private_key": "nothing"}'})
        assert "nothing" not in f"{error.value} {error.value.advice()}"
        with pytest.raises(NotConnected, match="Google answers"):
            add("gcs-audit", **given | {"endpoint": "http://127.0.0.1:9"})
        service.granted = {"pubsub.subscriptions.consume"}
        assert {} == faults(add("gcs-audit", **given))
    assert {"The account of this machine was not asked"} == faults(add("shopify-audit", subscription=SUBSCRIPTION)).keys()
    assert 1 == service.waiting
    assert "gcs-audit-fern" in home.settings().sources


def test_a_fhir_server_is_asked_for_a_number_only(add: Add) -> None:
    """No event is read; a missing scope is named, and what is no FHIR server is told."""
    asked: list[Asked] = []

    def server(status: int, body: bytes) -> Callable[[Asked], Said]:
        def answer(one: Asked) -> Said:
            asked.append(one)
            return Said(status=status, body=body)

        return answer

    with served(server(403, b"")) as url, pytest.raises(NotConnected, match=r"system/AuditEvent\.rs"):
        add("fhir-audit", base=url, token="token-of-an-account")
    with pytest.raises(NotConnected, match="server answers"):
        add("fhir-audit", base="http://127.0.0.1:9")
    with served(server(200, b'{"resourceType": "Bundle", "total": 7}')) as url:
        assert {} == faults(add("fhir-audit", base=url, token="token-of-an-account"))
    assert {"_summary=count&_count=0"} == {one.target.partition("?")[2] for one in asked}
    assert {"Bearer token-of-an-account"} == {one.headers.get("authorization") for one in asked}


def test_what_is_no_fhir_server_is_told(add: Add) -> None:
    """It answers, and no Bundle."""
    with served(lambda _: Said(body=b"hello")) as url:
        assert {"It searches audit events"} == faults(add("fhir-audit", base=url)).keys()


ZOOM = {"account_id": "a1", "client_id": "c1", "client_secret": "secret-of-the-zoom-app", "secret": "token-of-the-zoom-app"}
TWILIO = {"account_sid": "AC1", "key_sid": "SK1", "key_secret": "secret-of-the-api-key", "token": "auth-token-of-twilio"}
ADOBE = {
    "client_id": "0123456789abcdef", "url": "https://events.adobe.io/x", "organization": "1@AdobeOrg",
    "client_secret": "secret-of-the-project",
}  # fmt: skip


def answering(*statuses: int, body: bytes = b"{}") -> Callable[[Asked], Said]:
    """These statuses one after the other, then the last of them again."""
    left = list(statuses)

    def answer(_: Asked) -> Said:
        return Said(status=left.pop(0) if len(left) > 1 else left[0], body=body)

    return answer


def test_a_zoom_app_is_asked_for_a_token_and_its_scopes(add: Add, home: Home) -> None:
    """A missing one and one that writes are named; an app that Zoom does not know is not set up; webhooks alone ask nobody."""
    first = guides().needs.ways["zoom"].needs[0].grant
    some = msgspec.json.encode({"access_token": "t", "scope": "recording:write:admin"})
    with served(answering(200, body=some)) as url:
        told = faults(add("zoom", way="zoom", **ZOOM, token=url))
    assert {f"Scope {first}", "Scope recording:write:admin is too much"} == told.keys()
    with served(answering(401)) as url, pytest.raises(NotConnected, match="gives the app a token"):
        set_up(home, Wish(kind="zoom", store="oak", way="zoom", answers=ZOOM | {"token": url}), by="t", now=NOW)
    alone = set_up(home, Wish(kind="zoom", store="elm", answers={"secret": ZOOM["secret"]}), by="t", now=NOW)
    assert () == alone.checks
    assert alone.plan.address.endswith("/in/zoom/zoom-elm")


def test_a_twilio_key_is_asked_for_what_happens_from_now_on(add: Add) -> None:
    """The right that is missing is named; both are enough, in the words that Twilio's lists understand."""
    account = TwilioAccount(account=TWILIO["account_sid"], key=TWILIO["key_sid"], secret=TWILIO["key_secret"])
    account.refused = {account.recordings}
    with served(account.answer) as url, pytest.raises(NotConnected, match="read recordings"):
        add("twilio", way="twilio", **TWILIO, monitor=url, api=url)
    with pytest.raises(NotConnected, match="Monitor Events"):
        add("twilio", way="twilio", **TWILIO, monitor="http://127.0.0.1:9", api="http://127.0.0.1:9")
    account.refused.clear()
    with served(account.answer) as url:
        assert {} == faults(add("twilio", way="twilio", **TWILIO, monitor=url, api=url))


def test_an_adobe_project_is_asked_for_a_token(add: Add) -> None:
    """The journal itself is left alone."""
    for answer in (answering(400), answering(200, body=b"hello")):
        with served(answer) as url, pytest.raises(NotConnected, match="gives the project a token"):
            add("adobe-events", way="adobe-journal", **ADOBE, ims=url)
    with served(answering(200, body=b'{"access_token": "t"}')) as url:
        outcome = add("adobe-events", way="adobe-journal", **ADOBE, ims=url)
    assert {} == faults(outcome)
    assert outcome.plan.address


def test_files_are_looked_for(add: Add, tmp_path: Path) -> None:
    """Those that are there are counted, and where none is that is said."""
    (tmp_path / "a.log").write_text("x")
    outcome = add("magento-access", paths=f"{tmp_path}/*.log, {tmp_path}/none/*.log")

    assert [True, False] == [check.good for check in outcome.checks]
    assert "1 file like" in outcome.checks[0].title


def test_a_database_that_does_not_answer_is_told(add: Add) -> None:
    """And so is one that would be asked without TLS over the network."""
    given = {"host": "127.0.0.1", "user": "hemostat", "database": "magento", "password": "long-enough-password"}
    with pytest.raises(NotConnected, match="can be asked"):
        add("magento-tables", port="9", tls="false", **given)
    with pytest.raises(NotConnected) as error:
        add("magento-tables", tls="false", **given | {"host": "db.internal"})
    assert "TLS to the database is off" in error.value.advice()


def test_a_sandbox_asks_nobody_outside(tmp_path: Path, db: None) -> None:  # noqa: ARG001  # the ledger is in the database
    """What would leave this machine is not done, and it is said."""
    home = Home(tmp_path / "sandbox")
    home.create(Settings(kind="sandbox"))
    wish = Wish(kind="fhir-audit", store="fern", environment="sandbox", answers={"base": "https://fhir.example.org/r4"})

    outcome = set_up(home, wish, by="engineer", now=NOW)

    assert ["Nobody was asked"] == [check.title for check in outcome.checks]
    answers = {"domain": DOMAIN, "secret": SECRET, "client_id": CLIENT}
    shopify = set_up(home, Wish(kind="shopify", store="oak", public=PUBLIC, answers=answers), by="engineer", now=NOW)
    assert (None, "", "") == (shopify.webhooks, shopify.also, shopify.trouble)
    with pytest.raises(NotTaken, match="sandbox"):
        send(home, home.settings(), "shopify-oak", now=NOW, base=PUBLIC)
    plain = set_up(home, Wish(kind="events", store="fern"), by="engineer", now=NOW)
    assert "sandbox" == home.settings().sources[plain.plan.name].environment


def test_a_source_is_taken_away(add: Add, home: Home) -> None:
    """Its store's webhooks are refused from then on, its keys stay, and both are on record; what is not there cannot go."""
    add("shopify", domain=DOMAIN, secret=SECRET)
    disconnect(home, "shopify-fern", by="system:tester", now=NOW)

    settings = home.settings()
    assert ({}, {}) == (settings.sources, settings.shopify_stores)
    assert home.keyring(settings).has("shopify.fern")
    assert ["source:add", "source:remove"] == [entry.act for entry in entries("source/shopify-fern")]
    with pytest.raises(NotFound):
        disconnect(home, "shopify-fern", by="system:tester", now=NOW)


def test_secrets_change_while_events_keep_coming(add: Add, home: Home) -> None:
    """The new one comes first, the one before it still counts, the one before that no longer; both keys of Shopify's go along."""
    add("shopify", domain=DOMAIN, secret=SECRET)
    add("shopify-admin", domain=DOMAIN, client_id=CLIENT, token=SECRET, asked=False)
    add("events")
    keys = home.keyring(home.settings())
    first = keys.secret("source.events-fern")

    assert ("source.events-fern",) == rotate(home, "events-fern", {}, by="t", now=NOW).keys
    done = rotate(home, "shopify-fern", {"secret": "shpss_second_0123456"}, by="t", now=NOW)
    rotate(home, "shopify-fern", {"secret": "shpss_third_01234567"}, by="t", now=NOW)

    assert [first] == list(keys.secrets("source.events-fern"))[1:]
    assert (("feed.shopify-admin-fern", "shopify.fern"), ("shopify-admin-fern",)) == (done.keys, done.feeds)
    assert [b"shpss_third_01234567", b"shpss_second_0123456"] == list(keys.secrets("shopify.fern"))
    assert b"shpss_third_01234567" == keys.secret("feed.shopify-admin-fern")
    assert 3 == len([entry for entry in entries() if entry.act == "source:rotate"])
    assert "shpss" not in everything(home)


def test_one_text_of_a_key_with_several_can_change(add: Add, home: Home) -> None:
    """The others stay; a secret that is none, an empty one and an unknown source are refused."""
    add("magento", url="https://shop.example", asked=False, **MAGENTO)
    rotate(home, "magento-rest-fern", {"token": "nn" * 16}, by="t", now=NOW)

    found = msgspec.json.decode(home.keyring(home.settings()).secret("magento.fern"), type=Credentials)
    assert msgspec.structs.replace(KEYS, token="nn" * 16) == found
    for given in ({}, {"token": " "}, {"url": "x"}):
        with pytest.raises(BadAnswer):
            rotate(home, "magento-rest-fern", given, by="t", now=NOW)
    with pytest.raises(NotFound):
        rotate(home, "nobody", {}, by="t", now=NOW)


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"kind": "zoom", "store": "Bad Store"}, "store"),
        ({"kind": "zoom", "store": "fern", "name": ".hidden"}, "name"),
        ({"kind": "zoom", "store": "fern", "public": "http://in.example.com"}, "public"),
        ({"kind": "zoom", "store": "fern", "public": "https://in.example.com?x"}, "public"),
        ({"kind": "zoom", "store": "fern"}, "secret"),
        ({"kind": "zoom", "store": "fern", "answers": {"other": "1"}}, "other"),
        ({"kind": "shopify", "store": "fern", "answers": {"domain": "not a domain", "secret": SECRET}}, "domain"),
        (
            {"kind": "cloudtrail", "store": "fern", "answers": {"queue": "https://q.example/1", "access_key_id": "A"}},
            "secret_access_key",
        ),
    ],
)
def test_a_wrong_answer_is_named_and_not_repeated(home: Home, wish: dict[str, Any], name: str) -> None:
    """The question is named, so that the page can show it where it stands."""
    with pytest.raises(BadAnswer) as error:
        planned(home.settings(), Wish(**wish))

    assert name == error.value.name
    assert "not a domain" not in f"{error.value} {error.value.advice()}"


def test_a_store_keeps_its_address_and_no_source_is_a_test(add: Add, home: Home) -> None:
    """Another address under the same name, a way that a kind has not, and the environment of our own tests are refused."""
    add("shopify", domain=DOMAIN, secret=SECRET)
    other = Wish(kind="shopify", store="fern", name="second", answers={"domain": "two.myshopify.example", "secret": SECRET})
    with pytest.raises(BadAnswer, match="is fernhollow"):
        set_up(home, other, by="t", now=NOW)
    with pytest.raises(BadInput, match="does not come in by"):
        add("zoom", way="files")
    with pytest.raises(BadSettings, match="test"):
        set_up(home, Wish(kind="events", store="fern", environment="test"), by="t", now=NOW)


def test_every_kind_says_what_it_gives_and_the_least_that_it_needs() -> None:
    """For each way, each permission with what it is on, and why; statements of grants are ready to run."""
    known = guides()
    assert set(KINDS) == set(known.guides) == set(known.needs.kinds)
    for kind, guide in known.guides.items():
        assert known.needs.kinds[kind].gives.endswith(".")
        for way in guide.ways:
            needs = known.needs.of(kind, way)
            assert needs
            assert all(need.reason.endswith(".") and need.what for need in needs), (kind, way)
    (ready,) = known.needs.ways["magento-tables"].ready
    assert ready.whole.count("GRANT SELECT") > 10
    assert "ON *.*" not in ready.whole
    assert known.kind("magento") == "magento-rest"


def test_every_pattern_is_one_and_takes_its_example() -> None:
    """What the page shows as an example would be taken."""
    asks: set[Ask] = {ask for kind, guide in guides().guides.items() for way in guide.ways for ask in guides().asks(kind, way)}
    for ask in asks:
        assert not (ask.like.startswith("http") and ask.pattern) or re.fullmatch(ask.pattern, ask.like), ask.name
