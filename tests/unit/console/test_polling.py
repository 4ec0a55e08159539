"""Pages that stay true: 304 when nothing changed, only what differs when something did."""

import re

import pytest
from django.test import Client

from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.story import Story

PULSES = ["/pulse/", "/alerts/pulse/", "/alerts/ALR-0001/pulse/", "/incidents/INC-0001/pulse/"]


@pytest.mark.parametrize("url", PULSES)
def test_an_unchanged_page_is_answered_without_a_body(story: Story, visit: Visit, url: str) -> None:
    """The second asking, with what the first one said, costs a status line."""
    story.incident_at_work()
    client = visit(Role.ENGINEER)

    first = client.get(url)
    second = client.get(url, headers={"If-None-Match": first.headers["ETag"], "HX-Request": "true"})

    assert (200, 304, b"") == (first.status_code, second.status_code, second.content)


@pytest.mark.parametrize("url", PULSES)
def test_the_whole_page_names_the_versions_of_its_parts(story: Story, visit: Visit, url: str) -> None:
    """A page that was just loaded asks with what it shows: its first pulse is answered with 304 already."""
    story.incident_at_work()
    client = visit(Role.ENGINEER)
    page = client.get(url.removesuffix("pulse/")).content.decode()

    etag = re.search(r"hx-headers=\"\{&quot;If-None-Match&quot;: &quot;\\&quot;(.+?)\\&quot;&quot;\}\"", page)

    assert etag is not None
    assert 304 == client.get(url, headers={"If-None-Match": f'"{etag[1]}"'}).status_code


def parts(answer: bytes) -> set[str]:
    """The names of the parts that an answer replaces."""
    return set(re.findall(r'id="part-(\w+)" hx-swap-oob', answer.decode()))


def test_only_what_changed_is_sent(story: Story, visit: Visit) -> None:
    """A note changes the timeline, and the clocks stay as they are."""
    incident = story.incident_at_work()
    client = visit(Role.ENGINEER)
    url = f"/incidents/{incident.ref}/pulse/"
    etag = client.get(url).headers["ETag"]

    client.post(f"/incidents/{incident.ref}/notes/", {"text": "The edge answers 200."})
    client.get(f"/incidents/{incident.ref}/")
    answer = client.get(url, headers={"If-None-Match": etag})

    assert {"timeline"} == parts(answer.content)
    assert answer.headers["ETag"] != etag


def test_forms_in_parts_carry_a_token_that_works(story: Story, visit: Visit) -> None:
    """The token of a form does not count as a change, and is a real one all the same."""
    incident = story.incident()
    client = Client(enforce_csrf_checks=True)
    client.force_login(story.person(Role.ENGINEER))
    html = client.get(f"/incidents/{incident.ref}/pulse/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', html)
    assert token is not None

    answer = client.post(f"/incidents/{incident.ref}/notes/", {"text": "x", "csrfmiddlewaretoken": token[1]})

    assert (302, 1) == (answer.status_code, incident.notes.count())
    assert visit(Role.ENGINEER)


def test_an_act_by_script_is_answered_with_parts_and_words(story: Story, visit: Visit) -> None:
    """A form that htmx sends gets the parts and what there is to say; the same form without script gets the page."""
    alert = story.alert()
    client = visit(Role.ENGINEER)

    by_script = client.post(f"/alerts/{alert.ref}/acknowledge/", headers={"HX-Request": "true"})

    assert {"head", "facts"} == parts(by_script.content)
    assert 'id="said" hx-swap-oob' in by_script.content.decode()
    assert f"{alert.ref} is yours" in by_script.content.decode()
    assert "is yours" in visit(Role.ENGINEER).post(f"/alerts/{alert.ref}/acknowledge/", follow=True).content.decode()
