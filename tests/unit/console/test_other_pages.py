"""Today, hunting, exercises and settings."""

from datetime import timedelta

import pytest

from hemostat.exercises.models import Drill, DrillMode
from hemostat.exercises.pack import pack_load
from hemostat.exercises.services import drill_end, drill_start
from hemostat.incidents.models import Incident, Step
from hemostat.people.rights import Role
from unit.console.conftest import Visit
from unit.console.home import NOW
from unit.console.story import Story


def page(visit: Visit, role: Role, url: str = "/") -> str:
    """A page as a role sees it."""
    return visit(role).get(url).content.decode()


def test_a_quiet_day_teaches(visit: Visit) -> None:
    """Without work the overview says what will stand in each place."""
    html = page(visit, Role.ENGINEER)

    for words in ("Nothing needs you now", "No legal clock runs", "none yet", "10:34 New York", "14:34"):
        assert words in html
    assert "A good moment to practice" in page(visit, Role.TRAINING_LEAD)


def test_today_names_what_needs_each_role(story: Story, visit: Visit) -> None:
    """The engineer finds the next act of his lane, counsel hers, and neither the other's."""
    story.incident_at_work()

    engineer, counsel = (page(visit, role).partition("Next deadlines")[0] for role in (Role.ENGINEER, Role.COUNSEL))

    assert ("#step-seal-logs" in engineer, "#step-seal-logs" in counsel) == (True, False)
    assert "#step-" in counsel


def test_today_shows_the_leak_and_the_next_days(story: Story, visit: Visit) -> None:
    """People, path and next act stand in the banner; the days of duties beside it."""
    story.incident_at_work()

    html = page(visit, Role.COMMANDER)

    for words in (
        "1,124",
        "path unknown",
        "Block the direct host at the edge",
        "9 Apr 2026",
        "30 d left",
        "residents CA CO FL NY WA",
    ):
        assert words in html


def test_a_second_signature_is_asked_for(story: Story, visit: Visit) -> None:
    """Who may confirm a step of a colleague finds it first."""
    incident = story.incident()
    asked = story.person(Role.ENGINEER)
    Step.objects.filter(incident=incident, slug="rotate-token-key").update(state="awaiting_second", requested_by=asked)

    assert "Confirm: Rotate the token key" in page(visit, Role.COMMANDER)
    assert "Confirm: Rotate the token key" not in page(visit, Role.ENGINEER)


def test_new_alerts_need_those_who_triage(story: Story, visit: Visit) -> None:
    """A new alert calls the engineer, not the auditor, who sees it all the same."""
    story.alert()

    assert "nobody has acknowledged it" in page(visit, Role.ENGINEER)
    assert "nobody has acknowledged it" not in page(visit, Role.AUDITOR)
    assert "Open alerts" in page(visit, Role.AUDITOR)
    assert "Open alerts" not in page(visit, Role.ADMIN)


def test_a_missed_day_is_late(story: Story, visit: Visit) -> None:
    """A limit that has passed is said first, and in words."""
    incident = story.incident_at_work()
    incident.duties.filter(jurisdiction="US-CA").update(due=(NOW - timedelta(days=3)).date())

    assert "late: 3 d over" in page(visit, Role.COUNSEL)
    assert "late: 3 d over" in page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")


def test_duties_that_are_no_longer_owed_stay_with_their_reason(story: Story, visit: Visit) -> None:
    """A smaller count lifts duties; they do not vanish."""
    incident = story.incident_at_work()
    duty = incident.duties.filter(owed=True).first()
    assert duty is not None
    incident.duties.filter(pk=duty.pk).update(owed=False, because=["Fewer people than the limit."])

    html = page(visit, Role.COUNSEL, f"/incidents/{incident.ref}/")

    assert "1 no longer owed" in html
    assert "Fewer people than the limit." in html


# --- exercises ---------------------------------------------------------------------------------------


@pytest.fixture
def drill(story: Story) -> Drill:
    """A drill that people play."""
    return drill_start(
        pack=pack_load("storefront-session-leak"), seed=7, mode=DrillMode.LIVE, by=story.person(Role.TRAINING_LEAD)
    )


def test_the_exercises_teach_when_there_is_none(visit: Visit) -> None:
    """Two commands stand on the empty page."""
    assert "--autopilot" in page(visit, Role.TRAINING_LEAD, "/drills/")


def test_a_drill_shows_its_meter_and_what_is_expected(story: Story, visit: Visit, drill: Drill) -> None:
    """Before the incident the page leads to the alerts; afterwards to the room, with the curve."""
    before = page(visit, Role.TRAINING_LEAD, f"/drills/{drill.ref}/")
    assert "Look at the alerts" in before
    assert "What good looks like" in before
    assert "stands still" in before
    assert drill.title in page(visit, Role.ENGINEER)

    story.incident_at_work()
    after = page(visit, Role.TRAINING_LEAD, f"/drills/{drill.ref}/")
    assert "1,124" in after
    assert 'class="curve"' in after
    assert drill.ref in page(visit, Role.AUDITOR, "/drills/")


def test_the_pulse_of_a_drill(visit: Visit, drill: Drill) -> None:
    """An unchanged drill costs a status line."""
    client = visit(Role.TRAINING_LEAD)
    first = client.get(f"/drills/{drill.ref}/pulse/")

    assert 304 == client.get(f"/drills/{drill.ref}/pulse/", headers={"If-None-Match": first.headers["ETag"]}).status_code


@pytest.mark.parametrize(("role", "allowed"), [(Role.TRAINING_LEAD, True), (Role.ENGINEER, False)])
def test_who_ends_a_drill(visit: Visit, drill: Drill, role: Role, allowed: bool) -> None:  # noqa: FBT001  # a case
    """Who runs drills ends them."""
    visit(role).post(f"/drills/{drill.ref}/end/")

    drill.refresh_from_db()
    assert allowed == (drill.state == "ended")


def test_there_is_no_report_before_the_score(story: Story, visit: Visit, drill: Drill) -> None:
    """A drill without a result has no report; a stranger finds neither."""
    drill_end(drill=drill, by=story.person(Role.TRAINING_LEAD), now=NOW)

    assert 404 == visit(Role.TRAINING_LEAD).get(f"/drills/{drill.ref}/report").status_code
    assert 404 == visit(Role.ADMIN).get(f"/drills/{drill.ref}/").status_code


# --- settings ------------------------------------------------------------------------------------------


def test_settings_show_the_home_the_people_and_the_rights(story: Story, visit: Visit) -> None:
    """Organization, sources, people with roles, the table of rights, and the head of the ledger."""
    story.alert()

    html = page(visit, Role.ADMIN, "/settings/")

    for words in (
        "Fernhollow Health",
        "America/New_York",
        "Priya Nair",
        "Compliance officer",
        "Open evidence",
        "care-app",
        "Signing key",
    ):
        assert words in html
    assert "Verify the ledger" not in html
    assert "Verify the ledger" in page(visit, Role.AUDITOR, "/settings/")


def test_the_list_of_incidents(story: Story, visit: Visit) -> None:
    """Empty, it says how an incident starts; filled, it leads into each room."""
    assert "No incident." in page(visit, Role.ENGINEER, "/incidents/")

    incident = story.incident_at_work()

    html = page(visit, Role.ENGINEER, "/incidents/")
    assert f'href="/incidents/{incident.ref}/"' in html
    assert "Ada Okafor" in html
    assert Incident.objects.count() == 1
