"""The page of privacy requests."""

from datetime import timedelta

from hemostat.incidents.models import PrivacyRequest
from hemostat.incidents.privacy import Arrived, privacy_record
from hemostat.incidents.services import evidence_seal
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import Story


def asked(number: int = 1, days: int = 3, topic: str = "customers/redact") -> PrivacyRequest:
    """A request that came so many days ago."""
    told = Arrived(
        event_id=f"{number:012d}-00000",
        store="fernhollow",
        topic=topic,
        subject="person_abc",
        received_at=NOW - timedelta(days=days),
    )
    (made,) = privacy_record(arrived=[told], now=NOW)
    return made


def test_an_erasure_is_put_off_resumed_and_carried_out(story: Story, visit: Visit) -> None:
    """Counsel does each on the page, and the page says how it stands afterwards."""
    incident, row = story.incident(), asked()
    evidence_seal(incident=incident, item="log", content=b"x", how="hand", by=story.person(Role.ENGINEER), now=NOW)
    browser = visit(Role.COUNSEL)
    html = browser.get("/privacy/").content.decode()
    assert "27 d left" in html
    assert "Next page: " in html
    assert f"{incident.ref}</a> preserves." in html

    browser.post(f"/privacy/{row.pk}/defer/", {"hold": incident.ref, "basis": "45 CFR 164.316(b)(2), six years of records"})
    html = browser.get("/privacy/").content.decode()
    assert "put off" in html
    assert "six years of records" in html

    browser.post(f"/privacy/{row.pk}/resume/")
    browser.post(f"/privacy/{row.pk}/done/", {"how": "Erased in the admin and in the care app.", "knowing": "on"})
    html = browser.get("/privacy/").content.decode()
    assert "No request waits." in html
    assert "Erased in the admin and in the care app." in html


def test_what_is_missing_is_said_and_nothing_changes(story: Story, visit: Visit) -> None:
    """Without a reason the request stays open; an incident that is none is not found."""
    incident, row = story.incident(), asked(days=40)
    browser = visit(Role.COMPLIANCE)

    html = browser.post(f"/privacy/{row.pk}/done/", {"how": "x"}, follow=True).content.decode()
    assert "says nothing" in html
    assert '<span class="chip late">10 d late</span>' in html
    html = browser.post(f"/privacy/{row.pk}/defer/", {"hold": incident.ref, "basis": "y" * 30}, follow=True).content.decode()
    assert "preserves no evidence" in html
    assert 404 == browser.post(f"/privacy/{row.pk}/defer/", {"hold": "INC-9999", "basis": "z"}).status_code
    row.refresh_from_db()
    assert "open" == row.state


def test_others_read_and_strangers_do_not(story: Story, visit: Visit) -> None:
    """An engineer sees the clock and no form; who may see no incident finds no page."""
    assert story.incident().ref
    row = asked(topic="customers/data_request")

    html = visit(Role.ENGINEER).get("/privacy/").content.decode()
    assert "copy of a patient" in html
    assert f"/privacy/{row.pk}/done/" not in html
    assert 404 == visit(Role.TRAINING_LEAD).get("/privacy/").status_code
    assert 404 == visit(Role.TRAINING_LEAD).post(f"/privacy/{row.pk}/resume/").status_code


def test_what_is_due_soon_stands_on_today(story: Story, visit: Visit) -> None:
    """For those who decide about it, before its limit and behind it; one that has time does not."""
    story.incident()
    for number, days in enumerate((3, 25, 31)):
        asked(number + 1, days=days)
    page = visit(Role.COMPLIANCE).get("/").content.decode()
    assert ("request due", "request late") == tuple(word for word in ("request due", "request late") if page.count(word) == 1)
    assert "request due" not in visit(Role.ENGINEER).get("/").content.decode()
