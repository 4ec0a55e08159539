"""The pages that connect a system: who gets them, what they show, what they write, and what never stands there."""

from http import HTTPStatus

import msgspec
import pytest
from django.test import Client

from hemostat.kernel import Home
from hemostat.lake.pipeline import Tools, drain
from hemostat.lake.spool import Incoming
from hemostat.people.ledger import entries
from hemostat.people.rights import Role
from hemostat.readiness.coverage_rules import rule_books
from hemostat.readiness.setup_guides import guides
from hemostat.readiness.trial_events import trial_of
from unit.console.conftest import Visit
from unit.console.home import NOW

MAY = {Role.ENGINEER, Role.ADMIN}
SECRET = "a-secret-that-nobody-sees-again"


def connected(client: Client, kind: str, **given: str) -> str:
    """The name of the source that the form connected."""
    answer = client.post(f"/sources/add/{kind}/", {"environment": "sandbox"} | given)
    assert HTTPStatus.FOUND == answer.status_code, answer.content.decode()
    return answer["Location"].split("/")[-2]


def arrived(home: Home, name: str) -> None:
    """Our test event of the source is in the lake, as if intake and worker ran."""
    trial = trial_of(home, home.settings(), name, now=NOW)
    assert trial is not None
    tools = Tools(home)
    spool = tools.spool()
    spool.append(
        [Incoming(source=name, key="t", received_at=NOW, content_type=trial.headers["content-type"], headers={}, body=trial.body)]
    )
    drain(home, spool, tools=tools)
    spool.close()


@pytest.mark.parametrize("page", ["/sources/add/", "/sources/add/shopify/", "/sources/of/edge/", "/sources/of/edge/pulse/"])
def test_who_gets_the_pages(visit: Visit, page: str) -> None:
    """Engineers and administrators; for others there is no such page."""
    assert MAY == {role for role in Role if visit(role).get(page).status_code == HTTPStatus.OK}


@pytest.mark.parametrize(
    "act", ["/sources/add/events/", "/sources/of/edge/test/", "/sources/of/edge/secret/", "/sources/of/edge/remove/"]
)
def test_who_may_act(visit: Visit, home: Home, act: str) -> None:
    """Nobody else changes anything, neither settings nor keys."""
    before = home.settings_file.read_bytes(), home.keyring(home.settings()).secrets("source.edge")
    for role in set(Role) - MAY:
        assert HTTPStatus.NOT_FOUND == visit(role).post(act, {"store": "fern"}).status_code
    assert before == (home.settings_file.read_bytes(), home.keyring(home.settings()).secrets("source.edge"))


def test_every_kind_has_a_page_that_says_what_it_needs(visit: Visit) -> None:
    """Each way of each kind: every permission with its reason, every field; a kind that is none has no page."""
    client = visit(Role.ENGINEER)
    known = guides()
    index = client.get("/sources/add/").content.decode()
    for kind, guide in known.guides.items():
        assert f'href="/sources/add/{kind}/"' in index
        for way in guide.ways:
            page = client.get(f"/sources/add/{kind}/", {"way": way, "store": "oak"}).context["walk"]
            assert page.needs == tuple(page.needs)
            assert [need.reason for need in known.needs.of(kind, way)] == [need.reason for need in page.needs]
            assert {ask.name for ask in known.asks(kind, way)} == {one.name for one in (*page.fields, *page.rare)}
    assert HTTPStatus.NOT_FOUND == client.get("/sources/add/pigeon/").status_code
    assert HTTPStatus.OK == client.get("/sources/add/magento/").status_code
    assert HTTPStatus.NOT_FOUND == client.get("/sources/of/nobody/").status_code


def test_the_map_links_only_to_pages_that_are_there(visit: Visit) -> None:
    """Each way to connect a path of the coverage map has its page."""
    paths = {rule.watched.how_to for book in rule_books().values() for rule in book.paths if rule.watched}

    assert set() == paths - set(guides().guides)
    assert "/sources/add/shopify-audit/" not in visit(Role.COMPLIANCE).get("/coverage/").content.decode()


def test_a_source_is_connected_and_seen_to_arrive(visit: Visit, home: Home) -> None:
    """Settings, key and ledger have it; the page waits, asks and gets 304, then shows the test event and no real one."""
    client = visit(Role.ENGINEER)
    name = connected(client, "events", store="fern", name="app-fern", public="https://in.fern.example")

    assert ("app-fern", "https://in.fern.example") == (name, home.settings().intake.public)
    entry = entries("source/app-fern").get()
    assert ("source:add", "events") == (entry.act, entry.payload["kind"])
    page = client.get(f"/sources/of/{name}/")
    assert "Waiting for the first event" in page.content.decode()
    tag = client.get(f"/sources/of/{name}/pulse/")["ETag"]
    assert HTTPStatus.NOT_MODIFIED == client.get(f"/sources/of/{name}/pulse/", headers={"If-None-Match": tag}).status_code
    arrived(home, name)
    pulse = client.get(f"/sources/of/{name}/pulse/", headers={"If-None-Match": tag}).content.decode()
    assert "test arrived" in pulse
    assert "Its events arrive" not in pulse


