"""What holds for every answer: its headers, and pages for what went wrong."""

import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from hemostat.console.views import errors
from hemostat.kernel import BadInput
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import Story

PAGES = ["/", "/alerts/", "/incidents/", "/hunt/", "/settings/", "/drills/", "/account/factors/", "/account/password/"]


def test_every_answer_carries_the_strict_policy(visit: Visit) -> None:
    """No foreign script, frame, form or picture; nothing is stored; no address leaks to others."""
    for page in [*PAGES, "/nothing/"]:
        headers = visit(Role.ENGINEER).get(page).headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            "form-action 'self'"
        )
        assert "no-store" == headers["Cache-Control"]
        assert ("same-origin", "nosniff", "DENY") == tuple(
            headers[name] for name in ("Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options")
        )
        assert "camera=()" in headers["Permissions-Policy"]


def test_no_page_needs_an_exception_from_the_policy(story: Story, visit: Visit) -> None:
    """No inline style, script or handler is in any page: the policy would stop it, and a reader would miss it."""
    ref = story.incident_at_work().ref
    for page in [*PAGES, f"/incidents/{ref}/", "/alerts/ALR-0001/", "/hunt/?saved=people_by_state"]:
        html = visit(Role.ENGINEER).get(page).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", html), page
        assert not re.search(r"\{\{|\{%", html), f"{page} shows the code of its template"


def test_cookies_are_secure_over_https_only(story: Story) -> None:
    """Behind a proxy with HTTPS the cookies are Secure and the browser remembers HTTPS; on loopback they still work."""
    plain = Client().post("/account/login/as/engineer/")
    safe = Client().post("/account/login/as/engineer/", headers={"X-Forwarded-Proto": "https"})

    assert (False, True) == (bool(plain.cookies["hemostat"]["secure"]), bool(safe.cookies["hemostat"]["secure"]))
    assert (True, "Lax") == (safe.cookies["hemostat"]["httponly"], safe.cookies["hemostat"]["samesite"])
    assert "Strict-Transport-Security" in safe.headers
    assert "Strict-Transport-Security" not in plain.headers
    assert story.logins


def test_a_form_of_another_site_is_refused(story: Story) -> None:
    """Without the token of its page a form changes nothing, and the answer says what helps."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(story.person(Role.ENGINEER))
    alert = story.alert()

    answer = client.post(f"/alerts/{alert.ref}/acknowledge/")

    alert.refresh_from_db()
    assert (403, None) == (answer.status_code, alert.acknowledged_at)
    assert "load the page again" in answer.content.decode()


def untokened(page: bytes) -> str:
    """A page without the token of its forms, which differs each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.decode())


@pytest.mark.parametrize("address", ["/incidents/INC-0001/", "/alerts/ALR-0001/"])
def test_a_stranger_and_a_wrong_reference_get_the_same_answer(story: Story, visit: Visit, address: str) -> None:
    """That a case exists is itself a secret."""
    story.incident()

    stranger = visit(Role.ADMIN).get(address)
    wrong = visit(Role.ADMIN).get(address.replace("0001", "9999"))

    assert (404, 404) == (stranger.status_code, wrong.status_code)
    assert untokened(stranger.content) == untokened(wrong.content)
    assert 200 == visit(Role.ENGINEER).get(address).status_code


def test_an_error_on_purpose_says_what_helps(rf: RequestFactory, story: Story) -> None:
    """Message and advice stand on the page, inert."""
    request = rf.get("/")
    request.user = story.person(Role.ENGINEER)

    page = errors.refused(request, BadInput("A <b>bad</b> line\x1b.", advice="Send it again.")).content.decode()

    assert "A &lt;b&gt;bad&lt;/b&gt; line\\u{1b}." in page
    assert "Send it again." in page


def test_an_error_that_nobody_foresaw_shows_nothing_of_itself(visit: Visit) -> None:
    """A page whose table is gone says so, without a value: it could be a patient's. It is marked as an exercise all the same."""
    client = visit(Role.ENGINEER)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE alerts_alert RENAME TO secret_table")

    answer = client.get("/alerts/")

    words = answer.content.decode()
    assert (500, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
    assert "Something broke on our side" in words
    assert "EXERCISE" in words
    assert "alerts_alert" not in words


def test_every_page_of_a_sandbox_says_exercise(visit: Visit) -> None:
    """Nobody takes a drill for the real thing."""
    assert all("EXERCISE" in visit(Role.ENGINEER).get(page).content.decode() for page in [*PAGES, "/nothing/"])
    assert "EXERCISE" in Client().get("/account/login/").content.decode()
