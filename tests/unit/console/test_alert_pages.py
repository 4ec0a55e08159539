"""An alert from the page: why it was raised, and the three things that can be done with it."""

import msgspec

from hemostat.alerts.services import alerts_paged, gaps_raise
from hemostat.incidents.models import Incident
from hemostat.kernel import Source
from hemostat.lake.health import Gap
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import Story


def test_an_alert_says_why_and_shows_the_events_behind_it(story: Story, visit: Visit) -> None:
    """A person who is woken finds the reason, the counts, the rule, and the first events."""
    alert = story.alert()

    html = visit(Role.ENGINEER).get(f"/alerts/{alert.ref}/").content.decode()

    for words in (
        alert.title,
        "412 unsigned calls",
        "session-unsigned-calls",
        "203.0.113.0/24",
        "care-app.fernhollow.example",
        "14:04:00",
    ):
        assert words in html
    assert 2 == html.count("AS64500")


def test_the_list_teaches_when_it_is_empty(visit: Visit) -> None:
    """Without an alert the page says what will stand here, and how to see one."""
    assert "hemostat drill run" in visit(Role.ENGINEER).get("/alerts/").content.decode()


def test_an_alert_without_events_says_so(story: Story, visit: Visit) -> None:
    """Events may have left the lake by retention; a lake that cannot be read is named, with advice."""
    gone = story.alert(rows=[])
    assert "No event of this alert is in the lake" in visit(Role.ENGINEER).get(f"/alerts/{gone.ref}/").content.decode()

    cut = story.alert(key="another")
    for path in story.home.lake.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:40])
    html = visit(Role.ENGINEER).get(f"/alerts/{cut.ref}/").content.decode()
    assert "lake repair" in html


def test_the_second_to_acknowledge_learns_who_was_first(story: Story, visit: Visit) -> None:
    """Two people take the same alert: one has it, the other is told, and nothing breaks."""
    alert = story.alert()
    visit(Role.ENGINEER).post(f"/alerts/{alert.ref}/acknowledge/")

    html = visit(Role.COMMANDER).post(f"/alerts/{alert.ref}/acknowledge/", follow=True).content.decode()

    assert f"Mara Reyes already acknowledged {alert.ref}" in html


def test_a_dismissal_needs_a_reason_and_a_note(story: Story, visit: Visit) -> None:
    """Without a sentence the alert stays; with one it is settled and says by whom."""
    alert, client = story.alert(), visit(Role.ENGINEER)
    url = f"/alerts/{alert.ref}/dismiss/"

    assert "without a note" in client.post(url, {"outcome": "test", "note": " "}, follow=True).content.decode()
    assert "Not a reason" in client.post(url, {"outcome": "mood", "note": "x"}, follow=True).content.decode()
    html = client.post(url, {"outcome": "expected_activity", "note": "Load test of release 2.14."}, follow=True).content.decode()

    assert "Dismissed: expected activity" in html
    assert "Load test of release 2.14." in html
    assert "it cannot be dismissed" in client.post(url, {"outcome": "test", "note": "x"}, follow=True).content.decode()


def test_an_incident_is_opened_with_its_commander(story: Story, visit: Visit) -> None:
    """One form leads from the alert into the room; a second person who tries learns of the incident."""
    alert = story.alert()
    form = {"severity": "1", "commander": "ada"}

    room = visit(Role.ENGINEER).post(f"/alerts/{alert.ref}/incident/", form, follow=True)
    again = visit(Role.COMPLIANCE).post(f"/alerts/{alert.ref}/incident/", form, follow=True)

    incident = Incident.objects.get()
    assert ("ada", 1) == (incident.commander.username, incident.severity)
    assert "Ada Okafor commands" in room.content.decode()
    assert f"already belongs to {incident.ref}" in again.content.decode()


def test_a_broken_form_opens_nothing(story: Story, visit: Visit) -> None:
    """A broken form is answered at the alert, with what helps."""
    alert = story.alert()

    html = (
        visit(Role.ENGINEER)
        .post(f"/alerts/{alert.ref}/incident/", {"severity": "9", "commander": "ada"}, follow=True)
        .content.decode()
    )

    assert "Choose 1 (worst) to 4" in html
    form = {"severity": "1", "commander": "nobody"}
    html = visit(Role.ENGINEER).post(f"/alerts/{alert.ref}/incident/", form, follow=True).content.decode()
    assert "Nobody of this name may command" in html
    assert not Incident.objects.exists()


def test_alerts_of_one_leak_become_one_incident(story: Story, visit: Visit) -> None:
    """Open alerts of the same store and surface are offered with it; what stays unticked stays open."""
    alert, same, unticked = story.alert(), story.alert(key="same"), story.alert(key="unticked")
    elsewhere = story.alert(key="elsewhere", surface="checkout")
    engineer = visit(Role.ENGINEER)

    offered = engineer.get(f"/alerts/{alert.ref}/").content.decode().partition("Together with")[2]
    form = {"severity": "1", "commander": "ada", "with": [same.ref, elsewhere.ref]}
    engineer.post(f"/alerts/{alert.ref}/incident/", form)

    assert [True, True, False] == [f'value="{other.ref}"' in offered for other in (same, unticked, elsewhere)]
    assert {alert.ref, same.ref} == {taken.ref for taken in Incident.objects.get().alerts.all()}


def test_a_later_alert_points_at_the_incident_that_is_at_work(story: Story, visit: Visit) -> None:
    """Who takes it can see that the same playbook runs on the same store already."""
    incident = story.incident()
    later = story.alert(key="later")

    html = visit(Role.ENGINEER).get(f"/alerts/{later.ref}/").content.decode()

    assert f'href="/incidents/{incident.ref}/"' in html
    assert "dismiss this alert as a duplicate" in html


def test_what_is_settled_stays_in_the_list(story: Story, visit: Visit) -> None:
    """A dismissed alert leaves the open ones, and is listed with its outcome and who settled it."""
    alert, client = story.alert(), visit(Role.ENGINEER)
    assert "Settled" not in client.get("/alerts/").content.decode()

    client.post(f"/alerts/{alert.ref}/dismiss/", {"outcome": "false_positive", "note": "The load test."}, follow=True)
    opened, _, settled = client.get("/alerts/").content.decode().partition("Settled")

    assert alert.ref not in opened
    assert all(words in settled for words in (alert.ref, "false positive", "Mara Reyes"))


def test_a_gap_says_who_was_paged_and_that_it_is_over(story: Story, visit: Visit) -> None:
    """While it lasts it is an alert like any other; when it is over nobody has to do anything, and its history stays."""
    assert story.home.exists()
    sources = {"edge": Source(kind="access-log", store="fernhollow")}
    gap = Gap(source="edge", kind="path", detail="the door answered 502", since=NOW, found_at=NOW)
    (alert,) = gaps_raise(gaps=[gap], sources=sources, now=NOW)
    browser = visit(Role.ENGINEER)
    assert "nobody yet" in browser.get(f"/alerts/{alert.ref}/").content.decode()

    alerts_paged([alert.pk], channels=["duty"], now=NOW)
    gaps_raise(gaps=[msgspec.structs.replace(gap, closed_at=NOW)], sources=sources, now=NOW)

    page = browser.get(f"/alerts/{alert.ref}/").content.decode()
    assert "UTC, by duty" in page
    assert "It is over" in page
    assert "Dismiss" not in page
    assert "over by itself" in browser.get("/alerts/").content.decode()