def test_a_test_event_that_is_not_taken_is_explained(visit: Visit, home: Home) -> None:
    """Nobody listens: the page says so, and what helps."""
    home.change(lambda known: msgspec.structs.replace(known, intake=msgspec.structs.replace(known.intake, port=9)))

    html = visit(Role.ENGINEER).post("/sources/of/edge/test/", follow=True).content.decode()

    assert "The intake is not reached" in html


def test_a_wrong_answer_stands_at_its_field_and_no_secret_comes_back(visit: Visit, home: Home) -> None:
    """Nothing is written; what was typed is there again but for secrets; a wrong name of a store is said where it stands."""
    client = visit(Role.ADMIN)
    before = home.settings_file.read_bytes()
    given = {"store": "Bad Store", "answer-domain": "not a domain", "answer-secret": SECRET}

    html = client.post("/sources/add/shopify/", given | {"store": "fern"}).content.decode()
    assert 'id="e-domain"' in html
    assert 'value="not a domain"' in html
    assert 'id="e-store"' in client.post("/sources/add/shopify/", given).content.decode()
    look = client.post("/sources/add/shopify/", given | {"store": "oak", "look": "1", "public": "https://in.oak.example"})
    assert "https://in.oak.example/in/shopify/oak" in look.content.decode()
    odd = client.post("/sources/add/shopify/", given | {"store": "fern", "answer-other": "1"}).content.decode()
    assert "is no answer that can be given" in odd
    assert SECRET not in html + look.content.decode() + odd
    assert before == home.settings_file.read_bytes()


def test_what_the_system_refuses_is_shown_and_can_be_passed_over(visit: Visit, home: Home) -> None:
    """The checks stand above the form; on wish it is connected all the same."""
    client = visit(Role.ENGINEER)
    given = {"store": "fern", "environment": "sandbox", "answer-base": "http://127.0.0.1:9", "answer-token": SECRET}

    html = client.post("/sources/add/fhir-audit/", given).content.decode()
    assert "The server answers" in html
    assert "Connect it all the same" in html
    assert SECRET not in html
    client.post("/sources/add/fhir-audit/", given | {"unasked": "1"})
    assert "fhir-audit-fern" in home.settings().sources
    page = client.get("/sources/of/fhir-audit-fern/").content.decode()
    assert "The worker begins to read this feed" in page
    assert "Hemostat fetches these events itself" in page


def test_a_secret_is_changed_and_a_source_taken_away(visit: Visit, home: Home) -> None:
    """The old secret still counts, neither is on a page or in the ledger; what is gone is gone for the map and the list too."""
    client = visit(Role.ENGINEER)
    name = connected(client, "zoom", store="fern", **{"answer-secret": SECRET})
    html = client.post(
        f"/sources/of/{name}/secret/", {"answer-secret": "the-second-secret-of-zoom"}, follow=True
    ).content.decode()
    empty = client.post(f"/sources/of/{name}/secret/", {"answer-secret": ""}, follow=True).content.decode()

    keys = home.keyring(home.settings())
    assert [b"the-second-secret-of-zoom", SECRET.encode()] == list(keys.secrets(f"webhook.{name}"))
    assert "has no key of ours" in empty
    fresh = client.post("/sources/of/edge/secret/", follow=True).content.decode()
    assert "hemostat key show source.edge" in fresh
    assert client.post(f"/sources/of/{name}/remove/")["Location"] == "/sources/"
    assert name not in home.settings().sources
    told = repr([msgspec.json.encode(entry.payload) for entry in entries()])
    assert SECRET not in html + empty + told
    assert "the-second-secret" not in html + empty + told
    assert ["source:add", "source:rotate", "source:remove"] == [entry.act for entry in entries(f"source/{name}")]


def test_the_map_says_what_nobody_has_looked_at(visit: Visit, home: Home) -> None:
    """That the numbers are not whole, and what is missing in them; who may connect is led there, others are told whom to ask."""
    store = {"fernhollow": "fernhollow.myshopify.example"}
    home.change(lambda known: msgspec.structs.replace(known, shopify_stores=store))
    link = 'href="/sources/add/shopify-admin/?store=fernhollow"'

    officer, engineer = (visit(role).get("/coverage/").content.decode() for role in (Role.COMPLIANCE, Role.ENGINEER))

    assert "The numbers are not whole" in officer
    assert "members of staff" in officer
    assert link not in officer
    assert "An engineer or administrator connects" in officer
    assert link in engineer
    assert "members of staff" in visit(Role.AUDITOR).get("/api/coverage/").json()["maps"][0]["unknown"]
