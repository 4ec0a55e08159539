"""The calendar of limits: its page, and the address that answers without a sign-in."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from hemostat.console.views.calendar import READS_A_MINUTE
from hemostat.incidents.calendar_feed import reference_of
from hemostat.incidents.models import CalendarFeed, Duty, Incident
from hemostat.people.models import Person
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import Story


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Nobody has asked yet."""
    cache.clear()


@pytest.fixture
def incident(story: Story) -> Incident:
    """The incident at work."""
    return story.incident_at_work()


def address(visit: Visit, role: Role = Role.COMPLIANCE) -> str:
    """A fresh address of a role's calendar, without the host."""
    html = visit(role).post("/calendar/make/").content.decode()
    found = re.search(r"http://testserver(/calendar/[A-Za-z0-9_-]+\.ics)", html)
    assert found
    return found[1]


def test_an_address_is_shown_once(visit: Visit, incident: Incident) -> None:
    """On the answer to making it, and never again."""
    assert incident.duties.exists()
    assert "You have no feed" in visit(Role.COMPLIANCE).get("/calendar/").content.decode()
    path = address(visit)

    html = visit(Role.COMPLIANCE).get("/calendar/").content.decode()
    assert "You have a feed" in html
    assert "No calendar has read it yet" in html
    assert path not in html


def test_a_calendar_reads_it_without_a_sign_in(visit: Visit, incident: Incident) -> None:
    """As text/calendar with an entity tag; the same again is 304."""
    path, stranger = address(visit), Client()
    response = stranger.get(path)

    assert (200, "text/calendar; charset=utf-8") == (response.status_code, response["Content-Type"])
    assert incident.duties.exclude(due=None).count() == response.content.count(b"BEGIN:VEVENT")
    again = stranger.get(path, headers={"if-none-match": response["ETag"]})
    assert (304, b"", response["ETag"]) == (again.status_code, again.content, again["ETag"])
    assert 200 == stranger.get(path, headers={"if-none-match": '"other"'}).status_code
    assert b"http://testserver/calendar/open/" in response.content.replace(b"\r\n ", b"")
    assert "Last read" in visit(Role.COMPLIANCE).get("/calendar/").content.decode()


def test_strangers_and_former_colleagues_get_the_page_of_no_page(visit: Visit, incident: Incident) -> None:
    """Taken back, switched off and never made look alike, byte for byte but for the form token."""
    assert incident.duties.exists()
    taken, off = address(visit), address(visit, Role.COUNSEL)
    visit(Role.COMPLIANCE).post("/calendar/revoke/")
    Person.objects.filter(username="priya").update(is_active=False)
    never = f"/calendar/{'x' * 43}.ics"

    answers = [Client().get(path) for path in (taken, off, never)]
    assert [404] * 3 == [answer.status_code for answer in answers]
    assert 1 == len({re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content) for answer in answers})


def test_taking_back_says_so(visit: Visit, story: Story) -> None:
    """And a second time says that there is nothing to take back."""
    assert story.person(Role.COMPLIANCE)
    address(visit)
    client = visit(Role.COMPLIANCE)

    assert "The address is taken back" in client.post("/calendar/revoke/", follow=True).content.decode()
    assert "You have no calendar feed" in client.post("/calendar/revoke/", follow=True).content.decode()


def test_who_may_see_no_incident_is_told_so(visit: Visit) -> None:
    """An administrator gets no address, and no door to it in the menu."""
    client = visit(Role.ADMIN)

    assert "Calendar of limits" not in client.get("/").content.decode()
    assert "needs the right" in client.post("/calendar/make/", follow=True).content.decode()
    assert not CalendarFeed.objects.exists()
    assert "Calendar of limits" in visit(Role.TRAINING_LEAD).get("/").content.decode()


def test_a_calendar_that_asks_too_often_is_told_to_wait(visit: Visit, incident: Incident) -> None:
    """One that runs wild costs nothing but an answer without content."""
    assert incident.duties.exists()
    path = address(visit)
    answers = [Client().get(path) for _ in range(2 * READS_A_MINUTE + 1)]  # a minute may end meanwhile, two do not

    assert {200} == {answer.status_code for answer in answers[:READS_A_MINUTE]}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert ({"60"}, {b""}) == ({answer["Retry-After"] for answer in refused}, {answer.content for answer in refused})


def test_an_address_is_only_read(visit: Visit, story: Story) -> None:
    """Nothing can be sent to it."""
    assert story.person(Role.COMPLIANCE)
    assert 405 == Client().post(address(visit)).status_code


def test_a_reference_opens_its_clock_behind_the_sign_in(visit: Visit, incident: Incident) -> None:
    """Those who may see it land on its page, which names the reference; a stranger is asked to sign in."""
    duty = Duty.objects.get(duty="CA-IND-2026")
    path = f"/calendar/open/{reference_of(duty)}/"

    response = visit(Role.COUNSEL).get(path)
    assert (302, f"/incidents/{incident.ref}/clocks/{duty.pk}/") == (response.status_code, response["Location"])
    assert reference_of(duty) in visit(Role.COUNSEL).get(response["Location"]).content.decode()
    assert 404 == visit(Role.ADMIN).get(path).status_code
    assert "/account/login/" in Client().get(path)["Location"]
