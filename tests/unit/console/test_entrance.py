"""The entrance: nobody gets in who was not let in."""

from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings as DjangoSettings

from hemostat.console.accounts import ClosedDoor
from hemostat.kernel import Home
from hemostat.people.models import Person
from hemostat.people.rights import Role
from hemostat.people.services import SETUP_TOKEN, person_create, setup_token_create
from unit.console.conftest import Visit, lived_in
from unit.console.home import NOW, home_made
from unit.console.story import Story

PASSWORD = "four-random-quiet-words"


def test_every_page_is_closed_to_those_who_did_not_sign_in(story: Story) -> None:
    """A visitor is led to the sign-in, wherever he knocks."""
    incident = story.incident()

    for url in (
        "/",
        "/alerts/",
        f"/incidents/{incident.ref}/",
        "/hunt/",
        "/settings/",
        "/drills/",
        f"/incidents/{incident.ref}/pulse/",
    ):
        answer = Client().get(url)
        assert (302, f"/account/login/?next={url}") == (answer.status_code, answer.headers["Location"])


def test_a_lapsed_sign_in_moves_the_whole_page(story: Story) -> None:
    """A part that asks for news without a session sends the browser to the sign-in; no form lands inside a table."""
    answer = Client().get(f"/incidents/{story.incident().ref}/pulse/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith("/account/login/")


def test_signing_in_with_a_password(story: Story) -> None:
    """The right password opens, the wrong one says so without telling which part was wrong."""
    login, client = story.logins[Role.ENGINEER], Client()

    wrong = client.post("/account/login/", {"login": login.username, "password": "not-the-password"})
    right = client.post("/account/login/", {"login": login.username, "password": login.password})

    assert "not correct" in wrong.content.decode()
    assert (302, "/") == (right.status_code, right.headers["Location"])


def test_nobody_signs_himself_up(story: Story) -> None:
    """There is no page to sign up, reset by mail, or change mail addresses."""
    client = Client()
    client.force_login(story.person(Role.ADMIN))

    assert [404] * 4 == [
        client.get(f"/account/{page}/").status_code for page in ("signup", "password/reset", "email", "confirm-email")
    ]
    assert "sign up" not in Client().get("/account/login/").content.decode().lower()


@pytest.mark.parametrize("role", list(Role))
def test_a_demonstration_offers_each_role(story: Story, role: Role) -> None:
    """In a sandbox one click signs in as the demonstration person of a role."""
    client = Client()

    assert reverse("demo_sign_in", args=[role.value]) in client.get("/account/login/").content.decode()
    assert "/" == client.post(f"/account/login/as/{role.value}/").headers["Location"]
    assert str(story.person(role).pk) == client.session[SESSION_KEY]


@pytest.mark.parametrize(("kind", "demo"), [("production", True), ("production", False), ("sandbox", False)])
def test_no_demonstration_anywhere_else(db: None, tmp_path: Path, settings: DjangoSettings, kind: str, demo: bool) -> None:  # noqa: ARG001, FBT001  # a fixture; a case
    """Outside a sandbox the setting changes nothing: neither a button nor an address exists."""
    lived_in(home_made(tmp_path / "home", kind=kind, demo=demo), settings)
    person_create(username="mara", password=PASSWORD, roles=[Role.ENGINEER], by="test", now=NOW)
    client = Client()

    assert "login/as" not in client.get("/account/login/").content.decode()
    assert 404 == client.post("/account/login/as/engineer/").status_code
    assert SESSION_KEY not in client.session


def test_an_unknown_role_is_no_sign_in(story: Story) -> None:  # noqa: ARG001  # people exist
    """Only roles of the table have a button."""
    assert 404 == Client().post("/account/login/as/root/").status_code
    assert 405 == Client().get("/account/login/as/engineer/").status_code


def test_a_fresh_home_leads_to_the_setup(db: None, home: Home) -> None:  # noqa: ARG001  # an empty database
    """While nobody exists, signing in is setting up."""
    assert "/setup/" == Client().get("/account/login/").headers["Location"]


def test_the_token_makes_the_first_administrator_once(db: None, home: Home) -> None:  # noqa: ARG001  # an empty database
    """Whoever can read the token on the server becomes administrator; then token and page are gone."""
    path = setup_token_create(home)
    assert path is not None
    form = {"token": path.read_text(), "display_name": "Robin Tanaka", "username": "robin", "password": PASSWORD}
    client = Client()

    refused = client.post("/setup/", form | {"token": "guess"})
    assert "not the setup token" in refused.content.decode()
    assert not Person.objects.exists()

    assert "/account/login/" == client.post("/setup/", form).headers["Location"]
    assert frozenset({Role.ADMIN}) == Person.objects.get().roles
    assert 404 == client.get("/setup/").status_code
    assert 404 == client.post("/setup/", form).status_code


def test_the_setup_says_what_is_missing(db: None, home: Home) -> None:  # noqa: ARG001  # an empty database
    """An empty form is answered at its fields, and the page says where the token is."""
    page = Client().post("/setup/", {}).content.decode()

    assert "This field is required" in page
    assert SETUP_TOKEN in page


def test_pages_of_the_second_factor_open(visit: Visit) -> None:
    """A person finds an authenticator app, passkeys and recovery codes, in the dress of the console."""
    client = visit(Role.ENGINEER)

    page = client.get("/account/factors/").content.decode()

    assert "Authenticator App" in page
    assert "console.css" in page
    assert 200 == client.get("/account/password/").status_code
    assert 302 == client.get("/account/factors/totp/activate/").status_code  # asks for the password again first
    assert 200 == client.get("/account/confirm/").status_code


def test_too_many_wrong_passwords_are_slowed_down(story: Story) -> None:
    """Guessing stops after five wrong passwords in five minutes, also for the right one."""
    login, client = story.logins[Role.AUDITOR], Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(5):
        client.post("/account/login/", {"login": login.username, "password": "guess"})

    answer = client.post("/account/login/", {"login": login.username, "password": login.password})

    assert "Too many failed login attempts" in answer.content.decode()


def test_signing_out(visit: Visit) -> None:
    """Signing out ends the session."""
    client = visit(Role.ENGINEER)

    client.post("/account/logout/")

    assert SESSION_KEY not in client.session


def test_the_door_is_closed_to_sign_up(rf: RequestFactory) -> None:
    """Should the page of allauth ever get an address again, it would still refuse."""
    assert not ClosedDoor().is_open_for_signup(rf.get("/"))
